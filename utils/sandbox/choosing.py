"""Which sandbox works on this machine: each is tried once, with real code."""

from __future__ import annotations

import functools
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from utils.sandbox.jobs import failure_of
from utils.sandbox.means import NONE, ORDER, Means


@dataclass(frozen=True)
class SandboxChoice:
    """The means that works here, None where none does, and why the others don't."""

    means: Means | None
    failures: dict[str, str]

    def __str__(self) -> str:
        why = "; ".join(f"{name}: {failure}" for name, failure in self.failures.items())
        return self.means.name if self.means else f"none works here ({why})"


@functools.cache
def chosen() -> SandboxChoice:
    """The first means that works here."""
    return choose(ORDER, failure_of)


def available() -> Means:
    """The means that works here, else none: for code that may run without."""
    return chosen().means or NONE


def choose(order: Sequence[Means], failure_of: Callable[[Means], str]) -> SandboxChoice:
    """The first means that does not fail. failure_of: tries one and returns why it can't be used, "" if it can."""
    failures: dict[str, str] = {}
    if sys.platform != "linux":
        return SandboxChoice(None, {"every means": f"needs Linux; this is {platform.system()}"})
    for means in order:
        failures[means.name] = failure_of(means)
        if not failures[means.name]:
            del failures[means.name]
            return SandboxChoice(means, failures)
    return SandboxChoice(None, failures)
