"""Where the learner stands: kept in the records at every move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from tutor.corpus.bank import kind_of
from tutor.learner import beliefs
from tutor.models import POINTERS, Item, Round, Step
from utils.text import plural

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.records import Records
    from tutor.nodes.shared import SessionStore
    from tutor.screen.terminal import Terminal

REPEATS = (*POINTERS, "recap")  # slugs of sections that answer no question better than those they repeat


def keep_place(shared: SessionStore, **changes: Any) -> None:
    """Change the learner's place and record it, so that exactly this screen comes back after a kill."""
    place, under_way = shared["place"], shared["round"]
    if place is None:  # a review has none: what is due comes back by itself
        return
    if "page" in changes:
        place.share = 0.0
    for name, value in changes.items():
        setattr(place, name, value)
    if under_way and under_way.mode != "recall":  # what is recalled is read from the attempts instead
        place.round = under_way
    shared["records"].keep_place(place)


def read_step(shared: SessionStore, step: Step) -> None:
    """What every node does after it has read a step."""
    shared["step"] = step
    if step.action == "quit":
        shared["left"] = True


def name_in(round: Round, item: Item) -> str:
    """What a round calls an item: its id, or, where items of several lessons are mixed, its key."""
    return item.key if round.mode == "review" else item.id


def askable(items: Iterable[Item], terminal: Terminal) -> list[Item]:
    """The items that can be asked on this machine; of the others it is said why."""
    why = [(item, kind_of(item).cannot_be_asked(item)) for item in items]
    for reason, count in Counter(reason for _, reason in why if reason).items():
        terminal.notice(f"{plural(count, 'question')} left out: {reason}")
    return [item for item, reason in why if not reason]


def items_of(items: dict[str, Item], slug: str | None) -> list[Item]:
    """The items that ask about a section, in the bank's order."""
    return [item for item in items.values() if item.section == slug]


def practised(items: dict[str, Item], slug: str | None) -> list[Item]:
    """Those of them that are asked before and after the explanation: those of a try block are asked on its page."""
    return [item for item in items_of(items, slug) if not item.try_block]


def believed(
    corpus: Corpus, records: Records, now: Callable[[], datetime], zone: tzinfo | None, items: Iterable[Item],
    elsewhere: bool = True,
) -> str:  # fmt: skip
    """What a model is told of the learner's misconceptions, see `beliefs.in_words`; "" for none."""
    found = beliefs.beliefs_of(records.evidence(), now().astimezone(zone))
    return beliefs.in_words(found, corpus.misconceptions(), items, elsewhere) if found else ""
