"""What could be asked about a section: gaps in its sentences, cells of its tables, its lists. Most drafts never become items."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tutor.corpus.made_items import english
from tutor.corpus.made_items.reading import (
    UNSPACED,
    WORD,
    GlossaryEntry,
    MarkedSpan,
    SectionFacts,
    Sentence,
    Table,
    blanked_out,
    is_balanced,
)
from tutor.corpus.made_items.terms import LOOKED_AT, OPTIONS, Terms, code_shape, holds_one_of, is_plural, is_unlike, roots
from tutor.stop_words import FINDING_TERMS

GAP, BLANK = "____", "[[…]]"
MIN_SIGNS, MAX_SIGNS = 12, 120  # of a sentence in a script without spaces
MAX_MATH, MAX_CODE = 2, 4  # formulas and stretches of code in a sentence that is asked about
LONG_NUMBER = re.compile(r"\d{2}")  # in the name of a row: other cells are likely to hold it too
MAX_LISTS = 10  # of alternatives, in a section
MAX_TITLE = 40  # characters of a column's title, and of the name of an entry
BEST_WORDS = 16  # of a sentence

# How good a question each form makes, set after reading several hundred of them.
WORTH = {
    "definition": 9.0, "bold": 8.0, "glossary": 8.0, "table": 6.5, "em": 5.0, "code": 5.0, "alternatives": 5.0,
    "number": 4.5, "noun": 4.0, "phrase": 4.0, "name": 3.0,
}  # fmt: skip
READER_PENALTY, MATH_PENALTY = 2.0, 2.0  # for a sentence that addresses its reader, and for each formula


@dataclass(frozen=True)
class Draft:
    """A question as it could be asked; its wrong options are still to be found."""

    form: str
    worth: float
    sentence: Sentence  # where it stands
    source: str  # the sentence that it is made of; an item's id is made from it
    question: str  # of a choice
    answer: str
    explanation: str
    others: Callable[[], list[str]]  # up to three wrong options
    cloze: str = ""  # the question of a cloze, where the answer is a word that a learner could type


def drafts_of(page: SectionFacts, terms: Terms, heading: set[str]) -> Iterator[Draft]:
    """Every draft of a section. heading: roots of the words above it, none of which may be the answer."""
    for glossary in page.glossaries:
        yield from _of_glossary(glossary, terms)
    for table in page.tables:
        yield from _of_table(table)
    if terms.is_english:
        for listed in page.lists[:MAX_LISTS]:
            members = [member.text.rstrip(".;,") for member in listed.members]
            yield from _of_alternatives(listed.lead, listed.lead.text, members, terms)
    for sentence in page.sentences:
        sentence = _unjoined(sentence) if terms.is_english else sentence
        if not _can_be_asked(sentence, terms.is_english):
            continue
        if terms.is_english and (match := english.ALTERNATIVES.search(sentence.text)):
            members = re.split(r",? (?:and|or) |, ", match["list"])
            yield from _of_alternatives(sentence, sentence.text[: match.start("list")].rstrip(), members, terms)
        for gap in _gaps(sentence, terms, heading):
            yield _of_gap(sentence, gap, terms)


# --------------------------------------------------------------------------------------------------- sentences


@dataclass(frozen=True)
class _Gap:
    """What could be left out of a sentence."""

    form: str
    start: int
    end: int
    answer: str
    shapes: tuple[tuple, ...]  # of what could be there instead, the best first


def _unjoined(sentence: Sentence) -> Sentence:
    """A sentence without what joins it to the one before: `However, salt slows it` becomes `Salt slows it`."""
    lead = english.LEAD.match(sentence.text)
    if not lead:
        return sentence
    end = lead.end()
    marks = tuple(MarkedSpan(mark.kind, mark.start - end, mark.end - end) for mark in sentence.marks if mark.start >= end)
    return replace(sentence, text=sentence.text[end].upper() + sentence.text[end + 1 :], marks=marks)


def _can_be_asked(sentence: Sentence, is_english: bool) -> bool:
    text = sentence.text
    if "=" in text or not is_balanced(text) or len(sentence.marked("math")) > MAX_MATH or len(sentence.marked("code")) > MAX_CODE:
        return False
    if is_english:
        return english.stands_alone(sentence)
    signs = len(UNSPACED.findall(text))
    fits = MIN_SIGNS <= signs <= MAX_SIGNS if signs else english.MIN_WORDS <= len(text.split()) <= english.MAX_WORDS
    return fits and text.rstrip("\"'”’»)）」")[-1:] in (".", "。", "।")


def _gaps(sentence: Sentence, terms: Terms, heading: set[str]) -> Iterator[_Gap]:
    """The gaps that neither the rest of the sentence nor the heading fills."""
    for gap in _all_gaps(sentence, terms):
        rest = sentence.text[: gap.start] + " " + sentence.text[gap.end :]
        own, around = roots(gap.answer), roots(rest)
        is_code = gap.answer.startswith("`")
        if own and (own <= heading or (own <= heading | around if is_code else own & around)):
            continue
        if gap.form in ("phrase", "name") and own & heading:
            continue
        if gap.answer.strip("`").casefold() not in rest.casefold():
            yield gap


def _all_gaps(sentence: Sentence, terms: Terms) -> Iterator[_Gap]:
    if not terms.is_english:
        yield from filter(None, (_term_gap("bold", mark, sentence, terms) for mark in sentence.marked("bold")))
        return
    is_instruction = english.IMPERATIVE.match(sentence.text)  # an instruction says little out of context
    if subject := english.definition_of(sentence):
        yield from filter(None, [_term_gap("definition", subject, sentence, terms)])
    for mark in sentence.marked("bold", "em", "code"):
        if mark.kind == "code" or not is_instruction:
            yield from filter(None, [_term_gap(mark.kind, mark, sentence, terms)])
    if is_instruction or sentence.marked("math"):
        return
    for number, start, form in english.numbers_of(sentence):
        if form and english.is_quantity(sentence, number, start):
            yield _Gap("number", start, start + len(number), number, (("number", form),))
    for noun, start in english.nouns_of(sentence):
        if noun in terms.nouns and any(mark.start <= start < mark.end for mark in sentence.marked("bold")):
            yield _Gap("noun", start, start + len(noun), noun, (("noun", is_plural(noun)),))
    for phrase, start in english.phrases_of(sentence):
        if phrase in terms.phrases and not sentence.text[:start].endswith(" to "):
            yield _Gap("phrase", start, start + len(phrase), phrase, (("phrase", is_plural(phrase)),))
    if english.TO_THE_READER.search(sentence.text):
        return
    for name, start in english.names_of(sentence):
        if name in terms.classes and name.lower() not in terms.small and not english.ENUMERATED.search(sentence.text[:start]):
            yield _Gap("name", start, start + len(name), name, (terms.shape_of_name(name),))


def _term_gap(form: str, mark: MarkedSpan, sentence: Sentence, terms: Terms) -> _Gap | None:
    term = terms.term_at(mark, sentence)
    if not term or sentence.text[mark.end :].startswith(":"):
        return None
    if terms.is_english and form == "bold" and mark.start and not _is_noun(mark, sentence):
        return None
    if form == "em" and not (_is_noun(mark, sentence) and _is_said_as_noun(term, mark, sentence, terms)):
        return None
    shapes = [terms.shape(term)]
    if terms.is_english and not term.startswith("`"):
        shapes += [("phrase", is_plural(term))] if " " in term else [("noun", is_plural(term))]
    return _Gap(form, mark.end - len(term), mark.end, term, tuple(shapes))  # without its article


def _is_noun(mark: MarkedSpan, sentence: Sentence) -> bool:
    """Whether a marked word could be a noun: a verb follows `to`, and an adjective comes before another word."""
    after = WORD.match(sentence.text, mark.end + 1)
    is_half = after and after[0].lower() not in FINDING_TERMS
    return not is_half and not sentence.text[: mark.start].endswith(" to ")


def _is_said_as_noun(term: str, mark: MarkedSpan, sentence: Sentence, terms: Terms) -> bool:
    """Whether a part in italics is a term rather than a word that is stressed."""
    if not english.BEFORE_A_NOUN.search(sentence.text[: mark.start]) or not terms.elsewhere(term, sentence):
        return False
    return " " in term or not english.NO_NOUN.fullmatch(term)


def _of_gap(sentence: Sentence, gap: _Gap, terms: Terms) -> Draft:
    before, after = sentence.text[: gap.start], sentence.text[gap.end :]
    penalty = 0.1 * abs(len(WORD.findall(sentence.text)) - BEST_WORDS) ** 0.5 + MATH_PENALTY * len(sentence.marked("math"))
    if english.TO_THE_READER.search(sentence.text):
        penalty += READER_PENALTY

    def others() -> list[str]:
        if gap.form == "number":
            return terms.numbers(gap.shapes[0][1], gap.answer, sentence)
        return terms.others(list(gap.shapes), gap.answer, sentence, before, f"{before} {after}")

    asked = "Which number fills the gap?" if gap.form == "number" else "What fills the gap?"
    can_type = gap.form in ("definition", "bold", "em") and _can_be_typed(gap.answer, sentence, terms)
    return Draft(
        gap.form, WORTH[gap.form] - penalty, sentence, sentence.text, f"{asked}\n\n“{before}{GAP}{after}”", gap.answer,
        f"{before}**{sentence.text[gap.start : gap.end]}**{after}", others, f"{before}{BLANK}{after}" if can_type else "",
    )  # fmt: skip


def _can_be_typed(answer: str, sentence: Sentence, terms: Terms) -> bool:
    """Whether it is a word or two that the lesson uses more than once, so that a reader has seen it."""
    if not re.fullmatch(r"[^\W\d_]+(?:[ -][^\W\d_]+)?", answer) or (terms.is_english and len(answer) < 4):
        return False
    return bool(terms.elsewhere(answer, sentence))


# -------------------------------------------------------------------------------------------- lists and tables


def _of_glossary(glossary: list[GlossaryEntry], terms: Terms) -> Iterator[Draft]:
    """Questions that describe a term and ask which of the terms of its list it is."""
    for number, entry in enumerate(glossary[:LOOKED_AT] if len(glossary) >= OPTIONS else ()):
        term, meaning = entry.term, entry.meaning
        bare = blanked_out(meaning, "math")
        words = len(WORD.findall(bare)) - len(meaning.marked("math")) + len(UNSPACED.findall(bare)) // 2
        if not 4 <= words <= english.MAX_WORDS or len(term.text) > MAX_TITLE or english.LABELS.fullmatch(term.text):
            continue
        if meaning.text.endswith(":") or not is_balanced(meaning.text) or not is_balanced(term.text):
            continue
        if roots(term.text) & roots(meaning.text):
            continue
        if terms.is_english and english.is_dangling(blanked_out(meaning, "code", "math")):
            continue

        def others(number: int = number, term: Sentence = term, meaning: Sentence = meaning) -> list[str]:
            others = [one.term for one in _nearest(glossary, number) if one.term.marks[0].kind == term.marks[0].kind]
            others = [one.text for one in others if len(one.text) <= MAX_TITLE]
            return unlike(term.text, [text for text in others if not roots(text) & roots(meaning.text)])

        yield Draft(
            "glossary", WORTH["glossary"] - 0.05 * abs(words - 12), meaning, f"{term.text}: {meaning.text}",
            f"Which of these does this describe?\n\n“{meaning.text}”", term.text, f"**{term.text}**: {meaning.text}", others,
        )  # fmt: skip


def _of_table(table: Table) -> Iterator[Draft]:
    """Questions for the value of a cell, among the other values of its column. Tables of figures are left out."""
    keys = [_key(row[0]) if row else "" for row in table.rows]
    cells = [cell.text for row in table.rows for cell in row[1:] if cell]
    named = [key for key in keys if key]
    if len(named) < OPTIONS or len(set(named)) < len(named) or 2 * sum(map(is_figure, cells)) > len(cells):
        return
    for column, title in enumerate(table.header[1:], 1):
        if is_figure(title.text) or len(title.text) > MAX_TITLE:
            continue
        values = [row[column] if column < len(row) else None for row in table.rows]
        counts = Counter(value.text for value in values if value)
        for number, (key, value) in enumerate(zip(keys, values, strict=True)):
            if not key or not value or counts[value.text] > 1 or not re.search(r"\w", value.text):
                continue
            if not is_balanced(key + value.text) or roots(key) & roots(value.text) or LONG_NUMBER.search(key):
                continue

            def others(number: int = number, key: str = key, value: Sentence = value, values: list = values) -> list[str]:
                others = [one.text for one in _nearest(values, number) if one]
                return unlike(value.text, [text for text in others if not roots(text) & roots(key)])

            row = " · ".join(
                f"{head.text}: {cell.text}" for head, cell in zip(table.header[1:], table.rows[number][1:], strict=False) if cell
            )
            yield Draft(
                "table", WORTH["table"] - 2 * is_figure(value.text) - 0.02 * len(value.text), value, f"{key} · {title.text}",
                f"In the table, what is under *{title.text}* in the row **{key}**?", value.text, f"**{key}** · {row}", others,
            )  # fmt: skip


def _key(cell: Sentence | None) -> str:
    """What names a row; "" where a cell holds no word."""
    return cell.text if cell and re.search(r"[^\W\d_]{2}|[^\W\d_]\d", blanked_out(cell, "math").replace("X", "")) else ""


def _of_alternatives(sentence: Sentence, lead: str, members: list[str], terms: Terms) -> Iterator[Draft]:
    """Questions for the one that a list doesn't hold: a term from elsewhere in the lesson among three from the list."""
    whole = sentence.text if sentence.text.endswith(".") else f"{lead} {', '.join(members)}."
    shapes = {_shape_of_member(member, terms) for member in members}
    shape = next(iter(shapes), None)
    if len(members) < OPTIONS or len(lead.split()) < 3 or len(shapes) > 1 or shape is None:
        return
    if not is_balanced(lead) or english.is_dangling(lead):
        return
    first = members[0]
    wanted = [shape] if shape[0] != "term" else [shape, ("phrase", is_plural(first)), ("noun", is_plural(first))]

    for outside in terms.others(wanted, first, sentence, rest=whole)[:1]:
        yield Draft(
            "alternatives", WORTH["alternatives"], sentence, whole,
            f"Which of these does the text *not* name here?\n\n“{lead} {GAP}”", outside, whole, lambda: members[-OPTIONS:],
        )  # fmt: skip


