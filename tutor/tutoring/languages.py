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

# What makes a question an open one, or one of several answers. One that is neither may tell what it asks for: "Is it not ...?"
OPEN_QUESTION = re.compile(
    r"(?<!\w)(?:was|wie|warum|wieso|weshalb|wozu|wann|wo|woran|womit|wodurch|wovon|wer|wem|wen|welche[rsmn]?|oder"
    r"|que|qu['’]\w+|quoi|qui|quel(?:le)?s?|où|comment|pourquoi|combien|ou"
    r"|qué|quién(?:es)?|cuál(?:es)?|cuánt[oa]s?|cuándo|dónde|cómo|o|u|quem|qual|quais|onde|quando|quant[oaie]s?|como|por\s+quê?"
    r"|che|cosa|chi|quali|dove|come|perché|wat|hoe|waarom|wanneer|waar|wie|welke?|of"
    r"|vad|hur|varför|när|var|vilke[nt]|vilka|eller|hvad|hvordan|hvorfor|hvor|hvilke[nt]?|hvem|hva|co|jak|dlaczego|kiedy|gdzie|ile"
    r"|któr\w+|czy|lub|ne|neden|nasıl|hangi|kim|kaç|что|как|почему|зачем|когда|где|кто|сколько|как(?:ой|ая|ое|ие)|чем|или)(?!\w)"
    r"|什么|怎|为什么|為什麼|哪|多少|几|谁|还是|何|なぜ|どう|どれ|どの|どこ|誰|いつ|무엇|왜|어떻|어느|어디|얼마|누구|언제",
    re.I,
)
# How an analogy begins in other languages than English
LIKENS_ABROAD = re.compile(
    r"\W*(?:stell(?:en\s+sie)?\s+(?:dir|euch|sich)\b|denk(?:e|t|en\s+sie)?\s+an\b|angenommen\b|imagin\w+|pense[zr]?\s+à\b"
    r"|suppos\w+|piens[ae]\s+en\b|supón\w*|pensa\s+a\b|immagina\w*|pens[ae]\s+(?:em|num|numa)\b|stel\s+je\b|denk\s+aan\b"
    r"|представь\w*|вообрази\w*|wyobraź\w*|föreställ\s+dig|想象|想像|假设|假如|比如想)",
    re.I,
)


def is_open(text: str) -> bool:
    """Whether a question in another language than English asks for more than a yes."""
    return bool(OPEN_QUESTION.search(text))


def likens(text: str) -> bool:
    """Whether a sentence in another language than English begins as an analogy does."""
    return bool(LIKENS_ABROAD.match(text))


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


def is_in_another_language(text: str, language: str) -> bool:
    """Whether a text is in another language, so that it can't be compared with what is in this one."""
    return leaning(text, language) < 0


def may_change(lines: Sequence[str], language: str) -> bool:
    """Whether a learner speaks another language than a session, or asks for one, so that the tutor may, too."""
    return any(leaning(line, language) < 0 or hearing.hear(line).kind == hearing.LANGUAGE for line in lines)
