"""The inside of the process that runs a lesson's code: `python -I -B -S process.py`, as a script, by its path.

It imports only the standard library. Standard input is a JSON document with `blocks` (each with `kind`, `line` and `body`),
`max_output`, `memory_mb`, `cpu_s`, `file_mb`, `processes` (0: any number), `packages` (folders of what is installed), `work`
(the folder to work in), `is_private` (it is in a file system of our own) and `nonce`. What was standard output gets a line
for each block as soon as it is done, the nonce and a JSON document, so that we know how far the run got even after a kill.

What keeps the code from our files and from other processes is the sandbox that this process runs in (`utils.sandbox.means`).
The limits and the refusal of the network in here are a guard against an author's mistakes, with messages that say what is
wrong: code that wants to get past them can.
"""

from __future__ import annotations

import builtins
import io
import json
import os
import sys

TYPE_CHECKING = False  # importing it from typing would take as long as all of the above, before every program of a learner
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any, TextIO

FILE = "<lesson>"
EXTRA = ("numpy", "scipy")  # what the extra `lessons` installs
INSTALL = "pip install -e '.[lessons]'"
MAX_REPR = 160
RESULT = "tutor.result"
TEST = "<test>"
LARGE = 10**300
MOST_DEEP = 20  # levels of a value
NUMPY_TYPES = (
    "ndarray", "bool", "bool_", "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
    "uint64",
)  # fmt: skip
NOBODY = 65534
OPEN_FILES = 256
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def main() -> None:
    job = json.loads(sys.stdin.buffer.read())
    results = os.fdopen(os.dup(1), "w", encoding="ascii")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)  # where processes that the code starts print
    if job["is_private"]:
        enter(job["work"])
    limit(job)
    sys.addaudithook(watchman(results, job.pop("nonce")))
    sys.argv = [""]
    sys.path += job["packages"]  # as the module site does, which was left out
    vars(builtins).update(exit=sys.exit, quit=sys.exit)
    run_all(job)
    os._exit(0)  # without waiting for threads and atexit functions that a block left behind


