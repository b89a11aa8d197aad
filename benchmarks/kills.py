"""Kill scripted sessions with SIGKILL at random moments, and look for what was promised and is not there.

    python benchmarks/kills.py [--kills 500] [--seed 1] [--topic llm/attention] [--script FILE] [--keep DIR]

All sessions share one home, so that each takes up the records as the last kill left them. A session prints a JSON line
{"event": "stored", "attempt": id, "item": key, "answer": text, ...} for every answer that it has stored: from then on
the answer is promised. After each kill every promise made so far is looked up and SQLite's integrity_check is run, by
plain sqlite3 and not through our own code. The exit code is 1 where a promise was broken. POSIX only.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_S = 120.0  # for one session that is left to end by itself
LEARNER_STEPS = 40  # right or wrong does not matter here: every answer is stored


def write_script(path: Path, seed: int) -> None:
    """A learner who answers at random and skips now and then. A hint is not asked for, because there may be none left."""
    chance = random.Random(seed)
    actions = chance.choices(["skip", "answer"], weights=[1, 9], k=LEARNER_STEPS)
    steps = [f'answer: "{chance.randint(1, 3)}"' if action == "answer" else action for action in actions]
    path.write_text("steps:\n" + "".join(f"  - {step}\n" for step in steps), encoding="utf-8")


@dataclass(frozen=True)
class Session:
    """What came of one run of the tutor."""

    stored: list[dict]  # its "stored" events
    code: int
    errors: str
    seconds: float


def run_session(command: list[str], kill_after_s: float | None) -> Session:
    """Run a session and kill it after a time, or leave it to end.

    A last line that the kill cut short was never said whole, and promises nothing.
    """
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:  # a pipe that nobody reads would block it
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        try:
            process.wait(timeout=MOST_S if kill_after_s is None else kill_after_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        seconds = time.perf_counter() - begun
        out.seek(0)
        err.seek(0)
        events = [json.loads(line) for line in out.read().splitlines(keepends=True) if line.endswith(b"\n")]
        errors = err.read().decode(errors="replace").strip()
    return Session([event for event in events if event["event"] == "stored"], process.returncode, errors, seconds)


def look_up(database: Path, promised: dict[int, dict]) -> tuple[list[int], str, int]:
    """Promised attempts that are missing or different, what integrity_check says, and how many rows there are."""
    if not database.exists():
        return sorted(promised), "ok", 0
    with closing(sqlite3.connect(database)) as connection:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'attempts'").fetchone():
            return sorted(promised), verdict, 0  # killed before the first migration was through
        rows = {number: kept for number, *kept in connection.execute("SELECT id, item, answer FROM attempts")}
    lost = [number for number, event in promised.items() if rows.get(number) != [event["item"], event["answer"]]]
    return lost, verdict, len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--topic", default="llm/attention")
    parser.add_argument("--docs", help="the corpus; default: the bundled one")
    parser.add_argument("--script", help="the learner's steps; default: random ones, others in each session")
    parser.add_argument("--keep", metavar="DIR", help="a folder to use and leave behind; default: one of its own")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() if not options.keep else nullcontext(options.keep) as folder:
        table, kept_all_promises = kill_sessions(Path(folder).absolute(), options)
    width = max(map(len, table))
    for name, value in table.items():
        print(f"{name:{width}} {value:>8}")
    sys.exit(not kept_all_promises)


def kill_sessions(folder: Path, options: argparse.Namespace) -> tuple[dict[str, object], bool]:
    """The table to print, and whether nothing was lost or damaged."""
    chance = random.Random(options.seed)
    script = Path(options.script).absolute() if options.script else folder / "learner.yaml"
    command = [sys.executable, "main.py", "learn", options.topic, "--script", str(script), "--json", "--plain"]
    command += ["--docs", str(Path(options.docs).absolute())] if options.docs else []

    def next_session(home: str, kill_after_s: float | None = None) -> Session:
        if not options.script:
            write_script(script, chance.getrandbits(32))
        session = run_session([*command, "--home", str(folder / home)], kill_after_s)
        if session.code not in (0, -signal.SIGKILL):
            sys.exit(f"a session ended with {session.code}: {session.errors}")
        return session

    whole = next_session("measured")
    if not whole.stored:
        sys.exit("a session that is left alone stores no answer: nothing to measure")
    print(f"a session of {len(whole.stored)} answers takes {whole.seconds:.2f} s", file=sys.stderr)
    promised: dict[int, dict] = {}
    ends: Counter[str] = Counter()
    lost: set[int] = set()
    damaged = rows = 0
    for number in range(1, options.kills + 1):
        session = next_session("killed", chance.uniform(0, 1.3 * whole.seconds))
        killed = "killed after an answer" if session.stored else "killed before one"
        ends["over before the kill" if session.code == 0 else killed] += 1
        promised.update({event["attempt"]: event for event in session.stored})
        missing, verdict, rows = look_up(folder / "killed" / "records.db", promised)
        lost.update(missing)
        damaged += verdict != "ok"
        if number % 50 == 0:
            print(f"{number} of {options.kills}: {len(promised)} acknowledged, {len(lost)} lost", file=sys.stderr)
    table = {
        "sessions": options.kills,
        **{f"  {end}": count for end, count in sorted(ends.items())},
        "answers acknowledged": len(promised),
        "  lost or altered": len(lost),
        "answers stored but not yet acknowledged at a kill": rows - len(promised) + len(lost),
        "integrity_check failed": damaged,
    }
    return table, not (lost or damaged)


if __name__ == "__main__":
    main()
