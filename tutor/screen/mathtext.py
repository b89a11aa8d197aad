r"""LaTeX formulas as Unicode: `inline` on one line, `display` in two dimensions.

Both read the source with pylatexenc into a flat row of atoms (a letter, a relation, a fraction, ...), as TeX does, and
space them by their kinds. `inline` then writes each atom so that the grouping is still there without a fraction bar:
`\frac{m_t}{1-\beta_1^t}` is `mₜ/(1−β₁ᵗ)`. `display` hands the structure to TeXicode to be laid out. Neither raises on
any input: what can't be read stays as its source.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

MAX_SOURCE = 2000  # characters; a longer formula is shown as its source
MAX_DEPTH = 24  # nested braces and environments
MAX_DRAWN = 800  # characters of source that are still laid out in two dimensions

ORD, NUM, FUNC, BIG, REL, BIN, SLASH, OPEN, CLOSE, PUNCT, BAR, SPACE, TEXT, FRACTION, ROOT = range(15)
_FACTORS = (ORD, NUM, FUNC, BIG, OPEN, TEXT, FRACTION, ROOT)  # what may begin a factor of a product
_ENDS = (ORD, NUM, CLOSE, FUNC, BIG, TEXT, FRACTION, ROOT)  # what may end one


def _table(kind: int, pairs: str) -> dict[str, tuple[int, str]]:
    return {name: (kind, text) for name, text in (pair.split(":", 1) for pair in pairs.split())}


SYMBOLS: dict[str, tuple[int, str]] = {
    **_table(
        ORD,
        "alpha:α beta:β gamma:γ delta:δ epsilon:ε varepsilon:ε zeta:ζ eta:η theta:θ vartheta:ϑ iota:ι kappa:κ "
        "lambda:λ mu:μ nu:ν xi:ξ pi:π varpi:ϖ rho:ρ varrho:ϱ sigma:σ varsigma:ς tau:τ upsilon:υ phi:φ varphi:φ "
        "chi:χ psi:ψ omega:ω Gamma:Γ Delta:Δ Theta:Θ Lambda:Λ Xi:Ξ Pi:Π Sigma:Σ Upsilon:Υ Phi:Φ Psi:Ψ Omega:Ω "
        "infty:∞ partial:∂ nabla:∇ ell:ℓ hbar:ℏ emptyset:∅ varnothing:∅ top:⊤ bot:⊥ prime:′ ldots:… dots:… "
        "cdots:⋯ vdots:⋮ ddots:⋱ forall:∀ exists:∃ aleph:ℵ angle:∠ degree:° dagger:† ddagger:‡ checkmark:✓ "
        "Re:ℜ Im:ℑ imath:ı jmath:ȷ %:% $:$ #:# &:& _:_ backslash:\\ neg:¬ lnot:¬ triangle:△ square:□ star:⋆",
    ),
    **_table(
        REL,
        "le:≤ leq:≤ leqslant:≤ ge:≥ geq:≥ geqslant:≥ ne:≠ neq:≠ approx:≈ equiv:≡ sim:∼ simeq:≃ cong:≅ propto:∝ "
        "in:∈ notin:∉ ni:∋ subset:⊂ subseteq:⊆ supset:⊃ supseteq:⊇ to:→ rightarrow:→ longrightarrow:→ gets:← "
        "leftarrow:← longleftarrow:← leftrightarrow:↔ mapsto:↦ Rightarrow:⇒ implies:⇒ Leftarrow:⇐ iff:⇔ "
        "Leftrightarrow:⇔ ll:≪ gg:≫ perp:⊥ parallel:∥ models:⊨ vdash:⊢ prec:≺ succ:≻ preceq:⪯ succeq:⪰ coloneqq:≔ "
        "lt:< gt:> uparrow:↑ downarrow:↓ nearrow:↗ searrow:↘ therefore:∴ because:∵ colon::",
    ),
    **_table(
        BIN,
        "times:× cdot:· div:÷ pm:± mp:∓ odot:⊙ oplus:⊕ ominus:⊖ otimes:⊗ circ:∘ bullet:• ast:* cap:∩ cup:∪ "
        "setminus:∖ wedge:∧ land:∧ vee:∨ lor:∨ sqcup:⊔",
    ),
    **_table(
        BIG,
        "sum:Σ prod:∏ coprod:∐ int:∫ iint:∬ iiint:∭ oint:∮ bigcup:⋃ bigcap:⋂ bigoplus:⨁ bigotimes:⨂ bigvee:⋁ bigwedge:⋀",
    ),
    **_table(OPEN, "{:{ lbrace:{ lbrack:[ langle:⟨ lfloor:⌊ lceil:⌈ lvert:| lVert:‖"),
    **_table(CLOSE, "}:} rbrace:} rbrack:] rangle:⟩ rfloor:⌋ rceil:⌉ rvert:| rVert:‖"),
    **_table(ORD, "vert:| Vert:‖ |:‖"),
    "mid": (BAR, "|"),
    **dict.fromkeys((",", ";", ":", ">", " ", "quad", "qquad", "enspace", "thinspace"), (SPACE, " ")),
    **_table(
        FUNC,
        "ln:ln log:log lg:lg exp:exp sin:sin cos:cos tan:tan cot:cot sec:sec csc:csc sinh:sinh cosh:cosh tanh:tanh "
        "coth:coth arcsin:arcsin arccos:arccos arctan:arctan max:max min:min sup:sup inf:inf lim:lim limsup:limsup "
        "liminf:liminf det:det dim:dim ker:ker gcd:gcd deg:deg arg:arg hom:hom Pr:Pr argmax:argmax argmin:argmin tr:tr",
    ),
    "bmod": (BIN, " mod "),
    "mod": (BIN, " mod "),
}
NOTHING = {  # macros that leave no trace on one line: styles, and sizes of the delimiter that follows
    "!", "displaystyle", "textstyle", "scriptstyle", "limits", "nolimits", "nonumber", "notag", "middle", "mathstrut",
    "allowbreak", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr",
    "bigm",
}  # fmt: skip
CHARS = {
    **{char: (REL, char) for char in "=<>≤≥≈≠≡∼∝∈∉⊂⊆→←↔↦⇒⇐⇔≪≫:"},
    **{char: (BIN, char) for char in "+*×·±∓⊙⊕⊗∘÷"},
    "/": (SLASH, "/"),
    "-": (BIN, "−"),
    "−": (BIN, "−"),
    **{char: (OPEN, char) for char in "([⟨⌊⌈"},
    **{char: (CLOSE, char) for char in ")]⟩⌋⌉"},
    **{char: (PUNCT, char) for char in ",;"},
    "~": (SPACE, " "),
}
ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304", "tilde": "\u0303",
    "widetilde": "\u0303", "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7", "check": "\u030c", "breve": "\u0306",
    "acute": "\u0301", "grave": "\u0300", "mathring": "\u030a", "underline": "\u0332",
}  # fmt: skip
FONTS = {
    "mathbf": "BOLD", "boldsymbol": "BOLD", "bm": "BOLD", "mathbb": "DOUBLE-STRUCK", "mathcal": "SCRIPT",
    "mathscr": "SCRIPT", "mathfrak": "FRAKTUR",
}  # fmt: skip
UPRIGHT = {"mathrm", "operatorname", "mathsf", "mathtt", "mathit", "mathnormal"}
TEXTS = {"text", "textrm", "textbf", "textit", "texttt", "mbox", "textnormal"}
FRACTIONS = {"frac", "dfrac", "tfrac", "cfrac"}
BINOMIALS = {"binom", "dbinom", "tbinom"}
SHOWN_AS_ARGUMENT = {"boxed": 0, "overset": 1, "underset": 1, "underbrace": 0, "overbrace": 0, "phantom": None}
GRIDS = {  # environment: what encloses it on one line, and between its rows
    "pmatrix": ("[", "]"), "bmatrix": ("[", "]"), "Bmatrix": ("{", "}"), "vmatrix": ("|", "|"), "Vmatrix": ("‖", "‖"),
    "matrix": ("[", "]"), "smallmatrix": ("[", "]"), "array": ("[", "]"), "cases": ("{", "}"), "aligned": ("", ""),
    "align": ("", ""), "align*": ("", ""), "split": ("", ""), "gathered": ("", ""),
}  # fmt: skip
DRAWN_DELIMITERS = {"(": "(", ")": ")", "[": "[", "]": "]", "{": r"\{", "}": r"\}", "|": "|", "‖": r"\Vert", ".": "."}

SUPERSCRIPTS = dict(
    zip(
        "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ⊤*†‡°′∘",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡᵀ*†‡°′°",
        strict=True,
    )
)
SUBSCRIPTS = dict(zip("0123456789+−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))


class _Unreadable(Exception):
    """The source is no formula that we can read; it is shown as it stands."""


@dataclass
class Atom:
    """One thing in a row. `text` is Unicode, or for a drawing the LaTeX that TeXicode is given."""

    kind: int
    text: str
    sub: list | None = None  # the tokens of its scripts
    sup: list | None = None
    primes: int = 0
    loose: bool = False  # a letter or digit straight after it would seem to belong to it


# --------------------------------------------------------------------------------------------------- public


def inline(latex: str) -> str:
    """A formula on one line of Unicode. What cannot be read comes back as its source on one line."""
    source = " ".join(latex.split())
    try:
        return _one_line(source) or source
    except (_Unreadable, RecursionError):
        return source


def display(latex: str, width: int) -> list[str] | None:
    """A formula in two dimensions: its lines, without margins, at most `width` cells wide; None if that can't be."""
    from rich.cells import cell_len

    try:
        rows = _drawn(" ".join(latex.split()))
    except (_Unreadable, RecursionError):
        return None
    return list(rows) if rows and max(map(cell_len, rows)) <= width else None


