"""Runs one job, a lesson's blocks, in a sandbox, and reads what came of it without trusting a byte of it.

The job goes in on standard input. Results come back over a pipe that was standard output, each line with a nonce that only
the job held, so that nothing which the code prints or writes can pass for one. (An author who wants to can still print what
the lesson shows.) Time, memory, processes and files are limited for all processes of the job together.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import site
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from utils import program
from utils.sandbox.means import INSIDE, NONE, PRIVATE, PROCESSES, TMP_MB, Means, bare_python

KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH")  # none of the user's keys reaches a lesson
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
LOOK_S = 0.1  # how often the processes of a job are looked at
KILLS = 1_000  # rounds until everything must have ended that we can end
MANY_FILES = 10_000  # of a job
TRIAL_S = 20.0
REFUSALS = ("FileNotFoundError", "PermissionError")  # to open a file
ENDED = "the process ended here, with "
LEAST_ROOM = 200  # characters of a value, which may be told to be too large
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
FIELDS = {"stdout": str, "error": str, "skipped": str, "line": int}  # of a result

Watch = Callable[["subprocess.Popen[bytes]"], None]


def run_job(
    job: dict[str, Any], timeout_s: float, watch: Watch | None = None, means: Means = NONE
) -> tuple[list[dict[str, Any]], str]:
    """(a result for each block that was run, how the block after them ended the process).

    job: `blocks` ([{kind, line, body}]), `memory_mb`, `cpu_s`, `max_output` in characters. watch: called with the process
    as soon as it runs. Raises OSError where the means isn't there.
    """
    program.hide_environment(KEPT_VARIABLES)
    nonce = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="tutor-check-", ignore_cleanup_errors=True) as folder:
        work = os.path.join(folder, "work")
        os.mkdir(work)
        inside = PRIVATE if means.has_private_tmp else work
        limits = {"work": inside, "is_private": means.has_private_tmp, "processes": means.processes(), "file_mb": TMP_MB}
        order = json.dumps({**job, **limits, "nonce": nonce, "packages": site.getsitepackages()}).encode()
        with tempfile.TemporaryFile() as noise:
            process = subprocess.Popen(
                [*means.lead(folder), *bare_python(), str(INSIDE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=noise,
                cwd=work, env=_environment(inside), start_new_session=True,
            )  # fmt: skip
            listener = Listener(process, order, 8 * (len(job["blocks"]) + 1) * job["max_output"])
            try:
                if watch:
                    watch(process)
                ended = _wait(process, listener, None if means.has_private_tmp else work, job["memory_mb"], timeout_s)
            finally:
                end(process)
                listener.join(LOOK_S)
            results, forged = results_of(bytes(listener.heard), nonce, job["max_output"])
            return results, forged or ended or _describe_end(process.returncode, noise)


def failure_of(means: Means) -> str:
    """Why a means can't be used here, found out by running code that looks for a file of ours; "" if it can."""
    with tempfile.NamedTemporaryFile(prefix="tutor-canary-") as canary:
        job = {
            "blocks": [{"kind": "python", "line": 1, "body": f"open({canary.name!r})"}],
            "memory_mb": 1024,
            "cpu_s": 10,
            "max_output": 1000,
        }
        try:
            results, ended = run_job(job, TRIAL_S, None, means)
        except OSError as error:
            return error.strerror or str(error)
    if not results:
        return re.sub(rf"^{ENDED}exit status \d+: ", "", ended)
    return "" if results[0]["error"].startswith(REFUSALS) else "it does not hide our files"


class Listener(threading.Thread):
    """Tells a process its job, then takes in what it writes to its standard output, up to a limit.

    The job goes through a pipe, which is empty once it is read: in a file, the code could read it again.
    """

    def __init__(self, process: subprocess.Popen[bytes], order: bytes, max_bytes: int):
        super().__init__(daemon=True)
        assert process.stdin and process.stdout
        self.order, self.job, self.pipe = order, process.stdin, process.stdout
        self.max_bytes, self.heard = max_bytes, bytearray()
        self.start()

    def run(self) -> None:
        with suppress(OSError), self.job:  # it ended before it had read all
            self.job.write(self.order)
        with self.pipe:
            while len(self.heard) <= self.max_bytes and (some := os.read(self.pipe.fileno(), 65_536)):
                self.heard += some


