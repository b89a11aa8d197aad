"""The order in which options are shown: shuffled by a draw's seed, but for those that only make sense where they stand."""

from __future__ import annotations

import re

from tutor.corpus.bank.chance import random_of
from tutor.models import Item, Option

# An option that speaks of all the others: "both", "none of these", "all of the above". Also German, French, Spanish, Chinese.
_OTHERS = r"(?:these|those|them|(?:the )?(?:two|three|four|above|others?|answers?|options?|statements?|listed))"
_OF_ALL = re.compile(
    rf"(?:both|neither|none|all|each|any|either)(?: of)?(?: {_OTHERS})*(?: (?:are|is)\b.*)?(?=\W*$|\s*[,;:(–—])"
    rf"|(?:some|(?:only |exactly )?(?:one|two|three)) of {_OTHERS}"
    r"|(?:alle|keine[rs]?|beide[sn]?|nichts)(?: (?:davon|genannten|obigen|von beiden|der \w+|drei))*"
    r"(?: (?:sind|ist)\b.*)?(?=\W*$|\s*[,;])"
    r"|weder noch\b|(?:aucune?|toutes?|tous)(?: (?:d'entre|de ces|des|les|ces)\b.*)?\W*$|les deux\W*$|ni l'une? ni l'autre"
    r"|(?:ningun[oa]s?|tod[oa]s|amb[oa]s)(?: (?:de|las|los)\b.*)?\W*$"
    r"|以上|上述|两者|都不|全部",
    re.I,
)
_ABOVE = re.compile(r"\b(?:above|preceding|previous|obigen|anteriores|précédentes|ci-dessus)\b|以上|上述", re.I)
# One that speaks of some of the others by letter, number or place: "a and c", "only 2", "the first two".
_LABEL = r"\(?\b(?:[a-h]|[1-9])\b\)?"
_JUDGED = r"(?: (?:are|is) (?:both |all )?(?:right|true|correct|wrong|false))?\W*$"
_OF_SOME = re.compile(
    rf"(?:(?:both|only|either|neither|all but|all except|options?|answers?) )*{_LABEL}(?:, ?{_LABEL})*,? "
    rf"?(?:and|or|nor|und|oder|et|y|o|&) ?{_LABEL}{_JUDGED}"
    rf"|(?:only|options?|answers?) {_LABEL}{_JUDGED}"
    r"|(?:(?:both|only|all but|all except) )?(?:the )?(?:first|second|third|fourth|last)"
    rf"(?: (?:two|three|one|and (?:the )?\w+))?(?: (?:options?|answers?|statements?))?{_JUDGED}",
    re.I,
)
# What a question, a hint, an explanation or a reply says of an option by its letter, number or place.
_WORD = r"(?i:options?|choices?|answers?)"
_NAMED = re.compile(
    rf"\b{_WORD} \(?(?:[B-Hb-h]\b(?!')|[Aa](?=[).,;:])|A(?= (?:is|and|or|to)\b)|[1-9]\b(?![.,]?\d))"
    rf"|\b(?i:first|second|third|fourth|fifth|last|former|latter|next|previous) (?:two |three )?{_WORD}\b"
    rf"|\b{_WORD} (?:above|below)\b(?! \d)"
)


def shown_order(item: Item, seed: int) -> tuple[Option, ...]:
    """The options of an item in the order in which a draw with that seed shows them.

    It does not depend on the order in which the bank has them, except for what stays where it is: all of them where the
    item says so, or where options or texts name some of them by letter, number or place; else only those that speak of all
    the others, such as "none of these".
    """
    if not item.shuffle or _is_bound(item):
        return item.options
    moving = sorted((option for option in item.options if not _speaks_of_all(option)), key=lambda option: option.text)
    random_of(item, seed, "options").shuffle(moving)
    following = iter(moving)
    return tuple(option if _speaks_of_all(option) else next(following) for option in item.options)


def _speaks_of_all(option: Option) -> bool:
    return bool(_OF_ALL.match(_bare(option)))


def _speaks_of_some(option: Option, count: int) -> bool:
    """Whether an option names some of as many as there are; "D and E" among four of them is about something else."""
    if not _OF_SOME.match(_bare(option)):
        return False
    labels = re.findall(r"\b[a-h1-9]\b", _bare(option).casefold())
    return all((int(label) if label.isdigit() else ord(label) - ord("a") + 1) <= count for label in labels)


def _bare(option: Option) -> str:
    return option.text.strip("`*_ \"“”'")


def _is_bound(item: Item) -> bool:
    """Whether something in the item is only true while its options stand as its author put them."""
    if any(_speaks_of_some(option, len(item.options)) for option in item.options):
        return True
    last = max((n for n, option in enumerate(item.options) if not _speaks_of_all(option)), default=-1)
    if any(_speaks_of_all(option) and _ABOVE.search(option.text) for option in item.options[: last + 1]):
        return True  # "both of the above", with more below
    texts = (item.question, item.explanation, *item.hints, *(option.reply for option in item.options))
    return any(_NAMED.search(text) for text in texts)