@lru_cache(maxsize=1024)
def _one_line(source: str, airy: bool = False) -> str:
    return _Writer(airy).row(_parsed(source)).strip()


@lru_cache(maxsize=256)
def _drawn(source: str) -> tuple[str, ...]:
    """The rows of a formula laid out by TeXicode."""
    if len(source) > MAX_DRAWN:
        raise _Unreadable
    from texicode.pipeline import render_tex_rows

    drawer = _Drawer()
    try:
        rows = render_tex_rows(drawer.row(_parsed(source)), False)
    except _Unreadable:
        raise
    except Exception as error:  # TeXicode meets input that it does not know with errors of every kind
        raise _Unreadable from error
    if not rows or rows[0].startswith("TeXicode:"):
        raise _Unreadable
    rows = [drawer.decoded(row).rstrip() for row in rows]
    while rows and not rows[0]:
        rows.pop(0)
    while rows and not rows[-1]:
        rows.pop()
    if len(rows) < 2:
        return (_one_line(source, True),) if rows else ()
    margin = min(len(row) - len(row.lstrip()) for row in rows if row)
    return tuple(row[margin:] for row in rows)


# -------------------------------------------------------------------------------------------------- reading


@lru_cache(maxsize=1)
def _context():
    """What pylatexenc has to know: how many arguments each macro takes. Scripts are single tokens for us to read."""
    from pylatexenc import macrospec

    arguments = {
        **dict.fromkeys((*ACCENTS, *FONTS, *UPRIGHT, *TEXTS, "left", "right", "not", "boxed", "phantom"), "{"),
        **dict.fromkeys((*FRACTIONS, *BINOMIALS, "overset", "underset"), "{{"),
        **dict.fromkeys(("underbrace", "overbrace", "tag", "pmod"), "{"),
        "operatorname": "*{",
        "sqrt": "[{",
        "\\": "[",
    }
    context = macrospec.LatexContextDb()
    context.add_context_category(
        "formulas",
        macros=[macrospec.MacroSpec(name, spec) for name, spec in arguments.items()],
        environments=[macrospec.EnvironmentSpec(name, "{" if name == "array" else "") for name in GRIDS],
        specials=[macrospec.SpecialsSpec(char) for char in "^_&"],
    )
    context.set_unknown_macro_spec(macrospec.MacroSpec(""))
    context.set_unknown_environment_spec(macrospec.EnvironmentSpec(""))
    return context


