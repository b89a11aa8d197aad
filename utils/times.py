"""Times as they are stored: ISO 8601 in UTC, `2026-03-01T09:30:00.000Z`."""

from __future__ import annotations

from datetime import datetime, timezone

YEARS = range(1970, 3000)  # far enough from the ends of datetime for any zone and any interval
CLOCK_YEARS = range(1970, 2500)  # that a clock may show: what is planned from then on is still in YEARS


def utc(moment: datetime, timespec: str = "milliseconds") -> str:
    """An aware datetime as text. timespec: as for `datetime.isoformat`."""
    return moment.astimezone(timezone.utc).isoformat(timespec=timespec).replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    """The aware datetime that `utc` wrote. Raises ValueError for any other text, and for a year that no clock shows."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None or moment.year not in YEARS:
        raise ValueError(f"found the time {text}, expected one in UTC of the years {YEARS[0]} to {YEARS[-1]}")
    return moment
