"""Lessons as data: Markdown text in; sections, pages, key sentences, code blocks and links out, each with its line.

Blocks are those of CommonMark with tables, footnotes and `$$` formulas, read by markdown-it-py. Lines are 1-based and
are those of the text handed in; CRLF, a lone CR and LF each end one.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise

from tutor.models import Lesson, Section
from utils import strict_yaml
from utils.errors import InvalidFile

MAX_BYTES = 5_000_000
MAX_SECTIONS = 5_000
MAX_PARAGRAPH = 50_000  # characters; markdown-it-py needs seconds for ten times that of `![[]()`
MAX_COLUMNS = 200
PAGE_CHARACTERS = 1_600  # what one reads at one go; a screen of 80x24 holds a little more
PAGE_EXCESS = 1.2  # by how much the last page of a section may be longer, rather than leave a few lines over
UNNAMED = "section"  # slug of a heading that has no letter or digit

COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
ASKED = re.compile(r"<!--[ \t]*asked(?::|[ \t]*\n)(.*?)-->", re.DOTALL)
CHECK = re.compile(r"\s*<!--[ \t]*check[ \t]*\n(.*?)-->", re.DOTALL)
CODE_SPAN = r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)"
CODE_OR_COMMENT = re.compile(CODE_SPAN + r"|<!--.*?-->", re.DOTALL)
DETAILS = re.compile(r"<(/?)details\b", re.IGNORECASE)
HTML_TARGET = re.compile(r"""<(?P<tag>img|a)\b[^>]*?\b(?:src|href)\s*=\s*(["'])(?P<target>.*?)\2""", re.I | re.S)


# ------------------------------------------------------------------------------------------------- lessons


def parse_lesson(text: str, lesson_id: str, path: str = "") -> Lesson:
    """The lesson that a Markdown file holds; one with no sections where there is nothing to read.

    A section reaches to the next heading of any level. Headings in fences, comments, block quotes, lists, formulas and
    closed `<details>` are text. The one heading of level 1 that comes before all others is the lesson's title, and
    what stands under it is a section only if there is something. Raises InvalidFile for mistyped front matter and for
    a file beyond the limits above.
    """
    path = path or f"{lesson_id}.md"
    _refuse_bytes(text, path)
    front, body = split_front_matter(text)
    fields = _front_fields(front, path)
    tokens, env = _parse_blocks(body)
    _refuse_oversize(tokens, path)
    lines = body.split("\n")
    headings = _headings(tokens, env, len(lines))
    if len(headings) > MAX_SECTIONS:
        raise InvalidFile(path, headings[MAX_SECTIONS].line + 1, f"found {len(headings):,} headings, expected at most "
                                                                 f"{MAX_SECTIONS:,}; split the file")  # fmt: skip
    title = fields.pop("title", "") or next((heading.title for heading in headings if heading.title), "")
    title = title or title_from_name(lesson_id)
    return Lesson(lesson_id, path, title, tuple(_sections(lesson_id, title, headings, lines)), **fields)


@dataclass(frozen=True)
class _Heading:
    title: str
    level: int
    line: int  # 0-based first line
    end: int  # 0-based line after it (a setext heading has two or more)


def _sections(lesson_id, title, headings, lines) -> Iterator[Section]:
    borders = [*(heading.line for heading in headings), len(lines)]
    slugs = _Slugs()
    heading_slugs = [slugs.next(heading.title) for heading in headings]

    start, text = _trimmed(lines, 0, borders[0])
    if _visible(text):
        name, outline = ("", ()) if headings else (title, (title,))
        slug = slugs.next("introduction" if headings else title)
        yield Section(f"{lesson_id}#{slug}", name, 0, outline, text, start + 1, start + 1)

    titles = [heading for heading in headings if heading.level == 1]
    title_heading = headings[0] if len(titles) == 1 and headings[0].level == 1 else None
    above: list[_Heading] = []
    for heading, slug, border in zip(headings, heading_slugs, borders[1:], strict=True):
        while above and above[-1].level >= heading.level:
            above.pop()
        above.append(heading)
        start, text = _trimmed(lines, heading.end, border)
        if heading is title_heading and not _visible(text):
            continue
        outline = tuple(outer.title for outer in above)
        yield Section(
            f"{lesson_id}#{slug}", heading.title, heading.level, outline, text, heading.line + 1, start + 1
        )  # fmt: skip


def _headings(tokens, env, line_count) -> list[_Heading]:
    folded = _folded_lines(tokens, line_count)
    return [
        _Heading(_plain(content.content, env), int(token.tag[1]), *token.map)
        for token, content in pairwise(tokens)
        if token.type == "heading_open" and token.level == 0 and not folded[token.map[0]]
    ]


def _folded_lines(tokens, line_count) -> list[int]:
    """How many `<details>` each line is inside of; one that is never closed folds nothing."""
    steps, opened = [0] * (line_count + 1), []
    for token in tokens:
        if token.type == "html_block" and token.level == 0:
            for tag in DETAILS.finditer(COMMENT.sub("", token.content)):
                if not tag[1]:
                    opened.append(token.map[0])
                elif opened:
                    steps[opened.pop()] += 1
                    steps[token.map[1]] -= 1
    return list(accumulate(steps))


def _trimmed(lines, start, end) -> tuple[int, str]:
    """(0-based first line, text) of lines[start:end] without the blank lines around it."""
    first = start
    while first < end and not lines[first].strip():
        first += 1
    if first == end:
        return start, ""
    while not lines[end - 1].strip():
        end -= 1
    return first, "\n".join(lines[first:end])


def _visible(text) -> bool:
    return bool(COMMENT.sub("", text).strip())


def title_from_name(lesson_id: str) -> str:
    """`ml/softmax-and-cross-entropy` -> `Softmax and cross entropy`."""
    words = re.sub(r"[-_\s]+", " ", lesson_id.rpartition("/")[2]).strip()
    return words[:1].upper() + words[1:]


class _Slugs:
    """Anchors as GitHub makes them: `Root d_k` -> `root-d_k`, a repeated one `root-d_k-1`."""

    def __init__(self):
        self.taken: dict[str, int] = {}  # slug -> the last number tried after it

    def next(self, title: str) -> str:
        plain = slug = _slug(title)
        while slug in self.taken:
            self.taken[plain] += 1
            slug = f"{plain}-{self.taken[plain]}"
        self.taken[slug] = 0
        return slug


def _slug(title: str) -> str:
    kept = (
        "-" if character in " -" else character
        for character in title.lower()
        if character in " -" or unicodedata.category(character)[0] in "LMN" or unicodedata.category(character) == "Pc"
    )
    return "".join(kept) or UNNAMED


# -------------------------------------------------------------------------------------------- front matter


def split_front_matter(text: str) -> tuple[str | None, str]:
    """(YAML of the front matter or None, the Markdown below it), both with LF only and without a BOM.

    The front matter's lines stay as blank ones, so that every line of the Markdown keeps its number. Front matter that
    is never closed, or that holds no `field:`, is Markdown.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not re.match(r"---[ \t]*\n", text):
        return None, text
    closing = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE).search(text, text.index("\n") + 1)
    if not closing:
        return None, text
    front = text[text.index("\n") + 1 : closing.start()]
    first = next((line for line in front.split("\n") if line.strip() and not line.startswith("#")), "")
    if front.strip() and not re.match(r"[\"']?\w[\w .-]*[\"']?\s*:(\s|$)", first):
        return None, text
    return front, "\n" * front.count("\n") + "\n" + text[closing.end() :]


def _front_fields(front: str | None, path) -> dict:
    """The fields that a Lesson has, of the right types; others are for other programs and are left alone."""
    if front is None:
        return {}
    data = strict_yaml.load(front, path, first_line=2)
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise InvalidFile(path, 2, f"found {_kind(data)} as front matter, expected fields such as title: …")
    fields = {}
    for name, reader in _READERS.items():
        if data.get(name) is not None:
            fields[name] = reader(data, name, path)
    return fields


def _text_field(data, name, path) -> str:
    if isinstance(data[name], str):
        return data[name].strip()
    line = strict_yaml.line_of(data, name)
    raise InvalidFile(path, line, f"found {_kind(data[name])} as {name}, expected text; put it in quotes")


def _minutes_field(data, name, path) -> int:
    if isinstance(data[name], int) and not isinstance(data[name], bool) and data[name] > 0:
        return data[name]
    line = strict_yaml.line_of(data, name)
    raise InvalidFile(path, line, f"found {_kind(data[name])} as {name}, expected a whole number above 0, such as 30")


def _texts_field(data, name, path) -> tuple[str, ...]:
    values = data[name]
    if not isinstance(values, list):
        line = strict_yaml.line_of(data, name)
        raise InvalidFile(path, line, f"found {_kind(values)} as {name}, expected a list; "
                                      f"write {name}: [{_short(values)}]")  # fmt: skip
    for index, value in enumerate(values):
        if not isinstance(value, str):
            line = strict_yaml.line_of(values, index)
            raise InvalidFile(path, line, f"found {_kind(value)} in {name}, expected a list of texts; put it in quotes")
    return tuple(values)


_READERS = {
    "title": _text_field,
    "summary": _text_field,
    "minutes": _minutes_field,
    "prerequisites": _texts_field,
    "sources": _texts_field,
    "language": _text_field,
}


def _kind(value) -> str:
    """What an author would call a YAML value: `the number 7`, `a list`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"the number {_short(value)}"
    if isinstance(value, str):
        return f'the text "{_short(value)}"'
    return "a list" if isinstance(value, list) else "fields" if isinstance(value, dict) else "nothing"


def _short(value) -> str:
    text = " ".join(str(value).split()) if not isinstance(value, (dict, list)) else "…"
    return text if len(text) <= 40 else text[:39] + "…"


# -------------------------------------------------------------------------------------------------- limits


def _refuse_bytes(text, path):
    if len(text) * 4 > MAX_BYTES and (size := len(text.encode("utf-8", "surrogatepass"))) > MAX_BYTES:
        raise InvalidFile(path, None, f"found {size:,} bytes, expected at most {MAX_BYTES:,}; split the file")


def _refuse_oversize(tokens, path):
    """What would take a parser or a screen seconds to draw is refused before anything is drawn."""
    line = columns = 0
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        if token.type == "inline" and len(token.content) > MAX_PARAGRAPH:
            raise InvalidFile(path, line, f"found a paragraph of {len(token.content):,} characters, "
                                          f"expected at most {MAX_PARAGRAPH:,}; put blank lines between its parts")  # fmt: skip
        columns = 0 if token.type == "table_open" else columns + (token.type == "th_open")
        if token.type == "thead_close" and columns > MAX_COLUMNS:
            raise InvalidFile(path, line, f"found a table of {columns:,} columns, expected at most {MAX_COLUMNS:,}; "
                                          "turn it, or split it")  # fmt: skip


# -------------------------------------------------------------------------------------------------- parser


@cache
def markdown_parser():
    """The one Markdown of the program: CommonMark, tables, footnotes, `$inline$` and `$$display$$`.

    Links keep their targets as written. Tokens of formulas: math_inline, math_block, math_block_label.
    """
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark").enable("table")
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False).use(footnote_plugin)
    read_formulas_as_blocks(parser)
    parser.core.ruler.disable("footnote_tail")  # footnotes stay where they are written
    parser.normalizeLink = parser.validateLink = _as_written
    for name in ("link", "image", "autolink", "html_inline"):
        _keep_offsets(parser.inline.ruler, name)
    return parser


