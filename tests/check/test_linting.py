"""`check`: each rule on a small corpus, what is mended, how it is told."""

from __future__ import annotations

import json

import pytest
from conftest import BANK, LESSON, ROOT

from tutor.check import checking, code
from tutor.check.fixes import tidy, with_outputs
from tutor.check.lessons.text import prerequisite_circles
from tutor.check.report import CheckReport
from tutor.corpus.code_blocks import CodeBlock, code_blocks_of
from tutor.corpus.corpus import open_corpus
from tutor.corpus.lessons import MISCONCEPTIONS as MISCONCEPTIONS_TITLE
from tutor.corpus.lessons import listed_entries, marked_misconceptions
from utils.errors import ExitCode, UsageError
from utils.settings import Settings

GOOD = LESSON.replace("## Recap", "```python\nprint(10 * 50)\n```\n\n```output\n500\n```\n\n## Recap")


@pytest.fixture
def bread(docs):
    """The lesson and its bank as texts that can be changed: bread(lesson=…, bank=…) -> the folder."""

    def write(lesson: str = GOOD, bank: str | None = BANK):
        (docs / "food" / "bread.md").write_bytes(lesson.encode())
        if bank is None:
            (docs / "food" / "bread.quiz.yaml").unlink(missing_ok=True)
        else:
            (docs / "food" / "bread.quiz.yaml").write_bytes(bank.encode())
        return docs

    return write


def checked(docs, *paths, **options) -> CheckReport:
    return checking.check(Settings(docs=str(docs)), [str(path) for path in paths], **options)


def found(docs, *paths, **options) -> list[str]:
    """`rule:line` of all findings."""
    return [f"{one.rule}:{one.line}" for one in checked(docs, *paths, **options).findings]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def item(text: str) -> str:
    """A bank of one item, with what most items have."""
    rest = "    hints: [Think of bread., Think of time.]\n    explanation: It is so.\n"
    return "items:\n  - id: one\n    section: yeast\n" + text + rest


def choice(question: str, *options: str, right: int = 0, hints: str = "") -> str:
    rows = "".join(
        f'      - text: "{text}"\n' + ("        right: true\n" if at == right else "") for at, text in enumerate(options)
    )
    text = item(f'    kind: choice\n    question: "{question}"\n    options:\n{rows}')
    return text.replace("[Think of bread., Think of time.]", hints) if hints else text


# ------------------------------------------------------------------------------------------------ as a whole


def test_a_good_corpus_gives_one_line_and_exit_code_0(bread):
    report = checked(bread())
    assert report.listing() == "1 lesson, 4 sections, 5 items, 1 code block: no errors, no warnings"
    assert report.exit_code(strict=True) == ExitCode.DONE


def test_findings_are_sorted_and_name_path_line_severity_and_rule(bread):
    report = checked(bread(GOOD.replace("500\n```", "501\n```").replace("minutes: 10\n", "")))
    first, second, last = report.listing().split("\n")
    line = line_of(GOOD, "500\n```") - 1
    assert first.endswith("add minutes: … [missing-front-matter]") and "bread.md:1: warning: found no minutes" in first
    assert f"bread.md:{line}: error: " in second and 'found "501", but the code prints "500"' in second
    assert last.endswith("1 error, 1 warning")
    assert report.exit_code() == ExitCode.FELL_SHORT


def test_warnings_fail_only_with_strict_and_notes_never(bread):
    report = checked(bread(GOOD.replace("minutes: 10\n", "") + "more \n"))
    assert report.exit_code() == ExitCode.DONE and report.exit_code(strict=True) == ExitCode.FELL_SHORT
    report = checked(bread(GOOD + "more \n"))
    assert report.summary().endswith("no errors, no warnings, 1 note")
    assert report.exit_code(strict=True) == ExitCode.DONE


