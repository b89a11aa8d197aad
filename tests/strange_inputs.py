"""What strangers may send: a valid input of each kind, broken in ways that a number repeats.

`Strangers` holds a small world of valid files, breaks one of them, and runs the command that reads it inside this process.
The same kind and number always make the same bytes.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from breaking import VALUES, broken, broken_database, broken_json, broken_json_text, broken_yaml
from conftest import BANK, LESSON, NOW, bare_environment
from endpoint import event
from program import run_in_process

WORK_S, WAIT_S = 20, 300  # after which a command is taken to hang
MODEL = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_MODEL": "fake"}
PRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]")  # none of it may be printed

SHORT = """\
  - id: why
    section: yeast
    kind: short
    question: Why does dough rise?
    rubric:
      - {point: yeast breathes out carbon dioxide, also: [yeast makes gas], near: yeast takes carbon dioxide in, ask: What gas?}
      - {point: the dough holds the gas, near: the dough lets the gas out}
    references: ["Yeast eats sugar and breathes out carbon dioxide, and the dough holds the gas in bubbles."]
    wrong: [{answer: Salt makes it rise., misconception: salt raises dough, reply: Salt slows yeast.}]
    hints: [Yeast is alive., Think of bubbles.]
    explanation: The gas makes bubbles.
  - id: bake
    section: salt
    kind: order
    question: In which order?
    steps: [mix, rise, bake]
    hints: [Heat is last.]
  - id: gases
    section: yeast
    kind: multi
    question: Which are gases?
    options: [{text: oxygen, right: true}, {text: salt, reply: No.}, {text: nitrogen, right: true}]
  - id: formula
    section: salt
    kind: short
    variables: {a: {from: 2, to: 5}, b: {choose: [1, 2, 4]}}
    where: a != b
    question: "Salt for {{a}} loaves of f kg, {{b / 4:.2f}} of it fine, as a formula in f."
    expression: "{{a}} * f / 50"
    wrong: [{answer: "f / 50", misconception: one loaf, reply: "For {{a}} loaves."}]
"""
ANSWERS = {
    "gas": "a", "flour": "100", "eats": "sugar", "percent": "2", "slows": "b", "bake": "[1, 2, 3]",
    "why": "yeast makes a gas and the dough keeps it", "gases": "[a, c]", "formula": "f / 25",
}  # fmt: skip
SCRIPT = """\
topic: food/bread
seed: 4
steps: [{ask: what is salt?}, {answer: oxygen}, {answer: "2"}, {answer: yeast makes gas}, skip, {answer: carbon dioxide}, quit]
"""
RECORD = {
    "id": 1, "question": "Why does dough rise?", "reference": "Yeast makes gas.", "answer": "Gas from yeast.",
    "rubric": ["yeast makes gas", "the dough holds it"],
}  # fmt: skip
VERDICT = {
    "points": [{"point": 1, "met": True, "quote": "yeast makes a gas"}, {"point": 2, "met": False, "quote": ""}],
    "contradiction": "", "remark": "Say where the gas goes.",
}  # fmt: skip
DRAFT = {"items": [
    {"id": "eaten", "kind": "short", "section": "yeast", "question": "What does yeast eat?", "options": [],
     "points": ["yeast eats sugar"], "references": ["Yeast eats sugar.", "It lives on sugar."], "hints": ["Sweet.", "White."],
     "explanation": "Sugar is its food."},
    {"id": "slower", "kind": "choice", "section": "salt", "question": "What does salt do?", "points": [], "references": [],
     "options": [{"text": "slows yeast", "right": True, "reply": ""}, {"text": "feeds yeast", "right": False, "reply": "No."}],
     "hints": ["It does not feed.", "Nor kill."], "explanation": "Salt slows yeast."},
]}  # fmt: skip
CONFIG = b"""# mine
offline = true
model = "fake"
server = "ollama"
timeout = 9.5
max_tokens_total = 1000

