"""Grades in doubt, where the learner is asked what they meant, and in dispute: a second, stricter look and what it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from tutor import grading
from tutor.corpus import bank
from tutor.learner import appeals
from tutor.models import BANK_SUFFIX, Attempt, Draw, Grade, Help, Item, Lesson, Point, Round, Step
from tutor.nodes.session.judging import advance, count_as_passed, next_card
from tutor.nodes.session.place import keep_place, read_step
from tutor.nodes.verb import ModelVerb, Verb
from tutor.screen import screens
from utils.errors import UsageError
from utils.times import utc

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.appeals import Flip
    from tutor.learner.records import Records
    from tutor.nodes.shared import AppealStore, SessionStore
    from tutor.screen.one_shot import OneShot
    from tutor.screen.terminal import Terminal
    from tutor.screen.terminal.keys import Keys
    from utils.llm.language_model import LanguageModel


def ask_what_was_meant(
    terminal: Terminal, item: Item, answer: str, grade: Grade, points: Sequence[Point], language: str, keys: Keys
) -> Grade | Step:
    """The grade once the learner has said which of each point and its near miss they meant; a key, or a line of their own, else.

    Enter and a script say neither, so that nothing is confirmed by accident. keys: with "say", a line may be typed instead.
    """
    choices = {}
    for point in points:
        question = grading.question_about(item, point)
        options = [option.text for option in question.options]
        terminal.show(screens.WhatWasMeant(point.ask, grading.WHICH))
        step = terminal.choose(options, keys, unattended=str(len(options) - 1), typed="say" in keys)
        step = Step("say", step.text) if step.action == "answer" else step
        named = grading.option_named(question, step.text) if step.action == "say" else None
        step = step if named is None else Step("choose", str(named))
        if step.action != "choose":
            return step
        terminal.show(screens.Said(options[int(step.text)]))
        choices[point.text] = grading.choice_of(question, int(step.text))
    return grading.clarified(item, grade, points, choices, language, answer)


class AskWhatWasMeant(Verb):
    """Where the grader is unsure, one question for each point in doubt settles the grade.

    A line that is typed instead is heard like any other; as an answer it is read together with the one that was in doubt.
    """

    KEYS: ClassVar[Keys] = {"say": "or type on", "quit": "leave"}

    def exec(self, terminal: Terminal, item: Item, answer: str, grade: Grade, lesson: Lesson, round: Round) -> Grade | Step:
        said = grading.with_credit(answer, round.met)
        points = grading.doubtful_points(item, said, grade, lesson.language)
        return ask_what_was_meant(terminal, item, said, grade, points, lesson.language, self.KEYS)

    def post(self, shared: SessionStore, prepared: dict[str, Any], settled: Grade | Step) -> str:
        if isinstance(settled, Grade):
            shared["grade"] = settled
            return "settled"
        read_step(shared, settled)
        if settled.action == "quit":
            return "left"
        shared["terminal"].show(screens.Said(settled.text))
        round: Round = prepared["round"]
        round.help = max(round.help, Help.CONTRAST)  # both possibilities were on the screen
        shared["in_doubt"], shared["answer"] = prepared["answer"], settled.text
        return "typed"


# ------------------------------------------------------------------------------------------------ an appeal

TESTS_DECIDE = (
    "Kept as disputed. The grade stands, because the tests come out the same again. If one of them wants something that the "
    "question doesn't say, tell the lesson's author. What to send:"
)


def look_again(model: LanguageModel, item: Item, answer: str, language: str, speaks: str) -> Grade:
    """A model's second, stricter look at a free-text answer, with a remark in the learner's language. Raises ModelError."""
    return grading.grade_with(model, item, answer, stricter=True, strict=True, language=language, speaks=speaks)


class AppealGrade(ModelVerb):
    """A second look at the answer just graded; the first verdict stays in the record beside it.

    A model is told to be strict. Without one the learner is asked about the points that got no credit, unless the answer has been
    shown: then only what was written is looked at. It costs no try: the same question goes on, or, where the appeal stands, the
    item counts as passed. A near miss that was meant ends the question.
    """

    def exec(
        self, model: LanguageModel, terminal: Terminal, item: Item, lesson: Lesson, records: Records, stored: int, speaks: str
    ) -> Grade | Step:
        if not bank.kind_of(item).is_free_text(item):
            return self.built_in(item, lesson, records, stored, terminal)
        with terminal.waiting("looking again"):
            return look_again(model, item, answer_of(item, records.attempt(stored)), lesson.language, speaks)

    def built_in(self, item: Item, lesson: Lesson, records: Records, stored: int, terminal: Terminal) -> Grade | Step:
        """A step where the learner leaves in place of saying what they meant."""
        attempt = records.attempt(stored)
        points = points_to_dispute(item, attempt, records, lesson.language) if attempt else ()
        if attempt and points:
            said = answer_of(item, attempt)
            return ask_what_was_meant(terminal, item, said, attempt.grade, points, lesson.language, {"quit": "leave"})
        return grading.grade(item, answer_of(item, attempt), strict=True, language=lesson.language)

    def post(self, shared: SessionStore, prepared: dict[str, Any], grade: Grade | Step) -> str:
        if isinstance(grade, Step):
            read_step(shared, grade)
            return "left"
        item, records, number = prepared["item"], prepared["records"], prepared["stored"]
        attempt, round, result, card = records.attempt(number), shared["round"], shared["result"], None
        if grade.correct and attempt and round:
            count_as_passed(round, item, attempt, result)
            card = next_card(shared, attempt, item, round, "passed")
            shared["result"] = "passed"
        elif attempt and round and result == "again" and grade.clarified:
            round.met = list(grade.met)
            if grading.tells_what_is_so(item, grade):
                advance(round, item, "missed")
                card = next_card(shared, attempt, item, round, "missed")
                shared["result"] = "missed"
        if attempt:
            records.add_appeal(attempt, grade, utc(shared["now"]()), card)
        shared["appealable"] = None
        keep_place(shared)
        terminal = prepared["terminal"]
        if bank.kind_of(item).is_code and not grade.correct:
            terminal.notice(f"{TESTS_DECIDE} {shared['command']('appeal', str(number))}")
            return "again" if result == "again" else "missed"
        gained = attempt and grade.score > attempt.grade.score
        lead = "The appeal stands." if grade.correct else "The appeal stands in part." if gained else "The grade stands."
        terminal.show(screens.Verdict(grade, lead=lead, attempt=number))
        if grade.correct and result in ("again", "declined") and item.explanation:
            terminal.show(screens.Reveal("", item.explanation))
        kept = "Both verdicts are kept."
        if attempt and not shared["corpus"].bundled and (grade.correct or appeals.is_disputed(attempt, grade)):
            kept += f" If these lessons are yours, see how to change the bank: {shared['command']('appeal', str(number))}"
        terminal.notice(kept)
        if result == "again" and shared["result"] == "missed":
            return "settled"
        return "stands" if grade.correct else "again" if result == "again" else "missed"


def points_to_dispute(item: Item, attempt: Attempt, records: Records, language: str) -> tuple[Point, ...]:
    """The points that an appeal asks about; () where nothing can be asked, or where the learner has read already what is so."""
    since = (one for one in records.attempts(item=attempt.item) if one.id >= attempt.id)
    if any(one.due or one.shown for one in since):  # the question's turn was over, and its answer on the screen
        return ()
    if any(grading.tells_what_is_so(item, grade) for grade in (attempt.grade, *records.appeals(attempt.id))):
        return ()
    return grading.traced_points(item, answer_of(item, attempt), attempt.grade, language)


def answer_of(item: Item, attempt: Attempt | None) -> str:
    """What was said in an attempt, with what it had credit for from the tries before."""
    if attempt is None:
        return ""
    return grading.with_credit(attempt.answer, attempt.grade.met) if grading.has_rubric(item) else attempt.answer


def counts_in_an_old_order(item: Item, attempt: Attempt) -> bool:
    """Whether an attempt may name an option by its number in the bank's order, which may have changed since."""
    return bool(item.options) and attempt.draw == Draw.FIRST


