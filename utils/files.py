"""Files: the folder of lessons with their banks, scripts of learner steps, and safe reading and writing.

A folder of lessons may come from anywhere. Nothing outside it is read through it: a link that leads out is skipped when
the folder is listed, and again refused when a file is opened, whatever has changed in between. (A hard link can't be
told from the file itself.) Nothing is written beside lessons.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tutor.corpus import lessons
from tutor.models import BANK_SUFFIX, Lesson, Step
from utils.errors import InvalidFile, UsageError
from utils.text import nearest

LIMIT_BYTES = lessons.MAX_BYTES
MAX_DEPTH = 50  # folders below the root
HEAD_BYTES = 4_096  # enough of a file to find `lesson: false` in its front matter
IGNORE_FILES = (".gitignore", ".tutorignore")
NOT_LESSONS = {"readme", "changelog", "license", "contributing", "code_of_conduct"}
NOT_A_LESSON = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n(?:(?!---|\.\.\.).*\n)*?lesson:[ \t]*false\b")
BYTE_ORDER_MARKS = {  # the longer ones first: that of UTF-32 begins with that of UTF-16
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
CANDIDATES = 8  # named where a topic is ambiguous


# ------------------------------------------------------------------------------------------------- folders


def bundled_docs() -> Path:
    """The lessons that come with the program."""
    return Path(__file__).resolve().parent.parent / "docs"


def docs_folder(option: str | None) -> Path:
    """The folder of --docs, else the bundled one."""
    return Path(option).expanduser() if option else bundled_docs()


def home_folder(option: str | None) -> Path:
    """Where the learner's records, settings and logs are: --home, TUTOR_HOME, else the platform's folder for them."""
    chosen = option or os.environ.get("TUTOR_HOME")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_dir

    return Path(user_data_dir("pocket-tutor", appauthor=False))


def cache_folder(option: str | None) -> Path:
    """Where what can be made again is kept: `cache` in --home or TUTOR_HOME, else the platform's folder for it."""
    if option or os.environ.get("TUTOR_HOME"):
        return home_folder(option) / "cache"
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("pocket-tutor", appauthor=False))


def shown_path(path) -> str:
    """A path for people: relative to the working folder where it is inside it; bytes that are no UTF-8 as \\xff."""
    return _shown(str(Path(path)))


def _shown(path: str) -> str:
    """The same of a path that is written plainly already; without pathlib, which is slow for many thousands."""
    with suppress(OSError):  # the working folder is gone
        here = os.getcwd()
        if path == here:
            return "."
        path = path.removeprefix(here.rstrip(os.sep) + os.sep)
    return _printable(path)


def _printable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


# ------------------------------------------------------------------------------------------------- reading


