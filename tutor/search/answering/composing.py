"""From chosen quotes to an answer: what a quote needs beside it, in plain sentences, with a citation for each run of lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tutor.corpus.markdown import COMMENT, cut_comment
from tutor.models import Citation, Passage
from tutor.search.answering.fitting import Fit
from tutor.search.answering.quotes import (
    CODE,
    ENTRY,
    FORMULA,
    OTHER,
    OUTPUT,
    ROW,
    SENTENCE,
    TABLE,
    Quotable,
    plain_sentence,
    tidy,
    without_label,
)
from utils.patterns import compiled_later

FEWEST_WORDS, ENOUGH_WORDS, MOST_WORDS = 25, 35, 80
LONGEST_LIST = 110  # words of steps, which are given whole or not at all
ROOM_FOR_A_SIDE = 45  # words

SOON = 4  # quotes below which a table belongs to what was said

BULLET_INSIDE = compiled_later(r"\n\s*(?:[-*+]|\d{1,3}[.)])\s")
SPEAKS_OF_CODE = compiled_later(
    r"\W*(?:This|That|These|Those|It|The (?:first|second|last|only|code|command|line|output|result|function|option))\b"
)

CONCLUDES = compiled_later(
    r"\W*(?:So|Thus|Hence|Therefore|That is why|Consequently|In short|Daher|Deshalb|Donc|Por eso|Поэтому)\b"
)


@dataclass
class QuotedPart:
    """Quotes of one passage, or its author's own short answers to questions like this one."""

    fit: Fit
    numbers: set[int] = field(default_factory=set)
    own: tuple[str, ...] = ()  # the author's answers, said in place of the quotes, which are cited
    sure: float = 0.0  # how well the author's answer does, as authored.py has found

    @property
    def quotes(self) -> list[Quotable]:
        return [self.fit.quotes[number] for number in sorted(self.numbers)]

    @property
    def size(self) -> int:
        if self.own:
            return sum(len(one.split()) for one in self.own)
        return sum(self.fit.quotes[number].size for number in self.numbers)


@dataclass
class DraftAnswer:
    """What will be said, in order."""

    parts: list[QuotedPart]
    opening: str = ""  # "No." and the like
    defines: bool = False  # whether it is a definition that was asked for


def part_with(
    fit: Fit, decisive: int, room: int = MOST_WORDS, least: int = FEWEST_WORDS, with_key: bool | None = True
) -> QuotedPart:
    """A quote with what it needs: the section's key sentence before it, what it leans on, what it leads to.

    with_key: None for the key sentence only where the quote leans on it, or where it speaks of what was asked.
    """
    quotes, chosen = fit.quotes, {decisive}
    if quotes[decisive].claim:
        return QuotedPart(fit, {number for number, quote in enumerate(quotes) if quote.block == quotes[decisive].block})

    def fits(number: int) -> bool:
        if not 0 <= number < len(quotes) or number in chosen:
            return False
        return sum(quotes[n].size for n in chosen | {number}) <= room

    back = decisive
    while back and quotes[back].leans_back and fits(back - 1) and not quotes[back - 1].says_nothing:
        before = quotes[back - 1]
        if before.form == CODE and SPEAKS_OF_CODE.match(quotes[back].said) and not OUTPUT.match(before.text) and before.is_short:
            back -= 1
            chosen.add(back)
            if back and quotes[back - 1].leads_on and fits(back - 1):
                chosen.add(back - 1)
            break
        if before.form in (CODE, TABLE, OTHER, ENTRY):
            break
        back -= 1
        chosen.add(back)
    _lead_on(quotes, chosen, decisive, room)
    last = max(chosen)
    if (
        fits(last + 1)
        and CONCLUDES.match(quotes[last + 1].said)
        and not quotes[last + 1].leads_on
        and quotes[last].form == SENTENCE
    ):
        chosen.add(last + 1)
    key = fit.key if quotes[decisive].leans_back else fit.bold_key
    wanted = key is not None and (with_key or (with_key is None and (quotes[back].leans_back or fit.is_about(key))))
    if key is not None and wanted and fits(key) and key < min(chosen):
        chosen.add(key)
    part = QuotedPart(fit, chosen)
    fill_up(part, least, room)
    return part


