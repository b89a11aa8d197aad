"""What a learner's records add up to: streak, calendar, mastery, forecast, calibration, time. Pure.

A day is the learner's: the date in the time zone of `now`. Times in the records are UTC.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypedDict

from tutor.learner.schedule import mastery
from tutor.models import Attempt, Card
from utils.times import moment_of, utc

IDLE_S = 300  # a longer pause between two answers counts as this long
FORECAST_DAYS = 14
SURE = ("a guess", "fairly sure", "sure")


class CalibrationRow(TypedDict):
    """How often the learner was right when that sure."""

    sure: str
    answers: int
    right: float


class EvidenceDocument(TypedDict):
    """An answer that says something about a misconception."""

    day: str  # ISO, the learner's
    kind: str  # of Evidence: shown or resolved
    item: str
    question: str  # "" where the bank no longer has the item
    answer: str


class BeliefDocument(TypedDict):
    """A misconception of the learner's as `progress --json` prints it."""

    id: str
    believed: str
    so: str
    state: str
    seen: list[str]
    resolved: str | None
    lesson: str
    evidence: list[EvidenceDocument]  # where it was asked for


class RecalledDocument(TypedDict):
    """How often what was asked again on a later day was right at once, without help."""

    asked: int
    right: float


class RetentionDocument(TypedDict):
    """What the learner would remember if nothing were asked again, by FSRS's estimates. None of it counts what is set aside."""

    items: int  # with an estimate
    curve: dict[str, float]  # ISO date, from today on -> the share of them that would be recalled on that day
    lessons: dict[str, list[float]]  # the same for each lesson: today, and at the curve's end
    stability_days: dict[str, float]  # item -> days after a review until its chance has fallen to 90 %
    recalled: RecalledDocument | None  # what was measured; None where nothing was asked again yet


class ProgressDocument(TypedDict):
    """The figures as `progress --json` prints them."""

    streak_days: int
    attempts: int
    due: int
    mastery: dict[str, float]
    by_day: dict[str, int]
    trend: dict[str, float]
    sections: dict[str, dict[str, float]]
    forecast: dict[str, int]
    calibration: list[CalibrationRow]
    seconds: int
    set_aside: list[str]
    misconceptions: list[BeliefDocument]
    retention: RetentionDocument | None


@dataclass(frozen=True)
class Progress:
    """The figures of `progress`."""

    streak_days: int
    attempts: int
    due: int
    mastery: dict[str, float]  # by lesson, now
    trend: dict[str, float]  # lesson -> change over the last week
    sections: dict[str, dict[str, float]]  # lesson that was begun -> {section: mastery}
    by_day: dict[str, int]  # ISO date -> answers
    forecast: list[tuple[str, int]]  # (ISO date, reviews) from today on
    calibration: list[tuple[str, int, float]]  # (how sure, answers, share that was right)
    seconds: int  # spent on answers
    set_aside: list[str] = field(default_factory=list)  # keys of leeches
    misconceptions: list[BeliefDocument] = field(default_factory=list)  # that answers have shown, the strongest first
    retention: RetentionDocument | None = None  # None where no item has a memory yet

    def document(self) -> ProgressDocument:
        """The figures as plain values."""
        return {
            "streak_days": self.streak_days, "attempts": self.attempts, "due": self.due, "mastery": self.mastery,
            "by_day": self.by_day, "trend": self.trend, "sections": self.sections, "forecast": dict(self.forecast),
            "calibration": [{"sure": sure, "answers": count, "right": right} for sure, count, right in self.calibration],
            "seconds": self.seconds, "set_aside": self.set_aside, "misconceptions": self.misconceptions,
            "retention": self.retention,
        }  # fmt: skip


def progress_of(
    attempts: Sequence[Attempt], cards: Sequence[Card], items: Mapping[str, Sequence[tuple[str, str]]], now: datetime,
    misconceptions: Sequence[BeliefDocument] = (), retention: RetentionDocument | None = None,
) -> Progress:  # fmt: skip
    """The figures at a time. items: lesson -> [(key, section)] of its bank. now: aware, in the learner's time zone.

    misconceptions: what the learner believes, the strongest first.
    """
    days = Counter(day_of(attempt.at, now).isoformat() for attempt in attempts)
    known: dict[str, float] = {}
    trend: dict[str, float] = {}
    sections: dict[str, dict[str, float]] = {}
    by_lesson: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        by_lesson[attempt.lesson].append(attempt)
    week_ago = utc(now - timedelta(days=7))
    for lesson, pairs in items.items():
        keys, past = [key for key, _ in pairs], by_lesson[lesson]
        known[lesson] = round(mastery(past, keys), 3) if keys else 0.0
        if past:
            before = mastery([attempt for attempt in past if attempt.at <= week_ago], keys)
            trend[lesson] = round(known[lesson] - before, 3)
            own = dict.fromkeys(section for _, section in pairs)
            sections[lesson] = {
                section: round(mastery(past, [key for key, its in pairs if its == section]), 3) for section in own
            }
    return Progress(
        streak_days=streak(attempts, now),
        attempts=len(attempts),
        due=sum(card.due <= end_of_day(now) and not card.leech for card in cards),
        mastery=known,
        trend=trend,
        sections=sections,
        by_day=dict(sorted(days.items())),
        forecast=forecast(cards, now),
        calibration=calibration(attempts),
        seconds=seconds_spent(attempts),
        set_aside=[card.item for card in cards if card.leech],
        misconceptions=list(misconceptions),
        retention=retention,
    )


