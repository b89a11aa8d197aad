"""What can be said about a bank: hints, leaks, options, and whether the grader agrees with the author."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Collection, Iterator

from tutor.check.rules import finding
from tutor.check.texts import formula_finding, line_findings
from tutor.corpus import lessons
from tutor.corpus.bank import accepted_answers, draw, parse_bank, shown_answer
from tutor.corpus.expressions import ExpressionError, evaluate, fill
from tutor.grading import grade
from tutor.models import Finding, Item, Kind, Lesson
from tutor.screen import mathtext
from utils import strict_yaml
from utils.errors import InvalidFile
from utils.text import nearest

DRAWS = 100  # of each parametric item
LEAK_DRAWS = 10  # in all of which a number must stand to count as given away, rather than met by chance
WITHOUT_ITEMS = {"misconceptions", "recap", "next"}  # slugs of sections that need none
TIMES, CHARACTERS = 1.5, 12  # an option stands out that is so many times, and by so many characters, longer
TYPED = (Kind.NUMBER, Kind.SHORT, Kind.CLOZE)  # answered on a line, where a single key means something else
COMMON = set(
    "true false none both neither always never equal equals same different more less fewer larger smaller higher lower "
    "greater longer shorter faster slower above below before after increases decreases grows shrinks zero one half "
    "double first second last".split()
)


def bank_findings(lesson: Lesson | None, text: str, path: str, keys: Collection[str] = ()) -> tuple[list[Finding], list[Item]]:
    """Everything about one bank, and its items. `lesson` is the one it belongs to, None where there is none.

    keys: the letters that a session takes for something else when they are typed alone.
    """
    found = list(line_findings(path, text))
    try:
        items = parse_bank(text, lesson.id if lesson else "", path)
        data = strict_yaml.load(text, path)
    except InvalidFile as error:
        return [*found, finding("invalid-bank", path, error.line, error.message)], []
    language = lesson.language if lesson else "en"
    for item, entry in zip(items, data["items"], strict=True):
        found += _Look(item, entry, path, language).findings(keys)
    if lesson:
        found += _sections(lesson, items, data["items"], path)
    return found, items


def _sections(lesson: Lesson, items, entries, path) -> Iterator[Finding]:
    slugs = [section.slug for section in lesson.sections]
    for item, entry in zip(items, entries, strict=True):
        if item.section not in slugs:
            near = nearest(item.section, slugs)
            remedy = f'Did you mean "#{near}"?' if near else f"It has {', '.join(f'#{slug}' for slug in slugs) or 'none'}."
            yield finding(
                "unknown-section", path, strict_yaml.line_of(entry, "section"),
                f'item "{item.id}" names section "#{item.section}", which lesson {lesson.id} does not have. {remedy}',
            )  # fmt: skip
    asked = {item.section for item in items}
    titles = sum(section.level == 1 for section in lesson.sections)
    for section in lesson.sections:
        is_intro = section.level == 0 or (section.level == 1 and titles == 1)
        if section.slug in asked | WITHOUT_ITEMS or is_intro or not section.text.strip():
            continue
        yield finding(
            "uncovered-section", lesson.path, section.line,
            f'found no item about section "#{section.slug}", expected at least one; add it to {path}',
        )  # fmt: skip


class _Look:
    """One item looked at from all sides; every finding names the line of the field that it is about."""

    def __init__(self, item: Item, entry, path: str, language: str):
        self.item, self.entry, self.path, self.language = item, entry, path, language
        self.drawn: list[Item] = []

    def finding(self, rule: str, message: str, field: str = "", index: int | None = None) -> Finding:
        return finding(rule, self.path, self.line(field, index), f'item "{self.item.id}": {message}')

    def line(self, field: str = "", index: int | None = None) -> int:
        if not field or field not in self.entry:
            return self.item.line
        if index is None:
            return strict_yaml.line_of(self.entry, field)
        return strict_yaml.line_of(self.entry[field], index)

    def findings(self, keys) -> list[Finding]:
        try:
            seeds = range(DRAWS if self.item.variables else 1)
            self.drawn = [draw(self.item, seed) for seed in seeds]
        except InvalidFile as error:
            return [self.finding("undefined-draw", error.message)]
        return [
            *self.fullness(),
            *self.undefined(),
            *self.graded(),
            *self.leaks(),
            *self.option_lengths(),
            *self.key_like(keys),
            *self.formulas(),
        ]

    # ------------------------------------------------------------------------------------ what is there

    def fullness(self) -> Iterator[Finding]:
        item = self.item
        if not item.hints:
            yield self.finding("no-hint", "found no hint, expected two, from vague to nearly there; add hints: […, …]")
        elif len(item.hints) == 1:
            yield self.finding("one-hint", "found one hint, expected two, from vague to nearly there; add one", "hints")
        if not item.explanation:
            yield self.finding("no-explanation", "found no explanation, expected one to three sentences; add it")
        if item.kind == Kind.SHORT and not item.expression:
            for rule, field, count, wanted in (
                ("too-few-points", "rubric", len(item.rubric), "two points that a full answer makes"),
                ("too-few-references", "references", len(item.references), "two, differently worded"),
                ("too-few-wrong", "wrong", len(item.wrong), "two, one of them a near miss"),
            ):
                if count < 2:
                    yield self.finding(rule, f"found {count or 'nothing'} in {field}, expected {wanted}; add more", field)

    def formulas(self) -> Iterator[Finding]:
        item = self.drawn[0]
        texts = [("question", None, item.question), ("explanation", None, item.explanation)]
        texts += [("hints", index, hint) for index, hint in enumerate(item.hints)]
        texts += [("steps", index, step) for index, step in enumerate(item.steps)]
        texts += [("options", index, f"{option.text} {option.reply}") for index, option in enumerate(item.options)]
        texts += [("wrong", index, f" {known.reply}") for index, known in enumerate(item.wrong)]
        for field, index, text in texts:
            if "$" in text:
                for token in lessons.markdown_parser().parse(text):
                    for part in [token, *(token.children or ())]:
                        if part.type.startswith("math"):
                            yield from formula_finding(self.path, self.line(field, index), part.content)

    # ---------------------------------------------------------------------------------------- the grader

    def graded(self) -> Iterator[Finding]:
        """The first answer that the grader judges otherwise than the author, for each rule and field."""
        told = set()
        for drawn in self.drawn:
            of_draw = f' (asked "{_short(drawn.question)}")' if drawn.variables else ""
            for index, answer in enumerate(accepted_answers(drawn)):
                verdict = grade(drawn, answer, language=self.language)
                rule = "" if verdict.correct else "unsure-reference" if verdict.unsure else "failed-reference"
                if rule and (rule, index) not in told:
                    told.add((rule, index))
                    yield self._reference(rule, drawn, index, answer, verdict, of_draw)
            for index, wrong in enumerate(drawn.wrong):
                verdict = grade(drawn, wrong.answer, language=self.language)
                if verdict.correct and ("wrong", index) not in told:
                    told.add(("wrong", index))
                    yield self.finding(
                        "passed-wrong-answer",
                        f'the grader accepts the wrong answer "{_short(wrong.answer)}"{of_draw}; word it, or the '
                        "references, so that they differ in content", "wrong", index,
                    )  # fmt: skip

    def _reference(self, rule, drawn, index, answer, verdict, of_draw) -> Finding:
        is_short = drawn.kind == Kind.SHORT and not drawn.expression
        why = f" (missed: {'; '.join(verdict.missed)})" if verdict.missed and is_short else ""
        why = why or (f" ({verdict.misunderstood})" if verdict.misunderstood else "")
        judged = "is unsure of" if rule == "unsure-reference" else "does not accept"
        remedy = "make every point of the rubric in it, or add other ways of saying a point" if is_short else "correct it"
        place = ("references", index) if is_short else ("answer", None)
        return self.finding(rule, f'the grader {judged} the answer "{_short(answer)}"{of_draw}{why}; {remedy}', *place)

    def undefined(self) -> Iterator[Finding]:
        """Numbers that `where` lets through and for which a field can't be computed. (`draw` passes them over.)"""
        item = self.item
        dice = random.Random(item.key)
        values: dict = {}
        for _ in range(DRAWS if item.variables else 0):
            values = {variable.name: dice.choice(variable.values) for variable in item.variables}
            try:
                if item.where and not evaluate(item.where, values):
                    continue
                if item.answer_expression:
                    evaluate(item.answer_expression, values)
                for text in (item.question, *item.hints, item.explanation, *(one.text for one in item.options)):
                    fill(text, values)
            except ExpressionError as error:
                drawn = ", ".join(f"{name} = {value:g}" for name, value in values.items())
                field = "answer" if "answer" in self.entry else "variables"
                yield self.finding(
                    "undefined-draw", f"found no answer for {drawn} ({error}); exclude such numbers with where:", field
                )  # fmt: skip
                return

    # ------------------------------------------------------------------------------- what gives it away

    def leaks(self) -> Iterator[Finding]:
        draws = self.drawn[:LEAK_DRAWS]
        for index, _ in enumerate(self.item.hints):
            if all(_gives_away(drawn, drawn.hints[index], self.language) for drawn in draws):
                yield self.finding(
                    "leaked-key", f'the hint "{_short(draws[0].hints[index])}" gives the answer '
                    f'"{_short(shown_answer(draws[0]))}" away; lead up to it instead', "hints", index,
                )  # fmt: skip
        if all(_asks_its_answer(drawn) for drawn in draws):
            yield self.finding(
                "leaked-key", f'the question holds its answer "{_short(shown_answer(draws[0]))}"; reword it', "question"
            )  # fmt: skip

    def option_lengths(self) -> Iterator[Finding]:
        if self.item.kind not in (Kind.CHOICE, Kind.MULTI):
            return
        options = self.drawn[0].options
        right = [len(_read(option.text)) for option in options if option.right]
        wrong = [len(_read(option.text)) for option in options if not option.right]
        for word, longer, shorter in (("longer", min(right), max(wrong)), ("shorter", min(wrong), max(right))):
            if longer > TIMES * shorter and longer > shorter + CHARACTERS:
                index = next(index for index, option in enumerate(options) if option.right)
                yield self.finding(
                    "long-option", f"found a right option much {word} than every wrong one ({min(right)} characters beside "
                    f"{max(wrong) if word == 'longer' else min(wrong)}), expected options alike in length; reword them",
                    "options", index,
                )  # fmt: skip

    def key_like(self, keys) -> Iterator[Finding]:
        item = self.drawn[0]
        if item.kind not in TYPED:
            return
        for answer in accepted_answers(item):
            if answer.casefold() in keys or answer.startswith("?"):
                yield self.finding(
                    "key-like-answer", f'the answer "{answer}" typed alone is a key of the session; '
                    "ask so that the answer is longer, or make it a choice", "answer",
                )  # fmt: skip


