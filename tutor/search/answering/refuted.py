"""Misconceptions that a text names in order to refute them: where they stand, and what is said against them."""

from __future__ import annotations

import re

from tutor.models import HEADING_SEPARATOR
from utils.patterns import compiled_later

HEADINGS = compiled_later(
    r"\b(?:mis-?(?:conceptions?|understandings?|beliefs?|takes?\s+(?:about|people))|myths?|fallac(?:y|ies)|pitfalls?"
    r"|gotchas?|delusions?"
    r"|(?:common|typical|frequent|usual|popular|classic|beginners?['’]?|students?['’]?"
    r"|people['’]?s?)\s+(?:\w+\s+)?(?:mistakes?|errors?|traps?|confusions?|beliefs?|wrong)"
    r"|mistakes?\s+(?:to avoid|people|beginners|students|often|that)|things?\s+(?:people|that people|students"
    r"|beginners)\s+(?:often\s+)?get\s+wrong"
    r"|(?:what|where)\s+(?:\w+\s+){0,3}gets?\s+wrong|common\s+(?:mis\w+|confusions?)|(?:wrong|false|mistaken)\s+(?:ideas?"
    r"|beliefs?|assumptions?|notions?|claims?)"
    r"|not\s+true|what\s+\w+\s+is\s+not|it\s+is\s+not\s+true|debunk\w*|fact\s+(?:or|vs\.?|and)\s+fiction"
    r"|irrt[uü]me?r?|irrtümer|missverständnisse?|(?:häufige|typische|verbreitete|übliche|beliebte)\w*\s+(?:fehler|irrtümer"
    r"|irrtum|denkfehler|fallen|mythen)"
    r"|mythen|mythos|fallstricke?|trugschlüsse?|fehlvorstellung\w*|denkfehler|stolperfallen?|falsche\s+(?:vorstellung"
    r"|annahme)\w*"
    r"|id[ée]es?\s+(?:re[çc]ues?|fausses?)|malentendus?|mythes?|pi[èe]ges?|(?:erreurs?|fautes?|confusions?)\s+(?:courantes?"
    r"|fr[ée]quentes?|classiques?|communes?|typiques?|de\s+d[ée]butant)"
    r"|fausses\s+(?:id[ée]es|croyances)|(?:errores|fallos|equivocaciones|confusiones)\s+(?:comunes|frecuentes|t[íi]picos"
    r"|habituales|cl[áa]sicos)"
    r"|(?:ideas|conceptos|creencias)\s+(?:equivocad[ao]s|err[óo]ne[ao]s|fals[ao]s)|concepciones\s+err[óo]neas|mitos?"
    r"|malentendidos?|trampas?"
    r"|заблуждени\w+|миф(?:ы|ов)?|недоразумени\w+|(?:частые|типичные|распростран[её]нные|обычные|популярные)\s+(?:ошибки"
    r"|заблуждения|мифы)"
    r"|ошибочные\s+(?:представления|мнения|убеждения)|ловушки|подводные\s+камни)\b"
    r"|误区|誤區|误解|誤解|常见错误|常見錯誤|迷思|陷阱|よくある(?:間違い|誤り|勘違い)|落とし穴|思い込み|勘違い",
    re.I,
)
BULLET = compiled_later(r"\A\s*(?:[-*+]|\d{1,9}[.)])\s+")
CLAIM = compiled_later(
    r"\s*(?:\*\*(?P<bold>(?:[^*]|\*(?!\*))+)\*\*|__(?P<strong>[^_]+)__|\*(?P<em>[^*]+)\*|_(?P<under>[^_]+)_"
    r"|[“\"„«](?P<quoted>[^”\"“»]+)[”\"“»])\s*[.:!?—–-]*\s*"
)
FACT = compiled_later(
    r"\b(?:fact|reality|truth|correction|correct|actually|in fact|wahrheit|tatsache|richtig|réalité|vérité|fait|realidad"
    r"|verdad|hecho|на самом деле|факт|правда|реальность)\b\**\s*[:：]\**\s*",
    re.I,
)
FIRST_SENTENCE = compiled_later(r".+?[.!?…。！？](?:[\"”’)*_]*)(?=\s+\S)|.+?\s[—–]\s|.+?[。！？]", re.S)
ADVICE = compiled_later(
    r"\W*(?:do not|don['’]t|never|avoid|no,|not |be careful not|make sure|always|nicht|nie|niemals|vermeide|ne |jamais"
    r"|évite|no |nunca|evita|не |никогда|избегайте)",
    re.I,
)
VERDICT = compiled_later(
    r"(?:(?:Yes|No|Not (?:always|necessarily|quite|really|exactly)|Partly|Sometimes|Usually|Ja|Nein|Doch|Nicht immer|Oui|Non"
    r"|Pas toujours|S[íi]|No siempre|Да|Нет|Не всегда)[.:,]\s+)+(?:but\s+)?",
    re.I,
)
AFFIRMS = compiled_later(r"(?:yes|partly|sometimes|usually|ja|doch|oui|s[íi]|да)\b", re.I)
BEGINS_WORD = compiled_later(r"[a-zà-öø-ÿ]{2}|a ")


def is_about_misconceptions(heading_path: str) -> bool:
    """Whether a section collects false beliefs, by its own heading or one above it; a lesson's title doesn't count."""
    titles = heading_path.split(HEADING_SEPARATOR)
    return any(HEADINGS.search(title) for title in titles[1:] or titles)


def parted(entry: str) -> tuple[str, str]:
    """(the claim, what is said against it) of an entry of such a list; the second is "" where nothing is said."""
    fact = FACT.search(entry)
    if fact and fact.start() > 3:
        return entry[: fact.start()].strip(), entry[fact.end() :].strip()
    claim = CLAIM.match(entry)
    if claim and claim.end() < len(entry):
        return next(filter(None, claim.groups())), entry[claim.end() :].strip()
    if claim or is_advice(entry):
        return (entry, "") if claim else ("", entry)
    first = FIRST_SENTENCE.match(entry)
    return (first[0].strip(" —–"), entry[first.end() :].strip()) if first else (entry, "")


def question_of(entry: str) -> str:
    """The question in bold that an entry answers, "" where it has none: `- **Is it fast?** No: it is slow.`"""
    claim = CLAIM.match(BULLET.sub("", entry, count=1))
    asked = next(filter(None, claim.groups())) if claim else ""
    return " ".join(asked.split()) if is_question(asked) else ""


def is_question(claim: str) -> bool:
    """Whether what stands in bold asks, rather than says what is wrongly believed."""
    return claim.rstrip(' "”»)').endswith(("?", "？", "؟"))


def verdict_of(said: str) -> str:
    """The Yes or No before an answer, with the space after it; "" for none."""
    verdict = VERDICT.match(said)
    return verdict[0] if verdict else ""


def capitalized(said: str) -> str:
    """What stood behind a Yes or No, as a sentence. A name such as `p` stays as it is."""
    return said[:1].upper() + said[1:] if BEGINS_WORD.match(said) else said


def is_advice(text: str) -> bool:
    """Whether a sentence says what not to do, rather than what is wrongly believed."""
    return bool(ADVICE.match(text))
