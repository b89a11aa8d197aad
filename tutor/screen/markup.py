"""Lesson Markdown as something rich can print: formulas, diagrams, tables, code, foldable details.

rich's own Markdown does the walking; the parser, the tokens and most elements are ours. Nothing here prints, fetches or
raises: what cannot be rendered is shown as its sanitized source. This module is about rich, and imported only where a
screen is drawn.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from itertools import pairwise

from rich import box
from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Heading, ListElement, Markdown, MarkdownElement, Paragraph, TableElement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from tutor.corpus.lessons import read_formulas_as_blocks
from tutor.screen import mathtext
from utils.text import sanitize, width

ACCENT, DIM = "cyan", "bright_black"
MAX_SOURCE = 100_000  # characters of Markdown that are still parsed
MAX_CELLS = 2_000  # of a table
MAX_MERMAID = 2_000  # characters of a diagram
MAX_ARROWS = 24  # of a diagram; routing them costs seconds beyond, and gigabytes at twice as many
MAX_NESTING = 30  # blocks in blocks
NARROW = 60  # columns, below which margins shrink
LEAST_WIDTH = 8  # columns that a margin must leave to the text

THEME = Theme(
    {
        "markdown.paragraph": "none",
        "markdown.h1": f"bold {ACCENT}",
        "markdown.h2": f"bold {ACCENT}",
        "markdown.h3": f"bold {ACCENT}",
        **dict.fromkeys(("markdown.h4", "markdown.h5", "markdown.h6"), "bold"),
        "markdown.code": ACCENT,
        "markdown.em": "italic",
        "markdown.strong": "bold",
        "markdown.s": "strike",
        "markdown.url": DIM,
        "markdown.table.header": "bold",
    }
)
SYNTAX = {  # pygments token -> style, in the terminal's own colours
    "Comment": DIM,
    "Keyword": "blue",
    "Literal.String": "green",
    "Literal.Number": ACCENT,
    "Name.Builtin": "none",
    "Name.Decorator": "magenta",
    "Operator.Word": "blue",
    "Error": "none",
}
# Signs by name, for a screen and for plain output.
SIGNS = {"bullet": "•", "quote": "▎ ", "output": "│ ", "details": "▸ ", "rule": "─"}
PLAIN_SIGNS = {"bullet": "-", "quote": "> ", "output": "| ", "details": "+ ", "rule": "-"}


def renderable(markdown: str, *, plain: bool = False, open_details: bool = True) -> Page:
    """`markdown` as something a rich console prints, at any width.

    With `plain`, signs are ASCII. With `open_details` false, `<details>` show their summary only.
    """
    return Page(markdown, plain=plain, open_details=open_details)


class Page(Markdown):
    """rich's Markdown with our parser, tokens and elements."""

    inlines = {"em", "strong", "code", "s", "url"}

    def __init__(self, source: str, *, plain: bool = False, open_details: bool = True):
        self.source = sanitize(source)
        self.signs = PLAIN_SIGNS if plain else SIGNS
        self.plain = plain
        self.justify, self.style, self.code_theme = "left", "none", ""
        self.hyperlinks = False
        self.inline_code_lexer, self.inline_code_theme = None, ""
        self.parsed = None
        if len(self.source) <= MAX_SOURCE:
            try:
                self.parsed = _Tokens(open_details).of(self.source)
            except Exception:  # a fault of a parser costs the layout, never the text
                self.parsed = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        try:
            segments = self._segments(console, options) if self.parsed is not None else None
        except Exception:  # as above: hostile Markdown, RecursionError among others
            segments = None
        if segments is None:
            yield Text(self.source)
        else:
            yield from segments

    def _segments(self, console: Console, options: ConsoleOptions) -> list[Segment]:
        """Everything at once, so that a failure comes before the first line is out."""
        with console.use_theme(THEME):
            segments = list(super().__rich_console__(console, options))
        lines = [_without_trailing_space(line) for line in Segment.split_lines(segments)]
        while lines and not lines[0]:
            lines.pop(0)  # rich leaves a blank line above a list, quote or table that comes first
        return [segment for line in lines for segment in (*line, Segment.line())]


def _without_trailing_space(line: list[Segment]) -> list[Segment]:
    """A line without the spaces that rich fills it up with; they would be copied along, and fill a transcript."""
    while line and not line[-1].text.strip():
        line.pop()
    if line:
        text, style, _ = line[-1]
        line[-1] = Segment(text.rstrip(), style)
    return line


# --------------------------------------------------------------------------------------------------- tokens


@lru_cache(maxsize=1)
def _parser():
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True).use(footnote_plugin)
    read_formulas_as_blocks(parser)
    return parser


