"""Words that come in one go, as fast as a terminal hands them over: none of their letters and digits is taken for a key."""

from __future__ import annotations

import pytest
from person import ended_well
from test_terminal import go_to

ASKED = "Which of these are true of salt"
BANK = f"""items:
  - id: true-of-salt
    section: salt
    kind: KIND
    question: {ASKED}?
    options:
      - {{text: It slows yeast down, right: true}}
      - {{text: It feeds yeast, right: false}}
      - {{text: It is sweet, right: false}}
"""


@pytest.fixture
def asked(person, docs):
    """Somebody at a question of a kind, which was asked after its lesson: the only one there is."""

    def at(kind):
        (docs / "salt.md").write_text("# Bread and salt\n\n## Salt\n\nIt slows yeast down.\n", encoding="utf-8")
        (docs / "salt.quiz.yaml").write_text(BANK.replace("KIND", kind), encoding="utf-8")
        someone = person("quiz", "salt", "-n", "1")
        someone.read(ASKED)
        someone.settle()
        return someone

    return at


@pytest.mark.parametrize("kind", ["choice", "multi"])
def test_a_digit_with_text_right_behind_it_begins_a_line_and_chooses_nothing(asked, kind):
    someone = asked(kind)
    someone.press("1 and 3")
    text = someone.read("› 1 and 3")
    assert "■" not in text and "enter answer" in text
    if kind == "choice":
        someone.press("enter")
        someone.read("names no option")
        someone.settle()
    someone.press("c-c")
    assert someone.leave() == -2 and ended_well(someone)


@pytest.mark.parametrize("keys", [["1"], ["1", "1"], ["1\r"]])
def test_a_digit_alone_chooses(asked, keys):
    someone = asked("choice")
    someone.press(*keys)
    someone.leave()
    assert "of 1 right" in someone.text() and ended_well(someone)


def test_a_question_typed_with_its_mark_in_one_go_is_asked_whole_after_a_verdict(person):
    someone = person("learn", "bread")
    go_to(someone, "the answer")
    prompts = someone.prompts
    someone.press("?what is salt\r")
    someone.settle(after=prompts + 1)
    assert "? what is salt" in someone.read("bread.md:18")
    someone.press("q")
    assert someone.leave() == 0 and ended_well(someone)


@pytest.mark.parametrize("words", ["skip the basics", "xylitol is what", "map of it all"])
def test_words_that_begin_with_a_key_of_a_page_are_talk_and_press_no_key(person, words):
    someone = person("learn", "bread")
    go_to(someone, "the explanation")
    someone.press(words)
    someone.read(f"› {words}")
    someone.settle()
    someone.press("c-c")
    assert someone.leave() == -2 and ended_well(someone)


@pytest.mark.parametrize("keys", ["s", "ss", "s\r"])
def test_a_key_of_a_page_alone_acts(person, keys):
    someone = person("learn", "bread")
    go_to(someone, "the explanation")
    someone.press(keys)
    someone.read("in brief")
    someone.settle()
    someone.press("q")
    assert someone.leave() == 0 and ended_well(someone)
