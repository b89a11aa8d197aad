"""Whole sessions through the live graph, with a scripted learner, on a small corpus."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from conftest import NOW, environment_of

from flow import create_learn_flow
from tutor.corpus import bank
from tutor.models import Step
from tutor.nodes.shared import session_store
from tutor.screen.learners import ScriptedLearner
from tutor.screen.rows import as_row
from utils.errors import UsageError


@pytest.fixture(autouse=True)
def beside_the_lessons(docs, monkeypatch):
    """Paths on screen are relative to the working folder."""
    monkeypatch.chdir(docs.parent)


@pytest.fixture
def play(docs, home, capsys):
    """Play steps in a session of their own; returns (screen text, shared)."""
    sessions = iter(f"s{n}" for n in range(100))

    def run(*steps, topic="bread", seed=1, days=0):
        learner = ScriptedLearner([as_step(step) for step in steps])
        now, session = NOW + timedelta(days=days), next(sessions)
        with environment_of(docs, home, learner, now, session, seed) as environment:
            shared = session_store(environment, topic)
            create_learn_flow().run(shared)
            shared["attempts"] = environment.records.attempts()
            shared["missed"] = environment.records.missed_items("food/bread")
        return capsys.readouterr().out, shared

    return run


def as_step(step) -> Step:
    """ "hint" -> the key; ("ask", "…") -> with its text; anything else is an answer."""
    if isinstance(step, tuple):
        return Step(*step)
    return Step(step) if step in Step.ACTIONS else Step("answer", step)


def test_a_lesson_is_probed_explained_and_asked_in_this_order(play):
    screen, shared = play("next", "skip", "quit")
    order = ["You will know why", "can you answer this already", "Yeast eats sugar and breathes", "The answer"]
    places = [screen.index(words) for words in order]
    assert places == sorted(places)
    assert shared["place"].section == "yeast" and shared["place"].stage == "practice"


def answer_of(shared_item) -> str:
    return bank.accepted_answers(shared_item)[0]


class Knows(ScriptedLearner):
    """A learner who answers everything right, or wrong where told to."""

    def __init__(self, wrong=(), probes=False):
        super().__init__([])
        self.wrong, self.probes, self.asked = set(wrong), probes, []

    def answer(self, question, keys):
        if question.optional:
            return Step("next")
        self.asked.append(question.item.id)
        if "hint" not in keys and "skip" not in keys and not self.probes:
            return Step("next")
        if question.item.id in self.wrong:
            wrong = [option.text for option in question.item.options if not option.right]
            return Step("answer", wrong[-1] if wrong else {"number": "-1", "cloze": "stones"}[question.item.kind])
        return Step("answer", answer_of(question.item))


@pytest.fixture
def learn(docs, home, capsys):
    """Let a learner go through the lesson; returns (screen, learner, attempts, store facts)."""
    count = iter(range(100))

    def run(learner, seed=1):
        with environment_of(docs, home, learner, session=f"s{next(count)}", seed=seed) as environment:
            shared = session_store(environment, "food/bread")
            create_learn_flow().run(shared)
            records = environment.records
            shared["attempts"], shared["missed"] = records.attempts(), records.missed_items("food/bread")
            shared["kept"] = records.place("food/bread")
        return capsys.readouterr().out, shared

    return run


def test_a_learner_who_knows_everything_reaches_the_recap_with_nothing_to_come_back(learn):
    screen, shared = learn(Knows())
    assert "End of Bread" in screen
    assert shared["missed"] == []
    assert shared["kept"].stage == "finished"
    assert all(attempt.unaided for attempt in shared["attempts"])


def test_at_the_end_a_section_whose_questions_were_all_missed_is_not_called_not_asked_yet(learn):
    screen, _ = learn(Knows(wrong=["gas", "flour", "eats", "percent", "slows"]))
    end = screen[screen.index("End of Bread") :]
    assert "missed so far" in end and "not asked yet" not in end


def test_a_script_that_asks_for_more_hints_than_there_are_is_told_so(learn):
    steps = [Step("skip"), *(Step("hint", line=line) for line in range(2, 6)), Step("quit")]
    with pytest.raises(UsageError, match=r"the script:\d: step 'hint' does not work at a question; expected answer, skip"):
        learn(ScriptedLearner(steps))


def test_a_right_probe_offers_to_skip_the_explanation(learn):
    screen, shared = learn(Knows(probes=True))
    assert "Yeast eats sugar" not in screen, "the explanation is skipped by the first choice"
    assert [attempt.mode for attempt in shared["attempts"]][:2] == ["probe", "practice"]


def test_a_wrong_probe_leads_to_the_explanation_without_another_try(learn):
    screen, shared = learn(Knows(wrong=["gas", "flour", "eats", "percent", "slows"], probes=True))
    first = shared["attempts"][0]
    assert first.mode == "probe" and first.grade.score == 0
    assert shared["attempts"][1].mode == "practice"
    assert "Yeast eats sugar" in screen


def test_a_miss_gives_the_next_hint_and_another_try_and_at_last_the_answer(learn):
    screen, shared = learn(Knows(wrong=["percent"]))
    tries = [attempt for attempt in shared["attempts"] if attempt.item == "food/bread:percent"][:3]
    assert [attempt.hints for attempt in tries] == [0, 1, 2]
    assert screen.index("Hint 1 of 2: It is little.") < screen.index("Hint 2 of 2: Between one and three.")
    assert screen.index("Hint 2 of 2: Between one") < screen.index("Two percent is usual.")
    assert "docs/food/bread.md:" in screen, "the answer names the line of the lesson"


def test_a_missed_item_comes_back_in_the_session_and_first_in_the_next_one(learn):
    learner = Knows(wrong=["percent"])
    screen, shared = learn(learner)
    assert "Once more" in screen
    assert shared["missed"] == ["percent"]
    later = Knows()
    screen, shared = learn(later)
    assert later.asked[0] == "percent"
    assert screen.index("From last time") < screen.index("Bread")
    assert shared["missed"] == []


SECOND = """\
  - id: sweet
    section: yeast
    kind: choice
    question: What does yeast like best?
    options: [{text: something sweet, right: true}, {text: salt, misconception: salt feeds}, {text: light}]
  - id: lives
    section: yeast
    kind: choice
    question: Is yeast alive?
    options: [{text: it is, right: true}, {text: it is not}, {text: only at night}]
