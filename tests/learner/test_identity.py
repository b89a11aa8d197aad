"""Records know their folder and its items again: after renames, moves and edits, in a shared home, and due is what is asked.

`HISTORIES=1000 pytest tests/learner/test_identity.py -n 0` tries so many histories with edits; by default a few.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from datetime import timedelta

import pytest
from conftest import BANK, LESSON, NOW, environment_of

from tutor.learner import agenda, due
from tutor.learner.file.identity import SKETCH, digest, recognized, shared_marks, sketch_of
from tutor.learner.memory.scheduling import DEFAULTS
from tutor.learner.records import open_records
from tutor.learner.schedule import chance_before, next_card
from tutor.learner.topics import moved_document, moved_listing, topic_rows
from tutor.models import Attempt, Grade, Place
from tutor.nodes.session.review import ChooseDue
from utils.times import utc

FAR = 10**6  # more than is ever due
ANEW = "you are asked it again; your answers so far are kept"
COUNT = int(os.environ.get("HISTORIES", 8))


def answer(environment, key: str, right: bool = True, at=NOW, session="s") -> None:
    """An answer to an item, with the card that comes of it."""
    records = environment.records
    before = records.card(key)
    card = next_card(key, before, "unaided" if right else "missed", at, by=DEFAULTS)
    chance = chance_before(before, at, DEFAULTS)
    given = Attempt(key, "yeast", "x", Grade(float(right)), utc(at), "practice", session=session, due=card.due, predicted=chance)
    records.add(given, card=card)


def learned(docs, home, *names: str, lesson="food/bread") -> None:
    with environment_of(docs, home) as environment:
        for name in names or ("gas", "eats", "slows"):
            answer(environment, f"{lesson}:{name}")
        environment.records.keep_place(Place(lesson, "salt", "practice", done=["yeast"]))
        environment.records.set_setting("goal", {"words": "bread", "lessons": [lesson]})


def seen(docs, home, read_only=True):
    """(what is due in a week by lesson, mastery by lesson, the line that is told, moves, gone items)"""
    with environment_of(docs, home) as environment:
        records = environment.records_to_read if read_only else environment.records
        rows = topic_rows(environment.corpus, records, NOW + timedelta(days=7))
        moved = [(one.was, one.became) for one in records.moves()]
        due, known = ({row["lesson"]: row[name] for row in rows} for name in ("due", "mastery"))
        return due, known, records.news, moved, records.gone_items()


def rename(docs, was: str, now: str) -> None:
    for suffix in (".md", ".quiz.yaml"):
        (docs / (now + suffix)).parent.mkdir(parents=True, exist_ok=True)
        (docs / (was + suffix)).rename(docs / (now + suffix))


def edit(path, was: str, now: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, now), encoding="utf-8")


@pytest.mark.parametrize("read_only", [True, False])
def test_a_lesson_that_was_moved_keeps_its_history_and_it_is_said_once(docs, home, read_only):
    learned(docs, home)
    due, known, said, _, _ = seen(docs, home)
    assert due == {"food/bread": 3} and known["food/bread"] > 0 and said == ""
    rename(docs, "food/bread", "baking/loaf")
    again = seen(docs, home, read_only)
    assert again[0] == {"baking/loaf": 3} and again[1] == {"baking/loaf": known["food/bread"]}
    assert again[2] == "food/bread is called baking/loaf now; your history went with it."
    assert again[3] == [("food/bread", "baking/loaf")] and again[4] == {}
    assert seen(docs, home)[2] == ""
    with environment_of(docs, home) as environment:
        assert environment.records.place("baking/loaf") == Place("baking/loaf", "salt", "practice", done=["yeast"])
        assert environment.records.setting("goal")["lessons"] == ["baking/loaf"]
        assert environment.records.card("baking/loaf:gas").item == "baking/loaf:gas"
        assert environment.records.faults() == []


def test_a_folder_that_was_moved_is_known_again_and_nothing_is_written_into_it(docs, home, tmp_path):
    learned(docs, home)
    before = sorted(path.name for path in docs.rglob("*"))
    docs.rename(tmp_path / "elsewhere")
    assert seen(tmp_path / "elsewhere", home)[0] == {"food/bread": 3}
    assert sorted(path.name for path in (tmp_path / "elsewhere").rglob("*")) == before


def test_two_folders_that_share_a_home_do_not_mix_even_where_their_names_are_the_same(docs, home, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(docs, other)
    text = "# Money\n\n## Yeast\n\nBread is slang for money.\n\n## Salt\n\nSo is salt.\n"
    (other / "food" / "bread.md").write_text(text, encoding="utf-8")
    edit(other / "food" / "bread.quiz.yaml", "Which gas makes dough rise?", "What is bread in slang, other than gas?")
    learned(docs, home)
    assert seen(other, home) == ({"food/bread": 0}, {"food/bread": 0.0}, "", [], {})
    learned(other, home, "percent")
    assert seen(docs, home)[0] == {"food/bread": 3} and seen(other, home)[0] == {"food/bread": 1}


def test_an_item_that_is_gone_is_kept_and_counted_apart_and_comes_back_with_its_memory(docs, home):
    learned(docs, home)
    bank = docs / "food" / "bread.quiz.yaml"
    whole = bank.read_text(encoding="utf-8")
    bank.write_text(whole.partition("  - id: slows")[0], encoding="utf-8")
    due, _, said, moved, gone = seen(docs, home)
    assert due == {"food/bread": 2} and (said, moved) == ("", []) and gone == {"food/bread:slows": 1}
    bank.write_text(whole, encoding="utf-8")
    assert seen(docs, home)[0] == {"food/bread": 3} and seen(docs, home)[4] == {}


def test_an_item_that_was_edited_keeps_its_memory_and_one_with_another_answer_is_asked_anew(docs, home):
    learned(docs, home)
    bank = docs / "food" / "bread.quiz.yaml"
    edit(bank, "What does salt do to yeast?", "What does salt do to the yeast?")
    assert seen(docs, home, read_only=False)[0] == {"food/bread": 3}
    edit(
        bank,
        "- text: slows it\n        right: true\n      - text: feeds it",
        "- text: slows it\n      - text: feeds it\n        right: true",
    )
    due, _, said, moved, gone = seen(docs, home)
    assert due == {"food/bread": 2} and moved == [("food/bread:slows", "")]
    assert said == "1 question asks something else now and is asked anew (`topics --moved` lists them)."
    assert list(gone.values()) == [1]
    with environment_of(docs, home) as environment:
        assert (
            environment.records.card("food/bread:slows") is None and environment.records.attempts(item="food/bread:slows") == []
        )
        listed = moved_listing(moved_document(environment.records))
        assert "food/bread:slows asks something else now, and is asked anew" in listed and "as it was: 1 answer kept" in listed
    edit(
        bank,
        "- text: slows it\n      - text: feeds it\n        right: true",
        "- text: slows it\n        right: true\n      - text: feeds it",
    )
    assert seen(docs, home)[0] == {"food/bread": 3}, "its memory is back with its answer"


def test_check_says_which_edited_items_keep_their_memory_and_which_are_asked_anew(docs, home, tutor):
    def told(*options):
        run = tutor("check", "--docs", docs, "--no-run", *options)
        return run.returncode, [line for line in run.stdout.splitlines() if "info:" in line], run.stdout.splitlines()[-1]

    bank = docs / "food" / "bread.quiz.yaml"
    code, said, summary = told()
    assert said == []
    learned(docs, home)
    edit(bank, "What does salt do to yeast?", "What does salt do to the yeast?")
    edit(bank, "Which gas makes dough rise?", "What does a cook eat for lunch?")
    found = told()
    places = {name: text.count("\n") + 1 for name in ("gas", "slows") for text in [bank.read_text().partition(f"id: {name}")[0]]}
    assert [line.partition("bread.quiz.yaml:")[2] for line in found[1]] == [
        f'{places["gas"]}: info: item "gas" asks something else now: {ANEW} [asked-anew]',
        f'{places["slows"]}: info: item "slows" has a new wording and asks the same: what you know of it stays [keeps-memory]',
    ]
    assert (found[0], found[2]) == (code, summary) and told("--strict")[0] == told("--strict", "--home", home / "none")[0]
    assert told("--home", home / "none")[1] == []
    assert seen(docs, home)[3] == [("food/bread:gas", "")], "nothing was followed by looking"
    (home / "records.db").write_bytes(b"no database" * 400)
    assert told()[1] == []


def test_progress_counts_apart_what_is_gone(docs, home, tutor):
    learned(docs, home)
    assert "gone" not in json.loads(tutor("progress", "--docs", docs, "--json").stdout)
    bank = docs / "food" / "bread.quiz.yaml"
    bank.write_text(bank.read_text(encoding="utf-8").partition("  - id: slows")[0], encoding="utf-8")
    assert json.loads(tutor("progress", "--docs", docs, "--json").stdout)["gone"] == {"items": 1, "answers": 1}
    told = " ".join(tutor("progress", "--docs", docs).stdout.split())
    assert "1 question that you answered was taken out; its 1 answer is kept (topics --moved lists it)." in told


def test_an_item_that_goes_to_another_lesson_takes_its_history_along(docs, home):
    learned(docs, home)
    bank = docs / "food" / "bread.quiz.yaml"
    head, _, moved = bank.read_text(encoding="utf-8").partition("  - id: percent")
    bank.write_text(head, encoding="utf-8")
    (docs / "salt.md").write_text("# Of salt\n\n## Salt\n\nSalt slows yeast.\n", encoding="utf-8")
    (docs / "salt.quiz.yaml").write_text(f"items:\n  - id: percent{moved}", encoding="utf-8")
    assert seen(docs, home)[0] == {"food/bread": 2, "salt": 1} and seen(docs, home)[3] == [("food/bread:slows", "salt:slows")]


def test_two_items_that_change_their_ids_change_their_histories(docs, home):
    learned(docs, home, "gas")
    bank = docs / "food" / "bread.quiz.yaml"
    for was, now in (("id: gas", "id: x"), ("id: eats", "id: gas"), ("id: x", "id: eats")):
        edit(bank, was, now)
    with environment_of(docs, home) as environment:
        assert [card.item for card in environment.records.cards()] == ["food/bread:eats"]


def test_a_history_that_joins_another_is_counted_as_one_and_never_joins_that_of_another_answer(docs, home):
    for name in ("one", "two"):
        rename(docs, "food/bread", name) if name == "one" else None
        (docs / f"{name}.md").write_text(LESSON.replace("Bread", name.title()), encoding="utf-8")
        (docs / f"{name}.quiz.yaml").write_text(BANK, encoding="utf-8")
    for day, name in enumerate(("one", "two", "one", "two")):
        with environment_of(docs, home, now=NOW + timedelta(days=9 * day)) as environment:
            answer(environment, f"{name}:gas", True, NOW + timedelta(days=9 * day), f"s{day}")
    edit(docs / "two.quiz.yaml", "carbon dioxide", "helium")
    assert ("two:gas", "") in seen(docs, home)[3]
    edit(docs / "one.quiz.yaml", "carbon dioxide", "argon")  # what answered `two` once is asked nowhere now
    rename(docs, "one", "three")
    edit(docs / "two.quiz.yaml", "helium", "argon")
    with environment_of(docs, home, now=NOW + timedelta(days=90)) as environment:
        records = environment.records
        assert records.faults() == []
        assert records.attempts(item="three:gas") == [] == records.attempts(item="two:gas"), "asked anew"
        assert sum(records.gone_items().values()) == 4
    for name in ("three", "two"):
        edit(docs / f"{name}.quiz.yaml", "argon", "carbon dioxide")
    with environment_of(docs, home, now=NOW + timedelta(days=91)) as environment:
        assert environment.records.faults() == [] and environment.records.gone_items() == {}
        assert len(environment.records.attempts(on_folder=True)) == 4


def test_a_bank_that_is_broken_for_a_while_loses_nothing_and_nothing_of_it_is_due(docs, home):
    learned(docs, home)
    bank = docs / "food" / "bread.quiz.yaml"
    whole = bank.read_text(encoding="utf-8")
    bank.write_text("items: [", encoding="utf-8")
    due, _, said, moved, _ = seen(docs, home, read_only=False)
    assert due == {"food/bread": 0} and (said, moved) == ("", [])
    bank.write_text(whole, encoding="utf-8")
    assert seen(docs, home)[0] == {"food/bread": 3}


def test_a_history_from_before_folders_were_told_apart_goes_to_the_first_folder_that_has_it(docs, home, tmp_path):
    card = next_card("food/bread:gas", None, "unaided", NOW, by=DEFAULTS)
    with open_records(home, now=lambda: NOW) as records:
        attempt = Attempt("food/bread:gas", "yeast", "x", Grade(1.0), utc(NOW), "practice", due=card.due)
        records.add(attempt, Place("food/bread"), card)
    other = tmp_path / "other"
    other.mkdir()
    (other / "tea.md").write_text("# Tea\n\nTea is hot.\n", encoding="utf-8")
    assert seen(other, home, read_only=False)[0] == {"tea": 0}
    assert seen(docs, home)[0] == {"food/bread": 1} and seen(docs, home)[4] == {}
    with environment_of(docs, home) as environment:
        assert environment.records.place("food/bread") and environment.records.faults() == []


def test_records_that_cannot_be_written_are_shown_as_they_would_be(docs, home, monkeypatch):
    from tutor.learner.file import records_file
    from utils.errors import RecordsError

    learned(docs, home)
    rename(docs, "food/bread", "loaf")

    def refuse(*arguments, **options):
        raise RecordsError("it is read-only")

    with environment_of(docs, home) as environment:
        looking = environment.all_records_to_read
        monkeypatch.setattr(records_file, "open_database", refuse)
        looking.follow(environment.corpus)
        assert due.due_by_lesson(environment.corpus, looking, NOW + timedelta(days=7)) == {"loaf": 3}
    monkeypatch.undo()
    with open_records(home, now=lambda: NOW, read_only=True) as records:
        assert {one.lesson for one in records.attempts()} == {"food/bread"}


def test_the_command_lists_what_was_moved(tutor, docs, home):
    assert "nothing that you have answered was moved" in tutor("topics", "--moved", "--docs", docs).stdout
    learned(docs, home)
    rename(docs, "food/bread", "loaf")
    shown = tutor("topics", "--docs", docs)
    assert "food/bread is called loaf now; your history went with it." in shown.stderr and "loaf" in shown.stdout
    assert "food/bread is loaf now" in tutor("topics", "--moved", "--docs", docs).stdout
    document = json.loads(tutor("topics", "--moved", "--docs", docs, "--json").stdout)
    assert [(one["was"], one["became"]) for one in document["moved"]] == [("food/bread", "loaf")] and document["gone"] == []


# -------------------------------------------------------------------------------------------------- folders


def test_folders_are_compared_by_a_sample_of_their_marks_that_tells_how_much_they_share():
    marks = [digest(str(number)) for number in range(6000)]
    one, other = sorted(marks[:4000])[:SKETCH], sorted(marks[2000:])[:SKETCH]
    assert abs(shared_marks(one, other) - 1 / 3) < 0.1 and shared_marks(one, one) == 1 and shared_marks([], []) == 0
    assert recognized([], "here", one) == recognized([], "there", one) != recognized([], "here", other)
    assert len(sketch_of({str(number): ("", "") for number in range(900)})) == SKETCH


# ------------------------------------------------------------------------------------------- due is what is asked


@pytest.mark.parametrize("seed", sorted({*range(COUNT), 26}))  # in 26 two histories become one
def test_due_is_exactly_what_a_review_asks_over_random_histories_and_edits(docs, home, seed):
    chance = random.Random(seed)
    bank = BANK.replace("  - id: eats\n", "  - id: eats\n    idea: sugar\n")
    for name in ("one", "two", "three"):
        (docs / f"{name}.md").write_text(LESSON.replace("Bread", name.title()), encoding="utf-8")
        (docs / f"{name}.quiz.yaml").write_text(bank.replace("Yeast eats", f"Yeast of {name} eats"), encoding="utf-8")
    (docs / "plain.md").write_text(LESSON.replace("Bread", "Plain"), encoding="utf-8")  # its items are made from its text
    lessons = ["one", "two", "three", "food/bread", "plain"]
    for day in range(0, 24, 2):
        now = NOW + timedelta(days=day)
        with environment_of(docs, home, now=now, session=f"d{day}") as environment:
            corpus, records = environment.corpus, environment.records
            ready = due.due_cards(corpus, records, now)
            chosen, count = ChooseDue().exec(corpus, records, lambda now=now: now, now.tzinfo, FAR, environment.terminal)
            assert set(chosen) == {card.item for card in ready} and count == len(ready)
            asked, *_ = due.nudge(corpus, records, now)
            assert asked == min(len(ready), due.left_today(records, now))
            assert sum(row["due"] for row in topic_rows(corpus, records, now)) == len(ready)
            offered = [choice.text for choice in agenda.choices(corpus, records, now) if choice.opens == "review"]
            assert bool(offered) == bool(asked) and all(f"{asked} item" in text for text in offered)
            for lesson in chance.sample(sorted(corpus.files), 2):
                if corpus.is_readable(lesson) and corpus.items(lesson):
                    for item in chance.sample(corpus.items(lesson), 2):
                        answer(environment, item.key, chance.random() < 0.6, now, f"d{day}")
            assert records.faults() == []
        _change(docs, chance, lessons)


def _change(docs, chance, lessons: list[str]) -> None:
    """One of the things that an author does to a folder."""
    number = chance.randrange(len(lessons) - 1)
    path = docs / f"{lessons[number]}.quiz.yaml"
    text = path.read_text(encoding="utf-8")
    what = chance.randrange(5)
    if what == 0:
        rename(docs, lessons[number], f"{lessons[number]}-{chance.randrange(100)}")
        lessons[number] = next(one for one in (str(p.relative_to(docs))[:-3] for p in docs.rglob("*.md")) if one not in lessons)
    elif what == 1:
        path.write_text(text.partition("  - id: slows")[0], encoding="utf-8")
    elif what == 2:
        path.write_text(text.replace("carbon dioxide", chance.choice(["carbon dioxide", "helium"])), encoding="utf-8")
    elif what == 3:
        path.write_text("items: [" if text.startswith("items:\n") else BANK, encoding="utf-8")
