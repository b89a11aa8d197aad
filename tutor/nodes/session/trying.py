"""A page whose block has knobs: what the learner expects, the knobs in their hands, and the question that only trying answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tutor.corpus import bank
from tutor.corpus.bank.fields import either
from tutor.corpus.bank.tries import try_of
from tutor.corpus.pages import is_try_page
from tutor.models import Attempt, Item, Lesson, Place, Round, Step
from tutor.nodes.session.explaining import page_number, turn_page
from tutor.nodes.session.place import keep_place, read_step
from tutor.nodes.shared import Pages
from tutor.nodes.verb import Verb
from tutor.screen import screens
from tutor.screen.knobs import board_of

if TYPE_CHECKING:
    from tutor.corpus.tries import Try
    from tutor.learner.records import Records
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal


class OpenTry(Verb):
    """A page with knobs: first what the learner expects is asked, once; one who comes back goes on where they were."""

    def exec(self, place: Place, pages: dict[str, Pages], items: dict[str, Item], records: Records, round: Round | None) -> str:
        """(ask, predict, turn, or explain, where the lesson has changed and the page is another one)"""
        one = try_at(place, pages)
        if one is None:
            return "explain"
        if place.stage == "try":
            return "ask" if round and round.mode in ("predict", "try") else "turn"
        return "predict" if one.predict in items and prediction(records, items[one.predict]) is None else "turn"

    def post(self, shared: SessionStore, prepared: dict[str, Any], action: str) -> str:
        one = try_at(prepared["place"], prepared["pages"])
        if action == "explain" or one is None:
            keep_place(shared, stage="explain")
            return "explain"
        if prepared["place"].stage != "try":
            begin_round(shared, "predict", one.predict if action == "predict" else "")
            keep_place(shared, stage="try", knobs={})
        return "turn" if action == "turn" else "ask"


class TurnKnobs(Verb):
    """The knobs, as often as the learner likes. Where they stand is kept at every turn."""

    def exec(
        self, terminal: Terminal, place: Place, pages: dict[str, Pages], items: dict[str, Item], records: Records,
        step: Step | None,
    ) -> Step:  # fmt: skip
        one = try_at(place, pages)
        if one is None:
            return Step("next")
        board = board_of(one, place.knobs, lead_of(one, items.get(one.predict), records))
        board.on_turn = lambda values: keep_knobs(terminal, records, place, values)
        keys = {"next": "done", **({"back": "back"} if page_number(place, pages) else {}), "map": "map", "ask": "ask", "say": ""}
        return terminal.turn_knobs(board, {**keys, "quit": "leave"}, below=bool(step and step.action == "ask"))

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> str:
        step = Step("ask", step.text) if step.action == "say" else step
        read_step(shared, step)
        if step.action == "ask":
            return "side_question"
        if step.action == "back":
            shared["step"] = None
            keep_place(shared, stage="explain")
            return turn_page(shared, -1)
        return {"quit": "left", "map": "map"}.get(step.action, "done")


class AskAfterTrying(Verb):
    """What was predicted beside what is so, then the question that only trying answers, unless it was answered before."""

    def exec(
        self, terminal: Terminal, place: Place, pages: dict[str, Pages], items: dict[str, Item], records: Records, lesson: Lesson
    ) -> str:  # fmt: skip
        """The id of the item to ask; "" for none."""
        one = try_at(place, pages)
        if one is None:
            return ""
        item = items.get(one.predict)
        if item and (said := prediction(records, item)):
            drawn = bank.draw(item, said.seed or 0, said.draw)
            terminal.show(screens.PredictionMet(drawn, said.answer, said.grade, lesson.place_of(item.section)))
        asked = items.get(one.question)
        return asked.id if asked and not is_answered(records, asked) else ""

    def post(self, shared: SessionStore, prepared: dict[str, Any], name: str) -> str:
        if name:
            begin_round(shared, "try", name)
            keep_place(shared, stage="try")
        return "ask" if name else "nothing"


class LeaveTry(Verb):
    """On to the page after the knobs."""

    def exec(self) -> None:
        pass

    def post(self, shared: SessionStore, prepared: dict[str, Any], result: None) -> str:
        shared["step"] = None
        begin_round(shared, "try", "")
        keep_place(shared, stage="explain")
        return turn_page(shared, 1)


class TurnKnobsAgain(Verb):
    """The knobs of the block that the question on screen belongs to, then the question again."""

    def exec(self, terminal: Terminal, item: Item, round: Round, place: Place | None, records: Records) -> Step:
        one = try_of(item.try_block)
        if one is None:
            return Step("next")
        at_page = place if round.mode == "try" else None
        asked = "" if terminal.plain else screens.in_brief(bank.kind_of(item).question_text(item))  # in lines it stands above
        board = board_of(one, at_page.knobs if at_page else None, asked)
        board.on_turn = lambda values: keep_knobs(terminal, records, at_page, values)
        return terminal.turn_knobs(board, {"next": "back to the question", "quit": "leave"})

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> str:
        read_step(shared, step)
        item = prepared["item"]
        if item.figure_block == item.try_block:  # it has just been seen
            shared["item"] = replace(item, figure_block="")
        shared["asked"] = False
        return "left" if step.action == "quit" else "question"


def try_at(place: Place, pages: dict[str, Pages]) -> Try | None:
    """The block of the page that the learner is on; None where that is none, or can't be read."""
    text = pages[place.section][page_number(place, pages)][0]
    return try_of(text) if is_try_page(text) else None


def begin_round(shared: SessionStore, mode: str, name: str) -> None:
    """A round of one item of the block; none where its bank doesn't have that."""
    round = Round(mode, seed=shared["rng"].getrandbits(32), queue=[name]) if name else None
    shared["round"] = round
    if shared["place"]:
        shared["place"].round = round


def keep_knobs(terminal: Terminal, records: Records, place: Place | None, values: Mapping[str, float]) -> None:
    terminal.event("turned", knobs=dict(values))
    if place:
        place.knobs = dict(values)
        records.keep_place(place)


def prediction(records: Records, item: Item) -> Attempt | None:
    """What the learner predicted last, if they ever did."""
    past = reversed(records.attempts(item=item.key))
    return next((one for one in past if one.mode == "predict" and one.answer), None)


def is_answered(records: Records, item: Item) -> bool:
    """Whether the learner has answered an item right before."""
    return any(one.grade.correct for one in records.attempts(item=item.key))


def lead_of(one: Try, item: Item | None, records: Records) -> str:
    """`You said 0.9. Turn d and see.`"""
    turn = f"Turn {either((knob.name for knob in one.knobs), 'or')} and see"
    said = prediction(records, item) if item else None
    if item is None or said is None:
        return f"{turn} what changes."
    drawn = bank.draw(item, said.seed or 0, said.draw)
    return f"You said {screens.said_in_words(drawn, said.answer)}. {turn}."
