"""Markdown to the tokens that rich's Markdown draws, with all their text sanitized."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from tutor.corpus.markdown import read_formulas_as_blocks
from tutor.screen import mathtext
from utils.text import sanitize

MAX_NESTING = 30  # blocks in blocks


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True).use(footnote_plugin)
    read_formulas_as_blocks(parser)
    return parser


_TAG = re.compile(r"(</?[a-zA-Z][^<>]*>)")
_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")


def tokens_of(source: str, open_details: bool = True) -> list[Token]:
    """The tokens of a page; with `open_details` false, those within `<details>` are left out."""
    tokens = _TokenReader().read(source)
    return tokens if open_details else _without_details(tokens)


class _TokenReader:
    """Turns markdown-it's tokens into those that rich's Markdown knows, and sanitizes all their text.

    Sanitizing the source would not be enough: the parser decodes entities, and only then is `&#27;` an escape.
    """

    def __init__(self) -> None:
        self.out: list[Token] = []
        self.depth = 0
        self.link = ("", False)  # where the present link leads, and whether its text is that very address
        self.details: list[int] = []  # the depth at which each open <details> stands

    def read(self, source: str) -> list[Token]:
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
        return _without_empty_paragraphs(self.out)

    def _add(self, token: Token) -> None:
        self.depth += token.nesting
        self.out.append(token)

    @staticmethod
    def _token(kind: str, tag: str = "", nesting: Literal[-1, 0, 1] = 0, content: str = "", **meta: Any) -> Token:
        return Token(kind, tag, nesting, content=content, meta=meta)

    # --------------------------------------------------------------------------------------------- inline

    def _inline(self, token: Token) -> None:
        token.children = [part for child in token.children or () for part in self._parts(child)]
        if token.children:
            self.out.append(token)
        else:
            self.out.append(self._token("text"))

    def _parts(self, child: Token) -> list[Token]:
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
            text = {"br": "\n", "sup": "^", "sub": "_"}.get(name[1].lower() if name else "", "")
            return [] if not text or child.content.startswith("</") else [self._token("text", content=text)]
        child.content = sanitize(child.content)
        return [child]

    def _target(self, href: str, is_text: bool) -> list[Token]:
        """Where a link leads, unless that is a file of the corpus: its text might claim something else."""
        if is_text or not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//", href):
            return []
        return self._dim(f" ({sanitize(href, newlines=False)})")

    def _dim(self, text: str) -> list[Token]:
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
        """A block of HTML: `<details>` become elements of ours, comments go, and of everything else the text stays."""
        text = ""
        summary: str | None = None  # the text of the <summary> that is open
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


def _without_empty_paragraphs(tokens: list[Token]) -> list[Token]:
    kept: list[Token] = []
    for token in tokens:
        empty = len(kept) >= 2 and kept[-2].type == "paragraph_open" and kept[-1].type == "text"
        if token.type == "paragraph_close" and empty and not kept[-1].content.strip():
            del kept[-2:]
        else:
            kept.append(token)
    return kept


def _without_details(tokens: list[Token]) -> list[Token]:
    """Folded details keep only their summary."""
    kept, inside = [], 0
    for token in tokens:
        inside -= token.type == "details_close"
        if not inside:
            kept.append(token)
        inside += token.type == "details_open"
    return kept


def _without_comments(source: str) -> str:
    """HTML without its comments; one that is never closed runs to the end."""
    kept, at = [], 0
    while (start := source.find("<!--", at)) >= 0:
        kept.append(source[at:start])
        end = source.find("-->", start + 2)
        at = len(source) if end < 0 else end + 3
    return "".join((*kept, source[at:]))
