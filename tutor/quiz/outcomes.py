"""What a quiz asks and how its answers count: items drawn from banks, scores, thresholds. Pure.

`choose` is the only place where chance comes in: same banks and seed, same items in the same order, on every machine.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields, replace

from tutor.corpus import bank
from tutor.models import Grade, Item, Kind
from utils.errors import InvalidFile, NothingRun, UsageError
from utils.text import nearest

DEFAULT_COUNT = 10
SKIPPED = "skipped"  # the grader of an answer that was not given
NOT_ASKED = ("section", "hints", "explanation", "seed", "path", "line")  # fields that neither ask nor grade


# ------------------------------------------------------------------------------------------------- choosing


@dataclass(frozen=True)
class Request:
    """What is asked for: items drawn from lessons, or the very ones that a sheet or an earlier report names."""

    lessons: tuple[str, ...]  # ids of the lessons asked for; () is the whole corpus
    seed: int
    count: int = DEFAULT_COUNT
    kinds: tuple[str, ...] = Kind.ALL
    keys: tuple[str, ...] | None = None  # of the items to ask, in order; None draws them


def request_of(seed: int | None, lessons: Sequence[str], kinds: tuple[str, ...], count: int | None, sheet, earlier) -> Request:
    """What the command line asks for.

    sheet: a filled sheets.Sheet, or None; it brings its own items and seed, unless a seed is given, which draws anew what
    must stand on it. earlier: (seed, keys) of a report's items that were not right, or None. Without any of them a seed
    is made up.
    Raises UsageError for -n where nothing is drawn, NothingRun where a report has nothing to ask again.
    """
    lessons = tuple(dict.fromkeys(lessons))
    if earlier and not earlier[1]:
        raise NothingRun("nothing to ask again: every answer in that report was right")
    if not earlier and (not sheet or seed is not None):
        return Request(lessons, _made_up_seed() if seed is None else seed, count or DEFAULT_COUNT, kinds)
    if count:
        raise UsageError("-n counts questions that are drawn; here the sheet or the report says which (with --answers, "
                         "--seed N draws them)")  # fmt: skip
    keys = tuple(entry.key for entry in sheet.entries) if sheet else earlier[1]
    keys = tuple(key for key in keys if not earlier or key in earlier[1])
    keys = tuple(key for key in keys if not lessons or key.rpartition(":")[0] in lessons)
    if seed is None:
        seed = sheet.seed if sheet else earlier[0]
    return Request(lessons or (sheet.topics if sheet else ()), seed, len(keys), kinds, keys)


def _made_up_seed() -> int:
    from random import SystemRandom

    return SystemRandom().randrange(100_000)  # short enough to be typed again


def read_banks(corpus, lessons: Iterable[str]) -> dict[str, list[Item]]:
    """{lesson id: its items as authored} of the lessons that are there and have a bank. Raises InvalidFile."""
    there = [lesson_id for lesson_id in lessons if lesson_id in corpus.files]  # a sheet may name one that is gone
    banks = {lesson_id: list(corpus.items(lesson_id, made=False)) for lesson_id in there}
    return {lesson_id: items for lesson_id, items in banks.items() if items}


def choose(banks: Mapping[str, Sequence[Item]], request: Request) -> list[Item]:
    """The items to ask, drawn: one of each lesson in turn, so that topics mix, until there are enough.

    More items with the same seed begin with the same ones. Fewer come back where there are fewer.
    """
    by_key = {item.key: item for items in banks.values() for item in items}
    if request.keys is not None:
        wanted = [by_key[key] for key in request.keys if key in by_key]
        return [bank.draw(item, request.seed) for item in wanted if item.kind in request.kinds]
    piles = [
        shuffled([item for item in banks[lesson] if item.kind in request.kinds], f"{request.seed}:{lesson}")
        for lesson in shuffled(sorted(banks), str(request.seed))
    ]
    mixed = [pile[turn] for turn in range(max(map(len, piles), default=0)) for pile in piles if turn < len(pile)]
    return [bank.draw(item, request.seed) for item in mixed[: request.count]]


def shuffled(things: list, seed: str) -> list:
    from random import Random

    Random(f"quiz:{seed}").shuffle(things)  # seeded by a text: the same with every PYTHONHASHSEED
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


# ---------------------------------------------------------------------------------------------- fingerprints


def fingerprint(item: Item) -> str:
    """12 hexadecimal digits over all that the item, as authored, asks and grades by; hints and the like don't count."""
    defaults = {field.name: field.default for field in fields(Item) if field.default is not MISSING}
    said = {name: value for name, value in asdict(item).items() if name not in NOT_ASKED}
    kept = {name: value for name, value in said.items() if name not in defaults or value != defaults[name]}
    return _digest(json.dumps(kept, sort_keys=True))  # fields at their default left out: a new one changes no hash