# --------------------------------------------------------------------------------------------- given away

WORD = re.compile(r"\d[\d.,]*\d|\w+|[^\w\s.,;:!?()\"'“”‘’`*$_]")
NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?", re.IGNORECASE)
MIN_LETTERS = 4  # of an answer of one word; shorter ones stand in hints by chance


def _gives_away(item: Item, hint: str, language: str) -> bool:
    """Does a hint say the answer?"""
    if item.kind in (Kind.CHOICE, Kind.MULTI):
        return _names_the_right(item, hint, one_word=True)
    if item.kind == Kind.NUMBER:
        return _holds_number(item, hint)
    if item.kind == Kind.CLOZE:
        return _in_turn([blank.accepted[0] for blank in item.blanks], hint, len(item.blanks) == 1)
    if item.kind == Kind.ORDER:
        return _in_turn(item.steps, hint, False)
    if item.expression:
        return re.sub(r"[\s*·$]", "", item.expression) in re.sub(r"[\s*·$]", "", hint)
    return grade(item, hint, language=language).correct


def _asks_its_answer(item: Item) -> bool:
    """Does the question say the answer? What a word or a number would do by chance does not count."""
    if item.kind in (Kind.CHOICE, Kind.MULTI):
        return _names_the_right(item, item.question, one_word=False)
    return item.kind == Kind.ORDER and _in_turn(item.steps, item.question, False)


