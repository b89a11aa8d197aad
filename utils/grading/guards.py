"""What features can't see: answers that are none, and answers made to look right without saying so."""

from __future__ import annotations

import re

from utils.grading.features import Answer, Reference

INJECTION = re.compile(
    r"\b(ignore|disregard|forget|override)\b.{0,40}\b(instruction|rubric|reference|prompt|rule|previous|above)"
    r"|\b(full|maximum|max|all|perfect)\s+(credit|mark|score|point|grade)s?"
    r"|\b(mark|grade|score|rate|accept|count|consider|treat|evaluate|output|return|give|award)\b.{0,30}\b(as|is)\s+(\w+\s+)?(correct|right|passing|passed|valid|true)\b"
    r"|\b(output|return|assign|set)\b.{0,20}\bscore\b|\"?(score|correct|grade|verdict)\"?\s*[:=]\s*\"?(1|true|correct|pass|10|100|full)"
    r"|\b(teacher|grader|evaluator|examiner|language model|lenient|student answer|reference answer)\b.{0,60}\b(correct|match|said so|must|points?|marks?|full|pass)"
    r"|</?\s*(answer|system|student|user|instruction)s?\s*/?>|\bsystem\s*:|already been (verified|graded|checked|approved)",
    re.I | re.S,
)
NO_ANSWER = re.compile(
    r"^\W*(i\s+)?(really\s+)?(idk|dunno|(do not|don'?t|didn'?t|can'?t|cannot)\s+(know|remember|understand|recall|get it|tell)\b.{0,20}|not sure|no (idea|clue|answer|submission|comment)|"
    r"have no (clue|idea)\b.{0,20}|yes|no|maybe|pass|skip|none|nothing|n/?a|it depends|it is|because|true|false|ok(ay)?|\?+|whatever|unsure|hmm+|help|what|why|good question)\W*$",
    re.I,
)


def no_answer(text: str) -> bool:
    """Empty, punctuation only, `idk`, a bare yes or no."""
    return not re.search(r"\w", text) or bool(NO_ANSWER.match(text))


def without_instructions(text: str) -> tuple[str, bool]:
    """The answer without the sentences that speak to the grader, and whether there were any."""
    if not INJECTION.search(text):
        return text, False
    parts = re.split(r"(?<=[.!?\n])\s+", text)
    kept = [part for part in parts if not INJECTION.search(part)]
    return " ".join(kept), True


def salad(answer: Answer, reference: Reference) -> bool:
    """Whether the words of the reference stand there without the small words and the order of a sentence."""
    words = [token for token in answer.tokens if token.kind != "mark"]
    content = len(answer.content)
    small = len(words) - content
    small_reference = sum(1 for token in reference.tokens if token.kind in ("stop", "not"))
    commas = sum(1 for token in answer.tokens if token.text == ",")
    if content >= 6 and commas >= 0.7 * (content - 1):
        return True
    if content < 3 or small:
        return False
    return small_reference >= 1 and len(answer.bigrams & reference.bigrams) < 0.5 * (content - 1)


def settled(answer: Answer, reference: Reference, asked: frozenset[str]) -> str:
    """Why an answer cannot be right whatever its words, or ""."""
    if not answer.content and reference.stems:
        return "This does not answer the question."
    if salad(answer, reference):
        return "These are key words without a statement. Say it in a sentence."
    fresh = [i for i, given in zip(answer.content, answer.given) if not given]
    if not fresh and len(answer.content) >= 4 and not reference.stems <= asked and len(answer.tokens) >= 6:
        return "This repeats the question."
    if len(answer.content) > 8 * max(6, len(reference.content)):
        return "This is far longer than the question needs. Say in a sentence or two what matters."
    return ""