[prices]
currency = "EUR"
"fake" = { input = 0.1, output = 2 }
"""
ENV_FILE = b"""export OPENAI_MODEL='fake' # mine
TUTOR_OFFLINE=1
TUTOR_TIMEOUT=9.5
TUTOR_DOCS=docs
TUTOR_SERVER=ollama
OPENAI_API_KEY="sk-1\\"2"
"""


# ----------------------------------------------------------------------------------------------- the world


def remove(folder: Path) -> None:
    """Delete a folder, into which the search index's own threads may still be writing."""
    for _ in range(100):
        with suppress(OSError):
            shutil.rmtree(folder)
            return
        time.sleep(0.05)
    shutil.rmtree(folder)


@dataclass
class World:
    """Valid files of every kind, in one folder, and where they are copied to be broken."""

    base: Path
    here: Path
    reply: bytes = b""  # the body of every reply of the model

    @classmethod
    def make(cls, folder: Path) -> World:
        world = cls(folder / "base", folder / "here")
        food = world.base / "docs" / "food"
        food.mkdir(parents=True)
        (food / "bread.md").write_text(LESSON, encoding="utf-8")
        (food / "bread.quiz.yaml").write_text(BANK + SHORT, encoding="utf-8")
        world.here.mkdir()
        world.reset()
        for name, text in (("script.yaml", SCRIPT), ("in.jsonl", json.dumps(RECORD) + "\n")):
            (world.here / name).write_text(text, encoding="utf-8")
        world.expect(0, "quiz", "bread", "-n", 20, "--seed", 3, "--sheet", "sheet.yaml")
        sheet = (world.here / "sheet.yaml").read_text(encoding="utf-8")
        for name, answer in ANSWERS.items():
            sheet = re.sub(rf"(- id: \S+:{name}\n(?:(?!- id:).*\n)*?    answer:)", rf"\1 {answer}", sheet)
        (world.here / "sheet.yaml").write_text(sheet, encoding="utf-8")
        (world.here / "report.json").write_text(
            world.expect(0, "quiz", "--answers", "sheet.yaml", "--junit", "junit.xml", "--json").stdout, encoding="utf-8"
        )
        world.expect(0, "learn", "--script", "script.yaml", "--transcript", "transcript.md")
        world.expect(0, "records", "export", "history.jsonl")
        world.expect(0, "quiz", "--answers", "sheet.yaml", "--clarify", "second.yaml")
        world.expect(0, "ask", "what does yeast eat?")
        world.reply = streamed_body(json.dumps(VERDICT))
        world.expect(0, "quiz", "--answers", "sheet.yaml", "--cassette", "cassette.yaml", model=True)
        remove(world.base)
        shutil.copytree(world.here, world.base)
        return world

    def reset(self) -> None:
        remove(self.here)
        shutil.copytree(self.base, self.here)

    def read(self, name: str) -> bytes:
        return (self.base / name).read_bytes()

    def put(self, name: str, data: bytes) -> None:
        (self.here / name).write_bytes(data)

    def run(self, *arguments: object, stdin: str = "", model: bool = False) -> subprocess.CompletedProcess:
        environment = {**bare_environment(self.here / "home"), "HOME": str(self.here), **(MODEL if model else {})}
        arguments = ("--docs", "docs", *arguments)
        with replies_of(self), ended_after(WORK_S, WAIT_S):
            return run_in_process(arguments, stdin, environment, self.here, NOW)

    def expect(self, code: int, *arguments: object, model: bool = False) -> subprocess.CompletedProcess:
        run = self.run(*arguments, model=model)
        assert run.returncode == code, (arguments, run.returncode, run.stderr)
        return run


def streamed_body(text: str) -> bytes:
    """The body of a reply as servers stream it."""
    middle = len(text) // 2
    pieces = b"".join(event({"content": piece}) for piece in (text[:middle], text[middle:]))
    return pieces + event({}, "stop") + event(usage={"prompt_tokens": 7, "completion_tokens": 3}) + b"data: [DONE]\n\n"


@contextmanager
def replies_of(world: World) -> Iterator[None]:
    """The body of a reply comes from the world in place of a server, nobody waits before the next try, and what can be read
    point by point is unsure, so that it is asked about."""
    from tutor.grading.rubrics import judging
    from utils import call_llm

    doubting = replace(judging.shipped_rubric_weights(), low=0.0, high=1.01)

    def body(*_: object) -> Iterator[bytes]:
        yield world.reply

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(call_llm, "chunks", body)
        patch.setattr(judging, "shipped_rubric_weights", lambda: doubting)
        patch.setattr(time, "sleep", lambda seconds: None)
        yield


