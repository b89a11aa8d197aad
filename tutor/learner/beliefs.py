"""What a learner believes wrongly, by what their answers show: seen, held, resolved. Pure.

A wrong answer that names a misconception is a piece of evidence for it. Two pieces, on different items or on different days,
mean that it is held; one may be a slip. Two right answers without help, on items that could have shown it, resolve it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tutor.learner.progress import BeliefDocument, Days, EvidenceDocument, day_and_month
from tutor.models import Attempt, Evidence, Item, Misconception

ENOUGH = 2  # pieces of evidence that make a misconception held, and that resolve it
TOLD = 3  # beliefs that a prompt is told of
SEEN, HELD, RESOLVED = "seen", "held", "resolved"


@dataclass(frozen=True)
class Belief:
    """A misconception, and what the learner's answers have shown of it."""

    id: str  # or its text, where a bank has no id for it
    state: str  # SEEN (once), HELD or RESOLVED
    seen: tuple[date, ...]  # days on which an answer showed it, oldest first
    resolved: date | None
    pieces: int  # of evidence since it was last resolved
    lesson: str  # of the answer that showed it last
    section: str
    first: str  # the id of the section (`math/bayes#conditioning`) of the answer that showed it first

    def believed(self, known: Mapping[str, Misconception]) -> str:
        """What is believed, in words."""
        return known[self.id].believed if self.id in known else self.id

    def so(self, known: Mapping[str, Misconception]) -> str:
        """What is so instead; "" where nobody has said it."""
        return known[self.id].so if self.id in known else ""

    def document(self, known: Mapping[str, Misconception], evidence: Sequence[EvidenceDocument] = ()) -> BeliefDocument:
        """It as plain values."""
        return {
            "id": self.id, "believed": self.believed(known), "so": self.so(known), "state": self.state,
            "seen": [day.isoformat() for day in self.seen],
            "resolved": self.resolved.isoformat() if self.resolved else None, "lesson": self.lesson,
            "evidence": list(evidence),
        }  # fmt: skip


def evidence_of(attempt: Attempt, item: Item, unaided: bool, earlier: Iterable[Evidence]) -> list[Evidence]:
    """What an answer says about misconceptions. earlier: what is known already.

    unaided: whether it was right at the first try in its session. Only of a misconception that has shown itself before is
    a right answer evidence.
    """

    def piece(misconception: str, kind: str) -> Evidence:
        return Evidence(misconception, kind, attempt.item, attempt.section, attempt.at)

    if not attempt.grade.correct:
        return [piece(heard, Evidence.SHOWN) for heard in attempt.grade.heard.splitlines() if heard.strip()]
    if not (unaided and attempt.unaided and item.probes):
        return []
    seen = {one.misconception for one in earlier if one.kind == Evidence.SHOWN}
    return [piece(one, Evidence.RESOLVED) for one in item.probes if one in seen]


def beliefs_of(evidence: Iterable[Evidence], now: datetime) -> list[Belief]:
    """What the learner believes, the strongest first: held, then seen once, then resolved. now: aware, in their time zone."""
    by_name: dict[str, list[tuple[Evidence, date]]] = {}
    days = Days(now)
    for one in evidence:
        by_name.setdefault(one.misconception, []).append((one, days.day_of(one.at)))
    found = [belief for name, pieces in by_name.items() if (belief := _belief(name, pieces))]
    return sorted(found, key=rank)


def rank(one: Belief) -> tuple[int, int, int, str]:
    """What sorts beliefs, the strongest first."""
    return (HELD, SEEN, RESOLVED).index(one.state), -one.pieces, -one.seen[-1].toordinal(), one.id


def _belief(name: str, evidence: Sequence[tuple[Evidence, date]]) -> Belief | None:
    """What the pieces of evidence for one misconception, with their days, come to, in their order; None where none shows it."""
    shown: set[tuple[str, date]] = set()  # (item, day) since it was last resolved
    against: set[tuple[str, date]] = set()  # since it last showed
    days: list[date] = []
    resolved: date | None = None
    first = last = None
    for one, day in evidence:
        if one.kind == Evidence.SHOWN:
            shown.add((one.item, day))
            against.clear()
            days.append(day)
            first, last, resolved = first or one, one, None
        elif shown:
            against.add((one.item, day))
            if len(against) >= ENOUGH:
                shown.clear()
                resolved = day
    if not first or not last:
        return None
    state = RESOLVED if resolved else HELD if len(shown) >= ENOUGH else SEEN
    place = f"{first.lesson}#{first.section}"
    return Belief(name, state, tuple(sorted(set(days))), resolved, len(shown), last.lesson, last.section, place)


def held(evidence: Iterable[Evidence], now: datetime) -> list[str]:
    """The names of the misconceptions that are held, the strongest first. now: as for `beliefs_of`."""
    return [belief.id for belief in beliefs_of(evidence, now) if belief.state == HELD]


def probing(items: Iterable[Item], misconceptions: Collection[str]) -> list[Item]:
    """Those of the items that may show one of the misconceptions, in their order."""
    return [item for item in items if not set(misconceptions).isdisjoint(item.probes)]


def where_it_began(beliefs: Iterable[Belief], missed: Iterable[Item]) -> list[str]:
    """Ids of the sections in which the misconceptions that are held, and that these items may show, showed first."""
    probed = {name for item in missed for name in item.probes}
    return [belief.first for belief in beliefs if belief.state == HELD and belief.id in probed]


def in_words(
    beliefs: Iterable[Belief], known: Mapping[str, Misconception], items: Iterable[Item] = (), elsewhere: bool = True
) -> str:
    """What a model should know of the learner's beliefs, a line each; "" where there is nothing.

    Those first that these items may show, then, with `elsewhere`, others that are held: what was seen once may have been a slip.
    Not to be shown to the learner.
    """
    probed = {name for item in items for name in item.probes}
    telling = [
        belief for belief in beliefs if (belief.id in probed and belief.state != RESOLVED) or (elsewhere and belief.state == HELD)
    ]
    telling.sort(key=lambda belief: belief.id not in probed)  # a stable sort: the strongest stay first
    lines = []
    for belief in telling[:TOLD]:
        how = "seems to hold" if belief.state == HELD else "once answered as if"
        so = belief.so(known)
        lines.append(f"The learner {how}: {belief.believed(known)}" + (f" (What is so: {so})" if so else ""))
    return "\n".join(lines)


def days_in_words(belief: BeliefDocument, today: date) -> str:
    """When a belief showed, for the learner: `12 Nov, 14 Nov; resolved 20 Nov`."""
    days = ", ".join(day_and_month(date.fromisoformat(day), today) for day in belief["seen"])
    return days + (f"; resolved {day_and_month(date.fromisoformat(belief['resolved']), today)}" if belief["resolved"] else "")
