"""A program that a person has handed in, run while a line says so."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tutor import grading
from tutor.corpus import bank
from tutor.models import Item

if TYPE_CHECKING:
    from tutor.screen.terminal import Terminal


def run_if_program(terminal: Terminal, item: Item, answer: str, language: str) -> None:
    """Run an answer that is a program before it is graded; the run is remembered. Nobody waits where nobody is there."""
    if answer and terminal.attended and bank.kind_of(item).is_code:
        terminal.run_meanwhile(partial(grading.grade, item, answer, language=language), "running your program")
