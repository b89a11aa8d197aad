"""Words: what is compared of a text or a question, in which language, and how scripts without spaces are cut."""

from __future__ import annotations

import re
import unicodedata

from tutor.stop_words import ASKING, FUNCTION_WORDS, SEARCHING
from utils.patterns import compiled_later
from utils.text import STEMMED, stemmer

PLAIN = "plain"  # the field of languages without a stemmer
# Languages for which tantivy has a stemmer: code -> name.
STEMMERS = {code: STEMMED[code] for code in "ar da de el en es fi fr hu it nl no pt ro ru sv ta tr".split()}
ALSO_CALLED = {"nb": "no", "nn": "no", **{name: code for code, name in STEMMERS.items()}}
COMPOUNDING = frozenset("da de fi hu nl no sv".split())  # fields of languages that write what belongs together as one word
WITH_STOPWORDS = frozenset("da de es fi fr hu it nl no pt ru sv".split())  # lists that tantivy has, beside English

# Burmese, Thai, Lao, Khmer, kana, Han, Hangul: scripts whose words a space does not end, or not reliably.
UNSPACED = compiled_later(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff]+"
)
WORD = compiled_later(r"[^\W_]+")
GREEK = dict(zip(
    "αβγδεζηθικλμνξπρστυφχψω",
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega".split(),
    strict=True,
))  # fmt: skip

GREEK_LETTER = compiled_later("(?<![\u0370-\u03ff])[α-ρτ-ωΓΔΘΛΞΠΣΦΨΩσ](?![\u0370-\u03ff])")  # not within a Greek word
LONGEST_WORD_BYTES = 60
SHORTEST_SLIP = 5  # letters of a word that may be a misspelling; shorter ones have too many neighbours


def content_stems(text: str) -> list[str]:
    """The stems of the words of an English text that carry meaning, in order."""
    found = [word for word in re.findall(r"\w+", text.casefold()) if word not in ASKING]
    return list(stemmer("en").stemWords(found))


def field_of(language: str) -> str:
    """The index field for a language: `en` for "en", "en-GB" and "English"; `plain` where there is no stemmer."""
    name = re.split(r"[-_ ]", language.strip().lower())[0]
    code = ALSO_CALLED.get(name, name)
    return code if code in STEMMERS else PLAIN


def normalize(text: str) -> str:
    """One spelling for what is the same: ﬁ and fi, x² and x2, é in one or two characters, α and alpha. No lone surrogates."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8"))
    return GREEK_LETTER.sub(lambda letter: GREEK[letter[0].lower()], text)


def without_unspaced(text: str) -> str:
    """The text with blanks for its runs of unspaced script, which are compared as bigrams."""
    return text if text.isascii() else UNSPACED.sub(" ", text)


def bigrams(text: str) -> list[str]:
    """Every two neighbouring characters of each run of unspaced script, in order; a lone character as itself."""
    if text.isascii():
        return []
    return [gram for run in UNSPACED.findall(text) for gram in _bigrams_of(run)]


def _bigrams_of(run: str) -> list[str]:
    return [run[start : start + 2] for start in range(len(run) - 1)] or [run]


def content_words(query: str) -> list[str]:
    """The words of a question that carry meaning, as they are written; all of its words where none would be left."""
    found = WORD.findall(without_unspaced(query))
    empty = SEARCHING | FUNCTION_WORDS.get(language_of(query), frozenset())
    return [word for word in found if word.lower() not in empty] or found


def language_of(query: str) -> str:
    """The code of a question's language, "" for English and for one that we don't tell: it has two of the language's function
    words, or begins with one."""
    words = [word.lower() for word in WORD.findall(without_unspaced(query))]
    counts = {language: sum(word in known for word in words) for language, known in FUNCTION_WORDS.items()}
    best = max(counts, key=counts.__getitem__)
    english = sum(word in SEARCHING for word in words)
    begins = bool(words) and words[0] in FUNCTION_WORDS[best] and words[0] not in SEARCHING
    return best if (counts[best] >= 2 and counts[best] > english) or (begins and counts[best] >= english) else ""
