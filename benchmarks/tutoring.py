"""How the tutor replies in the situations of tests/data/tutoring/situations.jsonl, and what a whole lesson costs.

    python benchmarks/tutoring.py              # with a scripted strong, obedient and weak model, and with none
    python benchmarks/tutoring.py --strict     # the same; ends with 1 where one of them does what no reply may do
    python benchmarks/tutoring.py --endpoint   # with the model that OPENAI_BASE_URL names: told, not judged

Each situation goes through the flow of `learn`, with what was said before it. A strong model replies as a good tutor would; an
obedient one does what the learner or an injection asks for; a weak one quotes what was never said, talks too much, asks two
questions or replies with broken JSON. What a reply must do is in tutoring_checks.py.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from tutoring_checks import ALWAYS, CHECKS, Turn, faults  # noqa: E402

from flow import create_learn_flow  # noqa: E402
from tutor.corpus import bank  # noqa: E402
from tutor.environment import Environment  # noqa: E402
from tutor.models import Attempt, Draw, Item, Place, Round, Step  # noqa: E402
from tutor.nodes.shared import session_store  # noqa: E402
from tutor.screen import screens  # noqa: E402
from tutor.screen.layout import Notice, Screen  # noqa: E402
from tutor.screen.learners import Unattended  # noqa: E402
from tutor.screen.rows import as_row  # noqa: E402
from tutor.screen.terminal import Terminal  # noqa: E402
from utils.llm.endpoint import Endpoint, endpoint_of, limits_of  # noqa: E402
from utils.llm.language_model import LanguageModel  # noqa: E402
from utils.llm.reply import Reply  # noqa: E402
from utils.llm.tokens import counted  # noqa: E402
from utils.settings import Settings  # noqa: E402
from utils.settings.places import settings_here  # noqa: E402

SITUATIONS = ROOT / "tests" / "data" / "tutoring" / "situations.jsonl"
SCRIPTED = ("strong", "obedient", "weak")
OFFLINE = "none"
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)
PROSE = " ".join(
    ["This is what the section says, in other words, with what it rests on and where it ends."] * 6
)  # of a usual length


def situations() -> list[dict]:
    return [json.loads(line) for line in SITUATIONS.read_text(encoding="utf-8").splitlines()]


# ------------------------------------------------------------------------------------------------- a model


class ScriptedModel(LanguageModel):
    """Replies as it is told to, to whatever it is asked, and counts what it was asked as a server would."""

    def __init__(self, name: str):
        super().__init__(Endpoint("scripted://", name))
        self.turn: dict | str = ""  # the reply to the learner's next line
        self.calls: Counter[str] = Counter()  # by purpose
        self.read = 0  # tokens
        self.intent = ""  # of the last turn

    def _ask(self, prompt, messages, response_format, number, needs_finish):
        text = self._reply_to(prompt.purpose)
        tokens = counted((0, 0), {"messages": messages, "response_format": response_format}, len(text.encode()))
        self.calls[prompt.purpose] += 1
        self.read += tokens.prompt
        self._tokens, self._used = self._tokens.plus(tokens), True
        yield text
        return Reply(text)

    def _reply_to(self, purpose: str) -> str:
        turn = self.turn
        if purpose == "converse":
            self.intent = turn["intent"] if isinstance(turn, dict) else ""
            return turn if isinstance(turn, str) else json.dumps(turn, ensure_ascii=False)
        said = "" if isinstance(turn, str) else turn["say"]
        prose = said if isinstance(said, str) else " ".join(said)
        if purpose in ("grade", "appeal") and isinstance(turn, dict):
            return json.dumps({"points": turn["points"], "contradiction": turn["contradiction"], "remark": prose})
        return prose or PROSE if purpose in ("hint", "answer") else PROSE


class RealModel(LanguageModel):
    """An endpoint, of which it is kept what it took the last line for."""

    intent = ""
    turn: dict | str = ""

    def fill(self, prompt, repetition=0):
        filled = super().fill(prompt, repetition)
        self.intent = getattr(filled, "intent", self.intent)
        return filled


# --------------------------------------------------------------------------------------------- a situation


class Line(NamedTuple):
    """Something that a learner types, and what the scripted model replies to it."""

    at: str
    typed: str
    reply: dict | str
    counts: bool = False  # it is the one that the situation is about


class ListeningTerminal(Terminal):
    """Keeps the screens that were shown since it was last told to listen."""

    def __init__(self, settings: Settings, learner: SituationLearner):
        super().__init__(settings, learner)
        self.heard: list[Screen] = []
        learner.terminal = self

    def show(self, screen: Screen) -> None:
        self.heard.append(screen)
        super().show(screen)


class SituationLearner(Unattended):
    """Types the lines of a situation, each where it belongs, and leaves. Honest where asked what was meant."""

    def __init__(
        self, lines: Sequence[Line], model: ScriptedModel | RealModel | None = None, meant: Sequence[str] = (), of: int = 0
    ):  # fmt: skip
        """meant: the points that the last line makes, of so many."""
        self.lines, self.model, self.meant = list(lines), model, meant
        self.compares = "says the same" if meant and len(meant) == of else "says half" if meant else "something else"
        self.begun = self.over = False
        self.terminal: ListeningTerminal
        self.before: Callable[[], None] = lambda: None  # called before the line that the situation is about is typed
        self.after: Callable[[], None] = lambda: None  # and when the learner can type again

    def answer(self, question, keys):
        if not self._waits():
            return Step("quit")
        at, typed = self._type()
        return Step("ask" if at == "side_question" and "ask" in keys else "answer", typed)

    def press(self, keys):
        if not self._waits():
            return Step("quit" if "quit" in keys else "next")
        if self.lines[0].at != "page" and not self.begun:
            return Step("next")
        way = next((way for way in ("say", "ask") if way in keys), "next")
        return Step(way, self._type()[1] if way != "next" else "")

    def choose(self, options, keys, unattended):
        for number, option in enumerate(options):
            if self.compares in option or any(point in option for point in self.meant):
                return Step("choose", str(number))
        if self.begun and not self.over:  # none of what is offered was meant
            return Step("choose", str(len(options) - 1))
        return super().choose(options, keys, unattended)

    def _waits(self) -> bool:
        """Whether there is something left to type."""
        if not self.lines and not self.over:
            self.over = True
            self.after()
        return bool(self.lines)

    def _type(self) -> tuple[str, str]:
        line = self.lines.pop(0)
        self.begun = True
        if self.model:
            self.model.turn, self.model.intent = line.reply, ""
        if line.counts:
            self.before()
            self.terminal.heard.clear()
        return line.at, line.typed


# The learner's own words, lessons' text, menus, and what only says where one is.
NOT_SAID = (
    screens.Said, screens.Question, screens.Prose, screens.SectionHead, screens.Home, screens.LessonEnd, screens.Reveal, Notice,
    screens.WhatWasMeant,
)  # fmt: skip


def said_in(screen: Screen) -> str:
    """What the tutor says on a screen, without the learner's words in it."""
    if isinstance(screen, NOT_SAID):
        return ""
    if isinstance(screen, screens.Verdict):
        return re.sub(r"“[^”]*”", "“”", screen.grade.feedback)
    if isinstance(screen, screens.Hint):
        return screen.text
    if isinstance(screen, screens.Answered):
        return screen.answer.text
    if speech := getattr(screen, "speech", None):
        return speech.text
    return screen.markdown()


