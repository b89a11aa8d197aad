"""The session: which lesson, which section, and what comes before, between and after the questions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from tutor import prompts
from tutor.corpus import bank
from tutor.corpus.pages import split_pages, unfolded
from tutor.corpus.sentences import warm_up_answers, warm_up_of
from tutor.learner import agenda, beliefs, schedule
from tutor.learner.due import as_planned, has_learned_enough
from tutor.learner.lesson_map import lesson_map
from tutor.models import Item, Lesson, Place, Round, Section, Step
from tutor.nodes.session.goals import clear_reached_goal
from tutor.nodes.session.judging import JUDGED
from tutor.nodes.session.place import askable, items_of, keep_place, practised, read_step
from tutor.nodes.session.practice import end_section
from tutor.nodes.shared import Pages
from tutor.nodes.verb import ModelVerb, Verb
from tutor.screen import screens
from utils.text import plural

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.records import Records
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal
    from utils.llm.language_model import LanguageModel

ITEMS_PER_SECTION = 3  # asked after an explanation; the rest of the bank is for probes and reviews


class LoadLesson(Verb):
    """Read the lesson and its items, and the place where the learner left it."""

    def exec(self, corpus: Corpus, chosen: str, terminal: Terminal) -> tuple[Lesson, dict[str, Item]]:
        return corpus.lesson(chosen), {item.id: item for item in askable(corpus.items(chosen), terminal)}

    def post(self, shared: SessionStore, prepared: dict[str, Any], loaded: tuple[Lesson, dict[str, Item]]) -> None:
        lesson, shared["items"] = loaded
        place = shared["records"].place(lesson.id)
        if place is None or place.stage == "finished":
            place = Place(lesson=lesson.id)
        place.session = shared["session"]
        shared["lesson"], shared["place"], shared["round"], shared["taught"] = lesson, place, None, True
        shared["terminal"].event("lesson", lesson=lesson.id, title=lesson.title)


class ChunkSections(Verb):
    """Cut the lesson into sections, and each of them into pages."""

    def exec(self, lesson: Lesson, terminal: Terminal) -> dict[str, Pages]:
        return {section.slug: self.pages(section.text, terminal.page_characters) for section in lesson.taught}

    @staticmethod
    def pages(text: str, limit: int | None) -> Pages:
        """The pages of a section, one if there is no limit; what a page folds follows it as a page of its own."""
        pages: Pages = []
        for page in split_pages(text, limit or len(text) + 1):
            inside = unfolded(page)
            pages += [(page, True), (inside, False)] if inside else [(page, False)]
        return pages

    def post(self, shared: SessionStore, prepared: dict[str, Any], pages: dict[str, Pages]) -> None:
        lesson = shared["lesson"]
        shared["pages"] = pages
        shared["sections"] = [section for section in lesson.sections if section.slug in pages]
        if not pages:
            shared["terminal"].notice(f"{lesson.path}: there is nothing to read here.")


class RecallMissed(Verb):
    """Before anything new: the items of this lesson that were missed in an earlier session."""

    def exec(self, place: Place, records: Records, session: str, items: dict[str, Item]) -> list[str]:
        waiting = place.round.queue if place.round and place.stage in ("probe", "practice") else []
        if place.stage == "try":  # the knobs come first
            waiting = [item.id for item in items_of(items, place.section) if item.try_block]
        missed = records.missed_items(place.lesson, before_session=session)
        return [name for name in missed if name in items and name not in waiting][:ITEMS_PER_SECTION]

    def post(self, shared: SessionStore, prepared: dict[str, Any], missed: list[str]) -> str:
        if not missed:
            return "nothing"
        if under_way := prepared["place"].round:
            under_way.again = [name for name in under_way.again if name not in missed]
        shared["round"] = Round("recall", seed=shared["rng"].getrandbits(32), queue=missed)
        return "recall"


class ChooseSection(Verb):
    """Go on at the learner's place, else with the next section; one with a bank's items is probed first.

    A made item asks for the words of the text, which nobody knows before reading it.
    """

    def exec(self, place: Place, sections: list[Section], items: dict[str, Item]) -> tuple[str, Section | None]:
        """(probe, explain, practice, begin, explain_back or recap; the section)"""
        section = agenda.next_section(place, sections)
        if section is None:
            return "recap", None
        asking = practised(items, section.slug)
        if section is agenda.section_to_resume(place, sections):
            return self.stage_of(place, items_of(items, section.slug)), section
        return "probe" if len(asking) > 1 and not asking[0].made else "explain", section

    @staticmethod
    def stage_of(place: Place, items: list[Item]) -> str:
        """Where a section that was begun goes on. A round whose items the author has since removed starts over."""
        if place.stage in ("explain_back", "try"):
            return place.stage
        if place.stage == "explain" or not place.round:
            return "explain"
        return place.stage if set(place.round.queue + place.round.again) <= {item.id for item in items} else "begin"

    def post(self, shared: SessionStore, prepared: dict[str, Any], chosen: tuple[str, Section | None]) -> str:
        action, section = chosen
        place, sections = prepared["place"], prepared["sections"]
        if section is None:
            shared["round"] = place.round = None
            keep_place(shared, stage="recap", section="")
            return action
        going_on = section is agenda.section_to_resume(place, sections)
        shared["explained"] = []
        title, number = section.title or shared["lesson"].title, sections.index(section) + 1
        corpus, lesson = shared["corpus"], shared["lesson"].id
        minutes = agenda.minutes_left(corpus, corpus.entry(lesson), place)
        if not going_on and has_learned_enough(shared["records"], shared["now"]().astimezone(shared["zone"])):
            wanted = plural(shared["records"].wishes.new_a_day or 0, "new question")
            shared["terminal"].notice(f"You wanted {wanted} a day and have done that: this section can wait until tomorrow.")
        shared["terminal"].show(screens.SectionHead(lesson, title, number, len(sections), minutes))
        shared["terminal"].event("section", section=section.slug, stage=action, resumed=going_on)
        if going_on:
            shared["round"] = place.round
            return action
        shared["round"] = place.round = None
        if action == "probe":
            probe = shared["rng"].choice(practised(prepared["items"], section.slug))
            shared["round"] = Round("probe", seed=shared["rng"].getrandbits(32), queue=[probe.id])
        keep_place(shared, section=section.slug, stage=action, page=0)
        return action


class ShowMap(Verb):
    """The lesson's map: its sections with how well each is known and what is due, to go to one of them."""

    def exec(
        self, corpus: Corpus, records: Records, lesson: Lesson, now: Callable[[], datetime], zone: tzinfo | None,
        terminal: Terminal,
    ) -> tuple[list[str], Step]:  # fmt: skip
        """(the slugs of the sections, what was chosen)"""
        told = lesson_map(corpus, records, lesson.id, now().astimezone(zone))
        terminal.show(screens.LessonMapScreen(told, listed=False))
        here = next((place for place, section in enumerate(told.sections) if section.here), 0)
        step = terminal.choose(screens.section_rows(told), {"back": "back", "quit": "leave"}, str(here))
        return [section.section for section in told.sections], step

    def post(self, shared: SessionStore, prepared: dict[str, Any], chosen: tuple[list[str], Step]) -> str:
        slugs, step = chosen
        read_step(shared, step)
        shared["step"] = None
        if step.action == "choose":
            place = shared["place"]
            shared["round"] = None
            if place:
                place.round = None
            keep_place(shared, stage="explain", section=slugs[int(step.text)], page=0, share=0.0)
        return "left" if step.action == "quit" else "section"


