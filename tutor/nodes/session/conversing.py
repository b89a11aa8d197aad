"""The tutor's turn at a question: what the learner's line is, and what is said to it when it is not simply right."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tutor import grading, prompts, tutoring
from tutor.corpus import bank
from tutor.corpus.sentences import key_sentences, worked_example
from tutor.learner.due import as_planned
from tutor.learner.progress import next_due
from tutor.models import Grade, Item, Lesson, Met, Round, Step
from tutor.nodes.session.helping import KEEPS_TO_LANGUAGE, is_hint_left, look_up, passages_about
from tutor.nodes.session.place import believed, keep_place, name_in, read_step
from tutor.nodes.verb import ModelVerb, Verb
from tutor.screen import screens
from tutor.tutoring import Heard, Turn, hearing, ladder

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from tutor.corpus.corpus import Corpus
    from tutor.learner.records import Records
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal
    from tutor.search.index import Index
    from utils.llm.language_model import LanguageModel

SHOWS_IT = "k shows the answer, and the question comes back later. Any answer of yours is worth a try first."
UNMATCHED = "Nothing in that can be compared with the answer. No try lost: say it in the lesson's language, in a sentence."


class HearLine(Verb):
    """Whether what was typed is an answer. Only what can't be one is taken for something else; a guess may be either."""

    CHOICES = ("It is my answer", "I am asking you")

    def exec(self, terminal: Terminal, model: LanguageModel, item: Item, answer: str, lesson: Lesson) -> Step | Heard:
        if "\n" in answer and bank.kind_of(item).several_lines:
            return Heard(hearing.ANSWER)
        heard = tutoring.hear(answer)
        if heard.is_answer and (not model.available or not is_free(item)):  # a model can tell talk from an answer in words
            heard = tutoring.hear_beside(answer, subject_of(item, lesson), lesson.language)
        guess = Heard(hearing.ANSWER, is_guess=heard.kind == hearing.EITHER)
        if heard.is_answer or self.is_credited(item, answer, lesson):
            return guess
        if heard.kind != hearing.EITHER or model.available or not terminal.attended or not is_free(item):
            return heard
        step = terminal.choose(list(self.CHOICES), {"quit": "leave"})
        if step.action == "quit":
            return step
        return Heard(hearing.QUESTION) if step.text == "1" else guess

    @staticmethod
    def is_credited(item: Item, answer: str, lesson: Lesson) -> bool:
        """Whether it is worth something as an answer, however it sounds: "loss" may fill a blank, and "lost" too."""
        grade = grading.grade(item, answer, language=lesson.language)
        return grade.correct or bool(grade.met or grade.heard) or (grade.score > 0 and not is_free(item))

    def post(self, shared: SessionStore, prepared: dict[str, Any], heard: Step | Heard) -> str:
        if isinstance(heard, Step):
            read_step(shared, heard)
            return "left"
        shared["heard"] = heard
        if heard.is_guess:
            shared["answer"] = hearing.as_statement(shared["answer"])
        if heard.may_be_answer:
            return "answer"
        round: Round | None = shared["round"]
        if round and round.comes_first and heard.kind in (hearing.CONFUSED, hearing.SOLUTION, hearing.SKIP):
            round.queue.clear()  # asked before it was taught: the explanation follows
            return "declined"
        return "said"


