"""The settings that every command shares."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What the command line and the environment say, for all commands alike."""

    docs: str | None = None  # None is the bundled corpus
    home: str | None = None
    model: str | None = None
    server: str | None = None  # one of utils.llm.endpoint.SERVERS: a shorthand for its base URL
    offline: bool = False
    require_model: bool = False  # a model that can't answer ends the command
    timeout: float | None = None  # seconds for one reply of the model; TUTOR_TIMEOUT says so too, see utils.llm.endpoint
    max_tokens_total: int | None = None  # when they are used up, the built-in tutor takes over
    no_log: bool = False  # keep no list of calls to the model
    seed: int | None = None
    json: bool = False
    plain: bool = False
    verbose: bool = False
