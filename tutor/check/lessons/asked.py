"""Do the questions of `asked` comments get their answer from the section that says so?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tutor.check.rules import finding
from tutor.corpus.corpus import Corpus
from tutor.corpus.lessons import MISCONCEPTIONS
from tutor.corpus.markdown import ANSWER, numbered_asked
from tutor.models import Answer, Citation, Finding, Lesson, Section
from tutor.search import answering
from tutor.search.index import Index
from utils.errors import InvalidFile, UsageError
from utils.text import plural


def asked_findings(
    corpus: Corpus, open_index: Callable[[], Index], chosen: Sequence[str], tell: Callable[[str], None]
) -> Iterator[Finding]:
    """What `ask` without a model answers from elsewhere, or not at all, though a section of the chosen lessons promises it."""
    promised = [(lesson_id, *promise) for lesson_id in chosen for promise in _promises(corpus, lesson_id)]
    if not promised:
        return
    index = open_index()
    for number, (lesson_id, section, line, question) in enumerate(promised):
        if number % 50 == 0:
            tell(f"asking what lessons say they answer: {number:,} of {plural(len(promised), 'question')}")
        passages = index.search(question, answering.CANDIDATES)
        answer = answering.answer(question, passages, index.query_words(question))
        if fault := _fault_of(answer, section, corpus):
            yield finding("asked-elsewhere", corpus.path_of(lesson_id), line, f'asked "{question}": found {fault}')


def _promises(corpus: Corpus, lesson_id: str) -> Iterator[tuple[Section, int, str]]:
    """(section, line, question) of each question in the `asked` comments of a lesson, those of its misconceptions left out."""
    try:
        lesson = corpus.lesson(lesson_id)
    except (InvalidFile, UsageError):
        return  # which is a finding of its own
    for section in lesson.sections:
        for number, line in numbered_asked(section.text) if section.slug != MISCONCEPTIONS else ():
            if not line.startswith(ANSWER):
                yield section, section.text_line + number, line


def _fault_of(answer: Answer, section: Section, corpus: Corpus) -> str:
    """Where the answer comes from instead, and what to do; "" if it comes from the section, or a misconception of its lesson."""
    if not answer.found:
        return "no answer, expected one from this section; say it here in a sentence of its own, or below the question as A: …"
    lesson_id = section.id.partition("#")[0]
    cited = {_section_of(corpus.lesson(one.lesson), one) for one in answer.citations}
    if section.id in cited or f"{lesson_id}#{MISCONCEPTIONS}" in cited:
        return ""
    first = answer.citations[0]
    return (
        f"an answer from {first.path}:{first.line} ({first.heading}), expected one from this section; remove the question, say "
        "here what it asks for, or answer it by a line A: …"
    )


def _section_of(lesson: Lesson, citation: Citation) -> str:
    """The id of the section that a quote stands in."""
    return next(section.id for section in reversed(lesson.sections) if section.line <= citation.line)
