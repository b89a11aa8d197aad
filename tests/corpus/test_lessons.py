"""Markdown as data: sections with their lines, pages, brief versions, code blocks and links."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from growth import assert_linear

from tutor.corpus.code_blocks import CodeBlock, code_blocks_of
from tutor.corpus.lessons import marked_misconceptions, parse_lesson
from tutor.corpus.links import Link, links_of
from tutor.corpus.markdown import asked_and_answered, asked_lines
from tutor.corpus.pages import split_pages, unfolded
from tutor.corpus.sentences import key_sentences, sentences_of, worked_example
from utils.errors import InvalidFile

ROOT = Path(__file__).resolve().parents[2]


def outline(text):
    """(level, title, line, line of the text) of each section, which is what most tests look at."""
    return [(s.level, s.title, s.line, s.text_line) for s in parse_lesson(text, "a/b").sections]


def titles(text):
    return [section.title for section in parse_lesson(text, "a/b").sections]


def slugs(text):
    return [section.slug for section in parse_lesson(text, "a/b").sections]


# ------------------------------------------------------------------------------------------------ sections


def test_the_ids_of_misconceptions_are_no_text_of_their_section_and_keep_their_lines():
    text = "# A\n\n## Misconceptions\n\n- **One.** Not so. {#one}\n- **Two** is\n  over two lines.   {#two-2}\n\n## B\n\nb {#c}\n"
    lesson = parse_lesson(text, "a/b")
    section = lesson.section("misconceptions")
    assert section.text == "- **One.** Not so.\n- **Two** is\n  over two lines."
    assert marked_misconceptions(lesson, text) == [("one", 5), ("two-2", 7)]
    assert lesson.section("b").text == "b {#c}" and marked_misconceptions(parse_lesson("# A\n\na", "a/b"), "") == []


def test_a_lesson_is_its_front_matter_and_its_sections():
    lesson = parse_lesson(
        "---\n"
        "title: Attention\n"
        "summary: Who listens to whom.\n"
        "minutes: 35\n"
        "prerequisites: [ml/softmax, llm/embeddings]\n"
        "sources:\n"
        "  - Vaswani et al. 2017\n"
        "language: de\n"
        "---\n"
        "# Attention by hand\n"
        "\n"
        "The promise.\n"
        "\n"
        "## Root d_k\n"
        "Why scale.\n",
        "llm/attention",
        "docs/llm/attention.md",
    )
    assert (lesson.id, lesson.path, lesson.track) == ("llm/attention", "docs/llm/attention.md", "llm")
    assert (lesson.title, lesson.summary, lesson.minutes) == ("Attention", "Who listens to whom.", 35)
    assert lesson.prerequisites == ("ml/softmax", "llm/embeddings")
    assert lesson.sources == ("Vaswani et al. 2017",)
    assert lesson.language == "de"
    intro, scale = lesson.sections
    assert (intro.id, intro.title) == ("llm/attention#attention-by-hand", "Attention by hand")
    assert (intro.level, intro.line) == (1, 10)
    assert (intro.text, intro.text_line) == ("The promise.", 12)
    assert (scale.id, scale.line, scale.text, scale.text_line) == ("llm/attention#root-d_k", 14, "Why scale.", 15)
    assert scale.heading_path == ("Attention by hand", "Root d_k")


def test_a_title_heading_with_nothing_under_it_is_no_section():
    assert outline("# Title\n\n<!-- a note -->\n\n## One\n\ntext\n") == [(2, "One", 5, 7)]


def test_a_file_with_several_level_1_headings_keeps_them_all_as_sections():
    lesson = parse_lesson("# One\n# Two\ntext\n", "a/b")
    assert [section.title for section in lesson.sections] == ["One", "Two"]
    assert lesson.title == "One"


def test_the_title_comes_from_the_first_heading_else_from_the_file_name():
    assert parse_lesson("## *Deep* `x` $y$ [link](z.md)\n", "a/b").title == "Deep `x` $y$ link"
    assert parse_lesson("only text\n", "ml/softmax-and_cross entropy").title == "Softmax and cross entropy"


def test_a_file_without_headings_is_one_section_that_bears_the_title():
    (section,) = parse_lesson("\n\nOne.\n\nTwo.\n\n", "a/two-words").sections
    assert (section.id, section.title, section.level) == ("a/two-words#two-words", "Two words", 0)
    assert (section.text, section.line, section.text_line) == ("One.\n\nTwo.", 3, 3)


def test_text_before_the_first_heading_is_a_section_without_a_title():
    assert outline("Before.\n\n## One\nx\n") == [(0, "", 1, 1), (2, "One", 3, 4)]
    assert slugs("Before.\n\n## Introduction\nx\n") == ["introduction-1", "introduction"]


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", "---\ntitle: x\n---\n", "<!-- nothing -->\n"])
def test_a_file_with_nothing_to_read_has_no_sections(text):
    assert parse_lesson(text, "a/b").sections == ()


@pytest.mark.parametrize(
    "inside",
    [
        "```python\n# no\n```",
        "~~~~\n# no\n~~~\n## no\n~~~~",
        "    # no",
        "<!--\n# no\n\n## no\n-->",
        "<details>\n# no\n</details>",
        "<details>\n<summary>more</summary>\n\n## no\n\n</details>",
        "> # no\n> text",
        "- item\n\n  # no",
        "1. a\n   - b\n\n     # no\n     - c",
        "$$\n# no\n\n- no\n$$",
        "text\n$$\na\n=\nb\n$$",
        "- item\n  $$\n  # no\n  $$",
        "| a |\n|---|\n| # no |",
        "```mermaid\ngraph LR\n# no\n```",
        "#no",
        "####### no",
        "\\# no",
        "[^1]: note\n\n    # no",
        "```\nnever closed\n\n# no",
    ],
)
def test_what_only_looks_like_a_heading_is_text(inside):
    text = f"## First\n\n{inside}\n"
    assert titles(text) == ["First"]
    assert parse_lesson(text, "a/b").sections[0].text == inside


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Setext\n===\ntext\n\nSecond\nlong\n---\nmore\n", [(1, "Setext", 1, 3), (2, "Second long", 5, 8)]),
        ("## a ##\n   ## b\n##\n", [(2, "a", 1, 2), (2, "b", 2, 3), (2, "", 3, 4)]),
        ("# t\n### skipped\n## back\n", [(3, "skipped", 2, 3), (2, "back", 3, 4)]),
        ("## a\n```\n# x\n```\n## b\n", [(2, "a", 1, 2), (2, "b", 5, 6)]),
        ("## a\n<details>\n\n## b\n", [(2, "a", 1, 2), (2, "b", 4, 5)]),
        ("## a\n$$\nx\n\n## b\n$$\ny\n$$\n", [(2, "a", 1, 2), (2, "b", 5, 6)]),
        ("## a\nso $$ x\n## b\n", [(2, "a", 1, 2), (2, "b", 3, 4)]),
        ("---\n## a\n---\n## b\n", [(0, "", 1, 1), (2, "a", 2, 3), (2, "b", 4, 5)]),
    ],
)
def test_headings_and_their_lines(text, expected):
    assert outline(text) == expected


def test_heading_paths_skip_what_the_author_skipped():
    sections = parse_lesson("## a\n#### b\n### c\n## d\n", "x").sections
    assert [section.heading_path for section in sections] == [("a",), ("a", "b"), ("a", "c"), ("d",)]


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_of_other_systems_make_the_same_lesson(newline):
    text = "---\ntitle: x\n---\n# T\n\npromise\n\n```\n# no\n```\n\n## A\n\n- x\n- y\n"
    assert parse_lesson(text.replace("\n", newline), "a/b") == parse_lesson(text, "a/b")


def test_a_byte_order_mark_hides_neither_front_matter_nor_heading():
    assert parse_lesson("\ufeff---\ntitle: x\n---\n# T\ntext", "a/b").title == "x"
    assert titles("\ufeff# T\ntext") == ["T"]


def test_characters_that_some_call_line_ends_count_no_line():
    assert outline("one\x0b two\u2028 three\x85 four\f\n\n## a\n") == [(0, "", 1, 1), (2, "a", 3, 4)]


def test_slugs_are_those_of_github_and_never_repeat():
    assert slugs("## Root d_k\n## What's *new*?\n## Größe & Maß\n## $d_k$ in `code`\n") == [
        "root-d_k", "whats-new", "größe--maß", "d_k-in-code",
    ]  # fmt: skip
    assert slugs("## x\n## x-1\n## x\n## x\n## x-1\n") == ["x", "x-1", "x-2", "x-3", "x-1-1"]
    assert slugs("##\n## !\n## Section\n") == ["section", "section-1", "section-2"]
    assert slugs("## नमस्ते दुनिया\n") == ["नमस्ते-दुनिया"]


# -------------------------------------------------------------------------------------------- front matter


@pytest.mark.parametrize(
    ("fields", "line", "words"),
    [
        ("title: [a]", 2, "found a list as title, expected text"),
        ("title: 1984", 2, "found the number 1984 as title, expected text; put it in quotes"),
        ("summary: x\nminutes: half an hour", 3, 'found the text "half an hour" as minutes, expected a whole number'),
        ("minutes: true", 2, "found true as minutes"),
        ("minutes: 2.5", 2, "found the number 2.5 as minutes"),
        ("prerequisites: llm/a", 2, "expected a list; write prerequisites: [llm/a]"),
        ("sources:\n  - good\n  - a: b", 4, "found fields in sources, expected a list of texts; put it in quotes"),
        ("title: x\ntitle: y", 3, "twice"),
    ],
)
def test_mistyped_front_matter_is_refused_with_its_line(fields, line, words):
    with pytest.raises(InvalidFile) as refused:
        parse_lesson(f"---\n{fields}\n---\n# T\n", "a/b", "docs/a/b.md")
    assert str(refused.value).startswith(f"docs/a/b.md:{line}: ")
    assert words in str(refused.value)


def test_front_matter_of_other_programs_is_left_alone():
    lesson = parse_lesson("---\nlayout: post\ntags: [a]\nsummary:\n...\n\ntext\n", "a/b")
    assert lesson.summary == ""
    assert [(s.text, s.line) for s in lesson.sections] == [("text", 7)]


@pytest.mark.parametrize("text", ["---\ntitle: x\n\ntext\n", "---\n\nA line.\n\n---\n", "---\n[a]: b.md\n\n---\n"])
def test_what_is_no_closed_front_matter_is_text(text):
    lesson = parse_lesson(text, "a/file-name")
    assert lesson.title == "File name"
    assert lesson.sections[0].line == 1


# -------------------------------------------------------------------------------------------------- limits


def test_a_file_over_five_megabytes_is_refused_with_the_limit_named():
    with pytest.raises(InvalidFile, match="found 5,000,001 bytes, expected at most 5,000,000"):
        parse_lesson("x" * 5_000_001, "a/b")


def test_the_time_that_prose_takes_to_load_grows_with_its_length_alone():
    paragraph = "lorem ipsum dolor sit amet " * 3 + "\n" + "x *is* y " * 8 + "\n\n"
    assert_linear(lambda text: parse_lesson(text, "a/b"), lambda count: paragraph * count, 500)


REFUSED = {
    "nested emphasis": ("*a " * 20_000 + "_a*_ " * 20_000, "paragraph of 159,999 characters, expected at most 50,000"),
    "emphasis in open links": ("[ a_" * 25_000, "paragraph"),
    "open brackets": ("[ (](" * 40_000, "paragraph"),
    "images in images": ("![[]()" * 160_000, "paragraph"),
    "unclosed links": ("[a](b" * 30_000, "paragraph"),
    "underscores": ("?c_" * 100_000 + "c_", "paragraph"),
    "wide table": ("|" + "a|" * 20_000 + "\n|" + "-|" * 20_000 + "\n", r"a/b\.md:1: found a table of 20,000 columns"),
    "10,000 headings": ("# h\n" * 10_000, "found 10,000 headings, expected at most 5,000"),
    "front matter again and again": ("---\na: b\n" * 6_000, "headings"),
    "combining marks": ("a" + "\u0301\u0327" * 200_000, "paragraph"),
    "joined emoji": ("\U0001f468\u200d" * 50_000, "paragraph"),
}
HOSTILE = {  # how it is built, and a size
    "deep lists": (lambda n: "- " * n + "x" + "\n" * n, 1_000),
    "deep quotes": (lambda n: ">" * n + "a*" * n, 5_000),
    "fence in a quote": (lambda n: ">```\n>\n\n" * n, 50),
    "item in a quote": (lambda n: ">-\n>\n>\n\n" * n, 50),
    "odd entity": (lambda n: "[](so&#4H0;! " * n, 50),
    "headings": (lambda n: "# h\n" * n, 500),
    "fences": (lambda n: "```\n" * (n + 1), 1_500),
    "brackets": (lambda n: "![[]()" * n, 500),
    "links": (lambda n: "[" * n, 3_000),
    "backticks": (lambda n: "`a``b" * n, 1_000),
    "bold that never ends": (lambda n: "**a " * n, 1_500),
    "dollars": (lambda n: "$$a\n" * n, 400),
    "details": (lambda n: "<details>\n\n" * n + "</details>\n\n" * n, 300),
    "comments": (lambda n: "<!-- `` " * n, 750),
}


def sections_of(text: str):
    return [section.text for section in parse_lesson(text, "a/b").sections[:50]]


OF_A_TEXT = (sections_of, code_blocks_of, links_of)
OF_A_SECTION = (split_pages, key_sentences, worked_example)


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_markdown_is_refused_by_a_named_limit(name):
    text, refusal = REFUSED[name]
    with pytest.raises(InvalidFile, match=refusal):
        parse_lesson(text, "a/b")


@pytest.mark.parametrize("name", HOSTILE)
def test_the_time_that_hostile_markdown_takes_grows_with_its_length_alone(name):
    build, size = HOSTILE[name]
    for read in OF_A_TEXT:
        assert_linear(read, build, size)
    for read in OF_A_SECTION:
        assert_linear(lambda texts, read=read: list(map(read, texts)), lambda n: sections_of(build(n)), size)


@pytest.mark.parametrize("text", [">```\n>", ">-\n>\n>", "[](so&#4H0;!"])
def test_markdown_that_parsers_stumbled_over_is_read(text):
    for read in (*OF_A_TEXT, *OF_A_SECTION):
        read(text)


# --------------------------------------------------------------------------------------------------- pages


def test_a_short_section_is_one_page_and_its_comments_are_gone():
    check = "<!-- check\nassert True\n\nassert 1\n-->"
    text = f"One.\n\n{check}\n\nTwo <!-- aside --> more.\n- x\n  <!-- y -->\n- `<!-- z -->`"
    assert split_pages(f"One.\n{check}\nTwo.") == ["One.\n\nTwo."]
    assert split_pages(text) == ["One.\n\nTwo  more.\n- x\n- `<!-- z -->`"]


def test_code_keeps_what_looks_like_a_comment():
    text = "```html\n<!-- kept -->\n```"
    assert split_pages(text) == [text]


def test_a_section_with_nothing_to_show_is_one_empty_page():
    assert split_pages("") == split_pages("<!-- check\n1\n-->") == [""]


LONG = "word " * 19 + "end."
TABLE = "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 20
ITEMS = "".join(f"- {LONG}\n\n  more of it\n" for _ in range(4))


@pytest.mark.parametrize(
    "block",
    [
        "```python\nfirst = 1\n\n\nlast = 2\n```",
        "$$\na\n\nb\n$$",
        TABLE.rstrip(),
        "<details>\n<summary>s</summary>\n\npara\n\n```\nx\n```\n\n</details>",
        "> quote\n>\n> more",
        LONG + "\n" + LONG + "\n" + LONG,
    ],
)
def test_pages_are_cut_between_blocks_and_never_inside_one(block):
    pages = split_pages(f"{LONG}\n\n{block}\n\n{LONG}", limit=60)
    assert pages == [LONG, block, LONG]


def test_pages_are_filled_up_to_the_limit():
    pages = split_pages("\n\n".join([LONG] * 9), limit=400)
    assert [page.count("end.") for page in pages] == [4, 4, 1]


def test_a_few_words_left_over_join_the_last_page():
    assert len(split_pages(f"{LONG}\n\n{LONG}\n\nBye.", limit=200)) == 1


def test_a_long_list_is_cut_between_its_entries_only():
    pages = split_pages(ITEMS, limit=250)
    assert len(pages) == 2
    assert all(page.startswith("- word") and page.endswith("more of it") for page in pages)


def test_output_stays_with_its_code_and_a_colon_with_what_follows():
    code = "```python\nprint(1)\n```\n\n```output\n1\n```"
    assert split_pages(f"{LONG}\n\n{code}\n\n{LONG}", limit=30) == [LONG, code, LONG]
    led = f"{LONG[:-1]}:\n\n$$\nx\n$$"
    assert split_pages(f"{LONG}\n\n{led}\n\n{LONG}", limit=60) == [LONG, led, LONG]


# ------------------------------------------------------------------------------------------- shorter, by example


SECTION = """\
Scores are dot products. They grow with $d_k$, e.g. to 64 or more.

