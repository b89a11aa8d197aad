"""The shelf: where an index is kept, a table of files (SQLite) and a tantivy index that matches it."""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.search.words import COMPOUNDING, LONGEST_WORD_BYTES, PLAIN, SHORTEST_SLIP, STEMMERS, WITH_STOPWORDS

if TYPE_CHECKING:
    import tantivy

FORMAT = 7  # raise it when what is indexed, or how, changes: older shelves are rebuilt
BIGRAMS = "bigrams"
# As bytes: tantivy would index a text field, whole texts as terms.
STORED = ("field", "heading", "section", "text", "also", "answers")
WAIT_S = 2.0  # for another process that writes
NEARLY = 3.0  # BM25 for a term with one letter wrong; a rare term that is right gets 4 to 6
HEAP_BYTES = 50_000_000  # of tantivy's writer; it asks for 15 MB at least
# Paths are bytes: a file name need not be text.
TABLES = """
CREATE TABLE files (lesson TEXT PRIMARY KEY, real BLOB NOT NULL, stamp TEXT NOT NULL, digest BLOB NOT NULL) STRICT;
CREATE TABLE watched (path BLOB PRIMARY KEY, mtime_ns INTEGER NOT NULL) STRICT;
CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
"""

File = tuple[str, str, bytes]  # real path below the root, stamp, digest


def open_shelf(root: str, cache: Path | None) -> Shelf:
    """The shelf of the corpus at `root`: the kept one, a new one if that is broken or older, else one in memory."""
    if cache is None:
        return Shelf(None)
    folder = _folder_of(root, Path(cache))
    for _ in range(2):
        try:
            return Shelf(folder)
        except BaseException as error:
            if not is_of_the_shelf(error):
                raise
            if is_taken(error):
                break
            discard(folder)
    return Shelf(None)


def _folder_of(root: str, cache: Path) -> Path:
    import hashlib

    return cache / "search" / hashlib.blake2b(os.fsencode(root), digest_size=10).hexdigest()


def is_of_the_shelf(error: BaseException) -> bool:
    """Whether an error comes from the index or its folder (tantivy raises ValueError, or panics) and not from a lesson."""
    import sqlite3

    return isinstance(error, (ValueError, OSError, sqlite3.Error)) or type(error).__name__ == "PanicException"


def is_taken(error: BaseException) -> bool:
    """Whether another process is writing, or nothing can be written here, so that rebuilding the shelf would not help."""
    import sqlite3

    if isinstance(error, (sqlite3.OperationalError, OSError)):
        return "no such" not in str(error)
    return "Lockfile" in str(error) or "LockBusy" in str(error)


def discard(folder: Path) -> None:
    """Remove a shelf in one step, so that nobody opens half of it; a process that has it open can go on reading."""
    import shutil

    aside = folder.with_name(f"{folder.name}.{os.urandom(4).hex()}.old")
    with contextlib.suppress(OSError):
        os.rename(folder, aside)
    shutil.rmtree(aside, ignore_errors=True)


