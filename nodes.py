"""The verbs of the tutor: `prep` reads the shared store, `exec` works, `post` writes and says what happened.

The shared store's keys are listed in flow.py. Nodes are copied at every visit, so none keeps state on itself.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from pocketflow import Node

from utils import agenda, bank, grading, lessons, schedule, screens, search
from utils.models import Attempt, ExitCode, Grade, Kind, Place, Round, Step

SKIPPED, JUDGED = "skipped", "learner"  # graders that are no graders: nothing was said, or the learner compared
ITEMS_PER_SECTION = 3  # asked after an explanation; the rest of the bank is for probes and reviews
POINTERS = ("next",)  # slugs of sections that point elsewhere: the session makes its own suggestion
REPEATS = (*POINTERS, "recap")  # slugs of sections that answer no question better than those they repeat

def keep_place(shared, **changes) -> None:
    """Change the learner's place and put it on record, so that the very screen comes back after a kill."""
    place = shared["place"]
    for name, value in changes.items():
        setattr(place, name, value)
    if shared["round"] and shared["round"].mode != "recall":  # what is recalled is read from the attempts instead
        place.round = shared["round"]
    shared["store"].keep_place(place)


def read_step(shared, step: Step) -> None:
    """What every node does that has read a step."""
    shared["step"] = step
    if step.action == "quit":
        shared["left"] = True


# ------------------------------------------------------------------------------------- learn: which lesson


class PickTopic(Node):
    """Take the topic asked for, or show where the learner stands and let them choose."""

    def prep(self, shared):
        topic, corpus = shared["topic"], shared["corpus"]
        if topic:
            return corpus.find(topic), None, None, ""
        choices = agenda.choices(corpus, shared["store"])
        # A script without a topic takes the first lesson offered, and ends with it.
        return None, choices, shared["terminal"], "" if "lesson" in shared else "0"

    def exec(self, prepared):
        lesson, choices, terminal, unattended = prepared
        if lesson:
            return lesson
        terminal.show(screens.Home())
        while choices:
            step = terminal.choose([choice.label for choice in choices], {"quit": "leave"}, unattended)
            if step.action == "quit":
                return None
            if step.action == "choose":
                choice = choices[int(step.text)]
                if choice.lesson:
                    return choice.lesson
                choices = choice.more()
        return None

    def post(self, shared, prepared, lesson):
        shared["topic"], shared["chosen"] = None, lesson
        return "chosen" if lesson else "left"


class LoadLesson(Node):
    """Read the lesson and its bank, and the place where the learner left it."""

    def prep(self, shared):
        return shared["corpus"], shared["chosen"]

    def exec(self, prepared):
        corpus, lesson_id = prepared
        lesson = corpus.lesson(lesson_id)
        found = corpus.bank_text(lesson_id)
        slugs = [section.slug for section in lesson.sections]
        items = []
        if found:
            text, path = found
            items = bank.parse_bank(text, lesson_id, path, sections=slugs)
        return lesson, {item.id: item for item in items}

    def post(self, shared, prepared, loaded):
        shared["lesson"], shared["items"] = loaded
        place = shared["store"].place(shared["lesson"].id)
        if place is None or place.stage == "finished":
            place = Place(lesson=shared["lesson"].id)
        place.session = shared["session"]
        shared["place"], shared["round"] = place, None
        shared["terminal"].event("lesson", lesson=place.lesson, title=shared["lesson"].title)


class ChunkSections(Node):
    """Cut the lesson into sections, and each of them into pages."""

    def prep(self, shared):
        return shared["lesson"], shared["terminal"].page_characters

    def exec(self, prepared):
        lesson, limit = prepared
        taught = [section for section in lesson.sections if section.slug not in POINTERS and section.text.strip()]
        return taught, {section.slug: lessons.split_pages(section.text, limit) for section in taught}

    def post(self, shared, prepared, chunks):
        shared["sections"], shared["pages"] = chunks


