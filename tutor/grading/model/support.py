"""Whether the passages that a sentence of a model cites bear it out, and what the model adds of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor import stop_words
from tutor.grading.contrary.denials import spelled_out
from tutor.grading.contrary.statements import contradicted, plain, says_what
from tutor.grading.lexicon import stem
from tutor.grading.likeness import likeness
from tutor.grading.words import tokens
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
EXACT_IN_ANY_LANGUAGE = re.compile(r"\d+(?:[.,]\d+)*|`[^`]+`|\$[^$]+\$")  # what a passage must hold as it stands
EXACT = re.compile(EXACT_IN_ANY_LANGUAGE.pattern + r"|(?<=[^.!?:] )[A-Z][\w-]+")  # names too, where only they are capitalized
SUPPORT = 0.5  # share of a sentence's content words that the passages it cites must have
LIKENS = re.compile(  # as an analogy or an example does
    r"\b(?:imagine|picture|think of|suppose|as if|as though|for (?:example|instance)|similar to|compare (?:it|this|that|them)"
    r"|(?:is|are|it['’]s|works?|acts?|behaves?|looks?|feels?|just|much|something|a bit|kind of|sort of|rather) like"
    r"|like (?:an?|the|when|how|if|in)|analog\w+|metaphor\w*|say you)\b|\be\.g\.",
    re.I,
)
LEAST_DIGITS = 2  # that count, of a number that may be rounded
LONGEST_OWN = 400  # characters
CLAUSE = re.compile(r"[,;:]?\s+(?:and|but|so|because|since|although|though|while|whereas|which|until|then)\s+(?!so\b)", re.I)
# What something is said to go without: up to the next word that begins another part of the sentence.
WITHOUT = re.compile(
    r"\bwithout\s+((?:(?:an?|the|any|its|their|our|your|this|that|these|those|all|every|each)\s+)*[^\s,.;:]+"
    r"(?:\s+(?!(?:an?|the|its|their|it|they|he|she|we|you|is|are|was|were|does|do|can|will|would|and|or|but|so|because|since|when|if"
    r"|in|on|at|by|for|from|to|with)\b)[^\s,.;:]+){0,3})",
    re.I,
)
DENIES = re.compile(r"\b(?:not|no|never|cannot|nothing|none|hardly|if|would|could|might|unless)\b|n['’]t\b", re.I)


def own_or_cited(sentence: CitedSentence, passages: Sequence[Passage]) -> CitedSentence:
    """An analogy or example that no cited passage holds as one of the model's own, without its numbers; others as they are."""
    likens = LIKENS.search(sentence.text)
    held = words_of(_evidence(sentence, passages))
    if sentence.own or (likens and (not sentence.numbers or _share_held(sentence.text[likens.end() :], held) < SUPPORT)):
        return CitedSentence(sentence.text, (), own=True)
    return sentence


def fault_of(
    sentence: CitedSentence, passages: Sequence[Passage], question: str = "", language: str = "en", *, foreign: bool = False
) -> str:
    """Why the passages that a sentence cites do not support it, "" where they do.

    They must exist and have its numbers, its names, its code and formulas, and half of its other words; and none of their
    clauses may say the contrary. What a model adds of its own must only liken something, or be about the question or the
    passages, and not say the contrary either. foreign: it is in another language than the passages, so that of its words only
    numbers, code and formulas can be held against them.
    """
    if sentence.own:
        return _fault_of_own(sentence.text, passages, question, language, foreign)
    if not sentence.numbers:
        return "it cites no passage"
    missing = [number for number in sentence.numbers if not 1 <= number <= len(passages)]
    if missing:
        return f"there is no passage {missing[0]}"
    held = words_of(_evidence(sentence, passages))
    for token in (EXACT_IN_ANY_LANGUAGE if foreign else EXACT).findall(sentence.text):
        lost = [word for word in words_of(token) if word not in held and not _is_rounded(word, held)]
        if lost:
            return f"“{token}” is not in the passages it cites"
    if foreign:
        return ""
    if _share_held(sentence.text, held) < SUPPORT:
        return "the passages it cites do not say this"
    contrary = _contrary_in([passages[number - 1] for number in sentence.numbers], sentence.text, language)
    return contrary or (_added_in(sentence.text, _evidence(sentence, passages)) if language == "en" else "")


