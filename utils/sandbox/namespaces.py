"""Linux namespaces for a lesson's code: `python -I -B namespaces.py PLAN COMMAND...`, started by `utils.sandbox.means`.

PLAN is JSON: `visible` (paths that stay readable), `root` (an empty folder to build on), `tmp_mb` (the size of /tmp). COMMAND
ends in the script to run; this very interpreter runs it, which saves the start of another. The process moves into mount,
process, network, IPC and host name namespaces of its own (and a user namespace, unless it is the superuser), where nothing
but the visible paths and a private /tmp is left of the file system. There it gives up every privilege and runs the script.
What bubblewrap does where it is installed; see namespaces(7).
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import runpy
import signal
import sys
from contextlib import suppress
from typing import Any

NOBODY = 65534
CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
CLONE_OTHERS = 0x02000000 | 0x04000000 | 0x08000000 | 0x20000000 | 0x40000000  # cgroup, host name, IPC, processes, network
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
MNT_DETACH, AT_FDCWD, AT_RECURSIVE = 2, -100, 0x8000
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID = 1, 2
SYS_MOUNT_SETATTR = 442  # the same everywhere; Linux 5.12
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41}
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
CAPABILITY_VERSION_3 = 0x20080522
DEVICES = ("null", "zero", "full", "random", "urandom")

LIBC = ctypes.CDLL(None, use_errno=True)


def main(plan: dict[str, Any], script: str) -> None:
    was_root = os.getuid() == 0
    separate(was_root)
    as_child_of(os.fork())
    build_root(plan["root"], plan["visible"], plan["tmp_mb"])
    as_child_of(os.fork())  # the first process of the namespace only waits: it ignores signals that would end others
    if was_root:
        become_nobody()
    else:
        drop_capabilities()
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    end_with_parent()
    sys.argv[1:] = []
    runpy.run_path(script, run_name="__main__")


def separate(is_root: bool) -> None:
    """Move into namespaces of our own; processes started from now on see only each other."""
    user, group = os.getuid(), os.getgid()
    flags = CLONE_NEWNS | CLONE_OTHERS
    if is_root:
        with suppress(OSError):  # a superuser of a container, who can't
            call("unshare", flags)
            return
    call("unshare", flags | CLONE_NEWUSER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{NOBODY} {user} 1"), ("gid_map", f"{NOBODY} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def as_child_of(child: int) -> None:
    """After a fork: the child goes on, the parent waits for it, ends the way it ended, and takes it along if it is killed."""
    if child == 0:
        end_with_parent()
        return
    while True:
        ended, status = os.wait()
        if ended == child:
            break
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)


def build_root(root: str, visible: list[str], tmp_mb: int) -> None:
    """Make `root` the root of the file system, with nothing in it but what is visible, read-only, and /proc, /dev and /tmp."""
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
    for name, options in (("tmp", f"size={tmp_mb}m,mode=1777"), ("proc", ""), ("dev", "")):
        os.mkdir(f"{root}/{name}")
        if options:
            mount("tmpfs", f"{root}/{name}", "tmpfs", MS_NOSUID | MS_NODEV, options)
    for path in visible:
        bind(path, root + path)
    set_attributes(root, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, recursive=True)
    set_attributes(f"{root}/tmp", cleared=MOUNT_ATTR_RDONLY)
    with suppress(OSError):  # a container hides parts of /proc and allows no fresh one: then there is none
        mount("proc", f"{root}/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    mount("tmpfs", f"{root}/dev", "tmpfs", MS_NOSUID, "size=64k,mode=755")
    for name in DEVICES:
        bind(f"/dev/{name}", f"{root}/dev/{name}")
    os.mkdir(f"{root}/dev/shm")
    mount("tmpfs", f"{root}/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, f"size={tmp_mb}m,mode=1777")
    set_attributes(f"{root}/dev", MOUNT_ATTR_RDONLY)
    os.chdir(root)
    call("syscall", SYS_PIVOT_ROOT[platform.machine()], b".", b".")
    call("umount2", b".", MNT_DETACH)
    os.chdir("/")


def bind(source: str, target: str) -> None:
    """Show a file or folder at another place."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    elif not os.path.lexists(target):
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
    mount(source, target, "", MS_BIND | MS_REC)


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    call("mount", source.encode(), target.encode(), kind.encode() or None, ctypes.c_ulong(flags), options.encode() or None)


def set_attributes(path: str, set_: int = 0, cleared: int = 0, recursive: bool = False) -> None:
    """Change what a mount allows; see mount_setattr(2)."""
    attributes = (ctypes.c_uint64 * 4)(set_, cleared, 0, 0)
    flags = AT_RECURSIVE if recursive else 0
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    call("syscall", SYS_MOUNT_SETATTR, AT_FDCWD, path.encode(), flags, ctypes.byref(attributes), size)


def become_nobody() -> None:
    """Change from the superuser to a user who owns nothing, which drops all capabilities too."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def drop_capabilities() -> None:
    call("capset", (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)())


def end_with_parent() -> None:
    """Have the kernel kill this process when the one that started it ends."""
    call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def call(name: str, *arguments: Any) -> None:
    """Call a function of the C library. Raises OSError where it fails."""
    if getattr(LIBC, name)(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[-1])
