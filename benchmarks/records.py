"""Whether years of answers are felt: what commands take with 100,000 answers on record, beside what they take with none.

    python benchmarks/records.py [--runs 7] [--answers 100000]

Times are of the processor. Both homes are used in turn in one run; the ratios are medians of pairs, since neighbours in time
share a machine's noise. The large home is written as the version before kept sums wrote it, so that its migration is timed,
and killed at twenty places. Its history is also exported, and imported elsewhere. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from pathlib import Path

from kills import cpu_s

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tutor.corpus.corpus import bundled_docs, open_corpus  # noqa: E402 - the tutor is beside this folder
from tutor.learner.file import database  # noqa: E402
from tutor.learner.memory.scheduling import DEFAULTS  # noqa: E402
from tutor.learner.schedule import next_card  # noqa: E402
from utils.times import utc  # noqa: E402

OLD = 4  # the schema before sums were kept
A_DAY = 137
KILLS = 20
COLUMNS = (
    "uid, session, item, section, lesson, answer, grade, score, unaided, shown, hints, mode, at, confidence, due, help, draw"
)


def write_old_home(home: Path, answers: int, seed: int = 1) -> None:
    """Two years of 137 answers a day on the bundled lessons, up to now, as an earlier version kept them."""
    chance, now = random.Random(seed), datetime.now(timezone.utc)
    corpus = open_corpus(bundled_docs(), cache=home / "cache")
    items = [(key, section) for sections in corpus.item_sections().values() for key, section in sections.items()]
    probes = corpus.probes(corpus.ids())
    home.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(home / database.FILE_NAME, isolation_level=None)) as plain:
        plain.row_factory = sqlite3.Row
        migrations, database.MIGRATIONS = database.MIGRATIONS, database.MIGRATIONS[:OLD]
        database._migrate(plain)
        database.MIGRATIONS = migrations
        plain.execute("BEGIN")
        days = -(-answers // A_DAY)
        for number in range(answers):
            day, place = divmod(number, A_DAY)
            at = now - timedelta(days=days - day, seconds=-40 * place + 6000)
            key, section = chance.choice(items)
            right = chance.random() < 0.85
            grade = {"score": float(right), "met": [], "missed": [], "feedback": "As the lesson says.", "grader": "built-in 3"}
            row = (
                f"{number:032x}", f"day{day}", key, section, key.partition(":")[0], "an answer of a few words", json.dumps(grade),
                float(right), int(right), 0, 0, "review" if day else "practice", utc(at), chance.choice([None, 1, 2, 3]),
                utc(at + timedelta(days=chance.randrange(1, 60)), "seconds"), 0, 2,
            )  # fmt: skip
            plain.execute(f"INSERT INTO attempts ({COLUMNS}) VALUES ({', '.join('?' * len(row))})", row)
            if not right and key in probes and chance.random() < 0.3:
                shown = (probes[key][0], key.partition(":")[0], section, key, number + 1, utc(at), "shown")
                columns = "misconception, lesson, section, item, attempt, at, kind"
                plain.execute(f"INSERT INTO evidence ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", shown)
        for key, _ in items:
            card = None
            for ago in (90, 60, chance.randrange(1, 40)):
                card = next_card(key, card, chance.choice(["unaided", "missed"]), now - timedelta(days=ago), by=DEFAULTS)
            row = (key, card.lesson, card.due, json.dumps(asdict(card)), answers)
            plain.execute("INSERT INTO cards (item, lesson, due, card, attempt) VALUES (?, ?, ?, ?, ?)", row)
        plain.execute("COMMIT")


def run(arguments: list[str], home: Path) -> tuple[float, float]:
    """(seconds of processor time, MB at most) that a command takes."""
    environment = {**os.environ, "TUTOR_HOME": str(home)}
    child = subprocess.Popen(
        [sys.executable, "main.py", *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, _, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


MIGRATE = """
import sys
import time
from datetime import datetime, timezone
from tutor.learner.records import open_records
with open_records(sys.argv[1], now=lambda: datetime.now(timezone.utc)) as records:
    print(records.count(), time.process_time())
"""


def migrate(home: Path, killed_after_s: float | None = None) -> tuple[float, int | None]:
    """(seconds of processor time, answers on record afterwards, None where it was killed)"""
    child = subprocess.Popen([sys.executable, "-c", MIGRATE, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    while killed_after_s is not None and child.poll() is None:
        if cpu_s(child.pid) >= killed_after_s:
            child.send_signal(signal.SIGKILL)
            child.communicate()
            return killed_after_s, None
        time.sleep(0.01)
    out, _ = child.communicate()
    count, seconds = out.split()
    return float(seconds), int(count)


def move(home: Path, folder: Path) -> None:
    """Time an export of a home, an import of it elsewhere, and the same import again."""
    export, there = str(folder / "history.jsonl"), folder / "there"
    for what, where in (("export", home), ("import", there), ("import", there)):
        seconds, mb = run(["records", what, export], where)
        print(f"{what}: {seconds:.1f} s, {mb:.0f} MB")
    with closing(sqlite3.connect(there / database.FILE_NAME)) as plain:
        print(f"{plain.execute('SELECT count(*) FROM attempts').fetchone()[0]:,} answers there afterwards")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=KILLS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        large, empty, script = Path(folder, "large"), Path(folder, "empty"), Path(folder, "quit.yaml")
        script.write_text("steps:\n  - quit\n", encoding="utf-8")
        write_old_home(large, options.answers)
        shutil.copytree(large, Path(folder, "old"))
        seconds, found = migrate(large)
        size_mb = (large / database.FILE_NAME).stat().st_size / 1e6
        print(f"migration of {options.answers:,} answers: {seconds:.1f} s, {found:,} afterwards, {size_mb:.0f} MB")
        lost = killed = 0
        for number in range(options.kills):
            home = Path(folder, "killed")
            shutil.copytree(Path(folder, "old"), home)
            killed += migrate(home, seconds * (number + 0.5) / options.kills)[1] is None
            lost += migrate(home)[1] != options.answers
            shutil.rmtree(home)
        if options.kills:
            print(f"killed at {killed} of {options.kills} moments of it: {lost} lost an answer")
        move(large, Path(folder))
        commands = {
            "topics": ["topics"],
            "review --due": ["review", "--due"],
            "home": ["learn", "--script", str(script)],
            "progress": ["progress"],
        }
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        memory: dict[str, list[float]] = {name: [0.0, 0.0] for name in commands}
        for turn in range(options.runs + 1):
            for name, command in commands.items():
                pair = run(command, large), run(command, empty)
                memory[name] = [max(most, mb) for most, (_, mb) in zip(memory[name], pair, strict=True)]
                if turn:  # the first round writes caches, and has the folder recognized
                    times[name].append((pair[0][0], pair[1][0]))
    print(f"{'command':14} {'large s':>8} {'empty s':>8} {'ratio':>6} {'large MB':>9} {'empty MB':>9}")
    for name, pairs in times.items():
        ratio = statistics.median(one / other for one, other in pairs)
        first, second = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"{name:14} {first:8.3f} {second:8.3f} {ratio:6.2f} {memory[name][0]:9.1f} {memory[name][1]:9.1f}")


if __name__ == "__main__":
    main()
