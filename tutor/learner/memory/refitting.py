"""Parameters fitted to the learner, put in use: when a try is worth while, what it changes, and what is said of it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tutor.learner.memory.fitting import ALL_FROM, FIRST_FROM, GROWTH, FittedParameters, can_fit_all, fit
from tutor.learner.memory.replaying import all_reviews, in_order, replay_all
from tutor.learner.memory.scheduling import Scheduling
from tutor.learner.progress import ParametersDocument
from utils.text import plural
from utils.times import moment_of

if TYPE_CHECKING:
    from sqlite3 import Connection


def is_worth_while(asked: int, kept: Any) -> bool:
    """Whether another try may find something. asked: reviews on a later day, so far. kept: the setting `fitted`."""
    return asked >= least_reviews(kept if isinstance(kept, dict) else {})


def least_reviews(kept: dict[str, Any]) -> int:
    """How many reviews on a later day another try needs."""
    return max(FIRST_FROM, math.ceil(GROWTH * kept.get("tried", 0)))


def parameters_document(kept: Any, asked: int) -> ParametersDocument:
    """Which parameters are in use. kept, asked: as for `is_worth_while`."""
    known = kept if isinstance(kept, dict) else {}
    own = bool(known.get("parameters"))
    before, after = known.get("before") or {}, known.get("after") or {}
    return {
        "fitted": known.get("which") or None if own else None,
        "at": known.get("at") if own else None,
        "reviews": known.get("reviews", 0) if own else 0,
        "judged": known.get("judged", 0),
        "log_loss": after.get("log_loss"),
        "log_loss_before": before.get("log_loss"),
        "rmse_bins": after.get("rmse_bins"),
        "rmse_bins_before": before.get("rmse_bins"),
        "next_try": max(0, least_reviews(known) - asked),
        "without_package": asked >= ALL_FROM and not can_fit_all(),
    }


def tried(connection: Connection, present: Scheduling, kept: Any) -> FittedParameters | None:
    """What the reviews say; None where they are too few. Nothing is changed."""
    until = kept.get("until") if isinstance(kept, dict) and present.parameters else None
    return fit(in_order(all_reviews(connection)), present, moment_of(until) if until else None)


def put_in_use(connection: Connection, found: FittedParameters | None, present: Scheduling, asked: int, at: str) -> str:
    """Keep what came of a try, and make all cards again where it changes them, within a transaction that the caller has begun.

    Returns a line on what has changed, or "".
    """
    row = connection.execute("SELECT value FROM settings WHERE key = 'fitted'").fetchone()
    kept: dict[str, Any] = json.loads(row[0]) if row else {}
    changed = found is not None and found.parameters != present.parameters
    if found is not None:
        document = found.document()
        if changed:
            kept = {**document, "at": at}
        else:  # the figures of the last try, for parameters that stay
            kept = {**document, **{name: kept[name] for name in ("which", "at", "until", "reviews") if name in kept}}
    values = ("fitted", json.dumps({**kept, "tried": asked}))
    connection.execute("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", values)
    if found is None or not changed:
        return ""
    by = replace(present, parameters=found.parameters).exact
    return told(found, *replay_all(connection, all_reviews(connection), by))


def told(found: FittedParameters, sooner: int, later: int, aside: int = 0) -> str:
    """A line on parameters that are new. aside: how many more items are set aside."""
    if found.parameters:
        gain = f", {_gain(found)} better than before on reviews that they had not seen" if _gain(found) else ""
        said = f"Your review dates now follow how you remember: fitted to {plural(found.reviews, 'review')}{gain}"
    else:
        said = "Your review dates follow the published parameters again, which predict you better now"
    more = f", {aside} {'is' if aside == 1 else 'are'} set aside after too many misses" if aside > 0 else ""
    return f"{said}. {plural(sooner, 'item')} will come sooner, {later} later{more}."


def _gain(found: FittedParameters) -> str:
    if not found.before or not found.after or not found.before.log_loss:
        return ""
    return f"{100 * (1 - found.after.log_loss / found.before.log_loss):.1f} %"
