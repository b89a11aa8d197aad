"""Help with a question: hints, and what the lessons say about a question asked in passing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tutor import grading, prompts
from tutor.corpus import bank
from tutor.grading.model import support
from tutor.models import Item, Lesson, Round, Step
from tutor.nodes.session.place import keep_place
from tutor.nodes.verb import ModelVerb
from tutor.screen import screens
from tutor.search import answering
from utils.call_llm import whole

if TYPE_CHECKING:
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal
    from tutor.search.index import Index
    from utils.llm.language_model import LanguageModel


class GiveHint(ModelVerb):
    """The next hint: the model's, which builds on what was answered, or the author's. Neither ever contains the answer."""

    def exec(self, model: LanguageModel, terminal: Terminal, item: Item, round: Round, lesson: Lesson) -> int:
        if round.hints >= len(item.hints):
            return self.built_in(terminal, item, round)
        prompt = prompts.hint(item, round.answers, item.hints[round.hints])
        with terminal.waiting("thinking of a hint"):
            hint = whole(model.say(prompt)).strip()
        is_answer = bank.kind_of(item).open_ended and grading.grade(item, hint, language=lesson.language).correct
        if is_answer or grading.gives_away(hint, item, lesson.language):
            return self.built_in(terminal, item, round)
        return self.show(terminal, item, round, hint)

    def built_in(self, terminal: Terminal, item: Item, round: Round) -> int:
        """How many hints have been given by now."""
        if round.hints >= len(item.hints):
            terminal.notice("There are no more hints.")
            return round.hints
        return self.show(terminal, item, round, item.hints[round.hints])

    @staticmethod
    def show(terminal: Terminal, item: Item, round: Round, hint: str) -> int:
        terminal.show(screens.Hint(hint, round.hints + 1, len(item.hints)))
        return round.hints + 1

    def post(self, shared: SessionStore, prepared: dict[str, Any], given: int) -> None:
        prepared["round"].hints = given
        keep_place(shared)


class AnswerSideQuestion(ModelVerb):
    """What the lessons say about a question asked in passing, this lesson first. It is never taken for an answer."""

    def exec(self, model: LanguageModel, terminal: Terminal, step: Step, lesson: Lesson, open_index: Callable[[], Index]) -> None:
        question = step.text
        if not question:
            return
        index = open_index()
        here = index.search(question, 3, [lesson.id])
        passages = [*here, *(passage for passage in index.search(question, 3) if passage not in here)]
        with terminal.waiting("looking it up"):
            reply = whole(model.say(prompts.answer(question, passages)))
        said = [support.own_or_cited(sentence, passages) for sentence in prompts.sentences_in(reply)]
        kept = [sentence for sentence in said if not support.fault_of(sentence, passages, question, lesson.language)]
        if not any(sentence.numbers for sentence in kept):
            return self.built_in(terminal, step, lesson, open_index)
        if len(kept) < len(said):
            terminal.notice(f"left out, because the lessons don't say so: {len(said) - len(kept)} of {len(said)} sentences")
        terminal.show(screens.Answered(answering.from_sentences(question, kept, passages, model.name, model.usage), asked=True))

    def built_in(self, terminal: Terminal, step: Step, lesson: Lesson, open_index: Callable[[], Index]) -> None:
        question = step.text
        if not question:  # a bare ? with nothing after it
            return
        index = open_index()
        asked = index.query_words(question)
        here = index.search(question, answering.CANDIDATES, [lesson.id])
        answer = answering.answer(question, here, asked)
        if not answer.found:
            answer = answering.answer(question, index.search(question, answering.CANDIDATES), asked)
        terminal.show(screens.Answered(answer, asked=True))

    def post(self, shared: SessionStore, prepared: dict[str, Any], result: None) -> None:
        if question := prepared["step"].text:
            shared["terminal"].event("side_question", question=question)
