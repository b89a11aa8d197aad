"""A quiz in exam style: all questions, then all grades. A person or a filled sheet answers; the graph is the same."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from pocketflow import Node

from tutor import grading
from tutor.corpus import bank
from tutor.learner import schedule
from tutor.models import Attempt, Kind
from tutor.quiz import outcomes as quiz
from tutor.quiz import sheets
from tutor.quiz.outcomes import Outcome
from tutor.quiz.reports import Report
from tutor.screen import quiz_screens, screens
from utils import files
from utils.errors import ExitCode, ModelError, NothingRun
from utils.text import plural
from utils.times import utc


class ChooseItems(Node):
    """What is asked: drawn from the banks, or the very items that a sheet or an earlier report names."""

    def prep(self, shared):
        return shared["corpus"], shared["request"]

    def exec(self, prepared):
        corpus, request = prepared
        banks = quiz.read_banks(corpus, request.lessons or corpus.ids())
        return quiz.choose(banks, request), quiz.versions_of(banks)

    def post(self, shared, prepared, chosen):
        shared["waiting"], shared["versions"] = chosen
        shared["outcomes"] = {
            item.key: Outcome(item, grade=quiz.no_answer(item), where=place_of(shared["corpus"], item))
            for item in shared["waiting"]
        }
        if shared["sheet"]:
            return "sheet"
        if not shared["waiting"]:
            raise NothingRun("no question fits: the lessons asked for have none of these kinds; `topics` counts them")
        if shared["sheet_path"]:
            return "blank_sheet"
        count, seed = plural(len(shared["waiting"]), "question"), shared["request"].seed
        shared["terminal"].notice(f"{count}, the grades at the end. --seed {seed} asks the same again.")
        return "questions"


def place_of(corpus, item) -> str:
    """The lines of its lesson that an item asks about."""
    lesson = corpus.lesson(item.lesson)
    return f"{lesson.path}:{lesson.section(item.section).line}"


class WriteSheet(Node):
    """The questions as a file for somebody to fill in; one that is there already is never overwritten."""

    def prep(self, shared):
        request, versions, path = shared["request"], shared["versions"], shared["sheet_path"]
        described = {"seed": request.seed, "topics": request.lessons, "corpus": quiz.corpus_fingerprint(versions)}
        return shared["waiting"], versions, described, path

    def exec(self, prepared):
        items, versions, described, path = prepared
        files.write_new(path, sheets.write_sheet(items, versions, name=files.shown_path(path), **described))
        return {"sheet": files.shown_path(path), **described, "items": [item.key for item in items]}

    def post(self, shared, prepared, document):
        shared["document"] = document
        asked = plural(len(document["items"]), "question")
        shared["terminal"].notice(f"{document['sheet']}: {asked}, seed {document['seed']}. Fill it in; then: "
                                  f"quiz --answers {document['sheet']}")  # fmt: skip


class CompareSheet(Node):
    """Set aside what a filled sheet can't answer: items changed or gone since, and items that it does not hold."""

    def prep(self, shared):
        return shared["sheet"], shared["request"], shared["waiting"], shared["versions"]

    def exec(self, prepared):
        """(warnings, {key: Outcome} of what is not asked)."""
        sheet, request, items, versions = prepared
        warnings = []
        if sheet.seed != request.seed:
            warnings.append(f"{sheet.path}: was written with --seed {sheet.seed}; graded with {request.seed}, "
                            "its numbers may differ")  # fmt: skip
        why = sheets.fallen(sheet, versions)
        if request.keys is None:  # the questions are the teacher's: what is not on the sheet is missed
            drawn = {item.key: item for item in items}
            strange = [entry for entry in sheet.entries if entry.key not in drawn]
            warnings += [f"{sheet.path}:{entry.line}: {entry.key} is no question of this quiz" for entry in strange]
            missed = sheets.not_on(sheet, items, why)
            return warnings, {key: Outcome(drawn[key], grade=quiz.no_answer(drawn[key], said)) for key, said in missed.items()}
        errors = sheets.not_graded(sheet, {key: why[key] for key in request.keys if key in why})
        warnings += [f"{outcome.where}: {key} is not graded: {outcome.error}" for key, outcome in errors.items()]
        return warnings, errors

    def post(self, shared, prepared, compared):
        warnings, aside = compared
        outcomes = shared["outcomes"]
        for key, outcome in aside.items():
            outcomes[key] = outcome if outcome.where else replace(outcome, where=outcomes[key].where)
        order = shared["request"].keys or tuple(outcomes)
        shared["outcomes"] = {key: outcomes[key] for key in order if key in outcomes}
        shared["waiting"] = [item for item in shared["waiting"] if item.key not in aside]
        for warning in warnings:
            shared["terminal"].warn(warning)
        if not shared["outcomes"]:
            raise NothingRun(f"{shared['sheet'].path}: no question of it is among the topics and kinds asked for")


