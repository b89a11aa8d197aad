"""The practice loop: ask, help, grade, record, show the verdict, until the round is over. Shared by every flow that asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tutor import grading, prompts
from tutor.corpus import bank
from tutor.grading.model import support
from tutor.learner import schedule
from tutor.models import Attempt, Card, Grade, Item, Lesson, Place, Round, Step
from tutor.nodes.place import keep_place, name_in, read_step
from tutor.nodes.verb import ModelVerb, Verb
from tutor.screen import screens
from tutor.search import answering
from utils.call_llm import whole
from utils.times import utc

if TYPE_CHECKING:
    from tutor.learner.records import Records
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal
    from tutor.search.index import Index
    from utils.llm.language_model import LanguageModel

SKIPPED, JUDGED = "skipped", "learner"  # in place of a grader's name: there was no answer, or the learner judged it
SURE = 3  # of "how sure?", 1 to 3


class ChooseItem(Verb):
    """The next item of the round, drawn; those that were missed come back at the end of the queue."""

    def exec(self, round: Round, items: dict[str, Item]) -> Item | None:
        if not round.queue and round.again:
            round.queue, round.again = round.again, []
        if not round.queue:
            return None
        item = items[round.queue[0]]
        return bank.draw(item, round.seed + round.draws.get(name_in(round, item), 0))

    def post(self, shared: SessionStore, prepared: dict[str, Any], item: Item | None) -> str:
        shared["item"], shared["asked"] = item, False
        if item is None:
            return "done"
        if prepared["round"].mode == "review":
            shared["lesson"], shared["taught"] = shared["corpus"].lesson(item.lesson), True
        keep_place(shared)
        return "item"


NOTES = {"probe": "Before you read: can you answer this already?", "recall": "From last time"}


class AskItem(Verb):
    """Put the item on screen, once, and read what the learner does."""

    def exec(self, terminal: Terminal, item: Item, round: Round, asked: bool, appealable: int | None) -> Step:
        question = screens.Question(item, self.note(item, round))
        if not asked:
            terminal.show(question)
            for number, hint in enumerate(item.hints[: round.hints], 1):  # those given before a restart
                terminal.show(screens.Hint(hint, number, len(item.hints)))
        appeal = {}
        if bank.kind_of(item).is_free_text(item):  # "a" alone is never an answer here
            appeal = {"appeal": "appeal" if appealable and round.tries else ""}
        if round.mode == "probe":
            return terminal.answer(question, {"next": "explain it to me", **appeal, "ask": "ask", "quit": "leave"})
        keys = {"next": "see the answer"} if round.tries else {}
        if round.hints < len(item.hints):
            keys["hint"] = "next hint" if round.hints else "hint"
        return terminal.answer(question, {**keys, "skip": "skip", **appeal, "ask": "ask", "quit": "leave"})

    @staticmethod
    def note(item: Item, round: Round) -> str:
        if name_in(round, item) in round.outcomes:
            return "Once more"
        return item.lesson if round.mode == "review" else NOTES.get(round.mode, "")

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> str:
        round = prepared["round"]
        read_step(shared, step)
        shared["asked"] = True
        if step.action == "next" and round.mode == "probe":
            round.queue.clear()
            return "declined"
        if step.action == "next":
            return "skip" if round.tries else "nothing_said"
        if step.action == "appeal" and not (prepared["appealable"] and round.tries):
            looked_at = round.tries and shared["records"].appeals(shared.get("stored") or 0)
            why = "This grade was looked at again already." if looked_at else "There is no grade to appeal here."
            shared["terminal"].notice(f"{why} To answer with the letter a, type a space before it.")
            return "nothing_said"
        if step.action == "answer":
            shared["answer"] = step.text
        return {"quit": "left", "ask": "side_question"}.get(step.action, step.action)


class GiveHint(ModelVerb):
    """The next hint: the model's, which builds on what was answered, or the author's. Neither ever contains the answer."""

    def exec(self, model: LanguageModel, terminal: Terminal, item: Item, round: Round, lesson: Lesson) -> int:
        if round.hints >= len(item.hints):
            return self.built_in(terminal, item, round)
        prompt = prompts.hint(item, round.answers, item.hints[round.hints])
        with terminal.waiting("thinking of a hint"):
            hint = whole(model.say(prompt)).strip()
        is_answer = bank.kind_of(item).open_ended and grading.grade(item, hint, language=lesson.language).correct
        if is_answer or grading.gives_away(hint, item, lesson.language):
            return self.built_in(terminal, item, round)
        return self.show(terminal, item, round, hint)

    def built_in(self, terminal: Terminal, item: Item, round: Round) -> int:
        """How many hints have been given by now."""
        if round.hints >= len(item.hints):
            terminal.notice("There are no more hints.")
            return round.hints
        return self.show(terminal, item, round, item.hints[round.hints])

    @staticmethod
    def show(terminal: Terminal, item: Item, round: Round, hint: str) -> int:
        terminal.show(screens.Hint(hint, round.hints + 1, len(item.hints)))
        return round.hints + 1

    def post(self, shared: SessionStore, prepared: dict[str, Any], given: int) -> None:
        prepared["round"].hints = given
        keep_place(shared)


class AnswerSideQuestion(ModelVerb):
    """What the lessons say about a question asked in passing, this lesson first. It is never taken for an answer."""

    def exec(self, model: LanguageModel, terminal: Terminal, step: Step, lesson: Lesson, open_index: Callable[[], Index]) -> None:
        question = step.text
        if not question:
            return
        index = open_index()
        here = index.search(question, 3, [lesson.id])
        passages = [*here, *(passage for passage in index.search(question, 3) if passage not in here)]
        with terminal.waiting("looking it up"):
            reply = whole(model.say(prompts.answer(question, passages)))
        said = [support.own_or_cited(sentence, passages) for sentence in prompts.sentences_in(reply)]
        kept = [sentence for sentence in said if not support.fault_of(sentence, passages, question, lesson.language)]
        if not any(sentence.numbers for sentence in kept):
            return self.built_in(terminal, step, lesson, open_index)
        if len(kept) < len(said):
            terminal.notice(f"left out, because the lessons don't say so: {len(said) - len(kept)} of {len(said)} sentences")
        terminal.show(screens.Answered(answering.from_sentences(question, kept, passages, model.name, model.usage), asked=True))

    def built_in(self, terminal: Terminal, step: Step, lesson: Lesson, open_index: Callable[[], Index]) -> None:
        question = step.text
        if not question:  # a bare ? with nothing after it
            return
        index = open_index()
        asked = index.query_words(question)
        here = index.search(question, answering.CANDIDATES, [lesson.id])
        answer = answering.answer(question, here, asked)
        if not answer.found:
            answer = answering.answer(question, index.search(question, answering.CANDIDATES), asked)
        terminal.show(screens.Answered(answer, asked=True))

    def post(self, shared: SessionStore, prepared: dict[str, Any], result: None) -> None:
        if question := prepared["step"].text:
            shared["terminal"].event("side_question", question=question)


class AskConfidence(Verb):
    """How sure is the learner, before they see the verdict? Only where they want to be asked."""

    keeps = "confidence"
    CHOICES = ("How sure? A guess", "Fairly sure", "Sure")

    def exec(self, terminal: Terminal, records: Records, round: Round) -> int | None:
        if not terminal.attended or round.mode == "probe" or not records.setting("ask_confidence", False):
            return None
        step = terminal.choose(list(self.CHOICES), {})
        return int(step.text) + 1 if step.action == "choose" else None


class GradeAnswer(ModelVerb):
    """Score the answer, with the points met and missed. Free text is read by the model too, where there is one.

    Points that an earlier try at the question was given credit for count as met.
    """

    def exec(self, model: LanguageModel, terminal: Terminal, item: Item, answer: str, lesson: Lesson, round: Round) -> Grade:
        if not bank.kind_of(item).is_free_text(item):
            return self.built_in(item, answer, lesson, round)
        said = grading.with_credit(answer, round.met)
        with terminal.waiting("grading"):
            grade = grading.grade_with(model, item, said, language=lesson.language)
        return grading.keep_credit(item, grade, round.met, lesson.language)

    def built_in(self, item: Item, answer: str, lesson: Lesson, round: Round) -> Grade:
        grade = grading.grade(item, grading.with_credit(answer, round.met), language=lesson.language)
        return grading.keep_credit(item, grade, round.met, lesson.language)

    def post(self, shared: SessionStore, prepared: dict[str, Any], grade: Grade) -> str:
        shared["grade"] = grade
        return "unreadable" if grade.misunderstood else "graded"


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
        """What this attempt leads to: passed, unsure, again (with the next hint), missed, or declined (a probe)."""
        if grade.correct:
            return "passed"
        if grade.unsure:
            return "unsure"
        if round.mode == "probe":
            return "declined"
        answer_seen = grading.tells_what_is_so(item, grade) or grade.grader in (SKIPPED, JUDGED)
        return "again" if round.hints < len(item.hints) and not answer_seen else "missed"

    def post(self, shared: SessionStore, prepared: dict[str, Any], result: str) -> str:
        item, grade, round = prepared["item"], prepared["grade"], prepared["round"]
        attempt = Attempt(
            item=item.key, section=item.section, answer=shared["answer"], grade=grade, at=utc(shared["now"]()),
            mode=round.mode, seed=item.seed, hints=round.hints, shown=grade.grader == SKIPPED, session=shared["session"],
            confidence=shared["confidence"],
        )  # fmt: skip
        if attempt.answer:
            round.answers.append(attempt.answer)
        advance(round, item, result)
        if result == "again" and grading.has_rubric(item):
            round.met = list(grade.met)
        card = next_card(shared, attempt, item, round, result)
        if card:
            attempt = replace(attempt, due=card.due)
        place = shared["place"]
        if place and round.mode != "recall":
            place.round = round
        stored = shared["records"].add(attempt, place, card)
        shared["result"], shared["stored"] = result, stored.id
        shared["appealable"] = stored.id if grading.is_disputable(item, attempt.answer, grade) else None
        terminal = shared["terminal"]
        if card and card.leech:
            terminal.notice(f"Missed {card.lapses} times: set aside, because asking again will not help. See {item.path}.")
        terminal.event("stored", attempt=stored.id, item=item.key, answer=attempt.answer, score=grade.score, result=result)
        return {SKIPPED: "skipped", JUDGED: "judged"}.get(grade.grader, "graded")


def next_card(shared: SessionStore, attempt: Attempt, item: Item, round: Round, result: str) -> Card | None:
    """The item's card once its turn is over; a question that was asked before it was taught, and not known, gets none."""
    if result not in ("passed", "missed"):
        return None
    rating, before = round.outcomes[name_in(round, item)], shared["records"].card_before(attempt)
    sure = (attempt.confidence or 0) >= SURE
    return schedule.next_card(attempt.item, before, rating, shared["now"](), sure=sure, fuzz=shared["fuzz"])


