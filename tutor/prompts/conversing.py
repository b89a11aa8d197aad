"""The tutor's turn: what the learner's line is, what it makes of the question, the next move, and the words to say.

What the instructions rest on, a line each:

- Learners should do the work, one step at a time, and be told what is right first: LearnLM's principles (arXiv 2412.16429).
- An explanation fits what was just said, feedback names what to do next, a hint gives no answer: TutorBench (arXiv 2510.02663).
- Ask and focus before telling; a model that tells too early teaches less: MathDial (arXiv 2305.14536).
- Answers given on request cost learners 17 % once they work alone: Bastani et al., PNAS 2025. So the code keeps the gate.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.corpus import bank
from tutor.models import Help, Item, Met, Passage
from tutor.prompts.answering import CitedSentence, sentences_in
from tutor.prompts.excerpts import excerpt
from tutor.prompts.framing import (
    SHORT_DATA,
    SPOKEN,
    TEXT,
    as_messages,
    data,
    list_schema,
    object_schema,
    one_sentence,
    without_bars,
)
from tutor.prompts.grading import POINT_SCHEMA, PointVerdict, point_verdicts, points_of
from utils.errors import ModelError
from utils.llm import structured
from utils.llm.structured import Prompt

ANSWER, CONFUSION, SIDE_QUESTION, REQUEST, CHAT = INTENTS = ("answer", "confusion", "side_question", "request", "chat")
# How much each move helps with a question that is still to be answered, see Attempt.help.
HELP_OF = {
    "reply": Help.NONE, "confirm": Help.NONE, "question": Help.QUESTION, "restate": Help.QUESTION, "hint": Help.HINT,
    "analogy": Help.CONTRAST, "contrast": Help.CONTRAST, "smaller": Help.CONTRAST, "step": Help.STEP, "answer": Help.ANSWER,
}  # fmt: skip
MAX_WORDS = 80
MOST_TURNS = 6  # of the exchange so far that the model gets to see
MOST_REFERENCES = 3  # other ways of putting the answer say no more to a model; the built-in grader reads them all
NEAREST = 2  # known wrong answers that are told in full, those nearest to what was typed
EXPLAINED = 300  # characters of the explanation before
ABOUT_ITEM, ON_PAGE = 900, 4_000  # characters of the section's text; other passages get less
NEARBY = 900
SPOKEN_TURN = (
    f" Say at most {MAX_WORDS} words in all, as a list of sentences, with at most one question, which comes last. End a sentence "
    "that states a fact with the number of the passage that says it, such as [1]. Begin an analogy or example of your own with "
    "OWN: and give it no number."
)
GATE = (
    "Never say the secret answer, nor which option is right, nor in other words what is still missing: lead the learner to it, "
    "and ask only for what is missing. Meet a confusion; who asks for the answer, or for what the question asks, gets one step "
    "further instead."
)


@dataclass(frozen=True)
class TutorTurn:
    """What a model makes of a learner's line and wants to say to it. Nothing of it has been checked yet."""

    intent: str  # one of INTENTS, "" where it was not asked
    misconception: str  # that the line shows: one of those known, or in the model's words; "" for none
    points: tuple[PointVerdict, ...]  # one for each of `points_of` the item, () where it has none
    contradiction: str  # the learner's words that contradict a reference, "" for none
    move: str  # a key of HELP_OF
    say: tuple[CitedSentence, ...]

    @property
    def is_answer(self) -> bool:
        """Whether the model takes the line for an answer to the question."""
        return self.intent == ANSWER