def test_check_as_a_command(tutor, bread):
    docs = bread(GOOD.replace("500\n```", "501\n```"))
    run = tutor("--docs", docs, "check")
    assert run.returncode == 1 and "[output-differs]" in run.stdout and run.stderr == ""
    assert tutor("--docs", docs, "check", "--no-run").returncode == 0
    document = json.loads(tutor("--docs", docs, "--json", "check").stdout)
    counts = {name: document[name] for name in ("files", "sections", "items", "code_blocks")}
    assert counts == {"files": 2, "sections": 4, "items": 5, "code_blocks": 1}
    assert set(document["findings"][0]) == {"path", "line", "rule", "severity", "message"}
    rules = tutor("check", "--rules")
    assert rules.returncode == 0 and "output-differs" in rules.stdout
    fixed = tutor("--docs", docs, "check", "--fix")
    assert fixed.returncode == 0 and "fixed: " in fixed.stdout and "1 output block rewritten" in fixed.stdout


def test_a_path_that_is_not_there_is_wrong_usage(tutor, docs):
    run = tutor("check", docs / "nowhere.md")
    assert run.returncode == 2 and "there is no such file or folder" in run.stderr


# --------------------------------------------------------------------------------------------------- paths


def test_a_bank_alone_is_looked_at_without_running_code(bread):
    docs = bread(GOOD.replace("500\n```", "501\n```"), BANK.replace("section: salt", "section: pepper", 1))
    report = checked(docs, docs / "food" / "bread.quiz.yaml")
    assert {one.rule for one in report.findings} == {"unknown-section"}
    assert (report.lessons, report.items) == (0, 5)


def test_a_part_of_the_corpus_is_looked_at_as_part_of_it(bread):
    docs = bread(GOOD.replace("minutes: 10", "minutes: 10\nprerequisites: [grain/flour]"))
    (docs / "grain").mkdir()
    (docs / "grain" / "flour.md").write_text(GOOD + "\n[bread](../food/bread.md#yeast)\n", encoding="utf-8")
    assert found(docs, docs / "food", docs / "food" / "bread.md") == []
    assert found(docs, docs / "grain" / "flour.md") == ["no-bank:1"]


def test_a_folder_elsewhere_may_need_lessons_beside_it(bread, tmp_path):
    docs = bread(GOOD.replace("minutes: 10", "minutes: 10\nprerequisites: [grain/flour]"))
    (docs / "grain").mkdir()
    (docs / "grain" / "flour.md").write_text(GOOD, encoding="utf-8")
    report = checking.check(Settings(docs=str(tmp_path / "other")), [str(docs / "food")])
    assert report.findings == []


def test_what_is_no_lesson_is_refused_with_the_reason(docs):
    (docs / "README.md").write_text("# Read me", encoding="utf-8")
    (docs / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="it is not a lesson"):
        checked(docs, docs / "README.md")
    with pytest.raises(UsageError, match="neither a lesson"):
        checked(docs, docs / "notes.txt")


def test_a_link_out_of_the_folder_is_neither_read_nor_mended(bread, tmp_path):
    docs = bread(bank=None)
    secret = tmp_path / "secret.yaml"
    secret.write_text("secret: [x] \n", encoding="utf-8")
    (docs / "food" / "bread.quiz.yaml").symlink_to(secret)
    (docs / "food" / "cake.quiz.yaml").symlink_to(secret)
    report = checked(docs, fix=True)
    assert "secret: [" not in report.listing()
    assert secret.read_text() == "secret: [x] \n"


# ------------------------------------------------------------------------------------------- lessons: texts