class Shelf:
    """An open shelf: in a folder, or in memory where that is None."""

    def __init__(self, folder: Path | None):
        import sqlite3

        self.folder = folder
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        self._table = sqlite3.connect(folder / "files.db" if folder else ":memory:", WAIT_S, isolation_level=None)
        self._analyzers: dict[str, Any] = {}
        try:
            self._table.execute("PRAGMA synchronous = OFF")  # what a power cut breaks is rebuilt
            self._notes = self._read_notes()
            if not self._is_whole():
                self._make()
            self._open()
        except BaseException:
            self._table.close()
            raise

    def close(self) -> None:
        self._table.close()

    # ------------------------------------------------------------------------------------------- what is known

    @property
    def scan_s(self) -> float:
        """How long the last scan of the files took."""
        return float(self._notes.get("scan_s", 0))

    @property
    def fields(self) -> list[str]:
        """The text fields that hold anything."""
        return json.loads(self._notes.get("fields", "[]"))

    def scan_is_due(self, now_s: float, share: float, free_s: float) -> bool:
        """Whether to scan the files now: always if that is quick, else so that scans take at most `share` of the time."""
        since = now_s - float(self._notes.get("scanned_at", 0))
        return "scanned_at" not in self._notes or self.scan_s <= free_s or not 0 <= since < self.scan_s / share

    def files(self, lessons: Collection[str] | None = None) -> dict[str, File]:
        """{lesson id: its file as it was indexed}, for these lessons or for all."""
        if lessons is not None and len(lessons) < 100:
            marks = ",".join("?" * len(lessons))
            rows = self._table.execute(f"SELECT * FROM files WHERE lesson IN ({marks})", tuple(lessons))
        else:
            rows = self._table.execute("SELECT * FROM files")
        return {lesson: (os.fsdecode(real), stamp, digest) for lesson, real, stamp, digest in rows}

    def watched(self) -> dict[str, int]:
        """{folder or ignore file of the corpus: when it had last changed when the lessons were listed}."""
        return {os.fsdecode(path): mtime_ns for path, mtime_ns in self._table.execute("SELECT * FROM watched")}

    def _read_notes(self) -> dict[str, str]:
        if not self._table.execute("SELECT 1 FROM sqlite_master WHERE name = 'notes'").fetchone():
            return {}
        return dict(self._table.execute("SELECT * FROM notes"))

    # ------------------------------------------------------------------------------------------------ making

    def _is_whole(self) -> bool:
        """Whether the shelf is of this format and its tantivy files are those that were written."""
        if self._notes.get("format") != str(FORMAT):
            return False
        return self.folder is None or self._notes["content"] == self._content(self._notes["index"])

    def _content(self, name: str) -> str:
        """Names and sizes of the files of a tantivy index, as JSON; "" where there is none."""
        if not self.folder:
            return ""
        try:
            entries = [entry for entry in os.scandir(self.folder / name) if not entry.name.startswith(".")]
            return json.dumps(sorted((entry.name, entry.stat().st_size) for entry in entries))
        except FileNotFoundError:
            return ""

    def _make(self) -> None:
        """Start an empty shelf, under the lock, unless another process did so while this one waited for it."""
        import shutil

        self._table.execute("BEGIN IMMEDIATE")
        self._notes = self._read_notes()
        if not self._is_whole():
            for (name,) in self._table.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                self._table.execute(f'DROP TABLE "{name}"')
            for statement in TABLES.split(";"):
                self._table.execute(statement)
            self._notes = {"format": str(FORMAT), "index": os.urandom(4).hex()}
            if self.folder:
                for entry in os.scandir(self.folder):
                    if entry.is_dir():
                        shutil.rmtree(entry, ignore_errors=True)
                (self.folder / self._notes["index"]).mkdir()
            self._open()
            self._keep_notes()
        self._table.execute("COMMIT")

    def _keep_notes(self) -> None:
        if self.folder:
            self._notes["content"] = self._content(self._notes["index"])
        self._table.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?)", self._notes.items())

    def _open(self) -> None:
        import tantivy

        path = str(self.folder / self._notes["index"]) if self.folder else None
        if path or not hasattr(self, "_index"):
            self._schema = _schema()
            self._index = tantivy.Index(self._schema, path=path)
            self._index.register_tokenizer(BIGRAMS, _analyzer(BIGRAMS))
        self._searcher = self._index.searcher()
        self._weights: dict[tuple[str, str], float] = {}

    # ----------------------------------------------------------------------------------------------- writing

    @contextlib.contextmanager
    def writing(self) -> Iterator[Writer]:
        """A writer, while no other process writes. Either all of its changes are kept or none."""
        self._table.execute("BEGIN IMMEDIATE")
        try:
            self._notes = self._read_notes()
            writer = Writer(self)
            yield writer
            writer.commit()
            self._keep_notes()
            self._table.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(Exception):
                self._table.execute("ROLLBACK")
            raise
        self._index.reload()
        self._searcher = self._index.searcher()
        self._weights.clear()

    # --------------------------------------------------------------------------------------------- searching

    def terms(self, field: str, text: str, asking: bool = False) -> list[str]:
        """The terms of a text in a field. asking: without the stop words of its language, unless nothing would remain."""
        key = f"{field}?" if asking and field in WITH_STOPWORDS else field
        if key not in self._analyzers:
            self._analyzers[key] = _analyzer(field, stopwords=key != field)
        found = self._analyzers[key].analyze(text)
        return found if found or key == field else self.terms(field, text)

    @property
    def documents(self) -> int:
        """How many pieces are indexed."""
        return self._searcher.num_docs

    def count(self, field: str, term: str) -> int:
        """How many pieces have a term."""
        return self._searcher.doc_freq(field, term)

    def weight(self, field: str, term: str) -> float:
        """How much a term says: BM25's inverse document frequency, 0 for a term that no piece has."""
        if (field, term) not in self._weights:
            count, of = self.count(field, term), self._searcher.num_docs
            self._weights[field, term] = math.log(1 + max(of - count + 0.5, 0.5) / (count + 0.5)) if count else 0.0
        return self._weights[field, term]

    def is_in_a_row(self, field: str, terms: list[str]) -> bool:
        """Whether any piece has these terms one behind the other."""
        from tantivy import Query

        if not terms or not all(self.count(field, term) for term in terms):
            return False
        if len(terms) == 1:
            return True
        query = Query.phrase_query(self._schema, field, list(terms))
        return bool(self._searcher.search(query, 1, count=False).hits)

    def find(
        self, asked: dict[str, list[str]], phrase: float, slop: int, lessons: Collection[str] | None, limit: int
    ) -> list[tuple[float, dict[str, Any]]]:
        """(BM25, the stored fields) of the best documents that have any of the terms.

        asked: {field: terms, in order}. phrase: weight of two terms that follow each other. slop: words allowed between them.
        """
        from tantivy import Query

        parts = []
        for field, terms in asked.items():
            parts += [Query.term_query(self._schema, field, term) for term in dict.fromkeys(terms)]
            if field == BIGRAMS:
                parts += [self._beginning_or_ending_with(term) for term in dict.fromkeys(terms) if len(term) == 1]
                continue
            for term in dict.fromkeys(terms):
                if self._is_a_slip(field, term):
                    parts += [self._nearly(field, term), *(self._compounds_of(field, term) if field in COMPOUNDING else ())]
            for pair in dict.fromkeys(itertools.pairwise(terms)):
                if pair[0] != pair[1]:
                    query = Query.phrase_query(self._schema, field, list(pair), slop=slop)
                    parts.append(Query.boost_query(query, phrase))
        return self._best(parts, lessons, limit)

    def with_phrases(
        self, phrases: Iterable[tuple[str, list[str]]], lessons: Collection[str] | None, limit: int
    ) -> list[tuple[float, dict[str, Any]]]:
        """(BM25, the stored fields) of the best documents that have any of the phrases. phrases: (field, terms in a row)."""
        from tantivy import Query

        return self._best([Query.phrase_query(self._schema, field, list(terms)) for field, terms in phrases], lessons, limit)

    def _best(
        self, parts: list[tantivy.Query], lessons: Collection[str] | None, limit: int
    ) -> list[tuple[float, dict[str, Any]]]:
        from tantivy import Occur, Query

        query = Query.boolean_query([(Occur.Should, part) for part in parts])
        if lessons is not None:
            narrow = Query.const_score_query(Query.term_set_query(self._schema, "lesson", list(lessons)), 0.0)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, narrow)])
        hits = self._searcher.search(query, limit, count=False).hits
        return [(score, _stored_fields(self._searcher.doc(address).to_dict())) for score, address in hits]

    def _is_a_slip(self, field: str, term: str) -> bool:
        """Whether a term may be a misspelling of one in the index: no piece has it."""
        return len(term) >= SHORTEST_SLIP and term.isalpha() and not self.count(field, term)

    def _nearly(self, field: str, term: str) -> tantivy.Query:
        from tantivy import Query

        return Query.boost_query(Query.fuzzy_term_query(self._schema, field, term), NEARLY)

    def _compounds_of(self, field: str, term: str) -> Iterator[tantivy.Query]:
        """For the words that begin or end with one: `Lernratenplan` for `Lernrate`, whose stem is `lernrat`."""
        from tantivy import Query

        for pattern in (f"{term}.+", f".+{term}"):
            yield Query.const_score_query(Query.regex_query(self._schema, field, pattern), NEARLY)

    def _beginning_or_ending_with(self, character: str) -> tantivy.Query:
        from tantivy import Query

        return Query.const_score_query(Query.regex_query(self._schema, BIGRAMS, f"{character}.|.{character}"), 1.0)


