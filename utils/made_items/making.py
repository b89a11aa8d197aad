"""From what a lesson says to items: what could be asked of each section, the best of it made into cloze and choice."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from utils.made_items import english
from utils.made_items.reading import Entry, Mark, Page, Said, Table, read_pages
from utils.made_items.terms import LOOKED_AT, WORD, Terms, code_shape, is_plural, roots
from utils.models import Blank, Item, Kind, Lesson, Option

ITEMS_PER_SECTION = 3
MIN_WORDS, MAX_WORDS = 6, 40
MIN_SIGNS, MAX_SIGNS = 12, 120  # of a sentence in a script without spaces
GAP, BLANK = "____", "[[…]]"
TIMES, CHARACTERS = 1.5, 12  # an option stands out that is so many times, and by so many characters, longer
SEVERAL = 3.0  # what a second question of the same form is worth less
UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
NUMBER = re.compile(r"(?<![\w.,/#:+=^−~-])(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?P<unit>\s?%| percent\b)?(?![\w/:^-]|[.,]\d|\s?[=+×*])")
NO_QUANTITY = re.compile(r"(?:version|python|figure|step|chapter|section|part|row|line|rfc|pep|id|port|page|[A-Z]\w*|v|day|[a-z]_?)\.? $")


@dataclass(frozen=True)
class Candidate:
    """Something that could be asked."""

    form: str
    worth: float
    place: int
    source: str  # the sentence that it is made of; the item's id hangs on it
    make: Callable[[str, str], Item | None]  # (id, the kind to prefer) -> the item, None where it can't be asked fairly


def make_items(lesson: Lesson) -> list[Item]:
    """Cloze and choice items made from a lesson's own text, at most three a section, the best first.

    Same text, same items; an id stays as long as its section's slug and its sentence do. Doubtful ones are left out,
    so a section may have none. Linear in the lesson's length.
    """
    return list(_Maker(lesson).items())


class _Maker:
    def __init__(self, lesson: Lesson):
        self.lesson = lesson
        self.pages = read_pages(lesson)
        prose = " ".join(said.text for page in self.pages for said in page.sentences)
        self.english = lesson.language.lower().startswith("en") and english.is_english(prose)
        self.terms = Terms(self.pages, self.english)
        self.nouns = self.common(nouns_of, 2) if self.english else Counter()
        self.phrases = self.common(phrases_of, 3) if self.english else Counter()
        self.collect()

    def common(self, found_in, least: int) -> Counter:
        """What a function finds in the lesson's sentences at least so often."""
        found = Counter(text for page in self.pages for said in page.sentences for text, _ in found_in(said))
        return Counter({text: count for text, count in found.items() if count >= least})

    def collect(self) -> None:
        """Put every term of the lesson on its shelf, in the order of the text."""
        for page in self.pages:
            for glossary in page.glossaries:
                for entry in glossary:
                    self.shelve(entry.term.text, entry.term.marks[0], entry.term)
                    for mark in entry.meaning.marked("code"):
                        self.shelve(entry.meaning.text[mark.start : mark.end], mark, entry.meaning)
            for said in page.sentences:
                for mark in said.marks:
                    self.shelve(said.text[mark.start : mark.end], mark, said)
                if self.english:
                    if subject := definition_of(said, self.terms):
                        text = said.text[subject.start : subject.end]
                        if subject.kind != "code":
                            self.terms.add(self.terms.shape(self.terms.normal(text)), self.terms.normal(text), said.place)
                    for match in NUMBER.finditer(said.text):
                        if form := number_form(match, said.text):
                            self.terms.add(("number", form), match[0], said.place)
                    for name in names_of(said):
                        self.terms.add(name_shape(name[0]), name[0], said.place)
                    for noun, _ in nouns_of(said):
                        if noun in self.nouns:
                            self.terms.add(("noun", is_plural(noun)), noun, said.place)
                    for phrase, _ in phrases_of(said):
                        if phrase in self.phrases:
                            self.terms.add(("phrase", is_plural(phrase)), phrase, said.place)

    def shelve(self, text: str, mark: Mark, said: Said) -> None:
        if mark.kind == "code":
            if shape := code_shape(text.strip("`")):
                self.terms.add(("code", shape), text, said.place)
        elif mark.kind in ("bold", "em") and (term := self.terms.prose(text)):
            self.terms.add(self.terms.shape(term), term, said.place)

    # ------------------------------------------------------------------------------------------ choosing

    def items(self) -> Iterator[Item]:
        for page in self.pages:
            yield from self.items_of(page)

    def items_of(self, page: Page) -> Iterator[Item]:
        """The best first; each further one of a form is worth less, so that they are of several."""
        heading = roots(" ".join((*page.section.heading_path, self.lesson.title)))
        waiting: dict[str, list[Candidate]] = defaultdict(list)
        for candidate in self.candidates(page, heading):
            waiting[candidate.form].append(candidate)
        for several in waiting.values():
            several.sort(key=lambda one: (one.worth, -one.place))
        made: list[Item] = []
        forms, sources, answers = Counter(), set(), set()
        tries = 20 * ITEMS_PER_SECTION
        while len(made) < ITEMS_PER_SECTION and tries and any(waiting.values()):
            tries -= 1
            form = max((form for form in waiting if waiting[form]), key=lambda form: waiting[form][-1].worth - SEVERAL * forms[form])
            candidate = waiting[form].pop()
            if candidate.source in sources:
                continue
            kinds = Counter(item.kind for item in made)
            prefer = Kind.CLOZE if kinds[Kind.CLOZE] <= kinds[Kind.CHOICE] else Kind.CHOICE
            item = candidate.make(self.item_id(page, candidate.source), prefer)
            if item is None or answer_of(item).casefold() in answers:
                continue
            made.append(item)
            forms[form] += 1
            sources.add(candidate.source)
            answers.add(answer_of(item).casefold())
        yield from made

    def item_id(self, page: Page, source: str) -> str:
        return "made-" + sha256(f"{page.section.slug}\n{source}".encode("utf-8", "replace")).hexdigest()[:12]

    def candidates(self, page: Page, heading: set[str]) -> Iterator[Candidate]:
        for glossary in page.glossaries:
            yield from self.of_glossary(page, glossary, heading)
        for table in page.tables:
            yield from self.of_table(page, table)
        if self.english:
            for choices in page.choices:
                lead, members = choices.lead, [member.text.rstrip(".;,") for member in choices.members]
                yield from self.of_alternatives(lead.text, members, page, lead, f"{lead.text} {', '.join(members)}.")
        for said in map(self.unjoined, page.sentences):
            if self.stands_alone(said):
                if self.english and (match := english.ALTERNATIVES.search(said.text)):
                    members = re.split(r",? (?:and|or) |, ", match["list"])
                    yield from self.of_alternatives(said.text[: match.start("list")].rstrip(), members, page, said, said.text)
                yield from self.of_sentence(page, said, heading)

    def unjoined(self, said: Said) -> Said:
        """The sentence without what joins it to the one before it: `However, salt slows it` is `Salt slows it`."""
        lead = english.LEAD.match(said.text) if self.english else None
        if not lead:
            return said
        end = lead.end()
        marks = tuple(Mark(mark.kind, mark.start - end, mark.end - end) for mark in said.marks if mark.start >= end)
        return replace(said, text=said.text[end].upper() + said.text[end + 1 :], marks=marks)

    def stands_alone(self, said: Said) -> bool:
        """Can this sentence be understood, and asked about, away from its place?"""
        text = said.text
        if not is_balanced(text) or len(said.marked("math")) > 2 or "=" in text or len(said.marked("code")) > 4:
            return False
        bare = without(said, "code", "math")
        if not self.english:
            signs = len(UNSPACED.findall(text))
            fits = MIN_SIGNS <= signs <= MAX_SIGNS if signs else MIN_WORDS <= len(text.split()) <= MAX_WORDS
            return fits and text.rstrip("\"'”’»)）」")[-1:] in (".", "。", "।")
        if not MIN_WORDS <= len(WORD.findall(text)) <= MAX_WORDS or not text.endswith(".") or text[0].islower():
            return False
        if said.listed:  # then it may be a mere noun, however long
            verb = english.SUBJECT_VERB.search(bare)
            if not verb or english.RELATIVE.search(bare, 0, verb.start()):
                return False
        if not text[0].isalnum() and text[0] not in "`“\"":
            return False
        return not (english.DANGLING.match(text) or english.ELSEWHERE.search(bare) or english.PRONOUN_EARLY.match(bare))

    # ----------------------------------------------------------------------------------------- sentences

    def of_sentence(self, page: Page, said: Said, heading: set[str]) -> Iterator[Candidate]:
        """What could be left out of a sentence."""
        text = said.text
        malus_of_address = bool(english.LEARNER_TOLD.search(text))
        malus = 2.0 * malus_of_address + 0.1 * abs(len(WORD.findall(text)) - 16) ** 0.5 + 2.0 * len(said.marked("math"))
        gaps: list[tuple[str, float, int, int, str, list[tuple]]] = []
        told = english.IMPERATIVE.match(text) if self.english else None
        subject = definition_of(said, self.terms) if self.english else None
        if subject:
            gaps.append(self.term_gap("definition", 9, said, subject))
        for mark in said.marked("bold", "em"):
            if not told and not any(other.kind in ("code", "math") and mark.start <= other.start < mark.end for other in said.marks):
                gaps.append(self.term_gap("term", 8 if mark.kind == "bold" else 5, said, mark))
        if self.english:
            for mark in said.marked("code"):
                if shape := code_shape(text[mark.start + 1 : mark.end - 1]):
                    gaps.append(("code", 5, mark.start, mark.end, text[mark.start : mark.end], [("code", shape)]))
        if self.english and not told and not said.marked("math"):
            for match in NUMBER.finditer(text):
                if form := number_form(match, text):
                    gaps.append(("number", 5 if form != "integer" else 4, *match.span(), match[0], [("number", form)]))
            for name in names_of(said) if not malus_of_address else ():
                if name[0].lower() in self.terms.small or english.ENUMERATED.search(text[: name.start()]):
                    continue
                gaps.append(("name", 3, *name.span(), name[0], [name_shape(name[0])]))
            for noun, start in nouns_of(said):
                stressed = any(mark.start <= start < mark.end for mark in said.marked("bold"))
                if self.nouns[noun] > 2 and stressed:
                    gaps.append(("noun", 4, start, start + len(noun), noun, [("noun", is_plural(noun))]))
            for phrase, start in phrases_of(said):
                if phrase in self.phrases:
                    worth = 3.5 + 0.1 * min(self.phrases[phrase], 10)
                    gaps.append(("phrase", worth, start, start + len(phrase), phrase, [("phrase", is_plural(phrase))]))
        for gap in gaps:
            if gap and (made := self.gap(page, said, heading, malus, *gap)):
                yield made

    def term_gap(self, form: str, worth: float, said: Said, mark: Mark):
        text = said.text[mark.start : mark.end]
        if text.startswith("`"):
            shape = code_shape(text.strip("`"))
            return (form, worth, mark.start, mark.end, text, [("code", shape)]) if shape else None
        term = self.terms.prose(text)
        if not term or (mark.kind == "em" and not self.is_noun(term, mark, said)):
            return None
        start = mark.end - len(term)  # without its article
        shapes = [self.terms.shape(term)]
        if self.english:
            shapes.append(("noun", is_plural(term)))
        return form, worth, start, mark.end, term, shapes

    def is_noun(self, term: str, mark: Mark, said: Said) -> bool:
        """Is a stretch in italics a term, rather than a word that is stressed?"""
        if not self.english or not self.terms.elsewhere(term, said):
            return not self.english
        after = re.match(r"\s+(\w+)", said.text[mark.end :])
        if after and after[1].lower() not in english.FUNCTION_WORDS or re.search(r"\bto\s+$", said.text[: mark.start]):
            return False
        return " " in term or not english.NO_NOUN.fullmatch(term)

    def gap(self, page, said, heading, malus, form, worth, start, end, answer, shapes) -> Candidate | None:
        """A sentence with a gap, unless the rest of it or the heading fills it."""
        before, after = said.text[:start], said.text[end:]
        rest, own = roots(before + after), roots(answer)
        # What is left of an answer when the words are taken away that options of its kind share.
        if form != "number" and (own and own <= heading or own & rest and not answer.startswith("`")):
            return None
        if answer.strip("`").casefold() in (before + after).casefold() or answer.startswith("`") and own and own <= heading | rest:
            return None
        def make(item_id: str, prefer: str) -> Item | None:
            others = self.numbers(shapes[0], answer, said) if form == "number" else self.terms.others(
                shapes, answer, rest, before + after, said.place, before
            )  # fmt: skip
            others = [other for other in others if form == "number" or not roots(other) or not roots(other) <= heading]
            if form in ("definition", "term") and (prefer == Kind.CLOZE or len(others) < 3) and self.is_guessable(answer, said):
                return self.cloze(item_id, page, said, before, after, answer)
            which = "Which number fills the gap?" if form == "number" else "What fills the gap?"
            question = f"{which}\n\n“{before}{GAP}{after}”"
            explanation = f"{before}**{said.text[start:end]}**{after}"
            return self.choice(item_id, page, said, question, answer, others, explanation, term=form != "number")

        return Candidate(form, worth - malus, said.place, said.text, make)

    def is_guessable(self, answer: str, said: Said) -> bool:
        """Can this be typed by someone who has read the lesson? A word or two that it says more than once."""
        if answer.startswith("`") or not re.fullmatch(r"[^\W\d_]+(?:[ -][^\W\d_]+)?", answer):
            return False
        return (len(answer) > 3 or not self.english) and bool(self.terms.elsewhere(answer, said))

    def numbers(self, shape: tuple, answer: str, said: Said) -> list[str]:
        """Up to three other numbers of the same form, the nearest ones: of like size, and none of the sentence's own."""
        value = value_of(answer)
        seen = {value_of(match["number"]) for match in NUMBER.finditer(said.text)}
        others = []
        for text in self.terms.near(shape, said.place):
            other = value_of(text)
            like = abs(other - value) <= 60 if shape[1] == "year" else value and 1 / 12 <= other / value <= 12
            if like and other not in seen and len(others) < 3:
                seen.add(other)
                others.append(text)
        return others

    # -------------------------------------------------------------------------------- lists and tables

    def of_glossary(self, page: Page, glossary: list[Entry], heading: set[str]) -> Iterator[Candidate]:
        """What is described? Among the entries of one list."""
        if len(glossary) < 3:
            return
        for number, entry in enumerate(glossary[:LOOKED_AT]):
            term, meaning = entry.term.text, entry.meaning
            words = len(WORD.findall(meaning.text)) + len(UNSPACED.findall(meaning.text)) // 2
            if not 4 <= words <= MAX_WORDS or not is_balanced(meaning.text) or len(term) > 40 or not is_balanced(term):
                continue
            if english.LABELS.fullmatch(term) or (self.english and english.ELSEWHERE.search(without(meaning, "code", "math"))):
                continue
            if self.english and (english.DANGLING.match(meaning.text) or english.PRONOUN_EARLY.match(meaning.text)):
                continue
            if roots(term) & roots(meaning.text) or roots(term) and roots(term) <= heading:
                continue
            near = sorted((abs(at - number), at) for at in range(max(0, number - 20), min(len(glossary), number + 21)))
            kind = entry.term.marks[0].kind

            def make(item_id, prefer, term=term, meaning=meaning, near=near, kind=kind, words_=roots(meaning.text)):
                others = [glossary[at].term for _, at in near]
                others = [other.text for other in others if other.marks[0].kind == kind and not roots(other.text) & words_]
                others = [other for other in dict.fromkeys(others) if other != term and len(other) <= 40]
                return self.choice(
                    item_id, page, meaning, f"Which of these is this said of?\n\n“{meaning.text}”", term, others[:3],
                    f"**{term}**: {meaning.text}", term=False,
                )  # fmt: skip

            yield Candidate("glossary", 8 - 0.05 * abs(words - 12), meaning.place, f"{term}: {meaning.text}", make)

    def of_table(self, page: Page, table: Table) -> Iterator[Candidate]:
        """Which value of a column stands in a row? Among the other values of the column."""
        keys = [row[0].text if row and row[0] and roots(without(row[0], "math")) - {"xx"} else "" for row in table.rows]
        if sum(bool(re.search(r"[^\W\d_]", key)) for key in keys) < 3 or len(set(keys)) < len(keys):
            return
        cells = [cell for row in table.rows for cell in row[1:] if cell]
        numeric = sum(is_numeric(cell.text) for cell in cells) * 2 > len(cells)
        if numeric:  # data, rather than something to know
            return
        for column in range(1, len(table.header)):
            title = table.header[column].text if table.header[column] else ""
            if not re.search(r"[^\W\d_]{2}", title) or len(title) > 40:
                continue
            cells = [row[column] if column < len(row) else None for row in table.rows]
            counts = Counter(cell.text for cell in cells if cell)
            for number, cell in enumerate(cells):
                if not cell or not re.search(r"\w", cell.text) or counts[cell.text] > 1 or not is_balanced(cell.text):
                    continue
                if not re.search(r"[^\W\d_]", keys[number]) or not is_balanced(keys[number]) or re.fullmatch(r"\d", cell.text):
                    continue
                key, row = keys[number], table.rows[number]
                if roots(key) & roots(cell.text):
                    continue

                def make(item_id, prefer, key=key, cell=cell, cells=cells, column=column, title=title, row=row, number=number):
                    near = sorted((abs(at - number), at) for at in range(len(cells)) if cells[at])
                    others = dict.fromkeys(cells[at].text for _, at in near)
                    others = [other for other in others if not roots(other) & roots(key) and not re.fullmatch(r"\d", other)]
                    others = unlike(cell.text, others)
                    said = " · ".join(
                        f"{head.text}: {one.text}" for head, one in zip(table.header[1:], row[1:], strict=False) if head and one
                    )  # fmt: skip
                    question = f"In the table, what stands under *{title}* in the row **{key}**?"
                    return self.choice(item_id, page, cell, question, cell.text, others, f"**{key}** · {said}", term=False)

                yield Candidate("table", (4 if is_numeric(cell.text) else 6.5) - 0.02 * len(cell.text), cell.place, f"{key} · {title}", make)

    def of_alternatives(self, lead: str, members: list[str], page: Page, said: Said, whole: str) -> Iterator[Candidate]:
        """Which one is not in a list? Among three that are, a term from elsewhere in the lesson."""
        codes = [code_shape(member.strip("`")) for member in members if member.startswith("`")]
        terms = [] if codes else [self.terms.prose(member) for member in members]
        if codes and (len(codes) < len(members) or None in codes) or not all(terms) or len(lead.split()) < 3:
            return
        if len(members) < 3 or english.DANGLING.match(lead) or english.RELATED.search(lead) or not is_balanced(lead):
            return

        def make(item_id: str, prefer: str) -> Item | None:
            first = members[0]
            if codes or first[0].isupper():
                shapes = [("code", codes[0]) if codes else name_shape(first)]
            else:
                shapes = [self.terms.shape(first), ("phrase", is_plural(first)), ("noun", is_plural(first))]
            outside = self.terms.others(shapes, first, roots(whole), whole, said.place, "")
            question = f"Which of these does the text *not* name here?\n\n“{lead} {GAP}”"
            return self.choice(item_id, page, said, question, outside[0], members[-3:], whole, False) if outside else None

        yield Candidate("alternatives", 5, said.place, whole, make)

    # -------------------------------------------------------------------------------------------- items

    def cloze(self, item_id, page, said, before, after, answer) -> Item:
        other = self.terms.elsewhere(answer, said)
        return Item(
            id=item_id, lesson=self.lesson.id, section=page.section.slug, kind=Kind.CLOZE,
            question=f"{before}{BLANK}{after}", blanks=(Blank((answer,)),),
            hints=(self.other_place(page, answer, other), letters(answer)),
            explanation=f"{before}**{answer}**{after}", path=self.lesson.path, line=said.line, made=True,
        )  # fmt: skip

    def choice(self, item_id, page, said, question, answer, others, explanation, term) -> Item | None:
        """None where the options are too few, or the right one stands out."""
        if len(others) < 2 or stands_out(answer, others) or any(is_key(text) for text in (answer, *others)):
            return None
        texts = sorted((answer, *others), key=lambda text: sha256(f"{item_id}\n{text}".encode("utf-8", "replace")).digest())
        elsewhere = self.terms.elsewhere(answer, said) if term and not answer.startswith("`") else []
        wrong = [text for text in texts if text != answer]
        excluded = f"It is neither {wrong[0]} nor {wrong[1]}." if len(wrong) > 2 else f"It is not {wrong[0]}."
        return Item(
            id=item_id, lesson=self.lesson.id, section=page.section.slug, kind=Kind.CHOICE, question=question,
            options=tuple(Option(text, text == answer) for text in texts),
            hints=(self.other_place(page, answer, elsewhere), excluded),
            explanation=explanation, path=self.lesson.path, line=said.line, made=True,
        )  # fmt: skip

    def other_place(self, page: Page, answer: str, elsewhere: list[Said]) -> str:
        """A hint: another sentence that holds the answer, with a gap for it; else where to look."""
        for said in elsewhere:
            masked = re.sub(re.escape(answer), GAP, said.text, flags=re.IGNORECASE)
            if len(masked) <= 200 and not roots(masked) & roots(answer) and masked.replace(GAP, "").strip():
                return f"The lesson says too: “{masked}”"
        title = page.section.title or self.lesson.title
        return f"It stands under “{title}”."