@pytest.mark.parametrize(
    ("old", "new", "rule", "word"),
    [
        ("minutes: 10", "minutes: ten", "front-matter", "whole number"),
        ("minutes: 10", "minuets: 10", "missing-front-matter", 'Is "minuets" meant to be minutes?'),
        ("minutes: 10", "minutes: 10\nprerequisites: [grain/rye]", "unknown-prerequisite", '"grain/rye"'),
        ("minutes: 10", "minutes: 10\nprerequisites: [food/bread]", "circular-prerequisite", "food/bread needs food/bread"),
        ("## Salt", "[a](cake.md)\n\n## Salt", "broken-link", "there is no file food/cake.md"),
        ("## Salt", "[a](bread.md#yaest)\n\n## Salt", "broken-link", 'Did you mean "#yeast"?'),
        ("## Salt", "[a](#pepper)\n\n## Salt", "broken-link", 'no heading "#pepper"'),
        ("## Salt", "[a]()\n\n## Salt", "broken-link", "a link to nothing"),
        ("## Salt", "![a](dough.png)\n\n## Salt", "missing-image", '"dough.png"'),
        ("## Salt", "$\\frobnicate{x}$\n\n## Salt", "unrenderable-formula", "\\frobnicate"),
        ("## Salt", "$$\n\\frac{a}{b\n$$\n\n## Salt", "unrenderable-formula", "simpler LaTeX"),
        ("**Salt slows", "**Salt\u202e slows", "hidden-characters", "U+202E in column 7"),
        ("**Salt slows", "\x1b[31m**Salt slows", "hidden-characters", "U+001B in column 1"),
        ("## Salt", "```output\n3\n```\n\n## Salt", "stray-output", "directly above"),
        ("## Salt", "```python\nprint(3)\n```\n\n## Salt", "missing-output", 'prints "3"'),
        ("## Salt", "```python\n1 / 0\n```\n\n## Salt", "code-failed", "no-run"),
        ("## Salt", "<!-- check\nassert 1 + 1 == 3\n-->\n\n## Salt", "check-failed", "1 + 1 is 2"),
        ("500\n```", "500\n600\n```", "output-differs", 'found "600", but the code prints nothing'),
    ],
)
def test_a_fault_in_a_lesson_is_told_with_its_line(bread, old, new, rule, word):
    text = GOOD.replace(old, new, 1)
    (one,) = checked(bread(text)).findings
    assert one.rule == rule and word in one.message
    first = line_of(text, new)
    assert rule == "missing-front-matter" or first <= one.line <= first + new.count("\n")


MISCONCEPTIONS = """\
misconceptions:
  - id: air-lifts
    believed: Air makes dough rise.
    so: Yeast does.
  - id: salt-feeds
    believed: Salt feeds yeast.
    so: It slows yeast down.
"""
TOLD = GOOD.replace("## Recap", "## Misconceptions\n\n- **Does salt feed yeast?** No: it slows it. {#salt-feeds}\n\n## Recap")
HEARD = BANK.replace("yeast makes oxygen", "air-lifts")


def test_misconceptions_that_banks_and_lessons_name_are_those_of_the_list(bread):
    docs = bread(TOLD, HEARD)
    (docs / "misconceptions.yaml").write_text(MISCONCEPTIONS, encoding="utf-8")
    assert found(docs) == []


