"""What a quiz leaves for others: JUnit that every reader takes, a summary that fits, whatever was typed."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from conftest import NOW, ROOT

from tutor.models import Grade, Item, Kind, Met
from tutor.quiz import reports
from tutor.quiz.outcomes import Outcome
from tutor.quiz.reports import QuizReport
from utils import __version__
from utils.errors import ExitCode

HOSTILE = '\x1b[2J\x00]]> <b>&" \ud800 👩‍👩‍👧 \u202e\ufffe\r\n::error::x\x85%'
SCHEMAS = sorted((ROOT / "tests" / "data" / "junit").glob("*.xsd"))


def outcome(item_id="a", score=1.0, lesson="food/bread", said="x", error="", **grade) -> Outcome:
    item = Item(item_id, lesson, "yeast", Kind.SHORT, f"Why {said}?")
    given = None if error else Grade(score, **grade)
    return Outcome(item, said, given, error, () if error else (score == 1,), "docs/food/bread.md:12", 0.25)


def made(*outcomes, **changes) -> QuizReport:
    about = {"topics": (), "seed": 7, "corpus": "12ab", "outcomes": outcomes, "started": NOW, "seconds": 2.5, **changes}
    return QuizReport(**about)


MIXED = made(
    outcome("a"),
    outcome("b", 0.5, met=(Met("gas", "makes gas"),), missed=("rising",), feedback="Half of it."),
    outcome("c", error="the item was changed after the sheet was written"),
    outcome("d", 0.0, lesson="food/dough", said=HOSTILE, missed=(HOSTILE,), feedback=HOSTILE),
)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
@pytest.mark.parametrize("quiz", [MIXED, made(outcome()), made(outcome(error=HOSTILE))], ids=["mixed", "passed", "error"])
def test_junit_is_valid_against_both_schemas(path, quiz):
    xmlschema = pytest.importorskip("xmlschema")
    xmlschema.XMLSchema(path).validate(io.StringIO(quiz.junit()))


def test_junit_has_a_case_an_item_with_failures_and_errors_apart():
    suite = ET.fromstring(MIXED.junit()).find("testsuite")
    assert {name: suite.get(name) for name in ("tests", "failures", "errors")} == {"tests": "4", "failures": "2", "errors": "1"}
    names = [(case.get("classname"), case.get("name")) for case in suite.iter("testcase")]
    assert names == [("food/bread", "a"), ("food/bread", "b"), ("food/bread", "c"), ("food/dough", "d")]
    failure = suite.find("testcase[@name='b']/failure")
    assert failure.get("message") == "score 0.50. met: gas. missed: rising"
    assert 'Met: gas ("makes gas")\nMissed: rising' in failure.text and "Read again: docs/food/bread.md:12" in failure.text
    assert suite.find("testcase[@name='c']/error").get("message").startswith("the item was changed")
    properties = {found.get("name"): found.get("value") for found in suite.iter("property")}
    assert properties == {
        "seed": "7",
        "corpus": "12ab",
        "score": "0.5000",
        "grader": f"built-in (ptutor {__version__})",
        "unsure": "0",
    }


def test_junit_shows_what_was_typed_without_its_control_characters_and_keeps_emoji():
    text = MIXED.junit()
    assert "👩‍👩‍👧" in text and "␛[2J␀]]&gt;" in text and "⟨U+D800⟩" in text
    assert not set(text) & set("\x1b\x00\ud800\u202e\ufffe\x85")


def test_junit_says_nothing_of_the_machine():
    import socket

    assert 'hostname="localhost"' in MIXED.junit()
    assert socket.gethostname() == "localhost" or socket.gethostname() not in MIXED.junit()


def test_a_thousand_long_answers_stay_below_what_gitlab_takes():
    long = "&" * 100_000
    outcomes = [outcome(f"i{n}", 0.0, said=long, missed=(long,) * 3, feedback=long) for n in range(1000)]
    assert len(made(*outcomes).junit().encode()) < 30_000_000


def test_the_score_is_a_mean_over_what_could_be_graded():
    assert MIXED.score == 0.5 and MIXED.scores() == {"food/bread": 0.75, "food/dough": 0.0}
    assert made(outcome(error="gone")).score == 0.0


@pytest.mark.parametrize(("least", "code"), [
    ({}, ExitCode.DONE), ({"": 0.5}, ExitCode.DONE), ({"": 0.51}, ExitCode.FELL_SHORT),
    ({"food/bread": 0.75}, ExitCode.DONE), ({"": 0.5, "food/dough": 0.1}, ExitCode.FELL_SHORT),
    ({"food/cake": 0.1}, ExitCode.FELL_SHORT),
])  # fmt: skip
def test_the_exit_code_follows_the_thresholds(least, code):
    assert made(*MIXED.outcomes, min_scores=least).exit_code == code


def test_nothing_graded_is_nothing_run():
    assert made(outcome(error="gone"), min_scores={"": 0.5}).exit_code == ExitCode.NOTHING_RUN


def test_a_mean_of_thirds_is_no_shortfall():
    thirds = made(*[outcome(str(n), 1 / 3) for n in range(10)], min_scores={"": 1 / 3})
    assert thirds.passed


def test_a_summary_is_a_table_that_html_and_markdown_leave_alone():
    text = MIXED.summary()
    assert text.startswith("<h3>Quiz: 1 of 4 right, score 0.50</h3>\n<table>\n") and text.endswith("\n\n")
    assert "&lt;b&gt;&amp;&quot;" in text and "<b>" not in text
    rows = text[text.index("<table>") : text.index("</table>")].split("\n")
    assert all(row.startswith("<t") for row in rows if row), "no blank line, after which Markdown would begin"
    assert len(rows) == 1 + 1 + 4 + 1


@pytest.mark.parametrize("room", [200, 600, 1000, 50_000, reports.SUMMARY_BYTES])
def test_a_summary_fits_the_room_that_is_left(room):
    outcomes = [outcome(f"i{n}", 0.0, said="<" * 1000, missed=("&" * 1000,)) for n in range(1000)]
    text = made(*outcomes).summary(room)
    assert len(text.encode()) <= room
    assert room < 600 or ("and " in text and " more</td>" in text)


def test_annotations_name_file_and_line_and_are_one_safe_line_each():
    lines = MIXED.annotations()
    assert lines[0] == ("::error file=docs/food/bread.md,line=12,title=food/bread%3Ab::"
                        "Read again. score 0.50. met: gas. missed: rising")  # fmt: skip
    assert len(lines) == 3 and not any("\n" in line or "\r" in line for line in lines)
    assert "%25" in lines[2] and lines[2].count("::error") <= 2


def test_no_more_is_annotated_than_github_shows():
    assert len(made(*[outcome(str(n), 0.0) for n in range(50)]).annotations()) == 10


def test_times_are_told_in_utc_and_come_from_the_environment_where_it_asks():
    from datetime import timezone

    moment = NOW.astimezone(timezone(timedelta(hours=5)))
    assert made(outcome(), started=moment).document()["started"] == "2026-03-01T09:30:00Z"
    assert reports.fixed_time({}) is None and reports.fixed_time({"SOURCE_DATE_EPOCH": "0"}).year == 1970