_TAG = re.compile(r"(</?[a-zA-Z][^<>]*>)")
_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")


class _Tokens:
    """markdown-it's tokens turned into those that rich's walk knows, with all their text sanitized.

    Entities are decoded by the parser, so that `&#27;` is an escape only now: that is why sanitizing the source is not
    enough.
    """

    def __init__(self, open_details: bool):
        self.open_details = open_details
        self.out: list = []
        self.depth = 0
        self.link = ("", False)  # where the link leads that is being read, and whether its text is the address itself
        self.details: list[int] = []  # the depth at which each open <details> stands

    def of(self, source: str) -> list:
        for token in _parser().parse(source):
            if token.type == "inline":
                self._inline(token)
            elif token.type == "html_block":
                self._html(token.content)
            elif token.type not in ("footnote_block_open", "footnote_block_close", "footnote_anchor"):
                if token.nesting < 0:
                    self._close_details_deeper_than(self.depth - 1)
                token.content = sanitize(token.content)
                token.info = sanitize(token.info, newlines=False)
                self._add(token)
        self._close_details_deeper_than(-1)
        return self._without_hidden(self._without_empty_paragraphs(self.out))

    def _add(self, token) -> None:
        self.depth += token.nesting
        self.out.append(token)

    @staticmethod
    def _token(kind: str, tag: str = "", nesting: int = 0, content: str = "", **meta):
        from markdown_it.token import Token

        return Token(kind, tag, nesting, content=content, meta=meta)

    # --------------------------------------------------------------------------------------------- inline

    def _inline(self, token) -> None:
        token.children = [part for child in token.children or () for part in self._parts(child)]
        if token.children:
            self.out.append(token)
        else:
            self.out.append(self._token("text"))

    def _parts(self, child) -> list:
        kind = child.type
        if kind in ("math_inline", "math_inline_double"):
            return [self._token("text", content=sanitize(mathtext.inline(child.content), newlines=False))]
        if kind == "image":
            alt = sanitize(child.content, newlines=False).strip()
            path = sanitize(str(child.attrs.get("src", "")), newlines=False)
            path = path if len(path) <= 60 else path[:59] + "…"
            return [self._token("text", content=f"[image: {alt} — {path}]" if alt else f"[image: {path}]")]
        if kind == "link_open":
            self.link = (str(child.attrs.get("href", "")), child.markup == "autolink")
            return []
        if kind == "link_close":
            return self._target(*self.link)
        if kind == "footnote_ref":
            return self._dim(f"[{child.meta['id'] + 1}]")
        if kind == "footnote_anchor":
            return []
        if kind == "html_inline":
            name = _TAG_NAME.match(child.content)
            told = {"br": "\n", "sup": "^", "sub": "_"}.get(name[1].lower() if name else "", "")
            return [] if not told or child.content.startswith("</") else [self._token("text", content=told)]
        child.content = sanitize(child.content)
        return [child]

    def _target(self, href: str, is_text: bool) -> list:
        """Where a link leads, where that is not a file of the corpus: its text might tell another story."""
        if is_text or not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//", href):
            return []
        return self._dim(f" ({sanitize(href, newlines=False)})")

    def _dim(self, text: str) -> list:
        return [
            self._token("url_open", "url", 1),
            self._token("text", content=text),
            self._token("url_close", "url", -1),
        ]

    def _words(self, source: str) -> str:
        """The text of a piece of inline Markdown without its styles."""
        inline = _parser().parseInline(source)[0]
        words = [part.content for child in inline.children or () for part in self._parts(child)]
        return " ".join("".join(words).split())

    # ----------------------------------------------------------------------------------------------- HTML

    def _html(self, source: str) -> None:
        """Blocks of HTML: `<details>` become elements of ours, comments go, of all else the text stays."""
        text, summary = "", None
        for part in _TAG.split(_without_comments(source)):
            name = _TAG_NAME.match(part) if part.startswith("<") else None
            if not name:
                if summary is None:
                    text += part
                else:
                    summary += part
                continue
            tag, closing = name[1].lower(), part.startswith("</")
            if tag in ("br", "p", "div", "li", "tr"):
                text += "\n"
            elif tag == "details":
                self._paragraph(text)
                text = ""
                if not closing:
                    self._add(self._token("details_open", "details", 1, summary="Details"))
                    self.details.append(self.depth)
                elif self.details and self.details[-1] == self.depth:
                    self._close_details_deeper_than(self.depth - 1)
            elif tag == "summary" and not closing:
                self._paragraph(text)
                text, summary = "", ""
            elif tag == "summary" and summary is not None:
                self._summarize(summary)
                summary = None
        if summary is not None:
            self._summarize(summary)
        self._paragraph(text)

    def _summarize(self, summary: str) -> None:
        if self.out and self.out[-1].type == "details_open":
            self.out[-1].meta["summary"] = self._words(html.unescape(summary)) or "Details"
        else:
            self._paragraph(summary)

    def _paragraph(self, text: str) -> None:
        for lines in re.split(r"\n\s*\n", text):
            words = sanitize("\n".join(" ".join(line.split()) for line in html.unescape(lines).strip().splitlines()))
            if words:
                self.out.append(self._token("paragraph_open", "p", 1))
                self.out.append(self._token("text", content=words))
                self.out.append(self._token("paragraph_close", "p", -1))

    def _close_details_deeper_than(self, depth: int) -> None:
        while self.details and self.details[-1] > depth:
            self.details.pop()
            self._add(self._token("details_close", "details", -1))

    # ------------------------------------------------------------------------------------------- clearing

    @staticmethod
    def _without_empty_paragraphs(tokens: list) -> list:
        kept: list = []
        for token in tokens:
            empty = len(kept) >= 2 and kept[-2].type == "paragraph_open" and kept[-1].type == "text"
            if token.type == "paragraph_close" and empty and not kept[-1].content.strip():
                del kept[-2:]
            else:
                kept.append(token)
        return kept

    def _without_hidden(self, tokens: list) -> list:
        """Folded details keep their summary alone."""
        if self.open_details:
            return tokens
        kept, inside = [], 0
        for token in tokens:
            inside -= token.type == "details_close"
            if not inside:
                kept.append(token)
            inside += token.type == "details_open"
        return kept


