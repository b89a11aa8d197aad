"""Which lesson answers a question: an agent that looks at the catalogue, searches, reads, and decides again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor import prompts
from tutor.models import Lesson, Passage
from tutor.nodes.verb import ModelVerb, Verb
from tutor.search import finding

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.nodes.shared import FindStore
    from tutor.prompts import Decision
    from tutor.screen.one_shot import OneShot
    from tutor.search.finding import StepTaken
    from tutor.search.index import Index
    from utils.llm.language_model import LanguageModel

MOST_STEPS = 6


class LookThrough(Verb):
    """The catalogue: a line for each lesson, or for each folder if there are many lessons."""

    def exec(self, corpus: Corpus) -> str:
        return finding.catalogue(corpus)

    def post(self, shared: FindStore, prepared: dict[str, Any], catalogue: str) -> None:
        shared["catalogue"], shared["steps"], shared["passages"] = catalogue, [], []
        shared["terminal"].notice(f"looked through {finding.lesson_count(prepared['corpus'])}")


class DecideStep(ModelVerb):
    """Read a lesson, search for words, or answer: the model's decision, or the one that the scores suggest."""

    def exec(
        self, model: LanguageModel, question: str, catalogue: str, steps: list[StepTaken], passages: list[Passage],
        corpus: Corpus, index: Index,
    ) -> Decision:  # fmt: skip
        last = len(steps) >= MOST_STEPS - 1
        done = [f"{step.action} {step.of}: {step.found}" for step in steps]
        decision = model.fill(prompts.decide(question, catalogue, done, corpus.ids(), last))
        unfinished = last and decision.action != "answer"
        return self.built_in(question, steps, passages, corpus, index) if unfinished else decision

    def built_in(
        self, question: str, steps: list[StepTaken], passages: list[Passage], corpus: Corpus, index: Index
    ) -> Decision:  # fmt: skip
        return finding.decide(question, steps, passages, index.query_words(question), corpus)

    def post(self, shared: FindStore, prepared: dict[str, Any], decision: Decision) -> str:
        shared["decision"] = decision
        return decision.action


def note(shared: FindStore, found: str, line: str) -> None:
    """Keep the step that was taken, and show it."""
    decision = shared["decision"]
    shared["steps"].append(finding.StepTaken(decision.action, decision.of, found))
    shared["terminal"].notice(f"{len(shared['steps'])} {line}")


class SearchLessons(Verb):
    """The passages about what the decision asks to search for."""

    def exec(self, index: Index, decision: Decision) -> list[Passage]:
        return index.search(decision.of, finding.PASSAGES)

    def post(self, shared: FindStore, prepared: dict[str, Any], passages: list[Passage]) -> None:
        shared["passages"] = passages
        found = ", ".join(dict.fromkeys(f"{one.lesson} ({one.heading})" for one in passages[:5])) or "nothing"
        note(shared, found, f"searched “{shared['decision'].of}”")


class ReadLesson(Verb):
    """A lesson's outline and its passages about the question."""

    def exec(self, corpus: Corpus, index: Index, decision: Decision, question: str) -> tuple[list[Passage], Lesson]:
        return index.search(question, 3, [decision.of]), corpus.lesson(decision.of)

    def post(self, shared: FindStore, prepared: dict[str, Any], found: tuple[list[Passage], Lesson]) -> None:
        passages, lesson = found
        shared["passages"] = [*passages, *(one for one in shared["passages"] if one.lesson != lesson.id)]
        outline = "; ".join(section.title for section in lesson.sections if section.title)
        note(shared, f"{outline}. " + " ".join(one.text[:600] for one in passages), f"read {lesson.id}")


class ShowFound(Verb):
    """The lesson, the place in it and the reason; or that no lesson answers."""

    keeps = "found"

    def exec(
        self, terminal: OneShot, question: str, decision: Decision, passages: list[Passage], corpus: Corpus, index: Index,
        steps: list[StepTaken], model: LanguageModel,
    ) -> dict[str, Any]:  # fmt: skip
        found = finding.document(question, decision, passages, corpus, index, steps, model)
        terminal.put_found(found)
        return found
