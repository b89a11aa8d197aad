"""Does a hint or a question give the answer away?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tutor.corpus.bank import kind_of, shown_answer
from tutor.corpus.bank.kinds.number import is_the_answer
from tutor.grading import grade
from tutor.models import Item
from tutor.screen import mathtext

COMMON_WORDS = set(
    "true false none both neither always never equal equals same different more less fewer larger smaller higher lower "
    "greater longer shorter faster slower above below before after increases decreases grows shrinks zero one half "
    "double first second last".split()
)
WORD = re.compile(r"\d[\d.,]*\d|\w+|[^\w\s.,;:!?()\"'“”‘’`*$_]")
NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?", re.IGNORECASE)
LEAST_CODE = 8  # characters of a line of code without its spaces
MIN_LETTERS = 4  # of a one-word answer; hints may well contain shorter ones by chance


def hint_gives_away(item: Item, hint: str, language: str) -> bool:
    """Does a hint say the answer? item: with its values drawn."""
    kind = kind_of(item)
    if kind.offers_options:
        return _names_right_options(item, hint, one_word=True)
    if kind.is_code:
        return _contains_code(kind.giveaways(item), hint)
    if item.lines:  # a hint may well name an option of one of them by chance
        alone = [_asked_alone(item, index) for index, line in enumerate(item.lines) if not line.item.options]
        return any(hint_gives_away(asked, hint, language) for asked in alone)
    if item.answer is not None:
        return _contains_answer(item, hint)
    if parts := kind.answer_parts(item):
        return _contains_in_order(parts, hint, len(parts) == 1)
    if item.expression:
        return re.sub(r"[\s*·$]", "", item.expression) in re.sub(r"[\s*·$]", "", hint)
    return grade(item, hint, language=language).correct


def question_gives_away(item: Item) -> bool:
    """Does the question say the answer? A single word or number doesn't count, since it may be there by chance."""
    kind = kind_of(item)
    if kind.offers_options:
        return _names_right_options(item, item.question, one_word=False)
    return kind.in_order and _contains_in_order(kind.answer_parts(item), item.question, False)


def lines_above_give_away(item: Item, index: int, language: str) -> bool:
    """Does the work of a line say the answer of one below it, which is no answer of its own? item: with its values drawn."""
    asked = _asked_alone(item, index)
    return any(hint_gives_away(asked, line.work, language) for line in item.lines[:index] if line.work)


def _asked_alone(item: Item, index: int) -> Item:
    """What a line of a worked example asks for; its question says all that is no secret there."""
    answers = [shown_answer(line.item) for line in item.lines[:index]]
    return replace(
        item.lines[index].item, question="\n".join([item.question, *(line.item.question for line in item.lines), *answers])
    )


def tells_answer(item: Item, text: str, language: str) -> bool:
    """Does a text hold the answer, at its end or elsewhere? item: with its values drawn."""
    said = readable(text)
    ends = (re.split(marks, said)[-1].strip(" .*`") for marks in ("[=≈]", ":", "\n"))
    if any(grade(item, end, language=language).correct for end in ends if end):
        return True
    if item.answer is not None:
        size = replace(item, answer=abs(item.answer))
        return any(is_the_answer(_value(number), size) for number in NUMBER.findall(said))
    return "".join(shown_answer(item).split()).casefold() in "".join(said.split()).casefold()


def _names_right_options(item: Item, text: str, one_word: bool) -> bool:
    """Does a text contain the words of every right option and of no wrong one?"""
    said = _words(text)
    right = [_words(option.text) for option in item.options if option.right]
    wrong = [_words(option.text) for option in item.options if not option.right]
    if any(_is_part(words, said) for words in wrong if words):
        return False
    given = _words(item.question) if text != item.question else []
    for words in right:
        # the question itself may well contain the numbers that are its answer
        telling = _is_telling(words) if one_word else len(words) > 1 and any(len(w) > 1 and w.isalpha() for w in words)
        if not telling or not _is_part(words, said) or _is_part(words, given):
            return False
        if any(_is_part(words, other) for other in wrong):  # "variance" says nothing beside "variance of the sum"
            return False
    return True


def _is_telling(words: list[str]) -> bool:
    """Are these words enough to count as giving the answer away?"""
    if len(words) != 1:
        return len("".join(words)) >= MIN_LETTERS
    word = words[0]
    return len(word) > 1 if word[0].isdigit() else len(word) >= MIN_LETTERS and word not in COMMON_WORDS


def _contains_in_order(texts: Iterable[str], said: str, alone: bool) -> bool:
    """Does what is said contain all the texts, in this order? alone: there is only one, so its word must be telling."""
    words = _words(said)
    for text in texts:
        wanted = _words(text)
        if not wanted or (alone and not _is_telling(wanted)):
            return False
        place = next((at for at in range(len(words)) if words[at : at + len(wanted)] == wanted), None)
        if place is None:
            return False
        words = words[place + len(wanted) :]
    return True


def _contains_answer(item: Item, hint: str) -> bool:
    """Does a hint contain the answer as a number? Not if the question gives it, or if it is a number that hints often use."""
    answer = abs(item.answer or 0.0)
    if answer == int(answer) and (answer <= 12 or answer in (100, 1000)):
        return False
    wanted = {_value(number) for number in NUMBER.findall(shown_answer(item))} | {answer}
    given = Counter(_value(number) for number in NUMBER.findall(item.question))
    return any(_value(number) in wanted and _value(number) not in given for number in NUMBER.findall(readable(hint)))


def _contains_code(lines: Iterable[str], hint: str) -> bool:
    """Does a hint hold a line of the reference that says more than a keyword?"""
    said = "".join(hint.split())
    bare = ["".join(line.split()).removeprefix("return") for line in lines]
    return any(len(line) >= LEAST_CODE and line in said for line in bare)


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def _words(text: str) -> list[str]:
    return WORD.findall(readable(text).casefold())


def _is_part(words: Sequence[str], others: Sequence[str]) -> bool:
    return any(others[at : at + len(words)] == words for at in range(len(others) - len(words) + 1))


def readable(text: str) -> str:
    """A text as the learner reads it, with formulas in Unicode."""
    return re.sub(r"\$\$?([^$]+)\$\$?", lambda match: mathtext.inline(match[1]), text)
