"""What a learner could do now: where to go on, what is new and within reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from utils.models import Lesson
from utils.text import plural

FIRST_LESSONS = 3  # offered on the home screen


@dataclass(frozen=True)
class Choice:
    """One line of the home screen: it opens a lesson, or more choices."""

    label: str
    lesson: str | None = None
    more: Callable[[], list[Choice]] = list


def within_reach(lessons: Sequence[Lesson], finished: set[str], after: str | None = None) -> list[Lesson]:
    """Lessons not finished whose prerequisites are, the best next one first.

    What builds on the lesson just finished comes first, then what builds on anything finished, then the short ones.
    A prerequisite that the corpus does not hold asks nothing of the learner.
    """
    known = {lesson.id for lesson in lessons}
    open_ = [
        lesson
        for lesson in lessons
        if lesson.id not in finished and not (set(lesson.prerequisites) & known) - finished
    ]
    return sorted(
        open_,
        key=lambda lesson: (
            after not in lesson.prerequisites,
            not lesson.prerequisites,
            lesson.minutes or 999,
            lesson.id,
        ),
    )


def finished_lessons(corpus, store) -> set[str]:
    """Lessons that the learner has been through to the end."""
    places = ((lesson, store.place(lesson)) for lesson in corpus.ids())
    return {lesson for lesson, place in places if place and place.stage == "finished"}


def next_lesson(corpus, store, after: str) -> Lesson | None:
    """The one lesson to suggest after another."""
    lessons = [corpus.card(lesson) for lesson in corpus.ids()]
    return next(iter(within_reach(lessons, finished_lessons(corpus, store) | {after}, after)), None)


def choices(corpus, store) -> list[Choice]:
    """The home screen's lines: go on, something new, everything."""
    cards = {lesson: corpus.card(lesson) for lesson in corpus.ids()}
    finished = finished_lessons(corpus, store)
    place = store.last_place()
    offered: list[Choice] = []
    going_on = place.lesson if place and place.lesson in cards else None
    if going_on:
        lesson = cards[going_on]
        left = f", {len(place.done)} of {len(corpus.lesson(going_on).sections)} sections done"
        offered.append(Choice(f"Go on with **{lesson.title}**{left}", going_on))
    new = [lesson for lesson in within_reach(list(cards.values()), finished) if lesson.id != going_on]
    for lesson in new[: 1 if going_on else FIRST_LESSONS]:
        lead = "Start something new: " if going_on else ""
        offered.append(Choice(f"{lead}**{lesson.title}**" + (f" · {lesson.summary}" if lesson.summary else ""), lesson.id))
    if len(cards) > len(offered):
        every = [Choice(f"**{card.title}** · {name}", name) for name, card in cards.items()]
        offered.append(Choice("All lessons", more=lambda: every))
    return offered


def figures(store) -> str:
    """What the home screen says at its right: how much waits to be gone over."""
    waiting = sum(len(store.missed_items(lesson)) for lesson in store.lessons_tried())
    return f"{plural(waiting, 'question')} to go over" if waiting else ""


def rows(corpus, store) -> list[dict]:
    """`topics --json`: one object a lesson, prerequisites before what needs them within a track."""
    from utils.schedule import mastery

    by_lesson = defaultdict(list)
    for attempt in store.attempts():
        by_lesson[attempt.lesson].append(attempt)
    table = []
    for lesson_id in corpus.ids():
        card = corpus.card(lesson_id)
        items = corpus.item_index(lesson_id)
        past = by_lesson[lesson_id]
        missed = store.missed_items(lesson_id) if past else []
        table.append(
            {
                "lesson": lesson_id,
                "title": card.title,
                "track": card.track,
                "minutes": card.minutes,
                "prerequisites": list(card.prerequisites),
                "sections": card.section_count,
                "items": len(items),
                "mastery": round(mastery(past, items), 3) if items else 0.0,
                "due": sum(f"{lesson_id}:{item}" in items for item in missed),
            }
        )
    return table


def listing(rows: Sequence[dict], width: int | None = None) -> str:
    """The lessons as a tree: each under the prerequisite that itself stands deepest, others named beside it.

    width: where to cut lines; None leaves them whole.
    """
    by_id = {row["lesson"]: row for row in rows}
    parents = {row["lesson"]: deepest_prerequisite(row["lesson"], by_id) for row in rows}
    below: dict[str | None, list[dict]] = defaultdict(list)
    for row in rows:
        below[parents[row["lesson"]]].append(row)
    drawn: list[tuple[str, dict]] = []

    def draw(row: dict, lead: str, under: str) -> None:
        drawn.append((lead + row["lesson"], row))
        children = below[row["lesson"]]
        for number, child in enumerate(children, 1):
            last = number == len(children)
            draw(child, under + ("└─ " if last else "├─ "), under + ("   " if last else "│  "))

    for row in below[None]:
        draw(row, "", "")
    names = max(len(name) for name, _ in drawn)
    return "\n".join(listed(name.ljust(names), row, parents[row["lesson"]], width) for name, row in drawn)


def listed(name: str, row: dict, parent: str | None, width: int | None) -> str:
    """One line of the tree: how well it is known, how long it takes, its title, what waits."""
    known = round(row["mastery"] * 5)
    minutes = f"{row['minutes']:3} min" if row["minutes"] else " " * 7
    told = f"{name}  {'●' * known}{'○' * (5 - known)} {minutes}  {row['title']}"
    if row["due"]:
        told += f" · {row['due']} to go over"
    others = [need for need in row["prerequisites"] if need != parent]
    if others:
        told += f" · also needs {', '.join(others)}"
    return told if width is None or len(told) <= width else told[: width - 1].rstrip() + "…"


def deepest_prerequisite(lesson: str, by_id: Mapping[str, dict]) -> str | None:
    """Which of its prerequisites a lesson is drawn under. Prerequisites that go in a circle count for nothing."""

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
