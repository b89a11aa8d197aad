"""What the learner can do now: continue, review, or start something new that is within reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import pairwise
from typing import TYPE_CHECKING

from tutor.learner.beliefs import ENOUGH, HELD, Belief, beliefs_of, rank
from tutor.learner.due import (
    a_day,
    asked_now,
    begin_of_day,
    due_by,
    due_by_lesson,
    due_items,
    has_learned_enough,
    planned_by,
)
from tutor.learner.file.tallies import Tallies, mastery_of
from tutor.learner.goals import WORDS_A_MINUTE, Goal, GoalPath, PathStep, goal_from_setting, pace_of, path_to
from tutor.learner.progress import day_and_month, day_of, days_of, in_days, streak
from tutor.learner.schedule import is_mastered
from tutor.models import Card, Place, Section
from utils.errors import InvalidFile, UsageError
from utils.text import literal, plural, shorten
from utils.times import utc

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.corpus.folder.catalogue import CatalogueEntry
    from tutor.learner.records import Records

FIRST_LESSONS = 3  # how many the home screen offers to a new learner
REVIEW_S = 30  # about how long an item takes in a review
REPAIR_ITEMS, REPAIR_MIN = 5, 1  # of a repair: how many items at most, and about how long one takes, with what is read there
LEAST_WORDS, WORDS_SHOWN = 10, 40  # characters of a goal on the home screen; with less room it is only called that
BELIEF_SHOWN = 56  # and of a misconception
GO_ON = "Go on"  # what the row of the lesson under way begins with
ROW = 71  # of the text and the end of a row together, so that it is one line in a window of 80 columns


@dataclass(frozen=True)
class Choice:
    """A line of the home screen: its Markdown, what stands dim at its end, the letter that chooses it, and what it opens."""

    text: str
    side: str = ""
    opens: str = "chosen"  # chosen (the lesson), review, repair, goal (the way to it), new_goal (asks for one), lessons, progress
    lesson: str = ""
    key: str = ""

    @property
    def label(self) -> str:
        """The whole line as plain text shows it."""
        return f"{self.text} · {self.side}" if self.side else self.text


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
    return {lesson for lesson, place in records.places().items() if place.stage == "finished" and lesson in corpus.files}


def mastered_lessons(corpus: Corpus, records: Records, lessons: Collection[str]) -> set[str]:
    """Those of these lessons whose banks the learner has mastered, whether or not they have read them to the end."""
    tried = records.lessons_tried().intersection(lessons)
    items = corpus.item_sections() if tried else {}
    sums = {key: one.sums for key, one in records.known().items()} if tried else {}
    return {one for one in tried if items.get(one) and is_mastered(mastery_of(sums, items[one]))}


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
    found = GoalPath(goal, tuple(steps), pace_of(days_of(records.quarters(), now), now), now.date())
    if not found.by:
        return found
    eve = utc(datetime.combine(found.by, time.min, now.tzinfo))
    planned = planned_by(corpus, records, now, eve)
    own = {*path_to(goal.lessons, needs, ())}
    questions = sum(one.lesson in own for one in planned)
    return replace(found, reviews=round(len(planned) * REVIEW_S / 60), questions=questions, limit=a_day(records))


def minutes_left(corpus: Corpus, entry: CatalogueEntry, place: Place | None) -> int:
    """About how long the rest of a lesson takes: by what it says of itself, else by its length."""
    minutes = entry.minutes
    if minutes is None:
        try:
            words = sum(len(section.text.split()) for section in corpus.lesson(entry.id).sections)
        except (InvalidFile, UsageError):  # it is listed with a warning already
            words = 0
        minutes = round(words / WORDS_A_MINUTE)
    left = 1 - sections_done(entry, place) / len(entry.sections) if entry.sections else 1
    return max(1, round(minutes * left))


def minutes_of(minutes: int | None) -> str:
    """`20 min`; "" where that is unknown."""
    return f"{minutes} min" if minutes else ""


def sections_done(entry: CatalogueEntry, place: Place | None) -> int:
    """How many of a lesson's sections the learner has been through; those that it no longer has don't count."""
    return len({*place.done} & {*entry.sections}) if place else 0


def section_to_resume(place: Place, sections: Sequence[Section]) -> Section | None:
    """The section that the learner was in the middle of."""
    if place.stage not in ("probe", "explain", "try", "practice", "explain_back"):
        return None
    return next((section for section in sections if section.slug == place.section), None)


def next_section(place: Place, sections: Sequence[Section]) -> Section | None:
    """The section that a session opens with: the one that was begun, else the first that isn't done; None where all are."""
    begun = section_to_resume(place, sections)
    return begun or next((section for section in sections if section.slug not in place.done), None)


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
    """The lines of the home screen, each of which fits on one in a window of 80 columns. now: aware, in the learner's zone."""
    entries = corpus.entries()
    finished = finished_lessons(corpus, records)
    path = path_to_goal(corpus, records, now)
    place = records.last_place()
    going_on = place.lesson if place and place.lesson in entries else None
    parts = [
        _review_choice(corpus, records, now),
        _going_on_choice(corpus, entries[going_on], place) if place and going_on else None,
        _goal_choice(path) if path and path.is_open else None,
        _repair_choice(corpus, repair(corpus, records, now)),
    ]
    offered = [choice for choice in parts if choice]
    elsewhere = {going_on, path.steps[0].lesson if path and path.steps else None}
    new = [lesson for lesson in lessons_within_reach(list(entries.values()), finished) if lesson.id not in elsewhere]
    if has_learned_enough(records, now):
        new = []
    if offered or finished:
        offered += [_new_choice(lesson, entries, finished) for lesson in new[:1]]
    else:
        offered += [_beginning(lesson, entries) for lesson in new[:FIRST_LESSONS]]
    if len(entries) > 1:
        if not (path and path.is_open):
            offered.append(Choice("What do you want to understand?", opens="new_goal"))
        offered.append(Choice("All lessons", f"{len(entries)} lessons", "lessons", key="t"))
    if records.has_answers:
        offered.append(Choice("Progress", opens="progress", key="p"))
    return offered