class RecallMissed(Node):
    """Before anything new: the items of this lesson that were missed in an earlier session."""

    def prep(self, shared):
        place = shared["place"]
        waiting = place.round.queue if place.round and place.stage in ("probe", "practice") else []
        missed = shared["store"].missed_items(place.lesson, before_session=shared["session"])
        return [item for item in missed if item in shared["items"] and item not in waiting]

    def exec(self, missed):
        return missed[:ITEMS_PER_SECTION]

    def post(self, shared, all_missed, missed):
        if not missed:
            return "nothing"
        shared["round"] = Round("recall", seed=shared["rng"].getrandbits(32), queue=missed)
        return "recall"


# ----------------------------------------------------------------------------------- learn: section by section


class ChooseSection(Node):
    """Go on where the place says, else with the next section; a section that has items is probed first."""

    def prep(self, shared):
        place, sections = shared["place"], shared["sections"]
        slugs = [section.slug for section in sections]
        resumed = place.stage in ("probe", "practice", "explain") and place.section in slugs
        slug = place.section if resumed else next((slug for slug in slugs if slug not in place.done), None)
        return place, slug, resumed, items_of(shared, slug)

    def exec(self, prepared):
        place, slug, resumed, items = prepared
        if slug is None:
            return "recap"
        if not resumed:
            return "probe" if len(items) > 1 else "explain"
        if place.stage == "explain" or not place.round:
            return "explain"
        # A round whose items the author has since taken away starts anew.
        return place.stage if set(place.round.queue + place.round.again) <= {item.id for item in items} else "begin"

    def post(self, shared, prepared, action):
        place, slug, resumed, items = prepared
        if action == "recap":
            shared["round"] = place.round = None
            keep_place(shared, stage="recap", section="")
            return action
        sections = shared["sections"]
        number = next(n for n, section in enumerate(sections, 1) if section.slug == slug)
        title = sections[number - 1].title or shared["lesson"].title
        shared["terminal"].show(screens.SectionHead(shared["lesson"].id, title, number, len(sections)))
        shared["terminal"].event("section", section=slug, stage=action, resumed=resumed)
        if resumed:
            shared["round"] = place.round
        else:
            shared["round"] = place.round = None
            if action == "probe":
                probe = shared["rng"].choice(items)
                shared["round"] = Round("probe", seed=shared["rng"].getrandbits(32), queue=[probe.id])
            keep_place(shared, section=slug, stage=action, page=0)
        return action


def items_of(shared, slug) -> list:
    """The items that ask about a section, in the bank's order."""
    return [item for item in shared["items"].values() if item.section == slug]


class OfferToSkip(Node):
    """A learner who could already answer may skip the explanation, or read it all the same."""

    def prep(self, shared):
        return shared["terminal"]

    def exec(self, terminal):
        options = ["Skip the explanation", "Read it anyway"]
        return terminal.choose(options, {"quit": "leave"})

    def post(self, shared, terminal, step):
        read_step(shared, step)
        if step.action == "quit":
            return "left"
        keep_place(shared, stage="explain", page=0)
        return "read" if step.text == "1" else "skip"


class ExplainSection(Node):
    """The lesson's own words, a page at a time; simpler, or by its example, where the learner asks."""

    def prep(self, shared):
        place = shared["place"]
        pages = shared["pages"][place.section]
        section = shared["lesson"].section(place.section)
        page = min(place.page, len(pages) - 1)
        has_items = bool(items_of(shared, place.section))
        return shared["terminal"], section, pages, page, has_items, shared.get("step")

    def exec(self, prepared):
        terminal, section, pages, page, has_items, step = prepared
        brief, example = lessons.key_sentences(section.text), lessons.worked_example(section.text)
        asked = step.action if step else ""
        if asked == "simpler":
            terminal.show(screens.Prose(brief, "in brief"))
        elif asked == "example":
            terminal.show(screens.Prose(example))
        elif asked != "ask":  # after a side question the page is still there
            terminal.show(screens.Prose(pages[page]))
        last = page == len(pages) - 1
        keys = {"next": ("question" if has_items else "go on") if last else "more"}
        if len(brief) < 0.8 * sum(map(len, pages)):
            keys["simpler"] = "simpler"
        if example:
            keys["example"] = "example"
        return terminal.turn_page({**keys, "ask": "ask", "quit": "leave"})

    def post(self, shared, prepared, step):
        _, _, pages, page, _, _ = prepared
        read_step(shared, step)
        if step.action == "quit":
            return "left"
        if step.action == "ask":
            return "side_question"
        if step.action in ("simpler", "example"):
            return "page"
        shared["step"] = None
        if page + 1 < len(pages):
            keep_place(shared, stage="explain", page=page + 1)
            return "page"
        return "question"


