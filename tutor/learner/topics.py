"""The lessons as `topics` lists them: each with how well it is known and what is due, as rows and as a tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from tutor.learner.due import due_by_lesson
from tutor.learner.file.identity import RETIRED
from tutor.learner.file.tallies import mastery_of
from utils.text import plural

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.records import Records


class TopicRow(TypedDict):
    """A lesson as `topics --json` prints it."""

    lesson: str
    title: str
    track: str
    minutes: int | None
    prerequisites: list[str]
    sections: int
    items: int
    mastery: float
    due: int


def topic_rows(corpus: Corpus, records: Records, now: datetime) -> list[TopicRow]:
    """A row for each lesson, with prerequisites before what builds on them within a track. now: in the learner's zone."""
    due = due_by_lesson(corpus, records, now)
    sums = {key: one.sums for key, one in records.known().items()}
    rows: list[TopicRow] = []
    items_of = corpus.item_sections()
    for lesson_id, entry in corpus.entries().items():
        items = list(items_of[lesson_id])
        rows.append(
            {
                "lesson": lesson_id,
                "title": entry.title,
                "track": entry.track,
                "minutes": entry.minutes,
                "prerequisites": list(entry.prerequisites),
                "sections": len(entry.sections),
                "items": len(items),
                "mastery": round(mastery_of(sums, items), 3) if items else 0.0,
                "due": due.get(lesson_id, 0),
            }
        )
    return rows


class MoveDocument(TypedDict):
    """What became of a lesson or of an item (`llm/attention:scale-by-root`)."""

    was: str
    became: str | None  # None: it asks something else now, and is asked anew
    at: str  # when that was noticed, UTC, ISO 8601


class GoneDocument(TypedDict):
    """An item with a history that the folder no longer asks."""

    item: str
    answers: int


class MovedDocument(TypedDict):
    """What `topics --moved --json` prints, the latest first."""

    moved: list[MoveDocument]
    gone: list[GoneDocument]


def moved_document(records: Records) -> MovedDocument:
    """What was moved, renamed or edited so that its history had to follow, and what is gone from this folder."""
    return {
        "moved": [{"was": one.was, "became": one.became or None, "at": one.at} for one in records.moves()],
        "gone": [{"item": item, "answers": answers} for item, answers in sorted(records.gone_items().items())],
    }


def moved_listing(document: MovedDocument) -> str:
    """The same for people, a line each."""
    lines = []
    for one in document["moved"]:
        was, _, retired = one["was"].partition(RETIRED)
        became = f"is {one['became']} now" if one["became"] else "asks something else now, and is asked anew"
        became = "asks what it asked once, and its history is back" if retired and was == one["became"] else became
        lines.append(f"{one['at'][:10]}  {was} {became}")
    for gone in document["gone"]:
        item, _, retired = gone["item"].partition(RETIRED)
        lines.append(f"gone        {item}{', as it was' if retired else ''}: {plural(gone['answers'], 'answer')} kept")
    return "\n".join(lines) or "nothing that you have answered was moved, renamed or taken out"


def by_track(rows: Sequence[TopicRow]) -> list[tuple[int, TopicRow]]:
    """(depth, lesson): the tracks one after the other, each lesson below the one of its track that it builds on, if any."""
    tracks: dict[str, dict[str, TopicRow]] = defaultdict(dict)
    for row in rows:
        tracks[row["track"]][row["lesson"]] = row
    found: list[tuple[int, TopicRow]] = []
    for lessons in tracks.values():
        below: dict[str | None, list[TopicRow]] = defaultdict(list)
        for lesson, row in lessons.items():
            below[deepest_prerequisite(lesson, lessons)].append(row)
        waiting = [(0, row) for row in reversed(below[None])]
        while waiting:
            depth, row = waiting.pop()
            found.append((depth, row))
            waiting += [(depth + 1, child) for child in reversed(below[row["lesson"]])]
    return found


def topics_tree(rows: Sequence[TopicRow], width: int | None = None) -> str:
    """The lessons as a tree: each one under its deepest prerequisite, with the other prerequisites named beside it.

    width: where to cut lines; None leaves them whole.
    """
    by_id = {row["lesson"]: row for row in rows}
    parents = {row["lesson"]: deepest_prerequisite(row["lesson"], by_id) for row in rows}
    below: dict[str | None, list[TopicRow]] = defaultdict(list)
    for row in rows:
        below[parents[row["lesson"]]].append(row)
    drawn: list[tuple[str, TopicRow]] = []

    def draw(row: TopicRow, lead: str, under: str) -> None:
        drawn.append((lead + row["lesson"], row))
        children = below[row["lesson"]]
        for number, child in enumerate(children, 1):
            last = number == len(children)
            draw(child, under + ("└─ " if last else "├─ "), under + ("   " if last else "│  "))

    for row in below[None]:
        draw(row, "", "")
    names = max(len(name) for name, _ in drawn)
    return "\n".join(topic_line(name.ljust(names), row, parents[row["lesson"]], width) for name, row in drawn)


def topics_list(rows: Sequence[TopicRow], width: int | None = None) -> str:
    """The same in words, for plain text: a lesson a line, each after those of its track that it builds on.

    width: where to break lines; None leaves them whole.
    """
    lines = []
    for _, row in by_track(rows):
        words = [f"{row['minutes']} min" if row["minutes"] else "", f"mastery {row['mastery'] * 100:.0f} %"]
        words += [f"{row['due']} due" if row["due"] else "", ", ".join(["builds on", *row["prerequisites"]]).replace(",", "", 1)]
        told = ", ".join(filter(None, words[: None if row["prerequisites"] else -1]))
        lines.append(f"{row['lesson']}: {row['title']}, {told}")
    if width is None:
        return "\n".join(lines)
    import textwrap

    wrap = textwrap.TextWrapper(width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return "\n".join(map(wrap.fill, lines))


def topic_line(name: str, row: TopicRow, parent: str | None, width: int | None) -> str:
    """One line of the tree: how well a lesson is known, how long it takes, its title, what is due."""
    known = round(row["mastery"] * 5)
    minutes = f"{row['minutes']:3} min" if row["minutes"] else " " * 7
    line = f"{name}  {'●' * known}{'○' * (5 - known)} {minutes}  {row['title']}"
    if row["due"]:
        line += f" · {row['due']} due"
    others = [need for need in row["prerequisites"] if need != parent]
    if others:
        line += f" · also needs {', '.join(others)}"
    return line if width is None or len(line) <= width else line[: width - 1].rstrip() + "…"


def deepest_prerequisite(lesson: str, by_id: Mapping[str, TopicRow]) -> str | None:
    """The prerequisite under which a lesson is drawn. Prerequisites that form a circle are ignored."""

    def depth(name: str, above: tuple[str, ...]) -> int:
        needs = [need for need in by_id[name]["prerequisites"] if need in by_id and need not in above]
        return 1 + max((depth(need, (*above, need)) for need in needs), default=0)

    def leads_back(name: str, seen: set[str]) -> bool:
        if name == lesson:
            return True
        seen.add(name)
        return any(leads_back(need, seen) for need in by_id[name]["prerequisites"] if need in by_id and need not in seen)

    needs = [need for need in by_id[lesson]["prerequisites"] if need in by_id and not leads_back(need, set())]
    return max(needs, key=lambda need: depth(need, (need,)), default=None)
