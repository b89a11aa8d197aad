"""What the learner can do now: continue, review, or start something new that is within reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tutor.learner.beliefs import HELD, Belief, beliefs_of
from tutor.learner.goals import PACE_DAYS, WORDS_A_MINUTE, Goal, GoalPath, PathStep, goal_from_setting, pace_of, path_to
from tutor.learner.progress import day_of, end_of_day, in_days, streak
from tutor.learner.schedule import is_mastered, mastery
from tutor.models import Card, Place
from utils.errors import InvalidFile, UsageError
from utils.text import literal, plural, shorten
from utils.times import utc

if TYPE_CHECKING:
    from tutor.corpus.catalogue import CatalogueEntry
    from tutor.corpus.corpus import Corpus
    from tutor.learner.records import Records

FIRST_LESSONS = 3  # how many the home screen offers to a new learner
REVIEW_S = 30  # about how long an item takes in a review
REPAIR_ITEMS, REPAIR_MIN = 5, 1  # of a repair: how many items at most, and about how long one takes, with what is read there
WORDS_SHOWN = 40  # characters of a goal on the home screen
BELIEF_SHOWN = 60  # and of a misconception


@dataclass(frozen=True)
class Choice:
    """A line of the home screen, which opens a lesson, something else, or more choices."""

    label: str
    lesson: str | None = None
    opens: str = ""  # review, repair, goal (the way to it), new_goal (asks for one)
    more: Callable[[], list[Choice]] = list


@dataclass(frozen=True)
class Repair:
    """A short round of questions on a misconception."""

    belief: Belief
    items: tuple[str, ...]  # their keys


def lessons_within_reach(lessons: Sequence[CatalogueEntry], finished: set[str], after: str | None = None) -> list[CatalogueEntry]:
    """The unfinished lessons whose prerequisites are finished, the best next one first.

    Those that build on the lesson just finished come first, then those that build on any other, then the short ones.
    Prerequisites that are not in the corpus are ignored.
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


def finished_lessons(corpus: Corpus, records: Records) -> set[str]:
    """The lessons that the learner has completed."""
    places = ((lesson, records.place(lesson)) for lesson in corpus.ids())
    return {lesson for lesson, place in places if place and place.stage == "finished"}


def mastered_lessons(corpus: Corpus, records: Records, lessons: Collection[str]) -> set[str]:
    """Those of these lessons whose banks the learner has mastered, whether or not they have read them to the end."""
    tried = records.lessons_tried().intersection(lessons)
    items = corpus.item_sections() if tried else {}
    return {one for one in tried if items.get(one) and is_mastered(mastery(records.attempts(lesson=one), items[one]))}


def kept_goal(corpus: Corpus, records: Records) -> Goal | None:
    """The learner's goal, None where they have none that these lessons can reach."""
    goal = goal_from_setting(records.setting("goal"))
    return goal if goal and any(lesson in corpus.files for lesson in goal.lessons) else None


def path_to_goal(
    corpus: Corpus, records: Records, now: datetime, goal: Goal | None = None, finished: Collection[str] = ()
) -> GoalPath | None:
    """The way to a goal, by default the learner's; None where there is no goal that these lessons can reach.

    finished: lessons to count as finished before the records do. now: aware, in the learner's zone.
    """
    goal = goal or kept_goal(corpus, records)
    if not goal:
        return None
    entries = corpus.entries()
    needs = {lesson: entry.prerequisites for lesson, entry in entries.items()}
    done = finished_lessons(corpus, records).union(finished)
    path = path_to(goal.lessons, needs, done)
    if mastered := mastered_lessons(corpus, records, path):
        path = path_to(goal.lessons, needs, done | mastered)
    steps = []
    for lesson in path:
        place = records.place(lesson)
        steps.append(PathStep(lesson, entries[lesson].title, minutes_left(corpus, entries[lesson], place), bool(place)))
    return GoalPath(goal, tuple(steps), pace_of(records.attempts(since=utc(now - timedelta(days=PACE_DAYS + 1))), now))


def minutes_left(corpus: Corpus, entry: CatalogueEntry, place: Place | None) -> int:
    """About how long the rest of a lesson takes: by what it says of itself, else by its length."""
    minutes = entry.minutes
    if minutes is None:
        try:
            words = sum(len(section.text.split()) for section in corpus.lesson(entry.id).sections)
        except (InvalidFile, UsageError):  # it is listed with a warning already
            words = 0
        minutes = round(words / WORDS_A_MINUTE)
    done = len(place.done) / len(entry.sections) if place and entry.sections else 0
    return max(1, round(minutes * (1 - done)))


def next_lesson(corpus: Corpus, records: Records, after: str) -> CatalogueEntry | None:
    """The lesson to suggest after another one."""
    lessons = list(corpus.entries().values())
    return next(iter(lessons_within_reach(lessons, finished_lessons(corpus, records) | {after}, after)), None)


def suggestion(corpus: Corpus, records: Records, now: datetime, after: str) -> str:
    """What to learn next, after a lesson that ends: the next one on the way to the goal, else one within reach."""
    path = path_to_goal(corpus, records, now, finished=[after])
    if path and path.steps:
        step = path.steps[0]
        return f"Next towards “{path.goal.words}”: {step.title} ({step.lesson})"
    following = next_lesson(corpus, records, after)
    return f"Next for you: {following.title} ({following.id})" if following else ""


