"""A history that is exported, imported and merged: nothing doubled, nothing lost, in whichever order.

`HISTORIES=1000 pytest tests/learner/test_moving.py -n 0` tries so many pairs of histories; by default a few.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from conftest import environment_of
from hypothesis import given, settings
from hypothesis import strategies as some
from test_records import attempt, ended, needs_posix, opened, shown, start

from tutor.learner import schedule
from tutor.learner.copies import backups, exporting, importing, merging
from tutor.learner.file import database
from tutor.learner.memory.scheduling import DEFAULTS, Scheduling
from tutor.learner.records import Records
from tutor.models import Attempt, Evidence, Grade, Help, Met, Place, Round
from utils.errors import InvalidFile
from utils.times import utc

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)
COUNT = int(os.environ.get("HISTORIES", 15))


def exported(records: Records) -> str:
    return "".join(f"{line}\n" for line in records.export_lines())


def imported(records: Records, text: str, tmp_path: Path):
    path = tmp_path / "history.jsonl"
    path.write_text(text, encoding="utf-8")
    return records.merge(importing.read_export(str(path)))


def contents(records: Records) -> dict:
    """All that is kept, but for numbers, which differ from one computer to another."""
    connection = records._connection
    uids = {row["id"]: row["uid"] for row in connection.execute("SELECT id, uid FROM attempts")}

    def rows(query: str) -> list:
        return [tuple(uids.get(value, value) if name == "attempt" else value for name, value in dict(row).items())
                for row in connection.execute(query)]  # fmt: skip

    return {
        "attempts": [(uids[one.id], replace(one, id=0)) for one in records.attempts()],
        "cards": {card.item: card for card in records.cards()},
        "appeals": rows("SELECT attempt, grade, at FROM appeals ORDER BY id"),
        "evidence": rows("SELECT attempt, misconception, kind, item FROM evidence ORDER BY id"),
        "places": rows("SELECT corpus, lesson, place, at FROM places ORDER BY sequence"),
        "known": rows("SELECT * FROM known ORDER BY corpus, item"),
        "quarters": rows("SELECT * FROM quarters ORDER BY quarter"),
        "waits": rows("SELECT * FROM waits ORDER BY begun"),
        "recall": [
            tuple(round(value, 6) if isinstance(value, float) else value for value in row)
            for row in rows("SELECT * FROM recall ORDER BY corpus, lesson, interval, chance")
        ],
    }


# ------------------------------------------------------------------------------------------ there and back


def lived_in(records: Records) -> None:
    """Something of everything that is kept."""
    place = Place("food/bread", "yeast", "practice", round=Round("practice", queue=["gas"], met=[Met("x", "y", 0.9)]))
    grade = Grade(0.5, (Met("gas", "CO₂"),), ("rises",), "Half of it. \udcff", unsure=True, heard="air-lifts")
    first = replace(attempt(seed=-7, hints=1, help=Help.STEP, confidence=3), answer="CO₂ 🙂 'x'\x00", grade=grade)
    card = schedule.next_card(first.item, None, "missed", NOW, records.scheduling)
    records.add(replace(first, due=card.due), place, card, [shown()])
    later = replace(attempt("salt", 0), at="2026-03-01T09:30:30.000Z")
    second = records.add(later, card=schedule.next_card("food/bread:salt", None, "missed", NOW, DEFAULTS))
    records.add_appeal(second, Grade(1.0), "2026-03-01T09:31:00.000Z")
    records.set_setting("goal", {"words": "bread", "lessons": ["food/bread"]})
    records.set_setting("secret_path", "somewhere")


def test_a_history_moves_to_a_new_computer_whole(home, tmp_path):
    with opened(home) as here, opened(tmp_path / "there") as there:
        lived_in(here)
        done = imported(there, exported(here), tmp_path)
        assert asdict(done) == {"attempts": 2, "appeals": 1, "evidence": 1, "cards": 2, "places": 1, "settings": 1}
        assert contents(there) == contents(here)
        assert there.setting("goal") == here.setting("goal") and there.setting("secret_path") is None
        assert there.attempts()[0] == here.attempts()[0] and there.faults() == []
        again = imported(there, exported(here), tmp_path)
        assert not again.anything and contents(there) == contents(here)
        assert exported(there).splitlines()[1:-1] == exported(here).splitlines()[1:-1]


def test_an_export_says_what_it_is_and_names_no_path_of_this_computer(home, tmp_path):
    with opened(home) as here:
        lived_in(here)
        lines = [json.loads(line) for line in exported(here).splitlines()]
    assert lines[0]["format"] == "pocket-tutor-records" and lines[0]["version"] == 1
    assert lines[-1] == {"type": "end", "lines": len(lines) - 1}
    assert str(tmp_path) not in json.dumps(lines) and "somewhere" not in json.dumps(lines)


# --------------------------------------------------------------------------------- two devices, in any order


@dataclass(frozen=True)
class Event:
    """Something that a learner does at one of their computers."""

    device: int
    what: str  # answer, sync: the other one's history is imported, appeal, place
    item: int
    score: float
    finished: bool
    new_session: bool
    minutes: int
    sure: int | None
    mode: str


events = some.builds(
    Event, some.integers(0, 1), some.sampled_from(["answer"] * 8 + ["sync", "appeal", "place"]), some.integers(0, 3),
    some.sampled_from([0.0, 0.5, 1.0]), some.sampled_from([True, True, False]), some.booleans(),
    some.sampled_from([0, 1, 7, 600, 3000, 20000, -90]), some.sampled_from([None, 1, 3]),
    some.sampled_from(["practice", "review", "probe", "quiz", "recall"]),
)  # fmt: skip


class Device:
    """A computer with records in memory."""

    def __init__(self, name: str):
        self.name, self.now, self.sessions = name, NOW, 0
        connection = database._connect(":memory:")
        database._migrate(connection)
        self.records = Records(Path(name), connection, lambda: self.now, False, "")
        self.records.wishes = Scheduling(load=self.records.due_on)
        self.records.back_up = lambda: None  # there is no file to copy

    def lives(self, event: Event, other: Device, tmp_path: Path) -> None:
        self.now += timedelta(minutes=event.minutes)
        self.sessions += event.new_session
        item, records = f"food/bread:{event.item}", self.records
        if event.what == "sync":
            take_over(self, other, tmp_path)
        elif event.what == "place":
            records.keep_place(Place(f"food/{event.item % 2}", page=self.sessions))
        elif event.what == "appeal" and (last := records.last_attempt()):
            before = records.card_before(last)
            card = schedule.next_card(last.item, before, "unaided", self.now, records.scheduling) if event.finished else None
            records.add_appeal(last, Grade(event.score), utc(self.now), card)
        else:
            given = Attempt(item, "yeast", "air", Grade(event.score), utc(self.now), event.mode, confidence=event.sure,
                            session=f"{self.name}{self.sessions}")  # fmt: skip
            card = None
            given = replace(given, predicted=schedule.chance_before(records.card(item), self.now, DEFAULTS))
            if event.finished:
                rating = "unaided" if event.score == 1 else "missed"
                card = schedule.next_card(item, records.card(item), rating, self.now, records.scheduling, sure=event.sure == 3)
                given = replace(given, due=card.due)
            kind = Evidence.SHOWN if event.score < 1 else Evidence.RESOLVED
            evidence = [Evidence("air-lifts", kind, item, "yeast", given.at)] if event.item == 0 else []
            records.add(given, card=card, evidence=evidence)


def take_over(one: Device, other: Device, tmp_path: Path) -> None:
    imported(one.records, exported(other.records), tmp_path)


def copy_of(device: Device) -> Device:
    twin = Device(device.name)
    device.records._connection.backup(twin.records._connection)
    return twin


@settings(max_examples=COUNT)
@given(some.lists(events, max_size=25), some.integers(0, 2**16))
def test_two_histories_merge_to_the_same_in_either_order_and_once_is_enough(tmp_path_factory, life, seed):
    tmp_path = tmp_path_factory.mktemp("merge", numbered=True)
    random.seed(seed)  # FSRS's own variation of due dates
    devices = Device("a"), Device("b")
    for event in life:
        devices[event.device].lives(event, devices[1 - event.device], tmp_path)
    before = [contents(device.records) for device in devices]
    merged = [copy_of(device) for device in devices]
    for one, other in zip(merged, reversed(devices), strict=True):
        take_over(one, other, tmp_path)
    found = [contents(one.records) for one in merged]
    assert found[0] == found[1], "in either order"
    uids = [{uid for uid, _ in one["attempts"]} for one in before]
    assert {uid for uid, _ in found[0]["attempts"]} == uids[0] | uids[1], "nothing is lost"
    assert len(found[0]["attempts"]) == len(uids[0] | uids[1]), "nothing is doubled"
    assert [one.at for _, one in found[0]["attempts"]] == sorted(one.at for _, one in found[0]["attempts"])
    assert all(one.records.faults() == [] for one in merged), "what is added up follows"
    for other in (*devices, merged[1]):
        again = copy_of(merged[0])
        take_over(again, other, tmp_path)
        assert contents(again.records) == found[0], "once is enough"
    for device in (*devices, *merged):
        device.records.close()


def test_the_reviews_of_an_item_that_both_have_answered_are_gone_through_again_in_the_order_of_time(home, tmp_path):
    def answered(records: Records, day: int, score: float) -> None:
        at, item = NOW + timedelta(days=day), "food/bread:gas"
        card = schedule.next_card(item, records.card(item), "unaided" if score else "missed", at, by=DEFAULTS)
        records.add(replace(attempt(score=score, session=str(day)), at=utc(at), due=card.due), card=card)

    with opened(home) as one, opened(tmp_path / "other") as other, opened(tmp_path / "all") as everything:
        for day, score in enumerate((1.0, 1.0, 0.0, 1.0)):
            answered(other if day % 2 else one, 3 * day, score)
            answered(everything, 3 * day, score)
        imported(one, exported(other), tmp_path)
        assert one.cards() == everything.cards() and one.cards()[0].lapses == 1
        assert [past.session for past in one.attempts()] == ["0", "3", "6", "9"]
        assert [past.id for past in one.attempts()] == [5, 6, 7, 8], "a number is never given twice"
        assert one.add(attempt()).id == 9
        one.undo()
        one.undo()
        everything.undo()
        assert one.cards()[0].memory == everything.cards()[0].memory, "the last answer can still be taken back"


# ------------------------------------------------------------------------------------------------- folders


def learned(environment, item: str, at: datetime) -> None:
    card = schedule.next_card(f"food/bread:{item}", None, "missed", at, by=DEFAULTS)
    environment.records.add(replace(attempt(item, 0, session=item), at=utc(at), due=card.due), card=card)


def test_a_folder_is_known_again_where_its_history_has_moved_to(docs, home, tmp_path):
    with environment_of(docs, home) as here:
        learned(here, "gas", NOW)
        lines = "".join(f"{line}\n" for line in here.records.export_lines())
    elsewhere = shutil.copytree(docs, tmp_path / "elsewhere")
    with environment_of(elsewhere, tmp_path / "there") as there:
        imported(there.all_records, lines, tmp_path)
    with environment_of(elsewhere, tmp_path / "there") as there:
        assert [card.item for card in there.records_to_read.cards()] == ["food/bread:gas"]


@pytest.mark.parametrize("is_old", [False, True])
def test_an_imported_history_follows_a_lesson_that_is_renamed_before_the_first_session(docs, home, tmp_path, is_old):
    (docs / "food" / "soup.md").write_text("# Soup\n\n## What\n\nA soup is hot.\n", encoding="utf-8")
    with environment_of(docs, home) as here:
        learned(here, "gas", NOW)
        learned(here, "eats", NOW)
        lines = [json.loads(line) for line in here.records.export_lines()]
    if is_old:  # from before exports said what was asked
        lines[1] = {name: value for name, value in lines[1].items() if name in ("type", "corpus", "sketch")}
    with environment_of(docs, tmp_path / "there") as there:
        imported(there.all_records, "".join(f"{json.dumps(line)}\n" for line in lines), tmp_path)
    for suffix in (".md", ".quiz.yaml"):
        (docs / "food" / f"bread{suffix}").rename(docs / "food" / f"loaf{suffix}")
    for _ in range(2):
        with environment_of(docs, tmp_path / "there") as there:
            records = there.records_to_read
            if is_old:
                assert records.gone_items() == {"food/bread:gas": 1, "food/bread:eats": 1}, "counted, not passed over"
            else:
                assert {card.item for card in records.cards()} == {"food/loaf:gas", "food/loaf:eats"}
                assert [(one.was, one.became) for one in records.moves()] == [("food/bread", "food/loaf")]
                assert records.gone_items() == {} and records.faults() == []


def test_histories_of_a_folder_that_was_edited_on_one_computer_become_one(docs, home, tmp_path):
    for name in ("soup", "salad", "cake"):
        (docs / "food" / f"{name}.md").write_text(f"# {name}\n\n## What\n\nA {name} is eaten.\n", encoding="utf-8")
    with environment_of(docs, home) as here:
        learned(here, "gas", NOW)
        lines = "".join(f"{line}\n" for line in here.records.export_lines())
    elsewhere = shutil.copytree(docs, tmp_path / "elsewhere")
    (elsewhere / "food" / "cake.md").write_text("# Cake\n\n## What\n\nA cake is sweet.\n", encoding="utf-8")
    with environment_of(elsewhere, tmp_path / "there") as there:
        learned(there, "salt", NOW + timedelta(days=1))
    with environment_of(elsewhere, tmp_path / "there") as there:
        imported(there.all_records, lines, tmp_path)
    with environment_of(elsewhere, tmp_path / "there") as there:
        records = there.records_to_read
        assert {card.item for card in records.cards()} == {"food/bread:gas", "food/bread:salt"}
        assert records.lessons_tried() == {"food/bread"} and records.faults() == []


# ------------------------------------------------------------------------------------------------- faults


@pytest.fixture
def export(home) -> list[str]:
    with opened(home) as records:
        lived_in(records)
        return exported(records).splitlines()


def edited(export: list[str], number: int, **changes) -> list[str]:
    line = {**json.loads(export[number - 1]), **changes}
    return [
        *export[: number - 1],
        json.dumps({name: value for name, value in line.items() if value is not ...}),
        *export[number:],
    ]


FAULTS = {
    "empty": (lambda export: [], 1, "found an empty file, expected an export"),
    "another file": (lambda export: ["# Bread", "", "Flour."], 1, "found text that is not JSON"),
    "other JSON": (lambda export: ['{"id": 1}'], 1, 'found no "format": "pocket-tutor-records"'),
    "cut after a line": (lambda export: export[:-1], 9, "the file was cut"),
    "cut in a line": (lambda export: [*export[:3], export[3][:50]], 4, "found text that is not JSON"),
    "a line lost": (lambda export: [*export[:4], *export[5:]], 9, "lines are missing"),
    "something behind": (lambda export: [*export, export[1]], 11, "found a line after the last one"),
    "newer": (lambda export: edited(export, 1, version=2), 1, "found version 2 of the format, expected at most 1; update ptutor"),
    "version": (lambda export: edited(export, 1, version="1"), 1, 'found "version": "1", expected a whole number'),
    "too long": (lambda export: edited(export, 2, answer="x" * 5_000_000), 2, "found a line of more than 5,000,000 bytes"),
    "strange type": (lambda export: edited(export, 2, type="bird"), 2, 'found a line of type "bird", expected one of'),
    "no uid": (lambda export: edited(export, 2, uid=...), 2, 'found no "uid" on a line of type attempt'),
    "uid": (lambda export: edited(export, 2, uid="'; --"), 2, "expected 1 to 64 letters and digits"),
    "hints": (lambda export: edited(export, 2, hints=-1), 2, 'found "hints": -1, expected a whole number from 0'),
    "a truth": (lambda export: edited(export, 2, hints=True), 2, 'found "hints": true, expected a whole number'),
    "seed": (lambda export: edited(export, 2, seed=2**70), 2, "expected a whole number"),
    "time": (lambda export: edited(export, 2, at="9999-01-01T00:00:00.000Z"), 2, "expected one in UTC of the years 1970 to"),
    "no time": (lambda export: edited(export, 2, at="yesterday"), 2, 'found "at": "yesterday"'),
    "escape": (lambda export: edited(export, 2, lesson="\x1b]0;x\x07"), 2, "all of them printable"),
    "item": (lambda export: edited(export, 2, item="gas"), 2, "expected an item as lesson:id"),
    "score": (lambda export: edited(export, 2, grade={"score": 7}), 2, "expected a number from 0 to 1"),
    "grade": (lambda export: edited(export, 2, grade={"score": 1, "met": [{"point": 3}]}), 2, "expected str where it has 3"),
    "no grade": (lambda export: edited(export, 2, grade=None), 2, 'found "grade": null, expected Grade'),
    "strange appeal": (lambda export: edited(export, 4, attempt="abc"), 4, "expected the uid of an attempt on a line above"),
    "evidence": (lambda export: edited(export, 5, kind="x"), 5, "expected one of shown, resolved"),
    "card": (lambda export: edited(export, 6, card={"item": "a:b", "due": "2026-03-01T00:00:00Z"}), 6, 'found "card"'),
    "place": (lambda export: edited(export, 8, place={"lesson": "a", "page": "x"}), 8, "expected int"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_with_a_fault_is_named_by_its_line_and_changes_nothing(tutor, tmp_path, export, home, fault):
    spoil, line, said = FAULTS[fault]
    (tmp_path / "history.jsonl").write_text("".join(f"{one}\n" for one in spoil(export)), encoding="utf-8")
    with opened(home) as records:
        before = contents(records)
    run = tutor("records", "import", "history.jsonl")
    assert run.returncode == 4 and f"history.jsonl:{line}: " in run.stderr and said in " ".join(run.stderr.split()), run.stderr
    with opened(home) as records:
        assert contents(records) == before
    assert not (home / "backups").exists()


@pytest.mark.parametrize("data", [b"\xff\xfe{\0}\0", b"\x80\x81\n"], ids=["UTF-16", "no text"])
def test_bytes_that_are_no_text_are_named(tmp_path, data):
    (tmp_path / "history.jsonl").write_bytes(data)
    with pytest.raises(InvalidFile, match=r"history\.jsonl:1: .*UTF-8"):
        importing.read_export(str(tmp_path / "history.jsonl"))


@settings(max_examples=COUNT * 4)
@given(some.data())
def test_an_export_with_a_changed_byte_is_refused_or_read_and_never_a_bug(tmp_path_factory, data):
    tmp_path = tmp_path_factory.mktemp("byte", numbered=True)
    device = Device("a")
    lived_in(device.records)
    text = bytearray(exported(device.records).encode())
    at = data.draw(some.integers(0, len(text) - 1))
    text[at] = data.draw(some.integers(0, 255))
    (tmp_path / "history.jsonl").write_bytes(bytes(text))
    other = Device("b")
    try:
        other.records.merge(importing.read_export(str(tmp_path / "history.jsonl")))
    except InvalidFile as error:
        assert "history.jsonl" in str(error)
    else:
        contents(other.records)
        assert other.records.faults() == []


def test_an_import_is_preceded_by_a_backup_and_stored_whole_or_not_at_all(docs, home, export, tmp_path, monkeypatch):
    with opened(tmp_path / "there") as there:
        there.add(attempt())
        monkeypatch.setattr(merging, "_merge_places", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            imported(there, "".join(f"{line}\n" for line in export), tmp_path)
        assert there.count() == 1
    assert len(backups.backups_of(tmp_path / "there" / "records.db")) == 1


@needs_posix
def test_a_full_disk_takes_nothing_of_an_import(home, export, tmp_path):
    code = """