"""


def test_after_a_miss_another_item_of_the_section_is_asked_and_where_it_is_right_the_section_is_not_struggled_with(learn, docs):
    bank_file = docs / "food" / "bread.quiz.yaml"
    bank_file.write_text(bank_file.read_text(encoding="utf-8") + SECOND, encoding="utf-8")
    learner = Knows(wrong=["gas"])
    screen, shared = learn(learner)
    assert learner.asked == ["flour", "gas", "gas", "gas", "flour", "eats", "sweet", "percent", "percent", "slows"]
    assert "Another one on what you missed" in screen and "Once more" not in screen
    assert shared["missed"] == ["gas"], "it comes back first in the next session"


def test_a_missed_item_alone_in_its_round_does_not_come_right_after_its_answer(learn, docs):
    bank_file = docs / "food" / "bread.quiz.yaml"
    bank_file.write_text("items:\n" + SHORT, encoding="utf-8")

    class Forgets(Knows):
        def answer(self, question, keys):
            self.asked.append(question.item.id)
            return Step("skip")

    learner = Forgets()
    screen, shared = learn(learner)
    assert learner.asked == ["why-salt"] and "Once more" not in screen
    assert shared["missed"] == ["why-salt"]


def test_an_item_with_numbers_comes_back_with_others(learn):
    screen, shared = learn(Knows(wrong=["flour"]))
    asked = list(dict.fromkeys(attempt.seed for attempt in shared["attempts"] if attempt.item == "food/bread:flour"))
    assert len(asked) == 2 and "Once more, with other numbers" in screen


def test_success_after_a_hint_counts_less_than_unaided(learn):
    class TakesHints(Knows):
        helped = ()

        def answer(self, question, keys):
            if "hint" in keys and question.item.id not in self.helped:
                self.helped += (question.item.id,)
                return Step("hint")
            return super().answer(question, keys)

    _, shared = learn(TakesHints())
    practised = [attempt for attempt in shared["attempts"] if attempt.mode == "practice"]
    assert practised and not any(attempt.unaided for attempt in practised)
    assert all(attempt.grade.correct for attempt in practised)


def test_a_side_question_is_answered_from_the_lesson_and_never_taken_for_the_answer(play):
    screen, shared = play("next", ("ask", "what does salt do to yeast?"), "quit")
    assert "Salt slows yeast down" in screen
    assert "docs/food/bread.md:" in screen
    assert shared["attempts"] == []


def test_a_side_question_that_the_lesson_does_not_answer_is_said_to_have_no_answer(play):
    screen, _ = play("next", ("ask", "who won the chess world cup?"), "quit")
    assert "The lessons don't answer that." in screen


def test_a_side_question_about_it_is_about_the_section_and_no_other_lesson_answers_it(play, docs):
    tides = "# Tides\n\n## Ebb\n\nThe tide falls so fast in narrow bays because all of its water leaves through one gap.\n"
    (docs / "food" / "tides.md").write_text(tides, encoding="utf-8")
    screen, _ = play("next", ("ask", "and why does it fall so fast?"), "quit")
    assert "narrow bays" not in screen and "Yeast eats sugar" in screen


def test_a_side_question_left_empty_asks_nothing(play):
    screen, _ = play("next", ("ask", ""), "quit")
    assert "does not answer that" not in screen


def test_skip_shows_the_answer_and_counts_as_missed(play):
    screen, shared = play("next", "skip", "quit")
    attempt = shared["attempts"][0]
    assert attempt.shown and attempt.grade.score == 0
    assert "The answer" in screen


def test_simpler_gives_what_the_recap_says_of_the_section_which_has_not_been_read_yet(play):
    screen, _ = play("next", "simpler", "quit")
    assert "in brief" in screen and "Yeast makes gas." in screen[screen.index("in brief") :]


def test_an_example_that_has_just_been_read_is_not_printed_again_and_a_question_s_numbers_make_another(play):
    screen, _ = play("next", "example", "quit")
    assert screen.count("Ten grams of yeast raise 500 grams") == 1
    grams, answer = re.search(r"do (\d) g of yeast raise in an hour\?\s+It is (\d+) g\. Fifty times", screen).groups()
    assert int(answer) == 50 * int(grams)


def test_the_same_key_again_shows_the_next_example_and_then_says_that_there_is_no_other(play, docs):
    lesson = docs / "food" / "bread.md"
    second = "**Example.** Twenty grams raise a kilogram.\n\n## Salt"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("## Salt", second), encoding="utf-8")
    screen, _ = play("next", "example", "example", "example", "quit")
    assert screen.count("Twenty grams raise a kilogram.") == 1 and screen.count("Fifty times") == 1
    assert screen.count("There is no other example here.") == 2


def test_in_brief_again_tells_what_the_brief_version_left_out(play, docs):
    lesson = docs / "food" / "bread.md"
    more = "The gas makes the dough rise. Warmth helps. Cold does not. A night is long."
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("The gas makes the dough rise.", more), encoding="utf-8")
    screen, _ = play("next", *["simpler"] * 5, "quit")
    briefs = screen.split("in brief")[1:]
    assert len(briefs) == 4 and "breathes out carbon dioxide" in briefs[1] and "Warmth helps." in briefs[2]
    assert screen.count("There is no other brief version.") == 1


def test_back_shows_the_page_before_again_and_the_first_page_has_none_before_it(play, docs):
    lesson = docs / "food" / "bread.md"
    long = "\n\n".join(f"Paragraph {n} tells more of the dough and of what becomes of it in the warm oven." for n in range(40))
    text = lesson.read_text(encoding="utf-8").replace("**Example.**", f"{long}\n\n**Example.**")
    lesson.write_text(text, encoding="utf-8")
    screen, shared = play("next", "back", "quit")
    assert screen.count("Yeast eats sugar") == 2 and shared["place"].page == 0


def test_an_unreadable_number_costs_no_try(learn):
    class Mumbles(Knows):
        mumbled = False

        def answer(self, question, keys):
            if question.item.kind == "number" and "hint" in keys and not self.mumbled:
                self.mumbled = True
                return Step("answer", "well, hm")
            return super().answer(question, keys)

    _, shared = learn(Mumbles())
    assert all(attempt.answer != "well, hm" for attempt in shared["attempts"])
    assert all(attempt.unaided for attempt in shared["attempts"])


def test_leaving_in_the_middle_comes_back_to_the_very_question_with_its_hints(play):
    play("next", "hint", "quit")
    first, before = play("quit")
    again, after = play("quit")
    assert after["item"] == before["item"], "the same numbers too"
    assert "Hint 1 of 2" in first and first == again


def test_the_same_seed_gives_the_same_transcript(docs, tmp_path, capsys):
    texts = []
    for name in ("a", "b"):
        with environment_of(docs, tmp_path / name, Knows(wrong=["flour"]), session=name, seed=5) as environment:
            create_learn_flow().run(session_store(environment, "bread"))
            texts.append(environment.terminal.transcript_text())
    assert texts[0] == texts[1]
    assert "**✗ Not yet.**" in texts[0]


SHORT = """\
  - id: why-salt
    section: salt
    kind: short
    question: Why is salt added late?
    rubric: [{point: salt slows the yeast down}, {point: the yeast needs a head start}]
    references: [Salt slows the yeast down and the yeast needs a head start., Yeast works less with salt; let it begin alone.]
    wrong: [{answer: Salt feeds the yeast., misconception: salt feeds, reply: Sugar feeds it.}, {answer: It tastes better.}]
    hints: [Think of yeast., Who begins first?]
    explanation: Salt holds yeast back.
