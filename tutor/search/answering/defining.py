"""The sentence that says what a thing is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.search.answering.fitting import LEADS_ELSEWHERE, REPEATS, Fit, may_define
from tutor.search.answering.quotes import ENTRY, ROW, SENTENCE, Quotable
from utils.patterns import compiled_later

VERBS = (
    r"is|are|was|means?|measures?|says?|tells?|counts?|keeps?|gives?|takes?|turns?|lets?|sets?|describes?|refers? to"
    r"|stands? for|denotes?|"
    r"consists?|allows?|makes?|names?|ist|sind|bedeutet|heißt|est|sont|désigne|signifie|es|son|significa|это|—|–|:"
)
IS = compiled_later(
    rf"\W{{0,8}}(?:(?:an?|the|eine?|der|die|das|une?|le|la|les|el|los"
    rf"|un)\s+)?(?P<subject>.{{1,60}}?)\W{{0,8}}\s+(?P<verb>{VERBS})(?!\w)",
    re.I,
)
COPULAS = frozenset("is are means ist sind est sont es son это".split())
IS_UNSPACED = compiled_later(r"\W{0,8}(?P<subject>[^\s，。、,.：:]{1,24}?)\W{0,8}(?:是指|指的是|就是|是|とは|は)")
CLAUSE = compiled_later(
    rf"(?:[,;:]\s+|\b(?:and|where|while|und|et|y)\s+)(?:(?:and|where|while|its|the"
    rf"|an?)\s+)*(?P<subject>[^,;:]{{1,40}}?)\s+(?:{VERBS})(?!\w)(?!\s+(?!called|named)\w+ed\b)",  # not "and a bias is added"
    re.I,
)
CALLED = compiled_later(
    r"\b(?:called|known as|termed|named|referred to as|(?:we|you) call (?:it|this|that|them)|is the|heißt|nennt man"
    r"|appelée?s?|llamad[oa]s?|называ\w+)\s+"
    r"(?:(?:an?|the)\s+)?\W{0,8}(?P<term>[^.,;:()]{1,50})",
    re.I,
)
OPENS_OTHERWISE = compiled_later(  # a condition, a place, a reader: no thing that is defined
    r"\W*(?:when(?:ever)?|if|as|in|for|with(?:out)?|to|there|you|we|under|by|on|at|from|after|before|while|although|because|since"
    r"|see|wenn|für|mit|quand|si|pour|avec|cuando|para|con|когда|если|для)\b",
    re.I,
)
SOMEBODYS = compiled_later(r"(\w+)['’]s\s")  # "yesterday's mean is" says nothing of means
DENIES = compiled_later(r"\s+(?:not|neither|never|no|nicht|kein\w*|pas|нет|не|\w+\s+because)\b", re.I)
A_KIND = compiled_later(r"\s+(?:\w+ly\s+|just\s+|also\s+)?(?:an?|the|one|any|another|what|how|eine?|une?|un[ao]?)\b", re.I)
PHRASE_ENDS = compiled_later(r"\s(?:of|in|for|with|that|which|who|between|from|on|as|von|für|de|del|des|du)\s|[(,:;]", re.I)
SHORT_FOR = compiled_later(r"\w\s*\(\W{0,3}(?P<term>[A-Z][\w.-]*[A-Z][\w.-]*)\W{0,3}\)")  # "fear of missing out (FOMO)"
SAYS_IT_IS = compiled_later(
    r"\b(?:is|are)\s+(?:said\s+to\s+be\s+)?$", re.I
)  # "if one is a sum of others, they are **dependent**"
TERM = compiled_later(r"(\*\*|\*|_|`)(?=\S)((?:(?!\1).){1,60}?)\1")
LOOKED_AT = 5  # passages
MENTIONED = 0.74  # for a sentence that has the thing as a term of its own, but doesn't begin with it
PARTLY_MARKED = 0.7  # for one that has a part of its name as a term
SAYS_LITTLE, FEWEST_WORDS = 0.4, 6  # off for a sentence of fewer words that doesn't say what kind of thing it is
MOST = 1.5  # that a sentence can reach
GOOD = 0.5  # score from which a sentence counts as a definition
DISTANCE = 0.4  # how much it counts that a passage fits less well than the best
ASKED_BY_TITLE = 0.5  # for the sentence below a heading that asks the question
SYMBOLS = 0.25  # off for a sentence with formulas where simple words were asked for
FIRST_WORDS = 6  # of a key sentence, among which the thing must be


def definition(
    fits: Sequence[Fit],
    subject: str,
    wanted: frozenset[int] | None = None,
    others: frozenset[int] = frozenset(),
    simple: bool = False,
    least: float = GOOD,
    in_full: bool = False,
) -> tuple[Fit, int] | None:
    """The quote that defines a subject best. wanted: the numbers of its words; others: of words that it must not be about;
    simple: asked for in simple words; least: the score that it needs; in_full: of no part of the subject's name."""
    if not fits:
        return None
    if wanted is None:
        wanted = fits[0].asked.met(subject)
        found = definition(fits, subject, wanted, others, simple)
        if found or in_full or len(subject.split()) < 2:
            return found or _key_of_titled(fits)
        # Where every word stands, or in a heading, the last one says what kind of thing it is: the last before "of a bond".
        phrase = PHRASE_ENDS.split(subject, maxsplit=1)[0] or subject
        head = fits[0].asked.met(phrase.split()[-1])
        titled = [] if fits[0].asked.unknown else [fit for fit in fits if fit.asked.met(fit.title) >= head]
        whole = [fit for fit in fits if fit.met >= wanted or fit in titled]
        of_head = definition(whole, subject, head, others, simple, PARTLY_MARKED) if phrase != subject else None
        return of_head or _key_of_titled(fits) or definition(whole, subject, head, others, simple)
    if not wanted:
        return None
    top = max(fit.weight_outside for fit in fits)
    heads = wanted | fits[0].asked.met(subject)
    best: tuple[float, Fit, int] | None = None
    for place, fit in enumerate(fits):
        if place >= LOOKED_AT and not may_define(fit.passage, subject):
            continue
        if fit.is_about_misconceptions or LEADS_ELSEWHERE.match(fit.title):
            continue
        behind = DISTANCE * (fit.weight_outside - top) - 0.25 * bool(REPEATS.match(fit.title))
        if best and behind + MOST < best[0]:
            continue
        for number, quote in enumerate(fit.quotes):
            score = _score(fit, number, quote, wanted, others, heads)
            score -= SYMBOLS * (simple and ("$" in quote.said or not quote.said.isascii()))
            if score >= least and (best is None or score + behind > best[0]):
                best = score + behind, fit, number
    return (best[1], best[2]) if best else None


