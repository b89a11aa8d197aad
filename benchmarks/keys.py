"""How soon something changes on the screen after a key, in a session, with 20,000 attempts on record.

    python benchmarks/keys.py [--attempts 20000] [--lessons 3]

A pseudo-terminal runs whole lessons at 80x24: at each prompt a key is pressed and the clock runs until the first byte comes
back. Printed: how many keys, the middle, 95 % and the slowest, in milliseconds; and the same for the whole next screen, which is
there once a prompt is open again.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from person import Person, pexpect  # noqa: E402

from tutor.corpus.corpus import open_corpus  # noqa: E402
from tutor.learner.records import open_records  # noqa: E402
from tutor.models import Attempt, Grade  # noqa: E402

LESSONS = ("llm/attention", "math/bayes", "ml/backpropagation")
MOST_KEYS = 400  # a lesson


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


if __name__ == "__main__":
    main()