_BARE_ARGUMENT = re.compile(  # \hat\mathbf{x}, which people write for \hat{\mathbf{x}}
    rf"(\\(?:{'|'.join(ACCENTS)}))\s*(\\(?:{'|'.join((*FONTS, *UPRIGHT, *TEXTS))})\s*\{{[^{{}}]*\}})"
)


def _parsed(source: str) -> list:
    """pylatexenc's nodes, with every character of running text on its own, as a str."""
    if len(source) > MAX_SOURCE or _depth(source) > MAX_DEPTH:
        raise _Unreadable
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    source = _BARE_ARGUMENT.sub(r"\1{\2}", source)
    try:
        walker = LatexWalker(source, latex_context=_context(), tolerant_parsing=False)
        nodes, _, length = walker.get_latex_nodes(parsing_state=walker.make_parsing_state(in_math_mode=True))
    except (LatexWalkerError, ValueError, IndexError, RecursionError) as error:
        raise _Unreadable from error
    if length < len(source):
        raise _Unreadable
    return _tokens(nodes)


def _depth(source: str) -> int:
    """How deep the braces and environments of `source` nest."""
    depth = deepest = 0
    for step in re.findall(r"\\begin|\\end|\\.|[{}]", source):
        depth += {"{": 1, "\\begin": 1, "}": -1, "\\end": -1}.get(step, 0)
        deepest = max(deepest, depth)
    return deepest