class HearAddition(Verb):
    """After a verdict that was not right: whether a typed line adds to the answer, and what is right now or still missing.

    The built-in grader reads it together with what had credit. It is no try and earns nothing: the question was answered.
    """

    def exec(
        self, terminal: Terminal, item: Item, step: Step, grade: Grade, lesson: Lesson, records: Records, round: Round,
        now: Callable[[], datetime], zone: tzinfo | None, corpus: Corpus,
    ) -> Grade | None:  # fmt: skip
        heard = tutoring.hear(step.text)
        found = grading.grade_addition(item, step.text, grade, lesson.language) if heard.may_be_answer else None
        if found is None:
            return None
        terminal.show(screens.Said(step.text))
        verdict = grading.addition_in_words(item, found, lesson.language, told=round.mode != "probe")
        terminal.notice(f"{verdict} {self.when_back(item, records, round, now, zone, corpus)}")
        return found

    @staticmethod
    def when_back(
        item: Item, records: Records, round: Round, now: Callable[[], datetime], zone: tzinfo | None, corpus: Corpus
    ) -> str:
        """When the question is asked again, as a sentence."""
        name = name_in(round, item)
        if round.mode == "probe":
            return "The explanation comes next."
        if name in round.again or name in round.instead.values():
            return "You are asked once more in this session."
        card, today = records.card(item.key), now().astimezone(zone)
        when = next_due(as_planned(corpus, records, [card], today), today) if card else ""
        return f"The question comes back {when or 'later'}."

    def post(self, shared: SessionStore, prepared: dict[str, Any], found: Grade | None) -> str:
        if found is None:
            return "side_question"
        shared["grade"] = found
        shared["terminal"].event("added", text=prepared["step"].text, met=[met.point for met in found.met], correct=found.correct)
        return "heard"


