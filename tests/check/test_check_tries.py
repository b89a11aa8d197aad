"""The try blocks of lessons: what `check` finds, and what `check --fix` writes."""

from __future__ import annotations

import pytest

from tutor.check import checking
from utils.sandbox.choosing import SandboxChoice, chosen
from utils.settings import Settings

pytestmark = pytest.mark.skipif(chosen().means is None, reason=f"no sandbox here: {chosen()}")

HEAD = "---\ntitle: Dice\nsummary: Throws.\nminutes: 5\n---\n# Dice\n\n## Means\n\nA mean is steadier for many throws.\n\n"
PLOT = """\
```try
title: Throws
knobs:
  n: [1, 100, 10]
predict: how-steady
question: what-of-four
plot:
  x: {from: 1, to: 100}
  curves: {spread: sqrt(n/x)}
```
"""
CODE = """\
```try
knobs: {n: [1, 9, 3], c: {choose: [0, 1]}}
predict: how-steady
question: what-of-four
code: |
  print("sum", sum(range(n)))
  print(c / 3)
# the end
```
"""
DRAWN = """\
```try
knobs: {n: [1, 9, 3]}
predict: how-steady
question: what-of-four
code: |
  {"bars": {"n": n / 3, "one": 1}}
```
"""
BANK = """\
items:
  - id: how-steady
    section: means
    kind: number
    question: How many throws halve the spread of one?
    answer: 4
    hints: [It falls with a root., Which root is two?]
    explanation: The spread falls with the root of the count.
  - id: what-of-four
    section: means
    kind: choice
    question: What becomes of the spread as the count grows?
    options:
      - {text: it falls by a root, right: true}
      - {text: it rises by a root}
      - {text: it is what it was}
    hints: [Turn it up., Look at the curve.]
    explanation: It falls with the root of the count.
"""


@pytest.fixture
def check(tmp_path):
    """Check a lesson: check(blocks) -> (the findings as `line rule: message`, the lesson's text afterwards)."""
    path = tmp_path / "dice" / "dice.md"
    path.parent.mkdir()

    def run(blocks: str, bank: str = BANK, **options):
        text = blocks if blocks.startswith("---") else HEAD + blocks
        path.write_text(text, encoding="utf-8")
        path.with_suffix(".quiz.yaml").write_text(bank, encoding="utf-8")
        report = checking.check(Settings(docs=str(tmp_path)), [str(path)], **options)
        told = [f"{one.line} {one.rule}: {one.message}" for one in report.findings]
        return told, path.read_text(encoding="utf-8")

    return run


def test_a_sound_plot_to_try_has_nothing_to_report(check):
    assert check(PLOT)[0] == []


