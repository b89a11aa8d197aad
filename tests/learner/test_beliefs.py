"""What a learner believes wrongly: seen, held, resolved, and what follows from it."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from conftest import NOW, environment_of

from flow import create_learn_flow
from tutor.corpus import bank
from tutor.corpus.corpus import bundled_docs, open_corpus
from tutor.learner import agenda
from tutor.learner.beliefs import HELD, RESOLVED, SEEN, beliefs_of, days_in_words, evidence_of, held, in_words
from tutor.learner.memory.scheduling import DEFAULTS
from tutor.learner.records import open_records
from tutor.learner.schedule import next_card, todays_reviews
from tutor.models import Attempt, Evidence, Grade, Help, Item, KnownWrong, Misconception, Option, Place, Point, Round, Step
from tutor.nodes.session.conversing import Converse
from tutor.nodes.session.explaining import OfferDetour
from tutor.nodes.session.learn import BeginPractice
from tutor.nodes.shared import session_store
from tutor.prompts.conversing import TutorTurn
from tutor.prompts.grading import PointVerdict
from tutor.screen.learners import ScriptedLearner
from tutor.screen.rows import as_row
from tutor.tutoring import Heard, hearing
from utils.errors import InvalidFile, ModelError

BERLIN = timezone(timedelta(hours=1))
TODAY = datetime(2026, 11, 28, 9, 0, tzinfo=BERLIN)
KNOWN = {"swapped": Misconception("swapped", "P(A | B) is P(B | A).", "Bayes' rule turns one into the other.")}
SWAP = Item("red-cars", "math/bayes", "conditioning", "choice", "?",
            options=(Option("90 %", misconception="swapped"), Option("open", right=True)))  # fmt: skip


def shown(day: int, item="a", name="swapped", hour="10:00:00") -> Evidence:
    return Evidence(name, Evidence.SHOWN, f"math/bayes:{item}", "conditioning", f"2026-11-{day:02}T{hour}.000Z")


def against(day: int, item="a", name="swapped") -> Evidence:
    return Evidence(name, Evidence.RESOLVED, f"math/bayes:{item}", "conditioning", f"2026-11-{day:02}T10:00:00.000Z")


def state(*evidence: Evidence) -> str:
    (one,) = beliefs_of(evidence, TODAY)
    return one.state


# ------------------------------------------------------------------------------------------------------ states


def test_one_slip_is_seen_and_two_pieces_of_evidence_are_held():
    assert state(shown(12)) == SEEN
    assert state(shown(12), shown(12, "b")) == HELD, "on two items"
    assert state(shown(12), shown(14)) == HELD, "on two days"
    assert state(shown(12), shown(12), shown(12)) == SEEN, "the same answer again is no new evidence"


def test_two_right_answers_afterwards_resolve_it():
    believed = [shown(12), shown(14)]
    assert state(*believed, against(15)) == HELD
    assert state(*believed, against(15), against(15)) == HELD, "the same item on the same day counts once"
    assert state(*believed, against(15), against(20)) == RESOLVED
    assert state(*believed, against(15), against(15, "b")) == RESOLVED
    assert state(shown(12), against(15), against(20)) == RESOLVED


@pytest.mark.parametrize("seed", range(20))
def test_those_held_most_are_found_in_the_order_of_all_and_read_as_far_as_asked_for(home, seed):
    chance = random.Random(seed)
    with open_records(home, now=lambda: TODAY) as records:
        for number in range(chance.randrange(80)):
            name, day, item = chance.choice("abcdefgh"), 1 + number // 4, chance.choice("xyz")
            piece = (shown if chance.random() < 0.7 else against)(day, item, name)
            records.add(Attempt(piece.item, piece.section, "?", Grade(0.0), piece.at, "practice"), evidence=[piece])
        believed = [one for one in beliefs_of(records.evidence(), TODAY) if one.state == HELD]
        assert list(agenda.held_most(records, TODAY)) == believed
        assert next(agenda.held_most(records, TODAY), None) == next(iter(believed), None)


def test_right_answers_count_only_without_a_relapse_between_them():
    assert state(against(10), against(11), shown(12), shown(14)) == HELD, "what came before is no answer to it"
    assert state(shown(12), shown(14), against(15), shown(16), against(17)) == HELD


def test_what_was_resolved_and_shows_again_needs_two_pieces_to_be_held_again():
    resolved = [shown(12), shown(14), against(15), against(20)]
    assert state(*resolved, shown(22)) == SEEN
    assert state(*resolved, shown(22), shown(23)) == HELD


def test_a_belief_tells_its_days_in_the_learners_zone_and_where_it_began():
    (one,) = beliefs_of([shown(11, hour="23:30:00"), shown(14, "b"), against(19), against(20)], TODAY)
    assert one.seen == (date(2026, 11, 12), date(2026, 11, 14)) and one.resolved == date(2026, 11, 20)
    assert (one.lesson, one.section, one.first) == ("math/bayes", "conditioning", "math/bayes#conditioning")
    assert days_in_words(one.document(KNOWN), TODAY.date()) == "12 Nov, 14 Nov; resolved 20 Nov"
    assert days_in_words(one.document({}), date(2027, 1, 3)) == "12 Nov 2026, 14 Nov 2026; resolved 20 Nov 2026"
    assert one.document(KNOWN) == {
        "id": "swapped", "believed": "P(A | B) is P(B | A).", "so": "Bayes' rule turns one into the other.",
        "state": "resolved", "seen": ["2026-11-12", "2026-11-14"], "resolved": "2026-11-20", "lesson": "math/bayes",
        "evidence": [],
    }  # fmt: skip


def test_the_strongest_come_first_and_a_free_text_is_its_own_name():
    pieces = [shown(1, name="free text"), *(shown(day, name="twice") for day in (2, 3)), shown(9, name="late")]
    pieces += [shown(day, name="thrice") for day in (1, 2, 3)]
    found = beliefs_of(pieces, TODAY)
    assert [one.id for one in found] == ["thrice", "twice", "late", "free text"]
    assert held(pieces, TODAY) == ["thrice", "twice"]
    assert found[-1].document({})["believed"] == "free text" and found[-1].document({})["so"] == ""


def test_a_model_is_told_of_what_is_unresolved_that_of_the_item_on_screen_first():
    pieces = [shown(day, name="other") for day in (1, 2, 3)] + [shown(12)]
    resolved = [shown(1, name="past"), against(2, name="past"), against(3, name="past")]
    found = beliefs_of([*pieces, *resolved], TODAY)
    assert in_words(found, KNOWN, [SWAP]).split("\n") == [
        "The learner once answered as if: P(A | B) is P(B | A). (What is so: Bayes' rule turns one into the other.)",
        "The learner seems to hold: other",
    ]
    assert in_words(found, KNOWN).startswith("The learner seems to hold: other")
    assert in_words([], KNOWN, [SWAP]) == ""


def test_a_model_is_not_told_of_what_was_seen_once_and_does_not_concern_the_question():
    assert in_words(beliefs_of([shown(12, name="other")], TODAY), KNOWN, [SWAP]) == ""


# ------------------------------------------------------------------------------------- evidence from an answer


def attempt(score: float, heard="", **given) -> Attempt:
    return Attempt(SWAP.key, "conditioning", "1", Grade(score, heard=heard), "2026-11-12T10:00:00.000Z", "practice", **given)


def test_a_wrong_answer_that_names_misconceptions_is_evidence_of_each():
    found = evidence_of(attempt(0, "swapped\nanother one"), SWAP, False, [])
    assert [(one.misconception, one.kind, one.item, one.at) for one in found] == [
        ("swapped", "shown", "math/bayes:red-cars", "2026-11-12T10:00:00.000Z"),
        ("another one", "shown", "math/bayes:red-cars", "2026-11-12T10:00:00.000Z"),
    ]
    assert evidence_of(attempt(0), SWAP, False, []) == []


def test_only_a_right_answer_without_help_to_what_could_have_shown_it_speaks_against_it():
    before = [shown(1)]
    assert [one.kind for one in evidence_of(attempt(1), SWAP, True, before)] == ["resolved"]
    for given in (attempt(1, help=Help.HINT), attempt(1, hints=1), attempt(1, shown=True), attempt(0.5)):
        assert evidence_of(given, SWAP, True, before) == []
    assert evidence_of(attempt(1), SWAP, False, before) == [], "at a second try"
    assert evidence_of(attempt(1), SWAP, True, []) == [], "nothing was believed"


# -------------------------------------------------------------------------------------- the list of misconceptions

LIST = """\
misconceptions:
  - id: air-lifts
    believed: Air makes
      dough rise.
    so: Yeast breathes out carbon dioxide, which makes it rise.