**Dividing by $\\sqrt{d_k}$ keeps the variance at 1.** Without it **one weight is nearly 1.** More text.

The formula is **short**:

$$
\\frac{q \\cdot k}{\\sqrt{d_k}}
$$

<!-- check
assert True
-->

**Example.** Take **three** tokens. Their scores are 1, 2 and 3.

| a |
|---|
| 1 |

```python
print(1)
```

It follows.

**Not** the example.
"""


def test_the_brief_version_has_the_first_sentence_the_bold_ones_and_their_formula():
    assert key_sentences(SECTION, count=4) == (
        "Scores are dot products.\n\n"
        "**Dividing by $\\sqrt{d_k}$ keeps the variance at 1.** Without it **one weight is nearly 1.**\n\n"
        "The formula is **short**:\n\n"
        "$$\n\\frac{q \\cdot k}{\\sqrt{d_k}}\n$$"
    )
    assert key_sentences(SECTION, count=1) == "Scores are dot products."


def test_a_formula_in_the_middle_of_a_sentence_comes_with_both_ends_of_it():
    text = "First. Dull. It is\n\n$$\nx\n$$\n\nand **large**. Dull.\n\n$$\ny\n$$\n\nThe **last** word.\n\n$$\nz\n$$"
    assert key_sentences(text) == (
        "First.\n\nIt is\n\n$$\nx\n$$\n\nand **large**.\n\n$$\ny\n$$\n\nThe **last** word.\n\n$$\nz\n$$"
    )
    assert key_sentences("First.\n\nDull\n\n$$\nx\n$$\n\n- a") == "First."


def test_a_label_in_bold_is_no_key_sentence():
    assert key_sentences("First.\n\n**Warm-up.** What is it?") == "First."


def test_the_brief_version_of_a_list_is_its_first_entries():
    assert key_sentences("- one.\n- two.\n- three.\n- four.\n", count=2) == "- one.\n- two."
    assert key_sentences("```\ncode\n```") == "```\ncode\n```"
    assert key_sentences("") == ""


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("It is 3.14 or so. Next.", ["It is 3.14 or so.", "Next."]),
        ("See Li et al. (2017), i.e. J. Li vs. No. Next.", ["See Li et al. (2017), i.e. J. Li vs. No.", "Next."]),
        ("Call `f. G. h`. Then $a. B$ too.", ["Call `f. G. h`.", "Then $a. B$ too."]),
        ("See [a. B](c. D). Next.", ["See [a. B](c. D).", "Next."]),
        ("**Bold one. And two.** Next.", ["**Bold one. And two.**", "Next."]),
        ("**Warm-up.** Why? Because.", ["**Warm-up.** Why?", "Because."]),
        ('He said "Stop." Then\nleft.', ['He said "Stop."', "Then left."]),
        ("It costs \\$5. It is $x$. $y$ follows.", ["It costs \\$5.", "It is $x$.", "$y$ follows."]),
        ("这是一。这是二。", ["这是一。", "这是二。"]),
        ("यह एक है। यह दो है।", ["यह एक है।", "यह दो है।"]),
    ],
)
def test_sentences_are_never_cut_inside_code_math_links_or_bold(paragraph, expected):
    assert sentences_of(paragraph) == expected


def test_the_worked_example_goes_to_the_next_paragraph_that_begins_in_bold():
    example = worked_example(SECTION)
    assert example.startswith("**Example.** Take **three** tokens.")
    assert example.endswith("It follows.")
    assert "print(1)" in example
    assert worked_example("**Example.** To the end.\n\n- a\n") == "**Example.** To the end.\n\n- a"
    assert worked_example("None here. **Example.** inside.") is None


# ------------------------------------------------------------------------------------------------ for `check`


def test_code_blocks_come_with_their_lines_their_output_and_the_hidden_checks():
    text = (
        "---\ntitle: x\n---\n# T\n\n```python\nx = 1\nprint(x)\n```\n\n```output\n1\n```\n\n"
        "text\n<!-- check\nassert x == 1\n\nassert x\n-->\n\n"
        "- item\n\n  ~~~python no-run\n  y\n  ~~~\n\n"
        "```output\norphan\n```\n\n<!-- checked -->\n"
    )
    assert code_blocks_of(text) == [
        CodeBlock("python", 6, "x = 1\nprint(x)\n", "1\n", 11),
        CodeBlock("check", 16, "assert x == 1\n\nassert x\n"),
        CodeBlock("python no-run", 24, "y\n"),
        CodeBlock("output", 28, "orphan\n"),
    ]


def test_links_and_images_come_with_their_lines():
    text = (
        "---\ntitle: x\n---\n[a](b.md) text\n*and [c *d*](<e f.md#g>)* ![alt](i.png)\n`[no](no.md)`\n"
        "<https://x.org/?q=1> [r][ref] [empty]()\n\n[ref]: ../z.md\n\n| a |\n|---|\n| [t](t.md) |\n\n"
        '> one\n> [![pic](p.png)](q.md)\n\n<p>\n<img alt="" src="h.png">\n</p>\n\n'
        '<!-- <a href="no.md"> -->\n\n```\n[no](no.md)\n```\n'
    )
    assert links_of(text) == [
        Link("b.md", 4, "a"),
        Link("e f.md#g", 5, "c d"),
        Link("i.png", 5, "alt", image=True),
        Link("https://x.org/?q=1", 7, "https://x.org/?q=1"),
        Link("../z.md", 7, "r"),
        Link("", 7, "empty"),
        Link("t.md", 13, "t"),
        Link("q.md", 16, "pic"),
        Link("p.png", 16, "pic", image=True),
        Link("h.png", 19, "", image=True),
    ]


LINES = [
    "# a", "## b", "## b *c*", "text", "more", "", "", "", "- x", "```", "```python", "~~~", "$$", "$$x$$", "$$ a",
    "b $$", "<!-- c", "-->", "<!-- c -->", "<!-- c --> d", "<b>", "<details>", "</details>", "---", "===", "> q",
    "> ```", "    # x", "  ```", "|a|", "|-|", "[r]: x", "[^1]: n", "#", "#x", "# t #", "# [l](m)", "***", "$$.",
]  # fmt: skip


def test_every_section_stands_on_its_line_and_its_pages_hold_all_of_it():
    draw = random.Random(7)
    for _ in range(1500):
        common = draw.random() < 0.5  # half of the files hold nothing unusual
        text = "\n".join(draw.choice(LINES[:14] if common else LINES) for _ in range(draw.randint(1, 14)))
        lesson = parse_lesson(text, "a/b-c")
        lines = text.split("\n")
        assert len({section.id for section in lesson.sections}) == len(lesson.sections)
        for section in lesson.sections:
            assert "\n".join(lines[section.text_line - 1 :]).startswith(section.text), text
            cut, whole = split_pages(section.text, 20), split_pages(section.text, 10**6)
            assert "".join("".join(cut).split()) == "".join(whole[0].split()), text


def test_what_a_page_folds_is_found_whole_with_nested_details():
    page = "a\n\n<details><summary>s</summary>\n\nx\n\n<details>y</details>\n\n</details>\n\nb"
    assert unfolded(page) == "<details><summary>s</summary>\n\nx\n\n<details>y</details>\n\n</details>"
    assert unfolded("no details") == "" == unfolded("<details> never closed")


def test_asked_comments_say_which_questions_a_section_answers():
    asked = "Text.\n\n<!-- asked\none\n  two, or three?\n\n-->\n\n<!-- asked -->\n<!-- asked\nfour\n-->\n"
    text = asked + "`<!-- asked\nin code\n-->`\n<!-- check\nassert 6\n-->"
    assert asked_lines(text) == ["one", "two, or three?", "four"]
    assert asked_lines("<!-- asked: on one line? -->\n\n<!-- asked Ann about this -->") == ["on one line?"]
    assert asked_lines("<!-- asked\nnever ended") == []


def test_a_line_of_an_asked_comment_answers_the_questions_above_it():
    text = "Text.\n\n<!-- asked\none\ntwo\nA: Both.\nthree\nA: Three: `x`.\nA: Nobody asked.\nfour\n-->\n"
    assert asked_lines(text) == ["one", "two", "three", "four"]
    assert asked_and_answered(text) == [("one", "Both."), ("two", "Both."), ("three", "Three: `x`.")]