def test_an_id_that_the_list_does_not_have_is_told_with_its_line(bread):
    bank, lesson = HEARD.replace("air-lifts", "air-lift"), TOLD.replace("{#salt-feeds}", "{#salt-feed}")
    docs = bread(lesson, bank)
    (docs / "misconceptions.yaml").write_text(MISCONCEPTIONS, encoding="utf-8")
    in_lesson, in_bank, *unused = checked(docs).findings
    assert (in_lesson.rule, in_lesson.line) == ("unknown-misconception", line_of(lesson, "{#salt-feed}"))
    assert (in_bank.rule, in_bank.line) == ("unknown-misconception", line_of(bank, "- text: oxygen"))
    assert (
        'found the misconception "air-lift", expected an id of misconceptions.yaml. Did you mean "air-lifts"?' in in_bank.message
    )
    assert [(one.rule, one.line) for one in unused] == [("unused-misconception", 2), ("unused-misconception", 5)]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("- **Salt feeds yeast.** It slows it. {#salt-feeds}", ["**Salt feeds yeast.** It slows it.", "expected a question"]),
        ("- Does salt feed yeast? No. {#salt-feeds}", ["expected a question in bold"]),
        ("- **Does salt feed yeast?** {#salt-feeds}\n  <!-- asked: is salt food -->", ["Does salt feed yeast?", "answer it"]),
        ("- **Does salt feed yeast?** No: it\n  slows it.", ["without an id about", "`{#salt-feeds}` at its end"]),
    ],
)
def test_an_entry_of_a_list_of_misconceptions_is_a_question_its_answer_and_an_id(bread, entry, words):
    lesson = TOLD.replace(
        "- **Does salt feed yeast?** No: it slows it. {#salt-feeds}", f"- **Is it so?** No. {{#air-lifts}}\n{entry}"
    )
    docs = bread(lesson, HEARD)
    (docs / "misconceptions.yaml").write_text(MISCONCEPTIONS, encoding="utf-8")
    one, *more = checked(docs).findings
    assert {other.rule for other in more} <= {"unused-misconception"}
    assert (one.rule, one.line) == ("misconception-form", line_of(lesson, entry)) and all(word in one.message for word in words)


@pytest.mark.parametrize(
    "entry",
    [
        "- **Does more yeast make better bread?** Only faster.",
        "- **Does salt make the crust brown?** No: the heat does.",
        "- **Does salt feed yeast?** No. {#salt-feeds}\n- **Does any salt feed yeast?** No: none does.",
    ],
)
def test_an_entry_about_no_belief_of_the_list_needs_no_id(bread, entry):
    docs = bread(TOLD.replace("- **Does salt feed yeast?** No: it slows it. {#salt-feeds}", entry), HEARD)
    (docs / "misconceptions.yaml").write_text(MISCONCEPTIONS, encoding="utf-8")
    assert "misconception-form" not in " ".join(found(docs))


def test_an_unknown_id_of_a_lesson_is_not_to_be_written_in_words(bread):
    docs = bread(TOLD.replace("{#salt-feeds}", "{#quite-other}"), HEARD)
    (docs / "misconceptions.yaml").write_text(MISCONCEPTIONS, encoding="utf-8")
    told = checked(docs).findings[0].message
    assert told.endswith("expected an id of misconceptions.yaml; add it there, or remove it here")


def test_each_entry_of_the_bundled_lessons_names_its_belief():
    corpus = open_corpus(ROOT / "docs")
    count = 0
    for lesson in map(corpus.lesson, corpus.ids()):
        if section := lesson.section(MISCONCEPTIONS_TITLE):
            lines = [line for _, line in marked_misconceptions(lesson, corpus.lesson_text(lesson.id))]
            for start, end in listed_entries(section.text):
                first, after = section.text_line + start, section.text_line + end
                assert sum(first <= line < after for line in lines) == 1, f"{lesson.path}:{first}"
                count += 1
    assert count >= 147


def test_entries_need_an_id_only_where_there_is_a_list_and_other_sections_no_form(bread):
    assert found(bread(TOLD.replace(" {#salt-feeds}", ""))) == []
    other = TOLD.replace("## Misconceptions", "## Common mistakes").replace("Does salt feed yeast?", "Salt feeds yeast.")
    assert "misconception-form" not in " ".join(found(bread(other)))


def test_without_a_list_every_text_is_its_own_name(bread):
    assert found(bread(bank=HEARD)) == []


def test_a_list_that_cannot_be_read_is_told_and_nothing_is_held_against_it(bread):
    docs = bread(bank=HEARD)
    (docs / "misconceptions.yaml").write_text(MISCONCEPTIONS.replace("salt-feeds", "air-lifts"), encoding="utf-8")
    assert found(docs) == ["invalid-misconceptions:5"]


