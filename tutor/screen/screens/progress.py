"""The screens of `progress`, with streak, calendar, mastery, forecast and calibration, and of the way to a goal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tutor.learner.beliefs import HELD, RESOLVED, days_in_words
from tutor.learner.lesson_map import LessonMap
from tutor.learner.progress import calendar, day_and_month, duration, gone_in_words
from tutor.screen.layout import Screen, Sides, dots, line
from tutor.screen.markup import ACCENT, DIM
from tutor.screen.markup.verbatim import NARROW
from tutor.screen.screens.lesson_map import LessonMapScreen
from tutor.screen.screens.retention import retention_parts, set_aside_in_words
from tutor.screen.signs import Either
from utils.text import plural, sanitize

if TYPE_CHECKING:
    from tutor.learner.goals import GoalPath
    from tutor.learner.overview import Overview
    from tutor.learner.progress import Progress


def screen_of(told: Overview | LessonMap) -> Screen:
    """The screen of what `progress` tells."""
    if isinstance(told, LessonMap):
        return LessonMapScreen(told)
    return ProgressScreen(told.progress, told.today, told.titles, told.path, told.gone)


MISCONCEPTIONS = 8  # that are shown
DAYS_IN_WORDS = 10  # that plain text names one by one
BAR, LEAST_FULL = 40, 10  # columns of the longest bar, and the fewest reviews that it stands for
ASIDE_HELPS = "Reading their sections again may help; progress --json lists them"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")  # an id that no list explains any more


@dataclass
class ProgressScreen(Screen):
    """How far the learner has come: streak, calendar, mastery, forecast, calibration."""

    progress: Progress
    today: date
    titles: dict[str, str]  # lesson -> title
    path: GoalPath | None = None  # to the learner's goal
    gone: Mapping[str, int] = field(default_factory=dict)  # item that the folder no longer asks -> answers to it

    def parts(self) -> Iterator[RenderableType]:
        one = self.progress
        figures = [plural(one.attempts, "answer"), duration(one.seconds)]
        streak = f"{one.streak_days}-day streak" if one.streak_days else "no streak yet"
        yield Sides(Text("Progress", style=f"bold {ACCENT}"), f"{streak} · {one.due} due")
        yield line(" · ".join(figures), DIM)
        yield Text("")
        yield Either(Group(*self.calendar()), line(self.days_in_words()))
        yield Text("")
        if self.path and self.path.steps:
            left = self.path.left() if self.path.by else plural(len(self.path.steps), "lesson")
            yield line(f"Towards “{self.path.goal.words}”: {left}{'; ' if self.path.by else ', '}{self.path.estimate()}")
            if past := self.path.passed():
                yield line(past, indent=1)
            yield line(f"next: {self.path.steps[0].title} ({self.path.steps[0].lesson})", DIM, indent=1)
            yield Text("")
        elif self.path and self.path.by:
            yield line(f"“{self.path.goal.words}” by {day_and_month(self.path.by, self.today)}: {self.path.estimate()}.")
            yield Text("")
        yield from self.lessons()
        yield from self.retention()
        yield from self.misconceptions()
        yield from self.reviews()
        if one.calibration:
            yield Text("")
            yield line("How sure, and how often right", "bold")
            for word, count, right in one.calibration:
                yield line(f"{word:12} {round(right * 100):3} % of {plural(count, 'answer')}", indent=1)
        if one.set_aside:
            yield Text("")
            yield line(f"Set aside after too many misses: {plural(len(one.set_aside), 'question')}", "bold")
            for row in set_aside_in_words(one.set_aside, self.titles):
                yield line(row, DIM, indent=1)
            yield line(ASIDE_HELPS, DIM, indent=1)
        if self.gone:
            yield Text("")
            yield line(gone_in_words(self.gone), DIM)

    def calendar(self) -> Iterator[RenderableType]:
        for row in calendar(self.progress.by_day, self.today):
            yield Text(row, style=ACCENT if any(mark in row for mark in "░▒▓█") else DIM, no_wrap=True, overflow="crop")
        yield line("    · none  ░ 1 to 4  ▒ to 9  ▓ to 19  █ more answers a day", DIM)

    def days_in_words(self) -> str:
        """The last days with answers, for plain text."""
        days = [(date.fromisoformat(day), count) for day, count in sorted(self.progress.by_day.items(), reverse=True) if count]
        told = [f"{day_and_month(day, self.today)} {count}" for day, count in days[:DAYS_IN_WORDS]]
        more = f", and {plural(len(days) - len(told), 'day')} before" if len(days) > len(told) else ""
        return f"Answers a day: {', '.join(told)}{more}" if told else "No answers yet."

    def lessons(self) -> Iterator[RenderableType]:
        begun = list(self.progress.sections)
        if not begun:
            yield line("No lesson begun yet.", DIM)
            return
        yield line("Mastery", "bold")
        table = Table.grid(padding=(0, 2))
        table.add_column(style=ACCENT)
        table.add_column(justify="right")
        table.add_column()
        table.add_column(style=DIM, justify="right")
        lines = []
        for lesson in begun:
            now, change = self.progress.mastery[lesson], self.progress.trend[lesson]
            moved = f"{abs(change) * 100:.0f} this week" if abs(change) >= 0.01 else ""
            sign, word = ("▲", "up") if change > 0 else ("▼", "down")
            title = Text(sanitize(self.titles[lesson], newlines=False))
            table.add_row(dots(round(now * 5), 5), f"{now * 100:.0f} %", title, f"{sign} {moved}" if moved else "")
            shaky = ", ".join(section for section, value in self.progress.sections[lesson].items() if 0 < value < 0.5)
            if shaky:
                table.add_row("", "", Text(f"shaky: {shaky}", style=DIM), "")
            told = [f"{now * 100:.0f} %", f"{word} {moved}" if moved else "", f"shaky: {shaky}" if shaky else ""]
            lines.append(line(f"{title.plain}: {', '.join(filter(None, told))}", indent=1))
        yield Either(Padding(table, (0, 0, 0, 1)), Group(*lines), needs=NARROW)

    def retention(self) -> Iterator[RenderableType]:
        """How much would come to mind, by FSRS's estimate, and how much did."""
        kept = self.progress.retention
        if not kept:
            return
        yield Text("")
        yield line("Retention", "bold")
        yield from retention_parts(kept, self.today, self.titles, len(self.progress.set_aside))

    def misconceptions(self) -> Iterator[RenderableType]:
        """What the learner's answers have shown, each with its days; what is so is said of those that are held."""
        shown = self.progress.misconceptions
        if not shown:
            return
        yield Text("")
        yield line("Misconceptions that your answers have shown", "bold")
        for one in shown[:MISCONCEPTIONS]:
            mark, word = {HELD: ("✗", "held: "), RESOLVED: ("✓", "")}.get(one["state"], ("·", "seen: "))
            elsewhere = one["lesson"] not in self.progress.sections or SLUG.fullmatch(one["believed"])
            lesson = f" ({one['lesson']})" if elsewhere else ""
            text = f"{one['believed'].rstrip('.')}{lesson}: {days_in_words(one, self.today)}"
            style = "" if one["state"] == HELD else DIM
            yield Either(line(f"{mark} {text}", style, indent=1), line(word + text, indent=1))
            if one["state"] == HELD and one["so"]:
                yield line(one["so"], DIM, indent=3)
        if len(shown) > MISCONCEPTIONS:
            yield line(f"and {len(shown) - MISCONCEPTIONS} more: progress --json lists them all", DIM, indent=1)

    def reviews(self) -> Iterator[RenderableType]:
        ahead = self.progress.forecast
        most = max(count for _, count in ahead)
        if not most:
            return
        yield Text("")
        yield line("Reviews in the next two weeks", "bold")
        for day, count in ahead:
            if count:
                when = date.fromisoformat(day)
                label = "today" if when == self.today else when.strftime("%a %d")
                bar = "█" * max(1, round(count * BAR / max(most, LEAST_FULL)))
                drawn = Text(f" {label:7}").append(bar, style=ACCENT).append(f" {count}", style=DIM)
                yield Either(drawn, Text(f" {label}: {count}"))

    def markdown(self) -> str:
        return ""


