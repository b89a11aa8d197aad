"""What a quiz asks: the items that a request names, or as many as it wants, drawn from the banks. Pure.

`choose` is the only place where chance comes in: the same banks and seed give the same items in the same order on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tutor.corpus import bank
from tutor.models import Draw, Item, Kind
from utils import strict_json
from utils.errors import InvalidFile, NothingRun, UsageError
from utils.files import LIMIT_BYTES
from utils.text import nearest

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.quiz.sheets import Sheet

T = TypeVar("T")
DEFAULT_COUNT = 10


@dataclass(frozen=True)
class QuizRequest:
    """What is asked for: items drawn from lessons, or those that a sheet or an earlier report names."""

    lessons: tuple[str, ...]  # ids of the lessons asked for; () is the whole corpus
    seed: int
    count: int = DEFAULT_COUNT
    kinds: tuple[str, ...] = Kind.ALL
    draw: int = Draw.LATEST  # the way in which they are drawn
    keys: tuple[str, ...] | None = None  # of the items to ask, in order; None draws them
    first: tuple[str, ...] = ()  # misconceptions: items that may show one come first, up to half of those drawn


def request_of(
    seed: int | None,
    lessons: Sequence[str],
    kinds: tuple[str, ...],
    count: int | None,
    sheet: Sheet | None,
    earlier: tuple[int, tuple[str, ...]] | None,
) -> QuizRequest:
    """What the command line asks for.

    sheet: a filled one, or None; it brings its own items and seed, unless a seed is given, by which the items that must be
    on it are drawn again, in the sheet's way. earlier: (seed, keys) of a report's items that were not right, or None. Without
    any of these a seed is made up.
    Raises UsageError for -n where nothing is drawn, NothingRun where a report has nothing to ask again.
    """
    lessons, draw = tuple(dict.fromkeys(lessons)), sheet.draw if sheet else Draw.LATEST
    if earlier and not earlier[1]:
        raise NothingRun("nothing to ask again: every answer in that report was right")
    earlier_seed, failed = earlier or (0, ())
    if not earlier and (not sheet or seed is not None):
        return QuizRequest(lessons, _random_seed() if seed is None else seed, count or DEFAULT_COUNT, kinds, draw)
    if count:
        raise UsageError("-n counts questions that are drawn; here the sheet or the report says which (with --answers, "
                         "--seed N draws them)")  # fmt: skip
    keys = tuple(entry.key for entry in sheet.entries) if sheet else failed
    keys = tuple(key for key in keys if not earlier or key in failed)
    keys = tuple(key for key in keys if not lessons or key.rpartition(":")[0] in lessons)
    if seed is None:
        seed = sheet.seed if sheet else earlier_seed
    return QuizRequest(lessons or (sheet.topics if sheet else ()), seed, len(keys), kinds, draw, keys)


def _random_seed() -> int:
    from random import SystemRandom

    return SystemRandom().randrange(100_000)  # short enough to be typed again


def read_banks(corpus: Corpus, lessons: Iterable[str]) -> dict[str, list[Item]]:
    """{lesson id: its items as authored} of the lessons that are there and have a bank. Raises InvalidFile."""
    there = [lesson_id for lesson_id in lessons if lesson_id in corpus.files]  # a sheet may name a lesson that is gone
    banks = {lesson_id: list(corpus.items(lesson_id, made=False)) for lesson_id in there}
    return {lesson_id: items for lesson_id, items in banks.items() if items}


def choose(banks: Mapping[str, Sequence[Item]], request: QuizRequest) -> list[Item]:
    """The items to ask, drawn: one from each lesson in turn, so that topics mix, until there are enough.

    Those that only turning knobs answers are left out, unless the request names them.
    With the same seed, a longer quiz begins with the items of a shorter one. Where there are too few items, all are returned.
    """
    by_key = {item.key: item for items in banks.values() for item in items}
    if request.keys is not None:
        wanted = [by_key[key] for key in request.keys if key in by_key]
        return [bank.draw(item, request.seed, request.draw) for item in wanted if item.kind in request.kinds]
    piles = [
        shuffled(
            [item for item in banks[lesson] if item.kind in request.kinds and not item.needs_try], f"{request.seed}:{lesson}"
        )
        for lesson in shuffled(sorted(banks), str(request.seed))
    ]
    mixed = [pile[turn] for turn in range(max(map(len, piles), default=0)) for pile in piles if turn < len(pile)]
    first = [item for item in mixed if not set(request.first).isdisjoint(item.probes)][: request.count // 2]
    mixed = [*first, *(item for item in mixed if item not in first)]
    if request.draw > Draw.FIRST:
        mixed = one_of_each_idea(mixed)
    return [bank.draw(item, request.seed, request.draw) for item in mixed[: request.count]]


def one_of_each_idea(items: Sequence[Item]) -> list[Item]:
    """The same items, with those at the end that ask what one before them asks: they are drawn where there is nothing else."""
    asked = {item.idea or item.key: item for item in reversed(items)}
    again = [item for item in items if asked[item.idea or item.key] is not item]
    return [*(item for item in items if asked[item.idea or item.key] is item), *again]


def shuffled(things: list[T], seed: str) -> list[T]:
    """The same list, shuffled by a seed."""
    from random import Random

    Random(f"quiz:{seed}").shuffle(things)  # a text as seed gives the same order with every PYTHONHASHSEED
    return things


def kinds_of(option: str | None) -> tuple[str, ...]:
    """The kinds of `--kinds choice,number`. Raises UsageError."""
    if option is None:
        return Kind.ALL
    kinds = tuple(filter(None, (word.strip().lower() for word in option.split(","))))
    unknown = next((kind for kind in kinds if kind not in Kind.ALL), None)
    if unknown or not kinds:
        near = nearest(unknown or "", Kind.ALL)
        hint = f". Did you mean {near}?" if near else ""
        raise UsageError(f'--kinds: found "{unknown or option}", expected some of {", ".join(Kind.ALL)}{hint}')
    return kinds


def failed_items(text: str, path: str) -> tuple[int, tuple[str, ...]]:
    """(seed, keys of the items that were not right) in an earlier `quiz --json`. Raises InvalidFile."""
    expected = "expected what quiz --json printed; give that file"
    try:
        document = strict_json.load(text, LIMIT_BYTES)
        keys = tuple(f"{item['lesson']}:{item['id']}" for item in document["items"] if not item["correct"])
        return int(document["seed"]), keys
    except strict_json.JSONFault as fault:
        raise InvalidFile(path, fault.line, f"{fault}, {expected}") from None
    except (KeyError, TypeError, ValueError):
        raise InvalidFile(path, None, f"found JSON that is not a quiz, {expected}") from None
