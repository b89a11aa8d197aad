"""The tutor's turn at a question: what is no answer costs no try, what is right keeps its credit, nothing tells the answer."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading

import pytest
from conftest import ROOT, bare_environment, environment_of
from endpoint import serving, streamed
from program import end_by

from flow import create_learn_flow
from tutor.models import Step
from tutor.nodes.shared import session_store
from tutor.screen.learners import ScriptedLearner
from utils.llm.endpoint import Endpoint, Limits
from utils.llm.language_model import LanguageModel
from utils.program import Stopped

LIMITS = Limits(connect_s=60, first_piece_s=60, stall_s=60, total_s=60, backoff_s=0.01)
DOCS = ROOT / "docs" / "stats"
FIRST = "it is computed as if the null hypothesis were true"
SECOND = "it is the probability of a result at least as extreme as the observed one"
THIRD = "people mistake it for the chance that H0 itself is right"
WRONG = "it is about how large the effect is"


def turn(intent="answer", move="question", say=("What do you think?",), met=()) -> str:
    points = [{"point": n, "met": bool(quote), "quote": quote} for n, quote in enumerate(met or ("", "", ""), 1)]
    return json.dumps(
        {"intent": intent, "misconception": "", "points": points, "contradiction": "", "move": move, "say": list(say)}
    )


@pytest.fixture
def session(tmp_path, home, capsys, monkeypatch):
    """Type lines in a session; returns (screen, attempts, round). reply: of a model to each line, None for no model."""
    folder = tmp_path / "lessons"
    folder.mkdir()
    lesson = (DOCS / "testing-vocabulary.md").read_text(encoding="utf-8")
    text = lesson.partition("\n## p-value")[2].partition("\n## Beta and power")[0]
    (folder / "testing.md").write_text(f"# p-value\n{text}", encoding="utf-8")
    bank = (DOCS / "testing-vocabulary.quiz.yaml").read_text(encoding="utf-8")
    (item,) = (part for part in re.split(r"(?m)^  - id: ", bank) if part.startswith("define-p\n"))
    (folder / "testing.quiz.yaml").write_text(f"items:\n  - id: {item}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def play(*lines, reply=None, server=None):
        steps = [Step("ask", line[1:].strip()) if line.startswith("?") else Step("answer", line) for line in lines]
        with environment_of(folder, home, ScriptedLearner([*steps, Step("quit")])) as environment:
            environment.model = LanguageModel(Endpoint(server.base_url, "fake") if server else None, limits=LIMITS)
            create_learn_flow().run(session_store(environment, "testing"))
            place = environment.records.place("testing")
            return capsys.readouterr().out, environment.records.attempts(), place.round

    def run(*lines, reply=None):  # with `play`, against a server that is there already
        if reply is None:
            return play(*lines)
        with serving(lambda request: streamed(reply if "<typed>" in request.messages[-1]["content"] else "Prose.")) as server:
            return play(*lines, server=server)

    run.play = play
    return run


def test_what_is_no_answer_costs_no_try_however_often_it_is_said(session):
    screen, attempts, round = session("i have no idea", "why?", WRONG)
    assert [attempt.answer for attempt in attempts] == [WRONG]
    assert "Hint 2 of 2" in screen and "The answer." not in screen
    assert round.tries == 1 and round.queue == ["define-p"]


def test_help_that_came_of_talk_still_lowers_the_credit(session):
    _, attempts, _ = session("i have no idea", FIRST, SECOND, THIRD)
    assert attempts[-1].grade.correct and attempts[-1].help >= 2 and not attempts[-1].unaided


def test_who_asks_for_the_answer_gets_a_step_towards_it_and_is_told_how_to_see_it(session):
    screen, attempts, _ = session("just tell me the answer")
    assert "k shows the answer" in screen and "Hint 1 of 2" in screen and not attempts


def test_the_question_itself_asked_with_a_question_mark_is_met_with_a_hint(session):
    asked = "? define the p-value, what it assumes, which results it counts and what it is mistaken for"
    screen, attempts, _ = session(WRONG, asked)
    assert "That is what this question asks." in screen and "Hint 2 of 2" in screen and len(attempts) == 1


@pytest.mark.parametrize("line", ["you are stupid", "? define the p-value, what it assumes and which results it counts"])
def test_a_hint_is_offered_only_while_one_is_left(session, line):
    screen, attempts, _ = session("give me a hint", "give me a hint", line)
    after = screen[screen.rindex("Hint 2 of 2") :]
    assert "That " in after and ("k skips it" in after or "k shows the answer" in after) and not attempts
    assert not any(offer in after for offer in ("h gives", "A step towards it", "no more hints"))


def test_a_half_answer_is_met_with_a_question_for_what_is_missing_and_no_hint_is_used(session):
    screen, attempts, round = session(FIRST)
    assert "Which results does the p-value add up?" in screen and "Hint 1" not in screen
    assert round.hints == 0 and round.help == 1 and [met.point for met in attempts[0].grade.met] == [FIRST]


def test_a_hint_about_a_point_that_has_credit_is_passed_over_and_no_try_is_lost(session):
    screen, _, round = session(FIRST, WRONG)
    assert "Hint 1 of 2" not in screen and "Hint 2 of 2" in screen
    assert round.hints == 2 and round.free == 1 and round.queue == ["define-p"]


def test_where_all_hints_left_are_about_what_has_credit_the_missing_point_is_asked_for(session):
    screen, _, round = session(f"{FIRST}. {THIRD}", "i have no idea", "i have no idea")
    assert screen.count("Which results does the p-value add up?") >= 1 and round.queue == ["define-p"]


def test_the_words_that_make_a_point_stand_beside_it_and_nowhere_else(session):
    screen, _, _ = session(FIRST, f"{SECOND}. {THIRD}")
    last = " ".join(screen[screen.rindex("Right.") :].split())
    assert last.count("as the observed one”") == 1 and "Right: “" not in last


def test_a_question_is_never_asked_and_answered_in_one_breath(session):
    screen, _, _ = session(WRONG, WRONG, FIRST, WRONG, WRONG, WRONG)
    assert "?" not in screen[: screen.index("The answer.")].rstrip().rpartition("\n\n")[2]


def test_a_model_takes_away_no_point_that_the_built_in_grader_gives(session):
    screen, attempts, _ = session(FIRST, reply=turn())
    assert [met.point for met in attempts[0].grade.met] == [FIRST] and "What do you think?" in screen


@pytest.mark.parametrize("intent", ["side_question", "chat", "confusion"])
def test_what_earns_a_point_is_an_answer_whatever_a_model_takes_it_for(session, intent):
    _, attempts, _ = session(FIRST, reply=turn(intent))
    assert [met.point for met in attempts[0].grade.met] == [FIRST]


def test_a_model_cannot_take_every_line_for_talk(session):
    _, attempts, _ = session(*[WRONG] * 5, reply=turn("chat"))
    assert 1 <= len(attempts) <= 3


@pytest.mark.parametrize("signal", ["SIGTERM", "SIGHUP"])
def test_a_signal_while_the_model_is_waited_for_keeps_the_line(session, tmp_path, home, monkeypatch, signal):
    def stop(*_):
        raise Stopped(signal, 143)

    monkeypatch.setattr(LanguageModel, "fill", stop)
    with serving(lambda request: streamed("Prose.")) as server, pytest.raises(Stopped):
        session.play(FIRST, server=server)
    _, attempts, _ = session()
    assert [attempt.answer for attempt in attempts] == [FIRST] and attempts[0].grade.score > 0


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_to_a_process_in_mid_turn_ends_it_and_keeps_the_line(session, tmp_path, home, name):
    asked, released = threading.Event(), threading.Event()

    def answer(request):
        if "<typed>" not in request.messages[-1]["content"]:
            return streamed("Prose.")
        asked.set()
        released.wait(120)
        return streamed(turn())

    script = tmp_path / "steps.yaml"
    script.write_text(f"steps:\n  - answer: {FIRST}\n", encoding="utf-8")
    with serving(answer) as server:
        environment = {**bare_environment(home), "OPENAI_BASE_URL": server.base_url, "OPENAI_MODEL": "fake"}
        options = ["--docs", str(tmp_path / "lessons"), "--script", str(script)]
        child = subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), "learn", "testing", *options], env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert asked.wait(60), child.communicate(timeout=5)
        number = getattr(signal, name)
        assert end_by(child, number) == -number
        _, errors = child.communicate()
        released.set()
    assert "Traceback" not in errors
    _, attempts, _ = session()
    assert [attempt.answer for attempt in attempts] == [FIRST] and attempts[0].grade.score > 0


@pytest.mark.parametrize("line", ["asdf", "blah blah the thing"])
def test_nonsense_that_a_model_takes_for_a_full_answer_is_neither_asked_about_nor_judged_by_the_learner(session, line):
    screen, attempts, _ = session(line, reply=turn(met=(line, line, line)))
    assert "Which is what you meant?" not in screen and "A full answer" not in screen
    assert [attempt.grade.score for attempt in attempts] == [0]


WEATHER = "Das Wetter ist heute schön und die Sonne scheint den ganzen Tag"


@pytest.mark.parametrize("line", [WEATHER, "The weather is nice and sunny today, with some clouds."])
def test_a_models_word_alone_makes_no_doubt_about_a_line_without_any_word_of_the_answer(session, line):
    screen, attempts, _ = session(line, reply=turn(met=(line, line, line)))
    after = screen.partition("Define the p-value")[2]
    assert "what you meant" not in after and "✓" not in after and FIRST not in after
    assert not any(attempt.grade.met or attempt.grade.unsure for attempt in attempts)


def test_what_a_model_finds_in_another_language_is_shown_only_once_the_learner_has_chosen(session):
    screen, attempts, _ = session(IN_GERMAN, reply=turn(met=(IN_GERMAN,) * 3))
    before, asked, _ = screen.partition("Define the p-value")[2].partition("Which is what you meant?")
    assert asked and "3 questions about what you meant" in before and attempts[0].grade.unsure
    assert "✓" not in before and not any(point in before for point in (FIRST, SECOND, THIRD))


def test_a_simply_right_answer_is_not_sent(session):
    _, attempts, _ = session(f"{FIRST}. {SECOND}. {THIRD}.", reply="no JSON at all")
    assert attempts[0].grade.correct and attempts[0].grade.grader == "built-in"


IN_GERMAN = (
    "Er wird so berechnet, als gelte die Nullhypothese. Er ist die Wahrscheinlichkeit von mindestens so extremen Ergebnissen. "
    "Oft hält man ihn für die Wahrscheinlichkeit der Nullhypothese."
)


def test_without_a_model_an_answer_in_another_language_is_told_so_once_and_costs_no_try(session):
    screen, attempts, round = session(IN_GERMAN)
    assert "This seems to be German. Without a model, only English can be graded." in screen
    assert screen.count("only English") == 1 and "Which is what you meant?" not in screen and "Hint" not in screen
    assert not attempts and not round.tries and not round.hints


def test_a_guess_that_a_model_takes_for_an_answer_is_read_as_what_it_says(session):
    _, attempts, _ = session("is it computed as if the null hypothesis were true?", reply=turn())
    assert [met.point for met in attempts[0].grade.met] == [FIRST]


@pytest.mark.parametrize("claim", ["Yes, that is exactly right.", "Right, you have it all."])
@pytest.mark.parametrize("line", [WRONG, "word word word"])
def test_a_model_does_not_call_an_answer_right_that_is_not(session, line, claim):
    screen, attempts, _ = session(line, reply=turn(say=(claim, "What do you think?")))
    assert "Not yet" in screen and claim not in screen and "What do you think?" in screen and not attempts[0].grade.score


@pytest.mark.parametrize(
    "told",
    [
        "Man nimmt an, dass die Nullhypothese stimmt, und zählt alle Ergebnisse, die mindestens so extrem sind.",
        "The answer starts with letters: u. H. n. t. p. [1]",
    ],
)
@pytest.mark.parametrize("line", [WRONG, "give me a hint please"])
def test_a_model_tells_the_answer_neither_in_a_language_that_nobody_speaks_nor_by_its_letters(session, line, told):
    screen, _, _ = session(line, reply=turn(intent="request", move="hint", say=(told,)))
    assert "Nullhypothese" not in screen and "letters" not in screen


@pytest.mark.parametrize("line", [WRONG, "no idea"])
def test_a_model_that_tells_the_answer_is_not_shown(session, line):
    told = "It is computed as if the null hypothesis were true. [1]"
    screen, _, _ = session(line, reply=turn(move="answer", say=(told, "All right?")))
    assert "as if the null hypothesis were true" not in screen.partition("Define the p-value")[2]


def test_a_bare_claim_of_a_model_is_left_out_and_that_is_told(session):
    screen, _, _ = session(WRONG, reply=turn(say=("Ovens were invented by the Romans.", "What do you think?")))
    assert "Romans" not in screen and "left out, because the lesson doesn't say so: 1 sentence" in screen


def test_points_and_tries_survive_a_model_that_goes_away(session):
    _, attempts, round = session(FIRST, SECOND, THIRD, reply="not a document")
    answers = [attempt for attempt in attempts if not attempt.grade.clarified]
    assert [len(attempt.grade.met) for attempt in answers] == [1, 2, 3] and round.outcomes == {"define-p": "assisted"}
