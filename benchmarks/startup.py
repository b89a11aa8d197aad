"""How long the tutor takes to say anything, as a ratio to Python itself and to a peer, measured in turn in one run.

    python benchmarks/startup.py [--runs 15]

The peer is `llm --version` (PyPI: llm); install it beside us first, or the ratio to it is left out. Median of the pairwise
ratios: machines are noisy, and neighbours in time share the noise.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def seconds(command: list[str], environment: dict) -> float:
    begun = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def peer() -> str | None:
    """The `llm` beside this Python or on the path."""
    return shutil.which("llm", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "TUTOR_HOME": home, "LLM_USER_PATH": home}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # the peer was compiled when it was installed, we are by the first run
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "main.py --help": [sys.executable, "main.py", "--help"],
            "main.py topics": [sys.executable, "main.py", "topics"],
            "main.py ask": [sys.executable, "main.py", "ask", "why divide by sqrt(d_k)?"],
        }
        if peer():
            commands["llm --version"] = [peer(), "--version"]
        times: dict[str, list[float]] = {name: [] for name in commands}
        for run in range(runs + 1):
            for name, command in commands.items():
                taken = seconds(command, environment)
                if run:  # the first round warms the caches
                    times[name].append(taken)
    print(f"{'command':16} {'median s':>9} {'to python':>10} {'to llm':>8}")
    for name, taken in times.items():
        ratios = [
            statistics.median(a / b for a, b in zip(taken, times[base], strict=True)) if base in times else float("nan")
            for base in ("python -c pass", "llm --version")
        ]
        print(f"{name:16} {statistics.median(taken):9.3f} {ratios[0]:10.2f} {ratios[1]:8.2f}")
    if not peer():
        print("no `llm` beside this Python: pip install llm, for the last column")


if __name__ == "__main__":
    main()
