"""Files: where ours are, and how to read and write safely.

A folder of documents may come from anywhere, so nothing outside it is ever read through it: `read_inside` refuses a link
that leads out, even one that appeared after the folder was listed. (A hard link can't be told from the file itself.)
"""

from __future__ import annotations

import errno
import io
import itertools
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Union

from utils.errors import InvalidFile, UsageError
from utils.strict_json import LINE_BYTES

LIMIT_BYTES = 5_000_000  # of a document
ENDLESS_LINE_BYTES = 100_000_000  # a line that is longer isn't passed over
LINE_ENDS = re.compile("[\r\n]")
AnyPath = Union[str, "os.PathLike[str]"]
BYTE_ORDER_MARKS = {  # longer ones first, because the mark of UTF-32 begins with that of UTF-16
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


# ------------------------------------------------------------------------------------------------- folders


def home_folder(option: str | None) -> Path:
    """The folder for records, settings and logs: --home, TUTOR_HOME, else the platform's folder for user data."""
    chosen = option or os.environ.get("TUTOR_HOME")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_dir

    return Path(user_data_dir("pocket-tutor", appauthor=False))


def config_folder(option: str | None) -> Path:
    """The folder for config.toml: --home or TUTOR_HOME, else the platform's folder for settings."""
    if option or os.environ.get("TUTOR_HOME"):
        return home_folder(option)
    from platformdirs import user_config_dir

    return Path(user_config_dir("pocket-tutor", appauthor=False))


def cache_folder(option: str | None) -> Path:
    """The folder for what can be rebuilt: `cache` in --home or TUTOR_HOME, else the platform's folder for caches."""
    if option or os.environ.get("TUTOR_HOME"):
        return home_folder(option) / "cache"
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("pocket-tutor", appauthor=False))


def shown_path(path: AnyPath) -> str:
    """A path for people: relative if it is inside the working folder, with bytes that are not UTF-8 as \\xff."""
    return shown_plainly(str(Path(path)))


def shown_plainly(path: str) -> str:
    """Like shown_path, for a normalized path; without pathlib, which is slow for many thousands of paths."""
    return printable(from_here(path))


def from_here(path: str) -> str:
    """A normalized path, relative if it is inside the working folder."""
    with suppress(OSError):  # the working folder was deleted
        here = os.getcwd()
        if path == here:
            return "."
        path = path.removeprefix(here.rstrip(os.sep) + os.sep)
    return path


def encoded(name: str) -> bytes:
    """The bytes of a file name. Half of a surrogate pair, which JSON can hold but no file system, becomes its escape."""
    try:
        return os.fsencode(name)
    except UnicodeEncodeError:
        return name.encode("utf-8", "backslashreplace")


def printable(name: str) -> str:
    """A file name on one line: bytes that are not UTF-8 as \\xff, and line ends as \\x0a."""
    shown = encoded(name).decode("utf-8", "backslashreplace")
    return LINE_ENDS.sub(lambda match: f"\\x{ord(match[0]):02x}", shown)


# ------------------------------------------------------------------------------------------------- reading


def read_text(path: AnyPath, limit_bytes: int = LIMIT_BYTES) -> str:
    """The text of a UTF-8 file that a person named; it may be a link, or a pipe that somebody writes to.

    Raises UsageError if it can't be read, InvalidFile if it is too long or not UTF-8.
    """
    with _opened(path) as file, reading(path):
        data = file.read(limit_bytes + 1)
    return decode(data, shown_path(path), limit_bytes)


@contextmanager
def lines_of(path: AnyPath) -> Iterator[Iterator[tuple[int, str]]]:
    """(1-based number, text) of each line that is not blank, read as needed; `-` is standard input.

    Bytes that are not UTF-8 become replacement characters, and a line of more than LINE_BYTES is cut just behind them, so
    that a bad line doesn't stop the reading of a long file. A line that seems never to end does: InvalidFile.
    """
    if str(path) == "-" and sys.stdin is None:
        raise UsageError("standard input is closed; name a file, or pipe one in")
    with sys.stdin.buffer if str(path) == "-" else _opened(path) as file:
        texts = ((number, _text_of(line)) for number, line in _bounded_lines(file, path))
        yield ((number, text) for number, text in texts if text)


