"""The commands as a person, a pipe or a script types them."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest
from conftest import ENCODINGS, ROOT, bare_environment
from program import end_by

from main import GROUPS, cli
from tutor.learner.records import open_records

SCRIPT = """\
topic: bread
seed: 3
steps:
  - next
  - hint
  - skip
  - answer: "1"
  - quit
"""


@pytest.fixture
def script(tmp_path) -> Path:
    path = tmp_path / "steps.yaml"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


@pytest.mark.parametrize("command", [[], ["learn"], ["topics"], ["check"], ["grade"], ["graph"], ["doctor"]])
def test_help_is_there_for_every_command(tutor, command):
    run = tutor(*command, "--help")
    assert run.returncode == 0 and run.stdout.startswith("Usage: ptutor")


def test_help_shows_every_command_once_in_its_group(tutor):
    shown = tutor("--help").stdout
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(cli.commands)
    assert [group for group in GROUPS if f"\n{group.capitalize()}:\n" in shown] == list(GROUPS)
    for name in cli.commands:
        assert len(re.findall(rf"^  {name} ", shown, re.MULTILINE)) == 1


def test_a_session_without_a_terminal_is_refused_and_never_waits(tutor, docs):
    run = tutor("--docs", docs, "learn", "bread")
    assert run.returncode == 2
    assert "needs a terminal" in run.stderr and "learn --script FILE" in run.stderr
    assert tutor("--docs", docs).returncode == 2, "no command means learn"


@pytest.mark.parametrize("day, told", [("nonsense", "found nonsense"), ("", "found nothing"), ("2020-01-01", "has passed")])
def test_a_day_that_is_none_is_told_before_a_terminal_is_asked_for(tutor, docs, day, told):
    run = tutor("--docs", docs, "learn", "--by", day)
    assert run.returncode == 2 and f"--by: {told}" in run.stderr.replace("found 2020-01-01, which ", "")
    assert "terminal" not in run.stderr


def test_without_a_terminal_a_day_is_set_by_a_script(tutor, docs):
    run = tutor("--docs", docs, "learn", "--by", "never")
    assert run.returncode == 2 and "a script with the step quit sets the day" in run.stderr


def test_a_scripted_session_runs_without_a_terminal_and_saves_its_transcript(tutor, docs, script, tmp_path):
    transcript = tmp_path / "session.md"
    run = tutor("learn", "--docs", docs, "--script", script, "--transcript", transcript)
    assert run.returncode == 0, run.stderr
    assert "\x1b" not in run.stdout
    text = transcript.read_text(encoding="utf-8")
    assert text.startswith("## Bread") or "## Yeast" in text
    assert "**The answer.**" in text


def test_the_same_seed_gives_the_same_screens_byte_for_byte(tutor_process, docs, script, tmp_path):
    runs = [
        tutor_process("learn", "--docs", docs, "--script", script, "--home", tmp_path / name, "--seed", 11, PYTHONHASHSEED=seed)
        for name, seed in (("a", "0"), ("b", "1"), ("c", "2"))
    ]
    assert {run.returncode for run in runs} == {0}
    assert len({run.stdout for run in runs}) == 1


def test_a_script_without_a_draw_keeps_the_bank_s_order_of_options(tutor, docs, script, tmp_path):
    def options(draw: str, seed: int) -> list[str]:
        script.write_text(SCRIPT.replace("steps:", f"{draw}steps:"), encoding="utf-8")
        transcript = tmp_path / f"{seed}{draw.strip()}.md"
        run = tutor(
            "learn", "--docs", docs, "--script", script, "--transcript", transcript, "--seed", seed, "--home", transcript.stem
        )
        assert run.returncode == 0, run.stderr
        return re.findall(r"^\d\. (.+)$", transcript.read_text(encoding="utf-8"), re.MULTILINE)[:3]

    assert {tuple(options("", seed)) for seed in range(3)} == {("carbon dioxide", "oxygen", "nitrogen")}
    assert len({tuple(options("draw: 2\n", seed)) for seed in range(3)}) > 1
    script.write_text(SCRIPT.replace("steps:", "draw: 3\nsteps:"), encoding="utf-8")
    run = tutor("learn", "--docs", docs, "--script", script)
    assert run.returncode == 4 and re.search(r"steps\.yaml:\d+: found draw: 3, expected a number from 1 to 2", run.stderr)


def test_json_puts_one_event_a_line_on_stdout_and_the_screens_on_stderr(tutor, docs, script):
    run = tutor("--json", "learn", "--docs", docs, "--script", script)
    events = [json.loads(line) for line in run.stdout.splitlines()]
    names = [event["event"] for event in events]
    assert names[0] == "lesson" and names[-1] == "left" and "stored" in names
    assert "Yeast" in run.stderr


def test_global_options_stand_before_or_after_the_command(tutor, docs):
    before, after = tutor("--docs", docs, "--json", "topics"), tutor("topics", "--docs", docs, "--json")
    assert before.stdout == after.stdout
    (row,) = json.loads(before.stdout)
    assert row == {
        "lesson": "food/bread", "title": "Bread", "track": "food", "minutes": 10, "prerequisites": [],
        "sections": 4, "items": 5, "mastery": 0.0, "due": 0,
    }  # fmt: skip


def test_topics_shows_what_is_due(tutor, docs, script, home):
    assert tutor("learn", "--docs", docs, "--script", script).returncode == 0
    (row,) = json.loads(tutor("topics", "--docs", docs, "--json").stdout)
    assert row["due"] == 0, "what was missed comes back on another day"
    with sqlite3.connect(home / "records.db") as records:
        records.execute("UPDATE cards SET due = '2020-01-01T00:00:00Z'")
    (row,) = json.loads(tutor("topics", "--docs", docs, "--json").stdout)
    assert row["due"] >= 1
    assert f"{row['due']} due" in tutor("topics", "--docs", docs).stdout


def test_topics_draws_lessons_under_their_prerequisites(tutor, docs):
    (docs / "food" / "cake.md").write_text("---\nprerequisites: [food/bread]\n---\n# Cake\n\nSweet.\n", encoding="utf-8")
    lines = tutor("topics", "--docs", docs).stdout.splitlines()
    assert lines[0].startswith("food/bread") and lines[1].startswith("└─ food/cake")


def test_topics_makes_no_records_where_there_are_none(tutor, docs, home):
    assert tutor("topics", "--docs", docs).returncode == 0
    assert {path.name for path in home.glob("*")} <= {"cache"}


def test_an_unknown_topic_suggests_the_nearest_and_exits_2(tutor, docs, script):
    run = tutor("learn", "braed", "--docs", docs, "--script", script)
    assert run.returncode == 2 and "Did you mean food/bread?" in run.stderr and run.stdout == ""


def test_an_unknown_option_exits_2_with_usage_on_stderr(tutor):
    run = tutor("topics", "--bogus")
    assert run.returncode == 2 and run.stdout == "" and "No such option" in run.stderr


def test_a_folder_without_lessons_exits_2_and_says_so(tutor, tmp_path):
    run = tutor("topics", "--docs", tmp_path / "nowhere")
    assert run.returncode == 2 and "there is no such folder" in run.stderr and "Traceback" not in run.stderr


def test_a_broken_bank_exits_4_with_its_line(tutor, docs, script):
    bank = docs / "food" / "bread.quiz.yaml"
    bank.write_text(bank.read_text(encoding="utf-8").replace("kind: number", "kind: numbr", 1), encoding="utf-8")
    run = tutor("learn", "--docs", docs, "--script", script)
    assert run.returncode == 4
    assert re.search(r"bread\.quiz\.yaml:\d+: .*numbr", run.stderr)


def test_a_broken_script_exits_4_with_its_line(tutor, docs, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("steps:\n  - hnt\n", encoding="utf-8")
    run = tutor("learn", "bread", "--docs", docs, "--script", path)
    assert run.returncode == 4 and "bad.yaml:2:" in run.stderr and "Did you mean hint?" in run.stderr


def test_records_from_a_newer_version_exit_6_and_stay_as_they_are(tutor, docs, script, home):
    import sqlite3

    tutor("learn", "--docs", docs, "--script", script)
    database = home / "records.db"
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA user_version = 9999")
    connection.close()
    before = database.read_bytes()
    run = tutor("learn", "--docs", docs, "--script", script)
    assert run.returncode == 6 and "newer version" in run.stderr
    assert database.read_bytes() == before


def test_graph_suggests_the_nearest_flow(tutor):
    run = tutor("graph", "lern")
    assert run.returncode == 2 and "Did you mean learn?" in run.stderr


def test_doctor_says_what_is_there_and_what_is_not_a_terminal(tutor, docs):
    run = tutor("doctor", "--docs", docs)
    assert run.returncode == 0
    assert "✓ lessons" in run.stdout and "no key and no network" in run.stdout
    assert "learn --script FILE" in run.stdout


def test_doctor_names_a_broken_part_and_exits_1(tutor, tmp_path):
    run = tutor("doctor", "--docs", tmp_path / "nowhere")
    assert run.returncode == 1 and "✗ lessons" in run.stdout


def test_a_closed_pipe_ends_quietly(docs, home):
    command = f"{sys.executable} {ROOT / 'main.py'} graph | head -n 1"
    run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=bare_environment(home))
    assert run.stderr == "" and run.stdout == "flowchart TD\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_device_is_an_error_with_a_message(home):
    command = f"{sys.executable} {ROOT / 'main.py'} graph > /dev/full"
    run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=bare_environment(home))
    assert run.returncode == 2 and "could not be written" in run.stderr and "Traceback" not in run.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_no_crash(closed, docs, script, home):
    command = f"{sys.executable} {ROOT / 'main.py'} learn --docs {docs} --script {script} {closed}"
    run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=bare_environment(home))
    assert run.returncode == 0 and "Traceback" not in run.stderr


@pytest.mark.parametrize("environment", ENCODINGS, ids=str)
def test_odd_encodings_work_without_escape_sequences(tutor_process, docs, script, environment):
    run = tutor_process("learn", "--docs", docs, "--script", script, **environment)
    assert run.returncode == 0, run.stderr
    assert "\x1b" not in run.stdout + run.stderr


@pytest.mark.parametrize(
    "environment",
    [{"TERM": "dumb"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, {"COLUMNS": "1"}, {"COLUMNS": "40"}, {"COLUMNS": "500"}],
    ids=str,
)
def test_odd_environments_work_without_escape_sequences(tutor, docs, script, environment):
    run = tutor("learn", "--docs", docs, "--script", script, **environment)
    assert run.returncode == 0, run.stderr
    assert "\x1b" not in run.stdout + run.stderr


def test_force_color_in_a_pipe_brings_colour_and_nothing_that_moves_the_cursor(tutor, docs, script):
    run = tutor("learn", "--docs", docs, "--script", script, FORCE_COLOR="1", TERM="xterm")
    assert "\x1b[" in run.stdout
    assert not re.search(r"\x1b\[[0-9;?]*[A-Za-ln-z]", run.stdout), "only SGR (…m)"


def test_an_escape_sequence_in_a_lesson_never_reaches_the_screen(tutor, docs, script):
    lesson = docs / "food" / "bread.md"
    lesson.write_text(lesson.read_text(encoding="utf-8") + "\n\x1b[2J\u202eevil\n", encoding="utf-8")
    (docs / "food" / "na\x1b[31mme.md").write_text("# x\n\ny\n", encoding="utf-8")
    for run in (tutor("learn", "--docs", docs, "--script", script), tutor("topics", "--docs", docs)):
        assert run.returncode == 0 and "\x1b" not in run.stdout + run.stderr


@pytest.mark.parametrize(("name", "code"), [("SIGINT", -2), ("SIGTERM", -15), ("SIGHUP", -1)])
def test_a_signal_ends_the_session_by_itself_and_keeps_the_answers(docs, home, tmp_path, name, code):
    """The process dies of the signal, which a shell reports as 128 + its number."""
    pipe = tmp_path / "steps.yaml"
    os.mkfifo(pipe)
    command = [sys.executable, str(ROOT / "main.py"), "learn", "bread", "--docs", str(docs), "--script", str(pipe)]
    child = subprocess.Popen(command, env=bare_environment(home), stderr=subprocess.PIPE, text=True)
    with open(pipe, "w") as steps:  # opened by the child too: it now waits for the script
        steps.write("steps:\n")
        steps.flush()
        assert end_by(child, getattr(signal, name)) == code
    assert "Traceback" not in child.communicate()[1]


def test_a_bug_is_one_line_with_the_place_of_its_details_and_exits_70(docs, home, monkeypatch, capsys):
    import main

    monkeypatch.setenv("TUTOR_HOME", str(home))
    monkeypatch.setattr("tutor.corpus.corpus.open_corpus", lambda *arguments: 1 / 0)
    with pytest.raises(SystemExit) as ended:
        main.run(["topics"])
    assert ended.value.code == 70
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "a bug: ZeroDivisionError" in said and "crash.log" in said
    assert "ZeroDivisionError" in (home / "pocket-tutor-crash.log").read_text(encoding="utf-8")


def test_verbose_shows_the_details_of_a_bug_but_of_no_mistake(tutor, docs, tmp_path, monkeypatch):
    mistake = tutor("-v", "topics", "--docs", tmp_path / "nowhere")
    assert mistake.returncode == 2 and "Traceback" not in mistake.stderr
    monkeypatch.setattr("tutor.corpus.corpus.open_corpus", lambda *arguments: 1 / 0)
    bug = tutor("-v", "topics", "--docs", docs)
    assert bug.returncode == 70 and "Traceback" in bug.stderr and "a bug: ZeroDivisionError" in bug.stderr
    assert "Traceback" not in tutor("topics", "--docs", docs).stderr


def test_a_quiz_on_a_folder_without_banks_says_so(tutor, docs, tmp_path):
    (docs / "food" / "bread.quiz.yaml").unlink()
    run = tutor("quiz", "--docs", docs, "--sheet", tmp_path / "sheet.yaml")
    assert run.returncode == 5 and "none of the lessons asked for has a bank" in run.stderr


def test_doctor_sees_that_the_home_folder_can_not_be_written(tutor, docs, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    run = tutor("doctor", "--docs", docs, "--home", tmp_path / "file" / "home")
    assert run.returncode == 1 and "✗ records" in run.stdout and "--home" in run.stdout


def test_closed_standard_input_is_a_mistake_and_no_bug(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    from utils import files
    from utils.errors import UsageError

    with pytest.raises(UsageError, match="standard input is closed"), files.lines_of("-"):
        pass


# ------------------------------------------------------------------------------------------------ bulk grading

RIGHT = {
    "id": "a", "question": "Why does dough rise?", "reference": ["Yeast makes carbon dioxide, and the dough traps the gas."],
    "answer": "the yeast makes carbon dioxide and the dough traps the gas",
}  # fmt: skip
WRONG = {**RIGHT, "id": "b", "answer": "because the oven is hot"}


def lines(*records) -> str:
    return "".join((record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records)


def test_grade_gives_a_line_for_a_line_in_order(tutor, tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_text(lines(RIGHT, WRONG, "", RIGHT), encoding="utf-8")
    run = tutor("grade", path)
    assert run.returncode == 0 and run.stderr == ""
    grades = [json.loads(line) for line in run.stdout.splitlines()]
    assert [(grade["id"], grade["correct"]) for grade in grades] == [("a", True), ("b", False), ("a", True)]
    assert set(grades[0]) == {"id", "score", "correct", "met", "missed", "unsure", "feedback", "grader"}


def test_grade_reads_a_pipe_and_gives_the_same_in_several_processes(tutor_process):
    records = lines(*[RIGHT, WRONG] * 40)
    one, two = tutor_process("grade", "-", stdin=records), tutor_process("grade", "-", "--jobs", 2, stdin=records)
    assert one.stdout == two.stdout and len(one.stdout.splitlines()) == 80


def test_grade_names_a_bad_line_and_goes_on(tutor, tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_text(lines(RIGHT, "not json", {"id": "c", "question": "q", "answer": "x"}, WRONG), encoding="utf-8")
    run = tutor("grade", path)
    assert run.returncode == 4
    assert "answers.jsonl:2: found text that is not JSON" in run.stderr
    assert 'answers.jsonl:3: found no "reference"' in run.stderr
    assert [json.loads(line)["id"] for line in run.stdout.splitlines()] == ["a", None, "c", "b"]


def test_grade_of_an_empty_file_exits_5(tutor, tmp_path):
    (tmp_path / "none.jsonl").write_text("\n", encoding="utf-8")
    assert tutor("grade", tmp_path / "none.jsonl").returncode == 5


def test_grade_of_a_missing_file_exits_2(tutor):
    run = tutor("grade", "nowhere.jsonl")
    assert run.returncode == 2 and "could not be read" in run.stderr


def test_review_keeps_whether_to_ask_how_sure_one_is_as_learn_does(tutor, docs, script, home):
    for option, kept in (("--confidence", True), ("--no-confidence", False)):
        assert tutor("review", option, "--docs", docs, "--script", script).returncode == 0
        with open_records(home, now=lambda: datetime.now(timezone.utc), read_only=True) as records:
            assert records.setting("ask_confidence") is kept
