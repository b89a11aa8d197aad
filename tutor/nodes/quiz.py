"""A quiz in exam style: all questions, then all grades. A person or a filled-in sheet answers; the graph is the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor import grading
from tutor.corpus import bank
from tutor.learner import beliefs, schedule
from tutor.learner.memory.deadline import scheduling_for
from tutor.models import Attempt, Card, Evidence, Grade, Item, Kind, Step
from tutor.nodes.appeal import ask_what_was_meant
from tutor.nodes.disputes import how_to_dispute
from tutor.nodes.running import run_if_program
from tutor.nodes.shared import Grades, TypedAnswer
from tutor.nodes.verb import Verb
from tutor.quiz import clarifications
from tutor.quiz.clarifications import UnclearAnswer
from tutor.quiz.fingerprints import corpus_fingerprint, versions_of
from tutor.quiz.outcomes import Outcome, no_answer, settle
from tutor.quiz.reports import QuizReport
from tutor.screen import screens
from tutor.screen.markup import figures
from tutor.screen.screens import quiz as quiz_screens
from utils import files, program
from utils.errors import ExitCode, ModelError, ReplyStopped
from utils.text import plural
from utils.times import utc

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.records import Records
    from tutor.nodes.shared import QuizStore
    from tutor.quiz.sheets import Sheet
    from tutor.screen.terminal import Terminal
    from utils.llm.language_model import LanguageModel


KEYS = {"skip": "skip", "quit": "hand in"}


class CollectAnswers(Verb):
    """The next answers: a person's one by one, so that each is kept as it is given; a sheet's all at once."""

    def exec(
        self, terminal: Terminal, waiting: list[Item], outcomes: dict[str, Outcome], clock: Callable[[], datetime],
        asked: str | None,
    ) -> list[TypedAnswer]:  # fmt: skip
        answers: list[TypedAnswer] = []
        for number, item in enumerate(waiting, len(outcomes) - len(waiting) + 1):
            began = clock()
            note = f"{number} of {len(outcomes)} · {item.lesson}"
            typed = self.ask(terminal, item, note, shown_before=asked == item.key)
            answers.append((item, typed, (clock() - began).total_seconds()))
            if terminal.attended:
                break
        return answers

    @staticmethod
    def ask(terminal: Terminal, item: Item, note: str, shown_before: bool) -> str | None:
        question = screens.Question(item, note)
        at_keyboard = terminal.attended  # whoever filled in a sheet has read the question, and reads the answer in the report
        if at_keyboard and not shown_before:
            terminal.show(question)
        step = terminal.answer(question, KEYS, echoed=at_keyboard)
        while step.action not in ("answer", *KEYS):  # Enter alone
            step = terminal.answer(question, KEYS, echoed=at_keyboard)
        return {"answer": step.text, "skip": "", "quit": None}[step.action]

    def post(self, shared: QuizStore, prepared: dict[str, Any], answers: list[TypedAnswer]) -> str:
        if not answers or answers[-1][1] is None:
            return "done"
        shared["answers"] = answers
        return "answers"


class GradeAnswers(Verb):
    """Grade each answer, as often as asked. Nobody judges here: where the grader is unsure, the strict verdict stands.

    A model reads the free-text ones, several at a time. If it fails on one, the others keep their grades: that one gets
    the built-in grader's, or an error if a model is required.
    """

    def exec(
        self, answers: list[TypedAnswer], repeat: int, model: LanguageModel, jobs: int, terminal: Terminal, corpus: Corpus,
        outcomes: dict[str, Outcome], flaky_passes: bool,
    ) -> list[Grades]:  # fmt: skip
        languages = [corpus.lesson(item.lesson).language for item, _, _ in answers]
        said = [(item, typed or "", language) for (item, typed, _), language in zip(answers, languages, strict=True)]
        for one in said:
            run_if_program(terminal, *one)
        if not model.available:
            return [[self.built_in(*one)] * repeat for one in said]
        if terminal.attended:
            return self.at_keyboard(said, repeat, model, terminal)
        tasks = [(*one, repetition) for one in said for repetition in range(repeat)]
        grades: Grades = []
        try:
            with program.threads(jobs) as run_all, terminal.counting(len(tasks), "graded") as count:
                for grade in run_all(lambda task: self.read(model, terminal, *task), tasks):
                    grades.append(count(grade))
        except BaseException:  # a signal: the report, which is written in any case, has what was graded until then
            whole = [grades[start : start + repeat] for start in range(0, len(grades) - repeat + 1, repeat)]
            for answer, results in zip(answers, whole, strict=False):
                key = answer[0].key
                outcomes[key] = replace(outcome_of(answer, results, flaky_passes), where=outcomes[key].where)
            raise
        return [grades[start : start + repeat] for start in range(0, len(grades), repeat)]

    def at_keyboard(
        self, said: list[tuple[Item, str, str]], repeat: int, model: LanguageModel, terminal: Terminal
    ) -> list[Grades]:
        """What a person has just answered. They may stop the model, and the answer keeps the built-in grader's verdict."""
        try:
            with terminal.waiting("grading"):
                return [[self.read(model, terminal, *one, repetition) for repetition in range(repeat)] for one in said]
        except ReplyStopped:
            terminal.notice("stopped, going on with the built-in grader")
            return [[self.built_in(*one)] * repeat for one in said]

    @staticmethod
    def built_in(item: Item, answer: str, language: str) -> Grade:
        return grading.grade(item, answer, strict=True, language=language) if answer else no_answer(item)

    def read(
        self, model: LanguageModel, terminal: Terminal, item: Item, answer: str, language: str, repetition: int
    ) -> Grade | ModelError:
        if not answer or not bank.kind_of(item).is_free_text(item):
            return self.built_in(item, answer, language)
        try:
            return grading.grade_with(model, item, answer, repetition=repetition, strict=True, language=language)
        except ModelError as error:
            if model.required:
                return error
            if outage := model.outage(error):
                terminal.warn(outage)
            return self.built_in(item, answer, language)

    def post(self, shared: QuizStore, prepared: dict[str, Any], grades: list[Grades]) -> str:
        first = grades[0][0]
        shared["grades"], shared["asked"] = grades, shared["answers"][0][0].key
        shared["grade"] = None if isinstance(first, ModelError) else first
        unreadable = shared["grade"] and shared["grade"].misunderstood and shared["terminal"].attended
        return "unreadable" if unreadable else "graded"


