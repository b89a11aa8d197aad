"""How well and how fast search finds, beside SQLite FTS5, bm25s and rank_bm25, in one run.

    python benchmarks/retrieval.py FOLDER... [--queries 300]

A FOLDER holds corpus.jsonl ({_id, title, text, group?}), queries.jsonl ({_id, text}) and qrels.tsv (query, target,
relevance); a target names a document, or a group of them, of which any counts. A folder of such folders may be given
too. Documents of a group become one lesson, any other a lesson of its own. bm25s and rank_bm25 are left out where they
are not installed (PyPI). Quality is nDCG@10, its gain being 2^relevance - 1; times are ratios to FTS5 in the same run.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tutor import search  # noqa: E402
from tutor.corpus.corpus import open_corpus  # noqa: E402
from tutor.search import index as ranking  # noqa: E402

FOUND = 50  # documents asked for, so that ten targets are among them
SETTLING_S = 2.1  # our index reads files again that were changed just before it read them


class Set:
    """One set of questions: its documents, and what answers each question."""

    def __init__(self, folder: Path, query_limit: int):
        self.name = folder.name
        self.documents = [json.loads(line) for line in (folder / "corpus.jsonl").open(encoding="utf-8")]
        self.relevant: dict[str, dict[str, int]] = defaultdict(dict)
        for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
            query, target, relevance = line.split("\t")
            if int(relevance) > 0:
                self.relevant[query][target] = int(relevance)
        queries = [json.loads(line) for line in (folder / "queries.jsonl").open(encoding="utf-8")]
        answered = [(query["_id"], query["text"]) for query in queries if query["_id"] in self.relevant]
        self.queries = answered[:query_limit]
        self.texts = [f"{document.get('title', '')}\n{document['text']}" for document in self.documents]
        self.targets = [document.get("group", document["_id"]) for document in self.documents]

    def ndcg(self, query: str, found: list[str], depth: int = 10) -> float:
        """https://en.wikipedia.org/wiki/Discounted_cumulative_gain#Normalized_DCG"""
        relevant = self.relevant[query]
        gains = [2 ** relevant.get(target, 0) - 1 for target in list(dict.fromkeys(found))[:depth]]
        ideal = sorted((2**relevance - 1 for relevance in relevant.values()), reverse=True)[:depth]
        return discounted(gains) / discounted(ideal)


def discounted(gains) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


class Tutor:
    """Ours, over real files."""

    name, bonuses = "tutor", True

    def build(self, data: Set, folder: Path) -> None:
        self.docs, self.cache = folder / "docs", folder / "cache"
        by_target: dict[str, list[dict]] = defaultdict(list)
        for document, target in zip(data.documents, data.targets, strict=True):
            by_target[target].append(document)
        self.target_of = {}
        for number, (target, documents) in enumerate(by_target.items()):
            path = self.docs / f"{number // 1000:03}" / f"{number:06}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            title = "" if "group" in documents[0] else f"# {' '.join(documents[0].get('title', '').split())}\n\n"
            text = "\n\n".join(document["text"] for document in documents)
            path.write_text(title + text, encoding="utf-8", errors="replace")
            self.target_of[f"{number // 1000:03}/{number:06}"] = target
        self.open()

    def open(self) -> None:
        self.index = search.open_index(open_corpus(self.docs, listed=False), self.cache)

    def find(self, query: str) -> list[str]:
        weights = ranking.PHRASE, ranking.HEADING, ranking.LESSON
        if not self.bonuses:
            ranking.PHRASE = ranking.HEADING = ranking.LESSON = 0
        try:
            return [self.target_of[passage.lesson] for passage in self.index.search(query, FOUND)]
        finally:
            ranking.PHRASE, ranking.HEADING, ranking.LESSON = weights

    def size(self) -> int:
        return sum(path.stat().st_size for path in self.cache.rglob("*") if path.is_file())


class WithoutBonuses(Tutor):
    """Ours, ranked by BM25 alone."""

    name, bonuses = "tutor, BM25 only", False


class Fts5:
    """SQLite's own full-text search, stemmed, any word counting."""

    name = "FTS5"

    def build(self, data: Set, folder: Path) -> None:
        self.path, self.targets = folder / "fts5.db", data.targets
        with sqlite3.connect(self.path) as connection:
            connection.execute("CREATE VIRTUAL TABLE pieces USING fts5(text, tokenize = 'porter unicode61')")
            connection.executemany("INSERT INTO pieces VALUES (?)", ((text,) for text in data.texts))
        connection.close()
        self.open()

    def open(self) -> None:
        self.connection = sqlite3.connect(self.path)

    def find(self, query: str) -> list[str]:
        asked = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", query))
        sql = "SELECT rowid FROM pieces WHERE pieces MATCH ? ORDER BY bm25(pieces) LIMIT ?"
        return [self.targets[row - 1] for (row,) in self.connection.execute(sql, (asked, FOUND))] if asked else []

    def size(self) -> int:
        return self.path.stat().st_size


