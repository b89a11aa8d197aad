"""How soon something changes on the screen after a key, in a session, with 20,000 attempts on record.

    python benchmarks/keys.py [--attempts 20000] [--lessons 3]

A pseudo-terminal runs whole lessons at 80x24: at each prompt a key is pressed and the clock runs until the first byte comes
back. Printed: how many keys, the middle, 95 % and the slowest, in milliseconds; and the same for the whole next screen, which is
there once a prompt is open again. Then how many keys a lesson takes that is answered all right, beside the
answers themselves, for each question or section, in a window that holds a section on a page.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import redirect_stdout, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from conftest import environment_of  # noqa: E402
from person import Person, pexpect  # noqa: E402

from flow import create_learn_flow  # noqa: E402
from tutor.corpus.bank import accepted_answers  # noqa: E402
from tutor.corpus.corpus import open_corpus  # noqa: E402
from tutor.learner.records import open_records  # noqa: E402
from tutor.models import Attempt, Grade, Step  # noqa: E402
from tutor.nodes.shared import session_store  # noqa: E402
from tutor.screen.learners import Unattended  # noqa: E402
from tutor.screen.rows import MenuRow  # noqa: E402
from tutor.screen.screens.asking import Question  # noqa: E402
from tutor.screen.terminal.keys import Keys  # noqa: E402

LESSONS = ("llm/attention", "math/bayes", "ml/backpropagation")
MOST_KEYS = 400  # a lesson
MOST_WAYS_ON = 3  # that a menu within a lesson offers


def fill(home: str, attempts: int) -> None:
    """Records of so many attempts, over two years and all lessons, each stored as the program does it."""
    corpus = open_corpus(ROOT / "docs")
    items = [item for lesson in corpus.ids() if lesson not in LESSONS for item in corpus.items(lesson)]
    chance, begin = random.Random(1), datetime.now(timezone.utc) - timedelta(days=730)
    with open_records(home, now=lambda: datetime.now(timezone.utc)) as records:
        for number in range(attempts):
            item, at = chance.choice(items), begin + timedelta(minutes=number * 730 * 1440 // attempts)
            grade = Grade(float(chance.random() < 0.7))
            records.add(
                Attempt(item.key, item.section, "an answer", grade, at.isoformat(), "practice", session=f"s{number // 40}")
            )


def key_at(screen: str) -> list[str]:
    """What is pressed at a screen: on through the lesson, with an answer of a few words where one is asked for."""
    bottom = " ".join(row for row in screen.split("\n")[-6:] if row.strip())
    return (
        ["\r"]
        if re.search(r"enter (more|go on|question|next question|unfold)|↑↓|explain it to me", bottom)
        else [*"no idea", "\r"]
    )


def times(home: str, lesson: str) -> tuple[list[float], list[float]]:
    """(seconds to the first change, seconds to the next prompt) of each key of a lesson that is gone through."""
    someone = Person(["--seed", "3", "learn", lesson], home)
    someone.settle()
    first, whole = [], []
    while len(first) < MOST_KEYS and "choose what is next" not in someone.text():
        for key in key_at(someone.text()):
            prompts = someone.prompts
            began = time.monotonic()
            someone.child.send(key)
            someone.feed(someone.child.read_nonblocking(65536, timeout=30))
            first.append(time.monotonic() - began)
        someone.settle(after=prompts)
        whole.append(time.monotonic() - began)
        with suppress(pexpect.TIMEOUT, pexpect.EOF):
            someone.feed(someone.child.read_nonblocking(65536, timeout=0.1))
    someone.child.close(force=True)
    return first, whole


class KnowsAll(Unattended):
    """Answers every question right and takes the first way on; counts what is pressed besides."""

    attended = True

    def __init__(self) -> None:
        self.keys = self.questions = 0

    def press(self, keys: Keys) -> Step:
        self.keys += 1
        return Step("next")

    def answer(self, question: Question, keys: Keys) -> Step:
        if question.optional:
            return self.write(keys)
        self.questions += 1
        return Step("answer", accepted_answers(question.item)[0])

    def write(self, keys: Keys) -> Step:
        self.keys += 1
        return Step("next")

    def choose(self, options: Sequence[str | MenuRow], keys: Keys, unattended: str) -> Step:
        if len(options) > MOST_WAYS_ON:  # the home screen: the lesson is over
            return Step("quit")
        self.keys += 1
        return Step("choose", unattended or "0")


def keys_of_a_right_lesson(lesson: str) -> KnowsAll:
    learner = KnowsAll()
    with (
        tempfile.TemporaryDirectory() as folder,
        redirect_stdout(io.StringIO()),
        environment_of(ROOT / "docs", Path(folder) / "home", learner) as environment,
    ):
        create_learn_flow().run(session_store(environment, lesson))
    return learner


def row(name: str, seconds: list[float]) -> str:
    ordered = sorted(seconds)
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 for share in (0.5, 0.95, 1)]
    return f"| {name} | {len(ordered)} | " + " | ".join(f"{one:.0f}" for one in at) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--attempts", type=int, default=20_000)
    parser.add_argument("--lessons", type=int, default=len(LESSONS))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = str(Path(folder) / "home")
        fill(home, arguments.attempts)
        found = [times(home, lesson) for lesson in LESSONS[: arguments.lessons]]
    print("| from a key to | keys | middle, ms | 95 %, ms | slowest, ms |\n|---|---|---|---|---|")
    print(row("the first change", [one for first, _ in found for one in first]))
    print(row("the next prompt", [one for _, whole in found for one in whole]))
    print("\n| all right | questions | sections | keys besides | keys a question or section |\n|---|---|---|---|---|")
    for lesson in LESSONS[: arguments.lessons]:
        one = keys_of_a_right_lesson(lesson)
        sections = len(open_corpus(ROOT / "docs").lesson(lesson).taught)
        share = one.keys / (one.questions + sections)
        print(f"| {lesson} | {one.questions} | {sections} | {one.keys} | {share:.2f} |")


if __name__ == "__main__":
    main()
