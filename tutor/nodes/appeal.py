"""A disputed grade: a second, stricter look, both verdicts kept, and what the bank's author could change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor import grading
from tutor.corpus import bank
from tutor.learner import appeals
from tutor.models import Attempt, Grade, Item, Kind, Lesson
from tutor.nodes.practice import look_again
from tutor.nodes.verb import ModelVerb, Verb
from utils.errors import UsageError
from utils.times import utc

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.records import Records
    from tutor.nodes.shared import AppealStore
    from tutor.screen.one_shot import OneShot
    from utils.llm.language_model import LanguageModel


class LoadAttempt(Verb):
    """The attempt and its item, as it was drawn then."""

    def exec(self, records: Records, number: int, corpus: Corpus) -> tuple[Attempt, Item]:
        attempt = records.attempt(number)
        if attempt is None:
            raise UsageError(f"there is no attempt {number}; `learn --json` and the feedback on screen name them")
        items = {item.key: item for item in corpus.items(corpus.find(attempt.lesson), made=False)}
        if attempt.item not in items:
            raise UsageError(f"attempt {number} answers {attempt.item}, which the bank no longer has")
        return attempt, bank.draw(items[attempt.item], attempt.seed or 0)

    def post(self, shared: AppealStore, prepared: dict[str, Any], loaded: tuple[Attempt, Item]) -> None:
        shared["attempt"], shared["item"] = loaded
        shared["lesson"] = shared["corpus"].lesson(shared["item"].lesson)


class LookAgain(ModelVerb):
    """The answer graded once more: by a model that is told to be strict, else by the built-in grader at its strictest."""

    def exec(self, model: LanguageModel, item: Item, attempt: Attempt, lesson: Lesson) -> Grade:
        if item.kind != Kind.SHORT or item.expression:
            return self.built_in(item, attempt, lesson)
        return look_again(model, item, attempt.answer, lesson.language)

    def built_in(self, item: Item, attempt: Attempt, lesson: Lesson) -> Grade:
        return grading.grade(item, attempt.answer, strict=True, language=lesson.language)

    def post(self, shared: AppealStore, prepared: dict[str, Any], grade: Grade) -> None:
        shared["second"] = grade
        shared["records"].add_appeal(prepared["attempt"], grade, utc(shared["now"]()))


class ShowAppeal(Verb):
    """Both verdicts; where the appeal stands, the change to the bank that would accept such an answer."""

    keeps = "stands"

    def exec(self, terminal: OneShot, attempt: Attempt, item: Item, second: Grade, corpus: Corpus) -> bool:
        text, path = corpus.bank_text(item.lesson) or ("", "")
        found = appeals.appeal_document(attempt, item, second, text, path)
        terminal.put_appeal(found)
        return found["stands"]