def _without_comments(source: str) -> str:
    """HTML without its comments; one that is never closed goes on to the end."""
    kept, at = [], 0
    while (start := source.find("<!--", at)) >= 0:
        kept.append(source[at:start])
        end = source.find("-->", start + 2)
        at = len(source) if end < 0 else end + 3
    return "".join((*kept, source[at:]))


# ------------------------------------------------------------------------------------------------- elements


def _margin(options: ConsoleOptions, wide: int, narrow: int = 2) -> int:
    """How far a block is indented: less on a narrow screen, and nothing where no room would be left."""
    margin = wide if options.max_width >= NARROW else narrow
    return margin if options.max_width - margin >= LEAST_WIDTH else 0


def _lines(console: Console, options: ConsoleOptions, first: str, rest: str, content, style: str = "") -> RenderResult:
    """`content` (blocks, or one Text) with something before its first line and before each of the others."""
    if options.max_width - cell_len(first) < LEAST_WIDTH:
        first = rest = ""
    inner = options.update(width=options.max_width - max(cell_len(first), cell_len(rest)), height=None)
    margin_style = console.get_style(style) if style else None
    for number, line in enumerate(_stacked(console, inner, content if isinstance(content, list) else [content])):
        if line or rest.strip():
            yield Segment(rest if number else first, margin_style)
        elif not number:
            yield Segment(first, margin_style)
        yield from line
        yield Segment.line()


def _stacked(console: Console, options: ConsoleOptions, blocks: list) -> list[list[Segment]]:
    """The lines of blocks under one another, a blank one between, except in the tight lists of Markdown."""
    lines: list[list[Segment]] = []
    for index, block in enumerate(blocks):
        if index and not (getattr(blocks[index - 1], "tight", False)):
            lines.append([])
        for line in console.render_lines(block, options, pad=False):
            lines.append([] if not "".join(segment.text for segment in line).strip() else line)
    return lines


class Line(Paragraph):
    """A paragraph; `tight` where Markdown sets it without space around it."""

    tight: bool

    @classmethod
    def create(cls, markdown, token):
        element = cls(justify="left")
        element.tight = token.hidden
        return element


class Title(Heading):
    """A heading on the left, in the accent colour."""

    LEVEL_ALIGN = {}


class Container(MarkdownElement):
    """An element made of blocks."""

    def __init__(self, page: Page):
        self.page = page
        self.blocks: list = []

    @classmethod
    def create(cls, markdown, token):
        return cls(markdown)

    def on_child_close(self, context, child) -> bool:
        self.blocks.append(child)
        return False


class Quote(Container):
    """A block quote, ruled at its left."""

    def __rich_console__(self, console, options):
        sign = self.page.signs["quote"]
        yield from _lines(console, options, sign, sign, self.blocks, DIM)


class Item(Container):
    """One item of a list; the list draws it."""


