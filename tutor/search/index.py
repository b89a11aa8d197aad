"""The index: every piece of a corpus in a tantivy index, kept in the cache folder and updated as the lessons' files change.

A kept index is a folder: `files.db` (SQLite) says which lesson files are in it, as they were read, and which folder
beside it holds the tantivy index. The database's write lock guards both. Everything in it can be rebuilt, so if anything
is wrong with it, it is rebuilt; where it can't be kept, the index lives in memory.
"""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tutor.corpus.folder.stamps import is_past, is_settled, mtime_ns, stamp_of
from tutor.corpus.lessons import MISCONCEPTIONS, parse_lesson
from tutor.models import Passage
from tutor.search import shelf
from tutor.search.meaning import nearness
from tutor.search.pieces import documents_of, items_of
from tutor.search.query_words import QueryWords, Spelling
from tutor.search.questions import understand
from tutor.search.words import UNSPACED, WORD, bigrams, content_words, normalize, without_unspaced
from utils.errors import InvalidFile, ModelError, UsageError

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from utils.get_embedding import SecondLook

# Ranking: BM25 over words and phrases; then the first hits are ranked again, with these weights for shares of the best score.
# Chosen on the sets of benchmarks/retrieval.py.
FIRST_HITS = 50
PHRASE = 0.3  # of BM25, for two words of the question next to each other or with one between them
PHRASE_SLOP = 1
HEADING = 0.3  # for the question's words in the heading path
LESSON = 0.4  # for other hits in the same lesson, since a lesson is about one thing
NEXT_IN_LESSON = 0.5  # each further hit of a lesson counts that much of the one before it

DEFINES = 0.2  # for saying what the thing is that a question asks for
DEFINITIONS = 8  # passages that are looked at for that
LONGEST_DEFINED = 4  # words
IS = {  # field -> words that follow a thing where it is defined
    "en": ("is", "are", "means"), "de": ("ist", "sind", "bedeutet"), "fr": ("est", "sont"), "es": ("es", "son"), "ru": ("это",),
    "plain": ("is", "are"),
}  # fmt: skip

ARTICLES = {"en": ("a", "an", "the"), "de": ("ein", "eine"), "fr": ("un", "une"), "es": ("un", "una"), "plain": ("a", "an")}

SECOND_LOOK = 0.4  # weight of the likeness by embeddings
LOOKED_AT = 16  # of the first hits; the others count as unlike the query

T = TypeVar("T")
Change = tuple[str, "shelf.File | None", "Iterable[dict[str, Any]] | None"]

QUERY_CHARACTERS = 20_000
QUERY_WORDS = 64  # the rarest ones of a longer question

SCAN_SHARE = 0.05  # share of the time that may go into looking for changed files
FREE_SCAN_S = 0.02  # a scan that is no slower than this is made whenever an index is opened


def open_index(corpus: Corpus, cache: Path | None, second_look: SecondLook | None = None) -> Index:
    """The index of a corpus. In a large corpus, changes since the last scan may not be in it yet.

    cache: the folder for what can be rebuilt; None keeps the index in memory. second_look: (query, texts) -> how similar
    they are, such as an Embedder's similarities, for the first hits; by default the built-in embedding. The corpus need not
    be listed. Files that can't be read are left out, with a warning in corpus.warnings.
    """
    return Index(corpus, cache, second_look)


@dataclass
class _Hit:
    """A piece that was found, and its score, which ranking changes."""

    score: float
    lesson: str
    document: dict[str, Any]

    @property
    def heading(self) -> str:
        return str(self.document["heading"])

    @property
    def section(self) -> tuple[str, str]:
        return self.lesson, str(self.document["section"])

    @property
    def text(self) -> str:
        return str(self.document["text"])

    @property
    def also(self) -> str:
        return str(self.document["also"])


