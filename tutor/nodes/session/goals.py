"""What the learner wants to understand: asked for, looked up in the lessons, kept, and the way there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from tutor.learner import agenda
from tutor.learner.goals import MOST_CHARACTERS, Goal, GoalPath, day_by
from tutor.learner.progress import day_and_month
from tutor.models import Step
from tutor.nodes.session.place import read_step
from tutor.nodes.verb import Verb
from tutor.screen import screens
from tutor.screen.screens.progress import WayToGoal
from tutor.search.finding import LessonsMeant, lessons_meant
from utils.errors import NothingRun, UsageError
from utils.text import cut, literal

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.records import Records
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal
    from tutor.search.index import Index

USUAL = "its questions come back on their usual days"
QUESTION = "**What do you want to understand?** Say it in your own words, or name a lesson."


class AskGoal(Verb):
    """The learner's words for what they want to understand, unless the command named it."""

    def exec(self, terminal: Terminal, goal: str | None) -> Step:
        if goal is not None:
            return Step("answer", goal)
        terminal.show(screens.Prose(QUESTION))
        return terminal.write({"next": "back", "quit": "leave"})

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> str:
        read_step(shared, step)
        words = " ".join(step.text.split())
        shared["goal"] = cut(words, MOST_CHARACTERS) if step.action == "answer" and words else None
        shared["by"] = shared["by"] if shared["goal"] else None
        return "left" if step.action == "quit" else "asked" if shared["goal"] else "nothing"


class FindGoal(Verb):
    """The lessons that the words mean. Where there are none, or all are known already, that is said and nothing is kept."""

    keeps = "meant"

    def exec(self, corpus: Corpus, open_index: Callable[[], Index], goal: str) -> LessonsMeant:
        return lessons_meant(goal, corpus, open_index())

    def post(self, shared: SessionStore, prepared: dict[str, Any], meant: LessonsMeant) -> str:
        shared["meant"] = meant
        if not meant.lessons:
            return said_nothing_kept(shared, f"no lesson in {prepared['corpus'].shown} is about “{prepared['goal']}”")
        return keep_goal(shared, meant.lessons) if meant.sure else "several"


class ChooseMeaning(Verb):
    """Which of several lessons the learner means."""

    def exec(self, terminal: Terminal, corpus: Corpus, meant: LessonsMeant, goal: str) -> Step:
        terminal.notice(f"Which of these do you mean by “{goal}”?")
        options = [f"**{corpus.entry(lesson).title}** · {literal(lesson)}" for lesson in meant.lessons]
        return terminal.choose([*options, "None of these"], {"quit": "leave"})

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> str:
        read_step(shared, step)
        if step.action == "quit":
            return "left"
        lessons = prepared["meant"].lessons
        return keep_goal(shared, [lessons[int(step.text)]]) if int(step.text) < len(lessons) else "none"


class ShowWay(Verb):
    """The lessons that are still open on the way to the goal, and what to do about it now."""

    BEGIN, LATER, ANOTHER, NONE = range(4)

    def exec(
        self, corpus: Corpus, records: Records, now: Callable[[], datetime], zone: tzinfo | None, terminal: Terminal
    ) -> tuple[GoalPath, Step] | None:  # fmt: skip
        path = agenda.path_to_goal(corpus, records, now().astimezone(zone))
        if not path or not path.is_open:  # another session has reached or dropped it meanwhile
            return None
        terminal.show(WayToGoal(path))
        begin = [f"{'Go on with' if first.begun else 'Begin with'} **{first.title}**" for first in path.steps[:1]]
        return path, terminal.choose([*begin, "Not now", "Another goal", "No goal any more"], {"quit": "leave"})

    def post(self, shared: SessionStore, prepared: dict[str, Any], shown: tuple[GoalPath, Step] | None) -> str:
        shared["goal"] = None
        if shown is None:
            return "home"
        path, step = shown
        read_step(shared, step)
        if step.action == "quit":
            return "left"
        chosen = int(step.text) + (not path.steps)  # then there is nothing to begin with
        if chosen == self.BEGIN:
            shared["chosen"] = path.steps[0].lesson
            return "begin"
        if chosen == self.NONE:
            prepared["records"].set_setting("goal", None)
            prepared["terminal"].notice(f"“{path.goal.words}” is no goal any more.")
        return "another" if chosen == self.ANOTHER else "home"