# ------------------------------------------------------------------------------------------- looking at text


def without(said: Said, *kinds: str) -> str:
    """A sentence with what is marked so blank."""
    text = said.text
    for mark in said.marked(*kinds):
        text = text[: mark.start] + "X" * (mark.end - mark.start) + text[mark.end :]
    return text


def is_balanced(text: str) -> bool:
    pairs = (("(", ")"), ("“", "”"), ("„", "“"), ("「", "」"), ("（", "）"), ("«", "»"))
    return all(text.count(a) == text.count(b) for a, b in pairs if (a, b) != ("„", "“")) and text.count('"') % 2 == 0


def definition_of(said: Said, terms: Terms) -> Mark | None:
    """What `X is a …` defines; None for other sentences."""
    match = english.DEFINITION.match(said.text)
    if not match or len(WORD.findall(said.text, match.end())) < 4:
        return None
    start, end = match.span("term")
    text = match["term"]
    if text.startswith("`"):
        return Mark("code", start, end) if said.marks and said.marks[0].end == end else None
    if terms.prose(text) is None or any(word.lower() in english.FUNCTION_WORDS for word in text.split()):
        return None
    return Mark("definition", start, end)


def names_of(said: Said) -> Iterator[re.Match]:
    bare = without(said, "code", "math")
    for match in english.NAME.finditer(bare):
        after = re.match(r"\s+(\w+)", bare[match.end() :])
        if after and after[1].lower() not in english.FUNCTION_WORDS and not after[1].endswith("ed"):
            continue  # the ImageNet dataset: another name would tell as much
        if "XX" not in match[0] and len(match[0]) > 3 and not re.fullmatch(r"[A-Z0-9-]{2,}s?", match[0]):
            yield match