def _names_the_right(item: Item, text: str, one_word: bool) -> bool:
    """Every right option in the words of a text, and no wrong one."""
    said = _words(text)
    right = [_words(option.text) for option in item.options if option.right]
    wrong = [_words(option.text) for option in item.options if not option.right]
    if any(_within(words, said) for words in wrong if words):
        return False
    given = _words(item.question) if text != item.question else []
    for words in right:
        # A question may well hold the numbers that are its answer.
        telling = _is_telling(words) if one_word else len(words) > 1 and any(len(w) > 1 and w.isalpha() for w in words)
        if not telling or not _within(words, said) or _within(words, given):
            return False
        if any(_within(words, other) for other in wrong):  # "variance" says nothing beside "variance of the sum"
            return False
    return True


def _is_telling(words: list[str]) -> bool:
    """May one word count as an answer given away?"""
    if len(words) != 1:
        return len("".join(words)) >= MIN_LETTERS
    word = words[0]
    return len(word) > 1 if word[0].isdigit() else len(word) >= MIN_LETTERS and word not in COMMON


def _in_turn(texts, said: str, alone: bool) -> bool:
    """Do all the texts stand in what is said, in this order?"""
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


def _holds_number(item: Item, hint: str) -> bool:
    """The answer as a number of its own, unless the question gives that number, or it is one that hints often hold."""
    answer = abs(item.answer)
    if answer == int(answer) and (answer <= 12 or answer in (100, 1000)):
        return False
    wanted = {_value(number) for number in NUMBER.findall(shown_answer(item))} | {answer}
    given = Counter(_value(number) for number in NUMBER.findall(item.question))
    return any(_value(number) in wanted and _value(number) not in given for number in NUMBER.findall(_read(hint)))


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def _words(text: str) -> list[str]:
    return WORD.findall(_read(text).casefold())


def _within(words: list[str], others: list[str]) -> bool:
    return any(others[at : at + len(words)] == words for at in range(len(others) - len(words) + 1))


def _read(text: str) -> str:
    """A text as it is read: formulas in Unicode."""
    return re.sub(r"\$\$?([^$]+)\$\$?", lambda match: mathtext.inline(match[1]), text)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"