def _tokens(nodes) -> list:
    from pylatexenc.latexwalker import LatexCharsNode, LatexSpecialsNode

    tokens = []
    for node in nodes:
        if isinstance(node, LatexCharsNode):
            for char in node.chars:
                if unicodedata.combining(char) and tokens and isinstance(tokens[-1], str):
                    tokens[-1] += char
                elif not char.isspace():
                    tokens.append(char)
        elif isinstance(node, LatexSpecialsNode):
            tokens.append(node.specials_chars)
        elif node is not None:
            tokens.append(node)
    return tokens


def _plain(node) -> str:
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
        return "".join(map(_plain, node.nodelist))
    if isinstance(node, LatexSpecialsNode):
        return node.specials_chars
    if isinstance(node, LatexMathNode):
        return _Writer().row(_tokens(node.nodelist))
    if isinstance(node, LatexMacroNode):
        if node.macroname in SYMBOLS:
            return SYMBOLS[node.macroname][1] + node.macro_post_space
        return "".join(_plain(argument) for argument in _arguments(node)) or node.latex_verbatim()
    return node.latex_verbatim() if node is not None else ""


def _arguments(node) -> list:
    return (node.nodeargd.argnlist or []) if node.nodeargd is not None else []


def _argument(node, index: int = -1) -> list:
    """The tokens of one of a macro's arguments."""
    from pylatexenc.latexwalker import LatexGroupNode

    arguments = _arguments(node)
    if not arguments or arguments[index] is None:
        raise _Unreadable
    argument = arguments[index]
    return _tokens(argument.nodelist) if isinstance(argument, LatexGroupNode) else _tokens([argument])


# -------------------------------------------------------------------------------------------------- writing