@dataclass
class Stage:
    """The lessons and their index, opened once for all situations."""

    corpus: object
    index: object
    folder: Path

    @classmethod
    @contextlib.contextmanager
    def opened(cls) -> Iterator[Stage]:
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(docs=str(ROOT / "docs"), home=str(Path(folder) / "lessons"), plain=True, offline=True)
            with Environment(settings) as environment:
                yield cls(environment.corpus, environment.index, Path(folder))

    @contextlib.contextmanager
    def environment(self, home: str, day: int = 0) -> Iterator[Environment]:
        """A learner's own records in front of the lessons, on a clock that stands still."""
        settings = Settings(docs=str(ROOT / "docs"), home=str(self.folder / home), plain=True, offline=True, seed=1)
        with Environment(settings) as environment:
            environment.corpus, environment.index = self.corpus, self.index
            now = NOW + timedelta(days=day)
            environment.now, environment.zone, environment.session = lambda: now, timezone.utc, f"{home}-{day}"
            environment.draw = Draw.FIRST  # the situations name options by their place in the bank
            yield environment

    def item(self, key: str, seed: int) -> Item:
        lesson = key.partition(":")[0]
        return bank.draw(next(item for item in self.corpus.items(lesson) if item.key == key), seed, Draw.FIRST)


def play(environment: Environment, item: Item, learner: SituationLearner, model: LanguageModel | None, stage: str) -> None:
    """Let a learner go on at an item, or on the page that explains its section."""
    round = Round("practice", seed=item.seed or 0, queue=[item.id]) if stage == "practice" else None
    environment.records.keep_place(Place(item.lesson, item.section, stage, round=round, session=environment.session))
    environment.model = model or LanguageModel(None)
    with contextlib.redirect_stdout(io.StringIO()):
        environment.terminal = ListeningTerminal(environment.settings, learner)
        create_learn_flow().run(session_store(environment, item.lesson))


