"""Grades from a model's verdicts: its evidence is checked, the score computed here, and the embedded grader asked too.

A model can be talked into a grade; the embedded grader can't. So for every point that the model calls met it must quote the
learner, from outside anything that speaks to the grader and anything that the question itself says. And no model can make right
what the embedded grader by itself leans to call wrong: the learner then takes a second look, and in a script it is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tutor import prompts, stop_words
from tutor.grading import guards
from tutor.grading.comparable import prepare_question, prepare_reference
from tutor.grading.features import Weights, shipped_weights
from tutor.grading.model.evidence import find_quote, stands_in
from tutor.grading.model.secrets import gives_away
from tutor.grading.points.substance import empty_grade, says_something
from tutor.grading.rubrics import assess_item, grade_item, question_for
from tutor.grading.short import Comparison, all_stems, reply_to
from tutor.grading.words import SENTENCE_END, clean, right_in_words, tokens
from tutor.models import Grade, Item, Met
from utils.errors import ModelError

if TYPE_CHECKING:
    from utils.llm.language_model import LanguageModel

AGREES_IF_TALKED = 0.55  # the embedded grader's probability from which it agrees, for an answer that may speak to the grader
OPPOSES = 0.9  # and from which it objects to a model's "nothing right"
CONTRADICTED = 0.5  # the highest score of an answer that contradicts a reference
FAR_APART = " The model and the built-in grader are far apart here"

# Signs that an answer may speak to its reader rather than about the subject. Honest answers may show them too: then it is
# not enough that the embedded grader leans to call it right.
TALK = re.compile(
    r"\b(let's|you|your|please|ignore|pretend|imagine|respond|reply|translate|repeat|decode|obey|instruct\w*|prompt|system|user|"
    r"secret|password|grad(e|er|ing)|rubric|verdict|score|tutors?|lenient|accepted|effort|poem|recipe)\b"
    r"|[\[\]{}<>#|%\\]|\b(q|a|p|r|student|teacher|note|process)\s*:|\?|\n\s*\n|\w{24,}|\b[a-z]+\d+[a-z]+|(\b\w\s+){5}",
    re.I,
)
FEWEST_SMALL_WORDS = 0.1  # share of `the`, `of`, `is` and the like below which a text is hardly English prose


def _may_talk(answer: str, item: Item, language: str) -> bool:
    """Whether the answer may be speaking to its grader, or is not in the language of the references."""
    text = clean(answer)
    if TALK.search(text) or guards.INJECTION.search(text):
        return True
    known = set(" ".join([item.question, *item.references]))
    if any(mark.isalpha() and not mark.isascii() and mark not in known for mark in text):
        return True
    parts = SENTENCE_END.split(text)
    return any(guards.no_answer(part) or (language.startswith("en") and not _is_english(part)) for part in parts)


def _is_english(sentence: str) -> bool:
    """Whether a sentence has the function words of English prose; a very short one need not have any."""
    words = re.findall(r"[a-z']+", sentence.lower())
    return len(words) < 4 or sum(word in stop_words.GLUE for word in words) >= FEWEST_SMALL_WORDS * len(words)


def grade_with(
    model: LanguageModel,
    item: Item,
    answer: str,
    *,
    repetition: int = 0,
    stricter: bool = False,
    strict: bool = False,
    language: str = "en",
    speaks: str = "",
) -> Grade:
    """The grade of a free-text answer that a model reads too, as `grade_from_verdicts` makes it.

    An answer that needs no reading is not sent. The grader is named as the model names itself in its reply. repetition: which of
    several grades of the same answer. stricter: the second look of an appeal. speaks: the language of the remark, as a code, ""
    for the lesson's. Raises ModelError.
    """
    found = empty_grade(item, answer, language) or assess_item(item, answer, shipped_weights(), language)
    if isinstance(found, Grade) and _is_final(found, answer):
        return found
    if _is_reference(item, answer, language):
        return grade_item(item, answer, language=language)
    verdict = model.fill(prompts.in_language(prompts.grade(item, answer, stricter), speaks), repetition)
    verdicts = [(point.met, point.quote) for point in verdict.points]
    grader = (model.name or "model") + (", strict" if stricter else "")
    return grade_from_verdicts(
        item, answer, prompts.points_of(item), verdicts, verdict.contradiction, verdict.remark, grader,
        strict=strict, language=language,
    )  # fmt: skip


def grade_from_verdicts(
    item: Item,
    answer: str,
    points: Sequence[str],
    verdicts: Sequence[tuple[bool, str]],
    contradiction: str,
    remark: str,
    grader: str,
    *,
    weights: Weights | None = None,
    strict: bool = False,
    language: str = "en",
) -> Grade:
    """The grade that follows from a model's verdicts: (is the point met, the learner's words), one for each point.

    `unsure` where the two graders are far apart: the learner compares, and with `strict` the stricter verdict stands.
    Raises ModelError where a quote is not in the answer, because then nothing that the model says can be relied on.
    """
    weights = weights or shipped_weights()
    found = empty_grade(item, answer, language) or assess_item(item, answer, weights, language)
    comparison = found if isinstance(found, Comparison) else None
    wrong = found if isinstance(found, Grade) else None
    talks = _may_talk(answer, item, language)
    if talks and not wrong:
        wrong = _known_wrong_sentence(item, answer, weights, language)
    if wrong and _is_final(wrong, answer):
        return wrong
    telling = _telling_stems(item, weights, language)
    met, missed = met_and_missed(item, answer, points, verdicts, language, weights=weights)
    contradicts = find_quote(contradiction, answer)
    score = len(met) / len(points)
    built_in = grade_item(item, answer, weights=weights, language=language)
    foreign = bool(wrong and wrong.misunderstood) and not strict  # in part it may count; all of it, the learner is asked about
    suspicious = not foreign and (talks or not (comparison and telling & comparison.answer.stems))
    probability = comparison.probability if comparison else 0.0
    agrees = built_in.score >= 1 if not suspicious else built_in.correct and probability >= AGREES_IF_TALKED
    talked = not agrees and (score >= 1 or (suspicious and score > built_in.score))
    opposed = score == 0 and probability >= OPPOSES and not contradicts
    apart = f"{FAR_APART}; the stricter verdict stands." if strict else f"{FAR_APART}."
    if talked:  # what the model says of the points is worth no more
        stands = grade_item(item, answer, weights=weights, strict=strict, language=language)
        score = round(probability, 2) if strict and stands.correct else stands.score
        feedback = f"{built_in.feedback}{apart}".strip()
        return replace(stands, score=score, feedback=feedback, grader=grader, unsure=True, misunderstood="")
    feedback = _in_words(item, met, missed, contradicts, remark, language) + (apart if opposed else "")
    score = min(score, CONTRADICTED) if contradicts else score
    return Grade(score, tuple(met), tuple(missed), feedback.strip(), grader, unsure=opposed)


def met_and_missed(
    item: Item,
    answer: str,
    points: Sequence[str],
    verdicts: Sequence[tuple[bool, str]],
    language: str = "en",
    *,
    weights: Weights | None = None,
) -> tuple[list[Met], list[str]]:
    """(the points for which the learner's own words say something, the others). Raises ModelError for words never said."""
    telling = _telling_stems(item, weights or shipped_weights(), language)
    own = guards.without_instructions(answer, telling, language)[0]
    met, missed = [], []
    for point, (is_met, quote) in zip(points, verdicts, strict=True):
        if is_met and quote and not find_quote(quote, answer):
            raise ModelError(f"it quotes “{quote[:80]}”, which the learner did not say")
        words = find_quote(quote, own) if is_met else ""
        if words and says_something(words, item, language) and not stands_in(words, item.question):
            met.append(Met(point, words))
        else:
            missed.append(point)
    return met, missed


def _is_final(grade: Grade, answer: str) -> bool:
    """Whether no model need be asked. It can read an answer in other letters, which the embedded grader can't."""
    return not (grade.misunderstood and re.search(r"\w", answer))


def _is_reference(item: Item, answer: str, language: str) -> bool:
    """Whether an answer is a reference word for word, whatever its punctuation and its capitals."""

    def words(text: str) -> list[str]:
        return [one.text.casefold() for one in tokens(clean(text), language) if one.kind != "mark"]

    return words(answer) in [words(reference) for reference in item.references]


def _known_wrong_sentence(item: Item, answer: str, weights: Weights, language: str) -> Grade | None:
    """The grade of the first sentence that is a known wrong answer, with something said to the grader around it."""
    replies = {reply_to(wrong) for wrong in item.wrong}
    for part in SENTENCE_END.split(answer) if item.wrong else ():
        if re.search(r"\w", part):
            found = assess_item(item, part, weights, language)
            if isinstance(found, Grade) and found.feedback in replies:
                return found
    return None


@lru_cache(maxsize=64)
def _telling_stems(item: Item, weights: Weights, language: str) -> frozenset[str]:
    """The stems of the references that the question does not give away."""
    asked = prepare_question(clean(item.question), language)
    references = (prepare_reference(clean(text), asked, weights.idf, weights.idf_default, language) for text in item.references)
    return all_stems(references) - asked.stems


def _in_words(item: Item, met: Sequence[Met], missed: Sequence[str], contradiction: str, remark: str, language: str) -> str:
    """What was right, and the model's remark on what is missing; one that tells it gives way to a question for it."""
    said = [right_in_words(one.evidence for one in met)] if met else []
    if contradiction:
        said.append(f"“{contradiction}” says the contrary of what is right.")
    if missed and remark and not gives_away(remark, item, language, missed):
        said.append(remark)
    elif missed and (lacking := next((point for point in item.rubric if point.text == missed[0]), None)):
        said.append(question_for(lacking, item.question, language))
    return " ".join(said)
