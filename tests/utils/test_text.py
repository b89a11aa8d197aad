"""What is printed can't act on the terminal, hide itself or be read the wrong way round; languages stay whole."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.text import CUT, FLAG_TAGS, MAX_MARKS, StreamSanitizer, nearest, plural, sanitize, width

ZWNJ, ZWJ = "\u200c", "\u200d"

HOSTILE = {
    "clear the screen": ("ok\x1b[2J\x1b[H", "ok␛[2J␛[H"),
    "cursor up and erase": ("wrong\n\x1b[1A\x1b[2KRIGHT", "wrong\n␛[1A␛[2KRIGHT"),
    "unfinished sequence": ("text \x1b[31", "text ␛[31"),
    "window title": ("\x1b]2;title\x07", "␛]2;title␇"),
    "hyperlink": ("\x1b]8;;file:///etc\x1b\\x", "␛]8;;file:///etc␛\\x"),
    "clipboard": ("\x1b]52;c;?\x07", "␛]52;c;?␇"),
    "device control string": ('\x1bP$q"q\x1b\\', '␛P$q"q␛\\'),
    "C1 introducer": ("\x9b31m", "⟨U+009B⟩31m"),
    "C1 reverse index": ("line\x8dRIGHT", "line⟨U+008D⟩RIGHT"),
    "next line": ("a\x85b", "a⟨U+0085⟩b"),
    "full reset": ("\x1bc", "␛c"),
    "character set": ("\x1b(0\x0e", "␛(0␎"),
    "backspaces": ("WRONG\x08\x08", "WRONG␈␈"),
    "null": ("ab\x00cd", "ab␀cd"),
    "delete": ("a\x7f", "a␡"),
    "bidi override": ("a\u202eb", "a⟨U+202E⟩b"),
    "bidi isolates": ("x\u2066y\u2069", "x⟨U+2066⟩y⟨U+2069⟩"),
    "bidi marks": ("a\u200eb\u200fc\u061cd", "a⟨U+200E⟩b⟨U+200F⟩c⟨U+061C⟩d"),
    "zero-width space": ("pass\u200bword", "pass⟨U+200B⟩word"),
    "joiner between Latin letters": (f"pass{ZWJ}word{ZWNJ}", "pass⟨U+200D⟩word⟨U+200C⟩"),
    "joiner between spaces": (f" {ZWJ} ", " ⟨U+200D⟩ "),
    "word joiner": ("a\u2060b", "a⟨U+2060⟩b"),
    "byte order mark": ("\ufeffa", "⟨U+FEFF⟩a"),
    "soft hyphen": ("a\xadb", "a⟨U+00AD⟩b"),
    "Hangul filler": ("a\u3164b", "a⟨U+3164⟩b"),
    "tags": ("a\U000e0041", "a⟨U+E0041⟩"),
    "tags after a flag that is none": ("\U0001f3f4" + FLAG_TAGS[0][:-1], "\U0001f3f4" + "".join(
        f"⟨U+{ord(tag):04X}⟩" for tag in FLAG_TAGS[0][:-1])),
    "variation selector on a letter": ("a\ufe0f", "a⟨U+FE0F⟩"),
    "variation selector on a digit": ("1\ufe0f2", "1⟨U+FE0F⟩2"),
    "variation selector 17": ("a\U000e0100", "a⟨U+E0100⟩"),
    "line separator": ("a\u2028b\u2029", "a⟨U+2028⟩b⟨U+2029⟩"),
    "lone surrogate": ("x\udc9by", "x⟨U+DC9B⟩y"),
}  # fmt: skip

WHOLE = [
    "plain ASCII, with\ttabs\nand newlines",
    "typography — “quotes”, ½ × π ≤ ∞, 漢字, ─│┌",
    "[bold]not markup[/bold] [link=http://a.example]x[/link]",
    "pаssed with a Cyrillic а",
    f"می{ZWNJ}خواهم",
    f"क्{ZWJ}ष और हिन्दी",
    f"ന്{ZWJ} at the end of a word",
    f"👩{ZWJ}💻 👨{ZWJ}👩{ZWJ}👧 ❤\ufe0f 🏳\ufe0f{ZWJ}🌈 👋🏽",
    "1\ufe0f\u20e3 #\ufe0f\u20e3",
    "🇮🇳 \U0001f3f4" + FLAG_TAGS[1],
    "e\u0301 a\u0323\u0308 m\u0302",
]


@pytest.mark.parametrize(("text", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_what_a_terminal_would_act_on_or_hide_becomes_a_visible_mark(text, shown):
    assert sanitize(text) == shown


@pytest.mark.parametrize("text", WHOLE)
def test_languages_emoji_and_typography_stay_whole(text):
    assert sanitize(text) == text


def test_line_ends_of_every_system_become_newlines():
    assert sanitize("a\r\nb\rc\nd\r\r\n") == "a\nb\nc\nd\n\n"


def test_what_must_stay_on_one_line_shows_its_line_ends():
    assert sanitize("a\r\nb\tc\rd", newlines=False) == "a␍␊b c␍d"


def test_a_flood_of_combining_marks_is_cut():
    assert sanitize("a" + "\u0301" * 500 + "b") == "a" + "\u0301" * MAX_MARKS + CUT + "b"


def test_marks_that_follow_different_letters_are_counted_apart():
    text = ("a" + "\u0301" * MAX_MARKS) * 3
    assert sanitize(text) == text


def test_bytes_that_are_no_utf8_become_marks_whichever_way_they_were_decoded():
    raw = b"caf\xe9 \xff\xc0\xaf"
    assert sanitize(raw.decode(errors="replace")) == "caf\ufffd \ufffd\ufffd\ufffd"
    assert sanitize(raw.decode(errors="surrogateescape")) == "caf⟨U+DCE9⟩ ⟨U+DCFF⟩⟨U+DCC0⟩⟨U+DCAF⟩"


TROUBLE = st.lists(
    st.sampled_from(
        [*"a1#\r\n\t\x1b\x9b\u202e\u0301\u20e3कमی→", ZWNJ, ZWJ, "\u094d", "\ufe0e", "\ufe0f", "👩", "❤", "\u061c",
         "\u0301" * 7, "\U0001f3f4", *FLAG_TAGS[0], FLAG_TAGS[1], "\udc80"]
    ),
    max_size=30,
)  # fmt: skip


@given(TROUBLE, st.booleans())
def test_sanitizing_twice_changes_nothing_more(pieces, newlines):
    once = sanitize("".join(pieces), newlines=newlines)
    assert sanitize(once, newlines=newlines) == once
    once.encode()


@given(TROUBLE, st.integers(1, 5), st.booleans())
def test_a_stream_cut_anywhere_gives_what_the_whole_would(pieces, size, newlines):
    text = "".join(pieces)
    stream = StreamSanitizer(newlines=newlines)
    shown = "".join(stream.feed(text[at : at + size]) for at in range(0, len(text), size)) + stream.close()
    assert shown == sanitize(text, newlines=newlines)


def test_a_stream_holds_back_only_what_the_next_character_decides():
    stream = StreamSanitizer()
    assert stream.feed("word") == "word"
    assert stream.feed("a\r") == "a"
    assert stream.feed("\nb") == "\nb"
    assert stream.feed("\x1b") == "␛"
    assert stream.close() == ""


def test_the_nearest_name_is_found_whatever_its_case():
    assert nearest("Atention", ["attention", "eigen"]) == "attention"
    assert nearest("zzz", ["attention", "eigen"]) is None
    assert nearest("x", []) is None


def test_counted_nouns_agree_with_their_number():
    counted = [plural(1, "item"), plural(0, "item"), plural(3, "item"), plural(2, "entry"), plural(2, "day")]
    assert counted == ["1 item", "0 items", "3 items", "2 entries", "2 days"]
    assert plural(4, "pass") == "4 passes"


def test_width_counts_cells_not_characters():
    assert [width(text) for text in ("abc", "m̂ₜ", "漢字", "")] == [3, 2, 4, 0]


def test_importing_it_imports_nothing_heavy():
    code = "import sys, utils.text; print(*(set(sys.modules) & {'rich', 'difflib', 'wcwidth', 'pylatexenc'}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"
