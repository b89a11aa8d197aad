"""How work grows with what it is given, told by two small sizes of it and not by a limit in seconds."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
TIMES = 8  # how much longer the longer one is: linear work takes 8 times as long, quadratic work 64 times
ALLOWED = 24  # three times linear: what is next to us on a core, and caches, tell on milliseconds
UNSEEN_S = 0.005  # below this a clock tells nothing
TRIES = 6  # the best of them counts, so that a busy machine does not fail a test


def assert_linear(work: Callable[[T], object], build: Callable[[int], T], size: int) -> None:
    """That `work` on what `build(size)` gives takes CPU time in proportion to `size`, not to its square."""
    short, long = build(size), build(TIMES * size)
    short_s = long_s = float("inf")
    for _ in range(TRIES):
        short_s = min(short_s, _cpu_s(work, short), _cpu_s(work, short))
        long_s = min(long_s, _cpu_s(work, long))
        if long_s <= ALLOWED * short_s + UNSEEN_S:
            return
    raise AssertionError(f"{TIMES} times as much took {long_s:.3f} s of CPU in place of {short_s:.3f} s: that is not linear")


def _cpu_s(work: Callable[[T], object], given: T) -> float:
    collecting = gc.isenabled()
    gc.disable()
    re.purge()  # its patterns would be known already where there are few of them, and not where there are many
    try:
        began = time.thread_time()
        work(given)
        return time.thread_time() - began
    finally:
        if collecting:
            gc.enable()