def read_text(path, limit_bytes: int = LIMIT_BYTES) -> str:
    """The text of a UTF-8 file that a person named; links are followed, and pipes read.

    Raises UsageError where it can't be read, InvalidFile where it is too long or not UTF-8.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(limit_bytes + 1)
    except OSError as error:
        raise UsageError(f"{shown_path(path)}: could not be read: {error.strerror}; check the name") from None
    except ValueError:  # a NUL in the name
        raise UsageError(f"{shown_path(path)}: could not be read: no such name is possible; check it") from None
    return _decoded(data, shown_path(path), limit_bytes)


@contextmanager
def lines_of(path) -> Iterator[Iterator[tuple[int, str]]]:
    """(1-based number, text) of each line that is not blank, read as it is needed; `-` is standard input.

    Bytes that are not UTF-8 become replacement characters: one bad line shall not end a long file.
    """
    shown = shown_path(path)
    try:
        file = sys.stdin.buffer if str(path) == "-" else open(path, "rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise UsageError(f"{shown}: could not be read: {error.strerror}; check the name") from None
    with file:
        texts = ((number, line.decode("utf-8", "replace").strip()) for number, line in enumerate(file, 1))
        yield ((number, text) for number, text in texts if text)


def _decoded(data: bytes, shown: str, limit_bytes: int) -> str:
    if len(data) > limit_bytes:
        raise InvalidFile(shown, None, f"found more than {limit_bytes:,} bytes, expected at most that; split the file")
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            raise InvalidFile(shown, 1, f"found {encoding} text, expected UTF-8; save the file as UTF-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = re.split(rb"\r\n|\r|\n", data[: error.start])
        column = len(before[-1].decode("utf-8")) + 1
        raise InvalidFile(shown, len(before), f"byte 0x{data[error.start]:02x} at column {column} is not UTF-8; "
                                              "save the file as UTF-8") from None  # fmt: skip


def _open_inside(root: str, relative: str) -> int:
    """A descriptor of the regular file `relative` under `root`, reached without following any link below `root`.

    Folder by folder from an open descriptor, so that nothing swapped in meanwhile can lead out. Raises OSError.
    """
    here = os.open(root, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        *folders, name = relative.split("/")
        for folder in folders:
            inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = inner
        # O_NONBLOCK: a pipe swapped in must not hang us.
        found = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
    finally:
        os.close(here)
    return _regular(found, name)


def _open_checked(root: str, relative: str) -> int:
    """The same on systems that can't open relative to a folder (Windows): opened, then checked where it was."""
    path = os.path.join(root, *relative.split("/"))
    if not _is_within(os.path.realpath(path), root):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return _regular(os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0)), path)


def _regular(descriptor: int, name: str) -> int:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", name)
    return descriptor


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _read_inside(root: str, relative: str, count: int) -> bytes:
    opener = _open_inside if os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW") else _open_checked
    with open(opener(root, relative), "rb") as file:
        return file.read(count)


# ------------------------------------------------------------------------------------------------- writing


def write_atomically(path, text: str) -> None:
    """Write a whole file or leave the old one as it was. A link's target is replaced, a device is written to.

    Raises UsageError naming the path and the reason.
    """
    data = text.encode("utf-8", "backslashreplace")
    target = os.path.realpath(path)
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            with open(target, "wb") as device:
                device.write(data)
            return
        _replace(target, data)
    except OSError as error:
        raise _unwritable(path, error) from None


def refuse_unwritable(path) -> None:
    """Raises UsageError where `write_atomically` would: before long work, not after it."""
    target = os.path.realpath(path)
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            open(target, "wb").close()
            return
        temporary = _temporary_beside(target)
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        os.unlink(temporary)
    except OSError as error:
        raise _unwritable(path, error) from None


def write_new(path, text: str) -> None:
    """Write a file that is not there yet, or is empty: somebody's work is not overwritten. Raises UsageError."""
    if os.path.isfile(path) and os.path.getsize(path):
        raise UsageError(f"{shown_path(path)}: is there already, and may hold answers; choose another name, or remove it")
    write_atomically(path, text)


def append_text(path, text: str) -> None:
    """Add to the end of a file, made where it is missing. Raises UsageError."""
    try:
        with open(path, "ab") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise _unwritable(path, error) from None


def size_bytes(path) -> int:
    """Of a file; 0 where there is none."""
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def _unwritable(path, error: OSError) -> UsageError:
    return UsageError(f"{shown_path(path)}: could not be written: {error.strerror}; choose another place, or make room")


def _temporary_beside(target: str) -> str:
    return os.path.join(os.path.dirname(target), f".tutor-{os.urandom(6).hex()}.tmp")


def _replace(target: str, data: bytes) -> None:
    temporary = _temporary_beside(target)
    mode = stat.S_IMODE(os.stat(target).st_mode) if os.path.exists(target) else None
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


CONVERSATION = "conversation.json"


def keep_conversation(cache: Path, turns: Iterable[tuple[str, str]]) -> None:
    """Keep [(question, answer)] for the next call to take up. A folder that can't be written costs only that."""
    import json

    with suppress(OSError, UsageError):
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(cache / CONVERSATION, json.dumps([list(turn) for turn in turns], ensure_ascii=False))


