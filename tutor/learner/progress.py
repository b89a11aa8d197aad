"""What a learner's records add up to: streak, calendar, mastery, forecast, calibration, time. Pure.

A day is the learner's: the date in the time zone of `now`. Times in the records are UTC.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypedDict

from tutor.learner.file.tallies import Quarter, Sums, Tallies, mastery_of
from tutor.models import Card
from utils.text import plural
from utils.times import moment_of, utc

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


class IntervalDocument(TypedDict):
    """How much was recalled so many days after the review before."""

    about: int | None  # 7, 30 or 90 days; None for what was asked sooner or later
    days: list[int | None]  # from and to; the last interval has no end
    asked: int
    recalled: float | None  # the share that was right at once, without help; None where nothing was asked
    mean_days: float | None
    predicted: float | None  # what had been predicted of those with a prediction: a share
    with_prediction: int


class MeasuredDocument(TypedDict):
    """What was recalled when it was asked again on a later day, by the days since the review before."""

    intervals: list[IntervalDocument]
    not_measured: int  # asked again too, but within a night, or never finished before
    lessons: dict[str, list[IntervalDocument]]  # the same intervals for each lesson


class BinDocument(TypedDict):
    """Answers whose chance was predicted to lie between two values."""

    chance: list[float]  # from and to
    asked: int
    predicted: float  # the mean
    recalled: float


class PredictionDocument(TypedDict):
    """How well the chances were predicted of what was asked again."""

    asked: int  # with a prediction
    not_predicted: int  # asked again too, but answered before predictions were kept
    log_loss: float | None  # the mean; the lower the better
    predicted: float | None  # the mean
    recalled: float | None  # the share
    bins: list[BinDocument]  # those with answers


class ParametersDocument(TypedDict):
    """By which parameters of FSRS chances and dates are reckoned."""

    fitted: str | None  # "the first stabilities" or "all parameters" to the learner's own reviews; None for the published ones
    at: str | None  # when, UTC
    reviews: int  # that they were fitted to
    judged: int  # later reviews on which the last try was judged
    log_loss: float | None  # on those, of what is in use
    log_loss_before: float | None  # and of what was in use before that try
    rmse_bins: float | None
    rmse_bins_before: float | None
    next_try: int  # so many more reviews on a later day until parameters are fitted again
    without_package: bool  # all of them could be fitted if the extra `fit` were installed


class RetentionDocument(TypedDict):
    """What the learner would remember if nothing were asked again, by FSRS's estimates. None of it counts what is set aside."""

    items: int  # with an estimate
    curve: dict[str, float]  # ISO date, from today on -> the share of them that would be recalled on that day
    lessons: dict[str, list[float]]  # the same for each lesson: today, and at the curve's end
    stability_days: dict[str, float]  # item -> days after a review until its chance has fallen to 90 %
    recalled: RecalledDocument | None  # what was measured, in whatever folder; None where nothing was asked again yet
    measured: MeasuredDocument  # in this folder
    prediction: PredictionDocument  # likewise
    parameters: ParametersDocument


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
    tallies: Tallies, cards: Sequence[Card], items: Mapping[str, Sequence[tuple[str, str]]], now: datetime,
    due: int = 0, week_ago: Mapping[str, Sums] | None = None,
    misconceptions: Sequence[BeliefDocument] = (), retention: RetentionDocument | None = None,
) -> Progress:  # fmt: skip
    """The figures at a time. items: lesson -> [(key, section)] of its bank. now: aware, in the learner's time zone.

    tallies: those of the items by key. due: how many items a review has to ask. week_ago: the sums that items answered since
    had then. misconceptions: what the learner believes, the strongest first.
    """
    sums = {key: one.sums for key, one in tallies.known.items()}
    before = {**sums, **(week_ago or {})}
    begun = {one.lesson for one in tallies.known.values()}
    known: dict[str, float] = {}
    trend: dict[str, float] = {}
    sections: dict[str, dict[str, float]] = {}
    for lesson, pairs in items.items():
        keys = [key for key, _ in pairs]
        known[lesson] = round(mastery_of(sums, keys), 3) if keys else 0.0
        if lesson in begun:
            trend[lesson] = round(known[lesson] - mastery_of(before, keys), 3)
            own = dict.fromkeys(section for _, section in pairs)
            sections[lesson] = {
                section: round(mastery_of(sums, [key for key, its in pairs if its == section]), 3) for section in own
            }
    days = days_of(tallies.quarters, now)
    return Progress(
        streak_days=streak(days, tallies.waits, now),
        attempts=sum(day.answers for day in days.values()),
        due=due,
        mastery=known,
        trend=trend,
        sections=sections,
        by_day={day.isoformat(): seen.answers for day, seen in sorted(days.items())},
        forecast=forecast(cards, now),
        calibration=calibration(tallies.quarters.values()),
        seconds=round(sum(day.seconds for day in days.values())),
        set_aside=[card.item for card in cards if card.leech],
        misconceptions=list(misconceptions),
        retention=retention,
    )