def enter(work: str) -> None:
    """Go to work in a file system of our own, as nobody where we are the superuser."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    os.mkdir(work)
    os.chdir(work)


def watchman(results: TextIO, nonce: str) -> Callable[[str, tuple[Any, ...]], None]:
    """An audit hook (PEP 578) that writes results, and refuses the network.

    A hook is the one place of an interpreter that its code can't look into, so the nonce is kept in one. It takes results from
    the function that `main` calls and from nobody else: a lesson's own frame stands between its functions and `main`.
    """
    encode, frame_of, caller = json.JSONEncoder().encode, sys._getframe, sys._getframe(1)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == RESULT:
            if frame_of(1).f_back is caller:
                results.write(f"{nonce} {encode(arguments[0])}\n")
                results.flush()
        elif event.startswith("gc.get_"):
            raise PermissionError("a lesson's code can't look into the interpreter")
        else:
            refuse_network(event, arguments)

    return hook


def run_all(job: dict[str, Any]) -> None:
    execute, evaluate, tell = run, run_test, sys.audit  # a block can put others in their place
    untouched = dict(vars(builtins))  # for tests, whatever a block does to its own
    module = sys.modules["__main__"] = type(sys)("__main__")  # where dataclasses and pickle look up names
    hidden = Hidden(module.__dict__)
    here = os.getpid()
    builds_on = ""  # why names from earlier blocks may be missing
    for block in job["blocks"]:
        if block["kind"] == "check":
            hidden.show()
        if block["kind"] == "test":
            result = evaluate(block, module.__dict__, job["max_output"], untouched)
        else:
            result = execute(block, module.__dict__, job["max_output"], builds_on)
        if block["kind"] == "check":
            hidden.take_away(block["line"])
        if missing := result.pop("missing"):
            result["error"] += hidden.why_missing(missing)
        if os.getpid() != here:  # a copy of us that the block made with os.fork
            os._exit(0)
        if result["error"]:
            builds_on = builds_on or f"it builds on the block on line {block['line']}, which failed"
        elif result["skipped"]:
            builds_on = builds_on or f"it builds on the block on line {block['line']}, which was skipped"
        tell(RESULT, result)


class Hidden:
    """What hidden checks define and change, which later checks see and the code that a reader sees doesn't.

    A reader runs the blocks that are shown, one after the other: an import or a random draw in a check must not count for them.
    """

    def __init__(self, names: dict[str, Any]):
        self.names = names  # of the process, for the block that runs
        self.own: dict[str, Any] = {}
        self.before: dict[str, Any] = {}  # the names before the check that runs
        self.drawn: list[tuple[Callable[[Any], Any], Any]] = []  # the random numbers before it
        self.lines: dict[str, int] = {}  # a name -> the line of the check that defines it

    def show(self) -> None:
        """Before a check runs, show it what the checks before it defined."""
        self.before, self.drawn = dict(self.names), random_states()
        self.names.update({**self.own, **self.before})

    def take_away(self, line: int) -> None:
        """After a check on a line has run, take that away again."""
        before = self.before
        changed = {name: value for name, value in self.names.items() if name not in before or value is not before[name]}
        self.own = changed
        self.lines.update({name: line for name in changed if name not in self.lines})
        self.names.clear()
        self.names.update(before)
        restore(self.drawn)

    def why_missing(self, name: str) -> str:
        """What to add to the error about a name that is missing; "" where no check defines it."""
        if name not in self.own:
            return ""
        return f"; only the hidden check on line {self.lines[name]} defines it, and a reader doesn't run that"


def random_states() -> list[tuple[Callable[[Any], Any], Any]]:
    """The state of the random numbers of each module that is loaded, with what sets it."""
    found: list[tuple[Callable[[Any], Any], Any]] = []
    if module := sys.modules.get("random"):
        found.append((module.setstate, module.getstate()))
    if module := sys.modules.get("numpy.random"):
        found.append((module.set_state, module.get_state()))
    return found


def restore(states: list[tuple[Callable[[Any], Any], Any]]) -> None:
    """Set the random numbers back to where they were."""
    for set_state, state in states:
        set_state(state)


def limit(job: dict[str, Any]) -> None:
    """Limit memory, processor time, processes and the size of files, where the system supports it."""
    if os.name == "nt":
        return
    import resource

    limits = {
        "RLIMIT_AS": job["memory_mb"] * 2**20, "RLIMIT_CPU": job["cpu_s"], "RLIMIT_FSIZE": job["file_mb"] * 2**20,
        "RLIMIT_NOFILE": OPEN_FILES, "RLIMIT_NPROC": job["processes"], "RLIMIT_CORE": 0,
    }  # fmt: skip
    if not job["processes"]:
        del limits["RLIMIT_NPROC"]
    for name, amount in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), (amount, amount))
        except (AttributeError, ValueError, OSError):  # macOS refuses RLIMIT_AS
            continue


def refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise PermissionError for what opens a connection. Local socket pairs, which asyncio needs, are allowed."""
    if event == "socket.__new__" and os.name != "nt":
        refused = int(arguments[1]) not in (-1, 1)  # from a descriptor; AF_UNIX
    elif event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        refused = isinstance(address, tuple) and address[0] not in LOOPBACK
    else:
        refused = event in ("socket.getaddrinfo", "socket.gethostbyname") and arguments[0] not in LOOPBACK
    if refused:
        raise PermissionError("there is no network for a lesson's code")


def run(block: dict[str, Any], names: dict[str, Any], max_output: int, builds_on: str) -> dict[str, Any]:
    """What a block printed, the error it ended with or why it was skipped, and the name that it found undefined.

    `line` is that of the lesson.
    """
    printed = Output(max_output)
    result = {"stdout": "", "error": "", "line": block["line"], "skipped": "", "missing": ""}
    if block["kind"] == "torch" and not is_installed("torch"):
        return result | {"skipped": "PyTorch is not installed: pip install torch"}
    kept = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = printed, Output(max_output)
    source = "\n" * block["line"] + block["body"]  # with the line numbers of the lesson
    try:
        if block["kind"] == "plot":
            given = Output(max_output)
            given.write(json.dumps(last_value(source, names), default=plain))
            result["value"] = given.getvalue()
        else:
            exec(compile(source, FILE, "exec", dont_inherit=True), names)
    except BaseException as error:
        missing = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
        if missing in EXTRA:
            result["skipped"] = f"{missing} is not installed: {INSTALL}"
        elif isinstance(error, NameError) and builds_on:
            result["skipped"] = builds_on
        else:
            result["line"] = line_of(error) or block["line"]
            result["missing"] = getattr(error, "name", None) if type(error) is NameError else ""
            result["error"] = describe(error, source, result["line"], names)
    finally:
        sys.stdout, sys.stderr = kept
    return result | {"stdout": printed.getvalue()}


def last_value(source: str, names: dict[str, Any]) -> Any:
    """Run a block and return the value of its last line; None where that is no expression."""
    import ast

    tree = ast.parse(source, FILE)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, FILE, "exec", dont_inherit=True), names)
        return None
    exec(compile(ast.Module(tree.body[:-1], []), FILE, "exec", dont_inherit=True), names)
    return value_of(last.value, names)


def plain(value: Any) -> Any:
    """An array as lists, a number of NumPy as one of Python; what can be gone through as a list."""
    return value.tolist() if hasattr(value, "tolist") else list(value)


