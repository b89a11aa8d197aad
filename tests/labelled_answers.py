"""Answers to the bundled `short` items whose label is known: written by people, or made from the banks."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from tutor.check.rubrics.lone_references import without_reference
from tutor.corpus.corpus import open_corpus
from tutor.grading import lexicon
from tutor.models import Item

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "data" / "answers"


@dataclass(frozen=True)
class LabelledAnswer:
    """An answer, the item that it is graded by, and what it should come to."""

    item: Item
    answer: str
    label: str  # right, half or wrong
    style: str
    points: tuple[bool, ...] | None = None  # which points it makes, where that is known


def is_fit(key: str) -> bool:
    """Whether an item's answers may be learned from; the others are held out."""
    return hashlib.sha256(key.encode()).digest()[-1] % 2 == 0


@lru_cache(maxsize=1)
def short_items() -> dict[str, Item]:
    """The bundled items that are answered in free text, by key."""
    corpus = open_corpus(ROOT / "docs")
    return {item.key: item for lesson in corpus.ids() for item in corpus.items(lesson) if item.kind == "short" and item.rubric}


def written_answers() -> list[LabelledAnswer]:
    """What people wrote, of both halves."""
    items, found = short_items(), []
    for path in sorted(FOLDER.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            item = items[row["item"]]
            made = tuple(True for _ in item.rubric) if row["label"] == "right" else None
            if row["style"] in ("vague", "off-topic"):
                made = tuple(False for _ in item.rubric)
            found.append(LabelledAnswer(item, row["answer"], row["label"], row["style"], made))
    return found


def made_answers(seed: int = 0) -> Iterator[LabelledAnswer]:
    """Answers made from the banks; what an answer was made from is taken out of the item that grades it."""
    rng = random.Random(seed)
    items = short_items()
    neighbours: dict[str, list[Item]] = defaultdict(list)
    for item in items.values():
        neighbours[item.lesson].append(item)
    for item in items.values():
        every = tuple(True for _ in item.rubric)
        none = tuple(False for _ in item.rubric)
        for number, text in enumerate(item.references):
            yield LabelledAnswer(without_reference(item, number), text, "right", "reference", every)
        yield LabelledAnswer(item, ". ".join(point.text for point in item.rubric), "right", "points", every)
        ways = [rng.randrange(len(point.also)) for point in item.rubric]
        rest = tuple(
            replace(point, also=point.also[:way] + point.also[way + 1 :]) for point, way in zip(item.rubric, ways, strict=True)
        )
        said = ", and ".join(point.also[way] for point, way in zip(item.rubric, ways, strict=True))
        yield LabelledAnswer(replace(item, rubric=rest), said, "right", "ways", every)
        for number, point in enumerate(item.rubric):
            one = tuple(other == number for other in range(len(item.rubric)))
            yield LabelledAnswer(item, point.text, "half", "point alone", one)
            yield LabelledAnswer(with_point(item, number, also=point.also[1:]), point.also[0], "half", "way alone", one)
            several = ". ".join(point.also[1:4])
            yield LabelledAnswer(with_point(item, number, also=point.also[4:]), several, "half", "several ways of one point", one)
            yield LabelledAnswer(with_point(item, number, near=""), point.near, "wrong", "near miss alone", none)
        for hint in item.hints:
            yield LabelledAnswer(item, hint, "wrong", "hint", none)
        for number, wrong in enumerate(item.wrong):
            others = replace(item, wrong=item.wrong[:number] + item.wrong[number + 1 :])
            yield LabelledAnswer(others, wrong.answer, "wrong", "known wrong")
        for other in neighbours[item.lesson]:
            if other is not item:
                yield LabelledAnswer(item, rng.choice(other.references), "wrong", "other question", none)
        other = rng.choice([one for one in items.values() if one.lesson != item.lesson])
        yield LabelledAnswer(item, rng.choice(other.references), "wrong", "other lesson", none)


def with_point(item: Item, number: int, **changes: object) -> Item:
    """An item one of whose points is changed."""
    return replace(item, rubric=tuple(replace(p, **changes) if n == number else p for n, p in enumerate(item.rubric)))


def with_near_miss(item: Item, number: int) -> tuple[str, str]:
    """All points joined with the near miss of one in its place: in the rubric's words, and in other ways of making the points."""
    texts, ways = [one.text for one in item.rubric], [one.also[0] for one in item.rubric]
    texts[number] = ways[number] = item.rubric[number].near
    return ". ".join(texts), ", and ".join(ways)


def reversals(text: str) -> list[str]:
    """A text turned round: with one word replaced by its opposite, and with two opposites that change places."""
    parts = re.split(r"(\w+)", text)
    turns = lexicon.turns()
    places = [place for place, part in enumerate(parts) if part in turns]
    found = []
    for place in places[:2]:
        found.append("".join([*parts[:place], turns[parts[place]], *parts[place + 1 :]]))
    for one in places:
        for other in places:
            if one < other and turns[parts[one]] == parts[other]:
                swapped = list(parts)
                swapped[one], swapped[other] = parts[other], parts[one]
                found.append("".join(swapped))
    return found
