"""Free text against a rubric: what passes, what is half, and what only looks right."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import lru_cache

import pytest
from labelled_answers import (
    FOLDER,
    ROOT,
    LabelledAnswer,
    is_fit,
    reversals,
    short_items,
    with_near_miss,
    written_answers,
)

from tutor.check.rubrics.lone_references import without_reference
from tutor.check.rubrics.mutants import DENIALS, denied, shuffled
from tutor.grading import features, grade, grade_record
from tutor.grading.clauses import clause_spans, sentences_of
from tutor.grading.rubrics import is_answered_by_no, question_for, reading
from tutor.models import Grade, Item, KnownWrong, Point

ITEMS = short_items()
FLOAT = Item(
    "float", "physics/water", "wood", "short", "Why does wood float, and what happens to a stone?",
    rubric=(
        Point("wood is less dense than water", ("its density is lower",), "wood is denser than water", "How dense is wood?"),
        Point("a stone sinks to the bottom", ("the stone goes down",), "a stone rises to the top"),
    ),
    references=(
        "Wood is less dense than water, so it floats. A stone sinks to the bottom.",
        "Its density is lower than that of water. The stone goes down, since it is denser.",
    ),
    wrong=(KnownWrong("Wood floats because it is dry, a stone sinks because it is wet.", reply="Wetness has no part in it."),),
)  # fmt: skip


def passing(pairs: list[tuple[Item, str]]) -> list[tuple[str, str]]:
    return [(item.key, answer) for item, answer in pairs if grade(item, answer).correct]


# --------------------------------------------------------------------------------------------- made from every bank


def test_every_reference_passes_and_none_is_taken_for_a_known_wrong_answer():
    failed = [(item.key, text) for item in ITEMS.values() for text in item.references if not grade(item, text).correct]
    assert not failed


def test_no_known_wrong_answer_passes():
    assert not passing([(item, wrong.answer) for item in ITEMS.values() for wrong in item.wrong])


@pytest.mark.parametrize("denial", DENIALS)
def test_a_denied_reference_never_passes(denial):
    items = [item for item in ITEMS.values() if not (denial.startswith("No") and is_answered_by_no(item))]
    assert not passing([(item, denied(item.references[0], denial)) for item in items])


def test_hardly_a_shuffled_reference_passes():
    rng = random.Random(0)
    pairs = [(item, shuffled(text, rng)) for item in ITEMS.values() for text in item.references[:3]]
    assert len(passing(pairs)) <= 0.005 * len(pairs)


def test_hardly_an_answer_passes_that_says_the_near_miss_of_a_point_in_its_place():
    pairs = [
        (item, answer) for item in ITEMS.values() for number in range(len(item.rubric)) for answer in with_near_miss(item, number)
    ]
    assert len(passing(pairs)) <= 0.01 * len(pairs)


def test_the_point_that_is_missed_is_asked_about():
    item = ITEMS["llm/lora:the-bet"]
    verdict = grade(item, with_near_miss(item, 1)[0])
    assert verdict.missed == (item.rubric[1].text,)
    assert verdict.unsure and not verdict.correct


@pytest.mark.parametrize("item, denial", [
    ("llm/pretrain:two-knobs",
     "Temperature does not sharpen or flatten the distribution, and top-p does not cut off the tail."),
    ("llm/lora:why-zero-b", "B at zero does not leave the model unchanged, and B cannot learn because its gradient is zero."),
    ("llm/adam:why-overshoot",
     "It does not: the velocity does not carry p past the minimum, and the gradient there is not zero."),
    ("llm/transformer:norm-order",
     "Post-norm does not stand after the addition, pre-norm does not stand before the sublayer, and deep stacks do not train "
     "more easily with pre-norm."),
    ("other/fed:why-long-falls",
     "The rate is not compounded over the years until the payment, and the cash flows need not stay the same."),
])  # fmt: skip
def test_a_point_that_is_denied_in_words_of_ones_own_is_not_made(item, denial):
    verdict = grade(ITEMS[item], denial, strict=True)
    assert not verdict.correct
    assert len(verdict.missed) > len(ITEMS[item].rubric) / 3


@pytest.mark.parametrize("question", [
    "What is a gradient?",
    "Do the keys and values of earlier tokens stay as they are?",
    "Old keys and values never change, or do they?",
])  # fmt: skip
def test_a_question_is_no_answer_and_costs_no_try(question):
    verdict = grade(ITEMS["llm/inference-and-linear-attention:why-cacheable"], question)
    assert verdict.score == 0 and verdict.misunderstood.startswith("This asks something")


@pytest.mark.parametrize("end", ["No, it isn't.", "That was wrong, I take it back.", "I take that back."])
def test_what_is_taken_back_is_not_said(end):
    reference = ITEMS["llm/adam:why-overshoot"].references[0]
    assert not grade(ITEMS["llm/adam:why-overshoot"], f"{reference} {end}").correct


def test_two_names_that_change_places_turn_a_reference_round():
    item = ITEMS["llm/pretrain:two-knobs"]
    said = "Top-p reshapes the whole distribution, temperature removes the unlikely tail."
    assert "changed places" in grade(item, said).feedback
    assert grade(item, "Top-p removes the unlikely tail, temperature reshapes the whole distribution.").correct


def test_a_not_is_heard_behind_a_no_that_answers():
    item = ITEMS["rl/n-step-bootstrapping:away-from-truth"]
    assert grade(item, "No, its true value is 0.5, and this was one lucky walk.").correct
    assert grade(item, "No, its true value is not 0.5, and this was one lucky walk.").score == 0


def test_one_or_the_other_seldom_makes_a_point():
    pairs = [
        (item, ". ".join([*(one.text for one in item.rubric if one is not point), f"{point.text} or {point.near}"]))
        for item in ITEMS.values()
        for point in item.rubric
    ]
    assert len(passing(pairs)) <= 0.2 * len(pairs)


def test_what_is_struck_out_is_not_said():
    item = ITEMS["llm/lora:the-bet"]
    assert grade(item, f"~~{item.references[0]}~~").score == 0
    assert grade(item, f"~~{item.rubric[1].near}~~ {item.references[0]}").correct


def test_hardly_a_reversed_reference_passes():
    pairs = [(item, turned) for item in ITEMS.values() for text in item.references for turned in reversals(text)]
    assert len(pairs) > 400
    assert len(passing(pairs)) <= 0.05 * len(pairs)


def test_hardly_an_answer_to_another_question_of_the_lesson_passes():
    pairs = [
        (item, reference)
        for item in ITEMS.values()
        for other in ITEMS.values()
        if other.lesson == item.lesson and other is not item
        for reference in other.references[::3]
    ]
    assert len(passing(pairs)) <= 0.04 * len(pairs)


def test_more_references_never_make_it_stricter():
    stricter = []
    for item in ITEMS.values():
        number = len(item.references) - 1
        for text in item.references[:number:3]:
            before, now = grade(without_reference(item, number), text), grade(item, text)
            stricter += [(item.key, text)] if before.correct and not now.correct else []
    assert not stricter


def test_grades_are_the_same_under_every_hash_seed():
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from labelled_answers import written_answers\nfrom tutor.grading import grade\n"
        "print([grade(one.item, one.answer) for one in written_answers()[::40]])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("0", "1")
    }  # fmt: skip
    assert len(outputs) == 1


# ------------------------------------------------------------------------------------------- what people answered


@lru_cache(maxsize=1)
def held_out() -> list[tuple[LabelledAnswer, Grade]]:
    return [(one, grade(one.item, one.answer)) for one in written_answers() if not is_fit(one.item.key)]


def share(label: str, having) -> float:
    grades = [found for one, found in held_out() if one.label == label]
    return sum(map(having, grades)) / len(grades)


def test_the_halves_are_split_by_item_and_each_is_about_half():
    answers = written_answers()
    fit = [one for one in answers if is_fit(one.item.key)]
    assert set(Counter(one.item.key for one in answers).values()) == {12}, "an item may have none yet, as a new lesson has"
    assert len(answers) > 500 and 0.4 < len(fit) / len(answers) < 0.6


def test_most_right_answers_pass_and_few_are_rejected():
    assert share("right", lambda found: found.correct) >= RIGHT_PASSED
    assert share("right", lambda found: not found.correct and not found.unsure) <= RIGHT_REJECTED


def test_hardly_a_wrong_answer_passes():
    assert share("wrong", lambda found: found.correct) <= WRONG_PASSED


def test_half_an_answer_is_half():
    assert share("half", lambda found: found.correct) <= HALF_PASSED
    assert share("half", lambda found: 0 < found.score < 1) >= HALF_CREDITED


RIGHT_PASSED, RIGHT_REJECTED, WRONG_PASSED, HALF_PASSED, HALF_CREDITED = 0.70, 0.12, 0.05, 0.12, 0.5


def test_right_answers_that_hold_a_negation_keep_their_verdict():
    negated = [one for one in written_answers() if one.label == "right" and is_fit(one.item.key) and " not " in one.answer]
    refused = [one.answer for one in negated if grade(one.item, one.answer).score == 0]
    assert len(negated) > 20
    assert len(refused) <= 0.05 * len(negated), refused


# ---------------------------------------------------------------------------------------------------- what is said


def test_a_full_answer_is_right_in_the_learners_words():
    found = grade(FLOAT, "Wood has a density below that of water, and so it's less dense, but a stone simply goes down")
    assert found.correct and [met.evidence for met in found.met] == ["it's less dense", "a stone simply goes down"]
    assert found.feedback == "Right: “it's less dense”; “a stone simply goes down”."


def test_half_an_answer_gets_half_and_the_question_for_the_other_half():
    found = grade(FLOAT, "A stone sinks to the bottom.")
    assert found.score == 0.5 and not found.correct and found.missed == ("wood is less dense than water",)
    assert found.feedback == "Right: “A stone sinks to the bottom”. How dense is wood?"


def test_a_point_without_a_question_is_asked_for_without_its_key_words():
    assert question_for(FLOAT.rubric[1], FLOAT.question) == "And what about this: “a stone … to the …”?"
    assert question_for(Point("gradients vanish"), "Why?") == "What else does the question ask for?"


def test_no_verdict_takes_more_than_three_sentences():
    for one, found in held_out():
        strict = grade(one.item, one.answer, strict=True)
        for shown in (found, strict):
            told = shown.feedback.split("”. ")[-1] if "Right: “" in shown.feedback else shown.feedback
            assert len(sentences_of(told)) <= 3 or told in {wrong.reply for wrong in one.item.wrong}


def test_evidence_never_stands_in_a_denied_clause():
    found = grade(FLOAT, "It is not true that wood is less dense than water. A stone sinks to the bottom.")
    assert not found.correct and all("dense" not in met.evidence for met in found.met)


def test_a_not_may_be_put_in_another_word():
    item = ITEMS["llm/embeddings-and-positions:why-positions"]
    assert grade(
        item, "Attention on its own ignores the order of words. A position vector is added to each token's embedding."
    ).correct


@pytest.mark.parametrize(
    ("answer", "language"),
    [
        ("Holz ist nicht so dicht wie Wasser und ein Stein sinkt auf den Grund.", "German"),
        ("La madera es menos densa que el agua y una piedra se hunde en el fondo.", "Spanish"),
        ("Le bois est moins dense que l'eau et la pierre coule au fond.", "French"),
        ("Дерево легче воды, камень тонет, d = 0.5", "Cyrillic"),
    ],
)
def test_an_answer_in_another_language_is_said_to_be_one(answer, language):
    found = grade(FLOAT, answer)
    assert language in found.misunderstood and "only English" in found.misunderstood and not found.correct


def test_right_answers_in_another_language_are_not_compared():
    rows = [json.loads(line) for line in (FOLDER / "languages" / "right.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 10
    graded = {row["language"]: grade(ITEMS[row["item"]], row["answer"]) for row in rows}
    assert all("only English" in found.misunderstood for found in graded.values()), graded


@pytest.mark.parametrize(
    "answer",
    [
        "letztes Token ändern, frühere Ausgaben vergleichen",
        "je change le dernier token",
        "cambio el último token y lo paso otra vez",
        "mudo o último token e vejo se as saídas mudam",
        "ändra sista token och jämför utdata före och efter",
    ],
)
def test_a_few_words_of_another_language_are_enough_to_tell_it(answer):
    assert "only English" in grade(ITEMS["llm/attention:leak-test"], answer).misunderstood


def test_an_answer_in_english_to_a_lesson_in_german_is_told_so():
    said = "Wood is less dense than the water that it is in, and a stone is not."
    found = grade_record("Warum schwimmt Holz?", "Holz ist nicht so dicht wie Wasser, und ein Stein ist es.", said)
    assert found.misunderstood == "This seems to be English. Without a model, only German can be graded."


def test_english_with_a_foreign_name_or_two_is_english():
    for said in ("by the theorem of de Moivre and Laplace", "Poincaré says so", "p_hat plus the bias"):
        assert not grade(FLOAT, said).misunderstood, said


def test_formulas_are_no_other_language():
    assert not grade(FLOAT, "C(n, k) = d * t + P(a, b), o(n) = l * s, e = d / t, y = a").misunderstood


def test_a_known_wrong_answer_is_heard_nearly_word_for_word():
    assert grade(FLOAT, "wood floats because it's dry, a stone sinks because it is wet").feedback == "Wetness has no part in it."


def test_a_point_in_the_rubrics_own_words_is_never_heard_as_a_known_wrong_answer():
    item = replace(
        FLOAT, question="Which part of an egg is cooked first, and which last?",
        rubric=(
            Point("the white of an egg is cooked first", (), "the shell is cooked first"),
            Point("the yolk is cooked last", (), "the shell is cooked last"),
        ),
        references=("Heat comes from outside, so the outer part sets before the inner one does, and that takes long.",),
        wrong=(KnownWrong("The white of an egg is cooked last, while the yolk is cooked first.", "swapped", "Swapped."),),
    )  # fmt: skip
    for answer in (item.rubric[0].text, item.rubric[1].text, ". ".join(point.text for point in item.rubric)):
        assert grade(item, answer).score > 0, answer
    assert grade(item, item.wrong[0].answer).feedback == "Swapped."
    assert grade(item, item.wrong[0].answer).heard == "swapped"


def test_a_known_wrong_answer_word_for_word_is_always_heard():
    right = "Wood floats because less dense than water it is. A stone sinks to the bottom."
    wrong = KnownWrong(right.replace("it is", "it is not"), "denser", "It is less dense.")
    found = grade(replace(FLOAT, references=(right,), wrong=(wrong,)), wrong.answer)
    assert (found.feedback, found.heard) == ("It is less dense.", "denser")


def test_a_denied_misconception_is_no_misconception():
    answer = "It is not that the wood is dry. Wood is less dense than water, so it floats. A stone sinks to the bottom."
    assert grade(FLOAT, answer).correct


def test_a_strict_grader_says_that_the_stricter_verdict_stands():
    unsure = next(one for one, found in held_out() if found.unsure)
    found = grade(unsure.item, unsure.answer, strict=True)
    assert found.score < 1 and not found.correct and found.feedback.endswith("the stricter verdict stands.")


def test_an_item_with_references_and_a_rubric_alone_is_graded_too():
    bare = replace(FLOAT, wrong=(), rubric=tuple(Point(point.text) for point in FLOAT.rubric))
    assert grade(bare, FLOAT.references[0]).correct
    assert not grade(bare, "A stone sinks to the bottom.").correct


# --------------------------------------------------------------------------------------------------------- clauses


@pytest.mark.parametrize(
    ("answer", "affirmed"),
    [
        ("It is not true that wood sinks. It floats.", ["It floats."]),
        ("Wood floats. That is false.", []),
        ("Does it sink? No. It floats.", ["It floats."]),
        ("I don't think that it sinks, but it floats.", ["it floats."]),
        ("It does not sink.", ["It does not sink."]),
        ("Never stop trying the other arms.", ["Never stop trying the other arms."]),
        ("It is wrong that it sinks; it drowns.", []),
        ("It floats, which is wrong.", []),
        ("Nobody says that it sinks.", []),
        ("It floats, and it drowns, which is nonsense.", ["It floats, and "]),
        (
            "It floats, and if it did not it would drown, which is nonsense.",
            ["It floats, and if it did not it would drown, which is nonsense."],
        ),
        ("The following is wrong: it sinks. It floats.", ["It floats."]),
        ("Contrary to what one hears, it isn't the case that it sinks.", []),
        ("There's no truth in the claim that it sinks.", []),
        ("It sinks. It drowns. All of the above is untrue.", []),
        ("It sinks. It drowns. I don't think any of that is right.", []),
        ("It floats. All of this is true.", ["It floats.", "All of this is true."]),
        ("That's nonsense once it drowns.", ["That's nonsense once it drowns."]),
        ("It floats, wet or not.", ["It floats, wet or not."]),
        ("A stone shows that it is false.", ["A stone shows that it is false."]),
        ("It is mistaken for a cork.", ["It is mistaken for a cork."]),
        ("It is mistaken that it floats.", []),
        ("It is false alarms that count.", ["It is false alarms that count."]),
        ("Far from it.", []),
        ("Far from the shore it floats.", ["Far from the shore it floats."]),
    ],
)
def test_what_a_denial_reaches(answer, affirmed):
    said = [one.text for one in sentences_of(answer) if not one.denied]
    assert [text for text in said if any(mark.isalpha() for mark in text)] == affirmed


def test_a_no_affirms_where_the_question_can_be_answered_by_it():
    assert [one.denied for one in sentences_of("No, it floats.", no_is_an_answer=True)] == [False]


def test_clauses_come_alone_and_in_pairs():
    text = "it floats, because it is light, and stays up"
    assert [text[begin:end] for begin, end in clause_spans(text)] == [
        text,
        "it floats",
        "because it is light",
        "and stays up",
        "it floats, because it is light",
        "because it is light, and stays up",
    ]


# ----------------------------------------------------------------------------------------------------------- speed


def test_an_answer_is_compared_word_by_word_with_few_texts_only(monkeypatch):
    counts = []

    def counted(*args):
        counts.append(args)
        return features.align(*args)

    monkeypatch.setattr(reading, "align", counted)
    item = max(ITEMS.values(), key=lambda one: sum(len(point.also) for point in one.rubric))
    long = " ".join(item.references[:2])
    known = len(item.references) + len(item.wrong)
    grade(item, f"{long} So it is said here, and so it goes on.")
    assert 0 < len(counts) <= known + 4 * len(item.rubric)


def test_the_shipped_weights_are_those_that_the_fit_gives(tmp_path):
    pytest.importorskip("scipy", reason="the fit needs scipy")
    before = (ROOT / "assets" / "rubrics.json").read_bytes()
    subprocess.run([sys.executable, str(ROOT / "benchmarks" / "fit_rubrics.py"), str(tmp_path / "again.json")], check=True)
    assert (tmp_path / "again.json").read_bytes() == before


# ---------------------------------------------------------------------------------------------- words of each point's own


@pytest.mark.parametrize(
    ("key", "answer", "met"),
    [
        ("llm/lora:the-bet", "that the fine-tuning update is nearly low-dimensional", 1),
        ("llm/lora:the-bet", "the change that fine-tuning makes has a low rank", 1),
        ("stats/testing-vocabulary:define-p", "assuming nothing changed, how likely is a result this far out or farther", 2),
    ],
)
def test_a_clause_that_makes_one_point_does_not_make_another_by_the_way(key, answer, met):
    item = ITEMS[key]
    found = grade(item, answer)
    assert len(found.met) == met and not found.correct
    assert found.feedback.endswith(item.rubric[met].ask)


def test_a_condition_behind_a_bar_makes_a_point_of_its_own():
    assert grade(ITEMS["stats/testing-vocabulary:define-p"], "P(result this extreme or more | H0), not P(H0 | data)").correct


def test_an_answer_that_surely_makes_each_point_is_not_called_wrong():
    answer = (
        "under the null, the chance of results at least as extreme as the observed one. "
        "It is mistaken for the chance that H0 itself is right"
    )
    found = grade(ITEMS["stats/testing-vocabulary:define-p"], answer)
    assert (found.correct or found.unsure) and not found.missed


@pytest.mark.parametrize(
    ("answer", "met"),
    [
        ("under the null, the chance of results less extreme than the observed one", [0]),
        ("under the null, the chance of a result at most as extreme as the observed one", [0]),
        ("under the null, the chance of a result no less extreme than the observed one", [0, 1]),
        ("It isn't the chance of a statistic as extreme as observed under H0. It is not the probability that H0 is true.", [2]),
    ],
)
def test_the_contrary_of_a_point_does_not_make_it(answer, met):
    item = ITEMS["stats/testing-vocabulary:define-p"]
    made = {one.point for one in grade(item, answer).met}
    assert [number for number, point in enumerate(item.rubric) if point.text in made] == met
