"""Whether the passages that a sentence of a model cites bear it out, and what the model adds of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from tutor.grading import guards
from tutor.grading.clauses import clause_spans, sentences_of
from tutor.grading.comparable import (
    AnswerTokens,
    QuestionTokens,
    ReferenceTokens,
    TextTokens,
    align,
    prepare_answer,
    prepare_reference,
)
from tutor.grading.short import shipped_weights
from tutor.grading.words import clean
from tutor.models import Passage
from tutor.prompts import CitedSentence
from tutor.search.answering.quotes import quotes_of
from tutor.search.answering.refuted import is_about_misconceptions
from tutor.stop_words import CITING

# Sentences of a lesson that speak to a model. It gets them as data like the rest, but they count as evidence for nothing.
SPOKEN_TO_MODEL = re.compile(
    r"\b(ignore|disregard|forget|overlook)\b.{0,40}\b(previous|above|prior|all|any|instructions?|before)\b"
    r"|\b(respond|reply|answer|end your \w+|begin your \w+)\b.{0,30}\b(with|in|by|only)\b|\byou (are|must|should|will) now\b"
    r"|\b(as an ai|assistant|language model|chatbot|system prompt|your (response|reply|answer|instructions?|password|secret))\b"
    r"|\b(state|say|tell (the )?(user|reader)|write|output|print|repeat|translate)\b.{0,12}(:|\bthat\b|“|\")",
    re.I | re.S,
)
SUPPORT = 0.5  # share of a sentence's content words that the passages it cites must have
LIKENS = re.compile(  # as an analogy or an example does
    r"\b(?:imagine|picture|think of|suppose|as if|as though|for (?:example|instance)|similar to|compare (?:it|this|that|them)"
    r"|(?:is|are|it['’]s|works?|acts?|behaves?|looks?|feels?|just|much|something|a bit|kind of|sort of|rather) like"
    r"|like (?:an?|the|when|how|if|in)|analog\w+|metaphor\w*|say you)\b|\be\.g\.",
    re.I,
)
LONGEST_OWN = 400  # characters
SAYS_THE_SAME = 0.7  # share of a sentence's weight from which a clause speaks of the same, and a "not" turns it round
SAYS_NEARLY_ALL = 0.85  # and from which a word's opposite does
LONGER = 1.3
FEWEST = 3  # content words of a clause that is looked at by itself
# Words that deny without a "not": beside one of them, a "not" more or less turns nothing round.
DENIES_SILENTLY = re.compile(
    r"\b(?:prevent|avoid|keep|kept|stop|instead|rather|unlike|fail|lack|unless|only|alone|except|no longer|free of|refus"
    r"|den(?:y|ies)|forbid|false|wrong|myth|mistake|miss|whatever|whichever|not (?:only|just|merely))",
    re.I,
)
PARTICLES = frozenset(["up", "down", "in", "out", "on", "off"])  # part of a verb: what slows down speeds up
EITHER_WAY = re.compile(r"\b(?:by|and|or|equals?|same|with|between|is|are|was|were|differ\w*|times|plus)\b|[=+×·*]", re.I)
SAYS_NOTHING = re.compile(  # as a question or a condition, which does not say that something is so
    r"\W*(?:if|unless|whether|when|whenever|suppose|imagine|is|are|do|does|did|can|what|why|how|which|who|where)\b|.*\?\W*$",
    re.I | re.S,
)
NOTHING_ASKED = QuestionTokens(frozenset(), frozenset())


def own_or_cited(sentence: CitedSentence, passages: Sequence[Passage]) -> CitedSentence:
    """An analogy or example that no cited passage holds as one of the model's own, without its numbers; others as they are."""
    likens = LIKENS.search(sentence.text)
    held = _words_of(_evidence(sentence, passages))
    if sentence.own or (likens and (not sentence.numbers or _share_held(sentence.text[likens.end() :], held) < SUPPORT)):
        return CitedSentence(sentence.text, (), own=True)
    return sentence