def choices(corpus: Corpus, records: Records, now: datetime) -> list[Choice]:
    """The lines of the home screen: continue, review, something new, everything. now: aware, in the learner's zone."""
    entries = corpus.entries()
    finished = finished_lessons(corpus, records)
    place = records.last_place()
    offered: list[Choice] = []
    going_on = place.lesson if place and place.lesson in entries else None
    if place and going_on:
        lesson = entries[going_on]
        left = f" · {len(place.done)} of {plural(len(lesson.sections), 'section')} done"
        left += f" · {minutes_left(corpus, lesson, place)} min left" if lesson.minutes else ""
        offered.append(Choice(f"Go on with **{lesson.title}**{left}", going_on))
    if due := due_by_lesson(corpus, records, now):
        count = sum(due.values())
        size = f" · from {plural(len(due), 'lesson')} · about {max(1, round(count * REVIEW_S / 60))} min"
        offered.append(Choice(f"Review **{plural(count, 'item')}**{size}", opens="review"))
    if mending := repair(corpus, records, now):
        believed = shorten(mending.belief.believed(corpus.misconceptions()).rstrip("."), BELIEF_SHOWN)
        offered.append(Choice(f"Repair: {believed} · about {len(mending.items) * REPAIR_MIN} min", opens="repair"))
    path = path_to_goal(corpus, records, now)
    following = path.steps[0] if path and path.steps else None
    if path and following:
        words = literal(shorten(path.goal.words, WORDS_SHOWN))
        offered.append(Choice(f"Towards “{words}” · next **{following.title}** · {path.left()}", opens="goal"))
    begun = bool(offered)
    elsewhere = (going_on, following.lesson if following else None)
    new = [lesson for lesson in lessons_within_reach(list(entries.values()), finished) if lesson.id not in elsewhere]
    for lesson in new[: 1 if begun else FIRST_LESSONS]:
        lead = "Start something new: " if begun else ""
        offered.append(Choice(f"{lead}**{lesson.title}**" + (f" · {lesson.minutes} min" if lesson.minutes else ""), lesson.id))
    if len(entries) > 1 and not following:
        offered.append(Choice("What do you want to understand?", opens="new_goal"))
    if len(entries) > sum(bool(choice.lesson) for choice in offered):
        every = [Choice(f"**{entry.title}** · {name}", name) for name, entry in entries.items()]
        offered.append(Choice("All lessons", more=lambda: every))
    return offered


def repair(corpus: Corpus, records: Records, now: datetime) -> Repair | None:
    """A round on the misconception that is held most firmly, None where none is held that a question asks about.

    The items are from lessons that the learner has begun, those asked longest ago first. now: aware, in their zone.
    """
    believed = [belief for belief in beliefs_of(records.evidence(), now) if belief.state == HELD]
    probes = corpus.probes(sorted(records.lessons_tried())) if believed else {}
    for belief in believed:
        if asking := [key for key, named in probes.items() if belief.id in named]:
            last = {key: max((past.id for past in records.attempts(item=key)), default=0) for key in asking}
            return Repair(belief, tuple(sorted(asking, key=lambda key: last[key])[:REPAIR_ITEMS]))
    return None


def welcome(offered: Sequence[Choice], records: Records) -> str:
    """A line for a learner who has not begun anything: what to do here."""
    new = any(choice.opens == "new_goal" for choice in offered) and not records.lessons_tried() and not records.last_place()
    return "Begin with one of these lessons, or say what you want to understand." if new else ""


def due_by_lesson(corpus: Corpus, records: Records, now: datetime) -> dict[str, int]:
    """How much a review has to ask of each lesson that is there. now: aware, in the learner's zone.

    Items with the same idea are asked once, and so count once: for the lesson of the one that is due first.
    """
    cards = [card for card in records.cards(end_of_day(now)) if card.lesson in corpus.files and not card.leech]
    ideas = corpus.ideas({card.lesson for card in cards})
    asked = {ideas.get(card.item, card.item): card for card in reversed(cards)}
    return dict(Counter(card.lesson for card in asked.values()))


def figures(corpus: Corpus, records: Records, now: datetime) -> str:
    """The figures at the right of the home screen: `4-day streak · 12 due`. now: aware, in the learner's zone."""
    days, due = streak(records.attempts(), now), sum(due_by_lesson(corpus, records, now).values())
    parts = [f"{days}-day streak"] if days > 1 else []
    return " · ".join([*parts, f"{due} due"] if due else parts)


def reviewed_today(records: Records, now: datetime) -> int:
    """How many different items were reviewed today."""
    today = [attempt for attempt in records.attempts() if attempt.mode == "review" and day_of(attempt.at, now) == now.date()]
    return len({attempt.item for attempt in today})


def upcoming_reviews(cards: Collection[Card], now: datetime) -> list[str]:
    """When items will be asked again: `3 tomorrow`, `2 in 4 days`; the soonest first."""
    days = Counter(max(0, (day_of(card.due, now) - now.date()).days) for card in cards if not card.leech)
    return [f"{count} {in_days(day)}" for day, count in sorted(days.items())]