import resource
from tutor.learner.copies.importing import read_export
with open_records(home, now=now) as records:
    records.add(attempt("first"))
    found = read_export(sys.argv[2])
    records.back_up = lambda: None
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, resource.RLIM_INFINITY))
    try:
        records.merge(found)
    except RecordsError as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(records.count())
"""
    uid = json.loads(export[1])["uid"]
    many = [export[1].replace(uid, f"{uid}x{number}").replace("CO", "C" * 1000) for number in range(600)]
    end = json.dumps({"type": "end", "lines": 601})
    (tmp_path / "large.jsonl").write_text("\n".join([export[0], *many, end, ""]), encoding="utf-8")
    out = ended(start(code, tmp_path / "there", tmp_path / "large.jsonl"))
    assert "history NOT imported: the disk is full" in out and out.endswith("\n1\n")


# ------------------------------------------------------------------------------------------- as commands


def test_the_commands_write_and_read_a_history_and_say_what_came_of_it(tutor, docs, home, tmp_path, export):
    run = tutor("records", "export", "history.jsonl")
    assert run.returncode == 0 and "history.jsonl: 2 answers" in run.stdout
    (tmp_path / "mine.md").write_text("# mine")
    refused = tutor("records", "export", "mine.md")
    assert refused.returncode == 2 and (tmp_path / "mine.md").read_text() == "# mine"
    assert tutor("records", "export", "history.jsonl").returncode == 0, "its own may be written again"
    there = {"TUTOR_HOME": str(tmp_path / "there")}
    run = tutor("records", "import", "history.jsonl", "--json", **there)
    assert json.loads(run.stdout) == {"attempts": 2, "appeals": 1, "evidence": 1, "cards": 2, "places": 1, "settings": 1}
    run = tutor("records", "import", "history.jsonl", **there)
    assert run.returncode == 0 and "nothing new" in run.stdout
    piped = tutor("records", "export", "-", **there)
    assert len(piped.stdout.splitlines()) == len(export)
    with environment_of(docs, tmp_path / "there") as environment, closing(environment.records_to_read):
        assert environment.records_to_read.count() == 2


def test_there_is_nothing_to_export_where_nothing_is_kept(tutor, home):
    run = tutor("records", "export", "history.jsonl")
    assert run.returncode == 5 and not home.exists()


def test_every_kind_of_line_is_described_in_the_manual():
    manual = (Path(__file__).resolve().parents[2] / "manual" / "records.md").read_text(encoding="utf-8")
    for kind, fields in importing.FIELDS.items():
        assert f"| `{kind}` |" in manual, kind
        (row,) = [line for line in manual.splitlines() if line.startswith(f"| `{kind}` |")]
        assert [name for name in fields if f"`{name}`" not in row] == [], kind
    assert exporting.VERSION == 1