def test_what_is_unused_is_told_only_where_the_whole_folder_is_looked_at(bread):
    docs = bread(bank=BANK)
    (docs / "misconceptions.yaml").write_text(MISCONCEPTIONS, encoding="utf-8")
    (docs / "food" / "cake.md").write_text(GOOD, encoding="utf-8")
    (docs / "food" / "cake.quiz.yaml").write_text(HEARD, encoding="utf-8")
    assert found(docs) == ["unused-misconception:5"]
    assert found(docs, docs / "food" / "bread.md") == []


def test_an_idea_that_no_other_lesson_shares_is_told(bread):
    bank = BANK.replace("  - id: eats\n", "  - id: eats\n    idea: yeast-eats\n")
    docs = bread(bank=bank)
    assert found(docs) == [f"lone-idea:{line_of(bank, '  - id: eats')}"]
    (docs / "food" / "cake.md").write_text(GOOD, encoding="utf-8")
    (docs / "food" / "cake.quiz.yaml").write_text(bank, encoding="utf-8")
    assert found(docs) == []


def test_links_that_lead_somewhere_are_let_be(bread):
    good = (
        "[a](https://example.org/x.md#y) [b](mailto:a@b.c) [c](#yeast) [d](bread.md#salt) [e](../food/bread.md)"
        " [f](../food) [g](#bread) [h](/food/bread.md) [i](our%20oven.png) [j](#here) <a id='here'></a>"
        " [k](#quoted) ![l](our%20oven.png) `[m](nowhere.md)` <!-- [n](nowhere.md) -->\n\n> ## Quoted\n"
    )
    docs = bread(GOOD.replace("## Salt", good + "\n## Salt"))
    (docs / "food" / "our oven.png").write_bytes(b"")
    assert found(docs) == []


def test_a_folder_without_banks_needs_none_and_one_with_banks_needs_them_all(bread):
    assert found(bread(bank=None)) == []
    docs = bread()
    (docs / "food" / "cake.md").write_text(GOOD, encoding="utf-8")
    (docs / "food" / "caek.quiz.yaml").write_text(BANK, encoding="utf-8")
    findings = checked(docs).findings
    assert [one.rule for one in findings] == ["stray-bank", "no-bank"]
    assert "Did you mean food/cake.quiz.yaml?" in findings[0].message


def test_a_circle_is_told_once_with_the_way_round():
    found = prerequisite_circles({"a": ["b"], "b": ["c"], "c": ["b"], "d": ["e"]})
    assert found == [["b", "c"]]


def test_math_that_the_terminal_can_show_is_let_be(bread):
    good = "$\\frac{a}{b}$ costs \\$5, $x_{10}^{n+1}$, $W^Q$, $\\{1,2\\}$, `$\\foo$`\n\n$$\n\\sum_{i=1}^n \\sqrt{x_i}\n$$\n"
    assert found(bread(GOOD.replace("## Salt", good + "\n## Salt"))) == []


# -------------------------------------------------------------------------------------------------- output


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a 1  \n", "a 1\n"),
        ("0.4016 x\n", "0.4017 x\n"),
        ("1.0000000\n", "1.0000009\n"),
        ("[ 1.  2.5]\n", "[1. 2.5]\n"),
        ("-0.00\n", "0.00\n"),
        ("1e-16\n", "1e-16\n\n"),
    ],
)
def test_outputs_that_count_as_equal(shown, printed):
    assert code.difference(shown, printed) is None


@pytest.mark.parametrize(
    ("shown", "printed"),
    [("3\n", "4\n"), ("0.4016\n", "0.4018\n"), ("a\nb\n", "a\n"), ("a 1.0\n", "b 1.0\n"), ("1.5 s\n", "1.5 ms\n"), ("\n", "x\n")],
)
def test_outputs_that_differ(shown, printed):
    assert code.difference(shown, printed) is not None


# --------------------------------------------------------------------------------------------------- banks


def test_a_bank_that_cannot_be_read_is_told_at_its_line(bread):
    docs = bread(bank=BANK.replace("id: eats", "id: gas"))
    (one,) = checked(docs).findings
    assert one.rule == "invalid-bank" and one.line == line_of(BANK, "id: eats") and "repeats an id" in one.message


