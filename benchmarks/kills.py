"""Kill the tutor with SIGKILL at random moments, whatever it does to the records, and look for a promise that was not kept.

    python benchmarks/kills.py [--kills 500] [--seed 1] [--topic llm/attention] [--only learn,import] [--keep DIR]

Sessions, quizzes, imports, restores and migrations share one home, so that each takes up the records as the last kill left
them. A session prints a JSON line {"event": "stored", "attempt": id, ...} for every answer that it has stored: from then on
the answer is promised. A sheet and an import are promised as a whole once the command has ended well, and must be there as a
whole or not at all in any case. A restore leaves what was there, or what the backup holds. After each kill every promise made
so far is looked up and SQLite's integrity_check is run, by plain sqlite3 and not through our own code. At the end every
backup is restored. The exit code is 1 where a promise was broken. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_S = 120.0  # for one command that is left to end by itself
LEARNER_STEPS = 12  # right or wrong does not matter here: every answer is stored
OLD_ROWS = 300  # in the file that is migrated
WEIGHTS = {"learn": 6, "review": 3, "quiz": 3, "import": 3, "restore": 2, "migration": 3}
Promises = dict[str, tuple[str, str]]  # uid -> (item, answer)


@dataclass(frozen=True)
class Run:
    """What came of one run of the tutor."""

    stored: list[dict]  # its "stored" events
    code: int
    errors: str
    worked_s: float  # of processor time

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


def cpu_s(process: int) -> float:
    """The processor time that a process has used, so that a busy machine kills it no earlier; 0 where it is over."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run_tutor(arguments: list[str], kill_after_s: float | None) -> Run:
    """Run a command and kill it after some processor time, or leave it to end.

    A last line that the kill cut short was never said whole, and promises nothing.
    """
    command = [sys.executable, str(ROOT / "main.py"), *arguments, "--offline", "--json", "--plain"]
    begun, worked_s = time.perf_counter(), 0.0
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:  # a pipe that nobody reads would block it
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        while process.poll() is None and time.perf_counter() - begun < MOST_S:
            worked_s = cpu_s(process.pid) or worked_s
            if kill_after_s is not None and worked_s >= kill_after_s:
                process.kill()
                break
            time.sleep(0.005)
        process.kill()
        process.wait()
        out.seek(0)
        err.seek(0)
        lines = [line for line in out.read().splitlines(keepends=True) if line.endswith(b"\n") and line.startswith(b'{"event"')]
        errors = err.read().decode(errors="replace").strip()
    events = [json.loads(line) for line in lines]
    return Run([event for event in events if event["event"] == "stored"], process.returncode, errors, worked_s)


def rows_of(database: Path) -> tuple[dict[str, tuple[int, str, str]], str]:
    """({uid: (number, item, answer)}, what integrity_check says) of a file of records."""
    if not database.exists():
        return {}, "ok"
    with closing(sqlite3.connect(database)) as connection:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'attempts'").fetchone():
            return {}, verdict  # killed before the first migration was through
        return {uid: tuple(kept) for uid, *kept in connection.execute("SELECT uid, id, item, answer FROM attempts")}, verdict


