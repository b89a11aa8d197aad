"""The corpus: a folder of lessons with their banks. Nothing outside it is read through it, and nothing is written into it."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tutor.corpus import lessons
from tutor.corpus.listing import find_lessons, lesson_id_of
from tutor.models import BANK_SUFFIX, Item, Lesson
from utils.errors import InvalidFile, UsageError
from utils.files import LIMIT_BYTES, decode, is_within, read_inside, shown_path, shown_plainly
from utils.text import nearest

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


def open_corpus(docs, listed: bool = True) -> Corpus:
    """The lessons under a folder. Raises UsageError where there is no such folder, or no lesson in it.

    listed=False leaves the listing to a search index, which knows an older one and looks for what has changed.
    """
    folder = Path(docs)
    shown = shown_path(folder)
    if not folder.is_dir():
        found = "it is a file" if folder.exists() else "there is no such folder"
        raise UsageError(f"{shown}: no lessons: {found}; name a folder of Markdown files with --docs")
    corpus = Corpus(folder, os.path.realpath(folder))
    if listed:
        corpus.list_files()
    return corpus


@dataclass
class Corpus:
    """A folder of lessons. Listing it reads only the beginnings of files; a lesson is read when it is asked for."""

    folder: Path  # as it was named
    root: str  # where it really is
    files: dict[str, str] = field(default_factory=dict)  # lesson id -> real path below the root, with slashes
    warnings: list[str] = field(default_factory=list)  # what was skipped, and why
    watched: dict[str, int] = field(default_factory=dict)  # folders and ignore files below the root -> mtime, ns
    banked: set[str] = field(default_factory=set)  # real paths of the lessons that may have a bank beside them
    _lessons: dict[str, Lesson] = field(default_factory=dict, repr=False)
    _cards: dict[str, lessons.Card] = field(default_factory=dict, repr=False)
    _banks: dict[str, tuple[Item, ...] | None] = field(default_factory=dict, repr=False)
    _made: dict[str, tuple[Item, ...]] = field(default_factory=dict, repr=False)

    def list_files(self, is_known: Callable[[str], bool] = lambda real: False) -> None:
        """Look for the lessons anew. Raises UsageError where there is none.

        is_known: of a real path, whether that file is known to be a lesson and has not changed: it is not read again.
        """
        self.watched.clear()
        self.banked.clear()
        self.files = dict(find_lessons(self, is_known))
        if not self.files:
            raise UsageError(f"{self.shown}: no lessons: there is no .md file in it, leaving out README.md and the "
                             "like, hidden and ignored files; put a lesson there, or name a folder with --docs")  # fmt: skip

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
            text = self._text(lesson_id)
            self._lessons[lesson_id] = lessons.parse_lesson(text, lesson_id, self.path_of(lesson_id))
        return self._lessons[lesson_id]

    def items(self, lesson_id: str, *, made: bool = True) -> tuple[Item, ...]:
        """The items of a lesson as their author wrote them, undrawn and in the bank's order.

        A lesson without a bank gives items made from its text (`Item.made` is True on every one of them); with
        made=False it gives none. Both are read or made once and kept. Raises InvalidFile where the lesson or its bank
        is invalid, or an item names a section that the lesson doesn't have; UsageError where a file can't be read or
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

    def _read_bank(self, lesson_id: str) -> tuple[Item, ...] | None:
        found = self.bank_text(lesson_id)
        if found is None:
            return None
        from tutor.corpus.bank import parse_bank

        text, path = found
        slugs = [section.slug for section in self.lesson(lesson_id).sections]
        return tuple(parse_bank(text, lesson_id, path, sections=slugs))

    def card(self, lesson_id: str) -> lessons.Card:
        """What a list says about a lesson. One that can't be read is listed by its name, with a warning."""
        if lesson_id not in self._cards:
            try:
                card = lessons.lesson_card(self._text(lesson_id), lesson_id, self.path_of(lesson_id))
            except (InvalidFile, UsageError) as error:
                self.warnings.append(str(error))
                card = lessons.Card(lesson_id, lessons.title_from_name(lesson_id), 0)
            self._cards[lesson_id] = card
        return self._cards[lesson_id]

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

    def item_index(self, lesson_id: str) -> list[str]:
        """The keys (`llm/attention:scale-by-root`) of the items in a lesson's bank, in order; quick."""
        try:
            found = self.bank_text(lesson_id)
            return [f"{lesson_id}:{item}" for item in _item_ids(*found)] if found else []
        except (InvalidFile, UsageError) as error:
            self.warnings.append(str(error))
            return []

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
            named = [lesson_id for lesson_id in self.ids() if _comparable(lesson_id.rpartition("/")[2]) == wanted]
            same = [lesson_id for lesson_id in self.ids() if _comparable(lesson_id) == wanted]
            parts = [lesson_id for lesson_id in self.ids() if wanted and wanted in _comparable(lesson_id)]
            candidates = same or named or parts or self._at_path(topic + ".md")
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            shown = ", ".join(candidates[:CANDIDATES]) + (", …" if len(candidates) > CANDIDATES else "")
            raise UsageError(f'"{topic:.80}" could be any of {len(candidates)} lessons: {shown}; write more of it')
        raise self._unknown(topic)

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


ITEM = re.compile(r"^( *)- ", re.MULTILINE)


def _item_ids(text: str, path: str) -> list[str]:
    """The ids in a bank. In one that is laid out as usual they stand at one indentation; another is read as YAML."""
    first = ITEM.search(text)
    if first:
        indent = first[1]
        entries = len(re.findall(rf"^{indent}- ", text, re.MULTILINE))
        ids = re.findall(rf"^{indent}(?:- |  )id:[ ]+([\w.-]+)[ ]*(?:#.*)?\r?$", text, re.MULTILINE)
        if len(ids) == entries:
            return ids
    from utils import strict_yaml

    data = strict_yaml.load(text, path)
    items = data.get("items") if isinstance(data, dict) else None
    return [str(item["id"]) for item in items or [] if isinstance(item, dict) and "id" in item]
