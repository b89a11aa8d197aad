"""What a quiz asks, how it counts, and the command as pipelines type it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import BANK, ENCODINGS, LESSON, ROOT, bare_environment
from program import end_by

from tutor.corpus import bank
from tutor.corpus.corpus import open_corpus
from tutor.models import Draw, Grade, Kind
from tutor.quiz import choosing, fingerprints, outcomes
from tutor.quiz.choosing import QuizRequest
from utils import __version__
from utils.errors import InvalidFile, NothingRun, UsageError

RIGHT = {"gas": "carbon dioxide", "eats": "sugar", "percent": "2", "slows": "slows it"}


@pytest.fixture
def docs(docs):
    """Two lessons, so that topics can mix."""
    (docs / "food" / "dough.md").write_text(LESSON.replace("Bread", "Dough"), encoding="utf-8")
    (docs / "food" / "dough.quiz.yaml").write_text(BANK, encoding="utf-8")
    return docs


@pytest.fixture
def banks(docs):
    corpus = open_corpus(docs)
    return choosing.read_banks(corpus, corpus.ids())


ALL = [f"{lesson}:{name}" for lesson in ("bread", "dough") for name in ("gas", "flour", "eats", "percent", "slows")]


def keys(items) -> list[str]:
    return [item.key for item in items]


# ------------------------------------------------------------------------------------------------- choosing


def test_the_same_seed_asks_the_same_and_another_asks_others(banks):
    chosen = [choosing.choose(banks, QuizRequest((), seed, 6)) for seed in (1, 1, 2)]
    assert chosen[0] == chosen[1] != chosen[2]


def test_what_may_show_a_misconception_that_is_held_comes_first_and_takes_up_half_at_most(banks):
    request = QuizRequest((), 3, 3, first=("yeast makes oxygen",))
    asked = keys(choosing.choose(banks, request))
    assert asked[0].endswith(":gas") and sum(key.endswith(":gas") for key in asked) == 1
    assert {"food/bread:gas", "food/dough:gas"} == set(keys(choosing.choose(banks, replace(request, count=4)))[:2])
    assert sorted(keys(choosing.choose(banks, replace(request, count=100)))) == sorted(f"food/{one}" for one in ALL)


def test_of_items_with_one_idea_one_is_drawn_unless_there_is_nothing_else(banks):
    alike = {lesson: [replace(item, idea="gas" if item.id == "gas" else "") for item in items] for lesson, items in banks.items()}
    for seed in range(20):
        asked = keys(choosing.choose(alike, QuizRequest((), seed, 9)))
        assert len(asked) == 9 and sum(key.endswith(":gas") for key in asked) == 1
    assert len(choosing.choose(alike, QuizRequest((), 3, 10))) == 10
    first = QuizRequest((), 3, 9, draw=Draw.FIRST)
    assert keys(choosing.choose(alike, first)) == keys(choosing.choose(banks, first)), "sheets written earlier draw as they did"


def test_topics_take_turns(banks):
    lessons = [item.lesson for item in choosing.choose(banks, QuizRequest((), 3, 10))]
    assert all(one != other for one, other in pairwise(lessons))


def test_more_questions_begin_with_the_same_ones(banks):
    few, many = (choosing.choose(banks, QuizRequest((), 3, count)) for count in (4, 8))
    assert many[:4] == few


def test_there_are_never_more_questions_than_items_and_none_twice(banks):
    asked = keys(choosing.choose(banks, QuizRequest((), 3, 1000)))
    assert len(asked) == len(set(asked)) == 10


def test_kinds_are_kept_to(banks):
    items = choosing.choose(banks, QuizRequest((), 3, 100, kinds=choosing.kinds_of("cloze, Choice")))
    assert {item.kind for item in items} == {Kind.CLOZE, Kind.CHOICE} and len(items) == 6


def test_an_unknown_kind_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match=r'found "chioce", expected some of choice, multi.* Did you mean choice'):
        choosing.kinds_of("chioce")


def test_parametric_numbers_come_from_the_seed(banks):
    request = QuizRequest((), 5, keys=("food/bread:flour",))
    (item,) = choosing.choose(banks, request)
    assert item == bank.draw(next(item for item in banks["food/bread"] if item.id == "flour"), 5)


def test_a_fingerprint_tells_another_question_and_not_another_hint(banks):
    by_id = {item.id: item for item in banks["food/bread"]}
    prints = {fingerprints.fingerprint(item) for item in by_id.values()}
    assert len(prints) == len(by_id)

    def after(old, new):
        items = bank.parse_bank(BANK.replace(old, new), "food/bread", "b")
        return fingerprints.fingerprint(next(item for item in items if item.id == "gas"))

    assert after("Which gas", "What gas") != fingerprints.fingerprint(by_id["gas"])
    assert after("text: oxygen", "text: neon") != fingerprints.fingerprint(by_id["gas"])
    assert after("what we breathe out.", "in every breath.") == fingerprints.fingerprint(by_id["gas"])


def test_a_sheet_brings_its_seed_and_a_given_seed_draws_anew():
    class Entry:
        key = "a/b:c"

    class Sheet:
        seed, draw, topics, entries = 7, Draw.FIRST, ("a/b",), (Entry,)

    own = choosing.request_of(None, [], Kind.ALL, None, Sheet, None)
    assert own.keys == ("a/b:c",) and (own.seed, own.draw) == (7, Draw.FIRST) and own.lessons == ("a/b",)
    drawn = choosing.request_of(8, ["a/b"], Kind.ALL, 5, Sheet, None)
    assert drawn.keys is None and drawn.count == 5 and (drawn.seed, drawn.draw) == (8, Draw.FIRST)
    with pytest.raises(UsageError, match="-n counts questions that are drawn"):
        choosing.request_of(None, [], Kind.ALL, 5, Sheet, None)


def test_a_report_without_a_miss_has_nothing_to_ask_again():
    with pytest.raises(NothingRun, match="every answer in that report was right"):
        choosing.request_of(None, [], Kind.ALL, None, None, (3, ()))


@pytest.mark.parametrize("text", ["[]", "{}", '{"seed": 1}', '{"seed": "x", "items": []}', '{"items": [1], "seed": 1}'])
def test_a_file_that_is_no_report_is_refused(text):
    with pytest.raises(InvalidFile, match=r"r\.json: found JSON that is not a quiz, expected what quiz --json printed"):
        choosing.failed_items(text, "r.json")


def test_a_report_that_is_no_json_is_refused_with_its_line():
    with pytest.raises(InvalidFile, match=r"r.json:2: found text that is not JSON"):
        choosing.failed_items('{\n"seed" 1}', "r.json")


# ------------------------------------------------------------------------------------------------- counting


def test_verdicts_that_differ_count_as_a_miss_unless_asked_otherwise():
    grades = [Grade(1.0), Grade(0.4), Grade(1.0)]
    assert outcomes.settle(grades) == (Grade(0.4), (True, False, True))
    assert outcomes.settle(grades, flaky_passes=True)[0] == Grade(1.0)


@pytest.mark.parametrize(("verdicts", "stability"), [
    ((True, True), "stable pass"), ((False, False), "stable fail"), ((True, False), "flaky"), ((), ""),
])  # fmt: skip
def test_stability_is_told_in_words(verdicts, stability, banks):
    assert outcomes.Outcome(banks["food/bread"][0], verdicts=verdicts).stability == stability


def test_thresholds_are_shares_of_the_whole_or_of_a_topic():
    assert outcomes.thresholds(["0.8", "lora=0.9"], lambda topic: f"llm/{topic}") == {"": 0.8, "llm/lora": 0.9}


@pytest.mark.parametrize("wrong", ["80", "-0.1", "nan", "x", "lora=", ""])
def test_a_threshold_that_is_no_share_is_refused(wrong):
    with pytest.raises(UsageError, match="expected a share from 0 to 1 such as"):
        outcomes.thresholds([wrong], str)


# ------------------------------------------------------------------------------------------ the command line


@pytest.fixture
def sheet(tutor, docs, tmp_path):
    """Write a sheet and fill it in: sheet(gas="oxygen") -> its path; what is not named is answered right."""

    def fill(*topics, name="sheet.yaml", options=("-n", 10, "--seed", 3), **answers):
        path = tmp_path / name
        run = tutor("quiz", *topics, "--docs", docs, "--sheet", path, *options)
        assert run.returncode == 0, run.stderr
        path.write_text(filled(path.read_text(encoding="utf-8"), {**RIGHT, **answers}), encoding="utf-8")
        return path

    return fill


def filled(text: str, answers: dict) -> str:
    """The text of a sheet with answers by item id; grams of flour are computed."""

    def fill(match):
        item, body = match[1], match[2]
        grams = re.search(r"do (\d+) g", body)
        answer = answers.get(item, str(int(grams[1]) * 50) if grams else "")
        return f"{match[0]} {answer}".rstrip()

    return re.sub(r"- id: \S+:(\S+)\n((?:(?!- id:).*\n)*?)    answer:", fill, text)


def graded(tutor, docs, *arguments, **environment):
    return tutor("quiz", "--docs", docs, *arguments, **environment)


def test_a_filled_sheet_passes_with_nobody_at_the_keyboard(tutor, docs, sheet):
    run = graded(tutor, docs, "--answers", sheet(), "--min-score", 1)
    assert run.returncode == 0, run.stdout
    assert "10 of 10 right  score 1.00" in run.stdout
    assert run.stderr == f"graded by: built-in (ptutor {__version__})\n"


def test_one_miss_exits_1_and_is_a_failure_in_junit(tutor, docs, sheet, tmp_path):
    run = graded(tutor, docs, "--answers", sheet(gas="oxygen"), "--min-score", 0.9, "--junit", tmp_path / "j.xml")
    assert run.returncode == 1 and "the whole: score 0.80, 0.90 was asked for" in run.stdout
    assert "Yeast uses oxygen up." in run.stdout, "the author's reply"
    assert "bread.md:" in run.stdout, "the lines to read again"
    assert 'failures="2"' in (tmp_path / "j.xml").read_text(encoding="utf-8")
    assert graded(tutor, docs, "--answers", sheet(name="2", gas="oxygen")).returncode == 0, "nothing was asked for"


def test_a_topic_has_a_threshold_of_its_own(tutor, docs, sheet):
    path = sheet("bread", gas="")
    asked = ["--answers", path, "--min-score", "0.7", "--min-score"]
    assert graded(tutor, docs, *asked, "bread=0.8").returncode == 0
    run = graded(tutor, docs, *asked, "bread=0.9")
    assert run.returncode == 1 and "food/bread: score 0.80, 0.90 was asked for" in run.stdout
    run = graded(tutor, docs, *asked, "dough=0.1")
    assert run.returncode == 1 and "food/dough: score 0.00" in run.stdout, "no question of it was answered"


def test_json_is_one_document_on_stdout_in_the_shape_that_others_rely_on(tutor, docs, sheet):
    run = graded(tutor, docs, "--answers", sheet(gas="oxygen", percent="2.0"), "--json", "--min-score", 0.5)
    document = json.loads(run.stdout)
    assert list(document)[:9] == ["topics", "seed", "score", "passed", "min_score", "items", "mode", "model", "usage"]
    assert (document["seed"], document["score"], document["passed"], document["min_score"]) == (3, 0.8, True, 0.5)
    assert (document["mode"], document["model"], document["usage"]) == ("offline", None, None)
    item = next(item for item in document["items"] if item["id"] == "gas")
    assert list(item)[:12] == ["id", "lesson", "section", "kind", "question", "answer", "score", "correct", "met", "missed",
                               "feedback", "grader"]  # fmt: skip
    assert item["answer"] == "3" and not item["correct"] and item["grader"] == "built-in", "the place at which the sheet had it"
    assert next(item for item in document["items"] if item["id"] == "percent")["answer"] == "2.0", "as written"
    assert "right  score" in run.stderr


def test_a_sheet_whose_options_were_reworded_is_graded_as_it_was_asked_and_says_so(tutor, docs, sheet):
    path = sheet()
    written = re.sub(r"(?<=[a-d]: )carbon dioxide", "helium", path.read_text(encoding="utf-8"))
    path.write_text(written, encoding="utf-8")
    run = graded(tutor, docs, "--answers", path)
    assert run.returncode == 0 and "10 of 10 right" in run.stdout
    assert re.search(r"sheet\.yaml:\d+: food/bread:gas: found “helium” beside [a-d], expected “carbon dioxide”", run.stderr)


def test_a_blank_answer_is_a_miss_and_no_error(tutor, docs, sheet):
    document = json.loads(graded(tutor, docs, "--answers", sheet("bread", gas=""), "--json").stdout)
    item = next(item for item in document["items"] if item["id"] == "gas")
    assert item["score"] == 0 and item["error"] is None and item["grader"] == "skipped" and document["score"] == 0.8


def test_an_answer_that_cannot_be_read_is_a_miss_that_says_why(tutor, docs, sheet):
    run = graded(tutor, docs, "--answers", sheet("bread", percent="lots"), "--min-score", 1)
    assert run.returncode == 1 and "“lots” is not a number that I can read" in run.stdout


def test_a_quiz_without_a_terminal_is_refused_and_never_waits(tutor, docs):
    run = graded(tutor, docs)
    assert run.returncode == 2 and "--answers FILE" in run.stderr and run.stdout == ""


@pytest.mark.parametrize(("arguments", "code", "words"), [
    (["--bogus"], 2, "No such option"),
    (["braed", "--sheet", "s.yaml"], 2, "Did you mean food/bread?"),
    (["--answers", "nowhere.yaml"], 2, "nowhere.yaml: could not be read"),
    (["--sheet", "s.yaml", "--answers", "s.yaml"], 2, "--sheet only writes questions"),
    (["--sheet", "no/such/folder/s.yaml"], 2, "could not be written"),
    (["--sheet", "s.yaml", "--kinds", "order"], 5, "no question fits"),
    (["--sheet", "s.yaml", "--rerun-failed", "nowhere.json"], 2, "nowhere.json: could not be read"),
])  # fmt: skip
def test_a_mistake_is_named_on_stderr_with_its_exit_code(tutor, docs, arguments, code, words):
    run = graded(tutor, docs, *arguments)
    assert run.returncode == code and words in run.stderr and run.stdout == "" and "Traceback" not in run.stderr


def test_a_sheet_that_is_there_is_never_overwritten(tutor, docs, sheet):
    path = sheet()
    before = path.read_text(encoding="utf-8")
    run = graded(tutor, docs, "--sheet", path)
    assert run.returncode == 2 and "already exists, and may hold answers" in run.stderr
    assert path.read_text(encoding="utf-8") == before


def test_a_broken_sheet_and_a_broken_bank_exit_4_with_the_line(tutor, docs, sheet, tmp_path):
    path = sheet()
    (tmp_path / "bad.yaml").write_text(path.read_text(encoding="utf-8").replace("    answer:", "    anser:", 1), encoding="utf-8")
    run = graded(tutor, docs, "--answers", tmp_path / "bad.yaml")
    assert run.returncode == 4 and re.search(r'bad\.yaml:\d+: .*"anser".*Did you mean "answer"', run.stderr)
    lesson_bank = docs / "food" / "bread.quiz.yaml"
    lesson_bank.write_text(BANK.replace("kind: cloze", "kind: cloz"), encoding="utf-8")
    run = graded(tutor, docs, "--answers", path)
    assert run.returncode == 4 and re.search(r"bread\.quiz\.yaml:\d+: ", run.stderr)


def test_an_unwritable_report_is_refused_before_anything_is_graded(tutor, docs, sheet, home, tmp_path):
    path = sheet()
    for place in (tmp_path / "no" / "such" / "j.xml", tmp_path):
        run = graded(tutor, docs, "--answers", path, "--junit", place)
        assert run.returncode == 2 and "could not be written" in run.stderr and run.stdout == ""
    assert not home.exists(), "nothing was graded, so nothing was stored"


def test_a_sheet_of_older_lessons_is_graded_where_its_items_stand(tutor, docs, sheet, tmp_path):
    path = sheet("bread")
    changed = BANK.replace("Which gas makes dough rise?", "Which gas lifts dough?").replace("id: eats", "id: devours")
    (docs / "food" / "bread.quiz.yaml").write_text(changed, encoding="utf-8")
    run = graded(tutor, docs, "--answers", path, "--json", "--junit", tmp_path / "j.xml", "--min-score", 1)
    assert run.returncode == 0, "what can't be graded costs nothing"
    assert re.search(r"sheet\.yaml:\d+: food/bread:gas is not graded: the item was changed after", run.stderr)
    assert re.search(r"sheet\.yaml:\d+: food/bread:eats is not graded: the lessons no longer have this item", run.stderr)
    document = json.loads(run.stdout)
    assert document["score"] == 1.0 and document["errors"] == 2 and len(document["items"]) == 5
    assert 'errors="2" failures="0"' in (tmp_path / "j.xml").read_text(encoding="utf-8")


def test_a_sheet_of_which_nothing_stands_exits_5(tutor, docs, sheet):
    path = sheet("bread", options=("--kinds", "cloze", "--seed", 1))
    (docs / "food" / "bread.quiz.yaml").unlink()
    assert graded(tutor, docs, "--answers", path).returncode == 5


def test_with_a_seed_a_sheet_cannot_choose_its_questions(tutor, docs, sheet):
    path = sheet("bread")
    text = path.read_text(encoding="utf-8")
    entries = re.split(r"(?=\n  # \d)", text)
    easy = [entry for entry in entries[1:] if ":gas" in entry]
    path.write_text(entries[0] + "".join(easy), encoding="utf-8")
    assert graded(tutor, docs, "--answers", path, "--min-score", 1).returncode == 0, "its own questions"
    run = graded(tutor, docs, "bread", "--seed", 3, "--answers", path, "--min-score", 1)
    assert run.returncode == 1 and "1 of 5 right" in run.stdout
    assert run.stdout.count("The sheet does not have this question.") == 4
    path.write_text(re.sub(r'version: ".', 'version: "x', text), encoding="utf-8")
    run = graded(tutor, docs, "bread", "--seed", 3, "--answers", path, "--min-score", 0.1)
    assert run.returncode == 1 and "The sheet has another version of this question." in run.stdout
    run = graded(tutor, docs, "dough", "--seed", 4, "--answers", path)
    assert "food/bread:gas is not a question of this quiz" in run.stderr
    assert "sheet.yaml: was written with --seed 3; graded with 4, its numbers may differ" in run.stderr


def test_rerun_failed_asks_what_was_not_right_with_the_same_numbers(tutor, docs, sheet, tmp_path):
    first = graded(tutor, docs, "--answers", sheet("bread", gas="oxygen", flour="1"), "--json")
    (tmp_path / "r.json").write_text(first.stdout, encoding="utf-8")
    again = tmp_path / "again.yaml"
    assert graded(tutor, docs, "--rerun-failed", tmp_path / "r.json", "--sheet", again).returncode == 0
    text = again.read_text(encoding="utf-8")
    assert set(re.findall(r"- id: (\S+)", text)) == {"food/bread:gas", "food/bread:flour"}
    again.write_text(filled(text, RIGHT), encoding="utf-8")
    run = graded(tutor, docs, "--answers", again, "--json")
    assert json.loads(run.stdout)["score"] == 1.0
    (tmp_path / "r2.json").write_text(run.stdout, encoding="utf-8")
    run = graded(tutor, docs, "--rerun-failed", tmp_path / "r2.json", "--sheet", tmp_path / "s3.yaml")
    assert run.returncode == 5 and "nothing to ask again" in run.stderr


def test_rerun_failed_with_the_whole_sheet_grades_only_what_was_not_right(tutor, docs, sheet, tmp_path):
    path = sheet("bread", gas="oxygen")
    (tmp_path / "r.json").write_text(graded(tutor, docs, "--answers", path, "--json").stdout, encoding="utf-8")
    document = json.loads(graded(tutor, docs, "--rerun-failed", tmp_path / "r.json", "--answers", path, "--json").stdout)
    assert [item["id"] for item in document["items"]] == ["gas"] and document["seed"] == 3


def test_repeat_grades_as_often_as_asked_and_the_built_in_grader_is_steady(tutor, docs, sheet):
    document = json.loads(graded(tutor, docs, "--answers", sheet(gas="oxygen"), "--repeat", 3, "--json").stdout)
    assert {item["stability"] for item in document["items"]} == {"stable pass", "stable fail"}
    assert all(len(item["verdicts"]) == 3 for item in document["items"])


def kept(home):
    """(attempts, cards, evidence) of the caller's records."""
    from datetime import datetime, timezone

    from tutor.learner.records import open_records

    with open_records(home, now=lambda: datetime.now(timezone.utc), read_only=True) as store:
        return store.attempts(), store.cards(), store.evidence()