KEYS = {"skip": "skip", "quit": "hand in"}


class CollectAnswers(Node):
    """The next answers: a person's one by one, so that each is kept as it is given; a sheet's all at once."""

    def prep(self, shared):
        return shared["terminal"], shared["waiting"], len(shared["outcomes"]), shared["clock"], shared["asked"]

    def exec(self, prepared):
        """[(item, answer, seconds)], answer None where the quiz is handed in."""
        terminal, waiting, count, clock, asked = prepared
        answers = []
        for number, item in enumerate(waiting, count - len(waiting) + 1):
            began = clock()
            said = self.ask(terminal, item, f"{number} of {count} · {item.lesson}", shown_before=asked == item.key)
            answers.append((item, said, (clock() - began).total_seconds()))
            if terminal.attended:
                break
        return answers

    @staticmethod
    def ask(terminal, item, note, shown_before):
        question = screens.Question(item, bank.shuffled_steps(item) if item.kind == Kind.ORDER else (), note)
        if terminal.attended and not shown_before:  # who fills in a sheet has read it there
            terminal.show(question)
        step = terminal.answer(question, KEYS)
        while step.action not in ("answer", *KEYS):  # Enter alone
            step = terminal.answer(question, KEYS)
        return {"answer": step.text, "skip": "", "quit": None}[step.action]

    def post(self, shared, prepared, answers):
        if not answers or answers[-1][1] is None:
            return "done"
        shared["answers"] = answers
        return "answers"


class GradeAnswers(Node):
    """Grade each answer, as often as asked. Nobody judges here: where the grader is unsure the strict verdict stands.

    A model reads the free-text ones, several at a time. One that fails costs no other answer's grade: the built-in grader
    takes its place, or, where a model is required, the error does.
    """

    def prep(self, shared):
        corpus = shared["corpus"]
        answers = [(item, answer, corpus.lesson(item.lesson).language) for item, answer, _ in shared["answers"]]
        return answers, shared["repeat"], shared["model"], shared["jobs"], shared["terminal"]

    def exec(self, prepared):
        """For each answer its grades, one for each repetition; a ModelError stands where there is none."""
        answers, repeat, model, jobs, terminal = prepared
        if not model.available:
            return [[self.built_in(*answer)] * repeat for answer in answers]
        from concurrent.futures import ThreadPoolExecutor

        asked = [(answer, repetition) for answer in answers for repetition in range(repeat)]
        with ThreadPoolExecutor(jobs) as pool, terminal.counting(len(asked), "graded") as count:
            grades = [count(grade) for grade in pool.map(lambda one: self.read(model, terminal, *one[0], one[1]), asked)]
        return [grades[start : start + repeat] for start in range(0, len(grades), repeat)]

    @staticmethod
    def built_in(item, answer, language):
        return grading.grade(item, answer, strict=True, language=language) if answer else quiz.no_answer(item)

    def read(self, model, terminal, item, answer, language, repetition):
        if not answer or item.kind != Kind.SHORT or item.expression:
            return self.built_in(item, answer, language)
        try:
            fill = partial(model.fill, repetition=repetition)
            return grading.grade_with(fill, item, answer, model.name, strict=True, language=language)
        except ModelError as error:
            if model.required:
                return error
            if told := model.outage(error):
                terminal.warn(told)
            return self.built_in(item, answer, language)

    def post(self, shared, prepared, grades):
        first = grades[0][0]
        shared["grades"], shared["asked"] = grades, shared["answers"][0][0].key
        shared["grade"] = None if isinstance(first, ModelError) else first
        unreadable = shared["grade"] and shared["grade"].misunderstood and shared["terminal"].attended
        return "unreadable" if unreadable else "graded"


