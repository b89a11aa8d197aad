"""The inside of the process that runs a lesson's code: `python -I -B code_process.py JOB RESULTS`.

Started by `utils.sandbox` as a script, by its path, so it imports only the standard library. JOB is a JSON file with
`blocks` (each with `kind`, `line` and `body`), `memory_mb`, `cpu_s` and `max_output`; for every block one JSON line is
added to RESULTS as soon as the block is done, so that what was reached is known even after a kill.

The limits and the refusal of the network keep an author's slip from doing harm. They are a guard, not a sandbox: code
that wants out gets out.
"""

from __future__ import annotations

import ast
import importlib.util
import io
import json
import os
import sys
import traceback
import types

FILE = "<lesson>"
EXTRA = ("numpy", "scipy")  # what the extra `lessons` installs
INSTALL = "pip install -e '.[lessons]'"
MAX_REPR = 160
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def main(job_path: str, results_path: str) -> None:
    with open(job_path, encoding="utf-8") as file:
        job = json.load(file)
    limit(job["memory_mb"], job["cpu_s"])
    sys.addaudithook(refuse_network)
    sys.argv = [""]
    with open(results_path, "a", encoding="utf-8") as results:
        run_all(job, results)
    os._exit(0)  # threads and atexit functions that a block left behind have nothing more to say


def run_all(job: dict, results) -> None:
    module = sys.modules["__main__"] = types.ModuleType("__main__")  # where dataclasses and pickle look names up
    here = os.getpid()
    builds_on = ""  # why names of earlier blocks may be missing
    for block in job["blocks"]:
        result = run(block, module.__dict__, job["max_output"], builds_on)
        if os.getpid() != here:  # the copy that a block made with os.fork
            os._exit(0)
        if result["error"]:
            builds_on = builds_on or f"it builds on the block of line {block['line']}, which failed"
        elif result["skipped"]:
            builds_on = builds_on or f"it builds on the block of line {block['line']}, which was skipped"
        results.write(json.dumps(result) + "\n")
        results.flush()


def limit(memory_mb: int, cpu_s: int) -> None:
    """Memory, processor time and the size of files, where the system can limit them."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, amount in (("RLIMIT_AS", memory_mb * 2**20), ("RLIMIT_CPU", cpu_s), ("RLIMIT_FSIZE", 64 * 2**20)):
        try:
            resource.setrlimit(getattr(resource, name), (amount, amount))
        except (AttributeError, ValueError, OSError):  # macOS refuses RLIMIT_AS
            continue
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ValueError, OSError):
        return


def refuse_network(event: str, arguments: tuple) -> None:
    """An audit hook (PEP 578). Local socket pairs, which asyncio needs, are let through."""
    if event == "socket.__new__" and os.name != "nt":
        refused = int(arguments[1]) not in (-1, 1)  # from a descriptor; AF_UNIX
    elif event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        refused = isinstance(address, tuple) and address[0] not in LOOPBACK
    else:
        refused = event in ("socket.getaddrinfo", "socket.gethostbyname") and arguments[0] not in LOOPBACK
    if refused:
        raise PermissionError("there is no network for a lesson's code")


def run(block: dict, names: dict, max_output: int, builds_on: str) -> dict:
    """What a block printed, and the error it ended with or why it was skipped; `line` is that of the lesson."""
    said = Output(max_output)
    result = {"stdout": "", "error": "", "line": block["line"], "skipped": ""}
    if block["kind"] == "torch" and importlib.util.find_spec("torch") is None:
        return result | {"skipped": "PyTorch is not installed: pip install torch"}
    kept = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = said, Output(max_output)
    tree = None
    try:
        tree = ast.parse("\n" * block["line"] + block["body"], FILE)  # so that line numbers are those of the lesson
        exec(compile(tree, FILE, "exec"), names)
    except BaseException as error:
        missing = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
        if missing in EXTRA:
            result["skipped"] = f"{missing} is not installed: {INSTALL}"
        elif isinstance(error, NameError) and builds_on:
            result["skipped"] = builds_on
        else:
            result["line"] = line_of(error) or block["line"]
            result["error"] = described(error, tree, result["line"], names)
    finally:
        sys.stdout, sys.stderr = kept
    return result | {"stdout": said.getvalue()}


class Output(io.StringIO):
    """What a block prints, up to a limit."""

    def __init__(self, max_characters: int):
        super().__init__()
        self.left = max_characters

    def write(self, text: str) -> int:
        self.left -= len(text)
        if self.left < 0:
            raise RuntimeError("too much output; print less")
        return super().write(text)


def line_of(error: BaseException) -> int | None:
    """The innermost line of the lesson that an error went through."""
    if isinstance(error, SyntaxError) and error.filename == FILE:
        return error.lineno
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    return lines[-1] if lines else None


def described(error: BaseException, tree, line: int, names: dict) -> str:
    """An error on one line; a failed assertion with its source and what its sides were."""
    if isinstance(error, MemoryError):
        return "MemoryError: it needs more memory than is allowed"
    if isinstance(error, AssertionError) and tree and (found := assertion_at(tree, line)):
        said = f" ({message})" if (message := said_by(error)) else ""
        return f"{clipped(ast.unparse(found))} does not hold{said}{sides(found.test, names)}"
    message = error.msg if isinstance(error, SyntaxError) else said_by(error)
    return clipped(f"{type(error).__name__}: {message}" if message else type(error).__name__, 400)


def said_by(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # its class is the lesson's own
        return ""


def assertion_at(tree, line: int):
    asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    return next((node for node in asserts if node.lineno <= line <= node.end_lineno), None)


def sides(test, names: dict) -> str:
    """`: the left side is 0.4017`, for the first comparison of an assertion that fails; "" where that can't be told."""
    try:
        for part in test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]:
            if isinstance(part, ast.Compare) and len(part.ops) == 1 and not value_of(part, names):
                left, right = value_of(part.left, names), value_of(part.comparators[0], names)
                return f": {clipped(ast.unparse(part.left))} is {clipped(repr(left))}" + (
                    "" if isinstance(part.comparators[0], ast.Constant) else f", the other side {clipped(repr(right))}"
                )
    except Exception:  # names of a function that has been left, an array without one truth value
        return ""
    return ""


def value_of(node, names: dict):
    return eval(compile(ast.Expression(node), FILE, "eval"), names)


def clipped(text: str, length: int = MAX_REPR) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