class GradeOthersAgain(ModelVerb):
    """Where an appeal stands: all other attempts of the item, by the same second look. What comes out differently is kept."""

    def exec(
        self, model: LanguageModel, records: Records, corpus: Corpus, item: Item, lesson: Lesson, speaks: str
    ) -> list[Flip]:  # fmt: skip
        if not bank.kind_of(item).is_free_text(item):
            return self.built_in(records, corpus, item, lesson)
        return flips_of(records, corpus, item, lambda drawn, answer: look_again(model, drawn, answer, lesson.language, speaks))

    def built_in(self, records: Records, corpus: Corpus, item: Item, lesson: Lesson) -> list[Flip]:
        def look(drawn: Item, answer: str) -> Grade:
            return grading.grade(drawn, answer, strict=True, language=lesson.language)

        return flips_of(records, corpus, item, look)

    def post(self, shared: SessionStore | AppealStore, prepared: dict[str, Any], flips: list[Flip]) -> None:
        shared["flips"] = flips
        for attempt, grade in flips:
            prepared["records"].add_appeal(attempt, grade, utc(shared["now"]()))


def flips_of(records: Records, corpus: Corpus, item: Item, look: Callable[[Item, str], Grade]) -> list[Flip]:
    """The attempts of an item whose verdict a second look turns round. An answer given twice is looked at once."""
    authored = next(one for one in corpus.items(item.lesson) if one.key == item.key)
    grades: dict[tuple[str, int | None, int], Grade] = {}
    flips = []
    for attempt in records.attempts(item=item.key):
        if not attempt.answer or records.has_standing_appeal(attempt) or counts_in_an_old_order(authored, attempt):
            continue
        said = (answer_of(authored, attempt), attempt.seed, attempt.draw)
        if said not in grades:
            grades[said] = look(bank.draw(authored, attempt.seed or 0, attempt.draw), said[0])
        if grades[said].correct != attempt.grade.correct:
            flips.append((attempt, grades[said]))
    return flips