def advance(round: Round, item: Item, result: str) -> None:
    """Move a round on, by what its current item led to."""
    if result == "unsure":  # the learner's own verdict follows
        return
    if result == "again":
        round.tries += 1
        round.hints += 1
        return
    name = name_in(round, item)
    aided = round.tries or round.hints
    came_back = name in round.outcomes
    if result == "passed":
        outcome = "assisted" if aided or came_back else "unaided"
    else:
        outcome = "missed"
        if result == "missed" and not came_back:  # twice in a session is enough; the next one starts with it
            round.again.append(name)
    round.outcomes[name] = outcome
    round.draws[name] = round.draws.get(name, 0) + 1
    round.queue.pop(0)
    round.hints = round.tries = 0
    round.answers, round.met = [], []


def count_as_passed(round: Round, item: Item, attempt: Attempt, result: str) -> None:
    """Move a round to where it would be if an attempt had passed. result: what the attempt led to at first."""
    if result == "again":  # the question is still asked
        round.tries -= 1
        round.hints -= 1
        advance(round, item, "passed")
        return
    name = name_in(round, item)
    came_back = result == "missed" and name not in round.again
    round.outcomes[name] = "assisted" if attempt.hints or came_back else "unaided"
    if name in round.again:
        round.again.remove(name)


