"""Whether a text points at an answer without saying it: at an option by its place, at a word by its letters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.grading.words import flat
from tutor.models import Item

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


def names_option(said: str, item: Item) -> bool:
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
    words = f" {flat(said)} "
    told = [bool(_names(number) & named) or f" {flat(one.text)} " in words for number, one in enumerate(item.options, 1)]
    return all(is_told != one.right for is_told, one in zip(told, item.options, strict=True))


def spells(said: str, item: Item, keys: Sequence[str]) -> bool:
    """Whether a text tells the letters of an answer in words: what they are, or those that its words begin with, in a row."""
    if SPEAKS_OF_LETTERS.search(item.question):
        return False
    if OF_LETTERS.search(said):
        return True
    initials = "".join(word[0] for key in keys for word in flat(key).split())
    rows = (LETTER.findall(found[0].casefold()) for found in LETTERS_IN_A_ROW.finditer(said))
    symbols = set(
        LETTER.findall(f"{item.question} {' '.join(option.text for option in item.options)} {' '.join(keys)}".casefold())
    )
    return any(_is_within(row, initials) and not symbols.intersection(row) for row in rows)


def _is_within(row: Sequence[str], letters: str) -> bool:
    """Whether letters come in this order among others."""
    rest = iter(letters)
    return all(letter in rest for letter in row)
