"""Questions on what a block of the lesson prints: how they name it, change it, and what `check` makes of them."""

from __future__ import annotations

import pytest

from tutor.check import checking
from tutor.corpus.bank import draw, kind_of, lesson_code, parse_bank
from tutor.corpus.front_matter import split_front_matter
from tutor.corpus.lessons import parse_lesson
from utils.errors import InvalidFile
from utils.settings import Settings

LESSON = """\
---
title: Bread
---
# Bread

You will know why dough rises.

## Yeast

```python
grams = 5

def flour(yeast, hours=1):
    return 50 * yeast * hours
```

It doubles:

```python
for day in (1, 2, 10):
    grams = grams * 2
    print(day, flour(grams))
```

```output
1 500
2 1000
10 2000
```

<!-- check
grams = 1000
-->

## Salt

```python
for day in (1, 2, 10):
    print(f"{{{day}}}")
```

```output
{1}
{2}
{10}
```

```python no-run
sow()
```
"""
ITEM = """\
items:
  - id: doubled
    section: yeast
    kind: predict
    question: What does this print?
    block: print(day, flour(grams))
    hints: [It doubles., Begin with 5.]
    explanation: It doubles each day.
"""
CHANGED = ITEM.replace("    hints", '    replace: {"(1, 2, 10)": "(3,)"}\n    hints')
DRAWN = ITEM.replace(
    "    hints", '    variables: {n: {choose: [3, 7]}}\n    replace: {"(1, 2, 10)": "({{n}},)", "* 2": "* {{n}}"}\n    hints'
)


@pytest.fixture
def check(docs):
    """check(bank) -> (the findings as `rule: message`, the bank's text afterwards)."""
    path = docs / "food" / "bread.quiz.yaml"
    (docs / "food" / "bread.md").write_text(LESSON, encoding="utf-8")

    def run(bank: str, **options):
        path.write_text(bank, encoding="utf-8")
        report = checking.check(Settings(docs=str(docs)), [str(path)], trust=True, **options)
        found = [one for one in report.findings if one.rule != "uncovered-section"]
        return [f"{one.rule}: {one.message}" for one in found], path.read_text(encoding="utf-8")

    return run


def items_of(bank: str, lesson: str = LESSON):
    parsed = parse_lesson(split_front_matter(lesson)[1], "food/bread", "bread.md")
    return parse_bank(bank, "food/bread", "bread.quiz.yaml", code=lambda: lesson_code(parsed))


def test_its_output_is_written_and_runs_after_the_code_before_it_but_not_after_hidden_checks(check):
    findings, _ = check(CHANGED)
    assert findings == [
        'missing-output: item "doubled": found no output in prints, expected what the code prints; add it (--fix does)'
    ]
    findings, written = check(CHANGED, fix=True)
    assert findings == [] and '"(3,)"}\n    prints: "3 500"\n    hints' in written
    assert check(written, fix=True) == ([], written)
    findings, _ = check(written.replace("3 500", "3 5000"))
    assert 'found "3 5000" in line 1 of prints, but the code prints "3 500"' in findings[0]


def test_each_draw_replaces_its_own(check):
    findings, written = check(DRAWN, fix=True)
    assert findings == [] and '    prints:\n      n=3: "3 750"\n      n=7: "7 1750"\n' in written
    (item,) = items_of(written)
    drawn = draw(item, 1)
    value = drawn.code.partition("day in (")[2][0]
    assert drawn.code == f"for day in ({value},):\n    grams = grams * {value}\n    print(day, flour(grams))"
    assert drawn.output == {"3": "3 750", "7": "7 1750"}[value]


@pytest.mark.parametrize("bank", [ITEM, ITEM.replace("    hints", "    replace: {day: days, (day: (days}\n    hints")])
def test_an_output_that_the_lesson_shows_is_told(check, bank):
    if "replace" in bank:
        bank = bank.replace("{day: days, (day: (days}", '{"(1, 2, 10)": "[1, 2, 10]"}')
    findings, _ = check(bank, fix=True)
    assert findings == [
        'shown-output: item "doubled": found the output that line 25 of the lesson shows, expected another; change what the '
        "block prints by replace:"
    ]


def test_a_block_is_named_by_any_of_its_lines_and_that_of_the_own_section_comes_first():
    assert items_of(ITEM.replace("print(day, flour(grams))", "'grams  =  grams * 2'"))[0].goes_on
    here = items_of(ITEM.replace("print(day, flour(grams))", "for day in (1, 2, 10)"))[0]
    there = items_of(ITEM.replace("print(day, flour(grams))", "for day in (1, 2, 10)").replace("yeast", "salt"))[0]
    assert "flour" in here.code and "{{{day}}}" in there.code and not there.goes_on
    moved = items_of(ITEM, LESSON.replace("It doubles:", "It doubles:\n\nEvery day.\n"))[0]
    assert moved == items_of(ITEM)[0]


