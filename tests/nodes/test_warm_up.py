"""A lesson's warm-up: the learner's guess is asked for, kept, and met again at the end beside what the lesson said."""

from __future__ import annotations

import pytest
from conftest import NOW, environment_of

from flow import create_learn_flow
from tutor.corpus.corpus import open_corpus
from tutor.corpus.sentences import warm_up_answers, warm_up_of
from tutor.models import Step
from tutor.nodes.shared import session_store
from tutor.screen.learners import ScriptedLearner

TEA = """# Tea

You will know what tea is.

**Warm-up.** A cup cools from 90 degrees. How warm is it after ten minutes?

## Cooling

Tea loses half of its *excess* every ten minutes.

**Example.** From 90 degrees in a room of 20 it falls to 55. That answers the warm-up.

## Recap

- Tea cools.
"""


class Guesser(ScriptedLearner):
    """A person at the one place where a line is asked for."""

    attended = True

    def __init__(self, *lines):
        super().__init__([])
        self.lines, self.asked = list(lines), 0

    def write(self, keys):
        self.asked += 1
        line = self.lines.pop(0)
        return Step(line) if line in ("next", "quit") else Step("answer", line)

    def choose(self, options, keys, unattended):
        return Step("quit")


@pytest.fixture
def learn(docs, home, monkeypatch, capsys):
    """Learn about tea; returns (screen, guesser, the place kept)."""
    monkeypatch.chdir(docs.parent)
    (docs / "tea.md").write_text(TEA, encoding="utf-8")

    def run(*lines):
        guesser = Guesser(*lines)
        with environment_of(docs, home, guesser, NOW) as environment:
            create_learn_flow().run(session_store(environment, "tea"))
            kept = environment.records.place("tea")
        return " ".join(capsys.readouterr().out.split()), guesser, kept

    return run


def test_the_guess_is_kept_and_stands_at_the_end_beside_what_the_lesson_said(learn):
    screen, guesser, kept = learn("60 *degrees*")
    assert guesser.asked == 1 and kept.guess == "60 *degrees*"
    end = screen[screen.index("The warm-up, once more") :]
    assert end.index("How warm is it") < end.index("Your guess: 60 *degrees*") < end.index("The lesson: Example. From 90 degrees")
    assert "docs/tea.md:11" in end


def test_it_may_be_skipped_and_is_then_not_met_again(learn):
    screen, guesser, kept = learn("next")
    assert guesser.asked == 1 and kept.guess == "" and "once more" not in screen


def test_leaving_there_asks_again_the_next_time(learn):
    _, guesser, kept = learn("quit")
    assert guesser.asked == 1 and kept.section == "tea"
    screen, guesser, _ = learn("60")
    assert guesser.asked == 1 and "once more" in screen


def test_a_script_is_not_asked(docs, home, monkeypatch, capsys):
    monkeypatch.chdir(docs.parent)
    (docs / "tea.md").write_text(TEA, encoding="utf-8")
    with environment_of(docs, home, ScriptedLearner([]), NOW) as environment:
        create_learn_flow().run(session_store(environment, "tea"))
    assert "your guess" not in capsys.readouterr().out


def test_every_bundled_warm_up_is_found_and_answered_by_name():
    corpus = open_corpus("docs")
    lessons = [corpus.lesson(name) for name in corpus.ids()]
    assert all(warm_up_of(lesson.sections[0].text) for lesson in lessons)
    unanswered = [one.id for one in lessons if not any(warm_up_answers(section.text) for section in one.sections)]
    assert unanswered == []
