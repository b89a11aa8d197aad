"""The right answers to a drawn item: as they are shown, as they may be typed, and what would give them away.

The screen, the grader, `check` and scripted learners all rely on these.
"""

from __future__ import annotations

from tutor.corpus.bank.drawing import is_the_answer, random_of
from tutor.corpus.expressions import show
from tutor.models import Item, Kind


def shuffled_steps(item: Item) -> tuple[int, ...]:
    """The order in which an order item's steps are shown: indices into `item.steps`, never in the right order."""
    right = list(range(len(item.steps)))
    shown, random = list(right), random_of(item, item.seed or 0)
    while shown == right and len(right) > 1:
        random.shuffle(shown)
    return tuple(shown)


def shown_answer(item: Item) -> str:
    """The right answer of a drawn item as a learner is shown it."""
    if item.kind in (Kind.CHOICE, Kind.MULTI):
        return "; ".join(option.text for option in item.options if option.right)
    if item.kind == Kind.NUMBER:
        return f"{show(item.answer or 0)} {item.unit}".strip()
    if item.kind == Kind.CLOZE:
        return "; ".join(blank.accepted[0] for blank in item.blanks)
    if item.kind == Kind.ORDER:
        return " → ".join(item.steps)
    return item.expression or item.references[0]


def giveaways(item: Item) -> list[str]:
    """Texts that would give away the answer of a drawn item if they stood in a hint."""
    if item.kind in (Kind.CHOICE, Kind.MULTI):
        return [option.text for option in item.options if option.right]
    if item.kind == Kind.NUMBER:
        return [show(item.answer or 0)]
    if item.kind == Kind.CLOZE:
        return [text for blank in item.blanks for text in blank.accepted]
    if item.kind == Kind.ORDER:
        return [item.steps[0]]
    return [item.expression] if item.expression else [*item.references, *(point.text for point in item.rubric)]


def accepted_answers(item: Item) -> list[str]:
    """Answers to a drawn item, as typed, that must all be graded right; the plainest first."""
    if item.kind in (Kind.CHOICE, Kind.MULTI):
        return _accepted_options(item)
    if item.kind == Kind.NUMBER:
        typed = show(item.answer or 0)
        if not is_the_answer(float(typed), item):
            typed = repr(item.answer)  # a third, where no tolerance lets six digits pass
        return [typed, f"{typed} {item.unit}"] if item.unit else [typed]
    if item.kind == Kind.CLOZE:
        firsts = [blank.accepted[0] for blank in item.blanks]
        answers = ["; ".join(firsts)]
        for index, blank in enumerate(item.blanks):
            answers += ["; ".join([*firsts[:index], other, *firsts[index + 1 :]]) for other in blank.accepted[1:]]
        return answers
    if item.kind == Kind.ORDER:
        shown = shuffled_steps(item)
        return [" ".join(str(shown.index(step) + 1) for step in range(len(shown)))]
    return [item.expression] if item.expression else list(item.references)


def _accepted_options(item: Item) -> list[str]:
    """The numbers of the right options; their texts too, where a text can't be taken for something else."""
    right = [(number, option.text) for number, option in enumerate(item.options, start=1) if option.right]
    answers = [", ".join(str(number) for number, _ in right)]
    positions = {str(number) for number in range(1, len(item.options) + 1)}
    unclear = any(text in positions for _, text in right)
    if item.kind == Kind.MULTI:
        unclear = unclear or any(mark in text for _, text in right for mark in ",;")
    return answers if unclear else [*answers, ", ".join(text for _, text in right)]
