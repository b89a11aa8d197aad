"""`code`: a function or a program to write, or one with a fault to mend, which tests decide on."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from tutor.corpus.bank.fields import BankFields, known_wrong
from tutor.corpus.bank.kinds.item_kind import ItemKind
from tutor.corpus.expressions import ExpressionError, evaluate
from tutor.models import Item, ProgramTest, Variable

MOST_TESTS = 30
FIELDS_OF_A_TEST = ("test", "raises", "prints", "message", "misconception", "reply")


class CodeKind(ItemKind):
    fields = ("starter", "examples", "tests", "reference", "wrong")
    several_lines = is_code = open_ended = True

    def read(self, fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
        if variables:
            fields.refuse(
                "variables", "found variables in a code item, expected none, because its tests give it values; remove them"
            )
        wrong = (replace(known, answer=entry.program("answer")) for known, entry in known_wrong(fields))
        return {
            "starter": fields.program("starter") if "starter" in fields.data else "",
            "tests": (*_tests(fields, "examples", hidden=False), *_tests(fields, "tests", hidden=True)),
            "reference": fields.program("reference"),
            "wrong": tuple(wrong),
        }

    def cannot_be_asked(self, item: Item) -> str:
        from importlib.util import find_spec

        from utils.sandbox.choosing import chosen

        if not chosen().means:
            return f"code is run in a sandbox only, and {chosen()}"
        lacking = [name for name in sorted(_imported(item)) if find_spec(name) is None]
        return f"{lacking[0]} is not installed; the extra `lessons` has it" if lacking else ""

    def entry(self, item: Item) -> dict[str, Any]:
        begun = {"starter": item.starter} if item.starter else {}
        tests = {"examples": [], "tests": []}  # type: dict[str, list[dict[str, str]]]
        for test in item.tests:
            call = f"{test.call} == {test.expected}" if test.expected else test.call
            given = {"test": call, "raises": test.raises, "prints": test.prints, "message": test.message}
            tests["tests" if test.hidden else "examples"].append({name: value for name, value in given.items() if value})
        return {**begun, **tests, "reference": item.reference}

    def question_text(self, item: Item) -> str:
        begun = f"\n\n```python\n{item.starter}\n```" if item.starter else ""
        return f"{item.question}{begun}\n\n{_examples(item)}"

    def how_to_answer(self, item: Item) -> str:
        hidden = sum(test.hidden for test in item.tests)
        return f"Python that passes the examples and {hidden} more test{'s' * (hidden != 1)}"

    def shown_answer(self, item: Item) -> str:
        """As Markdown that shows it as it is."""
        return f"\n\n```python\n{item.reference}\n```"

    def giveaways(self, item: Item) -> list[str]:
        """What the reference holds and the question does not, line by line."""
        shown = {_bare(line) for line in self.question_text(item).split("\n")}
        return [line.strip() for line in item.reference.split("\n") if line.strip() and _bare(line) not in shown]

    def accepted_answers(self, item: Item) -> list[str]:
        return [item.reference]


def _bare(text: str) -> str:
    return "".join(text.split())


def _examples(item: Item) -> str:
    """The examples as a session of Python shows them."""
    lines = []
    for test in item.tests:
        if test.hidden:
            continue
        lines += [f">>> {test.call}"] if test.call else ["what it prints:"]
        lines += [line for line in (test.prints, test.expected, test.raises) if line]
    return "\n".join(["```", *lines, "```"])


def _imported(item: Item) -> set[str]:
    """The packages that the reference imports."""
    found = set()
    for node in ast.walk(ast.parse(item.reference)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


# --------------------------------------------------------------------------------------------------- tests


def _tests(fields: BankFields, name: str, hidden: bool) -> Iterator[ProgramTest]:
    for index, entry in enumerate(fields.entries(name, at_least=1, at_most=MOST_TESTS)):
        given = {"test": entry} if isinstance(entry, str) else entry
        one = fields.child(name, index, given, f"{fields.label} {name.removesuffix('s')} {index + 1}")
        one.allow(FIELDS_OF_A_TEST)
        raises, prints = one.text("raises", required=False), one.program("prints") if "prints" in one.data else ""
        test = one.text("test", required=not prints)
        call, expected = _split(test)
        ways = [bool(expected), bool(raises), bool(prints)]
        if sum(ways) != 1 or (test and call is None):
            fields.refuse(
                (name, index),
                f'{one.label}: found "{test}"{" with raises and prints" * (sum(ways[1:]) > 1)}, expected an expression and the '
                "value that it has, such as mean([1, 2]) == 1.5, or an expression with raises: or prints:; write one",
            )
        yield ProgramTest(
            call or "", expected, raises, prints, one.text("message", required=False), one.misconception(),
            one.text("reply", required=False), hidden,
        )  # fmt: skip


def _split(test: str) -> tuple[str | None, str]:
    """(the expression, the value that it should have as Python writes it, "" where none is given); None for no expression."""
    try:
        node = ast.parse(test, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None, ""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
        left, right = (ast.get_source_segment(test, side) or "" for side in (node.left, node.comparators[0]))
        try:
            value_of(right)
        except ValueError:
            return None, ""
        return left, right
    return test, ""


def value_of(source: str) -> Any:
    """The value that a test expects: a Python literal, or arithmetic with numbers. Raises ValueError."""
    try:
        return ast.literal_eval(source)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        try:
            return evaluate(source, {})
        except ExpressionError as error:
            raise ValueError(str(error)) from None
