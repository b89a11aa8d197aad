"""How much processor time a plot takes to appear on its page: what has to be imported, then reading, computing and drawing each.

    python benchmarks/plots.py [--runs 5]

The forty plots of tests/screen/data/plots.md are drawn in a process that has read a bank and drawn a page without a plot, as a
session has by then. The first plot pays for the imports. Beside it: what importing plotext takes, if that is installed.
"""

from __future__ import annotations

import argparse
import io
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def milliseconds_of_each() -> list[float]:
    from rich.console import Console

    import tutor.corpus.bank  # noqa: F401
    from tutor.corpus.code_blocks import code_blocks_of
    from tutor.corpus.corpus import open_corpus
    from tutor.screen.markup import Page

    open_corpus(ROOT / "docs").items("llm/attention")
    text = (ROOT / "tests" / "screen" / "data" / "plots.md").read_text(encoding="utf-8")
    console = Console(file=io.StringIO(), width=78, height=24, force_terminal=True, legacy_windows=False)
    console.print(Page("# A page\n\nwith `code`, a list\n\n- and *words*\n\n```python\nprint(1)\n```\n"))
    taken = []
    for block in code_blocks_of(text):
        begun = time.process_time()
        console.print(Page(f"```plot\n{block.body}```\n"))
        taken.append(1000 * (time.process_time() - begun))
    return taken


def import_of_plotext() -> float | None:
    program = "import time; begun = time.process_time(); import plotext; print(1000 * (time.process_time() - begun))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    return float(run.stdout) if run.returncode == 0 else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        print(*milliseconds_of_each())
        return
    runs = []
    for _ in range(options.runs):
        run = subprocess.run([sys.executable, __file__, "--once"], capture_output=True, text=True, check=True)
        runs.append([float(word) for word in run.stdout.split()])
    first = statistics.median(run[0] for run in runs)
    each = sorted(statistics.median(run[number] for run in runs) for number in range(1, len(runs[0])))
    print(f"first plot of a process, with what it imports: {first:.0f} ms")
    print(f"each of the {len(each)} others: median {statistics.median(each):.0f} ms, slowest {each[-1]:.0f} ms")
    if peer := import_of_plotext():
        print(f"import of plotext alone: {peer:.0f} ms")


if __name__ == "__main__":
    main()