class OfferToSkip(Verb):
    """A learner who could already answer may skip the explanation, read it anyway, or ask."""

    def exec(self, terminal: Terminal) -> Step:
        return terminal.choose(["Skip the explanation", "Read it anyway"], {"ask": "ask", "map": "map", "quit": "leave"})

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> str:
        read_step(shared, step)
        if step.action != "choose":
            return {"quit": "left", "ask": "side_question"}.get(step.action, step.action)
        keep_place(shared, stage="explain", page=0)
        return "read" if step.text == "1" else "skip"


class BeginPractice(Verb):
    """Set up the questions of a section: first those on what is believed wrongly, then those never asked or missed.

    The probe just passed is left out; in a section that the learner came back to, so is all that they have answered right.
    """

    def exec(
        self, place: Place, items: dict[str, Item], records: Records, round: Round | None, now: Callable[[], datetime],
        zone: tzinfo | None, terminal: Terminal,
    ) -> list[str]:  # fmt: skip
        history = records.attempts(lesson=place.lesson, section=place.section)
        asking = practised(items, place.section)
        times_right = {item.id: sum(past.unaided for past in history if past.item == item.key) for item in asking}
        probed = round.outcomes if round else {}
        fresh = [item.id for item in asking if probed.get(item.id) != "unaided"]
        if fresh and place.section in place.done:
            missed = records.missed_items(place.lesson)
            fresh = [name for name in fresh if name in missed or not times_right[name]]
            if not fresh:
                terminal.notice("You have answered its questions before; reviews bring them back.")
        believed = beliefs.held(records.evidence(), now().astimezone(zone))
        first = {item.id for item in beliefs.probing(asking, believed)}
        return sorted(fresh, key=lambda name: (name not in first, times_right[name]))[:ITEMS_PER_SECTION]

    def post(self, shared: SessionStore, prepared: dict[str, Any], queue: list[str]) -> str:
        if not queue:
            end_section(shared)
            return "nothing"
        shared["round"] = Round("practice", seed=shared["rng"].getrandbits(32), queue=queue)
        keep_place(shared, stage="practice")
        return "practice"


