"""Times as they are stored: ISO 8601 in UTC, `2026-03-01T09:30:00.000Z`."""

from __future__ import annotations

from datetime import datetime, timezone


def utc(moment: datetime, timespec: str = "milliseconds") -> str:
    """An aware datetime as text. timespec: as for `datetime.isoformat`."""
    return moment.astimezone(timezone.utc).isoformat(timespec=timespec).replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    """The aware datetime that `utc` wrote."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
