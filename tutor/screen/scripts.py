"""Scripts: a learner's steps in a YAML file, for `learn --script`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor.models import Draw, Step
from utils.errors import InvalidFile
from utils.files import read_text, shown_path
from utils.text import nearest

WORDS = ("next", "hint", "skip", "simpler", "example", "deeper", "analogy", "back", "appeal", "try", "map", "quit")
WITH_TEXT = ("answer", "ask", "say", "choose", "explain", "estimate")
SCRIPT_FIELDS = ("topic", "seed", "draw", "steps")


@dataclass(frozen=True)
class Script:
    """What a scripted learner does."""

    topic: str | None
    seed: int | None
    draw: int  # the way in which items are drawn for it
    steps: tuple[Step, ...]


def load_script(path: str | Path) -> Script:
    """The script of `learn --script FILE`. Raises InvalidFile with the line, UsageError if there is no such file."""
    return parse_script(read_text(path), shown_path(path))


def parse_script(text: str, path: str) -> Script:
    """A script's YAML: `topic`, `seed`, `draw` and `steps`, each step a word of WORDS or one of WITH_TEXT with its text."""
    from utils.strict_yaml import line_of, load, scalars_as_written

    data = load(text, path)
    if not isinstance(data, dict):
        raise InvalidFile(path, 1, "found no fields, expected steps: and a list of steps below it")
    for name in data:
        if name not in SCRIPT_FIELDS:
            expected = f"expected one of {', '.join(SCRIPT_FIELDS)}{_did_you_mean(name, SCRIPT_FIELDS)}"
            raise InvalidFile(path, line_of(data, name), f'found the field "{name}", {expected}')
    topic, seed, draw, steps = (data.get(name) for name in SCRIPT_FIELDS)
    if topic is not None and not isinstance(topic, str):
        raise InvalidFile(path, line_of(data, "topic"), "found a topic that is not text, expected text in quotes")
    if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool)):
        raise InvalidFile(path, line_of(data, "seed"), f"found the seed {seed}, expected a whole number")
    draw = Draw.FIRST if draw is None else draw
    if draw not in range(1, Draw.LATEST + 1) or isinstance(draw, bool):
        raise InvalidFile(path, line_of(data, "draw"), f"found draw: {draw}, expected a number from 1 to {Draw.LATEST}")
    if not isinstance(steps, list) or not steps:
        line = line_of(data, "steps") if "steps" in data else 1
        raise InvalidFile(path, line, "found no steps, expected a list of them, such as - next and - answer: …")
    written = scalars_as_written(text)
    return Script(topic, seed, draw, tuple(_step(steps, index, written, path) for index in range(len(steps))))


def _step(steps: list, index: int, written: dict, path: str) -> Step:
    from utils.strict_yaml import line_of

    step, line = steps[index], line_of(steps, index)
    expected = f"one of {', '.join(WORDS)}, or {', '.join(f'{name}: …' for name in WITH_TEXT)}"
    if isinstance(step, str) and step in WORDS:
        return Step(step, line=line)
    if not isinstance(step, dict):
        found = written.get(("steps", index)) or "a list"
        near = _did_you_mean(found, WORDS) or f"; to give it as the answer, write answer: {found}"
        raise InvalidFile(path, line, f'found the step "{found}", expected {expected}{near}')
    if len(step) != 1:
        raise InvalidFile(path, line, f"found {len(step)} fields in a step, expected one; begin each step with -")
    (action,) = step
    line = line_of(step, action)
    if action not in WITH_TEXT:
        hint = f"; write {action} alone" if action in WORDS else _did_you_mean(action, WITH_TEXT)
        raise InvalidFile(path, line, f'found the step "{action}:", expected {expected}{hint}')
    value = step[action]
    if isinstance(value, list):
        given = [written.get(("steps", index, action, place)) for place in range(len(value))]
    else:
        given = [written.get(("steps", index, action))]
    texts = [text for text in given if text is not None]
    if value is None or len(texts) < len(given):
        raise InvalidFile(path, line, f"found no text after {action}:, expected it on that line; quote an empty one")
    return Step(action, ", ".join(texts), line)


def _did_you_mean(word: str, words: Sequence[str]) -> str:
    near = nearest(word, words)
    return f". Did you mean {near}?" if near else ""
