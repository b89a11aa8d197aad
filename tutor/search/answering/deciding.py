"""When a sentence decides a yes-or-no question, so that a plain Yes or No may stand before it.

A wrong No is worse than none, so a clause has to say the very thing: all of the question's words in their order and no other
between them, with the same auxiliary and the same scope, and not as a condition, a guess or somebody's opinion.
"""

from __future__ import annotations

import re

from tutor.search.answering.denying import NOT, scope_of
from tutor.search.answering.quotes import ENTRY, SENTENCE, Quotable
from tutor.search.questions import AskedQuestion
from tutor.search.words import content_stems
from utils.patterns import compiled_later

# What a question begins with, and what a sentence that states it has in its place; None for what needs nothing.
ASKS_WHETHER = compiled_later(r"\W*(is|are|was|were|do|does|did|can|should|must)\s+", re.I)
COPULA, MODALS = compiled_later(r"\b(?:is|are|was|were)\b|\b(?:isn|aren|wasn|weren)['’]t\b", re.I), ("can", "should", "must")
HAVE = compiled_later(r"\bha(?:ve|s|d)\b", re.I)
CLAUSE_ENDS = compiled_later(
    r"[,;:.!?—–()]|\b(?:and|or|but|because|since|so|while|whereas|which|where|though|although|unless|if|when|until|than"
    r"|except|without)\b",
    re.I,
)
RESTRICTS = compiled_later(
    r"\W*(?:but|unless|if|when|where|until|except|only|than|although|though|while|whereas|without)\b", re.I
)
UNSURE = compiled_later(
    r"\b(?:whether|how|why|suppose|imagine|assume\w*|perhaps|maybe|might|may|could|would|seem\w*|hardly|almost|nearly|sometimes"
    r"|often|usually|rarely|mostly|partly|think\w*|believe\w*|claim\w*|sa(?:y|ys|id)|argue\w*|myth|true|false|wrong|instead|rather"
    r"|unlike|as if)\b",
    re.I,
)
LONGEST_CLAUSE = 18  # words


def decision(question: AskedQuestion, quote: Quotable) -> str:
    """`Yes.` or `No.` where a quote says just what was asked or denies it, else nothing."""
    asks = ASKS_WHETHER.match(question.text)
    if not asks or quote.form not in (SENTENCE, ENTRY) or quote.worked or quote.claim:
        return ""
    asked = question.text[asks.end() :]
    if NOT.search(asked) or re.search(r"\bor\b", asked) or len(content_stems(asked)) < 2:
        return ""
    start, before = 0, ""
    for end in [*CLAUSE_ENDS.finditer(quote.said), None]:
        clause = quote.said[start : end.start() if end else None]
        after = quote.said[end.start() :] if end else ""
        if not RESTRICTS.match(before) and not RESTRICTS.match(after.lstrip(" ,(—–")):
            decided = _decided_by(clause, asked, asks[1].lower())
            if decided:
                return decided
        if end:
            start, before = end.end(), end[0]
    return ""


def _decided_by(clause: str, asked: str, auxiliary: str) -> str:
    """The same for one clause of a quote."""
    words = clause.split()
    if len(words) > LONGEST_CLAUSE or UNSURE.search(clause) or scope_of(asked) != scope_of(clause):
        return ""
    if (auxiliary in ("is", "are", "was", "were")) != bool(COPULA.search(clause)) or (
        HAVE.search(asked) and not HAVE.search(clause)
    ):
        return ""
    if any((modal == auxiliary) != bool(re.search(rf"\b{modal}(?:not)?\b", clause, re.I)) for modal in MODALS):
        return ""
    wanted = list(dict.fromkeys(content_stems(asked)))
    places = [(place, stem) for place, word in enumerate(words) for stem in content_stems(word)]
    met = [place for place, stem in places if stem in wanted]
    if list(dict.fromkeys(stem for _, stem in places if stem in wanted)) != wanted:
        return ""
    between = [
        place for place, stem in places if met[0] < place < met[-1] and stem not in wanted and not NOT.search(words[place])
    ]
    denied = [place for place, word in enumerate(words) if NOT.search(word)]
    if between or len(denied) > 1:
        return ""
    if not denied:
        return "Yes."
    return "No." if met[0] < denied[0] < met[-1] else ""
