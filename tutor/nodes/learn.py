"""The session: which lesson, which section, and what is read before, between and after the questions."""

from __future__ import annotations

from pocketflow import Node

from tutor import prompts, search
from tutor.corpus import bank, lessons, made_items
from tutor.learner import agenda, schedule
from tutor.models import Place, Round, Step
from tutor.nodes.asking import ModelNode
from tutor.nodes.place import POINTERS, REPEATS, keep_place, read_step
from tutor.screen import screens
from utils.text import plural

ITEMS_PER_SECTION = 3  # asked after an explanation; the rest of the bank is for probes and reviews


REVIEW = "\0review"  # what is chosen where it is no lesson; no path can hold it


class PickTopic(Node):
    """Take the topic asked for, or show where the learner stands and let them choose."""

    def prep(self, shared):
        topic, corpus = shared["topic"], shared["corpus"]
        if topic:
            return corpus.find(topic), None, None, None, ""
        now = shared["now"]().astimezone(shared["zone"])
        choices, figures = agenda.choices(corpus, shared["store"], now), agenda.figures(shared["store"], now)
        # A script without a topic takes the first lesson offered, and ends with it.
        return None, choices, figures, shared["terminal"], "" if "lesson" in shared else "0"

    def exec(self, prepared):
        lesson, choices, figures, terminal, unattended = prepared
        if lesson:
            return lesson
        terminal.show(screens.Home(figures))
        while choices:
            step = terminal.choose([choice.label for choice in choices], {"quit": "leave"}, unattended)
            if step.action == "quit":
                return None
            if step.action == "choose":
                choice = choices[int(step.text)]
                if choice.lesson or choice.review:
                    return choice.lesson or REVIEW
                choices = choice.more()
        return None

    def post(self, shared, prepared, lesson):
        shared["topic"], shared["chosen"] = None, lesson
        return "review" if lesson == REVIEW else "chosen" if lesson else "left"


class LoadLesson(Node):
    """Read the lesson and its bank, and the place where the learner left it. Where there is no bank, items are made."""

    def prep(self, shared):
        return shared["corpus"], shared["chosen"]

    def exec(self, prepared):
        corpus, lesson_id = prepared
        lesson = corpus.lesson(lesson_id)
        found = corpus.bank_text(lesson_id)
        slugs = [section.slug for section in lesson.sections]
        if found:
            text, path = found
            items = bank.parse_bank(text, lesson_id, path, sections=slugs)
        else:
            items = made_items.make_items(lesson)
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
        return taught, {section.slug: self.pages(section.text, limit) for section in taught}

    @staticmethod
    def pages(text, limit):
        """(Markdown, is it folded) page after page; what a page folds comes as a page of its own behind it."""
        pages = []
        for page in lessons.split_pages(text, limit):
            inside = lessons.unfolded(page)
            pages += [(page, True), (inside, False)] if inside else [(page, False)]
        return pages

    def post(self, shared, prepared, chunks):
        shared["sections"], shared["pages"] = chunks
        if not shared["sections"]:
            shared["terminal"].notice(f"{shared['lesson'].path}: there is nothing to read in it.")


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


class ChooseSection(Node):
    """Go on where the place says, else with the next section; one with items is probed first, unless they were made.

    A made item asks for the words of the text, which nobody knows before reading it.
    """

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
            return "probe" if len(items) > 1 and not items[0].made else "explain"
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


MANNERS = {"simpler": "in simpler words", "deeper": "what lies behind it", "analogy": "by an analogy", "example": "an example"}


