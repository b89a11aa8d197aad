"""Thirty try blocks as they are seen, at their first setting and at another one: at three sizes of the window, and in words.

The golden files are meant to be read; `UPDATE_GOLDEN=1 pytest tests/screen/test_drawn_tries.py` writes them anew.
Those with code are seen as on a machine that can't run it, with what their author has written down.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from tutor.corpus.bank.tries import readable_try
from tutor.corpus.tries import outcome, setting_in_words, tries_of
from tutor.screen.knobs import KnobBoard, board_of
from tutor.screen.screens.trying import TrySetting, board_rows
from utils.sandbox import choosing
from utils.text import width

HERE = Path(__file__).parent
TEXT = (HERE / "data" / "tries.md").read_text(encoding="utf-8")
SOURCES = dict(zip(re.findall("^## (.*)$", TEXT, re.MULTILINE), [block.source for block in tries_of(TEXT)], strict=True))
TURNED = dict(zip(SOURCES, re.findall(r"^Then (.*)\.$", TEXT, re.MULTILINE), strict=True))
AROUND = 5  # rows of a window that hold the keys
PAGE = 77  # columns of a page, however wide the window


@pytest.fixture
def bare_machine(monkeypatch):
    monkeypatch.setattr(choosing, "chosen", lambda: choosing.SandboxChoice(None, {"bubblewrap": "not installed"}))


def both_settings(name: str) -> Iterator[KnobBoard]:
    """A block's board as it stands first, then with its knobs turned."""
    one = readable_try(SOURCES[name])
    assert one is not None, name
    board = board_of(one)
    board.outcome()
    yield board
    values = dict(found for found in re.findall(r"(\w+) = (\S+?)(?:, |$)", TURNED[name]))
    turned = {**one.first(), **{knob.name: knob.read(values[knob.name]) for knob in one.knobs if knob.name in values}}
    board = board_of(one, turned)
    board.outcome()
    assert board.values == turned, "a setting that can be had on every machine"
    yield board


def in_words(board: KnobBoard) -> str:
    console = Console(file=io.StringIO(), width=80, force_terminal=False, color_system=None, legacy_windows=False)
    console.print(TrySetting(board.one, board.values, board.outcome(), board.why_few))
    return "\n".join(row.rstrip() for row in console.file.getvalue().split("\n")).strip("\n")


def golden(name: str, shown: str) -> None:
    path = HERE / "golden" / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("columns", "rows"), [(60, 20), (80, 24), (120, 40)])
def test_thirty_blocks_look_like_their_golden_pictures(columns, rows, bare_machine):
    assert len(SOURCES) == 30
    shown = []
    for name in SOURCES:
        shown.append(f"## {name}")
        for board in both_settings(name):
            drawn = [row.plain.rstrip() for row in board_rows(board, min(PAGE, columns), rows - AROUND)]
            assert len(drawn) <= rows - AROUND and max(map(width, drawn)) <= columns
            shown.append("\n".join(drawn).strip("\n"))
    golden(f"tries-{columns}x{rows}.txt", "\n\n".join(shown) + "\n")


def test_thirty_blocks_in_words(bare_machine):
    shown = [part for name in SOURCES for part in (f"## {name}", *map(in_words, both_settings(name)))]
    assert not re.search("[⠀-⣿▁-█░▒▓┤└━●]", "\n".join(shown))
    golden("tries-plain.txt", "\n\n".join(shown) + "\n")


@pytest.mark.skipif(choosing.chosen().means is None, reason=f"no sandbox here: {choosing.chosen()}")
@pytest.mark.parametrize("name", [name for name in SOURCES if "\ncode:" in SOURCES[name]])
def test_what_was_written_down_is_what_the_code_gives(name):
    one = readable_try(SOURCES[name])
    assert one is not None and len(one.settings) == 3
    for setting in one.settings:
        given, shown = outcome(one, setting), one.shown[setting_in_words(setting)]
        assert given.text == shown.text and bool(given.plot) == bool(shown.plot) and not given.fault


@pytest.mark.parametrize("name", SOURCES)
def test_a_block_can_be_drawn_at_every_stop_or_says_why_not(name, bare_machine):
    one = readable_try(SOURCES[name])
    assert one is not None
    for knob in one.knobs if one.plot else ():
        for stop in knob.stops:
            given = outcome(one, {**one.first(), knob.name: stop})
            assert given.plot or given.fault.startswith("there is nothing to draw at this setting: ")