"""


class Unsure(Knows):
    """Answers so that the grader can't tell, then judges."""

    def __init__(self, verdict):
        super().__init__()
        self.verdict = verdict

    def answer(self, question, keys):
        if question.item.id == "why-salt" and "hint" in keys:
            return Step("answer", "unclear")
        return super().answer(question, keys)

    def choose(self, options, keys, unattended):
        if options[0] == "Mine says the same":
            return Step("choose", self.verdict or unattended)
        return super().choose(options, keys, unattended)


@pytest.mark.parametrize(("verdict", "score"), [("0", 1.0), ("1", 0.5), ("", 0.0)], ids=["same", "half", "unattended"])
def test_an_unsure_grade_is_left_to_the_learner_and_to_the_strict_verdict_in_a_script(learn, docs, monkeypatch, verdict, score):
    from tutor import grading
    from tutor.models import Grade

    bank_file = docs / "food" / "bread.quiz.yaml"
    bank_file.write_text(bank_file.read_text(encoding="utf-8") + SHORT, encoding="utf-8")
    real = grading.grade_try
    monkeypatch.setattr(
        grading,
        "grade_try",
        lambda item, answer, *how: Grade(0.5, unsure=True) if answer == "unclear" else real(item, answer, *how),
    )
    screen, shared = learn(Unsure(verdict))
    assert "A full answer" in screen
    rows = [attempt for attempt in shared["attempts"] if attempt.item == "food/bread:why-salt"][:2]
    assert rows[0].grade.unsure, "stored before the learner is asked"
    assert rows[1].grade.grader == "learner" and rows[1].grade.score == score
    assert ("why-salt" in shared["missed"]) == (score < 1)


