"""How a quote reads in an answer: without bold over more than a term, without targets of links, tags and footnotes."""

from __future__ import annotations

import html
import re

LONG_BOLD = 4  # words from which bold is no term but a sentence
LINK = re.compile(
    r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]{0,200}\]){0,300})\]\((?:[^()\s]"
    r"|\([^()]{0,200}\)){0,2000}(?:\s+\"[^\"]*\")?\)(?:\{[^{}]*\})?|(?<!!)\[([^\[\]]+)\]\[[^\[\]]*\]"
)
INCLUDE = re.compile(r"\{[*!%][^{}]*[*!%]\}")  # of another file, as some sites write it
IMAGE = re.compile(r"!\[[^\[\]]*\](?:\([^()]*\)|\[[^\[\]]*\])")
FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\]")
BOLD = re.compile(r"(\*\*|__)(?=\S)((?:(?!\1).)+?)(?<=\S)\1", re.S)
TAG = re.compile(r"</?(?:abbr|span|a|b|i|em|strong|sup|sub|kbd|u|small|div|p|br|dfn|code|img)\b[^<>]*>", re.I)
CODE_SPAN = re.compile(r"(`+)(?:(?!\1).)+?\1", re.S)


def plain_sentence(text: str) -> str:
    """A sentence without bold over more than a term, without targets of links, tags and footnotes."""
    return " ".join(tidy(text).split())


def tidy(text: str) -> str:
    """The same, with its line ends."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\x00{len(kept) - 1}\x00"

    text = CODE_SPAN.sub(keep, text)
    text = html.unescape(text)
    text = FOOTNOTE.sub("", INCLUDE.sub("", IMAGE.sub("", text)))
    text = TAG.sub("", LINK.sub(lambda match: match[1] or match[2] or "", text))
    text = BOLD.sub(lambda match: match[2] if len(match[2].split()) > LONG_BOLD or match[2][-1:] in ".!?" else match[0], text)
    return re.sub(r"\x00(\d+)\x00", lambda match: kept[int(match[1])], text)