class Index:
    """Search over one corpus. `kept` says whether it lives in the cache folder."""

    def __init__(self, corpus: Corpus, cache: Path | None, second_look: SecondLook | None = None):
        self.corpus = corpus
        self._second_look = second_look
        self.second_look_failed = ""  # why the last ranking had to do without the embedding model
        self._cache = cache
        self._next_scan = 0.0  # by time.monotonic
        self._shelf = shelf.open_shelf(corpus.root, cache)
        if self._shelf.scan_is_due(time.time(), SCAN_SHARE, FREE_SCAN_S):
            self.refresh()
        else:
            self._next_scan = time.monotonic() + self._shelf.scan_s / SCAN_SHARE

    @property
    def kept(self) -> bool:
        return self._shelf.folder is not None

    # ------------------------------------------------------------------------------------------- searching

    def search(self, query: str, count: int = 10, lessons: Collection[str] | None = None) -> list[Passage]:
        """The passages nearest to a query, best first, at most one of each section; [] where no lesson has any of its words.

        lessons: ids of those to look in; None is all. Any text can be a query: there is no syntax.
        """
        if time.monotonic() >= self._next_scan:
            self.refresh()
        for _ in range(3):  # files may change while we read them
            hits = self._recovering(lambda: self._rank(query, lessons, count))
            changed = self._changed_lessons({hit.lesson for hit in hits})
            if not changed:
                break
            self._update(changed)
        return [self._passage(hit) for hit in hits if hit.lesson not in changed]

    def _passage(self, hit: _Hit) -> Passage:
        found = {name: hit.document[name] for name in ("heading", "section", "line", "text", "also", "answers")}
        return Passage(hit.lesson, self.corpus.path_of(hit.lesson), score=round(hit.score, 4), **found)

    def _rank(self, query: str, lessons: Collection[str] | None, count: int) -> list[_Hit]:
        asked = self._query_terms(query)
        if not any(asked.values()):
            return []
        limit = max(FIRST_HITS, 2 * count)
        hits = [
            _Hit(score, document["lesson"], document)
            for score, document in self._shelf.find(asked, PHRASE, PHRASE_SLOP, lessons, limit)
        ]
        defining = self._defining(query, lessons)
        known = {(hit.lesson, hit.document["line"]): hit for hit in hits}
        hits += [_Hit(hits[-1].score, hit.lesson, hit.document) for place, hit in defining.items() if hits and place not in known]
        _add_bonuses(hits, self._weights(asked), self._shelf.terms)
        for hit in hits:
            if (hit.lesson, hit.document["line"]) in defining:
                hit.score += DEFINES
        self._look_again(query, hits)
        best: dict[tuple[str, str], _Hit] = {}
        for hit in sorted(hits, key=lambda hit: -hit.score):
            best.setdefault(hit.section, hit)
        return list(best.values())[:count]

    def _defining(self, query: str, lessons: Collection[str] | None) -> dict[tuple[str, int], _Hit]:
        """{(lesson, line): a hit} of the passages that seem to say what a thing is, where a question asks for that."""
        question = understand(query[:QUERY_CHARACTERS])
        phrases: list[tuple[str, list[str]]] = []
        for thing in (*question.sides, question.subject):
            for field in self._shelf.fields:
                terms = self._shelf.terms(field, normalize(thing), asking=True)
                if 0 < len(terms) <= LONGEST_DEFINED and all(self._shelf.count(field, term) for term in terms):
                    phrases += [(field, [*terms, *self._shelf.terms(field, verb)]) for verb in IS.get(field, ())]
        begun = [
            (field, [*self._shelf.terms(field, article), *terms])
            for field, terms in phrases
            for article in ARTICLES.get(field, ())
        ]
        found: list[tuple[float, dict[str, Any]]] = []
        for kind in (begun, phrases):  # "a list is" says more than "this list is"
            if len(found) < DEFINITIONS and kind:
                found += self._shelf.with_phrases(kind, lessons, DEFINITIONS)
        return {(document["lesson"], document["line"]): _Hit(score, document["lesson"], document) for score, document in found}

    def _look_again(self, query: str, hits: list[_Hit]) -> None:
        """Mix into the scores how similar hits are to the query by meaning: by the embedding model, else the built-in one."""
        if not hits:
            return
        hits.sort(key=lambda hit: -hit.score)
        looked_at = _first_places(hits, LOOKED_AT)
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

    def _query_terms(self, query: str) -> dict[str, list[str]]:
        """{field: the terms to look for in it, in order}: stems, or bigrams."""
        query = Spelling(self._shelf).meant(query[:QUERY_CHARACTERS])
        text = " ".join(content_words(query))
        asked = {field: self._shelf.terms(field, text, asking=True) for field in self._shelf.fields}
        asked[shelf.BIGRAMS] = bigrams(query)
        for field, terms in asked.items():
            if len(terms) > QUERY_WORDS:
                rarest = sorted(set(terms), key=lambda term: (-self._shelf.weight(field, term), term))[:QUERY_WORDS]
                asked[field] = [term for term in dict.fromkeys(terms) if term in set(rarest)]
        return asked

    def _weights(self, asked: dict[str, list[str]]) -> dict[str, dict[str, float]]:
        return {field: {term: self._shelf.weight(field, term) for term in terms} for field, terms in asked.items()}

    def query_words(self, query: str) -> QueryWords:
        """The words of a question, weighted by this corpus."""
        kept, spelling = self._shelf, Spelling(self._shelf)
        meant = spelling.meant(query[:QUERY_CHARACTERS])
        return QueryWords(meant, kept.fields, kept.terms, kept.weight, kept.documents, spelling.new_compounds(meant))

    def matches(self, query: str) -> Callable[[str], list[tuple[int, int]]]:
        """A function that finds words of the query in a text: [(start, end)], in order."""
        asked = self._query_terms(query)
        grams = set(asked.pop(shelf.BIGRAMS))
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
        """Look at every file of the corpus and index what has changed. Raises UsageError where no lesson is left."""
        begun = time.monotonic()
        watched = self.corpus.watched or self._shelf.watched()
        known = self._recovering(lambda: self._shelf.files())
        if not watched or any(mtime_ns(self.corpus.root, path) != mtime for path, mtime in watched.items()):
            stamps = {real: stamp for real, stamp, _ in known.values()}
            self.corpus.list_files(lambda real: real in stamps and stamps[real] == self._stamp(real, stamps[real]))
            watched = self.corpus.watched
        for path, mtime in watched.items():
            if not is_past(mtime):
                watched[path] = -1  # it may change again within the same tick of its clock
        if not self.corpus.files:
            self.corpus.files.update((lesson, real) for lesson, (real, _, _) in known.items())
        if not known:  # listing every file for the first time says nothing about how long later scans take
            begun = time.monotonic()
        changed = self._changed_lessons(self.corpus.files, known) | (known.keys() - self.corpus.files.keys())
        scan_s = time.monotonic() - begun
        if changed or watched != self._shelf.watched() or scan_s > FREE_SCAN_S:
            self._update(changed, watched, scan_s)
        self._next_scan = time.monotonic() + scan_s / SCAN_SHARE

    def _changed_lessons(self, wanted: Collection[str], known: dict[str, shelf.File] | None = None) -> set[str]:
        """Those of these lessons whose files have changed since they were indexed."""
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

        known: its stamp when it was indexed. A new bank is noticed when its folder is listed, because it changes the folder.
        """
        return stamp_of(self.corpus.root, real, real in self.corpus.banked or " " in known)

    def _digest_of(self, lesson: str, real: str) -> bytes:
        self.corpus.files.setdefault(lesson, real)
        try:
            return _digest(self.corpus.lesson_text(lesson), self._bank_of(lesson)[0])
        except (InvalidFile, UsageError):
            return b""

    def _bank_of(self, lesson: str) -> tuple[str, str]:
        """(text, path to show) of a lesson's bank; "" for none and for one that can't be read, which `check` reports."""
        try:
            return self.corpus.bank_text(lesson) or ("", "")
        except (InvalidFile, UsageError):
            return "", ""

    def _update(self, changed: Collection[str], watched: dict[str, int] | None = None, scan_s: float | None = None) -> None:
        """Index the present content of changed files."""
        if not self.corpus.files:
            self.corpus.files.update((lesson, real) for lesson, (real, _, _) in self._shelf.files().items())

        self._recovering(lambda: self._write(changed, watched, scan_s))

    def _write(self, changed: Collection[str], watched: dict[str, int] | None, scan_s: float | None) -> None:
        with self._shelf.writing() as writer:
            for lesson, entry, documents in self._read(changed, self._shelf.files(changed)):
                writer.replace(lesson, entry, documents)
            writer.note(watched, time.time(), scan_s)

    def _read(self, changed: Collection[str], known: dict[str, shelf.File]) -> Iterator[Change]:
        """(lesson, its row in the table of files, its documents) for each changed lesson.

        The row is None where the lesson is gone, the documents are None where they stay as they are.
        """
        for lesson in sorted(changed):
            real = self.corpus.files.get(lesson)
            if real is None or not os.path.lexists(os.path.join(self.corpus.root, real)):
                self.corpus.files.pop(lesson, None)
                yield lesson, None, ()
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
                documents = list(documents_of(parsed, items_of(questions, lesson, shown)))
            except (InvalidFile, UsageError) as error:
                self.corpus.warnings.append(str(error))
                digest, documents = b"", []
            yield lesson, (real, stamp, digest), documents

    # -------------------------------------------------------------------------------------------- recovery

    def _recovering(self, work: Callable[[], T]) -> T:
        """The result of some work on the shelf, which is rebuilt if it turns out to be broken.

        Where that fails, or another process has locked it, the index goes on in memory.
        """
        try:
            return work()
        except BaseException as error:
            if not self._shelf.folder or not shelf.is_of_the_shelf(error):
                raise
            folder, taken = self._shelf.folder, shelf.is_taken(error)
        if not taken:
            try:
                shelf.discard(folder)
                self._fill(self._cache)
                return work()
            except BaseException as error:
                if not shelf.is_of_the_shelf(error):
                    raise
        self._fill(None)
        return work()

    def _fill(self, cache: Path | None) -> None:
        """Open another shelf and put every lesson on it that it doesn't have yet."""
        self._shelf.close()
        self._shelf = shelf.open_shelf(self.corpus.root, cache)
        self.corpus.list_files()
        self._write(self._changed_lessons(self.corpus.files), dict(self.corpus.watched), 0.0)


