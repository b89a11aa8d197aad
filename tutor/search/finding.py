"""Finding the lesson that answers a question: the catalogue, the built-in decisions and the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor.models import Passage
from tutor.prompts import Decision
from tutor.search import answering
from tutor.search.query_words import QueryWords
from utils.text import plural

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.search.index import Index
    from utils.llm.language_model import LanguageModel

PASSAGES = 10  # that are looked at for a question
MANY = 60  # lessons up to which the catalogue has a line for each; beyond, it has one for each folder
NEXT_OF_LESSON = 0.8  # each further passage of a lesson counts this share of the one before


@dataclass(frozen=True)
class StepTaken:
    """A step of the search that was taken."""

    action: str  # as in Decision
    of: str
    found: str  # the result, in words


def catalogue(corpus: Corpus) -> str:
    """A line for each lesson with its id, title and summary; in a large corpus, for each folder with its lessons' names."""
    ids = corpus.ids()
    if len(ids) <= MANY:
        entries = corpus.entries().values()
        return "\n".join(f"{entry.id}: {entry.title}. {entry.summary}".strip() for entry in entries)
    folders: dict[str, list[str]] = {}
    for lesson in ids:
        folders.setdefault(lesson.rpartition("/")[0] or ".", []).append(lesson.rpartition("/")[2])
    return "\n".join(f"{folder}/: {', '.join(names)[:200]}" for folder, names in sorted(folders.items()))


def lesson_count(corpus: Corpus) -> str:
    """`12 lessons`."""
    return plural(len(corpus.ids()), "lesson")


def decide(question: str, steps: Sequence[StepTaken], passages: Sequence[Passage], asked: QueryWords, corpus: Corpus) -> Decision:
    """Without a model: search for the question, read the lesson that scores best, answer with it if it has the evidence."""
    if not steps:
        return Decision("search", question, "")
    scores = lesson_scores(passages, asked, corpus)
    if not scores:
        return Decision("answer", "", "no lesson contains a word of the question")
    best = max(scores, key=lambda lesson: (scores[lesson], lesson))
    if steps[-1].action == "search":
        return Decision("read", best, "")
    read = steps[-1].of
    own = [passage for passage in passages if passage.lesson == read]
    answer = answering.answer(question, own, asked)
    if answer.found:
        return Decision("answer", read, "")
    tried = {step.of for step in steps if step.action == "read"}
    others = [lesson for lesson in sorted(scores, key=lambda lesson: scores[lesson], reverse=True) if lesson not in tried]
    if others and len(tried) < 3:
        return Decision("read", others[0], "")
    return Decision("answer", "", "no lesson covers enough of the question")


def lesson_scores(passages: Sequence[Passage], asked: QueryWords, corpus: Corpus) -> dict[str, float]:
    """{lesson: score of its passages, title and summary}."""
    if not passages:
        return {}
    most = max(passage.score for passage in passages) or 1.0
    found: dict[str, list[float]] = {}
    for passage in passages:
        found.setdefault(passage.lesson, []).append(passage.score / most)
    scores = {}
    for lesson, own in found.items():
        entry = corpus.entry(lesson)
        by_title = asked.share(asked.met(f"{entry.title} {entry.summary}"))
        scores[lesson] = sum(score * NEXT_OF_LESSON**place for place, score in enumerate(sorted(own, reverse=True))) + by_title
    return scores


def document(
    question: str,
    decision: Decision,
    passages: Sequence[Passage],
    corpus: Corpus,
    index: Index,
    steps: Sequence[StepTaken],
    model: LanguageModel,
) -> dict[str, Any]:
    """What `find --json` prints: {question, lesson, path, line, heading, reason, found, near, steps, mode, model}."""
    lesson = decision.of if decision.action == "answer" else ""
    own = [passage for passage in passages if passage.lesson == lesson] or (index.search(question, 3, [lesson]) if lesson else [])
    best = own[0] if own else None
    asked = index.query_words(question)
    reason = decision.reason
    if best and not reason:
        words = [asked.words[number] for number in sorted(asked.met(f"{best.heading}\n{best.text}"))]
        reason = f"“{best.heading}” is about {', '.join(words[:6])}" if words else ""
    return {
        "question": question, "lesson": lesson or None, "path": corpus.path_of(lesson) if lesson else None,
        "line": best.line if best else None, "heading": best.heading if best else None, "reason": reason, "found": bool(lesson),
        "near": [] if lesson else [answering.place(one) for one in answering.one_per_lesson(passages[:3])],
        "steps": [{"action": step.action, "of": step.of, "found": step.found} for step in steps],
        "mode": "model" if decision.reason and model.available else "offline", "model": model.name or None,
    }  # fmt: skip


def listing(document: dict[str, Any]) -> str:
    """The same for a person: the place, then the reason."""
    if not document["found"]:
        nearest = ["", "What comes nearest:", *(f"  {place}" for place in document["near"])] if document["near"] else []
        return "\n".join([answering.NOT_ANSWERED, *nearest])
    place = f"{document['path']}:{document['line']}" if document["line"] else document["path"]
    return f"{place}\n{document['reason']}".strip()
