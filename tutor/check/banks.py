"""Findings about a bank: hints, leaks, options, and whether the grader agrees with the author."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from tutor.check.code import difference
from tutor.check.leaks import hint_gives_away, lines_above_give_away, question_gives_away, readable, tells_answer
from tutor.check.lessons.text import formula_finding, line_findings, unknown_misconception
from tutor.check.rubrics import gates
from tutor.check.rules import finding
from tutor.corpus.bank import accepted_answers, all_draws, draw, figures_of, kind_of, lesson_code, parse_bank, shown_answer
from tutor.corpus.bank.figures import NoFigure, figure_named
from tutor.corpus.bank.kinds.number import is_the_answer
from tutor.corpus.bank.lesson_code import block_named
from tutor.corpus.bank.misconceptions import LIKE_AN_ID
from tutor.corpus.bank.precision import stated
from tutor.corpus.bank.templates import DrawnValues, fill
from tutor.corpus.expressions import ExpressionError, evaluate
from tutor.corpus.markdown import markdown_parser
from tutor.grading import grade
from tutor.grading.rubrics import has_rubric
from tutor.models import Draw, Finding, Grade, Item, Lesson, Misconception
from utils import strict_yaml
from utils.errors import InvalidFile
from utils.text import nearest, shorten

LONGEST_EXACT = 10  # significant digits that may be asked for exactly
DRAWS = 100  # of each parametric item
LEAK_DRAWS = 10  # a hint gives a number away only if it does in all of them, not just by chance
PRINTING = re.compile(  # what a question says that asks for something printed
    r"print|output|\bshow|display|\bwrites?\b.*\b(?:screen|lines?)\b|ausgib|ausgeb|gib\b.*\baus\b|druck|affich|imprim|muestr|escrib"
    r"|печат|вывод|вывед|打印|输出|表示|出力", re.I | re.S,
)  # fmt: skip
WITHOUT_ITEMS = {"misconceptions", "recap", "next"}  # slugs of sections that need no items
HABIT, FEWEST = 0.4, 3  # a bank gives its answers away by a habit that more of its choices share, and that many at least
VISIBLY = 1.1  # times as long as any other, and an option is the longest at a glance
TIMES, CHARACTERS = 1.5, 12  # an option stands out if it is that many times and that many characters longer


def bank_findings(
    lesson: Lesson | None, text: str, path: str, keys: Collection[str] = (), known: Collection[str] = ()
) -> tuple[list[Finding], list[Item]]:
    """Findings about one bank, and its items. lesson: the one it belongs to, None if there is none.

    keys: the letters that mean something else to a session when they are typed alone. known: ids of misconceptions; with
    none of them, none is missed.
    """
    found = list(line_findings(path, text))
    try:
        code = partial(lesson_code, lesson) if lesson else None
        items = parse_bank(text, lesson.id if lesson else "", path, code=code)
        data = strict_yaml.load(text, path)
    except InvalidFile as error:
        return [*found, finding("invalid-bank", path, error.line, error.message)], []
    language = lesson.language if lesson else "en"
    for item, entry in zip(items, data["items"], strict=True):
        check = _ItemCheck(item, entry, path, language)
        found += [*check.findings(keys), *check.unknown_misconceptions(known)]
    found += _habits(items, path)
    if lesson:
        found += _section_findings(lesson, items, data["items"], path)
    return found, items


def _section_findings(lesson: Lesson, items: Sequence[Item], entries: Sequence[dict[str, Any]], path: str) -> Iterator[Finding]:
    slugs = [section.slug for section in lesson.sections]
    for item, entry in zip(items, entries, strict=True):
        if item.section not in slugs:
            near = nearest(item.section, slugs)
            remedy = f'Did you mean "#{near}"?' if near else f"It has {', '.join(f'#{slug}' for slug in slugs) or 'none'}."
            yield finding(
                "unknown-section", path, strict_yaml.line_of(entry, "section"),
                f'item "{item.id}" names section "#{item.section}", which lesson {lesson.id} does not have. {remedy}',
            )  # fmt: skip
    yield from _figure_findings(lesson, items, entries, path)
    yield from _shown_outputs(lesson, items, entries, path)
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


def _figure_findings(lesson: Lesson, items: Sequence[Item], entries: Sequence[dict[str, Any]], path: str) -> Iterator[Finding]:
    figures = figures_of(lesson) if any(item.figure for item in items) else []
    for item, entry in zip(items, entries, strict=True):
        try:
            if item.figure:
                figure_named(item.figure, item.section, figures)
        except NoFigure as fault:
            yield finding("unknown-figure", path, strict_yaml.line_of(entry, "figure"), f'item "{item.id}": {fault}')


def _shown_outputs(lesson: Lesson, items: Sequence[Item], entries: Sequence[dict[str, Any]], path: str) -> Iterator[Finding]:
    """The items that ask what a block of the lesson prints where the lesson shows just that."""
    code = lesson_code(lesson) if any(item.block for item in items) else []
    for item, entry in zip(items, entries, strict=True):
        shown = block_named(item.block, item.section, code).block if item.block else None
        if shown is None or not shown.output:
            continue
        for values, drawn in all_draws(item).items():
            same_code = drawn.code == shown.body.strip("\n")
            if same_code or (drawn.output and not difference(shown.output, drawn.output)):
                with_values = f" with {values}" if values else ""
                yield finding(
                    "shown-output", path, strict_yaml.line_of(entry, "block"),
                    f'item "{item.id}"{with_values}: found the output that line {shown.output_line} of the lesson shows, '
                    "expected another; change what the block prints by replace:",
                )  # fmt: skip
                break


def _habits(items: Sequence[Item], path: str) -> Iterator[Finding]:
    """What the right options of a bank's choices have in common, so that they are found without reading the question."""
    choices = [item for item in items if kind_of(item).offers_options and not kind_of(item).several_options]
    places: dict[int, list[Item]] = {}
    longest = []
    for item in choices:
        lengths = [len(readable(option.text)) for option in item.options]
        place = next(place for place, option in enumerate(item.options) if option.right)
        places.setdefault(place, []).append(item)
        if lengths[place] > VISIBLY * max(lengths[:place] + lengths[place + 1 :]):
            longest.append(item)
    for rule, found, what, remedy in (
        *(("option-place", its, f"option {place + 1}", "put some elsewhere") for place, its in sorted(places.items())),
        ("longest-option", longest, "the longest option", "shorten some, or make wrong ones longer"),
    ):
        if len(found) >= FEWEST and len(found) > HABIT * len(choices):
            ids = ", ".join(item.id for item in found)
            yield finding(
                rule, path, found[0].line, f"found {what} right in {len(found)} of {len(choices)} choices ({ids}), "
                f"expected at most {HABIT:.0%}; {remedy}",
            )  # fmt: skip


