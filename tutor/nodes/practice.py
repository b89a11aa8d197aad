"""The practice loop: ask, help, grade, record, tell, until the round is through. Shared by every flow that asks."""

from __future__ import annotations

from dataclasses import replace

from pocketflow import Node

from tutor import grading, prompts, search
from tutor.corpus import bank
from tutor.learner import schedule
from tutor.models import Attempt, Grade, Kind, Round
from tutor.nodes.asking import ModelNode
from tutor.nodes.place import keep_place, read_step
from tutor.screen import screens
from tutor.search import answering
from utils import files
from utils.call_llm import whole
from utils.times import utc

SKIPPED, JUDGED = "skipped", "learner"  # graders that are no graders: nothing was said, or the learner compared


def name_of(item, round_: Round) -> str:
    """What a round calls an item: its id, or, where items of several lessons are mixed, its key."""
    return item.key if round_.mode == "review" else item.id


class ChooseItem(Node):
    """The next item of the round, drawn; those missed come back when the queue is through."""

    def prep(self, shared):
        round_ = shared["round"]
        if not round_.queue and round_.again:
            round_.queue, round_.again = round_.again, []
        return round_, shared["items"]

    def exec(self, prepared):
        round_, items = prepared
        if not round_.queue:
            return None
        item = items[round_.queue[0]]
        return bank.draw(item, round_.seed + round_.draws.get(name_of(item, round_), 0))

    def post(self, shared, prepared, item):
        shared["item"], shared["asked"] = item, False
        if item is None:
            return "done"
        if shared["round"].mode == "review":
            shared["lesson"] = shared["corpus"].lesson(item.lesson)
        keep_place(shared)
        return "item"


NOTES = {"probe": "Before you read: can you answer this already?", "recall": "From last time"}


class AskItem(Node):
    """Put the item on screen, once, and take what the learner does."""

    def prep(self, shared):
        item, round_ = shared["item"], shared["round"]
        again = name_of(item, round_) in round_.outcomes
        note = "Once more" if again else item.lesson if round_.mode == "review" else NOTES.get(round_.mode, "")
        order = bank.shuffled_steps(item) if item.kind == Kind.ORDER else ()
        question = screens.Question(item, order, note)
        return shared["terminal"], question, round_, shared["asked"]

    def exec(self, prepared):
        terminal, question, round_, asked = prepared
        item = question.item
        if not asked:
            terminal.show(question)
            for number, hint in enumerate(item.hints[: round_.hints], 1):  # those given before a restart
                terminal.show(screens.Hint(hint, number, len(item.hints)))
        if round_.mode == "probe":
            return terminal.answer(question, {"next": "explain it to me", "ask": "ask", "quit": "leave"})
        keys = {"next": "see the answer"} if round_.tries else {}
        if round_.hints < len(item.hints):
            keys["hint"] = "next hint" if round_.hints else "hint"
        return terminal.answer(question, {**keys, "skip": "skip", "ask": "ask", "quit": "leave"})

    def post(self, shared, prepared, step):
        round_ = shared["round"]
        read_step(shared, step)
        shared["asked"] = True
        if step.action == "next" and round_.mode == "probe":
            round_.queue.clear()
            return "declined"
        if step.action == "next":
            return "skip" if round_.tries else "nothing_said"
        return {"quit": "left", "ask": "side_question"}.get(step.action, step.action)


class GiveHint(ModelNode):
    """The next hint: the model's, that takes up what was answered, or the author's. Neither ever holds the answer."""

    def prep(self, shared):
        round_, language = shared["round"], shared["lesson"].language
        return shared["model"], shared["terminal"], shared["item"], round_.hints, round_.answers, language

    def exec(self, prepared):
        model, terminal, item, given, answers, language = prepared
        if given >= len(item.hints) or not model.available:
            return self.built_in(prepared)
        prompt = prompts.hint(item, answers, item.hints[given])
        with terminal.waiting("thinking of a hint"):
            hint = whole(model.say(prompt)).strip()
        is_answer = item.kind == Kind.SHORT and grading.grade(item, hint, language=language).correct
        if is_answer or not prompts.keeps_secret(hint, bank.giveaways(item)):
            return self.built_in(prepared)
        return self.shown(prepared, hint)

    def built_in(self, prepared):
        _, terminal, item, given, *_ = prepared
        if given >= len(item.hints):
            terminal.notice("There are no more hints.")
            return given
        return self.shown(prepared, item.hints[given])

    @staticmethod
    def shown(prepared, hint):
        _, terminal, item, given, *_ = prepared
        terminal.show(screens.Hint(hint, given + 1, len(item.hints)))
        return given + 1

    def post(self, shared, prepared, given):
        shared["round"].hints = given
        keep_place(shared)