class Items(ListElement):
    """A list: bullets, or numbers as wide as the last of them."""

    page: Page
    items: list[Item]  # type: ignore[assignment]

    @classmethod
    def create(cls, markdown, token):
        element = cls(token.type, int(token.attrs.get("start", 1)))
        element.page = markdown
        return element

    def on_child_close(self, context, child) -> bool:
        self.items.append(child)
        return False

    def __rich_console__(self, console, options):
        bullet = self.list_type == "bullet_list_open"
        last = str(self.list_start + len(self.items) - 1)
        loose = any(isinstance(block, Line) and not block.tight for item in self.items for block in item.blocks)
        for index, item in enumerate(self.items):
            sign = self.page.signs["bullet"] if bullet else f"{self.list_start + index}.".rjust(len(last) + 1)
            first = f" {sign} "
            if index and loose:
                yield Segment.line()
            if item.blocks:
                yield from _lines(console, options, first, " " * cell_len(first), item.blocks)
            else:
                yield Segment(first.rstrip())
                yield Segment.line()


class Details(Container):
    """`<details>`: the summary, and under it what it holds, if it is open."""

    summary: str

    @classmethod
    def create(cls, markdown, token):
        element = cls(markdown)
        element.summary = token.meta.get("summary", "")
        return element

    def __rich_console__(self, console, options):
        yield from _lines(console, options, self.page.signs["details"], "  ", Text(self.summary, style="bold"), ACCENT)
        if self.blocks:
            yield Segment.line()
            yield from _lines(console, options, "  ", "  ", self.blocks)


class Footnote(Container):
    """A footnote under its number."""

    number: int

    @classmethod
    def create(cls, markdown, token):
        element = cls(markdown)
        element.number = token.meta.get("id", 0) + 1
        return element

    def __rich_console__(self, console, options):
        first = f"[{self.number}] "
        yield from _lines(console, options, first, " " * len(first), self.blocks, DIM)


class Divider(MarkdownElement):
    """A thematic break."""

    sign: str

    @classmethod
    def create(cls, markdown, token):
        element = cls()
        element.sign = markdown.signs["rule"]
        return element

    def __rich_console__(self, console, options):
        yield Text(self.sign * min(options.max_width, 24), style=DIM)


class Verbatim(MarkdownElement):
    """An element that is handed its source as it stands."""

    def __init__(self, page: Page, info: str = ""):
        self.page = page
        self.language = info.split()[0].lower() if info.split() else ""
        self.text = ""

    @classmethod
    def create(cls, markdown, token):
        return cls(markdown, token.info)

    def on_text(self, context, text) -> None:
        self.text += str(text)


class Formula(Verbatim):
    """Display math: in two dimensions where it fits, otherwise on a line that wraps."""

    def __rich_console__(self, console, options):
        margin = _margin(options, 6)
        rows = mathtext.display(self.text, options.max_width - margin)
        if rows is None:
            rows = _cut(sanitize(mathtext.inline(self.text), newlines=False), options.max_width - margin)
        for row in rows:
            yield Text(" " * margin + sanitize(row, newlines=False), no_wrap=True)


class Code(Verbatim):
    """Fenced code: highlighted, or ruled where it is output, or drawn where it is a diagram."""

    def __rich_console__(self, console, options):
        margin = " " * _margin(options, 4)
        source = self.text.rstrip("\n").expandtabs(4)
        room = options.max_width - len(margin)
        if self.language == "mermaid" and (drawing := _diagram(source, room, self.page.plain)):
            for row in drawing:
                yield Text(margin + row, no_wrap=True)
            return
        if self.language == "output":
            margin += self.page.signs["output"]
            room -= cell_len(self.page.signs["output"])
        for line in _highlighted(source, self.language).split("\n", allow_blank=True):
            for piece in line.divide(_cuts(line.plain, room)):
                yield Text(margin, style=DIM, no_wrap=True, end="")
                piece.no_wrap = True
                yield piece