def _first_places(hits: list[_Hit], count: int) -> list[_Hit]:
    """The first hits in order, of which those of one list of misconceptions count as one: it is of many short pieces."""
    places: set[tuple[str, str, int]] = set()
    found = []
    for hit in hits:
        places.add((*hit.section, 0 if hit.section[1] == MISCONCEPTIONS else hit.document["line"]))
        if len(places) > count:
            break
        found.append(hit)
    return found


def _add_bonuses(hits: list[_Hit], weights: dict[str, dict[str, float]], terms_of: Callable[[str, str], list[str]]) -> None:
    """Turn BM25 scores into shares of the best one, and add the bonuses for headings and lessons."""
    if not hits:
        return
    top = hits[0].score
    for hit in hits:
        hit.score /= top
        field, heading = hit.document["field"], normalize(hit.heading)
        said = {*terms_of(field, without_unspaced(heading)), *bigrams(heading)}
        worth = {**weights.get(field, {}), **weights[shelf.BIGRAMS]}
        total = math.fsum(worth.values())
        if total:
            hit.score += HEADING * math.fsum(weight for term, weight in worth.items() if term in said) / total
    scores: dict[str, list[float]] = {}
    for hit in hits:
        scores.setdefault(hit.lesson, []).append(hit.score)
    by_lesson = {
        lesson: sum(score * NEXT_IN_LESSON**place for place, score in enumerate(sorted(own, reverse=True)))
        for lesson, own in scores.items()
    }
    most = max(by_lesson.values())
    for hit in hits:
        hit.score += LESSON * by_lesson[hit.lesson] / most


def _gram_spans(run: re.Match[str], grams: set[str]) -> Iterator[tuple[int, int]]:
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


# --------------------------------------------------------------------------------------- the state of a file

UNSETTLED = "?"  # in front of the stamp of a file that had changed just before it was read


def _digest(*texts: str) -> bytes:
    import hashlib

    return hashlib.blake2b("\0".join(texts).encode("utf-8"), digest_size=16).digest()