class Recap(ModelVerb):
    """The end of a lesson: what is known now, what comes back, one suggestion."""

    def exec(
        self, model: LanguageModel, terminal: Terminal, lesson: Lesson, sections: list[Section], items: dict[str, Item],
        records: Records, corpus: Corpus, now: Callable[[], datetime], zone: tzinfo | None, speaks: str, place: Place,
    ) -> Step:  # fmt: skip
        figures = [
            (title, screens.mastery_in_words(mastery)) for title, mastery in self.mastery(lesson, sections, items, records)
        ]
        missed = [item.question for item in self.missed_items(lesson, items, records)]
        terminal.stream(model.say(prompts.in_language(prompts.recap(lesson.title, figures, missed), speaks)))
        return self.built_in(terminal, lesson, sections, items, records, corpus, now, zone, place)

    def built_in(
        self, terminal: Terminal, lesson: Lesson, sections: list[Section], items: dict[str, Item], records: Records,
        corpus: Corpus, now: Callable[[], datetime], zone: tzinfo | None, place: Place,
    ) -> Step:  # fmt: skip
        suggestion = agenda.suggestion(corpus, records, now().astimezone(zone), after=lesson.id)
        drawn = [bank.draw(item, 0) for item in self.missed_items(lesson, items, records)]
        questions = [bank.kind_of(item).question_text(item) for item in drawn]
        keys = {item.key for item in items.values()}
        today = now().astimezone(zone)
        cards = as_planned(corpus, records, (card for card in records.cards() if card.item in keys), today)
        back = agenda.upcoming_reviews(cards, today)
        known = self.mastery(lesson, sections, items, records)
        terminal.show(screens.LessonEnd(lesson.title, known, questions, suggestion, back))
        if place.guess:
            terminal.show(self.warm_up(lesson, place.guess))
        return terminal.turn_page({"next": "choose what is next", "map": "map", "quit": "leave"})

    @staticmethod
    def warm_up(lesson: Lesson, guess: str) -> screens.WarmUpMet:
        """The guess, beside the paragraphs in which the lesson answers its warm-up."""
        question = next(filter(None, (warm_up_of(section.text) for section in lesson.sections)), "")
        answers = [
            (text, f"{lesson.path}:{section.text_line + line}")
            for section in lesson.sections
            for text, line in warm_up_answers(section.text)
        ]
        return screens.WarmUpMet(question, guess, answers)

    @staticmethod
    def mastery(
        lesson: Lesson, sections: list[Section], items: dict[str, Item], records: Records
    ) -> list[tuple[str, float | None]]:  # fmt: skip
        """(title, mastery) of each section that has items; None for one of which nothing was asked."""
        attempts = records.attempts(lesson=lesson.id)
        known: list[tuple[str, float | None]] = []
        for section in sections:
            if keys := [item.key for item in items_of(items, section.slug)]:
                past = [attempt for attempt in attempts if attempt.section == section.slug]
                known.append((section.title, schedule.mastery(past, keys) if past else None))
        return known

    @staticmethod
    def missed_items(lesson: Lesson, items: dict[str, Item], records: Records) -> list[Item]:
        return [items[name] for name in records.missed_items(lesson.id) if name in items]

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> str:
        read_step(shared, step)
        if step.action == "map":
            return "map"
        keep_place(shared, stage="finished")
        shared["terminal"].event("finished", lesson=shared["lesson"].id)
        clear_reached_goal(shared["corpus"], shared["records"], shared["now"], shared["zone"], shared["terminal"])
        return "left" if step.action == "quit" else "pick"


class LeaveSession(Verb):
    """Say what was kept, and how to come back."""

    def exec(self, terminal: Terminal, records: Records, session: str) -> None:
        terminal.notice(what_was_kept(records, session))
        terminal.event("left", answers=answers_kept(records, session))

    def post(self, shared: SessionStore, prepared: dict[str, Any], result: None) -> None:
        shared["left"] = True


def answers_kept(records: Records, session: str) -> int:
    """How many answers a session has stored."""
    attempts = records.attempts(session=session)  # an answer whose learner then settled its grade is stored once more
    return sum(bool(one.answer) and not one.grade.clarified and one.grade.grader != JUDGED for one in attempts)


def what_was_kept(records: Records, session: str) -> str:
    """The line that a session ends with."""
    answered = answers_kept(records, session)
    return f"{plural(answered, 'answer')} kept, and your place." if answered else "Your place is kept."