def _contrary_in(passages: Sequence[Passage], text: str, language: str) -> str:
    """What the passages say against a text, as a fault; "" where they say nothing. They refute misconceptions, too."""
    refuted = [quote for one in passages if is_about_misconceptions(one.heading) for quote in quotes_of(one) if quote.claim]
    so = [quote.said for quote in refuted] + [_evidence_of(one) for one in passages if not is_about_misconceptions(one.heading)]
    evidence = "\n".join(so)
    if plain(text).strip(" .!").casefold() in plain(evidence).casefold():
        return ""
    believed = next((quote.said for quote in refuted if quote.refutes and says_what(text, quote.claim, language)), "")
    said = believed or contradicted(text, evidence, language)
    return f"the passages say the contrary: “{said}”" if said else ""


def _added_in(text: str, evidence: str) -> str:
    """What an English sentence adds to the passages it cites, as a fault: a clause of other words, or a "without" of its own."""
    held = words_of(evidence)
    for part in CLAUSE.split(plain(text))[1:]:
        words = [word for word in words_of(part) if word not in stop_words.GRADING and word not in CITING and len(word) > 2]
        if words and not re.search(r"\d", part) and not any(_is_held(word, held) for word in words):
            return f"“{part.strip(' .,')}” is not in the passages it cites"
    if DENIES.search(text):
        return ""
    denied = {token.stem for token in tokens(spelled_out(plain(evidence), objects=True)) if token.negated}
    for found in WITHOUT.finditer(plain(text)):
        lacked = [token.stem for token in tokens(found[1]) if token.kind in ("word", "number")]
        known = {token.stem for token in tokens(evidence)}
        if lacked and known.issuperset(lacked) and not denied & set(lacked):
            return f"the passages it cites do not say “{found[0].strip()}”"
    return ""


def _is_rounded(word: str, held: set[str]) -> bool:
    """Whether a decimal number is one of the passages' numbers, rounded to as many places: 0.71 for 0.7071."""
    whole, point, places = word.partition(".")
    if not (point and whole.isdigit() and places.isdigit() and len(word.lstrip("0.")) >= LEAST_DIGITS):
        return False
    exact = (one for one in held if re.fullmatch(r"\d+\.\d+", one) and len(one.partition(".")[2]) > len(places))
    return any(f"{float(one):.{len(places)}f}" == word for one in exact)


def _is_held(word: str, held: set[str]) -> bool:
    """Whether passages have a word, one that begins like it, or one that means about the same."""
    return any(word[:5] == other[:5] for other in held) or any(likeness(stem(word), stem(other)) > 0 for other in held)


def _fault_of_own(text: str, passages: Sequence[Passage], question: str, language: str, foreign: bool) -> str:
    evidence = "\n".join(map(_evidence_of, passages))
    about = {word[:5] for word in words_of(f"{question}\n{evidence}") if word not in CITING and len(word) > 3}
    is_about_it = foreign or LIKENS.search(text) or about & {word[:5] for word in words_of(text)}
    if len(text) > LONGEST_OWN or SPOKEN_TO_MODEL.search(text) or not is_about_it:
        return "it is neither in the passages nor an example of what they say"
    return _contrary_in(passages, text, language)


def _evidence(sentence: CitedSentence, passages: Sequence[Passage]) -> str:
    """What the passages that a sentence cites say, as far as they exist."""
    return "\n".join(_evidence_of(passages[number - 1]) for number in sentence.numbers if 1 <= number <= len(passages))


def _share_held(text: str, held: set[str]) -> float:
    """The share of a text's content words that passages have, by their beginnings; 1 where it has none."""
    words = [word for word in words_of(text) if word not in CITING and len(word) > 2]
    return sum(any(word[:5] == other[:5] for other in held) for word in words) / len(words) if words else 1.0


def _evidence_of(passage: Passage) -> str:
    """A passage without the sentences that speak to a model.

    Cut more finely than a lesson's sentences, at every line too, so that such a sentence takes little else with it.
    """
    parts = re.split(r"(?<=[.!?])\s+|\n", f"{passage.heading}\n{passage.text}")
    return "\n".join(part for part in parts if not SPOKEN_TO_MODEL.search(part))


def words_of(text: str) -> set[str]:
    return {word.strip(".,").casefold() for word in re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_]+", text)}
