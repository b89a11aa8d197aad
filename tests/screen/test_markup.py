"""Lesson Markdown on a screen: laid out at any width, nothing fetched, nothing hidden, nothing raised."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style

from tutor.screen import mathtext
from tutor.screen.markup import Page, verbatim
from tutor.screen.markup.code import MAX_ARROWS
from utils.text import width

LESSON = r"""
# Attention

After this you can compute **one head** by hand, and know what $\hat m_t=\frac{m_t}{1-\beta_1^t}$ and `softmax` do.

## Root d_k

A query and a key of $d_k$ numbers, each of variance 1, have a dot product of variance $d_k$:

$$
\mathrm{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}\right)V
$$

<!-- check
assert True

hidden
-->

| scores | top weight | note |
|:--|--:|---|
| 1, 0.5, −0.5, −1 | 0.509 | spread |
| 8 times that | 0.982 | almost all on one |

```python
z = [1, 0.5, -0.5, -1]
print(round(max(z) / sum(abs(v) for v in z), 3))
```

```output
0.333
```

```mermaid
flowchart LR
  Q --> S[scores] --> W[softmax] --> O[mix]
```

<details>
<summary>Why not divide by $d_k$?</summary>

Then the variance would be $1/d_k$, and:

- softmax would be nearly flat
- every token would listen to *all*

</details>

> Two heads can look at two things, which one head has to average.

