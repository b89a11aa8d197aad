r"""Formulas on one line of Unicode, with their grouping kept: `\frac{m_t}{1-\beta_1^t}` is `mₜ/(1−β₁ᵗ)`."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from tutor.screen.mathtext.atoms import Atom, is_differential, is_enclosed, is_product, is_single
from tutor.screen.mathtext.reading import (
    Node,
    Tokens,
    Unreadable,
    argument_of,
    arguments_of,
    cells_of,
    name_of,
    number_end,
    parse,
    tokens_of,
)
from tutor.screen.mathtext.symbols import (
    ACCENTS,
    BAR,
    BIG,
    BIN,
    BINOMIALS,
    CHARS,
    CLOSE,
    ENDS,
    FACTORS,
    FONTS,
    FRACTION,
    FRACTIONS,
    FUNC,
    GRIDS,
    NOTHING,
    NUM,
    OPEN,
    ORD,
    PUNCT,
    REL,
    ROOT,
    SHOWN_AS_ARGUMENT,
    SLASH,
    SMALL,
    SPACE,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SYMBOLS,
    TEXT,
    TEXTS,
    UPRIGHT,
    in_font,
    in_small,
)


def inline(latex: str) -> str:
    """A formula on one line of Unicode. What can't be read comes back as its source, on one line."""
    source = " ".join(latex.split())
    try:
        return one_line(source) or source
    except (Unreadable, RecursionError):
        return source


@lru_cache(maxsize=1024)
def one_line(source: str, airy: bool = False) -> str:
    return LineWriter(airy).row(parse(source)).strip()


