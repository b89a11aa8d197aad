"""The built-in embedding: a vector for a text, from the pieces of its words, in pure Python and fast.

A table (assets/embedding.bin, made by benchmarks/make_embedding.py) has a row of bytes for each piece. A word is cut into
the longest pieces that the table has, a text's vector is the sum of its pieces' rows, and vectors are compared by their
cosine. It tells what a text is about, not what it claims, so it may rank passages but never grade an answer.
"""

from __future__ import annotations

import json
import math
import re
import struct
from array import array
from collections.abc import Iterable, Sequence
from functools import cache
from operator import mul
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "assets" / "embedding.bin"
START = "\u2581"  # before a piece that begins a word
ZERO = 128  # the byte that stands for 0
LANE_BYTES = 4  # a row is one integer with a lane for each number, so that one addition sums them all
LONGEST_PIECE = 16
MOST_WORDS = 50_000  # how many words are remembered, about 20 MB
MOST_TEXTS = 20_000  # and how many texts, about 10 MB: what is compared is often compared again
SumAndLength = tuple[Sequence[int], float]  # an unscaled vector and its length
WORD = re.compile(r"\\[A-Za-z]+|<!--|([^\W\d_]+|\d)")  # skips LaTeX commands, which stand for no word


class Embedding:
    """The table, and the words that were already looked up in it."""

    def __init__(self, table: bytes):
        end = table.index(b"\n") + 1
        about = json.loads(table[:end])
        self.dimensions = about["dimensions"]
        rows = end + about["bytes_of_pieces"]
        self._rows = memoryview(table)[rows:]
        pieces = str(table[end:rows], "utf-8").split("\n")
        self._places = dict(zip(pieces, range(len(pieces)), strict=True))
        self._words: dict[str, tuple[int, int]] = {}
        self._texts: dict[str, SumAndLength] = {}
        self._lanes = struct.Struct(f"<{self.dimensions}I")

    def vector(self, text: str) -> SumAndLength:
        """(the sum of the rows of a text's pieces, its length). The length is 0 if the table knows none of the words."""
        found = self._texts.get(text)
        if found is None:
            if len(self._texts) >= MOST_TEXTS:
                self._texts.clear()
            found = self._texts[text] = self._vector(text)
        return found

    def _vector(self, text: str) -> SumAndLength:
        total = count = 0
        words = self._words
        if len(words) > MOST_WORDS:
            words.clear()
        for word in WORD.findall(text.lower()):
            if word not in words:
                words[word] = self._sum(word)
            row, pieces = words[word]
            total += row
            count += pieces
        zero = ZERO * count
        values = array("i", [lane - zero for lane in self._lanes.unpack(total.to_bytes(self._lanes.size, "little"))])
        return values, math.sqrt(sum(map(mul, values, values)))

    def nearest(self, vector: SumAndLength, texts: Iterable[str]) -> float:
        """The cosine of a vector with that of the nearest text, -1..1; 0 if no text has a vector."""
        values, length = vector
        others = (self.vector(text) for text in texts)
        found = (sum(map(mul, values, other)) / size for other, size in others if size)
        return max(found, default=0.0) / length if length else 0.0

    def _sum(self, word: str) -> tuple[int, int]:
        """(the sum of the rows of a word's pieces as one integer, the number of pieces)."""
        total = count = 0
        rest = START + word
        while rest:
            size = next((n for n in range(min(len(rest), LONGEST_PIECE), 0, -1) if rest[:n] in self._places), 0)
            if size:
                total += self._row(self._places[rest[:size]])
                count += 1
            rest = rest[size or 1 :]
        return total, count

    def _row(self, place: int) -> int:
        lanes = bytearray(self._lanes.size)
        lanes[::LANE_BYTES] = self._rows[place * self.dimensions : (place + 1) * self.dimensions]
        return int.from_bytes(lanes, "little")


@cache
def built_in() -> Embedding:
    """The embedding that ships in assets/, read once."""
    return Embedding(TABLE.read_bytes())
