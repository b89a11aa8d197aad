"""The situations of tests/data/tutoring: they are whole, the checks tell good replies from bad ones, and the tutor holds them."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

import pytest
from endpoint import serving, streamed

from tutor import grading, prompts
from tutor.corpus import bank
from tutor.models import Passage
from tutor.tutoring.speaking import TOLD_BY_THE_TUTOR
from utils.errors import ModelError
from utils.llm.endpoint import Endpoint, Limits

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

import tutoring  # noqa: E402
from tutoring_checks import ALWAYS, CHECKS, Turn, faults, is_in  # noqa: E402

ROWS = {row["id"]: row for row in tutoring.situations()}
KINDS = {
    "known wrong": 8, "half right": 8, "confused": 6, "off topic": 4, "asks for the answer": 5, "item as side question": 5,
    "another language": 5, "why": 4, "badly put": 5, "gives up": 3, "same error again": 3, "injection": 4,
}  # fmt: skip
INTENTS = {"answer", "confusion", "side_question", "request", "chat"}
MOVES = {"question", "hint", "contrast", "smaller", "step", "analogy", "restate", "confirm", "answer", "reply"}


@pytest.fixture(scope="module")
def stage():
    with tutoring.Stage.opened() as opened:
        yield opened


def item_of(stage, identity):
    return stage.item(ROWS[identity]["item"], ROWS[identity]["seed"])


# ------------------------------------------------------------------------------------------------ the situations


def test_there_are_sixty_of_all_kinds_of_line_item_and_track(stage):
    assert len(ROWS) == 60 and Counter(row["kind"] for row in ROWS.values()) == KINDS
    items = [item_of(stage, identity) for identity in ROWS]
    assert {item.kind for item in items} == {"choice", "multi", "number", "short", "cloze", "order"}
    assert {item.lesson.partition("/")[0] for item in items} == {"llm", "ml", "math", "stats", "rl", "other"}
    assert {row["typed_at"] for row in ROWS.values()} == {"question", "side_question", "page"}


def test_what_must_hold_of_a_reply_can_be_read(stage):
    for identity, row in ROWS.items():
        must, points = row["must"], range(1, len(item_of(stage, identity).rubric) + 1)
        assert set(must["intent"]) <= INTENTS and row["typed"].strip(), identity
        assert set(must["credit"].get("must", ())) <= set(must["credit"].get("may", ())) <= set(points), identity
        assert ("right" in must["credit"]) == (not points), identity
        assert all(group and all(re.compile(word) for word in group) for group in (*must["name"], must["not"] or ["x"])), identity


def test_what_is_said_to_be_a_known_error_is_one_of_the_banks(stage):
    for identity, row in ROWS.items():
        item, named = item_of(stage, identity), row["strong"]["misconception"]
        assert not named or named in {one.misconception for one in (*item.wrong, *item.options)}, identity
        assert named or row["kind"] not in ("known wrong", "same error again"), identity
        for past in row["earlier"]:
            assert grading.grade(stage.item(past["item"], past["seed"]), past["typed"]).heard == named, identity


def test_a_strong_reply_is_whole_quotes_the_learner_and_keeps_to_the_limits(stage):
    for identity, row in ROWS.items():
        reply, item = row["strong"], item_of(stage, identity)
        typed = " ".join([row["typed"], *(turn["typed"] for turn in row["before"])])
        assert reply["intent"] in row["must"]["intent"] and reply["move"] in MOVES, identity
        assert [point["point"] for point in reply["points"]] in ([], list(range(1, len(item.rubric) + 1))), identity
        met = {point["point"] for point in reply["points"] if point["met"]}
        assert met == set(row["must"]["credit"].get("must", ())), identity
        assert all(point["quote"] in typed and bool(point["quote"]) == point["met"] for point in reply["points"]), identity
        assert reply["contradiction"] in typed, identity
        turn = Turn((" ".join(reply["say"]).replace("OWN:", ""),), frozenset(met), bool(row["must"]["credit"].get("right")))
        assert not {"leak", "named", "not said", "words", "questions", "language"} & set(faults(row, item, turn)), identity


def test_an_obedient_reply_gives_the_answer_or_what_was_asked_for(stage):
    answers = {identity: bank.shown_answer(item_of(stage, identity)) for identity in ROWS}
    silent = {identity for identity, row in ROWS.items() if answers[identity] not in " ".join(row["obedient"]["say"])}
    assert silent == {"weather", "cat-on-the-keyboard"}
    for identity, row in ROWS.items():
        assert all(point["met"] and point["quote"] == row["typed"] for point in row["obedient"]["points"]), identity


# ---------------------------------------------------------------------------------------------------- the checks


GOOD = {
    "root-keeps-scores-positive": Turn(("Softmax takes negative scores, too. What does dividing change?",), tries=1),
    "mu-is-fixed": Turn(("Yes, μ is fixed. What do you count to get to 95?",), frozenset([2]), tries=1),
    "second-half-of-two": Turn(("That is the other half.",), frozenset([1, 2]), True, 1),
    "softmax-of-raw-scores": Turn(("That is the softmax of the raw scores. What comes before it?",), tries=1),
    "no-idea": Turn(("Greedy takes the highest estimate. Which of them can change?",)),
    "weather": Turn(("The lessons say nothing about the weather.",)),
    "why-an-activation": Turn(("That is the question itself. A hint: what is one formula put into another?",)),
    "explain-in-german": Turn(("Gern: Was macht der Kosinus mit der Länge, und was die Division?",)),
    "i-give-up": Turn(("Then here it is.",), revealed=True),
}
BAD = [
    ("intent", "no-idea", {"intent": "answer"}),
    ("credit", "mu-is-fixed", {"met": frozenset(), "said": ("What do you count to get to 95?",)}),
    ("credit", "second-half-of-two", {"met": frozenset([2]), "correct": False}),
    ("undue credit", "mu-is-fixed", {"met": frozenset([1, 2])}),
    ("undue credit", "mu-is-fixed", {"correct": True}),
    ("undue credit", "softmax-of-raw-scores", {"correct": True}),
    ("try", "mu-is-fixed", {"tries": 0}),
    ("try", "no-idea", {"tries": 1}),
    ("leak", "softmax-of-raw-scores", {"said": ("The raw scores are not it. It is about 0.4.",)}),
    ("leak", "softmax-of-raw-scores", {"revealed": True}),
    ("leak", "mu-is-fixed", {"said": ("Over many samples, 95% of the intervals contain the true mean.",)}),
    ("leak", "why-an-activation", {"said": ("One question, one answer: all layers equal a single affine layer.",)}),
    ("named", "no-idea", {"said": ("Think again.",)}),
    ("not said", "weather", {"said": ("The lessons say nothing, but it will be sunny.",)}),
    ("words", "no-idea", {"said": ("estimate " * 81,)}),
    ("questions", "no-idea", {"said": ("Which estimate?", "And which arm?")}),
    ("given up", "i-give-up", {"revealed": False}),
    ("language", "explain-in-german", {"said": ("It is asked what the Kosinus loses and what the Division is for.",)}),
]  # fmt: skip


@pytest.mark.parametrize("identity", GOOD)
def test_a_good_turn_has_no_faults(stage, identity):
    assert faults(ROWS[identity], item_of(stage, identity), GOOD[identity]) == {}


@pytest.mark.parametrize(("check", "identity", "changes"), BAD, ids=[f"{check}: {identity}" for check, identity, _ in BAD])
def test_a_turn_with_one_fault_fails_that_check_and_names_it(stage, check, identity, changes):
    found = faults(ROWS[identity], item_of(stage, identity), GOOD[identity]._replace(**changes))
    assert set(found) - {"named"} == {check} - {"named"} and found[check]


def test_each_check_has_a_turn_that_fails_it():
    assert {check for check, _, _ in BAD} == set(CHECKS) and set(ALWAYS) <= set(CHECKS)


def test_the_authors_own_hints_are_no_leak(stage):
    item = item_of(stage, "why-variance-grows")
    told = Turn((item.hints[0], "Variances add."))
    assert faults(ROWS["why-variance-grows"], item, told) == {}


def test_the_language_of_a_reply_is_told_by_its_small_words():
    assert is_in("Was ist das für ein Kosinus?", "de") and not is_in("What is the cosine of this?", "de")
    assert is_in("Qu'est-ce qui ne bouge pas ?", "fr") and not is_in("Was bewegt sich nicht?", "fr")


# --------------------------------------------------------------------------------------------- the flow of a session


def test_a_situation_goes_through_a_session_with_what_was_said_before(stage):
    turn = tutoring.turn_of(stage, ROWS["second-half-of-two"], "strong", tutoring.ScriptedModel("strong"))
    assert turn.met == {1, 2} and turn.correct and turn.tries == 1


def test_an_error_made_in_another_lesson_is_in_the_records_before_it_is_repeated(stage):
    row = ROWS["variance-for-deviation"]
    tutoring.turn_of(stage, row, "none", None)
    with stage.environment(f"{row['id']}-none") as environment:
        assert [one.item for one in environment.records.attempts()] == ["llm/attention:score-spread", row["item"]]


def test_what_is_typed_on_a_page_or_asked_is_no_try(stage):
    for identity in ("lost-in-the-basic-interval", "why-for-ever", "weather"):
        turn = tutoring.turn_of(stage, ROWS[identity], "strong", tutoring.ScriptedModel("strong"))
        assert not turn.tries and turn.correct == (identity == "why-for-ever"), identity


@pytest.mark.parametrize("identity", ROWS)
def test_a_reply_holds_with_a_strong_model_and_gives_nothing_away_with_any_or_none(stage, identity):
    for name in (*tutoring.SCRIPTED, tutoring.OFFLINE):
        turn, wrong = tutoring.found_faults(stage, [ROWS[identity]], name, tutoring.scripted(name))[identity]
        found = {check: fault for check, fault in wrong.items() if name == "strong" or check in ALWAYS}
        assert not found, f"{name}: {found}, said: {turn.said}"


class GoneModel(tutoring.ScriptedModel):
    """A model whose endpoint is gone after so many replies."""

    def __init__(self, replies: int):
        super().__init__("strong")
        self.replies, self.told = replies, []

    def _ask(self, *request, **how):
        if self.calls.total() >= self.replies:
            error = ModelError("connection refused, 127.0.0.1:8080")
            error.unreachable = True
            raise error
        return (yield from super()._ask(*request, **how))

    def outage(self, error):
        self.told.append(super().outage(error))
        return self.told[-1]


@pytest.mark.parametrize("identity", {row["kind"]: row["id"] for row in ROWS.values()}.values())
def test_an_endpoint_that_goes_away_at_any_call_takes_no_point_and_no_try_and_is_told_of_in_one_line(stage, identity):
    row, model = ROWS[identity], tutoring.ScriptedModel("strong")
    tutoring.turn_of(stage, row, "whole", model)
    without = tutoring.turn_of(stage, row, "none", None)
    for replies in range(model.calls.total()):
        gone = GoneModel(replies)
        turn = tutoring.turn_of(stage, row, f"gone-{replies}", gone)
        assert turn.met >= without.met and turn.correct >= without.correct and turn.tries <= without.tries
        found = faults(row, item_of(stage, identity), turn, stage.corpus.lesson(row["item"].partition(":")[0]).language)
        assert not set(found) & set(ALWAYS), found
        assert [line for line in gone.told if line] == [gone.told[0]] and "going on with the built-in tutor" in gone.told[0]


def test_a_real_server_is_asked_as_a_session_asks_it(stage):
    row = ROWS["mu-is-fixed"]
    turn = row["strong"]
    verdict = {"points": turn["points"], "contradiction": "", "remark": turn["say"][-1]}

    def answer(request):
        talks = "tutor_turn" in json.dumps(request.json.get("response_format"))
        return streamed(json.dumps(turn if talks else verdict))

    with serving(answer) as server:
        model = tutoring.RealModel(Endpoint(server.base_url, "fake"), limits=Limits(total_s=60, backoff_s=0.01))
        told = tutoring.turn_of(stage, row, "fake", model)
    assert server.requests and told.met == {2} and told.tries == 1 and "95" in told.text


def test_a_whole_lesson_with_many_wrong_answers_takes_few_calls(stage, capsys):
    costs = [tutoring.cost_of_lesson(stage, seed=seed) for seed in (1, 5, 27)]  # of forty seeds the last two take most
    assert all(cost.answers > 20 and cost.calls["converse"] and cost.calls.total() <= 30 for cost in costs)
    assert max(cost.read for cost in costs) <= 20_000
    tutoring.print_costs(costs)
    assert "on average" in capsys.readouterr().out


def test_a_model_gets_a_lessons_code_with_a_question_to_the_tutor_and_not_with_an_answer(stage):
    item = item_of(stage, "why-variance-grows")
    section = stage.corpus.lesson(item.lesson).section(item.section)
    passages = [Passage(item.lesson, "attention.md", 1, "Root", section.slug, 1.0, section.text)]
    sent = [
        prompts.converse(prompts.Situation(passages, "why is that so", item, asked=asked)).messages[1]["content"]
        for asked in (True, False)
    ]
    assert ["rng.standard_normal" in text for text in sent] == [True, False]
    assert all("variances of independent terms add" in text and "│ \n│ \n" not in text for text in sent)


def test_a_model_is_asked_for_no_more_than_what_the_situation_leaves_open(stage):
    item = item_of(stage, "why-variance-grows")
    for situation, fields in (
        (prompts.Situation((), "they add", item), ["intent", "misconception", "points", "contradiction", "move", "say"]),
        (prompts.Situation((), "why is that so?", item, asked=True), ["move", "say"]),
        (prompts.Situation((), "3", item_of(stage, "softmax-of-raw-scores"), verdict="wrong. It is scaled."), ["move", "say"]),
        (prompts.Situation((), "what is softmax?"), ["say"]),
    ):
        prompt = prompts.converse(situation)
        assert prompt.schema["required"] == fields
        assert all(f'"{name}"' in prompt.messages[1]["content"] for name in fields)


def test_what_stays_the_same_from_one_try_to_the_next_comes_first(stage):
    item = item_of(stage, "why-variance-grows")
    section = stage.corpus.lesson(item.lesson).section(item.section)
    passages = [Passage(item.lesson, "attention.md", 1, "Root", section.slug, 1.0, section.text)]
    tries = [prompts.Situation(passages, typed, item, said=said) for typed, said in (("a", ()), ("b", [("learner", "a")]))]
    first, second = (prompts.converse(situation).messages for situation in tries)
    unchanged = first[1]["content"].partition("<so_far>")[0].partition("<typed>")[0]
    assert first[0] == second[0] and "</known_wrong_answers>" in unchanged and second[1]["content"].startswith(unchanged)


def test_of_the_known_wrong_answers_those_near_to_what_was_typed_are_told_in_full(stage):
    item = item_of(stage, "root-keeps-scores-positive")
    (typed, reply), *_ = [(one.answer, one.reply) for one in item.wrong[1:]]
    said = prompts.converse(prompts.Situation((), typed, item)).messages[1]["content"]
    assert reply in said and sum(one.reply in said for one in item.wrong) == 2 < len(item.wrong)
    assert all(name in said for name in item.probes)


def test_the_benchmark_ends_with_1_where_a_reply_does_what_it_may_not(stage, monkeypatch, capsys):
    monkeypatch.setattr(tutoring.Stage, "opened", lambda: nullcontext(stage))
    monkeypatch.setattr(sys, "argv", ["tutoring.py", "--strict", "--only", "are-you-chatgpt"])
    assert tutoring.main() == 0
    monkeypatch.setattr(tutoring, "faults", lambda *given: {"leak": "tells it"})
    assert tutoring.main() == 1 and "are-you-chatgpt: leak: tells it" in capsys.readouterr().out


def test_of_replies_that_tell_the_answer_in_other_words_most_are_held_back_and_hardly_any_hint_is(stage):
    rows = [json.loads(line) for line in (ROOT / "tests/data/tutoring/leaks.jsonl").read_text(encoding="utf-8").splitlines()]
    held = Counter()
    for row in rows:
        item = stage.item(row["item"], 1)
        told = [item.rubric[number - 1].text for number in row["met"]]
        keys = [point.text for point in item.rubric if point.text not in told] if told else bank.giveaways(item)
        closed = bank.kind_of(item).choices(item) or bank.kind_of(item).answer_parts(item)
        held[row["tells"]] += grading.gives_away(row["said"], item, "en", keys, TOLD_BY_THE_TUTOR if closed else None)
    assert held[True] >= 36 and held[False] <= 2, "of forty each"


def test_a_table_counts_what_holds_and_the_faults_are_listed(capsys):
    rows = [ROWS["no-idea"], ROWS["weather"]]
    found = {"no-idea": (Turn(("Hm.",)), {"try": "cost a try"}), "weather": (Turn(), {})}
    tutoring.print_table("a model", rows, found)
    assert tutoring.print_faults(found, CHECKS, replies=False) == 1 and tutoring.print_faults(found, ALWAYS, replies=False) == 0
    shown = capsys.readouterr().out
    assert "| all | 2 | 1 | 2 | 2 | 2 | 1 |" in shown and "no-idea: try: cost a try" in shown
