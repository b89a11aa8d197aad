"""Formulas read right on one line, their grouping kept, and stand in two dimensions where they fit."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.screen.mathtext import display, inline, plain

READS = {
    # grouping
    r"\frac{m_t}{1-\beta_1^t}": "mₜ/(1−β₁ᵗ)",
    r"\frac{a+b}{c}": "(a+b)/c",
    r"\frac{1}{2n}": "1/(2n)",
    r"\frac{\partial L}{\partial w}": "∂L/∂w",
    r"\frac{dy}{dx}": "dy/dx",
    r"\frac{P(A\cap B)}{P(B)}": "P(A∩B)/P(B)",
    r"\frac{p}{x(1-x)}": "p/(x(1−x))",
    r"\frac{n!}{k!(n-k)!}": "n!/(k!(n−k)!)",
    r"a/\frac bc": "a/(b/c)",
    r"\frac ab\cdot c": "(a/b)·c",
    r"\frac12 x": "(1/2)x",
    r"\frac1n\sum_i x_i": "(1/n) Σᵢ xᵢ",
    r"w\frac{a}{b}": "w·a/b",
    r"\frac{a}{b}^2": "(a/b)²",
    r"\frac{\frac{a}{b}}{c}": "(a/b)/c",
    r"\ln\frac{p}{1-p}": "ln(p/(1−p))",
    r"\frac{\bar x-\mu}{\sigma/\sqrt n}": "(x̄−μ)/(σ/√n)",
    r"{a+b}^2": "(a+b)²",
    r"\sqrt{d_k}": "√dₖ",
    r"\sqrt{a+b}": "√(a+b)",
    r"\sqrt{x^2}": "√(x²)",
    r"\sqrt[3]{8}": "³√8",
    r"\sqrt d\,x": "√d x",
    r"\binom nk p^k": "C(n, k)pᵏ",
    # scripts
    r"x_{i+1}": "xᵢ₊₁",
    r"\beta^t_1": "β₁ᵗ",
    r"(X^\top X)^{-1}": "(XᵀX)⁻¹",
    r"W^Q, W^K, W^V, W^T": "W^Q, W^K, W^V, Wᵀ",
    r"e^{-x^2/2}": "e^(−x²/2)",
    r"e^{St}x": "e^(St)x",
    r"d_{\text{model}}=512": "d_model = 512",
    r"p_y x": "p_y x",
    r"p_y^2": "p_y²",
    r"x_{1:n}^2": "x_(1:n)²",
    r"F_i'": "Fᵢ′",
    r"x^23": "x²3",
    r"{}^{14}C": "¹⁴C",
    # accents and alphabets
    r"\hat m_t": "m̂ₜ",
    r"\hat{\theta}": "θ̂",
    r"\hat\mathbf{x}": "𝐱̂",
    r"\bar x": "x̄",
    r"\mathbf 1": "𝟏",
    r"A\in\mathbb{R}^{m\times n}": "A ∈ ℝ^(m×n)",
    r"\mathcal{L}": "ℒ",
    r"\mathrm{softmax}(z)": "softmax(z)",
    r"\operatorname*{argmax}_a Q": "argmaxₐ Q",
    # big operators, names, delimiters
    r"\sum_{i=1}^n x_i": "Σᵢ₌₁ⁿ xᵢ",
    r"\prod_t P(x_t\mid x_{<t})": "∏ₜ P(xₜ | x_(<t))",
    r"-2\sum(y-f)x": "−2 Σ(y−f)x",
    r"\lVert a\rVert\cos\theta": "‖a‖ cos θ",
    r"-\log_2 p": "−log₂ p",
    r"\left(\frac{a}{b}\right)": "(a/b)",
    r"\left.x\right|_{0}": "x|₀",
    r"\{x\mid x>0\}": "{x | x>0}",
    # symbols and spacing
    r"a\le b\approx\infty\to 0": "a ≤ b ≈ ∞ → 0",
    r"(m\times n)\odot x\cdot y": "(m×n)⊙x·y",
    r"f(x,y)=1,000.5": "f(x, y) = 1,000.5",
    r"1{,}000": "1,000",
    r"P(\text{ill}\mid+)=0.0876": "P(ill | +) = 0.0876",
    r"5\%": "5%",
    r"\not= x": "≠ x",
    r"\boxplus x": "⊞x",
    # grids
    r"\begin{pmatrix}1&2\\3&4\end{pmatrix}": "[1 2; 3 4]",
    r"\begin{pmatrix}-a\\b-c\end{pmatrix}": "[−a; b−c]",
    r"\begin{cases}1&\text{if }x>0\\0&\text{otherwise}\end{cases}": "{1, if x > 0; 0, otherwise}",
    r"\begin{aligned}a&=b\\c&=d\end{aligned}": "a = b; c = d",
    r"\begin{array}{cc}1&2\\3&4\end{array}": "[1 2; 3 4]",
}


@pytest.mark.parametrize(("latex", "shown"), READS.items())
def test_a_formula_reads_right_on_one_line(latex, shown):
    assert inline(latex) == shown


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\foo{x}+y", r"\foo{x}+y"),
        ("x^{", "x^{"),
        (r"\frac{a}", r"\frac{a}"),
        (r"\begin{tikz}a\end{tikz}", r"\begin{tikz}a\end{tikz}"),
        ("a\n  }", "a }"),
        ("{" * 500, "{" * 500),
        ("x" * 5000, "x" * 5000),
        ("", ""),
    ],
)
def test_what_cannot_be_read_stays_as_its_source_on_one_line(latex, shown):
    assert inline(latex) == shown


DRAWN = {
    r"\frac{m_t}{1-\beta_1^t}": """
  mₜ