def read_formulas_as_blocks(parser) -> None:
    """Replace dollarmath's block rule, which can't end a paragraph or a list: a `=` in a formula under text made a heading."""
    parser.block.ruler.at("math_block", _formula, {"alt": ["paragraph", "reference", "blockquote", "list"]})


def _as_written(target: str) -> str:
    return target or " "  # an empty one, `[a]()`, would count as refused


def _formula(state, first: int, end: int, silent: bool) -> bool:
    """Block rule: from a line that begins with `$$` to one that ends with it, a label `(1)` or a full stop aside.

    Blank lines may stand within, but not before a heading or a fence: there a closing `$$` was forgotten.
    """

    def line(number):
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
    content = "\n".join([*parts[:-1], closing[1]]) if closing else ""
    if not content.strip():
        return False
    if not silent:
        token = state.push("math_block_label" if closing[2] else "math_block", "math", 0)
        token.content, token.info, token.markup = content, closing[2] or "", "$$"
        token.block, token.map = True, [first, last + 1]
        state.line = last + 1
    return True


def _keep_offsets(ruler, name):
    """Note on an inline rule's token where in its text it begins: markdown-it-py tells lines of blocks only."""
    rule = ruler.__rules__[ruler.__find__(name)].fn

    def kept(state, silent):
        count, offset = len(state.tokens), state.pos
        done = rule(state, silent)
        for token in state.tokens[count:]:
            if token.type in ("link_open", "image", "html_inline"):
                token.meta.setdefault("offset", offset)
                break
        return done

    ruler.at(name, kept)


