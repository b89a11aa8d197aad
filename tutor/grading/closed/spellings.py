"""Whether two short texts are spellings of one another: plural, hyphen, article, Greek letter, number word, formula."""

from __future__ import annotations

import re
from functools import lru_cache

from tutor.grading.closed.quantities import read_quantity
from tutor.grading.lexicon import NUMBER_WORDS, stem
from tutor.grading.words import clean

DASHES = str.maketrans("−–—‐‑", "-----")
JOIN = re.compile(r"(?<=[^\W\d])[\s-]+(?=\w)")  # after a letter: GPT-2 is GPT 2, but -6 is not 6 and 3-2 is not 32
GREEK = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega
""".split()
GREEK_NAMES = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", GREEK, strict=True)) | {"ς": "sigma", "ϵ": "epsilon", "ϕ": "phi"}
ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth".split()
ORDINAL_FORMS = {"1st": "first", "2nd": "second", "3rd": "third"} | {f"{n}th": ORDINALS[n] for n in range(4, 11)}
ARTICLES = re.compile(r"^(?:the|an?|its|their|his|her|your|our|some)\s+(?=\S)")
IRREGULAR_PLURALS = {
    "matrices": "matrix",
    "vertices": "vertex",
    "indices": "index",
    "axes": "axis",
    "hypotheses": "hypothesis",
    "analyses": "analysis",
    "biases": "bias",
    "losses": "loss",
    "criteria": "criterion",
    "phenomena": "phenomenon",
    "maxima": "maximum",
    "minima": "minimum",
    "optima": "optimum",
    "data": "datum",
    "children": "child",
    "people": "person",
    "halves": "half",
}
BRITISH = (
    (re.compile(r"(?<=[a-z]{3})our(?=s?$|ed$|ing$|able$|al$|hood)"), "or"),
    (re.compile(r"is(?=e[sd]?$|ing$|ation|er)"), "iz"),
    (re.compile(r"^centre"), "center"),
    (re.compile(r"^metre"), "meter"),
    (re.compile(r"ll(?=ed$|ing$)"), "l"),
)
INFLECTIONS = frozenset(["", "s", "es", "e", "d", "ed", "ing", "y", "ies", "ied", "ly"])
SPOKEN = (  # as a formula is read aloud
    (re.compile(r"\b(?:the )?square root of\s+(\w+)"), r"sqrt(\1)"),
    (re.compile(r"\b(?:the )?square root of\s*(?=\()|\bsquare root(?=\()"), "sqrt"),
    (re.compile(r"\bsqrt of\s+(\w+)|\broot\s+(\w+)|\bsqrt\s+(\w+)"), lambda found: f"sqrt({found[1] or found[2] or found[3]})"),
    (re.compile(r"\bminus\b"), "-"),
    (re.compile(r"\bplus\b"), "+"),
    (re.compile(r"\b(?:times|multiplied by)\b"), "*"),
    (re.compile(r"\b(?:over|divided by)\b"), "/"),
    (re.compile(r"\bsquared\b"), "**2"),
    (re.compile(r"\bcubed\b"), "**3"),
)
OPERATION = re.compile(r"[-+*/^√²³]|\bsqrt\b")
FUNCTION_NAMES = re.compile(r"\b(?:sqrt|exp|log|ln|abs|sin|cos|tanh)\b")


@lru_cache(maxsize=4000)
def fold(text: str) -> str:
    """A text without what doesn't count in a comparison: case, extra spaces, the Markdown marks around it."""
    return re.sub(r"\s+", " ", clean(text).translate(DASHES)).strip().strip("`*_.").strip().casefold()


@lru_cache(maxsize=4000)
def normal_form(text: str) -> str:
    """What all spellings of a folded text have in common, its words in the singular with single spaces between them."""
    text = "".join(GREEK_NAMES.get(mark, mark) for mark in text).replace("\\", "")
    text = re.sub(r"[_{}]|'s\b", "", ARTICLES.sub("", text))
    return " ".join(_plain_word(word) for word in re.split(r"(?<=[^\W\d])-(?=[^\W\d])|\s+", text) if word)