class Hangs(BaseException):
    """A command took too long; no handler of the program takes it for a bug of its own."""


@contextmanager
def ended_after(work_s: float, wait_s: float) -> Iterator[None]:
    """Raises Hangs after so many seconds of work of this process, or of waiting, whatever else the machine has to do."""

    def hang(number: int, frame: object) -> None:
        raise Hangs(f"not done after {work_s} s of work or {wait_s} s of waiting")

    before = [signal.signal(number, hang) for number in (signal.SIGPROF, signal.SIGALRM)]
    signal.setitimer(signal.ITIMER_PROF, work_s)
    signal.setitimer(signal.ITIMER_REAL, wait_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in zip((signal.SIGPROF, signal.SIGALRM), before, strict=True):
            signal.signal(number, handler)


# --------------------------------------------------------------------------------------------------- kinds

WITH_MODEL = object()  # at the end of a command for which a model is set
Kind = Callable[[World, random.Random], tuple]  # breaks a file or the reply, and gives the command to run


def _file(name: str, breaks: Callable[[bytes, random.Random], bytes], *commands: tuple) -> Kind:
    def kind(world: World, rng: random.Random) -> tuple:
        world.put(name, breaks(world.read(name), rng))
        return rng.choice(commands)

    return kind


def _new_file(name: str, valid: bytes, *commands: tuple) -> Kind:
    def kind(world: World, rng: random.Random) -> tuple:
        world.put(name, broken(valid, rng))
        return rng.choice(commands)

    return kind


def _json_lines(document: dict, *command: object) -> Kind:
    def kind(world: World, rng: random.Random) -> tuple:
        lines = [broken_json(document, rng) if rng.random() < 0.7 else json.dumps(document).encode() for _ in range(3)]
        data = b"\n".join(lines)
        world.put("in.jsonl", broken(data, rng) if rng.random() < 0.1 else data + b"\n")
        return command

    return kind


def _reply(*documents: Any, command: tuple) -> Kind:
    """A reply of the model: its JSON or prose broken, or the stream around it."""

    def kind(world: World, rng: random.Random) -> tuple:
        document = rng.choice(documents)
        text = document if isinstance(document, str) else json.dumps(document)
        if rng.random() < 0.7:
            said = broken(text.encode(), rng) if isinstance(document, str) else broken_json(document, rng)
            world.reply = streamed_body(said.decode("utf-8", "replace"))
        else:
            world.reply = broken(streamed_body(text), rng)
        return (*command, WITH_MODEL)

    return kind


def _answers(world: World, rng: random.Random) -> tuple:
    """What a learner may write behind `answer:`, whatever the item."""
    sheet = world.read("sheet.yaml").decode()

    def answer(match: re.Match[str]) -> str:
        if rng.random() < 0.7:
            return match[0]
        said = rng.choice(VALUES) if rng.random() < 0.5 else broken(match[1].encode(), rng).decode("utf-8", "replace")
        return f"answer: {json.dumps(said if isinstance(said, (str, int, float, list)) else str(said))}\n"

    world.put("sheet.yaml", re.sub(r"answer: (.*)\n", answer, sheet).encode("utf-8", "surrogatepass"))
    return "quiz", "--answers", "sheet.yaml", *rng.choice(((), ("--json",), ("--junit", "new.xml"), ("--clarify", "new.yaml")))


def _question(world: World, rng: random.Random) -> tuple:
    """What somebody may ask."""
    said = (
        rng.choice(VALUES)
        if rng.random() < 0.3
        else broken(b"Why does yeast, unlike salt, eat sugar (2 g)?", rng).decode("utf-8", "replace")
    )
    command = rng.choice((("ask", "--json"), ("ask",), ("search",), ("find",), ("summarize",), ("learn",), ("quiz", "-n")))
    return *command, "--", str(said)


def _export_lines(world: World, rng: random.Random) -> tuple:
    """Values in the lines of an export of records, where the file itself is sound."""
    lines = world.read("history.jsonl").splitlines()
    for number in range(len(lines)):
        if rng.random() < 0.2:
            lines[number] = broken_json(json.loads(lines[number]), rng).replace(b"\n", b" ")
    world.put("history.jsonl", b"\n".join(lines) + b"\n")
    if world.run("records", "import", "history.jsonl").returncode == 0:
        return rng.choice(READERS_OF_RECORDS)
    return "records", "import", "history.jsonl", "--json"


def _rows(world: World, rng: random.Random) -> tuple:
    """Values in the rows of the learner's records, where the file itself is sound."""
    import sqlite3

    with closing(sqlite3.connect(world.here / "home" / "records.db")) as connection:
        tables = {"attempts": "grade at answer mode session item section".split(), "cards": ["card", "due", "item", "before"],
                  "places": ["place", "lesson", "at"], "appeals": ["grade", "at"], "settings": ["value"]}  # fmt: skip
        table = rng.choice(list(tables))
        column = rng.choice(tables[table])
        for number, old in connection.execute(
            f"SELECT rowid, {column} FROM {table}" if table != "settings" else "SELECT 1, 1"
        ).fetchall():
            if rng.random() < 0.5 and isinstance(old, str):
                new = (
                    broken_json(json.loads(old), rng)
                    if old.startswith("{")
                    else str(rng.choice(VALUES)).encode("utf-8", "replace")
                )
                value = new.decode("utf-8", "replace")
                connection.execute(f"UPDATE OR REPLACE {table} SET {column} = ? WHERE rowid = ?", (value, number))
        connection.commit()
    return rng.choice(READERS_OF_RECORDS)


def _cache(world: World, rng: random.Random) -> tuple:
    """A file of what can be made again: the list of lessons, the search index, the replies of a model."""
    name = rng.choice(sorted(path for path in (world.base / "home" / "cache").rglob("*") if path.is_file()))
    data = name.read_bytes()
    world.put(str(name.relative_to(world.base)), (broken_database if name.suffix == ".db" else broken)(data, rng))
    return rng.choice(
        (*READERS_OF_CACHES, ("quiz", "--answers", "sheet.yaml", WITH_MODEL), ("ask", "what does yeast eat?", WITH_MODEL))
    )


READERS_OF_CACHES = (
    ("ask", "what does yeast eat?"),
    ("search", "salt", "--json"),
    ("topics",),
    ("find", "salt"),
    ("topics", "--json"),
)
READERS_OF_RECORDS = (
    ("progress",), ("progress", "--json"), ("progress", "--html", "page.html"), ("progress", "bread", "--html", "page.html"),
    ("topics", "--json"), ("review", "--undo"), ("appeal", 0), ("appeal", 3, "--json"),
    ("review", "--script", "script.yaml"), ("learn", "--script", "script.yaml"), ("doctor",), ("check", "--records", "--no-run"),
)  # fmt: skip
READERS_OF_SETTINGS = (("config", "--json"), ("config",), ("config", "timeout", "5"), ("config", "model"), ("topics",))
BANK_READERS = (
    ("check", "--no-run"), ("check", "--no-run", "--json", "docs/food/bread.quiz.yaml"), ("check", "--no-run", "--mutate"),
    ("quiz", "bread", "--sheet", "new.yaml"), ("quiz", "--answers", "sheet.yaml", "--json"), ("topics", "--json"),
    ("learn", "--script", "script.yaml"), ("appeal", 0, "--json"),
)  # fmt: skip
LESSON_READERS = (
    ("topics", "--json"), ("check", "--no-run", "--json"), ("learn", "--script", "script.yaml"), ("search", "salt"),
    ("ask", "what does yeast eat?", "--json"), ("summarize", "bread", "--json"), ("find", "what slows yeast?"),
    ("check", "--fix", "--no-run"),
)  # fmt: skip
GRADE = ("quiz", "--answers", "sheet.yaml")
LEARN = ("learn", "--script", "script.yaml")
PROSE = "Yeast eats sugar [1]. Salt slows yeast down [2].\n\n**Example.** Ten grams raise 500 grams [1]."

KINDS: dict[str, Kind] = {
    "sheet": _file("sheet.yaml", broken_yaml, (*GRADE, "--json"), GRADE),
    "second sheet": _file("second.yaml", broken_yaml, (*GRADE, "--clarify", "second.yaml", "--json")),
    "answers": _answers,
    "question": _question,
    "bank": _file("docs/food/bread.quiz.yaml", broken_yaml, *BANK_READERS),
    "lesson": _file("docs/food/bread.md", broken, *LESSON_READERS),
    "script": _file("script.yaml", broken_yaml, (*LEARN, "--json"), ("review", "--script", "script.yaml")),
    "cassette": _file("cassette.yaml", broken_yaml, (*GRADE, "--cassette", "cassette.yaml", "--json")),
    "earlier quiz": _file(
        "report.json", broken_json_text, (*GRADE, "--rerun-failed", "report.json"),
        ("quiz", "--rerun-failed", "report.json", "--sheet", "new.yaml"),
    ),
    "junit": _file("junit.xml", broken, (*GRADE, "--junit", "junit.xml")),
    "transcript": _file("transcript.md", broken, (*LEARN, "--transcript", "transcript.md")),
    "conversation": _file("home/cache/conversation.json", broken_json_text, ("ask", "-c", "and salt?")),
    "config.toml": _new_file("home/config.toml", CONFIG, *READERS_OF_SETTINGS),
    ".env": _new_file(".env", ENV_FILE, *READERS_OF_SETTINGS),
    "export of records": _file("history.jsonl", broken, ("records", "import", "history.jsonl")),
    "lines of an export": _export_lines,
    "records": _file("home/records.db", broken_database, *READERS_OF_RECORDS),
    "rows of records": _rows,
    "cache": _cache,
    "grade": _json_lines(RECORD, "grade", "in.jsonl"),
    "ask lines": _json_lines({"id": "a", "question": "what does yeast eat?"}, "ask", "--jsonl", "in.jsonl"),
    "search lines": _json_lines({"id": [1], "query": "yeast"}, "search", "--jsonl", "in.jsonl"),
    "verdict": _reply(VERDICT, command=(*GRADE, "--json")),
    "second look": _reply(VERDICT, command=("appeal", 0)),
    "graded lines": _reply(VERDICT, command=("grade", "in.jsonl")),
    "reply to ask": _reply(PROSE, command=("ask", "what does yeast eat?", "--json")),
    "reply to find": _reply(
        {"action": "search", "of": "salt", "reason": "x"}, {"action": "read", "of": "food/bread#salt", "reason": ""},
        {"action": "answer", "of": "food/bread", "reason": "It says so."}, command=("find", "what slows yeast?"),
    ),
    "reply to summarize": _reply({"points": ["Yeast eats sugar.", "Salt slows it."]}, PROSE, command=("summarize", "bread")),
    "draft": _reply(DRAFT, command=("draft", "bread", "-n", 1, "--no-accept")),
    "reply in a session": _reply(PROSE, VERDICT, command=LEARN),
}  # fmt: skip


def fault_of(world: World, kind: str, number: int) -> str:
    """What is wrong with how the program takes an input; "" where it ends as documented and prints nothing that acts."""
    rng = random.Random(f"{kind} {number}")
    world.reset()
    command = KINDS[kind](world, rng)
    model = command[-1] is WITH_MODEL
    arguments = command[:-1] if model else command
    try:
        run = world.run(*arguments, model=model)
    except Hangs as error:
        return str(error)
    said = run.stdout + run.stderr
    if run.returncode not in range(7) or "Traceback" in run.stderr or "a bug:" in run.stderr:
        crash = world.here / "home" / "pocket-tutor-crash.log"
        return f"exit {run.returncode}: {run.stderr[-300:]}\n{crash.read_text()[-2500:] if crash.exists() else ''}"
    if match := PRINTABLE.search(said):
        return f"prints {match[0]!r}: {said[max(0, match.start() - 60) : match.end() + 60]!r}"
    return ""