def _parse_blocks(text: str):
    """(block tokens, link definitions) of Markdown with LF only; what stands inside paragraphs is left unread."""
    parser, tokens, env = markdown_parser(), [], {}
    parser.block.parse(text.replace("\0", "\ufffd"), parser, env, tokens)
    return tokens, env


def _parse_inline(text: str, env):
    parser, tokens = markdown_parser(), []
    parser.inline.parse(text, parser, env, tokens)
    return tokens


def _plain(text: str, env) -> str:
    """A heading's words: marks of emphasis and links gone, formulas and code as they are written."""
    words = []
    for token in _parse_inline(text, env):
        if token.type in ("text", "text_special", "image"):
            words.append(token.content)
        elif token.type in ("code_inline", "math_inline", "math_inline_double"):
            words.append(f"{token.markup}{token.content}{token.markup}")
        elif token.type in ("softbreak", "hardbreak"):
            words.append(" ")
    return " ".join("".join(words).split())


# --------------------------------------------------------------------------------------------------- pages


@dataclass(frozen=True)
class Piece:
    """A block that stands on its own, or an entry of a list too long to be one."""

    kind: str  # type of its token: paragraph_open, fence, math_block, …
    info: str
    start: int  # 0-based lines
    end: int
    text: str  # without HTML comments


