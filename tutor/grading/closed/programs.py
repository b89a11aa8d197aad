"""Grades of programs: run in a sandbox, and held against tests.

What a test expects never enters the process that runs the program: only its expressions go in, and their values come out.
"""

from __future__ import annotations

import ast
import json
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tutor.corpus.bank.kinds.code import value_of
from tutor.grading.closed.outputs import compared
from tutor.models import Grade, Item, KnownWrong, Met, ProgramTest
from utils.sandbox.choosing import chosen
from utils.sandbox.endings import plain_error, why_ended
from utils.sandbox.jobs import run_job
from utils.text import sanitize, shorten

WALL_S = 20.0  # of the clock, for a program that sleeps
CPU_S = 3  # of processor time
MEMORY_MB = 1024
MAX_OUTPUT = 10_000  # characters that each test may print
SHOWN = 90  # characters of a value or of what is printed
LONGEST = 20_000  # characters of a program
RAISED = re.compile(r"\w*(?:Error|Exit|Exception|Interrupt|Iteration)\b")
NOT_RUN = "it was not run, because the run had ended"
RELATIVE, ABSOLUTE = 1e-6, 1e-9  # how much floats may differ


@dataclass(frozen=True)
class ProgramOutcome:
    """What came of a test."""

    test: ProgramTest
    passed: bool
    got: str = ""  # the value, as Python writes it
    printed: str = ""
    error: str = ""  # why there is no value


@dataclass(frozen=True)
class ProgramRun:
    """What came of a program: an outcome for each test, or why it could not be run."""

    outcomes: tuple[ProgramOutcome, ...] = ()
    problem: str = ""


def grade_program(item: Item, answer: str, language: str = "en") -> Grade:
    """The share of tests that a program passes. One that Python can't read is no try: the learner is told the line."""
    code = program_in(answer)
    ran = run_program(item.tests, code) if code.strip() else ProgramRun(problem="Nothing was typed. Write the program.")
    if not ran.problem and code.strip() == item.starter.strip():
        ran = ProgramRun(problem="That is what was there to begin with. Change it, and hand it in.")
    if ran.problem:
        return Grade(0.0, feedback=ran.problem, misunderstood=ran.problem)
    failed = [one for one in ran.outcomes if not one.passed]
    met = tuple(Met(named(one.test)) for one in ran.outcomes if one.passed)
    if not failed:
        return Grade(1.0, met)
    known = known_program(item, code, ran)
    reply = (known.reply or known.misconception) if known else ""
    said = f"{len(met)} of {len(ran.outcomes)} tests pass. {reply or in_words(failed[0], tells=False)}"
    missed = tuple(named(one.test) for one in failed)
    return Grade(len(met) / len(ran.outcomes), met, missed, said, heard=known.misconception if known else "")


def program_in(answer: str) -> str:
    """The program of an answer, without a fence around it."""
    fenced = re.fullmatch(r"\s*```[a-z]*\n(.*?)\n?```\s*", answer, re.S)
    return (fenced[1] if fenced else answer).expandtabs(4)


@lru_cache(maxsize=64)
def run_program(tests: tuple[ProgramTest, ...], code: str) -> ProgramRun:
    """Run a program, then the expressions of its tests, in a sandbox; without one it is not run."""
    if len(code) > LONGEST:
        return ProgramRun(problem=f"That is longer than {LONGEST:,} characters.")
    means = chosen().means
    if means is None:
        return ProgramRun(problem=f"Code is run in a sandbox only, and {chosen()}.")
    calls = [test for test in tests if test.call]
    blocks = [{"kind": "python", "line": 0, "body": code}, *({"kind": "test", "line": 0, "body": test.call} for test in calls)]
    job = {"blocks": blocks, "memory_mb": MEMORY_MB, "cpu_s": CPU_S, "max_output": MAX_OUTPUT}
    results, ended = run_job(job, WALL_S, None, means)
    begun, following = (results[0] if results else None), iter(results[1:])
    if begun and begun["skipped"]:
        return ProgramRun(problem=f"It was not run: {begun['skipped']}.")
    if begun and begun["error"].startswith(("SyntaxError", "IndentationError", "TabError")):
        return ProgramRun(problem=f"Python can't read it: {plain_error(begun['error'])}{_at(begun)}.")
    why, outcomes = why_ended(ended), []
    for test in tests:
        result = begun if begun is None or begun["error"] or not test.call else next(following, None)
        outcomes.append(_outcome(test, result, why))
        if result is None:
            why = NOT_RUN
    return ProgramRun(tuple(outcomes))


def _outcome(test: ProgramTest, result: dict[str, Any] | None, why: str) -> ProgramOutcome:
    if result is None:
        return ProgramOutcome(test, False, error=why)
    printed, error = sanitize(result["stdout"]).strip(), plain_error(result["error"])
    if test.raises:
        name = re.split(r"\W", error)[0]
        got = _shown(_decoded(result.get("value", ""))) if not error else ""
        return ProgramOutcome(test, name == test.raises, got, printed, error and f"{error}{_at(result)}")
    if error:
        return ProgramOutcome(test, False, "", printed, f"{error}{_at(result)}")
    if test.prints:
        return ProgramOutcome(test, all(line.right for line in compared(test.prints, printed)), printed=printed)
    got = _decoded(result.get("value", ""))
    return ProgramOutcome(test, same(value_of(test.expected), got), _shown(got), printed)


