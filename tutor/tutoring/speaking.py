"""What of a model's words a learner gets to see: cited facts that hold, marked examples, one question, and never the answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from tutor import grading
from tutor.corpus import bank
from tutor.corpus.sentences import key_sentences
from tutor.grading.likeness import likeness
from tutor.grading.model import support
from tutor.grading.words import clean, tokens
from tutor.models import Grade, Item, Met, Passage, Round, Section, Speech
from tutor.prompts import CitedSentence
from tutor.prompts.conversing import HELP_OF, MAX_WORDS, TutorTurn
from tutor.tutoring.ladder import content_of
from tutor.tutoring.languages import is_open, leaning, likens, may_change
from tutor.tutoring.verdict_words import RUDE, denies_grade

WORD = re.compile(r"\w")
SENTENCE = re.compile(r"(?<=[.!?…])(?<![\s:][A-Za-z]\.)[”\")]*\s+")  # not after a letter of a list
WORDS_OR_NUMBERS = re.compile(r"[^\W\d_]{2}|\d|\$|`|[^\x00-\u024f\W]")  # not a list of letters
QUESTION = re.compile(r"[?？][”\")*]*\s*$")
TOLD_BY_THE_TUTOR = 0.45  # share of what a short answer says from which the tutor's words tell it
# "Would you say that …?" says what follows
LEADS = re.compile(
    r"^\W*(?:would|do|does|could|can|may|might|is|isn['’]t|are|was|what if)\s+"
    r"(?:(?:you|it|we)\s+(?:\w+\s+){0,2}(?:that|if)\s+)?",
    re.I,
)
# words of talk about a learner's answer, which states nothing of the lesson
TALK = frozenset(
    "you your yours said say says saying right true correct first half part point piece one two that this it so far still "
    "missing have has had got already good start close near nearly almost idea words word think thinking about let look let's us "
    "we now what why how which when where who answer question next another other more yes no not quite yet exactly there here "
    "both".split()
)
ABOUT_YOU = re.compile(
    r"\W*(?:(?:right|yes|no|so|then|and|but|here|ah|hm+)\W+)?"
    r"(?:you|your|du|dein|ihr|vous|tu|votre|tú|usted|你|您)(?!\w)",
    re.I,
)
# "The words are …", and what follows describes them
DESCRIBES_ANSWER = re.compile(
    r"\b(?:the|missing|right|correct|both|two|three|four|five)\s+(?:words?|terms?|answers?|blanks?|solutions?)"
    r"(?:\s*:|\s+(?:is|are|reads?|would\s+be)\b)(?!\s+(?:not|in|on|yours|still|your|there|wrong|right|correct|short|long)\b)"
    r"|\bdie\s+(?:antwort|wörter|lösung)\s+(?:ist|sind|lautet|lauten|heißt|heißen)\b|\bla\s+réponse\s+est\b|\bles\s+mots\s+sont\b"
    r"|\bla\s+respuesta\s+es\b|\blas\s+palabras\s+son\b",
    re.I,
)
# A question that can't be understood without the sentence before
REFERS_BACK = re.compile(
    r"\b(?:which|what|who)(?:\s+\w+)?\s+(?:ones?|of\s+(?:them|these|those)|is\s+left|remains?)\b|\b(?:left|remains?|remaining|the\s+rest)\b"
    r"|\bthe\s+(?:others?|last)(?:\s+one)?\b(?=\W*$)|\b(?:welche[rs]?|was)\s+(?:\w+\s+)?bleibt\b|\bque\s+reste\b|\bqueda\b",
    re.I,
)
IS_TALK = 0.5  # share of a sentence's words that are the learner's, the question's, or such talk


@dataclass(frozen=True)
class Turn:
    """What became of a line: graded, said or hint; with the grade of an answer, and what the tutor says to it."""

    action: str
    grade: Grade | None = None
    speech: Speech | None = None


@dataclass
class _Draft:
    """Sentences on their way to a Speech."""

    texts: list[str] = field(default_factory=list)
    own: set[int] = field(default_factory=set)
    places: list[str] = field(default_factory=list)
    words: int = 0
    asks: bool = False
    left_out: int = 0
    is_cut: bool = False  # the sentence before was not shown

    def add(self, text: str, own: bool = False) -> None:
        if own:
            self.own.add(len(self.texts))
        self.texts.append(text)


def checked(
    turn: TutorTurn, passages: Sequence[Passage], typed: str, language: str = "en", item: Item | None = None,
    met: Collection[Met] = (), foreign: bool = False, said: Sequence[str] = (), speaks: str = "",
) -> Speech | None:  # fmt: skip
    """What may be shown of a model's turn; None where nothing of it may.

    A fact must be borne out by the passage that it cites; one that cites none is looked for in them all. An analogy or example of
    the tutor's own is marked as such; other words are left out. The first question is the last thing said. item: a question that
    is still to be answered, whose answer may stand nowhere in it; met: points of it that need not be kept secret.

    language: of the passages; speaks: that of the session, where it is another one. Only these may be spoken, and the learner's
    where they speak, or asked for, another one: in `typed`, or in `said` before. What is in another language than the passages
    can't be compared with them, but for its numbers, code and formulas. At an item, where it may be the answer, it must be an
    open question, an analogy of the tutor's own, or about what the learner said.
    foreign: whether to take a sentence whose language can't be told for one of them.
    """
    draft = _Draft()
    tongue = _Tongue(language, speaks or language, foreign, may_change([typed, *said], speaks or language))
    for sentence in turn.say:
        parts = [part for part in SENTENCE.split(sentence.text.strip()) if WORD.search(part)]
        for number, part in enumerate(parts, 1):
            if draft.words + len(part.split()) > MAX_WORDS or draft.asks:
                break
            cited = sentence.numbers if number == len(parts) else ()
            shown = len(draft.texts)
            _take(draft, CitedSentence(part, cited, sentence.own), passages, typed, item, tongue)
            draft.is_cut = len(draft.texts) == shown
    if not draft.texts or (item and _leaks(draft.texts, item, met, language)):
        return None
    return Speech(
        tuple(draft.texts), frozenset(draft.own), tuple(dict.fromkeys(draft.places)), HELP_OF[turn.move], draft.left_out
    )


@dataclass(frozen=True)
class _Tongue:
    """The languages of a turn."""

    lesson: str
    session: str
    foreign: bool
    may_change: bool

    def is_foreign(self, text: str) -> bool:
        """Whether a text can't be compared with the lesson."""
        found = leaning(text, self.lesson)
        return found < 0 or (self.foreign and found == 0)

    def allows(self, text: str) -> bool:
        """Whether a text is in a language that may be spoken."""
        return self.may_change or leaning(text, self.session) >= 0 or leaning(text, self.lesson) > 0