def blocks(text: str) -> list[Piece]:
    """The blocks of a section in order; the entries of its lists one by one."""
    return _pieces(text, list_limit=0)[0]


def split_pages(text: str, limit: int = PAGE_CHARACTERS) -> list[str]:
    """A section's Markdown in pieces of about `limit` characters, without HTML comments; at least one, maybe "".

    Cut between blocks, and between the entries of a long list; a block longer than the limit is a page of its own. An
    `output` block stays with its code, and what ends in a colon or comma with what follows.
    """
    pieces, lines = _pieces(text, list_limit=limit)
    pages: list[list[Piece]] = []
    for group in _groups(pieces):
        if pages and _size(pages[-1]) + _size(group) <= limit:
            pages[-1] += group
        else:
            pages.append(group)
    if len(pages) > 1 and _size(pages[-2]) + _size(pages[-1]) <= limit * PAGE_EXCESS:
        pages[-2:] = [pages[-2] + pages[-1]]
    return [_joined(lines, page[0].start, page[-1].end) for page in pages] or [""]


def unfolded(page: str) -> str:
    """What a page holds in `<details>`, as Markdown with each summary above its content; "" where it folds nothing."""
    found, opened = [], []
    for tag in DETAILS.finditer(page):
        if not tag[1]:
            opened.append(tag.start())
        elif opened:
            start = opened.pop()
            if not opened:
                found.append(page[start : page.index(">", tag.end() - 1) + 1])
    return "\n\n".join(found)


