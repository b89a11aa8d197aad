"""Embeddings: from the endpoint if a model for them is set, else built in.

Every vector knows which model made it, and vectors of different models are never compared.

    python -m utils.get_embedding "a mean" "an average"
"""

from __future__ import annotations

import hashlib
import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from utils.embedding import built_in
from utils.errors import ModelError, UsageError
from utils.llm.endpoint import Endpoint, Limits, endpoint_of, limits_of
from utils.llm.faults import model_error
from utils.settings import Settings
from utils.text import valid

BUILT_IN = "built-in"
BATCH = 64  # texts in one request
LONGEST = 6_000  # how many characters of a text are sent


@dataclass(frozen=True)
class Vector:
    """An embedding of length 1 and the model that made it."""

    model: str
    values: array[float]  # float32

    def similarity(self, other: Vector) -> float:
        """The cosine, -1..1. Raises UsageError if different models made the two."""
        if (self.model, len(self.values)) != (other.model, len(other.values)):
            raise UsageError(
                f"vectors of {self.model} ({len(self.values)}) and {other.model} ({len(other.values)}) can't be compared; "
                "make both with one model"
            )
        return sum(a * b for a, b in zip(self.values, other.values, strict=True))


def get_embedding(
    texts: str | Sequence[str], *, endpoint: Endpoint | None = None, model: str = BUILT_IN, limits: Limits | None = None
) -> list[Vector]:
    """A vector for each text, from the endpoint's model or built in. Raises ModelError if the endpoint fails."""
    texts = [texts] if isinstance(texts, str) else list(texts)
    if model == BUILT_IN or endpoint is None:
        return [Vector(BUILT_IN, _unit(built_in().vector(text)[0])) for text in texts]
    vectors: list[Vector] = []
    for start in range(0, len(texts), BATCH):
        vectors += _request(texts[start : start + BATCH], endpoint, model, limits or Limits())
    return vectors


def _request(texts: list[str], endpoint: Endpoint, model: str, limits: Limits) -> list[Vector]:
    import openai

    from utils.llm.connection import client

    try:
        sdk = client(endpoint, limits).with_options(max_retries=1)
        reply = sdk.embeddings.create(model=model, input=[valid(text[:LONGEST]) for text in texts], encoding_format="float")
        found = [list(map(float, entry.embedding)) for entry in sorted(reply.data, key=lambda entry: entry.index)]
    except openai.OpenAIError as error:
        if isinstance(error, openai.NotFoundError) and not endpoint.versioned:
            return _request(texts, endpoint.with_version(), model, limits)
        raise model_error(error, endpoint) from None
    except (TypeError, ValueError, AttributeError):
        raise ModelError(f"{endpoint.host} gave no readable embeddings") from None
    if len(found) != len(texts) or any(not values or len(values) != len(found[0]) for values in found):
        raise ModelError(f"{endpoint.host} gave {len(found)} embeddings for {len(texts)} texts")
    return [Vector(model, _unit(values)) for values in found]


def _unit(values: Sequence[float]) -> array[float]:
    """The vector scaled to length 1."""
    length = math.sqrt(sum(value * value for value in values)) or 1.0
    return array("f", (value / length for value in values))


class Embedder:
    """An endpoint's embedding model, with its vectors cached by the hash of their text."""

    def __init__(self, endpoint: Endpoint, model: str, cache: Path | None, limits: Limits | None = None):
        import sqlite3

        self.endpoint, self.model, self.limits = endpoint, model, limits
        try:
            if cache:
                cache.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._table = sqlite3.connect(cache / "vectors.db" if cache else ":memory:", timeout=2, isolation_level=None)
            self._table.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) STRICT")
        except (OSError, sqlite3.Error):  # a cache can be rebuilt, so one that fails is not used
            self._table = sqlite3.connect(":memory:", isolation_level=None)
            self._table.execute("CREATE TABLE vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) STRICT")

    def vectors(self, texts: Sequence[str]) -> list[Vector]:
        """A vector for each text. Only texts that are not in the cache are sent. Raises ModelError."""
        keys = [self._key(text) for text in texts]
        known = {key: vector for key in keys if (vector := self._cached(key))}
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        made = get_embedding(list(new.values()), endpoint=self.endpoint, model=self.model, limits=self.limits)
        for key, vector in zip(new, made, strict=True):
            known[key] = vector
            self._table.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?)", (key, vector.values.tobytes()))
        return [known[key] for key in keys]

    def _cached(self, key: bytes) -> Vector | None:
        row = self._table.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
        return Vector(self.model, array("f", row[0])) if row and len(row[0]) % 4 == 0 else None

    def _key(self, text: str) -> bytes:
        named = f"{self.endpoint.base_url}\0{self.model}\0{text}"
        return hashlib.blake2b(named.encode("utf-8", "replace"), digest_size=16).digest()

    def similarities(self, query: str, texts: Sequence[str]) -> list[float]:
        """The cosine of the query with each text. Raises ModelError."""
        first, *others = self.vectors([query, *texts])
        return [first.similarity(other) for other in others]


def embedder_of(settings: Settings, cache: Path | None) -> Embedder | None:
    """The endpoint's embedding model if the settings name one, else None."""
    endpoint = endpoint_of(settings, needs_name=False) if settings.embedding_model else None
    limits = limits_of(settings, None)
    return Embedder(endpoint, settings.embedding_model or "", cache, limits) if endpoint else None


SecondLook = Callable[[str, Sequence[str]], list[float]]  # as Embedder.similarities

if __name__ == "__main__":
    import sys

    one, other = (get_embedding(sys.argv[1:3] if len(sys.argv) > 2 else ["a mean", "an average"]))[:2]
    sys.stdout.write(f"{one.model}, {len(one.values)} dimensions: {one.similarity(other):.3f}\n")
