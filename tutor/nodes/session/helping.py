"""Help with a question: hints, and what the lessons say about a question asked in passing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tutor import grading, prompts, tutoring
from tutor.corpus import bank
from tutor.corpus.markdown import without_comments
from tutor.corpus.sentences import key_sentences
from tutor.models import HEADING_SEPARATOR, Answer, Help, Item, Lesson, Met, Passage, Place, Point, Round, Section, Speech, Step
from tutor.nodes.session.place import keep_place
from tutor.nodes.verb import ModelVerb
from tutor.screen import screens
from tutor.search import answering
from tutor.tutoring import hearing
from utils.call_llm import whole

if TYPE_CHECKING:
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal
    from tutor.search.index import Index
    from utils.llm.language_model import LanguageModel


NEARBY = 3  # passages of the corpus beside the section at hand


def help_of_hint(number: int) -> int:
    """How much an author's hint helps: the first one a little, any further one more."""
    return Help.HINT if number == 1 else Help.CONTRAST


def passages_about(lesson: Lesson, slug: str, question: str, open_index: Callable[[], Index]) -> list[Passage]:
    """What a model reads to speak about a section: its text, and for a question what the lessons say about that."""
    section = lesson.section(slug)
    here = [passage_of(lesson, section)] if section else []
    if not question:
        return here
    index = open_index()
    found = [*index.search(question, NEARBY, [lesson.id]), *index.search(question, NEARBY)]
    others = {(one.lesson, one.line): one for one in found if (one.lesson, one.section) != (lesson.id, slug)}
    return [*here, *list(others.values())[:NEARBY]]


def passage_of(lesson: Lesson, section: Section) -> Passage:
    """A section as a passage."""
    heading = HEADING_SEPARATOR.join(section.heading_path)
    return Passage(lesson.id, lesson.path, section.line, heading, section.slug, 0.0, without_comments(section.text))


def look_up(question: str, lesson: Lesson | None, open_index: Callable[[], Index], slug: str = "") -> Answer:
    """What the lessons say about a question, this lesson first if there is one, in their own words.

    slug: of the section that is being read. "Why does it fall so fast?" is about that, and no other lesson is asked.
    """
    index = open_index()

    def said(words: str, lessons: list[str] | None = None) -> Answer:
        return answering.answer(question, index.search(words, answering.CANDIDATES, lessons), index.query_words(words))

    if lesson:
        answer = said(question, [lesson.id])
        section = lesson.section(slug)
        if section and not answer.found and answering.leans_back(question):
            return said(f"{question} {section.title}", [lesson.id])
        if answer.found:
            return answer
    return said(question)


def model_speech(
    model: LanguageModel, terminal: Terminal, question: str, passages: Sequence[Passage], language: str, speaks: str,
    talk: Sequence[list[str]] = (), explained: Sequence[tuple[str, str]] = (),
) -> Speech | None:  # fmt: skip
    """What a model says about a question asked in passing; None where nothing of it may be shown. language: of the passages.

    talk, explained: of the session so far. Raises ModelError.
    """
    with terminal.waiting("thinking"):
        given = [words for _, words in explained]
        about = prompts.Situation(passages, question, said=talk, explained=given, strongest=0, asked=True)
        turn = model.fill(prompts.in_language(prompts.converse(about), speaks))
    said = [what for who, what in talk if who == "learner"]
    foreign = prompts.is_foreign(speaks, language)
    return tutoring.checked(turn, passages, question, language, foreign=foreign, said=said, speaks=speaks)


def slug_at(place: Place | None, item: Item | None) -> str:
    """The section that the learner is in, or that the last question was about."""
    return place.section if place and place.section else item.section if item else ""


KEEPS_TO_LANGUAGE = "The built-in tutor speaks and reads the lesson's language alone."
NOTHING_TO_LOOK_UP = {
    hearing.CHAT: "I am here for questions about this. Enter goes on.",
    hearing.HINT: "Nothing is asked yet. Enter goes on to the question.",
    hearing.SOLUTION: "Nothing is asked yet. Enter goes on to the question.",
    hearing.LANGUAGE: KEEPS_TO_LANGUAGE,
}
WISHES = {hearing.SIMPLER: "simpler", hearing.EXAMPLE: "example", hearing.SKIP: "skip"}


def as_wished(step: Step, by_model: bool) -> Step:
    """What a line asks for that was typed while nothing was asked: one of the keys, or else an answer from the tutor.

    by_model: a model can talk about it; without one, who is lost gets the section in brief.
    """
    if step.action != "say":
        return step
    kind = tutoring.hear(step.text).kind
    wish = WISHES.get(kind)
    if kind == hearing.CONFUSED and not by_model and not hearing.is_wordy(step.text):
        wish = "simpler"
    return Step(wish) if wish else Step("ask", step.text)


def unmade_points(item: Item, met: Sequence[Met]) -> list[Point]:
    """The points of an item's rubric that have no credit."""
    made = {one.point for one in met}
    return [point for point in item.rubric if point.text not in made]