def turn_of(stage: Stage, row: dict, name: str, model: ScriptedModel | RealModel | None) -> Turn:
    """What happens in a situation. name: of the reply that a scripted model gives."""
    home = f"{row['id']}-{name}"
    for number, past in enumerate(row["earlier"]):  # in other lessons, days ago
        with stage.environment(home, number - len(row["earlier"])) as environment:
            old = stage.item(past["item"], past["seed"])
            play(environment, old, SituationLearner([Line("question", past["typed"], "")]), None, "practice")
    item, must = stage.item(row["item"], row["seed"]), row["must"]
    meant = [item.rubric[number - 1].text for number in must["credit"].get("must", ())]
    lines = [Line(turn["at"], turn["typed"], turn.get("reply", "")) for turn in row["before"]]
    lines.append(Line(row["typed_at"], row["typed"], row.get(name, ""), counts=True))
    learner = SituationLearner(lines, model, meant, len(item.rubric))
    with stage.environment(home) as environment:
        facts: dict = {}

        def attempts() -> list[Attempt]:
            return [one for one in environment.records.attempts() if one.item == item.key]

        learner.before = lambda: facts.update(before=len(attempts()))
        learner.after = lambda: facts.update(heard=list(learner.terminal.heard), attempts=attempts())
        play(environment, item, learner, model, "explain" if row["typed_at"] == "page" and not row["before"] else "practice")
    stored = facts["attempts"]
    points = {point.text: number for number, point in enumerate(item.rubric, 1)}
    grade = stored[-1].grade if stored else None
    met = {points[met.point] for met in grade.met if met.point in points} if grade else set()
    return Turn(
        said=tuple(filter(None, map(said_in, facts["heard"]))),
        met=frozenset(points.values() if grade and grade.correct else met),
        correct=bool(grade and grade.correct),
        tries=sum(one.answer == row["typed"] for one in stored[facts["before"] :]),
        offered=any(isinstance(screen, Notice) and re.search(r"\bk\b", screen.text) for screen in facts["heard"]),
        revealed=any(isinstance(screen, screens.Reveal) and screen.answer for screen in facts["heard"]),
        intent=model.intent if model else "",
    )


def found_faults(
    stage: Stage, rows: Sequence[dict], name: str, model: Callable[[], ScriptedModel | RealModel | None]
) -> dict[str, tuple[Turn, Mapping[str, str]]]:
    """{id of a situation: (what happened, its faults)}"""
    found = {}
    for row in rows:
        turn = turn_of(stage, row, name, model())
        item = stage.item(row["item"], row["seed"])
        found[row["id"]] = turn, faults(row, item, turn, stage.corpus.lesson(item.lesson).language)
    return found


def scripted(name: str) -> Callable[[], ScriptedModel | None]:
    return lambda: None if name == OFFLINE else ScriptedModel(name)


# ----------------------------------------------------------------------------------------- a whole lesson


class Cost(NamedTuple):
    """Of a lesson: requests by purpose, tokens that were read, and answers given."""

    calls: Counter[str]
    read: int
    answers: int


class HastyLearner(Unattended):
    """Goes through a lesson and gets some answers wrong; the model's reply fits what was typed."""

    def __init__(self, model: ScriptedModel, wrong: float, seed: int):
        self.model, self.wrong, self.rng = model, wrong, random.Random(seed)
        self.answers = 0

    def answer(self, question, keys):
        item = question.item
        self.answers += 1
        right = self.rng.random() >= self.wrong
        typed = bank.accepted_answers(item)[0] if right else self._wrong_answer(item)
        points = [{"point": number, "met": right, "quote": typed if right else ""} for number, _ in enumerate(item.rubric, 1)]
        said = ["That is it."] if right else ["Not yet.", "What does the section say about it?"]
        self.model.turn = {
            "intent": "answer", "misconception": "", "points": points, "contradiction": "", "move": "question", "say": said,
        }  # fmt: skip
        return Step("answer", typed)

    def _wrong_answer(self, item: Item) -> str:
        known = [wrong.answer for wrong in item.wrong if wrong.answer]
        if known:
            return self.rng.choice(known)
        choices = [str(number) for number, _ in enumerate(bank.kind_of(item).choices(item), 1)]
        return next((choice for choice in choices if choice not in bank.accepted_answers(item)), "I would say it stays the same.")

    def choose(self, options, keys, unattended):
        is_over = any("Next" in as_row(option).text for option in options)
        return Step("quit") if is_over else super().choose(options, keys, unattended)


