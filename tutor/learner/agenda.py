"""What a learner could do now: where to go on, what is new and within reach."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tutor.learner.progress import day_of, end_of_day, in_days, streak
from tutor.models import Lesson
from utils.text import plural

FIRST_LESSONS = 3  # offered on the home screen


@dataclass(frozen=True)
class Choice:
    """One line of the home screen: it opens a lesson, or more choices."""

    label: str
    lesson: str | None = None
    review: bool = False
    more: Callable[[], list[Choice]] = list


def within_reach(lessons: Sequence[Lesson], finished: set[str], after: str | None = None) -> list[Lesson]:
    """Lessons not finished whose prerequisites are, the best next one first.

    What builds on the lesson just finished comes first, then what builds on anything finished, then the short ones.
    A prerequisite that the corpus does not hold asks nothing of the learner.
    """
    known = {lesson.id for lesson in lessons}
    open_ = [lesson for lesson in lessons if lesson.id not in finished and not (set(lesson.prerequisites) & known) - finished]
    return sorted(
        open_,
        key=lambda lesson: (
            after not in lesson.prerequisites,
            not lesson.prerequisites,
            lesson.minutes or 999,
            lesson.id,
        ),
    )


def finished_lessons(corpus, records) -> set[str]:
    """Lessons that the learner has been through to the end."""
    places = ((lesson, records.place(lesson)) for lesson in corpus.ids())
    return {lesson for lesson, place in places if place and place.stage == "finished"}


def next_lesson(corpus, records, after: str) -> Lesson | None:
    """The one lesson to suggest after another."""
    lessons = [corpus.card(lesson) for lesson in corpus.ids()]
    return next(iter(within_reach(lessons, finished_lessons(corpus, records) | {after}, after)), None)


REVIEW_S = 30  # that an item of a review takes, about


def choices(corpus, records, now) -> list[Choice]:
    """The home screen's lines: go on, review, something new, everything. now: aware, in the learner's time zone."""
    cards = {lesson: corpus.card(lesson) for lesson in corpus.ids()}
    finished = finished_lessons(corpus, records)
    place = records.last_place()
    offered: list[Choice] = []
    going_on = place.lesson if place and place.lesson in cards else None
    if going_on:
        lesson, sections = cards[going_on], len(corpus.lesson(going_on).sections)
        left = f" · {len(place.done)} of {sections} sections done"
        if lesson.minutes:
            left += f" · {max(1, round(lesson.minutes * (1 - len(place.done) / sections)))} min left"
        offered.append(Choice(f"Go on with **{lesson.title}**{left}", going_on))
    if due := {lesson: count for lesson, count in records.due_counts(end_of_day(now)).items() if lesson in cards}:
        count = sum(due.values())
        told = f" · from {plural(len(due), 'lesson')} · about {max(1, round(count * REVIEW_S / 60))} min"
        offered.append(Choice(f"Review **{plural(count, 'item')}**{told}", review=True))
    new = [lesson for lesson in within_reach(list(cards.values()), finished) if lesson.id != going_on]
    for lesson in new[: 1 if offered else FIRST_LESSONS]:
        lead = "Start something new: " if going_on or due else ""
        offered.append(Choice(f"{lead}**{lesson.title}**" + (f" · {lesson.summary}" if lesson.summary else ""), lesson.id))
    if len(cards) > len(offered):
        every = [Choice(f"**{card.title}** · {name}", name) for name, card in cards.items()]
        offered.append(Choice("All lessons", more=lambda: every))
    return offered


def figures(records, now) -> str:
    """What the home screen says at its right: `4-day streak · 12 due`. now: aware, in the learner's time zone."""
    days, due = streak(records.attempts(), now), sum(records.due_counts(end_of_day(now)).values())
    told = [f"{days}-day streak"] if days > 1 else []
    return " · ".join([*told, f"{due} due"] if due else told)


def reviewed_today(records, now) -> int:
    """How many items were gone over in reviews today, each counted once."""
    today = [attempt for attempt in records.attempts() if attempt.mode == "review" and day_of(attempt.at, now) == now.date()]
    return len({attempt.item for attempt in today})


def comebacks(cards, now) -> list[str]:
    """When items come back: `3 tomorrow`, `2 in 4 days`; the soonest first."""
    days = Counter(max(0, (day_of(card.due, now) - now.date()).days) for card in cards if not card.leech)
    return [f"{count} {in_days(day)}" for day, count in sorted(days.items())]


def rows(corpus, records, now) -> list[dict]:
    """`topics --json`: one object a lesson, prerequisites before what needs them within a track."""
    waiting = records.due_counts(end_of_day(now))
    from tutor.learner.schedule import mastery

    by_lesson = defaultdict(list)
    for attempt in records.attempts():
        by_lesson[attempt.lesson].append(attempt)
    table = []
    for lesson_id in corpus.ids():
        card = corpus.card(lesson_id)
        items = corpus.item_index(lesson_id)
        past = by_lesson[lesson_id]
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
                "due": min(waiting.get(lesson_id, 0), len(items)),
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
        told += f" · {row['due']} due"
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