class ShowFlips(Verb):
    """The other attempts that an appeal changed, in one short list."""

    def exec(self, terminal: Terminal, flips: list[Flip]) -> None:
        for line in appeals.flip_lines(flips):
            terminal.notice(line)


# --------------------------------------------------------------------------------------------- the command


class LoadAttempt(Verb):
    """The attempt and its item, as it was drawn then."""

    def exec(self, records: Records, number: int, corpus: Corpus) -> tuple[Attempt, Item]:
        attempt = records.attempt(number)
        if attempt is None:
            raise UsageError(f"there is no attempt {number}; `learn --json` and the feedback on screen name them")
        if attempt.mode == "explain":
            raise UsageError(f"attempt {number} explains a section, and nothing follows from its grade that could be disputed")
        items = {item.key: item for item in corpus.items(corpus.find(attempt.lesson), made=False)}
        if attempt.item not in items:
            raise UsageError(f"attempt {number} answers {attempt.item}, which the bank no longer has")
        return attempt, bank.draw(items[attempt.item], attempt.seed or 0, attempt.draw)

    def post(self, shared: AppealStore, prepared: dict[str, Any], loaded: tuple[Attempt, Item]) -> None:
        shared["attempt"], shared["item"] = loaded
        shared["lesson"] = shared["corpus"].lesson(shared["item"].lesson)


class LookAgain(ModelVerb):
    """The answer graded once more: by a model that is told to be strict, else by what a person at the terminal says they meant,
    else by the built-in grader at its strictest."""

    def exec(
        self, model: LanguageModel, item: Item, attempt: Attempt, lesson: Lesson, records: Records, person: Terminal | None,
        speaks: str,
    ) -> Grade | Step:  # fmt: skip
        if not bank.kind_of(item).is_free_text(item):
            return self.built_in(item, attempt, lesson, records, person)
        return look_again(model, item, answer_of(item, attempt), lesson.language, speaks)

    def built_in(self, item: Item, attempt: Attempt, lesson: Lesson, records: Records, person: Terminal | None) -> Grade | Step:
        """A step where the learner leaves in place of saying what they meant."""
        if person and (points := points_to_dispute(item, attempt, records, lesson.language)):
            person.notice(item.lesson)
            person.show(screens.Prose(bank.shown_question(item)))
            person.show(screens.Said(attempt.answer))
            said = answer_of(item, attempt)
            return ask_what_was_meant(person, item, said, attempt.grade, points, lesson.language, {"quit": "leave"})
        if counts_in_an_old_order(item, attempt):
            return attempt.grade
        return grading.grade(item, answer_of(item, attempt), strict=True, language=lesson.language)

    def post(self, shared: AppealStore, prepared: dict[str, Any], grade: Grade | Step) -> str:
        if isinstance(grade, Step):
            return "left"
        attempt = prepared["attempt"]
        shared["second"], shared["flips"] = grade, []
        shared["records"].add_appeal(attempt, grade, utc(shared["now"]()))
        return "stands" if grade.correct and not attempt.grade.correct else "kept"


class KeepGrade(Verb):
    """The learner left in place of saying what they meant: nothing has changed."""

    keeps = "stands"

    def exec(self, terminal: OneShot, attempt: Attempt) -> bool:
        terminal.notice(f"Left: the grade of attempt {attempt.id} stays as it was.")
        return False


class ShowAppeal(Verb):
    """Both verdicts; where the appeal stands, the change to the bank that would accept such an answer."""

    keeps = "stands"

    def exec(
        self, terminal: OneShot, attempt: Attempt, item: Item, second: Grade, corpus: Corpus, flips: list[Flip],
        command: Callable[..., str],
    ) -> bool:  # fmt: skip
        text, path = corpus.bank_text(item.lesson) or ("", "")
        patched = replace(item, references=(*item.references, attempt.answer))
        passes = grading.grade(patched, attempt.answer, strict=True, language=corpus.lesson(item.lesson).language).correct
        test = command("check", corpus.folder / (item.lesson + BANK_SUFFIX))
        found = appeals.appeal_document(attempt, item, second, text, path, flips, passes, test)
        terminal.put_appeal(found)
        return found["stands"]
