"""Which lessons and banks `check` looks at, from the paths it was given."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tutor.corpus.corpus import Corpus, docs_folder, open_corpus
from tutor.models import BANK_SUFFIX
from utils import files
from utils.errors import UsageError
from utils.settings import Settings


@dataclass
class Selection:
    """The lessons of one folder that are to be checked."""

    corpus: Corpus
    lessons: list[str] = field(default_factory=list)  # ids
    banks: list[str] = field(default_factory=list)  # ids of those whose bank is to be checked
    strays: list[str] = field(default_factory=list)  # ids of banks without a lesson


def selections(settings: Settings, paths: Sequence[str]) -> list[Selection]:
    """What the paths name, by folder of lessons; with no path, all of --docs. Raises UsageError for a path that is wrong."""
    docs = docs_folder(settings.docs)
    by_root: dict[str, Selection] = {}
    for path in [Path(path) for path in paths] or [docs]:
        if not os.path.exists(path):
            raise UsageError(f"{files.shown_path(path)}: there is no such file or folder; name a folder of Markdown, "
                             "a lesson (.md) or a bank (.quiz.yaml)")  # fmt: skip
        if not (path.is_file() or path.is_dir()):  # a device may never end, and a pipe never begin
            raise UsageError(f"{files.shown_path(path)}: found neither a file nor a folder, expected a folder of Markdown, "
                             "a lesson (.md) or a bank (.quiz.yaml); name one")  # fmt: skip
        if path.is_file() and path.suffix != ".md" and not path.name.endswith(BANK_SUFFIX):
            raise UsageError(f"{files.shown_path(path)}: found neither a lesson (.md) nor a bank (.quiz.yaml); name one")
        folder = Path(os.path.realpath(path if path.is_dir() else path.parent))
        real = folder if path.is_dir() else folder / path.name
        # A part of --docs is checked as part of it, so that prerequisites and links resolve.
        real_docs = Path(os.path.realpath(docs))
        root = docs if real_docs in (folder, *folder.parents) else path if path.is_dir() else path.parent
        key = os.path.realpath(root)
        if key not in by_root:
            by_root[key] = Selection(open_corpus(root))
        _choose(by_root[key], path, real.relative_to(key).as_posix())
    return list(by_root.values())


def _choose(selection: Selection, path: Path, relative: str) -> None:
    corpus = selection.corpus
    if path.is_dir():
        within = [one for one in corpus.ids() if relative == "." or one.startswith(relative + "/")]
        if not within:
            raise UsageError(f"{files.shown_path(path)}: no lessons: there is no .md file in it; name another folder")
        _add(selection.lessons, within)
        _add(selection.banks, within)
        _add(selection.strays, _stray_banks(corpus, within))
        return
    is_bank = path.name.endswith(BANK_SUFFIX)
    lesson_id = relative.removesuffix(BANK_SUFFIX if is_bank else ".md")
    if lesson_id in corpus.files:
        _add(selection.banks, [lesson_id])
        _add([] if is_bank else selection.lessons, [lesson_id])
    elif is_bank:
        _add(selection.strays, [lesson_id])
    else:
        raise UsageError(f"{files.shown_path(path)}: it is not a lesson: it says lesson: false, is ignored, or has a name "
                         "such as README; name a lesson")  # fmt: skip


def _add(chosen: list[str], more: Iterable[str]) -> None:
    chosen += [one for one in more if one not in chosen]


def _stray_banks(corpus: Corpus, within: Sequence[str]) -> list[str]:
    """Ids of banks in the folders of these lessons that have no lesson of their own."""
    found = []
    for folder in sorted({posixpath.dirname(lesson_id) for lesson_id in within}):
        for path in sorted((corpus.folder / folder).glob("*" + BANK_SUFFIX)):
            lesson_id = posixpath.join(folder, path.name.removesuffix(BANK_SUFFIX))
            is_hidden = path.name.startswith(".") or path.is_symlink()
            if lesson_id not in corpus.files and path.is_file() and not is_hidden:
                found.append(lesson_id)
    return found
