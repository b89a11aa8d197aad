"""What is read in a session: a section in the lesson's words and in the model's, and a detour to what it builds on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from tutor import grading, prompts, search
from tutor.corpus import bank
from tutor.corpus.bank.tries import try_of
from tutor.corpus.markdown import without_comments
from tutor.corpus.pages import is_try_page
from tutor.corpus.sentences import briefs, key_sentences, warm_up_of, worked_example
from tutor.learner import beliefs, schedule
from tutor.models import Item, Lesson, Place, Section, Step
from tutor.nodes.session.helping import as_wished
from tutor.nodes.session.place import REPEATS, believed, items_of, keep_place, read_step
from tutor.nodes.shared import Pages
from tutor.nodes.verb import ModelVerb, Verb
from tutor.screen import screens
from tutor.search import summaries
from tutor.search.answering.refuted import is_about_misconceptions
from utils.text import cut

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.records import Records
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal
    from utils.llm.language_model import LanguageModel
    from utils.llm.structured import Prompt

MANNERS = {"simpler": "in simpler words", "deeper": "what lies behind it", "analogy": "by an analogy", "example": "an example"}
LONGEST_GUESS = 300  # characters
EXAMPLE_SEED = 20_011  # of the numbers in an example; a question has others, but for a rare chance
NO_EXAMPLE = "There is no other example here. Ask about the one that you have read, if you like."
MOST_NAMED = 6  # of what a model adds


class ExplainSection(ModelVerb):
    """A section, explained by the model in its own words, then the lesson's own text a page at a time.

    Without a model only the lesson's own text; in brief, or its examples, if the learner asks. Asked once more it is another one.
    """

    def exec(
        self, model: LanguageModel, terminal: Terminal, lesson: Lesson, place: Place, pages: dict[str, Pages], step: Step | None,
        items: dict[str, Item], records: Records, explained: list[tuple[str, str]], speaks: str, corpus: Corpus,
        now: Callable[[], datetime], zone: tzinfo | None,
    ) -> Step:  # fmt: skip
        asked, section = step.action if step else "", section_of(lesson, place)
        manner = asked if asked in MANNERS else "plain"
        given = [text for how, text in explained if how == manner]
        begins = asked != "ask" and not page_number(place, pages) and not given
        if not has_own_content(lesson, section):
            return self.built_in(model, terminal, lesson, place, pages, step, items, records, explained)
        if manner != "plain" or begins:
            label = f"{MANNERS.get(manner, 'in other words')} · {model.name or 'model'} on {section.title or 'this section'}"
            beliefs = believed(corpus, records, now, zone, items_of(items, section.slug), elsewhere=False)
            prompt = prompts.explain(section, manner, *learner_of(lesson, items, records), given, beliefs)
            explained.append((manner, stream_checked(model, terminal, lesson, prompt, label, speaks)))
        return self.read_on(model, terminal, lesson, place, pages, asked, items, records)

    def built_in(
        self, model: LanguageModel, terminal: Terminal, lesson: Lesson, place: Place, pages: dict[str, Pages], step: Step | None,
        items: dict[str, Item], records: Records, explained: list[tuple[str, str]],
    ) -> Step:  # fmt: skip
        asked, section = step.action if step else "", section_of(lesson, place)
        if asked == "example" and example_is_below(section.text, terminal):
            terminal.notice("The lesson's own example comes now:")
        elif asked in MANNERS:
            given = [words for _, words in explained]
            if another := next((one for one in self.versions(asked, lesson, section, items) if one not in given), ""):
                terminal.show(screens.Prose(another, "in brief" if asked == "simpler" else "an example"))
                explained.append((asked, another))
            else:
                terminal.notice("There is no other brief version." if asked == "simpler" else NO_EXAMPLE)
        return self.read_on(model, terminal, lesson, place, pages, asked, items, records)

    @staticmethod
    def versions(asked: str, lesson: Lesson, section: Section, items: dict[str, Item]) -> list[str]:
        """A section in brief, or examples of it, without those that the learner has read in it."""
        if asked == "simpler":
            return list(filter(None, ["\n".join(summaries.recap_of(lesson, section)), *briefs(section.text)]))
        own = [] if worked_example(section.text) else [key_sentences(section.text)]
        return [*examples_of(items_of(items, section.slug)), *own]

    @staticmethod
    def read_on(
        model: LanguageModel, terminal: Terminal, lesson: Lesson, place: Place, pages: dict[str, Pages], asked: str,
        items: dict[str, Item], records: Records,
    ) -> Step:  # fmt: skip
        """The page of the lesson, unless it is on screen already, and what the learner does then."""
        page, section = page_number(place, pages), section_of(lesson, place)
        text, folded = pages[place.section][page]
        if is_readable_try(text):
            return Step("try")
        by_model = model.available and has_own_content(lesson, section)
        if asked != "ask" and asked not in MANNERS:  # after those the page is still on screen
            terminal.show(screens.Prose(text, "the lesson" if by_model and page == 0 else "", folded=folded))
        last = page == len(pages[place.section]) - 1
        after = "question" if items_of(items, place.section) else "go on"
        following = "" if last else pages[place.section][page + 1][0]
        keys = {"next": after if last else "try it" if is_readable_try(following) else "unfold" if folded else "more"}
        brief, whole = key_sentences(section.text), without_comments(section.text)
        if by_model or len(brief) < 0.8 * len(whole):
            keys["simpler"] = "simpler"
        if by_model or worked_example(section.text) or examples_of(items_of(items, section.slug)):
            keys["example"] = "example"
        if by_model:
            keys.update(deeper="deeper", analogy="analogy")
        if page:
            keys["back"] = "back"

        def keep(share: float) -> None:
            place.share = share
            records.keep_place(place)

        keys = {**keys, "map": "map", "ask": "or just ask", "say": "", "quit": "leave"}
        begin = place.share if asked != "ask" and asked not in MANNERS else 0.0
        return as_wished(terminal.turn_page(keys, begin, keep), model.available)

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> str:
        read_step(shared, step)
        if step.action == "quit":
            return "left"
        if step.action == "ask":
            return "side_question"
        if step.action in MANNERS:
            return "page"
        if step.action in ("map", "try"):
            return step.action
        if step.action == "skip":
            shared["step"] = None
            return "question"
        if step.action != "back":
            shared["step"] = None
        return turn_page(shared, -1 if step.action == "back" else 1)


def turn_page(shared: SessionStore, by: int) -> str:
    """Go so many pages on in the section: page, or question where that was the last one."""
    place, pages = shared["place"], shared["pages"]
    assert place is not None, "only a lesson has pages"
    page = page_number(place, pages) + by
    if page >= len(pages[place.section]):
        return "question"
    keep_place(shared, stage="explain", page=max(0, page))
    return "page"


def is_readable_try(page: str) -> bool:
    """Whether a page has knobs to turn. One that can't be read is shown as it stands."""
    return is_try_page(page) and try_of(page) is not None


