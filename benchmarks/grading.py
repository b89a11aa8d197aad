"""How well the embedded grader grades: python benchmarks/grading.py [DATA] prints the tables; with "own" for DATA, ours alone.

DATA (default ../shared/data/grading) is what fit_grader.py learns from, and adversarial.dev.jsonl. Every score of the first
tables is cross-validated: no answer is judged by a model that saw another answer to its question (or, for unseen domains,
of its module; for unseen answers, that very answer). Beside it stand the share of stems in common with the reference and
rapidfuzz's token ratio where it is installed, with the threshold that suits them best on all the data, which flatters them.
The last tables are of the bundled items: what people answered to those of the held-out half (tests/data/answers), by style,
and what is made from the references of all items. The peers beside them take the threshold that passes as many right ones.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import fit_grader  # puts the project itself on the path
import numpy as np
from fit_grader import (
    COLUMNS,
    DECIDE,
    DECIDE_LONG,
    DECIDE_SEVERAL,
    ROOT,
    calibrate,
    held_out,
    probability,
    training,
    unseen_domains,
    unseen_questions,
)
from labelled_answers import is_fit, reversals, short_items, with_near_miss, written_answers

from tutor.check.rubrics.mutants import DENIALS, denied, shuffled
from tutor.grading import grade, grade_record
from tutor.grading.comparable import prepare_question
from tutor.grading.features import shipped_weights
from tutor.grading.short import Rejection, judge
from tutor.grading.words import clean


def macro_f1(right, called):
    """The mean of the F1 of "correct" and of "incorrect"; both arguments are (n,) of bool."""
    scores = []
    for side in (True, False):
        hits = ((right == side) & (called == side)).sum()
        scores.append(2 * hits / ((right == side).sum() + (called == side).sum()))
    return float(np.mean(scores))


def best_threshold(right, score):
    """The macro-F1 of a score at the threshold that suits it best."""
    return max(macro_f1(right, score >= threshold) for threshold in np.quantile(score, np.linspace(0.02, 0.98, 97)))


def unseen_answers(data):
    """Held-out log-odds where other answers to the same question were trained on."""
    rng = random.Random(0)
    fold = np.array([rng.randrange(8) for _ in data["rows"]])
    return held_out(data["x"], data["y"], data["weight"], data["question"], fold)


def guarded(rows, p):
    """Probabilities with the rule guards on top, as `grade` has them."""
    weights = shipped_weights()
    stopped = np.array([isinstance(judge(row["question"], row["reference"], row["answer"], weights), Rejection) for row in rows])
    return np.where(stopped, 0.0, p)


def token_ratios(rows):
    """(n,) rapidfuzz's token ratio with the nearest reference, or None where rapidfuzz is not installed."""
    try:
        from rapidfuzz import fuzz
    except ImportError:
        print("rapidfuzz is not installed (pip install rapidfuzz): the column `ratio` is left out\n")
        return None
    return np.array(
        [
            max(fuzz.token_sort_ratio(clean(row["answer"]).lower(), clean(text).lower()) for text in row["reference"])
            for row in rows
        ]
    )


def accuracy_table(data):
    right = data["y"] == 1
    overlap = data["x"][:, COLUMNS.index("recall_exact")]
    ratios = token_ratios(data["rows"])
    contradicts = np.array([row["label3"] == "contradictory" for row in data["rows"]])
    questions = unseen_questions(data)
    calibration = calibrate(data, questions)
    weights = shipped_weights()
    least = np.where(data["long"], DECIDE_LONG, np.where(data["several"] > 0, DECIDE_SEVERAL, DECIDE))
    print(
        "cross-validated                  answers  stems  ratio  grader  | contradictions called correct"
        "  | decided  right where decided"
    )
    for name, logit, sets in (
        ("unseen answers", unseen_answers(data), ("scientsbank", "beetle", "saf")),
        ("unseen questions", questions, ("scientsbank", "beetle", "saf")),
        ("unseen domains", unseen_domains(data), ("scientsbank",)),
    ):
        p = guarded(data["rows"], probability(calibration, data, logit))
        for one in sets:
            of = data["set"] == one
            called = (p >= least)[of]
            decided = (p[of] < weights.low) | (p[of] >= weights.high)
            ratio = "    -" if ratios is None else f"{best_threshold(right[of], ratios[of]):.3f}"
            wrong = f"{called[contradicts[of]].mean():29.1%}" if contradicts[of].any() else " " * 29
            print(
                f"{one:12} {name:18} {of.sum():8,}  {best_threshold(right[of], overlap[of]):.3f}  "
                f"{ratio}   {macro_f1(right[of], called):.3f}  | {wrong}  "
                f"| {decided.mean():7.1%}  {(called == right[of])[decided].mean():.3f}"
            )


