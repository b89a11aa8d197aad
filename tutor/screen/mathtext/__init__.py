r"""LaTeX formulas as Unicode: `inline` on one line, `display` in two dimensions.

Both read the source with pylatexenc into a flat row of atoms (a letter, a relation, a fraction, ...), as TeX does, and
space them by their kinds. `inline` then writes each atom so that the grouping survives without a fraction bar:
`\frac{m_t}{1-\beta_1^t}` is `mₜ/(1−β₁ᵗ)`. `display` hands the structure to TeXicode for layout. Neither raises on any
input: what can't be read is shown as its source. `plain` does it for a whole text.
Importing this imports no parser and no renderer.
"""

from tutor.screen.mathtext.drawing import display
from tutor.screen.mathtext.one_line import inline
from tutor.screen.mathtext.prose import plain

__all__ = ["display", "inline", "plain"]
