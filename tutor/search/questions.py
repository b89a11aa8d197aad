"""What a question asks for: its words without framing and slips, its kind, and the things that it sets side by side."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from tutor.search.words import content_words
from utils.patterns import compiled_later

DEFINITION, SIDES, YES_NO, NUMBER, HOW, WHY, WHEN, OTHER = (
    "definition",
    "sides",
    "yes-no",
    "number",
    "how",
    "why",
    "when",
    "other",
)

# How people write in a hurry, and what they mean.
SHORTHAND = {
    "wats": "what is", "wat": "what", "wut": "what", "wot": "what", "whats": "what is", "what's": "what is", "whts": "what is",
    "hows": "how is", "how's": "how is", "whys": "why is", "why's": "why is", "wheres": "where is", "where's": "where is",
    "diff": "difference", "difference's": "difference", "differnce": "difference", "diffrence": "difference", "btw": "by the way",
    "ur": "your", "cuz": "because", "bc": "because", "w/": "with", "w/o": "without",
    "def of": "definition of", "defn": "definition", "dif": "difference", "v.s.": "vs", "vs.": "vs", "doesnt": "doesn't",
    "dont": "don't",
    "params": "parameters", "param": "parameter", "lr": "learning rate", "stddev": "standard deviation", "prob": "probability",
    "probs": "probabilities", "func": "function", "repo": "repository", "repos": "repositories",
    "type 1": "type I", "type 2": "type II", "isnt": "isn't", "cant": "can't", "wont": "won't", "arent": "aren't",
}  # fmt: skip
SHORT_WORD = compiled_later(
    r"(?<![\w'’/.-])(" + "|".join(map(re.escape, sorted(SHORTHAND, key=len, reverse=True))) + r")(?![\w'’-])", re.I
)

# Words around a question that ask for an answer and don't say about what, in the languages that we know most questions in.
FRAMING = compiled_later(
    r"^\W*(?:(?:hi|hello|hey|hallo|bonjour|hola|привет|sorry|ok(?:ay)?|so|well|um+|please|pls|plz|quick question|question"
    r"|excuse me)\b"
    r"(?:\s+(?:there|all|everyone|team))?\W+)+"
    r"|\b(?:(?:can|could|would|will)\s+(?:you|someone|anyone|somebody|anybody|u)\s+(?:please\s+|pls\s+|plz\s+|maybe\s+"
    r"|quickly\s+|kindly\s+)*"
    r"(?:tell|explain|show|say|help|describe|remind)(?:\s+(?:to\s+)?(?:me|us))?(?:\s+(?:understand|about))?"
    r"|(?:please\s+|pls\s+|plz\s+)?(?:tell|explain|show|remind|teach)\s+(?:to\s+)?(?:me|us)(?:\s+about)?"
    r"|(?:please|pls|plz|thanks?|thank you|thx|ty|kindly|cheers)\b"
    r"|(?:i(?:'m| am)?\s+(?:just\s+|still\s+|really\s+)?(?:wonder(?:ing)?|curious|confused|not sure|unsure"
    r"|lost)(?:\s+(?:about|by|if|whether))?)"
    r"|(?:i\s+(?:still\s+|really\s+|just\s+)?(?:don['’]?t|do not|can['’]?t|cannot|never)\s+(?:really\s+|quite\s+)?"
    r"(?:get|understand|grasp|see|follow)(?:\s+(?:it|this|that))?(?:\s+at\s+all)?)"
    r"|(?:i(?:['’]?d|\s+would)?\s+(?:like|want|need)\s+to\s+(?:know|understand|learn)(?:\s+about)?)"
    r"|(?:does anyone know|do you know|any idea|help me understand|what the (?:heck|hell)|the heck)"
    r"|(?:in|with|using)\s+(?:very\s+|really\s+)?(?:simple|plain|easy|basic|short|your own|other|layman['’]?s?|lay(?:man)?)\s+"
    r"(?:words?|terms?|english|language|way)"
    r"|(?:in\s+a\s+(?:nutshell|simple way|few words|sentence)|in\s+(?:short|brief|detail)|for\s+(?:dummies|beginners"
    r"|a beginner|a child|kids)"
    r"|eli5|(?:explain(?:ed)?\s+)?like\s+i(?:['’]?m|\s+am)\s+(?:five|5|new(?:\s+(?:to|at)\s+(?:this|it|that))?|a\s+\w+)|briefly|step\s+by\s+step|simply\s+(?:put|explained"
    r"|said)|explained\s+simply|simply\W*$|(?:quick|short|simple|easy)(?:\s+(?:version|explanation|please|pls))?\W*$)"
    r"|(?:kannst|könntest|können)\s+(?:du|sie)\s+(?:mir\s+)?(?:bitte\s+)?(?:erklären|sagen)|bitte"
    r"|(?:ganz\s+)?einfach\s+erklärt|in\s+einfachen\s+worten"
    r"|(?:peux-tu|pouvez-vous|pourriez-vous)\s+(?:m['’])?(?:expliquer|dire)|expliquez?(?:-moi)?|s['’]il\s+(?:te"
    r"|vous)\s+pla[iî]t|en\s+termes\s+simples"
    r"|(?:puedes|puede|podrías)\s+(?:explicar|decir)(?:me)?|expl[ií]ca(?:me)?|por\s+favor|en\s+palabras\s+sencillas"
    r"|(?:объясни(?:те)?|расскажи(?:те)?|подскажи(?:те)?)(?:\s+(?:мне|про))?|пожалуйста|простыми\s+словами)(?![\w'’])",
    re.I,
)  # fmt: skip
SIMPLY = compiled_later(
    r"\b(?:simpl[ey]|plain (?:words|english)|layman|eli5|like i(?:'m| am) (?:five|5)|for (?:dummies|beginners)"
    r"|easy (?:words|way|terms)"
    r"|intuiti\w+|don['’]?t (?:get|understand)|einfach|simples?|sencill\w+|прост\w+)\b|简单|簡単",
    re.I,
)

BETWEEN = (
    r"(?:differences?|distinction|unterschied\w*|différences?|diferencias?|разниц\w+|отличи\w+"
    r"|relation(?:ship)?|comparison|trade-?offs?)"
)
COMPARES = compiled_later(rf"\b(?:{BETWEEN}|differ(?:s|ent|ently)?|compare[ds]?|comparing|versus|vs)\b", re.I)
AND = r"\s+(?:and|und|et|y|e|и|from|to|with)\s+"
SIDE_BY_SIDE = tuple(
    compiled_later(pattern, re.I)
    for pattern in (
        rf"\b{BETWEEN}\s+(?:between|zwischen|entre|между|of|in)\s+(?P<a>.+?)(?:{AND}|\s*(?:/|&|,)\s*)(?P<b>.+)",
        r"^\W*(?:compare|contrast|distinguish|vergleich\w*|compar\w+)\s+(?:between\s+)?(?P<a>.+?)\s+(?:and|with|to|from"
        r"|against|mit|und|avec|et|con|y)\s+(?P<b>.+)",
        r"(?P<a>.+?)(?:,|\s)\s*(?:vs\.?|versus|против|contre|gegen)\s+(?P<b>.+)",
        r"\bhow\s+(?:is|are|does|do|did)\s+(?P<a>.+?)\s+(?:differ(?:ent)?|distinct|distinguished|compare[ds]?)(?:\s+(?:from"
        r"|to|than|with|against))\s+(?P<b>.+)",
        r"^\W*(?P<a>[^,;:]{2,60}?)\s+and\s+(?P<b>[^,;:]{2,60}?)\s+compared\W*$",
        r"^\W*(?P<a>[^,;:]{2,60}?)\s+(?:or|and)\s+(?P<b>[^,;:]{2,60}?),?\s+(?:what is the )?differences?\W*$",
        r"\bhow\s+do\s+(?P<a>.+?)\s+and\s+(?P<b>.+?)\s+(?:differ|compare)\b",
        r"(?P<a>.+?)\s+(?:as\s+)?(?:compared|opposed|in\s+contrast|relative)\s+(?:to|with)\s+(?P<b>.+)",
        r"\bwhen\s+(?:should\s+(?:i|we|you)|do\s+(?:i|we|you)|to|would\s+(?:i|we"
        r"|you))\s+(?:\w+\s+)?(?P<a>[^,]+?)(?:\s+(?:instead\s+of|rather\s+than|over)|,?\s+and\s+when(?:\s+to\s+use"
        r"|\s+\w+\s+(?:i|we|you)\s+use)?)\s+(?P<b>.+)",
        r"\b(?:should\s+(?:i|we|you)|do\s+(?:i|we|you)|shall\s+(?:i|we))\s+(?:use|choose|pick|take"
        r"|prefer)\s+(?P<a>.+?)\s+or\s+(?P<b>.+)",
        r"\b(?:which|what)(?:\s+\w+){0,3}\s+(?:better|faster|best|worse|safer)\W+(?P<a>.+?)\s+or\s+(?P<b>.+)",
        r"\bworin\s+unterscheiden\s+sich\s+(?P<a>.+?)\s+(?:und|von)\s+(?P<b>.+)",
        r"\bчем\s+(?P<a>.+?)\s+отлича\w+\s+от\s+(?P<b>.+)",
        r"\bчем\s+отлича\w+\s+(?P<a>.+?)\s+от\s+(?P<b>.+)",
        r"(?P<a>.+?)(?:和|与|與|跟|同)(?P<b>.+?)(?:之间)?(?:的|有什么|有何)?(?:区别|區別|不同|差别|差異)",
        r"(?P<a>.+?)と(?P<b>.+?)の(?:違い|差|相違)",
    )
)
ASKS = compiled_later(  # in scripts without spaces
    r"什么是|甚麼是|是什么|是甚麼|什么意思|是什么意思|为什么|為什麼|为何|如何|怎么样|怎么|怎麼|怎样|请问|请解释|解释一下|有什么|有哪些|哪些|吗|嗎|呢|？"
    r"|とは何ですか|って何ですか|とは何|とは|って何|何ですか|は何|なぜ|どうして|どうやって|どのように|どうすれば|どう|を教えてください|教えて|ですか|ますか"
    r"|でしょうか|いいですか|について"
)
PRONOUN = compiled_later(r"it|this|that|they|these|those", re.I)
AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|can|could|should|shall|will|would|may|might|must|has|have|had"
    r"|(?:is|are|was|were|do|does|did|ca|could|should|wo|would|has|have)n['’]t)"
)
OR = compiled_later(
    rf"^\W*(?!{AUXILIARY}\b(?!.*\b(?:better|faster|best|safer|simpler|cheaper|worse)\b))"
    r"(?P<a>[^,?]{2,40}?)\s+(?:or|oder|ou|или)\s+(?!(?:any|some|an)?(?:other|thing|one)\b)(?P<b>[^,?]{2,40})\W*$",
    re.I,
)
SIDE_ENDS = compiled_later(
    r"\s*(?:[?:;!,…]|\.(?=\s|$)|\s\(|\s(?:in|for|when|regarding|with respect|if|on|which|what|why|where|better|faster|best"
    r"|safer|simpler"
    r"|cheaper|worse|and (?:when|which|why|what))\b).*$",
    re.I | re.S,
)
SIDE_BEGINS = compiled_later(
    r"^\W*(?:(?:(?:what|how|why|when|which)\s+)?(?:is|are|does|do)\s+|(?:the|a|an|some|of|using|use|der|die|das|ein|eine|le|la"
    r"|les|l['’]|un|une|el|los|las)\s+)+",
    re.I,
)

# What one is told to do, or wants to.
TO_DO = (
    "add|apply|ask|average|begin|boil|build|call|change|check|choose|collect|compare|compute|configure|copy|count|create|cut|declare"
    "|define|divide|do|draw|enter|estimate|find|fit|fix|follow|freeze|get|give|go|import|include|install|keep|list|look|make|measure"
    "|multiply|move|open|pass|pick|put|raise|remove|repeat|replace|return|run|send|set|shift|solve|sort|split|start|step|subtract|sum"
    "|take|test|train|try|turn|type|use|wait|walk|weight|write"
)

# The first pattern that the question matches gives its kind.
KINDS = tuple(
    (kind, compiled_later(pattern, re.I))
    for kind, pattern in (
        (HOW, r"^\W*how\s+(?:to|(?:do|can|should|could|would)\s+(?:i|we|you|one))\b"),
        (YES_NO, rf"^\W*(?!was (?:ist|sind|bedeutet|heißt|macht)\b)(?:(?:and|but|so|then)\s+)?{AUXILIARY}\b"),
        (WHY, r"\b(?:why|how come|what(?:'s| is| are)? the (?:reason|point|purpose|use|motivation|benefit|advantage)s?"
        r"|reasons? (?:for|why)|what (?:causes|for)\b"
              r"|what (?:is|are|'s) .{1,40} (?:good|used|needed|there) for"
              r"|warum|wieso|weshalb|wozu|pourquoi|por qué|para qué|почему|зачем)\b|为什么|為什麼|为何|なぜ|どうして"),
        (NUMBER, r"\bwhat(?: is|'s|s)? the (?:usual|default|typical|recommended)\b"
                 r"|\b(?:usual|default|typical|standard|recommended) (?:value|epsilon|beta|size|number|rate|port|amount)\b"
                 r"|\bhow (?:many|much|big|large|long|often|likely|high|low|small|tiny|deep|wide|far|old|fast"
                 r"|soon|sure|certain|probable|accurate)\b"
                 r"|\bwhat (?:number|percentage|percent|fraction|share|value|size|default|amount)\b|\bwhat(?: is|'s"
                 r"|s)? the (?:default|number|size|value|amount|maximum|minimum|limit|cost|probability|chance|length|width"
                 r"|rate) (?:of|that|for|value|in)\b"
                 rf"|^\W*(?!{AUXILIARY}\b|what|why|how|when|which|where|who|explain|define)(?:[\w-]+\s+){{0,4}}?(?:share|size|payment"
                 r"|price|cost|bytes|seconds|percent(?:age)?|number|odds|loss) (?:of|on|for|per|if|when)\b"
                 r"|\b(?:number|count|percentage|fraction) of\b|\bwhat (?:probability|chance|odds)\b"
                 r"|\bwie (?:viele?|groß|lange?|oft|hoch)\b|\bcombien\b|\bcuánt[oa]s?\b|\bсколько\b|多少|几个"
                 r"|いくつ|どのくらい|何[個回本人]"),
        (YES_NO, rf"[,:;.]\s*{AUXILIARY}\s+\w+"
                 r"|,\s*(?:right|correct|true|isn't it|or not|yes or no)\W*$|\bis it true\b|\b(?:true or false|right\?)\W*$"
                 r"|^\W*(?:ist|sind|kann|können|muss|müssen|darf|soll|hat|haben|wird|werden|gibt es|braucht)\b"
                 r"|^\W*(?:est-ce|est-il|peut-on|faut-il|y a-t-il|doit-on|puis-je)\b"
                 r"|^[¿\W]*(?:es|son|puede|puedo|pueden|hay|se puede|debo|tiene|está)\b|\bли\b"
                 r"|吗|嗎|是否|能不能|是不是|^(?!.*(?:何|どう|なぜ|いつ|どこ|誰|どの|どれ|いくつ)).*(?:です|ます)か"),
        (WHEN, r"(?:^[¿\W]*|[,;:.?]\s*|^\W*(?:in|at|from|for|to|by|under|on|with|about)\s+)(?:when|which|under what"
        r"|what (?:kind|type|sort|happens) "
        r"|what \w+ (?:\w+ )?(?:should|shall) (?:i|we|you) "
        r"|whose|who|whom|where|wann|welche[rsnm]?|wo|wer|quand|quel(?:le)?s?|où|qui"
        r"|cuándo|cuál(?:es)?|dónde|quién"
               r"|когда|како[йея]|какие|где|кто)\b|什么时候|哪|いつ|どの|どこ|誰"),
        (DEFINITION, r"^\W*(?:(?:what|who)(?:\s+(?:exactly|actually|really))?\s+(?:is|are|was|were)|what['’]s|define"
        r"|what (?:an?|the) .{1,40} (?:is|are|means)\b|definition|meaning"
        r"|what does .{1,60} (?:mean|stand for|do)\b|what do .{1,60} (?:mean|do)\b"
                     r"|explain|describe|understanding|intro(?:duction)? to|overview of)\b|\b(?:definition|meaning"
                     r"|explained|explanation)\W*$"
                     r"|^\W*(?:was (?:ist|sind|bedeutet|heißt|macht)|definition|qu['’]est-ce qu|c['’]est quoi|que signifie"
                     r"|(?:qué|que) (?:es|son|significa|hace)|что (?:такое|значит|означает|делает)|что это)"
                     r"|什么是|甚麼是|是什么|是甚麼|什么意思|とは|って何|は何"),
        (HOW, rf"^\W*(?:{TO_DO})\s+(?:an?|the|my|your|one|two|some|something|only|more|all|it|to)\b"
        r"|\bhow\b|\b(?:steps|procedure|recipe|way|method) (?:to|for|of)\b|^\W*(?:wie|comment|cómo|как)\b|怎么|怎麼|如何"
        r"|怎样"
        r"|どうやって|どのように|方法"),
    )
)  # fmt: skip
SUBJECT = compiled_later(
    r"^\W*(?:what\s+(?:(?:an?|the)\s+)?(?=(?!is\b|are\b|does\b|do\b).{1,40}\s(?:is|are|means)\b)|(?:what|who)(?:\s+(?:exactly|actually|really))?\s+(?:is|are|was|were|does|do)\s+|what['’]s\s+|define\s+"
    r"|(?:definition|meaning)\s+of\s+|explain\s+|describe\s+"
    r"|was\s+(?:ist|sind|bedeutet|heißt|macht)\s+|qu['’]est-ce\s+qu(?:e\s+c['’]est\s+qu)?(?:e\s+|['’])|c['’]est\s+quoi\s+"
    r"|que\s+signifie\s+|[¿]?(?:qué|que)\s+(?:es|son|significa|hace)\s+"
    r"|что\s+(?:такое|значит|означает|делает)\s+|什么是)?"
    r"(?:(?:the|an?|der|die|das|eine?|le|la|les|l['’]|une?|el|los|las)\s+)*(?P<subject>.+?)"
    r"(?:\s+(?:means?|stands?\s+for|explained|explanation|do|definition|meaning|about|again|exactly|actually|really|all"
    r"|used\s+for|good\s+for))*\W*$"
    r"|^(?P<zh>.+?)(?:是什么|是甚麼|什么意思|とは|って何|は何)",
    re.I | re.S,
)
# What follows the thing that a definition is asked for: where it is met, what it does there, another question about it.
IN_CONTEXT = compiled_later(
    r"\s+(?:(?:in|within|when|on|at|for|during|inside|is|are|means)\s|and\s+(?:what|why|how|when|where|which|who|is|does|do)\b).*$"
    r"|\s+(?:is|are|means)$", re.I | re.S
)  # fmt: skip
# Where a second question begins. The first one has to be a question, too: "in a transformer, what is a head" is one.
ASKS_AGAIN = compiled_later(
    r"(?:[,;]\s*(?:and\s+)?|\s+and\s+(?:also\s+|then\s+)?|[.?？]\s+(?:and\s+)?|\s+(?:und|et|y|и)\s+)"
    r"(?=(?:what|why(?! not\b)|how|when|which|where|who|was|warum|wieso|wie|wann|pourquoi|comment|quand"
    r"|qué|cómo|por qué|cuándo|почему|как|когда)\b"
    rf"|{AUXILIARY}\s+(?:it|they|this|that|these|those)\b)",
    re.I,
)
BEGINS_TO_ASK = compiled_later(
    rf"^\W*(?:what|whats|why|how|when|which|where|who|explain|define|{AUXILIARY}|was|warum|wieso|wie|wann|qu|pourquoi|comment"
    r"|quand|qué|cómo|por qué|cuándo|что|почему|как|когда)\b",
    re.I,
)
# "Residual in regression, what is it": the thing first, then that it is asked for; "in Rust, what is a trait": its place first.
THING_FIRST = compiled_later(
    r"^(?P<thing>.+?)[,;:]?\s+what(?:\s+is|\s+are|['’]s)\s+(?:it|that|this|they|those)(?:\s+exactly)?\W*$", re.I
)
PLACE_FIRST = compiled_later(r"^\W*(?:in|with|for)\s+(?:\w+\s+){0,2}\w+,?\s+(?=what\s+(?:is|are)\b)", re.I)
SAME_THING = compiled_later(r"\b(?:it|this|that|they|them|these|those|one)\b", re.I)
LONGEST_UNDERSTOOD = 600  # characters; what is longer is a text to search for
LONGEST_SUBJECT = 6  # words of what can be defined
TOPIC_WORDS = 5  # up to which a question without a verb of its own is a topic, to be explained


@dataclass(frozen=True)
class AskedQuestion:
    """A question as it is understood. `sides` are the things to be set side by side, `subject` what is to be explained."""

    text: str
    kind: str
    sides: tuple[str, ...] = ()
    subject: str = ""
    simple: bool = False  # asked for in simple words
    vague: bool = False  # a topic, and no question about it
    is_part: bool = False  # of several questions
    parts: tuple[AskedQuestion, ...] = ()  # where it is several questions: each by itself

    @property
    def about(self) -> str:
        """Its text without the words that only say that things are to be set side by side."""
        return COMPARES.sub(" ", self.text) if self.sides else self.text


def cleaned(question: str) -> str:
    """A question without politeness and framing, with shorthand written out; as it is where nothing else is in it."""
    if not question.strip() or len(question) > LONGEST_UNDERSTOOD:
        return question
    text = SHORT_WORD.sub(lambda match: SHORTHAND[match[0].lower()], question)
    text = FRAMING.sub(lambda match: " " if match.start() else "", text)
    text = re.sub(r"\s+([,.;:?!]+(?:\s|$))", r"\1", re.sub(r"\s+", " ", text)).strip(" ,;:-–—")
    return text if any(word.strip("'’") for word in content_words(text)) and re.search(r"\w", text) else question


def without_asking(question: str) -> str:
    """A question in a script without spaces, without what only asks: its characters would count as words of the subject."""
    return question if question.isascii() else ASKS.sub("", question) or question


@lru_cache(maxsize=4096)
def understand(question: str) -> AskedQuestion:
    """The kind of a question and what it is about."""
    text = cleaned(question)
    if len(text) > LONGEST_UNDERSTOOD:
        return AskedQuestion(text, OTHER)
    whole = _understood(text, simple=bool(SIMPLY.search(question)))
    return whole if whole.sides else replace(whole, parts=_parts(text, whole.simple))


def _understood(text: str, simple: bool) -> AskedQuestion:
    """A text that was cleaned, as one question."""
    sides = _sides(text)
    if sides:
        return AskedQuestion(text, SIDES, sides, simple=simple)
    asked = PLACE_FIRST.sub("", THING_FIRST.sub(lambda found: f"what is {found['thing']}", text))
    kind = next((kind for kind, pattern in KINDS if pattern.search(asked)), OTHER)
    vague = kind == OTHER and len(text.split()) <= TOPIC_WORDS
    if vague:
        kind = DEFINITION
    subject = _subject(asked) if kind == DEFINITION else ""
    if len(subject.split()) > LONGEST_SUBJECT or PRONOUN.fullmatch(subject.split(" ")[0]):
        kind, subject = OTHER, ""
    return AskedQuestion(text, kind, (), subject, simple, vague)


def _parts(text: str, simple: bool) -> tuple[AskedQuestion, ...]:
    """The questions that a text asks one after the other, () where it is one; what the first is about is named in each."""
    first, *others = ASKS_AGAIN.split(text)
    if not others or not BEGINS_TO_ASK.match(first) or not all(map(content_words, others)):
        return ()
    parts = [_understood(first, simple)]
    thing = parts[0].subject or " ".join(word for word in content_words(first) if not BEGINS_TO_ASK.match(word))
    for other in others:
        named = SAME_THING.sub(lambda match: thing, other, count=1)
        if not any(word for word in content_words(named) if not BEGINS_TO_ASK.match(word)):
            return ()
        parts.append(_understood(named, simple))
    return tuple(replace(part, is_part=True) for part in parts)


def _subject(text: str) -> str:
    """What a definition is asked for."""
    found = SUBJECT.match(text.rpartition(", ")[2] if re.search(r", (?:what|who) (?:is|are)\b", text) else text)
    whole = (found["subject"] or found["zh"] or "").strip() if found else ""
    return (IN_CONTEXT.sub("", whole) or whole).rstrip(" ,;")


def _sides(text: str) -> tuple[str, ...]:
    """The things that a question sets side by side, () for none."""
    found = next((match for pattern in SIDE_BY_SIDE if (match := pattern.search(text))), None) or OR.search(text)
    if not found:
        return ()
    first = found["a"]
    parts = [first, *re.split(r"\s+(?:vs\.?|versus)\s+", found["b"])]
    sides = [SIDE_BEGINS.sub("", SIDE_ENDS.sub("", part.strip())).strip(" '\"“”") for part in parts]
    if ":" in first:  # "boolean masks: True versus False"
        sides[0] = SIDE_BEGINS.sub("", first.rpartition(":")[2].strip())
    if PRONOUN.fullmatch(sides[0]):  # "what is a row, and how is it different from a column"
        sides[0] = _subject(re.split(r"[,;.?]|\band\b", text[: found.start()], maxsplit=1)[0])
    kept = tuple(dict.fromkeys(side for side in sides if re.search(r"\w", side) and len(side.split()) <= 6))
    if len(kept) < 2:
        return ()
    return _completed(kept) if re.search(rf"\b{BETWEEN}\b", text, re.I) else kept


def _completed(sides: tuple[str, ...]) -> tuple[str, ...]:
    """`batch` and `layer norm` are `batch norm` and `layer norm`."""
    last = sides[-1].split()
    shares_a_noun = (
        len(sides) == 2 and len(sides[0].split()) == 1 and len(last) == 2 and last[-1][:3].lower() not in sides[0].lower()
    )
    return (f"{sides[0]} {last[-1]}", sides[1]) if shares_a_noun and sides[0].islower() else sides