def test_a_section_without_items_is_told_but_not_the_recap(bread):
    cut = BANK[: BANK.index("  - id: percent")]
    (one,) = checked(bread(bank=cut)).findings
    assert one.rule == "uncovered-section" and one.line == line_of(GOOD, "## Salt") and '"#salt"' in one.message


def only(docs) -> list[str]:
    """Rules of the bank's findings, its coverage aside."""
    return [one.rule for one in checked(docs).findings if one.rule != "uncovered-section"]


def test_hints_and_explanations_are_asked_for(bread):
    bank = item("    kind: number\n    question: How many?\n    answer: 400\n")
    one = bank.replace("[Think of bread., Think of time.]", "[Think.]")
    assert only(bread(bank=one)) == ["one-hint"]
    none = "\n".join(line for line in bank.split("\n") if "hints" not in line and "explanation" not in line)
    assert only(bread(bank=none + "\n")) == ["no-explanation", "no-hint"]


@pytest.mark.parametrize(
    "bank",
    [
        choice("Which gas?", "carbon dioxide", "oxygen", "nitrogen", hints="[Think., It is *Carbon dioxide*.]"),
        choice("Which gas?", "fermentation", "baking", hints="[Think., What fermentation gives off.]"),
        choice("Yeast makes carbon dioxide. Which gas?", "carbon dioxide", "oxygen", "nitrogen"),
        item("    kind: number\n    question: How many?\n    answer: 450\n").replace("of time", "of 450"),
        item("    kind: cloze\n    question: Yeast eats [[sugar]].\n").replace("of time", "of sugar"),
        item("    kind: order\n    question: How?\n    steps: [mix it, knead it, bake it]\n").replace(
            "Think of time.", '"mix it, knead it, bake it"'
        ),
        item(
            "    kind: number\n    variables:\n      a: {from: 20, to: 90}\n    question: Double of {{a}}?\n    answer: 2 * a\n"
        ).replace("Think of time.", '"That is {{2 * a}}."'),
        item("    kind: short\n    question: What?\n    expression: 2*x + 1\n").replace("Think of time.", '"Try 2x + 1."'),
    ],
)
def test_a_key_that_is_given_away_is_told(bread, bank):
    assert only(bread(bank=bank)) == ["leaked-key"]


@pytest.mark.parametrize(
    "bank",
    [
        choice("Is it carbon dioxide or oxygen?", "carbon dioxide", "oxygen"),
        choice("From [1, 2] comes [2.5, 0]. What from [2, 4]?", "[2.5, 0]", "[5, 0]"),
        choice("Which?", "gas", "gas of the oven", hints="[Think., It is a gas.]"),
        choice("How many?", "2", "3", hints="[There are 2 ways., Think.]"),
        choice("How does it change?", "it doubles", "it halves", hints="[It either doubles or halves., Think.]"),
        item("    kind: number\n    question: How many of 450?\n    answer: 450\n").replace("of time", "of 450"),
        item("    kind: number\n    question: How many?\n    answer: 3\n").replace("of time", "of 3 breads"),
        item("    kind: number\n    variables:\n      a: {from: 20, to: 90}\n    question: Half of it?\n    answer: a\n").replace(
            "of time", "of 33 breads"
        ),
    ],
)
def test_what_stands_in_a_hint_by_chance_is_let_be(bread, bank):
    assert only(bread(bank=bank)) == []


def test_an_option_that_stands_out_by_its_length_is_told(bread):
    long = "because the yeast breathes out gas while it eats"
    assert only(bread(bank=choice("Why?", long, "by chance", "by heat"))) == ["long-option"]
    assert only(bread(bank=choice("Why?", "by chance", long, long + " it"))) == ["long-option"]
    assert only(bread(bank=choice("Why?", "by chance", "by heat", long))) == []


