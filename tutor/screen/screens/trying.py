"""A try block: its knobs, and what it shows where they stand. In plain text all of it is said in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from tutor.corpus import bank
from tutor.corpus.bank.tries import FENCE
from tutor.corpus.expressions import show
from tutor.models import Grade, Item
from tutor.screen.layout import Screen, line
from tutor.screen.markup import ACCENT, DIM
from tutor.screen.markup.figures import said_of
from tutor.screen.markup.styles import is_plain
from tutor.screen.markup.wrapping import Whole
from tutor.screen.screens.verdicts import Reveal, Verdict
from tutor.screen.signs import Either
from utils.text import plural, sanitize, shorten, width

if TYPE_CHECKING:
    from tutor.corpus.plots.data import Plot
    from tutor.corpus.tries import Knob, Try, TryOutcome
    from tutor.screen.knobs import KnobBoard

TRACK = 24  # columns of the line that a knob moves on, at most
LEAST_TRACK = 8
LONGEST_ASKED = 150  # characters of a question above the knobs
LONGEST_SAID, LONGEST_MET = 40, 60  # characters of an answer above the knobs, and where it is met again
AROUND = 18  # rows of a window beside what was turned last: what was predicted, and the question
LEAST_DRAWN, MOST_DRAWN = 9, 16  # rows of that, axes included
MOST_COMPARED = 2  # curves of a plot to which one more is added
HEADS = 2  # sentences of a plot that say what it is and what its axes are
APART, ROOMY = 12, 18  # rows from which on a board has a blank one above it, and others around what was predicted


@dataclass
class TrySetting(Screen):
    """What a try block shows at a setting of its knobs. before: what was shown just above; None for the first one.

    The title stands above the first, and in words what has stayed the same isn't said again.
    """

    one: Try
    values: Mapping[str, float]
    outcome: TryOutcome
    note: str = ""
    before: TryOutcome | None = None

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if self.before is None and self.one.title:
            yield Whole(Text(sanitize(self.one.title, newlines=False), style="bold"), leads=True)
        yield Whole(Either(values_line(self.one.knobs, self.values), Text(self.in_words())), leads=True)
        yield OutcomeDrawn(self.outcome, self.before)
        if self.note:
            yield line(self.note, DIM)

    def in_words(self) -> str:
        from tutor.corpus.tries import setting_in_words

        return f"At {setting_in_words(self.values)}:"

    def markdown(self) -> str:
        title = f"**{sanitize(self.one.title, newlines=False)}**\n\n" if self.before is None and self.one.title else ""
        shown = "\n".join(outcome_in_words(self.outcome, self.before))
        return f"{title}_{self.in_words()}_\n\n{FENCE}text\n{shown}\n{FENCE}" + (
            f"\n\n_{sanitize(self.note)}_" if self.note else ""
        )


@dataclass
class OutcomeDrawn:
    """What a try block has given, as tall as the window allows."""

    outcome: TryOutcome
    before: TryOutcome | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if is_plain(console):
            yield Text("\n".join(outcome_in_words(self.outcome, self.before)))
            return
        yield Text("")
        rows = outcome_rows(self.outcome, options.max_width, max(LEAST_DRAWN, min(MOST_DRAWN, options.max_height - AROUND)))
        yield Whole(Text("\n").join(rows))


def outcome_rows(outcome: TryOutcome, columns: int, most: int, earlier: str = "") -> list[Text]:
    """The rows of an outcome: what was printed, then the plot in what is left of `most` rows, or the fault.

    earlier: what was printed at the setting before, to compare.
    """
    from tutor.screen.plots.terminal import LEAST_COLUMNS, LEAST_ROWS, MOST_ROWS, fitted_rows

    rows: list[Text] = []
    for said in outcome.text.split("\n") if outcome.text else ():
        row = Text("│ ", style=DIM, no_wrap=True).append(said, style="none")
        row.truncate(columns, overflow="ellipsis")
        rows.append(row)
    if rows and earlier:
        rows.append(Text(earlier, style=DIM, no_wrap=True))
        rows[-1].truncate(columns, overflow="ellipsis")
    if outcome.plot and columns < LEAST_COLUMNS:
        rows += [Text(said) for said in said_of(outcome.plot)]
    elif outcome.plot:
        left = max(LEAST_ROWS, most - len(rows) - bool(rows))
        rows += [Text("")] if rows else []
        rows += fitted_rows(outcome.plot, columns, min(MOST_ROWS, left), left)
    if outcome.fault:
        rows += _in_columns(Text(sanitize(outcome.fault), style=DIM), columns)
    return rows or [Text("nothing is printed here", style=DIM)]


def outcome_in_words(outcome: TryOutcome, before: TryOutcome | None = None) -> list[str]:
    """The same for somebody who has only text. before: what they have just read, with axes that are not told again."""
    plotted = list(said_of(outcome.plot)) if outcome.plot else []
    if before and before.plot:
        told = set(list(said_of(before.plot))[:HEADS])
        plotted = [said for number, said in enumerate(plotted) if number >= HEADS or said not in told]
    lines = [*(outcome.text.split("\n") if outcome.text else ()), *plotted]
    return [*lines, *([sanitize(outcome.fault)] if outcome.fault else [])] or ["Nothing is printed here."]


# ------------------------------------------------------------------------------------------------------ knobs


def values_line(knobs: Sequence[Knob], values: Mapping[str, float], marked: int | None = None) -> Text:
    """`d = 16  ◂ ▸   c = 1`, with the marked knob in the accent colour."""
    drawn = Text()
    for number, knob in enumerate(knobs):
        here = number == marked
        drawn.append("   " if number else "").append(
            f"{knob.name} = {show(values[knob.name])}", style=f"bold {ACCENT}" if here else ""
        )
        if here:
            drawn.append("  ◂ ▸", style=ACCENT)
    return drawn


def track_line(knob: Knob, value: float, columns: int) -> Text:
    """Where a knob stands between its ends: `1 ━━━━●─────── 64`. Of a list its values, the present one marked."""
    if knob.listed:
        drawn = Text()
        for stop in knob.stops:
            drawn.append("  " if drawn else "")
            drawn.append(f"● {show(stop)}" if stop == value else f"○ {show(stop)}", style=ACCENT if stop == value else DIM)
        drawn.truncate(columns, overflow="ellipsis")
        return drawn
    low, high = show(knob.lowest), show(knob.highest)
    long = min(TRACK, columns - width(low) - width(high) - 2)
    if long < LEAST_TRACK:
        return Text(f"{low} to {high}", style=DIM)
    at = round(_share(knob, value) * (long - 1))
    drawn = Text(f"{low} ", style=DIM).append("━" * at, style=ACCENT).append("●", style=f"bold {ACCENT}")
    return drawn.append("─" * (long - 1 - at), style=DIM).append(f" {high}", style=DIM)


def _share(knob: Knob, value: float) -> float:
    """How much of a knob's way lies below a value, as its stops go."""
    last = len(knob.stops) - 1
    for number, (low, high) in enumerate(zip(knob.stops, knob.stops[1:], strict=False)):
        if value < high:
            return (number + (value - low) / (high - low)) / last
    return 1.0


