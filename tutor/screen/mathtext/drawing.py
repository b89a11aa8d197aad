"""Formulas in two dimensions, laid out by TeXicode."""

from __future__ import annotations

import re
from functools import lru_cache

from tutor.screen.mathtext.atoms import Atom
from tutor.screen.mathtext.one_line import LineWriter, one_line
from tutor.screen.mathtext.reading import Tokens, Unreadable, parse
from tutor.screen.mathtext.symbols import (
    BAR,
    BIG,
    CLOSE,
    DRAWN_DELIMITERS,
    FRACTION,
    OPEN,
    ORD,
    PUNCT,
    ROOT,
    SPACE,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SYMBOLS,
    in_small,
)

MAX_DRAWN = 800  # characters of source that are still laid out in two dimensions


def display(latex: str, width: int) -> list[str] | None:
    """A formula in two dimensions: its lines, without margins, at most `width` cells wide; None if that isn't possible."""
    from rich.cells import cell_len

    try:
        rows = _draw(" ".join(latex.split()))
    except (Unreadable, RecursionError):
        return None
    return list(rows) if rows and max(map(cell_len, rows)) <= width else None


@lru_cache(maxsize=256)
def _draw(source: str) -> tuple[str, ...]:
    """The rows of a formula laid out by TeXicode."""
    if len(source) > MAX_DRAWN:
        raise Unreadable
    from texicode.pipeline import render_tex_rows

    drawer = Drawer()
    try:
        rows = render_tex_rows(drawer.row(parse(source)), False)
    except Unreadable:
        raise
    except Exception as error:  # TeXicode raises errors of every kind on input that it doesn't know
        raise Unreadable from error
    if not rows or rows[0].startswith("TeXicode:"):
        raise Unreadable
    rows = [drawer.decode(row).rstrip() for row in rows]
    while rows and not rows[0]:
        rows.pop(0)
    while rows and not rows[-1]:
        rows.pop()
    if len(rows) < 2:
        return (one_line(source, True),) if rows else ()
    margin = min(len(row) - len(row.lstrip()) for row in rows if row)
    return tuple(row[margin:] for row in rows)


class Drawer(LineWriter):
    """Atoms as LaTeX for TeXicode.

    TeXicode knows few symbols and shows the others as `?`. So we give it letters that stand in for what is to be seen,
    one cell each, and leave only the structure to it. `decode` replaces the letters by the symbols again.
    """

    APART_FROM_NAMES: tuple[int, ...] = (*LineWriter.APART_FROM_NAMES, FRACTION)
    STAND_INS = 0x4E00  # the first of a long run of characters that TeXicode takes for letters

    def __init__(self) -> None:
        super().__init__(airy=True)
        self._symbols: list[str] = []

    def literal(self, text: str) -> str:
        from rich.cells import cell_len

        out = []
        for symbol in re.findall("\\S[\u0300-\u036f\u20d0-\u20ff]*| ", text):
            if symbol == " ":
                out.append(r"\ ")
                continue
            if cell_len(symbol) != 1:
                raise Unreadable
            if symbol not in self._symbols:
                self._symbols.append(symbol)
            out.append(chr(self.STAND_INS + self._symbols.index(symbol)))
        return "".join(out)

    def decode(self, row: str) -> str:
        last = self.STAND_INS + len(self._symbols)
        return "".join(self._symbols[ord(char) - self.STAND_INS] if self.STAND_INS <= ord(char) < last else char for char in row)

    def symbol(self, name: str) -> Atom:
        kind, text = SYMBOLS[name]
        return Atom(kind, rf"\{name} " if name in ("sum", "prod", "int") else self.literal(text))

    def fraction(self, over: Tokens, under: Tokens) -> Atom:
        above, below = (self.row(tokens, tight=True) for tokens in (over, under))
        return Atom(FRACTION, rf"\frac{{{above}}}{{{below}}}")

    def _fraction_among(self, text: str, before: Atom | None, following: Atom | None) -> tuple[str, bool]:
        return text, False

    def root(self, radicand: Tokens, degree: str) -> Atom:
        flat = LineWriter().root(radicand, degree)
        if flat.kind == ROOT:
            return Atom(ROOT, self.literal(flat.text), loose=True)
        index = f"[{self.literal(degree)}]" if degree else ""
        return Atom(ORD, rf"\sqrt{index}{{{self.row(radicand, tight=True)}}}")

    def binomial(self, over: Tokens, under: Tokens) -> Atom:
        return Atom(ORD, rf"\binom{{{self.row(over, True)}}}{{{self.row(under, True)}}}")

    def grid(self, name: str, rows: list[list[Tokens]]) -> list[Atom]:
        tight = name.endswith("matrix")
        body = r"\\".join("&".join(self.row(cell, tight) for cell in row) for row in rows)
        name = "matrix" if name == "array" else name
        return [Atom(ORD, rf"\begin{{{name}}}{body}\end{{{name}}}")]

    def delimiter(self, side: str, char: str) -> Atom:
        if char not in DRAWN_DELIMITERS:
            raise Unreadable
        return Atom(OPEN if side == "left" else CLOSE, rf"\{side}{DRAWN_DELIMITERS[char]}")

    def line_end(self) -> Atom:
        return Atom(PUNCT, r"\\")

    def _base(self, atoms: list[Atom]) -> Atom:
        if not atoms or atoms[-1].kind in (SPACE, PUNCT, OPEN, BAR):
            atoms.append(Atom(ORD, ""))
        return atoms[-1]

    def with_scripts(self, atom: Atom) -> str:
        """Scripts stay in the row where Unicode has them, and otherwise stand above and below it."""
        text = atom.text
        flat, raised = LineWriter(), []
        for tokens, table, sign in ((atom.sub, SUBSCRIPTS, "_"), (atom.sup, SUPERSCRIPTS, "^")):
            if tokens is None:
                continue
            small = "" if atom.kind == BIG else in_small(flat.row(tokens, tight=True), table)
            if small:
                text += self.literal(small)
            else:
                raised.append(f"{sign}{{{self.row(tokens, tight=True)}}}")
            if sign == "_":
                text += self.literal("′" * atom.primes)
        if atom.sub is None:
            text = atom.text + self.literal("′" * atom.primes) + text[len(atom.text) :]
        return f"{{{text}}}" + "".join(raised) if raised and atom.kind != BIG else text + "".join(raised)
