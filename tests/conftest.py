"""What the tests share: a home of their own, a clock that stands still, a small corpus."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

import hypothesis
import pytest
from program import run_in_process

from tutor.environment import Environment
from tutor.screen.terminal import Terminal
from utils import program
from utils.settings import Settings

# On a busy machine an example may take long, which is no fault of what is tested.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")
ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)

ENCODINGS = [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "ascii"}]

LESSON = """\
---
title: Bread
summary: Flour, water, salt and time.
minutes: 10
---
# Bread

You will know why dough rises.

## Yeast

**Yeast eats sugar** and breathes out carbon dioxide. The gas makes the dough rise.

**Example.** Ten grams of yeast raise 500 grams of flour in an hour.

## Salt

**Salt slows yeast down.** Two percent of the flour's weight is usual.

## Recap

- Yeast makes gas.
- Salt slows it.
"""

BANK = """\
items:
  - id: gas
    section: yeast
    kind: choice
    question: Which gas makes dough rise?
    options:
      - text: carbon dioxide
        right: true
      - text: oxygen
        misconception: yeast makes oxygen
        reply: Yeast uses oxygen up.
      - text: nitrogen
    hints: [It is what we breathe out., Its formula has one C.]
    explanation: Yeast breathes out carbon dioxide.
  - id: flour
    section: yeast
    kind: number
    variables:
      y: {from: 2, to: 9}
    question: How many grams of flour do {{y}} g of yeast raise in an hour?
    answer: y * 50
    tolerance: 0
    unit: g
    hints: [Ten grams raise 500., "Multiply {{y}} by fifty."]
    explanation: "Fifty times {{y}}."
  - id: eats
    section: yeast
    kind: cloze
    question: Yeast eats [[sugar|sugars]].
    hints: [It is sweet., It begins with s.]
    explanation: Sugar is what yeast lives on.
  - id: percent
    section: salt
    kind: number
    question: How much salt, in percent of the flour?
    answer: 2
    tolerance: 0.1
    hints: [It is little., Between one and three.]
    explanation: Two percent is usual.
  - id: slows
    section: salt
    kind: choice
    question: What does salt do to yeast?
    options:
      - text: slows it
        right: true
      - text: feeds it
      - text: kills it
    hints: [It does not kill., It does not feed.]
    explanation: Salt slows yeast.
"""


@pytest.fixture(autouse=True, scope="session")
def interruptible():
    """A shell that starts tests in the background has them ignore Ctrl-C, and with them every process that they start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def no_neighbours():
    """pytest imports from the folder around the checkout, too, where another checkout may be called as a library is."""
    while str(ROOT.parent) in sys.path:
        sys.path.remove(str(ROOT.parent))


@pytest.fixture(autouse=True, scope="session")
def open_book():
    """The tests' own process keeps the environment that it was started with; real processes show that a command forgets it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "hide_environment", lambda kept: None)
        yield


@pytest.fixture
def docs(tmp_path) -> Path:
    """A corpus of one lesson with its bank."""
    folder = tmp_path / "docs"
    (folder / "food").mkdir(parents=True)
    (folder / "food" / "bread.md").write_text(LESSON, encoding="utf-8")
    (folder / "food" / "bread.quiz.yaml").write_text(BANK, encoding="utf-8")
    return folder


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


@contextmanager
def environment_of(docs, home, learner=None, now=NOW, session="s", seed=1):
    """What a command works with, on a clock that stands still: a learner who answers in plain text, and no model."""
    settings = Settings(docs=str(docs), home=str(home), seed=seed, plain=True, offline=True)
    with Environment(settings) as environment:
        environment.now, environment.zone, environment.session = lambda: now, now.tzinfo, session
        environment.terminal = Terminal(settings, learner)
        yield environment


def bare_environment(home) -> dict[str, str]:
    """Nothing of whoever runs the tests: no key, no colour settings, no home of theirs."""
    return {"PATH": "/usr/bin:/bin", "TUTOR_HOME": str(home)}


@pytest.fixture
def tutor(home, tmp_path):
    """Run the program as a person would type it: tutor("learn", "bread", ...) -> CompletedProcess. No process is started."""

    def run(*arguments, stdin="", **environment):
        return run_in_process(arguments, stdin, {**bare_environment(home), "HOME": str(tmp_path), **environment}, tmp_path, NOW)

    return run


@pytest.fixture
def tutor_process(home, tmp_path):
    """As `tutor`, in a process of its own, for what only that can show: hash seeds, encodings, imports, worker processes."""

    def run(*arguments, stdin="", timeout=60, **environment):
        env = {**bare_environment(home), "PYTHONWARNINGS": "error", "HOME": str(tmp_path), **environment}
        return subprocess.run(
            [sys.executable, str(ROOT / "main.py"), *map(str, arguments)],
            input=stdin, capture_output=True, text=True, timeout=timeout, env=env, cwd=tmp_path,
        )  # fmt: skip

    return run


@pytest.fixture
def person(docs, home):
    """Seat somebody at a terminal: person("learn", "bread", columns=60) -> Person."""
    from person import Person

    people = []

    def sit_down(*arguments, **options):
        people.append(Person(["--docs", docs, "--seed", "4", *arguments], home, **options))
        return people[-1]

    yield sit_down
    for someone in people:
        someone.child.close(force=True)
