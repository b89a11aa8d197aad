"""Code of lessons in processes of their own: what is caught, limited, refused and skipped."""

from __future__ import annotations

import os
import select
import sys
import time
from importlib.util import find_spec
from types import SimpleNamespace

import pytest

from tutor.check import runs
from tutor.corpus.code_blocks import CodeBlock, code_blocks_of
from utils.sandbox import jobs
from utils.sandbox.means import NONE


def python(body: str, line: int = 1, info: str = "python") -> CodeBlock:
    return CodeBlock(info, line, body)


def ran(*blocks, **limits):
    return runs.run_blocks(blocks, **limits)


def test_later_blocks_build_on_earlier_names_and_checks_see_them_too():
    runs = ran(python("x = 2\nprint(x)"), python("print(x + 1)", 5), CodeBlock("check", 9, "assert x == 2\n"))
    assert [run.stdout for run in runs] == ["2\n", "3\n", ""]
    assert not any(run.error or run.skipped for run in runs)


def test_code_that_is_shown_runs_without_what_only_hidden_checks_define():
    runs = ran(CodeBlock("check", 1, "import math\nx = 1\n"), python("x = 2\nprint(x)", 5), python("print(math.pi)", 9))
    assert runs[1].stdout == "2\n"
    assert runs[2].error == (
        "NameError: name 'math' is not defined; only the hidden check on line 1 defines it, and a reader doesn't run that"
    )


def test_a_check_sees_what_earlier_checks_defined_and_what_is_shown_now():
    first, second = (
        CodeBlock("check", 1, "y = 1\ndef twice(): return 2 * x\n"),
        CodeBlock("check", 9, "assert twice() == 6 + y - 1\n"),
    )
    assert not any(run.error for run in ran(first, python("x = 3", 5), second))


@pytest.mark.parametrize("module", ["random", "numpy.random"])
def test_a_check_draws_no_random_numbers_from_those_of_the_reader(module):
    if module == "numpy.random":
        pytest.importorskip("numpy")
    begin = python(f"import {module} as r\nr.seed(1)\nr.random()")
    (_, alone), (_, _, with_check) = (
        ran(begin, python("print(r.random())", 9)),
        ran(begin, CodeBlock("check", 5, "assert r.random() < 1\n"), python("print(r.random())", 9)),
    )
    assert alone.stdout == with_check.stdout != ""


def test_a_check_that_fails_leaves_what_is_shown_as_it_was():
    _, check, shown = ran(python("x = 1"), CodeBlock("check", 3, "x = 2\nassert x == 1\n"), python("print(x)", 9))
    assert check.error and shown.stdout == "1\n"


def test_only_python_blocks_and_checks_run():
    runs = ran(CodeBlock("text", 1, "("), CodeBlock("sh", 3, "exit 1"), python("print(1)", 5), CodeBlock("output", 9, "1"))
    assert [run.block.line for run in runs] == [5]


def test_an_error_names_its_line_in_the_lesson():
    text = "# Bread\n\n```python\nx = 1\n\ny = x / 0\n```\n"
    (run,) = runs.run_blocks(code_blocks_of(text))
    assert (run.line, run.error) == (6, "ZeroDivisionError: division by zero")


def test_a_syntax_error_names_its_line_and_later_blocks_still_run():
    first, second = ran(python("x = 1\nx = = 2", 10), python("print('on')", 20))
    assert first.line == 12 and first.error.startswith("SyntaxError")
    assert second.stdout == "on\n"


def test_a_failed_check_shows_the_assertion_and_what_its_side_was():
    _, run = ran(python("w = 0.40166"), CodeBlock("check", 7, "a = 1\nassert a == 1 and round(w, 4) == 0.4016, 'the weight'\n"))
    assert run.line == 9
    assert "assert a == 1 and round(w, 4) == 0.4016" in run.error and "the weight" in run.error
    assert run.error.endswith("round(w, 4) is 0.4017")


def test_what_builds_on_a_failed_block_is_not_told_as_a_second_fault():
    runs = ran(python("x = 1 / 0", 3), python("print(x)", 9), python("print(1)", 15))
    assert runs[0].error and not runs[1].error
    assert "line 3, which failed" in runs[1].skipped
    assert runs[2].stdout == "1\n"


def test_a_no_run_block_is_left_alone():
    (run,) = ran(python("1 / 0", info="python no-run"))
    assert not run.error and "no-run" in run.skipped


def test_a_torch_block_is_skipped_where_torch_is_missing():
    if find_spec("torch"):
        pytest.skip("PyTorch is installed here")
    first, second = ran(python("import torch", 2, "python torch"), python("print(1)", 6))
    assert "pip install torch" in first.skipped and second.stdout == "1\n"


def test_a_missing_numpy_skips_what_needs_it_and_says_how_to_install_it():
    body = "import sys\nsys.modules['numpy'] = None\n"  # what an import of a package that isn't there comes to
    _, first, second, third = ran(python(body), python("import numpy as np", 5), python("np.zeros(1)", 9), python("1", 12))
    assert first.skipped == "numpy is not installed: pip install -e '.[lessons]'"
    assert second.skipped and not second.error
    assert not third.skipped