def unused_findings(known: Mapping[str, Misconception], path: str, named: Collection[str]) -> list[Finding]:
    """Misconceptions of the list at a path that no bank and no lesson names."""
    return [
        finding(
            "unused-misconception", path, one.line,
            f'found the misconception "{one.id}", expected one that an item or a lesson names; name it there, or remove it',
        )
        for one in known.values() if one.id not in named
    ]  # fmt: skip


def lone_ideas(items: Iterable[Item]) -> list[Finding]:
    """Ideas that the items of one lesson alone name."""
    by_idea: dict[str, list[Item]] = {}
    for item in items:
        if item.idea:
            by_idea.setdefault(item.idea, []).append(item)
    lone = {idea: its for idea, its in by_idea.items() if len({item.lesson for item in its}) == 1}
    return [
        finding(
            "lone-idea", item.path, item.line,
            f'item "{item.id}": found the idea "{idea}", which no other lesson has, expected one that two share; '
            f"{_near_idea(idea, by_idea)}",
        )
        for idea, its in lone.items() for item in its
    ]  # fmt: skip


def _near_idea(idea: str, ideas: Collection[str]) -> str:
    near = nearest(idea, [other for other in ideas if other != idea])
    return f'is "{near}" meant?' if near else "give it to the other item too, or remove it"


