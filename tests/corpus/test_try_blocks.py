"""Try blocks: their knobs, what they show at a setting, and each mistake with its line, what was found and what to do."""

from __future__ import annotations

import textwrap

import pytest

from tutor.corpus.tries import Knob, KnobError, TryOutcome, can_run, outcome, read_try, setting_in_words, tries_of
from tutor.corpus.tries.outcomes import MAX_LINES
from utils.errors import InvalidFile
from utils.sandbox import choosing

needs_sandbox = pytest.mark.skipif(choosing.chosen().means is None, reason=f"no sandbox here: {choosing.chosen()}")

PLOT = """\
title: One key against seven
knobs:
  d: [1, 64, 8]
predict: weight-at-64
question: first-above-99
plot:
  x: {from: 0, to: 1}
  curves: {top weight: 1/(1+7*exp(-x*d))}
"""
CODE = """\
knobs:
  n: [10, 1000, 30]
  c: {choose: [0, 1, 2]}
code: |
  print("sum", sum(range(n)) + c)
  {"bars": {"n": n, "c": c}}
"""


def tried(text: str):
    return read_try(textwrap.dedent(text), "docs/a.md", 11)


def refused(text: str) -> str:
    with pytest.raises(InvalidFile) as error:
        tried(text)
    assert error.value.path == "docs/a.md"
    return f"{error.value.line}: {error.value.message}"


def knob(written: str) -> Knob:
    return tried(f"knobs: {{n: {written}}}\nplot: {{x: {{from: 0, to: 1}}, curves: n*x}}\n").knobs[0]


@pytest.fixture
def no_sandbox(monkeypatch):
    monkeypatch.setattr(choosing, "chosen", lambda: choosing.SandboxChoice(None, {"bubblewrap": "not installed"}))


# ------------------------------------------------------------------------------------------------- blocks


def test_the_try_blocks_of_a_text_are_found_with_the_lines_of_their_fences():
    text = f"One.\n\n```try\n{PLOT}```\n\nTwo ```try``` inline.\n\n~~~ try\n{CODE}~~~\n\n```plot\ncurves: x\n```\n"
    first, second = tries_of(text)
    assert (first.line, first.source) == (3, PLOT) and (second.line, second.source) == (16, CODE)
    assert tries_of("Nothing to try.\n") == []


def test_a_block_holds_knobs_a_plot_and_the_items_asked_before_and_after():
    one = tried(PLOT)
    assert (one.title, one.predict, one.question) == ("One key against seven", "weight-at-64", "first-above-99")
    assert one.first() == {"d": 8} and one.plot and one.plot.knobs == {"d"}


# -------------------------------------------------------------------------------------------------- knobs