def name_shape(name: str) -> tuple:
    return ("name", " " in name, bool(re.search(r"\w[A-Z0-9]", name)))


def nouns_of(said: Said) -> Iterator[tuple[str, int]]:
    """(noun, where it begins) for each word that stands behind a determiner and before no other noun."""
    bare = without(said, "code", "math")
    for match in english.DETERMINED.finditer(bare):
        noun, after = match["noun"], match["after"]
        if after and after.lower() not in english.FUNCTION_WORDS:
            continue
        if noun in english.FUNCTION_WORDS or noun in english.VAGUE or english.NO_NOUN.fullmatch(noun):
            continue
        yield noun, match.start("noun")


def phrases_of(said: Said) -> Iterator[tuple[str, int]]:
    """(two words, where they begin) for each pair such as `learning rate`, with nothing that belongs to it around."""
    bare = without(said, "code", "math")
    for run in english.WORDS_IN_A_ROW.finditer(bare):
        words = [(word[0], run.start() + word.start()) for word in re.finditer(r"\S+", run[0])]
        content = [not (word in english.FUNCTION_WORDS or word.endswith("ly")) for word, _ in words]
        for at in range(len(words) - 1):
            alone = (at == 0 or not content[at - 1]) and (at + 2 == len(words) or not content[at + 2])
            first, last = words[at][0], words[at + 1][0]
            if alone and content[at] and content[at + 1] and last not in english.VAGUE and not english.NO_NOUN.fullmatch(last):
                if not english.IMPERATIVE.match(first):
                    yield f"{first} {last}", words[at][1]


