"""Made items: what is asked of a text that has no bank, what is left out, and that a bank of them would pass `check`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import LESSON, NOW, ROOT, environment_of
from growth import assert_linear

from flow import create_learn_flow
from tutor import grading
from tutor.check.banks import bank_findings
from tutor.corpus import bank
from tutor.corpus.corpus import open_corpus
from tutor.corpus.lessons import parse_lesson
from tutor.corpus.made_items import make_items
from tutor.learner import topics
from tutor.models import Item, Kind, Step
from tutor.nodes.shared import session_store
from tutor.screen import screens
from tutor.screen.learners import ScriptedLearner
from tutor.screen.terminal import Terminal
from utils.settings import Settings

KEYS = "?hsxkq"
ONE_ITEM = "items:\n- {id: crumb, section: dough, kind: number, question: How many crumbs?, answer: 3}\n"
TEXT = """\
# The bakery

## Dough

A **starter** is a culture of wild yeast and bacteria that a baker feeds with flour every day.
The **crumb** is the soft inside of a loaf, and the holes in the crumb tell how the dough was handled.
Bakers keep the **starter** in a cool room. The **crust** is the hard outside of a loaf. An oven makes the crust brown.
About 65 % of a common dough is water, while a wet dough has 80 % of water and a firm dough 55 %.

## Tools

| tool | what it does | made of |
|---|---|---|
| scraper | cuts wet dough | steel |
| banneton | gives the loaf its shape | rattan |
| lame | opens the surface before baking | wood |

## Orders

- **Retarding**: the shaped loaf spends a night in the cold.
- **Autolyse**: flour and water rest before anything else is added.
- **Proofing**: the shaped loaf rises at room temperature.

## Settings

