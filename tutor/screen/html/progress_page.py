"""The page of `progress --html`: days, what is known and for how long, what is believed wrongly, what comes next."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree.ElementTree import Element

from tutor.learner.agenda import REVIEW_S
from tutor.learner.overview import Overview
from tutor.learner.progress import IntervalDocument, day_and_month, duration, gone_in_words
from tutor.learner.schedule import is_mastered
from tutor.screen.html.charts import WEEKS, bar_chart, calendar_chart, curve_chart, measured_chart, meter, strip
from tutor.screen.html.document import document
from tutor.screen.html.elements import Child, card, folded, foreign, table, tag
from tutor.screen.html.pieces import day_in_words, misconceptions, percent, written_on
from tutor.screen.screens.endings import mastery_in_words
from tutor.screen.screens.retention import (
    dates_in_words,
    figures_in_words,
    in_words,
    left_out_in_words,
    name_of,
    not_measured,
    predictions_in_words,
    set_aside_in_words,
)
from utils.text import plural

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LASTING = ((7, "a week"), (30, "a month"), (90, "3 months"), (365, "a year"), (float("inf"), "longer"))
SHADES = ("none", "1 to 4", "5 to 9", "10 to 19", "20 or more")  # answers on a day, see `shade_level`
OPEN_LESSONS = 6  # where there are no more, their sections are shown at once
NOTHING_YET = (
    "There is nothing to show yet, and that is how everyone begins. Answer a first question, then write this page again: it "
    "will show the days on which you learned, what you know, and when to look at it again."
)


def progress_page(overview: Overview) -> str:
    """The whole page."""
    today, one = overview.today, overview.progress
    written = f"{written_on(today)} by ptutor progress, from records that are on this computer only."
    head = tag("header", tag("p", "Pocket Tutor", class_="brand"), tag("h1", "Your progress"))
    if not one.attempts:
        return document("Your progress", head, _welcome(overview), _goal(overview), foot=written)
    beside = [part(overview) for part in (_retention, _measured, _forecast, _lasting, _goal, _calibration, _set_aside, _gone)]
    side_by_side = tag("div", beside, class_="columns")
    parts = [_figures(overview), _calendar(overview), _mastery(overview), side_by_side, _misconceptions(overview)]
    return document("Your progress", head, parts, foot=written)


def _welcome(overview: Overview) -> Element:
    """What a page says that has nothing to show yet: how to begin."""
    rows = [
        tag("li", foreign(overview.title(lesson)), ": ", tag("code", f"ptutor learn {lesson}")) for lesson in overview.beginnings
    ]
    return card("Welcome", tag("p", NOTHING_YET), tag("p", "Good lessons to begin with:"), tag("ul", rows))


def _figures(overview: Overview) -> Element:
    """The figures that one looks for first."""
    one = overview.progress
    sections = [value for values in one.sections.values() for value in values.values()]
    shown = [
        (str(one.streak_days), "day streak"),
        (f"{one.attempts:,}", "answer" if one.attempts == 1 else "answers"),
        (duration(one.seconds), "of learning"),
        (str(one.due), "due today"),
    ]
    if sections:  # all answers may be to the lessons of another folder
        shown.insert(3, (f"{sum(map(is_mastered, sections))} of {len(sections)}", "sections mastered"))
    return tag("dl", (tag("div", tag("dt", what), tag("dd", value)) for value, what in shown), class_="figures")


# ----------------------------------------------------------------------------------------------------- days


def _calendar(overview: Overview) -> Element:
    by_day, today = overview.progress.by_day, overview.today
    charts = [calendar_chart(by_day, last, today) for last in (today - timedelta(weeks=WEEKS), today)]
    most = max(by_day, key=lambda day: by_day[day])
    the_most = f"{day_and_month(date.fromisoformat(most), today)}, with {plural(by_day[most], 'answer')}"
    told = f"You answered on {the_most}." if len(by_day) == 1 else f"You answered on {len(by_day)} days, the most on {the_most}."
    key = tag("p", "Answers a day: ", map(_swatch, range(len(SHADES)), SHADES), class_="key")
    return card("Days", tag("p", told), tag("div", charts, class_="halves"), key, folded("As a table", _weeks(by_day, today)))


def _swatch(level: int, name: str) -> list[Child]:
    square = tag("rect", width="10", height="10", rx="2", class_=f"shade{level}")
    return [tag("span", tag("svg", square, viewBox="0 0 10 10", class_="swatch", aria_hidden="true"), f" {name}"), " "]


def _weeks(by_day: dict[str, int], today: date) -> Element:
    """The weeks with answers, the latest first, a row each."""
    mondays = sorted({(day := date.fromisoformat(iso)) - timedelta(days=day.weekday()) for iso in by_day}, reverse=True)

    def row(monday: date) -> list[Child]:
        days = [by_day.get((monday + timedelta(days=n)).isoformat(), 0) for n in range(7)]
        return [day_and_month(monday, today), *(str(count) if count else "–" for count in days)]

    return table("Answers a day, by weeks", ("week of", *WEEKDAYS), map(row, mondays), class_="numbers")


# ------------------------------------------------------------------------------------------ memory and reviews


def _retention(overview: Overview) -> Element | None:
    """The forgetting curve of what is known."""
    today, kept = overview.today, overview.progress.retention
    if not kept:
        return None
    ahead = [((date.fromisoformat(iso) - today).days, share) for iso, share in kept["curve"].items()]
    by_day, last = dict(ahead), ahead[-1][0]
    points = [(days, share, f"{_in_days(days)}: {percent(share)}") for days, share in ahead]
    told = (
        f"Of {plural(kept['items'], 'question')} asked so far, about {percent(by_day[0])} would come to mind today. "
        f"With no review at all it would be {percent(by_day[30])} in 30 days and {percent(by_day[last])} in {last}."
    )
    marks = [(days, "today" if not days else f"{days} days" if days == last else str(days)) for days in (0, 15, 30, 45, last)]
    label = (
        f"Forgetting curve: {percent(by_day[0])} today, {percent(by_day[30])} in 30 days, {percent(by_day[last])} in {last} days"
    )
    how = (
        "An estimate by FSRS, the model of memory that plans your reviews: the mean of every question's chance of being "
        "recalled, if none were asked again. A question comes back when its own chance is near 90 %, the dashed line."
    )
    left_out = left_out_in_words(len(overview.progress.set_aside))
    rows = [[_in_days(days), percent(share)] for days, share in ahead if not days % 15]
    lessons: list[list[Child]] = [
        [foreign(overview.title(lesson)), percent(now), percent(later)]
        for lesson, (now, later) in sorted(kept["lessons"].items(), key=lambda pair: pair[1][1])
    ]
    return card(
        "What would come to mind",
        tag("p", told),
        curve_chart(label, points, marks),
        tag("p", f"{how} {left_out}.".removesuffix(" ."), class_="quiet"),
        folded(
            "As a table",
            table("All questions, without a review", ("when", "recalled"), rows, class_="numbers"),
            table("By lesson", ("lesson", "today", f"in {last} days"), lessons, class_="numbers"),
        ),
    )


def _measured(overview: Overview) -> Element | None:
    """What did come to mind, beside what had been predicted."""
    kept = overview.progress.retention
    intervals = [one for one in kept["measured"]["intervals"] if one["asked"]] if kept else []
    if not kept or not intervals:
        return None
    asked = sum(one["asked"] for one in intervals)
    right = sum(one["asked"] * (one["recalled"] or 0) for one in intervals) / asked
    told = f"Of {plural(asked, 'question')} asked again on a later day you knew {percent(right)} at once. {not_measured(kept)}"
    seen = [(one["mean_days"] or 0, one["recalled"] or 0, f"{name_of(one)}: {in_words(one)}") for one in intervals]
    foreseen = [
        (one["mean_days"] or 0, one["predicted"], f"{name_of(one)}: {percent(one['predicted'])} predicted")
        for one in intervals
        if one["predicted"] is not None
    ]
    label = "Recalled, by the days since the review before: " + ", ".join(says for _, _, says in seen)
    lines = [("line", seen), *([("foreseen", foreseen)] if foreseen else [])]
    how = (
        "The forgetting curve as it was seen (solid) and as FSRS had predicted it before each answer (dashed), by how long after "
        "the review before a question was asked. Right means at once and without help."
    )
    rows = [_measured_row(name_of(one), one) for one in kept["measured"]["intervals"]]
    lessons = [
        _measured_row([foreign(overview.title(lesson)), f", {name_of(one)}"], one)
        for lesson, own in kept["measured"]["lessons"].items()
        for one in own
        if one["asked"]
    ]
    heads = ("recalled", "of", "predicted")
    return card(
        "What did come to mind",
        tag("p", told.strip()),
        measured_chart(label, lines),
        tag("p", how, class_="quiet"),
        tag("p", ". ".join(filter(None, (dates_in_words(kept["parameters"], overview.today), predictions_in_words(kept)))) + "."),
        tag("p", figures, class_="quiet") if (figures := figures_in_words(kept)) else None,
        folded(
            "As a table",
            table("Asked again", ("after", *heads), rows, class_="numbers"),
            table("Asked again, by lesson", ("lesson", *heads), lessons, class_="numbers"),
        ),
    )


def _measured_row(name: Child, one: IntervalDocument) -> list[Child]:
    recalled = "–" if one["recalled"] is None else percent(one["recalled"])
    return [name, recalled, str(one["asked"]), "–" if one["predicted"] is None else percent(one["predicted"])]


def _in_days(days: int) -> str:
    return "today" if not days else f"in {plural(days, 'day')}"


def _lasting(overview: Overview) -> Element | None:
    """How many questions last how long."""
    kept = overview.progress.retention
    if not kept:
        return None
    counts = [0] * len(LASTING)
    for days in kept["stability_days"].values():
        counts[next(place for place, (most, _) in enumerate(LASTING) if days <= most)] += 1
    names = [name for _, name in LASTING]
    said = [f"up to {name}" if name != "longer" else "more than a year" for name in names]
    bars = [(name, count, f"{says}: {plural(count, 'question')}") for name, count, says in zip(names, counts, said, strict=True)]
    how = (
        "A question's stability, by FSRS: after so long without a review it would be recalled with a chance of 90 %. Each review "
        "that goes well makes it longer."
    )
    label = "How long questions last: " + ", ".join(f"{says} {count}" for says, count in zip(said, counts, strict=True))
    rows = [[says, str(count)] for says, count in zip(said, counts, strict=True)]
    shown = folded("As a table", table("Questions by stability", ("lasts", "questions"), rows, class_="numbers"))
    return card("How long it lasts", bar_chart(label, bars), tag("p", how, class_="quiet"), shown)


def _forecast(overview: Overview) -> Element:
    today, ahead = overview.today, overview.progress.forecast
    now, later = ahead[0][1], sum(count for _, count in ahead[1:])
    busiest, count = max(ahead[1:], key=lambda pair: pair[1])
    minutes = max(1, round(now * REVIEW_S / 60))
    told = f"{plural(now, 'question')} today, about {minutes} min. " if now else "Nothing is due today. "
    the_most = (
        f"all on {day_in_words(busiest, today)}" if count == later else f"the most on {day_in_words(busiest, today)}: {count}"
    )
    told += f"In the two weeks ahead {later} more, {the_most}." if later else "Nothing more in the two weeks ahead."
    days = [(date.fromisoformat(iso), count) for iso, count in ahead]
    bars = [
        (WEEKDAYS[day.weekday()][:2] if day != today else "now", count, f"{day_in_words(day.isoformat(), today)}: {count}")
        for day, count in days
    ]
    rows = [[day_in_words(iso, today), str(count)] for iso, count in ahead]
    label = "Reviews a day for two weeks: " + ", ".join(f"{name} {count}" for name, count in rows)
    return card(
        "Reviews ahead",
        tag("p", told),
        bar_chart(label, bars, 150),
        tag("p", "What is overdue counts for today. Each answer moves its question's next date.", class_="quiet"),
        folded("As a table", table("Reviews a day", ("day", "reviews"), rows, class_="numbers")),
    )


# ------------------------------------------------------------------------------------------ what is known


def _mastery(overview: Overview) -> Element | None:
    begun = overview.progress.sections
    if not begun:
        return None
    order = sorted(begun, key=lambda lesson: (-overview.progress.mastery[lesson], lesson))
    lessons = [_lesson(overview, lesson, len(begun) <= OPEN_LESSONS) for lesson in order]
    how = "A section is mastered at 80 %; what you missed long ago fades."
    return card("What you know", tag("p", how, class_="quiet"), tag("div", lessons, class_="lessons"))


def _lesson(overview: Overview, lesson: str, shown: bool) -> Element:
    one = overview.progress
    known, change, sections = one.mastery[lesson], one.trend[lesson], one.sections[lesson]
    moved = f" · {'▲' if change > 0 else '▼'} {abs(change) * 100:.0f} this week" if abs(change) >= 0.01 else ""
    titles = [(overview.heading(lesson, section), value) for section, value in sections.items()]
    rows = [
        tag(
            "tr",
            tag("th", foreign(title), scope="row"),
            tag("td", meter(value, f"{title}: {percent(value)}")),
            tag("td", f"{percent(value)}, {mastery_in_words(value)}" if value else "not known yet"),
        )
        for title, value in titles
    ]
    label = f"Sections of {overview.title(lesson)}"
    table_of_sections = tag("table", tag("tbody", rows), class_="sections", aria_label=label)
    cells = strip([(f"{title}: {percent(value)}", value) for title, value in titles], label)
    return tag(
        "article",
        tag("h3", foreign(overview.title(lesson))),
        tag("p", tag("b", percent(known)), moved),
        table_of_sections if shown else [cells, folded("Its sections", table_of_sections)],
        class_="lesson",
    )


def _misconceptions(overview: Overview) -> Element | None:
    found = overview.progress.misconceptions
    if not found:
        return None
    how = (
        "What your wrong answers have in common. One may be a slip; two, on different questions or days, mean that a belief "
        "is held. Two right answers without help resolve it."
    )
    return card("Misconceptions", tag("p", how, class_="quiet"), misconceptions(found, overview.title, overview.today))


def _goal(overview: Overview) -> Element | None:
    path = overview.path
    if not path or not path.is_open:
        return None
    if not path.steps and path.by:
        heading = ("“", foreign(path.goal.words), f"” by {day_and_month(path.by, path.today)}")
        return card(heading, tag("p", f"{path.estimate()}."))
    steps = [
        tag("li", foreign(step.title), tag("span", f" {step.minutes} min{', begun' if step.begun else ''}", class_="quiet"))
        for step in path.steps
    ]
    towards = ("Towards “", foreign(path.goal.words), "”")
    told = f"{path.left()}; {path.estimate()}." if path.by else f"{plural(len(steps), 'lesson')}, {path.estimate()}."
    told += f" {past}." if (past := path.passed()) else ""
    return card(towards, tag("p", told), tag("ol", steps))


def _calibration(overview: Overview) -> Element | None:
    rows = [[sure, percent(right), str(count)] for sure, count, right in overview.progress.calibration]
    if not rows:
        return None
    shown = table("By how sure you felt", ("you felt", "right", "answers"), rows, class_="numbers")
    return card("How sure, and how often right", shown)


def _set_aside(overview: Overview) -> Element | None:
    keys = overview.progress.set_aside
    if not keys:
        return None
    told = "Missed so often that asking again will not help. Reading their sections again may."
    rows = [tag("li", foreign(key.partition(":")[2]), " in ", foreign(overview.title(key.partition(":")[0]))) for key in keys]
    shown = [tag("li", foreign(row)) for row in set_aside_in_words(keys, overview.titles)]
    return card("Set aside", tag("p", told), tag("ul", shown), folded("Each question", tag("ul", rows)))


def _gone(overview: Overview) -> Element | None:
    return card("Taken out", tag("p", gone_in_words(overview.gone))) if overview.gone else None
