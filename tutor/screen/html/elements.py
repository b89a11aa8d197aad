"""Elements of a page, as a tree of the standard library's, which escapes every text and attribute when it is written out."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from utils.text import sanitize

Child = Element | str | int | None | Iterable["Child"]


def tag(name: str, /, *children: Child, **attributes: str | float | None) -> Element:
    """An element. children: elements, texts, or several of them at once; None is left out.

    attributes: with `class_` for class and `aria_label` for aria-label; those that are None are left out. Texts and
    attributes may be anybody's: what a browser would hide or reverse becomes a visible mark.
    """
    given = {attribute_name(key): sanitize(str(value), newlines=False) for key, value in attributes.items() if value is not None}
    element = Element(name, given)
    _add(element, children)
    return element


def attribute_name(key: str) -> str:
    """The attribute that a Python name stands for: `class` for `class_`, `aria-label` for `aria_label`."""
    return key.rstrip("_").replace("_", "-")


def _add(element: Element, children: Iterable[Child]) -> None:
    for child in children:
        if child is None:
            continue
        if isinstance(child, Element):
            element.append(child)
        elif isinstance(child, (str, int)):
            _add_text(element, sanitize(str(child)))
        else:
            _add(element, child)


def _add_text(element: Element, text: str) -> None:
    """Text stands in an element before its first child, and else behind the last one."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def foreign(text: str, name: str = "span", **attributes: str | None) -> Element:
    """A text of somebody else's, such as a title or an answer, which keeps its own direction of writing."""
    return tag(name, text, dir="auto", **attributes)


def table(caption: str, head: Iterable[Child], rows: Iterable[Iterable[Child]], *, class_: str | None = None) -> Element:
    """A table whose first column names its rows."""
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", (tag("th", cell, scope="col") for cell in head))),
        tag("tbody", (tag("tr", _row(row)) for row in rows)),
        class_=class_,
    )


def _row(cells: Iterable[Child]) -> list[Element]:
    first, *rest = cells
    return [tag("th", first, scope="row"), *(tag("td", cell) for cell in rest)]


def folded(summary: Child, *children: Child, open_: bool = False) -> Element:
    """What opens at a click on its summary."""
    return tag("details", tag("summary", summary), children, open="" if open_ else None)


def card(heading: Child, *children: Child) -> Element:
    """A part of a page with its heading."""
    return tag("section", tag("h2", heading), children, class_="card")
