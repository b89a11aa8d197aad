"""Which lesson answers a question: an agent that looks at the catalogue, searches, reads, and decides again."""

from __future__ import annotations

from pocketflow import Node

from tutor import prompts
from tutor.nodes.asking import ModelNode
from tutor.search import finding

MOST_STEPS = 6


class LookThrough(Node):
    """The catalogue: a line a lesson, or a folder where there are many."""

    def prep(self, shared):
        return shared["corpus"]

    def exec(self, corpus):
        return finding.catalogue(corpus)

    def post(self, shared, corpus, catalogue):
        shared["catalogue"], shared["steps"], shared["passages"] = catalogue, [], []
        shared["terminal"].notice(f"looked through {finding.counted(corpus)}")


class DecideStep(ModelNode):
    """Read a lesson, search for words, or answer: the model's decision, or the one that scores lead to."""

    def prep(self, shared):
        return (
            shared["model"], shared["terminal"], shared["question"], shared["catalogue"], shared["steps"], shared["passages"],
            shared["corpus"], shared["index"],
        )  # fmt: skip

    def exec(self, prepared):
        model, _, question, catalogue, steps, _, corpus, _ = prepared
        if not model.available:
            return self.built_in(prepared)
        last = len(steps) >= MOST_STEPS - 1
        done = [f"{step.action} {step.of}: {step.found}" for step in steps]
        decision = model.fill(prompts.decide(question, catalogue, done, corpus.ids(), last))
        return self.built_in(prepared) if last and decision.action != "answer" else decision

    def built_in(self, prepared):
        _, _, question, _, steps, passages, corpus, index = prepared
        return finding.decide(question, steps, passages, index.asked(question), corpus)

    def post(self, shared, prepared, decision):
        shared["decision"] = decision
        return decision.action


class SearchLessons(Node):
    """The passages that speak about some words."""

    def prep(self, shared):
        return shared["index"], shared["decision"].of

    def exec(self, prepared):
        index, words = prepared
        return index.search(words, finding.PASSAGES)

    def post(self, shared, prepared, passages):
        shared["passages"] = passages
        found = ", ".join(dict.fromkeys(f"{one.lesson} ({one.heading})" for one in passages[:5])) or "nothing"
        finding.note(shared, found, f"searched “{prepared[1]}”")


class ReadLesson(Node):
    """A lesson's outline and its passages about the question."""

    def prep(self, shared):
        return shared["corpus"], shared["index"], shared["decision"].of, shared["question"]

    def exec(self, prepared):
        corpus, index, lesson, question = prepared
        return index.search(question, 3, [lesson]), corpus.lesson(lesson)

    def post(self, shared, prepared, found):
        passages, lesson = found
        shared["passages"] = [*passages, *(one for one in shared["passages"] if one.lesson != lesson.id)]
        outline = "; ".join(section.title for section in lesson.sections if section.title)
        finding.note(shared, f"{outline}. " + " ".join(one.text[:600] for one in passages), f"read {lesson.id}")


class ShowFound(Node):
    """The lesson, the place in it and the reason; or that none answers."""

    def prep(self, shared):
        return (
            shared["question"], shared["decision"], shared["passages"], shared["corpus"], shared["index"], shared["steps"],
            shared["model"],
        )  # fmt: skip

    def exec(self, prepared):
        return finding.found(*prepared)

    def post(self, shared, prepared, found):
        shared["found"] = found
        shared["terminal"].put_found(found)