def test_a_missing_module_of_another_name_is_a_fault():
    (run,) = ran(python("import nosuchmodule"))
    assert "No module named 'nosuchmodule'" in run.error


class Line:
    """A named pipe that code of a lesson holds open: what it says into it, and whether it still lives."""

    def __init__(self, path):
        os.mkfifo(path)
        self.path, self.end = str(path), os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def hear(self) -> bytes:
        """What is said next; nothing where nobody holds the other end any more."""
        poll = select.poll()
        poll.register(self.end, select.POLLIN)
        assert poll.poll(60_000), "whoever holds the pipe neither speaks nor ends"
        return os.read(self.end, 100)

    @property
    def holding(self) -> str:
        """Code that says that it has begun and then never ends."""
        return f"import time\nline = open({self.path!r}, 'w')\nprint('begun', file=line, flush=True)\ntime.sleep(3600)\n"


@pytest.fixture
def line(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    return Line(tmp_path / "line")


def test_a_block_that_never_ends_is_killed_with_what_it_started(line, monkeypatch):
    body = f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {line.holding!r}])\ntime.sleep(3600)\n"
    heard = []

    def looked_at(process):
        heard.append(line.hear())
        return 1, 0

    monkeypatch.setattr(jobs, "usage", looked_at)
    clock = SimpleNamespace(monotonic=lambda: 1e9 if heard else 0, sleep=time.sleep)  # time is up once it has begun
    monkeypatch.setattr(jobs, "time", clock)
    blocks = python("print(1)"), python(body, 5), python("print(2)", 12)
    first, second, third = ran(*blocks, timeout_s=1, means=NONE)
    assert first.stdout == "1\n"
    assert second.error == "it took longer than 1 s" and second.line == 5
    assert "line 5 ended the run" in third.skipped
    assert line.hear() == b"", "the process that the block started has ended"


def test_time_that_is_up_ends_a_block():
    (run,) = ran(python("import time\ntime.sleep(3600)"), timeout_s=0.2)
    assert run.error == "it took longer than 0.2 s"


def test_a_block_that_ends_the_process_is_told_with_its_status():
    first, second = ran(python("import os\nos._exit(3)"), python("print(2)", 9))
    assert "exit status 3" in first.error and second.skipped


def test_sys_exit_is_a_fault_of_its_block_only():
    first, second = ran(python("import sys\nsys.exit(1)"), python("print(2)", 9))
    assert first.error == "SystemExit: 1" and second.stdout == "2\n"


def test_endless_output_is_cut():
    (run,) = ran(python("while True: print('x' * 1000)"))
    assert "too much output" in run.error and len(run.stdout) <= runs.MAX_OUTPUT


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_memory_is_limited():
    (run,) = ran(python("x = bytearray(10**10)"))
    assert "more memory than is allowed" in run.error


@pytest.mark.parametrize(
    "body",
    [
        "import socket\nsocket.create_connection(('192.0.2.1', 80), 1)",
        "import socket\nsocket.socket()",
        "import urllib.request\nurllib.request.urlopen('http://example.org')",
        "import socket\nsocket.getaddrinfo('example.org', 80)",
    ],
)
def test_the_network_is_refused(body):
    (run,) = ran(python(body))
    assert "no network" in run.error


def test_asyncio_works_without_a_network():
    (run,) = ran(python("import asyncio\nasync def f(): return 3\nprint(asyncio.run(f()))"))
    assert run.stdout == "3\n"


def test_stdin_is_empty_and_the_folder_is_fresh_and_gone_afterwards(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    body = (
        "import os, sys\nopen('note', 'w').write('x')\n"
        "print(os.listdir(), sys.stdin.read() == '', 'OPENAI_API_KEY' in os.environ)\nprint(os.getcwd())"
    )
    (run,) = ran(python(body))
    told, folder = run.stdout.splitlines()
    assert told == "['note'] True False"
    assert not os.path.exists(folder)


def test_dataclasses_and_pickle_find_the_names_of_a_block():
    body = (
        "from __future__ import annotations\nimport pickle\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass P:\n    x: int\nprint(pickle.loads(pickle.dumps(P(3))))"
    )
    (run,) = ran(python(body))
    assert run.stdout == "P(x=3)\n"


def test_several_lessons_run_and_each_is_told_when_it_is_done():
    told = []
    finished = runs.run_lessons({name: [python(f"print({name!r})")] for name in "abc"}, done=told.append)
    assert {name: done[0].stdout for name, done in finished.items()} == {name: f"{name}\n" for name in "abc"}
    assert sorted(told) == ["a", "b", "c"]


def test_stopping_us_stops_the_lessons(line, monkeypatch):
    def stop(name):
        assert line.hear() == b"begun\n"
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(runs, "available", lambda: NONE)  # in which a pipe of ours can be opened
    with pytest.raises(KeyboardInterrupt):
        runs.run_lessons({"a": [python("print(1)")], "b": [python(line.holding)]}, done=stop)
    assert line.hear() == b"", "the other lesson has ended"