def _lead_on(quotes: Sequence[Quotable], chosen: set[int], number: int, room: int) -> None:
    """Add the formula, list, table or code that a quote ends in a colon for, and the sentence that goes on below a formula."""
    while number + 1 < len(quotes):
        here, after = quotes[number], quotes[number + 1]
        goes_on = after.form == SENTENCE and (after.text[:1].islower() or after.text.startswith("$")) and here.form == FORMULA
        wanted = (
            here.leads_on or goes_on or (here.form == ENTRY and after.form == ENTRY and _leads_to_list(quotes, number, chosen))
        )
        if not wanted or (after.form == CODE and not after.is_short) or after.is_elsewhere:
            return
        if after.form != CODE and sum(quotes[n].size for n in chosen) + after.size > max(
            room, LONGEST_LIST if after.form == ENTRY else room
        ):
            return
        number += 1
        chosen.add(number)


def _leads_to_list(quotes: Sequence[Quotable], number: int, chosen: set[int]) -> bool:
    """Whether an entry belongs to a list that was chosen with the sentence above it."""
    while number and quotes[number].form == ENTRY:
        number -= 1
    return number in chosen and quotes[number].leads_on


def fill_up(part: QuotedPart, least: int = FEWEST_WORDS, room: int = MOST_WORDS) -> None:
    """Add the sentences that follow until there are enough words."""
    quotes = part.fit.quotes
    while part.numbers and part.size < least:
        last = max(part.numbers)
        after = quotes[last + 1] if last + 1 < len(quotes) else None
        if after is None or after.form != SENTENCE or after.says_nothing or after.worked != quotes[last].worked or after.leads_on:
            return
        if part.size + after.size > room:
            return
        part.numbers.add(last + 1)


def joined(drafts: Sequence[DraftAnswer | None]) -> DraftAnswer | None:
    """The answers to the parts of a question, one after the other and nothing twice; None where a part has none."""
    whole: DraftAnswer | None = None
    for draft in drafts:
        if draft is None:
            return None
        if whole is None:
            whole = draft
            continue
        for part in draft.parts:
            if part.own:
                part.own = tuple(one for one in part.own if not any(one in other.own for other in whole.parts))
                whole.parts += [part] if part.own else []
                continue
            same = [one for one in whole.parts if one.fit.passage == part.fit.passage and not one.own]
            part.numbers -= set().union(*(one.numbers for one in same))
            whole.parts += [part] if part.numbers else []
    return whole


def join_parts(parts: list[QuotedPart], *others: QuotedPart) -> None:
    """Add parts, each together with one of the same passage that is there already."""
    for more in others:
        same = next((part for part in parts if part.fit is more.fit), None)
        if same:
            same.numbers |= more.numbers
        else:
            parts.append(more)


def add_cases(part: QuotedPart) -> None:
    """Add the table or list of cases that stands soon below what was chosen, with what leads to it, in place of what is after."""
    quotes = part.fit.quotes
    for last in sorted(part.numbers):
        first = last + 1
        while first < min(last + SOON, len(quotes)) and quotes[first].form == SENTENCE and not quotes[first].worked:
            first += 1
        if first >= len(quotes) or not (quotes[first].form in (TABLE, ROW) or _is_listed(quotes, first)):
            continue
        end = first
        while end + 1 < len(quotes) and quotes[end + 1].form == quotes[first].form != TABLE:
            if quotes[end + 1].header != quotes[first].header:
                break
            end += 1
        whole = {number for number in part.numbers if number < last} | set(range(last, end + 1))
        if sum(quotes[number].size for number in whole) <= LONGEST_LIST:
            part.numbers = whole
            return


def _is_listed(quotes: Sequence[Quotable], number: int) -> bool:
    """Whether a list begins there that the sentence above announces."""
    return quotes[number].form == ENTRY and number > 0 and quotes[number - 1].form == SENTENCE and quotes[number - 1].leads_on


def add_code(part: QuotedPart) -> None:
    """Add the short block of code that stands directly below what was chosen: a command says best how something is done."""
    quotes, last = part.fit.quotes, max(part.numbers, default=-1)
    if 0 <= last < len(quotes) - 1 and quotes[last].is_prose and quotes[last + 1].form == CODE:
        code = quotes[last + 1]
        if not OUTPUT.match(code.text) and code.is_short:
            part.numbers.add(last + 1)