class AnswerSideQuestion(ModelNode):
    """What the lessons say about a question asked by the way, this one first. It is never taken for an answer."""

    def prep(self, shared):
        if "index" not in shared:
            shared["index"] = search.open_index(shared["corpus"], files.cache_folder(shared["settings"].home))
        return shared["model"], shared["terminal"], shared["step"].text, shared["lesson"], shared["index"]

    def exec(self, prepared):
        model, terminal, question, lesson, index = prepared
        if not question or not model.available:
            return self.built_in(prepared)
        here = index.search(question, 3, [lesson.id])
        passages = [*here, *(passage for passage in index.search(question, 3) if passage not in here)]
        with terminal.waiting("looking it up"):
            sentences = list(prompts.said_sentences(model.say(prompts.answer(question, passages))))
        kept = [sentence for sentence in sentences if not prompts.fault_of(sentence, passages)]
        if not kept:
            return self.built_in(prepared)
        terminal.show(screens.Answered(answering.in_sentences(question, kept, passages, model.name, model.usage), asked=True))

    def built_in(self, prepared):
        _, terminal, question, lesson, index = prepared
        if not question:  # thought better of it
            return
        asked = index.asked(question)
        here = index.search(question, answering.CANDIDATES, [lesson.id])
        answer = answering.answer(question, here, asked)
        if not answer.found:
            answer = answering.answer(question, index.search(question, answering.CANDIDATES), asked)
        terminal.show(screens.Answered(answer, asked=True))

    def post(self, shared, prepared, result):
        if prepared[2]:
            shared["terminal"].event("side_question", question=prepared[2])


class AskConfidence(Node):
    """How sure is the learner, before they see the verdict? Only where they want to be asked."""

    CHOICES = ("A guess", "Fairly sure", "Sure")

    def prep(self, shared):
        wanted = shared["terminal"].attended and shared["store"].setting("ask_confidence", False)
        return shared["terminal"], wanted and shared["round"].mode != "probe"

    def exec(self, prepared):
        terminal, wanted = prepared
        if not wanted:
            return None
        step = terminal.choose([f"How sure? {words}" if not n else words for n, words in enumerate(self.CHOICES)], {})
        return int(step.text) + 1 if step.action == "choose" else None

    def post(self, shared, prepared, confidence):
        shared["confidence"] = confidence


class GradeAnswer(ModelNode):
    """Score the answer, with the points met and missed. Free text is read by the model too, where there is one."""

    def prep(self, shared):
        return shared["model"], shared["terminal"], shared["item"], shared["step"].text, shared["lesson"].language

    def exec(self, prepared):
        model, terminal, item, answer, language = prepared
        if item.kind != Kind.SHORT or item.expression or not model.available:
            return self.built_in(prepared)
        with terminal.waiting("grading"):
            return grading.grade_with(model.fill, item, answer, model.name, language=language)

    def built_in(self, prepared):
        _, _, item, answer, language = prepared
        return grading.grade(item, answer, language=language)

    def post(self, shared, prepared, grade):
        shared["grade"], shared["answer"] = grade, prepared[3]
        return "unreadable" if grade.misunderstood else "graded"


class SayUnreadable(Node):
    """An answer that is no answer of its kind costs nothing: say why, and ask again."""

    def prep(self, shared):
        return shared["terminal"], shared["grade"]

    def exec(self, prepared):
        terminal, grade = prepared
        terminal.notice(grade.misunderstood)


class GiveUp(Node):
    """The learner skips, or wants the answer: a miss with nothing said."""

    def prep(self, shared):
        return shared["item"]

    def exec(self, item):
        return Grade(0.0, missed=tuple(point.text for point in item.rubric), grader=SKIPPED)

    def post(self, shared, item, grade):
        shared["grade"], shared["answer"] = grade, ""


