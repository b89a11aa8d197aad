"""Words: what of a text or a question is compared, in which language, and how scripts without spaces are cut."""

from __future__ import annotations

import re
import unicodedata

# Words that a question is made of and that say nothing about its subject.
ASKING = frozenset(
    "a an and are as at be but by can could do does did for from had has have how i if in into is it its me my no not "
    "of on or our should so some tell that the their them then there these they this those to too us was we were what "
    "when where which who whom why will with would you your explain mean means please".split()
)
# Further words that are dropped from a question to an index, where a rare one of them would outweigh the subject.
EMPTY = ASKING | frozenset(
    "also just only about any each other than more most much many very use used using give given show following "
    "suppose let consider try want need get make like one two see say he she his her itself because while during "
    "between both same such been being cannot s t "
    "ain aren couldn didn doesn don hadn hasn haven isn ll mustn re shouldn ve wasn weren won wouldn whats hows "
    "again anyone anything actually basically everything explained please really simply someone something stuff things vs".split()
)

PLAIN = "plain"  # the field of languages without a stemmer
STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
ALSO_CALLED = {"nb": "no", "nn": "no", **{name: code for code, name in STEMMERS.items()}}
WITH_STOPWORDS = frozenset("da de es fi fr hu it nl no pt ru sv".split())  # lists that tantivy has, beside English

# Burmese, Thai, Lao, Khmer, kana, Han, Hangul: scripts whose words a space does not end, or not reliably.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff]+"
)
WORD = re.compile(r"[^\W_]+")
SHORTEST_SLIP = 5  # letters of a word that may be misspelt; shorter ones have too many neighbours


def words(text: str) -> list[str]:
    """Stemmed words of an English text that carry meaning, in order."""
    import snowballstemmer

    found = [word for word in re.findall(r"\w+", text.casefold()) if word not in ASKING]
    return snowballstemmer.stemmer("english").stemWords(found)


def field_of(language: str) -> str:
    """The index field for a language: `en` for "en", "en-GB" and "English"; `plain` where there is no stemmer."""
    name = re.split(r"[-_ ]", language.strip().lower())[0]
    code = ALSO_CALLED.get(name, name)
    return code if code in STEMMERS else PLAIN


def normalize(text: str) -> str:
    """One spelling for what looks the same: ﬁ and fi, x² and x2, é in one or two characters. No lone surrogates."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8"))


def without_unspaced(text: str) -> str:
    """The text with its runs of unspaced script as blanks: those are compared as bigrams."""
    return text if text.isascii() else UNSPACED.sub(" ", text)


def bigrams(text: str) -> list[str]:
    """Every two neighbouring characters of each run of unspaced script, in order; a lone character as itself."""
    if text.isascii():
        return []
    return [gram for run in UNSPACED.findall(text) for gram in _bigrams_of(run)]


def _bigrams_of(run: str) -> list[str]:
    return [run[start : start + 2] for start in range(len(run) - 1)] or [run]


def content_words(query: str) -> list[str]:
    """The words of a question that carry meaning, as they are written; all of them where none would be left."""
    found = WORD.findall(without_unspaced(query))
    return [word for word in found if word.lower() not in EMPTY] or found
