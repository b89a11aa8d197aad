"""Atoms: a formula is a row of them; and how such a row reads beside a slash."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.screen.mathtext.reading import Tokens
from tutor.screen.mathtext.symbols import BAR, BIG, BIN, CLOSE, FRACTION, FUNC, NUM, OPEN, ORD, PUNCT, REL, ROOT, SLASH, TEXT


@dataclass
class Atom:
    """One thing in a row. `text` is Unicode, or for a drawing the LaTeX that TeXicode is given."""

    kind: int
    text: str
    sub: Tokens | None = None  # the tokens of its scripts
    sup: Tokens | None = None
    primes: int = 0
    loose: bool = False  # a letter or digit right after it would seem to belong to it


def is_enclosed(atoms: list[Atom]) -> bool:
    """Whether one pair of parentheses encloses the whole row."""
    depth = 0
    for index, atom in enumerate(atoms):
        depth += (atom.kind == OPEN) - (atom.kind == CLOSE)
        if depth == 0:
            return index == len(atoms) - 1 and len(atoms) > 1 and atom.sup is atom.sub is None
    return False


def is_product(atoms: list[Atom]) -> bool:
    """Whether a row can stand above a slash without parentheses."""
    depth = 0
    for index, atom in enumerate(atoms):
        depth -= atom.kind == CLOSE
        breaks = atom.kind in (REL, PUNCT, BAR, TEXT, BIG, FRACTION, SLASH) or (
            atom.kind == BIN and index > 0 and atom.text not in "·×"
        )
        if depth == 0 and breaks:
            return False
        if atom.kind == FUNC and depth == 0 and index + 1 < len(atoms) and atoms[index + 1].kind != OPEN:
            return False
        depth += atom.kind == OPEN
    return bool(atoms)


_FUNCTIONS = set("PEFfgΦΓ")  # letters that name a function when they precede a parenthesis; with others it is a product


def is_single(atoms: list[Atom]) -> bool:
    """Whether a row can stand below a slash without parentheses: one symbol, one number, one call."""
    if len(atoms) == 1:
        return atoms[0].kind in (ORD, NUM, ROOT, FUNC)
    if atoms and (atoms[0].kind == FUNC or atoms[0].text in _FUNCTIONS):
        return is_enclosed(atoms[1:])
    return is_enclosed(atoms)


def is_differential(over: list[Atom], under: list[Atom]) -> bool:
    """Whether a fraction is a derivative such as ∂L/∂w or dy/dx, which is read as one sign."""
    return len(under) == 2 and under[0].text in "d∂" and bool(over) and over[0].text == under[0].text