def test_what_a_prerequisite_teaches_is_offered_as_a_detour_after_a_miss(learn, docs):
    (docs / "food" / "grain.md").write_text(
        "# Grain\n\n## Percent of the flour\n\n"
        "**Percentages count salt and water in percent of the flour's weight.** Two is usual.\n",
        encoding="utf-8",
    )
    lesson = docs / "food" / "bread.md"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("minutes: 10", "prerequisites: [food/grain]"), encoding="utf-8")

    class TakesDetours(Knows):
        def choose(self, options, keys, unattended):
            return Step("choose", "1") if "detour" in as_row(options[-1]).line else super().choose(options, keys, unattended)

    screen, _ = learn(TakesDetours(wrong=["percent"]))
    assert "Percentages count salt and water in percent of the flour" in screen
    screen, _ = learn(Knows())
    assert "Percentages count" not in screen


def test_a_lesson_without_a_bank_is_read_and_says_that_it_has_no_questions(learn, docs):
    (docs / "food" / "bread.quiz.yaml").unlink()
    screen, shared = learn(Knows())
    assert "Yeast eats sugar" in screen and "This lesson has no questions" in screen
    assert shared["kept"].stage == "finished"


def test_an_empty_lesson_says_that_there_is_nothing_to_read(learn, docs):
    (docs / "food" / "bread.quiz.yaml").unlink()
    (docs / "food" / "bread.md").write_text("", encoding="utf-8")
    screen, _ = learn(Knows())
    assert "docs/food/bread.md: there is nothing to read here." in screen


def test_details_are_folded_at_first_and_unfolded_by_going_on(learn, docs):
    lesson = docs / "food" / "bread.md"
    folded = "<details><summary>The proof</summary>\n\nIt is the gas.\n\n</details>\n\n## Salt"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("## Salt", folded), encoding="utf-8")
    screen, _ = learn(Knows())
    assert screen.count("The proof") == 2 and screen.count("It is the gas.") == 1
    assert screen.index("The proof") < screen.index("It is the gas.")