class _Writer:
    """Atoms on one line. `airy` spaces binary operators too, for a formula that has the line to itself."""

    APART_FROM_NAMES = (ORD, NUM, BIG, ROOT)  # what is spaced after sin, log and the like

    def __init__(self, airy: bool = False):
        self.airy = airy

    # ------------------------------------------------------------------------------ what a drawing does otherwise

    def literal(self, text: str) -> str:
        return text

    def symbol(self, name: str) -> Atom:
        kind, text = SYMBOLS[name]
        return Atom(kind, text)

    def fraction(self, over: list, under: list) -> Atom:
        top, bottom = self.atoms(over), self.atoms(under)
        above, below = self.joined(top, tight=True), self.joined(bottom, tight=True)
        if not _is_product(top):
            above = f"({above})"
        if not (_is_single(bottom) or _is_differential(top, bottom)):
            below = f"({below})"
        return Atom(FRACTION, f"{above}/{below}", loose=True)

    def root(self, radicand: list, degree: str) -> Atom:
        atoms = self.atoms(radicand)
        inside = self.joined(atoms, tight=True)
        if degree:
            degree = _small(degree, SUPERSCRIPTS) or f"{degree}-"
        if len(atoms) == 1 and atoms[0].kind in (ORD, NUM) and atoms[0].sup is None and len(atoms[0].text) < 8:
            return Atom(ROOT, f"{degree}√{inside}", loose=True)
        return Atom(ORD, f"{degree}√{inside}" if _is_enclosed(atoms) else f"{degree}√({inside})")

    def binomial(self, over: list, under: list) -> Atom:
        return Atom(ORD, f"C({self.row(over, True)}, {self.row(under, True)})")

    def grid(self, name: str, rows: list[list[list]]) -> list[Atom]:
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

    def scripted(self, atom: Atom) -> str:
        """An atom with its scripts, in Unicode where every character of a script has one, else `_(…)`, `^(…)`."""
        sub = sup = ""
        if atom.sub is not None:
            plain = self.row(atom.sub, tight=True)
            is_word = plain.isalnum() and atom.sup is None
            sub = _small(plain, SUBSCRIPTS) or "_" + (plain if is_word else _enclosed(plain))
        if atom.sup is not None:
            plain = self.row(atom.sup, tight=True)
            sup = _small(plain, SUPERSCRIPTS) or "^" + _enclosed(plain)
        if (sup or sub)[:1] in ("^", "_") and not (sup or sub).endswith(")"):
            atom.loose = True
        return atom.text + sub + "′" * atom.primes + sup

    # ------------------------------------------------------------------------------------------------ common to both

    def row(self, tokens: list, tight: bool = False) -> str:
        return self.joined(self.atoms(tokens), tight)

    def atoms(self, tokens: list) -> list[Atom]:
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
                    raise _Unreadable
                if token == "^":
                    base.sup = [*(base.sup or []), tokens[at]]
                else:
                    base.sub = [*(base.sub or []), tokens[at]]
                at += 1
            elif isinstance(token, str) and token.isdigit():
                end = _number_end(tokens, at)
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
                # what an unknown macro is given stays with it
                if atoms and atoms[-1].kind == TEXT and atoms[-1].text == self.literal(f"\\{_name(token)}"):
                    while at < len(tokens) and isinstance(tokens[at], LatexGroupNode):
                        atoms[-1].text += self.literal(tokens[at].latex_verbatim())
                        at += 1
        return atoms

    def _base(self, atoms: list[Atom]) -> Atom:
        """What a script belongs to: the last atom, in parentheses if it would come apart; an empty one if none fits."""
        if not atoms or atoms[-1].kind in (SPACE, PUNCT, OPEN, BAR):
            atoms.append(Atom(ORD, ""))
        elif atoms[-1].kind in (FRACTION, ROOT):
            atoms[-1] = Atom(ORD, self._in_parentheses(atoms[-1].text))
        return atoms[-1]

    def _in_parentheses(self, text: str) -> str:
        return self.literal("(") + text + self.literal(")")

    def _group(self, node, scripted: bool) -> list[Atom]:
        atoms = self.atoms(_tokens(node.nodelist))
        if len(atoms) == 1:
            if atoms[0].kind in (REL, BIN, PUNCT):
                atoms[0].kind = ORD  # braces take an operator's spacing away: 1{,}000
            if scripted and (atoms[0].sub or atoms[0].sup):
                return [Atom(ORD, self._in_parentheses(self.scripted(atoms[0])))]
            return atoms
        if scripted and atoms:
            inside = self.joined(atoms, tight=True)
            return [Atom(ORD, inside if _is_enclosed(atoms) else self._in_parentheses(inside))]
        return atoms

    def _node(self, node) -> list[Atom]:
        from pylatexenc.latexwalker import LatexEnvironmentNode, LatexMacroNode, LatexMathNode

        if isinstance(node, LatexMathNode):
            return self.atoms(_tokens(node.nodelist))
        if isinstance(node, LatexEnvironmentNode):
            if node.environmentname not in GRIDS:
                raise _Unreadable
            return self.grid(node.environmentname, _cells(_tokens(node.nodelist)))
        if not isinstance(node, LatexMacroNode):
            raise _Unreadable
        return self._macro(node)

    def _macro(self, node) -> list[Atom]:
        name = node.macroname
        if name in SYMBOLS:
            return [self.symbol(name)]
        if name in NOTHING:
            return []
        if name in FRACTIONS:
            return [self.fraction(_argument(node, 0), _argument(node, 1))]
        if name in BINOMIALS:
            return [self.binomial(_argument(node, 0), _argument(node, 1))]
        if name == "sqrt":
            radicand = _argument(node)
            degree = _Writer().row(_argument(node, 0), True) if _arguments(node)[0] is not None else ""
            return [self.root(radicand, degree)]
        if name in ("left", "right"):
            return [self.delimiter(name, _Writer().row(_argument(node)))]
        if name in ACCENTS:
            return [self._accented(name, _argument(node))]
        if name in FONTS:
            text = _Writer().row(_argument(node), True)
            if len(text) == 1 or FONTS[name] != "BOLD":
                text = "".join(_in_font(char, FONTS[name]) for char in text)
            return [Atom(ORD, self.literal(text))]
        if name in UPRIGHT:
            text = "".join(map(_plain, _arguments(node)[-1:])).strip()
            return [Atom(FUNC if len(text) > 1 else ORD, self.literal(text))]
        if name in TEXTS:
            text = _plain(_arguments(node)[-1]) if _arguments(node) else ""
            return [Atom(TEXT if " " in text or not text.isalnum() else FUNC, self.literal(text))]
        if name in SHOWN_AS_ARGUMENT:
            index = SHOWN_AS_ARGUMENT[name]
            return [] if index is None else self.atoms(_argument(node, index))
        if name == "not":
            text = unicodedata.normalize("NFC", _Writer().row(_argument(node)) + "\u0338")
            return [Atom(REL, self.literal(text))]
        if name == "pmod":
            return [Atom(SPACE, self.literal(" ")), Atom(ORD, self.literal(f"(mod {_Writer().row(_argument(node))})"))]
        if name == "tag":
            return [Atom(SPACE, self.literal(" ")), Atom(ORD, self.literal(f"({_Writer().row(_argument(node))})"))]
        if name == "\\":
            return [self.line_end()]
        return self._unknown(node)

    def _unknown(self, node) -> list[Atom]:
        """A macro of pylatexenc's own table of symbols, or else its source."""
        from pylatexenc.latex2text import get_default_latex_context_db

        known = getattr(get_default_latex_context_db().get_macro_spec(node.macroname), "simplify_repl", None)
        if isinstance(known, str) and len(known) == 1:
            return [Atom(ORD, self.literal(known))]
        return [Atom(TEXT, self.literal(f"\\{node.macroname}"), loose=True)]

    def _accented(self, name: str, argument: list) -> Atom:
        """A letter with its accent on it; an accent over more than one letter is written as a function."""
        accent = ACCENTS[name]
        base = _Writer().row(argument, tight=True)
        letters = unicodedata.normalize("NFC", base)
        if len(letters) == 1 or (len(letters) == 2 and unicodedata.combining(letters[1])):
            return Atom(ORD, self.literal(unicodedata.normalize("NFC", letters + accent)))
        if letters and letters[0].isalpha() and all(char in _SMALL for char in letters[1:]):
            return Atom(ORD, self.literal(unicodedata.normalize("NFC", letters[0] + accent) + letters[1:]))
        if accent == ACCENTS["bar"] and letters.isascii() and letters.isalpha():
            return Atom(ORD, self.literal("".join(letter + "\u0305" for letter in letters)))
        return Atom(ORD, self.literal(f"{name.removeprefix('wide')}({base})"))

    def joined(self, atoms: list[Atom], tight: bool = False) -> str:
        """The atoms in a row. `tight` is for scripts, parts of fractions and the like: no space but between words."""
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
            text = self.scripted(atom)
            if atom.kind == FRACTION:
                following = next((other for other in atoms[index + 1 :] if other.kind != SPACE), None)
                text, times = self._fraction_among(text, before, following)
                if times and not spaced:
                    out.append(self.literal("·"))
            if before is not None and self._gap(before, atom, depth > 0 or tight, tight, spaced, unary):
                out.append(self.literal(" "))
            out.append(text)
            depth += atom.kind == OPEN
            # a sign is not an operation: nothing is spaced after it
            before = Atom(OPEN, "") if atom.kind == BIN and unary else atom
            spaced = False
        return "".join(out)

    def _fraction_among(self, text: str, before: Atom | None, following: Atom | None) -> tuple[str, bool]:
        """A fraction beside a factor needs parentheses, or a multiplication sign where they would look like a call."""
        beside = before.kind if before is not None else OPEN
        multiplied = following is not None and (
            following.kind in (*_FACTORS, SLASH) or (following.kind == BIN and following.text in "·×")
        )
        if multiplied or beside in (FUNC, FRACTION, SLASH):
            text = f"({text})"
        return text, beside in (ORD, NUM, CLOSE, ROOT)

    def _gap(self, before: Atom, atom: Atom, nested: bool, tight: bool, spaced: bool, unary: bool) -> bool:
        """Does a space stand between two neighbours?"""
        kinds = (before.kind, atom.kind)
        if BAR in kinds:
            return not tight
        if REL in kinds and not nested and atom.kind not in (PUNCT, CLOSE):
            return True
        if BIN in kinds and self.airy and not nested and not (atom.kind == BIN and unary):
            return True
        if before.kind == PUNCT:
            return not tight and atom.kind != CLOSE
        if atom.kind == FUNC and before.kind in _ENDS and before.kind != TEXT:
            return True
        if atom.kind == BIG and before.kind in _ENDS:
            return True
        if before.kind == FUNC and atom.kind in self.APART_FROM_NAMES:
            return True
        if before.kind == BIG and atom.kind in (ORD, NUM, ROOT, FRACTION):
            return True
        if before.loose and before.kind != FRACTION and atom.kind in (ORD, NUM, FUNC, TEXT):
            return True
        return spaced and not tight and atom.kind not in (PUNCT, CLOSE) and before.kind != OPEN


