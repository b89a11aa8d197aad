"""What becomes of an answer: its grade, its record, and what the learner is told of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

from tutor import grading, tutoring
from tutor.corpus import bank
from tutor.grading.words import right_in_words, without_questions
from tutor.learner import beliefs, schedule, weak_spots
from tutor.learner.memory.deadline import scheduling_for
from tutor.models import Attempt, Card, Grade, Help, Item, Lesson, Round, Speech, Step
from tutor.nodes.running import run_if_program
from tutor.nodes.session.estimating import estimate_met
from tutor.nodes.session.helping import help_of_hint
from tutor.nodes.session.place import name_in, read_step
from tutor.nodes.verb import Verb
from tutor.screen import screens
from utils.times import utc

if TYPE_CHECKING:
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal

SKIPPED, JUDGED = "skipped", "learner"  # in place of a grader's name: there was no answer, or the learner judged it
TELLS = ("missed", "unsure")  # results that the answer is shown after
SURE = 3  # of "how sure?", 1 to 3


class GradeAnswer(Verb):
    """Score the answer with the built-in grader, with the points met and missed.

    Points that an earlier try at the question was given credit for count as met. What is not simply right is left open, for the
    tutor's turn.
    """

    keeps = "grade"

    def exec(
        self, terminal: Terminal, item: Item, answer: str, lesson: Lesson, round: Round, in_doubt: str
    ) -> tuple[str, Grade]:  # fmt: skip
        """(the answer that counts, its grade)"""
        run_if_program(terminal, item, answer, lesson.language)
        tries = [answer, f"{in_doubt.rstrip('. ')}. {answer}"] if in_doubt else [answer]
        graded = [(one, self.graded(item, one, lesson, round)) for one in tries]
        return max(graded, key=lambda one: (one[1].correct, not one[1].unsure and one[1].score, one[1].score))

    @staticmethod
    def graded(item: Item, answer: str, lesson: Lesson, round: Round) -> Grade:
        grade = grading.grade_try(item, answer, round.met, lesson.language)
        return grading.settled_if_far(item, grading.with_credit(answer, round.met), grade, lesson.language)

    def post(self, shared: SessionStore, prepared: dict[str, Any], found: tuple[str, Grade]) -> str:
        shared["answer"], grade = found
        shared["grade"], shared["speech"], shared["in_doubt"] = grade, None, ""
        return "graded" if grade.correct else "open"


class SayUnreadable(Verb):
    """An answer that can't be read costs nothing: say why, and ask again."""

    def exec(self, terminal: Terminal, grade: Grade) -> None:
        terminal.notice(grade.misunderstood)


class GiveUp(Verb):
    """The learner skips, or wants the answer: a miss without an answer."""

    def exec(self, item: Item) -> Grade:
        return Grade(0.0, missed=tuple(point.text for point in item.rubric), grader=SKIPPED)

    def post(self, shared: SessionStore, prepared: dict[str, Any], grade: Grade) -> None:
        shared["grade"], shared["answer"] = grade, ""


class RecordAttempt(Verb):
    """Store the answer, its grade and what follows from it, before anything else is drawn."""

    def exec(self, item: Item, grade: Grade, round: Round) -> str:
        """What this attempt leads to: passed, unsure, again (with the next hint), missed, or declined (it came first)."""
        if grade.correct:
            return "passed"
        if grade.unsure:
            return "unsure"
        if round.comes_first:
            return "declined"
        answer_seen = grading.tells_what_is_so(item, grade) or grade.grader in (SKIPPED, JUDGED)
        used = max(round.hints - round.free, round.tries - len(item.rubric))  # each point may be asked for beside the hints
        return "again" if used < len(item.hints) and not answer_seen else "missed"

    def post(self, shared: SessionStore, prepared: dict[str, Any], result: str) -> str:
        item, grade, round, records = prepared["item"], prepared["grade"], prepared["round"], shared["records"]
        attempt = Attempt(
            item=item.key, section=item.section, answer=shared["answer"], grade=grade, at=utc(shared["now"]()),
            mode=round.mode, seed=item.seed, draw=item.draw, hints=round.hints, help=round.help, shown=grade.grader == SKIPPED,
            session=shared["session"], confidence=shared["confidence"],
            predicted=schedule.chance_before(records.card(item.key), shared["now"](), records.scheduling),
        )  # fmt: skip
        if attempt.answer:
            round.answers.append(attempt.answer)
        speech = shared["speech"]
        if result == "again" and speech is None:
            speech = shared["speech"] = leading_question(item, grade, round, shared["lesson"].language)
        hint = tutoring.next_hint(item, round.hints, grade.met, shared["lesson"].language)
        by_hint = result == "again" and (speech is None or speech.help >= Help.HINT) and hint < len(item.hints)
        shared["hinted"] = by_hint and speech is None
        if by_hint:  # what is passed over costs no try
            round.free += hint - round.hints
            round.hints = hint
        advance(
            round,
            item,
            result,
            comes_next(shared, attempt, item, round) if result == "missed" and round.mode != "try" else "",
            by_hint,
        )
        if result == "again":
            round.help = max(round.help, speech.help if speech else help_of_hint(round.hints) if by_hint else 0)
            round.met = list(grade.met) if grading.has_rubric(item) else []
        card = next_card(shared, attempt, item, round, result)
        if card:
            attempt = replace(attempt, due=card.due)
        place = shared["place"]
        if place and round.mode != "recall":
            place.round = round
        unaided = round.outcomes.get(name_in(round, item)) == "unaided"
        earlier = records.evidence() if unaided and item.probes else ()  # only a right answer is held against it
        shown = beliefs.evidence_of(attempt, item, unaided, earlier)
        others = siblings_reviewed(shared, item, round) if card else ()
        stored = records.add(attempt, place, card, shown, others)
        shared["result"], shared["stored"] = result, stored.id
        shared["appealable"] = stored.id if grading.is_disputable(item, attempt.answer, grade) else None
        terminal = shared["terminal"]
        if card and card.leech:
            terminal.notice(f"Missed {card.lapses} times: set aside, because asking again will not help. See {item.path}.")
        terminal.event("stored", attempt=stored.id, item=item.key, answer=attempt.answer, score=grade.score, result=result)
        if round.mode == "predict" and result != "unsure":  # the knobs show whether it is so
            return "predicted"
        return {SKIPPED: "skipped", JUDGED: "judged"}.get(grade.grader, "graded")