LESSONS_SHOWN = 7  # of a path; of a longer one the first lessons and the last


@dataclass
class WayToGoal(Screen):
    """The lessons on the way to a goal, in order, each with its minutes; and how many days that makes."""

    path: GoalPath

    def rows(self) -> list[tuple[str, str, str]]:
        """(number, title, minutes, and by when where the goal has a day)."""
        days = [f" · by {day_and_month(day, self.path.today)}" for day in self.path.plan()] or [""] * len(self.path.steps)
        steps = zip(self.path.steps, days, strict=True)
        rows = [(str(number), step.title, f"{step.minutes} min{by}") for number, (step, by) in enumerate(steps, 1)]
        if len(rows) <= LESSONS_SHOWN:
            return rows
        return [*rows[: LESSONS_SHOWN - 2], ("", f"… {len(rows) - LESSONS_SHOWN + 1} more lessons …", ""), rows[-1]]

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        goal = Text("Your goal: ", style="").append(sanitize(self.path.goal.words, newlines=False), f"bold {ACCENT}")
        yield Sides(goal.append(f", by {day_and_month(self.path.by, self.path.today)}") if self.path.by else goal, "")
        yield Text("")
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", style=DIM)
        table.add_column()
        table.add_column(justify="right", style=DIM, no_wrap=True)
        for number, title, minutes in self.rows():
            table.add_row(number, Text(sanitize(title, newlines=False)), minutes)
        if self.path.steps:
            yield Padding(table, (0, 0, 0, 1))
            yield Text("")
        yield line(f"{'' if self.path.by else 'In all '}{self.path.estimate()}.", DIM)
        yield Text("")

    def markdown(self) -> str:
        rows = [f"{number}. {sanitize(title)}" if number else f"- {title}" for number, title, _ in self.rows()]
        return "\n".join([f"## Goal: {sanitize(self.path.goal.words, newlines=False)}", "", *rows])
