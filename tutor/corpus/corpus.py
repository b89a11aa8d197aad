"""The corpus: a folder of lessons with their banks. Nothing outside the folder is read, and nothing is written into it."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.corpus import lessons
from tutor.corpus.folder.catalogue import Catalogue, CatalogueEntry, Row, digests_of, entry_of, fields_of
from tutor.corpus.folder.listing import lesson_id_of, list_lessons
from tutor.models import BANK_SUFFIX, Attempt, Item, Lesson, Misconception
from utils.errors import InvalidFile, UsageError
from utils.files import LIMIT_BYTES, decode, is_within, read_inside, shown_path, shown_plainly
from utils.text import nearest

if TYPE_CHECKING:
    from tutor.corpus.concepts import Concept

CANDIDATES = 8  # named where a topic is ambiguous


def bundled_docs() -> Path:
    """The lessons that come with the program."""
    return Path(__file__).resolve().parents[2] / "docs"


def bundled_manual() -> Path:
    """The program's manual, which is a folder of lessons too."""
    return bundled_docs().with_name("manual")


def docs_folder(option: str | None) -> Path:
    """The folder of --docs, else the bundled one."""
    return Path(option).expanduser() if option else bundled_docs()


def open_corpus(docs: str | Path, listed: bool = True, cache: Path | None = None) -> Corpus:
    """The lessons under a folder. Raises UsageError where there is no such folder, or no lesson in it.

    listed=False leaves the listing to a search index, which has an older one and looks for what has changed.
    cache: the folder in which the catalogue is kept between runs; with None every lesson is read again.
    """
    folder = Path(docs)
    shown = shown_path(folder)
    if not folder.is_dir():
        found = "it is a file" if folder.exists() else "there is no such folder"
        raise UsageError(f"{shown}: no lessons: {found}; name a folder of Markdown files with --docs")
    root = os.path.realpath(folder)
    corpus = Corpus(folder, root, Catalogue(root, cache))
    if listed and not corpus.take_listing():
        corpus.list_files(corpus.catalogue.is_unchanged)
    return corpus