def exact_lines_of(path: AnyPath, most_bytes: int) -> Iterator[tuple[int, str]]:
    """(1-based number, text) of each line of a UTF-8 file of which every line matters; `-` is standard input.

    Raises UsageError where it can't be read, InvalidFile at the first line that is longer or not UTF-8.
    """
    if str(path) == "-" and sys.stdin is None:
        raise UsageError("standard input is closed; name a file, or pipe one in")
    with sys.stdin.buffer if str(path) == "-" else _opened(path) as file:
        for number in itertools.count(1):
            with reading(path):
                line = file.readline(most_bytes + 1)
            if not line:
                return
            if len(line) > most_bytes:
                found = f"found a line of more than {most_bytes:,} bytes, expected at most that; is it the right one?"
                raise InvalidFile(shown_path(path), number, found)
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError as error:
                found = f"found the byte 0x{line[error.start]:02x}, expected UTF-8; is it the right one?"
                raise InvalidFile(shown_path(path), number, found) from None
            yield number, text.rstrip("\r\n")


def _text_of(line: bytes) -> str:
    """A line's text without the blanks around it; one that was cut stays longer than a line may be."""
    text = line.decode("utf-8", "replace")
    return text if len(line) > LINE_BYTES and not line.endswith(b"\n") else text.strip()


def _bounded_lines(file: BinaryIO, path: AnyPath) -> Iterator[tuple[int, bytes]]:
    for number in itertools.count(1):
        with reading(path):
            line = piece = file.readline(LINE_BYTES + 1)
            passed_over = 0
            while len(piece) > LINE_BYTES and not piece.endswith(b"\n") and passed_over <= ENDLESS_LINE_BYTES:
                piece = file.readline(LINE_BYTES + 1)
                passed_over += len(piece)
        if passed_over > ENDLESS_LINE_BYTES:
            raise InvalidFile(shown_path(path), number, f"found a line of more than {passed_over:,} bytes, expected at most "
                                                        f"{LINE_BYTES:,}; give a file of JSON lines")  # fmt: skip
        if not line:
            return
        yield number, line


def _opened(path: AnyPath) -> BinaryIO:
    """A file that a person named, or a pipe that somebody writes to. Raises UsageError.

    Neither is ever waited for: a pipe without a writer is refused, and so is a device, which may have no end.
    """
    if not hasattr(os, "O_NONBLOCK"):  # Windows
        with reading(path):
            return open(path, "rb")
    with reading(path):
        raw = _Pipe(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK))
    mode = os.fstat(raw.fileno()).st_mode
    file = io.BufferedReader(raw)
    if stat.S_ISREG(mode) or (stat.S_ISFIFO(mode) and (file.peek(1) or raw.waits)):
        os.set_blocking(raw.fileno(), True)
        return file
    file.close()
    raise UsageError(f"{shown_path(path)}: found what is not a regular file, expected one; check the name, or give "
                     "- for standard input")  # fmt: skip


class _Pipe(io.FileIO):
    """A pipe that is looked into before it is read. waits: there is nothing yet, but somebody who may write."""

    waits = False

    def readinto(self, buffer: Any) -> Any:
        count = super().readinto(buffer)
        self.waits = count is None
        return count


