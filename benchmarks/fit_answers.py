"""Fits what weighs a sentence as the answer to a question: writes assets/answers.json.

    python benchmarks/fit_answers.py rust=FOLDER fastapi=FOLDER opensource=FOLDER    # the bundled lessons are always among them
    python benchmarks/fit_answers.py --held-out [WEIGHTS] rust=FOLDER …              # only says how well it does

From the dev questions of ask_sets: of the sentences of the passages that fit best, those of a right section that hold the words
of a real answer (`must`, `sides`) should be chosen. A choice model (a softmax over the sentences of a question) with a ridge;
what counts for one kind of question alone is held more tightly. A table, a formula or code says less than a sentence with the
same words. --held-out fits without a fifth of the lessons, or without one public corpus, and counts on what was left out: how
often the first choice is right, and how often the best sentences of its section, up to ROOM words, have all of the words.
The same is done for the answers that authors wrote, of which the bundled lessons have many.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ask import SOURCES, UNANSWERABLE, holds, place, plain, questions  # noqa: E402

from tutor.corpus.corpus import Corpus, open_corpus  # noqa: E402
from tutor.search import index as search  # noqa: E402
from tutor.search.answering import CANDIDATES, authored, fits_of  # noqa: E402
from tutor.search.answering.selecting import LOOKED_AT  # noqa: E402
from tutor.search.answering.weighing import AUTHORED, SENTENCES, TABLE, features_of  # noqa: E402
from tutor.search.questions import YES_NO, understand  # noqa: E402

RIDGE, TIGHTER = 0.3, 3.0
SAYS = {"table": 0.5, "formula": 0.5, "code": 0.4, "row": 0.7, "other": 0.3}  # of what a sentence with the same words would say
FOLDS, ROOM = 5, 70
WEIGHED = 0.05  # weights below it are left out
BEHIND = 2.0  # times what was fitted, for the passage that fits best: where the documents say what they answer, it mostly does


class Sentence(NamedTuple):
    """A sentence that may be chosen: its features, and which groups of words it has."""

    features: dict[str, float]
    passage: int
    is_right: bool  # of a section that answers the question
    has: tuple[bool, ...]
    form: str
    size: int

    @property
    def target(self) -> float:
        return self.is_right * sum(self.has) / max(len(self.has), 1) * SAYS.get(self.form, 1.0)


Choices = Callable[[dict, Corpus, search.Index], list[Sentence]]


class Example(NamedTuple):
    """A question with the sentences to choose from. Those of one fold are left out together."""

    kind: str
    fold: str
    sentences: list[Sentence]


def examples(name: str, folder: Path, choices: Choices) -> list[Example]:
    """The dev questions of a set, with what there is to choose from."""
    corpus = open_corpus(folder)
    index = search.open_index(corpus, None)
    found = []
    for half, row in questions(name):
        if half == "dev" and row["kind"] != UNANSWERABLE:
            lesson = row["section"][0].partition("#")[0]
            fold = f"lessons {zlib.crc32(lesson.encode()) % FOLDS}" if name == "bundled" else name
            found.append(Example(row["kind"], fold, choices(row, corpus, index)))
    return found


def sentences(row: dict, corpus: Corpus, index: search.Index) -> list[Sentence]:
    question, asked = understand(row["question"]), index.query_words(row["question"])
    fits = fits_of(index.search(row["question"], CANDIDATES), asked, question, None)
    teaching = [fit for fit in fits if question.kind == YES_NO or not fit.is_about_misconceptions] or fits
    right, groups, found = set(map(place, row["section"])), [*row["must"], *row.get("sides", ())], []
    for passage, fit in enumerate(teaching[:LOOKED_AT]):
        sections = corpus.lesson(fit.passage.lesson).sections
        for quote, features in zip(fit.quotes, features_of(question, fit), strict=True):
            if features is None:
                continue
            section = place(next(one.id for one in reversed(sections) if one.line <= quote.line))
            has = tuple(holds(group, plain(quote.text)) for group in groups)
            own = features | {"behind": fit.weight - teaching[0].weight}
            found.append(Sentence(own, passage, section in right, has, quote.form, quote.size))
    return found


def authors_answers(row: dict, corpus: Corpus, index: search.Index) -> list[Sentence]:
    question, asked = understand(row["question"]), index.query_words(row["question"])
    fits = fits_of(index.search(row["question"], CANDIDATES), asked, question, None)
    teaching = [fit for fit in fits if not fit.is_about_misconceptions]
    right, groups, found = set(map(place, row["section"])), [*row["must"], *row.get("sides", ())], []
    for one in authored.candidates(question, teaching):
        passage, has = one.fit.passage, tuple(holds(group, plain(one.said)) for group in groups)
        is_right = place(f"{passage.lesson}#{passage.section}") in right
        features = authored.features_of(question, one, teaching[0])
        found.append(Sentence(features, teaching.index(one.fit), is_right, has, AUTHORED, len(one.said.split())))
    return found


def fit(data: list[Example], names: list[str]) -> np.ndarray:
    """The weights of the features with these names."""
    penalty = RIDGE * np.array([TIGHTER if ":" in name else 1.0 for name in names])
    tables = []
    for example in data:
        known = [one for one in example.sentences if one.is_right or not all(one.has)]  # others may answer as well
        targets = np.array([one.target for one in known])
        if targets.sum() > 0:
            tables.append((np.array([[one.features.get(name, 0.0) for name in names] for one in known]), targets))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = float(penalty @ weights**2), 2 * penalty * weights
        for table, targets in tables:
            scores = table @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            right = shares * targets
            total -= np.log(right.sum() + 1e-9)
            slope -= table.T @ (right / right.sum() - shares)
        return total, slope

    return minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x


def score(one: Sentence, weights: dict[str, float]) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in one.features.items())


def chosen(example: Example, weights: dict[str, float]) -> list[Sentence]:
    """The best sentence, then the best others of its passage up to ROOM words."""
    ranked = sorted(example.sentences, key=lambda one: -score(one, weights))
    taken = ranked[:1]
    for one in ranked[1:]:
        if one.passage == taken[0].passage and sum(other.size for other in taken) + one.size <= ROOM:
            taken.append(one)
    return taken


def rows_of(data: list[Example], weights: dict[str, float]) -> list[tuple[str, bool, bool]]:
    """(kind, is the first choice right, do the chosen sentences have all words) of each question."""
    found = []
    for example in data:
        taken = chosen(example, weights)
        groups = len(taken[0].has) if taken else 0
        all_said = bool(taken) and taken[0].is_right and all(any(one.has[n] for one in taken) for n in range(groups))
        found.append((example.kind, bool(taken) and taken[0].is_right and (any(taken[0].has) or not groups), all_said))
    return found


def held_out(data: list[Example], names: list[str], file: Path | None) -> None:
    rows, of_fold = [], {}
    for fold in sorted({example.fold for example in data}):
        weights = rounded(names, fit([one for one in data if one.fold != fold], names))
        own = rows_of([one for one in data if one.fold == fold], weights)
        rows += [(title, *right) for _, *right in own for title in (fold, "all")] + own
        of_fold[fold] = weights
    print("| held out | asked | first is right | all words |\n|---|---|---|---|")
    for title in dict.fromkeys(row[0] for row in rows):
        own = [row for row in rows if row[0] == title]
        shares = [sum(row[place] for row in own) / len(own) for place in (1, 2)]
        print(f"| {title} | {len(own)} | {' | '.join(f'{share:.0%}' for share in shares)} |")
    if file:
        file.write_text(json.dumps(of_fold), encoding="utf-8")


def rounded(names: list[str], weights: np.ndarray) -> dict[str, float]:
    return {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True) if abs(weight) >= WEIGHED}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", metavar="SET=FOLDER")
    parser.add_argument("--held-out", nargs="?", const="", metavar="WEIGHTS", help="fit without a part and count on it")
    arguments = parser.parse_args()
    folders = {"bundled": str(ROOT / "docs"), **dict(one.split("=", 1) for one in arguments.corpora)}
    if missing := set(SOURCES) - set(folders):
        parser.error(f"expected a folder for each of {', '.join(SOURCES)}, found none for {', '.join(sorted(missing))}")
    data = [example for name, folder in folders.items() for example in examples(name, Path(folder), sentences)]
    written = examples("bundled", Path(folders["bundled"]), authors_answers)
    if arguments.held_out is not None:
        held_out(written, names_in(written), None)
        return held_out(data, names_in(data), Path(arguments.held_out) if arguments.held_out else None)
    weights = rounded(names_in(data), fit(data, names_in(data)))
    weights["behind"] = round(weights["behind"] * BEHIND, 2)
    of_authors = rounded(names_in(written), fit(written, names_in(written)))
    about = {"made_by": "benchmarks/fit_answers.py", "questions": len(data), SENTENCES: weights, AUTHORED: of_authors}
    TABLE.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def names_in(data: list[Example]) -> list[str]:
    """The names of all features."""
    return sorted({name for example in data for one in example.sentences for name in one.features})


if __name__ == "__main__":
    main()
