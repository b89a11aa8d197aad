"""What can be quoted of a passage: sentences, list entries, tables, formulas and code, each with its line; and how it reads."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tutor.corpus.drawn import is_drawn
from tutor.corpus.pages import SectionBlock, section_blocks
from tutor.corpus.sentences import LABEL, sentences_of
from tutor.models import Passage
from tutor.search.answering import refuted
from utils.patterns import compiled_later

SENTENCE, ENTRY, FORMULA, TABLE, ROW, CODE, OTHER = "sentence", "entry", "formula", "table", "row", "code", "other"
MOST_CODE_LINES = 12
LONG_TABLE = 60  # words from which a table is quoted row by row
FORMS = {
    "paragraph_open": SENTENCE, "list_item_open": ENTRY, "math_block": FORMULA, "math_block_label": FORMULA, "table_open": TABLE,
    "fence": CODE, "code_block": CODE,
}  # fmt: skip
UNSPACED_CHARACTER = compiled_later("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
CHARACTERS_A_WORD = 2  # about, in scripts without spaces
FENCES = ("```", "~~~")
BULLET = compiled_later(r"\s*(?:[-*+]|\d{1,3}[.)])\s+")
MARKER = compiled_later(r"^\s*(?:/{3,}|:{3,}|!{3}|\?{3}).*\n?", re.M)  # begins or ends a note, as documentation sites write it
GENERATED = compiled_later(r"\s*:{3,}\s+\w+(?:\.\w+)+\b")  # stands for what is made from the program's code
OUTPUT = compiled_later(r"\s*(?:```|~~~)\s*(?:output|text)\b")
BOLD_LEAD = compiled_later(r"\W*\*\*((?:[^*]|\*(?!\*))+)\*\*")
# What can't be understood without what stands before it.
LEANS_BACK = compiled_later(
    r"\W*(?:(?!It(?:['’]s| is| was)\s+(?:important|worth|possible|easy|common|useful|necessary|better|best|good|hard|called)\b)"
    r"(?:This|That|It|Its|They|Their|Them|These|Those|Then|So|Both|Such|He|She|Here|Instead|Hence|Thus|Therefore|But"
    r"|And|Or|"
    r"Otherwise|However|Also|Again|Now|Yet|Still|Likewise|Similarly|Conversely|Either|Neither|Each|Others?|Another|Only then|"
    r"Doing (?:so|this|that|it)|Using (?:this|that|it)|You (?:could|can|would|will|may|might) (?:then|also)|"
    r"(?:For|With|At|After|Under|By|From) [^,.:;]{1,30} (?:that|it|this|they) (?:is|are|was|takes?|gives?|makes?)|"
    r"The (?:same|other|others|former|latter|first|second|third|last|only|result|rest|opposite|next|answer|question|difference"
    r"|reason|remedy|cure|price|trick|reverse)|"
    r"In (?:that|this|these|such|both|either|contrast|other words)|For (?:this|that|these|example|instance)|By contrast|"
    r"Of these|As a result|On the other hand|At this|From this|With (?:this|that|these|it))\b"
    r"|(?:\w+ (?:of |in |with )?(?:its|their|this|these|those|them)\b)"
    r"|(?:Dies|Das|Diese[rsmn]?|Dann|Dort|Dabei|Dadurch|Deshalb|Daher|Aber|Sie|Es|Er|Cela|Ceci|Ce|Cette|Ces|Il|Elle|Ils"
    r"|Elles|Mais|Donc|"
    r"Esto|Este|Esta|Estos|Eso|Pero|Entonces|Así|Это|Этот|Эта|Эти|Он|Она|Они|Но|Поэтому|Тогда|Такой|Такая)\b"
    r"|(?:这|它|他们|因此|所以|但|而|それ|これ|この|その|しかし|だから|そこで))"
)
SHORT = 8  # words of a sentence in which a pronoun mostly means something before it
POINTS_BACK = compiled_later(r"\b(?:it|they|them|this|that|these|those)\b", re.I)
ANNOUNCES = compiled_later(  # says what a text will say, or speaks to its reader about something that they don't see
    r"\W*(?:After this (?:lesson|chapter|section)|In this (?:lesson|chapter|section|guide|tutorial|article|page)"
    r"|This (?:lesson|chapter|section|guide|tutorial|page) "
    r"|(?:In the |The )(?:next|previous|last|following) (?:lesson|chapter|section)|Let(?:'|’)?s |We(?:'|’)ll |You(?:'"
    r"|’)ll (?:learn|see)|Note where|\*\*Warm-up"
    r"|(?:See|Read|Check out|Look at) |Imagine |Suppose |Recall |Remember |Earlier|As (?:we|you) (?:saw|have seen)"
    r"|(?:Figure|Listing|Table|Filename)\b)", re.I
)  # fmt: skip

POINTS_AHEAD = compiled_later(
    r"\b(?:(?:this|the following|the next) (?:example|code|listing|way)|like (?:this|so)|as follows|the following|below)\W*$",
    re.I,
)
CLAIMED = compiled_later(  # names what is wrongly believed, and may stop there
    r"\b(?:misconceptions?|myth|misunderstanding|fallacy)\b[^.]{0,120}\b(?:is|are|was) that\b|\b(?:many|some|most|few) (?:people"
    r"|beginners|students|users) "
    r"(?:\w+ly )?(?:think|believe|assume|say|expect)\b|\b(?:one|you) (?:might|may|could) (?:think|believe|expect|assume"
    r"|suppose)\b"
    r"|\bit (?:is|['’]s) (?:often|commonly|widely|sometimes|tempting to) (?:thought|believed|said|assumed|think|believe|say)\b",
    re.I,
)
WORKED = compiled_later(
    r"\W*(?:Example|Worked example|Exercise|Solution|Beispiel|Exemple|Ejemplo|Пример)\b[^*]{0,40}\*\*"
    r"|\W*\*\*(?:Example|Beispiel|Exemple|Ejemplo)"
)
# What is left out of a quote when it is said.
LONG_BOLD = 4  # words from which bold is no term but a sentence
LINK = compiled_later(
    r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]{0,200}\]){0,300})\]\((?:[^()\s]"
    r"|\([^()]{0,200}\)){0,2000}(?:\s+\"[^\"]*\")?\)(?:\{[^{}]*\})?|(?<!!)\[([^\[\]]+)\]\[[^\[\]]*\]"
)
INCLUDE = compiled_later(r"\{[*!%][^{}]*[*!%]\}")  # of another file, as some sites write it
IMAGE = compiled_later(r"!\[[^\[\]]*\](?:\([^()]*\)|\[[^\[\]]*\])")
FOOTNOTE = compiled_later(r"\[\^[^\[\]\s]+\]")
BOLD = compiled_later(r"(\*\*|__)(?=\S)((?:(?!\1).)+?)(?<=\S)\1", re.S)
TAG = compiled_later(r"</?(?:abbr|span|a|b|i|em|strong|sup|sub|kbd|u|small|div|p|br|dfn|code|img)\b[^<>]*>", re.I)
CODE_SPAN = compiled_later(r"(`+)(?:(?!\1).)+?\1", re.S)


@dataclass(frozen=True)
class Quotable:
    """A sentence, list entry, formula, table or block of code: quoted as a whole or not at all."""

    text: str  # verbatim, except for line ends within a sentence and the claim in front of a correction
    line: int  # of the file on which it begins, 1-based
    block: int  # number of its Markdown block
    form: str
    worked: bool = False  # part of a worked example
    claim: str = ""  # the misconception that it corrects, or the question that it answers
    verdict: str = ""  # the Yes or No in front of it, which is left out: a question may be put the other way round
    header: str = ""  # of the table that a row is from, with the line below it

    @cached_property
    def size(self) -> int:
        return len(self.said.split()) + len(UNSPACED_CHARACTER.findall(self.said)) // CHARACTERS_A_WORD

    @cached_property
    def said(self) -> str:
        """What an answer says of it: without a bullet, and as a sentence."""
        if self.verdict:
            return refuted.capitalized(self.text)
        return BULLET.sub("", self.text, count=1) if self.form == ENTRY else self.text

    @property
    def refutes(self) -> bool:
        """Whether it says that its claim is not so; an answer may also be Yes."""
        return bool(self.claim) and not refuted.AFFIRMS.match(self.verdict)

    @property
    def is_prose(self) -> bool:
        return self.form in (SENTENCE, ENTRY)

    @cached_property
    def leans_back(self) -> bool:
        """Whether it can't be understood without what stands before it."""
        if not self.is_prose:
            return self.form == FORMULA
        said = self.said
        if self.size < SHORT and POINTS_BACK.search(said):
            return True
        return bool(LEANS_BACK.match(said)) or (said[:1].islower() and not re.match(r"[a-z]+[_(=A-Z\d-]|[a-z]+ ?=", said))

    @cached_property
    def leads_on(self) -> bool:
        """Whether it says nothing without what follows."""
        unended = r"[:：,]\W*$" if self.form == ENTRY else r"[^.!?…。！？।)”\"*_`$]$|[:：,]\W*$"
        return self.is_prose and bool(re.search(unended, self.text) or POINTS_AHEAD.search(self.text))

    @cached_property
    def says_nothing(self) -> bool:
        """Whether it is a question, an announcement or a mere label."""
        said = INCLUDE.sub("", self.said).rstrip('*_ )”"')
        if CLAIMED.search(said) or (self.form == OTHER and said.lstrip().startswith("<")):
            return True
        return said.endswith(("?", "？")) or bool(ANNOUNCES.match(said)) or (len(said.split()) < 3 and said.isascii())

    @property
    def is_short(self) -> bool:
        """Whether it is code that is short enough to be quoted, and stands here."""
        return not self.is_elsewhere and self.text.count("\n") <= MOST_CODE_LINES

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is code that stands in another file."""
        return self.form == CODE and ("{{#" in self.text or bool(INCLUDE.search(self.text)))

    @cached_property
    def lead(self) -> str:
        """The words in bold that it begins with, or the first cell of a row; "" for none."""
        if self.form == ROW:
            return self.text.strip().strip("|").partition("|")[0].strip(" `*")
        bold = BOLD_LEAD.match(self.said)
        return bold[1] if bold else ""


def quotes_of(passage: Passage) -> list[Quotable]:
    """What a passage consists of, in order; of a section about misconceptions the corrections alone."""
    found = list(_everything(passage))
    if refuted.is_about_misconceptions(passage.heading):
        found = list(_corrections(found))
    return found


def _everything(passage: Passage) -> Iterator[Quotable]:
    raw = passage.text.split("\n")
    worked = False
    for number, block in enumerate(section_blocks(passage.text)):
        if is_drawn(block.info):
            continue
        form = FORMS.get(block.kind, OTHER)
        if form == OTHER and block.text.lstrip().startswith(FENCES):
            form = CODE
        worked = bool(WORKED.match(block.text)) or (worked and form != SENTENCE)
        if form in (SENTENCE, OTHER) and GENERATED.match(block.text):
            continue
        if form == TABLE and len(block.text.split()) > LONG_TABLE and block.text.count("\n") > 2:
            header = block.text.split("\n", 2)[:2]
            for offset, row in enumerate(block.text.split("\n")[2:], 2):
                yield Quotable(
                    row, passage.line + _first_line(raw, block) + offset, number, ROW, worked, header="\n".join(header)
                )
        elif form != SENTENCE:
            yield Quotable(block.text, passage.line + _first_line(raw, block), number, form, worked)
        else:
            line, column = _first_line(raw, block), 0
            for sentence in sentences_of(MARKER.sub("", block.text)):
                line, column = _place(raw, sentence, line, column)
                yield Quotable(sentence, passage.line + line, number, form, worked)
                column += 1


def _corrections(quotes: list[Quotable]) -> Iterator[Quotable]:
    """What a section about misconceptions says against them; never what it says they are."""
    claim, block = "", -1
    for quote in quotes:
        if quote.form == ENTRY:
            claim, correction = refuted.parted(quote.said)
            if correction:
                yield _correction(correction, quote, claim)
        elif quote.form == SENTENCE:
            if quote.block != block:
                claim, block = quote.said, quote.block
                if refuted.is_advice(quote.said):
                    yield Quotable(quote.text, quote.line, quote.block, SENTENCE, claim=claim)
            else:
                yield _correction(quote.text, quote, claim)


def _correction(said: str, quote: Quotable, claim: str) -> Quotable:
    verdict = refuted.verdict_of(said) if refuted.is_question(claim.rstrip("*_")) else ""
    return Quotable(said.removeprefix(verdict), quote.line, quote.block, SENTENCE, claim=claim, verdict=verdict)


def _first_line(raw: list[str], block: SectionBlock) -> int:
    """The 0-based line on which a block's text begins."""
    return next((line for line in range(block.start, min(block.end, len(raw))) if raw[line].strip()), block.start)


