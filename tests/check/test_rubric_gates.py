"""`check` of banks whose rubrics are read point by point: right answers made from them pass, and `--mutate` tries wrong ones."""

from __future__ import annotations

import json

import pytest
from conftest import LESSON

from tutor.check import checking
from tutor.check.report import CheckReport
from tutor.check.rubrics import gates, lone_references, mutation
from tutor.corpus.bank import parse_bank
from tutor.grading import grade
from tutor.models import Grade, Met
from utils.errors import ExitCode
from utils.settings import Settings

BANK = """\
items:
  - id: why-salt
    section: salt
    kind: short
    question: Why is salt added late, and how much of it?
    rubric:
      - point: salt slows yeast down
        also: [yeast works slower with salt, the yeast is less active when there is salt]
        near: salt makes yeast faster
      - point: two percent of the flour is usual
        also: [about 2 % of the flour's weight, take 2 % of the flour]
        near: two percent of the water is usual
    references:
      - Salt slows the yeast down, so it comes late. Two percent of the flour is usual.
      - Yeast works slower with salt in it. About 2 % of the flour's weight is usual.
    wrong:
      - answer: Salt feeds the yeast, and it needs a lot.
      - answer: Salt makes dough rise faster.
    hints: [Think of living cells., Who should begin first?]
    explanation: Salt draws water out of yeast.
"""


@pytest.fixture
def checked(docs):
    """checked(bank) -> the report on a folder with that bank."""

    def check(bank: str = BANK, **options) -> CheckReport:
        (docs / "food" / "bread.md").write_text(LESSON, encoding="utf-8")
        (docs / "food" / "bread.quiz.yaml").write_text(bank, encoding="utf-8")
        report = checking.check(Settings(docs=str(docs)), run_code=False, **options)
        report.findings = [one for one in report.findings if one.rule != "uncovered-section"]
        return report

    return check


@pytest.fixture
def graded(monkeypatch):
    """graded(text=grade, …): the verdict on answers that begin with a text; others are right."""

    def grades(**verdicts: Grade) -> None:
        def verdict(item, answer, **_) -> Grade:
            return next((given for text, given in verdicts.items() if answer.startswith(text)), Grade(1.0))

        for module in (gates, lone_references, mutation):
            monkeypatch.setattr(module, "grade", verdict)

    return grades


def line_of(part: str) -> int:
    return BANK[: BANK.index(part)].count("\n") + 1


def found(report: CheckReport) -> list[tuple[str, int]]:
    return [(one.rule, one.line) for one in report.findings]


HALF = {
    "salt": Grade(0.5, (Met("salt slows yeast down", ""),)),
    "two": Grade(0.5, (Met("two percent of the flour is usual", ""),)),
}

# ------------------------------------------------------------------------------------------------- points


def test_a_good_rubric_is_let_be(checked):
    assert checked().findings == []


def test_points_that_do_not_pass_together_are_told(checked, graded):
    graded(**HALF, Salt=Grade(0.5, missed=("two percent",)))
    (one, *_) = checked().findings
    assert (one.rule, one.line) == ("failed-reference", line_of("rubric:")) and "missed: two percent" in one.message
    graded(**HALF, Salt=Grade(1.0, unsure=True))
    assert found(checked())[0] == ("unsure-reference", line_of("rubric:"))


def test_a_point_that_passes_for_all_or_counts_for_nothing_is_told(checked, graded):
    graded(salt=Grade(1.0), two=Grade(0.0, feedback="This repeats the question."))
    first, second = checked().findings
    assert (first.rule, first.line) == ("passed-point", line_of("- point: salt"))
    assert (second.rule, second.line) == ("unheard-point", line_of("- point: two")) and "repeats" in second.message


def test_a_single_point_may_pass_alone(checked, graded):
    graded()
    first, rest = BANK.split("      - point: two percent")
    assert found(checked(first + rest[rest.index("    references") :])) == [("too-few-points", line_of("rubric:"))]


def test_a_rubric_without_near_misses_is_left_to_the_other_rules(checked):
    bank = "\n".join(line for line in BANK.split("\n") if " near:" not in line)
    assert not {rule for rule, _ in found(checked(bank))} & {"unheard-point", "passed-point"}


# ------------------------------------------------------------------------------------------------- with --mutate


def test_references_that_stand_alone_are_told_once_an_item(checked, graded):
    graded(**HALF, Yeast=Grade(0.5, missed=("salt slows yeast down",)))
    (one,) = [one for one in checked(mutate=True).findings if one.rule == "lone-reference"]
    assert one.line == line_of("- Yeast works")
    assert "1 of its 2 references" in one.message and 'they say "salt slows yeast down"' in one.message
    assert "1 of 2 references would pass without themselves" in checked(mutate=True).listing()
    assert "lone-reference" not in dict(found(checked()))