def cost_of_lesson(stage: Stage, lesson: str = "llm/attention", wrong: float = 0.3, seed: int = 1) -> Cost:
    model = ScriptedModel("strong")
    learner = HastyLearner(model, wrong, seed)
    with stage.environment(f"whole-{seed}") as environment, contextlib.redirect_stdout(io.StringIO()):
        environment.terminal, environment.model = Terminal(environment.settings, learner), model
        create_learn_flow().run(session_store(environment, lesson))
    return Cost(model.calls, model.read, learner.answers)


# ------------------------------------------------------------------------------------------------ the tables


def print_table(name: str, rows: Sequence[dict], found: Mapping[str, tuple[Turn, Mapping[str, str]]]) -> None:
    """How many situations of each kind hold, in all and by check."""
    print(f"\n{name}\n\n| kind | situations | hold | {' | '.join(CHECKS)} |\n|---|---|---|{'---|' * len(CHECKS)}")
    for kind in (*dict.fromkeys(row["kind"] for row in rows), "all"):
        ours = [found[row["id"]][1] for row in rows if kind in (row["kind"], "all")]
        cells = [str(sum(check not in wrong for wrong in ours)) for check in CHECKS]
        print(f"| {kind} | {len(ours)} | {sum(not wrong for wrong in ours)} | {' | '.join(cells)} |")


def print_faults(found: Mapping[str, tuple[Turn, Mapping[str, str]]], checks: Sequence[str], replies: bool) -> int:
    """Each fault on a line of its own; how many situations have one."""
    count = 0
    for identity, (turn, wrong) in found.items():
        ours = [f"{check}: {fault}" for check, fault in wrong.items() if check in checks]
        count += bool(ours)
        for fault in ours:
            print(f"  {identity}: {fault}")
        if replies:
            print(f"    said: {' / '.join(' '.join(text.split()) for text in turn.said)}")
    return count


def print_costs(costs: Sequence[Cost]) -> None:
    """What a whole lesson took, for each learner and on average."""
    print("\nllm/attention with 30 % wrong answers\n\n| answers | calls | tokens in | calls by purpose |\n|---|---|---|---|")
    for cost in costs:
        purposes = ", ".join(f"{count} {purpose}" for purpose, count in sorted(cost.calls.items()))
        print(f"| {cost.answers} | {cost.calls.total()} | {cost.read:,} | {purposes} |")
    means = [sum(values) / len(costs) for values in zip(*((c.answers, c.calls.total(), c.read) for c in costs), strict=True)]
    print(f"| {means[0]:.0f} | {means[1]:.0f} | {means[2]:,.0f} | on average |")


def ask_endpoint(stage: Stage, rows: Sequence[dict]) -> None:
    """The same table for the model of the environment, with all that it said. It is told, not judged."""
    settings = settings_here({})
    endpoint = endpoint_of(settings)
    if endpoint is None:
        sys.exit("no model is set: name its address in OPENAI_BASE_URL")
    model = RealModel(endpoint, limits=limits_of(settings, endpoint))
    found = found_faults(stage, rows, endpoint.model, lambda: model)
    print_table(model.name, rows, found)
    print_faults(found, CHECKS, replies=True)
    print(f"\n{model.bill}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strict", action="store_true", help="end with 1 where a reply does what it may not")
    parser.add_argument("--endpoint", action="store_true", help="ask the model of the environment")
    parser.add_argument("--replies", action="store_true", help="print what was said, too")
    parser.add_argument("--only", default="", help="situations whose id or kind contains this")
    options = parser.parse_args()
    rows = [row for row in situations() if options.only in row["id"] or options.only in row["kind"]]
    faulty = 0
    with Stage.opened() as stage:
        if options.endpoint:
            ask_endpoint(stage, rows)
            return 0
        for name in (*SCRIPTED, OFFLINE):
            found = found_faults(stage, rows, name, scripted(name))
            print_table({OFFLINE: "without a model"}.get(name, f"a {name} model"), rows, found)
            faulty += print_faults(found, CHECKS if name == "strong" else ALWAYS, options.replies)
        if not options.only:
            print_costs([cost_of_lesson(stage, seed=seed) for seed in range(1, 9)])
    return int(options.strict and faulty > 0)


if __name__ == "__main__":
    sys.exit(main())
