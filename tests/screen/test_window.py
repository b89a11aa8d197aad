"""The window of a session: it may change at any moment, is drawn again on request, and a paste or any script is just text."""

from __future__ import annotations

import sys
import time

import pytest
from conftest import ROOT, bare_environment
from endpoint import serving, streamed
from person import ended_well, pexpect, pyte
from test_terminal import choosing, go_to

KINDS = ("a page", "a menu", "a line")
BANK = """items:
  - id: grams
    section: salt
    kind: number
    question: How many grams of salt go with 500 g of flour?
    answer: 10
"""


@pytest.fixture(autouse=True)
def salt(docs):
    """A lesson whose one question is answered by a line."""
    (docs / "salt.md").write_text(
        "# Bread and salt\n\n## Salt\n\nTwo percent of the flour's weight is usual.\n", encoding="utf-8"
    )
    (docs / "salt.quiz.yaml").write_text(BANK, encoding="utf-8")


def at_prompt(person, kind, **size):
    """Somebody at a kind of prompt."""
    if kind == "a line":
        someone = person("learn", "salt", **size)
        someone.read("enter question")
        someone.settle()
        prompts = someone.prompts
        someone.press("enter")
        someone.read("k skip")
        someone.settle(after=prompts)
        return someone
    someone = person("learn", "bread", **size)
    go_to(someone, {"a page": "the explanation", "a menu": "the probe"}[kind])
    someone.settle()
    assert choosing(someone) == (kind == "a menu")
    return someone


def resize(someone, columns, rows):
    someone.screen.resize(rows, columns)
    someone.child.setwinsize(rows, columns)


def read_until(someone, is_so):
    """The screen, once something is so of its rows."""
    deadline = time.monotonic() + 60
    while not is_so(rows := [row for row in someone.text().split("\n") if row.strip()]):
        assert time.monotonic() < deadline, someone.text()
        try:
            someone.feed(someone.child.read_nonblocking(65536, timeout=0.1))
        except pexpect.TIMEOUT:
            continue
    return rows


@pytest.mark.parametrize("kind", KINDS)
def test_the_prompt_at_hand_follows_a_window_that_gets_narrower_and_wider_again(person, kind):
    someone = at_prompt(person, kind)
    words = " ".join(someone.text().split()).split(" · ")[-1]
    resize(someone, 40, 24)
    rows = read_until(someone, lambda rows: rows and rows[-1].endswith("q leave") and max(map(len, rows)) <= 40)
    assert all(row.startswith(" ") for row in rows) and not any(row.rstrip().endswith("·") for row in rows)
    resize(someone, 100, 30)
    read_until(someone, lambda rows: rows and rows[-1].endswith("q leave") and max(map(len, rows)) > 60)
    assert words in " ".join(someone.text().split())
    someone.press("c-d")
    assert someone.leave() == 0 and ended_well(someone)


def test_what_is_typed_stays_where_the_window_changes(person):
    someone = at_prompt(person, "a line")
    someone.press(*"half an ans")
    someone.read("half an ans")
    resize(someone, 50, 20)
    read_until(someone, lambda rows: max(map(len, rows)) <= 50 and any("half an ans" in row for row in rows))
    someone.press(*"wer", "enter")
    someone.read("› half an answer")


@pytest.mark.parametrize("kind", KINDS)
def test_ctrl_l_draws_everything_again(person, kind):
    someone = at_prompt(person, kind)
    before = [row for row in someone.text().split("\n") if row.strip()]
    prompts = someone.prompts
    someone.press("c-l")
    someone.settle(after=prompts)
    after = [row for row in someone.text().split("\n") if row.strip()]
    assert after[-6:] == before[-6:] and b"\x1b[2J" in someone.raw