def _take(
    draft: _Draft, sentence: CitedSentence, passages: Sequence[Passage], typed: str, item: Item | None, tongue: _Tongue
) -> None:
    """Add a sentence to what is said, cited, marked or as it is, where it may be said."""
    text = sentence.text
    asks = bool(QUESTION.search(text))
    if RUDE.search(text) or (item and not asks and DESCRIBES_ANSWER.search(text)):
        return
    if item and tongue.is_foreign(text) and not _leads_abroad(sentence, f"{typed}\n{item.question}", asks):
        return
    if asks and not sentence.own:
        lost = draft.is_cut and REFERS_BACK.search(text)
        if tongue.allows(text) and not lost and not support.SPOKEN_TO_MODEL.search(text):
            draft.add(text)
            draft.asks = True
            draft.words += len(text.split())
        return
    found = _as_it_may_stand(sentence, passages, f"{typed}\n{item.question if item else ''}", item, tongue)
    if not found:
        draft.left_out += 1
        return
    draft.add(text, found.own)
    draft.asks = asks
    draft.words += len(text.split())
    draft.places += [f"{passages[n - 1].path}:{passages[n - 1].line}" for n in found.numbers if n <= len(passages)]


def _leads_abroad(sentence: CitedSentence, about: str, asks: bool) -> bool:
    """Whether a sentence that can't be compared with an answer is of a kind that doesn't tell one."""
    if asks and not sentence.own:
        return is_open(sentence.text)
    return (sentence.own and likens(sentence.text)) or _is_talk(sentence.text, about, foreign=True)


def _as_it_may_stand(
    sentence: CitedSentence, passages: Sequence[Passage], about: str, item: Item | None, tongue: _Tongue
) -> CitedSentence | None:
    """A statement with the passages that bear it out, or marked as the tutor's own; None where it may not be said."""
    text, marked, foreign = sentence.text, sentence.own, tongue.is_foreign(sentence.text)
    if not WORDS_OR_NUMBERS.search(text):
        return None
    sentence = support.own_or_cited(sentence, passages)
    if not sentence.own and sentence.numbers:
        is_borne_out = not support.fault_of(sentence, passages, about, tongue.lesson)
        held_as_far = foreign and not item and not support.fault_of(sentence, passages, about, tongue.lesson, foreign=True)
        return sentence if is_borne_out or (held_as_far and tongue.foreign and tongue.allows(text)) else None
    own = sentence.own
    if not own and _is_talk(text, about, foreign):
        return sentence if tongue.allows(text) else None
    if not own:
        held = (CitedSentence(text, (number,)) for number in range(1, len(passages) + 1))
        if found := next((one for one in held if not support.fault_of(one, passages, about, tongue.lesson)), None):
            return found
    if not tongue.allows(text) or not (marked or own or foreign) or (foreign and item and not marked):
        return None
    sentence = CitedSentence(text, (), own=True)
    return None if support.fault_of(sentence, passages, about, tongue.lesson, foreign=foreign) else sentence