def _small(text: str, table: dict[str, str]) -> str:
    """`text` in raised or lowered characters, "" unless every one of them has one."""
    return "".join(table[char] for char in text) if all(char in table for char in text) else ""


_SMALL = frozenset(SUBSCRIPTS.values()) | frozenset(SUPERSCRIPTS.values())


def _name(node) -> str:
    return getattr(node, "macroname", "")


def _number_end(tokens: list, at: int) -> int:
    """Where the number ends whose first digit stands before `at`: 12, 0.5 and 1,000 are one atom each."""
    run = "".join(token if isinstance(token, str) and len(token) == 1 else " " for token in tokens[at : at + 40])
    digits = re.match(r"(?:\d{0,2}(?:,\d{3})+(?!\d)|\d*)(?:\.\d+)?", run)
    return at + digits.end()


def _cells(tokens: list) -> list[list[list]]:
    """The rows of an environment, each a list of cells, each a list of tokens."""
    rows: list[list[list]] = [[[]]]
    for token in tokens:
        if isinstance(token, str) and token == "&":
            rows[-1].append([])
        elif _name(token) == "\\":
            rows.append([[]])
        elif _name(token) != "hline":
            rows[-1][-1].append(token)
    return [row for row in rows if any(row)]


def _is_enclosed(atoms: list[Atom]) -> bool:
    """Does one pair of parentheses hold all of it?"""
    depth = 0
    for index, atom in enumerate(atoms):
        depth += (atom.kind == OPEN) - (atom.kind == CLOSE)
        if depth == 0:
            return index == len(atoms) - 1 and len(atoms) > 1 and atom.sup is atom.sub is None
    return False