╶─────╴
 1−β₁ᵗ""",
    r"\mathrm{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}\right)V": """
       ⎛ QKᵀ ⎞
softmax⎜╶───╴⎟V
       ⎝ √dₖ ⎠""",
    r"\bar x=\frac1n\sum_{i=1}^n x_i": """
         n
     1  ┰─╴
x̄ = ╶─╴ ▐╸  xᵢ
     n  ┸─╴
        i=1""",
    r"S=\begin{pmatrix}-\mu&q\\0&1\end{pmatrix}": """
    ⎛−μ q⎞
S = ⎝0  1⎠""",
    r"d_{\text{model}}=512": """
d      = 512
 model""",
    r"\sqrt{\sigma^2+\epsilon}": """
 ┌────╴
╰┘σ²+ε""",
    r"\theta\leftarrow\theta-\eta\nabla L": """
θ ← θ − η∇L""",
    r"x=-1+2": """
x = −1 + 2""",
}


@pytest.mark.parametrize(("latex", "drawing"), DRAWN.items())
def test_a_formula_stands_in_two_dimensions(latex, drawing):
    drawn = "\n".join(display(latex, 60))
    assert drawn.split("\n") == drawing.strip("\n").split("\n")


def test_a_drawing_wider_than_its_place_is_not_drawn():
    latex = r"\frac{a+b+c+d}{2}"
    assert display(latex, 9) == [" a+b+c+d", "╶───────╴", "    2"]
    assert display(latex, 8) is None


@pytest.mark.parametrize("latex", [r"x^{", r"\text{漢字}+\frac12", "x" * 5000, r"\frac{\begin{pmatrix}1\end{pmatrix}}{2}", ""])
def test_what_cannot_be_drawn_is_left_to_the_one_line_form(latex):
    assert display(latex, 78) is None


PIECES = st.lists(
    st.sampled_from(
        [*"{}^_a1[]&().'-+=,$%\\~漢\u0301|", r"\frac", r"\sqrt", r"\\", r"\begin{pmatrix}", r"\end{pmatrix}", r"\left",
         r"\right)", r"\sum", r"\hat", r"\text", r"\mathbf", r"\foo", r"\not", r"\binom", r"\begin{x}", r"\tag"]
    ),
    max_size=25,
)  # fmt: skip


@given(PIECES)
def test_no_input_raises(pieces):
    latex = "".join(pieces)
    assert "\n" not in inline(latex)
    rows = display(latex, 40)
    assert rows is None or all(isinstance(row, str) for row in rows)


def test_importing_it_imports_no_parser_and_no_renderer():
    code = "import sys, tutor.screen.mathtext; print(*(set(sys.modules) & {'rich', 'pylatexenc', 'texicode'}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"


def test_plain_text_has_no_backslash_before_what_markdown_would_take_for_its_own():
    assert plain(r"It costs \$5, **not \$6**, and $x^2$ of \*these\*.") == "It costs $5, not $6, and x² of *these*."
