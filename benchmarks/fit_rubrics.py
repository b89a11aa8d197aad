"""Fits what weighs an answer to an item with a rubric: python benchmarks/fit_rubrics.py [FILE]; by default assets/rubrics.json.

Two small logistic regressions whose weights keep the sign that their feature means: whether the whole is right, and whether a
point is made. They learn from the fit half of tests/data/answers and from answers made from the banks of that half; thresholds
are set where answers to items that the regression has not seen fall. Running it again gives the same bytes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from labelled_answers import FOLDER, is_fit, made_answers, written_answers  # noqa: E402

from tutor.grading.features import shipped_weights  # noqa: E402
from tutor.grading.rubrics import NAMES, SIGNS, read_answer  # noqa: E402
from tutor.grading.words import clean  # noqa: E402

WRITTEN = {"half": 6.0, "near-miss": 6.0, "terse": 14.0}  # weight of an answer that somebody wrote, by style
OTHER_WRITTEN = 3.0
MADE = {  # and of one made from a bank
    "known wrong": 2.0,
    "other question": 6.0,
    "hint": 3.0,
    "other lesson": 1.0,
    "several ways of one point": 1.0,
    "ways": 1.0,
    "points": 1.0,
    "reference": 1.0,
}
OTHER_MADE = 0.05
RIDGE, FOLDS = 1.0, 6
WRONG_PASSED, HALF_PASSED, KNOWN_PASSED = 0.015, 0.1, 0.27  # the most that may pass, of answers to items not fitted to
RIGHT_REJECTED = 0.03


def readings(answers):
    """(those of the answers that affirm anything, (n, features) of the whole, [(share, own, logit) of each point] for each)."""
    weights = shipped_weights()
    kept, rows, points = [], [], []
    for one in answers:
        found = read_answer(one.item, clean(one.answer), weights)
        if found:
            kept.append(one)
            rows.append(found.row)
            points.append([(made.share, made.own, made.logit) for made in found.points])
    return kept, np.array(rows), points


def fit(x, y, weight, signs):
    """(slopes, bias) of a regression whose slopes are at least 0 where the sign is +, at most 0 where it is -."""
    means, scales = x.mean(0), x.std(0) + 1e-6
    z = (x - means) / scales

    def loss(t):
        logit = z @ t[:-1] + t[-1]
        wrong = weight * (1 / (1 + np.exp(-logit)) - y)
        value = (weight * (np.logaddexp(0, logit) - y * logit)).sum() + RIDGE * t[:-1] @ t[:-1] / 2
        return value, np.append(z.T @ wrong + RIDGE * t[:-1], wrong.sum())

    bounds = [(0, None) if sign == "+" else (None, 0) for sign in signs] + [(None, None)]
    found = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-12}).x
    slopes = found[:-1] / scales
    return slopes, found[-1] - slopes @ means


def probability(model, x):
    return 1 / (1 + np.exp(-(x @ model[0] + model[1])))


def unseen(x, y, weight, keys):
    """(n,) probabilities from regressions that have seen no answer to the same item."""
    found = np.zeros(len(y))
    names = sorted(set(keys))
    for fold in range(FOLDS):
        out = np.isin(keys, names[fold::FOLDS])
        found[out] = probability(fit(x[~out], y[~out], weight[~out], SIGNS.values()), x[out])
    return found


def thresholds(p, label, p_known):
    """(low, high): the least that lets hardly anything wrong pass, and the most that rejects hardly anything right.

    p_known: the same of known wrong answers, to items that don't know them.
    """
    limits = ((p[label == "wrong"], WRONG_PASSED), (p[label == "half"], HALF_PASSED), (p_known, KNOWN_PASSED))
    steps = [step / 100 for step in range(30, 91)]
    high = next((t for t in steps if all((found >= t).mean() <= limit for found, limit in limits)), steps[-1])
    low = next(t for t in (step / 100 for step in range(50, 4, -1)) if (p[label == "right"] < t).mean() <= RIGHT_REJECTED)
    return min(low, high), high


def main(path: Path) -> None:
    written = [one for one in written_answers() if is_fit(one.item.key)]
    made = [one for one in made_answers() if is_fit(one.item.key)]
    answers = sorted([*written, *made], key=lambda one: one.item.key)
    from_people = {id(one) for one in written}
    answers, x, points = readings(answers)
    weight = np.array(
        [WRITTEN.get(one.style, OTHER_WRITTEN) if id(one) in from_people else MADE.get(one.style, OTHER_MADE) for one in answers]
    )
    label = np.array([one.label for one in answers])
    keys = np.array([one.item.key for one in answers])
    y = (label == "right") * 1.0
    whole = fit(x, y, weight, SIGNS.values())
    mine = np.array([id(one) in from_people for one in answers])
    known = np.array([one.style == "known wrong" for one in answers])
    p = unseen(x, y, weight, keys)
    low, high = thresholds(p[mine], label[mine], p[known])
    told = [
        (*features, is_made, how_much)
        for one, found, how_much in zip(answers, points, weight, strict=True)
        if one.points is not None
        for features, is_made in zip(found, one.points, strict=True)
    ]
    table = np.array(told, float)
    is_made, how_much = table[:, 3], table[:, 4]
    share = (how_much * is_made).sum() / how_much.sum()  # as many points made as not: most answers make all of theirs
    of_points = fit(table[:, :3], is_made, how_much * np.where(is_made == 1, 0.5 / share, 0.5 / (1 - share)), "+++")
    text = json.dumps(
        {
            "made_by": "benchmarks/fit_rubrics.py",
            "answers": {"written": len(written), "made": len(made)},
            "features": list(NAMES),
            "slopes": [round(float(value), 3) + 0.0 for value in whole[0]],
            "bias": round(float(whole[1]), 3),
            "point": [round(float(value), 3) for value in (*of_points[0], of_points[1])],
            "low": low,
            "high": high,
        },
        indent=1,
    )
    path.write_text(text + "\n", encoding="utf-8")
    print(f"{path}, from {len(written)} answers of {FOLDER.name}/ and {len(made)} made ones:\n{text}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "assets" / "rubrics.json")