def said_nothing_kept(shared: SessionStore, why: str) -> str:
    """Tell a person why there is no goal to keep. Raises NothingRun where nobody is there to read it."""
    shared["goal"] = shared["by"] = None
    if not shared["terminal"].attended:
        raise NothingRun(why)
    kept = agenda.kept_goal(shared["corpus"], shared["records"])
    stays = f"Your goal is still “{kept.words}”." if kept else "No goal was kept."
    shared["terminal"].notice(f"{why[0].upper()}{why[1:]}. {stays}")
    return "none"


def keep_goal(shared: SessionStore, lessons: Sequence[str]) -> str:
    """Keep the goal in the records, in place of an earlier one, unless all of its lessons are known."""
    goal = Goal(shared["goal"] or "", tuple(lessons), shared["by"])
    corpus, records, terminal = shared["corpus"], shared["records"], shared["terminal"]
    today = shared["now"]().astimezone(shared["zone"])
    path = agenda.path_to_goal(corpus, records, today, goal)
    if not path or (not path.steps and not goal.by):
        return said_nothing_kept(shared, f"you know this already: {', '.join(lessons)}")
    shared["by"] = None
    if goal.by and not path.steps:
        terminal.notice(f"You know this already: {', '.join(lessons)}. {comes_back(goal.by, today)}")
        goal = replace(goal, reached=True)
    records.set_setting("goal", goal.setting())
    terminal.event("goal", **path.document())
    return "kept"


def comes_back(by: date, today: datetime) -> str:
    """What a day means for what is known already. today: aware, in the learner's zone."""
    return f"Its questions come back before {day_and_month(by, today.date())}."


def take_day(shared: SessionStore, text: str, topic: str | None = None) -> None:
    """What --by says: the day of the goal that is asked for with it, of the one that is kept, or of one to ask for.

    topic: the lesson that is the goal. Raises UsageError for what is no day to come or no lesson, and where there is no goal and
    nobody to ask.
    """
    day, corpus = day_by(text, shared["now"]().astimezone(shared["zone"]).date()), shared["corpus"]
    if day and topic:
        lesson = corpus.find(topic)
        title = corpus.entry(lesson).title
        shared["goal"] = title if corpus.named(title) == [lesson] else lesson
    if day and shared["goal"]:
        shared["by"] = day
    elif not set_day(shared, day):
        if day is None:
            shared["terminal"].notice("There is no goal, and so no day for it.")
        elif shared["terminal"].attended:
            shared["by"] = day
        else:
            raise UsageError("--by: found no goal that is kept, expected --goal TEXT or a TOPIC beside it")


def set_day(shared: SessionStore, by: date | None) -> bool:
    """Give the kept goal another day by which to be ready, or none any more, and say so; False where no goal is kept."""
    records, terminal, today = shared["records"], shared["terminal"], shared["now"]().astimezone(shared["zone"])
    goal = agenda.kept_goal(shared["corpus"], records)
    if goal is None:
        return False
    changed = replace(goal, by=by, reached=goal.reached and bool(by))
    path = agenda.path_to_goal(shared["corpus"], records, today, changed)
    ends = by is None and (path is None or not path.steps)  # it was kept for its day only
    records.set_setting("goal", None if ends else changed.setting())
    if by is None:
        terminal.notice(f"“{goal.words}” has no day any more: {USUAL}.")
    elif path:
        told = f"{path.estimate()}." if path.steps else comes_back(by, today)
        terminal.notice(f"“{goal.words}” by {day_and_month(by, today.date())}: {told}")
        terminal.event("goal", **path.document())
    return True


def clear_reached_goal(
    corpus: Corpus, records: Records, now: Callable[[], datetime], zone: tzinfo | None, terminal: Terminal
) -> None:
    """Say that the goal is reached, if it is, and keep it no longer."""
    today = now().astimezone(zone)
    path = agenda.path_to_goal(corpus, records, today)
    if path is None:
        return
    goal = path.goal
    if goal.by and goal.by < today.date():
        passed = day_and_month(goal.by, today.date())
        terminal.notice(f"“{goal.words}” was for {passed}, which has passed: {USUAL}.")
        goal = replace(goal, by=None)
        records.set_setting("goal", goal.setting() if path.steps else None)
        if not path.steps and goal.reached:
            return
    if path.steps or goal.reached:
        return
    records.set_setting("goal", replace(goal, reached=True).setting() if goal.by else None)
    more = f" {comes_back(goal.by, today)}" if goal.by else ""
    terminal.notice(f"Goal reached: “{goal.words}”.{more}")
    terminal.event("goal_reached", goal=goal.words, lessons=list(goal.lessons))
