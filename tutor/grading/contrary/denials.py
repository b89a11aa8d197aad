"""Denials without a "not", spelled out: "fails to eat" says "does not eat", and "X rather than Y" says "X, not Y"."""

from __future__ import annotations

import re

_TO = r"(?:fail(?:s|ed|ing)?|refus(?:es?|ed|ing)|declin(?:es?|ed|ing)|neglect(?:s|ed|ing)?|omit(?:s|ted)?|ceas(?:es?|ed|ing))"
_DOING = r"(?!\w*thing\b|during\b|string\b|king\b|ring\b)(?=\w{2,}ing\b)"
_STOP = (
    r"(?:stop(?:s|ped)?|ceas(?:es?|ed|ing)|quits?|avoid(?:s|ed|ing)?|giv(?:es?|ing) up|abandon(?:s|ed)?|refrain(?:s|ed)? from"
    r"|keep(?:s|ing)? from|kept from)"
)
_HINDER = (
    r"(?:prevent(?:s|ed|ing)?|keep(?:s|ing)?|kept|stop(?:s|ped|ping)?|block(?:s|ed|ing)?|hinder(?:s|ed|ing)?|protect(?:s|ed|ing)?"
    r"|bar(?:s|red)?|prohibit(?:s|ed|ing)?|sav(?:es?|ed|ing))"
)
_WITHOUT_OBJECT = (
    r"(?:avoid(?:s|ed|ing)?|ignor(?:es?|ed|ing)|skip(?:s|ped|ping)?|lack(?:s|ed|ing)?|omit(?:s|ted|ting)?|neglect(?:s|ed|ing)?"
    r"|disregard(?:s|ed|ing)?|overlook(?:s|ed|ing)?|refus(?:es?|ed|ing)|prevent(?:s|ed|ing)?|forbid(?:s|ding)?|miss(?:es|ed|ing)?"
    r"|escap(?:es?|ed|ing))"
)
_NOT_BUT = r"(?:rather\s+than|instead\s+of|in\s+place\s+of|as\s+opposed\s+to)"
_NO_VERB = r"(?:is|are|was|were|be|and|or|but|so|to|of|in|on|at|by|for|from|with|that|there|as|than|almost|if|because|then)"
SPELLED_OUT = [
    (re.compile(pattern, re.I), instead)
    for pattern, instead in (
        (rf"(?:^|(?<=[.;:!?]\s)){_NOT_BUT}\s+([^,.;:]+),", r"Not \1;"),
        (rf",?\s*\b{_NOT_BUT}\b([^,.;:]*),(?!\d)", r", not\1:"),  # a colon ends what the "not" reaches
        (rf",?\s*\b{_NOT_BUT}\b", ", not"),
        (r"\bto\s+nothing\b", ""),
        (rf"\b(?!{_NO_VERB}\b)(\w+)\s+(?:nothing|none|nobody)\b", r"does not \1"),
        (r"\b(?:no|not|never)\s+(?:larger|more|greater|bigger|higher|longer)\s+than\b", "at most"),
        (r"\b(?:no|not|never)\s+(?:less|smaller|fewer|lower|shorter)\s+than\b", "at least"),
        (r"\banything\s+but\b(?=\s+\w)", "not"),
        (rf"\b{_TO}\s+to\b", "does not"),
        (r"\b(?:unable|unwilling|powerless|reluctant)\s+to\b", "not"),
        (rf"\b{_STOP}\s+{_DOING}", "does not "),
        (rf"\b(?:keeps?|kept|continues?|continued)\s+(?:on\s+)?{_DOING}", ""),
        (rf"\b{_HINDER}\s+((?:(?!from\b)[^\s,.;:]+\s+){{1,6}})from\s+(?=(?:being|{_DOING}))", r"\1does not "),
    )
]
OF_AN_OBJECT = re.compile(rf"\b(?:to\s+)?{_WITHOUT_OBJECT}\s+(?=\w)([^,.;:]*),?", re.I)
# Verbs of several words of which another word is the opposite, by the word that is.
PHRASAL = [
    (re.compile(pattern, re.I), instead)
    for pattern, instead in (
        (r"\b(?:gives?|gave|given|giving)\s+off\b", "emits"),
        (r"\b(?:takes?|took|taken|taking)\s+(?:in|up)\b", "absorbs"),
        (r"\b(?:lets?|letting|sets?|setting)\s+((?:\w+\s+){1,3}?)(?:go|out|free|loose|escape)\b", r"releases \1"),
        (r"\b(?:holds?|held|holding)\s+(?:back|on\s+to)\b", "holds"),
    )
]


def spelled_out(text: str, objects: bool = False) -> str:
    """An English text with a "not" where it denies in another way, and with single words for some verbs of several.

    objects: "avoids X" becomes "does not X", too. It loses the verb then, which suits what is held against a text, and not
    the text.
    """
    for pattern, instead in (*SPELLED_OUT, *PHRASAL):
        text = pattern.sub(instead, text)
    if objects:
        text = OF_AN_OBJECT.sub(lambda found: f"does not {found[1]}" + (":" if found[0].endswith(",") else ""), text)
    return text