def _groups(pieces) -> list[list[Piece]]:
    groups: list[list[Piece]] = []
    for piece in pieces:
        before = groups[-1][-1] if groups else None
        if before and (
            (piece.info == "output" and before.kind == "fence")
            or (before.kind == "paragraph_open" and before.text.endswith((":", ",", "：", ":**")))
        ):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _size(pieces) -> int:
    return sum(len(piece.text) for piece in pieces)


def _pieces(text: str, list_limit: int | None = None) -> tuple[list[Piece], list[str | None]]:
    """(blocks in order, lines of the text with None for those that held comments only).

    Blocks inside a closed `<details>` are one piece with it. Lists longer than `list_limit` characters come apart.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    tokens, _ = _parse_blocks(text)
    lines = _without_comments(text.split("\n"), tokens)
    folded = _folded_lines(tokens, len(lines))
    starts = list(_starts(tokens, folded, lines, list_limit))
    pieces = []
    for index, token in enumerate(starts):
        start = token.map[0] if index else 0
        end = starts[index + 1].map[0] if index + 1 < len(starts) else len(lines)
        body = _joined(lines, start, end)
        if body.strip():
            pieces.append(Piece(token.type, token.info.strip(), start, end, body))
        else:
            parted = not start or not (lines[start - 1] or "").strip()
            lines[start:end] = [None if parted else ""] + [None] * (end - start - 1)
    return pieces, lines


def _starts(tokens, folded, lines, list_limit) -> Iterator:
    """The tokens with which pieces begin."""
    apart = False  # whether the entries of the list we are in are pieces
    for token in tokens:
        if token.level == 0 and token.nesting >= 0 and token.map:
            start = token.map[0]
            if start and folded[start] and folded[start - 1]:
                apart = False
                continue
            is_list = token.type in ("bullet_list_open", "ordered_list_open")
            apart = is_list and list_limit is not None and len(_joined(lines, *token.map)) > list_limit
            if not apart:
                yield token
        elif token.type == "list_item_open" and token.level == 1 and apart:
            yield token


def _joined(lines, start, end) -> str:
    text = "\n".join(line for line in lines[start:end] if line is not None)
    return re.sub(r"\A(?:[ \t]*\n)+", "", text).rstrip()


def _without_comments(lines, tokens) -> list[str | None]:
    """The lines with HTML comments cut out; None where a line held nothing else. Code keeps what looks like one."""
    kept = list(lines)
    for token in tokens:
        if token.type in ("html_block", "inline") and token.map and "<!--" in token.content:
            first, end = token.map
            source = "\n".join(line or "" for line in kept[first:end])
            pattern = COMMENT if token.type == "html_block" else CODE_OR_COMMENT
            cleaned = pattern.sub(_cut_comment, source).split("\n")
            for number, line in enumerate(cleaned, first):
                kept[number] = None if lines[number].strip() and not line.strip() else line
    return kept


def _cut_comment(match) -> str:
    return match[0] if match[0].startswith("`") else "\n" * match[0].count("\n")


# ------------------------------------------------------------------------------------------- shorter, by example

EXAMPLE = re.compile(r"\*\*Example\b[^*]*\*\*")
PROTECTED = re.compile(
    r"\\." + "|" + CODE_SPAN + r"|\$\$.+?\$\$|\$(?!\s)[^$]+?(?<!\s)\$(?!\d)|!?\[[^\[\]]*\]\([^)]{0,2000}\)|<[^<>]+>", re.DOTALL
)  # no link is looked for beyond the next bracket, nor its target beyond what one is long: time grows with the length alone
BOLD = re.compile(r"\*\*(?=\S)((?:[^*]|\*(?!\*))+)(?<=\S)\*\*")
LABEL = re.compile(r"\*\*(?:\S+\s+){0,2}\S+[.:?!]\*\*\s")  # **Warm-up.** belongs to the sentence after it
SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]*_]*(?=\s+[^\sa-z])|[。！？।]")
ABBREVIATION = re.compile(r"(?:^|[\s(])(?:e\.g|i\.e|cf|al|vs|approx|resp|etc|Fig|Eq|Sec|Ch|Dr|Mr|Mrs|Ms|Prof|St|pp?|[A-Z])\.$")


@dataclass(frozen=True)
class _Said:
    """A sentence of a section, or a formula that stands between sentences."""

    text: str
    place: int  # which of the section's blocks it is in
    formula: bool


def key_sentences(text: str, count: int = 3) -> str:
    """The section in brief and in its own words, as Markdown: its first sentence and those with **bold**, in order.

    At most `count` sentences, each with the formula right before or after it, and with the beginning of a sentence
    that runs on below its formula. Worked examples are left out. A section without paragraphs gives the first `count`
    entries of its lists, else its first page.
    """
    pieces, _ = _pieces(text, list_limit=0)
    said = list(_what_is_said(pieces))
    spoken = [number for number, one in enumerate(said) if not one.formula]
    if not spoken:
        entries = [piece.text for piece in pieces if piece.kind == "list_item_open"][:count]
        return "\n".join(entries) or split_pages(text)[0]
    bold = [number for number in spoken[1:] if BOLD.search(LABEL.sub("", said[number].text))]
    chosen = {*spoken[:1], *bold[: max(count - 1, 0)]}
    for number in sorted(chosen):
        if said[number].text[0].islower() and number > 1 and said[number - 1].formula:
            chosen.add(number - 2)
    chosen |= {number for number, one in enumerate(said) if one.formula and _is_beside(said, number, chosen)}
    brief = ""
    for number in sorted(chosen):
        goes_on = number - 1 in chosen and said[number - 1].place == said[number].place
        brief += (" " if goes_on else "\n\n") + said[number].text
    return brief.strip()


def _what_is_said(pieces) -> Iterator[_Said]:
    for place, piece in enumerate(pieces):
        if piece.kind.startswith("math_block"):
            yield _Said(piece.text, place, formula=True)
        elif piece.kind == "paragraph_open" and not EXAMPLE.match(piece.text):
            for sentence in sentences(piece.text):
                yield _Said(sentence, place, formula=False)


def _is_beside(said, number: int, chosen) -> bool:
    return any(
        other in chosen and abs(said[other].place - said[number].place) == 1 for other in (number - 1, number + 1)
    )  # fmt: skip


def sentences(paragraph: str) -> list[str]:
    """The sentences of a Markdown paragraph, each on one line; none is cut inside code, a formula, a link or bold."""
    paragraph = " ".join(paragraph.split())
    masked = PROTECTED.sub(lambda match: "X" * len(match[0]), paragraph)
    masked = BOLD.sub(lambda match: "**" + "X" * (len(match[1]) - 1) + match[1][-1] + "**", masked)
    label = LABEL.match(paragraph)
    found, start = [], 0
    for end in SENTENCE_END.finditer(masked, label.end() if label else 0):
        if end[0][0] == "." and ABBREVIATION.search(masked, max(start, end.start() - 12), end.start() + 1):
            continue
        found.append(paragraph[start : end.end()].strip())
        start = end.end()
    return [sentence for sentence in [*found, paragraph[start:].strip()] if sentence]


def worked_example(text: str) -> str | None:
    """The section's own example: from the paragraph that begins **Example.** up to the next that begins in bold."""
    pieces, lines = _pieces(text)
    paragraphs = [piece for piece in pieces if piece.kind == "paragraph_open"]
    for number, piece in enumerate(paragraphs):
        if EXAMPLE.match(piece.text):
            after = (later.start for later in paragraphs[number + 1 :] if later.text.startswith("**"))
            return _joined(lines, piece.start, next(after, len(lines)))
    return None