class RecordAttempt(Node):
    """Store the answer, its grade and what follows from it, before anything else is drawn."""

    def prep(self, shared):
        return shared["item"], shared["grade"], shared["round"]

    def exec(self, prepared):
        """What this attempt leads to: passed, unsure, again (with the next hint), missed, or declined (a probe)."""
        item, grade, round_ = prepared
        if grade.correct:
            return "passed"
        if grade.unsure:
            return "unsure"
        if round_.mode == "probe":
            return "declined"
        answer_seen = grade.grader in (SKIPPED, JUDGED)
        return "again" if round_.hints < len(item.hints) and not answer_seen else "missed"

    def post(self, shared, prepared, result):
        item, grade, round_ = prepared
        skipped = grade.grader == SKIPPED
        attempt = Attempt(
            item=item.key, section=item.section, answer=shared["answer"], grade=grade, at=utc(shared["now"]()),
            mode=round_.mode, seed=item.seed, hints=round_.hints, shown=skipped, session=shared["session"],
            confidence=shared.get("confidence"),
        )  # fmt: skip
        if attempt.answer:
            round_.answers.append(attempt.answer)
        advance(round_, item, result)
        card = card_after(shared, attempt, result)
        if card:
            attempt = replace(attempt, due=card.due)
        place = shared["place"]
        if place and round_.mode != "recall":
            place.round = round_
        stored = shared["store"].add(attempt, place, card)
        shared["result"], shared["stored"] = result, stored.id
        if card and card.leech:
            shared["terminal"].notice(f"Missed {card.lapses} times: set aside, for asking again will not help. See {item.path}.")
        shared["terminal"].event(
            "stored", attempt=stored.id, item=item.key, answer=attempt.answer, score=grade.score, result=result
        )
        return {SKIPPED: "skipped", JUDGED: "judged"}.get(grade.grader, "graded")


def card_after(shared, attempt: Attempt, result: str):
    """The item's card where its turn is over; a question that was asked before it was taught, and not known, is none."""
    if result not in ("passed", "missed"):
        return None
    round_, store = shared["round"], shared["store"]
    rating = round_.outcomes[name_of(shared["item"], round_)]
    sure = (attempt.confidence or 0) >= SURE
    return schedule.next_card(attempt.item, store.card(attempt.item), rating, shared["now"](), sure=sure, fuzz=shared["fuzz"])


SURE = 3  # of "how sure?", 1 to 3


def advance(round_: Round, item, result: str) -> None:
    """Move a round on by what its present item came to."""
    if result == "unsure":  # the learner's own verdict follows
        return
    if result == "again":
        round_.tries += 1
        round_.hints += 1
        return
    name = name_of(item, round_)
    aided = round_.tries or round_.hints
    came_back = name in round_.outcomes
    if result == "passed":
        outcome = "assisted" if aided or came_back else "unaided"
    else:
        outcome = "missed"
        if result == "missed" and not came_back:  # twice in a session is enough; the next one starts with it
            round_.again.append(name)
    round_.outcomes[name] = outcome
    round_.draws[name] = round_.draws.get(name, 0) + 1
    round_.queue.pop(0)
    round_.hints = round_.tries = 0
    round_.answers = []


class ShowFeedback(Node):
    """The verdict, with the learner's own words; then the explanation, or the next hint."""

    def prep(self, shared):
        return shared["terminal"], shared["item"], shared["grade"], shared["result"], shared["round"]

    def exec(self, prepared):
        terminal, item, grade, result, round_ = prepared
        terminal.show(screens.Verdict(grade, missed_in_full=result in ("missed", "unsure")))
        if result == "unsure":
            terminal.show(screens.Reveal(bank.shown_answer(item), label="A full answer"))
        if result == "passed" and item.explanation:
            terminal.show(screens.Reveal("", item.explanation))
        if result == "again":
            terminal.show(screens.Hint(item.hints[round_.hints - 1], round_.hints, len(item.hints)))

    def post(self, shared, prepared, shown):
        return shared["result"]


class JudgeAnswer(Node):
    """Where the grader can't tell, the learner compares with the full answer and says; a script gets the strict verdict."""

    CHOICES = (("Mine says the same", 1.0), ("Mine says half of it", 0.5), ("Mine says something else", 0.0))

    def prep(self, shared):
        return shared["terminal"], shared["grade"]

    def exec(self, prepared):
        terminal, _ = prepared
        strictest = str(len(self.CHOICES) - 1)
        return terminal.choose([words for words, _ in self.CHOICES], {"quit": "leave"}, strictest)

    def post(self, shared, prepared, step):
        read_step(shared, step)
        if step.action == "quit":
            return "left"
        score = self.CHOICES[int(step.text)][1]
        shared["grade"] = replace(shared["grade"], score=score, unsure=False, grader=JUDGED)
        return "judged"


