"""A try block where its knobs stand first, for pages on which they can't be turned. No code is run for it."""

from __future__ import annotations

from tutor.corpus.bank.fields import either
from tutor.corpus.expressions import show
from tutor.corpus.plots import compute
from tutor.corpus.plots.data import Plot
from tutor.corpus.tries.spec import Try, setting_in_words
from utils.errors import InvalidFile


def written_at_first(one: Try) -> tuple[Plot | None, str] | None:
    """(plot, printed text) of a try block where its knobs stand first, as far as that needs no code to be run."""
    try:
        if one.plot:
            return compute(one.plot, one.first()), ""
        shown = one.shown.get(setting_in_words(one.first()))
        return (compute(shown.plot) if shown.plot else None, shown.text) if shown else None
    except InvalidFile:
        return None


def names_in_words(one: Try) -> str:
    """`At d = 8, c = 0, with the knobs d (1 to 64) and c (0, 1 or 2).`"""
    reach = {
        knob.name: either(map(show, knob.stops)) if knob.listed else f"{show(knob.lowest)} to {show(knob.highest)}"
        for knob in one.knobs
    }
    knobs = either((f"{name} ({values})" for name, values in reach.items()), "and")
    return f"At {setting_in_words(one.first())}, with the knob{'s' * (len(reach) > 1)} {knobs}."
