"""`check --asked`: whether the questions of `asked` comments are answered from their own section."""

from __future__ import annotations

import pytest
from conftest import LESSON

from tutor import search
from tutor.check import checking
from tutor.corpus.markdown import numbered_asked
from utils.settings import Settings

ASKED = "<!-- asked\nwhat makes dough rise\n{}\n-->\n"


@pytest.fixture
def found(docs, tmp_path):
    """found(questions) -> the findings about those that the section on yeast says it answers."""

    def check(*questions: str, section: str = "## Salt") -> list[str]:
        text = LESSON.replace(section, ASKED.format("\n".join(questions)) + "\n" + section)
        (docs / "food" / "bread.md").write_text(text, encoding="utf-8")
        report = checking.check(Settings(docs=str(docs)), open_index=lambda corpus: search.open_index(corpus, tmp_path / "cache"))
        return [f"{one.line} {one.message}" for one in report.findings if one.rule == "asked-elsewhere"]

    return check


def test_questions_that_their_section_answers_are_no_finding(found):
    assert found("what does yeast eat") == []


def test_a_question_that_another_section_answers_is_told_with_its_line_and_where_the_answer_came_from(found):
    (told,) = found("what slows yeast down")
    assert told.startswith('18 asked "what slows yeast down": found an answer from ')
    assert "bread.md:23 (Bread › Salt), expected one from this section" in told


def test_a_short_answer_of_the_author_keeps_the_promise(found):
    assert found("who eats the sugar", "A: The yeast does: yeast eats sugar.") == []


def test_without_the_option_nothing_is_asked(docs):
    (docs / "food" / "bread.md").write_text(LESSON.replace("## Salt", ASKED.format("who rules France") + "\n## Salt"), "utf-8")
    assert not any(one.rule == "asked-elsewhere" for one in checking.check(Settings(docs=str(docs))).findings)


def test_a_question_is_told_at_its_own_line_though_the_text_above_has_its_words():
    text = "Salt is cheap.\n\n<!-- asked\n\nsalt is cheap\nSalt\nA: It is.\n-->\n\n<!-- asked: why -->\n"
    assert numbered_asked(text) == [(4, "salt is cheap"), (5, "Salt"), (6, "A: It is."), (9, "why")]