class Writer:
    """What may be done to a shelf under its lock. tantivy's own writer is made when there is something to write."""

    def __init__(self, shelf: Shelf):
        self._shelf = shelf
        self._fields = set(shelf.fields)
        self._tantivy: tantivy.IndexWriter | None = None

    def replace(self, lesson: str, file: File | None, documents: Iterable[dict[str, Any]] | None) -> None:
        """Replace a lesson's documents. file: None for a lesson that is gone. documents: None to keep those it has."""
        from tantivy import Document

        table = self._shelf._table
        if file is None:
            table.execute("DELETE FROM files WHERE lesson = ?", (lesson,))
        else:
            real, stamp, digest = file
            table.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", (lesson, os.fsencode(real), stamp, digest))
        if documents is None:
            return
        writer = self._writer()
        writer.delete_documents_by_term("lesson", lesson)
        for document in documents:
            self._fields.add(document["field"])
            writer.add_document(Document(**{**document, **{name: document[name].encode() for name in STORED}}))

    def note(self, watched: dict[str, int] | None, now_s: float, scan_s: float | None) -> None:
        """Store what a scan found out about the folders, and how long it took."""
        table = self._shelf._table
        if watched is not None:
            table.execute("DELETE FROM watched")
            rows = ((os.fsencode(path), mtime_ns) for path, mtime_ns in watched.items())
            table.executemany("INSERT INTO watched VALUES (?, ?)", rows)
        if scan_s is not None:
            self._shelf._notes.update(scanned_at=str(now_s), scan_s=str(scan_s))
        self._shelf._notes["fields"] = json.dumps(sorted(self._fields))

    def commit(self) -> None:
        """Hand what was written to tantivy's files."""
        if self._tantivy:
            self._tantivy.commit()
            self._tantivy.wait_merging_threads()

    def _writer(self) -> tantivy.IndexWriter:
        if not self._tantivy:
            for field in (PLAIN, *STEMMERS):  # it asks for all of them, used or not
                self._shelf._index.register_tokenizer(field, _analyzer(field))
            self._tantivy = self._shelf._index.writer(HEAP_BYTES, 1)
        return self._tantivy