class RecordAttempts(Node):
    """Store the answers with their grades, which a person sees at the end."""

    def prep(self, shared):
        return shared["answers"], shared["grades"], shared["flaky_passes"]

    def exec(self, prepared):
        """The outcome of each answer."""
        answers, grades, flaky_passes = prepared
        outcomes = []
        for (item, answer, seconds), all_grades in zip(answers, grades, strict=True):
            failed = next((grade for grade in all_grades if isinstance(grade, ModelError)), None)
            if failed:
                outcomes.append(Outcome(item, answer, error=str(failed), exit_code=failed.exit_code, seconds=seconds))
                continue
            grade, verdicts = quiz.settle(all_grades, flaky_passes)
            outcomes.append(Outcome(item, answer, grade, verdicts=verdicts, seconds=seconds))
        return outcomes

    def post(self, shared, prepared, outcomes):
        for outcome in outcomes:
            item = outcome.item
            kept = outcome.grade or grading.grade(item, outcome.answer, strict=True)  # what was said is kept in any case
            card = None
            if shared["terminal"].attended:  # a sheet may be anybody's: it moves nobody's reviews
                rating, before = "unaided" if kept.correct else "missed", shared["store"].card(item.key)
                card = schedule.next_card(item.key, before, rating, shared["now"](), fuzz=False)
            shared["store"].add(Attempt(
                item=item.key, section=item.section, answer=outcome.answer, grade=kept, at=utc(shared["now"]()), mode="quiz",
                seed=item.seed, shown=not outcome.answer, session=shared["session"], due=card.due if card else None,
            ), card=card)  # fmt: skip
            shared["outcomes"][item.key] = replace(outcome, where=shared["outcomes"][item.key].where)
            shared["waiting"].remove(item)
            shared["answered"] += 1


class ReportScores(Node):
    """All grades at once, then how many were right, and whether that is enough."""

    def prep(self, shared):
        return shared["terminal"], report_of(shared), shared["answered"]

    def exec(self, prepared):
        terminal, report, answered = prepared
        if terminal.attended and not answered:
            terminal.notice("Nothing was answered.")
            return ExitCode.NOTHING_RUN
        for number, outcome in enumerate(report.outcomes, 1):
            terminal.show(quiz_screens.GradedItem(outcome, number, len(report.outcomes)))
        terminal.show(quiz_screens.QuizScore(report, quiz_screens.duration(report.seconds) if terminal.attended else ""))
        return report.exit_code

    def post(self, shared, prepared, code):
        _, report, _ = prepared
        shared["document"], shared["exit_code"] = report.document(), code


def report_of(shared) -> Report:
    """The quiz so far; what is not answered yet counts as missed."""
    now = shared["clock"]()
    return Report(
        topics=shared["request"].lessons,
        seed=shared["request"].seed,
        corpus=quiz.corpus_fingerprint(shared["versions"]),
        outcomes=tuple(shared["outcomes"].values()),
        started=shared["started"],
        seconds=(now - shared["started"]).total_seconds(),
        model=shared["model"].name if shared["model"].used else None,
        usage=shared["model"].usage,
        min_scores=shared["min_scores"],
    )