class ShowFeedback(Verb):
    """The verdict, with the learner's own words; then the explanation, the next hint, or what is in doubt."""

    def exec(
        self, terminal: Terminal, item: Item, answer: str, grade: Grade, result: str, round: Round, appealable: int | None,
        lesson: Lesson,
    ) -> int:  # fmt: skip
        """How many points the learner is asked about next."""
        said = grading.with_credit(answer, round.met)
        if doubts := len(grading.doubtful_points(item, said, grade, lesson.language)):
            lead = "Not sure yet. One question about what you meant:"
            lead = lead if doubts == 1 else f"Not sure yet. {doubts} questions about what you meant:"
            terminal.show(screens.Verdict(replace(grade, missed=(), feedback=""), lead=lead))
            return doubts
        terminal.show(screens.Verdict(grade, missed_in_full=result in ("missed", "unsure"), attempt=appealable))
        if result == "unsure":
            terminal.show(screens.Reveal(bank.shown_answer(item), label="A full answer"))
        if result == "passed" and item.explanation:
            terminal.show(screens.Reveal("", item.explanation))
        if result == "again":
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
        shared["grade"] = replace(shared["grade"], score=score, unsure=False, grader=JUDGED)
        return "judged"


class RevealAnswer(Verb):
    """The answer, its explanation, and the line of the lesson that says it."""

    def exec(self, terminal: Terminal, item: Item, lesson: Lesson) -> None:
        terminal.show(screens.Reveal(bank.shown_answer(item), item.explanation, lesson.place_of(item.section)))