@dataclass
class Corpus:
    """A folder of lessons. Listing it reads only the beginnings of files; a lesson is read when it is asked for."""

    folder: Path  # as it was named
    root: str  # where it really is
    catalogue: Catalogue  # what earlier runs have read of the lessons
    files: dict[str, str] = field(default_factory=dict)  # lesson id -> real path below the root, with slashes
    warnings: list[str] = field(default_factory=list)  # what was skipped, and why
    watched: dict[str, int] = field(
        default_factory=dict
    )  # what to list again for: folders, ignore files and files that are not lessons -> mtime, ns
    banked: set[str] = field(default_factory=set)  # real paths of the lessons that may have a bank beside them
    on_read: Callable[[int], None] = lambda count: None  # how many files a list has read so far; 0 when it is done
    _lessons: dict[str, Lesson] = field(default_factory=dict, repr=False)
    _can_be_kept: bool = True  # whether the listing stays right as long as nothing that is watched changes
    _read: int = 0  # lessons that the list under way had to read
    _warned: set[str] = field(default_factory=set, repr=False)  # lessons that a warning has been given for
    _banks: dict[str, tuple[Item, ...] | None] = field(default_factory=dict, repr=False)
    _made: dict[str, tuple[Item, ...]] = field(default_factory=dict, repr=False)
    _misconceptions: dict[str, Misconception] | None = field(default=None, repr=False)

    def list_files(self, is_known: Callable[[str], bool] = lambda real: False) -> None:
        """List the lessons again. Raises UsageError if there are none.

        is_known: whether the file at a real path is known to be a lesson and has not changed; it is then not read again.
        """
        found = list_lessons(self.root, lambda relative: self.path_of(relative, ""), is_known)
        self.files, self.banked, self.watched = found.files, found.banked, found.watched
        self.warnings += found.warnings
        self._can_be_kept = not found.warnings  # a later run has to warn of what was skipped, too
        if not self.files:
            raise UsageError(f"{self.shown}: no lessons: there is no .md file in it, not counting README.md and the "
                             "like, hidden and ignored files; put a lesson there, or name a folder with --docs")  # fmt: skip

    def take_listing(self) -> bool:
        """Take the list of lessons from the catalogue if no folder or file has changed since. Returns whether it was taken."""
        kept = self.catalogue.listing()
        if kept is None:
            return False
        rows, self.watched = kept
        self.files = {lesson_id: row.real for lesson_id, row in rows.items()}
        self.banked = {row.real for row in rows.values() if row.has_bank}
        return True

    @property
    def bundled(self) -> bool:
        """Whether these are the lessons that come with the program."""
        return self.root == os.path.realpath(bundled_docs())

    @property
    def shown(self) -> str:
        """The folder, for people."""
        return shown_path(self.folder)

    def ids(self) -> list[str]:
        """The ids of all lessons, sorted: their paths below the folder, with slashes and without `.md`."""
        return sorted(self.files)

    def path_of(self, lesson_id: str, suffix: str = ".md") -> str:
        """The path of a lesson's file, or of the one beside it with another suffix, for people."""
        below = (lesson_id + suffix).replace("/", os.sep)
        return shown_plainly(below if str(self.folder) == "." else os.path.join(self.folder, below))

    def lesson(self, lesson_id: str) -> Lesson:
        """The lesson, read once. Raises InvalidFile, or UsageError where the file is gone."""
        if lesson_id not in self._lessons:
            self._lessons[lesson_id] = self._parsed(lesson_id)
        return self._lessons[lesson_id]

    def _parsed(self, lesson_id: str) -> Lesson:
        return lessons.parse_lesson(self._text(lesson_id), lesson_id, self.path_of(lesson_id))

    def items(self, lesson_id: str, *, made: bool = True) -> tuple[Item, ...]:
        """The items of a lesson as their author wrote them, undrawn and in the bank's order.

        A lesson without a bank gives items made from its text (`Item.made` is True on every one of them); with
        made=False it gives none. Both are read or made once and kept. Raises InvalidFile where the lesson or its bank
        is invalid, or an item names a section or figure that the lesson doesn't have; UsageError where a file can't be read or
        there is no such lesson. A broken bank never falls back on made items.
        """
        if lesson_id not in self._banks:
            self._banks[lesson_id] = self._read_bank(lesson_id)
        written = self._banks[lesson_id]
        if written is not None or not made:
            return written or ()
        if lesson_id not in self._made:
            from tutor.corpus.made_items import make_items

            self._made[lesson_id] = tuple(make_items(self.lesson(lesson_id)))
        return self._made[lesson_id]

    def item(self, key: str) -> Item | None:
        """The item with that key, None where the folder has none. Raises as `items` does."""
        lesson_id = key.partition(":")[0]
        items = self.items(lesson_id) if lesson_id in self.files else ()
        return next((item for item in items if item.key == key), None)

    def item_texts(self, key: str) -> tuple[str, str, str] | None:
        """(print, what it asks, what answers it) of the item with that key, as `item`; see bank.prints."""
        from tutor.corpus.bank.prints import answered, asked, print_of

        item = self.item(key)
        return (print_of(item), asked(item), answered(item)) if item else None

    def still_asks(self, key: str, asked: str, answer: str) -> bool:
        """Whether the item with that key asks what one asked that had these texts. Raises as `items` does."""
        from tutor.corpus.bank.prints import is_same_question

        item = self.item(key)
        return item is not None and is_same_question(item, asked, answer)

    def is_readable(self, lesson_id: str) -> bool:
        """Whether a lesson that is there, and its bank, can be read and are valid."""
        row = self._row(lesson_id, with_prints=True)
        return row.fault is None and bool(row.stamp or row.digests != ["", ""])

    def _read_bank(self, lesson_id: str) -> tuple[Item, ...] | None:
        found = self.bank_text(lesson_id)
        if found is None:
            return None
        from tutor.corpus.bank import figures_of, lacks_replies, lesson_code, parse_bank, with_replies
        from tutor.corpus.bank.tries import with_tries

        text, path = found
        lesson = self.lesson(lesson_id)
        slugs = [section.slug for section in lesson.sections]
        items = parse_bank(
            text, lesson_id, path, sections=slugs, figures=lambda: figures_of(lesson), code=lambda: lesson_code(lesson)
        )
        items = with_tries(items, lesson)
        return tuple(with_replies(items, self.misconceptions()) if lacks_replies(items) else items)

    def in_words(self, attempt: Attempt) -> tuple[str, str] | None:
        """(question, answer) of an attempt: as it was drawn then, with the texts that the answer's numbers stand for.

        None where the lesson or the item is no longer there. Raises as `items` does.
        """
        from tutor.corpus.bank import draw, kind_of

        item = self.item(attempt.item)
        if item is None:
            return None
        drawn = draw(item, attempt.seed or 0, attempt.draw)
        drawn = kind_of(drawn).as_answered(drawn, attempt.answer)
        return kind_of(drawn).question_text(drawn), kind_of(drawn).answer_in_words(drawn, attempt.answer)

    @property
    def misconceptions_path(self) -> str:
        """The path of the list of misconceptions, for people, whether there is one or not."""
        return self.path_of("misconceptions", ".yaml")

    def misconceptions(self) -> dict[str, Misconception]:
        """{id: Misconception} of the folder's misconceptions.yaml; {} where there is none, or, with a warning, a broken one."""
        if self._misconceptions is None:
            self._misconceptions = {}
            try:
                text = self._misconceptions_text()
                self._misconceptions = self.catalogue.misconceptions(text, self._parsed_list) if text is not None else {}
            except (InvalidFile, UsageError) as error:
                self.warnings.append(str(error))
        return self._misconceptions

    def explained_misconceptions(self, ids: Collection[str]) -> dict[str, Misconception]:
        """The same, with the bundled ones for those ids that this folder doesn't know: of lessons learned in another folder."""
        known = self.misconceptions()
        if self.bundled or known.keys() >= set(ids):
            return known
        return {**open_corpus(bundled_docs(), listed=False).misconceptions(), **known}

    def parsed_misconceptions(self) -> dict[str, Misconception]:
        """The same, read again. Raises InvalidFile, or UsageError where the file can't be read."""
        text = self._misconceptions_text()
        return {} if text is None else self._parsed_list(text)

    def _parsed_list(self, text: str) -> dict[str, Misconception]:
        from tutor.corpus.bank.misconceptions import parse_misconceptions

        return parse_misconceptions(text, self.misconceptions_path)

    @property
    def concepts_path(self) -> str:
        """The path of the list of concepts, for people, whether there is one or not."""
        return self.path_of("concepts", ".yaml")

    def concepts(self) -> list[Concept]:
        """What the folder's concepts.yaml lists; [] where there is none. Raises InvalidFile, UsageError."""
        from tutor.corpus.concepts import parse_concepts

        text = self._text_beside_lessons("concepts.yaml", self.concepts_path)
        return [] if text is None else parse_concepts(text, self.concepts_path)

    def _misconceptions_text(self) -> str | None:
        """None where there is no such file. Raises InvalidFile, UsageError."""
        return self._text_beside_lessons("misconceptions.yaml", self.misconceptions_path)

    def _text_beside_lessons(self, name: str, shown: str) -> str | None:
        """The text of a file at the top of the folder; None where there is no such file. Raises InvalidFile, UsageError."""
        try:
            return decode(read_inside(self.root, name, LIMIT_BYTES + 1), shown, LIMIT_BYTES)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UsageError(f"{shown}: could not be read: {_reason(error)}") from None

    def entry(self, lesson_id: str) -> CatalogueEntry:
        """What a list says about a lesson. One that can't be read is listed by its name, with a warning."""
        row = self._row(lesson_id)
        return entry_of(lesson_id, row.entry) if row.entry else CatalogueEntry(lesson_id, lessons.title_from_name(lesson_id))

    def entries(self) -> dict[str, CatalogueEntry]:
        """The entries of all lessons by id, sorted."""
        found = {lesson_id: self.entry(lesson_id) for lesson_id in self.ids()}
        self._save_catalogue()
        return found

    def item_sections(self) -> dict[str, dict[str, str]]:
        """For every lesson the items of its bank, in order: key (`llm/attention:scale-by-root`) -> slug of its section.

        Lessons without a bank have none, and so have those with a broken one, with a warning.
        """
        found = {lesson_id: self._row(lesson_id, with_items=True).items or {} for lesson_id in self.ids()}
        self._save_catalogue()
        return found

    def ideas(self, lesson_ids: Iterable[str]) -> dict[str, str]:
        """For the banks of some lessons, as `item_sections`: key of each item that names an idea -> the idea."""
        rows = self._rows(lesson_ids)
        return {key: idea for row in rows for key, idea in (row.ideas or {}).items()}

    def probes(self, lesson_ids: Iterable[str]) -> dict[str, list[str]]:
        """Likewise: key of each item that may show misconceptions -> these, by id or text."""
        rows = self._rows(lesson_ids)
        return {key: named for row in rows for key, named in (row.probes or {}).items()}

    def asked_items(self, lesson_ids: Iterable[str]) -> dict[str, str]:
        """For those of some lessons that are there: key of each item that a session may ask, made ones too -> its print."""
        rows = [self._row(lesson_id, with_prints=True) for lesson_id in lesson_ids if lesson_id in self.files]
        self._save_catalogue()
        return {key: mark for row in rows for key, mark in (row.prints or {}).items()}

    def digests(self) -> dict[str, tuple[str, str]]:
        """lesson -> digests_of it; of one that can't be read, two empty texts."""
        found = {lesson_id: self._row(lesson_id).digests or ["", ""] for lesson_id in self.ids()}
        self._save_catalogue()
        return {lesson_id: (text, outline) for lesson_id, (text, outline) in found.items()}

    @property
    def state(self) -> str:
        """What differs once any lesson or bank has changed; "" where that can't be told."""
        return self.catalogue.state

    def _rows(self, lesson_ids: Iterable[str]) -> list[Row]:
        found = [self._row(lesson_id, with_items=True) for lesson_id in lesson_ids if lesson_id in self.files]
        self._save_catalogue()
        return found

    def _row(self, lesson_id: str, with_items: bool = False, with_prints: bool = False) -> Row:
        """What the catalogue knows of a lesson, after reading what it doesn't know. What can't be read stays None."""
        real = self._real(lesson_id)
        row = before = self.catalogue.row(lesson_id, real, real in self.banked)
        try:
            if row.fault is None and row.entry is None:
                lesson = self._parsed(lesson_id)
                row = row._replace(entry=fields_of(lesson), digests=digests_of(lesson))
            if row.fault is None and row.items is None and with_items:
                listed = self._items_listed(lesson_id, row.entry[1] if row.entry else [])
                row = row._replace(
                    items={item.key: item.section for item in listed},
                    ideas={item.key: item.idea for item in listed if item.idea},
                    probes={item.key: list(item.probes) for item in listed if item.probes},
                )
            if row.fault is None and row.prints is None and with_prints:
                from tutor.corpus.bank.prints import print_of

                row = row._replace(prints={item.key: print_of(item) for item in self.items(lesson_id)})
        except InvalidFile as error:
            row = row._replace(fault=[".md" if row.entry is None else BANK_SUFFIX, error.line, error.message])
        except UsageError as error:  # it may be readable the next time
            self.warnings.append(str(error))
            row = row._replace(
                stamp="", entry=row.entry or [lessons.title_from_name(lesson_id), [], "", None, []],
                digests=row.digests or ["", ""], items={}, ideas={}, probes={}, prints={},
            )  # fmt: skip
        if row is not before:
            self.catalogue.add(lesson_id, row)
            self._read += 1
            self.on_read(self._read)
        if row.fault and lesson_id not in self._warned:
            self._warned.add(lesson_id)
            suffix, line, message = row.fault
            self.warnings.append(str(InvalidFile(self.path_of(lesson_id, suffix), line, message)))
        return row

    def _items_listed(self, lesson_id: str, slugs: list[str]) -> list[Item]:
        found = self.bank_text(lesson_id)
        if found is None:
            return []
        from tutor.corpus.bank import figures_of, lesson_code, parse_bank

        return parse_bank(
            found[0], lesson_id, found[1], sections=slugs, figures=lambda: figures_of(self.lesson(lesson_id)),
            code=lambda: lesson_code(self.lesson(lesson_id)),
        )  # fmt: skip

    def _save_catalogue(self) -> None:
        if self._read:
            self._read = 0
            self.on_read(0)
        if self.watched:  # else the listing is one that a search index remembers
            self.catalogue.save(self.files, self.banked, self.watched if self._can_be_kept else {})

    def lesson_text(self, lesson_id: str) -> str:
        """The lesson's file as it is, for `check`."""
        return self._text(lesson_id)

    def bank_text(self, lesson_id: str) -> tuple[str, str] | None:
        """(text, path for people) of the bank beside a lesson, None where there is none."""
        shown = self.path_of(lesson_id, BANK_SUFFIX)
        try:
            data = read_inside(self.root, self._real(lesson_id).removesuffix(".md") + BANK_SUFFIX, LIMIT_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UsageError(f"{shown}: could not be read: {_reason(error)}") from None
        return decode(data, shown, LIMIT_BYTES), shown

    def find(self, topic: str) -> str:
        """The id of the lesson that a TOPIC means: an id, a unique part of one, or the path of a file in the folder.

        Raises UsageError naming the candidates, or the nearest name.
        """
        if topic in self.files:
            return topic
        wanted = _comparable(topic)
        if _is_path(topic):
            candidates = self._at_path(topic)
        else:
            named = self.named(topic)
            same = [lesson_id for lesson_id in self.ids() if _comparable(lesson_id) == wanted]
            parts = [lesson_id for lesson_id in self.ids() if wanted and wanted in _comparable(lesson_id)]
            candidates = same or named or parts or self._at_path(topic + ".md")
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            shown = ", ".join(candidates[:CANDIDATES]) + (", …" if len(candidates) > CANDIDATES else "")
            raise UsageError(f'"{topic:.80}" could be any of {len(candidates)} lessons: {shown}; type more of the name')
        raise self._unknown(topic)

    def named(self, name: str) -> list[str]:
        """The ids of the lessons that are called this, whatever folder they are in: `llm/attention` for `Attention`."""
        wanted = _comparable(name)
        return [lesson_id for lesson_id in self.ids() if _comparable(lesson_id.rpartition("/")[2]) == wanted]

    def _at_path(self, topic: str) -> list[str]:
        """The lesson at a .md path, taken from the working folder or from the folder of lessons, or []."""
        if "\0" in topic or not topic.endswith(".md"):
            return []
        for base in (os.getcwd(), self.root):
            place = os.path.join(base, topic)
            parent = os.path.realpath(os.path.dirname(place))
            if is_within(parent, self.root):
                relative = os.path.relpath(os.path.join(parent, os.path.basename(place)), self.root)
                lesson_id = lesson_id_of(relative.replace(os.sep, "/"))
                if lesson_id in self.files:
                    return [lesson_id]
        return []

    def _unknown(self, topic: str) -> UsageError:
        by_name = {name: lesson_id for lesson_id in self.files for name in (lesson_id, lesson_id.rpartition("/")[2])}
        near = nearest(_comparable(topic)[:200], by_name)
        hint = f". Did you mean {by_name[near]}?" if near else "; `topics` lists them"
        return UsageError(f'no lesson "{topic:.80}" in {self.shown}{hint}')

    def _real(self, lesson_id: str) -> str:
        if lesson_id not in self.files:
            raise self._unknown(lesson_id)
        return self.files[lesson_id]

    def _text(self, lesson_id: str) -> str:
        shown = self.path_of(lesson_id)
        try:
            data = read_inside(self.root, self._real(lesson_id), LIMIT_BYTES + 1)
        except OSError as error:
            raise UsageError(f"{shown}: could not be read: {_reason(error)}") from None
        return decode(data, shown, LIMIT_BYTES)


def _reason(error: OSError) -> str:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return "a link stands where a file was, and links are not followed"
    return error.strerror or str(error)


def _comparable(topic: str) -> str:
    return re.sub(r"[\s_]+", "-", topic.strip().lower())


def _is_path(topic: str) -> bool:
    parts = topic.split("/")
    return topic.endswith(".md") or topic.startswith("/") or "\\" in topic or ".." in parts or "." in parts