def run_test(block: dict[str, Any], names: dict[str, Any], max_output: int, untouched: dict[str, Any]) -> dict[str, Any]:
    """What an expression prints and, as JSON in `value`, what it gives, with the names that the blocks before it defined.

    untouched: the builtins as they were, which no block's own names stand for. What the value should be is not known in here.
    """
    printed = Output(max_output)
    result = {"stdout": "", "error": "", "line": 0, "skipped": "", "value": "", "missing": ""}
    kept = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = printed, Output(max_output)
    try:
        seen = {name: value for name, value in names.items() if name not in untouched}
        code = compile(block["body"], TEST, "eval", dont_inherit=True)
        value = json.dumps(encoded(untouched["eval"](code, {**seen, "__builtins__": untouched})))
        result["value"] = value if len(value) <= max_output else json.dumps({"other": "value that is too large", "shown": ""})
    except BaseException as error:
        result["line"] = line_of(error) or 0
        result["error"] = describe(error, "", 0, names)
    finally:
        sys.stdout, sys.stderr = kept
    return result | {"stdout": printed.getvalue()}


def encoded(value: Any, depth: int = 0) -> Any:
    """A value as JSON holds it: of the plain types exactly, and of numpy's; any other is only named."""
    kind = type(value)
    if value is None or kind in (bool, str) or (kind is int and abs(value) < LARGE):
        return value
    if kind is float:
        return value if abs(value) < float("inf") else {"float": repr(value)}
    if kind in (list, tuple, set, frozenset) and depth < MOST_DEEP:
        return {kind.__name__: [encoded(one, depth + 1) for one in value]}
    if kind is dict and depth < MOST_DEEP:
        return {"dict": [[encoded(key, depth + 1), encoded(one, depth + 1)] for key, one in value.items()]}
    if kind.__module__ == "numpy" and kind.__name__ in NUMPY_TYPES:
        return encoded(value.tolist(), depth + 1)
    try:
        shown = shorten(repr(value))
    except Exception:  # its class is defined in the block
        shown = ""
    return {"other": kind.__name__, "shown": shown}


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
    """The innermost line of the lesson in an error's traceback."""
    if isinstance(error, SyntaxError) and error.filename == FILE:
        return error.lineno
    found, step = None, error.__traceback__
    while step:
        found = step.tb_lineno if step.tb_frame.f_code.co_filename == FILE else found
        step = step.tb_next
    return found


def describe(error: BaseException, source: str, line: int, names: dict[str, Any]) -> str:
    """An error on one line; a failed assertion with its source and the values of its sides."""
    if isinstance(error, MemoryError):
        return "MemoryError: it needs more memory than is allowed"
    if isinstance(error, AssertionError) and source and (found := assertion_at(source, line)):
        import ast

        why = f" ({message})" if (message := message_of(error)) else ""
        return f"{shorten(ast.unparse(found))} does not hold{why}{sides(found.test, names)}"
    message = error.msg if isinstance(error, SyntaxError) else message_of(error)
    return shorten(f"{type(error).__name__}: {message}" if message else type(error).__name__, 400)


def message_of(error: BaseException) -> str:
    """An error's message; "" if it can't say it."""
    try:
        return str(error)
    except Exception:  # its class is defined in the lesson
        return ""


def is_installed(package: str) -> bool:
    from importlib.util import find_spec

    return find_spec(package) is not None


def assertion_at(source: str, line: int) -> ast.Assert | None:
    """The assertion that stands on a line."""
    import ast

    tree = ast.parse(source)
    asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    return next((node for node in asserts if node.lineno <= line <= (node.end_lineno or node.lineno)), None)


def sides(test: ast.expr, names: dict[str, Any]) -> str:
    """`: mean(x) is 0.4017`, for the first comparison of an assertion that fails; "" if that can't be worked out."""
    import ast

    try:
        for part in test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]:
            if isinstance(part, ast.Compare) and len(part.ops) == 1 and not value_of(part, names):
                left, right = value_of(part.left, names), value_of(part.comparators[0], names)
                return f": {shorten(ast.unparse(part.left))} is {shorten(repr(left))}" + (
                    "" if isinstance(part.comparators[0], ast.Constant) else f", the other side {shorten(repr(right))}"
                )
    except Exception:  # local names of a function that has returned, an array that has no truth value
        return ""
    return ""


def value_of(node: ast.expr, names: dict[str, Any]) -> Any:
    """The value of an expression of the lesson."""
    import ast

    return eval(compile(ast.Expression(node), FILE, "eval"), names)


def shorten(text: str, length: int = MAX_REPR) -> str:
    """As utils.text.shorten; this process imports only the standard library."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


if __name__ == "__main__":
    main()
