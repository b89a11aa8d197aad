"""The last conversation with `ask`, kept in the cache folder so that `ask -c` can go on with it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from utils.errors import InvalidFile, UsageError
from utils.files import LIMIT_BYTES, read_text, write_atomically

CONVERSATION = "conversation.json"


def keep_conversation(cache: Path, turns: Iterable[tuple[str, str]]) -> None:
    """Keep [(question, answer)] for the next call; where the folder can't be written, nothing is kept."""
    import json

    with suppress(OSError, UsageError):
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(cache / CONVERSATION, json.dumps([list(turn) for turn in turns], ensure_ascii=False))


def load_conversation(cache: Path) -> list[tuple[str, str]]:
    """What keep_conversation kept; [] where there is nothing, or nothing that can be read."""
    from utils import strict_json

    try:
        turns = strict_json.load(read_text(cache / CONVERSATION), LIMIT_BYTES)
        return [(str(question), str(answer)) for question, answer in turns]
    except (InvalidFile, UsageError, ValueError, TypeError):
        return []