def test_a_graded_sheet_is_somebody_elses_and_leaves_no_trace(tutor, docs, sheet, home):
    graded(tutor, docs, "--answers", sheet("bread", gas="oxygen"))
    assert not (home / "records.db").exists()
    home.mkdir(exist_ok=True)
    (home / "records.db").write_bytes(b"not even looked at")
    graded(tutor, docs, "--answers", sheet("bread", name="other.yaml", gas="oxygen"))
    assert (home / "records.db").read_bytes() == b"not even looked at"


def test_a_sheet_of_ones_own_is_kept_once_with_its_reviews_however_often_it_is_graded(tutor, docs, sheet, home):
    path = sheet("bread", gas="oxygen")
    for _ in range(2):
        graded(tutor, docs, "--answers", path, "--mine")
    attempts, cards, evidence = kept(home)
    assert len(attempts) == 5 and {attempt.mode for attempt in attempts} == {"quiz"}
    assert [attempt.answer for attempt in attempts if attempt.item == "food/bread:gas"] == ["3"], "as the sheet lists them"
    assert len(cards) == 5 and [one.misconception for one in evidence] == ["yeast makes oxygen"]
    graded(tutor, docs, "--answers", sheet("bread", name="other.yaml", gas="nitrogen"), "--mine")
    assert len(kept(home)[0]) == 10, "another sheet"