def is_hint_left(item: Item, round: Round, language: str) -> bool:
    """Whether `h` has something to give: a hint of the author's, or a question for a point that is missing."""
    if tutoring.next_hint(item, round.hints, round.met, language) < len(item.hints):
        return True
    return round.hints < len(item.hints) and bool(unmade_points(item, round.met))


class GiveHint(ModelVerb):
    """The next hint about what is missing: the model's, which builds on what was answered, or the author's.

    Neither ever contains the answer. Where the author has a hint only about what has credit, the missing point is asked for.
    """

    def exec(self, model: LanguageModel, terminal: Terminal, item: Item, round: Round, lesson: Lesson, step: Step) -> int:
        place = tutoring.next_hint(item, round.hints, round.met, lesson.language)
        if place >= len(item.hints):
            return self.built_in(terminal, item, round, lesson, step)
        prompt = prompts.hint(item, round.answers, item.hints[place], [met.point for met in round.met])
        with terminal.waiting("thinking of a hint"):
            hint = tutoring.up_to_a_question(whole(model.say(prompt)))
        is_answer = bank.kind_of(item).open_ended and grading.grade(item, hint, language=lesson.language).correct
        is_foreign = tutoring.is_in_another_language(hint, lesson.language)  # whether it tells the answer can't be seen
        if is_answer or is_foreign or grading.gives_away(hint, item, lesson.language):
            return self.built_in(terminal, item, round, lesson, step)
        return self.show(terminal, item, place, hint)

    def built_in(self, terminal: Terminal, item: Item, round: Round, lesson: Lesson, step: Step) -> int:
        """How many hints have been given by now."""
        place = tutoring.next_hint(item, round.hints, round.met, lesson.language)
        if place < len(item.hints):
            return self.show(terminal, item, place, item.hints[place])
        if round.hints < len(item.hints) and (lacking := unmade_points(item, round.met)):
            terminal.show(screens.TutorSays(Speech((grading.question_for(lacking[0], item.question, lesson.language),))))
            return len(item.hints)
        terminal.notice("There are no more hints. k shows the answer.")
        if sentence := tutoring.plain_help(item, lesson.section(item.section), round, lesson.language):
            terminal.show(screens.Prose(sentence, "from the lesson"))
            round.said.append(["tutor", sentence])
        return round.hints

    @staticmethod
    def show(terminal: Terminal, item: Item, place: int, hint: str) -> int:
        terminal.show(screens.Hint(hint, place + 1, len(item.hints)))
        return place + 1

    def post(self, shared: SessionStore, prepared: dict[str, Any], given: int) -> None:
        round: Round = prepared["round"]
        asked_for = (
            prepared["step"].action == "hint"
        )  # another one came of what was said, and costs no try; nor do those passed over
        round.free += max(0, given - round.hints - asked_for)
        round.hints = given
        round.help = max(round.help, help_of_hint(given))
        keep_place(shared)


class AnswerSideQuestion(ModelVerb):
    """What the lessons say about something asked in passing while no question waits, this section first.

    With a model it is a conversation: the section, what was said before, and examples of the tutor's own, marked as such.
    """

    def exec(
        self, model: LanguageModel, terminal: Terminal, step: Step, lesson: Lesson, open_index: Callable[[], Index],
        place: Place | None, item: Item | None, talk: list[list[str]], explained: list[tuple[str, str]], speaks: str,
    ) -> str:  # fmt: skip
        question = step.text
        if not question:
            return ""
        passages = passages_about(lesson, slug_at(place, item), question, open_index)
        speech = model_speech(model, terminal, question, passages, lesson.language, speaks, talk, explained)
        if speech is None:
            return self.built_in(terminal, step, lesson, open_index, place, item)
        terminal.show(screens.TutorSays(speech, question))
        return speech.text

    def built_in(
        self, terminal: Terminal, step: Step, lesson: Lesson, open_index: Callable[[], Index], place: Place | None,
        item: Item | None,
    ) -> str:  # fmt: skip
        if not step.text:  # a bare ? with nothing after it
            return ""
        kind, section = tutoring.hear(step.text).kind, lesson.section(slug_at(place, item))
        if said := NOTHING_TO_LOOK_UP.get(kind):
            terminal.notice(said)
            return ""
        if kind == hearing.CONFUSED and section and not hearing.is_wordy(step.text):
            terminal.show(screens.Prose(brief := key_sentences(section.text), "in brief"))
            return brief
        answer = look_up(step.text, lesson, open_index, slug_at(place, item))
        terminal.show(screens.Answered(answer, asked=True))
        return answer.text

    def post(self, shared: SessionStore, prepared: dict[str, Any], said: str) -> None:
        if question := prepared["step"].text:
            shared["terminal"].event("side_question", question=question)
            shared["talk"] += [["learner", question], ["tutor", said]]