@pytest.mark.parametrize(
    "written, stops",
    [
        ("[1, 10, 3]", (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
        ("[10, 1000, 30]", (10, 20, 30, 50, 100, 200, 500, 1000)),
        ("[0.001, 1, 0.01]", (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1)),
        ("[1, 64, 8]", (1, 5, 8, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 64)),
        ("[0.05, 1.2, 0.3]", (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2)),
        ("{from: 0, to: 1, step: 0.25}", (0, 0.25, 0.5, 0.75, 1)),
        ("{from: 0, to: 10, first: 5, step: 4}", (0, 4, 5, 8, 10)),
        ("{choose: [4, 0, 2]}", (4, 0, 2)),
    ],
)
def test_the_arrows_of_a_knob_stop_at_round_numbers_and_at_its_ends(written, stops):
    assert knob(written).stops == stops


def test_whole_numbers_stay_whole_so_that_code_can_count_with_them():
    assert all(type(stop) is int for stop in knob("[1, 64, 8]").stops)
    assert all(type(stop) is float for stop in knob("[0, 1.0, 0]").stops)


def test_an_arrow_goes_to_the_next_stop_and_stays_at_the_last():
    n = knob("[10, 1000, 30]")
    assert [n.after(30, by) for by in (1, -1, 2, 9, -9)] == [50, 20, 100, 1000, 10]
    assert (n.after(17, 1), n.after(17, -1), n.after(17, 2)) == (20, 10, 30)
    assert knob("{choose: [4, 0, 2]}").after(4, 1) == 0


def test_a_typed_value_may_be_any_within_the_range():
    assert knob("[10, 1000, 30]").read(" 17 ") == 17
    assert knob("[10, 1000, 30]").read("1,000") == 1000
    assert knob("[0.0, 1.0, 0.1]").read("1/4") == knob("[0.0, 1.0, 0.1]").read("0,25") == 0.25
    assert knob("{choose: [0, 0.5, 2]}").read("0.5") == 0.5


@pytest.mark.parametrize(
    "written, typed, message",
    [
        ("[1, 64, 8]", "100", "found n = 100, expected 1 to 64"),
        ("[1, 64, 8]", "2.5", "found n = 2.5, expected a whole number from 1 to 64"),
        ("[0, 0.5, 0]", "1", "found n = 1, expected 0 to 0.5"),
        ("{choose: [0, 1, 2]}", "3", "found n = 3, expected 0, 1 or 2"),
        ("[1, 64, 8]", "many", "found n = many, expected a whole number from 1 to 64"),
        ("[1, 64, 8]", "9**9**9", "found n = 9**9**9, expected a whole number from 1 to 64"),
        ("[1, 64, 8]", "1<2", "found n = 1<2, expected a whole number from 1 to 64"),
        ("[1, 64, 8]", "", "found no value for n, expected a whole number from 1 to 64"),
        ("[1, 64, 8]", "\x1b[31m" + "7" * 999, None),
    ],
)
def test_a_value_that_a_knob_does_not_have_is_refused_in_words_for_the_learner(written, typed, message):
    with pytest.raises(KnobError) as error:
        knob(written).read(typed)
    assert str(error.value) == message or (message is None and "\x1b" not in str(error.value) and len(str(error.value)) < 120)


# ----------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    "text, message",
    [
        ("- 1\n", "11: found a list in a try block"),
        ("plot: {curves: x}\n", '11: try lacks the field "knobs"'),
        ("knobs: {}\ncode: 1\n", "11: try: found 0 knobs, expected 1 to 4"),
        ("knobs: {n: [1, 2, 1]}\n", "11: try: found neither plot nor code"),
        ("knobs: {n: [1, 2, 1]}\nplot: {curves: n}\ncode: n\n", "13: try: found both plot and code"),
        ("knobs: {n: [1, 2, 1]}\nplots: {curves: n}\n", '12: try: found the unknown field "plots"'),
        ("knobs:\n  n: 3\nplot: {curves: n}\n", "12: try: found the number 3 in the knob n, expected [lowest, highest, first]"),
        ("knobs:\n  n: [1, 2]\nplot: {curves: n}\n", "12: try: found 2 values in the knob n, expected [lowest, highest, first]"),
        ("knobs:\n  n: [1, 2, 3]\nplot: {curves: n}\n", "12: try: found n = 3 first, expected a value from 1 to 2"),
        ("knobs:\n  n: [2, 1, 1]\nplot: {curves: n}\n", "12: try: found the knob n from 2 to 1, expected it to grow"),
        ("knobs:\n  n: [1, many, 1]\n", '12: try: found the text "many" in the knob n, expected a number'),
        ("knobs:\n  x: [1, 2, 1]\n", '12: try: found a knob named "x", which has a meaning already'),
        ("knobs:\n  lambda: [1, 2, 1]\n", '12: try: found a knob named "lambda", which has a meaning already'),
        ("knobs:\n  n: {choose: [1]}\n", "12: try: knob n: found 1 entries in choose"),
        ("knobs:\n  n: {choose: [1, 2, 1]}\n", "12: try: knob n: found 1 twice in choose"),
        ("knobs:\n  n: {choose: [1, 2], first: 3}\n", "12: try: knob n: found 3 first, expected 1 or 2"),
        ("knobs:\n  n: {from: 0, to: 1, step: 0}\n", "12: try: knob n: found the step 0, expected more than 0"),
        ("knobs:\n  n: {from: 0, to: 1, step: 1e-9}\n", "12: try: knob n: found the step 1e-9"),
        ("knobs:\n  n: [1, 1e300, 1]\n", "12: try: found 1e300, expected 1e-9 to 1000000000 in size, or 0"),
        ("knobs: {n: [1, 2, 1]}\nplot:\n  curves:\n    a: x*m\n", '14: plot: found the unknown name "m" in curves'),
        ("knobs: {n: [1, 2, 1]}\nplot: {curves: n}\nshown: {}\n", "13: try: found shown beside plot"),
        ("knobs: {n: [1, 9, 1]}\ncode: print(n)\nsettings:\n  - {n: 1}\n  - {n: 10}\n", "15: try: setting 2: found n = 10"),
        ("knobs: {n: [1, 9, 1]}\ncode: print(n)\nsettings:\n  - {n: 1}\n  - {n: 1}\n", "15: try: found n = 1 twice"),
        ("knobs: {n: [1, 9, 1]}\ncode: print(n)\nshown:\n  n = 1: {text: a}\n", '14: try: shown at n = 1 lacks the field "plot"'),
    ],
)
def test_a_mistake_is_told_with_its_line(text, message):
    assert refused(text).startswith(message)


def test_a_block_that_is_too_long_is_refused_before_it_is_read():
    assert refused("a" * 30_000).startswith("11: found a try block of 30,000 characters, expected at most 20,000")


# ----------------------------------------------------------------------------------------------- outcomes


def test_a_plot_is_computed_at_each_setting():
    one = tried(PLOT)
    tops = [outcome(one, {"d": d}).plot.lines[0].points[-1][1] for d in (1, 64)]
    assert tops == [pytest.approx(0.2797, abs=1e-4), pytest.approx(1)]
    assert can_run(one) == ""


def test_a_setting_at_which_nothing_can_be_drawn_says_so_in_plain_words():
    one = tried("knobs: {n: [-5, 5, 1]}\nplot: {x: {from: 1, to: 2}, curves: log(n*x)}\n")
    assert outcome(one, {"n": -1}).fault == ("there is nothing to draw at this setting: a curve that is undefined from 1 to 2")


@needs_sandbox
def test_code_runs_with_the_knobs_defined_and_may_end_with_a_plot():
    came = outcome(tried(CODE), {"n": 100, "c": 2})
    assert came.text == "sum 4952" and came.plot and came.plot.bars and came.plot.bars.heights == ((100,), (2,))
    assert came.fault == "" and can_run(tried(CODE)) == ""


@needs_sandbox
def test_a_setting_that_was_run_is_not_run_again(monkeypatch):
    one = tried("knobs: {n: [1, 9, 1]}\ncode: |\n  import os\n  print(os.getpid(), n)\n")
    first = outcome(one, {"n": 3})
    assert outcome(one, {"n": 3}) == first != outcome(one, {"n": 4})


@needs_sandbox
@pytest.mark.parametrize(
    "code, fault",
    [
        ("1/0", "the code failed: ZeroDivisionError: division by zero (line 1)"),
        ("print(n\n", "the code failed: SyntaxError: '(' was never closed (line 1)"),
        ("import os\nos._exit(0)", "the code failed: it ended the whole run, as os._exit does"),
        (f"print('a\\n' * {MAX_LINES + 1})", f"the code failed: it prints {MAX_LINES + 1} lines, more than the {MAX_LINES}"),
        ("print('a' * 10**6)", "the code failed: RuntimeError: too much output; print less (line 1)"),
        ("{'bars': {'a': 'b'}}", 'there is nothing to draw at this setting: the unknown name "b" in bars'),
        ("open('/etc/hostname', 'w')", "the code failed: "),
    ],
)
def test_code_that_fails_says_how_in_one_line(code, fault):
    one = tried("knobs: {n: [1, 9, 1]}\ncode: |\n" + textwrap.indent(code, "  "))
    came = outcome(one, {"n": 3})
    assert came.fault.startswith(fault) and "\n" not in came.fault and came.plot is None and came.text == ""


@needs_sandbox
def test_what_code_prints_can_not_act_on_the_terminal():
    assert "\x1b" not in outcome(tried("knobs: {n: [1, 9, 1]}\ncode: print('\\x1b[2Jred')\n"), {"n": 3}).text


def test_without_a_sandbox_nothing_runs_and_what_is_written_down_is_shown(no_sandbox):
    written = 'shown:\n  n = 10, c = 0:\n    text: sum 45\n    plot: {bars: {n: 10, c: 0}}\n  n = 30, c = 0: "sum 435"\n'
    one = tried(CODE + written)
    assert can_run(one) == "code is run in a sandbox only, and none works here (bubblewrap: not installed)"
    assert outcome(one, {"n": 30, "c": 0}) == TryOutcome(text="sum 435")
    came = outcome(one, {"n": 10, "c": 0})
    assert came.text == "sum 45" and came.plot and came.plot.bars and came.plot.bars.names == ("n", "c")
    assert outcome(one, {"n": 11, "c": 0}).fault.startswith("it can't run here: code is run in a sandbox only")


@needs_sandbox
def test_code_that_needs_a_package_which_is_missing_shows_what_is_written_down(monkeypatch):
    def run_job(job, *others):
        skipped = {"stdout": "", "error": "", "line": 0, "skipped": "numpy is not installed: pip install -e '.[lessons]'"}
        return [skipped | {"skipped": ""}, skipped], ""

    monkeypatch.setattr("utils.sandbox.jobs.run_job", run_job)
    one = tried("knobs: {n: [1, 9, 1]}\ncode: |\n  import numpy\n  print(n)\nshown:\n  n = 1: '1'\n")
    assert can_run(one) == "numpy is not installed: pip install -e '.[lessons]'"
    assert outcome(one, {"n": 1}) == TryOutcome(text="1")


def test_the_settings_of_a_bare_machine_are_the_first_the_lowest_and_the_highest():
    assert list(map(setting_in_words, tried(CODE).settings)) == ["n = 30, c = 0", "n = 10, c = 0", "n = 1000, c = 0"]
    assert [one["n"] for one in tried("knobs: {n: [1, 9, 1]}\ncode: print(n)\n").settings] == [1, 9, 5]
    given = tried(CODE + "settings: [{n: 20}, {c: 2}]\n").settings
    assert list(map(setting_in_words, given)) == ["n = 20, c = 0", "n = 30, c = 2"]