def day_of(at: str, now: datetime) -> date:
    """The learner's day at a time from the records."""
    return moment_of(at).astimezone(now.tzinfo).date()


def end_of_day(now: datetime) -> str:
    """The last moment of the learner's day, in the form of the records."""
    return utc(datetime.combine(now.date(), time.max, now.tzinfo))


def streak(attempts: Sequence[Attempt], now: datetime) -> int:
    """Days in a row with an answer, up to today or yesterday. Days on which nothing was due don't count and don't break it."""
    answered = {day_of(attempt.at, now) for attempt in attempts}
    if not answered:
        return 0
    waiting = _waiting_days(attempts, now)
    day, count = now.date(), 0
    if day not in answered:
        day -= timedelta(days=1)  # today is not over
    while day >= min(answered):
        if day in answered:
            count += 1
        elif day in waiting:
            break
        day -= timedelta(days=1)
    return count


def _waiting_days(attempts: Sequence[Attempt], now: datetime) -> set[date]:
    """Days before today on which an item was due and was not answered."""
    turns: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        turns[attempt.item].append(attempt)
    days: set[date] = set()
    for own in turns.values():
        for number, attempt in enumerate(own):
            if not attempt.due:
                continue
            start = day_of(attempt.due, now)
            end = day_of(own[number + 1].at, now) if number + 1 < len(own) else now.date()
            days.update(start + timedelta(days=n) for n in range(min((end - start).days, 400)))
    return days


def forecast(cards: Sequence[Card], now: datetime) -> list[tuple[str, int]]:
    """(ISO date, number of reviews) for each of the next days. What is overdue counts for today."""
    today = now.date()
    count = Counter(max(today, day_of(card.due, now)) for card in cards if not card.leech)
    days = [today + timedelta(days=n) for n in range(FORECAST_DAYS)]
    return [(day.isoformat(), count[day]) for day in days]


def calibration(attempts: Sequence[Attempt]) -> list[tuple[str, int, float]]:
    """(how sure, answers, share that was right) for each level of confidence with answers."""
    found = []
    for level, word in enumerate(SURE, 1):
        own = [attempt for attempt in attempts if attempt.confidence == level]
        if own:
            found.append((word, len(own), round(sum(attempt.grade.correct for attempt in own) / len(own), 3)))
    return found


def seconds_spent(attempts: Sequence[Attempt]) -> int:
    """Time between the answers of each session, with long pauses cut; a session's first answer counts as half a minute."""
    last: dict[str, datetime] = {}
    total = 0.0
    for attempt in attempts:
        at = moment_of(attempt.at)
        gap = (at - last[attempt.session]).total_seconds() if attempt.session in last else 30
        total += min(max(gap, 0), IDLE_S)
        last[attempt.session] = at
    return round(total)


def next_due(cards: Sequence[Card], now: datetime) -> str:
    """When the next review is due, in words: "tomorrow", "in 3 days"; "" if there is none."""
    ahead = [day_of(card.due, now) for card in cards if not card.leech and day_of(card.due, now) > now.date()]
    return in_days((min(ahead) - now.date()).days) if ahead else ""


def in_days(days: int) -> str:
    """A number of days from now in words: "tomorrow", "in 3 days", "in 2 months"."""
    return "today" if days <= 0 else "tomorrow" if days == 1 else f"in {days} days" if days < 60 else f"in {days // 30} months"


# -------------------------------------------------------------------------------------------- as text

SHADES = " ░▒▓█"
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def shade(count: int) -> str:
    """A block for the number of answers on a day."""
    return SHADES[shade_level(count)]


def shade_level(count: int) -> int:
    """0 to 4 for the number of answers on a day: none, up to 4, 9, 19, more."""
    return (count > 0) + (count > 4) + (count > 9) + (count > 19)


def day_and_month(day: date, today: date) -> str:
    """`12 Nov`, with the year where it is another one."""
    return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if day.year != today.year else "")


def calendar(by_day: Mapping[str, int], today: date, weeks: int = 53) -> list[str]:
    """A year as rows of weekdays and columns of weeks, with the current week last and the months above."""
    first = today - timedelta(days=today.weekday() + 7 * (weeks - 1))
    names = [" "] * (weeks + 3)
    for week in range(weeks):
        monday = first + timedelta(days=7 * week)
        if (monday.day <= 7) and week + 3 <= len(names):
            names[week : week + 3] = MONTHS[monday.month - 1]
    rows = ["    " + "".join(names).rstrip()]
    for weekday, label in enumerate(("Mon", "", "Wed", "", "Fri", "", "Sun")):
        cells = ""
        for week in range(weeks):
            day = first + timedelta(days=7 * week + weekday)
            cells += shade(by_day.get(day.isoformat(), 0)) if day <= today else ""
        rows.append(f"{label:4}{cells.replace(' ', '·')}")
    return rows


def duration(seconds: int) -> str:
    """`3 h 20 min`."""
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
