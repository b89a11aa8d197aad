"""What `progress` shows of retention: how much would come to mind, and how much did, beside what was predicted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tutor.learner.progress import IntervalDocument, ParametersDocument, PredictionDocument, RetentionDocument, day_and_month
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


def retention_parts(kept: RetentionDocument, today: date, titles: dict[str, str]) -> Iterator[RenderableType]:
    """The lines below the heading. titles: of lessons."""
    in_30_days = (today + timedelta(days=30)).isoformat()
    now, later = (f"{kept['curve'][day] * 100:.0f} %" for day in (today.isoformat(), in_30_days))
    learned = plural(kept["items"], "question")
    yield line(f"{now} of {learned} would come to mind today, {later} in 30 days without a review (estimated)", indent=1)
    yield line(parameters_in_words(kept["parameters"], today), DIM, indent=1)
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
    if told := predictions_in_words(kept["prediction"]):
        yield line(told, DIM, indent=1)
    yield from _lessons(measured["lessons"], titles)


def parameters_in_words(used: ParametersDocument, today: date) -> str:
    """By which parameters chances and dates are reckoned, and how well they predict."""
    if used["fitted"] and used["at"]:
        on = day_and_month(moment_of(used["at"]).date(), today)
        said = f"Estimated and dated by your own memory: {used['fitted']}, fitted to {plural(used['reviews'], 'review')} on {on}"
        if used["log_loss"] is not None and used["log_loss"] != used["log_loss_before"]:
            said += f"; log loss {used['log_loss']:.3f} on {used['judged']} later ones, {used['log_loss_before']:.3f} before"
    elif used["judged"]:
        said = f"Estimated and dated by FSRS's published parameters: none fitted you better on {plural(used['judged'], 'review')}"
        said += f" (log loss {used['log_loss']:.3f})"
    else:
        more = plural(used["next_try"], "more review") if used["next_try"] else "the next session"
        said = f"Estimated and dated by FSRS's published parameters; they are fitted to you after {more}"
    missing = ". All parameters could be fitted with the extra `fit`: pip install 'pocket-tutor[fit]'"
    return said + missing if used["without_package"] else said


def predictions_in_words(told: PredictionDocument) -> str:
    """What had been predicted, and what came of it, in tenths; "" where nothing was predicted yet."""
    if not told["asked"] or told["log_loss"] is None:
        return ""
    bins = [
        f"{one['recalled'] * 100:.0f} % of {one['asked']} at {one['chance'][0] * 100:.0f} to {one['chance'][1] * 100:.0f} %"
        for one in told["bins"]
        if one["asked"] >= FEWEST
    ]
    by_chance = f"; recalled by predicted chance: {', '.join(bins)}" if bins else ""
    return f"Predictions: log loss {told['log_loss']:.3f} over {plural(told['asked'], 'answer')}{by_chance}"


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