class ExplainSection(ModelNode):
    """A section, explained by the model in its own words, then the lesson's own a page at a time.

    Without a model the lesson's own words alone; simpler, or by its example, where the learner asks.
    """

    def prep(self, shared):
        place = shared["place"]
        pages = shared["pages"][place.section]
        section = shared["lesson"].section(place.section)
        page = min(place.page, len(pages) - 1)
        has_items = bool(items_of(shared, place.section))
        asked = shared["step"].action if shared.get("step") else ""
        return shared["model"], shared["terminal"], section, pages, page, has_items, asked, learner_of(shared)

    def exec(self, prepared):
        model, terminal, section, _, page, _, asked, learner = prepared
        manner = asked if asked in MANNERS else "plain"
        if asked == "ask" or (manner == "plain" and page):
            return self.read_on(prepared)
        label = f"{MANNERS.get(manner, 'in other words')} · {model.name or 'model'} on {section.title or 'this section'}"
        terminal.stream(model.say(prompts.explain(section, manner, *learner)), label)
        return self.read_on(prepared)

    def built_in(self, prepared):
        _, terminal, section, _, _, _, asked, _ = prepared
        if asked == "simpler":
            terminal.show(screens.Prose(lessons.key_sentences(section.text), "in brief"))
        elif asked in MANNERS:
            terminal.show(screens.Prose(lessons.worked_example(section.text) or lessons.key_sentences(section.text)))
        return self.read_on(prepared)

    @staticmethod
    def read_on(prepared):
        """The page of the lesson, unless it is on screen already, and what the learner does then."""
        model, terminal, section, pages, page, has_items, asked, _ = prepared
        text, folded = pages[page]
        if asked != "ask" and asked not in MANNERS:  # after those the page is still there
            terminal.show(screens.Prose(text, "the lesson" if model.available and page == 0 else "", folded=folded))
        last = page == len(pages) - 1
        keys = {"next": ("question" if has_items else "go on") if last else "unfold" if folded else "more"}
        if model.available or len(lessons.key_sentences(section.text)) < 0.8 * len(lessons.without_comments(section.text)):
            keys["simpler"] = "simpler"
        if model.available or lessons.worked_example(section.text):
            keys["example"] = "example"
        if model.available:
            keys.update(deeper="deeper", analogy="analogy")
        return terminal.turn_page({**keys, "ask": "ask", "quit": "leave"})

    def post(self, shared, prepared, step):
        _, _, _, pages, page, *_ = prepared
        read_step(shared, step)
        if step.action == "quit":
            return "left"
        if step.action == "ask":
            return "side_question"
        if step.action in MANNERS:
            return "page"
        shared["step"] = None
        if page + 1 < len(pages):
            keep_place(shared, stage="explain", page=page + 1)
            return "page"
        return "question"


def learner_of(shared) -> tuple[str, list[str]]:
    """What an explanation should know of the learner: how far they are, in words, and what they missed here."""
    place = shared["place"]
    attempts = shared["store"].attempts(lesson=place.lesson)
    keys = [item.key for item in shared["items"].values()]
    level = f"{screens.mastery_in_words(schedule.mastery(attempts, keys))} on this lesson as a whole" if keys else ""
    missed = shared["store"].missed_items(place.lesson)
    return level, [shared["items"][item].question for item in missed if item in shared["items"]]


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


class ExplainAgain(ModelNode):
    """After a hard round: the section once more, by the model with what was missed in mind, else in brief."""

    def prep(self, shared):
        return shared["model"], shared["terminal"], shared["lesson"].section(shared["place"].section), learner_of(shared)

    def exec(self, prepared):
        model, terminal, section, learner = prepared
        terminal.stream(model.say(prompts.explain(section, "simpler", *learner)), f"once more · {model.name or 'model'}")
        return terminal.turn_page({"next": "go on"})

    def built_in(self, prepared):
        _, terminal, section, _ = prepared
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


class Recap(ModelNode):
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
        following = agenda.next_lesson(shared["corpus"], store, after=lesson.id)
        keys = {item.key for item in shared["items"].values()}
        now = shared["now"]().astimezone(shared["zone"])
        back = agenda.comebacks([card for card in store.cards() if card.item in keys], now)
        return shared["model"], shared["terminal"], lesson, known, missed, following, back

    def exec(self, prepared):
        model, terminal, lesson, known, missed, *_ = prepared
        figures = [(title, screens.mastery_in_words(mastery)) for title, mastery in known]
        terminal.stream(model.say(prompts.recap(lesson.title, figures, [item.question for item in missed])))
        return self.built_in(prepared)

    def built_in(self, prepared):
        _, terminal, lesson, known, missed, following, back = prepared
        suggestion = f"Next for you: {following.title} ({following.id})" if following else ""
        questions = [screens.with_blanks(bank.draw(item, 0).question) for item in missed]
        terminal.show(screens.LessonEnd(lesson.title, known, questions, suggestion, back))
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
        kept = f"{plural(answered, 'answer')} kept, and your place." if answered else "Your place is kept."
        terminal.notice(kept)
        terminal.event("left", answers=answered)

    def post(self, shared, prepared, result):
        shared["left"] = True