class BeginPractice(Node):
    """Set up the questions of a section: what was never asked or missed first, and not the probe just passed."""

    def prep(self, shared):
        items = items_of(shared, shared["place"].section)
        history = shared["store"].attempts(lesson=shared["lesson"].id, section=shared["place"].section)
        probed = shared["round"].outcomes if shared["round"] else {}
        return items, history, probed

    def exec(self, prepared):
        items, history, probed = prepared
        times_right = {item.id: sum(past.unaided for past in history if past.item == item.key) for item in items}
        fresh = [item.id for item in items if probed.get(item.id) != "unaided"]
        return sorted(fresh, key=times_right.get)[:ITEMS_PER_SECTION]

    def post(self, shared, prepared, queue):
        place = shared["place"]
        if not queue:
            place.done.append(place.section)
            shared["round"] = place.round = None
            keep_place(shared, stage="start")
            return "nothing"
        shared["round"] = Round("practice", seed=shared["rng"].getrandbits(32), queue=queue)
        keep_place(shared, stage="practice")
        return "practice"


class ExplainAgain(Node):
    """After a hard round: the section once more, in brief."""

    def prep(self, shared):
        return shared["terminal"], shared["lesson"].section(shared["place"].section)

    def exec(self, prepared):
        terminal, section = prepared
        terminal.show(screens.Prose(lessons.key_sentences(section.text), "once more, in brief"))
        return terminal.turn_page({"next": "go on"})

    def post(self, shared, prepared, step):
        read_step(shared, step)


class OfferDetour(Node):
    """After a miss: the section of a prerequisite that speaks of what was missed, if one does."""

    def prep(self, shared):
        known = [need for need in shared["lesson"].prerequisites if need in shared["corpus"].files]
        return shared["terminal"], [shared["corpus"].lesson(need) for need in known], shared["missed"]

    def exec(self, prepared):
        terminal, lessons_before, missed = prepared
        sections = [section for lesson in lessons_before for section in lesson.sections if section.slug not in REPEATS]
        asked = " ".join(f"{item.question} {item.explanation}" for item in missed)
        section = search.closest_section(asked, sections)
        if section is None:
            return None, Step("next")
        options = ["Go on", f"A two-minute detour: **{section.title}**, from {section.id.partition('#')[0]}"]
        return section, terminal.choose(options, {"quit": "leave"})

    def post(self, shared, prepared, chosen):
        section, step = chosen
        read_step(shared, step)
        if step.action == "quit":
            return "left"
        shared["detour"] = section
        return "detour" if step.text == "1" else "go_on"


class TakeDetour(Node):
    """The section of the prerequisite, in brief and by its example."""

    def prep(self, shared):
        return shared["terminal"], shared["detour"]

    def exec(self, prepared):
        terminal, section = prepared
        terminal.show(screens.Prose(lessons.key_sentences(section.text, count=5), section.title))
        if example := lessons.worked_example(section.text):
            terminal.show(screens.Prose(example))
        return terminal.turn_page({"next": "back to the lesson"})

    def post(self, shared, prepared, step):
        read_step(shared, step)