class ClarifyAnswers(Verb):
    """What a sheet's answers meant, where the grader is unsure: read from the second sheet, or written there to be asked."""

    def exec(
        self, answers: list[TypedAnswer], grades: list[Grades], corpus: Corpus, sheet: Sheet | None, second: Sheet | None,
        second_path: str | None, terminal: Terminal, answers_path: str | None, command: Callable[..., str],
    ) -> tuple[list[Grades], dict[str, int]]:  # fmt: skip
        """(the grades, with what was meant; {key: how many questions are open})."""
        if not (sheet and answers_path and second_path):
            return grades, {}
        unclear = self.unclear(answers, grades, corpus)
        questions = [question for one in unclear for question in one.questions]
        if not second:
            then = command("quiz", "--answers", Path(answers_path), "--clarify", Path(second_path))
            self.ask(terminal, questions, len(unclear), sheet, second_path, then)
            return grades, {answers[one.number][0].key: len(one.questions) for one in unclear}
        chosen = clarifications.chosen_in(second, questions)
        for warning in chosen.warnings:
            terminal.warn(warning)
        return self.settled(answers, grades, unclear, chosen.options, corpus)

    @staticmethod
    def unclear(answers: list[TypedAnswer], grades: list[Grades], corpus: Corpus) -> list[UnclearAnswer]:
        found = []
        for number, ((item, typed, _), results) in enumerate(zip(answers, grades, strict=True)):
            unsure = next((one for one in results if isinstance(one, Grade) and one.unsure), None)
            language = corpus.lesson(item.lesson).language
            if unsure and (points := grading.doubtful_points(item, typed or "", unsure, language)):
                questions = [grading.question_about(item, point) for point in points]
                asked = [clarifications.asked_of(item, typed or "", question) for question in questions]
                found.append(UnclearAnswer(number, points, asked))
        return found

    @staticmethod
    def ask(terminal: Terminal, questions: list[Item], answers: int, sheet: Sheet, path: str, then: str) -> None:
        shown = files.shown_path(path)
        if not questions:
            terminal.say_aside(f"{shown}: not written, since no answer is unclear")
            return
        files.write_new(path, clarifications.write_second_sheet(questions, sheet, command=then, in_words=figures.in_words))
        count = f"{plural(len(questions), 'question')} about {plural(answers, 'answer')}"
        terminal.say_aside(f"{shown}: {count}. Fill it in; then: {then}")

    @staticmethod
    def settled(
        answers: list[TypedAnswer], grades: list[Grades], unclear: list[UnclearAnswer], options: Mapping[str, int], corpus: Corpus
    ) -> tuple[list[Grades], dict[str, int]]:
        settled, still_open = list(grades), {}
        for one in unclear:
            item = answers[one.number][0]
            language = corpus.lesson(item.lesson).language
            choices = {
                point.text: grading.choice_of(question, options[question.key])
                for point, question in zip(one.points, one.questions, strict=True)
                if question.key in options
            }
            if left := len(one.points) - len(choices):
                still_open[item.key] = left
            if choices:
                settled[one.number] = [
                    grading.clarified(item, grade, one.points, choices, language, answers[one.number][1] or "")
                    if isinstance(grade, Grade) and grade.unsure
                    else grade
                    for grade in grades[one.number]
                ]
        return settled, still_open

    def post(self, shared: QuizStore, prepared: dict[str, Any], clarified: tuple[list[Grades], dict[str, int]]) -> None:
        shared["grades"], shared["open_questions"] = clarified


