"""`review --due`: one line where anything is due, for a prompt, a mail or an editor's start.

Nobody waits for such a line, so it comes before the parser of commands is loaded. What is uncommon is left to that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tutor.environment import Environment
from tutor.screen import stdio
from utils import program
from utils.errors import ExitCode
from utils.settings.places import settings_here
from utils.text import plural

VALUED = {"--home": "home", "--docs": "docs"}  # options that it knows by itself


def answered(arguments: Sequence[str]) -> ExitCode | None:
    """Print what there is to print for these arguments of `review`; None, and nothing printed, where it can't be done here."""
    options = _options(arguments)
    if options is None:
        return None
    try:
        settings = settings_here(options)
        if settings.json or settings.verbose:
            return None
        with Environment(settings) as environment:
            items, due, lessons = what_is_due(environment)
            if environment.corpus.warnings:
                return None
            news = environment.records_to_read.news
        if news:
            stdio.say_aside(news)
        if items:
            stdio.put(line_of(items, due, lessons))
        return ExitCode.DONE if items else ExitCode.NOTHING_RUN
    except Exception:  # the ordinary way fails in the same manner, and says why
        return None


def _options(arguments: Sequence[str]) -> dict[str, str] | None:
    """The values of the options; None where there is one that is unknown here."""
    found, rest = {}, list(arguments)
    while rest:
        name, sign, value = rest.pop(0).partition("=")
        if name == "--due" and not sign:
            continue
        if name not in VALUED or not (sign or rest):
            return None
        found[VALUED[name]] = value if sign else rest.pop(0)
    return found


def what_is_due(environment: Environment, limit: int | None = None) -> tuple[int, int, int | None]:
    """(items that a review asks if it begins now, items that are due, lessons); None where it isn't known from how many.

    limit: of items today, in place of the learner's.
    """
    from tutor.learner.due import nudge

    return nudge(environment.corpus, environment.records_to_read, environment.now().astimezone(environment.zone), limit)


def line_of(items: int, due: int, lessons: int | None) -> str:
    """The line for a person."""
    count = plural(items, "question") if items == due else f"{items} of {plural(due, 'question')}"
    which = f" from {plural(lessons, 'lesson')}" if lessons else ", those worth most,"
    return f"{count}{which} to review: ptutor review"


def leave_if_answered() -> None:
    """End the process, which was started with `review --due`, if the line could be told."""
    code = answered(sys.argv[2:])
    if code is not None:
        program.flush()
        os._exit(int(code))  # nobody waits for Python to be taken down