def _review_choice(corpus: Corpus, records: Records, now: datetime) -> Choice | None:
    """As much of what is due as a review asks now, which is what the day's limit lets through."""
    due = due_by_lesson(corpus, records, now)
    asked = asked_now(records, sum(due.values()), now)
    if not asked:
        return None
    all_of_it = asked == sum(due.values())
    which = f" from {plural(len(due), 'lesson')}" if all_of_it else ", of what is due those worth most"
    return Choice(f"Review **{plural(asked, 'item')}**{which}", f"{review_minutes(asked)} min", "review")


def review_minutes(items: int) -> int:
    """About how long a review of so many items takes."""
    return max(1, round(items * REVIEW_S / 60))


def _going_on_choice(corpus: Corpus, entry: CatalogueEntry, place: Place) -> Choice:
    """The lesson under way, the section that it opens with, and how much of it is left."""
    left = [f"{minutes_left(corpus, entry, place)} min"]
    with suppress(InvalidFile, UsageError):  # it is listed with a warning already
        sections = corpus.lesson(entry.id).taught
        if section := next_section(place, sections):
            left.insert(0, f"{sections.index(section) + 1} of {len(sections)}")
    return Choice(f"{GO_ON}: **{literal(entry.title)}**", " · ".join(left), lesson=entry.id)


def _goal_choice(path: GoalPath) -> Choice:
    """The next step towards the goal, with as many of its words as there is room for; or how much comes back before its day."""
    if not path.steps and path.by:
        words = literal(shorten(path.goal.words, WORDS_SHOWN))
        side = f"{review_minutes(path.questions)} min" if path.questions else ""
        return Choice(f"“{words}” by {day_and_month(path.by, path.today)}: {path.reviews_left()}", side, "goal")
    title, left = path.steps[0].title, path.left()
    room = ROW - len(f"Towards “”: {title}{left}")
    words = literal(shorten(path.goal.words, min(room, WORDS_SHOWN)))
    return Choice(f"{f'Towards “{words}”' if room >= LEAST_WORDS else 'Goal'}: **{literal(title)}**", left, "goal")


def _repair_choice(corpus: Corpus, mending: Repair | None) -> Choice | None:
    if mending is None:
        return None
    believed = shorten(mending.belief.believed(corpus.misconceptions()).rstrip("."), BELIEF_SHOWN)
    return Choice(f"Repair: {believed}", f"{len(mending.items) * REPAIR_MIN} min", "repair")