def adversarial_table(folder: Path):
    kinds: dict[tuple[str, str], list] = {}
    for line in (folder / "adversarial.dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        grade = grade_record(row["question"], row["reference"], row["answer"])
        kinds.setdefault((row["must"], row["kind"]), []).append((grade.score >= 1, grade.unsure))
    print(f"\n{'adversarial answers':58} must  passed  of  unsure among the passed")
    for (must, kind), found in sorted(kinds.items()):
        passed = [unsure for ok, unsure in found if ok]
        print(f"{kind[:58]:58} {must}  {len(passed):6} {len(found):3}  {sum(passed):6}")
    for must in ("fail", "pass"):
        found = [one for (kind, _), ones in kinds.items() if kind == must for one in ones]
        print(
            f"must {must}: {sum(ok for ok, _ in found) / len(found):.1%} passed, "
            f"{sum(ok and not unsure for ok, unsure in found) / len(found):.1%} for sure"
        )


def speed_table(rows):
    rows = [row for row in rows if row["dataset"] != "saf"]
    for row in rows[:200]:
        grade_record(row["question"], row["reference"], row["answer"])
    begun = time.process_time()
    for row in rows:
        grade_record(row["question"], row["reference"], row["answer"])
    rate = len(rows) / (time.process_time() - begun)
    code = "import time; t = time.process_time(); import tutor.grading; print(time.process_time() - t)"
    importing = min(
        float(subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout)
        for _ in range(5)
    )
    tracemalloc.start()
    shipped_weights.cache_clear()
    for row in rows[:1500]:
        grade_record(row["question"], row["reference"], row["answer"])
    print(
        f"\n{rate:,.0f} answers per CPU second; import {importing * 1000:.0f} ms; "
        f"{tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB at most while grading"
    )


def overlap(item, answer):
    """The share of the nearest reference's stems that an answer has."""
    said = prepare_question(clean(answer)).stems
    return max(len(stems & said) / len(stems) for stems in (prepare_question(clean(text)).stems for text in item.references))


def own_table():
    answers = [one for one in written_answers() if not is_fit(one.item.key)]
    begun = time.process_time()
    grades = [grade(one.item, one.answer) for one in answers]
    spent = (time.process_time() - begun) / len(answers)
    passed = np.array([found.correct for found in grades])
    unsure = np.array([found.unsure for found in grades])
    part = np.array([0 < found.score < 1 for found in grades]) & ~unsure
    label = np.array([one.label for one in answers])
    style = np.array([one.style for one in answers])
    share = passed[label == "right"].mean()
    ratio = token_ratios([{"answer": one.answer, "reference": one.item.references} for one in answers])
    peers = [np.array([overlap(one.item, one.answer) for one in answers]), *([] if ratio is None else [ratio])]
    peers = [score >= np.quantile(score[label == "right"], 1 - share) for score in peers]
    print(f"\nour items, held-out half: {'answers':>12}  passed  unsure  part credit  rejected | peers: stems  ratio")
    for of in ("right", "half", "wrong"):
        styles = sorted(set(style[label == of]))
        for name in (of, *styles) if len(styles) > 1 else (of,):
            rows = (label == of) if name == of else (style == name)
            shares = [f"{score[rows].mean():.3f}" for score in peers] + ["    -"] * (2 - len(peers))
            missed = ~passed & ~unsure & ~part
            mine = "   ".join(f"{found[rows].mean():.3f}" for found in (passed, unsure, part, missed))
            print(f"{'  ' * (name != of) + name:25} {rows.sum():12}   {mine} |        {shares[0]}  {shares[1]}")
    print(f"{spent * 1000:.1f} ms of CPU an answer, with the first of each item")


def made_table():
    rng = random.Random(0)
    items = short_items()
    made = {
        "denied references": [(i, denied(text, d)) for i in items.values() for text in i.references for d in DENIALS],
        "shuffled references": [(i, shuffled(text, rng)) for i in items.values() for text in i.references for _ in range(3)],
        "reversed references": [(i, turned) for i in items.values() for text in i.references for turned in reversals(text)],
        "references to other questions of the lesson": [
            (i, text)
            for i in items.values()
            for o in items.values()
            if o.lesson == i.lesson and o is not i
            for text in o.references
        ],
        "points joined, a near miss for one of them": [
            (i, text) for i in items.values() for number in range(len(i.rubric)) for text in with_near_miss(i, number)
        ],
        "references": [(i, text) for i in items.values() for text in i.references],
        "known wrong answers": [(i, one.answer) for i in items.values() for one in i.wrong],
    }
    print("\nall our items, made answers                     number  passed  unsure")
    for name, pairs in made.items():
        grades = [grade(item, answer) for item, answer in pairs]
        print(
            f"{name:46} {len(pairs):7}  {sum(one.correct for one in grades) / len(pairs):6.3f}  "
            f"{sum(one.unsure for one in grades) / len(pairs):.3f}"
        )


def main(folder: Path) -> None:
    if folder.name == "own":
        own_table()
        made_table()
        return
    data = training(folder)
    accuracy_table(data)
    adversarial_table(folder)
    speed_table(data["rows"])
    own_table()
    made_table()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else fit_grader.ROOT / ".." / "shared" / "data" / "grading")
