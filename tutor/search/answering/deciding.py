"""Yes or no: the misconception that a question asks about and what is said against it, and the sentence that decides.

A wrong No is worse than none. A plain one stands before what is said against a misconception only where the very claim was asked,
and before any other sentence only where a clause says the very thing: all of the question's words in their order and no other
between them, with the same auxiliary and the same scope, and not as a condition, a guess or somebody's opinion.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tutor.search.answering import refuted
from tutor.search.answering.fitting import Fit
from tutor.search.answering.quotes import ENTRY, SENTENCE, Quotable
from tutor.search.questions import AUXILIARY, AskedQuestion
from tutor.search.words import content_stems, language_of
from utils.embedding import SumAndLength, built_in
from utils.patterns import compiled_later

# From these on a misconception is what was asked about: share of the question in it, nearness of the two, nearness of a question
# that the passage says it answers.
SAME_CLAIM, LIKE_CLAIM, LIKE_WORDING = 0.6, 0.6, 0.72
NEAR_CLAIM = 0.58  # nearness to the claim itself, below which the wording is that of another claim of the list
IN_ORDER = 0.4  # off for a misconception that stands elsewhere in its list than the wording in its own
SAID_WHOLE, LIKE_WHOLE = 0.6, 0.68  # the share and the nearness from which a question puts a claim as it stands
NOT = compiled_later(
    r"\b(?:not|never|no|none|nor|neither|cannot|without|hardly|nothing|nobody|\w+n['’]t|kein\w*|nicht|nie|pas|jamais|aucun\w*"
    r"|ningun\w*|nunca|не|нет|никогда)\b|不|没|ない|ません",
    re.I,
)
LEADING_NOT = compiled_later(rf"^\W*{AUXILIARY}\b", re.I)
RESTATES = compiled_later(r"^\W*so\b|\W*\bright\W*$", re.I)
PLAIN_NO = compiled_later(r"(?:no|nein|non|нет)\W*$", re.I)
LIGHT_VERB = compiled_later(  # says nothing that another of them doesn't: more heads cost, mean, take more parameters
    r"\b(?:mean|cost|come|came|take|took|give|gave|get|got|make|made|have|has|had)(?:s|n|ing)?\b", re.I
)
TURNS = compiled_later(
    r"\b(?:same|equally|differ\w*|exclud\w*|forbid\w*|fail\w*|lack\w*|safe|unable|avoid\w*|prevent\w*|instead|rather|opposite"
    r"|revers\w*|contrary|wrong|false|(?:hypo|hyper|non|anti|un|sub|super)-)"
)
HAS_ORDER = compiled_later(r"\b(?:minus|less|than|before|after|over|to)\b", re.I)
SCOPE = compiled_later(
    r"\b(?:all|always|every\w*|only|never|any\w*|most|some|still|also|too|more|less|fewer|bigger|smaller|larger|higher"
    r"|lower|faster|slower|"
    r"better|worse|before|after|first|last|longer|shorter|immer|nur|alle|toujours|seulement|tous|siempre|solo|todos|всегда"
    r"|только|все)\b",
    re.I,
)
QUALIFIES = compiled_later(
    r"\W*(?:yes|true|right|only|half|partly|partially|sometimes|often|usually|every|it (?:can|may|does)|they (?:can|may|do)"
    r"|it is,|ja|oui|sí|да)\b",
    re.I,
)
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


@dataclass(frozen=True)
class Denial:
    """What a passage says against the misconception that was asked about."""

    fit: Fit
    numbers: frozenset[int]  # of its quotes
    opening: str  # "No." and the like where that is the answer


def denial(question: AskedQuestion, fits: Sequence[Fit]) -> Denial | None:
    """What is said against the misconception that was asked about; None where none was."""
    best: tuple[float, Fit, int] | None = None
    if language_of(question.text) and any(fit.asked.unknown for fit in fits[:1]):
        return None  # of another language, with words that no lesson has: what the claim says can't be compared
    for fit in fits:
        if not fit.is_about_misconceptions:
            continue
        like_line, line, place = _nearest_wording(fit)
        blocks = sorted({quote.block for quote in fit.quotes})
        for number, quote in enumerate(fit.quotes):
            if not quote.claim:
                continue
            share = fit.asked.share(fit.asked.met(quote.claim))
            like = built_in().nearest(fit.vector, [quote.claim])
            total = share + like if share >= SAME_CLAIM and like >= LIKE_CLAIM else 0.0
            if like_line >= LIKE_WORDING and like >= NEAR_CLAIM:
                apart = abs(place - blocks.index(quote.block) / (len(blocks) - 1)) if len(blocks) > 1 else 0.0
                near = built_in().nearest(line, [quote.claim, f"{quote.claim} {quote.said}"])
                total = max(total, like_line + 0.5 * share + near - IN_ORDER * apart)
            if total and (best is None or total > best[0]):
                best = total, fit, number
    if not best:
        return None
    _, fit, number = best
    chosen = frozenset(n for n, quote in enumerate(fit.quotes) if quote.block == fit.quotes[number].block)
    return Denial(fit, chosen, _opening(question, fit, fit.quotes[min(chosen)]))


def _nearest_wording(fit: Fit) -> tuple[float, SumAndLength, float]:
    """(nearness, vector, place from 0 to 1) of the question nearest to this one, of those that a passage says it answers."""
    lines = fit.passage.also.splitlines() or [""]
    likes = [built_in().nearest(fit.vector, [line]) for line in lines]
    best = max(range(len(likes)), key=likes.__getitem__)
    return likes[best], built_in().vector(lines[best]), best / max(len(likes) - 1, 1)


def _opening(question: AskedQuestion, fit: Fit, first: Quotable) -> str:
    """The Yes or No to say before what is said against a misconception: where the author says one, to their very question."""
    if first.verdict and asks_the_same(first.claim, question.text):
        return first.verdict.removesuffix("but ").strip(" .:,") + "."
    if refuted.is_question(first.claim):
        says_no = bool(PLAIN_NO.match(first.verdict)) and _says_all(question.text, first.claim)
    else:
        says_no = not NOT.match(first.said) and not QUALIFIES.match(first.said)
    return "No." if says_no and _is_claim(question, fit, first.claim) else ""


def _says_all(question: str, claim: str) -> bool:
    """Whether a question has every word of another that carries meaning, and none that may turn it round."""
    asked, claimed = (list(dict.fromkeys(content_stems(LIGHT_VERB.sub(" ", text)))) for text in (question, claim))
    own = [stem for stem in claimed if stem != "s"]  # of a genitive
    if not set(own) <= set(asked) or set(TURNS.findall(question.lower())) - set(TURNS.findall(claim.lower())):
        return False
    return not HAS_ORDER.search(claim) or [stem for stem in asked if stem in own] == own


def _is_claim(question: AskedQuestion, fit: Fit, claim: str) -> bool:
    """Whether a question asks whether a claim is so as it stands: as many negations, the same scope, nearly all of its words."""
    asked, claim = (LEADING_NOT.sub("", text, count=1) for text in (question.text, claim))
    if len(NOT.findall(asked)) % 2 != len(NOT.findall(claim)) % 2 or scope_of(asked) != scope_of(claim):
        return False
    whole = fit.asked.share(fit.asked.met(claim)) >= SAID_WHOLE
    return whole and built_in().nearest(fit.vector, [claim]) >= LIKE_WHOLE


def asks_the_same(one: str, other: str) -> bool:
    """Whether two questions are the very same: of the words that carry meaning, deny or limit, the same in the same order."""
    return _stated(one) == _stated(other)


def _stated(question: str) -> list[str]:
    """The words of what is asked, stems of content words and whatever denies or limits, in order."""
    text = LEADING_NOT.sub("", RESTATES.sub("", question.lower()), count=1)
    found = ([word] if NOT.search(word) or scope_of(word) else content_stems(word) for word in text.split())
    return [stem for stems in found for stem in stems]


def scope_of(text: str) -> set[str]:
    """The words of a text that say how much, how often or in what order."""
    return {word.lower() for word in SCOPE.findall(text)}


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