def test_an_item_of_which_four_in_five_references_stand_is_let_be(checked, graded):
    graded(**HALF, Yeast=Grade(0.5))
    more = "".join(f"      - Salt {number} slows the yeast. Two percent of the flour is usual.\n" for number in range(3))
    assert "lone-reference" not in dict(found(checked(BANK.replace("    wrong:", more + "    wrong:"), mutate=True)))


def test_a_reference_that_is_taken_for_a_known_wrong_answer_is_told(checked, graded):
    heard = BANK.replace("it needs a lot.\n", "it needs a lot.\n        reply: Sugar feeds it.\n")
    graded(**HALF, Yeast=Grade(0.0, feedback="Sugar feeds it."))
    (one,) = [one for one in checked(heard, mutate=True).findings if one.rule == "misheard-reference"]
    assert one.line == line_of("- Yeast works") and "Salt feeds the yeast" in one.message


def test_mutants_that_pass_are_warnings_with_the_line_to_add(checked, graded):
    graded(**HALF, It=Grade(0.0), No=Grade(0.0), That=Grade(0.0))
    report = checked(mutate=True)
    survivors = [one for one in report.findings if one.rule == "survived-mutant"]
    (score,) = report.scores
    assert survivors and len(survivors) == score.made - score.refused
    assert report.exit_code() == ExitCode.DONE and report.exit_code(strict=True) == ExitCode.FELL_SHORT
    near = next(one for one in survivors if one.line == line_of("- point: two") and "near miss" in one.message)
    assert near.add == '      - answer: "Salt slows yeast down. Two percent of the water is usual."'


def test_a_bank_with_all_proposed_lines_is_read_and_lets_none_of_them_pass(checked, graded, monkeypatch, docs):
    graded(**HALF)
    lines = [one.add for one in checked(mutate=True).findings if one.add]
    assert len(lines) > 5
    monkeypatch.undo()
    bank = BANK.replace("    hints:", "\n".join(lines) + "\n    hints:")
    (item,) = parse_bank(bank, "food/bread", "b.yaml")
    assert len(item.wrong) == 2 + len(lines)
    assert not [one.answer for one in item.wrong if grade(item, one.answer).correct]
    report = checked(bank, mutate=True)
    assert not [one for one in report.findings if one.rule == "passed-wrong-answer" or one.add]


def test_an_item_without_known_wrong_answers_is_given_the_field_too(checked, graded):
    graded(**HALF)
    bank = BANK[: BANK.index("    wrong:")] + BANK[BANK.index("    hints:") :]
    lines = [one.add for one in checked(bank, mutate=True).findings if one.add]
    assert lines[0].startswith("    wrong:\n      - answer: ") and all(line.startswith("      - answer") for line in lines[1:])
    assert len(parse_bank(bank + "\n".join(lines), "food/bread", "b.yaml")[0].wrong) == len(lines)


def test_half_an_answer_is_never_proposed_as_a_wrong_one(checked, graded):
    graded(**HALF)
    report = checked(mutate=True)
    halves = [one for one in report.findings if 'without "salt slows' in one.message or 'without "two percent' in one.message]
    assert halves and not any(one.add for one in halves)


def test_where_a_known_wrong_answer_does_not_help_near_misses_are_asked_for(checked, graded):
    graded(**HALF)
    bank = "\n".join(line for line in BANK.split("\n") if " near:" not in line)
    survivors = [one for one in checked(bank, mutate=True).findings if one.rule == "survived-mutant"]
    told = [one for one in survivors if 'without "' not in one.message]
    assert told and all("give each point a near:" in one.message and not one.add for one in told)


def test_a_folder_without_free_text_has_no_mutation_score(docs):
    report = checking.check(Settings(docs=str(docs)), run_code=False, mutate=True)
    assert "no mutation score: found no free-text question" in report.listing() and report.document()["mutation"] == []


def test_mutate_as_a_command(tutor, checked, docs):
    checked()
    run = tutor("--docs", docs, "check", "--no-run", "--mutate")
    assert run.returncode == 0 and "mutation score: how many wrong answers" in run.stdout
    document = json.loads(tutor("--docs", docs, "--json", "check", "--no-run", "--mutate").stdout)
    (score,) = document["mutation"]
    assert set(score) == {"path", "line", "item", "made", "refused", "references", "passed"} and score["item"] == "why-salt"
    survivors = [one for one in document["findings"] if one["rule"] == "survived-mutant"]
    assert len(survivors) == score["made"] - score["refused"]
    plain = json.loads(tutor("--docs", docs, "--json", "check", "--no-run").stdout)
    assert "mutation" not in plain and not any("add" in one for one in plain["findings"])
