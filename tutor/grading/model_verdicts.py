"""A model's verdict made into a grade: its evidence is looked up, the score computed here, the embedded grader asked too.

A model can be talked to and the embedded grader can't. So what the model calls met must be quoted from the learner's
words, outside what speaks to the grader and what the question says itself; and where the embedded grader sees no trace
of the references, or settles the answer by a guard, no model's word makes it right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

from tutor import prompts
from tutor.grading import guards, lexicon
from tutor.grading.features import prepare_question, prepare_reference
from tutor.grading.short import Weights, look_at, shipped_weights
from tutor.grading.words import clean
from tutor.models import Grade, Item, Met
from tutor.prompts import AnswerVerdict
from utils.errors import ModelError
from utils.llm.structured import Prompt

AGREES = 0.12  # probability from which the embedded grader does not stand against a model's "right"
AGREES_IF_TALKED = 0.5  # the same for an answer that may be speaking to the grader
OPPOSES = 0.9  # and from which it stands against a model's "nothing right"
CONTRADICTED = 0.5  # the most that an answer with a contradiction in it scores

# Signs that an answer may speak to its reader rather than about the subject. Honest answers may bear them too: they only
# raise what the embedded grader must see.
TALK = re.compile(
    r"\b(let's|you|your|please|ignore|pretend|imagine|respond|reply|translate|repeat|decode|obey|instruct\w*|prompt|system|user|"
    r"secret|password|grad(e|er|ing)|rubric|verdict|score|tutors?|lenient|accepted|effort|poem|recipe)\b"
    r"|[\[\]{}<>#|%\\]|\b(q|a|p|r|student|teacher|note|process)\s*:|\?|\n\s*\n|\w{24,}|\b[a-z]+\d+[a-z]+|(\b\w\s+){5}",
    re.I,
)
SENTENCE_ENDS = re.compile(r"(?<=[.!?\n])\s+")
FEWEST_SMALL_WORDS = 0.1  # share of the, of, is... below which a text is hardly English prose


def _may_talk(answer: str, item: Item, language: str) -> bool:
    """Whether there are signs that the answer speaks to whoever grades it, or is not in the references' language."""
    text = clean(answer)
    if TALK.search(text) or guards.INJECTION.search(text):
        return True
    known = set(" ".join([item.question, *item.references]))
    if any(mark.isalpha() and not mark.isascii() and mark not in known for mark in text):
        return True
    parts = SENTENCE_ENDS.split(text)
    return any(guards.no_answer(part) or (language.startswith("en") and not _is_english(part)) for part in parts)


def _is_english(sentence: str) -> bool:
    """Whether a sentence holds the small words of English prose; a very short one may do without."""
    words = re.findall(r"[a-z']+", sentence.lower())
    return len(words) < 4 or sum(word in lexicon.GLUE for word in words) >= FEWEST_SMALL_WORDS * len(words)


def grade_with(
    fill: Callable[[Prompt[AnswerVerdict]], AnswerVerdict],
    item: Item,
    answer: str,
    grader: str,
    *,
    stricter: bool = False,
    strict: bool = False,
    language: str = "en",
) -> Grade:
    """The grade of a free-text answer that a model reads too, as `grade_from_verdicts` makes it.

    fill: what asks the model, LanguageModel.fill; an answer that needs no reading is not sent. stricter: the second look of an
    appeal. Raises ModelError.
    """
    settled, _ = look_at(item, answer, shipped_weights(), language)
    if settled and not (settled.misunderstood and re.search(r"\w", answer)):
        return settled
    verdict = fill(prompts.grade(item, answer, stricter))
    verdicts = [(point.met, point.quote) for point in verdict.points]
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
    """The grade that a model's verdict comes to. verdicts: (is the point met, the learner's words), one for each point.

    `unsure` where the two graders are far apart: the learner compares, and with `strict` the stricter verdict stands.
    Raises ModelError where a quote is not in the answer: then nothing that this verdict says can be relied on.
    """
    weights = weights or shipped_weights()
    settled, verdict = look_at(item, answer, weights, language)
    talks = _may_talk(answer, item, language)
    if talks and not settled:  # a known wrong answer with something said to the grader behind it
        parts = [part for part in SENTENCE_ENDS.split(answer) if re.search(r"\w", part)]
        known = (look_at(item, part, weights, language)[0] for part in parts) if item.wrong else ()
        settled = next((grade for grade in known if grade and grade.feedback in _replies(item)), None)
    if settled and not (settled.misunderstood and re.search(r"\w", answer)):  # other letters can be read by a model
        return settled
    telling = _telling_stems(item, weights, language)
    own = guards.without_instructions(answer, telling, language)[0]
    met, missed = [], []
    for point, (is_met, quote) in zip(points, verdicts, strict=True):
        if is_met and not _stands_in(quote, answer):
            raise ModelError(f"it quotes “{quote[:80]}”, which the learner did not say")
        if is_met and _stands_in(quote, own) and not _stands_in(quote, item.question):
            met.append(Met(point, quote))
        else:
            missed.append(point)
    contradicts = bool(contradiction) and _stands_in(contradiction, answer)
    score = len(met) / len(points)
    in_question = talks or not (verdict and telling & verdict.answer.stems)
    needed = AGREES_IF_TALKED if in_question else AGREES
    alone = score >= 1 and (verdict is None or verdict.probability < needed)
    opposed = score == 0 and verdict is not None and verdict.probability >= OPPOSES and not contradicts
    feedback = _in_words(met, missed, contradiction if contradicts else "", remark)
    if contradicts:
        score = min(score, CONTRADICTED)
    if alone or opposed:
        feedback += " The model and the built-in grader are far apart here"
        feedback += "; the stricter verdict stands." if strict else "."
        if strict:
            score = min(score, 0.99 if alone else 0.0)
    return Grade(score, tuple(met), tuple(missed), feedback, grader, unsure=alone or opposed)


def _replies(item: Item) -> set[str]:
    """What is said to known wrong answers."""
    return {wrong.reply or wrong.misconception or "This is a known misconception." for wrong in item.wrong}


@lru_cache(maxsize=64)
def _telling_stems(item: Item, weights: Weights, language: str) -> frozenset[str]:
    """The stems of the references that the question does not give away."""
    asked = prepare_question(clean(item.question), language)
    stems = [prepare_reference(clean(text), asked, weights.idf, weights.idf_default, language).stems for text in item.references]
    return frozenset().union(*stems) - asked.stems


def _stands_in(quote: str, text: str) -> bool:
    """Whether a quote is in a text, but for case, white space and the form of quotation marks."""
    flat = _flat(quote)
    return bool(flat) and flat in _flat(text)


def _flat(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    text = text.translate(str.maketrans("“”„«»‘’‚–—−", '"""""\'\'\'---'))
    return " ".join(text.split()).strip(" .,;:!?\"'")


def _in_words(met: Sequence[Met], missed: Sequence[str], contradiction: str, remark: str) -> str:
    said = [f"Right: {'; '.join(f'“{one.evidence}”' for one in met)}."] if met else []
    if contradiction:
        said.append(f"“{contradiction}” says the contrary of what is right.")
    if missed and remark and prompts.keeps_secret(remark, missed):
        said.append(remark)
    return " ".join(said)
