"""A disputed grade: a second, stricter look, both verdicts kept, and what the bank's author could change."""

from __future__ import annotations

from pocketflow import Node

from tutor import grading
from tutor.corpus import bank
from tutor.learner import appeals
from tutor.models import Kind
from tutor.nodes.asking import ModelNode
from tutor.nodes.practice import look_again
from utils.errors import UsageError
from utils.times import utc


class LoadAttempt(Node):
    """The attempt and its item, as it was drawn then."""

    def prep(self, shared):
        return shared["store"].attempt(shared["number"]), shared["corpus"], shared["number"]

    def exec(self, prepared):
        attempt, corpus, number = prepared
        if attempt is None:
            raise UsageError(f"there is no attempt {number}; `learn --json` and the feedback on screen name them")
        lesson = corpus.lesson(corpus.find(attempt.lesson))
        text, path = corpus.bank_text(lesson.id) or ("", "")
        items = {item.key: item for item in bank.parse_bank(text, lesson.id, path)} if text else {}
        if attempt.item not in items:
            raise UsageError(f"attempt {number} answers {attempt.item}, which the bank no longer has")
        return attempt, bank.draw(items[attempt.item], attempt.seed or 0), lesson, text, path

    def post(self, shared, prepared, loaded):
        shared["attempt"], shared["item"], shared["lesson"], shared["bank_text"], shared["bank_path"] = loaded


class LookAgain(ModelNode):
    """The answer graded once more: by a model that is told to be strict, else by the built-in grader at its strictest."""

    def prep(self, shared):
        return shared["model"], shared["terminal"], shared["item"], shared["attempt"], shared["lesson"].language

    def exec(self, prepared):
        model, _, item, attempt, language = prepared
        if not model.available or item.kind != Kind.SHORT or item.expression:
            return self.built_in(prepared)
        return look_again(model, item, attempt.answer, language)

    def built_in(self, prepared):
        _, _, item, attempt, language = prepared
        return grading.grade(item, attempt.answer, strict=True, language=language)

    def post(self, shared, prepared, grade):
        shared["second"] = grade
        shared["store"].add_appeal(shared["attempt"], grade, utc(shared["now"]()))


class ShowAppeal(Node):
    """Both verdicts; where the appeal stands, the change to the bank that would accept such an answer."""

    def prep(self, shared):
        return shared["terminal"], shared["attempt"], shared["item"], shared["second"], shared["bank_text"], shared["bank_path"]

    def exec(self, prepared):
        terminal, attempt, item, second, text, path = prepared
        found = appeals.appeal_of(attempt, item, second, text, path)
        terminal.put_appeal(found)
        return found

    def post(self, shared, prepared, found):
        shared["stands"] = found["stands"]
