"""The program's Markdown: CommonMark with tables, footnotes and `$$` formulas, read by markdown-it-py, and its HTML comments.

Comments hold what readers are not shown: checks of the code, and questions that a section answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.ruler import Ruler
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

LinkDefinitions = dict[str, Any]  # what markdown-it-py calls its environment

COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
ANSWER = "A:"  # begins a line of an `asked` comment that answers the questions above it
ASKED = re.compile(r"<!--[ \t]*asked(?::|[ \t]*\n)(.*?)-->", re.DOTALL)
CODE_SPAN = r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)"
CODE_OR_COMMENT = re.compile(CODE_SPAN + r"|<!--.*?-->", re.DOTALL)
DETAILS = re.compile(r"<(/?)details\b", re.IGNORECASE)

# ------------------------------------------------------------------------------------------------- the parser


@cache
def markdown_parser() -> MarkdownIt:
    """The parser of the program's Markdown: CommonMark, tables, footnotes, `$inline$` and `$$display$$`.

    Links keep their targets as written. Tokens of formulas: math_inline, math_block, math_block_label.
    """
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark").enable("table")
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False).use(footnote_plugin)
    read_formulas_as_blocks(parser)
    parser.core.ruler.disable("footnote_tail")  # footnotes stay where they are written
    vars(parser).update(normalizeLink=_as_written, validateLink=_as_written)
    for name in ("link", "image", "autolink", "html_inline"):
        _keep_offsets(parser.inline.ruler, name)
    return parser


def read_formulas_as_blocks(parser: MarkdownIt) -> None:
    """Replace dollarmath's block rule, which can't end a paragraph or a list: a `=` in a formula under text made a heading."""
    parser.block.ruler.at("math_block", _formula, {"alt": ["paragraph", "reference", "blockquote", "list"]})


def _as_written(target: str) -> str:
    return target or " "  # an empty one, `[a]()`, would count as refused


def _formula(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Block rule: from a line that begins with `$$` to one that ends with it, a label `(1)` or a full stop aside.

    Blank lines are allowed within, but not before a heading or a fence: there a closing `$$` was forgotten.
    """

    def line(number: int) -> str:
        return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].strip()

    if not line(first).startswith("$$") or state.is_code_block(first):
        return False
    parts, last = [line(first)[2:]], first
    while "$$" not in parts[-1]:
        last += 1
        if last >= end or state.sCount[last] < state.blkIndent:
            return False
        parts.append(line(last))
        if not parts[-2] and last > first + 1 and re.match(r"#{1,6}(\s|$)|```|~~~", parts[-1]):
            return False
    closing = re.fullmatch(r"((?:(?!\$\$).)*)\$\$\s*(?:[.,;:]|\(([^()$]+)\))?", parts[-1])
    if not closing or not (content := "\n".join([*parts[:-1], closing[1]])).strip():
        return False
    if not silent:
        token = state.push("math_block_label" if closing[2] else "math_block", "math", 0)
        token.content, token.info, token.markup = content, closing[2] or "", "$$"
        token.block, token.map = True, [first, last + 1]
        state.line = last + 1
    return True


def _keep_offsets(ruler: Ruler, name: str) -> None:
    """Record on the token of an inline rule where it begins in its text; markdown-it-py only knows the lines of blocks."""
    rule = ruler.__rules__[ruler.__find__(name)].fn

    def kept(state: StateInline, silent: bool) -> bool:
        count, offset = len(state.tokens), state.pos
        done = rule(state, silent)
        for token in state.tokens[count:]:
            if token.type in ("link_open", "image", "html_inline"):
                token.meta.setdefault("offset", offset)
                break
        return done

    ruler.at(name, kept)


def parse_blocks(text: str) -> tuple[list[Token], LinkDefinitions]:
    """(block tokens, link definitions) of Markdown whose lines end in LF; the text inside paragraphs is not parsed."""
    parser = markdown_parser()
    tokens: list[Token] = []
    definitions: LinkDefinitions = {}
    parser.block.parse(text.replace("\0", "\ufffd"), parser, definitions, tokens)
    return tokens, definitions


def parse_inline(text: str, definitions: LinkDefinitions) -> list[Token]:
    """The tokens of the text of one paragraph, heading or cell."""
    parser = markdown_parser()
    tokens: list[Token] = []
    parser.inline.parse(text, parser, definitions, tokens)
    return tokens


def lines_of(token: Token) -> tuple[int, int]:
    """The 0-based first line of a block, and the line after it."""
    assert token.map is not None, f"{token.type} has no lines: it is not a block"
    first, end = token.map
    return first, end


def plain_words(text: str, definitions: LinkDefinitions) -> str:
    """The words of a heading: without emphasis and link targets, with formulas and code as they are written."""
    words = []
    for token in parse_inline(text, definitions):
        if token.type in ("text", "text_special", "image"):
            words.append(token.content)
        elif token.type in ("code_inline", "math_inline", "math_inline_double"):
            words.append(f"{token.markup}{token.content}{token.markup}")
        elif token.type in ("softbreak", "hardbreak"):
            words.append(" ")
    return " ".join("".join(words).split())


def folded_lines(tokens: Sequence[Token], line_count: int) -> list[int]:
    """For each line, how many `<details>` it is inside of. One that is never closed folds nothing."""
    steps = [0] * (line_count + 1)
    opened: list[int] = []
    for token in tokens:
        if token.type == "html_block" and token.level == 0:
            for tag in DETAILS.finditer(COMMENT.sub("", token.content)):
                if not tag[1]:
                    opened.append(lines_of(token)[0])
                elif opened:
                    steps[opened.pop()] += 1
                    steps[lines_of(token)[1]] -= 1
    return list(accumulate(steps))


# ------------------------------------------------------------------------------------------------- comments


def without_comments(text: str) -> str:
    """Markdown with its HTML comments blanked out, every line in its place; comments in code are shown, so they stay."""
    return CODE_OR_COMMENT.sub(cut_comment, text) if "<!--" in text else text


def cut_comment(match: re.Match[str]) -> str:
    """What replaces a match of COMMENT or CODE_OR_COMMENT: only the line breaks of a comment, code as it is."""
    return match[0] if match[0].startswith("`") else "\n" * match[0].count("\n")


def asked_lines(text: str) -> list[str]:
    """The questions in the `asked` comments of a section: those that it answers, worded as a learner would, one a line."""
    return [line for line in lines_of_asked(text) if not line.startswith(ANSWER)]


def asked_and_answered(text: str) -> list[tuple[str, str]]:
    """(question, its author's answer) in the `asked` comments of a section: a line `A: …` answers the questions above it."""
    found: list[tuple[str, str]] = []
    above: list[str] = []
    for line in lines_of_asked(text):
        if not line.startswith(ANSWER):
            above.append(line)
            continue
        said = line.removeprefix(ANSWER).strip()
        found += [(question, said) for question in above if said]
        above = []
    return found


def lines_of_asked(text: str) -> list[str]:
    """The lines of a text's `asked` comments, without blank ones."""
    return [line for _, line in numbered_asked(text)]


def numbered_asked(text: str) -> list[tuple[int, str]]:
    """(0-based line of the text, words) of each line of its `asked` comments, without blank ones."""
    found: list[tuple[int, str]] = []
    for match in CODE_OR_COMMENT.finditer(text) if "<!--" in text else ():
        if comment := ASKED.fullmatch(match[0]):
            first = text.count("\n", 0, match.start() + comment.start(1))
            found += [(number, line.strip()) for number, line in enumerate(comment[1].splitlines(), first) if line.strip()]
    return found