@dataclass
class Killing:
    """A home that is used and killed, and what it has promised so far."""

    folder: Path
    topic: str
    chance: random.Random
    promised: Promises = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    acknowledged: int = 0

    def __post_init__(self) -> None:
        self.home, self.other, self.old = self.folder / "killed", self.folder / "other", self.folder / "old.db"
        self.script = self.folder / "learner.yaml"

    @property
    def database(self) -> Path:
        return self.home / "records.db"

    # ------------------------------------------------------------------------------------- what is done

    def learn(self, kill_after_s: float | None) -> Run:
        self.write_script()
        return self.session(["learn", self.topic, "--script", str(self.script)], kill_after_s)

    def review(self, kill_after_s: float | None) -> Run:
        self.write_script()
        if self.database.exists():
            with closing(sqlite3.connect(self.database)) as connection:
                connection.execute(
                    "UPDATE cards SET due = '2020-01-01T00:00:00Z', card = json_set(card, '$.due', '2020-01-01T00:00:00Z')"
                )
                connection.commit()
        return self.session(["review", "--script", str(self.script)], kill_after_s)

    def session(self, arguments: list[str], kill_after_s: float | None) -> Run:
        run = run_tutor([*arguments, "--home", str(self.home)], kill_after_s)
        numbers = {number: (uid, item, answer) for uid, (number, item, answer) in rows_of(self.database)[0].items()}
        for event in run.stored:
            self.acknowledged += 1
            uid, *kept = numbers.get(event["attempt"], ("", "", ""))
            if kept != [event["item"], event["answer"]]:
                self.faults.append(f"lost or altered: {event}")
            else:
                self.promised[uid] = (event["item"], event["answer"])
        return run

    def quiz(self, kill_after_s: float | None) -> Run:
        sheet, before = self.folder / "sheet.yaml", set(rows_of(self.database)[0])
        text = (self.folder / "blank.yaml").read_text(encoding="utf-8")
        text = re.sub(r"(?m)^(    answer:).*$", lambda match: f'{match[1]} "{self.chance.randint(1, 10**6)}"', text)
        sheet.write_text(text, encoding="utf-8")
        run = run_tutor(["quiz", "--answers", str(sheet), "--mine", "--home", str(self.home)], kill_after_s)
        self.all_or_nothing("a sheet", set(rows_of(self.database)[0]) - before, text.count("- id: "), run)
        return run

    def import_(self, kill_after_s: float | None) -> Run:
        export, before = self.folder / "history.jsonl", set(rows_of(self.database)[0])
        lines = (self.folder / "other.jsonl").read_text(encoding="utf-8")
        uids = re.findall(r'"type": "attempt", "uid": "(\w+)"', lines)
        for uid in uids:
            lines = lines.replace(uid, self.chance.randbytes(16).hex())
        export.write_text(lines, encoding="utf-8")
        run = run_tutor(["records", "import", str(export), "--home", str(self.home)], kill_after_s)
        self.all_or_nothing("an import", set(rows_of(self.database)[0]) - before, len(uids), run)
        return run

    def all_or_nothing(self, what: str, added: set[str], whole: int, run: Run) -> None:
        if len(added) not in ((whole,) if run.code == 0 else (0, whole)):
            self.faults.append(f"{what}: {len(added)} of {whole} answers, exit code {run.code}")
        rows = rows_of(self.database)[0]
        self.promised.update({uid: rows[uid][1:] for uid in added})
        self.acknowledged += len(added) if run.code == 0 else 0

    def restore(self, kill_after_s: float | None) -> Run:
        there = sorted((self.home / "backups").glob("records-*.db"))
        if not there:
            return self.learn(kill_after_s)
        backup = self.chance.choice(there)
        held, before = rows_of(backup)[0], rows_of(self.database)[0]
        run = run_tutor(["records", "restore", str(backup), "--yes", "--home", str(self.home)], kill_after_s)
        after = rows_of(self.database)[0]
        if set(after) not in ((set(held),) if run.code == 0 else (set(held), set(before))):
            self.faults.append(
                f"a restore left {len(after)} answers: neither the {len(before)} before nor the backup's {len(held)}"
            )
        self.promised = {uid: kept for uid, kept in self.promised.items() if uid in after}
        return run

    def migration(self, kill_after_s: float | None) -> Run:
        """Of a file with an old schema, in a home of its own."""
        home = self.folder / "migrated"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        shutil.copy(self.old, home / "records.db")
        before = rows_of(self.old)[0]
        script = self.folder / "leave.yaml"
        script.write_text("steps: [quit]\n", encoding="utf-8")
        arguments = ["learn", self.topic, "--script", str(script), "--home", str(home)]
        run = run_tutor(arguments, kill_after_s)
        for again in (False, True):
            if again and (ended := run_tutor(arguments, None)).code:
                self.faults.append(f"after a killed migration: {ended.errors}")
            after, verdict = rows_of(home / "records.db")
            if after != before or verdict != "ok":
                self.faults.append(f"a migration left {len(after)} of {len(before)} rows; integrity_check: {verdict}")
        self.faults += backup_faults(home)
        return run

    # ---------------------------------------------------------------------------------- what it takes

    def write_script(self) -> None:
        """A learner who answers at random and skips now and then. A hint is not asked for, because there may be none left."""
        actions = self.chance.choices(["skip", "answer"], weights=[1, 9], k=LEARNER_STEPS)
        steps = [f'answer: "{self.chance.randint(1, 3)}"' if action == "answer" else action for action in actions]
        self.script.write_text("steps:\n" + "".join(f"  - {step}\n" for step in steps), encoding="utf-8")

    def prepare(self) -> None:
        """A blank sheet, the history of another computer, and a file with an old schema."""
        self.write_script()
        for arguments in (
            ["quiz", self.topic, "-n", "10", "--seed", "1", "--sheet", str(self.folder / "blank.yaml")],
            ["learn", self.topic, "--script", str(self.script)],
            ["records", "export", str(self.folder / "other.jsonl")],
        ):
            if (run := run_tutor([*arguments, "--home", str(self.other)], None)).code:
                sys.exit(f"{' '.join(arguments)} ended with {run.code}: {run.errors}")
        sys.path.insert(0, str(ROOT))
        from tutor.learner.file.migrations import MIGRATIONS

        with closing(sqlite3.connect(self.old)) as connection:
            statements = [statement for statements in MIGRATIONS[:4] for statement in statements]
            for statement in statements:
                connection.execute(statement)
            connection.execute("PRAGMA user_version = 4")
            rows = [
                (
                    f"u{number}",
                    f"s{number // 10}",
                    f"llm/attention:{number % 30}",
                    str(number),
                    f"2025-03-{number % 28 + 1:02}T09:00:00.000Z",
                )
                for number in range(OLD_ROWS)
            ]
            connection.executemany(
                "INSERT INTO attempts "
                "(uid, session, item, section, lesson, answer, grade, score, unaided, shown, hints, mode, at) VALUES "
                "(?, ?, ?, 'x', 'llm/attention', ?, '{\"score\": 1}', 1, 1, 0, 0, 'practice', ?)", rows
            )  # fmt: skip
            connection.commit()

    def kill(self, what: str, seconds: float) -> None:
        """Do something and kill it, then look every promise up."""
        do: Callable[[float | None], Run] = getattr(self, "import_" if what == "import" else what)
        run = do(self.chance.uniform(0, 1.3 * seconds))
        if run.code not in (0, -signal.SIGKILL):
            self.faults.append(f"{what} ended with {run.code}: {run.errors}")
        self.ends[f"{what}: {'killed' if run.killed else 'over before the kill'}"] += 1
        rows, verdict = rows_of(self.database)
        lost = [uid for uid, kept in self.promised.items() if rows.get(uid, ("",))[1:] != kept]
        if lost:
            self.faults.append(f"after {what}: {len(lost)} answers lost or altered")
            self.promised = {uid: kept for uid, kept in self.promised.items() if uid not in lost}
        if verdict != "ok":
            self.faults.append(f"after {what}: integrity_check: {verdict}")