class AskAboutAnswer(Verb):
    """What the answer just given meant, asked at the keyboard; the grade itself is shown at the end."""

    def exec(self, answers: list[TypedAnswer], grade: Grade, corpus: Corpus, terminal: Terminal) -> Grade | Step:
        item, typed, _ = answers[0]
        language = corpus.lesson(item.lesson).language
        points = grading.doubtful_points(item, typed or "", grade, language)
        terminal.notice("To grade you fairly: what did you mean?")
        return ask_what_was_meant(terminal, item, typed or "", grade, points, language, {"quit": "hand in"})

    def post(self, shared: QuizStore, prepared: dict[str, Any], settled: Grade | Step) -> str:
        if isinstance(settled, Step):  # handed in: the stricter verdict, which is stored, stands
            shared["waiting"].remove(prepared["answers"][0][0])
            shared["answered"] += 1
            return "done"
        shared["grades"] = [[settled] * len(shared["grades"][0])]
        return "settled"


Kept = tuple[Attempt, "Card | None", list[Evidence]]  # what is stored of an answer


class RecordAttempts(Verb):
    """Store the answers with their grades, which a person sees at the end. A sheet that is somebody else's leaves no trace."""

    def exec(
        self, answers: list[TypedAnswer], grades: list[Grades], flaky_passes: bool, open_questions: dict[str, int]
    ) -> list[Outcome]:
        """The outcome of each answer."""
        return [
            outcome_of(answer, results, flaky_passes, open_questions.get(answer[0].key, 0))
            for answer, results in zip(answers, grades, strict=True)
        ]

    def post(self, shared: QuizStore, prepared: dict[str, Any], outcomes: Sequence[Outcome]) -> str:
        attended, records = shared["terminal"].attended, shared["records"]
        doubtful = attended and self.is_doubtful(outcomes[0], shared["corpus"])  # at a keyboard there is one answer at a time
        number = None
        if attended and records:
            attempt, card, shown = self.kept(shared, records, outcomes[0], doubtful)
            stored = records.add(attempt, card=card, evidence=shown)
            number = stored.id if grading.is_disputable(outcomes[0].item, stored.answer, stored.grade) else None
        elif records and (sheet := shared["sheet"]):
            settled = [outcome for outcome in outcomes if not outcome.open_questions]  # the others, when these are answered
            unsure = [bool(one.grade and one.grade.unsure) for one in settled]
            kept = [self.kept(shared, records, *one) for one in zip(settled, unsure, strict=True)]
            records.add_sheet({sheet.uid(one.item): answer for one, answer in zip(settled, kept, strict=True)})
        for outcome in outcomes:
            item = outcome.item
            shared["outcomes"][item.key] = replace(outcome, where=shared["outcomes"][item.key].where, attempt=number)
            if doubtful:
                shared["grade"] = outcome.grade
                return "doubtful"
            shared["waiting"].remove(item)
            shared["answered"] += 1
        return "recorded"

    @staticmethod
    def kept(shared: QuizStore, records: Records, outcome: Outcome, doubtful: bool) -> Kept:
        """What is stored of an answer: the attempt, the item's new card and what it shows; a doubtful one changes no review."""
        item, now = outcome.item, shared["now"]()
        grade = outcome.grade or grading.grade(item, outcome.answer, strict=True)  # what was said is kept in any case
        before, card = records.card(item.key), None
        if not doubtful:
            rating = "unaided" if grade.correct else "missed"
            by = scheduling_for(shared["corpus"], records, item.lesson, now.astimezone())
            card = schedule.next_card(item.key, before, rating, now, by.exact)
        attempt = Attempt(
            item=item.key, section=item.section, answer=outcome.answer, grade=grade, at=utc(now), mode="quiz",
            seed=item.seed, draw=item.draw, shown=not outcome.answer, session=shared["session"],
            due=card.due if card else None, predicted=schedule.chance_before(before, now, records.scheduling),
        )  # fmt: skip
        return attempt, card, beliefs.evidence_of(attempt, item, True, records.evidence()) if card else []

    @staticmethod
    def is_doubtful(outcome: Outcome, corpus: Corpus) -> bool:
        language = corpus.lesson(outcome.item.lesson).language
        return bool(outcome.grade and grading.doubtful_points(outcome.item, outcome.answer, outcome.grade, language))