@dataclass
class Day:
    """What the learner did on a day."""

    answers: int = 0
    seconds: float = 0.0


def days_of(quarters: Mapping[str, Quarter], now: datetime) -> dict[date, Day]:
    """What was done on each of the learner's days with an answer. quarters: by when they began, UTC."""
    days: dict[date, Day] = defaultdict(Day)
    which = Days(now)
    for begun, quarter in quarters.items():
        day = days[which.day_of(f"{begun}:00Z")]
        day.answers += quarter.answers
        day.seconds += quarter.seconds
    return days


class Days:
    """The learner's days at many times, most of which lie on the same day as the one before: told by the text alone."""

    def __init__(self, now: datetime):
        self.now = now
        self._day, self._begun, self._ended = now.date(), "", ""  # the day looked up last, and its ends to the minute, UTC

    def day_of(self, at: str) -> date:
        """As the function `day_of`."""
        if not self._begun <= at[:16] < self._ended:
            self._day = day_of(at, self.now)
            ends = [datetime.combine(self._day + timedelta(days=n), time.min, self.now.tzinfo) for n in (0, 1)]
            self._begun, self._ended = (utc(end)[:16] for end in ends)
        return self._day


def day_of(at: str, now: datetime) -> date:
    """The learner's day at a time from the records."""
    return moment_of(at).astimezone(now.tzinfo).date()


def streak(days: Collection[date], waits: Sequence[tuple[str, str]], now: datetime) -> int:
    """Days in a row with an answer, up to today or yesterday. Days on which nothing was due don't count and don't break it.

    days: those with an answer. waits: from when to when something was due, UTC; in order, none overlapping.
    """
    if not days:
        return 0
    ends = [ended for _, ended in waits]
    day, count, first = now.date(), 0, min(days)
    if day not in days:
        day -= timedelta(days=1)  # today is not over
    while day >= first:
        if day in days:
            count += 1
        else:
            midnight = utc(datetime.combine(day + timedelta(days=1), time.min, now.tzinfo))
            place = bisect_left(ends, midnight)
            if place < len(waits) and waits[place][0] < midnight:  # something due on that day was answered after it
                break
        day -= timedelta(days=1)
    return count


def forecast(cards: Sequence[Card], now: datetime) -> list[tuple[str, int]]:
    """(ISO date, number of reviews) for each of the next days. What is overdue counts for today."""
    today = now.date()
    count = Counter(max(today, day_of(card.due, now)) for card in cards if not card.leech)
    days = [today + timedelta(days=n) for n in range(FORECAST_DAYS)]
    return [(day.isoformat(), count[day]) for day in days]


def calibration(quarters: Iterable[Quarter]) -> list[tuple[str, int, float]]:
    """(how sure, answers, share that was right) for each level of confidence with answers."""
    columns = [sum(column) for column in zip(*(quarter.sure for quarter in quarters), strict=True)]
    pairs = zip(SURE, columns[::2], columns[1::2], strict=False)
    return [(word, answers, round(right / answers, 3)) for word, answers, right in pairs if answers]


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


def gone_in_words(gone: Mapping[str, int]) -> str:
    """What is told of items that the folder no longer asks. gone: item -> answers to it."""
    was, its, them = ("was", "its", "it") if len(gone) == 1 else ("were", "their", "them")
    count = sum(gone.values())
    kept = f"{plural(count, 'answer')} {'is' if count == 1 else 'are'} kept"
    return f"{plural(len(gone), 'question')} that you answered {was} taken out; {its} {kept} (topics --moved lists {them})."