1. First, [the transformer](transformer.md).
2. Then [the paper](https://a.example/1706), which says more[^1].

![Two heads](heads.png)

---

It costs \$5 or $6.

[^1]: Vaswani et al. 2017.
"""

AT_78 = """
Attention

After this you can compute one head by hand, and know what m̂ₜ = mₜ/(1−β₁ᵗ) and
softmax do.

Root d_k

A query and a key of dₖ numbers, each of variance 1, have a dot product of
variance dₖ:

             ⎛ QKᵀ ⎞
      softmax⎜╶───╴⎟V
             ⎝ √dₖ ⎠

scores             top weight   note
─────────────────────────────────────────────────
1, 0.5, −0.5, −1        0.509   spread
8 times that            0.982   almost all on one

    z = [1, 0.5, -0.5, -1]
    print(round(max(z) / sum(abs(v) for v in z), 3))

    │ 0.333

    ┌───┐    ┌────────┐    ┌─────────┐    ┌─────┐
    │ Q ├───►│ scores ├───►│ softmax ├───►│ mix │
    └───┘    └────────┘    └─────────┘    └─────┘

▸ Why not divide by dₖ?

  Then the variance would be 1/dₖ, and:

   • softmax would be nearly flat
   • every token would listen to all

▎ Two heads can look at two things, which one head has to average.

 1. First, the transformer.
 2. Then the paper (https://a.example/1706), which says more[1].

[image: Two heads — heads.png]

────────────────────────

It costs $5 or $6.

[1] Vaswani et al. 2017.
"""

AT_40 = """
Attention

After this you can compute one head by
hand, and know what m̂ₜ = mₜ/(1−β₁ᵗ) and
softmax do.

Root d_k

A query and a key of dₖ numbers, each of
variance 1, have a dot product of
variance dₖ:

         ⎛ QKᵀ ⎞
  softmax⎜╶───╴⎟V
         ⎝ √dₖ ⎠

scores        top weight   note
────────────────────────────────────────
1, 0.5,            0.509   spread
−0.5, −1
8 times            0.982   almost all on
that                       one

  z = [1, 0.5, -0.5, -1]
  print(round(max(z) / sum(abs(v) for v
      ↪ in z), 3))

  │ 0.333

  ┌───┐  ┌───────┐  ┌────────┐  ┌────┐
  │ Q ├─►│scores ├─►│softmax ├─►│mix │
  └───┘  └───────┘  └────────┘  └────┘

▸ Why not divide by dₖ?

  Then the variance would be 1/dₖ, and:

   • softmax would be nearly flat
   • every token would listen to all

▎ Two heads can look at two things,
▎ which one head has to average.

 1. First, the transformer.
 2. Then the paper
    (https://a.example/1706), which says
    more[1].

[image: Two heads — heads.png]

────────────────────────

It costs $5 or $6.

[1] Vaswani et al. 2017.
"""


def shown(markdown: str, columns: int = 78, colour: str | None = None, plain: bool = False, **options) -> str:
    """What a terminal `columns` wide gets, without the last newline. plain: what plain text is."""
    console = Console(file=io.StringIO(), width=columns, color_system=colour, force_terminal=not plain, markup=False, emoji=False)
    console.print(Page(markdown, **options))
    return console.file.getvalue().rstrip("\n")


@pytest.mark.parametrize(("columns", "page"), [(78, AT_78), (40, AT_40)])
def test_a_lesson_page_reads_as_recorded(columns, page):
    assert shown(LESSON, columns) == page.strip("\n")


@pytest.mark.parametrize("columns", [78, 60, 40, 24])
def test_no_line_is_wider_than_the_screen_or_ends_in_spaces(columns):
    lines = shown(LESSON + "\n\n- " + "https://a.example/" + "x" * 200, columns).split("\n")
    assert max(map(width, lines)) <= columns
    assert [line for line in lines if line != line.rstrip()] == []


def test_plain_pages_keep_to_ascii_signs():
    plain = shown("- a\n\n> b\n\n---\n\n```output\nc\n```\n\n```mermaid\ngraph LR\n A-->B\n```\n\n" + DETAILS, plain=True)
    assert plain.isascii()
    assert plain.startswith(" - a\n\n  b\n\n\n\n    c\n\n    graph LR\n     A-->B"), "a reader would spell a rule or a box out"


# ------------------------------------------------------------------------------------------------- elements

DETAILS = "<details><summary>The *answer*</summary>\n\nIs **42**.\n\n</details>\n\nAfter."


def test_open_details_hold_their_content_under_the_summary():
    assert shown(DETAILS) == "▸ The answer\n\n  Is 42.\n\nAfter."


def test_folded_details_show_their_summary_only():
    assert shown(DETAILS, open_details=False) == "▸ The answer\n\nAfter."
    assert shown("<details>\n<summary>Why?</summary>\nBecause.\n</details>", open_details=False) == "▸ Why?"


def test_details_that_are_never_closed_end_with_what_holds_them():
    assert shown("- <details><summary>a</summary>\n\n  b\n\nAfter.") == " • ▸ a\n\n     b\n\nAfter."


def test_details_in_details_nest():
    nested = "<details><summary>a</summary>\n\n<details><summary>b</summary>\n\nc\n\n</details>\n\nd\n\n</details>"
    assert shown(nested) == "▸ a\n\n  ▸ b\n\n    c\n\n  d"


def test_comments_are_dropped_and_other_html_gives_its_text():
    assert shown("a <!-- no --> b\n\n<!-- check\n\nassert 1\n-->\n\n<div>c &amp; d<br>e</div>") == "a  b\n\nc & d\ne"
    assert shown("x<sup>2</sup> and <b>bold</b>") == "x^2 and bold"


def test_images_are_named_and_not_fetched():
    assert shown("![A curve](img/curve.png)") == "[image: A curve — img/curve.png]"
    assert shown("![](https://a.example/x.png)") == "[image: https://a.example/x.png]"


def test_a_link_shows_where_it_leads_unless_that_is_a_lesson():
    assert shown("[https://good.example](https://evil.example/)") == "https://good.example (https://evil.example/)"
    assert shown("[Softmax](../ml/softmax.md)") == "Softmax"
    assert shown("<https://a.example>") == "https://a.example"
    assert "\x1b]8" not in shown("[x](https://a.example)", colour="truecolor")


def test_money_is_no_formula_and_formulas_are():
    assert shown(r"It costs $5 and $6, so \$11, with $x_1 = 5$.") == "It costs $5 and $6, so $11, with x₁ = 5."


def test_display_math_that_does_not_fit_goes_on_one_line_that_wraps():
    wide = r"$$\frac{a_1+a_2+a_3+a_4+a_5+a_6+a_7+a_8+a_9}{b} = 1$$"
    assert shown(wide, 78).count("\n") == 2
    assert shown(wide, 28) == "  (a₁+a₂+a₃+a₄+a₅+a₆+a₇+a₈\n  +a₉)/b = 1"


def test_lists_number_from_their_start_and_wrap_under_themselves():
    assert shown("9. nine\n10. ten and more words", 20) == "  9. nine\n 10. ten and more\n     words"
    assert shown("- a\n  - b\n\n    c\n- d") == " • a\n    • b\n\n      c\n • d"


def test_headings_stand_on_the_left_in_the_accent_colour():
    assert shown("# One *two*\n\ntext", colour="standard").startswith("\x1b[1;94mOne \x1b[0m")


def test_code_is_highlighted_without_a_background():
    Style.parse.cache_clear()  # a style of rich's keeps the codes of the first terminal that it was drawn on
    Style._add.cache_clear()
    coloured = shown("```python no-run\nfor x in y:  # go\n    pass\n```", colour="truecolor")
    assert "\x1b[38;5;63mfor" in coloured
    assert "\x1b[38;5;243m# go" in coloured
    assert "48;" not in coloured and "\x1b[4" not in coloured


def test_code_in_no_known_language_is_shown_as_it_is():
    assert shown("```nonsense\na  b\n```") == "    a  b"
    assert shown("```text\n ┌─┐\n\n └─┘\n```") == "     ┌─┐\n\n     └─┘"
    assert shown("a\n\n```\n  b\n\n```\n\nc") == "a\n\n      b\n\nc"


def test_a_code_line_that_is_too_long_is_cut_with_a_mark_and_keeps_its_indentation():
    assert shown("```text\n    some words " + "x" * 20 + "\n  y\n```", 32) == "      some words xxxxxxxxxxxxxx…\n    y"


def test_code_is_never_cut_its_lines_go_on_further_in_and_so_does_an_output_that_has_to_be_read_whole():
    code = "```python\nif x:\n    total = first + second * third\n```"
    assert shown(code, 26) == "  if x:\n      total = first +\n          ↪ second * third"
    longest = shown("```python\n" + "x" * 50 + "\n```", 20)
    assert max(map(len, longest.split("\n"))) <= 20 and longest.count("x") == 50
    output = code.replace("python", "output")
    assert "…" in shown(output, 26) and "…" not in shown(output, 26, whole_blocks=True)


CHINESE = "注意力机制（attention）让每个词看到其他词。权重由softmax算出，总和为一。“键”和「值」很重要！"


@pytest.mark.parametrize("columns", range(14, 60))
def test_chinese_breaks_by_its_own_rules_and_cuts_no_latin_word(columns):
    rows = shown(CHINESE, columns).split("\n")
    assert "".join(rows) == CHINESE and max(map(width, rows)) <= columns
    assert not any(row[0] in "。，、」”）！" or row[-1] in "「“（" for row in rows)
    assert all(word in "\n".join(rows) for word in ("attention", "softmax"))


def test_japanese_small_kana_and_long_marks_begin_no_row_and_korean_breaks_at_its_spaces():
    for columns in range(8, 30):
        rows = shown("ニューラルネットワークっていうのはすごいシステムです。", columns).split("\n")
        assert not any(row[0] in "ーっュ。" for row in rows)
    assert shown("신경망은 층으로 이루어진다", 12) == "신경망은\n층으로\n이루어진다"


def test_the_work_of_cutting_a_line_grows_with_its_length_and_not_with_its_square(monkeypatch):
    measured = []
    monkeypatch.setattr(verbatim, "cell_len", lambda text: measured.append(len(text)) or cell_len(text))
    work = []
    for size in (2_000, 4_000):
        measured.clear()
        assert len(verbatim.cuts("x" * size, 40)) == size // 40 - 1
        work.append(sum(measured))
    assert work[1] < 2.5 * work[0]


# -------------------------------------------------------------------------------------------------- tables


def test_a_table_whose_words_would_be_torn_becomes_records():
    table = "| name | explanation | consequence |\n|-|-|-|\n| bias | systematic | extraordinarily |\n| noise | random | none |"
    assert shown(table, 78).startswith("name    explanation   consequence\n──")
    assert shown(table, 30) == (
        "name: bias\n  explanation: systematic\n  consequence:\n    extraordinarily\n"
        "\nname: noise\n  explanation: random\n  consequence: none"
    )


def test_a_long_word_beside_wordy_columns_stays_whole():
    table = (
        "| regime | B | steps per epoch | cost of a step | noise of a step |\n|-|-|-|-|-|\n"
        "| full batch | 50,000 | 1 | all the data | none |\n| single-sample | 1 | 50,000 | 1 example | most |"
    )
    assert "single-sample" in shown(table, 59)


def test_a_table_of_thousands_of_cells_is_shown_as_its_text():
    table = "|a|b|\n|-|-|\n" + "|c|d|\n" * 5000
    assert shown(table).startswith("a | b\nc | d\n")


# ------------------------------------------------------------------------------------------------- diagrams


def mermaid(source: str) -> str:
    return f"```mermaid\n{source}\n```"


def test_a_diagram_too_wide_for_the_screen_is_turned_upright():
    chain = "graph LR\n A[one label here]-->B[another label]-->C[a third label]"
    assert len(shown(mermaid(chain), 78).split("\n")) == 3
    upright = shown(mermaid(chain), 40)
    assert "▼" in upright and len(upright.split("\n")) > 8


@pytest.mark.parametrize(
    "source",
    [
        "no diagram at all",
        "graph LR\n A[" + "x" * 100 + "]-->B",
        "graph LR\n A & B & C & D & E --> F & G & H & I & J",
        "graph LR\n" + "\n".join(f"a{n}-->b{n}" for n in range(MAX_ARROWS + 1)),
        "graph LR\n A " + "-" * 50 + "> B",
        "gantt\n a : 1, 1000000d",
    ],
    ids=["not mermaid", "too wide", "too many edges by &", "too many edges", "a very long edge", "another kind"],
)
def test_a_diagram_that_cannot_be_drawn_is_shown_as_its_source(source):
    assert shown(mermaid(source)).replace(" ", "").startswith(source.split("\n")[0].replace(" ", "")[:60])


# ------------------------------------------------------------------------------------------------- hostility


@pytest.mark.parametrize(
    "markdown",
    [
        "a\x1b[2Jb\x9b\u202e\u200b\x07",
        "&#27;[31m &#x9b; &#x202E; &#8203;",
        "```py\x1b[2J\nx\x1b[2J\n```",
        "```output\n\x1b]52;c;?\x07\n```",
        '[x](http://a.example "t\x1b]52;c;?\x07")',
        "![\x1b[2J](\x1b.png)",
        "$\\text{\x1b[2J&#27;}$\n\n$$\n\\foo\x1b[2J\n$$",
        "```mermaid\ngraph LR\n A[\x1b[2J\u202e]-->B\n```",
        "<details><summary>&#27;[2J</summary>\n\n&#x202e;</details>\n\n<p>&#27;&#x200b;</p>",
        "| \x1b[2J | &#27; |\n|-|-|\n| \x9b | b |",
        "[^1]\n\n[^1]: &#x202e;\x1b",
        "# \x1b[2J &#27;",
    ],
)
def test_nothing_reaches_the_screen_that_a_terminal_would_act_on(markdown):
    for columns in (78, 20):
        assert not set(shown(markdown, columns)) & set("\x1b\x9b\x07\u202e\u200b")


def test_console_markup_and_emoji_codes_are_text():
    assert shown("[bold]x[/bold] [link=https://a.example]y[/link] :smile: [/]") == (
        "[bold]x[/bold] [link=https://a.example]y[/link] :smile: [/]"
    )


@pytest.mark.parametrize(
    "markdown",
    [
        "<details>" * 2000,
        "> " * 3000 + "deep",
        "\n".join("  " * depth + "- deep" for depth in range(200)),
        "[" * 20_000,
        "*a " * 20_000,
        "<!--" * 20_000 + "-->",
        "$a" * 20_000,
        "|" + "a|" * 3000 + "\n|" + "-|" * 3000 + "\n" + "|" + "b|" * 3000,
        "$$\n" + r"\frac{" * 500 + "\n$$",
        "x" * 300_000,
        "[^1]: 1. [^1]: a\n\n[^1]",
        "</details></summary></kbd>",
    ],
    ids=lambda markdown: markdown[:12].strip(),
)
def test_pathological_markdown_is_shown_one_way_or_another(markdown):
    lines = shown(markdown, 40).split("\n")
    assert max(map(width, lines)) <= 40


def test_a_fault_of_a_library_costs_the_layout_and_never_the_text(monkeypatch):
    def fail(latex, columns):
        raise RuntimeError("broken")

    monkeypatch.setattr(mathtext, "display", fail)
    assert shown("Before.\n\n$$\nx\n$$\n") == "Before.\n\n$$\nx\n$$"


def test_an_empty_page_is_empty():
    assert shown("") == shown("\n\n") == shown("<!-- only this -->") == ""
