"""Tables of LaTeX's symbols: the kind of each, and how it reads in Unicode."""

from __future__ import annotations

import unicodedata

ORD, NUM, FUNC, BIG, REL, BIN, SLASH, OPEN, CLOSE, PUNCT, BAR, SPACE, TEXT, FRACTION, ROOT = range(15)
FACTORS = (ORD, NUM, FUNC, BIG, OPEN, TEXT, FRACTION, ROOT)  # what may begin a factor of a product
ENDS = (ORD, NUM, CLOSE, FUNC, BIG, TEXT, FRACTION, ROOT)  # what may end one


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
GRIDS = {  # environment: what encloses it on one line
    "pmatrix": ("[", "]"), "bmatrix": ("[", "]"), "Bmatrix": ("{", "}"), "vmatrix": ("|", "|"), "Vmatrix": ("‖", "‖"),
    "matrix": ("[", "]"), "smallmatrix": ("[", "]"), "array": ("[", "]"), "cases": ("{", "}"), "aligned": ("", ""),
    "align": ("", ""), "align*": ("", ""), "split": ("", ""), "gathered": ("", ""),
}  # fmt: skip
DRAWN_DELIMITERS = {"(": "(", ")": ")", "[": "[", "]": "]", "{": r"\{", "}": r"\}", "|": "|", "‖": r"\Vert", ".": "."}

# No capitals but that of a transpose: Unicode lacks some, and W^Q would stand beside Wᴷ.
SUPERSCRIPTS = dict(
    zip(
        "0123456789+−=()abcdefghijklmnoprstuvwxyzTβγδθφχ⊤*†‡°′∘",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀᵝᵞᵟᶿᵠᵡᵀ*†‡°′°",
        strict=True,
    )
)
SUBSCRIPTS = dict(zip("0123456789+−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))


def in_small(text: str, table: dict[str, str]) -> str:
    """`text` in superscript or subscript characters; "" unless `table` has them all."""
    return "".join(table[char] for char in text) if all(char in table for char in text) else ""


SMALL = frozenset(SUBSCRIPTS.values()) | frozenset(SUPERSCRIPTS.values())


def in_font(char: str, font: str) -> str:
    """A letter of a mathematical alphabet; itself where that alphabet has none."""
    case = "CAPITAL" if char.isupper() else "SMALL"
    names: tuple[str, ...]
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
