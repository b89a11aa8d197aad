"""How soon a streamed token is on the screen, and what drawing a long reply costs.

    python benchmarks/stream.py

A pseudo-terminal shows replies of 500, 1,000, 2,000 and 4,000 tokens from an endpoint on loopback. Printed: CPU seconds of the
whole process less those of an empty reply, per thousand tokens (the same for every length where the drawing is linear), and
the time from the moment when the first token was sent to the moment when it stood in the terminal.
"""

from __future__ import annotations

import os
import pty
import resource
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from endpoint import event, events, serving  # noqa: E402

PROGRAM = """
import sys
sys.path.insert(0, {root!r})
from utils.call_llm import call_llm
from utils.llm.endpoint import Endpoint
from utils.settings import Settings
from tutor.screen.terminal import Terminal
Terminal(Settings()).stream(call_llm("x", stream=True, endpoint=Endpoint({url!r}, "fake")))
"""


def reply(tokens: int, sent: list[float]):
    """A reply of paragraphs of 80 tokens, the first one marked, sent a token an event."""

    def answer(request):
        yield from events()
        time.sleep(0.2)  # so that what is measured is not the program's start
        sent.append(time.monotonic())
        yield event({"content": "FIRST "})
        for number in range(tokens):
            yield event({"content": f"word{number % 10} " + ("\n\n" if number % 80 == 79 else "")})
        yield event({}, "stop") + b"data: [DONE]\n\n"

    return answer


def run(tokens: int) -> tuple[float, float]:
    """(CPU seconds, seconds from the first token's sending to its showing)."""
    sent, shown = [], []
    with serving(reply(tokens, sent)) as server:
        parent, child = pty.openpty()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        program = PROGRAM.format(root=str(ROOT), url=server.base_url)
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
        command = [sys.executable, "-c", program]
        process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=environment)
        os.close(child)

        def read():
            text = b""
            while True:
                try:
                    came = os.read(parent, 65536)
                except OSError:
                    return
                text += came
                if not shown and b"FIRST" in text:
                    shown.append(time.monotonic())

        reader = threading.Thread(target=read)
        reader.start()
        process.wait()
        reader.join()
        os.close(parent)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, shown[0] - sent[0]


if __name__ == "__main__":
    empty = min(run(0)[0] for _ in range(5))
    print("| tokens | CPU s | per 1,000 tokens | first token shown after, ms |\n|---|---|---|---|")
    for tokens in (500, 1000, 2000, 4000):
        runs = [run(tokens) for _ in range(5)]
        cpu = min(used for used, _ in runs) - empty
        delay = statistics.median(after for _, after in runs)
        print(f"| {tokens:,} | {cpu:.2f} | {cpu / tokens * 1000:.2f} | {delay * 1000:.0f} |")