def next_card(shared: SessionStore, attempt: Attempt, item: Item, round: Round, result: str) -> Card | None:
    """The item's card once its turn is over; a question that was asked before it was taught, and not known, gets none."""
    if result not in ("passed", "missed"):
        return None
    rating, before = round.outcomes[name_in(round, item)], shared["records"].card_before(attempt)
    sure = (attempt.confidence or 0) >= SURE
    now = shared["now"]().astimezone(shared["zone"])
    by = scheduling_for(shared["corpus"], shared["records"], attempt.lesson, now)
    return schedule.next_card(attempt.item, before, rating, shared["now"](), by, sure=sure)


def siblings_reviewed(shared: SessionStore, item: Item, round: Round) -> list[Card]:
    """The cards of items of other lessons that ask the same as one whose turn is over: this review counts for them, too."""
    if not item.idea:
        return []
    cards = shared["records"].cards()
    ideas = shared["corpus"].ideas({card.lesson for card in cards})
    today = shared["now"]().astimezone(shared["zone"])
    rating = round.outcomes[name_in(round, item)]
    return schedule.reviewed_too(item.key, item.idea, ideas, cards, rating, today, shared["records"].scheduling)


def comes_next(shared: SessionStore, attempt: Attempt, item: Item, round: Round) -> str:
    """What the round asks because this item was missed, by name; "" for nothing."""
    past = shared["records"].attempts(lesson=item.lesson, section=item.section, session=attempt.session)
    known = [one.item for one in past if one.unaided]
    asked_here = {name: one for name, one in shared["items"].items() if not one.try_block or one.id == item.id}
    items = asked_here if round.mode == "practice" else shared["items"]  # those of a try block are asked on its page
    return weak_spots.follow_up(round, name_in(round, item), items, known, attempt.grade.heard)


def leading_question(item: Item, grade: Grade, round: Round, language: str) -> Speech | None:
    """A question for the first point that is missing, where this answer has earned another one; it takes a hint's place."""
    lacking = [point for point in item.rubric if point.text in grade.missed]
    if grade.clarified or not lacking or len(grade.met) <= len(round.met):  # what was just asked about is not asked again
        return None
    return Speech((grading.question_for(lacking[0], item.question, language),), help=Help.QUESTION)


def advance(round: Round, item: Item, result: str, following: str = "", by_hint: bool = True) -> None:
    """Move a round on, by what its current item led to.

    following: what is asked because it was missed, see `comes_next`. by_hint: another try is led to by a hint.
    """
    if result == "unsure":  # the learner's own verdict follows
        return
    if result == "again":
        round.tries += 1
        round.hints += by_hint
        return
    name = name_in(round, item)
    aided = round.tries or round.hints
    came_back = name in round.outcomes
    if result == "passed":
        outcome = "assisted" if aided or came_back else "unaided"
    else:
        outcome = "missed"
        # twice in a session is enough; the next one starts with it
        if result == "missed" and following and not came_back and name not in round.instead:
            round.again.append(following)
            if following != name:
                round.instead[following] = name
    round.outcomes[name] = outcome
    round.draws[name] = round.draws.get(name, 0) + 1
    round.queue.pop(0)
    round.hints = round.tries = 0
    round.answers, round.met, round.said, round.help, round.free = [], [], [], 0, 0


