"""A page around its content: head, style, and the policy by which a browser runs no script and asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element, tostring

from tutor.screen.html.elements import Child, tag
from utils.text import sanitize

STYLE_PATH = Path(__file__).parents[3] / "assets" / "page.css"
PAGE_MARK = '<meta name="generator" content="Pocket Tutor">'  # near the beginning of every page


def document(title: str, *content: Child, foot: str) -> str:
    """A whole page. title: of its tab, too. foot: where it comes from."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="generator", content="Pocket Tutor"),
        tag("meta", **{"http-equiv": "Content-Security-Policy", "content": policy()}),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        _style(),
    )
    body = tag("body", tag("main", content), tag("footer", tag("p", foot)))
    page = tag("html", head, body, lang="en")
    return f"<!DOCTYPE html>\n{tostring(page, encoding='unicode', method='html')}\n"


@cache
def style() -> str:
    """The style of all pages."""
    return sanitize(STYLE_PATH.read_text(encoding="utf-8"))


def _style() -> Element:
    element = Element("style")
    element.text = style()  # the only text that is written out as it is
    return element


def policy() -> str:
    """Nothing may be loaded or run; the style, known by its digest, is the page's own."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
