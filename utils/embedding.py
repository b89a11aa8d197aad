"""The built-in embedding: a vector for a text from the pieces of its words, in pure Python and at once.

A table (assets/embedding.bin, made by benchmarks/make_embedding.py) has a row of bytes for each piece. A word is cut into the
longest pieces there are, a text's vector is the sum of its pieces' rows, and vectors are compared by the cosine. It says
what a text is about, not what it claims: an order of passages may rest on it, and never a grade.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Iterable
from functools import cache
from operator import mul
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "assets" / "embedding.bin"
START = "\u2581"  # before a piece that begins a word
ZERO = 128  # the byte that stands for 0
LANE_BYTES = 4  # a row as one integer has a lane for each number, so that one addition sums all of them
LONGEST_PIECE = 16
MOST_WORDS = 50_000  # that are remembered, some 20 MB
Vector = tuple[list[int], float]
WORD = re.compile(r"\\[A-Za-z]+|<!--|([^\W\d_]+|\d)")  # of LaTeX only the letters that stand for something


class Embedding:
    """The table, and the words that were looked up in it."""

    def __init__(self, table: bytes):
        end = table.index(b"\n") + 1
        about = json.loads(table[:end])
        self.dimensions = about["dimensions"]
        rows = end + about["bytes_of_pieces"]
        self._rows = memoryview(table)[rows:]
        pieces = str(table[end:rows], "utf-8").split("\n")
        self._places = dict(zip(pieces, range(len(pieces)), strict=True))
        self._words: dict[str, tuple[int, int]] = {}
        self._lanes = struct.Struct(f"<{self.dimensions}I")

    def vector(self, text: str) -> Vector:
        """(the sum of the rows of a text's pieces, its length); length 0 where no word can be cut."""
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
        values = [lane - zero for lane in self._lanes.unpack(total.to_bytes(self._lanes.size, "little"))]
        return values, math.sqrt(sum(map(mul, values, values)))

    def nearest(self, vector: Vector, texts: Iterable[str]) -> float:
        """The cosine of a vector with that of the text nearest to it, -1..1; 0 where there is none that says anything."""
        values, length = vector
        others = (self.vector(text) for text in texts)
        found = (sum(map(mul, values, other)) / size for other, size in others if size)
        return max(found, default=0.0) / length if length else 0.0

    def _sum(self, word: str) -> tuple[int, int]:
        """(sum of its pieces' rows as one integer, how many they are) of a word."""
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
    """The table of assets/."""
    return Embedding(TABLE.read_bytes())