def corpus_fingerprint(versions: Mapping[str, str]) -> str:
    """12 hexadecimal digits over the fingerprints of all items, by their keys: same digits and seed, same quiz."""
    return _digest("\n".join(f"{key} {version}" for key, version in sorted(versions.items())))


def versions_of(banks: Mapping[str, Sequence[Item]]) -> dict[str, str]:
    """{key: fingerprint} of all items."""
    return {item.key: fingerprint(item) for items in banks.values() for item in items}


def _digest(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()[:12]


# ------------------------------------------------------------------------------------------------- grading


@dataclass(frozen=True)
class Outcome:
    """One item of a quiz and what came of it."""

    item: Item  # drawn; one that the lessons no longer have holds what the sheet says of it
    answer: str = ""
    grade: Grade | None = None  # None where it could not be graded
    error: str = ""  # why it could not be
    verdicts: tuple[bool, ...] = ()  # of each time that it was graded: was it correct?
    where: str = ""  # "docs/llm/attention.md:88", the lines to read again
    seconds: float = 0.0  # that a person took
    exit_code: int = 0  # that this makes of the quiz, where a model was required and failed

    @property
    def score(self) -> float:
        return self.grade.score if self.grade else 0.0

    @property
    def correct(self) -> bool:
        return bool(self.grade and self.grade.correct)

    @property
    def question(self) -> str:
        return self.item.question.replace(bank.BLANK_MARK, "____")

    @property
    def said(self) -> str:
        """The answer for a reader: in place of the numbers of options or steps, their words."""
        if self.item.kind in (Kind.CHOICE, Kind.MULTI):
            words = [option.text for option in self.item.options]
        elif self.item.kind == Kind.ORDER:
            words = [self.item.steps[step] for step in bank.shuffled_steps(self.item)]
        else:
            return self.answer
        by_number = {str(number): text for number, text in enumerate(words, 1)}
        parts = self.answer.replace(",", " ").split()
        if not all(part in by_number for part in parts):
            return self.answer
        return (" → " if self.item.kind == Kind.ORDER else "; ").join(by_number[part] for part in parts)

    @property
    def feedback(self) -> str:
        return self.grade.feedback if self.grade else ""

    @property
    def stability(self) -> str:
        """ "stable pass", "flaky" or "stable fail"; "" where nothing was graded."""
        if not self.verdicts:
            return ""
        return "stable pass" if all(self.verdicts) else "flaky" if any(self.verdicts) else "stable fail"


def settle(grades: Sequence[Grade], flaky_passes: bool = False) -> tuple[Grade, tuple[bool, ...]]:
    """The grade that counts among those of one answer, and all their verdicts: where they differ, the worst counts."""
    pick = max if flaky_passes else min
    grade = pick(grades, key=lambda grade: (grade.correct, grade.score))
    return replace(grade, feedback=grade.feedback or grade.misunderstood), tuple(grade.correct for grade in grades)


def no_answer(item: Item, feedback: str = "No answer was given.") -> Grade:
    return Grade(0.0, missed=tuple(point.text for point in item.rubric), feedback=feedback, grader=SKIPPED)


# ---------------------------------------------------------------------------------------------- thresholds


def thresholds(options: Iterable[str], find: Callable[[str], str]) -> dict[str, float]:
    """{lesson id: least score} of `--min-score TOPIC=X`, and under "" that of `--min-score X`.

    find: a topic's lesson id, raising UsageError where there is none. Raises UsageError for what is no share.
    """
    wanted = {}
    for option in options:
        topic, _, share = option.rpartition("=")
        try:
            value = float(share)
        except ValueError:
            value = math.nan
        if not 0 <= value <= 1:
            raise UsageError(f'--min-score: found "{share}", expected a share from 0 to 1 such as 0.8 or llm/lora=0.8')
        wanted[find(topic.strip()) if topic.strip() else ""] = value
    return wanted


def mean_score(outcomes: Iterable[Outcome]) -> float:
    """Over what could be graded; 0.0 for nothing."""
    scores = [outcome.score for outcome in outcomes if outcome.grade]
    return math.fsum(scores) / len(scores) if scores else 0.0


# ------------------------------------------------------------------------------------------ earlier reports


def failed_items(text: str, path: str) -> tuple[int, tuple[str, ...]]:
    """(seed, keys of the items that were not right) in an earlier `quiz --json`. Raises InvalidFile."""
    expected = "expected what quiz --json printed; give that file"
    try:
        document = json.loads(text)
        keys = tuple(f"{item['lesson']}:{item['id']}" for item in document["items"] if not item["correct"])
        return int(document["seed"]), keys
    except json.JSONDecodeError as error:
        raise InvalidFile(path, error.lineno, f"found text that is not JSON ({error.msg}), {expected}") from None
    except (KeyError, TypeError, ValueError):
        raise InvalidFile(path, None, f"found JSON that is no quiz, {expected}") from None