def _shape_of_member(member: str, terms: Terms) -> tuple | None:
    if member.startswith("`"):
        return code_shape(member)
    if member[:1].isupper():
        return terms.shape_of_name(member)
    term = terms.term_at(MarkedSpan("member", 0, len(member)), Sentence(member))
    return terms.shape(term) if term else None


def _nearest(entries: list, number: int) -> list:
    """The entries around one of them, the nearest first."""
    around = range(max(0, number - LOOKED_AT), min(len(entries), number + LOOKED_AT + 1))
    return [entries[at] for at in sorted(around, key=lambda at: (abs(at - number), at)) if at != number]


def unlike(answer: str, others: list[str]) -> list[str]:
    """Up to three texts of which none contains another or the answer; those of a similar length come first."""
    found: list[str] = []
    for text in sorted(dict.fromkeys(others), key=lambda text: is_unlike(text, answer)):
        if len(found) < OPTIONS and not holds_one_of(text, (*found, answer)):
            found.append(text)
    return found


def is_figure(text: str) -> bool:
    """Is a text no word but a number, with a unit or without, a sign or a letter?"""
    return not re.search(r"[^\W\d_]{2}", text) or bool(re.fullmatch(r"[~<>≈$]?\d[\d.,]*\s?\w{1,3}", text))
