"""What a line is that a learner types where an answer is expected: an answer, or something said to the tutor.

Only what can't be meant as an answer is taken for something else, because an answer that isn't graded is the worse mistake. A
line that may be either is asked about, or left to the model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tutor.tutoring.ladder import content_of

ANSWER, CONFUSED, QUESTION, CHAT, EITHER = "answer", "confused", "question", "chat", "either"
HINT, SOLUTION, SIMPLER, EXAMPLE, SKIP, LANGUAGE = ("hint", "solution", "simpler", "example", "skip", "language")


@dataclass(frozen=True)
class Heard:
    """What a line is: one of the words above."""

    kind: str
    is_guess: bool = False  # an answer by what the learner or its worth says, though it sounds like a question

    @property
    def is_answer(self) -> bool:
        return self.kind == ANSWER

    @property
    def may_be_answer(self) -> bool:
        """Whether it is an answer, or a guess that may be one."""
        return self.kind in (ANSWER, EITHER)


_BEFORE = (
    r"(?:(?:sorry|well|hm+|uh+|um+|ugh+|oh|argh+|ok(?:ay)?|honestly|please|pls|but|and|just|hey|man|dude|bro|look|puh"
    r"|pardon|désolée?|lo siento)\b[ ,.…!]*)*"
)
_AFTER = (
    r"(?:[ ,.!]*(?:please|pls|plz|sorry|though|yet|at all|really|here|now|already|then|again|any ?more|completely|totally|tbh"
    r"|honestly|lol|mate|man|dude|bro|buddy|sir|guys|bitte|danke|s'il (?:te|vous) pla[iî]t|por favor|thanks|thank you))*"
)


def _line(*patterns: str) -> re.Pattern[str]:
    """A whole line made of one of these, with a "please", a "sorry" or a full stop around it."""
    return re.compile(rf"\W*{_BEFORE}(?:{'|'.join(patterns)}){_AFTER}\W*", re.I)


_I = r"(?:i(?:'m| am)?|we) ?(?:really |honestly |just |still |also )?"
_NOT = r"(?:do n[o']?t|don'?t|can'?t|can ?not) (?:really |quite |even )?"

_SAY = r"(?:(?:can|could) you )?(?:(?:say|explain) (?:it|that) |speak )?(?:in )?"

WHOLE_LINES = {
    SOLUTION: _line(
        r"what(?:'?s| is) the (?:right |correct )?(?:answer|solution)",
        r"(?:the )?(?:answer|solution)",
        r"(?:show me |what(?:'?s| is) )the (?:right |correct )(?:order|option|number|value|formula|word|one)",
        rf"(?:{_I})?give up",
        r"(?:sag|zeig|gib) mir (?:bitte )?die (?:antwort|lösung)|ich gebe? auf|lösung",
        r"donne[zr]?[- ]moi la (?:réponse|solution)|j'abandonne|dame la (?:respuesta|solución)|me rindo",
    ),
    HINT: _line(
        r"(?:can|could|may) (?:i|we|you) (?:please )?(?:have|get|give me) (?:a|another|one more) (?:hint|clue|tip)",
        r"(?:give me |i need |i want |need |any )?(?:a |another |one more |some )?(?:hints?|clues?|tips?)",
        r"(?:i need (?:some )?)?help(?: me)?",
        r"(?:ich brauche |gib mir |noch )?(?:einen |ein )?(?:tipp|hinweis)|hilfe",
        r"(?:donne-moi )?un indice|(?:dame )?una pista|ayuda|aide[- ]moi",
    ),
    SIMPLER: _line(
        r"(?:(?:can|could) you )?(?:say|put|explain) (?:it|that|this) (?:again|differently|more simply)",
        r"(?:(?:can|could) you )?(?:(?:say|put|explain) (?:it|that|this) )?(?:in )?(?:simpler|easier|plainer)(?: words| terms)?",
        r"too (?:hard|difficult|complicated)",
        r"(?:erklär (?:es|das) )?(?:einfacher|nochmal)|plus simple(?:ment)?|más (?:simple|fácil)",
    ),
    EXAMPLE: _line(
        r"(?:(?:can|could) you )?(?:give|show)(?: me| us)? (?:an|another|one more) example",
        r"(?:(?:an|another|for) )?example",
        r"(?:noch )?(?:ein )?beispiel|un exemple|un ejemplo",
    ),
    SKIP: _line(
        r"skip(?: (?:it|this|that|the basics|this one|ahead))?",
        r"next(?: (?:question|one|section|page))?",
        r"(?:let'?s )?(?:go|move) on",
        r"weiter|überspringen|passe?|siguiente",
    ),
    LANGUAGE: _line(
        rf"{_SAY}(?:english|german|french|spanish|italian|dutch|portuguese|russian|polish|turkish)",
        rf"{_SAY}(?:arabic|hindi|chinese|japanese|korean)",
        r"(?:auf|en|in|em|på) (?:deutsch|englisch|français|anglais|español|inglés|italiano|nederlands|português|svenska)",
        r"(?:по-русски|用中文|日本語で)",
    ),
    CONFUSED: _line(
        rf"(?:{_I}(?:have )?)?(?:absolutely )?no (?:idea|clue)",
        rf"idk|(?:{_I})?dunno",
        rf"(?:{_I})?{_NOT}know(?: (?:it|this|that|the answer|what to (?:say|write|do)|any ?more))?",
        rf"(?:{_I})?(?:have )?forg[oe]t(?:ten)?(?: (?:it|this|that))?|(?:{_I})?{_NOT}remember(?: (?:it|this|that))?",
        rf"(?:{_I})?not sure",
        rf"(?:{_I}(?:am )?)?(?:totally |completely )?(?:lost|stuck|confused)",
        rf"(?:{_I})?{_NOT}(?:get|understand|follow|see)(?: (?:it|this|that|the question|anything))?",
        r"huh|what|why|because|how so|how come|why not|why is that|so what|meaning|\?+",
        r"what do(?:es)? (?:you|it|this|that) mean|th(?:is|at) makes no sense",
        r"(?:das )?wei(?:ß|ss) ich (?:leider )?nicht|ich wei(?:ß|ss) (?:es |das )?(?:leider )?nicht|(?:ich habe )?keine ahnung",
        r"(?:das )?verstehe? ich nicht|ich verstehe? (?:(?:das|es|die frage) )?(?:leider )?nicht|warum|wieso|weshalb",
        r"je (?:ne )?sais pas|(?:je n'ai )?aucune idée|je (?:ne )?comprends? pas|pourquoi",
        r"no (?:lo )?s[eé]|ni idea|no (?:lo )?entiendo|por qu[eé]|n[aã]o (?:sei|entendo)|non (?:lo )?so|non capisco",
        r"(?:я )?не (?:знаю|понимаю)|почему",
        r"我?不(?:知道|明白|懂)|为什么|(?:わかり|分かり)ません|(?:わから|分から)ない|なぜ",
    ),
    CHAT: _line(
        r"hi(?: there)?|hello(?: there)?|hey|good (?:morning|evening|afternoon)|bye|how are you|who are you",
        r"thanks?(?: you)?(?: so much)?|ok(?:ay)?|cool|nice|lol|haha+|wow|hm+",
        r"i(?:'m| am) (?:tired|bored|hungry)|this is (?:boring|hard|fun)|are you (?:an? )?(?:ai|bot|human|robot)",
        r"hallo|danke|bonjour|merci|hola|gracias",
    ),
}
_LANGUAGES = "english|german|french|spanish|italian|dutch|portuguese|russian|polish|turkish|arabic|hindi|chinese|japanese|korean"
# What nobody begins an answer with: a request to the tutor, whatever it is for.
REQUEST = re.compile(
    rf"\W*{_BEFORE}(?:(?:(?:can|could|would|will) (?:you|u|ya)|(?:tell|show|give|teach|remind) (?:me|us)|gimme|lemme|help me"
    r"|(?:explain|say|repeat|rephrase|translate) (?:it|this|that|me)"
    r"(?= (?:to me|again|in|more|slower|once|differently|please)\b|\W*$)"
    r"|kannst du|könntest du|können sie|(?:sag|gib|zeig|erklär|hilf) mir|peux-tu|pouvez-vous|(?:dis|donne|montre|aide)[sz]?-moi"
    r"|puedes|podrías|dime|dame|ayúdame)(?![\w'])(?P<rest>.*))",
    re.I | re.S,
)
# A wish begins as an answer may ("we need …"): it is one by what it is for, at its end.
WISH = re.compile(
    rf"\W*{_BEFORE}(?:(?:(?:i|we)(?:'d| would)? (?:really |just |still )*)?"
    r"(?:need|want|like|prefer|could use|wish for|have to have|hope for)"
    r"|let'?s (?:do|try|have|take|go for|switch to|change to)|how about|what about|any chance of)"
    r"(?: to (?:see|get|have|know|hear|do|skip))?(?: (?:a|an|the|some|any|another|one|more|bit|little|of|your|right))*"
    rf" (?P<rest>hints?|clues?|tips?|nudge|help(?: (?:here|with this|with that|with it))?|answers?|solutions?|example"
    rf"|something (?:\w+ )?(?:easier|simpler|else|different|new)|(?:easier|next) one"
    rf"|(?:easier|simpler|different|other|next) (?:question|words|task)"
    rf"|(?:it|this|that) in (?:{_LANGUAGES}|simpler words)|(?:german|french|spanish)){_AFTER}\W*",
    re.I,
)
# What a request or a wish is for.
WISHED = {
    LANGUAGE: rf"\b(?:{_LANGUAGES})\b|\bauf (?:deutsch|englisch)|\ben (?:français|español)",
    EXAMPLE: r"\bexamples?\b|\bbeispiel|\bexemple|\bejemplo",
    HINT: r"\b(?:hints?|clues?|tips?|nudge|help|tipp|hinweis|hilf|helfen|indice|pista)\b",
    SIMPLER: r"\b(?:simpl\w+|easier|plain\w*|slow\w*|again|once more|explain (?:it|this|that)|different\w*|rephrase|reword|repeat"
    r"|other words|einfacher|nochmal)\b",
    SOLUTION: r"\b(?:answers?|solutions?|antwort|lösung|réponse|respuesta)\b",
    SKIP: r"\b(?:skip|next|something|new|other|move on)\b",
}
_NOTHING_ELSE = re.compile(
    rf"(?:\W*(?:it|that|this|say|what it is|straight|everything|all|something|anything)\b)*{_AFTER}\W*", re.I
)
# A line that begins like this speaks of what the learner does not understand, whatever follows.
CONFUSED_ABOUT = re.compile(
    rf"\W*(?:(?:sorry|but|ok(?:ay)?|well),? )*(?:"
    rf"{_I}{_NOT}(?:get|understand|follow|see) (?:why|how|what|where|when|the|this|that|which)\b"
    rf"|{_I}(?:am )?confused (?:by|about|why|how)\b|what does .{{1,40}} mean\b|what do you mean\b"
    r"|ich verstehe? (?:überhaupt )?nicht,? (?:warum|wieso|wie|was|den|die|das)\b|je (?:ne )?comprends? pas\b|no entiendo \w+)",
    re.I,
)
# Words that open a question to the tutor, and those that open a guess with a question mark behind it.
ASKS = re.compile(
    r"\W*(?:(?:but|and|so|wait|hm+|ok(?:ay)?|sorry)\b[ ,]*)*(?:"
    r"why|how|what(?:'s)?|which|who|when|where|(?:can|could) (?:you|i|we)|would you|will you|do (?:you|i|we)|should i|am i"
    r"|warum|wieso|weshalb|wie|was|welche\w*|wer|wann|wo|kannst du|können sie"
    r"|pourquoi|comment|quel(?:le)?s?|qu'est|peux-tu|pouvez-vous|por qu[eé]|c[oó]mo|qu[eé]|cu[aá]l(?:es)?|puedes"
    r"|почему|как|что|为什么|怎么|什么|なぜ|どう)(?!\w)",
    re.I,
)
# A question without its mark: "why does it grow". "What is lost is the order" is none.
_AUXILIARY = r"(?:do|does|did|is|are|was|were|would|should|can|could)"
ASKS_WITHOUT_MARK = re.compile(
    rf"\W*(?:(?:but|and|so|wait|hm+|ok(?:ay)?|sorry)\b[ ,]*)*(?:why|how|where) {_AUXILIARY}\b",
    re.I,
)
SHORT_WORDS = 14  # of a question without its mark
WORDY = 4  # words of a line that is no number, letter or formula
ENDS_AS_A_QUESTION = re.compile(r"[?？]\s*$|吗\s*$|か。?\s*$")
GUESS = re.compile(r"^(?:(?:so|maybe|then)\W+)?(is|was|does|do|are)(?:n['’]t)? (it|that|this|they)\b", re.I)
LONGEST = 400  # characters of a line that may be something else than an answer


def hear(line: str) -> Heard:
    """What a line is that was typed where an answer is expected."""
    text = " ".join(line.replace("’", "'").split())
    if not text or len(text) > LONGEST:
        return Heard(ANSWER)
    for kind, pattern in WHOLE_LINES.items():
        if pattern.fullmatch(text):
            return Heard(kind)
    if CONFUSED_ABOUT.match(text):
        return Heard(CONFUSED)
    if asked := REQUEST.match(text) or WISH.fullmatch(text):
        return Heard(_wished(text, asked["rest"]))
    if ENDS_AS_A_QUESTION.search(text):
        return Heard(QUESTION if ASKS.match(text) else EITHER)
    if ASKS_WITHOUT_MARK.match(text) and len(text.split()) <= SHORT_WORDS:
        return Heard(QUESTION)
    return Heard(ANSWER)


GOAL = "goal"
# What somebody says who wants to learn something, and who wants to be told something now.
WANTS_TO_LEARN = re.compile(
    r"\W*(?:(?:please|hi|hello|ok(?:ay)?|so|well)\b[ ,]*)*"
    r"(?:(?:i|we)(?:'d| would)? (?:really |just )?(?:want|wish|need|like|have|hope) to |i'm (?:trying|here) to "
    r"|help me (?:to )?)?"
    r"(?:really )?(?:learn|understand|study|master|get better at)\b|\W*teach me\b"
    r"|ich (?:möchte|will) .+ (?:lernen|verstehen)\W*$",
    re.I,
)
WANTS_TO_KNOW = re.compile(
    r"\W*(?:what(?:'s| is| are| does| do)|who|when|where|which|why|explain|define|tell me|was (?:ist|sind)|qu'est)\b", re.I
)


def hear_wish(line: str) -> str:
    """What a line is that was typed where nothing was asked: QUESTION, GOAL, CHAT, or EITHER a question or a goal."""
    text = " ".join(line.replace("’", "'").split())
    if WANTS_TO_LEARN.match(text):
        return GOAL
    kind = ANSWER if REQUEST.match(text) and is_wordy(text) else hear(text).kind  # "help me with Bayes" may be a goal
    if kind in (QUESTION, CONFUSED) or ENDS_AS_A_QUESTION.search(text) or WANTS_TO_KNOW.match(text):
        return QUESTION if is_wordy(text) or kind != CONFUSED else CHAT
    return EITHER if kind == ANSWER else CHAT


def _wished(text: str, rest: str) -> str:
    """What a request is for; one for nothing else than to be told is for the solution, any other one a question."""
    for kind, pattern in WISHED.items():
        if re.search(pattern, text, re.I):
            return kind
    return SOLUTION if _NOTHING_ELSE.fullmatch(rest) else QUESTION


# Where a line has nothing to do with the question, these show that it is talk: of the learner, of the tutor, or of the session.
_OPINION = re.compile(r"\b(?:i(?:'d| would)?|we) (?:think|guess|believe|suppose|say|reckon|bet|assume)\b", re.I)
_TALK = re.compile(
    r"\b(?:i(?:'m|'ve|'ll)?|im|ive|my|me|myself|mine|let'?s|gimme|ich|mein\w*|mir|je|mon|moi|yo)\b"
    r"|\b(?:you'?re|you (?:are|suck|stink)|u r|your|yourself|(?:thank|love|hate|damn|screw|see) you|du bist|tu es)\b"
    r"|^\W*(?:what(?:ever| a|'s up)|who cares|never ?mind|meh|ugh+|argh+|pf+|nah|nope|nonsense|boring|sigh|yawn)\b"
    r"|^\W*(?:omg|wtf|lmao|egal)\b"
    rf"|^\W*{_BEFORE}th(?:is|ese|ose)(?: \w+)?(?:'s| is| are| was|) (?:\w+ ){{0,3}}[\w'-]+\W*$"
    r"|^\W*(?:it|that)(?:'s| is) (?:(?:so|too|very|really|just|such) )*(?:an? )?(?:stupid|dumb|boring|silly|annoying|ridiculous"
    r"|pointless|hopeless|crap|rubbish)\b",
    re.I,
)
_AT_A_LOSS = re.compile(r"\b(?:clue|idea|lost|stuck|confus\w*|understand|stumped|blank|verstehe?|verloren|comprends)\b", re.I)
MOST_TALK = 14  # words


def hear_beside(line: str, subject: str, language: str) -> Heard:
    """What a line is that seems to be an answer, but is worth nothing as one.

    It is talk where it has no word of what the question is about and sounds like it. subject: the question, its answers and its
    section.
    """
    text = " ".join(line.replace("’", "'").split())
    if len(text.split()) > MOST_TALK or not _TALK.search(_OPINION.sub(" ", text)):
        return Heard(ANSWER)
    if content_of(text, language) & content_of(subject, language) or re.search(r"\d", text):
        return Heard(ANSWER)
    return Heard(CONFUSED if _AT_A_LOSS.search(text) else CHAT)


def is_wordy(line: str) -> bool:
    """Whether a line is a remark rather than a number, a letter or a formula."""
    return len(re.findall(r"[^\W\d_]{2,}", line)) >= WORDY


def as_statement(line: str) -> str:
    """A guess that ends with a question mark as what it says: "is it the variance?" is "it is the variance"."""
    text = line.strip().rstrip("?？ ")
    return GUESS.sub(r"\2 \1", text) if GUESS.match(text) else text