def _place(raw: list[str], sentence: str, line: int, column: int) -> tuple[int, int]:
    """(0-based line, column) of a sentence, looked for from a line and column on by its first words, wherever their lines end."""
    words = sentence.split()
    for count in (8, 2, 1) if words else ():
        head = " ".join(words[:count])
        for number in range(line, len(raw)):
            found = raw[number].find(words[0], column if number == line else 0)
            while found >= 0:
                if " ".join(" ".join([raw[number][found:], *raw[number + 1 : number + count]]).split()).startswith(head):
                    return number, found
                found = raw[number].find(words[0], found + 1)
    return line, column


def without_label(text: str) -> str:
    """A sentence without the label in bold that it begins with: `**Example.** Ten grams …`."""
    label = LABEL.match(text)
    return text[label.end() :].strip() if label and WORKED.match(text) else text


def plain_sentence(text: str) -> str:
    """A sentence without bold over more than a term, without targets of links, tags and footnotes."""
    return " ".join(tidy(text).split())


def tidy(text: str) -> str:
    """The same, with its line ends."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\x00{len(kept) - 1}\x00"

    text = CODE_SPAN.sub(keep, text)
    text = html.unescape(text)
    text = FOOTNOTE.sub("", INCLUDE.sub("", IMAGE.sub("", text)))
    text = TAG.sub("", LINK.sub(lambda match: match[1] or match[2] or "", text))
    text = BOLD.sub(lambda match: match[2] if len(match[2].split()) > LONG_BOLD or match[2][-1:] in ".!?" else match[0], text)
    return re.sub(r"\x00(\d+)\x00", lambda match: kept[int(match[1])], text)