class LineWriter:
    """Writes atoms on one line. `airy` spaces binary operators too, for a formula that has the line to itself."""

    APART_FROM_NAMES: tuple[int, ...] = (ORD, NUM, BIG, ROOT)  # what is spaced after sin, log and the like

    def __init__(self, airy: bool = False):
        self.airy = airy

    # ----------------------------------------------------------------------------------- what Drawer does differently

    def literal(self, text: str) -> str:
        return text

    def symbol(self, name: str) -> Atom:
        kind, text = SYMBOLS[name]
        return Atom(kind, text)

    def fraction(self, over: Tokens, under: Tokens) -> Atom:
        top, bottom = self.atoms(over), self.atoms(under)
        above, below = self.join(top, tight=True), self.join(bottom, tight=True)
        if not is_product(top):
            above = f"({above})"
        if not (is_single(bottom) or is_differential(top, bottom)):
            below = f"({below})"
        return Atom(FRACTION, f"{above}/{below}", loose=True)

    def root(self, radicand: Tokens, degree: str) -> Atom:
        atoms = self.atoms(radicand)
        inside = self.join(atoms, tight=True)
        if degree:
            degree = in_small(degree, SUPERSCRIPTS) or f"{degree}-"
        if len(atoms) == 1 and atoms[0].kind in (ORD, NUM) and atoms[0].sup is None and len(atoms[0].text) < 8:
            return Atom(ROOT, f"{degree}√{inside}", loose=True)
        return Atom(ORD, f"{degree}√{inside}" if is_enclosed(atoms) else f"{degree}√({inside})")

    def binomial(self, over: Tokens, under: Tokens) -> Atom:
        return Atom(ORD, f"C({self.row(over, True)}, {self.row(under, True)})")

    def grid(self, name: str, rows: list[list[Tokens]]) -> list[Atom]:
        left, right = GRIDS[name]
        cells = [[self.row(cell, tight=name.endswith("matrix")) for cell in row] for row in rows]
        if name.endswith("matrix") or name == "array":
            gap = ", " if any(" " in cell for row in cells for cell in row) else " "
        else:
            gap = ", " if name == "cases" else " "
        lines = [gap.join(cell for cell in row if cell) for row in cells]
        return [Atom(ORD if left else TEXT, left + "; ".join(line for line in lines if line) + right)]

    def delimiter(self, side: str, char: str) -> Atom:
        return Atom(OPEN if side == "left" else CLOSE, "" if char == "." else char)

    def line_end(self) -> Atom:
        return Atom(PUNCT, ";")

    def with_scripts(self, atom: Atom) -> str:
        """An atom with its scripts, in Unicode where every character of a script has one, else `_(…)`, `^(…)`."""
        sub = sup = ""
        if atom.sub is not None:
            plain = self.row(atom.sub, tight=True)
            is_word = plain.isalnum() and atom.sup is None
            sub = in_small(plain, SUBSCRIPTS) or "_" + (plain if is_word else _in_parentheses_if_needed(plain))
        if atom.sup is not None:
            plain = self.row(atom.sup, tight=True)
            sup = in_small(plain, SUPERSCRIPTS) or "^" + _in_parentheses_if_needed(plain)
        if (sup or sub)[:1] in ("^", "_") and not (sup or sub).endswith(")"):
            atom.loose = True
        return atom.text + sub + "′" * atom.primes + sup

    # ------------------------------------------------------------------------------------------------ common to both

    def row(self, tokens: Tokens, tight: bool = False) -> str:
        return self.join(self.atoms(tokens), tight)

    def atoms(self, tokens: Tokens) -> list[Atom]:
        from pylatexenc.latexwalker import LatexGroupNode

        atoms: list[Atom] = []
        at = 0
        while at < len(tokens):
            token = tokens[at]
            at += 1
            if isinstance(token, str) and token in "^_'’":
                base = self._base(atoms)
                if token in "'’":
                    base.primes += 1
                    continue
                if at == len(tokens):
                    raise Unreadable
                if token == "^":
                    base.sup = [*(base.sup or []), tokens[at]]
                else:
                    base.sub = [*(base.sub or []), tokens[at]]
                at += 1
            elif isinstance(token, str) and token.isdigit():
                end = number_end(tokens, at)
                atoms.append(Atom(NUM, self.literal("".join(tokens[at - 1 : end]))))
                at = end
            elif isinstance(token, str):
                if token == "&":
                    continue
                kind, text = CHARS.get(token, (ORD, token))
                atoms.append(Atom(kind, self.literal(text)))
            elif isinstance(token, LatexGroupNode):
                scripted = at < len(tokens) and isinstance(tokens[at], str) and tokens[at] in "^_'"
                atoms += self._group(token, scripted)
            else:
                atoms += self._node(token)
                # the arguments of an unknown macro stay with it
                if atoms and atoms[-1].kind == TEXT and atoms[-1].text == self.literal(f"\\{name_of(token)}"):
                    while at < len(tokens) and isinstance(tokens[at], LatexGroupNode):
                        atoms[-1].text += self.literal(tokens[at].latex_verbatim())
                        at += 1
        return atoms

    def _base(self, atoms: list[Atom]) -> Atom:
        """What a script belongs to: the last atom, in parentheses if it would fall apart; an empty one if none fits."""
        if not atoms or atoms[-1].kind in (SPACE, PUNCT, OPEN, BAR):
            atoms.append(Atom(ORD, ""))
        elif atoms[-1].kind in (FRACTION, ROOT):
            atoms[-1] = Atom(ORD, self._in_parentheses(atoms[-1].text))
        return atoms[-1]

    def _in_parentheses(self, text: str) -> str:
        return self.literal("(") + text + self.literal(")")

    def _group(self, node: Node, scripted: bool) -> list[Atom]:
        atoms = self.atoms(tokens_of(node.nodelist))
        if len(atoms) == 1:
            if atoms[0].kind in (REL, BIN, PUNCT):
                atoms[0].kind = ORD  # braces take an operator's spacing away: 1{,}000
            if scripted and (atoms[0].sub or atoms[0].sup):
                return [Atom(ORD, self._in_parentheses(self.with_scripts(atoms[0])))]
            return atoms
        if scripted and atoms:
            inside = self.join(atoms, tight=True)
            return [Atom(ORD, inside if is_enclosed(atoms) else self._in_parentheses(inside))]
        return atoms

    def _node(self, node: Node) -> list[Atom]:
        from pylatexenc.latexwalker import LatexEnvironmentNode, LatexMacroNode, LatexMathNode

        if isinstance(node, LatexMathNode):
            return self.atoms(tokens_of(node.nodelist))
        if isinstance(node, LatexEnvironmentNode):
            if node.environmentname not in GRIDS:
                raise Unreadable
            return self.grid(node.environmentname, cells_of(tokens_of(node.nodelist)))
        if not isinstance(node, LatexMacroNode):
            raise Unreadable
        return self._macro(node)

    def _macro(self, node: Node) -> list[Atom]:
        name = node.macroname
        if name in SYMBOLS:
            return [self.symbol(name)]
        if name in NOTHING:
            return []
        if name in FRACTIONS:
            return [self.fraction(argument_of(node, 0), argument_of(node, 1))]
        if name in BINOMIALS:
            return [self.binomial(argument_of(node, 0), argument_of(node, 1))]
        if name == "sqrt":
            radicand = argument_of(node)
            degree = LineWriter().row(argument_of(node, 0), True) if arguments_of(node)[0] is not None else ""
            return [self.root(radicand, degree)]
        if name in ("left", "right"):
            return [self.delimiter(name, LineWriter().row(argument_of(node)))]
        if name in ACCENTS:
            return [self._with_accent(name, argument_of(node))]
        if name in FONTS:
            text = LineWriter().row(argument_of(node), True)
            if len(text) == 1 or FONTS[name] != "BOLD":
                text = "".join(in_font(char, FONTS[name]) for char in text)
            return [Atom(ORD, self.literal(text))]
        if name in UPRIGHT:
            text = "".join(map(_words, arguments_of(node)[-1:])).strip()
            return [Atom(FUNC if len(text) > 1 else ORD, self.literal(text))]
        if name in TEXTS:
            text = _words(arguments_of(node)[-1]) if arguments_of(node) else ""
            return [Atom(TEXT if " " in text or not text.isalnum() else FUNC, self.literal(text))]
        if name in SHOWN_AS_ARGUMENT:
            index = SHOWN_AS_ARGUMENT[name]
            return [] if index is None else self.atoms(argument_of(node, index))
        if name == "not":
            text = unicodedata.normalize("NFC", LineWriter().row(argument_of(node)) + "\u0338")
            return [Atom(REL, self.literal(text))]
        if name == "pmod":
            return [Atom(SPACE, self.literal(" ")), Atom(ORD, self.literal(f"(mod {LineWriter().row(argument_of(node))})"))]
        if name == "tag":
            return [Atom(SPACE, self.literal(" ")), Atom(ORD, self.literal(f"({LineWriter().row(argument_of(node))})"))]
        if name == "\\":
            return [self.line_end()]
        return self._unknown(node)

    def _unknown(self, node: Node) -> list[Atom]:
        """A macro from pylatexenc's own table of symbols, or else its source."""
        from pylatexenc.latex2text import get_default_latex_context_db

        known = getattr(get_default_latex_context_db().get_macro_spec(node.macroname), "simplify_repl", None)
        if isinstance(known, str) and len(known) == 1:
            return [Atom(ORD, self.literal(known))]
        return [Atom(TEXT, self.literal(f"\\{node.macroname}"), loose=True)]

    def _with_accent(self, name: str, argument: Tokens) -> Atom:
        """A letter with its accent on it; an accent over more than one letter is written as a function."""
        accent = ACCENTS[name]
        base = LineWriter().row(argument, tight=True)
        letters = unicodedata.normalize("NFC", base)
        if len(letters) == 1 or (len(letters) == 2 and unicodedata.combining(letters[1])):
            return Atom(ORD, self.literal(unicodedata.normalize("NFC", letters + accent)))
        if letters and letters[0].isalpha() and all(char in SMALL for char in letters[1:]):
            return Atom(ORD, self.literal(unicodedata.normalize("NFC", letters[0] + accent) + letters[1:]))
        if accent == ACCENTS["bar"] and letters.isascii() and letters.isalpha():
            return Atom(ORD, self.literal("".join(letter + "\u0305" for letter in letters)))
        return Atom(ORD, self.literal(f"{name.removeprefix('wide')}({base})"))

    def join(self, atoms: list[Atom], tight: bool = False) -> str:
        """The atoms in a row. `tight` is for scripts, parts of fractions and the like: spaces only between words."""
        out: list[str] = []
        before: Atom | None = None
        depth = 0
        spaced = False  # a spacing command stands here
        for index, atom in enumerate(atoms):
            if atom.kind == SPACE:
                spaced = True
                continue
            depth -= atom.kind == CLOSE
            unary = before is None or before.kind in (REL, BIN, SLASH, OPEN, PUNCT, BAR)
            text = self.with_scripts(atom)
            if atom.kind == FRACTION:
                following = next((other for other in atoms[index + 1 :] if other.kind != SPACE), None)
                text, times = self._fraction_among(text, before, following)
                if times and not spaced:
                    out.append(self.literal("·"))
            if before is not None and self._gap(before, atom, depth > 0 or tight, tight, spaced, unary):
                out.append(self.literal(" "))
            out.append(text)
            depth += atom.kind == OPEN
            # a sign is not an operation: no space follows it
            before = Atom(OPEN, "") if atom.kind == BIN and unary else atom
            spaced = False
        return "".join(out)

    def _fraction_among(self, text: str, before: Atom | None, following: Atom | None) -> tuple[str, bool]:
        """A fraction beside a factor needs parentheses, or a multiplication sign where they would look like a call."""
        beside = before.kind if before is not None else OPEN
        multiplied = following is not None and (
            following.kind in (*FACTORS, SLASH) or (following.kind == BIN and following.text in "·×")
        )
        if multiplied or beside in (FUNC, FRACTION, SLASH):
            text = f"({text})"
        return text, beside in (ORD, NUM, CLOSE, ROOT)

    def _gap(self, before: Atom, atom: Atom, nested: bool, tight: bool, spaced: bool, unary: bool) -> bool:
        """Whether a space stands between two neighbours."""
        kinds = (before.kind, atom.kind)
        if BAR in kinds:
            return not tight
        if REL in kinds and not nested and atom.kind not in (PUNCT, CLOSE):
            return True
        if BIN in kinds and self.airy and not nested and not (atom.kind == BIN and unary):
            return True
        if before.kind == PUNCT:
            return not tight and atom.kind != CLOSE
        if atom.kind == FUNC and before.kind in ENDS and before.kind != TEXT:
            return True
        if atom.kind == BIG and before.kind in ENDS:
            return True
        if before.kind == FUNC and atom.kind in self.APART_FROM_NAMES:
            return True
        if before.kind == BIG and atom.kind in (ORD, NUM, ROOT, FRACTION):
            return True
        if before.loose and before.kind != FRACTION and atom.kind in (ORD, NUM, FUNC, TEXT):
            return True
        return spaced and not tight and atom.kind not in (PUNCT, CLOSE) and before.kind != OPEN


def _words(node: Node) -> str:
    """The words of a \\text argument."""
    from pylatexenc.latexwalker import (
        LatexCharsNode,
        LatexGroupNode,
        LatexMacroNode,
        LatexMathNode,
        LatexSpecialsNode,
    )

    if isinstance(node, LatexCharsNode):
        return node.chars
    if isinstance(node, LatexGroupNode):
        return "".join(map(_words, node.nodelist))
    if isinstance(node, LatexSpecialsNode):
        return node.specials_chars
    if isinstance(node, LatexMathNode):
        return LineWriter().row(tokens_of(node.nodelist))
    if isinstance(node, LatexMacroNode):
        if node.macroname in SYMBOLS:
            return SYMBOLS[node.macroname][1] + node.macro_post_space
        return "".join(_words(argument) for argument in arguments_of(node)) or node.latex_verbatim()
    return node.latex_verbatim() if node is not None else ""


def _in_parentheses_if_needed(script: str) -> str:
    """A script that Unicode has no characters for, in parentheses unless it is a single character or has them already."""
    if len(script) == 1 or (script[:1] == "(" and script.find(")") == len(script) - 1):
        return script
    return f"({script})"
