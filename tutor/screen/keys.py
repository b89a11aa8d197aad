"""The keys of a session: which key stands for which action, and what a typed line means."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.models import Step

KEY_OF = {
    "next": "enter", "simpler": "s", "example": "x", "deeper": "d", "analogy": "y", "ask": "?", "hint": "h", "skip": "k",
    "appeal": "a", "quit": "q",
}  # fmt: skip
ACTION_OF = {key: action for action, key in KEY_OF.items() if key != "enter"}

Keys = Mapping[str, str]  # action -> what it does here, in a word, such as {"ask": "ask"}; "" works without being offered


def hints_line(keys: Keys) -> str:
    """The dim last line: the keys that work here and what they do."""
    return " · ".join(f"{KEY_OF[action]} {word}" for action, word in keys.items() if word)


def as_step(line: str, keys: Keys) -> Step:
    """What a typed line means: one key alone on it, a side question after `?`, else an answer.

    A leading space makes an answer of a line that would otherwise be a key.
    """
    if line.startswith("?") and "ask" in keys:
        return Step("ask", line[1:].strip())
    if not line.strip():
        return Step("next")
    action = ACTION_OF.get(line.lower())
    return Step(action) if action is not None and action in keys else Step("answer", line.strip())
