"""How long a try block takes to show a setting that it has not shown before: computing and drawing, or running its Python.

    python benchmarks/tries.py [--runs 5]

The thirty blocks of tests/screen/data/tries.md are turned to their other setting, as wide as a window of 120 columns allows.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

COLUMNS, ROWS = 76, 40


def milliseconds_of_each(runs: int) -> tuple[list[float], list[float]]:
    """(plots by expressions, Python in the sandbox): the median for each block."""
    from tutor.corpus.tries import TryOutcome, outcome, outcomes, read_try, tries_of
    from tutor.screen.plots.terminal import plot_rows

    def draw(shown: TryOutcome) -> None:
        if shown.plot:
            plot_rows(shown.plot, COLUMNS, ROWS)

    text = (ROOT / "tests" / "screen" / "data" / "tries.md").read_text(encoding="utf-8")
    plots, code = [], []
    for block, told in zip(tries_of(text), re.findall(r"^Then (.*)\.$", text, re.MULTILINE), strict=True):
        one = read_try(block.source)
        setting = {**one.first(), **{name: float(value) for name, value in re.findall(r"(\w+) = (\S+?)(?:,|$)", told)}}
        setting = {knob.name: knob.checked(setting[knob.name]) for knob in one.knobs}
        draw(outcome(one, one.first()))  # the page it stands on
        taken = []
        for _ in range(runs):
            outcomes._ran.cache_clear()
            begun = time.perf_counter()
            draw(outcome(one, setting))
            taken.append(1000 * (time.perf_counter() - begun))
        (plots if one.plot else code).append(statistics.median(taken))
    return plots, code


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    plots, code = milliseconds_of_each(parser.parse_args().runs)
    for name, taken in (("plots by expressions", plots), ("Python in the sandbox", code)):
        print(f"{len(taken)} {name}: median {statistics.median(taken):.0f} ms, slowest {max(taken):.0f} ms")


if __name__ == "__main__":
    main()