class Recap(Node):
    """The end of a lesson: what is known now, what comes back, one suggestion."""

    def prep(self, shared):
        lesson, store = shared["lesson"], shared["store"]
        attempts = store.attempts(lesson=lesson.id)
        known = []
        for section in shared["sections"]:
            keys = [item.key for item in items_of(shared, section.slug)]
            if keys:
                past = [attempt for attempt in attempts if attempt.section == section.slug]
                known.append((section.title, schedule.mastery(past, keys)))
        missed = [shared["items"][item] for item in store.missed_items(lesson.id) if item in shared["items"]]
        return shared["terminal"], lesson, known, missed, agenda.next_lesson(shared["corpus"], store, after=lesson.id)

    def exec(self, prepared):
        terminal, lesson, known, missed, following = prepared
        suggestion = f"Next for you: {following.title} ({following.id})" if following else ""
        questions = [screens.blanked(bank.draw(item, 0).question) for item in missed]
        terminal.show(screens.Known(lesson.title, known, questions, suggestion))
        return terminal.turn_page({"next": "choose what is next", "quit": "leave"})

    def post(self, shared, prepared, step):
        read_step(shared, step)
        keep_place(shared, stage="finished")
        shared["terminal"].event("finished", lesson=shared["lesson"].id)
        return "left" if step.action == "quit" else "pick"


class LeaveSession(Node):
    """Say what was kept, and how to come back."""

    def prep(self, shared):
        return shared["terminal"], shared["store"].count(session=shared["session"])

    def exec(self, prepared):
        terminal, answered = prepared
        kept = f"{screens.plural(answered, 'answer')} kept, and your place." if answered else "Your place is kept."
        terminal.notice(kept)
        terminal.event("left", answers=answered)

    def post(self, shared, prepared, result):
        shared["left"] = True


# --------------------------------------------------------------------------------------------- practice


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
        return bank.draw(item, round_.seed + round_.draws.get(item.id, 0))

    def post(self, shared, prepared, item):
        shared["item"], shared["asked"] = item, False
        if item is None:
            return "done"
        keep_place(shared)
        return "item"


NOTES = {"probe": "Before you read: can you answer this already?", "recall": "From last time"}


class AskItem(Node):
    """Put the item on screen, once, and take what the learner does."""

    def prep(self, shared):
        item, round_ = shared["item"], shared["round"]
        note = "Once more" if item.id in round_.outcomes else NOTES.get(round_.mode, "")
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


class GiveHint(Node):
    """The author's next hint."""

    def prep(self, shared):
        return shared["terminal"], shared["item"].hints, shared["round"].hints

    def exec(self, prepared):
        terminal, hints, given = prepared
        if given < len(hints):
            terminal.show(screens.Hint(hints[given], given + 1, len(hints)))
            return given + 1
        terminal.notice("There are no more hints.")
        return given

    def post(self, shared, prepared, given):
        shared["round"].hints = given
        keep_place(shared)


class AnswerSideQuestion(Node):
    """What the lesson says about a question asked by the way. It is never taken for an answer."""

    def prep(self, shared):
        return shared["terminal"], shared["step"].text, shared["lesson"]

    def exec(self, prepared):
        terminal, question, lesson = prepared
        found = search.best_passage(question, [part for part in lesson.sections if part.slug not in REPEATS])
        if not found:
            terminal.show(screens.Quote(question))
            return
        section, passage, line = found
        terminal.show(screens.Quote(question, passage, f"{lesson.path}:{line} {section.title}"))

    def post(self, shared, prepared, result):
        shared["terminal"].event("side_question", question=prepared[1])


class GradeAnswer(Node):
    """Score the answer, with the points met and missed."""

    def prep(self, shared):
        return shared["item"], shared["step"].text, shared["lesson"].language

    def exec(self, prepared):
        item, answer, language = prepared
        return grading.grade(item, answer, language=language)

    def post(self, shared, prepared, grade):
        shared["grade"], shared["answer"] = grade, prepared[1]
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
        )  # fmt: skip
        advance(round_, item, result)
        place = shared["place"]
        if round_.mode != "recall":
            place.round = round_
        stored = shared["store"].add(attempt, place)
        shared["result"] = result
        shared["terminal"].event(
            "stored", attempt=stored.id, item=item.key, answer=attempt.answer, score=grade.score, result=result
        )
        return {SKIPPED: "skipped", JUDGED: "judged"}.get(grade.grader, "graded")


