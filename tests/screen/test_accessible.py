"""What a screen reader, a narrow or a wide window, and a terminal without colours get."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from conftest import NOW, environment_of
from person import WAIT_S
from rich.color import Color
from rich.console import Console
from rich.style import Style

from tutor.corpus.bank import draw
from tutor.corpus.corpus import bundled_docs, open_corpus
from tutor.grading import grade, part_by_part
from tutor.learner.lesson_map import lesson_map
from tutor.learner.memory.scheduling import DEFAULTS
from tutor.learner.overview import overview_of
from tutor.learner.schedule import next_card
from tutor.models import Answer, Attempt, Grade, Met, Passage, Speech
from tutor.quiz.outcomes import Outcome
from tutor.screen import screens, signs, stdio
from tutor.screen.markup import styles
from tutor.screen.screens.asking import Choices
from tutor.screen.screens.progress import screen_of
from tutor.screen.screens.quiz import GradedItem
from tutor.screen.terminal import regions, view
from tutor.screen.terminal.view import View
from utils.text import width

DRAWN = re.compile(
    "[\u2190-\u21ff\u2500-\u25ff\u2713-\u2718\u2022\u203a\u2039›·]"
)  # arrows, boxes, blocks, shapes, ticks, bullets
WORD = re.compile(r"[^\W_]{2,}")
COLUMNS = (40, 200)


@pytest.fixture(scope="module")
def corpus():
    return open_corpus(bundled_docs())


def samples(corpus, home):
    """(what it is, a screen) of every kind that a person meets."""
    items = [draw(item, 3) for item in corpus.items("llm/attention")]
    lesson = corpus.lesson("llm/attention")
    for section in lesson.taught:
        yield "head", screens.SectionHead(lesson.id, section.title, 3, 10, minutes=9)
        yield f"page {section.slug}", screens.Prose(section.text, "the lesson")
    for item in items:
        yield f"question {item.id}", screens.Question(item, "Question 2 of 3 · 4 min")
        if item.options:
            yield "options", Choices([option.text for option in item.options], {2})
        answer = "; ".join(["wrong words"] * len(item.blanks)) or ("1, 2" if item.options else " ".join(
            str(number) for number in range(len(item.steps), 0, -1)))  # fmt: skip
        given = grade(item, answer)
        parts = part_by_part(item, answer, given, True)
        yield f"verdict {item.id}", screens.Verdict(given, missed_in_full=True, attempt=12, by_part=parts.shown if parts else ())
        yield f"report {item.id}", GradedItem(Outcome(item, answer, given, where="docs/llm/attention.md:88"), 1, 3)
    yield (
        "partly",
        screens.Verdict(Grade(0.5, (Met("a point", "my own words"),), ("another",), "Half of it."), missed_in_full=True),
    )
    yield "explained", screens.ExplainedBack(Grade(0.5, (Met("a point", "my own words"),), ("another",)))
    yield "reveal", screens.Reveal("the answer", "Because.", "docs/llm/attention.md:88")
    yield "hint", screens.Hint("Think of the variance.", 1, 2)
    yield "said", screens.Said("my own words")
    yield "own", screens.TutorSays(Speech(("Think of dice.", "So?"), frozenset([0]), ("docs/llm/attention.md:88",)), "why?")
    passage = Passage(lesson.id, lesson.path, 88, "Attention › Root", "root", 1.0, "text")
    yield "answer", screens.Answered(Answer("why?", near=(passage,)), asked=True)
    yield "warm-up", screens.WarmUpMet("Which number?", "three", [("It is eight.", "docs/llm/attention.md:88")])
    yield (
        "end",
        screens.LessonEnd("Attention", [("Root", 0.5), ("Heads", 0.0)], ["Why?"], "Next: the transformer.", ["3 tomorrow"]),
    )
    yield "review", screens.ReviewHead(12, 4, 20)
    yield "home", screens.Home("4-day streak · 2 goals")
    with environment_of(bundled_docs(), home) as environment:
        records = environment.records
        for number, item in enumerate(items[:6]):
            at = (NOW - timedelta(days=number)).isoformat()
            attempt = Attempt(item.key, item.section, "x", Grade(number % 2), at, "practice")
            records.add(attempt, card=next_card(item.key, None, "unaided", NOW, by=DEFAULTS))
        yield "map", screen_of(lesson_map(environment.corpus, records, lesson.id, NOW))
        yield "progress", screen_of(overview_of(environment.corpus, records, NOW))


def drawn(screen, columns: int, plain: bool, monkeypatch) -> list[str]:
    for module in (view, stdio):
        monkeypatch.setattr(module, "columns", lambda: columns)
    console = Console(file=io.StringIO(), width=columns, color_system=None, force_terminal=not plain, legacy_windows=False,
                      highlight=False, markup=False, emoji=False)  # fmt: skip
    View(console, plain).draw(screen)
    return console.file.getvalue().split("\n")


def words(rows: list[str]) -> list[str]:
    """The letters and digits in order, for code that is cut is cut on purpose and words may be broken."""
    return WORD.findall(" ".join(rows))


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("columns", COLUMNS)
def test_no_row_of_any_screen_is_wider_than_the_window(corpus, home, columns, plain, monkeypatch):
    for what, screen in samples(corpus, home):
        rows = drawn(screen, columns, plain, monkeypatch)
        assert max(map(width, rows)) <= min(columns, 78), f"{what}: {max(rows, key=width)}"


def test_no_word_is_lost_where_the_window_is_narrow(corpus, home, monkeypatch):
    """But for code, whose lines are cut with a mark."""
    for what, screen in samples(corpus, home):
        if what.startswith("page"):
            screen.text = re.sub(r"```.*?```|\$\$.*?\$\$", "", screen.text, flags=re.DOTALL)
        narrow, wide = (re.sub(r"\W", "", "".join(drawn(screen, columns, True, monkeypatch))) for columns in COLUMNS)
        assert narrow == wide, what


def test_plain_text_has_words_in_place_of_signs_and_nothing_that_a_terminal_acts_on(corpus, home, monkeypatch):
    for what, screen in samples(corpus, home):
        if what.startswith(("page", "question", "options", "verdict", "report")):  # the lesson's own formulas keep their signs
            continue
        text = "\n".join(drawn(screen, 78, True, monkeypatch))
        assert "\x1b" not in text and not DRAWN.findall(text), f"{what}:\n{text}"
    for what, screen in samples(corpus, home):
        text = "\n".join(drawn(screen, 78, True, monkeypatch))
        assert "\x1b" not in text and not re.search("[\u2500-\u25ff\u2713-\u2718•›]", text), f"{what}:\n{text}"


def test_a_state_is_told_in_words_and_a_question_by_its_number(corpus, home, monkeypatch):
    told = {what: " ".join(" ".join(drawn(screen, 78, True, monkeypatch)).split()) for what, screen in samples(corpus, home)}
    assert told["head"].startswith("llm/attention, section 3 of 10, about 9 min left: ")
    assert "right: a point “my own words” missing: another" in told["partly"] and "Partly." in told["partly"]
    assert "Question 2 of 3, 4 min" in told[next(what for what in told if what.startswith("question"))]
    assert "Question 1 of 3, llm/attention" in told[next(what for what in told if what.startswith("report"))]
    assert "(yours)" in told["options"] and told["said"] == "You: my own words"
    assert "Answers a day: " in told["progress"] and "shaky, 33 %" in told["map"]


# ------------------------------------------------------------------------------------------------- colours

LEAST_CONTRAST = 4.5  # WCAG 2, level AA, for text


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance by WCAG 2."""
    red, green, blue = (c / 12.92 if (c := part / 255) <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: float, other: float) -> float:
    darker, lighter = sorted((one, other))
    return (lighter + 0.05) / (darker + 0.05)


