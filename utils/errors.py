"""What can go wrong, and the exit code for each case."""

from __future__ import annotations

import os
from enum import IntEnum

from utils.llm.tokens import Tokens


class ExitCode(IntEnum):
    """The exit codes of the commands. Stable, because pipelines depend on them."""

    DONE = 0
    FELL_SHORT = 1
    USAGE = 2
    NO_MODEL = 3
    INVALID = 4
    NOTHING_RUN = 5
    RECORDS = 6
    BUG = 70
    HANGUP = 129
    INTERRUPT = 130
    TERMINATED = 143


class TutorError(Exception):
    """Something a person can fix. The message says what happened, where, and what to do."""

    exit_code = ExitCode.BUG


class UsageError(TutorError):
    """An unknown option, topic or value."""

    exit_code = ExitCode.USAGE


class ModelError(TutorError):
    """The model could not be reached, or its reply can't be used."""

    exit_code = ExitCode.NO_MODEL
    unreachable = False  # no connection came about
    about_reply = False  # the endpoint works, only this reply can't be used
    tokens = Tokens()  # that were spent anyway


class ReplyStopped(TutorError):
    """The learner has stopped the model's reply; the session goes on without it."""

    exit_code = ExitCode.INTERRUPT


class ProgramStopped(ReplyStopped):
    """A reply was stopped because the program was told to end; what was typed is still to be stored."""


class ModelRefused(ModelError):
    """The endpoint refuses for good because of the key, the model's name or the certificate: settings have to change."""

    exit_code = ExitCode.USAGE


class InvalidFile(TutorError):
    """A lesson, bank, sheet or script that can't be read."""

    exit_code = ExitCode.INVALID

    def __init__(self, path: str | os.PathLike[str], line: int | None, message: str):
        super().__init__(f"{path}:{line}: {message}" if line else f"{path}: {message}")
        self.path, self.line, self.message = str(path), line, message


class NothingRun(TutorError):
    """No item matched what was asked for."""

    exit_code = ExitCode.NOTHING_RUN


class RecordsError(TutorError):
    """The learner's records can't be used; they are left as they are."""

    exit_code = ExitCode.RECORDS


class DamagedRecords(RecordsError):
    """The file itself is at fault: a good copy in its place would mend it."""