def advance(round_: Round, item, result: str) -> None:
    """Move a round on by what its present item came to."""
    if result == "unsure":  # the learner's own verdict follows
        return
    if result == "again":
        round_.tries += 1
        round_.hints += 1
        return
    aided = round_.tries or round_.hints
    came_back = item.id in round_.outcomes
    if result == "passed":
        outcome = "assisted" if aided or came_back else "unaided"
    else:
        outcome = "missed"
        if result == "missed" and not came_back:  # twice in a session is enough; the next one starts with it
            round_.again.append(item.id)
    round_.outcomes[item.id] = outcome
    round_.draws[item.id] = round_.draws.get(item.id, 0) + 1
    round_.queue.pop(0)
    round_.hints = round_.tries = 0


def utc(moment) -> str:
    """ISO 8601 in UTC with milliseconds: `2026-03-01T09:30:00.000Z`."""
    from datetime import timezone

    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class ShowFeedback(Node):
    """The verdict, with the learner's own words; then the explanation, or the next hint."""

    def prep(self, shared):
        return shared["terminal"], shared["item"], shared["grade"], shared["result"], shared["round"]

    def exec(self, prepared):
        terminal, item, grade, result, round_ = prepared
        terminal.show(screens.Verdict(grade, missed_in_full=result in ("missed", "unsure")))
        if result == "unsure":
            terminal.show(screens.Answer(bank.shown_answer(item), label="A full answer"))
        if result == "passed" and item.explanation:
            terminal.show(screens.Answer("", item.explanation))
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
        terminal.show(screens.Answer(bank.shown_answer(item), item.explanation, where))


class AwaitNext(Node):
    """Let the learner read before the next question comes."""

    def prep(self, shared):
        return shared["terminal"], bool(shared["round"].queue or shared["round"].again)

    def exec(self, prepared):
        terminal, more = prepared
        return terminal.turn_page({"next": "next question" if more else "go on", "ask": "ask", "quit": "leave"})

    def post(self, shared, prepared, step):
        read_step(shared, step)
        return {"quit": "left", "ask": "side_question"}.get(step.action, "next")


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
        if round_.mode == "recall":
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
        elif action == "recalled":
            shared["round"] = None
        return action




# ----------------------------------------------------------------------------------------------- grade in bulk

RECORDS_AT_ONCE = 512  # in memory; enough to keep several processes busy


class ReadRecords(Node):
    """The next lines of the file, each with its number; blank ones count but hold nothing."""

    def prep(self, shared):
        return shared["lines"]

    def exec(self, lines):
        return list(islice(lines, RECORDS_AT_ONCE))

    def post(self, shared, lines, records):
        shared["records"] = records
        return "records" if records else "end"


class GradeRecords(Node):
    """Grade what was read, in several processes where asked, in order."""

    def prep(self, shared):
        return shared["records"], shared["run_all"]

    def exec(self, prepared):
        records, run_all = prepared
        return list(run_all(grading.graded_line, records))

    def post(self, shared, prepared, grades):
        shared["grades"] = grades


class WriteGrades(Node):
    """One JSON line a record on stdout, in order, before the next are read; a faulty line is named on stderr too."""

    def prep(self, shared):
        return shared["terminal"], shared["grades"], shared["path"]

    def exec(self, prepared):
        terminal, grades, path = prepared
        for grade in grades:
            terminal.put_line(grade)
            if "error" in grade:
                terminal.complain(f"{path}:{grade['line']}: {grade['error']}")
        return len(grades), sum("error" in grade for grade in grades)

    def post(self, shared, prepared, counts):
        shared["graded"] += counts[0]
        shared["faulty"] += counts[1]
        shared["terminal"].progress(shared["graded"], "answers graded")


class CountGrades(Node):
    """The end of the file: was there anything, and was all of it readable?"""

    def prep(self, shared):
        return shared["graded"], shared["faulty"]

    def exec(self, counts):
        graded, faulty = counts
        return ExitCode.NOTHING_RUN if not graded else ExitCode.INVALID if faulty else ExitCode.DONE

    def post(self, shared, counts, code):
        shared["exit_code"] = code