def _is_product(atoms: list[Atom]) -> bool:
    """Can it stand over a slash without parentheses?"""
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


_FUNCTIONS = set("PEFfgΦΓ")  # letters that before a parenthesis name a function; after others it is a product


def _is_single(atoms: list[Atom]) -> bool:
    """Can it stand under a slash without parentheses: one symbol, one number, one call?"""
    if len(atoms) == 1:
        return atoms[0].kind in (ORD, NUM, ROOT, FUNC)
    if atoms and (atoms[0].kind == FUNC or atoms[0].text in _FUNCTIONS):
        return _is_enclosed(atoms[1:])
    return _is_enclosed(atoms)


def _is_differential(over: list[Atom], under: list[Atom]) -> bool:
    """∂L/∂w and dy/dx are read as one sign."""
    return len(under) == 2 and under[0].text in "d∂" and bool(over) and over[0].text == under[0].text


def _enclosed(script: str) -> str:
    """A script without Unicode of its own, in parentheses unless it is a single character or has them already."""
    if len(script) == 1 or (script[:1] == "(" and script.find(")") == len(script) - 1):
        return script
    return f"({script})"


def _in_font(char: str, font: str) -> str:
    """A letter of a mathematical alphabet; itself where that alphabet has none."""
    case = "CAPITAL" if char.isupper() else "SMALL"
    if char.isascii() and char.isalpha():
        names = (f"MATHEMATICAL {font} {case} {char}", f"{font} {case} {char}", f"BLACK-LETTER {case} {char}")
    elif char.isascii() and char.isdigit():
        names = (f"MATHEMATICAL {font} {unicodedata.name(char)}",)
    else:
        return char
    for name in names:
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return char


