"""Text that is safe to print, and small functions over words.

Nothing reaches a terminal before it has passed `sanitize`, whether it comes from a lesson, a learner, a model or a file
name. Whatever could move the cursor, hide itself or reverse the reading order is shown as a visible mark instead. Pure.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from typing import Any

MAX_MARKS = 8  # how many combining marks a base character may carry; written languages need at most five
CUT = "⟨…⟩"  # replaces further marks

ZWNJ, ZWJ = "\u200c", "\u200d"
TEXT_STYLE, EMOJI_STYLE = "\ufe0e", "\ufe0f"  # variation selectors 15 and 16
KEYCAP = "\u20e3"
BLACK_FLAG = "\U0001f3f4"
FLAG_TAGS = tuple(
    "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f" for region in ("gbeng", "gbsct", "gbwls")
)

# Controls, bidi controls, characters without a glyph, noncharacters, lone surrogates.
_HIDDEN_CLASS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff\ud800-\udfff"
)
# Ranges without combining marks, excluded so that ordinary typography, box drawing and emoji take the fast path.
_NEVER_MARKS = "\\w\\s\x00-\u02ff\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2100-\u2cee\U0001f000-\U0001faff"
_ODD = re.compile(f"[{_HIDDEN_CLASS}]|[^{_NEVER_MARKS}]")
_ODD_ON_ONE_LINE = re.compile(f"[\t\n{_HIDDEN_CLASS}]|[^{_NEVER_MARKS}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_HIDDEN = re.compile(f"[{_HIDDEN_CLASS}]")

# Scripts whose spelling needs joiners: Arabic and its neighbours, the scripts of India, Sinhala to Myanmar, Khmer,
# Mongolian, and the presentation forms of Arabic.
_JOINED_SCRIPT = re.compile("[\u0600-\u08ff\u0900-\u109f\u1780-\u17ff\u1820-\u18aa\ufb50-\ufdff\ufe70-\ufefc]")
_EMOJI = re.compile(
    "[\xa9\xae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)


def valid(text: str) -> str:
    """`text` as Unicode that can be stored and sent: halves of surrogate pairs joined, and a half alone as `\ufffd`."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def sanitize(text: str, *, newlines: bool = True) -> str:
    """`text` with everything that a terminal would act on or hide replaced by visible marks.

    ESC becomes `␛`, a bidi override `⟨U+202E⟩`. Newlines and tabs stay, CR and CRLF become newlines. With
    `newlines=False`, for text that must stay on one line, line ends become `␊` and `␍` and a tab becomes a space.
    Emoji and the joiners of Persian, Hindi and similar scripts stay whole. Combining marks beyond MAX_MARKS on one base
    are cut. Linear in len(text); sanitizing twice changes nothing more.
    """
    if not (_ODD if newlines else _ODD_ON_ONE_LINE).search(text):
        return text
    stream = StreamSanitizer(newlines=newlines)
    return stream.feed(text) + stream.close()


def escaped(document: str) -> str:
    """A JSON document with each hidden character written as JSON's `\\u009b`; it still says the same."""
    return _HIDDEN.sub(_as_code_units, document)


def _as_code_units(match: re.Match[str]) -> str:
    return re.sub("(....)", r"\\u\1", match[0].encode("utf-16-be", "surrogatepass").hex())


# To a runner of GitHub Actions, a line that begins with :: (after spaces) is a command, and so is ##[ anywhere in a line.
_COMMAND = re.compile(r"^((?:[^\S\n]|\x1b\[[0-9;]*m)*):(?=:)|##(?=\[)", re.MULTILINE)


def defused(text: str) -> str:
    """`text` without any line that a runner of GitHub Actions would take for a command: `: :error::`."""
    return _COMMAND.sub(lambda match: f"{match[0]} ", text)