@dataclass(frozen=True)
class Situation:
    """What a turn is about: the question on screen, if there is one, and what has been said about it."""

    passages: Sequence[Passage]  # the section's own text first
    typed: str  # by the learner, just now
    item: Item | None = None  # to be answered, drawn
    hints: Sequence[str] = ()  # of the item's author, about what is still missing
    verdict: str = ""  # of the built-in grader on what was typed, in words, where it is final
    met: Sequence[Met] = ()  # points that have credit from earlier tries
    said: Sequence[Sequence[str]] = ()  # (who, what) so far, about this question or page
    explained: Sequence[str] = ()  # explanations of the section that were given already
    beliefs: str = ""  # what the learner is known to believe, in words
    strongest: int = 0  # the most help that may be given now
    asked: bool = False  # it was typed as a question to the tutor

    @property
    def is_open(self) -> bool:
        """Whether it is the model that tells what was typed: an answer or something said to the tutor."""
        return self.item is not None and not self.asked and not self.verdict

    @property
    def points(self) -> tuple[str, ...]:
        """What an answer is held against, if it may be one and is in words."""
        return points_of(self.item) if self.item and self.is_open and bank.kind_of(self.item).is_free_text(self.item) else ()


def converse(about: Situation) -> Prompt[TutorTurn]:
    """One turn of the tutor's. The model is asked for no more than what the situation leaves open."""
    points = about.points

    def parse(document: Any) -> TutorTurn:
        intent = structured.field(document, "intent", str, f"one of {', '.join(INTENTS)}") if about.is_open else ""
        move = structured.field(document, "move", str, f"one of {', '.join(HELP_OF)}") if about.item else "reply"
        faults = [structured.one_of(intent, "intent", INTENTS) if intent else "", structured.one_of(move, "move", HELP_OF)]
        if any(faults):
            raise ModelError("; ".join(fault for fault in faults if fault) + ".")
        said = structured.entries(document, "say", one_sentence, "a list of sentences")
        if not said:
            raise ModelError("found nothing to say, expected a list of sentences.")
        misconception = contradiction = ""
        if points:
            misconception = structured.field(document, "misconception", str, "a misconception, or an empty string").strip()
            contradiction = structured.field(document, "contradiction", str, "the learner's words, or an empty string")
        return TutorTurn(
            intent,
            misconception,
            point_verdicts(document, len(points)) if intent == ANSWER and points else (),
            without_bars(contradiction),
            move,
            tuple(sentence for line in said for sentence in sentences_in(line)),
        )

    rest = [part for part in (*_about_the_item(about), *_about_the_learner(about), _what_to_do(about)) if part]
    shown, short = _passages(about), _passages(about, short=True)
    return Prompt(
        "converse",
        as_messages(*shown, *rest, system=SPOKEN + SPOKEN_TURN),
        shorter=as_messages(*short, *rest, system=SPOKEN + SPOKEN_TURN),
        schema=object_schema("tutor_turn", **_shape(about)),
        parse=parse,
    )


def _shape(about: Situation) -> dict[str, Any]:
    """The fields of the reply, as a schema."""
    shape: dict[str, Any] = {}
    if about.is_open:
        shape["intent"] = TEXT
    if about.points:
        shape.update(misconception=TEXT, points=list_schema(POINT_SCHEMA), contradiction=TEXT)
    if about.item:
        shape["move"] = TEXT
    return {**shape, "say": list_schema(TEXT)}


