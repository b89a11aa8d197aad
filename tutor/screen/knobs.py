"""A try block under the learner's hands: where its knobs stand, what it shows there, and what a typed line does to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tutor.corpus.bank.fields import either
from utils.text import plural, sanitize, shorten

if TYPE_CHECKING:
    from tutor.corpus.tries import Knob, Try, TryOutcome

ASSIGNED = re.compile(r"\s*([^\W\d]\w*)\s*=\s*(.*)", re.DOTALL)  # d = 17
SPACED = re.compile(r"\s*([^\W\d]\w*)\s+([-+−]?[\d.].*)", re.DOTALL)  # d 17
STEP = re.compile(r"\s*([^\W\d]\w*)\s*([-+−]?)\s*")  # d, d+ and d-
VALUE = re.compile(r"\s*[-+−]?(?:\d|\.\d)[\d.,/e+−-]*\s*")  # 17
LONGEST = 30  # characters of a name that isn't one


@dataclass
class KnobBoard:
    """The knobs of a try block and what they have shown so far. What it shows is only looked at when somebody asks.

    on_turn: told the values whenever one has changed.
    """

    one: Try
    values: dict[str, float]
    lead: str = ""  # stands above it: what the learner predicted
    on_turn: Callable[[Mapping[str, float]], None] = lambda values: None
    before: dict[str, float] = field(default_factory=dict)  # the values before the last turn
    marked: int = 0  # the knob that arrows turn
    told: str = ""  # why the last line or key changed nothing
    why_fixed: str = ""  # why only the settings that its author has written down are there, once that is known
    looked: bool = False
    shown: dict[tuple[float, ...], TryOutcome] = field(default_factory=dict)

    @property
    def knobs(self) -> tuple[Knob, ...]:
        return self.one.knobs

    @property
    def knob(self) -> Knob:
        """The marked one."""
        return self.knobs[self.marked]

    @property
    def here(self) -> tuple[float, ...]:
        return tuple(self.values[knob.name] for knob in self.knobs)

    @property
    def known(self) -> TryOutcome | None:
        """What is shown where the knobs stand, as far as it was computed."""
        return self.shown.get(self.here)

    # ------------------------------------------------------------------------------------------ what is shown

    def look(self) -> None:
        """Find out whether every setting can be had here. Code is run for that, once."""
        from tutor.corpus.tries import can_run

        if self.looked:
            return
        self.why_fixed, self.looked = can_run(self.one), True
        if self.why_fixed and self.values not in self.settings:
            self.values = dict(self.one.settings[0])

    def outcome(self) -> TryOutcome:
        """What is shown where the knobs stand."""
        from tutor.corpus.tries import outcome

        self.look()
        at = self.here
        if at not in self.shown:
            self.shown[at] = outcome(self.one, dict(self.values))
        return self.shown[at]

    def try_outcome(self) -> None:
        """The same behind a screen, where nobody would see what goes wrong: `outcome` raises it again."""
        with suppress(Exception):
            self.outcome()

    @property
    def settings(self) -> list[dict[str, float]]:
        """The only ones to be had where its code can't run, by their values."""
        return sorted(map(dict, self.one.settings), key=lambda setting: tuple(setting.values()))

    @property
    def why_few(self) -> str:
        """Why only some settings are there, as a line; "" where all are."""
        return f"Only {plural(len(self.one.settings), 'setting')} here: {self.why_fixed}" if self.why_fixed else ""

    # ------------------------------------------------------------------------------------------- what turns it

    def mark(self, by: int) -> None:
        """The next knob, or the one before."""
        self.told = ""
        self.marked = (self.marked + by) % len(self.knobs)

    def turn(self, by: int) -> None:
        """So many stops on, or back."""
        if self.why_fixed:
            settings = self.settings
            at = settings.index(self.values) if self.values in settings else 0
            self._put(settings[max(0, min(at + by, len(settings) - 1))])
        else:
            self._put({**self.values, self.knob.name: self.knob.after(self.values[self.knob.name], by)})

    def go_to_end(self, last: bool) -> None:
        """The last stop, or the first."""
        self.turn(len(self.settings) + len(self.knob.stops) if last else -len(self.settings) - len(self.knob.stops))

    def _put(self, values: Mapping[str, float]) -> None:
        self.told = ""
        if dict(values) != self.values:
            if self.known:  # what was skipped over was not seen
                self.before = dict(self.values)
            self.values = dict(values)
            self.on_turn(self.values)

    def is_turn(self, line: str) -> bool:
        """Whether a line says where a knob is to stand, if wrongly; other lines are said to the tutor."""
        return self._read(line) is not None

    def hear(self, line: str) -> None:
        """Do what a line says: `d=17`, `17` for the marked knob, `d` for its next stop and `d-` for the one before.

        What can't be done is told in `told`.
        """
        from tutor.corpus.tries import KnobError

        name, typed, by = self._read(line) or (line.strip(), "", 0)
        names = [knob.name for knob in self.knobs]
        if name not in names:
            found = shorten(sanitize(name, newlines=False), LONGEST)
            self.told = f'no knob is called "{found}", expected {either(names)}'
            return
        self.marked = names.index(name)
        if by:
            self._step(by)
            return
        try:
            values = {**self.values, name: self.knob.read(typed)}
        except KnobError as error:
            self.told = str(error)
            return
        if self.why_fixed and values not in self.settings:
            self.told = f"only {self._settings_in_words()} can be shown here"
            return
        self._put(values)

    def _read(self, line: str) -> tuple[str, str, int] | None:
        """(the name of a knob, what is said as its value, or by how many stops it is turned); None for any other line."""
        names = [knob.name for knob in self.knobs]
        if VALUE.fullmatch(line):
            return self.knob.name, line, 0
        if (found := STEP.fullmatch(line)) and found[1] in names:
            return found[1], "", -1 if found[2] in ("-", "−") else 1
        if found := ASSIGNED.fullmatch(line):
            return found[1], found[2], 0
        if (found := SPACED.fullmatch(line)) and found[1] in names:
            return found[1], found[2], 0
        return None

    def _settings_in_words(self) -> str:
        from tutor.corpus.tries import setting_in_words

        return "; ".join(map(setting_in_words, self.settings))

    def _step(self, by: int) -> None:
        before = dict(self.values)
        self.turn(by)
        if self.values == before:
            end = "first" if by < 0 else "last"
            self.told = f"this is the {end} setting here" if self.why_fixed else f"{self.knob.name} is at its {end} stop"


def board_of(one: Try, kept: Mapping[str, float] | None = None, lead: str = "") -> KnobBoard:
    """A board where the knobs stand first, or where they were left. kept: by name; what the block doesn't have is ignored."""
    values = dict(one.first())
    for knob in one.knobs:
        try:
            values[knob.name] = knob.checked((kept or {})[knob.name])
        except (KeyError, TypeError, ValueError):
            continue
    return KnobBoard(one, values, lead)