def agreeing(speech: Speech | None, grade: Grade | None) -> Speech | None:
    """A speech without what says of the answer that it is right or wrong against its grade; None where nothing is left.

    grade: None for a line that is no answer.
    """
    if speech is None:
        return None
    kept = [number for number, text in enumerate(speech.sentences) if not denies_grade(text, grade)]
    sentences = tuple(speech.sentences[number] for number in kept)
    own = frozenset(new for new, old in enumerate(kept) if old in speech.own)
    return replace(speech, sentences=sentences, own=own) if kept else None


def _is_talk(text: str, about: str, foreign: bool) -> bool:
    """Whether a sentence only speaks of what the learner said or is asked; a foreign one must do so in the learner's words."""
    words = re.findall(r"[^\W\d_]+|\d+(?:[.,]\d+)*", text.casefold())
    known = {word[:5] for word in re.findall(r"[^\W\d_]+|\d+(?:[.,]\d+)*", about.casefold())}
    numbers = [word for word in words if word[0].isdigit()]
    told = sum(word in TALK or word[:5] in known for word in words)
    is_talk = (ABOUT_YOU.match(text) and not foreign) or told >= IS_TALK * len(words)
    return bool(words) and bool(is_talk) and all(number in known for number in numbers)


def _leaks(texts: Sequence[str], item: Item, met: Collection[Met], language: str) -> bool:
    """Whether the answer stands in what is said, all together or in one sentence."""
    told = {one.point for one in met}
    missing = [point.text for point in item.rubric if point.text not in told]
    keys = missing if told and missing else bank.giveaways(item)
    said = [" ".join(texts), *texts]
    said += [LEADS.sub("", text).rstrip("?？ ") + "." for text in texts if LEADS.match(text)]  # a question can tell it, too
    told_by = TOLD_BY_THE_TUTOR if bank.kind_of(item).choices(item) or bank.kind_of(item).answer_parts(item) else None
    return any(grading.gives_away(text, item, language, keys, told_by) for text in said)


def up_to_a_question(text: str) -> str:
    """A text as far as its first question, and no longer than the tutor speaks."""
    kept: list[str] = []
    for sentence in SENTENCE.split(text.strip()):
        if kept and (QUESTION.search(kept[-1]) or len(" ".join([*kept, sentence]).split()) > MAX_WORDS):
            break
        kept.append(sentence)
    return " ".join(kept)


def tells(text: str, item: Item, met: Collection[Met], language: str) -> bool:
    """Whether a passage of the lesson, shown while a question is open, tells its answer.

    It must hold to what a hint must hold to. At options it may have no word, nor one that means the same, that of them only a
    right one has: that alone is enough to pick it out.
    """
    said = [one for one in SENTENCE.split(text) if one.strip()]
    if _leaks(said, item, met, language):
        return True
    right, wrong = (" ".join(one.text for one in item.options if one.right == is_right) for is_right in (True, False))
    asked = _stems(f"{wrong}\n{item.question}", language)
    secret, mine = _stems(right, language) - asked, _stems(text, language)
    return any(likeness(one, other) > 0 for one in secret for other in mine)


def _stems(text: str, language: str) -> set[str]:
    return {one.stem for one in tokens(clean(text), language) if one.kind in ("word", "number")}


def plain_help(item: Item, section: Section | None, round: Round, language: str) -> str:
    """A sentence of its section that does not answer a question, for one whose hints are used up; "" for none."""
    said = {what for _, what in round.said}
    sentences = SENTENCE.split(key_sentences(section.text, count=6)) if section else []
    fitting = (text.strip() for text in sentences)
    return next((text for text in fitting if text and text not in said and not _hints_at(text, item, round, language)), "")


def _hints_at(text: str, item: Item, round: Round, language: str) -> bool:
    """Whether a sentence of the lesson says anything of what an answer says beyond the question."""
    if tells(text, item, round.met, language):
        return True
    asked = content_of(bank.kind_of(item).question_text(item), language)
    secret = set().union(*(content_of(key, language) for key in bank.giveaways(item))) - asked
    return bool(secret & content_of(text, language))
