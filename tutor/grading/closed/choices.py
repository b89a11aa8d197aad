"""Grades of items whose answer is picked or put in order: choice, multi and order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tutor.corpus.bank import shuffled_steps
from tutor.grading.closed.spellings import fold
from tutor.grading.words import clean
from tutor.models import Grade, Item, Kind, Met, Option


def pick(item: Item, typed: str) -> Option | None:
    """The one option that a number, a letter, a text or the beginning of one names; None where it names none or several."""
    number = re.fullmatch(r"\(?(\d{1,2})[.)]?", clean(typed).strip())
    if number and 1 <= int(number[1]) <= len(item.options):
        return item.options[int(number[1]) - 1]
    wanted = fold(typed)
    if not wanted:
        return None
    texts = [fold(option.text) for option in item.options]
    if wanted in texts:
        return item.options[texts.index(wanted)]
    bare = [re.sub(r"[^\w]+", "", text) for text in texts]
    if (squeezed := re.sub(r"[^\w]+", "", wanted)) and bare.count(squeezed) == 1:
        return item.options[bare.index(squeezed)]
    letter = re.fullmatch(r"\(?([a-h])[.)]?", wanted)
    if letter and ord(letter[1]) - ord("a") < len(item.options):
        return item.options[ord(letter[1]) - ord("a")]
    begun = [option for option, text in zip(item.options, texts, strict=True) if text.startswith(wanted)]
    return begun[0] if len(begun) == 1 else None


def not_understood(typed: str, how: str) -> Grade:
    """The grade of an answer that names no option. how: to type one."""
    said = re.sub(r"\s+", " ", clean(typed)).strip()[:40]
    what = f"“{said}” names no option" if said else "No option was named"
    return Grade(0.0, misunderstood=f"{what}. {how}")


def as_typed(text: str, answer: str) -> str:
    """A text of the bank if the learner typed it, "" if they named it by number or letter: only what was typed is quoted."""
    return text if fold(text) in fold(answer) and not re.fullmatch(r"[\d\s,;.&+>→()-]+", clean(answer)) else ""


def _named(text: str, answer: str) -> str:
    """A text of the bank in a sentence about it, in quotes where the learner typed it."""
    return f"“{text}”" if as_typed(text, answer) else f"*{text}*"


def grade_choice(item: Item, answer: str, language: str = "en") -> Grade:
    """Right when the answer names the right option; another option's reply becomes the feedback."""
    option = pick(item, answer)
    if option is None:
        return not_understood(answer, f"Type a number from 1 to {len(item.options)}, or the option's text.")
    if option.right:
        return Grade(1.0, met=(Met(option.text, as_typed(option.text, answer)),), feedback=option.reply)
    feedback = option.reply or option.misconception or f"{_named(option.text, answer)} is not the answer."
    return Grade(0.0, feedback=feedback, heard=option.misconception)


def picked_options(item: Item, answer: str) -> list[Option] | None:
    """The options that an answer to a `multi` item names, in the item's order; None where a part names none."""
    text = clean(answer).strip()
    text = re.sub(r"(\d)\s*(?:and|und|et|y)\s*(?=\d)", r"\1, ", text)
    if re.fullmatch(r"[\d\s,;.&+]+", text):
        parts = re.findall(r"\d+", text)
    else:
        parts = [part for part in re.split(r"[;\n]|,(?=\s|\d|[a-z]\b)", text) if part.strip()]
    named: Sequence[Option | None] = [pick(item, part) for part in parts]
    if not parts or None in named:
        named = _texts_within(item, text)
    return [option for option in item.options if any(option is one for one in named)] if named else None


def _texts_within(item: Item, text: str) -> list[Option]:
    """The options whose texts the answer consists of, for texts that hold commas themselves; [] where other words remain."""
    rest, named = fold(text), []
    while rest:
        fitting = [option for option in item.options if rest.startswith(fold(option.text))]
        if not fitting:
            return []
        option = max(fitting, key=lambda one: len(one.text))
        named.append(option)
        rest = rest[len(fold(option.text)) :].lstrip(" ,;.&`*_")
        rest = rest.removeprefix("and ")
    return named


