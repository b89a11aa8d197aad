"""Stop words: English words that say nothing about a text's subject, one list for each purpose.

The lists differ because their mistakes differ: a word dropped from a question must not be its subject, a word left in an index
is outweighed by rarer ones, and the grader must not ignore a word that could make an answer wrong. Each list was chosen
together with the weights and thresholds of its user, so run that user's benchmark after a change.
"""

from __future__ import annotations

# What questions are made of. For comparing a question with the sections of one lesson.
ASKING = frozenset(
    "a an and are as at be but by can could do does did for from had has have how i if in into is it its me my no not "
    "of on or our should so some tell that the their them then there these they this those to too us was we were what "
    "when where which who whom why will with would you your explain mean means please".split()
)

# For a search in an index, also those of which a rare one would outweigh the subject. benchmarks/retrieval.py, benchmarks/ask.py
SEARCHING = ASKING | frozenset(
    "also just only about any each other than more most much many very use used using give given show following "
    "suppose let consider try want need get make like one two see say he she his her itself because while during "
    "between both same such been being cannot s t "
    "ain aren couldn didn doesn don hadn hasn haven isn ll mustn re shouldn ve wasn weren won wouldn whats hows "
    "again anyone anything actually basically everything explained please really simply someone something stuff things vs "
    "meaning define".split()
)

# What questions in other languages are made of: articles, pronouns, prepositions, auxiliaries, question words. For a search.
FUNCTION_WORDS = {
    "de": frozenset(
        "was wie warum wieso weshalb wozu wann wo wer wen wem welche welcher welches welchen ist sind war waren wird "
        "werden wurde wurden ein eine einen einem einer eines der die das den dem des und oder aber nicht kein keine man "
        "ich du er sie es wir ihr mir mich mein meine in im an am auf aus bei mit nach von vom zu zum zur für durch über "
        "um als wenn dass ob so auch noch nur schon bedeutet heißt macht kann können muss müssen soll sollte darf hat "
        "haben gibt viel viele groß lange oft zwischen unterschied genau eigentlich berechnet funktioniert brauche "
        "braucht benutzt verwendet sich".split()
    ),
    "fr": frozenset(
        "que qu quoi qui quel quelle quels quelles quand où comment pourquoi combien est sont était être ce cet cette ces "
        "c le la les l un une des du de d et ou mais ne pas je tu il elle on nous vous ils elles mon ma mes son sa ses me "
        "se en dans sur sous par pour avec sans entre aux au à y a ont avoir fait faire peut peuvent doit faut signifie "
        "différence utiliser utilise comme si plus moins très aussi né née t s n j m".split()
    ),
    "es": frozenset(
        "qué que quién quiénes cuál cuáles cuándo dónde cómo por para porque cuánto cuánta cuántos cuántas es son era ser "
        "está están el la los las lo un una unos unas del de al a y e o u pero no ni yo tú él ella mi mis su sus me se en "
        "con sin entre sobre como si más menos muy también hay ha han hace hacer hago puede pueden puedo debe debo "
        "significa sirve diferencia usar usa".split()
    ),
    "pt": frozenset(
        "o que quem qual quais quando onde como por quê porque quanto quantos é são era ser está um uma uns umas os as do "
        "da dos das de no na nos nas em e ou mas não eu ele ela meu minha seu sua se com sem entre sobre para mais menos "
        "muito também há tem faz fazer pode devo significa diferença usar usa".split()
    ),
    "it": frozenset(
        "che cosa cos chi quale quali quando dove come perché quanto quanti quante è sono era essere il lo la i gli le un "
        "uno una l del della dei degli delle di a al alla da in nel nella su con per tra fra e o ma non io tu mio mia si "
        "se più meno molto anche c ha hanno fa fare può devo significa differenza usare usa".split()
    ),
    "ru": frozenset(
        "что как почему зачем когда где кто какой какая какое какие сколько чем это этот эта эти такое такой такая значит "
        "означает и или а но не ни в во на с со к ко у о об от до из за по для при без между над под через ли же бы я ты "
        "он она оно мы вы они мой мне меня его её их если то так тоже ещё уже можно нужно надо есть быть был была было "
        "разница отличается отличие работает делает использовать".split()
    ),
    "nl": frozenset(
        "wat hoe waarom wanneer waar wie welke welk is zijn was wordt worden een het de en of maar niet geen ik je hij "
        "zij we wij mijn in op aan uit bij met naar van voor door over om als dat dit deze die kan moet heeft hebben doet "
        "betekent verschil tussen".split()
    ),
}  # fmt: skip

# What stands around the subject where somebody says what they want to learn.
AIMING = frozenset(
    "i i'd i’d id want wish would like need to learn understand understanding know knowing grasp study studying get better "
    "at about how what why more everything all teach me explain be able the basics of work works ich möchte will verstehen "
    "lernen".split()
)

# For the words that a section's sentences have in common, in summaries.
SUMMARIZING = frozenset(
    "a an and are as at be by can do for from has have if in is it its not of on or so than that the then there they this to was "
    "we what when which with you your".split()
)

# For checking a model's sentence against the passages that it cites, where words of one or two letters never count.
CITING = frozenset("the and for with that this are was has have not from its which then than into when where because".split())

# Words without which a text is no English sentence. For the grader, like the next. benchmarks/grading.py
GLUE = frozenset(
    """
a an the this that these those it its itself they them their theirs he him his she her hers we us our ours you your yours i me my
mine who whom whose which what when where why how there here is are was were be been being am do does did doing done has have had
having will would shall should can could may might must of in on at by for from to with into onto as about than then so and or if
because since while but
""".split()
)

# Words that hardly ever decide whether an answer is right.
GRADING = GLUE | frozenset(
    """
one ones also too very just such some any another much many s t re ve ll d m get gets got getting go goes going went gone thing
things something like kind sort way really actually basically think thought believe guess know said say means mean answer
cause cuz
""".split()
)

# The most frequent words of English, whose share tells whether a text is English. For items made from a text, like the next.
DETECTING_ENGLISH = frozenset(
    "of the and to a in is that for with as on are be this it by or from an not can which at was".split()
)

# Words that are not terms, and neither begin nor end one. benchmarks/made_items.py
FINDING_TERMS = frozenset(
    "a about above across after again against all almost alone along already also although always am among an and another "
    "any anyone anything are around as at away back be because been before behind being below best better between both but "
    "by can cannot could did do does doing done down during each either else enough even ever every everyone everything "
    "except far few fewer first for former from further get gets had has have having he hence her here hers him his how "
    "however i if in indeed inside instead into is it its itself just last later latter least less let like likely little made "
    "make makes many may maybe me might mine more most much must my near nearly need needs neither never next no nobody "
    "none nor not nothing now of off often on once one ones only onto or other others otherwise our out outside over own "
    "per perhaps quite rather same second several shall she should since so some someone something sometimes soon still "
    "such than that the their them then there therefore these they third this those though three through thus to together "
    "too toward towards two under unless until up upon us use used uses using usually very via was way we well were what "
    "whatever when whenever where wherever whether which while who whole whom whose why will with within without would yes "
    "yet you your don't doesn't isn't can't won't didn't simply really actually exactly currently recommended required "
    "optional optionally default deprecated new old different important possible available able true false".split()
)