class _ItemCheck:
    """All checks of one item. Every finding names the line of the field that it is about."""

    def __init__(self, item: Item, entry: dict[str, Any], path: str, language: str):
        self.item, self.entry, self.path, self.language = item, entry, path, language
        self.drawn: list[Item] = []

    def finding(self, rule: str, message: str, field: str = "", index: int | None = None) -> Finding:
        """A finding about a field of the item, or an entry of that field."""
        return finding(rule, self.path, self.line(field, index), f'item "{self.item.id}": {message}')

    def line(self, field: str = "", index: int | None = None) -> int:
        """The line of a field or of one of its entries, else that of the item."""
        if not field or field not in self.entry:
            return self.item.line
        if index is None:
            return strict_yaml.line_of(self.entry, field)
        return strict_yaml.line_of(self.entry[field], index)

    def findings(self, keys: Collection[str]) -> list[Finding]:
        try:
            seeds = range(DRAWS if self.item.variables else 1)
            self.drawn = [draw(self.item, seed, Draw.FIRST) for seed in seeds]  # findings name the lines of options in order
        except InvalidFile as error:
            return [self.finding("undefined-draw", error.message)]
        return [
            *self.missing_parts(),
            *self.undefined_draws(),
            *self.grader_disagreements(),
            *self.refused_roundings(),
            *self.rubric_faults(),
            *self.unasked_prints(),
            *self.leaks(),
            *self.option_lengths(),
            *self.key_like_answers(keys),
            *self.formulas(),
            *self.faults_of_lines(),
        ]

    def of_lines(self) -> list[_ItemCheck]:
        """The checks of what the lines of a worked example ask for."""
        checks = []
        for index, line in enumerate(self.item.lines):
            check = _ItemCheck(line.item, self.entry["lines"][index], self.path, self.language)
            check.drawn = [drawn.lines[index].item for drawn in self.drawn]
            checks.append(check)
        return checks

    def faults_of_lines(self) -> Iterator[Finding]:
        """What each line of a worked example would be told as a question of its own, and what its work does not keep to."""
        for index, check in enumerate(self.of_lines()):
            yield from check.grader_disagreements()
            yield from check.refused_roundings()
            yield from check.leaks()
            yield from check.option_lengths()
            yield from check.formulas()
            answer, draws = shorten(shown_answer(check.drawn[0])), self.drawn[:LEAK_DRAWS]
            if all(lines_above_give_away(drawn, index, self.language) for drawn in draws):
                yield self.finding(
                    "leaked-key", f'the work of a line above gives the answer "{answer}" of line {index + 1} away; leave it to '
                    "that line", "lines", index,
                )  # fmt: skip
            works = [(drawn.lines[index].item, drawn.lines[index].work) for drawn in self.drawn]
            lacking = next(((one, work) for one, work in works if work and not tells_answer(one, work, self.language)), None)
            if lacking:
                yield self.finding(
                    "unfinished-work", f'the work "{shorten(lacking[1])}" of line {index + 1} lacks its answer '
                    f'"{shorten(shown_answer(lacking[0]))}", expected it at the end, such as "… = {{{{answer}}}}"; add it',
                    "lines", index,
                )  # fmt: skip

    # -------------------------------------------------------------------------------------------- fields

    def missing_parts(self) -> Iterator[Finding]:
        item = self.item
        if not item.hints:
            yield self.finding("no-hint", "found no hint, expected two, the second nearer to the answer; add hints: […, …]")
        elif len(item.hints) == 1:
            yield self.finding("one-hint", "found one hint, expected two, the second nearer to the answer; add one", "hints")
        if not item.explanation:
            yield self.finding("no-explanation", "found no explanation, expected one to three sentences; add it")
        if kind_of(item).is_free_text(item):
            for rule, field, count, wanted in (
                ("too-few-points", "rubric", len(item.rubric), "two points that a full answer makes"),
                ("too-few-references", "references", len(item.references), "two, differently worded"),
                ("too-few-wrong", "wrong", len(item.wrong), "two, one of them a near miss"),
            ):
                if count < 2:
                    yield self.finding(rule, f"found {count or 'nothing'} in {field}, expected {wanted}; add more", field)

    def formulas(self) -> Iterator[Finding]:
        item = self.drawn[0]
        texts: list[tuple[str, int | None, str]] = [("question", None, item.question), ("explanation", None, item.explanation)]
        texts += [("hints", index, hint) for index, hint in enumerate(item.hints)]
        texts += [("steps", index, step) for index, step in enumerate(item.steps)]
        texts += [("options", index, f"{option.text} {option.reply}") for index, option in enumerate(item.options)]
        texts += [("wrong", index, f" {known.reply}") for index, known in enumerate(item.wrong)]
        texts += [("lines", index, line.work) for index, line in enumerate(item.lines)]
        for field, index, text in texts:
            if "$" in text:
                for token in markdown_parser().parse(text):
                    for part in [token, *(token.children or ())]:
                        if part.type.startswith("math"):
                            yield from formula_finding(self.path, self.line(field, index), part.content)

    # ---------------------------------------------------------------------------------------- the grader

    def grader_disagreements(self) -> Iterator[Finding]:
        """For each rule and field, the first answer on which grader and author disagree."""
        if kind_of(self.item).is_code:  # which is run, see programs.solutions
            return
        reported: set[tuple[str, int]] = set()
        for drawn in self.drawn:
            of_draw = f' (asked "{shorten(drawn.question)}")' if drawn.variables else ""
            for index, answer in enumerate(accepted_answers(drawn)):
                given = grade(drawn, answer, language=self.language)
                rule = "" if given.correct else "unsure-reference" if given.unsure else "failed-reference"
                if rule and (rule, index) not in reported:
                    reported.add((rule, index))
                    yield self._reference_finding(rule, drawn, index, answer, given, of_draw)
            for index, wrong in enumerate(drawn.wrong):
                given = grade(drawn, wrong.answer, language=self.language)
                if given.correct and ("wrong", index) not in reported:
                    reported.add(("wrong", index))
                    yield self.finding(
                        "passed-wrong-answer",
                        f'the grader accepts the wrong answer "{shorten(wrong.answer)}"{of_draw}; reword it, or the '
                        "references, so that they differ in content", "wrong", index,
                    )  # fmt: skip

    def refused_roundings(self) -> Iterator[Finding]:
        """The first draw whose answer, rounded as the question asks, is outside of the tolerance, or has no end of digits."""
        for drawn in self.drawn:
            if drawn.answer is None:
                return
            said, answer = stated(drawn), drawn.answer
            if said and not is_the_answer(said.rounded(answer), drawn):
                asked = f"a tolerance that {said.rounded(answer):.15g} misses, {answer:.6g} {said.words} as the question asks"
                remedy = "widen the tolerance, or ask for more digits"
            elif not drawn.tolerance and float(f"{answer:.{LONGEST_EXACT}g}") != float(f"{answer:.15g}"):
                asked, remedy = f"tolerance 0 for {answer:.15g}, which nobody types in full", "give a tolerance"
            else:
                continue
            field = "tolerance" if "tolerance" in self.entry else "answer"
            yield self.finding("refused-rounding", f"found {asked}, expected one that rounded answers meet; {remedy}", field)
            return

    def rubric_faults(self) -> Iterator[Finding]:
        """What a rubric that is read point by point does not keep to."""
        for fault in gates.point_faults(self.drawn[0], self.language) if has_rubric(self.drawn[0]) else ():
            yield self.finding(fault.rule, fault.message, fault.field, fault.index)

    def _reference_finding(self, rule: str, drawn: Item, index: int, answer: str, given: Grade, of_draw: str) -> Finding:
        is_short = kind_of(drawn).is_free_text(drawn)
        why = f" (missed: {'; '.join(given.missed)})" if given.missed and is_short else ""
        why = why or (f" ({given.misunderstood})" if given.misunderstood else "")
        judged = "is unsure of" if rule == "unsure-reference" else "does not accept"
        remedy = "let it make every point of the rubric, or add other ways of saying a point" if is_short else "correct it"
        return self.finding(
            rule,
            f'the grader {judged} the answer "{shorten(answer)}"{of_draw}{why}; {remedy}',
            *(("references", index) if is_short else ("answer", None)),
        )

    def undefined_draws(self) -> Iterator[Finding]:
        """The first values that `where` allows although a field can't be computed from them. (`draw` skips such values.)"""
        item = self.item
        dice = random.Random(item.key)
        for _ in range(DRAWS if item.variables else 0):
            values = {variable.name: dice.choice(variable.values) for variable in item.variables}
            try:
                if item.where and not evaluate(item.where, values):
                    continue
                if item.answer_expression:
                    evaluate(item.answer_expression, values)
                if item.lines:
                    kind_of(item).with_values(item, DrawnValues(values))
                    continue
                for text in (item.question, *item.hints, item.explanation, *(one.text for one in item.options)):
                    fill(text, values)
            except ExpressionError as error:
                drawn = ", ".join(f"{name} = {value:g}" for name, value in values.items())
                field = next(name for name in ("answer", "lines", "variables") if name in self.entry)
                yield self.finding(
                    "undefined-draw", f"found no answer for {drawn} ({error}); exclude such values with where:", field
                )
                return

    def unasked_prints(self) -> Iterator[Finding]:
        """The first hidden test that wants something printed, where nothing that the learner sees asks for that."""
        item, examples = self.item, sum(not test.hidden for test in self.item.tests)
        asked = any(test.prints for test in item.tests[:examples]) or PRINTING.search(f"{item.question}\n{item.starter}")
        wanted = next((index for index, test in enumerate(item.tests) if test.hidden and test.prints), None)
        if wanted is not None and not asked:
            yield self.finding(
                "unasked-print", f'found a hidden test that wants "{shorten(item.tests[wanted].prints)}" printed, expected that '
                "the question or an example asks for what is printed; add an example with prints", "tests", wanted - examples,
            )  # fmt: skip

    def unknown_misconceptions(self, known: Collection[str]) -> Iterator[Finding]:
        """What reads like an id of a misconception and is none; any other text is its own name."""
        examples = [test for test in self.item.tests if not test.hidden]
        hidden = [test for test in self.item.tests if test.hidden]
        named = (("wrong", self.item.wrong), ("options", self.item.options), ("examples", examples), ("tests", hidden))
        for field, entries in named:
            for index, entry in enumerate(entries):
                name = entry.misconception  # type: ignore[attr-defined]
                if known and name not in known and LIKE_AN_ID.fullmatch(name):
                    yield self.finding("unknown-misconception", unknown_misconception(name, known), field, index)
        for check in self.of_lines():
            yield from check.unknown_misconceptions(known)

    # ------------------------------------------------------------------------------- what gives it away

    def leaks(self) -> Iterator[Finding]:
        draws = self.drawn[:LEAK_DRAWS]
        for index, _ in enumerate(self.item.hints):
            if all(hint_gives_away(drawn, drawn.hints[index], self.language) for drawn in draws):
                yield self.finding(
                    "leaked-key", f'the hint "{shorten(draws[0].hints[index])}" gives the answer '
                    f'"{shorten(shown_answer(draws[0]))}" away; lead up to it instead', "hints", index,
                )  # fmt: skip
        if all(question_gives_away(drawn) for drawn in draws):
            yield self.finding(
                "leaked-key", f'the question contains its answer "{shorten(shown_answer(draws[0]))}"; reword it', "question"
            )

    def option_lengths(self) -> Iterator[Finding]:
        if not kind_of(self.item).offers_options:
            return
        options = self.drawn[0].options
        right = [len(readable(option.text)) for option in options if option.right]
        wrong = [len(readable(option.text)) for option in options if not option.right]
        for word, longer, shorter in (("longer", min(right), max(wrong)), ("shorter", min(wrong), max(right))):
            if longer > TIMES * shorter and longer > shorter + CHARACTERS:
                index = next(index for index, option in enumerate(options) if option.right)
                yield self.finding(
                    "long-option", f"found a right option much {word} than every wrong one ({min(right)} characters beside "
                    f"{max(wrong) if word == 'longer' else min(wrong)}), expected options alike in length; reword them",
                    "options", index,
                )  # fmt: skip

    def key_like_answers(self, keys: Collection[str]) -> Iterator[Finding]:
        item = self.drawn[0]
        if kind_of(item).choices(item):  # answered by their numbers
            return
        asked = replace(item, worked=len(item.lines) - 1) if item.lines else item  # its last line is asked alone at first
        for answer in accepted_answers(asked)[: 1 if item.lines else None]:  # the letter of an option is no key there
            if answer.casefold() in keys or answer.startswith("?"):
                yield self.finding(
                    "key-like-answer", f'the answer "{answer}" typed alone is a key of the session; '
                    "ask so that the answer is longer, or make it a choice", "answer",
                )  # fmt: skip