def board_rows(board: KnobBoard, columns: int, most: int, waits: str = "") -> list[Text]:
    """All of a block's screen but the keys, in at most so many rows: heading, what was predicted, the knobs, what they show.

    waits: said while the code runs.
    """
    lead = Text(sanitize(board.lead, newlines=False))
    knobs = values_line(board.knobs, board.values, board.marked)
    note = Text(sanitize(waits or board.told, newlines=False), style=DIM)
    roomy = most >= ROOMY
    above = [
        *([Text("")] if most >= APART else []),
        *_heading(board.one.title, columns),
        *([Text("")] if roomy and lead else []),
        *_in_columns(lead, columns),
        *([Text("")] if roomy else []),
    ]
    above += _in_columns(knobs, columns)
    above += _in_columns(note, columns) or [track_line(board.knob, board.values[board.knob.name], columns)]
    above.append(Text(""))
    below = _in_columns(Text(sanitize(board.why_few, newlines=False), style=DIM), columns)
    below = [Text(""), *below] if below else []
    shown = board.known
    if roomy and shown and shown.plot:
        shown = replace(shown, plot=beside_earlier(shown.plot, board))
    drawn = outcome_rows(shown, columns, most - len(above) - len(below), _earlier(board) if roomy else "") if shown else []
    return _in_rows([*above, *drawn], most - len(below)) + below


