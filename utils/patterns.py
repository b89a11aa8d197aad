"""Regular expressions that are compiled when they are first used: one command needs few of those that the program has."""

from __future__ import annotations

import re
from typing import Any, cast


class _Pattern:
    """A pattern that becomes a compiled one at the first look at any of its attributes."""

    def __init__(self, pattern: str, flags: int):
        self._written = pattern, flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._written)
        for method in ("search", "match", "fullmatch", "findall", "finditer", "sub", "split", "pattern", "flags"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def compiled_later(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` returns, for all that is done with a pattern's own methods; a mistake in it is raised at first use."""
    return cast("re.Pattern[str]", _Pattern(pattern, flags))
