"""From drafts to items: the best of each section, of several forms, with options and hints."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from tutor.corpus.made_items import english
from tutor.corpus.made_items.drafts import GAP, Draft, drafts_of
from tutor.corpus.made_items.reading import SectionFacts, read_pages
from tutor.corpus.made_items.terms import OPTIONS, Terms, roots
from tutor.models import Blank, Item, Kind, Lesson, Option

ITEMS_PER_SECTION = 3
MAX_TRIES = 60  # drafts of a section that are looked at closely
SEVERAL = 3.0  # how much less each further item of the same form is worth
LEAST_WRONG = 2
TIMES, CHARACTERS = 1.5, 12  # an option stands out that is so many times, and by so many characters, longer than the others
CALLED = re.compile(r"(?<=\w)\(.*\)$")
MAX_HINT = 200  # characters of a sentence quoted in a hint


def make_items(lesson: Lesson) -> list[Item]:
    """Cloze and choice items made from a lesson's own text, at most three for a section, the best first.

    The same text gives the same items; an id stays as long as the slug of its section and its sentence do. Doubtful ones
    are left out, so a section may have none. A lesson in another language has few: only what is in bold, lists of terms
    and tables are asked about. The time taken is linear in the lesson's length.
    """
    pages = read_pages(lesson)
    prose = " ".join(sentence.text for page in pages for sentence in page.sentences)
    terms = Terms(pages, lesson.language.lower().startswith("en") and english.is_english(prose))
    return [item for page in pages for item in _items_of(page, terms, lesson)]


def _items_of(page: SectionFacts, terms: Terms, lesson: Lesson) -> Iterator[Item]:
    heading = " ".join((*page.section.heading_path, lesson.title)).casefold()
    sources: set[str] = set()
    answers: set[str] = set()
    kinds: Counter[str] = Counter()
    for draft in _best_first(page, terms, lesson):
        answer = draft.answer.casefold()
        if draft.source in sources or answer in answers or CALLED.sub("", answer.strip("`")) in heading:
            continue
        # As many clozes as choices, where both can be had.
        prefers_cloze = kinds[Kind.CLOZE] <= kinds[Kind.CHOICE]
        item = ItemMaker(draft, page, terms, lesson).item(prefers_cloze)
        if item is None:
            continue
        yield item
        sources.add(draft.source)
        answers.add(answer)
        kinds[item.kind] += 1
        if kinds.total() == ITEMS_PER_SECTION:
            return


def _best_first(page: SectionFacts, terms: Terms, lesson: Lesson) -> Iterator[Draft]:
    """The drafts, the best first; each further draft of the same form counts for less."""
    waiting: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts_of(page, terms, roots(" ".join((*page.section.heading_path, lesson.title)))):
        waiting[draft.form].append(draft)
    for drafts in waiting.values():
        drafts.sort(key=lambda draft: (draft.worth, -draft.sentence.place))
    taken: Counter[str] = Counter()
    for _ in range(MAX_TRIES):
        forms = [form for form, drafts in waiting.items() if drafts]
        if not forms:
            return
        form = max(forms, key=lambda form: waiting[form][-1].worth - SEVERAL * taken[form])
        yield waiting[form].pop()
        taken[form] += 1


class ItemMaker:
    """Makes an item of one draft."""

    def __init__(self, draft: Draft, page: SectionFacts, terms: Terms, lesson: Lesson) -> None:
        self.draft, self.page, self.terms, self.lesson = draft, page, terms, lesson
        source = f"{page.section.slug}\n{draft.source}"
        self.id = "made-" + _digest(source)[:12]

    def item(self, prefers_cloze: bool) -> Item | None:
        """The item, or None if it can't be asked fairly."""
        others = self.draft.others()
        if self.draft.cloze and (prefers_cloze or len(others) < LEAST_WRONG):
            return self.cloze()
        return self.choice(others)

    def cloze(self) -> Item:
        answer = self.draft.answer
        return self.filled(Kind.CLOZE, self.draft.cloze, letters(answer), blanks=(Blank((answer,)),))

    def choice(self, others: list[str]) -> Item | None:
        answer = self.draft.answer
        least = OPTIONS if self.draft.form == "name" else LEAST_WRONG  # between two names, the kind may give the answer away
        if len(others) < least or stands_out(answer, others) or any(map(is_key, (answer, *others))):
            return None
        # By a hash, so that the order of two options stays when a third one changes.
        texts = sorted((answer, *others), key=lambda text: _digest(f"{self.id}\n{text}"))
        wrong = [text for text in texts if text != answer]
        excluded = f"It is neither {wrong[0]} nor {wrong[1]}." if len(wrong) > LEAST_WRONG else f"It is not {wrong[0]}."
        options = tuple(Option(text, text == answer) for text in texts)
        return self.filled(Kind.CHOICE, self.draft.question, excluded, options=options)

    def filled(self, kind: str, question: str, last_hint: str, **fields: Any) -> Item:
        return Item(
            id=self.id, lesson=self.lesson.id, section=self.page.section.slug, kind=kind, question=question,
            hints=(self.first_hint(), last_hint), explanation=self.draft.explanation, path=self.lesson.path,
            line=self.draft.sentence.line, made=True, **fields,
        )  # fmt: skip

    def first_hint(self) -> str:
        """Another sentence that contains the answer, with a gap in its place; if there is none, where to look."""
        answer = self.draft.answer
        has_words = not answer.startswith("`") and not any(mark.isdigit() for mark in answer)
        for sentence in self.terms.elsewhere(answer, self.draft.sentence) if has_words else ():
            masked = re.sub(rf"{re.escape(answer)}s?", GAP, sentence.text, flags=re.IGNORECASE)
            if len(masked) <= MAX_HINT and not sentence.marked("math") and not roots(masked) & roots(answer):
                return f"The lesson also says: “{masked}”"
        return f"It is in the section “{self.page.section.title or self.lesson.title}”."


def letters(answer: str) -> str:
    words = answer.split()
    if len(words) == 1:
        return f"It begins with “{answer[0]}” and has {len(answer)} letters."
    return f"Its {len(words)} words begin with " + " and ".join(f"“{word[0]}”" for word in words) + "."


def stands_out(answer: str, others: list[str]) -> bool:
    """Whether the right option is much longer, or much shorter, than every other."""
    longest, shortest = max(map(len, others)), min(map(len, others))
    is_longer = len(answer) > TIMES * longest and len(answer) > longest + CHARACTERS
    return is_longer or (shortest > TIMES * len(answer) and shortest > len(answer) + CHARACTERS)


def is_key(text: str) -> bool:
    """Whether this, when typed, would be taken for the number or the letter of an option."""
    return len(text.strip("`*_ ")) < 2


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()