@contextmanager
def reading(path: AnyPath) -> Iterator[None]:
    """Turn what the system says of a file that can't be opened or read into a UsageError."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"{shown_path(path)}: could not be read: {error.strerror}; check the name") from None
    except ValueError:  # a NUL in the name
        raise UsageError(f"{shown_path(path)}: could not be read: this can't be a file name; check it") from None


def decode(data: bytes, shown: str, limit_bytes: int) -> str:
    """The text of a file's bytes. shown: its path, for messages. Raises InvalidFile."""
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
    """A descriptor of the regular file `relative` under `root`, opened without following any link below `root`.

    We go folder by folder from an open descriptor, so that nothing that is swapped in meanwhile can lead out.
    Raises OSError.
    """
    here = os.open(root, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        *folders, name = relative.split("/")
        for folder in folders:
            inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = inner
        # O_NONBLOCK, so that a pipe that was swapped in can't block us
        found = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
    finally:
        os.close(here)
    return _regular(found, name)


def _open_checked(root: str, relative: str) -> int:
    """Like _open_inside where files can't be opened relative to a folder (Windows): checked for where it is, then opened."""
    path = os.path.join(root, *relative.split("/"))
    if not is_within(os.path.realpath(path), root):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return _regular(os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0)), path)


def _regular(descriptor: int, name: str) -> int:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", name)
    return descriptor


def is_within(path: str, folder: str) -> bool:
    """Is a path a folder or inside it? Both are real paths."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def read_inside(root: str, relative: str, count: int) -> bytes:
    """At most `count` bytes of a file below `root`. Raises OSError, also for a link that leads out."""
    opener = _open_inside if os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW") else _open_checked
    with open(opener(root, relative), "rb") as file:
        return file.read(count)


# ------------------------------------------------------------------------------------------------- writing


def write_atomically(path: AnyPath, text: str) -> None:
    """Write a whole file, or leave the old one as it was. For a link, its target is replaced; a device is written to.

    Raises UsageError naming the path and the reason.
    """
    data = text.encode("utf-8", "backslashreplace")
    target = os.path.realpath(path)
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            with _device(target) as device:
                device.write(data)
            return
        _replace(target, data)
    except OSError as error:
        raise _unwritable(path, error) from None


def _device(path: str) -> BinaryIO:
    """A device, or a pipe that somebody reads, to write to. Raises OSError at once where nobody does."""
    descriptor = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if hasattr(os, "O_NONBLOCK"):
        os.set_blocking(descriptor, True)
    return os.fdopen(descriptor, "wb")


def refuse_unwritable(path: AnyPath) -> None:
    """Raise the UsageError that `write_atomically` would raise, before long work instead of after it."""
    target = os.path.realpath(path)
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            _device(target).close()
            return
        temporary = _temporary_beside(target)
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        os.unlink(temporary)
    except OSError as error:
        raise _unwritable(path, error) from None


def refuse_unwritable_folder(folder: Path) -> None:
    """Raises UsageError where nothing could be written into a folder, or it could not be made. Nothing is made here."""
    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
        raise UsageError(f"{shown_path(folder)}: nothing can be written there; name another folder with --home or TUTOR_HOME")


def write_new(path: AnyPath, text: str) -> None:
    """Write a file that does not exist yet, or is empty, so that nobody's work is overwritten. Raises UsageError."""
    if os.path.isfile(path) and os.path.getsize(path):
        raise UsageError(f"{shown_path(path)}: already exists, and may hold answers; choose another name, or remove it")
    write_atomically(path, text)


def refuse_other_file(path: AnyPath, mark: str, what: str) -> None:
    """Raises UsageError where writing `what` would overwrite a file that doesn't have its mark near the beginning, such as a
    lesson, or where it can't be written."""
    if os.path.isfile(path) and os.path.getsize(path):
        with reading(path), open(path, "rb") as file:
            head = file.read(1_000)
        if mark.encode() not in head:
            raise UsageError(f"{shown_path(path)}: found a file that is no {what}, expected one, or a new name; choose another "
                             "name, or remove the file")  # fmt: skip
    refuse_unwritable(path)


def append_text(path: AnyPath, text: str) -> None:
    """Add to the end of a file, which is created if it does not exist. Raises UsageError."""
    try:
        with open(path, "ab") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise _unwritable(path, error) from None


def size_bytes(path: AnyPath) -> int:
    """The size of a file, 0 if it does not exist."""
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def _unwritable(path: AnyPath, error: OSError) -> UsageError:
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


def write_crash_log(error: BaseException) -> str:
    """Save the traceback of a bug for a developer. Returns the file's path, for people. Never raises."""
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
