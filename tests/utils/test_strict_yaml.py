"""YAML that is read strictly: values with lines, and every hostile or surprising file refused in words."""

import pytest
from growth import TIMES, assert_linear

from utils.errors import InvalidFile
from utils.strict_yaml import MAX_CHARACTERS, line_of, load

# The hostile files that PyYAML's own loaders hang, crash or stumble on, and what is said of each.
MERGE_BOMB = "m0: &m0 {a: 1}\n" + "".join(
    f"m{level}: &m{level} {{<<: [{', '.join([f'*m{level - 1}'] * 9)}]}}\n" for level in range(1, 9)
)
HOSTILE = {
    "merge-key bomb": (MERGE_BOMB, 1, "found the anchor &m0"),
    "deep block": ("\n".join(" " * depth + "a:" for depth in range(1500)), 41, "nested more than 40 deep"),
    "deep brackets": ("a: " + "[" * 100_000, 1, "nested more than 40 deep"),
    "python tag": ("x: 1\ny: !!python/object/apply:os.system ['id']", 2, "found the tag"),
    "duplicate keys": ("correct: false\ncorrect: true", 2, 'found the key "correct" twice'),
    "NUL": ("a: 1\nb: \0", 2, "control character U+0000"),
    "escaped NUL": ('a: 1\nb: "\\0"', 2, "control character U+0000"),
    "escape sequence": ('a: "\\e[2J"', 1, "control character U+001B"),
    "10 MB scalar": ("a: " + "x" * 10_000_000, 1, "found 10,000,003 characters"),
    "anchor in key": ("? &a b\n: *a", 1, "found the anchor &a"),
    "recursive alias": ("&a [*a]", 1, "found the anchor &a"),
    "alias alone": ("a: 1\nb: *a", 2, "found the alias *a"),
    "merge key": ("a:\n  <<: {b: 1}", 2, "found the merge key <<"),
    "many values": ("- 1\n" * 400_000, 50_000, "found more than 50,000 values"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_with_its_line(name):
    text, line, words = HOSTILE[name]
    with pytest.raises(InvalidFile) as refused:
        load(text, "bank.yaml")
    assert refused.value.line == line
    assert str(refused.value).startswith(f"bank.yaml:{line}: found ")
    assert words in str(refused.value) and "expected" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_times_codes_dates_and_yes_are_read_as_the_text_they_look_like():
    text = "[1:20:30, 010, 0x1F, 0o17, 2024-05-01, yes, No, on, off, 1_000, .inf, .nan, 1e309, 12e, '5', e5, ., -]"
    assert load(text, "f") == [
        "1:20:30",
        "010",
        "0x1F",
        "0o17",
        "2024-05-01",
        "yes",
        "No",
        "on",
        "off",
        "1_000",
        ".inf",
        ".nan",
        "1e309",
        "12e",
        "5",
        "e5",
        ".",
        "-",
    ]


def test_numbers_booleans_and_null_are_read_as_such():
    assert load("[1, -2, +3, 0, 2.5, .5, 5., 1e-3, 1E3, true, FALSE, null, ~, ]", "f") == [
        1,
        -2,
        3,
        0,
        2.5,
        0.5,
        5.0,
        0.001,
        1000.0,
        True,
        False,
        None,
        None,
    ]
    assert load("answer:", "f") == {"answer": None}


def test_an_empty_text_is_none():
    assert load("", "f") is None
    assert load("# only a comment\n", "f") is None


def test_block_texts_and_unicode_come_through_whole():
    assert load("a: |\n  one\n  two\nb: >-\n  one\n  two\nc: ∂L/∂w 🙂", "f") == {
        "a": "one\ntwo\n",
        "b": "one two",
        "c": "∂L/∂w 🙂",
    }


def test_byte_order_mark_and_crlf_are_taken_in_stride():
    assert load("\ufeffa: 1\r\nb: 2\r\n", "f") == {"a": 1, "b": 2}


def test_every_key_entry_and_container_knows_its_line():
    data = load("title: x\nitems:\n  - id: a\n    hints:\n      - one\n\n      - two\n  - id: b", "f", first_line=10)
    assert line_of(data) == 10 and line_of(data, "items") == 11
    first = data["items"][0]
    assert line_of(data["items"], 0) == line_of(first) == 12
    assert line_of(first["hints"], 1) == line_of(first["hints"], -1) == 16
    assert line_of(data["items"], 1) == 17


def test_line_of_something_that_is_not_there_is_the_line_of_its_container():
    data = load("\n\na: [1]", "f")
    assert line_of(data, "b") == 3 and line_of(data["a"], 7) == 3
    assert line_of({"a": 1}, "a") == 0


def test_refusals_count_from_the_first_line_given():
    with pytest.raises(InvalidFile, match=r"^lesson\.md:4: found the key"):
        load("a: 1\nb: 2\na: 3", "lesson.md", first_line=2)


SLIPS = (
    ("a: b: c", 1, "put the text in quotes"),
    ("a:\n\t- b", 2, "indent with spaces"),
    ("a: `x`", 1, "put the text in quotes"),
    ("a: **bold**", 1, "begins with * or &"),
    ("a: {{x}}", 1, "put a text that begins with { or [ in quotes"),
    ("a: [1, 2\nb: 3", 1, "] or } at the end"),
    ("a: 1\nb: 'x", 2, "expected the closing quote"),
    ('a: "x" y\nb: 1', 1, "after its closing quote"),
    ("a:\n  - b\n c: 1", 3, "align it with its neighbours"),
    ("- a\nb: 1", 2, 'entries "- "'),
    ("a: 1\nnonsense\n", 2, "add the colon"),
    ("a: |x\n  b", 1, "| or > alone"),
    ("1: x", 1, "found 1 as a key"),
    ("true: x", 1, "found true as a key"),
    ("~: x", 1, "found ~ as a key"),
    ("a: 1\n---\nb: 2", 2, "found a second YAML document"),
    ("]", 1, "not YAML"),
    ("a: [1,", 1, "] or } at the end"),
    ('a: "\\q"', 1, "unknown escape"),
)


@pytest.mark.parametrize(("text", "line", "words"), SLIPS)
def test_slips_are_named_with_their_line_and_remedy(text, line, words):
    with pytest.raises(InvalidFile) as refused:
        load(text, "bank.yaml")
    assert refused.value.line == line and words in refused.value.message
    assert "expected" in refused.value.message


@pytest.mark.parametrize(("text", "line", "words"), SLIPS)
def test_slips_are_named_alike_by_the_python_parser(text, line, words, monkeypatch):
    import yaml

    monkeypatch.delattr(yaml, "CBaseLoader", raising=False)
    test_slips_are_named_with_their_line_and_remedy(text, line, words)


@pytest.mark.parametrize("text", ["[" * 500, "[" * 5_000, "- " * 5_000, "{a: " * 5_000])
def test_depth_is_refused_in_our_words_whatever_limit_the_parser_has(text):
    with pytest.raises(InvalidFile, match="nested more than 40 deep"):
        load(text, "f")


def test_the_python_parser_reads_the_same_where_the_c_parser_is_missing(monkeypatch):
    import yaml

    monkeypatch.delattr(yaml, "CBaseLoader", raising=False)
    assert load("a: [1, x]\nb: {c: 2.5}", "f") == {"a": [1, "x"], "b": {"c": 2.5}}
    for name in ("merge-key bomb", "deep block", "python tag", "duplicate keys", "recursive alias"):
        text, line, words = HOSTILE[name]
        with pytest.raises(InvalidFile, match=f"^f:{line}: {words}" if words.startswith("found") else words):
            load(text, "f")


def test_the_longest_text_allowed_is_read_in_time_that_grows_with_its_length_alone():
    assert len(load("a: " + "x" * (MAX_CHARACTERS - 3), "f")["a"]) == MAX_CHARACTERS - 3
    assert_linear(lambda text: load(text, "f"), lambda length: "a: " + "x" * length, (MAX_CHARACTERS - 3) // TIMES)


@pytest.mark.parametrize("name", ["many values", "many keys"])
def test_time_grows_with_the_number_of_values_alone(name):
    build = {"many values": lambda n: "- 1\n" * n, "many keys": lambda n: "".join(f"k{i}: 1\n" for i in range(n))}[name]
    assert_linear(lambda text: load(text, "f"), build, 1_000)