class StreamSanitizer:
    """`sanitize` for text in pieces: the joined output is that of the joined input, wherever it was cut.

    It only holds back what can't be judged without the next character (a CR, a joiner, the tags of a flag).
    """

    def __init__(self, *, newlines: bool = True):
        self._odd = _ODD if newlines else _ODD_ON_ONE_LINE
        self._newlines = newlines
        self._held = ""
        self._before = ""  # the last character that was kept, "" after one of our marks
        self._marks = 0  # combining marks on the current base

    def feed(self, piece: str) -> str:
        """What can be printed now that `piece` has arrived."""
        return self._judge(self._held + piece, last=False)

    def close(self) -> str:
        """The rest, when nothing more comes."""
        return self._judge(self._held, last=True)

    def _judge(self, text: str, *, last: bool) -> str:
        out: list[str] = []
        done, self._held = 0, ""  # text[:done] has been judged
        for match in self._odd.finditer(text):
            at = match.start()
            if at < done:
                continue  # was taken together with the one before it
            if at > done:
                self._plain(text[done:at], out)
            taken = self._odd_one(text, at, last, out)
            if not taken:
                self._held = text[at:]
                return "".join(out)
            done = at + taken
        self._plain(text[done:], out)
        return "".join(out)

    def _plain(self, run: str, out: list[str]) -> None:
        if run:
            out.append(run)
            self._before, self._marks = run[-1], 0

    def _keep(self, chars: str, out: list[str]) -> int:
        out.append(chars)
        self._before = chars[-1]
        return len(chars)

    def _replace(self, mark: str, out: list[str]) -> int:
        out.append(mark)
        self._before, self._marks = "", 0
        return 1

    def _odd_one(self, text: str, at: int, last: bool, out: list[str]) -> int:
        """Judge the character text[at]. Returns how many characters were taken, 0 if more text is needed first."""
        char = text[at]
        following = text[at + 1 : at + 2]
        waits = not following and not last
        if not _HIDDEN.match(char):
            if char in "\t\n":  # only where everything must stay on one line
                return self._replace(" " if char == "\t" else "␊", out)
            if not unicodedata.category(char).startswith("M"):
                self._marks = 0
                return self._keep(char, out)
            self._marks += 1
            if self._marks <= MAX_MARKS:
                return self._keep(char, out)
            if self._marks == MAX_MARKS + 1:
                out.append(CUT)
                self._before = ""
            return 1
        if char == "\r" and self._newlines:
            if waits:
                return 0
            self._replace("\n", out)
            return 2 if following == "\n" else 1
        if char in (ZWNJ, ZWJ):
            if waits:
                return 0
            if self._may_join(char, following):
                return self._keep(char, out)
        elif char in (TEXT_STYLE, EMOJI_STYLE) and self._before:
            if _EMOJI.match(self._before):
                return self._keep(char, out)
            if self._before in "0123456789#*" and char == EMOJI_STYLE:
                if waits:
                    return 0
                if following == KEYCAP:
                    return self._keep(char, out)
        elif char == FLAG_TAGS[0][0] and self._before == BLACK_FLAG:
            tags = text[at : at + len(FLAG_TAGS[0])]
            if tags in FLAG_TAGS:
                return self._keep(tags, out)
            if not last and len(tags) < len(FLAG_TAGS[0]) and any(flag.startswith(tags) for flag in FLAG_TAGS):
                return 0
        return self._replace(_mark(char), out)

    def _may_join(self, joiner: str, following: str) -> bool:
        """Does spelling, or an emoji, need this joiner between the character before it and `following`?"""
        before = self._before
        if not before or self._marks > MAX_MARKS:
            return False
        if joiner == ZWJ and following and _EMOJI.match(following):
            return before in (TEXT_STYLE, EMOJI_STYLE) or bool(_EMOJI.match(before))
        if not _is_joined_script(before):
            return False
        if unicodedata.combining(before) == 9:  # a virama: the joiner picks the half form, even at a word's end
            return True
        if not following or not _is_joined_script(following):
            return False
        return unicodedata.category(following).startswith("L") or self._marks < MAX_MARKS


def _is_joined_script(char: str) -> bool:
    """Is it a letter or mark of a script whose spelling needs joiners?"""
    return bool(_JOINED_SCRIPT.match(char)) and unicodedata.category(char)[0] in "LM" and not _HIDDEN.match(char)


def _mark(char: str) -> str:
    """The visible replacement: a control picture if Unicode has one, else the code point."""
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` was probably meant to be, or None if none is close. Case is ignored."""
    import difflib

    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def shorten(text: str, length: int = 60) -> str:
    """A text on one line, cut to at most `length` characters."""
    return cut(" ".join(text.split()), length)


def cut(text: str, length: int) -> str:
    """A text cut to at most `length` characters, with an ellipsis where something is left out."""
    return text if len(text) <= length else text[: length - 1] + "…"


def literal(text: str) -> str:
    """A text as Markdown that shows exactly that text."""
    return re.sub(r"([\\`*_{}\[\]<>()#+.!|$~&^-])", r"\\\1", text)


def plural(n: int, noun: str) -> str:
    """`1 item`, `3 items`, `2 entries`, `4 passes`."""
    if n == 1:
        return f"{n} {noun}"
    if re.search("[^aeiou]y$", noun):
        return f"{n} {noun[:-1]}ies"
    return f"{n} {noun}es" if re.search("(s|x|z|ch|sh)$", noun) else f"{n} {noun}s"


def width(text: str) -> int:
    """How many terminal cells a line of sanitized text takes up."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


# --------------------------------------------------------------------------------------------------- stems

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