# ------------------------------------------------------------------------------------------ what `check` reads


@dataclass(frozen=True)
class Block:
    """A fenced block, or a hidden `<!-- check … -->` with the info "check"."""

    info: str  # "python", "python no-run", "output" where no code stands above, …
    line: int  # 1-based line of the fence or the comment's beginning; the body begins on the next
    body: str
    output: str | None = None  # body of the `output` block directly below
    output_line: int | None = None


@dataclass(frozen=True)
class Link:
    """A link or an image, its target as it is written."""

    target: str
    line: int  # 1-based
    text: str  # a link's words, an image's alternative text
    image: bool = False


def code_blocks(text: str) -> list[Block]:
    """Every fenced block and hidden check of a file, in order; an `output` block is part of the one above it."""
    _, body = split_front_matter(text)
    tokens, _ = _parse_blocks(body)
    blocks, taken = [], None
    for index, token in enumerate(tokens):
        if token.type == "fence" and token is not taken:
            below = tokens[index + 1] if index + 1 < len(tokens) else None
            taken = below if below and below.type == "fence" and below.info.strip() == "output" else None
            output = (taken.content, taken.map[0] + 1) if taken else (None, None)
            blocks.append(Block(token.info.strip(), token.map[0] + 1, token.content, *output))
        elif token.type == "html_block":
            for check in CHECK.finditer(token.content):
                line = token.map[0] + 1 + token.content.count("\n", 0, token.content.index("<!--", check.start()))
                blocks.append(Block("check", line, check[1]))
    return blocks


