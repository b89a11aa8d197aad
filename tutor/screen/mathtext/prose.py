"""Markdown as plain text: formulas in Unicode, no marks for bold, links as their words. Code stays as it is."""

from __future__ import annotations

import re

from tutor.screen.mathtext.one_line import inline

FENCED = re.compile(r"(?ms)^[ ]{0,3}(```|~~~).*?^[ ]{0,3}\1[^\n]*$|(`+)(?:(?!\2).)+?\2")
FORMULA = re.compile(r"\$\$(?P<block>.+?)\$\$|(?<![\\$\w])\$(?![\s$])(?P<inline>[^$\n]+?)(?<![\s\\])\$(?![\d$])", re.S)
MARKS = re.compile(r"(\*\*|__)(?=\S)(?P<bold>.+?)(?<=\S)\1|(?<![\w*])\*(?=[^\s*])(?P<em>[^*\n]+?)(?<=[^\s*])\*(?![\w*])", re.S)
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
LINK = re.compile(r"!?\[(?P<words>[^\[\]]{0,500})\]\([^()\s]{0,2000}\)")


def plain(markdown: str) -> str:
    """The text that a reader without Markdown and LaTeX would want."""
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return f"\x00{len(kept) - 1}\x00"

    text = FENCED.sub(lambda match: keep(match[0]), markdown.replace("\x00", ""))
    text = FORMULA.sub(lambda match: keep(inline(match["block"] or match["inline"])), text)
    text = LINK.sub(lambda match: match["words"], text)
    text = ESCAPED.sub(lambda match: keep(match[1]), text)
    text = MARKS.sub(lambda match: match["bold"] or match["em"], text)
    return re.sub("\x00(\\d+)\x00", lambda match: kept[int(match[1])], text)