def test_mine_without_a_sheet_is_a_mistake(tutor, docs):
    run = tutor("quiz", "bread", "--mine", "--docs", docs)
    assert run.returncode == 2 and "--answers FILE" in run.stderr


# ---------------------------------------------------------------------------------------- steady and sealed


def test_the_same_seed_gives_the_same_bytes_whatever_the_hash_seed(tutor_process, docs, tmp_path):
    seen = set()
    for seed in "012":
        folder = tmp_path / seed
        folder.mkdir()
        environment = {"PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": "1700000000"}
        path, again = folder / "s.yaml", tmp_path / "s.yaml"
        assert graded(tutor_process, docs, "--seed", 5, "--sheet", path, **environment).returncode == 0
        text = path.read_text(encoding="utf-8").replace(f"{seed}/s.yaml", "s.yaml")
        again.write_text(filled(text, {**RIGHT, "gas": "b"}), encoding="utf-8")
        arguments = ["--answers", again, "--junit", folder / "j.xml", "--home", folder / "home"]
        plain = graded(tutor_process, docs, *arguments, **environment).stdout
        document = graded(tutor_process, docs, *arguments, "--json", **environment).stdout
        seen.add((text, plain, document, (folder / "j.xml").read_bytes()))
    assert len(seen) == 1
    assert 'timestamp="2023-11-14T22:13:20"' in seen.pop()[3].decode()


