"""Plots: what a `plot` block of a lesson says, and the numbers that are drawn.

`read_plot` makes a PlotSpec of its YAML, `compute` makes a Plot of that and of values for its knobs, and `tutor.screen.plots`
draws a Plot in the terminal, in words, or as SVG.
"""

from tutor.corpus.plots.computing import compute
from tutor.corpus.plots.reading import plot_of, read_plot

__all__ = ["compute", "plot_of", "read_plot"]