@pytest.mark.parametrize("kind", KINDS)
def test_ctrl_z_suspends_and_fg_draws_it_again(docs, home, kind):
    """In a shell with job control, as a person has one."""
    screen = pyte.Screen(80, 24)
    stream = pyte.ByteStream(screen)
    env = {**bare_environment(home), "TERM": "xterm-256color", "LANG": "C.UTF-8", "PS1": "$ "}
    shell = pexpect.spawn("bash", ["--norc", "-i"], dimensions=(24, 80), env=env, timeout=60)

    def read(words):
        deadline = time.monotonic() + 60
        while words not in "\n".join(screen.display):
            assert time.monotonic() < deadline, "\n".join(screen.display)
            try:
                stream.feed(shell.read_nonblocking(65536, timeout=0.1))
            except pexpect.TIMEOUT:
                continue

    lesson, first, shown = ("salt", "enter question", "k skip") if kind == "a line" else ("bread", "enter go on", "1–4")
    shell.send(f"{sys.executable} {ROOT / 'main.py'} --docs {docs} --seed 4 learn {lesson}\r")
    read(first)
    if kind == "a page":
        shown = first
    else:
        shell.send("\r")
    read(shown)
    shell.send("\x1a")
    read("Stopped")
    screen.reset()
    shell.send("fg\r")
    read(shown)
    shell.send("\x03")
    read("Your place is kept.")
    shell.send("echo code $?\r")
    read("code 130")
    shell.close(force=True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_paste_of_ten_lines_is_one_line_of_talk_or_one_answer_and_presses_no_keys(person, kind):
    someone = at_prompt(person, kind)
    lines = "\r".join(["what is salt", *(f"q line {number}" for number in range(9))])
    someone.press(f"\x1b[200~{lines}\x1b[201~")
    someone.read("q line 8")
    prompts = someone.prompts
    someone.press("enter")
    someone.settle(after=prompts)
    assert "q line 8" in someone.everything() and someone.child.isalive()
    someone.press("c-d")
    assert someone.leave() == 0 and ended_well(someone)


def test_a_paste_of_ten_lines_is_one_answer_in_plain_text_too(person):
    someone = person("learn", "bread", "--plain")
    someone.read("enter go on")
    someone.press("enter")
    someone.read("explain it to me")
    someone.press("".join(f"line {number}\n" for number in range(10)))
    someone.read("You:")
    someone.read("names no option")
    read_until(someone, lambda rows: someone.raw.count(b"explain it to me") == 2)
    someone.press("q", "enter")
    assert someone.leave() == 0


@pytest.mark.parametrize("words", ["为什么要除以根号", "👍🏽 🎉", "שלום מה זה", "مرحبا بكم"])
@pytest.mark.parametrize("kind", KINDS)
def test_any_script_can_be_typed_at_any_prompt(person, kind, words):
    someone = at_prompt(person, kind)
    prompts = someone.prompts
    someone.press(*words)
    if kind == "a page":  # the first character opens a line
        someone.settle(after=prompts)
    prompts = someone.prompts
    someone.press("enter")
    someone.settle(after=prompts)
    assert words[0] in someone.everything() and words.split()[-1][0] in someone.everything() and someone.child.isalive()
    someone.press("c-d")
    assert someone.leave() == 0 and ended_well(someone)


def test_keys_typed_while_nothing_listens_are_dropped_and_not_echoed(person):
    someone = person("learn", "bread")
    someone.read("enter go on")
    someone.settle()
    prompts = someone.prompts
    someone.press("\rzzz")  # the rest comes before the next prompt does
    someone.settle(after=prompts)
    text = someone.read("explain it to me")
    assert "zzz" not in text and "esc back" not in text
    someone.press("c-d")
    assert someone.leave() == 0 and ended_well(someone)


@pytest.mark.parametrize(("columns", "rows"), [(60, 20), (80, 24)])
def test_a_model_s_long_reply_comes_by_the_page_too(person, columns, rows):
    reply = "\n\n".join(
        f"Paragraph {number} of what the model says has enough words for two rows of a window." for number in range(30)
    )
    with serving(streamed(reply)) as server:
        someone = person("learn", "salt", columns=columns, rows=rows, OPENAI_BASE_URL=server.base_url, OPENAI_MODEL="fake")
        someone.read("Paragraph 2 ")
        someone.settle()
        seen = someone.text()
        assert "Paragraph 0 " in seen and "Paragraph 29" not in seen and "enter more" in seen
        for _ in range(30):
            if "enter question" in someone.text():
                break
            prompts = someone.prompts
            someone.press("space")
            someone.settle(after=prompts)
            seen += someone.text()
        assert all(f"Paragraph {number} " in seen for number in range(30)) and "Two percent" in seen
        someone.press("q")
        assert someone.leave() == 0 and ended_well(someone)


def test_a_session_left_in_the_middle_of_a_section_opens_at_that_page_again(person, docs):
    text = "\n\n".join(f"Paragraph {number} says something." for number in range(40))
    (docs / "salt.md").write_text(f"# Bread\n\n## Salt\n\n{text}\n", encoding="utf-8")
    someone = person("learn", "salt")
    for page in ("1 of 5", "2 of 5", "3 of 5"):
        someone.read(page)
        someone.settle()
        seen = [row for row in someone.text().split("\n") if "Paragraph" in row][-1]
        someone.press("space" if page != "3 of 5" else "q")
    assert someone.leave() == 0
    again = person("learn", "salt")
    again.read("3 of 5")
    assert seen in again.text() and "Paragraph 1 " not in again.text()


def test_ctrl_c_says_what_was_kept(person):
    someone = person("learn", "bread")
    go_to(someone, "the answer")
    someone.press("c-c")
    assert someone.leave() == -2
    assert "kept" in someone.text() and ended_well(someone)


def test_ctrl_c_in_a_quiz_says_how_many_answers_were_kept(person):
    someone = person("quiz", "bread", "-n", "3")
    someone.read("1 of 3")
    someone.settle()
    prompts = someone.prompts
    someone.press(*(["1"] if choosing(someone) else ["1", "enter"]))
    someone.read("2 of 3")
    someone.settle(after=prompts)
    someone.press("c-c")
    assert someone.leave() == -2
    assert "1 answer kept." in someone.text() and ended_well(someone)


def test_ctrl_d_typed_between_two_prompts_reaches_the_next_as_what_it_is():
    code = (
        "import os, select, termios, tty\n"
        "from tutor.screen.terminal.keys import QuietKeys\n"
        "with QuietKeys():\n"
        "    print('between', flush=True)\n"
        "    select.select([0], [], [])\n"
        "    tty.setcbreak(0, termios.TCSANOW)\n"
        "    print(os.read(0, 10))\n"
    )
    child = pexpect.spawn(sys.executable, ["-c", code], cwd=ROOT, timeout=60)
    child.expect("between")
    child.send("\x04")
    child.expect_exact("b'\\x04'")
