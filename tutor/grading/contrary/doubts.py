"""What makes an answer doubtful that has all the words of a right one: it says the contrary of it, or takes it back."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.grading.contrary.statements import FEWEST, contradicted, is_near_copy

# Words by which a speaker takes back what was said, or says that others say so.
TAKES_BACK = re.compile(
    r"\b(?:just|only)\s+(?:kidding|joking)\b|\bi['’]?m\s+(?:kidding|joking)\b|\bscratch\s+that\b|\bi\s+take\s+(?:it|that|this)\s+back\b"
    r"|\b(?:that|this|it|which)(?:\s+is|\s+was|['’]s)\s+(?:\w+ly\s+|just\s+|all\s+)*(?:a\s+)?"
    r"(?:myth|lie|mistake|misconception|fallacy|joke|nonsense|rubbish|untrue|false|wrong|not\s+(?:true|so|right|correct))\b"
    r"|\b(?:which|but|and)\s+(?:it|they|this|that|he|she)?\s*(?:is|are|was|were|do|does|did|has|have|can|will|would)(?:n['’]t|\s+not)\s*[.!]*\s*$"
    r"|\b(?:some|many|most|people|others|they)\s+(?:people\s+)?(?:say|think|believe|claim)s?\b[^.!?]*\bbut\b",
    re.I,
)
WOULD_IF = re.compile(
    r"\bwould\b[^.!?]*\bif\s+(?:it|he|she|this|that|there)\s+were\b|\bif\s+(?:it|he|she|this|that|there)\s+were\b", re.I
)
ONLY_ASKS = re.compile(r"[^.!]*\?\W*", re.S)
ASKING = re.compile(
    r"\W*(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|isn['’]t|aren['’]t|doesn['’]t|don['’]t)\b", re.I
)


def doubt_about(
    answer: str, references: Sequence[str], points: Sequence[str] = (), language: str = "en", copied: bool = False
) -> str:
    """Why an answer in English that looks right may not be meant so, in words for the learner; "" where nothing speaks for it.

    points: what a right answer says, one by one, where it is known. copied: it follows a reference word for word.
    """
    if language != "en":
        return ""
    right = "\n".join(references)
    for pattern, why in ((TAKES_BACK, TAKEN_BACK), (WOULD_IF, NOT_SO)):
        if pattern.search(answer) and not pattern.search(right):
            return why
    if ONLY_ASKS.fullmatch(answer) and ASKING.match(answer) and "?" not in right:
        return ASKED
    if copied:
        return ""
    against = _contrary_to_all(references, answer) or _contrary_to_all([".\n".join(points)], answer)
    return OTHERWISE.format(against) if against else ""


def _contrary_to_all(texts: Sequence[str], answer: str) -> str:
    """A clause that an answer says the contrary of, where it does so of every text that it nearly copies; else ""."""
    found = ""
    for text in texts:
        if is_near_copy(text, answer):
            found = contradicted(answer, text, fewest=FEWEST)
            if not found:
                return ""
    return found


TAKEN_BACK = "Part of this takes back what the rest says."
NOT_SO = "This says what would be so, and not what is."
ASKED = "This asks, and does not say that it is so."
OTHERWISE = "This may say the contrary of “{}”."