class _Drawer(_Writer):
    """Atoms as LaTeX for TeXicode.

    TeXicode knows few symbols and shows the others as `?`, so it is given letters that stand for what is to be seen,
    one cell each, and only ever sees structure. `decoded` puts the symbols in their place again.
    """

    APART_FROM_NAMES = (*_Writer.APART_FROM_NAMES, FRACTION)
    STAND_INS = 0x4E00  # the first of a long run of characters that TeXicode takes for letters

    def __init__(self):
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
                raise _Unreadable
            if symbol not in self._symbols:
                self._symbols.append(symbol)
            out.append(chr(self.STAND_INS + self._symbols.index(symbol)))
        return "".join(out)

    def decoded(self, row: str) -> str:
        last = self.STAND_INS + len(self._symbols)
        return "".join(self._symbols[ord(char) - self.STAND_INS] if self.STAND_INS <= ord(char) < last else char for char in row)

    def symbol(self, name: str) -> Atom:
        kind, text = SYMBOLS[name]
        return Atom(kind, rf"\{name} " if name in ("sum", "prod", "int") else self.literal(text))

    def fraction(self, over: list, under: list) -> Atom:
        above, below = (self.row(tokens, tight=True) for tokens in (over, under))
        return Atom(FRACTION, rf"\frac{{{above}}}{{{below}}}")

    def _fraction_among(self, text, before, following):
        return text, False

    def root(self, radicand: list, degree: str) -> Atom:
        flat = _Writer().root(radicand, degree)
        if flat.kind == ROOT:
            return Atom(ROOT, self.literal(flat.text), loose=True)
        index = f"[{self.literal(degree)}]" if degree else ""
        return Atom(ORD, rf"\sqrt{index}{{{self.row(radicand, tight=True)}}}")

    def binomial(self, over: list, under: list) -> Atom:
        return Atom(ORD, rf"\binom{{{self.row(over, True)}}}{{{self.row(under, True)}}}")

    def grid(self, name: str, rows: list[list[list]]) -> list[Atom]:
        tight = name.endswith("matrix")
        body = r"\\".join("&".join(self.row(cell, tight) for cell in row) for row in rows)
        name = "matrix" if name == "array" else name
        return [Atom(ORD, rf"\begin{{{name}}}{body}\end{{{name}}}")]

    def delimiter(self, side: str, char: str) -> Atom:
        if char not in DRAWN_DELIMITERS:
            raise _Unreadable
        return Atom(OPEN if side == "left" else CLOSE, rf"\{side}{DRAWN_DELIMITERS[char]}")

    def line_end(self) -> Atom:
        return Atom(PUNCT, r"\\")

    def _base(self, atoms: list[Atom]) -> Atom:
        if not atoms or atoms[-1].kind in (SPACE, PUNCT, OPEN, BAR):
            atoms.append(Atom(ORD, ""))
        return atoms[-1]

    def scripted(self, atom: Atom) -> str:
        """Scripts stay in the row where Unicode has them, and otherwise stand above and below it."""
        text = atom.text
        flat, raised = _Writer(), []
        for tokens, table, sign in ((atom.sub, SUBSCRIPTS, "_"), (atom.sup, SUPERSCRIPTS, "^")):
            if tokens is None:
                continue
            small = "" if atom.kind == BIG else _small(flat.row(tokens, tight=True), table)
            if small:
                text += self.literal(small)
            else:
                raised.append(f"{sign}{{{self.row(tokens, tight=True)}}}")
            if sign == "_":
                text += self.literal("′" * atom.primes)
        if atom.sub is None:
            text = atom.text + self.literal("′" * atom.primes) + text[len(atom.text) :]
        return f"{{{text}}}" + "".join(raised) if raised and atom.kind != BIG else text + "".join(raised)
