"""The rules of `check`, each with its name, its severity and what it means."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from tutor.models import Finding

ERROR, WARNING, NOTE, INFO = "error", "warning", "note", "info"


@dataclass(frozen=True)
class Rule:
    """One thing that `check` looks for. Errors make it fail, warnings only with --strict, notes and infos never."""

    name: str
    severity: str
    meaning: str


RULES = {
    rule.name: rule
    for rule in (
        Rule("front-matter", ERROR, "the front matter is not YAML, or a field has the wrong type"),
        Rule("missing-front-matter", WARNING, "a lesson does not give its title, summary or minutes"),
        Rule("invalid-lesson", ERROR, "a lesson can't be read"),
        Rule("broken-link", ERROR, "a link leads to a file or a heading that isn't there"),
        Rule("missing-image", ERROR, "an image isn't there"),
        Rule("unknown-prerequisite", ERROR, "a prerequisite is not a lesson of the folder"),
        Rule("circular-prerequisite", ERROR, "lessons are prerequisites of one another, in a circle"),
        Rule("invalid-concepts", ERROR, "concepts.yaml can't be read, names a section that isn't there, or has a circle"),
        Rule("used-too-early", WARNING, "a section uses a concept that neither it nor what it needs introduces"),
        Rule("unrenderable-formula", WARNING, "a formula that the terminal shows as its LaTeX source"),
        Rule("hidden-characters", ERROR, "a line holds characters that the terminal would show as marks"),
        Rule(
            "unsaid-answer",
            WARNING,
            "a short answer in an `asked` comment says what its lesson doesn't, is long, or answers nothing",
        ),
        Rule("asked-elsewhere", WARNING, "with --asked: a question of an `asked` comment is answered from elsewhere, or not"),
        Rule("untidy-lines", NOTE, "trailing spaces, CRLF line ends or no newline at the end"),
        Rule("code-failed", ERROR, "a Python block, or the code of an item or a try block, ends with an error"),
        Rule("check-failed", ERROR, "a hidden check ends with an error, or its assertion does not hold"),
        Rule(
            "output-differs", ERROR, "a Python block, or the code of an item or a try block, prints something other than is shown"
        ),
        Rule(
            "missing-output",
            ERROR,
            "a Python block prints and no output block follows, an item lacks its prints, or a try block its shown",
        ),
        Rule("stray-output", ERROR, "an output block without code directly above it"),
        Rule("invalid-plot", ERROR, "a plot can't be read, is undefined somewhere in its range, or has too much to draw"),
        Rule("invalid-try", ERROR, "a try block can't be read, or can't be drawn at an end of one of its knobs"),
        Rule("unused-knob", ERROR, "a try block has a knob that changes nothing"),
        Rule(
            "unknown-try-item", ERROR, "a try block names an item that its lesson's bank doesn't have, or that doesn't fit there"
        ),
        Rule("unasked-try", WARNING, "a try block names no item to ask before its knobs are turned, or none after"),
        Rule("code-not-run", WARNING, "code that was not run, because no sandbox works here and nobody said --trust"),
        Rule("code-skipped", NOTE, "code that can't run here, because a package is missing"),
        Rule(
            "no-bank",
            WARNING,
            "a lesson has no bank although others have one; its questions are made from its text",
        ),
        Rule("stray-bank", WARNING, "a bank has no lesson with its name beside it"),
        Rule("invalid-bank", ERROR, "a bank can't be read: a field, an id or an expression is wrong"),
        Rule("unknown-section", ERROR, "an item names a section that its lesson does not have"),
        Rule("unknown-figure", ERROR, "an item names a figure that its lesson does not have, or has twice"),
        Rule("uncovered-section", WARNING, "no item asks about a section"),
        Rule("no-hint", WARNING, "an item has no hint"),
        Rule("one-hint", WARNING, "an item has a single hint; two, in order, help more"),
        Rule("no-explanation", WARNING, "an item has no explanation"),
        Rule("leaked-key", WARNING, "the question, a hint or a try block as it stands first gives the answer away"),
        Rule("long-option", WARNING, "the right option stands out by its length"),
        Rule("option-place", WARNING, "a bank's right options stand in one place in more than 40 % of its choices"),
        Rule("longest-option", WARNING, "the visibly longest option is right in more than 40 % of a bank's choices"),
        Rule("refused-rounding", WARNING, "a number's tolerance refuses what is rounded as asked, or what can be typed"),
        Rule("failed-reference", ERROR, "the grader does not accept a right answer"),
        Rule("unsure-reference", WARNING, "the grader is unsure of a right answer"),
        Rule("passed-wrong-answer", ERROR, "the grader accepts a known wrong answer"),
        Rule("passed-point", WARNING, "the grader takes one point of a rubric for the whole answer"),
        Rule("unheard-point", WARNING, "a point of a rubric does not count when it is said alone"),
        Rule("lone-reference", WARNING, "with --mutate: answers worded like a reference pass only because it is there"),
        Rule("misheard-reference", WARNING, "with --mutate: an answer worded like a reference is taken for a wrong one"),
        Rule("survived-mutant", WARNING, "with --mutate: the grader accepts a wrong answer made from a right one"),
        Rule("key-like-answer", WARNING, "an answer that a session would mistake for one of its keys"),
        Rule("invalid-misconceptions", ERROR, "misconceptions.yaml can't be read: a field or an id is wrong"),
        Rule("unknown-misconception", ERROR, "a bank or a lesson names an id that misconceptions.yaml does not have"),
        Rule("unused-misconception", WARNING, "no bank and no lesson names an id of misconceptions.yaml"),
        Rule("misconception-form", WARNING, 'an entry under "Misconceptions" is not a question and its answer, or lacks an id'),
        Rule("lone-idea", WARNING, "an item has an idea that no item of another lesson shares"),
        Rule("undefined-draw", ERROR, "a parametric item has no answer for some of its values"),
        Rule("too-few-points", WARNING, "the rubric of a short item has fewer than two points"),
        Rule("too-few-references", WARNING, "a short item has fewer than two reference answers"),
        Rule("too-few-wrong", WARNING, "a short item has fewer than two known wrong answers"),
        Rule("shown-output", WARNING, "an item asks what a block of the lesson prints, and the lesson shows that below it"),
        Rule("unfinished-work", WARNING, "the work of a line of a `steps` item does not hold the line's answer"),
        Rule("unasked-print", WARNING, "a hidden test wants something printed, and the question and its examples ask for none"),
        Rule(
            "keeps-memory",
            INFO,
            "of an item that you have learned: its wording has changed and it asks the same, so what you know of it stays",
        ),
        Rule(
            "asked-anew",
            INFO,
            "of an item that you have learned: it asks something else now, or has another answer, and is asked again",
        ),
        Rule("set-aside", NOTE, "with --records: a learner missed an item so often that it is no longer asked"),
    )
}


def finding(rule: str, path: str, line: int | None, message: str, add: str = "") -> Finding:
    """A finding with the severity of its rule. line: 1-based, None if it can't be told. add: lines to add as they are."""
    return Finding(path, line or 1, rule, RULES[rule].severity, message, add)


def rule_documents() -> list[dict[str, str]]:
    """The rules as --json prints them."""
    return [asdict(rule) for rule in RULES.values()]


def rules_listing() -> str:
    """A line for each rule."""
    width = max(map(len, RULES))
    return "\n".join(f"{rule.name:{width}}  {rule.severity:7}  {rule.meaning}" for rule in RULES.values())
