"""Stored replies: a cache and a log of calls in SQLite, and cassettes that a pipeline replays without key or network."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils import files, strict_json
from utils.errors import InvalidFile, ModelError
from utils.llm.endpoint import Endpoint, masked
from utils.llm.reply import Reply
from utils.llm.tokens import Tokens
from utils.text import valid

if TYPE_CHECKING:
    from sqlite3 import Connection

FILE_NAME = "replies.db"
CACHED_BYTES = 3 * strict_json.REPLY_BYTES  # of a reply with its escapes
QUIRKS_S = 7 * 86_400.0  # for which what was found out of a server is believed
SCHEMA = """
CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS quirks (key TEXT PRIMARY KEY, names TEXT NOT NULL, until REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, host TEXT NOT NULL, model TEXT NOT NULL, purpose TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, seconds REAL NOT NULL, fault TEXT NOT NULL
) STRICT;
"""


def request_key(endpoint: Endpoint, request: object, number: tuple[int, int], with_address: bool) -> str:
    """A key for a request: all of its content, and the number of the repetition and of the try.

    with_address: tell servers, and efforts, apart too. A cassette doesn't, because it is replayed where there is no server.
    """
    where = [endpoint.base_url, *filter(None, [endpoint.effort])] if with_address else []
    asked = [endpoint.model, request, number, *where]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


class ReplyCache:
    """Complete replies by the key of their request, what is known of servers, and the log of calls, in the cache folder.

    The cache can be rebuilt, so a file that can't be used is ignored and never ends a session.
    """

    def __init__(self, folder: Path, log: bool = True):
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._logs = log
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = folder / FILE_NAME
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._open(path)
        except OSError:
            return

    def _open(self, path: Path) -> None:
        import sqlite3

        try:
            connection = sqlite3.connect(path, timeout=2, isolation_level=None, check_same_thread=False)
            self._connection = connection
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)
        except sqlite3.Error:
            self._connection = None

    def get(self, key: str) -> Reply | None:
        """The reply stored for a request's key."""
        rows = self._run("SELECT reply FROM replies WHERE key = ?", (key,))
        try:
            return from_document(strict_json.load(rows[0][0], CACHED_BYTES)) if rows else None
        except (ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, reply: Reply) -> None:
        self._run("INSERT OR REPLACE INTO replies VALUES (?, ?)", (key, json.dumps(as_document(reply))))

    def quirks(self, endpoint: Endpoint) -> list[str]:
        """What was found out of a server and its model lately: the names of utils.llm.quirks."""
        key = request_key(endpoint, "quirks", (0, 0), True)
        rows = self._run("SELECT names FROM quirks WHERE key = ? AND until > ?", (key, time.time()))
        return str(rows[0][0]).split() if rows else []

    def keep_quirks(self, endpoint: Endpoint, names: Iterable[str]) -> None:
        """Keep that for a week: servers get better, and so do models of the same name."""
        key = request_key(endpoint, "quirks", (0, 0), True)
        self._run("INSERT OR REPLACE INTO quirks VALUES (?, ?, ?)", (key, " ".join(sorted(names)), time.time() + QUIRKS_S))

    def log(
        self, at: str, endpoint: Endpoint, purpose: str, reply: Reply | None, tokens: Tokens, seconds: float, fault: str
    ) -> None:
        """Add a call to the log. at: UTC, ISO 8601. fault: "" if it succeeded."""
        if not self._logs:
            return
        model = (reply.model if reply is not None else "") or endpoint.model
        self._run(
            "INSERT INTO calls (at, host, model, purpose, prompt_tokens, completion_tokens, seconds, fault)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (at, endpoint.host, model, purpose, tokens.prompt, tokens.completion, round(seconds, 3), masked(fault, endpoint)),
        )

    def _run(self, query: str, values: tuple[Any, ...]) -> list[Any]:
        import sqlite3

        with self._lock:
            if self._connection is None:
                return []
            try:
                return self._connection.execute(query, values).fetchall()
            except sqlite3.Error:
                return []

    def close(self) -> None:
        """Close the file, once a thread that an interrupt left behind has done with it: closed under a query, SQLite crashes."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def as_document(reply: Reply) -> dict[str, Any]:
    """A reply as plain values, for JSON and YAML."""
    return {"text": str(reply), "finish": reply.finish, "model": reply.model,
            "tokens": [reply.tokens.prompt, reply.tokens.completion]}  # fmt: skip


def from_document(document: dict[str, Any]) -> Reply:
    """A reply from `as_document`. Raises KeyError, TypeError or ValueError if the document isn't one."""
    text, finish, model, (prompt, completion) = (document[name] for name in ("text", "finish", "model", "tokens"))
    if not all(isinstance(one, str) for one in (text, finish, model)):
        raise TypeError("expected texts in text, finish and model")
    if not all(type(one) is int and one >= 0 for one in (prompt, completion)):
        raise TypeError("expected whole numbers in tokens")
    reply = Reply(valid(text))
    reply.finish, reply.model = valid(finish), valid(model)
    reply.tokens = Tokens(prompt, completion)
    return reply


class Cassette:
    """A YAML file of replies, recorded if it doesn't exist yet and replayed if it does. Keys are sorted; it holds no secret."""

    HEAD = "# Replies of a model, recorded once and replayed from then on. Delete the file to record them again.\n"

    def __init__(self, path: str):
        self.path, self._lock = path, threading.Lock()
        self.replaying = os.path.exists(path)
        self.model = ""
        self._replies: dict[str, dict[str, Any]] = {}
        if self.replaying:
            self._read()

    def _read(self) -> None:
        from utils.strict_yaml import line_of, load

        shown = files.shown_path(self.path)
        data = load(files.read_text(self.path), shown)
        if not isinstance(data, dict) or not isinstance(data.get("replies"), list) or not isinstance(data.get("model"), str):
            raise InvalidFile(shown, 1, "found no cassette, expected model: and replies:; delete the file to record one")
        self.model = data["model"]
        for number, entry in enumerate(data["replies"]):
            try:
                from_document(entry)
                self._replies[entry["key"]] = entry
            except (KeyError, TypeError, ValueError):
                line = line_of(data["replies"], number)
                raise InvalidFile(shown, line, "found a reply without key, text, finish, model and tokens, expected all of "
                                               "them; delete the file to record it again") from None  # fmt: skip

    def get(self, key: str) -> Reply:
        """The reply recorded for a request. Raises ModelError if there is none, because replaying never calls a model."""
        if key not in self._replies:
            raise ModelError(f"{files.shown_path(self.path)}: no reply to this request was recorded; the lessons, the answers or "
                             "the prompts have changed: delete the file to record it again")  # fmt: skip
        return from_document(self._replies[key])

    def put(self, key: str, reply: Reply, messages: Sequence[Mapping[str, str]], endpoint: Endpoint) -> None:
        """Keep a reply until `save`. messages: of its request, the last of which is quoted in the file."""
        asked = " ".join(messages[-1]["content"].split())[:200]
        entry = {"key": key, "asked": asked, **as_document(reply)}
        entry = {name: masked(value, endpoint) if isinstance(value, str) else value for name, value in entry.items()}
        with self._lock:
            self.model = endpoint.model
            self._replies[key] = entry

    def save(self) -> None:
        """Write what was recorded; does nothing when replaying."""
        if self.replaying:
            return
        import yaml

        entries = [self._replies[key] for key in sorted(self._replies)]
        text = yaml.safe_dump({"model": self.model, "replies": entries}, allow_unicode=True, sort_keys=False, width=110)
        files.write_atomically(self.path, self.HEAD + text)
