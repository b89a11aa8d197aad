"""Sheets: what is written is read back, answers in every form that people write, mistakes with their line."""

from __future__ import annotations

import pytest
from conftest import BANK, ROOT
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tutor import grading
from tutor.corpus import bank
from tutor.corpus.corpus import open_corpus
from tutor.models import Draw, Item, Kind, Option
from tutor.quiz import choosing, fingerprints, sheets
from tutor.quiz.sheets import SheetEntry
from utils.errors import InvalidFile
from utils.strict_yaml import load

OTHERS = """\
items:
  - id: gases
    section: yeast
    kind: multi
    question: Which are gases?
    options:
      - {text: oxygen, right: true}
      - {text: "salt, fine"}
      - {text: nitrogen, right: true}
  - id: powers
    section: yeast
    kind: choice
    question: What is 2 to the third?
    options: [{text: "6"}, {text: "8", right: true}, {text: "9"}]
  - id: bake
    section: yeast
    kind: order
    question: In which order?
    steps: [mix, rise, bake]
  - id: two
    section: yeast
    kind: cloze
    question: "[[Flour]] and [[water]]."
"""


@pytest.fixture(scope="module")
def items() -> dict[str, Item]:
    text = BANK + OTHERS.removeprefix("items:\n")
    return {item.id: bank.draw(item, 4, Draw.FIRST) for item in bank.parse_bank(text, "food/bread", "b.yaml")}


def written(*items, **changes) -> str:
    about = {"seed": 4, "topics": ["food/bread"], "corpus": "12e456789012", "command": "ptutor quiz --answers s.yaml", **changes}
    return sheets.write_sheet(items, {item.key: "1234e5678901" for item in items}, **about)


def entry(item, answer) -> SheetEntry:
    """What is read where `answer` was written behind `answer:`."""
    return sheets.read_sheet(written(item).replace("    answer:", f"    answer: {answer}"), "s.yaml").entries[0]


def verdict(item, answer) -> float:
    return grading.grade(item, sheets.as_typed(item, entry(item, answer)), strict=True).score


def test_what_is_written_is_read_back(items):
    sheet = sheets.read_sheet(written(*items.values()), "s.yaml")
    assert (sheet.seed, sheet.topics, sheet.corpus) == (4, ("food/bread",), "12e456789012")
    assert [entry.key for entry in sheet.entries] == [item.key for item in items.values()]
    assert {entry.version for entry in sheet.entries} == {"1234e5678901"}, "what looks like a number stays what it is"
    assert {entry.answer for entry in sheet.entries} == {""}


def test_the_head_says_how_and_with_which_command(items):
    text = written(items["gas"])
    head = text[: text.index("corpus:")]
    assert all(line.startswith("#") for line in head.strip().split("\n"))
    assert " ptutor quiz --answers s.yaml" in head and "[a, c]" in head


def test_a_sheet_shows_question_options_and_unit_and_no_key(items):
    data = load(written(*items.values()), "s.yaml")["items"]
    shown = {fields["id"].partition(":")[2]: fields for fields in data}
    assert shown["gas"]["options"] == {"a": "carbon dioxide", "b": "oxygen", "c": "nitrogen"}
    assert shown["flour"]["unit"] == "g" and "g of yeast raise" in shown["flour"]["question"]
    assert shown["two"]["question"] == "____ and ____."
    assert sorted(shown["bake"]["steps"].values()) == ["bake", "mix", "rise"]
    assert list(shown["bake"]["steps"].values()) == [items["bake"].steps[step] for step in bank.shuffled_steps(items["bake"])]
    assert "Flour" not in str(shown) and "right" not in str(shown) and "tolerance" not in str(shown)


@pytest.mark.parametrize(("item", "answer", "score"), [
    ("gas", "a", 1), ("gas", "A", 1), ("gas", "(a)", 1), ("gas", "1", 1), ("gas", "carbon dioxide", 1), ("gas", "b", 0),
    ("powers", "b", 1), ("powers", "8", 1), ("powers", '"8"', 1), ("powers", "6", 0), ("powers", "2", 1),
    ("gases", "[a, c]", 1), ("gases", "a, c", 1), ("gases", "c a", 1), ("gases", "[1, 3]", 1), ("gases", "1, 3", 1),
    ("gases", "[oxygen, nitrogen]", 1), ("gases", "oxygen, nitrogen", 1), ("gases", "\n      - oxygen\n      - c", 1),
    ("gases", '[a, "salt, fine"]', 0), ("gases", "a", 0),
    ("percent", "2", 1), ("percent", "2.0", 1), ("percent", "2e0", 1), ("percent", "4/2", 1), ("percent", "20", 0),
    ("eats", "sugar", 1), ("eats", "|\n      sugar", 1), ("eats", "Zucker", 0),
    ("two", "[flour, water]", 1), ("two", "flour; water", 1), ("two", "[water, flour]", 0),
])  # fmt: skip
def test_answers_are_taken_in_every_form_that_people_write(items, item, answer, score):
    assert verdict(items[item], answer) == score


@pytest.mark.parametrize("form", ["[{}, {}, {}]", "{} {} {}", "{}, {}, {}", '["{})", "{})", "{})"]'])
def test_steps_are_put_in_order_by_their_numbers(items, form):
    right = bank.accepted_answers(items["bake"])[0].split()
    assert verdict(items["bake"], form.format(*right)) == 1
    assert verdict(items["bake"], "[mix, rise, bake]") == 1


