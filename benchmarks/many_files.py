"""How a folder of very many Markdown files is listed and searched: time and memory of each command.

    python benchmarks/many_files.py [--files 58000]

Files of about 2 kB, in folders of a hundred, are made in a temporary folder, of the words of a bundled lesson. Needs
Linux or macOS, for the memory.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from startup import peer, seconds

ROOT = Path(__file__).resolve().parent.parent
ASKED = 9  # times, in turns with the peer
THROTTLE_S = 25  # by then a folder of this size is scanned again; sooner would cost too much


def write_files(folder: Path, count: int) -> int:
    """The files, each with one to four sections; returns how many bytes they have."""
    dice = random.Random(1)
    words = [word for word in (ROOT / "docs/llm/attention.md").read_text(encoding="utf-8").split() if word.isalpha()]
    words += [f"term{number}" for number in range(3000)]
    size = 0
    for number in range(count):
        parts = [f"# Note {number} about {dice.choice(words)}"]
        for section in range(dice.randint(1, 4)):
            parts.append(f"## {dice.choice(words)} {dice.choice(words)} {section}")
            for _ in range(dice.randint(1, 3)):
                parts.append(" ".join(dice.choices(words, k=dice.randint(30, 80))).capitalize() + ".")
        path = folder / f"{number // 1000:03}" / f"{number // 100 % 10}" / f"n{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        size += path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return size


def run(label: str, folder: Path, *arguments: str) -> float:
    """Run a command and print its time and the most memory that any command so far has needed."""
    begun = time.perf_counter()
    command = [sys.executable, "main.py", "--docs", str(folder), *arguments]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    taken = time.perf_counter() - begun
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    print(f"{label:40} {taken:7.2f} s {most:7.0f} MB at most so far", flush=True)
    return taken


def peer_s(home: str) -> float:
    """How long `llm --version` takes, 0 where it is not installed."""
    return seconds([peer(), "--version"], {**os.environ, "LLM_USER_PATH": home}) if peer() else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=58_000)
    count = parser.parse_args().files
    with tempfile.TemporaryDirectory() as name:
        os.environ["TUTOR_HOME"] = os.path.join(name, "home")
        folder = Path(name, "docs")
        size = write_files(folder, count)
        print(f"{count:,} files, {size / 1e6:.0f} MB")
        run("topics", folder, "topics")
        first = run("search, first index", folder, "search", "gradient softmax")
        run("search again", folder, "search", "gradient softmax")
        pairs = [(run("ask", folder, "ask", "what is a gradient"), peer_s(name)) for _ in range(ASKED)]
        if pairs[0][1]:
            print(f"ask, as a share of llm --version: {statistics.median(own / other for own, other in pairs):.2f}")
        time.sleep(THROTTLE_S)
        with open(folder / "000/0/n7.md", "a", encoding="utf-8") as file:
            file.write("\nA zyzzyva is a weevil.\n")
        run("search, a file edited", folder, "search", "zyzzyva")
        time.sleep(THROTTLE_S)
        (folder / "000/0/new.md").write_text("# Quokka\n\nA quokka is no weevil.\n", encoding="utf-8")
        run("search, a file added", folder, "search", "quokka")
        print(f"first index: {count / first:,.0f} files a second")


if __name__ == "__main__":
    main()
