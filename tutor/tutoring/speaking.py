"""What of a model's words a learner gets to see: cited facts that hold, marked examples, one question, and never the answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from tutor import grading, stop_words
from tutor.corpus import bank
from tutor.corpus.sentences import key_sentences
from tutor.grading.model import support
from tutor.models import Grade, Item, Met, Passage, Round, Section, Speech
from tutor.prompts import CitedSentence
from tutor.prompts.conversing import HELP_OF, MAX_WORDS, TutorTurn
from tutor.tutoring.ladder import content_of
from tutor.tutoring.verdict_words import RUDE, denies_grade

SENTENCE = re.compile(r"(?<=[.!?…])[”\")]*\s+")
WORD = re.compile(r"\w")
QUESTION = re.compile(r"[?？][”\")*]*\s*$")
EVERYDAY = 0.15  # the share of everyday English words, such as "in", that a text in another language may have
FEW = 5  # words of a sentence whose language can be told
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

    def add(self, text: str, own: bool = False) -> None:
        if own:
            self.own.add(len(self.texts))
        self.texts.append(text)


def checked(
    turn: TutorTurn, passages: Sequence[Passage], typed: str, language: str = "en", item: Item | None = None,
    met: Collection[Met] = (), foreign: bool = False,
) -> Speech | None:  # fmt: skip
    """What may be shown of a model's turn; None where nothing of it may.

    A fact must be borne out by the passage that it cites; one that cites none is looked for in them all. An analogy or example of
    the tutor's own is marked as such; other words are left out. The first question is the last thing said. item: a question that
    is still to be answered, whose answer may stand nowhere in it; met: points of it that need not be kept secret. foreign: it is
    said in another language than the passages, whose words can't be compared: numbers, code and formulas still are.
    """
    draft = _Draft()
    for sentence in turn.say:
        parts = [part for part in SENTENCE.split(sentence.text.strip()) if WORD.search(part)]
        for number, part in enumerate(parts, 1):
            if draft.words + len(part.split()) > MAX_WORDS or draft.asks:
                break
            cited = sentence.numbers if number == len(parts) else ()
            _take(draft, CitedSentence(part, cited, sentence.own), passages, typed, item, language, foreign)
    if not draft.texts or (item and _leaks(draft.texts, item, met, language)):
        return None
    return Speech(
        tuple(draft.texts), frozenset(draft.own), tuple(dict.fromkeys(draft.places)), HELP_OF[turn.move], draft.left_out
    )


def _take(
    draft: _Draft, sentence: CitedSentence, passages: Sequence[Passage], typed: str, item: Item | None, language: str,
    foreign: bool,
) -> None:  # fmt: skip
    """Add a sentence to what is said, cited, marked or as it is, where it may be said."""
    text = sentence.text
    if RUDE.search(text):
        return
    asks = bool(QUESTION.search(text))
    if asks and not sentence.own:
        if not support.SPOKEN_TO_MODEL.search(text):
            draft.add(text)
            draft.asks = True
            draft.words += len(text.split())
        return
    sentence = support.own_or_cited(sentence, passages)
    about = f"{typed}\n{item.question if item else ''}"
    own = sentence.own
    if sentence.numbers:
        if support.fault_of(sentence, passages, about, language, foreign=foreign):
            draft.left_out += 1
            return
    elif not own and not _is_talk(text, about):
        numbers = range(1, len(passages) + 1)
        held = (CitedSentence(text, (number,)) for number in numbers)
        found = next((one for one in held if not support.fault_of(one, passages, about, language)), None)
        if not found and not foreign and not _in_another_language(text, language):
            draft.left_out += 1
            return
        sentence, own = (found, False) if found else (sentence, True)
    if own:
        foreign = foreign or _in_another_language(text, language)
        if support.fault_of(CitedSentence(text, (), own=True), passages, about, language, foreign=foreign):
            draft.left_out += 1
            return
    draft.add(text, own)
    draft.asks = asks
    draft.words += len(text.split())
    draft.places += [f"{passages[n - 1].path}:{passages[n - 1].line}" for n in sentence.numbers if n <= len(passages)]


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


def _in_another_language(text: str, language: str) -> bool:
    """Whether a sentence can't be compared with an English lesson, because hardly a word of it is an everyday one there."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    everyday = sum(word in stop_words.DETECTING_ENGLISH for word in words)
    return language == "en" and (not text.isascii() or len(words) >= FEW) and everyday <= EVERYDAY * len(words)


def _is_talk(text: str, about: str) -> bool:
    """Whether a sentence only speaks of what the learner said or is asked."""
    words = re.findall(r"[^\W\d_]+|\d+(?:[.,]\d+)*", text.casefold())
    known = {word[:5] for word in re.findall(r"[^\W\d_]+|\d+(?:[.,]\d+)*", about.casefold())}
    numbers = [word for word in words if word[0].isdigit()]
    told = sum(word in TALK or word[:5] in known for word in words)
    is_talk = ABOUT_YOU.match(text) or told >= IS_TALK * len(words)
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


def plain_help(item: Item, section: Section | None, round: Round, language: str) -> str:
    """A sentence of its section that does not answer a question, for one whose hints are used up; "" for none."""
    said = {what for _, what in round.said}
    sentences = SENTENCE.split(key_sentences(section.text, count=6)) if section else []
    fitting = (text.strip() for text in sentences)
    return next((text for text in fitting if text and text not in said and not _hints_at(text, item, round, language)), "")


def _hints_at(text: str, item: Item, round: Round, language: str) -> bool:
    """Whether a sentence of the lesson says anything of what an answer says beyond the question."""
    if _leaks([text], item, round.met, language):
        return True
    asked = content_of(bank.kind_of(item).question_text(item), language)
    secret = set().union(*(content_of(key, language) for key in bank.giveaways(item))) - asked
    return bool(secret & content_of(text, language))