def _plain_word(word: str) -> str:
    word = ORDINAL_FORMS.get(word, NUMBER_WORDS.get(word, word))
    for british, american in BRITISH if len(word) > 5 else ():
        word = british.sub(american, word)
    return singular(word)


def singular(word: str) -> str:
    """A lower-case word in the singular, as far as its letters tell."""
    if word in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[word]
    if not word.isalpha() or len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word.removesuffix("s")


@lru_cache(maxsize=40000)
def same_word(one: str, other: str) -> bool:
    """Whether two words of normal forms are forms of one word: `rejects` and `rejected`, `slow` and `slowly`."""
    if one == other:
        return True
    if one + "ly" == other or other + "ly" == one:
        return len(one) > 2
    if min(len(one), len(other)) < 3 or not (one.isalpha() and other.isalpha()) or stem(one) != stem(other):
        return False
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    regular = one[shared:] in INFLECTIONS and other[shared:] in INFLECTIONS
    return regular or shared < 4  # irregular forms that the lexicon lists: `fell` and `fall`


@lru_cache(maxsize=8000)
def same_spelling(typed: str, accepted: str, language: str = "en") -> bool:
    """Whether two folded texts are spellings of the same words, number or formula."""
    if JOIN.sub("", typed) == JOIN.sub("", accepted):
        return True
    one, other = normal_form(typed), normal_form(accepted)
    if JOIN.sub("", one) == JOIN.sub("", other):
        return True
    words, others = one.split(), other.split()
    if len(words) == len(others) and all(same_word(a, b) for a, b in zip(words, others, strict=True)):
        return True
    return _same_number(typed, accepted, language) or _same_formula(typed, accepted)


def _same_number(typed: str, accepted: str, language: str) -> bool:
    wanted = read_quantity(accepted) if re.fullmatch(r"[+-]?[\d.,]+", accepted) else None
    found = read_quantity(typed, language) if wanted else None
    return bool(wanted and found and not found.unit and found.value == wanted.value)


def _same_formula(typed: str, accepted: str) -> bool:
    """Whether both are formulas of the same values: `sqrt(d_k)`, `√d_k` and `d_k**0.5`; `1 − β` and `one minus beta`."""
    from tutor.corpus.formulas import equivalent

    one, other = _as_formula(typed), _as_formula(accepted)
    if not (OPERATION.search(one) or OPERATION.search(other)) or max(len(one), len(other)) > 80:
        return False
    if _letters(one) != _letters(other):
        return False  # other variables
    if re.search(r"[^\W\d]{2,}-[^\W\d]{2,}", one + " " + other) and not re.search(r"[+*/^=√()]|\d", one + other):
        return False  # hyphens between words are no minus signs
    try:
        return equivalent(one, other, 0, points=12)
    except ValueError:
        return False


def _letters(text: str) -> set[str]:
    return {mark for mark in FUNCTION_NAMES.sub("", text) if mark.isalpha()}


@lru_cache(maxsize=4000)
def _as_formula(text: str) -> str:
    text = "".join(GREEK_NAMES.get(mark, mark) for mark in text).replace("\\", "").replace("′", "'").replace("`", "")
    for spoken, written in SPOKEN:
        text = spoken.sub(written, text)
    text = re.sub(r"\b[a-z]+\b", lambda found: NUMBER_WORDS.get(found[0], found[0]), text)
    text = re.sub(r"([^\W\d]\w*)'+(?:\s*\([^()]*\))?", r"\1_prime", text)  # F'(x) and F' alike
    return re.sub(r"\b([a-z])_?\{?([a-z\d]+)\}?\b", _subscripted, text)


def _subscripted(found: re.Match[str]) -> str:
    """`d_k` and `d_{k}` as one name; a word or a name without a subscript is returned unchanged."""
    return f"{found[1]}_{found[2]}" if "_" in found[0] else found[0]
