"""The index: every piece of a corpus in a tantivy index, kept in the cache folder and following the lessons' files.

A kept index is a folder: `files.db` (SQLite) says which lesson files are in it, as they were read, and which folder
beside it holds the tantivy index. Its write lock is the writer's lock. All of it can be made again, so whatever is
wrong with it, it is made again; where it can't be kept, the index lives in memory.
"""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.corpus.lessons import parse_lesson
from tutor.corpus.stamps import is_past, is_settled, mtime_ns, stamp_of
from tutor.models import Item, Passage
from tutor.search import shelf as shelves
from tutor.search.meaning import nearness
from tutor.search.pieces import pieces_of
from tutor.search.query_words import QueryWords
from tutor.search.words import (
    UNSPACED,
    WORD,
    bigrams,
    content_words,
    field_of,
    normalize,
    without_unspaced,
)
from tutor.stop_words import SEARCHING
from utils.errors import InvalidFile, ModelError, UsageError

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from utils.get_embedding import SecondLook

# Ranking: BM25 over words and phrases; then the first hits again, each part as a share of the best, weighted so.
# Chosen on the sets of benchmarks/retrieval.py.
FIRST_HITS = 50
PHRASE = 0.3  # of BM25, for two words of the question side by side, or with one between them
PHRASE_SLOP = 1
HEADING = 0.3  # for the question's words in the heading path
LESSON = 0.4  # for other hits in the same lesson: a lesson is about one thing
NEXT_IN_LESSON = 0.5  # each further hit of a lesson counts that much of the one before it

SECOND_LOOK = 0.4  # weight of the likeness by embeddings
LOOKED_AT = 16  # of the first hits; the others lose as much as if they were like nothing

QUERY_CHARACTERS = 20_000
SHORTEST_PART = 3  # letters of a part of a word that the corpus writes apart
QUERY_WORDS = 64  # the rarest ones of a longer question

SCAN_SHARE = 0.05  # of the time may go into looking for changed files
FREE_SCAN_S = 0.02  # a scan that takes no longer is made whenever an index is opened


def open_index(corpus: Corpus, cache: Path | None, second_look: SecondLook | None = None) -> Index:
    """The index of a corpus, up to date but for changes since the last scan of many files.

    cache: the folder for what can be made again; None keeps the index in memory. second_look: (query, texts) -> how alike
    they are, such as an Embedder's similarities, for the first hits; by default the built-in embedding. The corpus may be
    unlisted. Files that can't be read are left out, with a warning in corpus.warnings.
    """
    return Index(corpus, cache, second_look)


@dataclass
class _Hit:
    score: float
    lesson: str
    document: dict

    @property
    def heading(self) -> str:
        return self.document["heading"]

    @property
    def text(self) -> str:
        return self.document["text"]

    @property
    def also(self) -> str:
        return self.document["also"]