def colours() -> dict[str, Color]:
    """Every colour of the theme, of code, of signs and of prompts."""
    named = {name: getattr(styles, name) for name in ("ACCENT", "DIM", "GREEN", "RED", "PURPLE", "MAGENTA")}
    used = {**named, **styles.SYNTAX, **signs.SIGN_STYLE}
    found = {name: Style.parse(style).color for name, style in used.items()}
    found |= {name: style.color for name, style in styles.THEME.styles.items() if name in MARKDOWN}
    for name, escape in (("prompt accent", regions.ACCENT), ("prompt dim", regions.DIM)):
        found[name] = Color.parse(f"color({escape.removesuffix('m').rpartition(';')[2]})")
    return {name: colour for name, colour in found.items() if colour and not colour.is_default}


MARKDOWN = ("markdown.h1", "markdown.h2", "markdown.h3", "markdown.code", "markdown.url")


def test_every_colour_can_be_read_on_black_and_on_white():
    for name, colour in colours().items():
        assert colour.number is not None and colour.number >= 16, f"{name}: the first 16 look otherwise in each terminal"
        bright = luminance(tuple(colour.get_truecolor()))
        assert min(contrast(bright, 0), contrast(bright, 1)) >= LEAST_CONTRAST, name


def test_prompts_have_the_colours_of_the_theme():
    assert [f"\x1b[38;5;{Style.parse(style).color.number}m" for style in (styles.ACCENT, styles.DIM)] == [
        regions.ACCENT,
        regions.DIM,
    ]


