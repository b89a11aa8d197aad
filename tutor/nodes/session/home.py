"""The home screen, and what it leads to besides lessons and reviews: the list of lessons, progress, a question, a wish."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from tutor.learner import agenda
from tutor.learner.agenda import Choice, minutes_of
from tutor.learner.goals import MOST_CHARACTERS, path_to
from tutor.learner.overview import overview_of
from tutor.learner.topics import topic_rows
from tutor.models import Step
from tutor.nodes.session.goals import clear_reached_goal, keep_goal
from tutor.nodes.session.helping import look_up, model_speech
from tutor.nodes.session.place import read_step
from tutor.nodes.verb import ModelVerb, Verb
from tutor.screen import screens
from tutor.screen.rows import MenuRow
from tutor.screen.screens.lessons import lesson_rows
from tutor.screen.screens.progress import screen_of
from tutor.tutoring import hearing
from utils.text import cut, literal

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.records import Records
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal
    from tutor.search.index import Index
    from utils.llm.language_model import LanguageModel

PASSAGES = 4  # that a model reads for a question
NEEDS_SHOWN = 4  # lessons that another one builds on


class PickTopic(Verb):
    """Take the topic asked for, or show where the learner stands and read what they choose or type."""

    def exec(
        self, topic: str | None, corpus: Corpus, records: Records, now: Callable[[], datetime], zone: tzinfo | None,
        terminal: Terminal, taught: bool, goal: str | None, by: date | None,
    ) -> Choice | Step:  # fmt: skip
        if goal or by:
            return Choice("", opens="new_goal")
        if topic:
            return Choice("", opens="named", lesson=corpus.find(topic))
        clear_reached_goal(corpus, records, now, zone, terminal)
        today = now().astimezone(zone)
        choices = agenda.choices(corpus, records, today)
        terminal.show(screens.Home(agenda.figures(corpus, records, today), agenda.welcome(choices, records)))
        if not choices:
            return Step("quit")
        rows = [MenuRow(choice.text, choice.side, choice.key) for choice in choices]
        begins = self.first_for_scripts(choices)
        unattended = "0" if terminal.attended else "" if taught else begins
        step = terminal.choose(rows, {"ask": "or just ask", "quit": "leave"}, unattended, typed=True)
        return choices[int(step.text)] if step.action == "choose" else step

    @staticmethod
    def first_for_scripts(choices: list[Choice]) -> str:
        """What a script without a topic takes, once: the lesson under way, else what stands first."""
        going_on = (str(place) for place, choice in enumerate(choices) if choice.text.startswith(agenda.GO_ON))
        return next(going_on, "0")

    def post(self, shared: SessionStore, prepared: dict[str, Any], chosen: Choice | Step) -> str:
        shared["topic"] = None
        if isinstance(chosen, Choice):
            shared["chosen"] = chosen.lesson or None
            return chosen.opens
        read_step(shared, chosen)
        return {"quit": "left", "ask": "question", "answer": "typed"}.get(chosen.action, "home")


class ListLessons(Verb):
    """All lessons, below their tracks and what they build on."""

    def exec(
        self, corpus: Corpus, records: Records, now: Callable[[], datetime], zone: tzinfo | None, terminal: Terminal, taught: bool
    ) -> tuple[str, Step]:
        rows = topic_rows(corpus, records, now().astimezone(zone))
        begun = {lesson for lesson in corpus.ids() if records.place(lesson)}
        listed = lesson_rows(rows, begun, agenda.finished_lessons(corpus, records))
        unattended = "0" if terminal.attended or not taught else ""
        step = terminal.choose([row for _, row in listed], {"back": "back", "quit": "leave"}, unattended)
        return listed[int(step.text)][0] if step.action == "choose" else "", step

    def post(self, shared: SessionStore, prepared: dict[str, Any], listed: tuple[str, Step]) -> str:
        shared["chosen"], step = listed
        read_step(shared, step)
        return {"choose": "chosen", "quit": "left"}.get(step.action, "home")


class OfferPrerequisites(Verb):
    """Before a lesson that builds on others which the learner doesn't know yet: the first of these, all of them as a goal, or
    the lesson all the same.

    A lesson that was begun opens without a word, and so does any in a script.
    """

    FIRST, GOAL, THIS = range(3)

    def exec(self, corpus: Corpus, records: Records, terminal: Terminal, chosen: str) -> tuple[str, Step]:
        """(the lesson to open, what was chosen)"""
        needs = open_prerequisites(corpus, records, chosen) if terminal.attended else []
        if not needs:
            return chosen, Step("choose", str(self.THIS))
        entries = corpus.entries()
        titles = [f"**{literal(entries[one].title)}**" for one in needs]
        named = ", ".join(titles[:NEEDS_SHOWN]) + (f" and {len(needs) - NEEDS_SHOWN} more" if len(needs) > NEEDS_SHOWN else "")
        those = "a lesson" if len(needs) == 1 else f"{len(needs)} lessons"
        title = literal(entries[chosen].title)
        terminal.show(screens.Prose(f"**{title}** builds on {those} that you haven't been through: {named}."))
        all_of_them = sum(entries[one].minutes or 0 for one in [*needs, chosen])
        rows = [
            MenuRow(f"Begin with {titles[0]}", minutes_of(entries[needs[0]].minutes)),
            MenuRow("Make it my goal, one lesson after the other", minutes_of(all_of_them)),
            MenuRow(f"Open **{title}** all the same", minutes_of(entries[chosen].minutes)),
        ]
        step = terminal.choose(rows, {"back": "back", "quit": "leave"})
        return needs[0] if step == Step("choose", str(self.FIRST)) else chosen, step

    def post(self, shared: SessionStore, prepared: dict[str, Any], offered: tuple[str, Step]) -> str:
        shared["chosen"], step = offered
        read_step(shared, step)
        if step.action != "choose":
            return "left" if step.action == "quit" else "home"
        if step.text != str(self.GOAL):
            return "open"
        shared["goal"] = prepared["corpus"].entry(offered[0]).title
        return keep_goal(shared, [offered[0]])


def open_prerequisites(corpus: Corpus, records: Records, lesson: str) -> list[str]:
    """The lessons to go through before this one, in order; none where it was begun already."""
    if records.place(lesson) or not corpus.entry(lesson).prerequisites:
        return []
    needs = {name: entry.prerequisites for name, entry in corpus.entries().items()}
    known = agenda.finished_lessons(corpus, records)
    path = path_to([lesson], needs, known)
    mastered = agenda.mastered_lessons(corpus, records, path)
    return [one for one in path_to([lesson], needs, known | mastered) if one != lesson]


class ShowProgress(Verb):
    """How far the learner has come, as `progress` tells it."""

    def exec(
        self, corpus: Corpus, records: Records, now: Callable[[], datetime], zone: tzinfo | None, terminal: Terminal
    ) -> Step:
        terminal.show(screen_of(overview_of(corpus, records, now().astimezone(zone), in_full=False)))
        return terminal.turn_page({"next": "back", "quit": "leave"})

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> str:
        read_step(shared, step)
        return "left" if step.action == "quit" else "home"


class HearWish(Verb):
    """What was typed on the home screen: a question, something to understand, or either, which the learner then says."""

    def exec(self, terminal: Terminal, corpus: Corpus, step: Step) -> tuple[str, Step]:
        wish = hearing.hear_wish(step.text)
        if wish == hearing.CHAT:
            terminal.notice("Ask something about the lessons, or say what you want to understand.")
        if wish != hearing.EITHER:
            return wish, step
        words = literal(cut(" ".join(step.text.split()), MOST_CHARACTERS))
        terminal.show(screens.Prose(f"What would you like with “{words}”?"))
        rows = ["Understand it: the lessons that lead there", "An answer now, from the lessons"]
        rows += [f"Open **{literal(corpus.entry(named).title)}**" for named in corpus.named(step.text)[:1]]
        picked = terminal.choose(rows, {"back": "back", "quit": "leave"})
        if picked.action != "choose":
            return picked.action, step
        return (hearing.GOAL, hearing.QUESTION, "lesson")[int(picked.text)], step

    def post(self, shared: SessionStore, prepared: dict[str, Any], heard: tuple[str, Step]) -> str:
        wish, step = heard
        if wish == hearing.GOAL:
            shared["goal"] = cut(" ".join(step.text.split()), MOST_CHARACTERS)
        elif wish == "lesson":
            shared["chosen"] = prepared["corpus"].named(step.text)[0]
        elif wish == "quit":
            read_step(shared, Step("quit"))
            return "left"
        return wish if wish in (hearing.GOAL, hearing.QUESTION, "lesson") else "home"


class AnswerQuestionAtHome(ModelVerb):
    """What the lessons say about a question, with their places; in the model's words where there is one."""

    def exec(
        self, model: LanguageModel, terminal: Terminal, step: Step, open_index: Callable[[], Index], corpus: Corpus, speaks: str
    ) -> None:
        passages = open_index().search(step.text, PASSAGES) if step.text else []
        if not passages:
            self.built_in(terminal, step, open_index)
            return
        language = corpus.lesson(passages[0].lesson).language
        if speech := model_speech(model, terminal, step.text, passages, language, speaks):
            terminal.show(screens.TutorSays(speech, step.text))
        else:
            self.built_in(terminal, step, open_index)

    def built_in(self, terminal: Terminal, step: Step, open_index: Callable[[], Index]) -> None:
        if step.text:
            terminal.show(screens.Answered(look_up(step.text, None, open_index), asked=True))

    def post(self, shared: SessionStore, prepared: dict[str, Any], result: None) -> None:
        if question := prepared["step"].text:
            shared["terminal"].event("side_question", question=question)