class Index:
    """Search over one corpus. `kept` says whether it lives in the cache folder."""

    def __init__(self, corpus: Corpus, cache: Path | None, second_look: SecondLook | None = None):
        self.corpus = corpus
        self._second_look = second_look
        self.second_look_failed = ""  # why the last ranking had to do without it
        self._cache = cache
        self._next_scan = 0.0  # by time.monotonic
        self._shelf = shelves.open_shelf(corpus.root, cache)
        if self._shelf.scan_is_due(time.time(), SCAN_SHARE, FREE_SCAN_S):
            self.refresh()
        else:
            self._next_scan = time.monotonic() + self._shelf.scan_s / SCAN_SHARE

    @property
    def kept(self) -> bool:
        return self._shelf.folder is not None

    # ------------------------------------------------------------------------------------------- searching

    def search(self, query: str, count: int = 10, lessons: Collection[str] | None = None) -> list[Passage]:
        """The passages nearest to a query, best first, one of a section; [] where no word of it stands anywhere.

        lessons: ids to look in; None is all. Any text may be a query: it has no syntax.
        """
        if time.monotonic() >= self._next_scan:
            self.refresh()
        for _ in range(3):  # files may change as fast as we read them
            hits = self._recovering(lambda: self._ranked(query, lessons, count))
            changed = self._changed({hit.lesson for hit in hits})
            if not changed:
                break
            self._update(changed)
        return [self._passage(hit) for hit in hits if hit.lesson not in changed]

    def _passage(self, hit: _Hit) -> Passage:
        found = {name: hit.document[name] for name in ("heading", "section", "line", "text", "also")}
        return Passage(hit.lesson, self.corpus.path_of(hit.lesson), score=round(hit.score, 4), **found)

    def _ranked(self, query: str, lessons: Collection[str] | None, count: int) -> list[_Hit]:
        asked = self._asked(query)
        if not any(asked.values()):
            return []
        limit = max(FIRST_HITS, 2 * count)
        hits = [
            _Hit(score, document["lesson"], document)
            for score, document in self._shelf.find(asked, PHRASE, PHRASE_SLOP, lessons, limit)
        ]
        _add_bonuses(hits, asked, self._weights(asked), self._shelf.terms)
        self._look_again(query, hits)
        best: dict[tuple[str, str], _Hit] = {}
        for hit in sorted(hits, key=lambda hit: -hit.score):
            best.setdefault((hit.lesson, hit.document["section"]), hit)
        return list(best.values())[:count]

    def _look_again(self, query: str, hits: list[_Hit]) -> None:
        """Blend in how alike query and hits are by meaning: by the embedding model that was given, else the built-in one."""
        if not hits:
            return
        hits.sort(key=lambda hit: -hit.score)
        looked_at = hits[:LOOKED_AT]
        alike: Iterable[float] = ()
        if self._second_look:
            try:
                alike = self._second_look(query, [f"{hit.heading}\n{hit.text}\n{hit.also}".rstrip() for hit in looked_at])
            except ModelError as error:
                self._second_look, self.second_look_failed = None, str(error)
        alike = alike or nearness(query, looked_at)
        most = hits[0].score or 1.0
        for hit in hits:
            hit.score *= 1 - SECOND_LOOK
        for hit, likeness in zip(looked_at, alike, strict=True):
            hit.score += SECOND_LOOK * most * likeness

    def _meant(self, query: str) -> str:
        """The query in one spelling, a word that the corpus only writes as two in two: `layernorm` as `layer norm`."""
        return WORD.sub(lambda word: self._in_parts(word[0]), normalize(query[:QUERY_CHARACTERS]))

    def _in_parts(self, word: str) -> str:
        if not 2 * SHORTEST_PART <= len(word) <= 2 * shelves.LONGEST_WORD_BYTES or word.lower() in SEARCHING:
            return word
        if self._documents_with(word):
            return word
        cuts = [(word[:cut], word[cut:]) for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)]
        best = max(cuts, key=lambda parts: min(map(self._documents_with, parts)))
        return " ".join(best) if all(map(self._documents_with, best)) else word

    def _documents_with(self, word: str) -> int:
        return max((self._shelf.count(field, term) for field in self._shelf.fields for term in self._shelf.terms(field, word)),
                   default=0)  # fmt: skip

    def _asked(self, query: str) -> dict[str, list[str]]:
        """field -> the terms that the query means in it, in order: stems, or bigrams."""
        query = self._meant(query)
        text = " ".join(content_words(query))
        asked = {field: self._shelf.terms(field, text, asking=True) for field in self._shelf.fields}
        asked[shelves.BIGRAMS] = bigrams(query)
        for field, terms in asked.items():
            if len(terms) > QUERY_WORDS:
                rarest = sorted(set(terms), key=lambda term: (-self._shelf.weight(field, term), term))[:QUERY_WORDS]
                asked[field] = [term for term in dict.fromkeys(terms) if term in set(rarest)]
        return asked

    def _weights(self, asked: dict[str, list[str]]) -> dict[str, dict[str, float]]:
        return {field: {term: self._shelf.weight(field, term) for term in terms} for field, terms in asked.items()}

    def query_words(self, query: str) -> QueryWords:
        """What a question asks about, by the words of this corpus."""
        shelf = self._shelf
        return QueryWords(self._meant(query), shelf.fields, shelf.terms, shelf.weight, shelf.documents)

    def matches(self, query: str) -> Callable[[str], list[tuple[int, int]]]:
        """A function that tells where in a text words of the query stand: [(start, end)], in order."""
        asked = self._asked(query)
        grams = set(asked.pop(shelves.BIGRAMS))
        met: dict[str, bool] = {}

        def is_met(word: str) -> bool:
            if word not in met:
                spelt = normalize(word)
                met[word] = any(set(self._shelf.terms(field, spelt)) & set(terms) for field, terms in asked.items())
            return met[word]

        def spans(text: str) -> list[tuple[int, int]]:
            found = [word.span() for word in WORD.finditer(without_unspaced(text)) if is_met(word[0])]
            for run in UNSPACED.finditer(text) if grams else ():
                found += _gram_spans(run, grams)
            return sorted(found)

        return spans

    # ------------------------------------------------------------------------------------------- freshness

    def refresh(self) -> None:
        """Look at every file of the corpus, and index what has changed. Raises UsageError where no lesson is left."""
        begun = time.monotonic()
        watched = self.corpus.watched or self._shelf.watched()
        known = self._recovering(lambda: self._shelf.files())
        if not watched or any(mtime_ns(self.corpus.root, path) != mtime for path, mtime in watched.items()):
            stamps = {real: stamp for real, stamp, _ in known.values()}
            self.corpus.list_files(lambda real: real in stamps and stamps[real] == self._stamp(real, stamps[real]))
            watched = self.corpus.watched
        for path, mtime in watched.items():
            if not is_past(mtime):
                watched[path] = -1  # more may come in the same tick of its clock
        if not self.corpus.files:
            self.corpus.files.update((lesson, real) for lesson, (real, _, _) in known.items())
        if not known:  # listing every file for the first time tells nothing of what a scan takes from now on
            begun = time.monotonic()
        changed = self._changed(self.corpus.files, known) | (known.keys() - self.corpus.files.keys())
        scan_s = time.monotonic() - begun
        if changed or watched != self._shelf.watched() or scan_s > FREE_SCAN_S:
            self._update(changed, watched, scan_s)
        self._next_scan = time.monotonic() + scan_s / SCAN_SHARE

    def _changed(self, wanted: Collection[str], known=None) -> set[str]:
        """Those of some lessons whose files are not as they were indexed."""
        known = self._shelf.files(wanted) if known is None else known
        changed = set()
        for lesson in wanted:
            real, stamp, digest = known.get(lesson, ("", "", b""))
            now = self._stamp(self.corpus.files.get(lesson, real), stamp)
            if stamp.startswith(UNSETTLED) and not is_settled(now) and real == self.corpus.files.get(lesson, real):
                if self._digest_of(lesson, real) != digest:
                    changed.add(lesson)
            elif not stamp or stamp != now or real != self.corpus.files.get(lesson, real):
                changed.add(lesson)
        return changed

    def _stamp(self, real: str, known: str = "") -> str:
        """Size and times of a lesson's file, and of its bank; "" where the lesson is gone.

        known: its stamp as it was. Whether a bank has come is seen when its folder is listed, for that changes the folder.
        """
        return stamp_of(self.corpus.root, real, real in self.corpus.banked or " " in known)

    def _digest_of(self, lesson: str, real: str) -> bytes:
        self.corpus.files.setdefault(lesson, real)
        try:
            return _digest(self.corpus.lesson_text(lesson), self._bank_of(lesson)[0])
        except (InvalidFile, UsageError):
            return b""

    def _bank_of(self, lesson: str) -> tuple[str, str]:
        """(text, path for people) of a lesson's bank; "" for none, and for one that can't be read: `check` tells of it."""
        try:
            return self.corpus.bank_text(lesson) or ("", "")
        except (InvalidFile, UsageError):
            return "", ""

    def _update(self, changed: Collection[str], watched=None, scan_s: float | None = None) -> None:
        """Take what some files hold now in place of what they held."""
        if not self.corpus.files:
            self.corpus.files.update((lesson, real) for lesson, (real, _, _) in self._shelf.files().items())

        self._recovering(lambda: self._write(changed, watched, scan_s))

    def _write(self, changed: Collection[str], watched, scan_s: float | None) -> None:
        with self._shelf.writing() as writer:
            for lesson, entry, documents in self._read(changed, self._shelf.files(changed)):
                writer.replace(lesson, entry, documents)
            writer.note(watched, time.time(), scan_s)

    def _read(self, changed: Collection[str], known) -> Iterator[tuple[str, tuple | None, Iterator[dict] | None]]:
        """(lesson, its row in the table of files, its documents) for each; no row where it is gone, None for documents
        that stay as they are."""
        for lesson in sorted(changed):
            real = self.corpus.files.get(lesson)
            if real is None or not os.path.lexists(os.path.join(self.corpus.root, real)):
                self.corpus.files.pop(lesson, None)
                yield lesson, None, iter(())
                continue
            stamp = self._stamp(real, known[lesson][1] if lesson in known else "")
            if not is_settled(stamp):
                stamp = UNSETTLED + stamp
            try:
                text = self.corpus.lesson_text(lesson)
                questions, shown = self._bank_of(lesson)
                digest = _digest(text, questions)
                if lesson in known and known[lesson][2] == digest:
                    yield lesson, (real, stamp, digest), None
                    continue
                parsed = parse_lesson(text, lesson, self.corpus.path_of(lesson))
                documents = list(_documents(parsed, _items(questions, lesson, shown)))
            except (InvalidFile, UsageError) as error:
                self.corpus.warnings.append(str(error))
                digest, documents = b"", []
            yield lesson, (real, stamp, digest), documents

    # -------------------------------------------------------------------------------------------- recovery

    def _recovering(self, work: Callable):
        """The result of some work on the shelf. A broken shelf is made anew; where that fails, or another process keeps
        it taken, the index goes on in memory."""
        try:
            return work()
        except BaseException as error:
            if not self.kept or not shelves.is_of_the_shelf(error):
                raise
            taken = shelves.is_taken(error)
        if not taken:
            try:
                shelves.discard(self._shelf.folder)
                self._fill(self._cache)
                return work()
            except BaseException as error:
                if not shelves.is_of_the_shelf(error):
                    raise
        self._fill(None)
        return work()

    def _fill(self, cache: Path | None) -> None:
        """Take another shelf and put every lesson on it that is not there yet."""
        self._shelf.close()
        self._shelf = shelves.open_shelf(self.corpus.root, cache)
        self.corpus.list_files()
        self._write(self._changed(self.corpus.files), dict(self.corpus.watched), 0.0)


