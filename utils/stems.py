"""Stems of words, from snowballstemmer."""

from __future__ import annotations

import threading
from typing import Any

STEMMED = {  # language code -> its stemmer
    "en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian", "pt": "portuguese", "nl":
    "dutch", "sv": "swedish", "da": "danish", "no": "norwegian", "nb": "norwegian", "fi": "finnish", "ru": "russian",
    "tr": "turkish", "ro": "romanian", "hu": "hungarian", "el": "greek", "ar": "arabic", "hi": "hindi", "id":
    "indonesian", "ca": "catalan", "eu": "basque", "ga": "irish", "lt": "lithuanian", "hy": "armenian", "ne": "nepali",
    "sr": "serbian", "ta": "tamil", "yi": "yiddish", "et": "estonian",
}  # fmt: skip
_STEMMERS = threading.local()  # per thread, because a snowballstemmer object holds the word it works on


def stemmer(language: str) -> Any:
    """The stemmer for a language (with `stemWord`), for use in this thread only; None if there is none."""
    known = _STEMMERS.__dict__
    if language not in known:
        known[language] = _new_stemmer(language)
    return known[language]


def _new_stemmer(language: str) -> Any:
    import snowballstemmer

    name = STEMMED.get(language.partition("-")[0].lower())
    return snowballstemmer.stemmer(name) if name in snowballstemmer.algorithms() else None