# -------------------------------------------------------------------------------------------------- the text


def text_of(draft: DraftAnswer) -> str:
    """The answer as Markdown: sentences in a row, what is no prose as a block of its own."""
    blocks: list[str] = []
    in_row = False
    if draft.opening:
        blocks, in_row = [draft.opening], True
    for part in draft.parts:
        if len(draft.parts) > 1 and part is not draft.parts[0]:
            in_row = False
        if part.own:
            blocks.append(" ".join(part.own))
            continue
        for number in sorted(part.numbers):
            said, is_block, is_entry = _said(part.fit.quotes[number], part)
            if not said:
                continue
            if not is_block and not (number + 1 in part.numbers and _said(part.fit.quotes[number + 1], part)[0]):
                said = re.sub(r"[:：](\**)$", r".\1", said)  # what it announces is left out
            if is_block or not in_row:
                blocks.append(said)
            else:
                blocks[-1] += f" {said}"
            in_row = not is_block and not is_entry
    return _joined(blocks)


def _said(quote: Quotable, part: QuotedPart) -> tuple[str, bool, bool]:
    """(Markdown, is it a block, is it an entry of a list) of a quote in an answer."""
    if quote.form == SENTENCE:
        return plain_sentence(without_label(quote.said)), False, False
    if quote.form == ENTRY:
        if sum(other.form == ENTRY for other in part.quotes) > 1 or BULLET_INSIDE.search(quote.text):
            return tidy(quote.text), True, True
        return plain_sentence(quote.said), False, False
    if quote.form == ROW:
        rows = [other for other in part.quotes if other.header == quote.header]
        return ("" if quote is not rows[0] else "\n".join([quote.header, *(row.text for row in rows)])), True, False
    return quote.text.strip("\n"), True, False


def _joined(blocks: Iterable[str]) -> str:
    """Blocks with a blank line between them, but the entries of a list without."""
    text = ""
    for block in blocks:
        listed = re.match(r"\s*(?:[-*+]|\d{1,3}[.)])\s", block)
        gap = "\n" if listed and re.match(r"\s*(?:[-*+]|\d{1,3}[.)])\s", text.rsplit("\n\n", 1)[-1]) else "\n\n"
        text += (gap if text else "") + block
    return text


# ------------------------------------------------------------------------------------------------- citations


def citations_of(draft: DraftAnswer) -> tuple[Citation, ...]:
    """A citation for each run of sentences that follow each other in one block, and for each block that is quoted whole."""
    found: list[Citation] = []
    for part in draft.parts:
        found += _runs(part.fit.passage, part.quotes)
    return tuple(found)


def _runs(passage: Passage, quotes: Sequence[Quotable]) -> list[Citation]:
    found: list[Citation] = []
    last: Quotable | None = None
    for quote in quotes:
        if last and quote.form == last.form == SENTENCE and quote.block == last.block and _follow(passage, last, quote):
            text = f"{found[-1].quote} {quote.text}"
            found[-1] = Citation(passage.lesson, passage.path, found[-1].line, passage.heading, text)
        else:
            found.append(Citation(passage.lesson, passage.path, quote.line, passage.heading, quote.text))
        last = quote
    return found


def _follow(passage: Passage, one: Quotable, other: Quotable) -> bool:
    """Whether there is nothing between two sentences."""
    return flat(f"{one.text} {other.text}") in flat(passage.text)


def quote_stands(citation: Citation, text: str) -> bool:
    """Whether a citation's quote is in the lesson's text and begins on its line."""
    lines = text.replace("\r\n", "\n").split("\n")
    if not 1 <= citation.line <= len(lines):
        return False
    quote = flat(citation.quote)
    longest = citation.quote.count(" ") + citation.quote.count("\n") + 60  # lines that it may extend over
    here = flat("\n".join(lines[citation.line - 1 : citation.line + longest]))
    place = here.find(quote)
    return bool(quote) and 0 <= place <= len(flat(lines[citation.line - 1]))


def flat(text: str) -> str:
    """A text on one line, without comments."""
    return " ".join(COMMENT.sub(cut_comment, text).split())
