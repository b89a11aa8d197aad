"""Lesson Markdown as something rich can print: formulas, diagrams, tables, code, foldable details.

`Page` reads it with `tokens` and draws it with `blocks`, `code` and `tables`. Nothing here prints, fetches or raises:
what can't be rendered is shown as its sanitized source. Importing this imports rich.
"""

from tutor.screen.markup.page import Page
from tutor.screen.markup.styles import ACCENT, DIM

__all__ = ["ACCENT", "DIM", "Page"]
