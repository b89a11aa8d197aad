"""What is due, mixed across lessons: chosen here, asked by the practice flow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from tutor.learner import agenda, beliefs, schedule
from tutor.learner.due import a_day, as_planned, cards_of, due_cards, left_today
from tutor.learner.memory.backlog import level_on
from tutor.learner.memory.deadline import deadline_of
from tutor.learner.progress import day_and_month, next_due
from tutor.models import Card, Item, Round
from tutor.nodes.session.place import askable
from tutor.nodes.verb import Verb
from tutor.screen import screens
from utils.errors import InvalidFile, RecordsError, UsageError

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.agenda import Repair
    from tutor.learner.records import Records
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal


class ChooseDue(Verb):
    """The items to go over today, those most likely forgotten first, as many as are left of the day's limit.

    Where more is due than that, what a review is worth most for is asked, and by when all of it is worked off is said.
    """

    def exec(
        self, corpus: Corpus, records: Records, now: Callable[[], datetime], zone: tzinfo | None, limit: int | None,
        terminal: Terminal,
    ) -> tuple[dict[str, Item], int]:  # fmt: skip
        """({key: Item} of what is asked, in order; how many are due in all)."""
        today = now().astimezone(zone)
        cards = due_cards(corpus, records, today)
        items = items_of_cards(corpus, cards, terminal)
        ready = [card for card in cards if card.item in items]
        first = {item.key for item in beliefs.probing(items.values(), beliefs.held(records.evidence(), today))}
        wanted = deadline.lessons if (deadline := deadline_of(corpus, records, today)) else ()
        chosen = schedule.todays_reviews(ready, today, left_today(records, today, limit), records.scheduling, first, wanted)
        return {card.item: items[card.item] for card in chosen}, len(ready)

    def post(self, shared: SessionStore, prepared: dict[str, Any], chosen: tuple[dict[str, Item], int]) -> str:
        items, due = chosen
        shared["items"], shared["place"], shared["due"] = items, None, due
        shared["round"] = Round("review", seed=shared["rng"].getrandbits(32), queue=list(items))
        if not items:
            return "nothing"
        lessons = len({item.lesson for item in items.values()})
        shared["terminal"].show(screens.ReviewHead(len(items), lessons, due, backlog_in_words(shared, due, len(items))))
        return "review"


def backlog_in_words(shared: SessionStore, due: int, asked: int) -> str:
    """`300 due; 30 a day: level by 12 Dec`; "" where all that is due is asked."""
    if due <= asked:
        return ""
    corpus, records, today = shared["corpus"], shared["records"], shared["now"]().astimezone(shared["zone"])
    limit = a_day(records, shared["limit"])
    left = left_today(records, today, shared["limit"])
    day = level_on(cards_of(corpus, records, today), today, left, limit, records.scheduling)
    when = f"level by {day_and_month(day, today.date())}" if day else "not level within half a year"
    return f"{due} due; {limit} a day: {when}"


def items_of_cards(corpus: Corpus, cards: Sequence[Card], terminal: Terminal) -> dict[str, Item]:
    """{key: Item} of those cards whose lesson still has them; a lesson that can't be read is left out, with a notice."""
    found: list[Item] = []
    due = {card.item for card in cards}
    for lesson_id in dict.fromkeys(card.lesson for card in cards):
        if lesson_id not in corpus.files:
            continue
        try:
            found += [item for item in corpus.items(lesson_id) if item.key in due]
        except (InvalidFile, UsageError) as error:
            terminal.notice(f"left out: {error}")
    return {item.key: item for item in askable(found, terminal)}


class SayNothingDue(Verb):
    """Nothing to go over now: when the next one comes, and one suggestion."""

    def exec(
        self, terminal: Terminal, due: int, records: Records, corpus: Corpus, now: Callable[[], datetime], zone: tzinfo | None
    ) -> None:
        if due:
            terminal.notice(f"Enough for today: {due} more are due, and the day's limit is reached (--limit N raises it).")
            return
        today = now().astimezone(zone)
        following = next_due(cards_of(corpus, records, today), today)
        place = records.last_place()
        when = f" The next one comes {following}." if following else ""
        going_on = place is not None and place.lesson in corpus.files
        suggestion = f" Go on with {place.lesson}?" if place and going_on else " `learn` has something new."
        terminal.notice(f"Nothing is due now.{when}{suggestion}")

    def post(self, shared: SessionStore, prepared: dict[str, Any], result: None) -> str:
        return "pick"