def outcome_of(answer: TypedAnswer, results: Grades, flaky_passes: bool, still_open: int = 0) -> Outcome:
    """What came of an answer, from its grades."""
    item, typed, seconds = answer
    failed = next((result for result in results if isinstance(result, ModelError)), None)
    if failed:
        return Outcome(item, typed or "", error=str(failed), exit_code=failed.exit_code, seconds=seconds)
    grade, verdicts = settle([one for one in results if isinstance(one, Grade)], flaky_passes)
    return Outcome(item, typed or "", grade, "", verdicts, "", seconds, open_questions=still_open)


class ReportScores(Verb):
    """All grades at once, then how many were right, and whether that is enough."""

    keeps = "exit_code"

    def prep(self, shared: QuizStore) -> dict[str, Any]:
        shared["report"] = report_of(shared)
        shared["document"] = shared["report"].document()
        return super().prep(shared)

    def exec(
        self, terminal: Terminal, report: QuizReport, answered: int, corpus: Corpus, command: Callable[..., str]
    ) -> ExitCode:
        if terminal.attended and not answered:
            terminal.notice("Nothing was answered.")
            return ExitCode.NOTHING_RUN
        if not terminal.attended and report.grader:
            terminal.say_aside(f"graded by: {report.grader}")
        for number, outcome in enumerate(report.outcomes, 1):
            terminal.show(graded_item(outcome, number, len(report.outcomes), corpus))
        time = quiz_screens.duration(report.seconds) if terminal.attended else ""
        dispute = how_to_dispute([outcome.attempt for outcome in report.outcomes if outcome.attempt], command)
        terminal.show(quiz_screens.QuizScore(report, time, dispute))
        return report.exit_code


def graded_item(outcome: Outcome, number: int, of: int, corpus: Corpus) -> quiz_screens.GradedItem:
    """The screen of an outcome, with its answer by its parts where it has any."""
    grade, item = outcome.grade, outcome.item
    if grade is None or not outcome.answer or item.kind not in Kind.ALL:
        return quiz_screens.GradedItem(outcome, number, of)
    parts = grading.part_by_part(item, outcome.answer, grade, True, corpus.lesson(item.lesson).language)
    if parts is None:
        return quiz_screens.GradedItem(outcome, number, of)
    outcome = replace(outcome, grade=replace(grade, met=(), missed=(), feedback=parts.remark))
    return quiz_screens.GradedItem(outcome, number, of, parts.shown, parts.whole)


def report_of(shared: QuizStore) -> QuizReport:
    """The quiz so far; what is not answered yet counts as missed."""
    now, model = shared["clock"](), shared["model"]
    return QuizReport(
        topics=shared["request"].lessons,
        seed=shared["request"].seed,
        corpus=corpus_fingerprint(versions_of(shared["banks"])),
        outcomes=tuple(shared["outcomes"].values()),
        started=shared["started"],
        seconds=(now - shared["started"]).total_seconds(),
        model=model.name if model.used else None,
        usage=model.usage,
        min_scores=shared["min_scores"],
    )