def test_what_is_shown_says_where_it_goes_on_and_braces_of_the_lesson_stand_for_themselves():
    (item,) = items_of(ITEM)
    assert kind_of(item).question_text(item).endswith("```\n\nIt runs after the code before it in the lesson.")
    braces = ITEM.replace("print(day, flour(grams))", "'print(f\"{{{day}}}\")'").replace("yeast", "salt")
    (item,) = items_of(braces.replace("    hints", "    variables: {n: {choose: [3]}}\n    replace: {'2': '{{n}}'}\n    hints"))
    assert draw(item, 0).code == 'for day in (1, 3, 10):\n    print(f"{{{day}}}")'


@pytest.mark.parametrize(
    "bank, line, told",
    [
        (ITEM.replace("print(day, flour(grams))", "print(day)"), 6, "expected a line of a Python block that the lesson shows"),
        (ITEM.replace("print(day, flour(grams))", "print(day, flour(gram))"), 6, 'Did you mean "print(day, flour(grams))"?'),
        (ITEM.replace("print(day, flour(grams))", "sow()"), 6, "Its blocks begin with"),
        (
            ITEM.replace("print(day, flour(grams))", "'for day in (1, 2, 10):'").replace("yeast", "bread"),
            6,
            "found 2 blocks with the line",
        ),
        (CHANGED.replace("(1, 2, 10)", "(1, 2)"), 7, 'found "(1, 2)" nowhere in the block on line 19'),
        (CHANGED.replace("(1, 2, 10)", "grams"), 7, 'found "grams" 3 times in the block on line 19'),
        (CHANGED.replace('"(3,)"', "3"), 7, "found the number 3 in (1, 2, 10), expected a text"),
        (ITEM.replace("    block", "    code: x\n    block"), 6, "found code beside block, expected one of the two"),
        (CHANGED.replace("    block: print(day, flour(grams))", "    code: x"), 7, "found replace without block"),
        (DRAWN.replace("({{n}},)", "({{m}},)"), 8, 'found the unknown name "m"'),
    ],
)
def test_a_block_that_cannot_be_found_or_changed_is_refused_with_its_line(bank, line, told):
    with pytest.raises(InvalidFile) as caught:
        items_of(bank)
    assert told in caught.value.message and caught.value.line == line


def test_a_piece_is_replaced_where_it_is_no_part_of_a_longer_one():
    (item,) = items_of(ITEM.replace("    hints", '    replace: {"1": "4"}\n    hints'))
    assert "(4, 2, 10)" in item.code


def test_a_failure_is_told_on_the_line_of_the_bank_that_names_the_block(check, docs):
    findings, _ = check(CHANGED.replace('"(3,)"', '"(x,)"'))
    assert findings[0].startswith("code-failed: item \"doubled\": the code failed: NameError: name 'x' is not defined")
    report = checking.check(Settings(docs=str(docs)), [str(docs / "food" / "bread.quiz.yaml")], trust=True)
    assert [one.line for one in report.findings if one.rule == "code-failed"] == [6]


def test_what_a_block_with_a_plot_defines_is_there_but_it_is_no_block_to_ask_about(check, docs):
    plot = LESSON.replace("It doubles:", "```python plot\nmany = 9\n{'points': [[1, 2]]}\n```\n\nIt doubles:")
    (docs / "food" / "bread.md").write_text(plot, encoding="utf-8")
    findings, written = check(CHANGED.replace('"(3,)"', '"(many,)"'), fix=True)
    assert findings == [] and 'prints: "9 500"' in written
    with pytest.raises(InvalidFile, match="expected a line of a Python block"):
        items_of(ITEM.replace("print(day, flour(grams))", "many = 9"), plot)


def test_a_session_and_a_sheet_ask_it(docs, tutor, check, tmp_path):
    check(CHANGED, fix=True)
    (tmp_path / "s.yaml").write_text('steps:\n  - answer: "3 500"\n  - quit\n')
    ran = tutor("--docs", docs, "--plain", "--offline", "learn", "bread", "--script", tmp_path / "s.yaml")
    text = " ".join(ran.stdout.split())
    assert "for day in (3,): grams = grams * 2 print(day, flour(grams)) It runs after the code before it in the lesson." in text
    assert "Right." in text
    sheet = tmp_path / "sheet.yaml"
    tutor("--docs", docs, "--offline", "quiz", "bread", "--sheet", sheet)
    assert "for day in (3,):" in sheet.read_text()
    sheet.write_text(sheet.read_text().replace("    answer:", '    answer: "3 500"'), encoding="utf-8")
    assert "1 of 1 right" in tutor("--docs", docs, "--offline", "quiz", "--answers", sheet, "--no-log").stdout
    (docs / "food" / "bread.md").write_text(LESSON.replace("* 2", "* 3"), encoding="utf-8")
    ran = tutor("--docs", docs, "--offline", "quiz", "--answers", sheet)
    assert ran.returncode == 5 and "the item was changed after the sheet was written" in ran.stderr
