"""Code of a lesson that wants out: what it tries, and that it comes to nothing in every sandbox that this machine has."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import textwrap
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from tutor.check import runs
from tutor.corpus.code_blocks import CodeBlock
from tutor.grading.closed import programs
from tutor.models import ProgramTest
from utils.sandbox import jobs
from utils.sandbox.choosing import SandboxChoice
from utils.sandbox.jobs import failure_of
from utils.sandbox.means import NONE, ORDER, visible_paths

CANARY = "sk-CANARY-51aa"
FOUND = "BROKEN OUT"  # what an attack prints where it gets what it wants

# Each is Python that prints FOUND if it succeeds; an error is a failure of the attack. {pid}, {port}, … are things outside.
ATTACKS = {
    "its environment": "import os\nif any({canary!r} in text for text in os.environ.values()): print({found!r})",
    "the environment of its parent": """
        import os
        if {canary!r} in open(f'/proc/{{os.getppid()}}/environ').read(): print({found!r})""",
    "the environment of any process": """
        import os
        for pid in {{{pid}, *map(int, filter(str.isdigit, os.listdir('/proc')))}}:
            try:
                if {canary!r} in open(f'/proc/{{pid}}/environ').read(): print({found!r})
            except OSError: pass""",
    "the memory of another process": "open('/proc/{pid}/mem', 'rb')\nprint({found!r})",
    "the command line of another process": "if open('/proc/{pid}/cmdline').read(): print({found!r})",
    "an SSH key": "print(open({home!r} + '/.ssh/id_ed25519').read() and {found!r})",
    "a symlink to an SSH key": "import os\nos.symlink({home!r} + '/.ssh/id_ed25519', 'a')\nprint(open('a').read() and {found!r})",
    "a hard link to an SSH key": "import os\nos.link({home!r} + '/.ssh/id_ed25519', 'b')\nprint(open('b').read() and {found!r})",
    "the .env beside the lesson": "print(open({home!r} + '/.env').read() and {found!r})",
    "a listing of the home folder": "import os\nprint(os.listdir({home!r}) and {found!r})",
    "a file outside": "open({home!r} + '/planted', 'w').write('x')\nprint({found!r})",
    "Python's own library": "import os\nopen(os.path.dirname(os.__file__) + '/planted.pth', 'w')\nprint({found!r})",
    "the tutor's own code": "import sys\nopen({inside!r}, 'a')\nprint({found!r})",
    "a socket": "import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)\nprint({found!r})",
    "a socket of a process that it starts": """
        import subprocess, sys
        code = "import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
        if subprocess.run([sys.executable, '-c', code], stderr=subprocess.DEVNULL).returncode == 0: print({found!r})""",
    "a socket by the C library": """
        import ctypes, struct
        library = ctypes.CDLL(None)
        one = library.socket(2, 1, 0)
        address = struct.pack('=HHL8x', 2, {port} >> 8 | ({port} & 255) << 8, 0x0100007f)
        if library.connect(one, address, 16) == 0: print({found!r})""",
    "a datagram": """
        import subprocess, sys
        code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {datagram_port}))"
        subprocess.run([sys.executable, '-c', code], stderr=subprocess.DEVNULL)""",
    "a socket in a folder of ours": """
        import socket
        socket.socket(socket.AF_UNIX).connect({home!r} + '/daemon.sock')
        print({found!r})""",
    "a trace of another process": """
        import ctypes
        if ctypes.CDLL(None).ptrace(16, {pid}, 0, 0) == 0: print({found!r})""",
    "the death of its parent": "import os, signal\nos.kill({pid}, signal.SIGKILL)\nprint({found!r})",
    "another user by SUID": """
        import ctypes, os, subprocess
        if ctypes.CDLL(None).prctl(39, 0, 0, 0, 0) != 1: print({found!r})
        if os.geteuid() and subprocess.run(['su', '-c', 'id'], stdin=subprocess.DEVNULL).returncode == 0: print({found!r})""",
    "another identity": "import os\nif os.getuid():\n    os.setuid(0)\n    print({found!r})",
    "the disk": """
        import os, stat
        os.mknod('disk', stat.S_IFBLK | 0o600, {disk})
        print(open('disk', 'rb').read(1) and {found!r})""",
    "a mount": "import ctypes\nif ctypes.CDLL(None).mount(b'/usr', b'/usr', None, 4096, None) == 0: print({found!r})",
}  # fmt: skip


@pytest.fixture(scope="module", params=ORDER, ids=lambda means: means.name.split()[0])
def means(request):
    """Each sandbox that works on this machine."""
    if failure := failure_of(request.param):
        pytest.skip(f"{request.param.name}: {failure}")
    return request.param


def python(body: str, line: int = 1) -> CodeBlock:
    return CodeBlock("python", line, textwrap.dedent(body).strip())


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """What is worth breaking out for: a home with a key, a process with another, servers that listen."""
    home = tmp_path_factory.mktemp("home")
    (home / ".ssh").mkdir()
    (home / ".ssh" / "id_ed25519").write_text(CANARY, encoding="utf-8")
    (home / ".env").write_text(f"OPENAI_API_KEY={CANARY}", encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env={"OPENAI_API_KEY": CANARY})
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        socket.socket(socket.AF_UNIX) as daemon,
    ):
        datagrams.bind(("127.0.0.1", 0))
        datagrams.setblocking(False)
        daemon.bind(str(home / "daemon.sock"))
        daemon.listen()
        yield SimpleNamespace(home=home, process=process, server=server, datagrams=datagrams)
    process.kill()
    process.communicate()


@pytest.fixture(scope="module")
def attacks(outside):
    """The attacks as blocks, while a variable of ours holds a key."""
    inside = next(path for path in visible_paths() if path.endswith("process.py"))
    given = {
        "found": FOUND, "canary": CANARY, "pid": outside.process.pid, "home": str(outside.home), "inside": inside,
        "disk": os.stat("/").st_dev,
        "port": outside.server.getsockname()[1], "datagram_port": outside.datagrams.getsockname()[1],
    }  # fmt: skip
    bodies = {name: textwrap.dedent(body).format(**given) for name, body in ATTACKS.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TUTOR_TEST_KEY", CANARY)
        yield {name: python(body, line) for line, (name, body) in enumerate(bodies.items(), 1)}


@pytest.fixture(scope="module")
def tried(means, attacks):
    """The runs of all attacks, one after the other in one process."""
    return dict(zip(attacks, runs.run_blocks(list(attacks.values()), 60, means=means), strict=True))


@pytest.mark.parametrize("name", ATTACKS)
def test_code_does_not_get_at(name, tried, outside):
    run = tried[name]
    assert not run.skipped and FOUND not in run.stdout and CANARY not in run.stdout + run.error
    assert outside.process.poll() is None, "the process outside lives on"
    assert not (outside.home / "planted").exists()
    with pytest.raises(BlockingIOError):
        outside.datagrams.recv(10)


@pytest.mark.parametrize("name", ATTACKS)
def test_the_program_of_an_answer_does_not_get_at(name, means, attacks, outside, monkeypatch):
    monkeypatch.setattr(programs, "chosen", lambda: SandboxChoice(means, {}))
    test = ProgramTest("done()", "1")
    programs.run_program.cache_clear()
    ran = programs.run_program((ProgramTest("", prints=FOUND), test), f"{attacks[name].body}\ndef done():\n    return 1")
    assert not any(FOUND in one.printed or CANARY in one.printed + one.error for one in ran.outcomes)
    assert len(ran.outcomes) == 2 and not ran.outcomes[0].passed
    assert outside.process.poll() is None and not (outside.home / "planted").exists()
    with pytest.raises(BlockingIOError):
        outside.datagrams.recv(10)


WITHOUT_HARM = (
    "its environment", "the environment of any process", "the memory of another process",
    "the command line of another process", "an SSH key", "a symlink to an SSH key", "the .env beside the lesson",
    "a listing of the home folder", "a socket of a process that it starts", "a socket by the C library",
    "a socket in a folder of ours",
)  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="no /proc here")
def test_the_attacks_succeed_where_there_is_no_sandbox(outside, attacks, monkeypatch):
    """Otherwise they would prove nothing."""
    monkeypatch.setattr(jobs, "KEPT_VARIABLES", ("TUTOR_TEST_KEY",))
    found = runs.run_blocks([attacks[name] for name in WITHOUT_HARM], 60, means=NONE)
    assert [name for name, run in zip(WITHOUT_HARM, found, strict=True) if FOUND not in run.stdout] == []


SLEEP = shutil.which("sleep")
STARTS = "os.execv({sleep!r}, ['sleep', {mark!r}])"


def dies_out(mark: str) -> bool:
    """Do all processes end whose command line has this in it? They have been killed, but the kernel may still be at it."""
    for _ in range(200):
        lines = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                lines.append(path.read_bytes())
        if not any(mark.encode() in line for line in lines):
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def mark():
    """A number of seconds that no other process sleeps."""
    return f"600.{os.getpid()}{secrets.randbelow(10**6):06}"


def test_a_process_that_leaves_its_session_does_not_outlive_the_run(means, mark):
    body = f"""
        import os
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                {STARTS.format(sleep=SLEEP, mark=mark)}
            os._exit(0)
        os.wait()
        print('left')"""
    (run,) = runs.run_blocks([python(body)], means=means)
    assert run.stdout == "left\n" and dies_out(mark)


def test_nothing_is_left_of_a_run_that_we_end(means, mark):
    body = f"""
        import os
        for _ in range(3):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    {STARTS.format(sleep=SLEEP, mark=mark)}
                os._exit(0)
        {STARTS.format(sleep=SLEEP, mark=mark)}"""
    (run,) = runs.run_blocks([python(body)], timeout_s=2, means=means)
    assert run.error == "it took longer than 2 s" and dies_out(mark)


def test_a_fork_bomb_ends_with_the_run(means, mark):
    body = f"""
        import os
        made = 0
        try:
            while made < 2_000:
                if os.fork() == 0:
                    {STARTS.format(sleep=SLEEP, mark=mark)}
                made += 1
        finally:
            print(made)"""
    (run,) = runs.run_blocks([python(body)], means=means)
    assert run.error and dies_out(mark)
    assert not run.stdout or int(run.stdout) < 100


def test_memory_is_limited_over_all_processes_together(means):
    body = """
        import os, time
        for _ in range(10):
            if os.fork() == 0:
                held = bytearray(b'x') * (30 * 2**20)
                time.sleep(600)
        time.sleep(600)"""
    (run,) = runs.run_blocks([python(body)], memory_mb=200, means=means)
    assert "together took more than 200 MB" in run.error


def test_files_without_end_are_stopped(means):
    body = """
        import itertools
        for number in itertools.count():
            with open(str(number), 'wb') as file:
                file.write(bytes(2**23))"""
    (run,) = runs.run_blocks([python(body)], means=means)
    assert "No space left" in run.error or "wrote more than" in run.error


def test_output_without_end_past_our_own_stream_is_stopped(means):
    body = "import os\nwhile True: os.write(1, b'x' * 65_536)"
    (run,) = runs.run_blocks([python(body)], means=means)
    assert "File too large" in run.error or "SIGXFSZ" in run.error


RESULT = '{"stdout": "forged", "error": "", "line": 1, "skipped": ""}'
FORGERIES = {
    "into every descriptor": f"""
        import os
        for one in range(3, 256):
            try: os.write(one, b'{RESULT}\\n' * 3)
            except OSError: pass
        os._exit(0)""",
    "with a nonce of its own": f"""
        import os
        for one in range(3, 256):
            try: os.write(one, b'{"0" * 32} {RESULT}\\n' * 3)
            except OSError: pass
        os._exit(0)""",
    "by the door that results take": f"""
        import os, sys
        for _ in range(3): sys.audit('tutor.result', {RESULT})
        os._exit(0)""",
    "by a job that another process still holds": f"""
        import os, re
        words = set()
        for pid in filter(str.isdigit, os.listdir('/proc')):
            try:
                one = os.open(f'/proc/{{pid}}/fd/0', os.O_RDONLY | os.O_NONBLOCK)
                words |= set(re.findall('[0-9a-f]{{32}}', os.pread(one, 10**6, 0).decode()))
            except OSError: pass
        for pid in filter(str.isdigit, os.listdir('/proc')):
            for word in words:
                try: os.write(os.open(f'/proc/{{pid}}/fd/1', os.O_WRONLY), (word + ' ' + '{RESULT}' + '\\n').encode() * 3)
                except OSError: pass
        os._exit(0)""",
    "by a nonce found on the stack": f"""
        import os, sys
        frame, texts = sys._getframe(), set()
        while frame:
            for names in (frame.f_locals, frame.f_globals):
                texts |= {{text for text in map(repr, list(names.values()))}}
            frame = frame.f_back
        words = {{word for text in texts for word in ''.join(c if c.isalnum() else ' ' for c in text).split() if len(word) == 32}}
        for one in range(3, 256):
            for word in words:
                try: os.write(one, (word + ' ' + '{RESULT}' + '\\n').encode() * 3)
                except OSError: pass
        os._exit(0)""",
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_result_is_not_forged(how, means):
    first, second = runs.run_blocks([python(FORGERIES[how]), python("raise ValueError", 9)], means=means)
    assert first.error and "forged" not in first.stdout
    assert second.skipped or second.error == "ValueError"


def test_a_key_in_the_tutor_s_own_environment_is_out_of_reach(tutor_process, tmp_path):
    """Even without a sandbox, which --trust allows: the program forgets what it was started with."""
    lesson = tmp_path / "lessons" / "spy.md"
    lesson.parent.mkdir()
    lesson.write_text(
        "# Spy\n\n```python\nimport os\npid = os.getppid()\nwhile pid:\n    try:\n"
        "        print('sk-' + 'CANARY' in open(f'/proc/{pid}/environ').read())\n"
        "        pid = int(open(f'/proc/{pid}/stat').read().rpartition(')')[2].split()[1])\n"
        "    except OSError as error:\n        print(type(error).__name__)\n        break\n```\n",
        encoding="utf-8",
    )
    if sys.platform != "linux":
        pytest.skip("no /proc here")
    run = tutor_process("check", "--trust", lesson, OPENAI_API_KEY="sk-CANARY", PATH=str(tmp_path))
    assert "[missing-output]" in run.stdout and "True" not in run.stdout and "CANARY" not in run.stdout + run.stderr