def choices(*options: tuple[str, ...]) -> str:
    """A bank of choices, each by its options, the right one marked with *."""
    found = []
    for number, texts in enumerate(options, 1):
        listed = [f"{{text: {text.strip('*')}, right: {str('*' in text).lower()}}}" for text in texts]
        found.append(
            f"  - {{id: q{number}, section: yeast, kind: choice, question: 'Which of them is it, number {number}?', "
            f"options: [{', '.join(listed)}], hints: [Think., Think again.], explanation: So it is.}}\n"
        )
    return "items:\n" + "".join(found)


def test_right_options_in_one_place_are_told(bread):
    first, second, third = ("*gas", "air", "salt"), ("air", "*gas", "salt"), ("air", "salt", "*gas")
    assert only(bread(bank=choices(second, second, second, first, third))) == ["option-place"]
    assert only(bread(bank=choices(second, second, first, first, third))) == [], "two of five are no habit"
    assert only(bread(bank=choices(second, second, first))) == [], "nor are two of three"


def test_longest_options_that_are_right_are_told(bread):
    long = [("*a longer one", "air", "salt"), ("air", "*a longer one", "salt"), ("air", "salt", "*a longer one")]
    others = [("a longer one", "*air", "salt"), ("*air", "a longer one", "salt")]
    assert only(bread(bank=choices(*long, *others))) == ["longest-option"]
    nearly = [tuple(text.replace("air", "a short one") for text in texts) for texts in long]
    assert only(bread(bank=choices(*nearly, *others))) == [], "a letter more is not seen"


def test_a_number_that_refuses_its_own_rounded_answer_is_told(bread):
    def asked(question: str, answer: str, tolerance: str = "0") -> list[str]:
        fields = f"    kind: number\n    question: {question}\n    answer: {answer}\n    tolerance: {tolerance}\n"
        return only(bread(bank=item(fields)))

    assert asked("What is two thirds, to two decimals?", "2/3", "0.001") == ["refused-rounding"]
    assert asked("What is two thirds, to two decimals?", "2/3", "0.005") == []
    assert asked("What is two thirds, as a number?", "2/3") == ["refused-rounding"], "nobody types it in full"
    assert asked("What is the half of five?", "2.5") == []


SHORT = """    kind: short
    question: Why does dough rise?
    rubric:
      - point: yeast gives off carbon dioxide
      - point: the gas bubbles stay in the dough
    references:
      - Yeast gives off carbon dioxide, and the gas bubbles stay in the dough.
      - The carbon dioxide of the yeast is held in the dough as gas bubbles.
    wrong:
      - answer: Salt makes it grow.
      - answer: The oven blows air into the loaf.
"""


def test_a_short_item_is_asked_for_points_references_and_wrong_answers(bread):
    lines = SHORT.split("\n")
    thin = "\n".join([*lines[:4], *lines[5:7], *lines[8:10], ""])
    rules = only(bread(bank=item(thin)))
    assert {"too-few-points", "too-few-references", "too-few-wrong"} <= set(rules)


def test_a_grader_that_judges_otherwise_than_the_author_is_told(bread, monkeypatch):
    from tutor.check import banks
    from tutor.models import Grade

    monkeypatch.setattr(banks, "grade", lambda drawn, answer, **_: Grade(float(answer.startswith("Salt"))))
    rules = only(bread(bank=item(SHORT)))
    assert rules == ["failed-reference", "failed-reference", "passed-wrong-answer"]
    monkeypatch.setattr(banks, "grade", lambda drawn, answer, **_: Grade(1.0, unsure=True))
    assert only(bread(bank=item(SHORT))) == ["unsure-reference", "unsure-reference"]


