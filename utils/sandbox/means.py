"""The sandboxes that there are, best first: how each is started, and what code in it may see."""

from __future__ import annotations

import functools
import json
import os
import platform
import re
import shutil
import site
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
INSIDE = HERE / "process.py"
TMP_MB = 64  # what may be written to a private /tmp, which is memory
PRIVATE = "/tmp/lesson"  # where code works that has a private /tmp
NOBODY = "65534"
PROCESSES = 64  # threads count too
LINUX = tuple(map(int, re.findall(r"\d+", platform.release())[:2]))
EXTRA = "pip install 'pocket-tutor[sandbox]'"


@dataclass(frozen=True)
class Means:
    """One way to keep code apart."""

    name: str
    lead: Callable[[str], Sequence[str]]  # from the folder of a job: the words before the command; OSError where it can't be
    has_private_tmp: bool = True
    counts_processes: bool = False  # itself; else the process that runs the code has the kernel do it

    def processes(self) -> int:
        """How many processes the one that runs the code may have beside it; 0 where it can't say."""
        return 0 if self.counts_processes or LINUX < (5, 14) else PROCESSES


def bubblewrap(folder: str) -> list[str]:
    """See bwrap(1); https://github.com/containers/bubblewrap."""
    found = shutil.which("bwrap")
    if not found:
        raise OSError("not installed")
    is_root = os.geteuid() == 0
    unshared = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    # A superuser needs no user namespace and keeps what the process in it needs to become nobody, its first step.
    root = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    user = root if is_root else ["--unshare-user", "--uid", NOBODY, "--gid", NOBODY]
    size = ["--perms", "1777", "--size", str(TMP_MB * 2**20), "--tmpfs"]
    parents = dict.fromkeys(str(parent) for path in visible_paths() for parent in reversed(Path(path).parents[:-1]))
    # Without --dir, a folder above would be closed to all but its owner where it is so outside.
    shown = [word for path in parents for word in ("--perms", "0755", "--dir", path)]
    shown += [word for path in visible_paths() for word in ("--ro-bind", path, path)]
    return [
        found, "--die-with-parent", *unshared, *user, *size, "/tmp", *shown, "--proc", "/proc", "--dev", "/dev",
        *size, "/dev/shm", "--remount-ro", "/dev", "--remount-ro", "/", "--",
    ]  # fmt: skip


def namespaces(folder: str) -> list[str]:
    """The same without bubblewrap, by `namespaces.py`."""
    root = os.path.join(folder, "root")
    os.makedirs(root, exist_ok=True)
    plan = {"visible": visible_paths(), "root": root, "tmp_mb": TMP_MB}
    return [*bare_python(), str(HERE / "namespaces.py"), json.dumps(plan)]


def landlock(folder: str) -> list[str]:
    """Landlock and seccomp, by the package sandlock, where namespaces are forbidden: https://github.com/multikernel/sandlock."""
    from importlib.util import find_spec

    if not find_spec("sandlock"):
        raise OSError(f"not installed: {EXTRA}")
    devices = [f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom")]
    plan = {"readable": [*visible_paths(), *devices], "writable": [os.path.join(folder, "work")], "processes": PROCESSES}
    return [*python(), str(HERE / "landlocked.py"), json.dumps(plan)]


BUBBLEWRAP = Means("bubblewrap", bubblewrap)
NAMESPACES = Means("namespaces", namespaces)
LANDLOCK = Means("Landlock and seccomp (sandlock)", landlock, has_private_tmp=False, counts_processes=True)
ORDER = (BUBBLEWRAP, NAMESPACES, LANDLOCK)
# Before Linux 5.14 a user's processes are counted everywhere, not those in a namespace alone; so they are without a sandbox.
NONE = Means("none", lambda folder: (), has_private_tmp=False, counts_processes=True)


def python() -> list[str]:
    """The interpreter, deaf to the environment and to the folder that it starts in."""
    return [sys.executable, "-I", "-B", "-X", "utf8"]


def bare_python() -> list[str]:
    """The same without the module site, most of what a start takes: `process.py` is told where the packages are."""
    return [*python(), "-S"]


@functools.cache
def visible_paths() -> list[str]:
    """What of the file system code may see: the system's libraries, Python, its packages, and the script that runs the code."""
    wanted = [path for path in dict.fromkeys(_wanted_paths()) if os.path.exists(path)]
    folders = [path for path in wanted if os.path.isdir(path)]
    return [path for path in wanted if not any(path.startswith(folder + "/") for folder in folders)]


def _wanted_paths() -> Iterator[str]:
    yield from ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store")
    yield from ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives")
    for prefix in (sys.prefix, sys.base_prefix):  # never the whole: it may be a checkout, or somebody's home
        yield from (os.path.join(prefix, name) for name in ("bin", "lib", "lib64", "pyvenv.cfg"))
    yield from site.getsitepackages()
    yield str(INSIDE)
    path = sys.executable
    while os.path.islink(path):  # every link on the way to the interpreter
        path = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(path)))
        yield path
    yield os.path.dirname(os.path.dirname(os.path.realpath(sys.executable))) + "/lib"