def stemmed(text: str) -> list[str]:
    import snowballstemmer

    return snowballstemmer.stemmer("english").stemWords(re.findall(r"\w+", text.lower()))


class Bm25s:
    """bm25s over the same stems, its index kept in files."""

    name = "bm25s"

    def build(self, data: Set, folder: Path) -> None:
        import bm25s

        self.folder, self.targets = folder / "bm25s", data.targets
        retriever = bm25s.BM25()
        retriever.index([stemmed(text) for text in data.texts], show_progress=False)
        retriever.save(str(self.folder))
        self.open()

    def open(self) -> None:
        import bm25s

        self.retriever = bm25s.BM25.load(str(self.folder))

    def find(self, query: str) -> list[str]:
        asked = [word for word in stemmed(query) if word in self.retriever.vocab_dict]
        if not asked:
            return []
        rows, _ = self.retriever.retrieve([asked], k=min(FOUND, len(self.targets)), show_progress=False)
        return [self.targets[row] for row in rows[0]]

    def size(self) -> int:
        return sum(path.stat().st_size for path in self.folder.iterdir())


class RankBm25:
    """rank_bm25 over the same stems; it keeps nothing, so that opening it is indexing."""

    name = "rank_bm25"

    def build(self, data: Set, folder: Path) -> None:
        import rank_bm25  # noqa: F401 - so that a missing package is noticed before the work

        self.stems, self.targets = [stemmed(text) for text in data.texts], data.targets
        self.open()

    def open(self) -> None:
        from rank_bm25 import BM25Okapi

        self.ranker = BM25Okapi(self.stems)

    def find(self, query: str) -> list[str]:
        scores = self.ranker.get_scores(stemmed(query))
        return [self.targets[row] for row in sorted(range(len(scores)), key=lambda row: -scores[row])[:FOUND]]

    def size(self) -> int:
        return 0


def seconds(work, runs: int = 1) -> float:
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def measured(engine, data: Set, folder: Path) -> dict[str, float]:
    """Quality, and seconds and bytes."""
    build_s = seconds(lambda: engine.build(data, folder))
    if isinstance(engine, Tutor):
        time.sleep(SETTLING_S)
        engine.open()
    first = data.queries[0][1]

    def cold():
        engine.open()
        engine.find(first)

    cold_s = seconds(cold, runs=3)
    begun = time.perf_counter()
    found = [(identity, engine.find(text)) for identity, text in data.queries]
    warm_s = (time.perf_counter() - begun) / len(found)
    quality = statistics.mean(data.ndcg(identity, targets) for identity, targets in found)
    return {"ndcg": quality, "build": build_s, "cold": cold_s, "warm": warm_s, "size": engine.size()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--queries", type=int, default=300, help="of each set, the first so many")
    arguments = parser.parse_args()
    sets = [path.parent for folder in arguments.folders for path in sorted(folder.rglob("corpus.jsonl"))]
    if not sets:
        parser.error("no corpus.jsonl in the folders given")
    qualities: dict[str, list[float]] = defaultdict(list)
    print("Times are ratios to FTS5.")
    print(f"{'set':20} {'engine':18} {'nDCG@10':>8} {'build':>7} {'cold':>7} {'warm':>7} {'MB':>7}")
    for folder in sets:
        data, rows = Set(folder, arguments.queries), {}
        for engine in (Fts5(), Tutor(), WithoutBonuses(), Bm25s(), RankBm25()):
            with tempfile.TemporaryDirectory() as place:
                try:
                    rows[engine.name] = measured(engine, data, Path(place))
                except ModuleNotFoundError as missing:
                    print(f"{data.name:20} {engine.name:18} not installed: {missing.name}")
        base = rows["FTS5"]
        for name, row in rows.items():
            qualities[name].append(row["ndcg"])
            times = " ".join(f"{row[what] / base[what]:7.2f}" for what in ("build", "cold", "warm"))
            print(f"{data.name:20} {name:18} {row['ndcg']:8.3f} {times} {row['size'] / 1e6:7.2f}")
    for name, values in qualities.items():
        print(f"{'mean':20} {name:18} {statistics.mean(values):8.3f}")


if __name__ == "__main__":
    main()
