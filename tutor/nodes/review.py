"""What is due, mixed over lessons: chosen here, asked by the practice flow."""

from __future__ import annotations

from pocketflow import Node

from tutor.corpus import bank, made_items
from tutor.learner import agenda, schedule
from tutor.learner.progress import end_of_day, next_due
from tutor.models import Round
from tutor.screen import screens
from utils.errors import InvalidFile, UsageError

DAILY_LIMIT = 30


class ChooseDue(Node):
    """The items to go over today, oldest risk first, as many as the day's limit leaves."""

    def prep(self, shared):
        store, now = shared["store"], shared["now"]().astimezone(shared["zone"])
        for key in store.items_without_card():  # answered before cards were kept; a migration would have to import FSRS
            if card := schedule.cards_of_old(store.attempts(item=key), fuzz=shared["fuzz"]):
                store.put_card(card)
        limit = shared["limit"] or store.setting("daily_limit", DAILY_LIMIT)
        done = agenda.reviewed_today(store, now)
        return shared["corpus"], store.cards(end_of_day(now)), now, max(0, limit - done), shared["terminal"]

    def exec(self, prepared):
        """({key: Item} of what is asked, in order; how many are due in all)."""
        corpus, cards, now, limit, terminal = prepared
        items = items_of_cards(corpus, cards, terminal)
        ready = [card for card in cards if card.item in items and not card.leech]
        return {card.item: items[card.item] for card in schedule.todays(ready, now, limit)}, len(ready)

    def post(self, shared, prepared, chosen):
        items, due = chosen
        shared["items"], shared["place"], shared["due"] = items, None, due
        shared["round"] = Round("review", seed=shared["rng"].getrandbits(32), queue=list(items))
        if not items:
            return "nothing"
        lessons = len({item.lesson for item in items.values()})
        shared["terminal"].show(screens.ReviewHead(len(items), lessons, due))
        return "review"


def items_of_cards(corpus, cards, terminal) -> dict:
    """{key: Item} of those cards whose lesson and bank still have them; a lesson that can't be read is told of."""
    found = {}
    for lesson_id in dict.fromkeys(card.lesson for card in cards):
        if lesson_id not in corpus.files:
            continue
        try:
            lesson = corpus.lesson(lesson_id)
            text = corpus.bank_text(lesson_id)
            slugs = [section.slug for section in lesson.sections]
            items = bank.parse_bank(text[0], lesson_id, text[1], sections=slugs) if text else made_items.make_items(lesson)
            found.update((item.key, item) for item in items)
        except (InvalidFile, UsageError) as error:
            terminal.notice(f"left out: {error}")
    return found


class SayNothingDue(Node):
    """Nothing to go over now: when the next comes, and one suggestion."""

    def prep(self, shared):
        store, now = shared["store"], shared["now"]().astimezone(shared["zone"])
        place = store.last_place()
        going_on = place.lesson if place and place.lesson in shared["corpus"].files else None
        return shared["terminal"], shared["due"], next_due(store.cards(), now), going_on

    def exec(self, prepared):
        terminal, due, following, going_on = prepared
        if due:
            terminal.notice(f"Enough for today: {due} more are due, and the day's limit is reached (--limit N raises it).")
            return
        when = f" The next comes {following}." if following else ""
        suggestion = f" Go on with {going_on}?" if going_on else " `learn` has something new."
        terminal.notice(f"Nothing is due now.{when}{suggestion}")

    def post(self, shared, prepared, said):
        return "pick"


class EndReview(Node):
    """How the review went, and when its items come back."""

    def prep(self, shared):
        store = shared["store"]
        cards = [card for key in shared["round"].outcomes if (card := store.card(key))]
        now = shared["now"]().astimezone(shared["zone"])
        return shared["terminal"], list(shared["round"].outcomes.values()), cards, now, shared["due"]

    def exec(self, prepared):
        terminal, outcomes, cards, now, due = prepared
        terminal.show(screens.ReviewEnd(outcomes, agenda.comebacks(cards, now), max(0, due - len(outcomes))))

    def post(self, shared, prepared, shown):
        shared["round"] = None
        return "left" if shared["left"] else "pick"
