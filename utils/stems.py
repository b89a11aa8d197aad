"""Stems of words, by snowballstemmer."""

from __future__ import annotations

import threading

STEMMED = {  # language code -> its stemmer
    "en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian", "pt": "portuguese", "nl":
    "dutch", "sv": "swedish", "da": "danish", "no": "norwegian", "nb": "norwegian", "fi": "finnish", "ru": "russian",
    "tr": "turkish", "ro": "romanian", "hu": "hungarian", "el": "greek", "ar": "arabic", "hi": "hindi", "id":
    "indonesian", "ca": "catalan", "eu": "basque", "ga": "irish", "lt": "lithuanian", "hy": "armenian", "ne": "nepali",
    "sr": "serbian", "ta": "tamil", "yi": "yiddish", "et": "estonian",
}  # fmt: skip
_STEMMERS = threading.local()  # snowballstemmer's objects hold the word at work: one of each a thread


def stemmer(language: str):
    """The present thread's stemmer for a language, None where there is none."""
    known = _STEMMERS.__dict__
    if language not in known:
        known[language] = _new_stemmer(language)
    return known[language]


def _new_stemmer(language: str):
    import snowballstemmer

    name = STEMMED.get(language.partition("-")[0].lower())
    return snowballstemmer.stemmer(name) if name in snowballstemmer.algorithms() else None