def test_a_source_date_epoch_that_is_none_is_refused(tutor, docs, sheet):
    run = graded(tutor, docs, "--answers", sheet(), SOURCE_DATE_EPOCH="soon")
    assert run.returncode == 2 and "SOURCE_DATE_EPOCH: found 'soon'" in run.stderr


def test_a_quiz_connects_to_nothing_and_tells_no_key(tutor_process, docs, sheet, tmp_path, home):
    path, key = sheet(), "sk-never-told-0123456789"
    (tmp_path / "sitecustomize.py").write_text(
        "import socket\n"
        "def refuse(*arguments): raise SystemExit(99)\n"
        "socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse\n",
        encoding="utf-8",
    )
    run = graded(tutor_process, docs, "--answers", path, "--junit", tmp_path / "j.xml", "--json", PYTHONPATH=str(tmp_path),
                 OPENAI_API_KEY=key, OPENAI_BASE_URL="http://127.0.0.1:9")  # fmt: skip
    assert run.returncode == 0
    written = b"".join(file.read_bytes() for file in [*home.rglob("*"), tmp_path / "j.xml"] if file.is_file())
    assert key not in run.stdout + run.stderr and key.encode() not in written


def test_runs_side_by_side_in_one_home_do_not_lock_one_another_out(docs, sheet, home):
    command = [sys.executable, str(ROOT / "main.py"), "quiz", "--docs", str(docs), "--answers", str(sheet())]
    runs = [subprocess.Popen(command, env=bare_environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            for _ in range(4)]  # fmt: skip
    errors = [run.communicate(timeout=60)[1] for run in runs]
    assert [run.returncode for run in runs] == [0] * 4 and errors == [f"graded by: built-in (ptutor {__version__})\n"] * 4


@pytest.mark.parametrize(("name", "code"), [("SIGINT", -2), ("SIGTERM", -15), ("SIGHUP", -1)])
def test_a_signal_ends_the_quiz_by_itself(docs, home, tmp_path, name, code):
    pipe = tmp_path / "answers.yaml"
    os.mkfifo(pipe)
    command = [sys.executable, str(ROOT / "main.py"), "quiz", "--docs", str(docs), "--answers", str(pipe)]
    child = subprocess.Popen(command, env=bare_environment(home), stderr=subprocess.PIPE, text=True)
    with open(pipe, "w") as answers:  # opened by the child too: it now waits for the sheet
        answers.write("items:\n")
        answers.flush()
        assert end_by(child, getattr(signal, name)) == code
    assert "Traceback" not in child.communicate()[1]


@pytest.mark.parametrize("redirection", ["<&-", ">&-", "2>&-", "| head -n 1"])
def test_a_closed_stream_is_no_crash(docs, sheet, home, redirection):
    command = f"{sys.executable} {ROOT / 'main.py'} quiz --docs {docs} --answers {sheet()} {redirection}"
    run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=bare_environment(home))
    assert run.returncode == 0 and "Traceback" not in run.stderr


