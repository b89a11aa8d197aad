"""A person at a real pseudo-terminal: keys in, screens out, the terminal as it was when they leave.

The golden screens in tests/screen/golden are meant to be read; `UPDATE_GOLDEN=1 pytest tests/screen` writes them anew.
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, bare_environment
from person import WAIT_S, ended_well, pexpect

from tutor.screen.terminal.regions import WORD_S

GOLDEN = Path(__file__).parent / "golden"


def whole_lesson(someone) -> str:
    """Through the bread lesson as a person goes who knows most of it; the whole scroll-back."""
    someone.read("enter go on")
    someone.settle()
    for _ in range(40):
        text = someone.text()
        if "choose what is next" in text:
            break
        bottom = next(line for line in reversed(text.split("\n")) if line.strip())
        prompts = someone.prompts
        someone.press(*key_for(text, bottom))
        someone.settle(after=prompts)
    someone.read("choose what is next")
    return someone.everything()


def key_for(text: str, bottom: str) -> list[str]:
    """What this learner does at a screen, from what they see."""
    if "explain it to me" in bottom or "next question" in bottom or "go on" in bottom or "question ·" in bottom:
        return ["enter"]
    if "↑↓" in bottom:
        menu = text[text.rfind("one is right") :]  # the options stand in the order of the seed
        right = re.search(r"(\d)[. ]+(?:slows it|carbon dioxide)\s*$", menu, re.MULTILINE)
        return [*["down"] * (int(right[1]) - 1 if right and "✓" not in menu else 0), "enter"]
    if asked := re.findall(r"do (\d+) g of yeast", text):
        return [str(int(asked[-1]) * 50), "enter"]
    if "in percent" in text:
        return ["2", "enter"]
    return ["sugar", "enter"]


def compare(name: str, text: str):
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("columns", "rows"), [(60, 20), (80, 24), (100, 30), (120, 40)])
def test_a_whole_lesson_looks_like_its_golden_screen(person, columns, rows):
    someone = person("learn", "bread", columns=columns, rows=rows)
    text = whole_lesson(someone)
    someone.press("q")
    assert someone.leave() == 0
    assert max(len(line) for line in text.split("\n")) <= min(columns, 78)
    compare(f"lesson-{columns}x{rows}.txt", text)


def test_a_page_in_the_middle_of_a_long_section_looks_like_its_golden_screen(docs, person):
    lesson = docs / "food" / "bread.md"
    long = "".join(f"Step {number} folds the dough once more and lets it rest, as a baker would.\n\n" for number in range(1, 13))
    text = lesson.read_text(encoding="utf-8").replace("You will know why dough rises.\n\n", long)
    lesson.write_text(text, encoding="utf-8")
    someone = person("learn", "bread", columns=60, rows=20)
    someone.read("1 of")
    someone.settle()
    prompts = someone.prompts
    someone.press("enter")
    someone.read("2 of")
    someone.settle(after=prompts)
    compare("page-60x20.txt", "\n".join(line.rstrip() for line in someone.text().split("\n")))


def choosing(someone) -> bool:
    """Is the question on screen one whose options are moved among?"""
    return "↑↓" in someone.text()


# Ten places of a session, in the order in which one comes by: what is pressed to get on, and what then stands there.
PLACES = {
    "the promise": (lambda someone: [], "enter go on"),
    "the probe": (lambda someone: ["enter"], "explain it to me"),
    # the last row of a choice says what Enter alone says elsewhere
    "the explanation": (lambda someone: ["up", "enter"] if choosing(someone) else ["enter"], "x example"),
    "the brief version": (lambda someone: ["s"], "in brief"),
    "the example": (lambda someone: ["x"], "enter question"),
    "a question": (lambda someone: ["enter"], "k skip"),
    "a hint": (lambda someone: ["h", "enter"], "Hint 1 of 2"),
    "a side question": (lambda someone: ["?", "enter"], "? "),
    "its answer": (lambda someone: ["what is salt", "enter"], "bread.md:"),
    "the answer": (lambda someone: ["k", "enter"], "next question"),
}


def go_to(someone, place: str):
    """Through the session up to a place."""
    for name, (keys, words) in PLACES.items():
        prompts, pressed = someone.prompts, keys(someone)
        someone.press(*pressed)
        someone.read(words)
        someone.settle(after=prompts if pressed else 0)
        if name == place:
            return


@pytest.mark.parametrize("place", PLACES)
def test_ctrl_c_at_ten_places_ends_at_once_and_restores_the_terminal(person, place):
    someone = person("learn", "bread")
    go_to(someone, place)
    someone.press("c-c")
    assert someone.leave() == -2, "by the signal itself, which a shell shows as 130"
    assert ended_well(someone)


@pytest.mark.parametrize("key", ["c-d", "q"])
@pytest.mark.parametrize("place", ["home", "the promise", "the probe", "a question", "the answer"])
def test_leaving_by_key_says_what_was_kept(person, place, key):
    someone = person(*([] if place == "home" else ["learn", "bread"]))
    if place == "home":
        someone.read("q leave")
        someone.settle()
    else:
        go_to(someone, place)
    alone = key == "q" and place in ("home", "the probe", "a question")
    someone.press(*([key, "enter"] if alone else [key]))  # on a line of text a key counts when it stands alone
    assert someone.leave() == 0
    assert "place is kept" in someone.text() or "and your place" in someone.text()
    assert ended_well(someone)


@pytest.mark.parametrize(
    ("place", "word"),
    [
        ("the explanation", "because it is equal"),
        ("the explanation", "0.1 of it"),
        ("the answer", "quite a lot"),
        ("the answer", "2 x"),
    ],
)
def test_words_typed_where_nothing_is_asked_are_said_to_the_tutor_whatever_key_they_begin_with(person, place, word):
    someone = person("learn", "bread")
    go_to(someone, place)
    someone.press(*word, "enter")
    someone.read(f"? {word}")
    someone.read("or just ask")
    someone.settle()
    someone.press("q")
    assert someone.leave() == 0 and ended_well(someone)


def test_a_word_typed_at_a_menu_does_not_leave(person, docs):
    (docs / "tea.md").write_text("# Tea\n\nText.\n", encoding="utf-8")
    someone = person()
    someone.read("q leave")
    someone.settle()
    someone.press("t", "enter")
    someone.read("b back")
    someone.settle()
    someone.press(*"what is equal", "enter")
    someone.read("no text is read here")
    time.sleep(WORD_S)
    someone.press("q")
    assert someone.leave() == 0 and ended_well(someone)


def test_a_word_typed_at_an_item_s_options_opens_a_line_and_its_letters_are_no_keys(person):
    someone = person("learn", "bread", "--seed", "1")
    go_to(someone, "the probe")
    assert choosing(someone)
    someone.press(*"what is salt?", "enter")
    text = someone.read("bread.md:")
    assert "what is salt?" in text and "Hint" not in text
    someone.settle()
    someone.press("h", "\x1b")  # a line that is given up
    someone.read("1–4")
    someone.press("4")
    someone.read("x example")
    someone.settle()
    someone.press("q")
    assert someone.leave() == 0 and ended_well(someone)


def test_a_long_menu_is_filtered_by_words_and_moved_in_by_pages(person, docs):
    for number in range(30):
        about = "salt" if number % 7 == 3 else "flour"
        (docs / f"{number:02}-lesson.md").write_text(f"# Lesson {number} on {about}\n\nText.\n", encoding="utf-8")
    someone = person(columns=60, rows=20)
    someone.read("All lessons")
    someone.settle()
    someone.press("t", "enter")
    someone.read("1 of 31")
    someone.press("end")
    someone.read("31 of 31")
    someone.press("home")
    someone.read(" 1 of 31")
    someone.press("pagedown")
    assert "› " in someone.read("18 of 31")
    someone.press("/", *"salt")
    someone.read("/ salt")
    text = someone.read(" 4 of 31")
    assert text.count("salt") == 5 and "flour" not in text and "›   Lesson 17" in text
    someone.press("down", "enter")
    someone.read("24-lesson › Lesson 24 on salt")
    someone.settle()
    someone.press("q")
    assert someone.leave() == 0 and ended_well(someone)


def test_the_shell_sees_130_after_ctrl_c_and_its_terminal_is_sane(docs, home):
    """A shell around the tutor, as a person has one: its terminal settings come back as they were."""
    tutor = f"{sys.executable} {ROOT / 'main.py'} --docs {docs} learn bread"
    program = f"stty -a > {home}.before; {tutor}; echo code $?; stty -a > {home}.after"
    env = {**bare_environment(home), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    child = pexpect.spawn("bash", ["-c", program], dimensions=(24, 80), env=env, timeout=WAIT_S)
    child.expect("enter go on")
    child.expect_exact("\x1b[?7h")  # drawn to its end
    child.send("\x03")
    child.expect(r"code (\d+)")
    assert child.match[1] == b"130"
    child.expect(pexpect.EOF)
    child.close()
    assert Path(f"{home}.before").read_text() == Path(f"{home}.after").read_text()


def test_a_session_left_in_mid_question_opens_at_that_question_again(person):
    someone = person("learn", "bread")
    go_to(someone, "a question")
    someone.settle()
    asked = [line for line in someone.text().split("\n") if line.strip().endswith("?")][-1]
    someone.child.kill(9)
    someone.leave()
    again = person("learn", "bread")
    again.read("k skip")
    assert asked in again.text()


def test_hostile_lesson_text_cannot_move_the_cursor(person, docs):
    lesson = docs / "food" / "bread.md"
    text = lesson.read_text(encoding="utf-8").replace("The gas makes", "\x1b[2J\x1b[H\x9b31mThe gas makes")
    lesson.write_text(text, encoding="utf-8")
    someone = person("learn", "bread")
    go_to(someone, "the explanation")
    assert "␛[2J␛[H" in someone.text()


def test_plain_on_a_terminal_takes_lines_and_sends_no_escape_sequence(person):
    someone = person("learn", "bread", "--plain")
    someone.read("enter go on")
    someone.press("enter")
    someone.read("explain it to me")
    someone.press("enter")
    someone.read("x example")
    someone.press("q", "enter")
    assert someone.leave() == 0
    assert b"\x1b" not in someone.raw


def test_a_goal_is_typed_at_the_keyboard_and_then_stands_on_the_home_screen(person, docs):
    (docs / "food" / "toast.md").write_text(
        "---\nprerequisites: [food/bread]\n---\n# Toast\n\nBrowned bread.\n", encoding="utf-8"
    )
    someone = person(columns=60, rows=20)
    someone.read("What do you want to understand?")
    someone.settle()
    someone.press("up", "up", "enter")  # from the first line to the last but one
    someone.read("or name a lesson")
    someone.settle()
    someone.press(*"understand toast", "enter")
    text = someone.read("No goal any more")
    assert "Your goal: understand toast" in text and text.index("1  Bread") < text.index("2  Toast") < text.index(
        "Begin with Bread"
    )
    someone.settle()
    someone.press("2")
    someone.read("Towards “understand toast”: Bread")
    someone.settle()
    someone.press("q", "enter")
    assert someone.leave() == 0 and ended_well(someone)


def test_a_menu_that_is_taller_than_the_window_follows_the_pointer_and_b_leads_back_from_it(person, docs):
    for number in range(30):
        (docs / f"{number:02}-lesson.md").write_text(f"# Lesson {number}\n\nText.\n", encoding="utf-8")
    someone = person(columns=60, rows=20)
    someone.read("All lessons")
    someone.settle()
    someone.press("t", "enter")
    someone.read("1 of 31")
    someone.settle()
    someone.press("up")
    assert "› " in next(line for line in someone.read("31 of 31").split("\n") if "Bread" in line)
    someone.press("down", "down")
    assert "› 2 Lesson 1\n" in someone.read("2 of 31")
    someone.press("b")
    someone.read("What do you want to understand?")
    someone.settle()
    someone.press("q", "enter")
    assert someone.leave() == 0 and ended_well(someone)


def test_x_leads_to_the_example_below_and_where_that_has_been_read_to_another_one(person, docs):
    """And what comes after the page at which it was pressed is all there."""
    lesson = docs / "food" / "bread.md"
    long = "\n\n".join(f"Paragraph {n} tells more of the dough and of the oven." for n in range(12))
    text = lesson.read_text(encoding="utf-8").replace("**Example.**", f"{long}\n\n**Example.**")
    lesson.write_text(text, encoding="utf-8")
    someone = person("--docs", docs, "learn", "bread")
    for words in ("enter go on", "explain it to me", "1 of 2"):
        someone.read(words)
        someone.settle()
        prompts = someone.prompts
        someone.press(
            "x" if words == "1 of 2" else "enter" if "↑↓" not in someone.text() else "end",
            *(["enter"] * ("↑↓" in someone.text())),
        )
        someone.settle(after=prompts)
    text = someone.read("The lesson's own example comes now:")
    assert text.count("Ten grams of yeast raise 500 grams") == 1
    assert re.findall(r"Paragraph (\d+) ", someone.everything()) == [str(n) for n in range(12)]
    someone.press("x")
    assert "It is " in someone.read("Fifty times") and someone.text().count("Ten grams of yeast raise 500 grams") == 1


def test_enter_chooses_no_option_that_nobody_moved_to_once_something_was_shown_above_the_menu(person):
    someone = person("learn", "bread", "--seed", "1")
    go_to(someone, "the probe")
    assert choosing(someone) and "› 1" in someone.text()
    prompts = someone.prompts
    someone.press(*"what is salt?", "enter")
    text = someone.read("bread.md:")
    someone.settle(after=prompts)
    menu = someone.text().rpartition("Bread › Salt")[2]
    assert "  1 " in menu and "›" not in menu, text
    someone.press("enter")  # meant as "I have read it"
    someone.read("› 1 ")
    assert "1–4" in someone.text() and "x example" not in someone.text()
    someone.press("down")
    someone.read("› 2 ")
    someone.press("enter")
    someone.read("x example")
    someone.settle()
    someone.press("q")
    assert someone.leave() == 0 and ended_well(someone)