class Converse(ModelVerb):
    """The tutor's turn after an answer that is not simply right, and after anything else that is said at a question.

    The model says what it makes of the line and what it would say; what is credited, what may be said and what it costs is
    decided here. Without a model, the hints of the bank and what the lessons say take its place.
    """

    def exec(
        self, model: LanguageModel, terminal: Terminal, item: Item, answer: str, heard: Heard, round: Round, lesson: Lesson,
        grade: Grade | None, open_index: Callable[[], Index], corpus: Corpus, records: Records, now: Callable[[], datetime],
        zone: tzinfo | None, explained: list[tuple[str, str]], speaks: str,
    ) -> Turn:  # fmt: skip
        may_answer, closed = heard.may_be_answer, not is_free(item)
        settled = may_answer and closed and grade is not None and not grade.misunderstood
        unreadable = closed and may_answer and not settled and not hearing.is_wordy(answer)
        last_try = round.comes_first or round.hints >= len(item.hints)
        if ladder.is_spent(round) or unreadable or (settled and last_try):
            # the answer is shown next, or the line must be typed again
            return self.built_in(terminal, item, answer, heard, round, lesson, grade, open_index)
        passages = passages_about(lesson, item.section, "" if heard.is_answer else answer, open_index)
        hints = [item.hints[place] for place in tutoring.hints_for(item, round.met, lesson.language)]
        situation = prompts.Situation(
            passages, answer, item, hints, verdict=f"wrong. {grade.feedback}" if settled and grade else "", met=round.met,
            said=round.said, strongest=ladder.allowed_help(round), asked=not may_answer,
            beliefs=believed(corpus, records, now, zone, [item]),
            explained=[] if round.mode == "review" else [words for _, words in explained],
        )  # fmt: skip
        with terminal.waiting("thinking"):
            turn = model.fill(prompts.in_language(prompts.converse(situation), speaks))
        if heard.kind == hearing.EITHER and turn.is_answer and not closed:  # a guess: read as what it says
            answer = hearing.as_statement(answer)
            grade = grading.grade_try(item, answer, round.met, lesson.language)
            may_answer = grade.correct or bool(grade.heard) or earns(grade, round)
        typed = bank.kind_of(item).answer_in_words(item, answer)
        foreign = prompts.is_foreign(speaks, lesson.language)
        said = [what for who, what in round.said if who == "learner"]
        said += [] if may_answer and closed else [answer]
        speech = tutoring.checked(turn, passages, typed, lesson.language, item, round.met, foreign, said, speaks)
        if settled:
            return Turn("graded", grade, tutoring.agreeing(speech, grade))
        counts = heard.is_answer and not closed and (earns(grade, round) or ladder.has_talked(round))
        if may_answer and not closed and (turn.is_answer or counts):
            if found := self.grade_of(model, item, answer, turn, round, lesson, grade):
                whole = grading.with_credit(answer, round.met)
                found = grading.settled_if_far(item, whole, found, lesson.language)
                return Turn("graded", found, tutoring.agreeing(speech, found))
            if turn.is_answer and grade and grade.misunderstood:
                grade = replace(grade, misunderstood=UNMATCHED)
            return self.built_in(terminal, item, answer, heard, round, lesson, grade, open_index)
        speech = tutoring.agreeing(speech, None)
        if speech is None:  # a remark at a question whose answer is a number or an option can't be read
            unread = grade if closed else None
            return self.built_in(terminal, item, answer, heard, round, lesson, unread, open_index)
        if closed and turn.is_answer and grade and grade.misunderstood:
            terminal.notice(grade.misunderstood)
        terminal.show(screens.TutorSays(speech))
        if heard.kind in (hearing.SOLUTION, hearing.SKIP):
            terminal.notice(SHOWS_IT)
        return Turn("said", None, speech)

    @classmethod
    def grade_of(
        cls, model: LanguageModel, item: Item, answer: str, turn: prompts.TutorTurn, round: Round, lesson: Lesson,
        grade: Grade | None,
    ) -> Grade | None:  # fmt: skip
        """The grade of an answer that both graders have read; None where the built-in tutor settles it alone."""
        if grade and grade.correct:
            return grade
        if not turn.is_answer:  # what earns a point is an answer, whatever a model takes it for
            return None
        found = cls.graded(model, item, answer, turn, round, lesson, grade)
        if not grade:
            return found
        if grade.unsure and len(found.met) < len(grade.met) and grading.doubtful_points(item, answer, grade, lesson.language):
            return grade  # the graders differ: the learner says what they meant
        if not (found.unsure and grade.misunderstood):
            return found
        claimed = as_claimed(item, found, turn)  # only a model can read it: the learner says what they meant
        asked = [point.text for point in grading.doubtful_points(item, answer, claimed, lesson.language)]
        met = tuple(one for one in claimed.met if one.point in asked)
        return replace(claimed, met=met, missed=missed_by(item, asked)) if asked else None

    @staticmethod
    def graded(
        model: LanguageModel, item: Item, answer: str, turn: prompts.TutorTurn, round: Round, lesson: Lesson,
        grade: Grade | None = None,
    ) -> Grade:  # fmt: skip
        """The grade by the model's verdicts, as far as they hold, together with what has credit from earlier tries.

        What the built-in grader surely credits (`grade`) has credit too: nobody is worse off than without a model.

        A misconception that it names is heard where the bank knows it as one of this item's and nothing was right.
        """
        verdicts = [(point.met, point.quote) for point in turn.points]
        found = grading.grade_from_verdicts(
            grading.item_for_try(item, answer, round.met, lesson.language), grading.with_credit(answer, round.met),
            prompts.points_of(item), verdicts, turn.contradiction, "", model.name or "model", language=lesson.language,
        )  # fmt: skip
        if not found.score and not found.heard and turn.misconception in item.probes:
            found = replace(found, heard=turn.misconception)
        credited = {met.point: met for met in (*(grade.met if grade and not grade.unsure else ()), *round.met)}
        return grading.keep_credit(item, found, tuple(credited.values()), lesson.language)

    def built_in(
        self, terminal: Terminal, item: Item, answer: str, heard: Heard, round: Round, lesson: Lesson, grade: Grade | None,
        open_index: Callable[[], Index],
    ) -> Turn:  # fmt: skip
        if heard.may_be_answer and grade is not None:
            if not grade.misunderstood:
                return Turn("graded", grade)
            terminal.notice(grade.misunderstood)
            return Turn("said")
        if heard.kind in (hearing.CONFUSED, hearing.HINT):
            return Turn("hint")
        if heard.kind in (hearing.SOLUTION, hearing.SKIP):
            terminal.notice(SHOWS_IT)
            if heard.kind == hearing.SOLUTION and round.hints < len(item.hints):
                return Turn("hint")
        elif heard.kind == hearing.LANGUAGE:
            terminal.notice(KEEPS_TO_LANGUAGE)
        elif heard.kind == hearing.CHAT or heard.may_be_answer:
            help = "h gives a hint, k skips it" if is_hint_left(item, round, lesson.language) else "k skips it"
            terminal.notice(f"That doesn't answer the question yet. No try lost: {help}, and ? asks something else.")
        elif heard.kind in (hearing.SIMPLER, hearing.EXAMPLE):
            section, shown = lesson.section(item.section), worked_example if heard.kind == hearing.EXAMPLE else key_sentences
            text = shown(section.text) if section else ""
            if not text or tutoring.tells(text, item, round.met, lesson.language):
                return Turn("hint")
            terminal.show(screens.Prose(text))
        elif ladder.amounts_to(answer, item, lesson.language):
            return self.step_instead(terminal, "That is what this question asks.", item, round, lesson)
        elif answer:
            found = look_up(answer, lesson, open_index, item.section)
            if found.found and tutoring.tells(found.text, item, round.met, lesson.language):
                why = "The lesson's answer to that would answer this question, too."
                return self.step_instead(terminal, why, item, round, lesson)
            terminal.show(screens.Answered(found, asked=True))
        return Turn("said")

    @staticmethod
    def step_instead(terminal: Terminal, why: str, item: Item, round: Round, lesson: Lesson) -> Turn:
        """Why a question isn't answered, and the next hint in its place where one is left."""
        is_left = is_hint_left(item, round, lesson.language)
        terminal.notice(f"{why} A step towards it:" if is_left else f"{why} k shows the answer.")
        return Turn("hint" if is_left else "said")

    def post(self, shared: SessionStore, prepared: dict[str, Any], turn: Turn) -> str:
        round: Round = prepared["round"]
        typed, speech = prepared["answer"], turn.speech
        if typed:
            round.said.append(["learner", typed])
        if speech:
            round.said.append(["tutor", speech.text])
        if turn.grade:
            shared["grade"], shared["speech"] = turn.grade, speech
            return "graded"
        shared["terminal"].event("said", text=typed, heard=prepared["heard"].kind)
        if speech:
            round.help = max(round.help, speech.help)
        keep_place(shared)
        return turn.action


