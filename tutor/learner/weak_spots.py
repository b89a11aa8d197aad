"""What to ask after a miss, so that the same spot is looked at from another side. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tutor.models import Item, Round


def follow_up(round: Round, name: str, items: Mapping[str, Item], known: Collection[str] = (), heard: str = "") -> str:
    """The name of what a round asks about an item that it has just missed, "" for nothing more in this round.

    name: of the item in the round. items: those that the round may ask, by name. known: keys of those that the learner
    has just answered right by themselves. heard: the misconceptions that the answer showed, one a line.

    An item with numbers to draw comes back with others. Else it is a sibling that this round hasn't asked: one of the
    same section, first of those with the same idea, then of those that probe the misconception heard, then of those that
    share one. Without a sibling the item itself comes back, but never right after its answer was shown.
    """
    item = items[name]
    if item.variables:
        return name
    used = {*round.queue, *round.again, *round.outcomes}
    here = [other for other, one in items.items() if (one.lesson, one.section) == (item.lesson, item.section)]
    siblings = [other for other in here if other not in used and items[other].key not in known]

    def distance(other: str) -> tuple[bool, bool, bool]:
        one = items[other]
        of_this_idea = bool(item.idea) and one.idea == item.idea
        return not of_this_idea, not {*heard.split("\n")} & {*one.probes}, not {*item.probes} & {*one.probes}

    if siblings:
        return min(siblings, key=distance)
    return name if round.queue[1:] or round.again else ""


def still_missed(round: Round) -> list[str]:
    """Names of the items that a round missed, but for those whose stand-in was then answered right."""
    repaired = {missed for name, missed in round.instead.items() if round.outcomes.get(name) in ("unaided", "assisted")}
    return [name for name, outcome in round.outcomes.items() if outcome == "missed" and name not in repaired]
