"""Stamps: how to tell, without reading it, whether a lesson or its bank has changed since it was read."""

from __future__ import annotations

import contextlib
import os
import time

from tutor.models import BANK_SUFFIX

SETTLED_NS = 2_000_000_000  # a file changed more recently may change again without its times telling


def stamp_of(root: str, real: str, with_bank: bool) -> str:
    """Sizes and times of a lesson's file and, where it has one, of its bank; "" where the lesson is gone.

    real: the lesson's path below the root. The time of a file's last change of any kind (ctime) can't be set by hand.
    """
    stamps = []
    for path in (real, real.removesuffix(".md") + BANK_SUFFIX) if with_bank else (real,):
        try:
            found = os.stat(f"{root}/{path}")
            stamps.append(f"{found.st_size}:{found.st_mtime_ns}:{found.st_ctime_ns}")
        except OSError:
            if not stamps:
                return ""
    return " ".join(stamps)


def is_settled(stamp: str) -> bool:
    """Whether the files of a stamp are old enough that any later change shows in it."""
    return bool(stamp) and all(is_past(int(one.rpartition(":")[2])) for one in stamp.split(" "))


def is_past(time_ns: int) -> bool:
    """Whether a file's time lies so far back that a change from now on gets another one."""
    return time_ns < time.time_ns() - SETTLED_NS


def mtime_ns(root: str, path: str) -> int | None:
    """When a file or folder below the root was last changed, links not followed; None where it is gone."""
    with contextlib.suppress(OSError):
        return os.lstat(os.path.join(root, path)).st_mtime_ns
    return None
