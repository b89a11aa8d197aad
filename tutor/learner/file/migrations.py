"""The schema of the records, as the steps that lead to it from an empty file or from that of any earlier version."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite3 import Connection

Step = Callable[["Connection"], None]


def fill_tallies(connection: Connection) -> None:
    """Add up the attempts that were stored before their sums were kept."""
    from tutor.learner.file import tally_tables

    tally_tables.rebuild(connection)


def make_missing_cards(connection: Connection) -> None:
    """Give a card to each item that was answered before there were cards; a filled sheet may have been anybody's."""
    told = "mode != 'explain' AND (mode != 'quiz' OR due IS NOT NULL)"
    items = connection.execute(
        f"SELECT DISTINCT item FROM attempts WHERE {told} AND item NOT IN (SELECT item FROM cards)"
    ).fetchall()
    if not items:
        return
    from tutor.learner.file.rows import attempts_of, to_json
    from tutor.learner.memory.scheduling import DEFAULTS
    from tutor.learner.schedule import card_from_history

    for (item,) in items:
        rows = connection.execute(f"SELECT *, NULL AS predicted FROM attempts WHERE item = ? AND {told} ORDER BY id", (item,))
        attempts = attempts_of(rows)
        card = card_from_history(attempts, DEFAULTS) if attempts else None
        if card:
            row = ("", item, card.lesson, card.due, int(card.leech), to_json(card), 0)
            columns = "corpus, item, lesson, due, leech, card, attempt"
            connection.execute(f"INSERT INTO cards ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)


# Migration n brings a file from user_version n-1 to n; each runs in one transaction. Never edit one that was released.
MIGRATIONS: tuple[tuple[str | Step, ...], ...] = (
    (
        """CREATE TABLE attempts (
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- the sequence number; never given twice
            uid TEXT NOT NULL UNIQUE,             -- random; tells attempts of two machines apart
            session TEXT NOT NULL,
            item TEXT NOT NULL,                   -- Item.key
            section TEXT NOT NULL,                -- slug
            lesson TEXT NOT NULL,
            answer TEXT NOT NULL,
            grade TEXT NOT NULL,                  -- Grade as JSON
            score REAL NOT NULL,                  -- score and unaided repeat what `grade` and the rest say, for SQL
            unaided INTEGER NOT NULL,
            shown INTEGER NOT NULL,
            hints INTEGER NOT NULL,
            seed INTEGER,
            mode TEXT NOT NULL,
            at TEXT NOT NULL                      -- UTC, ISO 8601, ends in Z
        ) STRICT""",
        "CREATE INDEX attempts_by_lesson ON attempts (lesson, section)",
        "CREATE INDEX attempts_by_item ON attempts (item)",
        """CREATE TABLE places (
            sequence INTEGER PRIMARY KEY,         -- the highest was kept last
            lesson TEXT NOT NULL UNIQUE,
            place TEXT NOT NULL,                  -- Place as JSON
            at TEXT NOT NULL
        ) STRICT""",
        "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",  # value: JSON
    ),
    (
        "ALTER TABLE attempts ADD COLUMN confidence INTEGER",
        "ALTER TABLE attempts ADD COLUMN due TEXT",
        """CREATE TABLE cards (
            item TEXT PRIMARY KEY,                -- Item.key
            lesson TEXT NOT NULL,
            due TEXT NOT NULL,                    -- repeats what the card says, for SQL
            card TEXT NOT NULL,                   -- Card as JSON
            attempt INTEGER NOT NULL,             -- that made it
            before TEXT                           -- the card before that, for undo
        ) STRICT""",
        """CREATE TABLE appeals (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            attempt INTEGER NOT NULL REFERENCES attempts (id),
            grade TEXT NOT NULL,                  -- the second look's Grade as JSON
            at TEXT NOT NULL
        ) STRICT""",
    ),
    (
        "ALTER TABLE attempts ADD COLUMN help INTEGER NOT NULL DEFAULT 0",
        """CREATE TABLE evidence (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            misconception TEXT NOT NULL,          -- its id, or its text where it has none
            lesson TEXT NOT NULL,
            section TEXT NOT NULL,                -- slug
            item TEXT NOT NULL,                   -- Item.key
            attempt INTEGER NOT NULL REFERENCES attempts (id) ON DELETE CASCADE,
            at TEXT NOT NULL,                     -- as in attempts
            kind TEXT NOT NULL                    -- shown, or resolved: answered right and unaided where it could show
        ) STRICT""",
        "CREATE INDEX evidence_by_misconception ON evidence (misconception)",
        "CREATE INDEX evidence_by_attempt ON evidence (attempt)",
    ),
    ("ALTER TABLE attempts ADD COLUMN draw INTEGER NOT NULL DEFAULT 1",),  # 1: options stood in the bank's order
    (
        # The folder of lessons that each row is about, and its items' identity: see identity.py.
        """CREATE TABLE corpora (
            corpus TEXT PRIMARY KEY,              -- of the content that it had when it was seen first
            place TEXT NOT NULL,                  -- digest of the path where it was seen last
            seen TEXT NOT NULL,                   -- its listing's state, when its items were last looked through
            sketch TEXT NOT NULL                  -- marks of its lessons as JSON, to know it again elsewhere
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE lessons (                    -- those with a history
            corpus TEXT NOT NULL,
            lesson TEXT NOT NULL,
            digest TEXT NOT NULL,                 -- of its text
            outline TEXT NOT NULL,                -- of its title and headings
            PRIMARY KEY (corpus, lesson)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE items (                      -- those with a history, as they were when they were last seen
            corpus TEXT NOT NULL,
            item TEXT NOT NULL,                   -- Item.key
            print TEXT NOT NULL,                  -- its fingerprint
            asked TEXT NOT NULL,                  -- what it asks and what answers it, to tell an edit from another question
            answer TEXT NOT NULL,
            PRIMARY KEY (corpus, item)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE moves (
            id INTEGER PRIMARY KEY,
            corpus TEXT NOT NULL,
            was TEXT NOT NULL,                    -- a lesson, or an item's key
            became TEXT NOT NULL,                 -- likewise; "" for an item that is asked anew
            at TEXT NOT NULL
        ) STRICT""",
        "ALTER TABLE attempts ADD COLUMN corpus TEXT NOT NULL DEFAULT ''",  # "": of a folder not seen since; see identity.py
        "ALTER TABLE places RENAME TO old_places",
        """CREATE TABLE places (
            sequence INTEGER PRIMARY KEY,         -- the highest was kept last
            corpus TEXT NOT NULL,
            lesson TEXT NOT NULL,
            place TEXT NOT NULL,                  -- Place as JSON
            at TEXT NOT NULL,
            UNIQUE (corpus, lesson)
        ) STRICT""",
        "INSERT INTO places SELECT sequence, '', lesson, place, at FROM old_places",
        "DROP TABLE old_places",
        "ALTER TABLE cards RENAME TO old_cards",
        """CREATE TABLE cards (
            corpus TEXT NOT NULL,
            item TEXT NOT NULL,                   -- Item.key
            lesson TEXT NOT NULL,
            due TEXT NOT NULL,                    -- due and leech repeat what the card says, for SQL
            leech INTEGER NOT NULL,
            card TEXT NOT NULL,                   -- Card as JSON
            attempt INTEGER NOT NULL,             -- that made it
            before TEXT,                          -- the card before that, for undo
            PRIMARY KEY (corpus, item)
        ) STRICT""",
        "INSERT INTO cards SELECT '', item, lesson, due, coalesce(json_extract(card, '$.leech'), 0), card, attempt, before "
        "FROM old_cards",
        "DROP TABLE old_cards",
        "CREATE INDEX cards_by_due ON cards (corpus, due)",
        "DROP INDEX attempts_by_lesson",
        "DROP INDEX attempts_by_item",
        "CREATE INDEX attempts_by_lesson ON attempts (lesson, section)",
        "CREATE INDEX attempts_by_item ON attempts (item, corpus)",
        "CREATE INDEX attempts_by_session ON attempts (session)",
        "CREATE INDEX attempts_by_time ON attempts (at)",
        # What the attempts add up to, kept so that nobody has to add them up again: see tallies.py.
        "ALTER TABLE attempts ADD COLUMN seconds REAL NOT NULL DEFAULT 0",  # that it took
        "ALTER TABLE attempts ADD COLUMN recalled INTEGER",  # 1 or 0 where it measured what was remembered
        "ALTER TABLE attempts ADD COLUMN earned REAL NOT NULL DEFAULT 0",  # its item's, before it
        "ALTER TABLE attempts ADD COLUMN evidence REAL NOT NULL DEFAULT 0",
        """CREATE TABLE known (                      -- of each item that was answered: tallies.Known
            corpus TEXT NOT NULL,
            item TEXT NOT NULL,                   -- Item.key
            lesson TEXT NOT NULL,
            session TEXT NOT NULL,
            earned REAL NOT NULL,
            evidence REAL NOT NULL,
            credit REAL NOT NULL,
            sure INTEGER NOT NULL,
            unaided INTEGER NOT NULL,
            due TEXT,
            dated TEXT,
            PRIMARY KEY (corpus, item)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE quarters (                   -- of an hour, with answers: tallies.Quarter
            quarter TEXT PRIMARY KEY,             -- when it began: UTC, 2026-03-01T09:30
            answers INTEGER NOT NULL,
            seconds REAL NOT NULL,
            asked_again INTEGER NOT NULL,
            recalled INTEGER NOT NULL,
            sure TEXT NOT NULL                    -- as JSON: for each level of confidence answers, and right ones
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE waits (                      -- times at which something was due that has been answered since
            begun TEXT PRIMARY KEY,               -- as in attempts; no two overlap
            ended TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        make_missing_cards,
    ),
    (
        "ALTER TABLE attempts ADD COLUMN predicted REAL",  # the chance of recall before it, 0 to 1; NULL where nobody reckoned it
        "ALTER TABLE attempts ADD COLUMN days INTEGER",  # since the review before: tallies.Counted
        """CREATE TABLE recall (                     -- what was asked again: tallies.Recall
            corpus TEXT NOT NULL,
            lesson TEXT NOT NULL,
            interval INTEGER NOT NULL,            -- between the reviews: its place in tallies.UP_TO_DAYS; -1: not measured
            chance INTEGER NOT NULL,              -- predicted, in tenths; -1: none was
            asked INTEGER NOT NULL,
            recalled INTEGER NOT NULL,
            days INTEGER NOT NULL,
            predicted REAL NOT NULL,
            loss REAL NOT NULL,
            PRIMARY KEY (corpus, lesson, interval, chance)
        ) STRICT, WITHOUT ROWID""",
        fill_tallies,
    ),
)
