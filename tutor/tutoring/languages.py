"""Which language a sentence is in, as far as its letters and small words tell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from tutor import stop_words
from tutor.tutoring import hearing

ENGLISH = stop_words.SEARCHING | stop_words.GLUE | stop_words.FINDING_TERMS
SCRIPTS = {
    "ru": ("CYRILLIC",), "uk": ("CYRILLIC",), "bg": ("CYRILLIC",), "sr": ("CYRILLIC", "LATIN"), "zh": ("CJK",),
    "ja": ("CJK", "HIRAGANA", "KATAKANA"), "ko": ("HANGUL",), "ar": ("ARABIC",), "fa": ("ARABIC",), "ur": ("ARABIC",),
    "he": ("HEBREW",), "hi": ("DEVANAGARI",), "th": ("THAI",), "el": ("GREEK",),
}  # fmt: skip
FORMULA = re.compile(r"\$[^$]*\$|`[^`]*`")
FEW = 5  # words of a sentence that has small words, whatever it is about
EVERYDAY = 0.15  # share of a language's small words that a sentence in another one may have


def leaning(text: str, language: str) -> int:
    """1 where a sentence is in a language, -1 where it is in another one, 0 where that can't be told."""
    code = language.partition("-")[0].lower()
    text = FORMULA.sub(" ", text)
    letters = [unicodedata.name(mark, "").split()[0] for mark in text if mark.isalpha()]
    scripts = SCRIPTS.get(code, ("LATIN",))
    others = sum(script not in (*scripts, "LATIN", "GREEK") for script in letters)  # Greek letters are mostly symbols
    own = sum(script in scripts for script in letters)
    if others > own:
        return -1
    if code in SCRIPTS:
        return 1 if own and own >= len(letters) / 2 else 0
    words = re.findall(r"[^\W\d_]{2,}", text.casefold())
    known = {**stop_words.FUNCTION_WORDS, "en": ENGLISH}
    if code not in known:
        return 0
    counts = {other: sum(word in small for word in words) for other, small in known.items()}
    here, elsewhere = counts.pop(code), max(counts.values())
    if elsewhere > here and (elsewhere > 1 or here == 0):
        return -1
    if here <= EVERYDAY * len(words) and len(words) >= FEW:
        return -1
    return 1 if here > elsewhere else 0


def may_change(lines: Sequence[str], language: str) -> bool:
    """Whether a learner speaks another language than a session, or asks for one, so that the tutor may, too."""
    return any(leaning(line, language) < 0 or hearing.hear(line).kind == hearing.LANGUAGE for line in lines)