def fault_of(sentence: CitedSentence, passages: Sequence[Passage], question: str = "", language: str = "en") -> str:
    """Why the passages that a sentence cites do not support it, "" where they do.

    They must exist and have its numbers, its names, its code and formulas, and half of its other words; and none of their
    clauses may say the contrary. What a model adds of its own must only liken something, or be about the question or the
    passages, and not say the contrary either.
    """
    if sentence.own:
        return _fault_of_own(sentence.text, passages, question, language)
    if not sentence.numbers:
        return "it cites no passage"
    missing = [number for number in sentence.numbers if not 1 <= number <= len(passages)]
    if missing:
        return f"there is no passage {missing[0]}"
    held = _words_of(_evidence(sentence, passages))
    for token in re.findall(r"\d+(?:[.,]\d+)*|(?<=[^.!?:] )[A-Z][\w-]+|`[^`]+`|\$[^$]+\$", sentence.text):
        lost = [word for word in _words_of(token) if word not in held]
        if lost:
            return f"“{token}” is not in the passages it cites"
    if _share_held(sentence.text, held) < SUPPORT:
        return "the passages it cites do not say this"
    return _contrary_in([passages[number - 1] for number in sentence.numbers], sentence.text, language)


def _contrary_in(passages: Sequence[Passage], text: str, language: str) -> str:
    """What the passages say against a text, as a fault; "" where they say nothing. They refute misconceptions, too."""
    refuted = [quote for one in passages if is_about_misconceptions(one.heading) for quote in quotes_of(one) if quote.claim]
    so = [quote.said for quote in refuted] + [_evidence_of(one) for one in passages if not is_about_misconceptions(one.heading)]
    evidence = "\n".join(so)
    if _plain(text).strip(" .!").casefold() in _plain(evidence).casefold():
        return ""
    believed = next((quote.said for quote in refuted if _says_what(text, quote.claim, language)), "")
    said = believed or contradicted(text, evidence, language)
    return f"the passages say the contrary: “{said}”" if said else ""


def _fault_of_own(text: str, passages: Sequence[Passage], question: str, language: str) -> str:
    evidence = "\n".join(map(_evidence_of, passages))
    about = {word[:5] for word in _words_of(f"{question}\n{evidence}") if word not in CITING and len(word) > 3}
    is_about_it = LIKENS.search(text) or about & {word[:5] for word in _words_of(text)}
    if len(text) > LONGEST_OWN or SPOKEN_TO_MODEL.search(text) or not is_about_it:
        return "it is neither in the passages nor an example of what they say"
    return _contrary_in(passages, text, language)


def _evidence(sentence: CitedSentence, passages: Sequence[Passage]) -> str:
    """What the passages that a sentence cites say, as far as they exist."""
    return "\n".join(_evidence_of(passages[number - 1]) for number in sentence.numbers if 1 <= number <= len(passages))


def _share_held(text: str, held: set[str]) -> float:
    """The share of a text's content words that passages have, by their beginnings; 1 where it has none."""
    words = [word for word in _words_of(text) if word not in CITING and len(word) > 2]
    return sum(any(word[:5] == other[:5] for other in held) for word in words) / len(words) if words else 1.0


def _evidence_of(passage: Passage) -> str:
    """A passage without the sentences that speak to a model.

    Cut more finely than a lesson's sentences, at every line too, so that such a sentence takes little else with it.
    """
    parts = re.split(r"(?<=[.!?])\s+|\n", f"{passage.heading}\n{passage.text}")
    return "\n".join(part for part in parts if not SPOKEN_TO_MODEL.search(part))


def _words_of(text: str) -> set[str]:
    return {word.strip(".,").casefold() for word in re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_]+", text)}


# ------------------------------------------------------------------------------------------------ the contrary


def contradicted(said: str, evidence: str, language: str = "en") -> str:
    """The clause of the evidence that says the contrary of a sentence or of one of its clauses; "" where there is none.

    It says the contrary where it speaks of the same and has a "not" more or less, the opposite of a word, or two words in each
    other's places. Where another clause says just what is said, there is no contradiction.
    """
    clauses = _clauses(evidence, language)
    for sentence in sentences_of(_plain(said)):
        for number, text in enumerate(_stretches(sentence.text)):
            claim = _reference(text, language)
            if len(claim.content) < (FEWEST if number else 2) or SAYS_NOTHING.match(text):
                continue
            agree: list[tuple[float, str]] = []
            differ: list[tuple[float, str]] = []
            for clause, as_reference in clauses:
                if claim.stems & clause.stems:
                    covered, against = _compared(claim, clause, as_reference, language)
                    (differ if against else agree).append((covered, clause.text))
            if sentence.denied:
                agree, differ = [], [one for one in agree if one[0] >= SAYS_NEARLY_ALL]
            no, contrary = max((one for one in differ if not SAYS_NOTHING.match(one[1])), default=(0.0, ""))
            # a longer text agrees by words of several clauses: that says nothing against what one of them says
            longest = LONGER * len(text)
            if no > max((covered for covered, clause in agree if len(clause) <= longest or contrary not in clause), default=0.0):
                return contrary
    return ""