def number_form(match: re.Match, text: str) -> str | None:
    """What kind of number this is; None for those that count or name something by the way."""
    number = match["number"]
    if NO_QUANTITY.search(text[: match.start()]):
        return None
    if match["unit"]:
        return "percent " + match["unit"].strip()
    if "." in number:
        return "decimal"
    if "," not in number and 1500 <= int(number) <= 2100:
        return "year"
    return "integer" if value_of(number) >= 10 and len(number) < 16 else None


def value_of(number: str) -> float:
    return float(re.sub(r"[^\d.]", "", number))


def letters(answer: str) -> str:
    words = answer.split()
    if len(words) == 1:
        return f"It begins with “{answer[0]}” and has {len(answer)} letters."
    return f"Its {len(words)} words begin with " + " and ".join(f"“{word[0]}”" for word in words) + "."


def answer_of(item: Item) -> str:
    return item.blanks[0].accepted[0] if item.blanks else next(option.text for option in item.options if option.right)


def unlike(answer: str, others: list[str]) -> list[str]:
    """Up to three texts that don't hold one another."""
    found: list[str] = []
    for other in others:
        if not any(other.casefold() in one.casefold() or one.casefold() in other.casefold() for one in (*found, answer)):
            found.append(other)
    return sorted(found[:12], key=lambda text: abs(len(text) - len(answer)) > max(8, len(answer) // 2))[:3]


def stands_out(answer: str, others: list[str]) -> bool:
    """Is the right option much longer, or much shorter, than every other?"""
    own, lengths = len(answer), [len(other) for other in others]
    return (
        own > TIMES * max(lengths) and own > max(lengths) + CHARACTERS
        or min(lengths) > TIMES * own and min(lengths) > own + CHARACTERS
    )  # fmt: skip


def is_numeric(text: str) -> bool:
    return not re.search(r"[^\W\d_]{2}", text)


def is_key(text: str) -> bool:
    """Would this, typed, be taken for the number or the letter of an option?"""
    return len(text.strip("`*_ ")) < 2
