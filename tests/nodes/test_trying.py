"""A page with knobs in a session: predict, turn, be asked; what is kept, what is left out elsewhere, and what a kill leaves."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from conftest import NOW, environment_of
from trying import BANK, LESSON, TRY, add_rising

from flow import create_learn_flow, create_review_flow
from tutor.models import Step
from tutor.nodes.shared import session_store
from tutor.screen.learners import ScriptedLearner

TURNED = ["At grams = 10, hours = 1:", "At grams = 20, hours = 1:", "At grams = 14, hours = 3:"]


@pytest.fixture(autouse=True)
def beside_the_lessons(docs, monkeypatch):
    add_rising(docs)
    monkeypatch.chdir(docs.parent)


@pytest.fixture
def play(docs, home, capsys):
    """Play steps in a session of their own: (screen in one line, store)."""
    sessions = iter(range(100))

    def run(*steps, flow=create_learn_flow, topic="rising", days=0):
        learner = ScriptedLearner([Step(*one) if isinstance(one, tuple) else Step("answer", one) for one in steps])
        now, session = NOW + timedelta(days=days), f"s{next(sessions)}"
        with environment_of(docs, home, learner, now, session) as environment:
            shared = session_store(environment, topic)
            flow().run(shared)
            shared["attempts"] = environment.records.attempts()
            shared["kept"] = environment.records.place("food/rising")
            shared["left_over"] = list(learner.steps)
        return " ".join(capsys.readouterr().out.split()), shared

    return run


NEXT, SKIP, QUIT = ("next",), ("skip",), ("quit",)


def in_order(screen: str, *words: str) -> bool:
    assert not [word for word in words if word not in screen], screen
    places = [screen.index(word) for word in words]
    return places == sorted(places)


def test_the_learner_predicts_turns_twice_is_asked_and_goes_on(play):
    screen, shared = play(NEXT, "12", "grams=20", "grams = 14", "hours=3", "14")
    assert in_order(
        screen, "Yeast makes gas", "Before you try it", "How high is it", "You: 12", "You said 12. Turn grams or hours and see.",
        *TURNED[:2], "You said 12, but that isn't it.", "The answer. 20", "Height grows with the yeast.",
        "Now that you have tried it", "From which number of grams", "Right.", "That was the dough",
    )  # fmt: skip
    assert TURNED[2] in screen and not shared["left_over"]
    modes = [(one.item, one.mode, one.grade.correct) for one in shared["attempts"]]
    assert modes == [("food/rising:at-twenty", "predict", False), ("food/rising:first-above", "try", True)]


def test_a_transcript_says_in_words_what_a_block_shows_and_not_how_it_is_written(play):
    _, shared = play(NEXT, "12", "grams=20", "14")
    transcript = shared["terminal"].transcript_text()
    assert "with the knobs grams (1 to 20) and hours (1, 2 or 3)." in transcript
    assert "predict:" not in transcript and "```try" not in transcript


def test_whether_the_prediction_was_right_is_not_told_before_the_knobs_were_turned(play):
    screen, _ = play(NEXT, "20", "grams=20", "14", QUIT)
    assert in_order(screen, "You: 20", TURNED[1], "You said 20, and so it is.", "Right.")
    assert screen.index("so it is") < screen.index("Right.")


def test_a_prediction_may_be_passed_over_and_no_answer_means_going_on(play):
    screen, shared = play(NEXT, NEXT, "14", QUIT)
    assert "Turn grams or hours and see what changes." in screen and "You said" not in screen
    assert TURNED[0] in screen and TURNED[1] not in screen
    assert [one.mode for one in shared["attempts"]] == ["try"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("grams=100", "found grams = 100, expected 1 to 20"),
        ("hours=7", "found hours = 7, expected 1, 2 or 3"),
        ("ours=2", 'no knob is called "ours", expected grams or hours'),
        ("grams=", "found no value for grams, expected a whole number from 1 to 20"),
    ],
)
def test_a_wrong_value_is_told_and_nothing_moves(play, line, told):
    screen, shared = play(NEXT, "12", line, QUIT)
    assert told in screen and screen.count("At grams =") == 2, "below the prediction, and when the page opened"
    assert shared["kept"].knobs == {}


def test_what_its_items_ask_is_not_asked_again_in_the_section(play):
    screen, shared = play(NEXT, "12", "14", SKIP, SKIP, SKIP, QUIT)
    assert screen.count("How high is it after ten minutes") == 1
    assert screen.count("From which number of grams on") == 1
    assert {one.item.partition(":")[2] for one in shared["attempts"]} <= {"at-twenty", "first-above", "gas", "sinks"}


@pytest.mark.parametrize(
    ("before", "stage", "after"),
    [
        ([NEXT], "Before you try it", "How high is it"),
        ([NEXT, "12"], "", "You said 12. Turn grams or hours and see."),
        ([NEXT, "12", "grams=20"], "", TURNED[1]),
        ([NEXT, "12", "grams=20", "1"], "", "From which number of grams"),
    ],
    ids=["at the prediction", "at the knobs", "after a turn", "at the question"],
)
def test_a_kill_comes_back_to_the_same_screen(play, docs, home, capsys, before, stage, after):
    class Killed(ScriptedLearner):
        """Is gone where the steps have run out, without leaving."""

        def answer(self, question, keys):
            self.gone()
            return super().answer(question, keys)

        def turn_knobs(self, board, keys):
            self.gone()
            return super().turn_knobs(board, keys)

        def gone(self):
            if not self.steps:
                raise KeyboardInterrupt

    steps = [Step(*one) if isinstance(one, tuple) else Step("answer", one) for one in before]
    with environment_of(docs, home, Killed(steps), NOW, "killed") as environment, pytest.raises(KeyboardInterrupt):
        create_learn_flow().run(session_store(environment, "rising"))
    capsys.readouterr()
    screen, _ = play(QUIT)
    assert after in screen and stage in screen
    assert "Yeast makes gas" not in screen and "can you answer this already" not in screen


def test_the_knobs_can_be_gone_back_to_from_the_question(play):
    screen, shared = play(NEXT, "12", "grams=20", "3", ("try",), "hours=3", "14", QUIT)
    assert screen.count("From which number of grams on") == 2
    assert in_order(screen, "You: 3", "At grams = 20, hours = 3:") and "Right." in screen
    assert shared["kept"].knobs == {"grams": 20, "hours": 3}


def test_the_map_a_side_question_and_back_work_at_the_knobs(play):
    screen, shared = play(NEXT, "12", ("ask", "what makes dough rise?"), "grams=20", ("back",), ("map",), QUIT)
    assert in_order(screen, "You said 12.", "You asked: what makes dough rise?", TURNED[1]) and not shared["left_over"]
    assert screen.count("Yeast makes gas, and gas makes dough rise. More") == 3, (
        "in the answer, and the page before is there again"
    )
    assert shared["kept"].section == "yeast"


def test_what_is_typed_that_turns_nothing_is_said_to_the_tutor(play):
    screen, _ = play(NEXT, "12", ("say", "what makes dough rise?"), QUIT)
    assert "You asked: what makes dough rise?" in screen


def test_a_bank_without_the_items_just_has_the_knobs(play, docs):
    (docs / "food" / "rising.quiz.yaml").write_text(BANK.partition("  - id: at-twenty")[0], encoding="utf-8")
    screen, _ = play("grams=20")
    assert in_order(screen, TURNED[0], TURNED[1], "That was the dough") and "Before you try" not in screen


def test_a_block_that_cannot_be_read_is_a_page_like_any_other(play, docs):
    (docs / "food" / "rising.md").write_text(LESSON.replace("knobs:", "knob:"), encoding="utf-8")
    screen, _ = play(NEXT, SKIP)
    assert "knob: grams: [1, 20, 10]" in screen


def test_a_review_shows_the_block_and_its_knobs_can_be_turned(play):
    play(NEXT, "12", "14", QUIT)
    screen, shared = play(("try",), "grams=14", "hours=3", "14", QUIT, flow=create_review_flow, topic=None, days=40)
    assert in_order(
        screen, "From which number of grams", "At grams = 10, hours = 1, with the knobs grams (1 to 20)", TURNED[2], "Right."
    )
    assert not shared["left_over"][:-1] and shared["attempts"][-1].mode == "review"


def test_a_quiz_leaves_out_what_only_trying_answers_and_says_so(tutor, docs, tmp_path):
    sheet = tmp_path / "sheet.yaml"
    ran = tutor("--docs", docs, "--offline", "quiz", "rising", "--seed", "1", "--sheet", sheet)
    written = sheet.read_text(encoding="utf-8")
    assert "1 question left out: only turning the knobs of its lesson answers it" in " ".join((ran.stdout + ran.stderr).split())
    assert "food/rising:first-above" not in written and "food/rising:at-twenty" in written
    assert "With the knobs" not in written and "with the knobs grams (1 to 20) and hours (1, 2 or 3)" in " ".join(written.split())


def test_a_sheet_that_names_it_is_graded_all_the_same(tutor, docs, tmp_path):
    block, sheet = TRY.replace("question: first-above\n", ""), tmp_path / "sheet.yaml"
    (docs / "food" / "rising.md").write_text(LESSON.replace(TRY, block), encoding="utf-8")
    tutor("--docs", docs, "--offline", "quiz", "rising", "--seed", "1", "--sheet", sheet)
    (docs / "food" / "rising.md").write_text(LESSON, encoding="utf-8")
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("    answer:", "    answer: 14"), encoding="utf-8")
    ran = tutor("--docs", docs, "--offline", "--json", "quiz", "--answers", sheet)
    graded = {one["id"]: one["correct"] for one in json.loads(ran.stdout)["items"]}
    assert graded["first-above"] is True


def test_with_json_each_turn_is_an_event(tutor, docs, tmp_path):
    script = tmp_path / "s.yaml"
    script.write_text("seed: 1\nsteps:\n  - next\n  - answer: 12\n  - answer: grams=20\n  - quit\n", encoding="utf-8")
    ran = tutor("--docs", docs, "--offline", "--json", "learn", "rising", "--script", script)
    events = [json.loads(line) for line in ran.stdout.splitlines()]
    assert {"event": "turned", "knobs": {"grams": 20, "hours": 1}} in events


def test_elsewhere_the_block_is_drawn_where_its_knobs_stand_first(tutor, docs, tmp_path):
    ran = tutor("--docs", docs, "--offline", "--plain", "search", "dough rises faster", "--show")
    shown = " ".join(ran.stdout.split())
    if "How high it rises" in shown:
        assert "dough rises from 0 at minutes = 0 to 10" in shown and "with the knobs grams (1 to 20)" in shown
    assert "predict:" not in shown and "knobs:" not in shown
