"""What was typed beside what is right, for an answer that has parts: by blank, option, step or line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.corpus.bank import kind_of
from tutor.grading.closed.choices import as_typed, grade_multi, grade_order, longest_run, named_steps, picked_options
from tutor.grading.closed.choices import with_groups_in_order as grouped
from tutor.grading.closed.cloze import QUOTES, fills_of, grade_cloze, known_wrong
from tutor.grading.closed.guesses import without_hedges
from tutor.grading.closed.outputs import OutputLine, compared, grade_output, known_output
from tutor.grading.closed.programs import grade_program, in_words, known_program, program_in, run_program, told_failures
from tutor.grading.closed.spellings import fold
from tutor.grading.steps import FilledLine, filled_lines, grade_steps
from tutor.grading.words import clean
from tutor.models import AnswerPart, Grade, Item, Kind
from utils.text import literal, shorten

MOST_PARTS = 5  # that are shown
FILL_SHOWN = 60  # characters of a fill


@dataclass(frozen=True)
class PartByPart:
    """An answer by its parts, those that are wrong first."""

    parts: tuple[AnswerPart, ...] = ()
    remark: str = ""  # what the bank replies to it; the rest of a grade's feedback is said by the parts
    whole: bool = False  # the right answer can be read off them

    @property
    def shown(self) -> tuple[AnswerPart, ...]:
        """Those that there is room for; the last of them says how many more there are."""
        if len(self.parts) <= MOST_PARTS:
            return self.parts
        rest = self.parts[MOST_PARTS - 1 :]
        wrong = sum(not part.right for part in rest)
        told = f"{wrong} of them wrong" if wrong else "as they should be"
        return (*self.parts[: MOST_PARTS - 1], AnswerPart(f"and {len(rest)} more, {told}", not wrong))


def part_by_part(item: Item, answer: str, grade: Grade, tells: bool, language: str = "en") -> PartByPart | None:
    """An answer to a `cloze`, `multi`, `order`, `predict`, `code` or `steps` item by its parts; None for others, and where it
    names none.

    tells: what is right may be shown. Where it may not (a try is left), only what was typed is told, as right or wrong; of a
    `multi` item not even that, since what is wrong among its options would be the answer.
    """
    unread = grade.misunderstood and not grade.missed  # what was read may be asked for again, too: a float with other digits
    if item.kind not in _PARTS or unread or not answer.strip():
        return None
    grader, parts = _PARTS[item.kind]
    said = (answer, without_hedges(answer))  # one of them was graded
    graded = ((one, grader(item, one, language)) for one in said)
    read = next((one for one, found in graded if (found.score, found.misunderstood) == (grade.score, grade.misunderstood)), "")
    said_plainly = read if kind_of(item).several_lines else clean(read).strip()
    told = parts(item, said_plainly, grade, tells, language) if read else None
    if told is None or not told.parts:
        return None
    ordered = sorted(told.parts, key=lambda part: part.right)
    return PartByPart(tuple(ordered), told.remark, told.whole and tells and len(ordered) <= MOST_PARTS)


def _blanks(item: Item, text: str, grade: Grade, tells: bool, language: str) -> PartByPart | None:
    fills = fills_of(item, text)
    if len(fills) != len(item.blanks) or len(grade.met) + len(grade.missed) != len(fills):
        return None
    met, parts = list(grade.met), []
    for number, (blank, fill) in enumerate(zip(item.blanks, fills, strict=True), 1):
        fill, so = fill.strip(), blank.accepted[0]
        quoted = _quoted(fill) if fill else "nothing"
        where = f"blank {number}: " if len(fills) > 1 else ""
        right = bool(met) and (met[0].point, met[0].evidence) == (so, fill)
        if not right:
            parts.append(AnswerPart(f"{where}{quoted} is wrong" + (f"; right is {so}" if tells else ""), False))
            continue
        met.pop(0)
        if fold(fill.strip(QUOTES)) != fold(so):
            parts.append(AnswerPart(f"{where}{quoted} is right; the lesson says {so}", True))
        elif not grade.correct:
            parts.append(AnswerPart(f"{where}{quoted} is right", True))
    known = None if grade.correct else known_wrong(item, fills)
    return PartByPart(tuple(parts), (known.reply or known.misconception) if known else "", not grade.correct)


def _options(item: Item, text: str, grade: Grade, tells: bool, language: str) -> PartByPart | None:
    picked = picked_options(item, text)
    if picked is None or grade.correct or not tells:
        return None
    parts, remarks = [], []
    for option in item.options:
        shown = f"“{option.text}”" if as_typed(option.text, text) else option.text
        if option in picked:
            parts.append(AnswerPart(f"{'marked, and right' if option.right else 'marked, but wrong'}: {shown}", option.right))
            remarks += [option.reply] if option.reply and not option.right else []
        elif option.right:
            parts.append(AnswerPart(f"not marked, but right: {shown}", False))
    return PartByPart(tuple(parts), " ".join(remarks), True)


def _steps(item: Item, text: str, grade: Grade, tells: bool, language: str) -> PartByPart | None:
    given = named_steps(item, text)
    if given is None or grade.correct:
        return None
    run, arrow = longest_run(grouped(given, item.any_order)), kind_of(item).separator

    def shown(step: int) -> str:
        return f"“{item.steps[step]}”" if as_typed(item.steps[step], text) else item.steps[step]

    parts = [AnswerPart(f"in the right order: {arrow.join(map(shown, run))}", True)] if run else []
    for place, step in enumerate(given):
        if step in run:
            continue
        right = next((sorted(group) for group in item.any_order if step in group), [step])
        yours = f"{_ordinal(place)} in yours"
        if not tells:
            parts.append(AnswerPart(f"{yours}, out of place: {shown(step)}", False))
        elif place in right:
            parts.append(AnswerPart(f"{yours}, as it should be: {shown(step)}", True))
        else:
            parts.append(AnswerPart(f"{yours}, right is {' or '.join(map(_ordinal, right))}: {shown(step)}", False))
    return PartByPart(tuple(parts))


def _ordinal(index: int) -> str:
    """`1st` for 0."""
    number = index + 1
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _lines(item: Item, text: str, grade: Grade, tells: bool, language: str) -> PartByPart | None:
    if grade.correct:
        return None
    compared_lines = compared(item.output, text)
    parts = [AnswerPart(_line(one, tells), False) for one in compared_lines if not one.right]
    right = [str(one.number) for one in compared_lines if one.right]
    if right:
        parts.append(_right_lines(right))
    known = known_output(item, text)
    return PartByPart(tuple(parts), (known.reply or known.misconception) if known else "")


def _right_lines(numbers: Sequence[str]) -> AnswerPart:
    which = f"line {numbers[0]} is" if len(numbers) == 1 else f"lines {', '.join(numbers[:-1])} and {numbers[-1]} are"
    return AnswerPart(f"{which} right", True)


def _line(line: OutputLine, tells: bool) -> str:
    """A line of a predicted output that is wrong."""
    said, so = _quoted(line.said), _quoted(line.printed)
    if not so:
        return f"{said}: no such line is printed there"
    if not said:
        return f"line {line.number}: it prints {so}, you said nothing" if tells else f"line {line.number} is missing"
    return f"line {line.number}: " + (f"you said {said}, it prints {so}" if tells else f"{said} is not what it prints")


def _quoted(text: str | None) -> str:
    return "" if text is None else f"“{literal(shorten(text.strip(), FILL_SHOWN))}”"


def _tests(item: Item, text: str, grade: Grade, tells: bool, language: str) -> PartByPart | None:
    ran = run_program(item.tests, program_in(text))
    if grade.correct or ran.problem:
        return None
    failed = [AnswerPart(in_words(one, tells), False) for one in told_failures(ran)]
    passed = sum(one.passed for one in ran.outcomes)
    count = AnswerPart(f"{passed} of {len(ran.outcomes)} tests pass", True)
    known = known_program(item, program_in(text), ran)
    remark = (known.reply or known.misconception) if known else ""
    return PartByPart((*failed[: MOST_PARTS - 2], *([count] if passed else [])), remark)


def _filled(item: Item, text: str, grade: Grade, tells: bool, language: str) -> PartByPart | None:
    if grade.correct:
        return None
    lines = filled_lines(item, text, language)
    right = [str(one.number) for one in lines if one.grade.correct and not one.carried]
    parts = [AnswerPart(_filled_line(one, tells), one.grade.correct) for one in lines if one.carried or not one.grade.correct]
    replies = [(one.number, one.reply) for one in lines if one.reply]
    remark = " ".join(f"Line {number}: {reply}" if len(lines) > 1 else reply for number, reply in replies[:1])
    told = not any(one.line.work for one in lines if not one.grade.correct)  # else there is more to be shown
    return PartByPart((*parts, *([_right_lines(right)] if right else [])), remark, told)


def _filled_line(one: FilledLine, tells: bool) -> str:
    """A line of a worked example that is not what is right there."""
    said, so = _quoted(one.said) if one.said else "nothing", f"; right is {one.right_answer}" if tells else ""
    if one.carried:
        return f"line {one.number}: {said} follows from what you have above, and counts{so}"
    if one.grade.feedback and one.said and not (tells or one.reply):
        return f"line {one.number}: {one.grade.feedback}"
    return f"line {one.number}: {said} is {'wrong' if one.said else 'there'}{so}"


_PARTS = {
    Kind.CLOZE: (grade_cloze, _blanks), Kind.MULTI: (grade_multi, _options), Kind.ORDER: (grade_order, _steps),
    Kind.PREDICT: (grade_output, _lines), Kind.CODE: (grade_program, _tests),
    Kind.STEPS: (grade_steps, _filled),
}  # fmt: skip