def backup_faults(home: Path, restore: bool = False) -> list[str]:
    """What is wrong with the backups of a home; with `restore`, each is put back into a copy of it."""
    faults = []
    for backup in sorted((home / "backups").glob("records-*.db")):
        held, verdict = rows_of(backup)
        if verdict != "ok":
            faults.append(f"{backup.name}: integrity_check: {verdict}")
        if restore:
            with tempfile.TemporaryDirectory() as copy:
                run = run_tutor(["records", "restore", str(backup), "--yes", "--home", copy], None)
                restored = rows_of(Path(copy) / "records.db")[0]
                if run.code or restored != held:
                    faults.append(
                        f"{backup.name}: restored {len(restored)} of {len(held)} answers, exit code {run.code}: {run.errors}"
                    )
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--topic", default="llm/attention")
    parser.add_argument("--only", default=",".join(WEIGHTS), help="what to kill: " + ", ".join(WEIGHTS))
    parser.add_argument("--keep", metavar="DIR", help="a folder to use and leave behind; default: one of its own")
    options = parser.parse_args()
    os.environ.pop("TUTOR_HOME", None)
    with tempfile.TemporaryDirectory() if not options.keep else nullcontext(options.keep) as folder:
        killing = Killing(Path(folder).absolute(), options.topic, random.Random(options.seed))
        killing.folder.mkdir(parents=True, exist_ok=True)
        killing.prepare()
        chosen = options.only.split(",")
        seconds = {what: getattr(killing, "import_" if what == "import" else what)(None).worked_s for what in chosen}
        print("left alone: " + ", ".join(f"{what} {taken:.2f} s" for what, taken in seconds.items()), file=sys.stderr)
        for number in range(1, options.kills + 1):
            (what,) = killing.chance.choices(chosen, [WEIGHTS[one] for one in chosen])
            killing.kill(what, seconds[what])
            if number % 25 == 0:
                killing.faults += backup_faults(killing.home)
                print(
                    f"{number} of {options.kills}: {killing.acknowledged} acknowledged, {len(killing.faults)} faults",
                    file=sys.stderr,
                )
        backups = len(list((killing.home / "backups").glob("records-*.db")))
        killing.faults += backup_faults(killing.home, restore=True)
    table = {
        **dict(sorted(killing.ends.items())), "answers acknowledged": killing.acknowledged,
        "backups restored at the end": backups, "faults": len(killing.faults),
    }  # fmt: skip
    width = max(map(len, table))
    for name, value in table.items():
        print(f"{name:{width}} {value:>8}")
    for fault in killing.faults[:20]:
        print(fault)
    sys.exit(bool(killing.faults))


if __name__ == "__main__":
    main()