def _passages(about: Situation, short: bool = False) -> list[str]:
    """The section, as far as it concerns what is asked, and what else speaks of it.

    What stays the same from one line to the next comes first, so that a server need not read it again.
    """
    item = about.item
    concerns = f"{bank.kind_of(item).question_text(item)}\n{_secret(item)}" if item and not about.asked else about.typed
    limit = ABOUT_ITEM if item and not about.asked else ON_PAGE
    with_code = about.asked or item is None
    sizes = [limit // 2 if short else limit, *(() if short else [NEARBY] * (len(about.passages) - 1))]
    texts = [
        f"{one.heading}\n{excerpt(one.text, concerns, size, with_code)}" for one, size in zip(about.passages, sizes, strict=False)
    ]
    return [data(f"passage_{n}", text, 2 * limit) for n, text in enumerate(texts, 1)]


def _secret(item: Item) -> str:
    """The answer. Where it has points, one way of putting it is enough: the points say the rest."""
    return "\n".join(item.references[: 1 if item.rubric else MOST_REFERENCES]) or bank.shown_answer(item)


def _about_the_item(about: Situation) -> Iterator[str]:
    """The question with its key. What does not change from one try to the next comes first."""
    item = about.item
    if item is None:
        return
    kind = bank.kind_of(item)
    choices = "".join(f"\n{number}. {text}" for number, text in enumerate(kind.choices(item), 1))
    yield data("question", bank.shown_question(item) + choices)
    yield data("secret_answer", _secret(item))
    if about.points:
        yield data("points", "\n".join(f"{number}. {point}" for number, point in enumerate(about.points, 1)))
    if about.hints:
        yield data("hints_of_the_author", "\n".join(about.hints))
    if not about.verdict:  # which says what is wrong with the one that was given
        yield from _known_wrong(item, about.typed)


def _known_wrong(item: Item, typed: str) -> Iterator[str]:
    """The known wrong answers nearest to what was typed, with what their author says to them, and the others' names."""
    words = set(re.findall(r"\w{3,}", typed.casefold()))
    asked = (item, *(line.item for line in item.lines))
    wrong = [(one.answer, one.misconception, one.reply) for part in asked for one in part.wrong]
    wrong += [(one.text, one.misconception, one.reply) for part in asked for one in part.options if not one.right]
    wrong.sort(key=lambda one: -len(words & set(re.findall(r"\w{3,}", one[0].casefold()))))
    if nearest := wrong[:NEAREST]:
        yield data("known_wrong_answers", "\n".join(" | ".join(filter(None, one)) for one in nearest), SHORT_DATA)
    if others := list(dict.fromkeys(name for _, name, _ in wrong[NEAREST:] if name)):
        yield data("other_misconceptions", "\n".join(others), SHORT_DATA)


def _about_the_learner(about: Situation) -> Iterator[str]:
    """What the learner has read, believes, has said and typed."""
    if about.explained:
        yield data("explained_already", about.explained[-1], EXPLAINED)
    if about.beliefs:
        yield data("learner_believes", about.beliefs)
    if about.met:
        yield data("credited", "\n".join(f"{met.point}: {met.evidence}" for met in about.met))
    if about.said:
        yield data("so_far", "\n".join(f"{who}: {what}" for who, what in about.said[-MOST_TURNS:]), SHORT_DATA)
    if about.verdict:
        yield data("verdict", about.verdict)
    yield data("typed", about.typed, SHORT_DATA)


def _what_to_do(about: Situation) -> str:
    reply = f"Reply with one JSON document only: {json.dumps(_example(about))}"
    if about.item is None:
        return (
            "The learner is reading passage 1 and typed what stands in <typed>. Nothing is being asked of them. Answer what they "
            f"ask, briefly, then let them read on. {reply}"
        )
    what = "asked the tutor what stands in <typed>, which is no answer" if about.asked else "typed what stands in <typed>"
    moves = ", ".join(move for move, help in HELP_OF.items() if help <= about.strongest)
    return " ".join((f"The learner is at the question and {what}.", *_reading(about), GATE, f"Choose one move: {moves}. {reply}"))


def _reading(about: Situation) -> Iterator[str]:
    """What the model is to make of the line."""
    if about.is_open:
        yield (
            "Say what it is (intent): an answer to the question, confusion, a side_question, a request (for a hint, an example, "
            "the answer, another language, something easier or harder), or chat."
        )
    if about.points:
        yield (
            "Name the misconception that it shows, if any. If it is an answer, say for each point whether it makes it, in "
            "whatever words or language, and quote word for word the part of <typed> that does (an empty quote where the point "
            "is not made; one that is only hinted at is not made). If a part of it says the contrary of the secret answer, "
            "quote it as the contradiction."
        )
    if about.points and about.met:
        yield "Points in <credited> are made already."


def _example(about: Situation) -> dict[str, Any]:
    """A reply of the shape that is asked for."""
    filled = {
        "intent": "answer", "misconception": "", "points": [{"point": 1, "met": True, "quote": "..."}], "contradiction": "",
        "move": "question", "say": ["..."],
    }  # fmt: skip
    return {name: filled[name] for name in _shape(about)}