def test_a_quiz_from_the_keyboard_with_no_stdin_is_wrong_usage(docs, home):
    command = f"{sys.executable} {ROOT / 'main.py'} quiz --docs {docs} <&-"
    run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=bare_environment(home), timeout=30)
    assert run.returncode == 2 and "--answers FILE" in run.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_device_is_an_error_with_a_message(docs, sheet, home):
    command = f"{sys.executable} {ROOT / 'main.py'} quiz --docs {docs} --answers {sheet()} > /dev/full"
    run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=bare_environment(home))
    assert run.returncode == 2 and "could not be written" in run.stderr and "Traceback" not in run.stderr


@pytest.mark.parametrize(
    "environment",
    [
        {"NO_COLOR": "1"}, {"TERM": "dumb"}, {"CI": "true"}, {"COLUMNS": "1"}, {"COLUMNS": "40"}, {"COLUMNS": "500"},
    ],
    ids=str,
)  # fmt: skip
def test_odd_environments_work_without_escape_sequences(tutor, docs, sheet, environment):
    run = graded(tutor, docs, "--answers", sheet(gas="oxygen"), "--min-score", 1, **environment)
    assert run.returncode == 1 and "\x1b" not in run.stdout + run.stderr and "Traceback" not in run.stderr


@pytest.mark.parametrize("environment", ENCODINGS, ids=str)
def test_odd_encodings_work_without_escape_sequences(tutor_process, docs, sheet, environment):
    run = graded(tutor_process, docs, "--answers", sheet(gas="oxygen"), "--min-score", 1, **environment)
    assert run.returncode == 1 and "\x1b" not in run.stdout + run.stderr and "Traceback" not in run.stderr