def _key_of_titled(fits: Sequence[Fit]) -> tuple[Fit, int] | None:
    """The key sentence of the best passage whose heading is made of words that were asked for."""
    return next(((fit, fit.bold_key) for fit in fits[:LOOKED_AT] if fit.is_titled and fit.bold_key is not None), None)


def _score(
    fit: Fit, number: int, quote: Quotable, wanted: frozenset[int], others: frozenset[int], heads: frozenset[int]
) -> float:
    """How much a quote looks like the definition of the words that are wanted. heads: of words that may end the thing's name."""
    if quote.form not in (SENTENCE, ENTRY, ROW) or not fit.can_say(quote):
        return 0.0

    def names(text: str, more: int = 2, loosely: bool = False) -> bool:
        """Whether a phrase names the thing: with few other words, and none after it that makes it a thing of another kind."""
        if len(text.split()) > len(wanted) + more:
            return False
        met = fit.asked.met(text)
        if met & others or not _nearly_all(fit, met, wanted):
            return False
        words = PHRASE_ENDS.split(text, maxsplit=1)[0].split()
        return loosely or not words or not text.isascii() or bool(fit.asked.met(words[-1]) & heads)

    said = quote.said
    is_key, opens = number == fit.key, not OPENS_OTHERWISE.match(said)
    if not _nearly_all(fit, fit.asked.met(said), wanted) and not is_key:
        return 0.0
    names_symbol = said.lstrip().startswith("$")  # "$b$ is the bias" says how it is written
    terms = [term for term in TERM.finditer(said) if names(term[2], 1)]
    calls = () if names_symbol else (*CALLED.finditer(said), *SHORT_FOR.finditer(said))
    called = any(names(found["term"], 1) for found in calls) or any(
        SAYS_IT_IS.search(said[: term.start()]) or any(found.start() < term.start() for found in calls) for term in terms
    )
    subject = IS.match(said) if opens else None
    unspaced = IS_UNSPACED.match(said) if not said.isascii() else None
    start = " ".join(said.split()[:FIRST_WORDS])
    owner = SOMEBODYS.search(start)
    is_somebodys = bool(owner and not fit.asked.met(owner[1]) & wanted)
    score = 0.0
    if subject and names(subject["subject"]) and not is_somebodys:
        says_is = subject["verb"].lower() in COPULAS
        score = 1.0 if says_is else 0.85
        names_kind = says_is and bool(A_KIND.match(said, subject.end()))
        score += 0.1 * names_kind - 0.6 * bool(DENIES.match(said, subject.end()))
        score -= SAYS_LITTLE * (quote.size < FEWEST_WORDS and not names_kind)
    elif unspaced and names(unspaced["subject"]):
        score = 1.0
    elif quote.form in (ENTRY, ROW) and names(quote.lead):
        score = 0.8
    elif called or (opens and terms):
        score = MENTIONED
    elif is_key and not is_somebodys and names(start, FIRST_WORDS, loosely=True):
        score = (0.7 if number == fit.bold_key or opens else 0.5) + 0.15 * names(" ".join(said.split()[:3]), FIRST_WORDS, True)
    elif opens and _marks_what_says_most(fit, said, wanted):
        score = PARTLY_MARKED
    elif any(names(clause["subject"]) for clause in CLAUSE.finditer(said)) or (is_key and names(fit.title)):
        score = 0.6
    if not score:
        return 0.0
    begins = score != MENTIONED
    score += (0.25 if begins and opens else 0.1) * is_key + 0.1 * names(fit.title, loosely=True)
    score += 0.2 * max(fit.likes[number], 0.0) + ASKED_BY_TITLE * (is_key and fit.is_asked_by_title)
    return score - 0.35 * (quote.leans_back and not called) - 0.4 * quote.worked - 0.3 * quote.leads_on


def _marks_what_says_most(fit: Fit, said: str, wanted: frozenset[int]) -> bool:
    """Whether a sentence with all of the words marks the one that says most, and nothing else of them, as a term: "a state that
    is never left is **absorbing**"."""
    most = max(wanted, key=fit.asked.weights.__getitem__)
    return len(wanted) > 1 and any(fit.asked.met(term[2]) & wanted == {most} for term in TERM.finditer(said))


def _nearly_all(fit: Fit, met: frozenset[int], wanted: frozenset[int]) -> bool:
    return fit.asked.share(met & wanted) > 0.9 * fit.asked.share(wanted)
