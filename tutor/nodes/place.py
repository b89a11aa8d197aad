"""What the nodes of a session share: keeping the learner's place, and knowing when they leave."""

from __future__ import annotations

from tutor.models import Step

POINTERS = ("next",)  # slugs of sections that point elsewhere: the session makes its own suggestion
REPEATS = (*POINTERS, "recap")  # slugs of sections that answer no question better than those they repeat


def keep_place(shared, **changes) -> None:
    """Change the learner's place and put it on record, so that the very screen comes back after a kill."""
    place = shared["place"]
    if place is None:  # a review has none: what is due comes back by itself
        return
    for name, value in changes.items():
        setattr(place, name, value)
    if shared["round"] and shared["round"].mode != "recall":  # what is recalled is read from the attempts instead
        place.round = shared["round"]
    shared["store"].keep_place(place)


def read_step(shared, step: Step) -> None:
    """What every node does that has read a step."""
    shared["step"] = step
    if step.action == "quit":
        shared["left"] = True