def test_force_color_in_a_pipe_brings_colour_and_nothing_that_moves_the_cursor(tutor, docs, sheet):
    run = graded(tutor, docs, "--answers", sheet(), FORCE_COLOR="1", TERM="xterm")
    assert "\x1b[" in run.stdout and not re.search(r"\x1b\[[0-9;?]*[A-Za-ln-z]", run.stdout), "only SGR (…m)"


# ------------------------------------------------------------------------------------------- GitHub Actions


def test_github_gets_a_summary_and_the_lines_to_read_again(tutor, docs, sheet, tmp_path):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    path = sheet("bread", gas="oxygen", eats='"<script>alert(1)</script>"')
    environment = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    run = graded(tutor, docs, "--answers", path, "--json", **environment)
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("before\n<h3>Quiz: 3 of 5 right")
    assert "<script>" not in text and "&lt;script&gt;" in text
    commands = [line for line in run.stderr.splitlines() if line.startswith("::")]
    assert len(commands) == 2
    assert all(re.match(r"::error file=\S+bread\.md,line=\d+,title=food/bread%3A", line) for line in commands)
    json.loads(run.stdout)


@pytest.mark.parametrize("said", ["::error::x", "  ::stop-commands::t", "##[error]x", "words " * 13 + "::error::x"])
@pytest.mark.parametrize("how", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("colour", [{}, {"FORCE_COLOR": "1"}], ids=["plain", "colour"])
def test_a_learners_line_never_becomes_a_workflow_command(tutor, docs, sheet, said, how, colour):
    path = sheet("bread", eats=json.dumps(said), percent=json.dumps(said))
    run = graded(tutor, docs, "--answers", path, *how, GITHUB_ACTIONS="true", **colour)
    bare = [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in (run.stdout + run.stderr).splitlines()]
    assert not [line for line in bare if "##[" in line]
    ours = [line for line in bare if line.startswith("::")]
    assert all(line.startswith("::error file=") for line in ours) and len(ours) == 2
    if how:
        answers = {item["id"]: item["answer"] for item in json.loads(run.stdout)["items"]}
        assert answers["eats"] == said.strip(), "the document says what was said"


# ------------------------------------------------------------------------------------------------- examples


def test_the_example_pytest_grades_a_sheet_as_the_command_does(docs, sheet, tmp_path):
    command = tmp_path / "bin" / "ptutor"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "main.py"}" "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    environment = {
        **bare_environment(tmp_path / "home"), "QUIZ_DOCS": str(docs), "QUIZ_SHEET": str(sheet("bread", gas="oxygen")),
        "PATH": f"{command.parent}:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0", str(ROOT / "examples" / "test_sheet.py"),
               "--junitxml", str(tmp_path / "j.xml"), "--rootdir", str(tmp_path)]  # fmt: skip
    run = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=60)
    assert "1 failed, 4 passed" in run.stdout, run.stdout
    assert "Yeast uses oxygen up." in (tmp_path / "j.xml").read_text(encoding="utf-8")


def test_the_example_workflow_uses_options_that_exist():
    import yaml

    import main

    workflow = yaml.safe_load((ROOT / "examples" / "ci.yml").read_text(encoding="utf-8"))
    steps = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    command = next(step for step in steps if "ptutor quiz" in step)
    known = {option for parameter in main.cli.commands["quiz"].params for option in parameter.opts}
    assert set(re.findall(r"(?<=\s)--[a-z-]+", command)) <= known
    assert subprocess.run(["bash", "-n"], input="\n".join(steps), text=True, capture_output=True).returncode == 0