# ------------------------------------------------------------------------------------------------- values


@dataclass(frozen=True)
class Unknown:
    """A value of a type that is none of Python's plain ones: nothing is equal to it."""

    kind: str
    shown: str


def _decoded(value: str) -> Any:
    try:
        return _decode(json.loads(value))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):  # whoever wrote it is not to be trusted
        return Unknown("value that can't be read", "")


def _decode(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "other" in value:
        return Unknown(str(value["other"]), str(value["shown"]))
    ((kind, inside),) = value.items()
    if kind == "dict":
        return {_decode(key): _decode(one) for key, one in inside}
    if kind == "float":
        return float(inside)
    makes = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind]
    return makes(_decode(one) for one in inside)


def same(expected: Any, got: Any) -> bool:
    """Whether a value is the expected one: floats within RELATIVE of it, everything else exactly."""
    if isinstance(expected, bool) or isinstance(got, bool) or expected is None or isinstance(expected, str):
        return type(expected) is type(got) and bool(expected == got)
    if isinstance(expected, (int, float)):
        if not isinstance(got, (int, float)):
            return False
        if isinstance(expected, int) and isinstance(got, int):
            return expected == got
        both_nan = math.isnan(expected) and math.isnan(got)
        return both_nan or math.isclose(expected, got, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    if type(expected) is not type(got):
        return isinstance(expected, (set, frozenset)) and isinstance(got, (set, frozenset)) and expected == got
    if isinstance(expected, (list, tuple)):
        return len(expected) == len(got) and all(map(same, expected, got))
    if isinstance(expected, dict):
        return expected.keys() == got.keys() and all(same(value, got[key]) for key, value in expected.items())
    return bool(expected == got)


def _shown(value: Any) -> str:
    return sanitize(f"a {value.kind} {value.shown}".strip() if isinstance(value, Unknown) else repr(value), newlines=False)


# ------------------------------------------------------------------------------------------------- in words


def named(test: ProgramTest) -> str:
    """A test in full: its expression and what should come of it."""
    if test.expected:
        return f"{test.call} == {test.expected}"
    if test.raises:
        return f"{test.call} raises {test.raises}"
    return f"{test.call or 'it'} prints {shorten(test.prints)}"


def in_words(outcome: ProgramOutcome, tells: bool) -> str:
    """What a failed test asked, what came of it and, for an example or where it may be told, what should have; Markdown."""
    test = outcome.test
    about = f"{test.message.rstrip('. ')}: " if test.message else ""
    asked = in_code(test.call) if test.call else "the program"
    should = ""
    if tells or not test.hidden:
        should = f"expected {in_code(test.expected or test.prints)}" if not test.raises else f"expected a {test.raises}"
    if outcome.error and not RAISED.match(outcome.error):
        return f"{about}{asked}: {outcome.error}"
    if outcome.error:
        came = f"ends with {outcome.error}"
    elif test.prints:
        came = f"prints {in_code(outcome.printed)}" if outcome.printed else "prints nothing"
    else:
        came = f"gives {in_code(outcome.got)}"
        if outcome.got == "None" and test.expected and outcome.printed:
            return f"{about}{asked} prints {in_code(outcome.printed)} and gives back nothing: it needs a `return`"
        if outcome.printed:
            came += f" (and prints {in_code(outcome.printed)})"
    return f"{about}{asked} {came}" + (f", {should}" if should else "")


def told_failures(run: ProgramRun) -> list[ProgramOutcome]:
    """The failed tests that say something of their own: an error that ends several of them is told once."""
    failed, seen = [], {NOT_RUN}
    for one in run.outcomes:
        if not one.passed and one.error not in seen:
            failed.append(one)
        if one.error and not one.test.raises:
            seen.add(one.error)
    return failed


def in_code(text: str) -> str:
    """A text as a span of code in Markdown, on one line and bounded."""
    text = shorten(sanitize(text), SHOWN).replace("`", "ˋ")
    return f"`{text}`"


def _at(result: dict[str, Any]) -> str:
    return f" (line {result['line']})" if result["line"] > 0 else ""


# ------------------------------------------------------------------------------------------------- mistakes


def known_program(item: Item, code: str, ran: ProgramRun) -> KnownWrong | None:
    """The mistake that a program makes: one of the bank's wrong programs, else the misconception of the first test it fails.

    A program that passes no test shows no misconception by that.
    """
    written = _tree(code)
    for known in item.wrong:
        if written and written == _tree(known.answer):
            return known
    failed = [one for one in ran.outcomes if not one.passed]
    if not failed or len(failed) == len(ran.outcomes):
        return None
    first = failed[0].test
    return KnownWrong(code, first.misconception, first.reply) if first.misconception or first.reply else None


def _tree(code: str) -> str:
    try:
        return ast.dump(ast.parse(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