def _new_choice(entry: CatalogueEntry, entries: Mapping[str, CatalogueEntry], finished: Collection[str]) -> Choice:
    """A lesson within reach, and the finished one that it follows where there is room for both."""
    minutes = minutes_of(entry.minutes)
    before = next((entries[need].title for need in entry.prerequisites if need in finished and need in entries), "")
    follows = f", follows {before}"
    fits = before and len(f"Something new: {entry.title}{follows}") + len(minutes) <= ROW
    return Choice(f"Something new: **{literal(entry.title)}**{literal(follows) if fits else ''}", minutes, lesson=entry.id)


def _beginning(entry: CatalogueEntry, entries: Mapping[str, CatalogueEntry]) -> Choice:
    """A lesson that somebody new may begin with."""
    leads_to = sum(entry.id in other.prerequisites for other in entries.values())
    next_ones = f"{plural(leads_to, 'lesson')} next" if leads_to else ""
    side = " · ".join(filter(None, [next_ones, minutes_of(entry.minutes)]))
    return Choice(f"**{literal(entry.title)}**", side, lesson=entry.id)


def repair(corpus: Corpus, records: Records, now: datetime) -> Repair | None:
    """A round on the misconception that is held most firmly, None where none is held that a question asks about.

    The items are from lessons that the learner has begun, those asked longest ago first. What was asked today is not asked again:
    it would be answered from memory. now: aware, in their zone.
    """
    probes: dict[str, list[str]] = {}
    today: set[str] = set()
    for belief in held_most(records, now):
        if not probes:
            probes = corpus.probes(sorted(records.lessons_tried()))
            if not probes:
                return None
            today = {one.item for one in records.attempts(since=begin_of_day(now))}
        if asking := [key for key, named in probes.items() if belief.id in named and key not in today]:
            last = records.answered_last(asking)
            return Repair(belief, tuple(sorted(asking, key=lambda key: last.get(key, 0))[:REPAIR_ITEMS]))
    return None


def held_most(records: Records, now: datetime) -> Iterator[Belief]:
    """The misconceptions that are held, the strongest first, read only as far as they are asked for.

    The home screen shows one, and the evidence of years is long. now: aware, in the learner's zone.
    """
    waiting: list[Belief] = []
    levels = [times for times in records.times_shown() if times >= ENOUGH]
    for times, rest in pairwise([*levels, 0]):
        waiting += [belief for belief in beliefs_of(records.evidence(shown_times=times), now) if belief.state == HELD]
        waiting.sort(key=rank)
        while waiting and waiting[0].pieces > rest:  # nobody can have more pieces than it has shown
            yield waiting.pop(0)


def welcome(offered: Sequence[Choice], records: Records) -> str:
    """A line for a learner who has not begun anything: what to do here."""
    new = any(choice.opens == "new_goal" for choice in offered) and not records.lessons_tried() and not records.last_place()
    return "Begin with one of these lessons, or say what you want to understand." if new else ""


def waits_until(corpus: Corpus, records: Records, now: datetime) -> list[tuple[str, str]]:
    """From when to when something was due, up to now; in order, none overlapping. now: aware."""
    found = Tallies(waits=records.waits())
    if waiting := due_by(corpus, records, utc(now)):
        found.add_wait(waiting[0].due, utc(now))
    return found.waits


def figures(corpus: Corpus, records: Records, now: datetime) -> str:
    """The figures at the right of the home screen: `4-day streak · 12 due`. now: aware, in the learner's zone.

    Where as much was learned as the learner wants to learn a day, it says so, since nothing new is offered then.
    """
    days = streak({day_of(f"{begun}:00Z", now) for begun in records.answered_quarters()}, waits_until(corpus, records, now), now)
    due = len(due_items(corpus, records, now))
    asked = asked_now(records, due, now)
    parts = [f"{days}-day streak"] if days > 1 else []
    if due:
        parts.append(f"{due} due" if asked == due else f"{asked} of {due} due today" if asked else f"{due} due after today")
    if has_learned_enough(records, now):
        parts.append("enough new today")
    return " · ".join(parts)


def upcoming_reviews(cards: Collection[Card], now: datetime) -> list[str]:
    """When items will be asked again: `3 tomorrow`, `2 in 4 days`; the soonest first."""
    days = Counter(max(0, (day_of(card.due, now) - now.date()).days) for card in cards if not card.leech)
    return [f"{count} {in_days(day)}" for day, count in sorted(days.items())]
