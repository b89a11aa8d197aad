"""One-shot answers: find the passages, answer from them, show the answer with the places that say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tutor.models import Answer, Passage
from tutor.nodes.verb import ModelVerb, Verb
from tutor.search import answering
from utils.errors import ModelError
from utils.llm.reply import Afresh

if TYPE_CHECKING:
    from tutor.nodes.shared import AskStore
    from tutor.prompts import CitedSentence
    from tutor.screen.one_shot import OneShot
    from tutor.search.index import Index
    from tutor.search.query_words import QueryWords
    from utils.llm.language_model import LanguageModel
    from utils.llm.structured import Prompt

PASSAGES = 6  # that a model reads for an answer
CONVERSATION = 4  # questions and answers that are kept


class FindPassages(Verb):
    """The passages about the question; for a follow-up, in the light of what was asked before."""

    def exec(
        self, index: Index, question: str, before: list[tuple[str, str]], lessons: list[str] | None
    ) -> tuple[list[Passage], QueryWords]:
        meant = answering.in_context(question, before[-1][0] if before else "")
        return index.search(meant, answering.CANDIDATES, lessons), index.query_words(meant)

    def post(self, shared: AskStore, prepared: dict[str, Any], found: tuple[list[Passage], QueryWords]) -> None:
        shared["passages"], shared["asked"] = found


class AskWhichIsMeant(Verb):
    """At a terminal, one question back where only a topic was named that several sections are about."""

    keeps = "passages"

    def exec(self, terminal: OneShot, question: str, passages: list[Passage], asked: QueryWords) -> list[Passage]:
        can_ask = terminal.drawn and terminal.speaks_with_a_person
        meant = answering.meanings(question, passages, asked) if can_ask else []
        return [meant[terminal.which_of([one.heading for one in meant])]] if meant else passages


class AnswerQuestion(ModelVerb):
    """An answer in the model's words, each sentence verified as it comes and then shown; else one in the lessons' own words."""

    keeps = "answer"

    def exec(
        self, model: LanguageModel, terminal: OneShot, question: str, passages: list[Passage], asked: QueryWords, context: str,
        before: list[tuple[str, str]], index: Index, speaks: str,
    ) -> Answer:  # fmt: skip
        if not passages:
            return self.built_in(question, passages, asked, context, index, before)
        from tutor import prompts

        said_beside = index.query_words(context) if context else None
        passages = answering.best_first(question, passages, asked, said_beside)[:PASSAGES]
        for passage in passages:
            terminal.detail(f"reads {answering.place(passage)}")

        foreign = frozenset(
            number
            for number, passage in enumerate(passages, 1)
            if prompts.is_foreign(speaks, index.corpus.lesson(passage.lesson).language)
        )
        prompt = prompts.in_language(prompts.answer(question, passages, context, before), speaks)
        kept, faults = self.verified_sentences(model, terminal, prompt, passages, question, foreign)
        if faults:
            again = prompts.answer_again(prompt, kept, faults)
            kept, faults = self.verified_sentences(model, terminal, again, passages, question, foreign, kept)
        if faults:
            terminal.notice(f"left out, because the lessons don't say so: {len(faults)} of {len(faults) + len(kept)} sentences")
        if not any(sentence.numbers for sentence in kept) and (kept or faults):
            error = ModelError("the lessons support no sentence of its answer")
            error.about_reply = True
            raise error
        return answering.from_sentences(question, kept, passages, model.name, model.usage)

    @staticmethod
    def verified_sentences(
        model: LanguageModel,
        terminal: OneShot,
        prompt: Prompt,
        passages: list[Passage],
        question: str,
        foreign: frozenset[int],
        before: Sequence[CitedSentence] = (),
    ) -> tuple[list[CitedSentence], list[str]]:
        """(the sentences that the passages support, each shown as it came; what is wrong with the others).

        An example of the model's own is among them and labelled as such. Until a sentence is supported, it is not shown.
        foreign: the numbers of the passages in another language than the reply. before: the sentences of the reply before, which
        have been shown.
        """
        from tutor import prompts
        from tutor.grading.model import support

        kept: list[CitedSentence] = list(before)
        shown = len(kept) if any(sentence.numbers for sentence in kept) else 0
        faults: list[str] = []
        for sentence in prompts.sentences_of(model.say(prompt)):
            if isinstance(sentence, Afresh):
                kept, faults, shown = list(before), [], 0
                terminal.start_afresh(sentence)
                continue
            if prompts.NOT_THERE in sentence.text.upper():
                continue
            sentence = support.own_or_cited(sentence, passages)
            if fault := support.fault_of(sentence, passages, question, foreign=not foreign.isdisjoint(sentence.numbers)):
                faults.append(f"{sentence.shown}: {fault}")
                continue
            if sentence not in kept:
                kept.append(sentence)
            if any(one.numbers for one in kept):
                for one in kept[shown:]:
                    terminal.say(one.shown)
                shown = len(kept)
        return kept, faults

    def built_in(
        self, question: str, passages: list[Passage], asked: QueryWords, context: str, index: Index, before: list[tuple[str, str]]
    ) -> Answer:
        said_beside = index.query_words(context) if context else None
        return answering.answer(question, passages, asked, said_beside, before[-1][1] if before else "")


class ShowAnswer(Verb):
    """The answer, or what comes nearest to one; kept as the conversation that `--continue` takes up."""

    def exec(self, terminal: OneShot, answer: Answer) -> None:
        terminal.put_answer(answer)

    def post(self, shared: AskStore, prepared: dict[str, Any], result: None) -> None:
        answer = prepared["answer"]
        if answer.found:
            shared["before"] = [*shared["before"], (answer.question, answer.text)][-CONVERSATION:]
