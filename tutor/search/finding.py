"""Finding the lesson that answers a question: the catalogue, the built-in decisions and the result. And the lessons of a goal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor.models import Passage
from tutor.prompts import Decision
from tutor.search import answering
from tutor.search.query_words import QueryWords
from tutor.stop_words import AIMING
from utils.errors import UsageError
from utils.text import plural

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.search.index import Index
    from utils.llm.language_model import LanguageModel

PASSAGES = 10  # that are looked at for a question
MANY = 60  # lessons up to which the catalogue has a line for each; beyond, it has one for each folder
NEXT_OF_LESSON = 0.8  # each further passage of a lesson counts this share of the one before

# Of a goal. Tried on goals of one to seven words about the bundled lessons, see tests/search/test_find.py.
SAID = 0.6  # share of its words that a lesson's passages must have
NAMED = 0.5  # share of its words that a lesson's title or path must have, where its passages don't have enough
AHEAD = 1.25  # how much better than the next one a lesson that is named must be to be taken unasked
MOST_MEANT, FEWER_MEANT = 6, 3  # lessons to choose from; and where none of them has enough of the words
SHORTEST_PART = 4  # characters of a name


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


@dataclass(frozen=True)
class LessonsMeant:
    """The lessons that somebody's words are about; unless they are `sure`, the best first, to choose from."""

    lessons: tuple[str, ...]
    sure: bool = True


def lessons_meant(goal: str, corpus: Corpus, index: Index) -> LessonsMeant:
    """The lessons that teach what somebody wants to understand: one, those of a folder, or several where none builds on another.

    goal: their words, or the name of a lesson or of a folder.
    """
    subject = subject_of(goal)
    if goal in corpus.files:
        return LessonsMeant((goal,))
    if named := corpus.named(goal) or corpus.named(subject):
        return LessonsMeant(tuple(named[:MOST_MEANT]), sure=len(named) == 1)
    if folder := [lesson for lesson in corpus.ids() if any(_is_folder(subject, name) for name in lesson.split("/")[:-1])]:
        return LessonsMeant(tuple(folder))
    asked, passages, entries = index.query_words(subject), index.search(subject, PASSAGES), corpus.entries()
    shares = {lesson: asked.share(asked.met(f"{one.title} {re.sub('[/-]', ' ', lesson)}")) for lesson, one in entries.items()}
    scores = lesson_scores(passages, asked, corpus)
    strength = {lesson: scores.get(lesson, 0) + share for lesson, share in shares.items()}
    ranked = sorted(shares, key=lambda lesson: (-strength[lesson], lesson))
    found = [one for one in ranked if shares[one] >= NAMED or asked.share(_met_by(one, passages, asked)) >= SAID]
    if not found:
        perhaps = () if asked.unknown else tuple(lesson for lesson in ranked if lesson in scores)[:FEWER_MEANT]
        return LessonsMeant(perhaps or _named_in_part(subject, corpus), sure=not perhaps)
    if len(found) == 1 or (shares[found[0]] >= NAMED and strength[found[0]] >= AHEAD * strength[found[1]]):
        return LessonsMeant((found[0],))
    if any(need in entries for entry in entries.values() for need in entry.prerequisites):
        return LessonsMeant(tuple(found[:MOST_MEANT]), sure=False)
    return LessonsMeant(tuple(sorted(found[:MOST_MEANT])))  # nothing but the folder says which comes first


def _is_folder(subject: str, folder: str) -> bool:
    """Whether somebody means a folder: by its name (`LLMs`, `mathematics` for math), or by what its letters stand for."""
    said, name = subject.casefold(), folder.casefold()
    words = re.findall(r"\w+", said)
    initials = "".join(word[0] for word in words) if len(words) > 1 else ""
    return bool(name) and (said.rstrip("s") == name.rstrip("s") or initials == name or (len(name) > 3 and said.startswith(name)
                           and len(words) == 1))  # fmt: skip


def _named_in_part(subject: str, corpus: Corpus) -> tuple[str, ...]:
    """The one lesson whose name has these words as a part, as TOPIC may: `backprop`."""
    if len(subject) < SHORTEST_PART:
        return ()
    try:
        return (corpus.find(subject),)
    except UsageError:
        return ()


def _met_by(lesson: str, passages: Sequence[Passage], asked: QueryWords) -> set[int]:
    """The numbers of the words asked for that the passages of a lesson have."""
    return {number for one in passages if one.lesson == lesson for number in asked.met(f"{one.heading}\n{one.text}")}


def subject_of(goal: str) -> str:
    """What a goal is about: `attention` of "I want to understand attention"; the goal itself where nothing else is in it."""
    words = goal.split()
    first, last = 0, len(words)
    while first < last and words[first].lower().strip(",:") in AIMING:
        first += 1
    while first < last and words[last - 1].lower().strip(".!?") in AIMING:
        last -= 1
    return " ".join(words[first:last]).rstrip(".!?") or goal


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