The oven reads `--steam` and `--heat` from its command line. Set `--time` to the number of minutes that a loaf needs.
The switch `--fan` turns on a fan that moves the hot air.
"""


ROWS = [row.strip("| ").split(" | ") for row in TEXT.split("\n") if re.match(r"\| (scraper|banneton|lame)", row)]


def made(text: str, lesson: str = "food/bakery", **fields) -> list[Item]:
    return make_items(parse_lesson(text, lesson, f"{lesson}.md", **fields))


def answer_of(item: Item) -> str:
    return bank.shown_answer(item)


def of_section(items, slug) -> list[Item]:
    return [item for item in items if item.section == slug]


# ------------------------------------------------------------------------------------------------ what is asked


def test_terms_tables_lists_and_code_are_asked_about():
    items = made(TEXT)
    assert {item.section for item in items} == {"dough", "tools", "orders", "settings"}
    assert {item.kind for item in items} == {Kind.CLOZE, Kind.CHOICE}
    assert all(item.made for item in items)
    answers = {item.section: {answer_of(one) for one in of_section(items, item.section)} for item in items}
    assert "starter" in answers["dough"]
    assert answers["tools"] <= {text for row in ROWS for text in row[1:]}
    assert answers["orders"] <= {"Retarding", "Autolyse", "Proofing"}
    assert answers["settings"] <= {"`--fan`", "`--time`", "`--steam`", "`--heat`"}


def test_a_cloze_leaves_out_a_term_and_explains_with_the_whole_sentence():
    item = next(item for item in made(TEXT) if item.kind == Kind.CLOZE)
    assert item.question.count("[[…]]") == 1
    answer = item.blanks[0].accepted[0]
    assert item.explanation == item.question.replace("[[…]]", f"**{answer}**")
    assert item.explanation.replace("**", "") in TEXT.replace("**", "")
    assert grading.grade(item, answer).correct and not grading.grade(item, "butter").correct


def test_the_hints_of_a_cloze_lead_to_another_sentence_and_to_its_first_letter():
    item = next(item for item in made(TEXT) if item.kind == Kind.CLOZE and answer_of(item) == "starter")
    assert item.hints == (
        "The lesson also says: “Bakers keep the ____ in a cool room.”",
        "It begins with “s” and has 7 letters.",
    )


def test_a_choice_takes_its_wrong_options_from_the_lesson():
    item = of_section(made(TEXT), "orders")[0]
    assert [option.text for option in item.options if not option.right] != []
    assert {option.text for option in item.options} == {"Retarding", "Autolyse", "Proofing"}
    assert item.question.startswith("Which of these does this describe?\n\n“")
    assert item.explanation.startswith(f"**{answer_of(item)}**: ")


def test_a_table_is_asked_for_the_cell_in_a_row():
    item = of_section(made(TEXT), "tools")[0]
    found = re.fullmatch(r"In the table, what is under \*(.+)\* in the row \*\*(.+)\*\*\?", item.question)
    assert answer_of(item) in next(row for row in ROWS if row[0] == found[2])


def test_tables_of_figures_are_not_asked_about():
    rows = "| run | loss | time |\n|---|---|---|\n| small | 3.2 | 10 ms |\n| medium | 2.9 | 30 ms |\n| large | 2.1 | 90 ms |\n"
    assert made(f"# T\n\n## Runs\n\n{rows}") == []


def test_a_number_is_asked_for_among_numbers_of_its_kind():
    text = "A common bread dough holds 65% of water in its flour.\nRye dough often holds 80% of water. Bagels hold 55% of it.\n"
    item = made(f"# A\n\n## B\n\n{text}")[0]
    assert item.question.startswith("Which number fills the gap?")
    assert {option.text for option in item.options} == {"65%", "80%", "55%"}


def test_alternatives_are_asked_for_the_one_that_is_not_among_them():
    text = "# A\n\n## B\n\nThree things slow a loaf down: salts, spices and fats.\n\nThe **enzymes** work. The **sugars** help.\n"
    item = next(item for item in made(text) if "not" in item.question)
    assert item.question == "Which of these does the text *not* name here?\n\n“Three things slow a loaf down: ____”"
    assert answer_of(item) in ("enzymes", "sugars") and {"salts", "spices", "fats"} < {option.text for option in item.options}


def test_at_most_three_items_are_made_of_a_section_and_of_several_forms():
    rows = "| Vega | seen near A at night |\n| Rigel | seen near B at night |\n| Deneb | seen near C at night |\n"
    entries = "\n".join(f"- **{name}**: a colour that painters like in shadows." for name in ("Ochre", "Umber", "Sienna"))
    items = made(f"# A\n\n## B\n\n| name | meaning |\n|---|---|\n{rows}\n{entries}\n")
    assert len(items) == 3
    assert len({item.question.split()[0] for item in items}) == 2  # In the table …, Which of these …


# --------------------------------------------------------------------------------------------- what is left out


@pytest.mark.parametrize(
    "text",
    [
        "This **starter** is a culture of wild yeast that a baker feeds every single day.",
        "It is a **starter** that makes the dough of a good baker rise every day.",
        "However, they feed the **starter** with flour and water every day.",
        "As shown above, the **starter** is fed with flour and water every day.",
        "A **starter** needs flour.",  # too short
        "A **starter** " + "needs flour and water " * 12 + "every day.",  # too long
        "> A **starter** is a culture of wild yeast that a baker feeds with flour every day.",
        "    A **starter** is a culture of wild yeast that a baker feeds with flour every day.",
        "Does a baker feed the **starter** with flour and with water every day?",
        "A **starter** (a culture of wild yeast is fed with flour and with water every day.",
        "A **starter** costs $5 and a loaf costs half of it, as bakers say every day.",
        "A **starter** is a starter that a baker feeds with flour and with water every day.",  # given away
        "A baker should **never** feed a culture of wild yeast with salt or with vinegar.",  # stressed
        "**Note:** a baker feeds a culture of wild yeast with flour and with water every day.",
        "A ![**starter**](x.png) is a culture of wild yeast that a baker feeds with flour.",
        "A <b>starter</b> is a culture of **wild** yeast that a baker feeds with flour.",
    ],
)
def test_what_does_not_stand_alone_or_gives_itself_away_is_left_out(text):
    terms = "\n\nThe **crumb** is soft. The **crust** is hard. The **oven** is hot. A starter is old. Wild is old."
    assert not [item for item in made(f"# A\n\n## B\n\n{text}{terms}\n") if "____" in item.question or "[[" in item.question]


def test_the_heading_does_not_give_the_answer():
    with_heading = TEXT.replace("## Dough", "## The starter")
    assert "starter" in [answer_of(item) for item in made(TEXT)]
    assert "starter" not in [answer_of(item) for item in made(with_heading)]


def test_links_count_as_their_words_and_code_fences_as_nothing():
    linked = TEXT.replace("A **starter** is", "A [**starter**](https://example.org) is").replace("steel", "[steel](x.md)")
    asked, expected = made(linked), made(TEXT)
    assert [(item.question, answer_of(item)) for item in asked] == [(item.question, answer_of(item)) for item in expected]
    assert made("# A\n\n## B\n\n```\nA **starter** is a culture of wild yeast that a baker feeds.\n```\n") == []


def test_sections_that_only_repeat_or_point_elsewhere_are_not_asked():
    for title in ("Recap", "References", "Further reading", "Changelog", "1.2.3"):
        assert made(TEXT.replace("## Dough", f"## {title}"))[0].section == "tools"


def test_what_joins_a_sentence_to_the_one_before_it_is_left_off():
    item = made(TEXT.replace("A **starter** is", "However, a **starter** is"))[0]
    assert item.explanation.startswith("A **starter** is a culture")


def test_in_another_language_only_bold_terms_and_tables_are_asked_about():
    text = (
        "# Brot\n\n## Teig\n\nDer **Sauerteig** besteht aus Mehl und Wasser und lebt von wilder Hefe.\n"
        "Ein Sauerteig mag es warm. Etwa 65 % eines Teiges ist Wasser, bei Roggen 80 % und bei Laugen 55 %.\n\n"
        "| Werkzeug | wozu |\n|---|---|\n| Schaber | teilt Teig |\n| Korb | gibt Form |\n| Messer | öffnet Brot |\n"
    )
    items = made(text)
    assert len(items) == 3 and {answer_of(item) for item in items} <= {"Sauerteig", "teilt Teig", "gibt Form", "öffnet Brot"}
    chinese = made("# 面包\n\n## 面团\n\n**酵母**以糖为食，呼出二氧化碳，气体使面团膨胀起来。没有酵母的面团不会膨胀。\n")
    assert [answer_of(item) for item in chinese] == ["酵母"]


# --------------------------------------------------------------------------------------------------- sameness


def test_the_same_text_makes_the_same_items_in_any_process():
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tutor.corpus.lessons import parse_lesson\nfrom tutor.corpus.made_items import make_items\n"
        "print(make_items(parse_lesson(sys.stdin.read(), 'a')))\n"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code, str(ROOT)], input=TEXT, capture_output=True, text=True, check=True,
            env={"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "2")
    }  # fmt: skip
    assert len(runs) == 1 and "made-" in runs.pop()


def test_an_id_stays_when_the_text_changes_elsewhere():
    before = {item.id for item in of_section(made(TEXT), "dough")}
    edited = TEXT.replace("## Tools", "Bread is old.\n\n## Tools").replace("| scraper |", "| knife |")
    assert before == {item.id for item in of_section(made(edited), "dough")}
    items = made(TEXT)
    assert len({item.id for item in items}) == len(items)
    assert all(re.fullmatch(r"made-[0-9a-f]{12}", item.id) for item in items)


# ------------------------------------------------------------------------------------------- the rules of check


def as_bank(items: list[Item]) -> str:
    """The bank that an author would have written for these items."""
    entries = []
    for item in items:
        entry = {"id": item.id, "section": item.section, "kind": item.kind, "question": item.question}
        for blank in item.blanks:
            entry["question"] = entry["question"].replace("[[…]]", f"[[{'|'.join(blank.accepted)}]]", 1)
        if item.options:
            entry["options"] = [{"text": one.text, **({"right": True} if one.right else {})} for one in item.options]
        entries.append({**entry, "hints": list(item.hints), "explanation": item.explanation})
    return yaml.safe_dump({"items": entries}, allow_unicode=True, sort_keys=False)


OF_AN_AUTHOR = ("uncovered-section", "option-place", "longest-option")  # what is covered, and habits over all of a bank


def findings(lesson, items) -> list[str]:
    found, read = bank_findings(lesson, as_bank(items), "made.quiz.yaml", KEYS)
    assert len(read) == len(items)
    return [f"{one.rule}: {one.message}" for one in found if one.rule not in OF_AN_AUTHOR]


def bundled() -> list[Path]:
    return sorted((ROOT / "docs").glob("*/*.md"))


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
def test_the_items_made_of_a_bundled_lesson_pass_check_as_a_bank_would(path):
    lesson = parse_lesson(path.read_text(encoding="utf-8"), f"{path.parent.name}/{path.stem}", str(path))
    items = make_items(lesson)
    assert not items or findings(lesson, items) == []
    for item in items:
        drawn = bank.draw(item, 0)
        for answer in bank.accepted_answers(drawn):
            assert grading.grade(drawn, answer, language=lesson.language).correct, (item.id, answer)


def test_most_bundled_lessons_have_made_items():
    counts = [len(make_items(parse_lesson(path.read_text(encoding="utf-8"), path.stem))) for path in bundled()]
    assert sum(count > 0 for count in counts) >= 0.9 * len(counts) and sum(counts) >= 100


# ------------------------------------------------------------------------------------------------ in a session


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder of Markdown without any bank."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "bakery.md").write_text(TEXT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "notes"


@pytest.fixture
def play(folder, home, capsys):
    """Play steps in a session on the folder; returns (screen text, shared)."""
    sessions = iter(f"s{n}" for n in range(100))

    def run(*steps, topic="bakery"):
        learner = ScriptedLearner([Step(*step) for step in steps])
        with environment_of(folder, home, learner, session=next(sessions)) as environment:
            shared = session_store(environment, topic)
            create_learn_flow().run(shared)
            records = environment.records
            shared["attempts"], shared["rows"] = records.attempts(), topics.topic_rows(environment.corpus, records, NOW)
        return capsys.readouterr().out, shared

    return run


def test_a_lesson_without_a_bank_is_explained_and_then_asked_from_its_text(play):
    screen, shared = play(("answer", "starter"), ("quit",))
    assert screen.index("culture of wild yeast") < screen.index("made from the text")
    assert "Before you read" not in screen
    (attempt,) = shared["attempts"]
    assert attempt.item.startswith("bakery:made-") and attempt.mode == "practice" and attempt.grade.correct


def test_counts_in_topics_stay_those_of_authored_items(play):
    _, shared = play(("skip",), ("quit",))
    assert len(shared["attempts"]) == 1
    assert [(row["items"], row["mastery"], row["due"]) for row in shared["rows"]] == [(0, 0.0, 0)]


def test_a_made_item_that_was_missed_comes_back_in_the_next_session(play):
    play(("skip",), ("quit",))
    screen, _ = play(("quit",))
    assert "From last time" in screen


def test_a_missed_item_whose_sentence_is_gone_is_forgotten(play, folder):
    play(("skip",), ("quit",))
    (folder / "bakery.md").write_text("# Other\n\nNothing of it stands here any more.\n", encoding="utf-8")
    screen, _ = play(("quit",))
    assert "From last time" not in screen


def test_a_lesson_with_a_bank_has_no_made_items(docs):
    (docs / "food" / "bakery.md").write_text(TEXT, encoding="utf-8")
    assert not any(item.made for item in open_corpus(docs).items("food/bread"))
    (docs / "food" / "bakery.quiz.yaml").write_text(ONE_ITEM, encoding="utf-8")
    assert [item.id for item in open_corpus(docs).items("food/bakery")] == ["crumb"]
    (docs / "food" / "bakery.quiz.yaml").unlink()
    made = open_corpus(docs).items("food/bakery")
    assert made and all(item.made for item in made)


def test_a_made_item_says_so_on_screen_and_in_a_transcript(capsys):
    item = made(TEXT)[0]
    Terminal(Settings(plain=True), ScriptedLearner([])).show(screens.Question(item))
    assert "fill in the blank, made from the text" in capsys.readouterr().out
    assert screens.Question(item).markdown().startswith("**Question.** _(made from the text)_ ")
    authored = bank.parse_bank("items:\n- {id: a, section: s, kind: cloze, question: 'A [[b]].'}\n", "l", "p")[0]
    assert not authored.made and "made from" not in screens.Question(authored).markdown()


def test_check_does_not_look_at_made_items(tutor, folder):
    run = tutor("--docs", folder, "check")
    assert "0 items" in run.stdout and "made-" not in run.stdout


# ------------------------------------------------------------------------------------------------ hostile texts

SENTENCES = "**Yeast eats sugar** and makes gas in 12% of dough. The `x y` is a thing of use. " * 8 + "\n\n"
HOSTILE = {  # how it is built, and a size
    "one long section": (lambda n: SENTENCES * n, 11),
    "a long list": (lambda n: "".join(f"- **Term{i} word**: it holds a value that is number {i}\n" for i in range(n)), 130),
    "a long table": (
        lambda n: "|a|b|c|\n|-|-|-|\n" + "".join(f"| key{i} word | value {i} of | an{i} thing |\n" for i in range(n)),
        170,
    ),
    "many sections": (
        lambda n: "".join(f"## Part {i}\n\nA **term{i}** is a thing that stands in a text.\n\n" for i in range(n)),
        120,
    ),
    "many lists": (lambda n: "The kinds of it are:\n\n- `alpha`\n- `beta`\n- `gamma`\n\n" * n, 160),
    "one line of commas": (lambda n: "a, " * n + "and b.", 2_000),
    "capitals": (lambda n: ("The Xx Yy Zz Aa " * 300 + "end.\n\n") * n, 4),
    "brackets": (lambda n: "([{" * n, 2_000),
    "bold": (lambda n: ("**a b** " * 700 + "\n\n") * n, 2),
    "backticks": (lambda n: ("`a` " * 1_400 + "\n\n") * n, 2),
    "quotes in quotes": (lambda n: "> " * n + "deep", 400),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_time_that_items_take_to_make_grows_with_the_length_of_the_text_alone(name):
    build, size = HOSTILE[name]
    assert_linear(make_items, lambda n: parse_lesson(build(n), "a"), size)


def test_control_characters_of_a_lesson_do_not_reach_the_screen(capsys):
    text = TEXT.replace("wild yeast", "wild \x1b[2J yeast").replace("steel", "st\x1bcel")
    for item in made(text):
        Terminal(Settings(plain=True), ScriptedLearner([])).show(screens.Question(item))
    assert "\x1b" not in capsys.readouterr().out


def test_an_ordinary_short_lesson_makes_no_fuss():
    assert make_items(parse_lesson("", "empty")) == []
    assert all(item.section in ("yeast", "salt") for item in make_items(parse_lesson(LESSON, "food/bread")))
