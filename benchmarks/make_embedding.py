"""Makes assets/embedding.bin: word pieces and their vectors, taken from WordLlama (MIT, github.com/dleemiller/WordLlama).

    pip download --no-deps wordllama==0.4.0.post1 && python benchmarks/make_embedding.py wordllama-*.whl

Its vectors are nested (Kusupati et al. 2022, arXiv 2205.13147): the first 64 of 256 numbers are an embedding too. Of its
pieces those are kept that a word in lower case can be cut into. Anyone who runs this gets the same bytes.
"""

from __future__ import annotations

import json
import struct
import sys
import zipfile
from array import array
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIMENSIONS = 64
CLIPPED = 0.001  # share of all numbers that may lie beyond what a byte holds


def pieces_of(tokenizer: dict) -> dict[str, int]:
    """piece -> its row, for those that words in lower case are made of."""
    found = {}
    for piece, row in tokenizer["model"]["vocab"].items():
        letters = piece.removeprefix(START)
        if letters and (letters.isdecimal() or (letters.isalpha() and letters == letters.lower() and is_latin(letters))):
            found[piece] = row
    return dict(sorted(found.items()))


START = "\u2581"  # stands before a piece that begins a word


def is_latin(letters: str) -> bool:
    return all(ord(letter) < 0x250 for letter in letters)


def rows_of(tensors: bytes) -> tuple[array, int]:
    """(all numbers, how many a row has) of the one float tensor in a safetensors file."""
    size = struct.unpack("<Q", tensors[:8])[0]
    header = json.loads(tensors[8 : 8 + size])
    (about,) = (value for name, value in header.items() if name != "__metadata__")
    start, end = about["data_offsets"]
    code = {"F16": "e", "F32": "f"}[about["dtype"]]
    raw = tensors[8 + size + start : 8 + size + end]
    return array("f", (value for (value,) in struct.iter_unpack(f"<{code}", raw))), about["shape"][1]


def main(wheel: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        pieces = pieces_of(json.loads(archive.read("wordllama/tokenizers/l2_supercat_tokenizer_config.json")))
        numbers, width = rows_of(archive.read("wordllama/weights/l2_supercat_256.safetensors"))
    rows = [numbers[row * width : row * width + DIMENSIONS] for row in pieces.values()]
    sizes = sorted(abs(value) for row in rows for value in row)
    most = sizes[int(len(sizes) * (1 - CLIPPED))]
    data = bytes(128 + max(-127, min(127, round(value / most * 127))) for row in rows for value in row)
    name = "-".join(Path(wheel).name.split("-")[:2])
    listed = "\n".join(pieces).encode()
    header = {"from": name, "licence": "MIT", "dimensions": DIMENSIONS, "bytes_of_pieces": len(listed)}
    table = json.dumps(header).encode() + b"\n" + listed + data
    (ROOT / "assets" / "embedding.bin").write_bytes(table)
    sys.stdout.write(f"{len(pieces):,} pieces, {len(table):,} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1])
