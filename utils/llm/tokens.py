"""Tokens: how many a request cost, as the server counts them or, where it doesn't say, as its text lets one guess."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

BYTES = 4  # of UTF-8 in a token: the rule of thumb for English, which is near enough for a budget


class Tokens(NamedTuple):
    """What was read, and what was written, thoughts included; estimated: at least a part of it is a guess."""

    prompt: int = 0
    completion: int = 0
    estimated: bool = False

    @property
    def total(self) -> int:
        return self.prompt + self.completion

    def plus(self, other: Tokens) -> Tokens:
        return Tokens(self.prompt + other.prompt, self.completion + other.completion, self.estimated or other.estimated)


def counted(said: tuple[int, int], request: Mapping[str, Any], written_bytes: int) -> Tokens:
    """The cost of a request that was answered: as the server said, and estimated in what it did not say.

    said: tokens of prompt and completion, 0 where it said nothing. written_bytes: of the reply and its thoughts.
    """
    prompt, completion = said
    asked = [request["messages"], request.get("response_format") or ""]
    guessed = Tokens(
        -(-len(json.dumps(asked, ensure_ascii=False).encode("utf-8", "replace")) // BYTES), -(-written_bytes // BYTES)
    )
    missing = not prompt or (not completion and guessed.completion > 0)
    return Tokens(prompt or guessed.prompt, completion or guessed.completion, bool(missing))
