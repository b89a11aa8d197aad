"""How near grading many answers with a model comes to the least possible time: ceil(N / C) x latency, for C at a time.

python benchmarks/parallel.py
"""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from endpoint import serving, streamed  # noqa: E402

from tutor.models import Item  # noqa: E402
from tutor.nodes.quiz import GradeAnswers  # noqa: E402
from tutor.screen.learners import SheetLearner  # noqa: E402
from tutor.screen.terminal import Terminal  # noqa: E402
from utils.llm.endpoint import Endpoint  # noqa: E402
from utils.llm.language_model import LanguageModel  # noqa: E402
from utils.settings import Settings  # noqa: E402

ANSWERS, LATENCY_S = 24, 0.5
VERDICT = json.dumps({"points": [{"point": 1, "met": True, "quote": "yeast makes gas"}], "contradiction": "", "remark": ""})


def slow(request):
    time.sleep(LATENCY_S)
    return streamed(VERDICT)


def seconds(jobs: int) -> float:
    right = ("Yeast makes gas.",)
    items = [Item(f"i{n}", "l", "s", "short", f"Why does dough number {n} rise?", references=right) for n in range(ANSWERS)]
    answers = [(item, f"in dough {n} yeast makes gas", 0.0) for n, item in enumerate(items)]
    corpus = SimpleNamespace(lesson=lambda lesson: SimpleNamespace(language="en"))
    with serving(slow) as server:
        model = LanguageModel(Endpoint(server.base_url, "fake"))
        terminal = Terminal(Settings(plain=True), SheetLearner(str))
        GradeAnswers().exec(answers[:1], 1, model, 1, terminal, corpus)  # imports and the connection
        begun = time.perf_counter()
        grades = GradeAnswers().exec(answers, 1, model, jobs, terminal, corpus)
        assert all(grade.grader == "fake" for (grade,) in grades)
        return time.perf_counter() - begun


if __name__ == "__main__":
    print("| at a time | s | least possible | ratio |\n|---|---|---|---|")
    for jobs in (1, 4, 8):
        least = math.ceil(ANSWERS / jobs) * LATENCY_S
        taken = seconds(jobs)
        print(f"| {jobs} | {taken:.2f} | {least:.2f} | {taken / least:.2f} |")
