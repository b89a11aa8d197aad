"""What a server and its model do not take, found out by asking: each refusal leads to one plainer request.

A quirk is named for what is left out. Where a refusal says what it is about, that goes first; in other words, or with a
bare 500, the parts of the request are left out one after the other, each once. What worked is kept for a while.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from utils.llm.faults import ModelFault

NO_EFFORT = "reasoning_effort"  # how hard a model thinks, or this level of it
NO_SCHEMA = "json_schema"  # replies by a JSON schema, but any JSON object may be asked for
NO_FORMAT = "response_format"  # nor that: only the prompt says what is wanted
NO_USAGE = "stream_options"  # the count of tokens at the end of a stream
NO_SYSTEM = "system"  # a message of the system; nor two in a row of the same role
NO_STREAM = "stream"  # pieces: the whole reply comes at once
NO_VERSION = "v1"  # the base URL as it was given, which lacks /v1
UNOPENED = "unopened"  # thoughts come without an opening tag
KNOWN = (NO_EFFORT, NO_SCHEMA, NO_FORMAT, NO_USAGE, NO_SYSTEM, NO_STREAM, NO_VERSION, UNOPENED)

WORDS = {  # what a refusal is about, and how servers say so
    NO_EFFORT: re.compile(r"effort|reasoning|\bthink"),
    NO_USAGE: re.compile(r"stream_options|include_usage"),
    NO_SCHEMA: re.compile(r"schema|json_object|grammar|structured output|response_format\W{1,3}type"),
    NO_FORMAT: re.compile(r"response[_ ]?format|json mode"),
    NO_SYSTEM: re.compile(r"\bsystem\b|\broles?\b|\bdeveloper (?:role|message|instruction)|\balternat"),
    NO_STREAM: re.compile(r"\bstream"),
}
IN_TURN = (NO_EFFORT, NO_SCHEMA, NO_FORMAT, NO_USAGE, NO_SYSTEM, NO_STREAM)
REFUSALS = (400, 406, 415, 422, 501)  # of this request; 500 may also be an outage


class Quirks:
    """What is known of one server and model. keep: called with all of it when something new is found out."""

    def __init__(self, known: Iterable[str] = (), keep: Callable[[frozenset[str]], None] = lambda names: None):
        self.names, self._keep = frozenset(known) & frozenset(KNOWN), keep

    def learn(self, names: Iterable[str]) -> None:
        """A request without these was answered."""
        if not self.names.issuperset(names):
            self.names = self.names.union(names)
            self._keep(self.names)


def shaped(
    messages: Sequence[Mapping[str, str]], response_format: Mapping[str, Any] | None, quirks: Iterable[str], effort: str = ""
) -> dict[str, Any]:
    """The request as a server with these quirks takes it. effort: how hard the model is to think, "" as it does anyway.

    It has neither a temperature nor a limit of tokens, which not all models take, and not under the same name.
    """
    quirks = frozenset(quirks)
    request: dict[str, Any] = {"messages": merged(messages) if NO_SYSTEM in quirks else list(messages)}
    if effort and NO_EFFORT not in quirks:
        request["reasoning_effort"] = effort
    if NO_STREAM not in quirks:
        request["stream"] = True
        if NO_USAGE not in quirks:
            request["stream_options"] = {"include_usage": True}
    if response_format and NO_FORMAT not in quirks:
        is_schema = response_format["type"] == "json_schema"
        request["response_format"] = {"type": "json_object"} if is_schema and NO_SCHEMA in quirks else dict(response_format)
    return request


def merged(messages: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The messages with what the system says put before what the user says, and with roles that alternate."""
    turns: list[dict[str, str]] = []
    for message in messages:
        role = "user" if message["role"] == "system" else message["role"]
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += "\n\n" + message["content"]
        else:
            turns.append({"role": role, "content": message["content"]})
    return turns


def concession(fault: ModelFault, request: Mapping[str, Any], versioned: bool) -> str:
    """The quirk that would explain why this request failed and has not been allowed for yet, or "".

    versioned: whether the address that was asked already says which version of the protocol it speaks.
    """
    if fault.kind == "path":
        return "" if versioned else NO_VERSION
    if fault.status not in (*REFUSALS, 200, 500) or fault.kind:
        return ""
    asked = [quirk for quirk in IN_TURN if _asks_for(quirk, request)]
    said = fault.said.lower()
    named = next((quirk for quirk, words in WORDS.items() if quirk in asked and words.search(said)), "")
    if named or fault.status == 200:
        return named
    if fault.status == 500:  # an outage says nothing of the request, unless a grammar could not be made of the schema
        asked = [quirk for quirk in asked if quirk in (NO_SCHEMA, NO_FORMAT)]
    return asked[0] if asked else ""


def names_its_cause(fault: ModelFault, quirk: str) -> bool:
    """Whether a failure says that it is about this; a bare 500 may pass by itself."""
    return fault.status != 500 or quirk not in WORDS or bool(WORDS[quirk].search(fault.said.lower()))


def _asks_for(quirk: str, request: Mapping[str, Any]) -> bool:
    if quirk == NO_SCHEMA:
        return request.get("response_format", {}).get("type") == "json_schema"
    if quirk == NO_SYSTEM:
        return request["messages"] != merged(request["messages"])
    return bool(request.get(quirk))