def _stored_fields(document: dict[str, list[Any]]) -> dict[str, Any]:
    return {name: values[0].decode() if name in STORED else values[0] for name, values in document.items()}


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("lesson", stored=True, tokenizer_name="raw", index_option="basic")
    for name in STORED:
        builder.add_bytes_field(name, stored=True)
    builder.add_integer_field("line", stored=True)
    for field in (PLAIN, *STEMMERS):
        builder.add_text_field(field, tokenizer_name=field, index_option="position")
    builder.add_text_field(BIGRAMS, tokenizer_name=BIGRAMS, index_option="freq")
    return builder.build()


def _analyzer(field: str, stopwords: bool = False) -> tantivy.TextAnalyzer:
    """What cuts a field's text into terms: words in lower case, stemmed where there is a stemmer, without accents."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    if field == BIGRAMS:
        return TextAnalyzerBuilder(Tokenizer.whitespace()).build()
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    builder = builder.filter(Filter.remove_long(LONGEST_WORD_BYTES)).filter(Filter.lowercase())
    if stopwords:
        builder = builder.filter(Filter.stopword(STEMMERS[field]))
    if field in STEMMERS:
        builder = builder.filter(Filter.stemmer(STEMMERS[field]))
    return builder.filter(Filter.ascii_fold()).build()
