"""What `progress` shows of retention: how much would come to mind, and how much did, beside what was predicted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tutor.learner.progress import IntervalDocument, ParametersDocument, RetentionDocument, day_and_month
from tutor.screen.layout import line
from tutor.screen.markup import ACCENT, DIM
from tutor.screen.signs import Either
from utils.text import plural, sanitize
from utils.times import moment_of

AXIS = 21  # columns for the shares, from the lowest to 100 %
DRAWN_FROM = 74  # columns
TITLE = 34  # columns of a lesson's title
LESSONS = 5  # that are shown, those with the lowest share
FEWEST = 5  # answers, so that a share says something
FEWEST_PREDICTED = 20  # answers, so that it says something of the prediction
LEAST_APART = 0.03  # between what was predicted and recalled, so that it matters
SURE, SURE_OF_FIVE = 2.0, 2.6  # standard errors that chance alone seldom makes: once, and in any of five intervals
LESSONS_ASIDE = 3  # that are shown with what was set aside


def retention_parts(kept: RetentionDocument, today: date, titles: dict[str, str], set_aside: int = 0) -> Iterator[RenderableType]:
    """The lines below the heading. titles: of lessons. set_aside: how many questions are."""
    in_30_days = (today + timedelta(days=30)).isoformat()
    now, later = (f"{kept['curve'][day] * 100:.0f} %" for day in (today.isoformat(), in_30_days))
    learned = plural(kept["items"], "question")
    yield line(f"{now} of {learned} would come to mind today, {later} in 30 days without a review (estimated)", indent=1)
    if set_aside:
        yield line(left_out_in_words(set_aside), DIM, indent=1)
    yield line(dates_in_words(kept["parameters"], today), indent=1)
    if told := predictions_in_words(kept):
        yield line(told, indent=1)
    if figures := figures_in_words(kept):
        yield line(figures, DIM, indent=1)
    measured = kept["measured"]
    asked = sum(one["asked"] for one in measured["intervals"])
    if not asked:
        return
    right = sum(one["asked"] * (one["recalled"] or 0) for one in measured["intervals"]) / asked
    yield line(f"{right * 100:.0f} % of {plural(asked, 'question')} asked again came to mind at once (measured):", indent=1)
    lines = Group(*(line(f"{name_of(one)}: {in_words(one)}", indent=2) for one in measured["intervals"]))
    yield Either(_drawn(measured["intervals"]), lines, needs=DRAWN_FROM)
    if left_out := not_measured(kept):
        yield line(left_out, DIM, indent=1)
    yield from _lessons(measured["lessons"], titles)


def dates_in_words(used: ParametersDocument, today: date) -> str:
    """Whose memory chances and dates follow, and when that is looked at again."""
    more = f"after {plural(used['next_try'], 'more review')}" if used["next_try"] else "after the next session"
    if used["fitted"] and used["at"]:
        said = f"Dates follow your own memory since {day_and_month(moment_of(used['at']).date(), today)}"
    elif used["judged"]:
        said = f"Dates follow the memory of people in general, which fits you best so far; {more} yours is tried again"
    else:
        said = f"Dates follow the memory of people in general; {more} yours is tried"
    missing = ". Your answers would do for a closer fit with the extra `fit`: pip install 'pocket-tutor[fit]'"
    return said + missing if used["without_package"] else said


def predictions_in_words(kept: RetentionDocument) -> str:
    """Whether as much came to mind as had been predicted; "" where nothing was predicted yet."""
    told = kept["prediction"]
    if not told["asked"] or told["predicted"] is None or told["recalled"] is None:
        return ""
    if told["asked"] < FEWEST_PREDICTED:
        return f"Whether predictions are right shows after {FEWEST_PREDICTED} predicted answers; there are {told['asked']} so far"
    worst = _furthest_off(kept["measured"]["intervals"])
    if how := _otherwise(told["predicted"], told["recalled"], told["asked"], SURE):
        said, shares = (
            f"You recall {how} than predicted",
            f"{_percent(told['recalled'])} instead of {_percent(told['predicted'])}",
        )
        if not worst or worst[0] != how:
            return f"{said}: {shares}"
        return f"{said} {worst[1]}" if worst[1].endswith(f": {shares}") else f"{said}: {shares}; most clearly {worst[1]}"
    said = f"Predictions are about right: of what was predicted at {_percent(told['predicted'])}, "
    said += f"{_percent(told['recalled'])} came to mind"
    return f"{said}, but {worst[0]} {worst[1]}" if worst else said


def _furthest_off(intervals: Sequence[IntervalDocument]) -> tuple[str, str] | None:
    """("less", "after about 90 days: 73 % instead of 90 %") of the interval that was predicted worst; None where none is off."""
    found: list[tuple[float, str, str]] = []
    for one in intervals:
        recalled, foreseen, count = one["recalled"], one["predicted"], one["with_prediction"]
        if recalled is None or foreseen is None or not FEWEST_PREDICTED <= count == one["asked"]:
            continue
        if how := _otherwise(foreseen, recalled, count, SURE_OF_FIVE):
            when = name_of(one) if one["days"][1] else f"more than {(one['days'][0] or 1) - 1} days"
            said = f"after {when}: {_percent(recalled)} instead of {_percent(foreseen)}"
            found.append((abs(recalled - foreseen) / _error(foreseen, count), how, said))
    return max(found)[1:] if found else None


def _otherwise(predicted: float, recalled: float, asked: int, errors: float) -> str:
    """Whether "less" or "more" was recalled than predicted; "" where they differ little, or no more than chance makes them."""
    if abs(recalled - predicted) < max(LEAST_APART, errors * _error(predicted, asked)):
        return ""
    return "less" if recalled < predicted else "more"


def _error(chance: float, asked: int) -> float:
    """The standard error of the share that comes to mind of so many with a chance."""
    chance = min(max(chance, 0.001), 0.999)
    return (chance * (1 - chance) / asked) ** 0.5


def figures_in_words(kept: RetentionDocument) -> str:
    """How well that predicts in a figure, beside that of somebody who knows nothing; "" where nothing was predicted yet."""
    used, told = kept["parameters"], kept["prediction"]
    if told["log_loss"] is None:
        return ""
    by = f"fitted to {plural(used['reviews'], 'review')}" if used["fitted"] else "as published"
    return f"FSRS, {by}: log loss {told['log_loss']:.3f} over {plural(told['asked'], 'answer')} (a coin: 0.69)"


def left_out_in_words(set_aside: int) -> str:
    """What the estimate leaves out; "" where that is nothing."""
    which = "The question that is" if set_aside == 1 else f"The {set_aside} questions that are"
    return f"{which} set aside {'is' if set_aside == 1 else 'are'} left out of this estimate" if set_aside else ""


def set_aside_in_words(keys: Sequence[str], titles: Mapping[str, str]) -> list[str]:
    """A row for each of the lessons with most questions that were set aside, and how many the others have."""
    counts = Counter(titles.get(lesson, lesson) for lesson in (key.partition(":")[0] for key in keys))
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = most if len(most) <= LESSONS_ASIDE else most[: LESSONS_ASIDE - 1]
    rows = [f"{sanitize(title, newlines=False)}: {count}" for title, count in shown]
    others = most[len(shown) :]
    return [*rows, f"{len(others)} more lessons: {sum(count for _, count in others)}"] if others else rows


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def name_of(one: IntervalDocument) -> str:
    """`about 30 days`: how long after the review before."""
    if one["about"]:
        return f"about {one['about']} days"
    return "longer" if one["days"][1] is None else f"up to {one['days'][1]} days"


def in_words(one: IntervalDocument) -> str:
    """`88 % of 121, 91 % predicted`."""
    if one["recalled"] is None:
        return "not measured yet"
    foreseen = "" if one["predicted"] is None else f", {one['predicted'] * 100:.0f} % predicted"
    of = f" of {one['with_prediction']}" if foreseen and one["with_prediction"] != one["asked"] else ""
    return f"{one['recalled'] * 100:.0f} % of {one['asked']}{foreseen}{of}"


def not_measured(kept: RetentionDocument) -> str:
    """What is not in the figures, and why; "" where all is."""
    soon, before = kept["measured"]["not_measured"], kept["prediction"]["not_predicted"]
    parts = [f"{plural(soon, 'more answer')} came too soon to tell"] if soon else []
    parts += [f"{before} {'is' if before == 1 else 'are'} from before predictions were kept"] if before else []
    return f"Not measured: {', '.join(parts)}" if parts else ""


def _drawn(intervals: Sequence[IntervalDocument]) -> RenderableType:
    """A row for each interval: where the share lies that was recalled, and the one that was predicted."""
    shares = [share for one in intervals for share in (one["recalled"], one["predicted"]) if share is not None]
    lowest = 0.5 if min(shares) >= 0.5 else 0.0
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column()
    table.add_row("", Text(f"{lowest * 100:.0f} %{'100 %':>{AXIS - 3 - (lowest > 0)}}", style=DIM), "")
    for one in intervals:
        axis = Text("·" * AXIS, style=DIM)
        for share, mark, style in ((one["predicted"], "○", DIM), (one["recalled"], "●", ACCENT)):
            if share is not None:
                place = round((share - lowest) / (1 - lowest) * (AXIS - 1))
                same = mark == "●" and axis.plain[place] == "○"
                axis = axis[:place] + Text("◉" if same else mark, style=style) + axis[place + 1 :]
        table.add_row(name_of(one), axis, Text(in_words(one), style="" if one["asked"] else DIM))
    key = Text("● recalled  ○ predicted, by how long after the review before", style=DIM)
    return Padding(Group(table, key), (0, 0, 0, 2))


def _lessons(lessons: dict[str, list[IntervalDocument]], titles: dict[str, str]) -> Iterator[RenderableType]:
    """Those lessons of which the least was recalled, where there are several."""
    shares = {}
    for lesson, intervals in lessons.items():
        asked = sum(one["asked"] for one in intervals)
        if asked >= FEWEST:
            shares[lesson] = sum(one["asked"] * (one["recalled"] or 0) for one in intervals) / asked
    if len(shares) < 2:
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=TITLE)
    heads = [f"{one['about']} days" for one in next(iter(lessons.values())) if one["about"]]
    for _ in heads:
        table.add_column(justify="right")
    table.add_row("by lesson", *heads, style=DIM)
    lines = []
    for lesson in sorted(shares, key=lambda one: (shares[one], one))[:LESSONS]:
        title = sanitize(titles.get(lesson, lesson), newlines=False)
        about = [one for one in lessons[lesson] if one["about"]]
        cells = [f"{one['recalled'] * 100:.0f} % of {one['asked']}" if one["recalled"] is not None else "–" for one in about]
        table.add_row(title, *cells)
        told = [f"{head} {cell}" for head, cell in zip(heads, cells, strict=True) if cell != "–"]
        lines.append(line(f"{title}: {', '.join(told) or 'not measured yet'}", indent=2))
    yield Text("")
    yield Either(Padding(table, (0, 0, 0, 2)), Group(*lines), needs=DRAWN_FROM)
    if len(shares) > LESSONS:
        yield line(f"and {len(shares) - LESSONS} more lessons: progress --json has them all", DIM, indent=2)
