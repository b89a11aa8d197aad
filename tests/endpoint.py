"""A fake endpoint on loopback, raw sockets and all, so that it can break in every way that a real one does."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import contextmanager

Answer = Callable[["Request"], Iterable[bytes]]


class Request:
    """What the SDK sent."""

    def __init__(self, head: str, body: bytes):
        self.path = head.split(" ")[1]
        self.head, self.body = head, body
        self.json = json.loads(body) if body else None

    @property
    def messages(self) -> list[dict]:
        return self.json["messages"]


def response(body: bytes | str, status: str = "200 OK", content_type: str = "application/json", **headers) -> list[bytes]:
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"content-type: {content_type}", f"content-length: {len(body)}", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return [("\r\n".join(lines) + "\r\n\r\n").encode() + body]


def error(status: str, message: str, **headers) -> list[bytes]:
    return response(json.dumps({"error": {"message": message}}), status, **headers)


def completion(text, finish="stop", **message) -> list[bytes]:
    """A whole reply in one JSON document, from a server that does not stream."""
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
    return response(json.dumps({"model": "fake", "choices": [choice], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}))


def event(delta=None, finish=None, **values) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return b"data: " + json.dumps({"model": "fake", "choices": choices, **values}).encode() + b"\n\n"


STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


def events(*raw: bytes) -> list[bytes]:
    """A stream of these bytes, ended by closing the connection."""
    return [STREAM_HEAD, *raw]


def streamed(text: str, finish="stop", counts=True) -> list[bytes]:
    """A reply as servers stream it: a few words at a time, then the reason why it ends, then what it cost, if it counts that."""
    words = text.split(" ")
    pieces = [" ".join(words[n : n + 3]) + (" " if n + 3 < len(words) else "") for n in range(0, len(words), 3)]
    usage = {"prompt_tokens": 7, "completion_tokens": len(words)}
    return events(
        event({"role": "assistant", "content": ""}), *(event({"content": piece}) for piece in pieces), event({}, finish),
        *([event(usage=usage)] if counts else []), b"data: [DONE]\n\n",
    )  # fmt: skip


class FakeEndpoint:
    """`answers`: one after the other, the last one for ever; each bytes to send, or a function of the request."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}/v1"
        self.host = f"127.0.0.1:{self.port}"
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket):
        with connection:
            try:
                self._answer(connection)
            except OSError:  # whoever asked has gone
                return

    def _answer(self, connection):
        with self._lock:
            self.connections += 1
            answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if answer == "close":
            return
        data = b""
        while b"\r\n\r\n" not in data:
            came = connection.recv(65536)
            if not came:
                return
            data += came
        head, _, body = data.partition(b"\r\n\r\n")
        text = head.decode("latin-1")
        length = next((int(line.split(":")[1]) for line in text.lower().split("\r\n") if line.startswith("content-length:")), 0)
        while len(body) < length:
            body += connection.recv(65536)
        request = Request(text, body)
        with self._lock:
            self.requests.append(request)
        for piece in answer(request) if callable(answer) else answer:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)

    def close(self):
        self._socket.close()


@contextmanager
def serving(*answers):
    endpoint = FakeEndpoint(*answers)
    try:
        yield endpoint
    finally:
        endpoint.close()
