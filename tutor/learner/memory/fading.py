"""How much of a worked example a learner fills in: the last line at first, and one more after each time that went well.

It follows from the recorded answers alone, so that it is the same on every device and survives an export and an import.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.models import Attempt, Item

if TYPE_CHECKING:
    from tutor.learner.records import Records

IN_A_ROW = 2  # times with a mistake, after which a line more is worked out


def faded(drawn: Item, records: Records) -> Item:
    """A drawn item with as many of its lines worked out as the learner needs; one without lines as it is."""
    if not drawn.lines:
        return drawn
    return replace(drawn, worked=len(drawn.lines) - lines_left_blank(records.attempts(item=drawn.key), len(drawn.lines)))


def lines_left_blank(attempts: Iterable[Attempt], count: int) -> int:
    """How many of an item's lines, the last ones of `count`, are left blank the next time.

    attempts: at the item, in order. One line at first, and one more after each time that was right at the first go. A time with
    a mistake changes nothing, since its lines have just been shown worked out and those above still help; a second one in a row
    takes a line back. A quiz leaves all blank: whoever has them all right there needs no more help, and nothing else follows.
    """
    blank, in_a_row, slipped, session = 1, 0, False, ""
    for attempt in attempts:
        right = attempt.unaided
        if attempt.mode == "quiz":
            blank = count if right else blank
            continue
        if attempt.mode == "probe" and not attempt.grade.correct:  # asked before it was taught
            continue
        slipped = not right or (slipped and attempt.session == session)
        session = attempt.session
        if attempt.due is None and not attempt.grade.correct:  # another go follows
            continue
        in_a_row = in_a_row + 1 if slipped else 0
        if in_a_row == IN_A_ROW:
            blank, in_a_row = max(1, blank - 1), 0
        elif not slipped:
            blank = min(count, blank + 1)
        slipped = False
    return blank