def _says_what(text: str, claim: str, language: str) -> bool:
    """Whether a text says that a claim is so."""
    for clause, as_reference in _clauses(claim, language)[:1]:
        for sentence in sentences_of(_plain(text)):
            for number, part in enumerate(() if sentence.denied else _stretches(sentence.text)):
                said = _reference(part, language)
                covered, against = _compared(said, clause, as_reference, language)
                if covered >= SAYS_NEARLY_ALL and not against and len(said.content) >= (FEWEST if number else 2):
                    return True
    return False


def _plain(text: str) -> str:
    return clean(re.sub(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}", "", text))


def _stretches(text: str) -> Iterator[str]:
    """A text as a whole, and its clauses."""
    yield from dict.fromkeys(text[begin:end] for begin, end in clause_spans(text))


@lru_cache(maxsize=32)
def _clauses(evidence: str, language: str) -> tuple[tuple[AnswerTokens, ReferenceTokens], ...]:
    weights = shipped_weights()
    found = []
    for part in dict.fromkeys(re.split(r"(?<=[.!?])\s+|\n", evidence)):
        for text in _stretches(_plain(part)):
            clause = prepare_answer(text, NOTHING_ASKED, weights.idf, weights.idf_default, language)
            if len(clause.content) >= 2:
                found.append((clause, _reference(text, language)))
    return tuple(found)


def _reference(text: str, language: str) -> ReferenceTokens:
    weights = shipped_weights()
    return prepare_reference(text, NOTHING_ASKED, weights.idf, weights.idf_default, language)


def _compared(claim: ReferenceTokens, clause: AnswerTokens, as_reference: ReferenceTokens, language: str) -> tuple[float, bool]:
    """(the share of a claim that a clause speaks of, whether the clause says the contrary of it)."""
    pairs, opposites = align(claim, clause)
    own = [claim.tokens[place] for place in claim.content]
    weight = sum(claim.weights[k] * value for k, _, value in pairs) + sum(claim.weights[k] for k, _ in opposites)
    covered = weight / claim.total
    turned = any(own[k].negated != clause.tokens[place].negated for k, place, _ in pairs)
    opposed = [own[k].text for k, place in opposites if own[k].negated == clause.tokens[place].negated]
    opposed = [word for word in opposed if word not in PARTICLES] or opposed[:1]
    if claim.negations % 2 == clause.negations % 2:
        against = len(opposed) % 2 == 1 and covered >= SAYS_NEARLY_ALL
    else:
        silent = DENIES_SILENTLY.search(claim.text) or DENIES_SILENTLY.search(clause.text)
        against = turned and not opposites and not silent and covered >= SAYS_THE_SAME
    if not against and not opposites and covered >= SAYS_NEARLY_ALL:
        weights = shipped_weights()
        said = prepare_answer(claim.text, NOTHING_ASKED, weights.idf, weights.idf_default, language)
        against = bool(guards.turn_in(as_reference, said)) or _is_swapped(claim, clause)
    return covered, against


def _is_swapped(claim: TextTokens, clause: TextTokens) -> bool:
    """Whether two texts are the same but for two words or numbers in each other's places: who does it, and to whom."""
    one, other = ([text.tokens[place].stem for place in text.content] for text in (claim, clause))
    places = [place for place, (own, its) in enumerate(zip(one, other, strict=False)) if own != its]
    if len(one) != len(other) or len(places) != 2 or EITHER_WAY.search(claim.text) or EITHER_WAY.search(clause.text):
        return False
    first, last = places
    return one[first] == other[last] and one[last] == other[first]
