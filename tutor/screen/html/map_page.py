"""The page of `progress TOPIC --html`: a lesson's sections as stations of a way, with what it builds on and leads to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from xml.etree.ElementTree import Element

from tutor.learner.lesson_map import LessonMap, MapSection, Neighbour
from tutor.learner.schedule import is_mastered
from tutor.screen.html.charts import meter, ring
from tutor.screen.html.document import document
from tutor.screen.html.elements import Child, card, foreign, tag
from tutor.screen.html.pieces import day_in_words, misconceptions, percent, written_on
from tutor.screen.screens.lesson_map import section_state
from utils.text import plural


def map_page(one: LessonMap) -> str:
    """The whole page."""
    today = one.today
    written = f"{written_on(today)} by ptutor progress {one.lesson}."
    head = tag(
        "header",
        tag("p", "Pocket Tutor · ", foreign(one.lesson), class_="brand"),
        tag("h1", foreign(one.title)),
        tag("p", foreign(one.summary)) if one.summary else None,
    )
    stations = [_station(number, section, today) for number, section in enumerate(one.sections, 1)]
    way = card("The way through it", tag("ol", stations, class_="map")) if stations else None
    aside = [
        _neighbours("It builds on", one.prerequisites, "Nothing else: you can begin here."),
        _neighbours("It leads to", one.leads_to, ""),
        _misconceptions(one),
    ]
    return document(
        one.title, head, _figures(one), tag("div", way, tag("div", aside, class_="aside"), class_="lesson-map"), foot=written
    )


def _figures(one: LessonMap) -> Element:
    time = (f"{one.minutes_left} min", "left") if one.done < len(one.sections) else (f"{one.minutes or '?'} min", "in all")
    shown = (
        (percent(one.mastery), "known"),
        (f"{one.done} of {len(one.sections)}", "sections done"),
        time,
        (str(one.due), "due today"),
    )
    return tag("dl", (tag("div", tag("dt", what), tag("dd", value)) for value, what in shown), class_="figures")


def _station(number: int, section: MapSection, today: date) -> Element:
    mastered = is_mastered(section.mastery)
    label = f"Section {number}, {percent(section.mastery)} known"
    return tag(
        "li",
        ring(section.mastery, "✓" if mastered else str(number), label),
        tag(
            "div",
            tag("h3", foreign(section.title or "Beginning")),
            tag("p", _state(section), class_="state"),
            _reviews(section, today),
        ),
        class_="here" if section.here else None,
        aria_current="step" if section.here else None,
    )


def _state(section: MapSection) -> list[Child]:
    """Where the learner is with a section, in words."""
    states = [section_state(section), "done" if section.done else None]
    here: list[Child] = [tag("strong", "You are here"), " · "] if section.here else []
    return [*here, " · ".join(filter(None, states))]


def _reviews(section: MapSection, today: date) -> Element | None:
    if not section.items:
        return None
    parts = [f"{section.asked} of {plural(section.items, 'question')} asked"]
    if section.due:
        parts.append(f"{section.due} due today")
    elif section.next_due:
        parts.append(f"next review {day_in_words(section.next_due, today)}")
    return tag("p", " · ".join(parts), class_="quiet")


def _neighbours(heading: str, lessons: Sequence[Neighbour], none: str) -> Element | None:
    if not lessons:
        return card(heading, tag("p", none, class_="quiet")) if none else None
    rows = [
        tag(
            "li",
            foreign(lesson.title),
            tag("span", f" {_known(lesson)}", class_="quiet"),
            meter(lesson.mastery, f"{lesson.title}: {percent(lesson.mastery)}") if lesson.mastery else None,
        )
        for lesson in lessons
    ]
    return card(heading, tag("ul", rows, class_="neighbours"))


def _known(lesson: Neighbour) -> str:
    state = (
        "finished"
        if lesson.finished
        else "mastered"
        if is_mastered(lesson.mastery)
        else "begun"
        if lesson.mastery
        else "not begun"
    )
    return f"{percent(lesson.mastery)}, {state}" if lesson.mastery else state


def _misconceptions(one: LessonMap) -> Element | None:
    if not one.misconceptions:
        return None
    titles = {one.lesson: one.title}
    return card("Misconceptions", misconceptions(one.misconceptions, lambda lesson: titles.get(lesson, lesson), one.today))