def _wait(
    process: subprocess.Popen[bytes], listener: Listener, work: str | None, memory_mb: int, timeout_s: float
) -> str:  # fmt: skip
    """Wait until a job has ended by itself, or has to be ended: then why. work: a folder of ours that it writes to."""
    until = time.monotonic() + timeout_s
    while listener.is_alive() and process.poll() is None:
        listener.join(LOOK_S)
        count, resident = usage(process.pid)
        if count > 2 * PROCESSES:
            return f"it started more than {PROCESSES} processes"
        if resident > memory_mb * 2**20:
            return f"its processes together took more than {memory_mb:,} MB of memory"
        if work and written(work) > 2 * TMP_MB * 2**20:
            return f"it wrote more than {2 * TMP_MB} MB of files"
        if time.monotonic() > until:
            return f"it took longer than {timeout_s:g} s"
    if len(listener.heard) > listener.max_bytes:
        return "it wrote too much"
    try:
        process.wait(max(LOOK_S, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        return f"it took longer than {timeout_s:g} s"
    return ""


def tree(pid: int) -> list[int]:
    """A process and all that come from it and run, the eldest first; on other systems than Linux, only the one."""
    found = [pid]
    for one in found:
        with suppress(OSError):  # it has ended
            for thread in os.listdir(f"/proc/{one}/task"):
                children = Path(f"/proc/{one}/task/{thread}/children").read_text().split()
                found += [int(child) for child in children if _runs(child)]
    return found


def _runs(pid: str) -> bool:
    """Is it more than the entry of a process that has ended and that its parent has not asked about yet?"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1] not in ("Z", "X")


def usage(pid: int) -> tuple[int, int]:
    """(how many processes there are from this one down, the bytes that they hold in memory); Linux only."""
    resident = 0
    family = tree(pid)
    for one in family:
        with suppress(OSError, ValueError):
            resident += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * PAGE_BYTES
    return len(family), resident


def written(folder: str) -> float:
    """The bytes of all files in a folder; infinite where there are too many to count."""
    total = 0
    for seen, (path, _, names) in enumerate(os.walk(folder)):
        if seen + len(names) > MANY_FILES:
            return float("inf")
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(path, name)).st_size
    return total


def results_of(said: bytes, nonce: str, max_output: int) -> tuple[list[dict[str, Any]], str]:
    """(the results up to the first line that is none, what is wrong with that line)."""
    results: list[dict[str, Any]] = []
    for line in said.decode("utf-8", "replace").split("\n")[:-1]:
        mark, _, document = line.partition(" ")
        try:
            result = json.loads(document) if secrets.compare_digest(mark.encode(), nonce.encode()) else None
        except (ValueError, RecursionError):
            result = None
        if not isinstance(result, dict) or not _is_result(result, max_output):
            return results, "the code wrote among the results of the run"
        results.append(result)
    return results, ""


def _is_result(result: dict[str, Any], max_output: int) -> bool:
    return (
        result.keys() - {"value"} == FIELDS.keys()  # a test has a value, too
        and all(type(result[name]) is kind for name, kind in FIELDS.items())
        and len(result["stdout"]) <= max_output
        and isinstance(result.get("value", ""), str)
        and len(result.get("value", "")) <= max(max_output, LEAST_ROOM)
    )


def _environment(home: str) -> dict[str, str]:
    kept: Mapping[str, str] = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return {**kept, **ONE_THREAD, "HOME": home, "TMPDIR": home, "MPLBACKEND": "Agg", "LC_ALL": "C.UTF-8"}


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and those that it started, with the sessions of their own that they may have moved to."""
    for _ in range(KILLS):
        if process.poll() is not None or len(family := tree(process.pid)) == 1:
            break
        for one in family[1:]:  # itself at last: it takes in the orphans, see `landlocked.py`
            with suppress(ProcessLookupError, PermissionError):
                os.kill(one, signal.SIGKILL)
        time.sleep(0.001)
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):  # all have ended; macOS raises the latter for zombies
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _describe_end(code: int, noise: IO[bytes]) -> str:
    return f"{ENDED}{_status(code)}{_last_line(noise)}"


def _status(code: int) -> str:
    number = -code if code < 0 else code - 128  # as a shell tells of a signal, and the sandboxes too
    try:
        name = signal.Signals(number).name
    except ValueError:
        return f"exit status {code}"
    return f"{name} (too much processor time)" if name in ("SIGXCPU", "SIGKILL") else name


def _last_line(noise: IO[bytes]) -> str:
    noise.seek(max(0, os.fstat(noise.fileno()).st_size - 2_000))
    lines = noise.read(2_000).decode("utf-8", "replace").split("\n")
    printed = [line.strip() for line in lines if line.strip()]
    return f": {printed[-1][:200]}" if printed else ""