def _in_rows(rows: list[Text], most: int) -> list[Text]:
    """Rows, of which blank ones go first where they are too many, from the last one on; then the last ones, which is said."""
    for at in range(len(rows) - 1, -1, -1):
        if len(rows) > most and not rows[at].plain.strip():
            del rows[at]
    if len(rows) <= max(1, most):
        return rows
    hidden = len(rows) - max(1, most) + 1
    return [*rows[: max(1, most) - 1], Text(f"… {plural(hidden, 'more row')}", style=DIM)]


def beside_earlier(plot: Plot, board: KnobBoard) -> Plot:
    """A plot with the curve that the last turn has changed once more, as it was before, where both have the same axes."""
    earlier = board.shown.get(tuple(board.before.values()))
    before = earlier.plot if earlier else None
    if before is None or (before.x, before.y) != (plot.x, plot.y) or len(before.lines) != len(plot.lines):
        return plot
    changed = [old for old, new in zip(before.lines, plot.lines, strict=True) if old.points != new.points]
    if len(changed) != 1 or len(plot.lines) > MOST_COMPARED:
        return plot
    turned = [f"{name} = {show(value)}" for name, value in board.before.items() if value != board.values[name]]
    return replace(plot, lines=(*plot.lines, replace(changed[0], label=", ".join(turned))))


def _earlier(board: KnobBoard) -> str:
    """`  at n = 30: mean distance 4.3`, where a line was printed at the setting before."""
    from tutor.corpus.tries import setting_in_words

    shown = board.shown.get(tuple(board.before.values()))
    if not shown or not shown.text or board.before == board.values:
        return ""
    return f"  at {setting_in_words(board.before)}: {shown.text.splitlines()[-1]}"


def _heading(title: str, columns: int) -> list[Text]:
    """`── Try it ───────────── One key against seven ──`; a title that doesn't fit there stands below."""
    name = sanitize(title, newlines=False)
    beside = bool(name) and width("── Try it ── ") + width(f" {name} ──") <= columns
    rule = columns - width("── Try it ") - (width(f" {name} ──") if beside else 0)
    drawn = Text.assemble(("── ", DIM), ("Try it", f"bold {ACCENT}"), (" " + "─" * rule, DIM))
    if beside:
        return [drawn.append(f" {name} ").append("──", style=DIM)]
    return [drawn, *_in_columns(Text(name), columns)]


def _in_columns(text: Text, columns: int) -> list[Text]:
    """A text in lines that are at most so wide, each with its style; none for an empty one."""
    if not text:
        return []
    from rich.console import Console

    return list(text.wrap(Console(width=columns, color_system=None), columns))


def said_in_words(item: Item, answer: str, length: int = LONGEST_SAID) -> str:
    """What was answered, short and without marks of Markdown: an option by its words, in quotation marks."""
    from tutor.screen.mathtext import plain

    kind = bank.kind_of(item)
    words = shorten(" ".join(sanitize(plain(kind.answer_in_words(item, answer))).split()).rstrip("."), length)
    return f"“{words}”" if kind.offers_options else words


def in_brief(question: str) -> str:
    """A question without marks of Markdown, on two lines at most."""
    from tutor.screen.mathtext import plain

    return shorten(" ".join(sanitize(plain(question)).split()), LONGEST_ASKED)


@dataclass
class PredictionMet(Screen):
    """What the learner had predicted, beside what is so, once they have seen it."""

    item: Item
    answer: str
    grade: Grade
    where: str = ""  # "docs/llm/attention.md:88"

    def _inner(self) -> tuple[Verdict, Reveal]:
        said = f"You said {said_in_words(self.item, self.answer, LONGEST_MET)}"
        feedback = "" if self.grade.correct else self.grade.feedback
        grade = replace(self.grade, met=(), missed=(), feedback=feedback)
        verdict = Verdict(grade, lead=f"{said}, and so it is." if grade.correct else f"{said}, but that isn't it.")
        answer = "" if grade.correct else bank.shown_answer(self.item)
        return verdict, Reveal(answer, self.item.explanation, "" if grade.correct else self.where)

    def parts(self) -> Iterator[RenderableType]:
        for screen in self._inner():
            yield from screen.parts()

    def markdown(self) -> str:
        return "\n\n".join(screen.markdown() for screen in self._inner())
