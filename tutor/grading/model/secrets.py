"""Whether what a model says to a learner gives the answer away, also in other words and with a rounded number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tutor.corpus import bank
from tutor.grading.closed.number_words import numbers_in_words
from tutor.grading.closed.quantities import TENTHS, read_quantity
from tutor.grading.closed.spellings import fold, same_spelling
from tutor.grading.comparable import QuestionTokens, prepare_answer, prepare_question, prepare_reference, share_of
from tutor.grading.features import shipped_weights
from tutor.grading.lexicon import NUMBER_WORDS
from tutor.grading.rubrics import chances
from tutor.grading.words import clean
from tutor.models import Item

ROUNDED = 0.02  # a number that is off by no more than this share of the answer is the answer, rounded
PROBABLY = 0.55  # how probably a text makes a point for it to tell it; a learner must make it more surely
TOLD = 0.6  # share of what a key says beyond the question from which it is told
BEGINS_A_NUMBER = re.compile(r"[-+−$€£]?[.,]?\d|[¼-¾⅐-⅞]")
SIGNS = frozenset(["minus", "negative"])
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
NAMES_OPTION = re.compile(
    r"\b(?:(?:option|answer|number|choice|alternative|no\.?|take|choose|pick|go\s+for|it['’]?s|it\s+is)\s+|#)[(“\"]?([1-9]|[a-f])\b"
    rf"|\bthe\s+({'|'.join(ORDINALS)})\s+(?:one|option|answer|choice|alternative)\b",
    re.I,
)
RULES_OUT = re.compile(
    r"\b(?:not|neither|nor|rules?\s+out|excludes?|wrong|false|except|but\s+for|nicht|weder|noch)\b|n['’]t\b", re.I
)
ANY_OPTION = re.compile(rf"\b({'|'.join(ORDINALS)})\b|(?<![\w.,])([1-9]|[a-f])(?![\w]|[.,]\d)", re.I)
# What is said of the letters of a word: what it begins with, how many it has
OF_LETTERS = re.compile(
    r"\b(?:start|begin|end)(?:s|t|ning|ing)?\s+(?:with|in|on)\s+(?:(?:the|an?)\s+)?(?:(?:capital\s+)?letters?\b"
    r"|[“\"'‘(]?[a-z][”\"'’)]?(?=\s*(?:[,.;:!?]|$)|\s+(?:and|then|or)\b))"
    r"|\b(?:first|initial|last|second)\s+letters?\b|\bletters?\s*:|\binitials\b|\brhymes?\s+with\b|\banagram\b"
    r"|\b(?:\w+[- ]letter(?:ed)?\s+word|(?:has|have|with)\s+\w+\s+letters)\b"
    r"|\b(?:beginn(?:t|en)|fäng(?:t|en)|endet|enden)\b.{0,12}\bmit\s+(?:de[mnr]\s+)?(?:Buchstaben?\b|[“„\"'‘]?[a-z]\b)|\bAnfangsbuchstaben?\b"
    r"|\bcommencent?\s+par\s+(?:la\s+lettre|[«“\"]?[a-z]\b)|\bpremières?\s+lettres?\b|\bempiezan?\s+(?:por|con)\s+(?:la\s+letra|[“\"]?[a-z]\b)"
    r"|\bprimeras?\s+letras?\b",
    re.I,
)
SPEAKS_OF_LETTERS = re.compile(r"\b(?:letters?|spell\w*|initials?|acronym\w*|alphabet\w*)\b", re.I)
LETTER = re.compile(r"(?<![a-z])[a-z](?![a-z])")
LETTERS_IN_A_ROW = re.compile(r"(?<![\w$`(])[a-z](?:[.,;:/-]*(?:\s+(?:then|and))?[\s/-]+[a-z](?![\w(^'’=])){2,}", re.I)
HALF = re.compile(
    r"(?<!\w)(?:fifty[\s-]*fifty|50\s*[-/:–]\s*50|1\s*:\s*1|evens|(?:an?\s+)?even\s+(?:odds|chances?|money|bet)|as\s+likely\s+as\s+not"
    r"|half|(?:toss|flip)\s+of\s+a\s+(?:fair\s+)?coin|coin[\s-](?:toss|flip)|every\s+(?:second|other)\s+(?:time|one|case)|hälfte|moitié"
    r"|mitad|metà|metade|helft|половин\w*|fünfzig\s+zu\s+fünfzig|ein\s?halb|un\s+demi|cincuenta\s+por\s+ciento)(?!\w)|一半|各半|五五开",
    re.I,
)
COUNTS: dict[str, str | int] = {
    **NUMBER_WORDS, "a hundred": 100, "a thousand": 1000,
    "eins": 1, "eine": 1, "einer": 1, "einem": 1, "un": 1, "une": 1, "una": 1,
    "uno": 1, "zwei": 2, "deux": 2, "dos": 2, "due": 2, "drei": 3, "trois": 3, "tres": 3, "vier": 4, "quatre": 4, "cuatro": 4,
    "fünf": 5, "cinq": 5, "cinco": 5, "zehn": 10, "dix": 10, "diez": 10,
}  # fmt: skip
_COUNT = rf"(\d+|{'|'.join(sorted(COUNTS, key=len, reverse=True))})"
ONE_IN = re.compile(
    rf"(?<![\w.,]){_COUNT}\s+(?:times?\s+|cases?\s+|chances?\s+)?(?:in|out\s+of|of\s+every|in\s+every|over|von|sur|de\s+cada|su|em\s+cada)\s+"
    rf"(?:every\s+)?{_COUNT}(?![\w]|[.,]\d)",
    re.I,
)
SPOKEN_NUMBERS = {"nil": "zero", "naught": "zero", "nought": "zero", "zilch": "zero", "dozen": "twelve"}
SPOKEN = re.compile(r"(?<!\w)(?:a\s+)?(nil|naught|nought|zilch|dozen)(?!\w)", re.I)
LONGEST_NUMBER = 5  # words: "one hundred and twenty five"


def gives_away(said: str, item: Item, language: str = "en", keys: Sequence[str] = (), told: float | None = None) -> bool:
    """Whether a hint or remark tells the answer to a drawn item.

    keys: what would tell it; by default all that the bank knows. told: the share of what a key says beyond the question from
    which it is told, TOLD by default.
    """
    keys = keys or bank.giveaways(item)
    if any(_flat(key) and f" {_flat(key)} " in f" {_flat(said)} " for key in keys):
        return True
    if item.answer is None and _spells(said, item, keys):
        return True
    if item.answer is not None:
        return any(_is_rounded(value, item) for value in _numbers_in(said, item, language))
    found = (read_quantity(key, language) for key in keys)
    values = {one.value for one in found if one and one.unit in ("", "%")}
    if values and values.intersection(_numbers_in(said, item, language)):
        return True
    if item.expression:
        return any(same_spelling(fold(part), fold(item.expression), language) for part in _formulas_in(said))
    if any(chance >= PROBABLY for point, chance in chances(item, said, language).items() if point in keys):
        return True
    if bank.kind_of(item).offers_options and _names_option(said, item):
        return True
    asked = prepare_question(clean(item.question), language)
    wrong = " ".join(option.text for option in item.options if not option.right)
    shared = prepare_question(clean(wrong), language).stems
    least = TOLD if told is None else told
    if bank.kind_of(item).in_order and len(keys) > 1:  # a step may be named; most of them in a row are the answer
        return sum(_tells(key, said, asked, shared, language, least) for key in keys) > len(keys) / 2
    return any(_tells(key, said, asked, shared, language, least) for key in keys)


def _names_option(said: str, item: Item) -> bool:
    """Whether a text names a right option by its number, its letter or its place in the list."""
    named = {(found[1] or found[2]).casefold() for found in NAMES_OPTION.finditer(said)}
    right = [number for number, option in enumerate(item.options, 1) if option.right]
    return any(_names(number) & named for number in right) or _rules_out_the_rest(said, item)


def _names(number: int) -> set[str]:
    """What an option is called by its place."""
    return {str(number), chr(96 + number), *ORDINALS[number - 1 : number]}


def _rules_out_the_rest(said: str, item: Item) -> bool:
    """Whether a text denies all options but the right ones, of three or more, by their places or words."""
    if len(item.options) < 3 or not RULES_OUT.search(said):
        return False
    named = {(found[1] or found[2]).casefold() for found in ANY_OPTION.finditer(said)}
    flat = f" {_flat(said)} "
    told = [bool(_names(number) & named) or f" {_flat(one.text)} " in flat for number, one in enumerate(item.options, 1)]
    return all(is_told != one.right for is_told, one in zip(told, item.options, strict=True))


def _spells(said: str, item: Item, keys: Sequence[str]) -> bool:
    """Whether a text tells the letters of an answer in words: what they are, or those that its words begin with, in a row."""
    if SPEAKS_OF_LETTERS.search(item.question):
        return False
    if OF_LETTERS.search(said):
        return True
    initials = "".join(word[0] for key in keys for word in _flat(key).split())
    rows = (LETTER.findall(found[0].casefold()) for found in LETTERS_IN_A_ROW.finditer(said))
    symbols = set(
        LETTER.findall(f"{item.question} {' '.join(option.text for option in item.options)} {' '.join(keys)}".casefold())
    )
    return any(_is_within(row, initials) and not symbols.intersection(row) for row in rows)


def _is_within(row: Sequence[str], letters: str) -> bool:
    """Whether letters come in this order among others."""
    rest = iter(letters)
    return all(letter in rest for letter in row)


def _flat(text: str) -> str:
    """The words and numbers of a text in lower case, with single blanks between them."""
    return " ".join(re.findall(r"\d+(?:[.,]\d+)*|[^\W_]+", text.casefold()))


def _is_rounded(value: float, item: Item) -> bool:
    answer = item.answer or 0.0
    return abs(value - answer) <= max(item.margin(answer), ROUNDED * abs(answer)) + 1e-12


def _numbers_in(text: str, item: Item, language: str) -> Iterator[float]:
    """The numbers that a text holds, in digits or words; a percentage also as the share that it is, and the other way round."""
    yield from numbers_in_words(text)
    shares = [0.5] if HALF.search(text) else []
    pairs = [[float(COUNTS.get(part.casefold(), part)) for part in found.groups()] for found in ONE_IN.finditer(text)]
    shares += [part / whole for part, whole in pairs if whole]
    yield from shares
    if item.unit == "%":
        yield from (100 * share for share in shares)
    text = SPOKEN.sub(lambda found: SPOKEN_NUMBERS[found[1].casefold()], text)
    words = re.sub(r"[()\[\]“”\"`*=≈~:;]", " ", text).split()
    for start, word in enumerate(words):
        bare = re.split(r"[^a-z]", word.casefold())[0]
        if not (BEGINS_A_NUMBER.match(word) or bare in NUMBER_WORDS or bare in TENTHS or bare in SIGNS):
            continue
        for end in range(start + 1, min(len(words), start + LONGEST_NUMBER) + 1):
            found = read_quantity(" ".join(words[start:end]).rstrip(".,!?"), language)
            if found:
                values = [found.value] if found.other is None else [found.value, found.other]
                if re.match(r"%|per\s?cent", found.unit, re.I):
                    values += [value / 100 for value in values]
                elif item.unit == "%":
                    values += [value * 100 for value in values]
                yield from values


def _formulas_in(text: str) -> Iterator[str]:
    """The parts of a text that may be formulas: between marks, and runs of words with signs in them."""
    yield from (found[1] or found[2] for found in re.finditer(r"\$([^$]+)\$|`([^`]+)`", text))
    words = text.replace("$", " ").replace("`", " ").split()
    for start in range(len(words)):
        yield from (" ".join(words[start:end]).strip(".,;:!?") for end in range(start + 1, min(len(words), start + 9) + 1))


def _tells(key: str, said: str, asked: QuestionTokens, shared: frozenset[str], language: str, least: float = TOLD) -> bool:
    """Whether a text says most of what a key says beyond the question, in its words, their forms or synonyms.

    shared: the stems of the wrong options, which tell little.
    """
    weights = shipped_weights()
    way = prepare_reference(clean(key), asked, weights.idf, weights.idf_default, language)
    if not any(way.new):
        return False
    answer = prepare_answer(clean(said), asked, weights.idf, weights.idf_default, language)
    return share_of(way, answer, shared)[0] >= least