def _add_bonuses(hits: list[_Hit], asked, weights, terms_of) -> None:
    """Turn BM25 scores into shares of the best one, and add what headings and lessons are worth."""
    if not hits:
        return
    top = hits[0].score
    for hit in hits:
        hit.score /= top
        field, heading = hit.document["field"], normalize(hit.heading)
        said = {*terms_of(field, without_unspaced(heading)), *bigrams(heading)}
        worth = {**weights.get(field, {}), **weights[shelves.BIGRAMS]}
        total = math.fsum(worth.values())
        if total:
            hit.score += HEADING * math.fsum(weight for term, weight in worth.items() if term in said) / total
    by_lesson: dict[str, list[float]] = {}
    for hit in hits:
        by_lesson.setdefault(hit.lesson, []).append(hit.score)
    for lesson, scores in by_lesson.items():
        by_lesson[lesson] = sum(score * NEXT_IN_LESSON**place for place, score in enumerate(sorted(scores, reverse=True)))
    most = max(by_lesson.values())
    for hit in hits:
        hit.score += LESSON * by_lesson[hit.lesson] / most


def _gram_spans(run, grams: set[str]) -> Iterator[tuple[int, int]]:
    """The stretches of a run of unspaced script that bigrams of the question cover."""
    start, text = run.start(), run[0]
    covered = [False] * len(text)
    for place in range(len(text)):
        for size in (1, 2):
            if text[place : place + size] in grams and place + size <= len(text):
                covered[place : place + size] = [True] * size
    begin = None
    for place, is_covered in enumerate([*covered, False]):
        if is_covered and begin is None:
            begin = place
        elif not is_covered and begin is not None:
            yield start + begin, start + place
            begin = None


def _items(text: str, lesson: str, path: str) -> list[Item]:
    """The items of a bank; none of one that is invalid, for it is the lesson that is searched."""
    from tutor.corpus import bank

    with contextlib.suppress(InvalidFile):
        return bank.parse_bank(text, lesson, path) if text else []
    return []


def _documents(lesson, items: list[Item]) -> Iterator[dict]:
    field = field_of(lesson.language)
    for piece in pieces_of(lesson, items):
        searched = normalize(f"{piece.heading}\n{piece.text}\n{piece.also}")
        document = {
            "lesson": lesson.id, "field": field, "heading": piece.heading, "section": piece.section,
            "line": piece.line, "text": piece.text, "also": piece.also, field: without_unspaced(searched),
        }  # fmt: skip
        if grams := bigrams(searched):
            document[shelves.BIGRAMS] = " ".join(grams)
        yield document


# --------------------------------------------------------------------------------------- the state of a file

UNSETTLED = "?"  # before the stamp of a file that was changed just before it was read


def _digest(*texts: str) -> bytes:
    import hashlib

    return hashlib.blake2b("\0".join(texts).encode("utf-8"), digest_size=16).digest()
