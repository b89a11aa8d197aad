"""What is read in a session: a section in the lesson's words and in the model's, and a detour to what it builds on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from tutor import prompts, search
from tutor.corpus.markdown import without_comments
from tutor.corpus.sentences import key_sentences, worked_example
from tutor.learner import beliefs, schedule
from tutor.models import Item, Lesson, Place, Section, Step
from tutor.nodes.session.place import REPEATS, items_of, keep_place, read_step
from tutor.nodes.shared import Pages
from tutor.nodes.verb import ModelVerb, Verb
from tutor.screen import screens

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.records import Records
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal
    from utils.llm.language_model import LanguageModel

MANNERS = {"simpler": "in simpler words", "deeper": "what lies behind it", "analogy": "by an analogy", "example": "an example"}


class ExplainSection(ModelVerb):
    """A section, explained by the model in its own words, then the lesson's own text a page at a time.

    Without a model only the lesson's own text; in brief, or its example, if the learner asks.
    """

    def exec(
        self, model: LanguageModel, terminal: Terminal, lesson: Lesson, place: Place, pages: dict[str, Pages], step: Step | None,
        items: dict[str, Item], records: Records,
    ) -> Step:  # fmt: skip
        asked = step.action if step else ""
        manner = asked if asked in MANNERS else "plain"
        if asked != "ask" and (manner != "plain" or not page_number(place, pages)):
            section = section_of(lesson, place)
            label = f"{MANNERS.get(manner, 'in other words')} · {model.name or 'model'} on {section.title or 'this section'}"
            terminal.stream(model.say(prompts.explain(section, manner, *learner_of(lesson, items, records))), label)
        return self.read_on(model, terminal, lesson, place, pages, asked, items)

    def built_in(
        self, model: LanguageModel, terminal: Terminal, lesson: Lesson, place: Place, pages: dict[str, Pages], step: Step | None,
        items: dict[str, Item],
    ) -> Step:  # fmt: skip
        asked, text = step.action if step else "", section_of(lesson, place).text
        if asked == "simpler":
            terminal.show(screens.Prose(key_sentences(text), "in brief"))
        elif asked in MANNERS:
            terminal.show(screens.Prose(worked_example(text) or key_sentences(text)))
        return self.read_on(model, terminal, lesson, place, pages, asked, items)

    @staticmethod
    def read_on(
        model: LanguageModel, terminal: Terminal, lesson: Lesson, place: Place, pages: dict[str, Pages], asked: str,
        items: dict[str, Item],
    ) -> Step:  # fmt: skip
        """The page of the lesson, unless it is on screen already, and what the learner does then."""
        page, section = page_number(place, pages), section_of(lesson, place)
        text, folded = pages[place.section][page]
        if asked != "ask" and asked not in MANNERS:  # after those the page is still on screen
            terminal.show(screens.Prose(text, "the lesson" if model.available and page == 0 else "", folded=folded))
        last = page == len(pages[place.section]) - 1
        after = "question" if items_of(items, place.section) else "go on"
        keys = {"next": after if last else "unfold" if folded else "more"}
        brief, whole = key_sentences(section.text), without_comments(section.text)
        if model.available or len(brief) < 0.8 * len(whole):
            keys["simpler"] = "simpler"
        if model.available or worked_example(section.text):
            keys["example"] = "example"
        if model.available:
            keys.update(deeper="deeper", analogy="analogy")
        return terminal.turn_page({**keys, "ask": "ask", "quit": "leave"})

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> str:
        read_step(shared, step)
        if step.action == "quit":
            return "left"
        if step.action == "ask":
            return "side_question"
        if step.action in MANNERS:
            return "page"
        shared["step"] = None
        place, pages = prepared["place"], prepared["pages"]
        page = page_number(place, pages) + 1
        if page < len(pages[place.section]):
            keep_place(shared, stage="explain", page=page)
            return "page"
        return "question"


def section_of(lesson: Lesson, place: Place) -> Section:
    """The section that the learner is in."""
    section = lesson.section(place.section)
    assert section is not None, f"{place.section} is no section of {lesson.id}"
    return section


def page_number(place: Place, pages: dict[str, Pages]) -> int:
    """The page that the learner is on, from 0; the lesson may have got shorter since."""
    return min(place.page, len(pages[place.section]) - 1)


def learner_of(lesson: Lesson, items: dict[str, Item], records: Records) -> tuple[str, list[str]]:
    """What an explanation should know of the learner: how far they are, in words, and what they missed here."""
    keys = [item.key for item in items.values()]
    attempts = records.attempts(lesson=lesson.id)
    level = f"{screens.mastery_in_words(schedule.mastery(attempts, keys))} on this lesson as a whole" if keys else ""
    return level, [items[name].question for name in records.missed_items(lesson.id) if name in items]


class ExplainAgain(ModelVerb):
    """After a hard round: the section once more, by the model with what was missed in mind, else in brief."""

    def exec(
        self, model: LanguageModel, terminal: Terminal, lesson: Lesson, place: Place, items: dict[str, Item], records: Records
    ) -> Step:
        prompt = prompts.explain(section_of(lesson, place), "simpler", *learner_of(lesson, items, records))
        terminal.stream(model.say(prompt), f"once more · {model.name or 'model'}")
        return terminal.turn_page({"next": "go on"})

    def built_in(self, terminal: Terminal, lesson: Lesson, place: Place) -> Step:
        terminal.show(screens.Prose(key_sentences(section_of(lesson, place).text), "once more, in brief"))
        return terminal.turn_page({"next": "go on"})

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> None:
        read_step(shared, step)


class OfferDetour(Verb):
    """After a miss: the section of a prerequisite that explains what was missed, if there is one.

    Where the miss may come from a misconception that began in a prerequisite, it is the section where that was.
    """

    def exec(
        self, terminal: Terminal, corpus: Corpus, lesson: Lesson, missed: list[Item], records: Records,
        now: Callable[[], datetime], zone: tzinfo | None,
    ) -> tuple[Section | None, Step]:  # fmt: skip
        before = [corpus.lesson(need) for need in lesson.prerequisites if need in corpus.files]
        sections = [section for earlier in before for section in earlier.sections if section.slug not in REPEATS]
        asked = " ".join(f"{item.question} {item.explanation}" for item in missed)
        began = beliefs.where_it_began(beliefs.beliefs_of(records.evidence(), now().astimezone(zone)), missed)
        section = next((section for section in sections if section.id in began), None) or search.closest_section(asked, sections)
        if section is None:
            return None, Step("next")
        options = ["Go on", f"A two-minute detour: **{section.title}**, from {section.id.partition('#')[0]}"]
        return section, terminal.choose(options, {"quit": "leave"})

    def post(self, shared: SessionStore, prepared: dict[str, Any], chosen: tuple[Section | None, Step]) -> str:
        shared["detour"], step = chosen
        read_step(shared, step)
        if step.action == "quit":
            return "left"
        return "detour" if step.text == "1" else "go_on"


class TakeDetour(Verb):
    """The section of the prerequisite, in brief and by its example."""

    def exec(self, terminal: Terminal, detour: Section) -> Step:
        terminal.show(screens.Prose(key_sentences(detour.text, count=5), detour.title))
        if example := worked_example(detour.text):
            terminal.show(screens.Prose(example))
        return terminal.turn_page({"next": "back to the lesson"})

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> None:
        read_step(shared, step)