def earns(grade: Grade | None, round: Round) -> bool:
    """Whether the built-in grader credits a point that had none before."""
    return grade is not None and len(grade.met) > len(round.met)


def as_claimed(item: Item, grade: Grade, turn: prompts.TutorTurn) -> Grade:
    """An unsure grade with the points that a model says an answer makes, for the learner to confirm."""
    claimed = [point for point, verdict in zip(prompts.points_of(item), turn.points, strict=True) if verdict.met]
    met = tuple(Met(point) for point in claimed)
    return replace(grade, score=0.0, met=met, missed=missed_by(item, claimed), feedback="")


def missed_by(item: Item, met: Collection[str]) -> tuple[str, ...]:
    """The points of a rubric without these."""
    return tuple(point.text for point in item.rubric if point.text not in met)


def subject_of(item: Item, lesson: Lesson) -> str:
    """What a question is about, as a text: the question, its answers, and its section."""
    section, kind = lesson.section(item.section), bank.kind_of(item)
    texts = [kind.question_text(item), *kind.choices(item), *bank.giveaways(item), *item.hints, item.explanation]
    return "\n".join([*texts, section.title, section.text] if section else texts)


def is_free(item: Item) -> bool:
    """Whether the answer is prose."""
    return bank.kind_of(item).is_free_text(item)
