"""Findings about concepts.yaml, and about sections that use a concept which nothing before them introduces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from tutor.check.lessons.text import prerequisite_circles
from tutor.check.rules import finding
from tutor.corpus.concepts import Concept
from tutor.corpus.corpus import Corpus
from tutor.corpus.markdown import lines_of, markdown_parser
from tutor.models import Finding, Lesson, Section
from tutor.search.summaries import SKIPPED
from utils.errors import InvalidFile, UsageError
from utils.text import nearest


def concept_findings(corpus: Corpus, chosen: Sequence[str]) -> Iterator[Finding]:
    """What is wrong with the folder's concepts.yaml, and where the chosen lessons use a concept too early."""
    try:
        concepts = corpus.concepts()
    except (InvalidFile, UsageError) as error:
        line = error.line if isinstance(error, InvalidFile) else None
        message = error.message if isinstance(error, InvalidFile) else str(error)
        yield finding("invalid-concepts", corpus.concepts_path, line or 1, message)
        return
    if concepts:
        yield from _Map(corpus, concepts).findings(chosen)


class _Map:
    """The concepts of a folder, and the lessons that they are in."""

    def __init__(self, corpus: Corpus, concepts: Sequence[Concept]) -> None:
        self.corpus, self.concepts = corpus, concepts
        self.before = cache(self._before)

    def findings(self, chosen: Sequence[str]) -> Iterator[Finding]:
        unknown = list(self._unknown())
        yield from unknown
        if unknown:
            return
        yield from self._circles()
        for lesson_id in chosen:
            if lesson := self.lesson(lesson_id):
                yield from self._used_too_early(lesson)
        yield from self._listed_too_early(set(chosen))

    def lesson(self, lesson_id: str) -> Lesson | None:
        try:
            return self.corpus.lesson(lesson_id) if lesson_id in self.corpus.files else None
        except (InvalidFile, UsageError):
            return None  # which is a finding of its own

    def _before(self, lesson_id: str) -> set[str]:
        """The lessons that a lesson needs, and what those need."""
        found: set[str] = set()
        waiting = [lesson_id]
        while waiting:
            for need in self.corpus.entry(waiting.pop()).prerequisites:
                if need in self.corpus.files and need not in found:
                    found.add(need)
                    waiting.append(need)
        return found

    def _unknown(self) -> Iterator[Finding]:
        for concept in self.concepts:
            for section, line in ((concept.section, concept.line), *concept.used, *concept.glossed):
                lesson_id, _, slug = section.partition("#")
                lesson = self.lesson(lesson_id)
                if lesson_id in self.corpus.files and lesson is None:
                    continue  # it can't be read
                known = [one.slug for one in lesson.sections] if lesson else list(self.corpus.files)
                if lesson and slug in known:
                    continue
                near = nearest(slug if lesson else lesson_id, known)
                remedy = f'Did you mean "{lesson_id}#{near}"?' if lesson and near else f'Did you mean "{near}"?' if near else ""
                what = f"but {lesson_id} has no such section" if lesson else "but there is no such lesson"
                yield finding(
                    "invalid-concepts", self.corpus.concepts_path, line,
                    f'concept "{concept.name}": found "{section}", {what}. {remedy or "Name one that exists."}',
                )  # fmt: skip

    def _circles(self) -> Iterator[Finding]:
        """Concepts whose sections use one another, so that none of them can come first."""
        lines = {concept.name: concept.line for concept in self.concepts}
        needs = {concept.name: [other.name for other in self._needed_by(concept)] for concept in self.concepts}
        for circle in prerequisite_circles(needs):
            yield finding(
                "invalid-concepts", self.corpus.concepts_path, lines[circle[0]],
                f"found concepts in a circle ({' uses '.join([*circle, circle[0]])}), expected an order in which to introduce "
                "them; introduce one of them elsewhere, or without the next",
            )  # fmt: skip

    def _needed_by(self, concept: Concept) -> Iterator[Concept]:
        """The concepts of other sections that the section which introduces this one uses."""
        section = self._section(concept.section)
        others = [one for one in self.concepts if one.section != concept.section and not _is_glossed(one, concept.section)]
        for other in others:
            if concept.section in dict(other.used) or (section and _line_of_use(other, section)):
                yield other

    def _section(self, section_id: str) -> Section | None:
        lesson_id, _, slug = section_id.partition("#")
        lesson = self.lesson(lesson_id)
        return lesson.section(slug) if lesson else None

    def _is_known_in(self, concept: Concept, lesson: Lesson, section: Section) -> bool:
        """Whether a learner who reads the section has met the concept."""
        where, _, slug = concept.section.partition("#")
        if where != lesson.id:
            return where in self.before(lesson.id)
        introduces = lesson.section(slug)
        return introduces is not None and introduces.line <= section.line

    def _used_too_early(self, lesson: Lesson) -> Iterator[Finding]:
        for section in lesson.sections:
            if section.slug in SKIPPED or section is lesson.sections[0]:
                continue  # the opening promises what comes, and these repeat what was
            for concept in self.concepts:
                if self._is_known_in(concept, lesson, section) or _is_glossed(concept, section.id):
                    continue
                if used := _line_of_use(concept, section):
                    line, words = used
                    yield finding("used-too-early", lesson.path, line, _too_early(concept, f'"{words}"', lesson))

    def _listed_too_early(self, chosen: set[str]) -> Iterator[Finding]:
        for concept in self.concepts:
            for section_id, line in concept.used:
                lesson, section = self.lesson(section_id.partition("#")[0]), self._section(section_id)
                if lesson and lesson.id in chosen and section and not self._is_known_in(concept, lesson, section):
                    message = _too_early(concept, f'"{concept.name}" used by {section_id}', lesson)
                    yield finding("used-too-early", self.corpus.concepts_path, line, message)


def _too_early(concept: Concept, found: str, lesson: Lesson) -> str:
    where = concept.section.partition("#")[0]
    remedy = (
        "move one of them, or say here what it is and list this section as glossed"
        if where == lesson.id
        else f"make {where} a prerequisite, or say here what it is and list this section as glossed"
    )
    return f"found {found}, which {concept.section} introduces, expected that section before this one; {remedy} in concepts.yaml"


def _is_glossed(concept: Concept, section: str) -> bool:
    return section in dict(concept.glossed)


def _line_of_use(concept: Concept, section: Section) -> tuple[int, str] | None:
    """(line of the lesson's file, the words) where a section's prose first says what the concept is called."""
    for first, text in _prose(section.text):
        if match := concept.pattern.search(text):
            return section.text_line + first + text.count("\n", 0, match.start()), " ".join(match[0].split())
    return None


@lru_cache(maxsize=4_096)  # each concept looks into the same sections
def _prose(text: str) -> tuple[tuple[int, str], ...]:
    """(0-based line, words) of each paragraph, cell or list entry, without code, formulas, images and the words of links."""
    found: list[tuple[int, str]] = []
    line = 0
    for token in markdown_parser().parse(text):
        line = lines_of(token)[0] if token.map else line
        if token.type != "inline":
            continue
        words, links = [], 0
        for child in token.children or ():
            links += (child.type == "link_open") - (child.type == "link_close")
            if child.type in ("softbreak", "hardbreak"):
                words.append("\n")
            elif child.type in ("text", "text_special") and not links:
                words.append(child.content)
            elif child.type in ("code_inline", "image") or child.type.startswith("math"):
                words.append(" … ")
        found.append((line, "".join(words)))
    return tuple(found)