class BeginRepair(Verb):
    """Questions on the misconception that the learner holds most firmly, over all lessons that they have begun."""

    def exec(
        self, corpus: Corpus, records: Records, now: Callable[[], datetime], zone: tzinfo | None, terminal: Terminal
    ) -> tuple[Repair, dict[str, Item]] | None:  # fmt: skip
        """(what is repaired, {key: Item} of what is asked); None where another session has repaired it in the meantime."""
        repair = agenda.repair(corpus, records, now().astimezone(zone))
        if repair is None:
            return None
        lessons = dict.fromkeys(key.partition(":")[0] for key in repair.items)
        items = {item.key: item for lesson in lessons for item in corpus.items(lesson)}
        return repair, {item.key: item for item in askable((items[key] for key in repair.items), terminal)}

    def post(self, shared: SessionStore, prepared: dict[str, Any], chosen: tuple[Repair, dict[str, Item]] | None) -> str:
        if chosen is None:
            shared["repair"] = None
            return "nothing"
        (repair, items), shared["place"] = chosen, None
        shared["repair"], shared["items"] = repair, items
        shared["round"] = Round("review", seed=shared["rng"].getrandbits(32), queue=list(items))
        today = shared["now"]().astimezone(shared["zone"]).date()
        known = shared["corpus"].misconceptions()
        days = beliefs.days_in_words(repair.belief.document(known), today)
        shared["terminal"].show(screens.RepairHead(repair.belief.believed(known), days, len(repair.items)))
        return "repair"


class EndRepair(Verb):
    """What is so, and whether the answers just given say it."""

    def exec(
        self, terminal: Terminal, corpus: Corpus, repair: Repair | None, records: Records, now: Callable[[], datetime],
        zone: tzinfo | None, left: bool,
    ) -> None:  # fmt: skip
        if repair is None:
            terminal.notice("There is nothing to repair any more.")
        if repair is None or left:
            return
        found = beliefs.beliefs_of(records.evidence(), now().astimezone(zone))
        after = next((belief for belief in found if belief.id == repair.belief.id), repair.belief)
        known, lesson = corpus.misconceptions(), corpus.lesson(after.lesson)
        terminal.show(screens.RepairEnd(after.so(known), after.state == beliefs.RESOLVED, lesson.place_of(after.section)))

    def post(self, shared: SessionStore, prepared: dict[str, Any], result: None) -> str:
        shared["round"] = None
        return "left" if prepared["left"] else "pick"


def fit_to_learner(shared: SessionStore, on_begin: Callable[[str], None]) -> str:
    """Fit the parameters of memory to the learner behind the last screen, where there is enough that is new: a line on what it
    has changed, or "". Never where nobody is there, nor where nothing was answered. on_begin: shows what takes so long.
    """
    if not shared["terminal"].attended or not shared["records"].changed:
        return ""
    try:
        return shared["records"].fit_to_learner(lambda: on_begin("looking whether your review dates can fit you better …"))
    except RecordsError as error:  # all answers are kept; the next session tries again
        return str(error)


class EndReview(Verb):
    """How the review went, and when its items come back."""

    def exec(
        self, terminal: Terminal, round: Round, records: Records, corpus: Corpus, now: Callable[[], datetime],
        zone: tzinfo | None, due: int,
    ) -> None:  # fmt: skip
        # what came back after a miss counts as missed, as it does for its date and in the figures
        outcomes = ["missed" if round.draws.get(name, 0) > 1 else outcome for name, outcome in round.outcomes.items()]
        today = now().astimezone(zone)
        cards = [card for key in round.outcomes if (card := records.card(key))]
        comebacks = agenda.upcoming_reviews(as_planned(corpus, records, cards, today), today)
        terminal.show(screens.ReviewEnd(outcomes, comebacks, max(0, due - len(outcomes))))

    def post(self, shared: SessionStore, prepared: dict[str, Any], result: None) -> str:
        shared["round"] = None
        return "left" if shared["left"] else "pick"