@pytest.mark.parametrize("answer", ["0.40", "1e-3", "007", "1_000", "yes", "true", "12:30", "1,000", "12 %"])
def test_an_answer_stays_as_it_was_written(items, answer):
    assert entry(items["percent"], answer).answer == answer


@pytest.mark.parametrize("answer", ["", "~", "null", "''", "[]", "[~, ~]", "\n      -", "# later", "\n"])
def test_a_blank_answer_is_none(items, answer):
    assert sheets.as_typed(items["gases"], entry(items["gases"], answer)) == ""


def test_options_whose_texts_are_letters_are_numbered():
    item = Item("x", "a/b", "c", Kind.CHOICE, "Which?", options=(Option("b"), Option("a", right=True)))
    assert bank.kind_of(item).sheet_choices(item) == {"1)": "b", "2)": "a"}
    assert verdict(item, "a") == 1 and verdict(item, "2") == 1 and verdict(item, "b") == 0


# ------------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(("old", "new", "line", "words"), [
    ("answer:", "anwser:", 21, 'found the unknown field "anwser".*Did you mean "answer"'),
    ("    answer:\n", "", 14, 'item "food/bread:gas": lacks the field "answer:", expected it; put it back'),
    ("answer:", "answer: because: it is", 21, "found \": \" inside a text without quotes"),
    ("answer:", "answer: {because: it}", 21, "found an answer with fields of its own, expected a text"),
    ("answer:", "answer: [[a], b]", 21, "found an answer with fields of its own"),
    ("answer:", "answer: *a", 21, r"begins with \* or &|alias"),
    ("answer:", "answer: !!python/name:os.system x", 21, "found the tag"),
    ("answer:", 'answer: "\\e[2J"', 21, r"control character U\+001B"),
    ("seed: 4", "seed: four", 11, "found a seed that is not a whole number; put back what was there"),
    ("seed: 4\n", "", 1, 'the sheet: lacks the field "seed:"'),
    ('topics: ["food/bread"]', "topics: bread", 12, "found topics that are not a list of names"),
    ('version: "1234e5678901"', "version: {a: b}", 18, "found a version that is a list or has fields of its own"),
    ('version: "1234e5678901"', "version: [a]", 18, "found a version that is a list"),
    ("id: food/bread:gas", "id: gas", 17, "found the id gas, expected one such as llm/attention:softmax"),
])  # fmt: skip
def test_a_mistake_is_refused_with_its_line(items, old, new, line, words):
    text = written(items["gas"])
    body = text.index("corpus:")
    with pytest.raises(InvalidFile, match=words) as refused:
        sheets.read_sheet(text[:body] + text[body:].replace(old, new, 1), "s.yaml")
    assert refused.value.line and refused.value.path == "s.yaml"


def test_an_item_that_stands_twice_is_refused_with_both_lines(items):
    with pytest.raises(InvalidFile, match=r's\.yaml:\d+: found the item "food/bread:gas" twice, first on line \d+'):
        sheets.read_sheet(written(items["gas"], items["gas"]), "s.yaml")


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b", "items: []"])
def test_what_is_no_sheet_is_refused(text):
    with pytest.raises(InvalidFile, match="expected"):
        sheets.read_sheet(text, "s.yaml")


# ------------------------------------------------------------------------------------------- whatever comes


READABLE = st.characters(blacklist_categories=("Cs", "Cc", "Cn")) | st.just("\n")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(READABLE, min_size=1), min_size=3, max_size=3))
@example(["1e5", "0", "0E0"])
def test_any_text_that_a_bank_can_hold_survives_a_sheet(texts):
    question, one, other = (text.strip() or "x" for text in texts)
    item = Item("x", "a/b", "c", Kind.CHOICE, question, options=(Option(one), Option(other)), unit="°")
    fields = load(written(item), "s.yaml")["items"][0]
    assert fields["question"] == question
    assert list(fields["options"].values()) == [one, other]


def test_every_bundled_item_survives_a_sheet_and_is_graded_right_by_its_own_answers():
    corpus = open_corpus(ROOT / "docs")
    banks = choosing.read_banks(corpus, corpus.ids())
    chosen = choosing.choose(banks, choosing.QuizRequest((), 11, 10_000))
    about = {"seed": 11, "topics": [], "corpus": "x", "command": "ptutor quiz --answers s.yaml"}
    text = sheets.write_sheet(chosen, fingerprints.versions_of(banks), **about)
    sheet = sheets.read_sheet(text, "s.yaml")
    assert not sheets.outdated_entries(sheet, {item.key: item for items in banks.values() for item in items})
    data = load(text, "s.yaml")["items"]
    for item, fields in zip(chosen, data, strict=True):
        assert fields["question"] == bank.kind_of(item).question_text(item)
        assert list(fields.get("options", {}).values()) == [option.text for option in item.options]
        if bank.kind_of(item).cannot_be_asked(item):  # without a sandbox
            continue
        answer = bank.accepted_answers(item)[0]
        assert grading.grade(item, sheets.as_typed(item, SheetEntry(item.key, "", answer))).score == 1.0


def test_words_that_were_changed_beside_a_letter_are_named(items):
    gases = items["gases"]
    label, asked = next(iter(bank.kind_of(gases).sheet_choices(gases).items()))
    text = written(gases, items["bake"]).replace(asked, "helium", 1)
    first, second = sheets.read_sheet(text, "s.yaml").entries
    assert sheets.altered_choice(first, gases) == f"found “helium” beside {label}, expected “{asked}”, which was asked"
    assert sheets.altered_choice(second, items["bake"]) == ""
