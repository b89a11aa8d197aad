"""The words around a typed number: which say nothing about its value, and which take it back."""

from __future__ import annotations

import re
from collections.abc import Set

from tutor.grading.closed.units import same_unit, scales
from tutor.grading.lexicon import NEGATION, NUMBER_WORDS, stem
from tutor.models import Item

# Frames and hedges: "I think it is about 0.42", also as learners of other languages put them.
HARMLESS = frozenset(
    """
    a an the this that it its is are was be it's that's i'd i'm i we my our i'll answer ans result value number total in all
    of per each for on at and so well hmm ok okay then would should must think guess believe say get got have suppose sure assume
    about around somewhere approximately approx roughly circa ca maybe perhaps probably likely presumably exactly precisely just
    only simply equal equals to by with certainly definitely surely clearly obviously rounded right correct or
    oh ah aha yes yeah now hence therefore thus course sorry me see
    ungefähr etwa rund es sind das ist die der antwort ergebnis glaube ich denke gleich genau wohl vielleicht gerundet
    environ c'est est la le les réponse je pense crois égal peut être
    aproximadamente unos unas es son creo que respuesta igual quizás el los cerca de é acho resposta
    è credo penso risposta forse ongeveer het denk antwoord
    """.split()
)
# Words that change a value, and so are never harmless, even where the question holds them.
CHANGES_VALUE = frozenset(
    """
    plus minus negative less more fewer than over under below above beyond times twice thrice double doubled triple half third
    quarter square squared cube cubed root sqrt log ln exp inverse reciprocal power factorial percent hundred thousand million
    billion trillion between from up down least most off away too almost nearly if unless until versus divided multiplied
    """.split()
)
_HEDGED_DOUBT = re.compile(
    r"(?:^|[,.;:(–—-]\s*|\b(?:i'?m|i am|but|though)\s+)not (?:(?:really|quite|entirely|very|too|so|totally|completely|100 ?%) )*"
    r"(?:sure|certain)\b(?!\s+(?:that|it|if|to))(?:,?\s*but\b)?|\bif i'?m not mistaken\b"
    r"|\b(?:i have )?no idea\b|\b(?:there is )?no doubt\b"
    r"|\bwithout (?:any |a )?doubt\b|\bi (?:don'?t|do not) know(?:,?\s*but)?\b",
    re.I,
)
_DENIAL = re.compile(
    r"(?<!\w)(?:"
    + "|".join(sorted(NEGATION))
    + r"|\w+n't|wrong|false|incorrect|untrue|except|unlike|scarcely|impossible|unlikely|doubt\w*|deny|opposite|excluded"
    r"|(?:anything|everything|all) but|far from|(?:other|rather) than|instead of|apart from|contrary to"
    r"|nicht|kein\w*|nie|niemals|falsch|pas|non|jamais|faux|nunca|jamás|ningun\w*|ningún|niet|geen|nooit|fout|não|nem|mai|"
    r"sbagliat\w|errat\w|errad\w|ikke|inte|aldrig|не|нет|никогда)(?!\w)|≠|!=|<>|¬|不|没|沒|ない|아니",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[%‰$€£°]")
_BEFORE = re.compile(r"""^(?:[\s=≈~:≅≃"'“„«(]|[.,](?!\d))+""")
_SILENT = re.compile(r"[\s,.;:!?()\[\]\"'“”„«»*`…~-]+")  # punctuation that says nothing about a value


def denial(text: str) -> str:
    """The word with which an answer takes its number back, such as "not"; "" where there is none."""
    found = _DENIAL.search(_HEDGED_DOUBT.sub(" ", text.replace("’", "'")))
    return found[0] if found else ""


def without_hedged_doubt(text: str) -> str:
    """A text without "I'm not sure" and the like, which are hedges although they hold a negation."""
    return _HEDGED_DOUBT.sub(" ", text).strip()


def words_of_question(item: Item) -> frozenset[str]:
    """The words, and their stems, that an answer may repeat from its question without changing its number."""
    text = f"{item.question} {item.section.replace('-', ' ')} {item.unit}".lower().replace("’", "'")
    words = {word for word in _WORD.findall(text) if word not in CHANGES_VALUE and word not in NUMBER_WORDS}
    return frozenset(words | {stem(word) for word in words})


def is_harmless(word: str, said: Set[str]) -> bool:
    """Whether a word around a number leaves its value as it is. said: the words of the question."""
    word = word.lower()
    if word in CHANGES_VALUE or word in NUMBER_WORDS:
        return False
    if word in HARMLESS or word in said or stem(word) in said:
        return True
    return len(stem(word)) >= 4 and any(other.startswith(stem(word)) for other in said)  # params


def without_frame(text: str, said: Set[str] = frozenset()) -> str:
    """A text without what stands before its number and says nothing about it: "I think the weight is about"."""
    while True:
        text = _BEFORE.sub("", text)
        variable = re.match(r"[^\W\d]\w{0,4}(?:\s*\([^()]*\))?\s*[=≈]\s*(?=\S)", text)
        if variable:
            text = text[variable.end() :]
            continue
        word = _WORD.match(text)
        if not word or word[0] in "%‰$€£°" or not text[word.end() :] or not is_harmless(word[0], said):
            return text
        text = text[word.end() :]


def unit_and_strays(text: str, item: Item, said: Set[str]) -> tuple[str, str]:
    """What follows a number, as (its unit or "", the words that are neither unit nor harmless or "")."""
    text, wanted = text.strip(" ,.;"), item.unit
    if not text or (wanted and same_unit(text, wanted)):
        return text and wanted, ""
    if not wanted and text in ("x", "×", "times", "fold"):
        return "", ""
    unit, rest = "", text
    begin = wanted and re.match(re.escape(wanted) + r"(?!\w)", text, re.I)
    words = re.match(r"(per cent|[^\W\d_]+|[%‰$€£])", text)
    if begin:
        unit, rest = wanted, text[begin.end() :]
    elif words and (scales(words[0]) or (wanted and same_unit(words[0], wanted))) and not _is_asked_as_word(words[0], item, said):
        unit, rest = words[0], text[words.end() :]
    strays = [word for word in _SILENT.split(rest) if word and not _all_harmless(word, said)]
    if unit and not wanted and not _belongs(unit, said):
        return "", unit
    return unit, " ".join(strays)


def _is_asked_as_word(word: str, item: Item, said: Set[str]) -> bool:
    """Whether a word that may be a unit is only a word of the question, which wants no unit: "the second weight"."""
    return not item.unit and word.lower() in said and "share" not in scales(word)


def _all_harmless(word: str, said: Set[str]) -> bool:
    return bool(_WORD.fullmatch(word)) and is_harmless(word, said)


def _belongs(unit: str, said: Set[str]) -> bool:
    """Whether a unit fits a question that names none: a share, nats, or one that the question speaks of in other letters."""
    kinds = scales(unit)
    return "share" in kinds or unit.lower().rstrip("s") == "nat" or any(same_unit(unit, word) for word in said)
