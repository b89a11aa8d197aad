"""The tutor's turn: what the learner's line is, what it makes of the question, the next move, and the words to say.

What the instructions rest on, a line each:

- Learners should do the work, one step at a time, and be told what is right first: LearnLM's principles (arXiv 2412.16429).
- An explanation fits what was just said, feedback names what to do next, a hint gives no answer: TutorBench (arXiv 2510.02663).
- Ask and focus before telling; a model that tells too early teaches less: MathDial (arXiv 2305.14536).
- Answers given on request cost learners 17 % once they work alone: Bastani et al., PNAS 2025. So the code keeps the gate.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tutor.corpus import bank
from tutor.models import Help, Item, Met, Passage
from tutor.prompts.answering import CitedSentence, sentences_in
from tutor.prompts.framing import SHORT_DATA, TEXT, as_messages, data, list_schema, object_schema, one_sentence, without_bars
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
CODE_BLOCK = re.compile(r"^(```+|~~~+).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class TutorTurn:
    """What a model makes of a learner's line and wants to say to it. Nothing of it has been checked yet."""

    intent: str  # one of INTENTS
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
    verdict: str = ""  # of the built-in grader on what was typed, in words, where it is final
    met: Sequence[Met] = ()  # points that have credit from earlier tries
    said: Sequence[Sequence[str]] = ()  # (who, what) so far, about this question or page
    explained: Sequence[str] = ()  # explanations of the section that were given already
    beliefs: str = ""  # what the learner is known to believe, in words
    strongest: int = 0  # the most help that may be given now
    asked: bool = False  # it was typed as a question to the tutor


def converse(about: Situation) -> Prompt[TutorTurn]:
    """One turn of the tutor's."""
    item = about.item
    points = points_of(item) if item and bank.kind_of(item).is_free_text(item) else ()

    def parse(document: Any) -> TutorTurn:
        intent = structured.field(document, "intent", str, f"one of {', '.join(INTENTS)}")
        move = structured.field(document, "move", str, f"one of {', '.join(HELP_OF)}")
        faults = [structured.one_of(intent, "intent", INTENTS), structured.one_of(move, "move", HELP_OF)]
        if any(faults):
            raise ModelError("; ".join(fault for fault in faults if fault) + ".")
        said = structured.entries(document, "say", one_sentence, "a list of sentences")
        if not said:
            raise ModelError("found nothing to say, expected a list of sentences.")
        is_answer = intent == ANSWER
        return TutorTurn(
            intent,
            structured.field(document, "misconception", str, "a misconception, or an empty string").strip(),
            point_verdicts(document, len(points)) if points and is_answer else (),
            without_bars(structured.field(document, "contradiction", str, "the learner's words, or an empty string")),
            move,
            tuple(sentence for line in said for sentence in sentences_in(line)),
        )

    context = (
        _about_the_item(item, points) if item else (),
        data("credited", "\n".join(f"{met.point}: {met.evidence}" for met in about.met)) if about.met else "",
        data("so_far", "\n".join(f"{who}: {what}" for who, what in about.said[-MOST_TURNS:]), SHORT_DATA) if about.said else "",
        data("explained_already", "\n".join(about.explained), SHORT_DATA) if about.explained else "",
        data("learner_believes", about.beliefs) if about.beliefs else "",
        data("verdict", about.verdict) if about.verdict else "",
        data("typed", about.typed, SHORT_DATA),
        _what_to_do(about, points),
    )
    rest = [part for group in context for part in ([group] if isinstance(group, str) else group)]
    with_code = about.asked or about.item is None
    texts = [f"{one.heading}\n{_dense(one.text, with_code)}" for one in about.passages]
    shown = [data(f"passage_{n}", text, SHORT_DATA * 2) for n, text in enumerate(texts, 1)]
    short = [data(f"passage_{n}", text, SHORT_DATA) for n, text in enumerate(texts[:1], 1)]
    return Prompt(
        "converse",
        as_messages(*shown, *rest, spoken=True),
        shorter=as_messages(*short, *rest, spoken=True),
        schema=object_schema(
            "tutor_turn", intent=TEXT, misconception=TEXT, points=list_schema(POINT_SCHEMA), contradiction=TEXT, move=TEXT,
            say=list_schema(TEXT),
        ),
        parse=parse,
    )  # fmt: skip


def _dense(text: str, with_code: bool) -> str:
    """A text without the gaps that comments leave, and its code only where it may be what the learner asks about."""
    return re.sub(r"\n{3,}", "\n\n", text if with_code else CODE_BLOCK.sub("", text)).strip()


def _about_the_item(item: Item, points: Sequence[str]) -> tuple[str, ...]:
    kind = bank.kind_of(item)
    choices = "".join(f"\n{number}. {text}" for number, text in enumerate(kind.choices(item), 1))
    wrong = [(one.answer, one.misconception, one.reply) for one in item.wrong]
    wrong += [(one.text, one.misconception, one.reply) for one in item.options if not one.right]
    known = "\n".join(" | ".join(part for part in parts if part) for parts in wrong)
    return (
        data("question", kind.question_text(item) + choices),
        data("points", "\n".join(f"{number}. {point}" for number, point in enumerate(points, 1))) if points else "",
        data("secret_answer", "\n".join(item.references[:MOST_REFERENCES] or (bank.shown_answer(item),))),
        data("known_wrong_answers", known, SHORT_DATA) if known else "",
        data("hints_of_the_author", "\n".join(item.hints)) if item.hints else "",
    )


def _what_to_do(about: Situation, points: Sequence[str]) -> str:
    if about.item is None:
        asks = "The learner is reading passage 1 and has just typed what stands in <typed>. Nothing is being asked of them. "
    elif about.asked:
        asks = "The learner is at the question and has asked the tutor what stands in <typed>. It is no answer. "
    else:
        asks = "The learner is at the question and has just typed what stands in <typed>. "
    allowed = [move for move, help in HELP_OF.items() if help <= about.strongest or about.item is None]
    grading = (
        "If it is an answer, say for each point whether it makes it, in whatever words or language, and quote word for word the "
        "part of <typed> that does (an empty quote where the point is not made; one that is only hinted at is not made). Points "
        "in <credited> are made already. If a part of it says the contrary of the secret answer, quote it as the contradiction. "
        if points
        else "Leave points empty. "
    )
    ladder = (
        "Never say the secret answer, nor which option is right, nor in other words what is still missing: lead the learner to "
        "it. Say first what is right in what they said, in their words. Ask only for what is missing. If they are confused, meet "
        "the confusion; if they ask for the answer or for what the question asks, help them one step further instead. "
        if about.item
        else "Answer what they ask, briefly, then let them read on. "
    )
    return (
        asks
        + "Say what it is (intent): an answer to the question, confusion, a side_question, a request (for a hint, an example, "
        "the answer, another language, something easier or harder), or chat. Which misconception does it show, if any? "
        + grading
        + f"Choose one move: {', '.join(allowed)}. "
        + ladder
        + f"Then the words to say, as a list of sentences, at most {MAX_WORDS} words in all, with at most one question, which "
        "comes last. End a sentence that states a fact with the number of the passage that says it, such as [1]. Begin an "
        "analogy or example of your own with OWN: and give it no number. Be warm and specific: no praise for its own sake. "
        'Reply with one JSON document only: {"intent": "answer", "misconception": "", "points": [{"point": 1, "met": true, '
        '"quote": "..."}], "contradiction": "", "move": "question", "say": ["..."]}'
    )