def count_as_passed(round: Round, item: Item, attempt: Attempt, result: str) -> None:
    """Move a round to where it would be if an attempt had passed. result: what the attempt led to at first."""
    if result == "again":  # the question is still asked
        round.tries -= 1
        round.hints = attempt.hints
        advance(round, item, "passed")
        return
    name = name_in(round, item)
    came_back = result == "missed" and round.draws.get(name, 0) > 1
    round.outcomes[name] = "assisted" if attempt.hints or came_back else "unaided"
    stand_ins = [other for other, missed in round.instead.items() if missed == name and other not in round.outcomes]
    round.again = [other for other in round.again if other not in (name, *stand_ins)]
    for other in stand_ins:
        del round.instead[other]


def without_quotes(grade: Grade) -> str:
    """A verdict's feedback without the learner's words that make its points."""
    quotes = list(dict.fromkeys(met.evidence for met in grade.met if met.evidence))
    for count in range(len(quotes), 0, -1):  # some had credit before, and are not named again
        for some in combinations(quotes, count):
            if grade.feedback.startswith(said := right_in_words(some)):
                return grade.feedback.removeprefix(said).strip()
    said = right_in_words(met.evidence for met in grade.met if met.evidence)
    return grade.feedback.removeprefix(said).strip() if said else grade.feedback


class ShowFeedback(Verb):
    """The verdict, with the learner's own words; then the explanation, the next hint, or what is in doubt."""

    def exec(
        self, terminal: Terminal, item: Item, answer: str, grade: Grade, result: str, round: Round, appealable: int | None,
        lesson: Lesson, speech: Speech | None, hinted: bool,
    ) -> int:  # fmt: skip
        """How many points the learner is asked about next."""
        said = grading.with_credit(answer, round.met)
        if doubts := len(grading.doubtful_points(item, said, grade, lesson.language)):
            lead = "Not sure yet. One question about what you meant:"
            lead = lead if doubts == 1 else f"Not sure yet. {doubts} questions about what you meant:"
            before = {met.point for met in round.met}
            told = tuple(met for met in grade.met if met.point in before)  # nothing of this answer counts yet
            terminal.show(screens.Verdict(replace(grade, met=told, missed=(), feedback=""), lead=lead))
            return doubts
        parts = grading.part_by_part(item, answer, grade, result in TELLS, lesson.language)
        grade = grading.without_key(item, answer, grade) if result == "again" else grade
        grade = replace(grade, met=(), missed=(), feedback=parts.remark) if parts else grade
        speech = speech if result == "again" else None  # once the answer is shown, there is nothing to lead to
        if speech:  # the tutor says the rest
            verdict = replace(grade, feedback="", missed=())
        elif hinted or result == "missed":  # what follows is a hint, or the answer
            verdict = replace(grade, feedback=without_questions(grade.feedback))
        else:
            verdict = grade
        if len(grade.met) > 1 or not grade.correct:  # then the learner's words stand beside the points
            verdict = replace(verdict, feedback=without_quotes(verdict))
        shown = parts.shown if parts else ()
        terminal.show(screens.Verdict(verdict, missed_in_full=result in TELLS, attempt=appealable, by_part=shown))
        if result == "unsure":
            terminal.show(screens.Reveal(bank.shown_answer(item), label="A full answer"))
        estimate = estimate_met(terminal, item, round) if result == "passed" else ""
        if result == "passed" and (item.explanation or estimate):
            terminal.show(screens.Reveal("", item.explanation, estimate=estimate))
        if speech:
            terminal.show(screens.TutorSays(speech))
        elif hinted:
            terminal.show(screens.Hint(item.hints[round.hints - 1], round.hints, len(item.hints)))
        return 0

    def post(self, shared: SessionStore, prepared: dict[str, Any], doubts: int) -> str:
        if doubts:
            return "doubtful"
        if prepared["result"] == "declined" and (prepared["appealable"] or prepared["grade"].clarified):
            return "appealable"
        return prepared["result"]


class JudgeAnswer(Verb):
    """Where the grader can't tell and the bank has no near misses, the learner compares and says. Enter is the strict verdict."""

    CHOICES = (("Mine says the same", 1.0), ("Mine says half of it", 0.5), ("Mine says something else", 0.0))

    def exec(self, terminal: Terminal) -> Step:
        strictest = str(len(self.CHOICES) - 1)
        return terminal.choose([words for words, _ in self.CHOICES], {"quit": "leave"}, strictest)

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> str:
        read_step(shared, step)
        if step.action == "quit":
            return "left"
        score = self.CHOICES[int(step.text)][1]
        before = shared["grade"]
        assert before is not None, "only an answer that was graded is judged"
        shared["grade"] = replace(before, score=score, unsure=False, grader=JUDGED)
        return "judged"


class RevealAnswer(Verb):
    """The answer, unless the verdict has shown it part by part, its explanation, and the line of the lesson that says it."""

    def exec(self, terminal: Terminal, item: Item, lesson: Lesson, answer: str, grade: Grade, round: Round) -> None:
        parts = grading.part_by_part(item, answer, grade, True, lesson.language)
        shown = "" if parts and parts.whole else bank.shown_answer(item)
        estimate = estimate_met(terminal, item, round)
        terminal.show(screens.Reveal(shown, item.explanation, lesson.place_of(item.section), estimate=estimate))
