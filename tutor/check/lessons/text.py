"""Findings about a lesson's Markdown: front matter, links, prerequisites, formulas, characters, its list of misconceptions."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from tutor.check.rules import finding
from tutor.corpus.bank.misconceptions import FILE_NAME as LIST_FILE
from tutor.corpus.front_matter import split_front_matter
from tutor.corpus.lessons import MISCONCEPTIONS, listed_entries, marked_misconceptions, parse_lesson
from tutor.corpus.links import links_of
from tutor.corpus.markdown import ANSWER, markdown_parser, numbered_asked, without_comments
from tutor.grading.model.additions import additions_of
from tutor.models import Finding, Lesson, Misconception
from tutor.screen import mathtext
from tutor.search.answering import refuted
from tutor.search.words import content_stems
from utils import strict_yaml
from utils.errors import InvalidFile
from utils.text import nearest, plural, sanitize, shorten

FIELDS = ("title", "summary", "minutes")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:|//", re.IGNORECASE)
HTML_ANCHOR = re.compile(r"""<[a-z][^<>]*?\s(?:id|name)\s*=\s*["']?([^\s"'>]+)""", re.IGNORECASE)
LONGEST_ANSWER = 80  # words: what `ask` says at most
ENTRY_SHOWN = 60  # characters of an entry in a message
FORM = "`**Is it so?** No: it is not.`"  # of an entry
SAME_BELIEF = 0.6  # share of words: so 100 of the 147 bundled entries would be told their own id, and none another one's
MAX_LINES = 20  # how many lines with the same fault are listed one by one


@dataclass(frozen=True)
class Links:
    """What a lesson's links are checked against. Paths use slashes and are relative to the folder of lessons."""

    exists: Callable[[str], bool]
    anchors: Callable[[str], set[str] | None]  # None if the file's headings aren't known
    names: tuple[str, ...]  # the lessons' files, for "did you mean"


def lesson_findings(lesson: Lesson, text: str, links: Links, is_known: Callable[[str], bool]) -> Iterator[Finding]:
    """Everything about one lesson except its code. is_known: tells whether a lesson with that id exists."""
    yield from _front_matter(lesson, text, is_known)
    yield from _links(lesson, text, links)
    yield from _formulas(lesson.path, text)
    yield from _short_answers(lesson, text)
    yield from line_findings(lesson.path, text)


def line_findings(path: str, text: str) -> Iterator[Finding]:
    """Hidden characters and untidy line ends in a lesson or a bank."""
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    changed = [number for number, line in enumerate(lines, 1) if sanitize(line) != line]
    for number in changed[:MAX_LINES]:
        line = lines[number - 1]
        shown = sanitize(line)
        column = next((at for at, pair in enumerate(zip(line, shown, strict=False)) if pair[0] != pair[1]), len(shown))
        where = f"found the hidden character U+{ord(line[column]):04X} in column {column + 1}"
        yield finding("hidden-characters", path, number, f"{where}, expected visible text; remove it (--fix does)")
    if len(changed) > MAX_LINES:
        more = plural(len(changed) - MAX_LINES, "more line")
        yield finding("hidden-characters", path, changed[MAX_LINES], f"found {more} like this; --fix removes them all")
    yield from _untidy_lines(path, text, lines)


def _untidy_lines(path: str, text: str, lines: Sequence[str]) -> Iterator[Finding]:
    from tutor.check.fixes import strip_trailing_spaces

    tidy = strip_trailing_spaces(lines, markdown=not path.endswith(".yaml"))
    trailing = [number for number, pair in enumerate(zip(lines, tidy, strict=True), 1) if pair[0] != pair[1]]
    found = []
    if trailing:
        found.append(f"{plural(len(trailing), 'line')} with trailing spaces")
    if "\r" in text:
        found.append("line ends other than LF")
    if text and not text.endswith(("\n", "\r")):
        found.append("no newline at the end")
    if found:
        line = trailing[0] if trailing else 1 if "\r" in text else len(lines)
        yield finding("untidy-lines", path, line, f"found {', '.join(found)}; --fix corrects this")


# -------------------------------------------------------------------------------------------- front matter


def _front_matter(lesson: Lesson, text: str, is_known: Callable[[str], bool]) -> Iterator[Finding]:
    front, body = split_front_matter(text)
    data: Mapping[str, Any] = {}
    if front is not None:
        try:
            loaded = strict_yaml.load(front, lesson.path, first_line=2)
        except InvalidFile:  # already reported, as the reason why the lesson could not be read
            return
        data = loaded if isinstance(loaded, dict) else {}
    has_title = "title" in data or re.search(r"^#[ \t]+\S|^=+[ \t]*$", body, re.MULTILINE)
    missing = [name for name in FIELDS if not data.get(name) and not (name == "title" and has_title)]
    if missing:
        near = {name: nearest(name, [key for key in data if key not in FIELDS]) for name in missing}
        hints = [f'Is "{key}" meant to be {name}?' for name, key in near.items() if key]
        remedy = " ".join(["add " + " and ".join(f"{name}: …" for name in missing), *hints])
        where = "front matter" if front is not None else "a front matter between --- lines at the top"
        yield finding(
            "missing-front-matter", lesson.path, 1,
            f"found no {' and no '.join(missing)}, expected {where} with title, summary and minutes; {remedy}",
        )  # fmt: skip
    for index, wanted in enumerate(lesson.prerequisites):
        line = strict_yaml.line_of(data["prerequisites"], index)
        if not is_known(wanted):
            yield finding(
                "unknown-prerequisite", lesson.path, line,
                f'found the prerequisite "{wanted}", expected the id of a lesson such as track/slug; correct it',
            )  # fmt: skip


def prerequisite_circles(needs: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The circles among prerequisites, each once, as its ids from the smallest on. needs: lesson -> prerequisites."""
    found: list[list[str]] = []
    for start in sorted(needs):
        if any(start in known for known in found):
            continue
        circle = _shortest_circle(start, needs)
        if circle:
            smallest = circle.index(min(circle))
            found.append(circle[smallest:] + circle[:smallest])
    return found


def _shortest_circle(start: str, needs: Mapping[str, Sequence[str]]) -> list[str] | None:
    """The shortest path from a lesson through prerequisites back to itself."""
    paths: list[list[str]] = [[start]]
    seen: set[str] = set()
    for path in paths:  # grows while we go through it, by paths one lesson longer
        for need in needs.get(path[-1], ()):
            if need == start:
                return path
            if need in needs and need not in seen:
                seen.add(need)
                paths.append([*path, need])
    return None


# --------------------------------------------------------------------------------------------------- links


def anchors(text: str) -> set[str]:
    """The targets that a `#…` link into a Markdown file may name: every heading's slug, and ids set in HTML."""
    _, body = split_front_matter(text)
    tokens = markdown_parser().parse(body)
    titles = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    # Built from the headings alone, so that headings without a section (in a quote, or without text) count too.
    outline = "\n\n".join(f"## {' '.join(title.split())}\n\n." for title in titles)
    found = {section.slug for section in parse_lesson(outline, "outline").sections if titles}
    return found | {match[1] for match in HTML_ANCHOR.finditer(body)}


def _links(lesson: Lesson, text: str, links: Links) -> Iterator[Finding]:
    here = lesson.id + ".md"
    for link in links_of(text):
        rule = "missing-image" if link.image else "broken-link"
        noun = "image" if link.image else "link"
        if SCHEME.match(link.target):
            continue
        path, _, anchor = link.target.partition("#")
        path = unquote(path.partition("?")[0])
        if not path and not anchor and link.target != "#":
            yield finding(rule, lesson.path, link.line, f"found {_article(noun)} to nothing, expected a target; add it")
            continue
        base = "" if path.startswith("/") else posixpath.dirname(here)
        target = posixpath.normpath(posixpath.join(base, path.lstrip("/"))) if path else here
        if not links.exists(target):
            near = nearest(posixpath.basename(target), {posixpath.basename(name) for name in links.names})
            hint = f". Did you mean {near}?" if near and not link.image else "; correct the path, or remove it"
            yield finding(
                rule, lesson.path, link.line,
                f'found {_article(noun)} to "{link.target}", but there is no file {target}{hint}',
            )  # fmt: skip
        elif anchor and not link.image and (known := links.anchors(target)) is not None:
            slug = unquote(anchor)
            if slug not in known:
                near = nearest(slug, known)
                hint = f'. Did you mean "#{near}"?' if near else "; name one of its headings"
                yield finding(
                    rule, lesson.path, link.line,
                    f'found a link to "{link.target}", but {target} has no heading "#{slug}"{hint}',
                )  # fmt: skip


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


# ------------------------------------------------------------------------------------------------ formulas


def is_unrenderable(latex: str) -> bool:
    """Would the terminal show a formula as its source, or with a macro left in it?"""
    shown, source = mathtext.inline(latex), " ".join(latex.split())
    return bool(re.search(r"\\[A-Za-z]", shown)) or (shown == source and bool(re.search(r"[\\{}]|[\^_]([\^_]|$)", source)))


def _formulas(path: str, text: str) -> Iterator[Finding]:
    _, body = split_front_matter(text)
    for token in markdown_parser().parse(body):
        line = token.map[0] + 1 if token.map else 1
        if token.type.startswith("math_block"):
            yield from formula_finding(path, line, token.content)
        start = 0
        for child in token.children or ():
            if child.type.startswith("math_inline"):
                at = token.content.find(child.content, start)
                start = max(at, start)
                yield from formula_finding(path, line + token.content.count("\n", 0, start), child.content)


def formula_finding(path: str, line: int, latex: str) -> Iterator[Finding]:
    """A finding if the terminal can't render a formula."""
    if is_unrenderable(latex):
        yield finding(
            "unrenderable-formula", path, line,
            f"found the formula {shorten(latex)}, which a terminal would show as it is written here; use simpler LaTeX",
        )  # fmt: skip


# ------------------------------------------------------------------------------------------- short answers


def _short_answers(lesson: Lesson, text: str) -> Iterator[Finding]:
    """Answers in `asked` comments that say what the lesson doesn't hold, are long, or answer nothing."""
    shown = without_comments(text)
    for section in lesson.sections:
        above = ""
        for number, line in numbered_asked(section.text):
            if line.startswith(ANSWER) and (fault := _fault_of(line.removeprefix(ANSWER).strip(), above, shown, lesson.language)):
                yield finding("unsaid-answer", lesson.path, section.text_line + number, fault)
            above = line


def _fault_of(said: str, above: str, shown: str, language: str) -> str:
    """What is wrong with a short answer below a line of its comment, if anything."""
    if not said or not above or above.startswith(ANSWER):
        return (
            "found a short answer "
            + ("without a text" if not said else "with no question above it")
            + "; write both, or remove it"
        )
    added = additions_of(said, shown, language)
    if unsaid := [*added.foreign, *added.wrong]:
        return f'found "{shorten(unsaid[0])}" in a short answer, which the lesson does not say; correct it, or say it there too'
    if (words := len(said.split())) > LONGEST_ANSWER:
        return f"found a short answer of {words} words, expected at most {LONGEST_ANSWER}; shorten it"
    return ""


# -------------------------------------------------------------------------------------------- misconceptions


def unknown_misconception(name: str, known: Collection[str], remedy: str = "add it there, or write it in words") -> str:
    """What is said of an id that is not in the list."""
    near = nearest(name, known)
    hint = f'. Did you mean "{near}"?' if near else f"; {remedy}"
    return f'found the misconception "{name}", expected an id of {LIST_FILE}{hint}'


def misconception_findings(lesson: Lesson, text: str, known: Mapping[str, Misconception]) -> Iterator[Finding]:
    """What is wrong with the entries under "Misconceptions". text: of the lesson's file. known: the folder's list, by ids."""
    marked = marked_misconceptions(lesson, text)
    for name, line in marked:
        if name not in known:
            told = unknown_misconception(name, known, "add it there, or remove it here")
            yield finding("unknown-misconception", lesson.path, line, told)
    section = lesson.section(MISCONCEPTIONS)
    if section is None:
        return
    lines = section.text.split("\n")
    for start, end in listed_entries(section.text):
        first, after = section.text_line + start, section.text_line + end
        entry = " ".join(refuted.BULLET.sub("", without_comments("\n".join(lines[start:end])), count=1).split())
        if fault := _fault_of_entry(entry):
            yield finding("misconception-form", lesson.path, first, fault)
        elif not any(first <= line < after for _, line in marked) and (meant := _meant(entry, known, marked)):
            yield finding(
                "misconception-form", lesson.path, first,
                f'found an entry without an id about "{shorten(meant.believed, ENTRY_SHOWN)}", expected `{{#{meant.id}}}` at its '
                f"end, as in {LIST_FILE}; add it",
            )  # fmt: skip


def _meant(entry: str, known: Mapping[str, Misconception], marked: Sequence[tuple[str, int]]) -> Misconception | None:
    """The misconception of the folder that an entry asks about in much the same words, if no other entry names it."""
    asked = set(content_stems(refuted.question_of(entry)))
    named = {name for name, _ in marked}
    shared = [(_overlap(asked, set(content_stems(one.believed))), one) for one in known.values() if one.id not in named]
    most, likest = max(shared, key=lambda pair: pair[0], default=(0.0, None))
    return likest if most >= SAME_BELIEF else None


def _overlap(one: set[str], other: set[str]) -> float:
    """The share of the words of two texts that both have, 0..1."""
    return len(one & other) / len(one | other) if one | other else 0.0


def _fault_of_entry(entry: str) -> str:
    """What is wrong with the words of an entry, "" for nothing."""
    asked = refuted.question_of(entry)
    if not asked:
        return (
            f'found "{shorten(entry, ENTRY_SHOWN)}", expected a question in bold and its answer, as in {FORM}; ask it, '
            "so that nobody takes what is in bold for what is so"
        )
    if not refuted.parted(entry)[1]:
        return f'found the question "{shorten(asked, ENTRY_SHOWN)}" alone, expected its answer behind it, as in {FORM}; answer it'
    return ""