def load_conversation(cache: Path) -> list[tuple[str, str]]:
    """What keep_conversation kept; [] where there is none, or none that makes sense."""
    import json

    try:
        turns = json.loads(read_text(cache / CONVERSATION))
        return [(str(question), str(answer)) for question, answer in turns]
    except (InvalidFile, UsageError, ValueError, TypeError):
        return []


def write_crash_log(error: BaseException) -> str:
    """Keep the traceback of a bug for a developer; returns where, for people. Never raises."""
    import tempfile
    import traceback

    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    for folder in (home_folder(None), Path(tempfile.gettempdir())):
        path = folder / "pocket-tutor-crash.log"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_atomically(path, text)
            return shown_path(path)
        except (OSError, UsageError):
            continue
    return "nowhere: no folder could be written"


# -------------------------------------------------------------------------------------------------- corpus


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

    def list_files(self, is_known: Callable[[str], bool] = lambda real: False) -> None:
        """Look for the lessons anew. Raises UsageError where there is none.

        is_known: of a real path, whether that file is known to be a lesson and has not changed: it is not read again.
        """
        self.watched.clear()
        self.banked.clear()
        self.files = dict(_find_lessons(self, is_known))
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
        return _shown(below if str(self.folder) == "." else os.path.join(self.folder, below))

    def lesson(self, lesson_id: str) -> Lesson:
        """The lesson, read once. Raises InvalidFile, or UsageError where the file is gone."""
        if lesson_id not in self._lessons:
            text = self._text(lesson_id)
            self._lessons[lesson_id] = lessons.parse_lesson(text, lesson_id, self.path_of(lesson_id))
        return self._lessons[lesson_id]

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
            data = _read_inside(self.root, self._real(lesson_id).removesuffix(".md") + BANK_SUFFIX, LIMIT_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UsageError(f"{shown}: could not be read: {_reason(error)}") from None
        return _decoded(data, shown, LIMIT_BYTES), shown

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
            if _is_within(parent, self.root):
                relative = os.path.relpath(os.path.join(parent, os.path.basename(place)), self.root)
                lesson_id = _lesson_id(relative.replace(os.sep, "/"))
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
            data = _read_inside(self.root, self._real(lesson_id), LIMIT_BYTES + 1)
        except OSError as error:
            raise UsageError(f"{shown}: could not be read: {_reason(error)}") from None
        return _decoded(data, shown, LIMIT_BYTES)


def _reason(error: OSError) -> str:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return "a link stands where a file was, and links are not followed"
    return error.strerror or str(error)


def _lesson_id(relative: str) -> str:
    return _printable(relative.removesuffix(".md"))


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


# ----------------------------------------------------------------------------------------- finding lessons


def _find_lessons(corpus: Corpus, is_known: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """(lesson id, real path below the root) of every lesson; warns of what is skipped for a reason worth knowing."""
    waiting: list[tuple[str, tuple]] = [("", ())]  # folders below the root, each with the ignore rules above it
    while waiting:
        folder, rules = waiting.pop()
        try:
            corpus.watched[folder] = os.stat(os.path.join(corpus.root, folder)).st_mtime_ns  # before it is read
            entries = sorted(os.scandir(os.path.join(corpus.root, folder)), key=lambda entry: entry.name)
        except OSError as error:
            corpus.warnings.append(f"{corpus.path_of(folder, '')}: folder skipped: {error.strerror}")
            continue
        names = {entry.name for entry in entries}
        for name in IGNORE_FILES:
            if name in names:
                with suppress(FileNotFoundError):  # gone since
                    corpus.watched[_below(folder, name)] = os.lstat(os.path.join(corpus.root, folder, name)).st_mtime_ns
                rules = (*rules, *_ignore_rules(corpus.root, _below(folder, name)))
        for entry in entries:
            relative = _below(folder, entry.name)
            if entry.name.startswith(".") or _is_ignored(relative, entry.is_dir(follow_symlinks=False), rules):
                continue
            if entry.is_dir(follow_symlinks=False):
                if relative.count("/") + 1 > MAX_DEPTH:
                    corpus.warnings.append(f"{corpus.path_of(relative, '')}: folder skipped: it is more than "
                                           f"{MAX_DEPTH} folders deep")  # fmt: skip
                else:
                    waiting.append((relative, rules))
            elif (real := _real_path(corpus, entry, relative)) and (is_known(real) or not _says_it_is_none(corpus.root, real)):
                if entry.is_symlink() or entry.name.removesuffix(".md") + BANK_SUFFIX in names:
                    corpus.banked.add(real)
                yield _lesson_id(relative), real


def _below(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _real_path(corpus: Corpus, entry, relative: str) -> str | None:
    """Where an entry's file is below the root, links followed; None where it is no lesson."""
    if entry.is_symlink():
        target = os.path.realpath(entry.path)
        if not _is_within(target, corpus.root):
            if os.path.exists(target):
                shown = corpus.path_of(relative, "")
                corpus.warnings.append(f"{shown}: skipped: it is a link that leads out of the folder")
            return None
        real = os.path.relpath(target, corpus.root).replace(os.sep, "/")
    else:
        real = relative
    stem, suffix = os.path.splitext(entry.name)
    if suffix != ".md" or stem.lower() in NOT_LESSONS or not os.path.isfile(entry.path):  # a link to itself is none either
        return None
    return real


def _says_it_is_none(root: str, relative: str) -> bool:
    """Whether a file's front matter says `lesson: false`. One that can't be read is listed: it says why when opened."""
    try:
        return bool(NOT_A_LESSON.match(_read_inside(root, relative, HEAD_BYTES)))
    except OSError:
        return False


@dataclass(frozen=True)
class _IgnoreRule:
    """One line of a .gitignore or .tutorignore: https://git-scm.com/docs/gitignore#_pattern_format"""

    pattern: re.Pattern  # of paths below the root
    folders_only: bool
    keeps: bool  # a line that begins with !


def _ignore_rules(root: str, relative: str) -> Iterator[_IgnoreRule]:
    try:
        text = _read_inside(root, relative, LIMIT_BYTES).decode("utf-8", "replace")
    except OSError:
        return
    folder = relative.rpartition("/")[0]
    for line in text.splitlines():
        line = line.rstrip()
        if not line or line.startswith("#"):
            continue
        keeps, line = line.startswith("!"), line.removeprefix("!").removeprefix("\\")
        folders_only, line = line.endswith("/"), line.rstrip("/")
        anywhere = "" if "/" in line else "(?:.*/)?"
        base = re.escape(folder + "/") if folder else ""
        pattern = _glob(line.removeprefix("/"))
        if pattern:
            yield _IgnoreRule(re.compile(base + anywhere + pattern, re.DOTALL), folders_only, keeps)


GLOB_PARTS = re.compile(r"\*\*/|/\*\*$|\*+|\?|\[!?\]?[^\]/]*\]|\\.|.", re.DOTALL)


def _glob(pattern: str) -> str:
    """A regular expression for a pattern of git: `*` stays within a folder, `**/` spans any number of them."""

    def translated(match):
        part = match[0]
        if part == "**/":
            return "(?:.*/)?"
        if part == "/**":
            return "/.*"
        if part[0] == "*":
            return "[^/]*"
        if part == "?":
            return "[^/]"
        if part[0] == "[" and len(part) > 1:
            inside = part[1:-1]
            negated, inside = inside.startswith(("!", "^")), inside.lstrip("!^")
            escaped = inside.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace("^", "\\^")
            return f"[{'^/' if negated else ''}{escaped}]"
        return re.escape(part[1:] if part[0] == "\\" and len(part) > 1 else part)

    regex = GLOB_PARTS.sub(translated, pattern)
    try:
        re.compile(regex)
    except re.error:  # a range such as [z-a], which matches nothing in git either
        return ""
    return regex


def _is_ignored(relative: str, is_folder: bool, rules: Iterable[_IgnoreRule]) -> bool:
    """The last rule that matches decides."""
    ignored = False
    for rule in rules:
        if (is_folder or not rule.folders_only) and rule.pattern.fullmatch(relative):
            ignored = not rule.keeps
    return ignored


# ------------------------------------------------------------------------------------------------- scripts

WORDS = ("next", "hint", "skip", "simpler", "example", "deeper", "analogy", "appeal", "quit")
WITH_TEXT = ("answer", "ask", "choose")
SCRIPT_FIELDS = ("topic", "seed", "steps")


@dataclass(frozen=True)
class Script:
    """What a scripted learner does."""

    topic: str | None
    seed: int | None
    steps: tuple[Step, ...]


def load_script(path) -> Script:
    """The script of `learn --script FILE`. Raises InvalidFile with the line, UsageError where there is no such file."""
    return parse_script(read_text(path), shown_path(path))


def parse_script(text: str, path: str) -> Script:
    """A script's YAML: `topic`, `seed` and `steps`, each step a word of WORDS or one of WITH_TEXT with its text."""
    from utils.strict_yaml import line_of, load, scalars_as_written

    data = load(text, path)
    if not isinstance(data, dict):
        raise InvalidFile(path, 1, "found no fields, expected steps: and a list of steps below it")
    for name in data:
        if name not in SCRIPT_FIELDS:
            expected = f"expected one of {', '.join(SCRIPT_FIELDS)}{_meant(name, SCRIPT_FIELDS)}"
            raise InvalidFile(path, line_of(data, name), f'found the field "{name}", {expected}')
    topic, seed, steps = (data.get(name) for name in SCRIPT_FIELDS)
    if topic is not None and not isinstance(topic, str):
        raise InvalidFile(path, line_of(data, "topic"), "found a topic that is no text, expected one in quotes")
    if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool)):
        raise InvalidFile(path, line_of(data, "seed"), f"found the seed {seed}, expected a whole number")
    if not isinstance(steps, list) or not steps:
        line = line_of(data, "steps") if "steps" in data else 1
        raise InvalidFile(path, line, "found no steps, expected a list of them, such as - next and - answer: …")
    written = scalars_as_written(text)
    return Script(topic, seed, tuple(_step(steps, index, written, path) for index in range(len(steps))))


def _step(steps, index: int, written: dict, path: str) -> Step:
    from utils.strict_yaml import line_of

    step, line = steps[index], line_of(steps, index)
    expected = f"one of {', '.join(WORDS)}, or {', '.join(f'{name}: …' for name in WITH_TEXT)}"
    if isinstance(step, str) and step in WORDS:
        return Step(step, line=line)
    if not isinstance(step, dict):
        found = written.get(("steps", index)) or "a list"
        near = _meant(found, WORDS) or f"; to give it as the answer, write answer: {found}"
        raise InvalidFile(path, line, f'found the step "{found}", expected {expected}{near}')
    if len(step) != 1:
        raise InvalidFile(path, line, f"found {len(step)} fields in a step, expected one; begin each step with -")
    (action,) = step
    line = line_of(step, action)
    if action not in WITH_TEXT:
        hint = f"; write {action} alone" if action in WORDS else _meant(action, WITH_TEXT)
        raise InvalidFile(path, line, f'found the step "{action}:", expected {expected}{hint}')
    value = step[action]
    if isinstance(value, list):
        texts = [written.get(("steps", index, action, place)) for place in range(len(value))]
    else:
        texts = [written.get(("steps", index, action))]
    if value is None or None in texts:
        raise InvalidFile(path, line, f"found no text after {action}:, expected it on that line; quote an empty one")
    return Step(action, ", ".join(texts), line)


def _meant(word: str, words) -> str:
    near = nearest(word, words)
    return f". Did you mean {near}?" if near else ""