class AskGuess(Verb):
    """After the lesson's opening: the learner's guess at its warm-up, which is never graded and met again at the end."""

    def exec(self, terminal: Terminal, lesson: Lesson, place: Place) -> Step | None:
        if not terminal.attended or place.guess or not warm_up_of(section_of(lesson, place).text):
            return None
        terminal.show(screens.GuessWanted("What is your guess?", "at the end"))
        return terminal.write({"next": "skip it", "quit": "leave"})

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step | None) -> str:
        if step:
            read_step(shared, step)
            shared["step"] = None
            if step.action == "answer":
                keep_place(shared, guess=cut(" ".join(step.text.split()), LONGEST_GUESS))
        return "left" if step and step.action == "quit" else "go_on"


def section_of(lesson: Lesson, place: Place) -> Section:
    """The section that the learner is in."""
    section = lesson.section(place.section)
    assert section is not None, f"{place.section} is no section of {lesson.id}"
    return section


def example_is_below(text: str, terminal: Terminal) -> bool:
    """Whether a section's own example has yet to be read: it comes with the rest of the section."""
    begins, example, _ = text.partition((worked_example(text) or "").partition("\n")[0] or "\0")
    return bool(example) and not terminal.has_seen(begins, text)


def examples_of(items: Sequence[Item]) -> list[str]:
    """Examples worked out from the section's questions that have numbers of their own each time, as Markdown."""
    examples = []
    for item in (bank.draw(item, EXAMPLE_SEED) for item in items if item.variables):
        kind = bank.kind_of(item)
        shows_it = kind.as_example(item)
        if shows_it or not kind.several_lines:
            answer = "" if shows_it else f"It is **{bank.shown_answer(item)}**. "
            examples.append(f"**Example.** {bank.shown_question(shows_it or item)}\n\n{answer}{item.explanation}".rstrip())
    return examples