def test_what_a_colour_says_is_said_without_it_too(corpus, home, monkeypatch):
    """Each of the four verdicts, a marked option, done and present sections: their rows differ without any colour."""
    verdicts = [
        screens.Verdict(Grade(score, unsure=unsure)) for score, unsure in ((1, False), (0.5, False), (0, False), (0, True))
    ]
    for plain in (True, False):
        shown = {"".join(drawn(verdict, 78, plain, monkeypatch)) for verdict in verdicts}
        assert len(shown) == 4
        assert drawn(Choices(["a", "b"], {1}), 78, plain, monkeypatch) != drawn(Choices(["a", "b"], {2}), 78, plain, monkeypatch)


# ------------------------------------------------------------------------------------------------- as people run it

RUNS = [
    ("--help",), ("learn", "--help"), ("topics",), ("progress",), ("progress", "bread"), ("doctor",),
    ("ask", "why does dough rise?"),
    ("ask", "who won the cup?"), ("search", "salt"), ("summarize", "bread"), ("learn", "breed"), ("quiz", "bread", "-n", "0"),
]  # fmt: skip


@pytest.mark.parametrize("asked", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_commands_send_no_escape_code_and_no_drawing_where_plain_text_is_asked_for(tutor, docs, asked):
    for arguments in RUNS:
        run = tutor("--docs", docs, *arguments, **asked)
        for text in (run.stdout, run.stderr):
            assert "\x1b" not in text and not re.search("[\u2500-\u25ff\u2713-\u2718•]", text), f"{arguments}:\n{text}"


LINES = [("", "5 All lessons"), ("t", "b back"), ("b", "5 All lessons"), ("1", "about 10 min left"), ("m", "4 Recap"),
         ("2", "section 2 of 4")]  # fmt: skip


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("asked", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_session_in_plain_text_fits_its_window_and_sends_no_escape_code(person, docs, asked, columns):
    for name in ("cheese", "soup"):
        (docs / "food" / f"{name}.md").write_text((docs / "food" / "bread.md").read_text(encoding="utf-8").replace("Bread", name))
    someone = person("learn", columns=columns, rows=60, **asked)
    someone.plain = True
    for number, (line, words_) in enumerate(LINES, 1):
        if line:
            someone.press(line, "enter")
        while someone.raw.count(b"\n> ") < number or not someone.raw.endswith(b"> "):  # what is typed earlier is dropped
            someone.feed(someone.child.read_nonblocking(65536, timeout=WAIT_S))
        assert words_ in " ".join(someone.text().split())
    someone.press("q", "enter")
    assert someone.leave() == 0
    assert b"\x1b" not in someone.raw and b"Traceback" not in someone.raw
    assert not re.search("[\u2500-\u25ff\u2713-\u2718•›]", someone.raw.decode())
