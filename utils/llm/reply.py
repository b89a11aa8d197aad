"""A model's reply: read from the bytes of a response, and kept free of the key."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from utils import strict_json
from utils.llm.endpoint import NO_KEY
from utils.llm.faults import ModelFault, server_message
from utils.llm.tokens import Tokens
from utils.settings import LEAST_KEY
from utils.text import valid

THOUGHTS = ("reasoning_content", "reasoning", "reasoning_details", "thinking")  # fields beside the content
PARTS_WITH_TEXT = ("text", "output_text")
PARTS_WITH_THOUGHTS = ("thinking", "reasoning", "redacted_thinking")
TRUNCATED = re.compile(
    r"length|max_?(?:output_?)?tokens|context_window|abort|cancel|insufficient|error|incomplete", re.IGNORECASE
)
FILTERED = re.compile(r"filter|safety|recitation|blocklist|prohibited|spii|refus|toxic", re.IGNORECASE)
STRAY = 400  # characters kept of what is no event
MAX_TOKENS = 10**12  # that a reply can have cost


class Reply(str):
    """What the model said; a str that also knows how it came about."""

    finish: str = ""  # "stop", or "length" if it was cut off
    model: str = ""
    tokens = Tokens()  # of all tries together

    @property
    def complete(self) -> bool:
        return self.finish == "stop"

    @property
    def truncated(self) -> bool:
        """Whether the server says that it cut the reply off; any other reason to end is a reply that is whole."""
        return bool(TRUNCATED.search(self.finish))


class Afresh(str):
    """A piece that takes back all the pieces before it, because the reply starts afresh. Its text tells a person why."""


class Pause(str):
    """An empty piece: nothing to read has come for a moment. Many follow each other while it lasts."""

    what = ""  # what is being waited for, for a person; "" between two words

    @classmethod
    def waiting_for(cls, what: str) -> Pause:
        pause = cls()
        pause.what = what
        return pause


class ReplyReader:
    """Turns the bytes of a body into pieces of text: server-sent events, or one JSON document if the server does not stream.

    The SDK reads streams too, but it can't be used here: it takes a stream that was cut off for a whole reply, gives no text for
    a document where a stream was asked for, drops what a server says in place of a reply, and reads without a limit.
    """

    def __init__(self) -> None:
        self.fault: ModelFault | None = None
        self.finish = self.model = ""
        self.usage = (0, 0)  # prompt and completion tokens, as the server says
        self.written_bytes = 0  # of text and thoughts
        self.thought = self.thinking = False  # thoughts beside the content have come; they are what came last
        self.replied = False  # a well-formed choice has come, even if it was empty
        self.rest: list[str] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._kind = ""  # "events" or "document", by the first character
        self._text = ""
        self._size = 0  # characters of the pieces
        self._half = ""  # of a surrogate pair, the rest of which may be in the next piece
        self._data: list[str] = []
        self.done = False  # the stream has said that it is
        self._stray = ""  # the beginning of what is no event

    @property
    def truncated(self) -> bool:
        """Whether the server says that the reply was cut; any other reason to end is a reply that is whole."""
        return bool(TRUNCATED.search(self.finish))

    def feed(self, chunk: bytes) -> Iterator[str]:
        """The pieces that these bytes complete."""
        self._text += self._decoder.decode(chunk)
        if len(self._text) > strict_json.REPLY_BYTES:
            self.fault = too_long()
            return
        if not self._kind and (start := self._text.lstrip("\ufeff \t\r\n")):
            self._kind = "document" if start[0] in '{[<n"' else "events"
            self._text = start
        if self._kind != "events":
            return
        *lines, self._text = re.split(r"\r\n|\n|\r(?!\n|$)", self._text)
        for line in lines:
            for piece in self._valid(self._line(line)):
                self._size += len(piece)
                yield piece
        if self._size > strict_json.REPLY_BYTES:
            self.fault = too_long()

    def _valid(self, pieces: Iterator[str]) -> Iterator[str]:
        """The pieces as valid Unicode, also where a server cuts a character in two."""
        for piece in pieces:
            text, self._half = self._half + piece, ""
            if "\ud800" <= text[-1] <= "\udbff":
                text, self._half = text[:-1], text[-1]
            if text:
                yield valid(text)

    def _line(self, line: str) -> Iterator[str]:
        """One line of server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html"""
        if line.startswith("data:"):
            self._data.append(line[5:].removeprefix(" "))
        elif not line and self._data:
            data, self._data = "\n".join(self._data), []
            if data.strip() == "[DONE]":
                self.done = True
            elif not (self.fault or self.done):
                yield from self._event(data)
        elif not re.match(r"$|:|event\b|id\b|retry\b", line) and len(self._stray) < STRAY:
            self._stray += line + " "

    def _event(self, data: str) -> Iterator[str]:
        try:
            event = strict_json.load(data, strict_json.REPLY_BYTES)
        except ValueError:
            self.fault = ModelFault("{host} gave a broken reply: an event that is not JSON", tries=2, said=data)
            return
        yield from self._take(event, "delta")

    def _take(self, document: Any, part: str) -> Iterator[str]:
        """The text in an event (`part` "delta") or in a whole completion ("message")."""
        if not isinstance(document, dict):
            self.fault = ModelFault("{host} gave an empty reply" if document is None else
                                "{host} gave a broken reply: not an object", tries=3)  # fmt: skip
            return
        choices = document.get("choices")
        first = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        if error := document.get("error") or first.get("error") or (document.get("object") == "error" and document):
            self.fault = _reported(error, document)
            return
        if isinstance(document.get("model"), str):
            self.model = valid(document["model"])
        usage = document.get("usage")
        if isinstance(usage, dict):
            asked, written = usage.get("prompt_tokens"), usage.get("completion_tokens")
            self.usage = _count(asked) or self.usage[0], _count(written) or self.usage[1]
        if not isinstance(choices, list):
            if part == "message" or choices is not None:
                self.fault = ModelFault("{host} gave a broken reply: it holds no choices", tries=3)
            return
        if not choices and part == "message":
            self.fault = ModelFault("{host} gave an empty reply: no choice in it", tries=2)
        for choice in choices[:1]:
            yield from self._choice(choice, part)

    def _choice(self, choice: Any, part: str) -> Iterator[str]:
        message = None
        if isinstance(choice, dict):
            message = choice.get(part) or choice.get("message") or choice.get("delta")
            if message is None and (part == "delta" or "text" in choice):
                message = {"content": choice.get("text")}
        if not isinstance(message, dict):
            self.fault = ModelFault("{host} gave a broken reply: a choice without a message", tries=3)
            return
        self.replied = True
        if message.get("refusal"):
            self.fault = declined(message["refusal"])
            return
        finish = choice.get("finish_reason")
        self.finish = valid(finish) if isinstance(finish, str) else self.finish
        if FILTERED.search(self.finish):
            self.fault = ModelFault("the reply was filtered by {host}", about_reply=True)
            return
        content = message.get("content")
        if any(message.get(name) for name in THOUGHTS):
            self.thought = self.thinking = True
            self.written_bytes += max(_size_bytes(message.get(name)) for name in THOUGHTS)  # some say the same in two fields
        if isinstance(content, list):
            for part in content:
                yield from self._part(part)
        elif content is None or isinstance(content, str) or (isinstance(content, dict) and content.get("text")):
            yield from self._part(content)
        else:
            self.fault = ModelFault("{host} gave a broken reply: its content is not text", tries=3)

    def _part(self, part: Any) -> Iterator[str]:
        """The text of a content, or of one part of it; other parts hold thoughts, references, pictures, or what nobody knows."""
        kind = part.get("type") if isinstance(part, dict) else ""
        if kind in PARTS_WITH_THOUGHTS:
            self.thought = self.thinking = True
            self.written_bytes += _size_bytes(part)
        text = part
        if isinstance(part, dict):
            if kind == "refusal":
                self.fault = declined(part.get("refusal"))
            text = part.get("text") if not kind or kind in PARTS_WITH_TEXT else None
            if isinstance(text, dict):
                text = text.get("value")
        if isinstance(text, str) and text:
            self.thinking = False
            self.written_bytes += _size_bytes(text)
            yield text

    def close(self) -> ModelFault | None:
        """What is wrong with the finished reply, or None. `rest` then holds the pieces that only the end made clear."""
        fault = self._close()
        self.rest = [*self._valid(iter(self.rest)), *filter(None, [valid(self._half)])]
        return fault

    def _close(self) -> ModelFault | None:
        if self.fault:
            return self.fault
        if self._kind == "document":
            return self._close_document()
        if self._text or self._data:  # no blank line at the end: complete, or cut off in the middle
            self.rest += [piece for line in (self._text, "") for piece in self._line(line)]
            if self.fault:
                self.fault = ModelFault("the reply of {host} was cut off", tries=2)
        if not self.fault and self.replied and not (self.finish or self.done):
            self.fault = ModelFault("the reply of {host} was cut off", tries=2)
        if not self.fault and self._stray and not self.replied:
            self.fault = ModelFault("{host} gave a broken reply", tries=3, said=self._stray)
        return self.fault

    def _close_document(self) -> ModelFault | None:
        if self._text.lstrip("\ufeff \t\r\n").startswith("<"):
            return ModelFault("", kind="path", status=200, said=server_message(self._text))
        try:
            document = strict_json.load(self._text, strict_json.REPLY_BYTES)
        except ValueError:
            return ModelFault("{host} gave a broken reply: not JSON", tries=3, said=self._text)
        self.rest += self._take(document, "message")
        return self.fault


def _reported(error: Any, document: dict[str, Any]) -> ModelFault:
    """The fault that a server reports in place of a reply, as it does with a status, or in the middle of a stream."""
    code = error.get("code") if isinstance(error, dict) else document.get("code")
    said = server_message(json.dumps({"error": error}))
    status = int(code) if isinstance(code, (int, str)) and re.fullmatch("[45][0-9][0-9]", str(code)) else 200
    return ModelFault("{host} reports", tries=2, status=status, said=said)


def declined(words: Any) -> ModelFault:
    return ModelFault("the model declined to answer", about_reply=True, said=words if isinstance(words, str) else "")


def too_long() -> ModelFault:
    return ModelFault(f"{{host}} gave a reply of more than {strict_json.REPLY_BYTES:,} bytes", about_reply=True)


def _size_bytes(value: Any) -> int:
    """Of a text, or of what else a server sends."""
    text = value if isinstance(value, str) else json.dumps(value) if value else ""
    return len(text.encode("utf-8", "replace"))


def _count(value: Any) -> int:
    """A number of tokens that a server tells; 0 for what can't be one."""
    return value if type(value) is int and 0 <= value <= MAX_TOKENS else 0


class KeyMask:
    """Keeps the key out of a reply that echoes it, wherever the reply is cut into pieces. One of a few letters is no secret."""

    def __init__(self, key: str):
        self._key, self._held = "" if key == NO_KEY or len(key) < LEAST_KEY else key, ""

    def feed(self, piece: str) -> str:
        """What can be passed on: everything except an end that may be the beginning of the key."""
        if not self._key:
            return piece
        text = (self._held + piece).replace(self._key, "…")
        longest = min(len(self._key) - 1, len(text))
        held = next((n for n in range(longest, 0, -1) if self._key.startswith(text[-n:])), 0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def close(self) -> str:
        """What was held back, when nothing more comes."""
        return self._held