def _cuts(line: str, room: int, before: str = "") -> list[int]:
    """Where a line is cut to be at most `room` cells wide.

    After a space or before one of the characters `before`, if such a place comes in the second half of the room.
    """
    cuts, at = [], 0
    while room > 0 and cell_len(line[at:]) > room:
        piece = chop_cells(line[at : at + room], room)[0]
        late = range(len(piece) // 2, len(piece) + 1)
        places = [n for n in late if n and (piece[n - 1] == " " or line[at + n] in before)]
        at += max([n for n in places if piece[:n].strip()], default=max(1, len(piece)))
        cuts.append(at)
    return cuts


def _cut(formula: str, room: int) -> list[str]:
    """A formula on as many lines as it needs, each but the first with its operator in front."""
    bounds = [0, *_cuts(formula, room, before="+−·×/=≈≤≥→←"), len(formula)]
    return [formula[start:end].strip() for start, end in pairwise(bounds)]


def _highlighted(source: str, language: str) -> Text:
    """Code in the terminal's own colours, without a background; as it is where the language is not known."""
    if language in ("", "text", "output", "mermaid", "console"):
        return Text(source)
    from pygments.token import string_to_tokentype
    from rich.style import Style
    from rich.syntax import ANSISyntaxTheme, Syntax

    theme = ANSISyntaxTheme({string_to_tokentype(name): Style.parse(style) for name, style in SYNTAX.items()})
    highlighted = Syntax(source, language, theme=theme).highlight(source)
    highlighted.rstrip()
    return Text.assemble(highlighted) if highlighted.plain.strip() == source.strip() else Text(source)


_DRAWABLE = re.compile(r"\s*(?:graph|flowchart|stateDiagram|sequenceDiagram)\b(?!.*(?:-{7}|={7}|\.{7}))", re.DOTALL)
_ARROW = re.compile(r"[-=.~]{2,}|-\.")


@lru_cache(maxsize=64)
def _diagram(source: str, room: int, plain: bool) -> tuple[str, ...]:
    """A Mermaid diagram drawn at most `room` columns wide: tighter, then turned upright; () if nothing will do."""
    arrows = len(_ARROW.findall(source)) * (1 + source.count("&")) ** 2
    if len(source) > MAX_MERMAID or arrows > MAX_ARROWS or not _DRAWABLE.match(source):
        return ()
    upright = re.sub(r"^(\s*(?:graph|flowchart)\s+)(?:LR|RL)\b", r"\1TD", source)
    tight = {"padding_x": 1, "gap": 2}
    for text, spacing in ((source, {"padding_x": 2}), (source, tight), (upright, tight)):
        rows = _drawn(text, plain, spacing)
        if rows and max(map(width, rows)) <= room:
            return rows
    return ()


def _drawn(source: str, plain: bool, spacing: dict) -> tuple[str, ...]:
    from termaid import render

    try:
        drawing = render(source, use_ascii=plain, padding_y=0, **spacing)
    except Exception:  # termaid raises what its parsers happen to raise
        return ()
    return tuple(row.rstrip() for row in sanitize(drawing).strip("\n").split("\n") if row.strip() or drawing.strip())


class Grid(TableElement):
    """A table; where its words would be torn apart, each row as a small list under its first cell."""

    def __rich_console__(self, console, options):
        head = [cell.content for cell in self.header.row.cells] if self.header and self.header.row else []
        rows = [[cell.content for cell in row.cells] for row in self.body.rows] if self.body else []
        if not head or len(head) * (len(rows) + 1) > MAX_CELLS:
            yield Text("\n".join(" | ".join(cell.plain for cell in row) for row in [head, *rows]))
            return
        for cell in head:
            cell.stylize("markdown.table.header")
        needed = [max(map(_longest_word, column)) for column in zip(head, *rows, strict=False)]
        if sum(needed) + 2 * (len(head) - 1) <= options.max_width:
            yield self._table(head, rows)
        else:
            yield from self._records(console, options, head, rows)

    @staticmethod
    def _table(head: list[Text], rows: list[list[Text]]) -> Table:
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), border_style=DIM)
        for cell in head:
            table.add_column(cell, justify=cell.justify, overflow="fold")
        for row in rows:
            table.add_row(*row)
        return table

    @staticmethod
    def _records(console: Console, options: ConsoleOptions, head: list[Text], rows: list[list[Text]]) -> RenderResult:
        for number, row in enumerate(rows):
            if number:
                yield Segment.line()
            for column, (name, cell) in enumerate(zip(head, row, strict=False)):
                label = Text.assemble(name, ": ") if name.plain else Text()
                line = Text.assemble(label, cell)
                yield from _lines(console, options, "  " if column else "", "    ", line)


def _longest_word(text: Text) -> int:
    return max((width(word) for word in text.plain.split()), default=0)


Page.elements = {
    **Markdown.elements,
    "paragraph_open": Line,
    "heading_open": Title,
    "fence": Code,
    "code_block": Code,
    "blockquote_open": Quote,
    "hr": Divider,
    "bullet_list_open": Items,
    "ordered_list_open": Items,
    "list_item_open": Item,
    "table_open": Grid,
    "math_block": Formula,
    "math_block_label": Formula,
    "details_open": Details,
    "footnote_open": Footnote,
}
