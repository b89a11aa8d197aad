"""Programs as answers: do right ones pass and mutants fail, and how long does a grade take beside Python's own start?

    python benchmarks/programs.py [--rounds 60]

Needs a sandbox that works. Times are the shortest of each kind, taken in turn.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tutor.corpus.bank import parse_bank  # noqa: E402
from tutor.grading.closed.programs import grade_program, run_program  # noqa: E402
from tutor.models import Item  # noqa: E402
from utils import strict_yaml  # noqa: E402
from utils.sandbox.choosing import chosen  # noqa: E402
from utils.sandbox.means import python  # noqa: E402

DATA = ROOT / "tests" / "data"


def passing(item: Item, programs: list[str]) -> list[bool]:
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda code: grade_program(item, code).correct, programs))


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ratio(item: Item, rounds: int) -> float:
    """How long a grade of the reference takes, as a share of a start of Python that imports what it needs."""
    imports = "; ".join(re.findall(r"^(?:import|from) .*$", item.reference, re.M)) or "pass"
    own, graded = [], []
    for _ in range(rounds):
        run_program.cache_clear()
        own.append(seconds(lambda: subprocess.run([*python(), "-c", imports], check=True)))
        graded.append(seconds(lambda: grade_program(item, item.reference)))
    return min(graded) / min(own)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--rounds", type=int, default=60)
    rounds = options.parse_args().rounds
    items = parse_bank((DATA / "programs.quiz.yaml").read_text("utf-8"), "python/programs", "bank")
    variants = strict_yaml.load((DATA / "programs.yaml").read_text("utf-8"), "programs.yaml")
    print(f"sandbox: {chosen()}")
    right, refused, mutants = [], 0, 0
    for item in items:
        right += passing(item, [item.reference, *variants[item.id]["right"]])
        names = variants[item.id]["mutants"]
        passed = passing(item, list(names.values()))
        mutants, refused = mutants + len(names), refused + passed.count(False)
        for name, has_passed in zip(names, passed, strict=True):
            if has_passed:
                print(f"passes: {item.id}: {name}")
    print(f"right programs that pass: {sum(right)} of {len(right)}; mutants that fail: {refused} of {mutants}")
    ratios = sorted(ratio(item, rounds) for item in (items[0], items[2], items[10]))
    print(f"a grade takes {', '.join(f'{one:.2f}' for one in ratios)} times as long as Python's own start and imports")


if __name__ == "__main__":
    main()
