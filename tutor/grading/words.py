"""Text as the grader sees it: cleaned, cut into tokens and stemmed, with negated words marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from tutor import stop_words
from tutor.grading import lexicon
from tutor.grading.lexicon import stem

# Letters of other scripts that look like Latin ones, and are read as those.
LOOKALIKE = str.maketrans(
    "аеорсухіјѕԁԛԝһьгпкмнтвАВЕКМНОРСТХУІЈЅԌѵɡıⅼ∕",
    "aeopcyxijsdqwhbrnkmhtbABEKMHOPCTXYIJSGvgil/",
)
GREEK_LOOKALIKE = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονρυικτχε", "ABEZHIKMNOPTYXaovpuiktxe")
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
CYRILLIC = re.compile(r"[\u0400-\u052f]")
MIXED_GREEK = re.compile(r"\b(?=\w*[a-zA-Z])(?=\w*[Ͱ-Ͽ])\w+\b")
TOKEN = re.compile(
    r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)*"  # 1,000.5 and 0.25
    r"|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"  # Chinese, Japanese and Korean put no spaces: each sign is one
    r"|[^\W\d_]+(?:_\w+|(?:'[^\W\d_]+)*\d*)"  # words, d_k, x2
    r"|[+−*/=<>≤≥≈√%°]|[.;:!?,()]"
)
CLAUSE_END = frozenset(".;:!?,()") | frozenset(
    ["but", "because", "so", "since", "although", "though", "while", "whereas", "however"]
)

QUOTED_T = re.compile(r"(?<=n)[\"`´]t\b")  # aren"t, as some keyboards produce it
MAX_CHARS = 6000  # the rest is not read: no answer to a short question is that long
SENTENCE_END = re.compile(r"(?<=[.!?\n])\s+")  # in what learners type; a lesson's prose is cut by tutor.corpus


ESCAPED = re.compile(r"\\u((?![dD][89a-fA-F])[0-9a-fA-F]{4})")  # as JSON writes what is not ASCII, surrogates left alone


STRUCK_OUT = re.compile(r"~~(?=\S)[^~\n]+(?<=\S)~~")


def clean(text: str, references_use_cyrillic: bool = False) -> str:
    """The text as a reader sees it: compatibility forms folded, what is invisible or struck out gone, lookalike letters Latin."""
    text = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text[: MAX_CHARS * 2])
    text = STRUCK_OUT.sub(" ", QUOTED_T.sub("'t", INVISIBLE.sub("", text)))
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = INVISIBLE.sub("", text).replace("’", "'").replace("‘", "'").replace("ʼ", "'")
        if not references_use_cyrillic:
            text = text.translate(LOOKALIKE)
        text = MIXED_GREEK.sub(lambda found: found.group().translate(GREEK_LOOKALIKE), text)
    return text[:MAX_CHARS]


@dataclass(slots=True)
class Token:
    """One word or number of a text."""

    text: str  # lower case, as typed
    stem: str
    start: int  # characters into the cleaned text
    end: int
    kind: str  # "word", "number", "stop", "not" (a negation), "mark" (punctuation)
    negated: bool = False  # within the reach of a negation


NEGATION_REACH = 4  # content words after a negation that it negates
INTERJECTIONS = frozenset({"no", "nope", "nah"})  # "No, it is …" denies what was asked, not what follows


def tokens(text: str, language: str = "en") -> list[Token]:
    """The tokens of a cleaned text, in order, each marked if a negation reaches it."""
    found: list[Token] = []
    english = language.startswith("en")
    reach = 0
    lower = text.lower()
    if len(lower) != len(text):  # a few letters change length (İ): then positions are those of the lowered text
        text = lower
    for match in TOKEN.finditer(lower):
        word = match.group()
        first = word[0]
        if not (first.isalnum()):
            if word in ".;:!?,()":
                found.append(Token(word, word, match.start(), match.end(), "mark"))
                if word in ".;:!?" or (word == "," and found[-2:-1] and found[-2].text in INTERJECTIONS):
                    reach = 0
            else:
                found.append(Token(word, word, match.start(), match.end(), "number" if word not in "/*=" else "stop"))
            continue
        if first.isdigit():
            value = word.replace(",", "")
            if "." in value:
                value = value.rstrip("0").rstrip(".")
            found.append(Token(word, value.lstrip("0") or "0", match.start(), match.end(), "number", reach > 0))
            continue
        bare = word.replace("'", "")
        if english and (word in lexicon.NEGATION or bare in lexicon.NEGATION or word.endswith("n't")):
            found.append(Token(word, "not", match.start(), match.end(), "not"))
            reach = NEGATION_REACH
            continue
        if word.endswith("'s"):
            word = word[:-2]
        if english and word in lexicon.NUMBER_WORDS and word != "one":
            found.append(Token(word, lexicon.NUMBER_WORDS[word], match.start(), match.end(), "number", reach > 0))
            continue
        if word in CLAUSE_END:
            reach = 0
        if english and word in stop_words.GRADING:
            found.append(Token(word, word, match.start(), match.end(), "stop", reach > 0))
            continue
        found.append(Token(word, stem(bare if "'" in word else word, language), match.start(), match.end(), "word", reach > 0))
        if reach:
            reach -= 1
    return found


def right_in_words(quotes: Iterable[str]) -> str:
    """What was right in an answer, in the learner's own words; "" where there are none."""
    said = "; ".join(f"“{quote}”" for quote in quotes)
    return f"Right: {said}." if said else ""


def without_questions(feedback: str) -> str:
    """The sentences of a verdict that ask nothing."""
    return " ".join(sentence for sentence in SENTENCE_END.split(feedback) if not sentence.rstrip('”"').endswith("?"))


def flat(text: str) -> str:
    """The words and numbers of a text in lower case, with single blanks between them."""
    return " ".join(re.findall(r"\d+(?:[.,]\d+)*|[^\W_]+", text.casefold()))