def test_numbers_without_an_answer_are_told(bread):
    bank = item("    kind: number\n    variables:\n      a: {from: 0, to: 3}\n    question: 1 / {{a}}?\n    answer: 1 / a\n")
    (one,) = [one for one in checked(bread(bank=bank)).findings if one.rule == "undefined-draw"]
    assert one.line == 8 and "a = 0" in one.message and "where:" in one.message
    assert only(bread(bank=bank.replace("    question", "    where: a != 0\n    tolerance: 0.01\n    question"))) == []


def test_an_answer_that_is_a_key_is_told(bread):
    assert only(bread(bank=item("    kind: cloze\n    question: Choose [[k]] of n.\n"))) == ["key-like-answer"]
    assert only(bread(bank=item("    kind: cloze\n    question: Choose [[kk]] of n.\n"))) == []


# -------------------------------------------------------------------------------------------------- mending


def test_fix_mends_characters_line_ends_and_outputs_and_says_so(bread):
    untidy = GOOD.replace("500\n```", "501\n```").replace("**Salt slows", "**Sa\u200blt slows").replace("\n", "\r\n")
    docs = bread("\ufeff" + untidy.rstrip() + " \t", BANK.replace("items:", "items:   ").rstrip())
    report = checked(docs, fix=True)
    assert (docs / "food" / "bread.md").read_bytes().decode() == GOOD
    assert (docs / "food" / "bread.quiz.yaml").read_text(encoding="utf-8") == BANK
    assert report.findings == [] and len(report.fixed) == 3
    assert "line ends changed to LF" in report.fixed[0] and "newline added" in report.fixed[1]
    assert checked(docs, fix=True).fixed == [], "mending twice changes nothing more"


def test_fix_adds_a_missing_output_block_and_leaves_failing_code_alone():
    text = "- a\n\n  ```python\n  print('``' + '`')\n  ```\n\n```python\nprint(1)\n```\n\n```output\n2\n3\n```\nend\n"
    first, second = code_blocks_of(text)
    mended = with_outputs(text, [(first, "```\n"), (second, "1\n")])
    assert mended == (
        "- a\n\n  ```python\n  print('``' + '`')\n  ```\n\n  ````output\n  ```\n  ````\n\n"
        "```python\nprint(1)\n```\n\n```output\n1\n```\nend\n"
    )


def test_fix_keeps_the_two_spaces_that_break_a_line():
    assert tidy("a  \nb   \n\nc  \n", markdown=True) == "a  \nb\n\nc\n"
    assert tidy("a  \nb", markdown=False) == "a\nb\n"


def test_fix_takes_out_only_what_the_sanitizer_would_mark():
    text = "a\x1b[0m\u202eb 👩‍👩‍👧 می‌خواهم x" + "\u0301" * 12 + "\n"
    assert tidy(text, markdown=True) == "a[0mb 👩‍👩‍👧 می‌خواهم x" + "\u0301" * 8 + "\n"


def test_a_block_in_a_quote_is_not_rewritten():
    text = "> ```python\n> print(1)\n> ```\n"
    (block,) = code_blocks_of(text)
    assert with_outputs(text, [(block, "1\n")]) == text
    assert isinstance(block, CodeBlock)


@pytest.mark.parametrize(
    "lines",
    [
        "how long does it rise\nA: It rises for 7777 hours.",
        "how long does it rise\nA: It rises " + "slowly and " * 50 + "well.",
        "how long does it rise\nA:",
        "A: It rises.",
    ],
)
def test_a_short_answer_that_says_what_its_lesson_does_not_or_answers_nothing_is_found(bread, lines):
    lesson = GOOD.replace("## Recap", f"<!-- asked\n{lines}\n-->\n\n## Recap")
    assert f"unsaid-answer:{line_of(lesson, 'A:')}" in found(bread(lesson))


def test_a_short_answer_that_its_lesson_holds_is_no_finding(bread):
    lesson = GOOD.replace("## Recap", "<!-- asked\nhow long does it rise\nis it long\nA: It rises.\n-->\n\n## Recap")
    assert not [one for one in found(bread(lesson)) if one.startswith("unsaid-answer")]