def has_own_content(lesson: Lesson, section: Section) -> bool:
    """Whether a section teaches something that can be put in other words: not the lesson's opening, which promises, nor its
    recap or its misconceptions, which are short and worded with care."""
    is_opening = section.level < 2 and section is lesson.sections[0] and len(lesson.sections) > 1
    return not is_opening and section.slug not in summaries.SKIPPED and not is_about_misconceptions(section.title)


def stream_checked(model: LanguageModel, terminal: Terminal, lesson: Lesson, prompt: Prompt, label: str, speaks: str) -> str:
    """An explanation as it comes, then a dim line on what the lesson does not hold of it. Returns what was said."""
    reply = terminal.stream(model.say(prompts.in_language(prompt, speaks)), label)
    if reply.truncated:
        terminal.notice("[the reply was cut off: the model's server ends it here]")
    own = "\n".join([lesson.title, *(f"{section.title}\n{without_comments(section.text)}" for section in lesson.sections)])
    added = grading.additions_of(reply, own, speaks or lesson.language)
    if added.foreign:
        more = f" and {len(added.foreign) - MOST_NAMED} more" if len(added.foreign) > MOST_NAMED else ""
        terminal.notice(f"not in the lesson: {', '.join(added.foreign[:MOST_NAMED])}{more}")
    for computation in added.wrong[:MOST_NAMED]:
        terminal.notice(f"this does not come out: {computation}")
    return str(reply)


def page_number(place: Place, pages: dict[str, Pages]) -> int:
    """The page that the learner is on, from 0; the lesson may have got shorter since."""
    return min(place.page, len(pages[place.section]) - 1)


def learner_of(lesson: Lesson, items: dict[str, Item], records: Records) -> tuple[str, list[str]]:
    """What an explanation should know of the learner: how far they are, in words, and what they missed here."""
    keys = [item.key for item in items.values()]
    attempts = records.attempts(lesson=lesson.id)
    known = screens.mastery_in_words(schedule.mastery(attempts, keys) if attempts else None)
    level = f"{known} on this lesson as a whole" if keys else ""
    return level, [items[name].question for name in records.missed_items(lesson.id) if name in items]


class ExplainAgain(ModelVerb):
    """After a hard round: the section once more, by the model with what was missed in mind, else in brief."""

    def exec(
        self, model: LanguageModel, terminal: Terminal, lesson: Lesson, place: Place, items: dict[str, Item], records: Records,
        explained: list[tuple[str, str]], speaks: str, corpus: Corpus, now: Callable[[], datetime], zone: tzinfo | None,
    ) -> Step:  # fmt: skip
        section, given = section_of(lesson, place), [text for _, text in explained]
        beliefs = believed(corpus, records, now, zone, items_of(items, section.slug), elsewhere=False)
        prompt = prompts.explain(section, "simpler", *learner_of(lesson, items, records), given, beliefs)
        stream_checked(model, terminal, lesson, prompt, f"once more · {model.name or 'model'}", speaks)
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
