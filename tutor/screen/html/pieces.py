"""What both pages show alike: misconceptions with their evidence, shares and days in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from xml.etree.ElementTree import Element

from tutor.learner.beliefs import HELD, RESOLVED, SEEN, days_in_words
from tutor.learner.progress import MONTHS, BeliefDocument, EvidenceDocument, day_and_month
from tutor.models import Evidence
from tutor.screen.html.elements import Child, folded, foreign, tag
from tutor.screen.mathtext.prose import plain
from utils.text import plural, shorten

STATES = {HELD: "✗ held", SEEN: "· may be a slip", RESOLVED: "✓ resolved"}
DAYS_NAMED = 3
EVIDENCE_SHOWN = 6  # pieces, the latest ones
QUESTION_SHOWN, ANSWER_SHOWN = 220, 120  # characters


def percent(share: float) -> str:
    """`94 %`, which no line is broken in."""
    return f"{round(share * 100)}\xa0%"


def day_in_words(iso: str, today: date) -> str:
    """`today`, `Wed 3 Dec`."""
    day = date.fromisoformat(iso)
    return "today" if day == today else f"{day:%a} {day_and_month(day, today)}"


def written_on(today: date) -> str:
    return f"Written on {today.day} {MONTHS[today.month - 1]} {today.year}"


def misconceptions(found: Iterable[BeliefDocument], title: Callable[[str], str], today: date) -> list[Element]:
    """All of them, those that are resolved folded away. title: of a lesson."""
    shown: dict[bool, list[Element]] = {False: [], True: []}
    for one in found:
        shown[one["state"] == RESOLVED].append(_misconception(one, title(one["lesson"]), today))
    unresolved = shown[False] or [tag("p", "None that you still hold.")]
    resolved = [folded(f"Resolved: {len(shown[True])}", tag("div", shown[True], class_="beliefs"))] if shown[True] else []
    return [tag("div", unresolved, class_="beliefs"), *resolved]


def _misconception(one: BeliefDocument, lesson: str, today: date) -> Element:
    """A misconception: its state, what is so, and the answers that show it. lesson: the title of the latest one's."""
    return tag(
        "article",
        tag("h3", tag("span", STATES[one["state"]], class_=f"badge {one['state']}"), foreign(plain(one["believed"]).rstrip("."))),
        tag("p", foreign(plain(one["so"]))) if one["so"] else None,
        tag("p", f"{_days(one, today)} · ", foreign(lesson), class_="quiet"),
        folded(f"Behind it: {plural(len(one['evidence']), 'answer')}", _answers(one["evidence"], today))
        if one["evidence"]
        else None,
        class_="belief",
    )


def _days(one: BeliefDocument, today: date) -> str:
    """When it showed: each day where they are few."""
    first, last = (day_and_month(date.fromisoformat(one["seen"][end]), today) for end in (0, -1))
    if len(one["seen"]) <= DAYS_NAMED:
        return days_in_words(one, today)
    resolved = f"; resolved {day_and_month(date.fromisoformat(one['resolved']), today)}" if one["resolved"] else ""
    return f"on {len(one['seen'])} days from {first} to {last}{resolved}"


def _answers(evidence: Sequence[EvidenceDocument], today: date) -> Element:
    """The answers that are evidence, the latest first."""
    latest = list(reversed(evidence))
    shown = [tag("li", _answer(one, today)) for one in latest[:EVIDENCE_SHOWN]]
    if more := len(latest) - len(shown):
        shown.append(tag("li", f"and {more} before", class_="quiet"))
    return tag("ul", shown, class_="evidence")


def _answer(one: EvidenceDocument, today: date) -> list[Child]:
    against = one["kind"] == Evidence.RESOLVED
    question = shorten(plain(one["question"]), QUESTION_SHOWN) if one["question"] else one["item"]
    sign, did = ("✓", "right this time") if against else ("✗", "answered")
    return [
        tag("span", f"{sign} {day_and_month(date.fromisoformat(one['day']), today)}, {did}: ", class_="quiet"),
        tag("q", foreign(shorten(plain(one["answer"]), ANSWER_SHOWN) or "nothing")),
        tag("br"),
        foreign(question, class_="question"),
    ]