def without_comments(text: str) -> str:
    """Markdown with its HTML comments blank, line by line; those in code stay, for they are shown."""
    if "<!--" not in text:
        return text
    return CODE_OR_COMMENT.sub(lambda found: found[0] if found[0][0] == "`" else "\n" * found[0].count("\n"), text)


def asked_lines(text: str) -> list[str]:
    """The questions in the `asked` comments of a section: what it answers, as learners would put it, a line each."""
    if "<!--" not in text:
        return []
    comments = (ASKED.fullmatch(found[0]) for found in CODE_OR_COMMENT.finditer(text))
    return [line.strip() for comment in comments if comment for line in comment[1].splitlines() if line.strip()]


def links(text: str) -> list[Link]:
    """Every link and image of a file, in order, those by reference and those of HTML's `a` and `img` too."""
    _, body = split_front_matter(text)
    tokens, env = _parse_blocks(body)
    found = []
    for token in tokens:
        if token.type == "html_block":
            found += _html_links(COMMENT.sub(_cut_comment, token.content), token.map[0] + 1)
        elif token.type == "inline":
            found += _inline_links(token, env)
    return found


def _inline_links(inline, env) -> Iterator[Link]:
    newlines = [offset for offset, character in enumerate(inline.content) if character == "\n"]
    children = _parse_inline(inline.content, env)
    for index, token in enumerate(children):
        if token.type not in ("link_open", "image", "html_inline"):
            continue
        line = inline.map[0] + 1 + bisect_right(newlines, token.meta["offset"])
        if token.type == "image":
            yield Link(token.attrs["src"].strip(), line, token.content, image=True)
        elif token.type == "link_open":
            end = next(place for place in range(index, len(children)) if children[place].type == "link_close")
            words = "".join(child.content for child in children[index + 1 : end])
            yield Link(token.attrs["href"].strip(), line, words)
        else:
            yield from _html_links(token.content, line)


def _html_links(html, line) -> Iterator[Link]:
    for match in HTML_TARGET.finditer(html):
        at = line + html.count("\n", 0, match.start())
        yield Link(match["target"].strip(), at, "", image=match["tag"].lower() == "img")