class AwaitNext(Verb):
    """Let the learner read before the next question comes; a free-text answer that was not accepted may be appealed, once."""

    def exec(self, terminal: Terminal, round: Round, appealable: int | None) -> Step:
        keys = {"next": "next question" if round.queue or round.again else "go on", "ask": "ask"}
        if appealable:
            keys["appeal"] = "appeal"
        return terminal.turn_page({**keys, "quit": "leave"})

    def post(self, shared: SessionStore, prepared: dict[str, Any], step: Step) -> str:
        read_step(shared, step)
        if step.action == "appeal":
            return "appeal"
        return {"quit": "left", "ask": "side_question"}.get(step.action, "next")


class EndRound(Verb):
    """Close the round and say how it went; the last node of every practice flow."""

    def exec(self, round: Round, left: bool) -> str:
        outcomes = list(round.outcomes.values())
        if left:
            return "left"
        if round.mode == "probe":
            return "known" if "unaided" in outcomes else "unknown"
        if round.mode in ("recall", "review"):
            return "recalled"
        missed = outcomes.count("missed")
        return "struggled" if missed * 2 > len(outcomes) else "missed" if missed else "practised"

    def post(self, shared: SessionStore, prepared: dict[str, Any], action: str) -> str:
        round: Round = prepared["round"]
        shared["step"] = None
        if action in ("practised", "missed", "struggled"):
            missed = [name for name, outcome in round.outcomes.items() if outcome == "missed"]
            shared["missed"] = [shared["items"][name] for name in missed]
            end_section(shared)
        elif action == "unknown":
            keep_place(shared, stage="explain", page=0)
        elif action == "recalled" and round.mode == "recall":
            shared["round"] = None
        return action


def end_section(shared: SessionStore) -> None:
    """Mark the section that the learner is in as done."""
    place: Place | None = shared["place"]
    if place:
        place.done.append(place.section)
        shared["round"] = place.round = None
        keep_place(shared, stage="start")