"""


def test_misconceptions_are_listed_with_what_is_believed_and_what_is_so(docs):
    (docs / "misconceptions.yaml").write_text(LIST, encoding="utf-8")
    so = "Yeast breathes out carbon dioxide, which makes it rise."
    assert open_corpus(docs).misconceptions() == {"air-lifts": Misconception("air-lifts", "Air makes dough rise.", so, 2)}


def test_a_folder_needs_no_list(docs):
    assert open_corpus(docs).misconceptions() == {}


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("misconceptions:", "beliefs:", 1, 'the unknown field "beliefs"'),
        ("air-lifts", "Air lifts", 2, 'found the id "Air lifts", expected small letters'),
        ("    believed: Air makes\n      dough rise.\n", "", 2, 'lacks the field "believed"'),
        ("    so:", "    soo:", 5, 'the unknown field "soo"'),
        (LIST, LIST + LIST.split("\n", 1)[1], 6, "repeats an id; found it first on line 2"),
        (LIST, "- air-lifts\n", 1, 'expected "misconceptions:"'),
    ],
)
def test_a_fault_in_the_list_is_told_with_its_line_and_costs_a_session_only_the_list(docs, old, new, line, words):
    (docs / "misconceptions.yaml").write_text(LIST.replace(old, new), encoding="utf-8")
    corpus = open_corpus(docs)
    with pytest.raises(InvalidFile) as refused:
        corpus.parsed_misconceptions()
    assert f"misconceptions.yaml:{line}: " in str(refused.value) and words in str(refused.value)
    assert corpus.misconceptions() == corpus.misconceptions() == {} and corpus.warnings == [str(refused.value)]


def test_a_wrong_answer_without_a_reply_replies_with_what_is_so(docs):
    (docs / "misconceptions.yaml").write_text(LIST, encoding="utf-8")
    path = docs / "food" / "bread.quiz.yaml"
    text = path.read_text(encoding="utf-8").replace("yeast makes oxygen\n        reply: Yeast uses oxygen up.", "air-lifts")
    path.write_text(text, encoding="utf-8")
    gas = open_corpus(docs).items("food/bread")[0]
    assert gas.options[1].misconception == "air-lifts" and gas.options[1].reply.startswith("Yeast breathes out")
    assert gas.options[2].reply == "" and gas.options[0].reply == ""


def test_a_misconception_has_one_name_whatever_numbers_are_drawn():
    item = Item("n", "a/b", "s", "number", "{{y}} + 1?", answer_expression="y + 1", variables=bank_variables(),
                wrong=(KnownWrong("y", "left y as it was: {{y}}"),))  # fmt: skip
    drawn = bank.draw(item, 3)
    assert drawn.wrong[0].misconception == item.wrong[0].misconception == item.probes[0]
    assert drawn.wrong[0].reply == f"left y as it was: {drawn.wrong[0].answer}"


def bank_variables():
    from tutor.models import Variable

    return (Variable("y", (2.0, 3.0, 4.0)),)


# ---------------------------------------------------------------------------------------------------- in a session


class Says(ScriptedLearner):
    """Answers by a table of item ids, everything else right; explanations are passed over."""

    def __init__(self, table):
        super().__init__([])
        self.table, self.asked = table, []

    def answer(self, question, keys):
        self.asked.append(question.item.id)
        if "hint" not in keys and "skip" not in keys:
            return Step("next")
        return Step("answer", self.table.get(question.item.id) or bank.accepted_answers(question.item)[0])


@pytest.fixture
def learn(docs, home, monkeypatch, capsys):
    """Go through a lesson on a day; returns what is believed then."""
    monkeypatch.chdir(docs.parent)

    def run(learner, day=0):
        now = NOW + timedelta(days=day)
        with environment_of(docs, home, learner, now, session=f"day{day}") as environment:
            create_learn_flow().run(session_store(environment, "food/bread"))
            return beliefs_of(environment.records.evidence(), now)

    return run


def test_a_wrong_option_chosen_on_two_days_is_held_and_right_answers_on_two_later_ones_resolve_it(learn):
    (one,) = learn(Says({"gas": "oxygen"}))
    assert (one.id, one.state, one.lesson, one.section) == ("yeast makes oxygen", SEEN, "food/bread", "yeast")
    assert [one.state for one in learn(Says({"gas": "oxygen"}), day=1)] == [HELD]
    assert [one.state for one in learn(Says({}), day=2)] == [HELD]
    assert [one.state for one in learn(Says({}), day=3)] == [RESOLVED]


def test_nothing_is_believed_by_who_answers_right_or_wrong_in_a_way_that_shows_nothing(learn):
    assert learn(Says({})) == [] and learn(Says({"gas": "nitrogen"}), day=1) == []


def test_an_answer_taken_back_is_no_evidence_any_more(learn, home):
    learn(Says({"gas": "oxygen"}))
    with open_records(home, now=lambda: NOW) as records:
        shown_by = [one.attempt for one in records.evidence()]
        while records.undo().id != shown_by[-1]:
            assert len(records.evidence()) == len(shown_by)
        assert [one.attempt for one in records.evidence()] == shown_by[:-1]


# --------------------------------------------------------------------------------------- progress, and forgetting


@pytest.fixture
def believing(docs, home):
    """Records of a learner who chose oxygen on two days, and was right twice about salt after one slip."""
    (docs / "misconceptions.yaml").write_text(LIST, encoding="utf-8")
    with open_records(home, now=lambda: NOW) as records:
        for name, kind, day in [
            ("air-lifts", "shown", 12), ("air-lifts", "shown", 14),
            ("salt feeds", "shown", 12), ("salt feeds", "resolved", 13), ("salt feeds", "resolved", 14),
        ]:  # fmt: skip
            at = f"2026-02-{day}T10:00:00.000Z"
            given = Attempt("food/bread:gas", "yeast", "x", Grade(float(kind == "resolved")), at, "practice")
            records.add(given, evidence=[Evidence(name, kind, given.item, "yeast", at)])


def test_progress_shows_what_answers_have_shown_with_its_days(tutor, docs, home, believing):
    shown = tutor("progress", "--docs", docs, TUTOR_HOME=str(home)).stdout
    assert "held: Air makes dough rise: 12 Feb, 14 Feb\n" in shown
    assert "Yeast breathes out carbon dioxide, which makes it rise." in shown
    assert "salt feeds: 12 Feb; resolved 14 Feb\n" in shown


def test_progress_explains_what_was_shown_in_the_lessons_of_another_folder_and_names_its_lesson(tutor, docs, home):
    with open_records(home, now=lambda: NOW) as records:
        for name, lesson in [("mask-hides-past", "llm/attention"), ("no-such-belief", "mine/notes"), ("air-lifts", "food/bread")]:
            at = "2026-02-12T10:00:00.000Z"
            given = Attempt(f"{lesson}:x", "a", "x", Grade(0.0), at, "practice")
            records.add(given, evidence=[Evidence(name, "shown", given.item, "a", at)])
    shown = tutor("progress", "--docs", docs, TUTOR_HOME=str(home)).stdout
    assert "seen: A causal mask hides the earlier tokens (llm/attention): 12 Feb\n" in shown
    assert "seen: no-such-belief (mine/notes): 12 Feb\n" in shown and "seen: air-lifts (food/bread): 12 Feb\n" in shown


def test_progress_lists_them_for_a_program(tutor, docs, home, believing):
    held, resolved = json.loads(tutor("progress", "--json", "--docs", docs, TUTOR_HOME=str(home)).stdout)["misconceptions"]
    evidence = {"kind": "shown", "item": "food/bread:gas", "question": "Which gas makes dough rise?", "answer": "x"}
    assert held == {
        "id": "air-lifts", "believed": "Air makes dough rise.", "state": "held", "seen": ["2026-02-12", "2026-02-14"],
        "so": "Yeast breathes out carbon dioxide, which makes it rise.", "resolved": None, "lesson": "food/bread",
        "evidence": [{"day": day, **evidence} for day in ("2026-02-12", "2026-02-14")],
    }  # fmt: skip
    assert (resolved["id"], resolved["believed"], resolved["so"]) == ("salt feeds", "salt feeds", "")
    assert (resolved["state"], resolved["resolved"]) == ("resolved", "2026-02-14")


def test_one_is_forgotten_by_its_id_and_its_answers_stay(tutor, home, believing):
    run = tutor("records", "forget", "air-lifts", "--yes", TUTOR_HOME=str(home))
    assert (run.returncode, run.stdout) == (0, 'forgotten: 2 pieces of evidence for "air-lifts"\n')
    with open_records(home, now=lambda: NOW) as records:
        assert {one.misconception for one in records.evidence()} == {"salt feeds"} and records.count() == 5
    run = tutor("records", "--json", "forget", "salt feeds", "--yes", TUTOR_HOME=str(home))
    assert json.loads(run.stdout) == {"misconception": "salt feeds", "forgotten": 3}


def test_nothing_is_forgotten_that_is_not_there_or_without_a_yes(tutor, home, believing):
    run = tutor("records", "forget", "air-lift", "--yes", TUTOR_HOME=str(home))
    assert run.returncode == 2 and 'Did you mean "air-lifts"?' in run.stderr
    run = tutor("records", "forget", "salt feeds", TUTOR_HOME=str(home))
    assert run.returncode == 2 and "type: ptutor records forget 'salt feeds' --yes" in run.stderr
    with open_records(home, now=lambda: NOW) as records:
        assert len(records.evidence()) == 5


@pytest.mark.parametrize(("typed", "code", "left"), [("y", 0, 3), ("n", 1, 5)])
def test_at_a_terminal_it_asks_first(person, home, believing, typed, code, left):
    someone = person("records", "forget", "air-lifts")
    someone.read('Forget what your answers have shown about "air-lifts"?')
    someone.press(typed, "enter")
    assert someone.leave() == code
    with open_records(home, now=lambda: NOW) as records:
        assert len(records.evidence()) == left


# ------------------------------------------------------------------------------------------------ the bundled list


def test_every_bundled_misconception_that_an_item_may_show_is_shown_by_two_and_all_are_said_in_one_line():
    docs = bundled_docs()
    known = open_corpus(docs).parsed_misconceptions()
    items = [item for bank in docs.rglob("*.quiz.yaml") for item in bank.read_text(encoding="utf-8").split("\n  - id: ")]
    named = Counter(name for item in items for name in set(re.findall(r"misconception: ([a-z\d-]+)$", item, re.MULTILINE)))
    shown = [name for name in known if named[name]]
    assert [name for name in shown if named[name] < 2] == [] and len(shown) >= 30
    lessons = "".join(path.read_text(encoding="utf-8") for path in docs.rglob("*.md"))
    assert [name for name in known if not named[name] and f"{{#{name}}}" not in lessons] == []
    assert [
        one.id for one in known.values() if not (one.believed.endswith(".") and one.so.endswith(".") and len(one.believed) < 120)
    ] == []


# ------------------------------------------------------------------------------------------------ what it steers


def hold(home, name="yeast makes oxygen", item="gas"):
    """Records of a learner who has shown a misconception on two days, and answered its item right before that."""
    with open_records(home, now=lambda: NOW) as records:
        for day, score in ((10, 1.0), (11, 1.0), (12, 0.0), (14, 0.0)):
            at = f"2026-02-{day}T10:00:00.000Z"
            given = Attempt(
                f"food/bread:{item}", "yeast", "x", Grade(score), at, "practice", session=f"before{day}", shown=not score
            )
            shows = [] if score else [Evidence(name, Evidence.SHOWN, given.item, "yeast", at)]
            card = next_card(given.item, records.card(given.item), "missed", NOW - timedelta(days=28 - day), by=DEFAULTS)
            records.add(given, card=card, evidence=shows)


def test_practice_begins_with_what_the_learner_believes_wrongly(docs, home):
    hold(home)
    with open_records(home, now=lambda: NOW) as records:
        begin, place = BeginPractice(), Place("food/bread", "yeast")
        items = {item.id: item for item in open_corpus(docs).items("food/bread")}
        assert begin.exec(place, items, records, None, lambda: NOW, NOW.tzinfo, terminal=None)[0] == "gas"
        assert records.forget_evidence("yeast makes oxygen")
        assert begin.exec(place, items, records, None, lambda: NOW, NOW.tzinfo, terminal=None)[-1] == "gas"


def test_a_review_begins_with_what_may_show_a_belief_that_is_held():
    cards = [next_card(f"food/bread:{name}", None, "unaided", NOW, by=DEFAULTS) for name in "abc"]
    later = NOW + timedelta(days=40)
    assert todays_reviews(cards, later, 2, DEFAULTS, ["food/bread:c"])[0].item == "food/bread:c"
    assert [card.item for card in todays_reviews(cards, later, 2, DEFAULTS)] == ["food/bread:a", "food/bread:b"]


class Repairs(Says):
    """Chooses the repair on the home screen, and leaves when it is over."""

    def __init__(self, table):
        super().__init__(table)
        self.homes = []

    def choose(self, options, keys, unattended):
        self.homes.append([as_row(option).line for option in options])
        line = next((number for number, option in enumerate(self.homes[-1]) if option.startswith("Repair")), None)
        return Step("quit") if line is None or len(self.homes) > 1 else Step("choose", str(line))


@pytest.fixture
def at_home(docs, home, monkeypatch, capsys):
    """Start on the home screen on a day; returns the screen."""
    monkeypatch.chdir(docs.parent)

    def run(learner, day=0):
        now = NOW + timedelta(days=day)
        with environment_of(docs, home, learner, now, session=f"home{day}") as environment:
            create_learn_flow().run(session_store(environment))
        return capsys.readouterr().out

    return run


def test_the_home_screen_offers_to_repair_what_is_held_and_two_right_answers_on_two_days_do_it(at_home, home):
    hold(home)
    learner = Repairs({})
    screen = at_home(learner)
    assert [line for line in learner.homes[0] if "Repair" in line] == ["Repair: yeast makes oxygen · 1 min"]
    assert learner.asked == ["gas"]
    assert "Your answers have said this: 12 Feb, 14 Feb" in screen and "Is it so?" in screen
    assert "Not resolved yet" in screen and "Read it at docs/food/bread.md:" in screen
    assert len(learner.homes) == 2, "it leads back to the home screen"
    assert not [line for line in learner.homes[1] if "Repair" in line], "what was just asked is not asked again today"
    assert "Resolved: you were right" in at_home(Repairs({}), day=1)
    resolved = Repairs({})
    at_home(resolved, day=2)
    assert not [line for line in resolved.homes[0] if "Repair" in line]


def test_a_repair_that_shows_it_again_does_not_resolve_it_and_says_what_is_so_where_that_is_known(at_home, docs, home):
    (docs / "misconceptions.yaml").write_text(LIST, encoding="utf-8")
    bank_path = docs / "food" / "bread.quiz.yaml"
    bank_path.write_text(bank_path.read_text(encoding="utf-8").replace("yeast makes oxygen", "air-lifts"), encoding="utf-8")
    hold(home, "air-lifts")
    learner = Repairs({"gas": "oxygen"})
    screen = at_home(learner)
    assert "Repair: Air makes dough rise · 1 min" in learner.homes[0]
    assert "What is so: Yeast breathes out carbon dioxide, which makes it rise." in screen and "Not resolved yet" in screen


def test_what_no_question_asks_about_any_more_is_not_offered(at_home, home):
    hold(home, "a belief that the bank has dropped")
    learner = Repairs({})
    at_home(learner)
    assert not [line for line in learner.homes[0] if "Repair" in line]


def test_a_miss_by_a_belief_that_began_in_a_prerequisite_leads_back_to_where_it_began(docs, home):
    (docs / "food" / "grain.md").write_text("# Grain\n\n## Air\n\n**Air is for lungs.** Dough has none.\n", encoding="utf-8")
    path = docs / "food" / "bread.md"
    path.write_text(path.read_text(encoding="utf-8").replace("minutes: 10", "prerequisites: [food/grain]"), encoding="utf-8")
    with open_records(home, now=lambda: NOW) as records:
        for item, section, day in (("food/grain:breath", "air", 10), ("food/bread:gas", "yeast", 12)):
            at = f"2026-02-{day}T10:00:00.000Z"
            given = Attempt(item, section, "x", Grade(0.0), at, "practice", session=f"before{day}")
            records.add(given, evidence=[Evidence("yeast makes oxygen", Evidence.SHOWN, item, section, at)])
        corpus, offered = open_corpus(docs), []
        lesson, (gas, flour, *_) = corpus.lesson("food/bread"), corpus.items("food/bread")

        class Screen:
            def choose(self, options, keys):
                offered.append(options[-1])
                return Step("choose", "0")

        for missed in (gas, flour):
            OfferDetour().exec(Screen(), corpus, lesson, [missed], records, lambda: NOW, NOW.tzinfo)
        assert offered == ["A two-minute detour: **Air**, from food/grain"], "the flour has nothing to do with it"


def test_a_model_that_takes_its_turn_is_told_what_the_learner_believes(docs, home, monkeypatch):
    hold(home)
    monkeypatch.chdir(docs.parent)
    told = []

    class Model:
        name, available = "fake", True

        def fill(self, prompt):
            told.append(prompt.messages[-1]["content"])
            raise ModelError("gone")

    with environment_of(docs, home) as environment:
        gas = environment.corpus.items("food/bread")[0]
        arguments = {
            "model": Model(), "terminal": environment.terminal, "item": bank.draw(gas, 1), "answer": "why is it not oxygen?",
            "heard": Heard(hearing.QUESTION), "round": Round("practice", queue=["gas"]), "grade": None,
            "lesson": environment.corpus.lesson("food/bread"), "open_index": lambda: environment.index,
            "corpus": environment.corpus, "records": environment.records, "now": environment.now, "zone": environment.zone,
            "explained": [], "speaks": "",
        }  # fmt: skip
        with pytest.raises(ModelError, match="gone"):
            Converse().exec(**arguments)
    assert "The learner seems to hold: yeast makes oxygen" in told[0]


@pytest.mark.parametrize(
    ("answer", "named", "heard"),
    [
        ("The air in it swells.", "air-lifts", "air-lifts"),
        ("The air in it swells.", "a belief of the model's own", ""),
        ("Yeast breathes out carbon dioxide, and that gas makes the dough rise.", "air-lifts", ""),
    ],
    ids=["a known one", "one that the bank does not have", "beside a right answer"],
)
def test_a_misconception_that_a_model_names_is_heard_where_the_bank_knows_it_and_nothing_is_right(docs, answer, named, heard):
    item = Item("why", "food/bread", "yeast", "short", "Why does dough rise?", rubric=(Point("yeast breathes out gas"),),
                references=("Yeast breathes out carbon dioxide, and that gas makes the dough rise.",),
                wrong=(KnownWrong("Kneading pumps it full of bubbles.", "air-lifts"),))  # fmt: skip
    right = "breathes out" in answer
    verdict = PointVerdict(right, answer.partition(",")[0] if right else "")
    turn = TutorTurn("answer", named, (verdict,), "", "question", ())
    model = SimpleNamespace(name="fake")
    lesson = open_corpus(docs).lesson("food/bread")
    assert Converse.graded(model, item, answer, turn, Round("practice"), lesson).heard == heard