@pytest.mark.parametrize(
    "before, after, told",
    [
        ("  n: [1, 100, 10]", "  n: [1, 100]", "15 invalid-try: try: found 2 values in the knob n"),
        ("plot:", "plots:", '18 invalid-try: try: found the unknown field "plots"'),
        ("sqrt(n/x)", "sqrt(n/y)", '20 invalid-try: plot: found the unknown name "y" in curves'),
        ("sqrt(n/x)", "1/(n-x)", "20 invalid-try: at n = 10: found the curve \"spread\""),
        ("sqrt(n/x)", "log(50-n)*x", '20 invalid-try: at n = 100: found a curve that is undefined from 1 to 100'),
        ("sqrt(n/x)", "sqrt(x)", "15 unused-knob: found the knob n, which the plot doesn't use"),
        ("predict: how-steady\n", "", "12 unasked-try: found no predict in a try block, expected the id of an item"),
        ("predict: how-steady", "predict: how-stedy", "16 unknown-try-item: found predict: how-stedy, expected the id of an item "
         "of the lesson's bank. Did you mean \"how-steady\"?"),
        ("question: what-of-four", "question: how-steady", '17 unknown-try-item: found the item "how-steady" a second time, '
         "expected one that line 16 does not name"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_block_is_told_at_its_line(check, before, after, told):
    found, _ = check(PLOT.replace(before, after))
    assert len(found) == 1 and found[0].startswith(told)


def test_a_plot_that_only_two_knobs_together_make_impossible_is_told(check):
    found, _ = check(
        PLOT.replace("  n: [1, 100, 10]", "  n: [1, 100, 10]\n  m: [0, 100, 1]").replace("sqrt(n/x)", "sqrt(n+100-m)")
    )
    assert found == []
    found, _ = check(
        PLOT.replace("  n: [1, 100, 10]", "  n: [1, 100, 10]\n  m: [0, 100, 1]").replace("sqrt(n/x)", "sqrt(n+95-m)*x")
    )
    assert len(found) == 1 and found[0].startswith("21 invalid-try: at n = 1, m = 100: found a curve that is undefined")


def test_items_have_to_be_of_the_section_and_the_first_one_to_be_guessed(check):
    found, _ = check(PLOT + "\n## Sums\n\nA sum is not.\n", BANK.replace("section: means", "section: sums"))
    assert [line.partition(", expected")[0] for line in found if "try" in line] == [
        '16 unknown-try-item: found the item "how-steady" of section "#sums"',
        '17 unknown-try-item: found the item "what-of-four" of section "#sums"',
    ]
    typed = BANK.replace("kind: number\n", "kind: predict\n").replace("answer: 4\n", 'code: print(4)\n    prints: "4"\n')
    found, _ = check(PLOT, typed)
    assert [line for line in found if "try" in line] == [
        '16 unknown-try-item: found the item "how-steady" of kind predict as predict, expected a choice or a number, which can '
        "be guessed; choose another"
    ]


@pytest.mark.parametrize(("first", "told"), [(3, False), (8, True)])
def test_a_block_may_not_show_the_answer_before_it_was_guessed(check, first, told):
    block = PLOT.replace("n: [1, 100, 10]", f"n: [1, 100, {first}]").replace("x: {from: 1, to: 100}", "y: throws")
    found, _ = check(block.replace("curves: {spread: sqrt(n/x)}", "bars: {half: n/2}"))
    lead = '16 leaked-key: found 4 in the block as it stands first, which answers "how-steady"'
    assert len(found) == told and all(line.startswith(lead) for line in found)


def test_a_bank_that_can_not_be_read_is_told_once(check):
    found, _ = check(PLOT, "items: 3\n")
    assert [line.split()[1] for line in found] == ["invalid-bank:"]


def test_what_code_shows_at_its_settings_is_written_by_fix_and_compared(check):
    found, _ = check(CODE)
    assert found == [
        "16 missing-output: found no output at n = 3, c = 0 in shown, expected what the code gives; add it (--fix does)"
    ]
    found, written = check(CODE, fix=True)
    assert found == [] and written.endswith("""\
code: |
  print("sum", sum(range(n)))
  print(c / 3)
shown:
  n = 3, c = 0: |
    sum 3
    0.0
  n = 1, c = 0: |
    sum 0
    0.0
  n = 9, c = 0: |
    sum 36
    0.0
# the end
```
""")
    assert check(written, fix=True) == ([], written), "a second time changes nothing"
    found, _ = check(written.replace("sum 36", "sum 37"))
    assert found == [
        '19 output-differs: found "sum 37" in shown at n = 9, c = 0, but the code gives "sum 36"; correct either of them (--fix '
        "takes what it gives)"
    ]
    assert check(written.replace("sum 36", "sum 37"), fix=True) == ([], written)
    stale = written.replace("# the end", "  n = 2, c = 0: sum 1\n# the end")
    assert [line.split()[1] for line in check(stale)[0]] == ["output-differs:"] and check(stale, fix=True) == ([], written)


def test_the_settings_that_an_author_lists_are_the_ones_written(check):
    listed = CODE.replace("# the end\n", "settings: [{n: 2}, {n: 4, c: 1}]\n")
    _, written = check(listed, fix=True)
    assert "  n = 2, c = 0: |\n    sum 1\n    0.0\n  n = 4, c = 1: |\n    sum 6\n    0.3333333333333333\nsettings:" in written


def test_a_plot_that_code_gives_is_written_too(check):
    found, written = check(DRAWN, fix=True)
    assert found == []
    assert (
        "shown:\n  n = 3:\n    plot:\n      bars: {n: 1, one: 1}\n  n = 1:\n    plot:\n      bars: {n: 0.333333, one: 1}\n"
        in written
    )
    assert check(written, fix=True) == ([], written)
    assert check(written.replace("n: 0.333333", "n: 0.33333"))[0] == []
    assert [line.split()[1] for line in check(written.replace("n: 0.333333", "n: 0.44"))[0]] == ["output-differs:"]


@pytest.mark.parametrize(
    "code, told",
    [
        ("print(1/(n-9))", "17 code-failed: at n = 9, c = 0, the code of a try block failed: ZeroDivisionError"),
        ("n + c", "16 invalid-try: at n = 3, c = 0, the code prints nothing and gives no plot"),
        ("c\n  {'bars': {'a': 1 + 'n'}}", "18 code-failed: at n = 3, c = 0, the code of a try block failed: TypeError"),
        ("c\n  {'bars': n}", "16 invalid-try: at n = 3, c = 0, the plot that the code gives can't be drawn"),
        ("print(c)", "13 unused-knob: found the knob n, which the code doesn't use"),
        ("import numpyy\n  print(n + c)", "17 code-failed: at n = 3, c = 0, the code of a try block failed: ModuleNotFoundError"),
    ],
)
def test_code_that_fails_or_shows_nothing_is_told_with_its_line(check, code, told):
    found, _ = check(CODE[: CODE.index("  print")] + f"  {code}\n```\n", fix=True)
    assert any(line.startswith(told) for line in found), found


def test_a_block_in_a_list_keeps_its_indentation_and_outputs_above_it_keep_their_place(check):
    listed = "```python\nprint(1)\n```\n\n- An entry:\n\n" + "".join(f"  {line}\n" for line in DRAWN.splitlines())
    found, written = check(listed, fix=True)
    assert found == [] and "\n```output\n1\n```\n" in written and "\n  shown:\n    n = 3:\n      plot:\n" in written
    assert check(written, fix=True) == ([], written)


def test_without_a_sandbox_code_is_not_run_and_the_author_is_told(check, monkeypatch):
    monkeypatch.setattr(checking, "chosen", lambda: SandboxChoice(None, {"bubblewrap": "not installed"}))
    found, written = check(CODE, fix=True)
    assert [line.partition(": ")[0] for line in found] == ["12 code-not-run"] and "shown" not in written
    assert check(CODE, run_code=False)[0] == []
