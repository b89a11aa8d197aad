"""One-shot answers: find the passages, answer from them, show the answer with the places it stands."""

from __future__ import annotations

from pocketflow import Node

from tutor.nodes.asking import ModelNode
from tutor.search import answering
from utils.errors import ModelError

PASSAGES = 6  # that a model reads for an answer


class FindPassages(Node):
    """The passages that speak about the question; of a follow-up, in the light of what was asked before."""

    def prep(self, shared):
        earlier = shared["before"][-1][0] if shared["before"] else ""
        return shared["index"], shared["question"], earlier, shared["lessons"]

    def exec(self, prepared):
        index, question, earlier, lessons = prepared
        meant = answering.in_context(question, earlier)
        return index.search(meant, answering.CANDIDATES, lessons), index.asked(meant)

    def post(self, shared, prepared, found):
        shared["passages"], shared["asked"] = found


class AnswerQuestion(ModelNode):
    """In the model's words, each sentence verified as it comes and then shown; else in the lessons' own."""

    def prep(self, shared):
        return (
            shared["model"], shared["terminal"], shared["question"], shared["passages"], shared["asked"], shared["context"],
            shared["before"], shared["index"],
        )  # fmt: skip

    def exec(self, prepared):
        model, terminal, question, passages, _, context, before, _ = prepared
        passages = passages[:PASSAGES]
        if not model.available or not passages:
            return self.built_in(prepared)
        from tutor import prompts

        prompt = prompts.answer(question, passages, context, before)
        kept, faults = self.verified(model, terminal, prompt, passages)
        if faults:
            again = prompts.answer_again(prompt, kept, faults)
            more, faults = self.verified(model, terminal, again, passages)
            kept += [sentence for sentence in more if sentence not in kept]
        if faults:
            terminal.notice(f"left out, for the lessons do not bear it out: {len(faults)} of {len(faults) + len(kept)} sentences")
        if not kept and faults:
            error = ModelError("no sentence of it is borne out by the lessons")
            error.about_reply = True
            raise error
        return answering.in_sentences(question, kept, passages, model.name, model.usage)

    @staticmethod
    def verified(model, terminal, prompt, passages):
        """(sentences that the passages bear out, each shown as it came; the others with what is wrong)."""
        from tutor import prompts

        kept, faults = [], []
        for sentence in prompts.said_sentences(model.say(prompt)):
            if prompts.NOT_THERE in sentence.text.upper():
                continue
            fault = prompts.fault_of(sentence, passages)
            if fault:
                faults.append(f"{sentence.shown}: {fault}")
            else:
                kept.append(sentence)
                terminal.say(sentence.shown)
        return kept, faults

    def built_in(self, prepared):
        _, _, question, passages, asked, context, _, index = prepared
        return answering.answer(question, passages, asked, index.asked(context) if context else None)

    def post(self, shared, prepared, answer):
        shared["answer"] = answer


class ShowAnswer(Node):
    """The answer, or what comes nearest to one; kept as the conversation that `--continue` takes up."""

    def prep(self, shared):
        return shared["terminal"], shared["answer"]

    def exec(self, prepared):
        terminal, answer = prepared
        terminal.put_answer(answer)

    def post(self, shared, prepared, shown):
        answer = shared["answer"]
        if answer.found:
            shared["before"] = [*shared["before"], (answer.question, answer.text)][-CONVERSATION:]


CONVERSATION = 4  # questions and answers that are kept
