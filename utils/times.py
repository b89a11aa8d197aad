"""Times as the records have them: ISO 8601 in UTC, `2026-03-01T09:30:00.000Z`."""

from __future__ import annotations

from datetime import datetime, timezone


def utc(moment: datetime, timespec: str = "milliseconds") -> str:
    """An aware time as text. timespec: that of `isoformat`."""
    return moment.astimezone(timezone.utc).isoformat(timespec=timespec).replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    """The aware time that a text tells."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
