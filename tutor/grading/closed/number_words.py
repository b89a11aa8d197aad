"""Whole numbers in the words of other languages than English, as a tutor may say them: "dreiundsechzig", "cinq cent douze"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tutor.stop_words import DETECTING_ENGLISH, FUNCTION_WORDS

# Word -> value by language, or what it multiplies by; with a "-" behind it, any ending may follow.
_WORDS = {
    "de": "null=0 zwei=2 zwo=2 drei=3 vier=4 fünf=5 sechs=6 sieben=7 acht=8 neun=9 zehn=10 elf=11 zwölf=12 sechzehn=16 "
    "siebzehn=17 zwanzig=20 dreißig=30 dreissig=30 vierzig=40 fünfzig=50 sechzig=60 siebzig=70 achtzig=80 neunzig=90 "
    "ein=1 hundert=x100 tausend=x1000 und=+",
    "fr": "zéro=0 deux=2 trois=3 quatre=4 cinq=5 six=6 sept=7 huit=8 neuf=9 dix=10 onze=11 douze=12 treize=13 quatorze=14 "
    "quinze=15 seize=16 vingt=20 trente=30 quarante=40 cinquante=50 soixante=60 quatrevingt=80 quatrevingts=80 cent=x100 "
    "cents=x100 mille=x1000 et=+",
    "es": "cero=0 dos=2 tres=3 cuatro=4 cinco=5 seis=6 siete=7 ocho=8 nueve=9 diez=10 once=11 doce=12 trece=13 catorce=14 "
    "quince=15 dieciséis=16 diecisiete=17 dieciocho=18 diecinueve=19 veinte=20 veintiuno=21 veintidós=22 veintitrés=23 "
    "veinticuatro=24 veinticinco=25 veintiséis=26 veintisiete=27 veintiocho=28 veintinueve=29 treinta=30 cuarenta=40 "
    "cincuenta=50 sesenta=60 setenta=70 ochenta=80 noventa=90 cien=100 ciento=100 doscientos=200 trescientos=300 "
    "cuatrocientos=400 quinientos=500 seiscientos=600 mil=x1000 y=+",
    "pt": "zero=0 dois=2 duas=2 três=3 quatro=4 cinco=5 seis=6 sete=7 oito=8 nove=9 dez=10 onze=11 doze=12 treze=13 quinze=15 "
    "dezesseis=16 dezessete=17 dezoito=18 dezenove=19 vinte=20 trinta=30 quarenta=40 cinquenta=50 sessenta=60 setenta=70 "
    "oitenta=80 noventa=90 cem=100 cento=100 quinhentos=500 mil=x1000 e=+",
    "it": "zero=0 due=2 tre=3 quattro=4 cinque=5 sei=6 sette=7 otto=8 nove=9 dieci=10 undici=11 dodici=12 tredici=13 "
    "quindici=15 sedici=16 diciassette=17 diciotto=18 diciannove=19 venti=20 trenta=30 quaranta=40 cinquanta=50 "
    "sessanta=60 settanta=70 ottanta=80 novanta=90 cento=x100 mille=x1000 mila=x1000",
    "nl": "nul=0 twee=2 drie=3 vier=4 vijf=5 zes=6 zeven=7 acht=8 negen=9 tien=10 elf=11 twaalf=12 dertien=13 veertien=14 "
    "twintig=20 dertig=30 veertig=40 vijftig=50 zestig=60 zeventig=70 tachtig=80 negentig=90 een=1 honderd=x100 "
    "duizend=x1000 en=+ ën=+",
    "ru": "ноль=0 нул-=0 два=2 две=2 двух=2 три=3 трёх=3 трех=3 четыр-=4 пять=5 пяти=5 шест-=6 семь=7 семи=7 восемь=8 восьми=8 "
    "девят-=9 десят-=10 одиннадцат-=11 двенадцат-=12 тринадцат-=13 четырнадцат-=14 пятнадцат-=15 шестнадцат-=16 "
    "семнадцат-=17 восемнадцат-=18 девятнадцат-=19 двадцат-=20 тридцат-=30 сорок-=40 пятьдесят-=50 шестьдесят-=60 "
    "семьдесят-=70 восемьдесят-=80 девяносто-=90 сто=100 двести=200 триста=300 четыреста=400 пятьсот=500 тысяч-=x1000",
}
ONES = "eins eine einer einem ein un une una uno um uma een één один одна"  # mostly articles, numbers only beside others
PARTS = {
    3: "drittel dritteln tiers tercios terços terzi derde трети третей",
    4: "viertel vierteln quarts cuartos quartos quarti четверти",
    5: "fünftel fünfteln cinquièmes quintos quinti пятых",
    8: "achtel achteln huitièmes octavos восьмых",
}  # fmt: skip
PART_OF = {word: value for value, words in PARTS.items() for word in words.split()}
IDEOGRAPHS = {mark: value for value, mark in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
TIMES = {"十": 10, "百": 100, "千": 1000}
IN_IDEOGRAPHS = re.compile(f"[{''.join(IDEOGRAPHS)}{''.join(TIMES)}]+")
COMPOUNDS = ("de", "nl", "it")  # languages that write a number as one word
ALSO_ENGLISH = frozenset("once due sei cent elf null seis six mil en e y et und".split())  # told apart by the words around
_SUFFIXES = ("s", "e", "es", "en", "er", "n", "te", "ste", "ième")


def numbers_in_words(text: str) -> Iterator[float]:
    """The numbers that a text holds in words of the languages that the program knows, without English and without one.

    They are whole, but for "zwei Drittel".
    """
    text = text.casefold()
    words = re.findall(r"[^\W\d_]+", text.replace("quatre-vingt", "quatrevingt"))
    others = set(words) - DETECTING_ENGLISH
    for language in _WORDS:
        yield from _values(words, language, is_known=bool(FUNCTION_WORDS.get(language, frozenset()) & others))
    for found in IN_IDEOGRAPHS.findall(text):
        value = _sum([("x", TIMES[mark]) if mark in TIMES else ("", IDEOGRAPHS[mark]) for mark in found])
        if value > 1:
            yield value


def _values(words: list[str], language: str, is_known: bool) -> Iterator[float]:
    run: list[tuple[str, int]] = []
    for word in [*words, ""]:
        parts = () if word in ALSO_ENGLISH and not is_known and not run else _parts(word, language)
        goes_on = parts and not (run and language in COMPOUNDS)
        if run and not goes_on:
            value = _sum(run)
            if value != 1:
                yield value / PART_OF.get(word, 1)
            run = []
        if parts and (run or parts[0][0] != "+"):
            run += parts


@lru_cache(maxsize=4096)
def _parts(word: str, language: str) -> tuple[tuple[str, int], ...]:
    """The numbers that a word is made of; () where it is another word."""
    if not word:
        return ()
    table = _table(language)
    for suffix in ("", *_SUFFIXES):
        if word.endswith(suffix) and (one := table.get(word[: len(word) - len(suffix)])):
            return (one,)
    stems = [stem for stem in table if stem.endswith("-") and word.startswith(stem[:-1])]
    if stems:
        return (table[max(stems, key=len)],)
    if language not in COMPOUNDS:
        return ()
    for size in range(len(word) - 1, 1, -1):
        if (first := table.get(word[:size])) and first[0] != "+" and (rest := _parts_within(word[size:], table)):
            return (first, *rest)
    return ()


def _parts_within(word: str, table: dict[str, tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    if not word or word in _SUFFIXES:
        return () if not word else (("+", 0),)
    for size in range(len(word), 1, -1):
        if first := table.get(word[:size]):
            rest = _parts_within(word[size:], table)
            if rest or size == len(word):
                return (first, *rest)
    return ()


@lru_cache(maxsize=16)
def _table(language: str) -> dict[str, tuple[str, int]]:
    found = {}
    for entry in _WORDS[language].split():
        word, _, value = entry.partition("=")
        found[word] = ("+", 0) if value == "+" else ("x", int(value[1:])) if value[0] == "x" else ("", int(value))
    return found


def _sum(parts: list[tuple[str, int]]) -> int:
    """What numbers next to each other come to: each is added to those before, or multiplies what stands before it."""
    total = last = 0
    for kind, value in parts:
        if kind == "x" and value == 1000:
            total, last = (total + last or 1) * value, 0
        elif kind == "x":
            ones = last % 100 if value >= 100 else last % 10
            last = last - ones + (ones or 1) * value
        else:
            last += value
    return total + last


# Each word of these languages that is a number by itself, without those that are English words, too.
COUNTING: dict[str, int] = {
    **dict.fromkeys(ONES.split(), 1),
    **{
        word: value
        for language in _WORDS
        for word, (kind, value) in _table(language).items()
        if not kind and not word.endswith("-") and word not in ALSO_ENGLISH
    },
}
