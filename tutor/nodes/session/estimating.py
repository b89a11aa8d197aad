"""An estimate before a number is worked out: asked for where its author wants one, and met again beside the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor import grading, tutoring
from tutor.models import Item, Round, Step
from tutor.nodes.session.place import keep_place, name_in, read_step
from tutor.nodes.session.practice import AskItem
from tutor.nodes.verb import Verb
from tutor.screen import screens
from tutor.tutoring import hearing

if TYPE_CHECKING:
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal

UNREADABLE = "That is no number that I can read. Type it like 0.4, 1e-3 or 12 %; Enter goes on without."


class AskEstimate(Verb):
    """The item on screen and, where its author wants one, the learner's estimate, once a round. It is never graded.

    Enter goes on without one, and so does "I don't know". All else that may be done at a question may be done here.
    """

    def exec(self, terminal: Terminal, item: Item, round: Round, asked: bool) -> Step | None:
        """None where no estimate is asked for."""
        if not item.guess or round.comes_first or round.tries or name_in(round, item) in round.estimates:
            return None
        if not terminal.expects("estimate"):
            return None
        question = screens.Question(item, AskItem.note(item, round), optional="estimate")
        if not asked:
            terminal.show(question)
        terminal.show(screens.GuessWanted("First, your estimate.", "with the answer"))
        hint = {"hint": "next hint" if round.hints else "hint"} if round.hints < len(item.hints) else {}
        return terminal.answer(question, {"next": "no estimate", **hint, "skip": "skip", "ask": "ask", "quit": "leave"})

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step | None) -> str:
        if step is None:
            return "go_on"
        read_step(shared, step)
        shared["asked"] = True
        if step.action in ("hint", "skip", "quit"):
            return "left" if step.action == "quit" else step.action
        if step.action == "ask":
            shared["heard"], shared["answer"] = tutoring.Heard(hearing.QUESTION), step.text
            return "said"
        item, round, terminal = prepared["item"], prepared["round"], prepared["terminal"]
        value = grading.read_estimate(item, step.text, shared["lesson"].language) if step.action == "answer" else None
        heard = tutoring.hear(step.text)
        if step.action == "answer" and value is None and not is_passed_over(step.text, heard):
            if not heard.may_be_answer:
                shared["heard"], shared["answer"] = heard, step.text
                return "said"
            terminal.notice(UNREADABLE)
            return "unreadable"
        round.estimates[name_in(round, item)] = value
        keep_place(shared)
        if value is not None:
            terminal.notice("Now work it out.")
        return "go_on"


def is_passed_over(line: str, heard: tutoring.Heard) -> bool:
    """Whether a line says that there is no estimate: "no idea", "skip it"; who asks or is lost in more words wants help."""
    if heard.kind == hearing.CONFUSED:
        return "?" not in line and bool(hearing.WHOLE_LINES[hearing.CONFUSED].fullmatch(line))
    return heard.kind in (hearing.SKIP, hearing.SOLUTION)


def estimate_met(terminal: Terminal, item: Item, round: Round) -> str:
    """The learner's estimate beside the answer that has just been shown, in words; "" where there is none."""
    name = name_in(round, item)
    estimate = round.estimates.get(name)
    if estimate is None or round.draws.get(name) != 1:  # a second time it has other numbers
        return ""
    score = grading.distance(item, estimate).score
    terminal.event("estimate", item=item.key, estimate=estimate, answer=item.answer, score=float(f"{score:.4f}"))
    return grading.estimate_in_words(item, estimate)
