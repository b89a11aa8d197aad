"""One-shot answers: find the passages, answer from them, show the answer with the places that say so."""

from __future__ import annotations

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


class AnswerQuestion(ModelVerb):
    """An answer in the model's words, each sentence verified as it comes and then shown; else one in the lessons' own words."""

    keeps = "answer"

    def exec(
        self, model: LanguageModel, terminal: OneShot, question: str, passages: list[Passage], asked: QueryWords, context: str,
        before: list[tuple[str, str]], index: Index,
    ) -> Answer:  # fmt: skip
        if not passages:
            return self.built_in(question, passages, asked, context, index, before)
        from tutor import prompts

        said_beside = index.query_words(context) if context else None
        passages = answering.best_first(question, passages, asked, said_beside)[:PASSAGES]
        for passage in passages:
            terminal.detail(f"reads {answering.place(passage)}")

        prompt = prompts.answer(question, passages, context, before)
        kept, faults = self.verified_sentences(model, terminal, prompt, passages)
        if faults:
            again = prompts.answer_again(prompt, kept, faults)
            more, faults = self.verified_sentences(model, terminal, again, passages)
            kept += [sentence for sentence in more if sentence not in kept]
        if faults:
            terminal.notice(f"left out, because the lessons don't say so: {len(faults)} of {len(faults) + len(kept)} sentences")
        if not kept and faults:
            error = ModelError("the lessons support no sentence of its answer")
            error.about_reply = True
            raise error
        return answering.from_sentences(question, kept, passages, model.name, model.usage)

    @staticmethod
    def verified_sentences(
        model: LanguageModel, terminal: OneShot, prompt: Prompt, passages: list[Passage]
    ) -> tuple[list[CitedSentence], list[str]]:
        """(the sentences that the passages support, each shown as it came; what is wrong with the others)."""
        from tutor import prompts

        kept: list[CitedSentence] = []
        faults: list[str] = []
        for sentence in prompts.sentences_of(model.say(prompt)):
            if isinstance(sentence, Afresh):
                kept, faults = [], []
                terminal.start_afresh(sentence)
                continue
            if prompts.NOT_THERE in sentence.text.upper():
                continue
            fault = prompts.fault_of(sentence, passages)
            if fault:
                faults.append(f"{sentence.shown}: {fault}")
            else:
                kept.append(sentence)
                terminal.say(sentence.shown)
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
