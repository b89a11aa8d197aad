"""The pages of `progress --html`: what they say, that they are sound HTML, and that nobody's words become part of it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from html.parser import HTMLParser
from xml.etree.ElementTree import tostring

import hypothesis
import pytest
from conftest import BANK, LESSON, NOW
from history import study
from hypothesis import strategies

from tutor.corpus.bank import draw
from tutor.corpus.corpus import open_corpus
from tutor.learner.lesson_map import lesson_map
from tutor.learner.overview import overview_of
from tutor.learner.records import open_records
from tutor.models import Attempt, Draw, Evidence, Grade
from tutor.screen.html import page_of
from tutor.screen.html.document import document
from tutor.screen.html.elements import tag
from utils.text import sanitize

VOID = {"meta", "br"}
EVIL = "<script>alert(1)</script> \"A\" & 'B' \u202egpj <img src=x onerror=alert(1)>"


class Parsed(HTMLParser):
    """A page as a browser reads it: its elements with their attributes, its text, {caption: rows of cells} of its tables.

    Raises AssertionError where an end tag doesn't match.
    """

    def __init__(self, page: str):
        super().__init__()
        self.elements, self.texts, self.tables, self._open = [], [], {}, []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, name, attributes):
        self.elements.append((name, dict(attributes)))
        if name not in VOID:
            self._open.append(name)
        if name == "table":
            self._rows = []
        elif name == "tr":
            self._rows.append([])

    def handle_endtag(self, name):
        assert self._open.pop() == name

    def handle_data(self, data):
        if "style" in self._open:
            return
        self.texts.append(data)
        if self._open[-1:] == ["caption"]:
            self.tables[data] = self._rows
        elif {"th", "td"} & set(self._open):
            self._rows[-1].append(data.replace("\xa0", " "))

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).replace("\xa0", " ").split())

    def all(self, name: str) -> list[dict[str, str]]:
        return [attributes for found, attributes in self.elements if found == name]


@pytest.fixture
def lived_in(docs, home):
    """A home in which bread was learned for some weeks."""
    study(docs, home, ["food/bread"], NOW, days=20)
    return home


def told(docs, home, lesson=None):
    with open_records(home, now=lambda: NOW, read_only=True) as records:
        corpus = open_corpus(docs)
        return lesson_map(corpus, records, lesson, NOW) if lesson else overview_of(corpus, records, NOW)


def pages(docs, home) -> list[str]:
    return [page_of(told(docs, home)), page_of(told(docs, home, "food/bread"))]


# --------------------------------------------------------------------------------------------------- what it says


def test_the_page_says_what_progress_says(docs, lived_in):
    overview = told(docs, lived_in)
    one, page = overview.progress, Parsed(page_of(overview))
    assert f"{one.attempts}" in page.text and f"You answered on {len(one.by_day)} days" in page.text
    assert "Bread" in page.text and f"{one.mastery['food/bread'] * 100:.0f} %" in page.text
    for heading, value in (("Yeast", one.sections["food/bread"]["yeast"]), ("Salt", one.sections["food/bread"]["salt"])):
        assert f"{heading}: {value * 100:.0f} %" in page.text
    _, now, *later = page.tables["Reviews a day"]
    assert [int(count) for _, count in (now, *later)] == [count for _, count in one.forecast]
    assert now[0] == "today" and later[0][0] == "Mon 2 Mar"
    curve = one.retention["curve"]
    assert f"about {curve['2026-03-01'] * 100:.0f} % would come to mind today" in page.text
    assert page.tables["All questions, without a review"][3] == ["in 30 days", f"{curve['2026-03-31'] * 100:.0f} %"]
    assert sum(int(count) for _, count in page.tables["Questions by stability"][1:]) == one.retention["items"]
    intervals = one.retention["measured"]["intervals"]
    assert [int(row[2]) for row in page.tables["Asked again"][1:]] == [each["asked"] for each in intervals]
    assert page.tables["Asked again"][2][:2] == ["about 7 days", f"{intervals[1]['recalled'] * 100:.0f} %"]


def test_every_day_with_answers_stands_in_the_calendar_and_in_its_table(docs, lived_in):
    overview = told(docs, lived_in)
    page = Parsed(page_of(overview))
    for iso, count in overview.progress.by_day.items():
        day = f"{int(iso[-2:])} {'Feb' if iso[5:7] == '02' else 'Mar'}"
        assert f"{day}: {count} answer" in page.text
    _, *weeks = page.tables["Answers a day, by weeks"]
    assert sum(int(cell) for _, *days in weeks for cell in days if cell != "–") == overview.progress.attempts


def test_a_misconception_comes_with_its_answers_in_words(docs, home):
    with open_records(home, now=lambda: NOW) as records:
        for day in (12, 14):
            at = f"2026-02-{day}T10:00:00.000Z"
            wrong = Attempt("food/bread:gas", "yeast", "2", Grade(0.0), at, "practice", session=str(day))
            records.add(wrong, evidence=[Evidence("yeast makes oxygen", Evidence.SHOWN, wrong.item, wrong.section, at)])
    overview = told(docs, home)
    (one,) = overview.document()["misconceptions"]
    assert [(piece["day"], piece["answer"]) for piece in one["evidence"]] == [("2026-02-12", "oxygen"), ("2026-02-14", "oxygen")]
    for page in map(Parsed, pages(docs, home)):
        assert "✗ held yeast makes oxygen" in page.text
        assert "14 Feb, answered: oxygen Which gas makes dough rise?" in page.text


@pytest.mark.parametrize("way", [Draw.FIRST, Draw.LATEST])
def test_an_answer_by_number_is_told_by_the_order_that_its_options_were_shown_in(docs, way):
    corpus = open_corpus(docs)
    item = next(item for item in corpus.items("food/bread") if item.id == "gas")
    for seed in range(6):
        drawn = draw(item, seed, way)
        number = 1 + [option.text for option in drawn.options].index("oxygen")
        attempt = Attempt(item.key, "yeast", str(number), Grade(0.0), "2026-02-12T10:00:00.000Z", "practice", seed=seed, draw=way)
        assert corpus.in_words(attempt) == ("Which gas makes dough rise?", "oxygen")


def test_with_no_records_the_page_is_kind_and_creates_nothing(tutor, docs, home, tmp_path):
    run = tutor("progress", "--docs", docs, "--html", "page.html")
    assert run.returncode == 0 and run.stdout == "page.html: written; open it in a browser\n"
    page = Parsed((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert "that is how everyone begins" in page.text and "Bread : ptutor learn food/bread" in page.text
    assert not (home / "records.db").exists()
    assert tutor("progress", "bread", "--docs", docs, "--html", "map.html").returncode == 0
    shown = Parsed((tmp_path / "map.html").read_text(encoding="utf-8"))
    assert "sections done 0 of 4" in shown.text and "Yeast not asked yet" in shown.text


def test_answers_to_the_lessons_of_another_folder_count_as_work_and_not_as_what_is_known_here(docs, lived_in, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "tea.md").write_text("# Tea\n\nTea is hot.\n", encoding="utf-8")
    page = Parsed(page_of(told(tmp_path / "other", lived_in)))
    assert "answers" in page.text and "By lesson" not in page.tables and "sections mastered" not in page.text


# ------------------------------------------------------------------------------------------------------ as a page


def test_every_chart_says_what_it_shows_and_every_table_what_it_holds(docs, lived_in):
    for page in map(Parsed, pages(docs, lived_in)):
        charts = [one for one in page.all("svg") if one.get("aria-hidden") != "true"]
        assert charts and all(one["role"] == "img" and one["aria-label"] for one in charts)
        assert len(page.all("h1")) == 1 and page.all("html") == [{"lang": "en"}]
    assert len(Parsed(page_of(told(docs, lived_in))).all("caption")) >= 4


def test_a_page_needs_nothing_from_elsewhere_and_forbids_it(docs, lived_in):
    for text in pages(docs, lived_in):
        page = Parsed(text)
        assert not {"script", "link", "img", "iframe", "form"} & {name for name, _ in page.elements}
        given = {key for _, attributes in page.elements for key in attributes}
        assert not {"src", "href", "style", "action"} & given and not any(key.startswith("on") for key in given)
        (policy,) = [one["content"] for one in page.all("meta") if one.get("http-equiv") == "Content-Security-Policy"]
        style = re.search("<style>(.*?)</style>", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert policy.startswith("default-src 'none'; ") and f"style-src 'sha256-{digest}'" in policy
        assert "url(" not in style and "@import" not in style and "<" not in style


# ------------------------------------------------------------------------------------------------- whose words


def test_words_of_others_stay_words(docs, home, tutor, tmp_path):
    lesson = LESSON.replace("title: Bread", f"title: {json.dumps(EVIL)}").replace("## Yeast", f"## Yeast `{EVIL}`")
    (docs / "food" / "bread.md").write_text(lesson, encoding="utf-8")
    bank = BANK.replace("section: yeast", f"section: {open_corpus(docs).lesson('food/bread').sections[1].slug}")
    bank = bank.replace("misconception: yeast makes oxygen", f"misconception: {json.dumps(EVIL)}")
    bank = bank.replace("text: oxygen", f"text: {json.dumps(EVIL)}")
    (docs / "food" / "bread.quiz.yaml").write_text(bank, encoding="utf-8")
    study(docs, home, ["food/bread"], NOW, days=20)
    with open_records(home, now=lambda: NOW) as records:
        records.set_setting("goal", {"words": EVIL, "lessons": ["food/bread"]})
        at = "2026-02-14T10:00:00.000Z"
        wrong = Attempt("food/bread:gas", "yeast", "2", Grade(0.0), at, "practice", session="0")
        typed = Attempt("food/bread:eats", "yeast", EVIL + "</q></style>", Grade(0.0), at, "practice", session="0")
        for attempt in (wrong, typed):
            records.add(attempt, evidence=[Evidence(EVIL, Evidence.SHOWN, attempt.item, attempt.section, at)])
    for text in pages(docs, home):
        page = Parsed(text)
        assert not {"script", "img"} & {name for name, _ in page.elements}
        assert not any(key.startswith("on") for _, attributes in page.elements for key in attributes)
        assert page.text.count("<script>alert(1)</script> \"A\" & 'B' ⟨U+202E⟩gpj <img src=x onerror=alert(1)>") >= 3
        assert "\u202e" not in text
    assert tutor("progress", "--docs", docs, "--html", "page.html").returncode == 0


@hypothesis.given(strategies.text(), strategies.text())
def test_any_text_is_read_back_as_it_was_sanitized(text, attribute):
    page = Parsed(tostring(tag("p", text, title=attribute), encoding="unicode", method="html"))
    assert page.elements == [("p", {"title": sanitize(attribute, newlines=False)})]
    assert "".join(page.texts) == sanitize(text)


# ------------------------------------------------------------------------------------------------------ the file


def test_an_older_page_is_replaced_and_any_other_file_is_left_alone(tutor, docs, tmp_path):
    (tmp_path / "page.html").write_text(document("old", foot=""), encoding="utf-8")
    (tmp_path / "mine.html").write_text("<p>mine</p>", encoding="utf-8")
    assert tutor("progress", "--docs", docs, "--html", "page.html").returncode == 0
    assert "Your progress" in (tmp_path / "page.html").read_text(encoding="utf-8")
    run = tutor("progress", "--docs", docs, "--html", "mine.html")
    assert run.returncode == 2 and "mine.html: found a file that is no page of progress" in run.stderr
    assert (tmp_path / "mine.html").read_text(encoding="utf-8") == "<p>mine</p>"


@pytest.mark.parametrize("name", ["folder", "nowhere/page.html", ""])
def test_a_place_that_cannot_be_written_is_a_mistake_of_usage(tutor, docs, tmp_path, name):
    (tmp_path / "folder").mkdir()
    run = tutor("progress", "--docs", docs, "--html", name)
    assert run.returncode == 2 and run.stdout == "" and "Traceback" not in run.stderr
    assert name in run.stderr and os.listdir(tmp_path / "folder") == []


def test_json_goes_to_stdout_beside_the_page(tutor, docs, tmp_path):
    run = tutor("progress", "--docs", docs, "--json", "--html", "page.html")
    assert json.loads(run.stdout)["attempts"] == 0 and (tmp_path / "page.html").exists()
    assert json.loads(run.stdout)["retention"] is None