class RevealAnswer(Node):
    """The answer, its explanation, and the line of the lesson that says it."""

    def prep(self, shared):
        item = shared["item"]
        section = shared["lesson"].section(item.section)
        return shared["terminal"], item, f"{shared['lesson'].path}:{section.line}"

    def exec(self, prepared):
        terminal, item, where = prepared
        terminal.show(screens.Reveal(bank.shown_answer(item), item.explanation, where))


class AwaitNext(Node):
    """Let the learner read before the next question comes; a free-text answer that was not taken may be appealed, once."""

    def prep(self, shared):
        item, grade = shared["item"], shared["grade"]
        disputable = item.kind == Kind.SHORT and not grade.correct and shared["answer"] and not shared.get("appealed")
        return shared["terminal"], bool(shared["round"].queue or shared["round"].again), disputable

    def exec(self, prepared):
        terminal, more, disputable = prepared
        keys = {"next": "next question" if more else "go on", "ask": "ask"}
        return terminal.turn_page({**keys, **({"appeal": "appeal"} if disputable else {}), "quit": "leave"})

    def post(self, shared, prepared, step):
        read_step(shared, step)
        if step.action == "appeal":
            return "appeal"
        shared["appealed"] = False
        return {"quit": "left", "ask": "side_question"}.get(step.action, "next")


def look_again(model, item, answer: str, language: str) -> Grade:
    """A model's second, stricter look at a free-text answer. Raises ModelError."""
    grader = f"{model.name}, strict"
    return grading.grade_with(model.fill, item, answer, grader, stricter=True, strict=True, language=language)


class AppealGrade(ModelNode):
    """A second, stricter look at the answer just graded; the first verdict stays in the record beside it."""

    def prep(self, shared):
        item, language = shared["item"], shared["lesson"].language
        return shared["model"], shared["terminal"], item, shared["answer"], language, shared["stored"]

    def exec(self, prepared):
        model, terminal, item, answer, language, number = prepared
        if not model.available or item.expression:
            return self.built_in(prepared)
        with terminal.waiting("looking again"):
            grade = look_again(model, item, answer, language)
        return self.shown(terminal, grade, number)

    def built_in(self, prepared):
        _, terminal, item, answer, language, number = prepared
        return self.shown(terminal, grading.grade(item, answer, strict=True, language=language), number)

    @staticmethod
    def shown(terminal, grade, number):
        terminal.show(screens.Verdict(grade, lead="The appeal stands." if grade.correct else "The grade stands."))
        terminal.notice(f"Both verdicts are kept. For the bank's author: appeal {number}")
        return grade

    def post(self, shared, prepared, grade):
        shared["appealed"] = True
        given = shared["store"].attempt(shared["stored"])
        shared["store"].add_appeal(given, grade, utc(shared["now"]()))


class EndRound(Node):
    """Close the round and say how it went; the last node of every practice flow."""

    def prep(self, shared):
        return shared["round"], shared["left"]

    def exec(self, prepared):
        round_, left = prepared
        outcomes = list(round_.outcomes.values())
        if left:
            return "left"
        if round_.mode == "probe":
            return "known" if "unaided" in outcomes else "unknown"
        if round_.mode in ("recall", "review"):
            return "recalled"
        missed = outcomes.count("missed")
        return "struggled" if missed * 2 > len(outcomes) else "missed" if missed else "practised"

    def post(self, shared, prepared, action):
        place = shared["place"]
        shared["step"] = None
        if action in ("practised", "missed", "struggled"):
            missed = [item for item, outcome in shared["round"].outcomes.items() if outcome == "missed"]
            shared["missed"] = [shared["items"][item] for item in missed]
            place.done.append(place.section)
            shared["round"] = place.round = None
            keep_place(shared, stage="start")
        elif action == "unknown":
            keep_place(shared, stage="explain", page=0)
        elif action == "recalled" and shared["round"].mode == "recall":
            shared["round"] = None
        return action