def grade_multi(item: Item, answer: str, language: str = "en") -> Grade:
    """All or nothing, or (right − wrong) / right where the item gives partial credit."""
    named = picked_options(item, answer)
    if named is None:
        return not_understood(answer, "Type the numbers of the right options with commas between them, such as 1, 3.")
    right = [option for option in item.options if option.right]
    hits = [option for option in named if option.right]
    slips = [option for option in named if not option.right]
    if len(hits) == len(right) and not slips:
        score = 1.0
    else:
        score = max(0.0, (len(hits) - len(slips)) / len(right)) if item.credit == "partial" else 0.0
    said = [option.reply or f"{_named(option.text, answer)} does not belong." for option in slips]
    heard = "\n".join(dict.fromkeys(option.misconception for option in slips if option.misconception))
    lacking = len(right) - len(hits)
    if lacking:
        said.append(_lacking_in_words(lacking))
    met = tuple(Met(option.text, as_typed(option.text, answer)) for option in hits)
    missed = tuple(option.text for option in right if option not in hits)
    return Grade(score, met=met, missed=missed, feedback=" ".join(said), heard=heard)


def without_key(item: Item, answer: str, grade: Grade) -> Grade:
    """The grade of a missed `multi` item as it may be told while there is a try left; of any other item, as it is.

    It says how many of the marked options are right and why one that is wrong doesn't belong. What is right option by option, or
    what is wrong among all of them, would be the answer.
    """
    marked = picked_options(item, answer) if item.kind == Kind.MULTI and not grade.correct else None
    if marked is None:
        return grade
    right, slips = sum(option.right for option in marked), [option for option in marked if not option.right]
    count = f"{right or 'None'} of the {len(marked)} that you marked {'is' if right == 1 else 'are'} right."
    if len(marked) == 1:
        count = "It is right." if right else "It is not right."
    said = [count]
    if slips and len(marked) < len(item.options):
        said.append(slips[0].reply or f"{_named(slips[0].text, answer)} does not belong.")
    lacking = sum(option.right for option in item.options) - right
    if lacking:
        said.append(_lacking_in_words(lacking))
    return replace(grade, met=(), missed=(), feedback=" ".join(said))


def _lacking_in_words(count: int) -> str:
    return "One more option is right." if count == 1 else f"{count} more options are right."


def grade_order(item: Item, answer: str, language: str = "en") -> Grade:
    """The share of steps in the longest run that is in the right order.

    The numbers of the answer count the steps, from 1, in the order in which the learner saw them.
    """
    count, text = len(item.steps), clean(answer).strip()
    given = named_steps(item, text)
    if given is None:
        return Grade(
            0.0,
            misunderstood=f"That does not name each of the {count} steps once. "
            f"Type the numbers 1 to {count} in your order, such as {' '.join(map(str, range(count, 0, -1)))}.",
        )
    given = with_groups_in_order(given, item.any_order)
    if given == list(range(count)):
        return Grade(1.0, met=tuple(Met(step, as_typed(step, text)) for step in item.steps))
    in_order = longest_run(given)
    if not in_order:
        return Grade(0.0, missed=item.steps, feedback="No two steps follow one another in the right order.")
    run = [item.steps[i] for i in in_order]
    return Grade(
        len(run) / count,
        met=tuple(Met(step, as_typed(step, text)) for step in run),
        missed=tuple(step for step in item.steps if step not in run),
        feedback=f"{len(run)} of {count} steps follow one another rightly: {' → '.join(run)}.",
    )


def named_steps(item: Item, text: str) -> list[int] | None:
    """The steps in the order of an answer, as indices into `item.steps`; None where it doesn't name each of them once."""
    shown, count = shuffled_steps(item), len(item.steps)
    if re.fullmatch(r"[\d\s,;.>→-]+", text):
        numbers = [int(number) for number in re.findall(r"\d+", text)]
        if len(numbers) == 1 and len(text) == count < 10:  # 3142
            numbers = [int(digit) for digit in text]
        return [shown[number - 1] for number in numbers] if sorted(numbers) == list(range(1, count + 1)) else None
    steps = [fold(step) for step in item.steps]
    for mark in (r"\s*(?:→|->|>)\s*", r"\s*[;\n]\s*", r"\s*,\s*"):
        parts = [fold(part) for part in re.split(mark, text) if part.strip()]
        if sorted(parts) == sorted(steps):
            return [steps.index(part) for part in parts]
    return None


def longest_run(given: Sequence[int]) -> list[int]:
    """The longest run of steps that follow one another rightly, two or more; [] where there is none."""
    longest: list[int] = []
    run: list[int] = []
    for step in given:
        run = [*run, step] if run and step == run[-1] + 1 else [step]
        longest = max(longest, run, key=len)
    return longest if len(longest) > 1 else []


def with_groups_in_order(given: Sequence[int], groups: Sequence[Sequence[int]]) -> list[int]:
    """An order of steps in which those of each group keep the places that the group has, in the order of the bank."""
    settled = list(given)
    for group in groups:
        places = [place for place, step in enumerate(given) if step in group]
        for place, step in zip(places, sorted(group), strict=True):
            settled[place] = step
    return settled
