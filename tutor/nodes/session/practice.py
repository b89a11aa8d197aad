"""The practice loop: ask, help, grade, record, show the verdict, until the round is over. Shared by every flow that asks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tutor import tutoring
from tutor.corpus import bank
from tutor.learner import weak_spots
from tutor.learner.agenda import review_minutes
from tutor.learner.memory.fading import faded
from tutor.models import Grade, Item, Lesson, Place, Round, Step
from tutor.nodes.session.place import keep_place, name_in, read_step
from tutor.nodes.verb import Verb
from tutor.screen import screens
from tutor.tutoring import Heard, hearing

if TYPE_CHECKING:
    from tutor.learner.records import Records
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal


class ChooseItem(Verb):
    """The next item of the round, drawn; at the end of the queue come those that a miss leads to, see learner.weak_spots.

    Of a worked example, as many lines are left blank as the learner's answers to it have earned.
    """

    def exec(self, round: Round, items: dict[str, Item], draw: int, records: Records) -> Item | None:
        if not round.queue and round.again:
            round.queue, round.again = round.again, []
        if not round.queue:
            return None
        item = items[round.queue[0]]
        if round.mode == "try" and item.figure_block == item.try_block:  # it is on the screen above, as it was turned last
            item = replace(item, figure_block="")
        return faded(bank.draw_again(item, round.seed, round.draws.get(name_in(round, item), 0), draw), records)

    def post(self, shared: SessionStore, prepared: dict[str, Any], item: Item | None) -> str:
        shared["item"], shared["asked"], shared["in_doubt"] = item, False, ""
        if item is None:
            return "done"
        if prepared["round"].mode == "review":
            shared["lesson"], shared["taught"] = shared["corpus"].lesson(item.lesson), True
        keep_place(shared)
        return "item"


NOTES = {
    "probe": "Before you read: can you answer this already?", "recall": "From last time", "predict": "Before you try it",
    "try": "Now that you have tried it",
}  # fmt: skip
UNANSWERED = {"probe": "explain it to me", "predict": "just try it"}  # what Enter alone does where nothing was explained yet


class AskItem(Verb):
    """Put the item on screen, once, and read what the learner does."""

    def exec(
        self, terminal: Terminal, item: Item, round: Round, asked: bool, appealable: int | None, lesson: Lesson,
        grade: Grade | None,
    ) -> Step:  # fmt: skip
        question = screens.Question(item, self.note(item, round))
        if not asked:
            terminal.show(question)
            for place in tutoring.hints_for(item, round.met, lesson.language):
                if place < round.hints:  # given before a restart
                    terminal.show(screens.Hint(item.hints[place], place + 1, len(item.hints)))
        appeal, kind = {}, bank.kind_of(item)
        if kind.is_free_text(item) or kind.is_code:  # "a" alone is never an answer here
            appeal = {"appeal": "appeal" if appealable and round.tries else ""}
        if round.comes_first:
            return terminal.answer(question, {"next": UNANSWERED[round.mode], **appeal, "ask": "ask", "quit": "leave"})
        keys = {"next": "see the answer"} if self.may_see_answer(round, grade) else {}
        if round.hints < len(item.hints):
            keys["hint"] = "next hint" if round.hints else "hint"
        if item.try_block:
            keys["try"] = "turn the knobs"
        return terminal.answer(question, {**keys, "skip": "skip", **appeal, "ask": "ask", "quit": "leave"})

    @staticmethod
    def may_see_answer(round: Round, grade: Grade | None) -> bool:
        """Whether Enter alone shows the answer: after a try, but not after a line that could not be read."""
        return round.tries > 0 and not (grade and grade.misunderstood)

    @staticmethod
    def note(item: Item, round: Round) -> str:
        counted = AskItem.counted(item, round)
        if name_in(round, item) in round.outcomes:
            return "Once more, with other numbers" if item.variables else "Once more"
        if name_in(round, item) in round.instead:
            return "Another one on what you missed"
        lead = item.lesson if round.mode == "review" else NOTES.get(round.mode, "")
        return f"{lead} · {counted}" if lead and counted else lead or counted.capitalize()

    @staticmethod
    def counted(item: Item, round: Round) -> str:
        """Which question of the round this is, and in a review how long the rest takes.

        "" where there is but one, and in a probe, which ends as soon as something was known.
        """
        names = list(dict.fromkeys([*round.outcomes, *round.queue, *round.again]))
        if len(names) < 2 or round.comes_first:
            return ""
        number = names.index(name_in(round, item)) + 1
        minutes = f" · {review_minutes(len(names) - number + 1)} min" if round.mode == "review" else ""
        return f"question {number} of {len(names)}{minutes}"

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> str:
        round = prepared["round"]
        read_step(shared, step)
        shared["asked"] = True
        if step.action == "next" and round.comes_first:
            round.queue.clear()
            return "declined"
        if step.action == "next":
            return "skip" if self.may_see_answer(round, prepared["grade"]) else "nothing_said"
        if step.action == "appeal" and not (prepared["appealable"] and round.tries):
            looked_at = round.tries and shared["records"].appeals(shared.get("stored") or 0)
            why = "This grade was looked at again already." if looked_at else "There is no grade to appeal here."
            shared["terminal"].notice(f"{why} To answer with the letter a, type a space before it.")
            return "nothing_said"
        if step.action == "ask":
            shared["heard"] = Heard(hearing.QUESTION)
        if step.action in ("answer", "ask"):
            shared["answer"] = step.text
        return {"quit": "left", "ask": "said"}.get(step.action, step.action)


class AskConfidence(Verb):
    """How sure is the learner, before they see the verdict? Only where they want to be asked."""

    keeps = "confidence"
    CHOICES = ("A guess", "Fairly sure", "Sure")

    def exec(self, terminal: Terminal, records: Records, round: Round) -> int | None:
        if not terminal.attended or round.comes_first or not records.setting("ask_confidence", False):
            return None
        terminal.notice("How sure are you?")
        step = terminal.choose(list(self.CHOICES), {})
        if step.action != "choose":
            return None
        terminal.show(screens.Said(self.CHOICES[int(step.text)]))
        return int(step.text) + 1


class AwaitNext(Verb):
    """Let the learner read before the next question comes; a free-text answer that was not accepted may be appealed, once.

    After a probe that was known nothing waits: the choice that follows stands below the verdict.
    """

    def exec(self, terminal: Terminal, round: Round, appealable: int | None, place: Place | None) -> Step:
        if is_known(round):
            return Step("next")
        keys = {"next": "next question" if round.queue or round.again else "go on", "ask": "or just ask", "say": ""}
        if appealable:
            keys["appeal"] = "appeal"
        if place and round.mode in ("practice", "probe", "try"):
            keys["map"] = "map"
        return terminal.turn_page({**keys, "quit": "leave"})

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> str:
        read_step(shared, step)
        if step.action in ("appeal", "map"):
            return step.action
        return {"quit": "left", "ask": "side_question", "say": "said"}.get(step.action, "next")


def is_known(round: Round) -> bool:
    """Whether this was a question before the explanation, and answered right."""
    return round.mode == "probe" and "unaided" in round.outcomes.values()


AFTER_TRIES = {"predict": "predicted", "try": "tried"}  # how the rounds of a try block end


class EndRound(Verb):
    """Close the round and say how it went; the last node of every practice flow."""

    def exec(self, round: Round, left: bool, step: Step | None, place: Place | None) -> str:
        if left:
            return "left"
        if step and step.action == "map":
            return "map"
        if round.mode == "probe":
            return "known" if is_known(round) else "unknown"
        if round.mode in ("recall", "review"):
            return "recalled"
        if round.mode in AFTER_TRIES:
            return AFTER_TRIES[round.mode]
        missed = len(weak_spots.still_missed(round))
        return "struggled" if missed * 2 > len(round.outcomes) else "missed" if missed else "practised"

    def post(self, shared: SessionStore, prepared: dict[str, Any], action: str) -> str:
        round: Round = prepared["round"]
        shared["step"] = None
        if action in ("practised", "missed", "struggled"):
            shared["missed"] = [shared["items"][name] for name in weak_spots.still_missed(round)]
            end_section(shared)
        elif action == "unknown":
            keep_place(shared, stage="explain", page=0)
        elif action == "recalled" and round.mode == "recall":
            shared["round"] = None
        elif action in AFTER_TRIES.values() and prepared["place"]:
            shared["round"] = prepared["place"].round = None
            keep_place(shared, stage="try")
        return action


def end_section(shared: SessionStore) -> None:
    """Mark the section that the learner is in as done."""
    place: Place | None = shared["place"]
    if place:
        if place.section not in place.done:  # a learner may come back to it
            place.done.append(place.section)
        shared["round"] = place.round = None
        keep_place(shared, stage="start")
