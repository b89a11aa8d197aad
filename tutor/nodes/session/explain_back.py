"""A section explained back: asked for once a section is known, graded for what it says, and never held against the learner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from tutor import grading, tutoring
from tutor.learner import schedule
from tutor.learner.progress import day_of
from tutor.models import Attempt, Grade, Item, Lesson, Place, Step
from tutor.nodes.session.explaining import section_of
from tutor.nodes.session.place import items_of, keep_place, read_step
from tutor.nodes.verb import ModelVerb, Verb
from tutor.screen import screens
from tutor.tutoring import hearing
from utils.times import utc

if TYPE_CHECKING:
    from tutor.learner.records import Records
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal
    from utils.llm.language_model import LanguageModel

SETTING = "explain_back"  # whether the learner wants to be asked
NO_EXPLANATION = "That explains nothing yet. Say whatever you remember of it, or go on without: k skips this, at no cost."
A_QUESTION = "That sounds like a question. Say it as a statement, type ? first to ask, or skip this with k, at no cost."
ASKED = "asked_to_explain:"  # a setting, before the section's id: when the learner was last asked


class OfferToExplain(Verb):
    """After a good round: whether the section counts as mastered now and the learner has not been asked to explain it yet.

    Once it was explained it is not asked for again; where it was skipped, on another day.
    """

    def exec(
        self, place: Place, lesson: Lesson, items: dict[str, Item], records: Records, now: Callable[[], datetime],
        zone: tzinfo | None,
    ) -> bool:  # fmt: skip
        section, asking = section_of(lesson, place), items_of(items, place.section)
        past = records.attempts(lesson=lesson.id, section=place.section)
        mastery = schedule.mastery(past, [item.key for item in asking])
        before, today = records.setting(ASKED + section.id), now().astimezone(zone)
        return (
            records.setting(SETTING, True)
            and schedule.is_mastered(mastery)
            and not any(attempt.mode == "explain" for attempt in past)
            and (before is None or day_of(before, today) != today.date())
            and grading.explanation_of(lesson, section, asking) is not None
        )

    def post(self, shared: SessionStore, prepared: dict[str, Any], is_due: bool) -> str:
        if not is_due:
            return "nothing"
        section = section_of(prepared["lesson"], prepared["place"])
        shared["records"].set_setting(ASKED + section.id, utc(shared["now"]()))
        keep_place(shared, stage="explain_back")
        return "ask"


class AskToExplain(Verb):
    """The question, on screen, and the learner's words; Enter or k goes on without them, at no cost.

    What is no explanation ("I have no idea") is not graded: the learner is asked once more, and a question is answered.
    """

    def exec(
        self, terminal: Terminal, lesson: Lesson, place: Place, items: dict[str, Item], step: Step | None
    ) -> tuple[Item | None, Step]:
        item = grading.explanation_of(lesson, section_of(lesson, place), items_of(items, place.section))
        if item is None:  # the lesson has changed since
            return None, Step("next")
        question = screens.Question(item, "Before you go on", optional="explain")
        if not (step and step.action == "ask"):
            terminal.show(question)
        return item, self.explanation(terminal, question)

    @staticmethod
    def explanation(terminal: Terminal, question: screens.Question) -> Step:
        """What the learner does, where an answer is one; after two lines that explain nothing, on without."""
        keys = {"next": "go on without", "skip": "", "ask": "ask", "quit": "leave"}
        for asks_again in (True, False):
            step = terminal.answer(question, keys)
            heard = tutoring.hear(step.text)
            if step.action != "answer" or heard.is_answer:
                return step
            if heard.kind == hearing.QUESTION:
                return Step("ask", step.text, step.line)
            if heard.kind == hearing.SKIP:
                break
            said = A_QUESTION if heard.kind == hearing.EITHER else NO_EXPLANATION
            terminal.notice(said if asks_again else "Then on without it; nothing is lost.")
        return Step("skip")

    def post(self, shared: SessionStore, prepared: dict[str, Any], asked: tuple[Item | None, Step]) -> str:
        shared["item"], step = asked
        read_step(shared, step)
        if step.action == "quit":
            return "left"
        if step.action == "ask":
            return "side_question"
        shared["step"] = None
        if step.action == "answer":
            shared["answer"] = step.text
            return "explained"
        keep_place(shared, stage="start")
        return "skipped"


class GradeExplanation(ModelVerb):
    """What the explanation says of the section, stored before it is shown. No card comes of it, and no mastery."""

    def exec(self, model: LanguageModel, terminal: Terminal, item: Item, answer: str, lesson: Lesson) -> Grade:
        with terminal.waiting("reading it"):
            return grading.grade_explanation_with(model, item, answer, lesson.language)

    def built_in(self, item: Item, answer: str, lesson: Lesson) -> Grade:
        return grading.grade_explanation(item, answer, lesson.language)

    def post(self, shared: SessionStore, prepared: dict[str, Any], grade: Grade) -> None:
        item, answer, place = prepared["item"], prepared["answer"], shared["place"]
        attempt = Attempt(
            item=item.key, section=item.section, answer=answer, grade=grade, at=utc(shared["now"]()), mode="explain",
            session=shared["session"],
        )  # fmt: skip
        assert place is not None, "only a lesson's sections are explained back"
        place.stage = "start"
        stored = shared["records"].add(attempt, place)
        shared["grade"], shared["stored"], shared["appealable"] = grade, stored.id, None
        shared["terminal"].event("stored", attempt=stored.id, item=item.key, answer=answer, score=grade.score, result="explained")


class ShowExplanation(Verb):
    """What was said of the section, in the learner's words, and what it says besides."""

    def exec(self, terminal: Terminal, grade: Grade) -> Step:
        terminal.show(screens.ExplainedBack(grade))
        return terminal.turn_page({"next": "go on", "quit": "leave"})

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> str:
        read_step(shared, step)
        return "left" if step.action == "quit" else "next"
