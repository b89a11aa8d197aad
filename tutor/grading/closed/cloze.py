"""Grades of clozes: blanks in a sentence, filled by the lesson's words or by others that mean the same there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from tutor import stop_words
from tutor.grading import lexicon
from tutor.grading.closed.spellings import fold, normal_form, same_spelling, same_word
from tutor.grading.lexicon import LIGHT, NEGATION, stem
from tutor.grading.likeness import differ_by_prefix, edits_at_most
from tutor.grading.words import clean
from tutor.models import Grade, Item, KnownWrong, Met

# Nouns that say what sort of thing a term is, and may follow it: "query vector" for "query".
HEAD_NOUNS = frozenset(
    """
    vector matrix token number term word function distribution variable quantity symbol equation map mapping test step
    position entry element factor weight gradient probability
    """.split()
)
ENDS = ";, "  # beside the fills, meaning nothing
QUOTES = '$"“”'  # around a fill, also of math
NEVER_EXTRA = NEGATION | LIGHT | frozenset("or and nor but half twice double either both minus plus inverse".split())


def grade_cloze(item: Item, answer: str, language: str = "en") -> Grade:
    """The share of blanks that are filled correctly. An answer has them in order, with `;` between them.

    Where all that keeps it from being right are near synonyms, the learner is asked for the lesson's words instead.
    """
    text, count = clean(answer).strip(), len(item.blanks)
    parts = fills_of(item, text)
    if not text or len(parts) != count:
        form = "; ".join(f"word {n}" for n in range(1, count + 1)) if count > 1 else "the word"
        found = f"{given(text)} given" if text else "nothing was typed"
        return Grade(0.0, misunderstood=f"{count} blank{'s' * (count > 1)} to fill, {found}. Type {form}.")
    wrong = [re.split(r"\s*;\s*", known.answer) for known in item.wrong]
    met, missed, said, close = [], [], [], []
    for n, (blank, part) in enumerate(zip(item.blanks, parts, strict=True)):
        others = _other_terms(item, n, [words[n] for words in wrong if len(words) == count])
        if any(_fills(part, accepted, others, item.question, language) for accepted in blank.accepted):
            met.append(Met(blank.accepted[0], part.strip()))
            continue
        if any(_is_near(part, accepted, others, item.question) for accepted in blank.accepted):
            close.append(part.strip())
        missed.append(blank.accepted[0])
        said.append(
            f"“{part.strip()}” does not fill blank {n + 1}." if count > 1 else f"“{part.strip()}” does not fill the blank."
        )
    known_one = known_wrong(item, parts) if missed else None
    if known_one:
        said = [known_one.reply or known_one.misconception or said[0]]
    if met and missed:
        said.insert(0, "Right: " + ", ".join(f"“{one.evidence}”" for one in met) + ".")
    asked = _question_about(close) if close and len(close) == len(missed) and not known_one else ""
    heard = known_one.misconception if known_one else ""
    return Grade(len(met) / count, tuple(met), tuple(missed), " ".join(said), misunderstood=asked, heard=heard)


def fills_of(item: Item, text: str) -> list[str]:
    """What an answer fills the blanks with, one after the other; as many as it names, which may not be as many as there are."""
    count = len(item.blanks)
    parts = [text] if count == 1 else re.split(r"\s*[;\n]\s*", text.strip(ENDS))
    return text.strip(ENDS).split(",") if len(parts) != count and given(text) == count else parts


def given(text: str) -> int:
    """How many words or phrases a line gives: what stands between `;`, else between commas."""
    text = text.strip(ENDS)
    return len(re.split(r"[;\n]" if re.search(r"[;\n]", text) else ",", text))


def known_wrong(item: Item, fills: Sequence[str]) -> KnownWrong | None:
    """The wrong answer of the bank that these fills are."""
    typed = [fold(fill) for fill in fills]
    matching = (known for known in item.wrong if [fold(word) for word in re.split(r"\s*;\s*", known.answer)] == typed)
    return next(matching, None)


def _question_about(close: Sequence[str]) -> str:
    """What a learner is asked whose words are near synonyms. It doesn't give the lesson's words away."""
    words = " and ".join(f"“{word}”" for word in close)
    verb, meant = ("is", "another word for it") if len(close) == 1 else ("are", "other words for them")
    return f"{words} {verb} close. Did you mean {meant}? Fill the blanks again with the lesson's own."


def _other_terms(item: Item, n: int, wrong: Sequence[str]) -> list[str]:
    """What a fill of blank n must not be taken for: what fills the other blanks, and what is known to be wrong there."""
    blank = item.blanks[n]
    accepted = {fold(text) for text in blank.accepted}
    others = [other for i, one in enumerate(item.blanks) if i != n for other in one.accepted if other not in blank.accepted]
    return [fold(other) for other in (*others, *wrong) if fold(other) not in accepted]


def _fills(typed: str, accepted: str, others: Sequence[str], question: str, language: str) -> bool:
    """Whether a text fills a blank; a spelling slip is forgiven unless another word of the item is just as near."""
    typed, accepted = fold(typed.strip().strip(QUOTES)), fold(accepted)
    if same_spelling(typed, accepted, language):
        return typed == accepted or typed not in others
    if any(same_spelling(typed, other, language) for other in others):
        return False
    if _core(typed, accepted, others, question):
        return True
    if len(accepted) < 4 or any(mark.isdigit() for mark in typed + accepted) or differ_by_prefix(typed, accepted):
        return False
    if stem(typed) != stem(accepted) and lexicon.is_listed(stem(typed)):
        return False  # a different word: `decreases` is no misspelling of `increases`
    if len(accepted) < 6 and typed[:1] != accepted[0]:
        return False  # `text` is no misspelling of `next`
    limit = 1 if len(accepted) < 8 else 2
    for edits in range(1, limit + 1):
        if any(edits_at_most(typed, other, edits) for other in others):
            return False
        if edits_at_most(typed, accepted, edits):
            return True
    return False


def _core(typed: str, accepted: str, others: Sequence[str], question: str) -> bool:
    """Whether a text is the accepted one but for words that the sentence says anyhow: "query vector" for "query"."""
    words, wanted = normal_form(typed).split(), normal_form(accepted).split()
    if not wanted or len(words) > len(wanted) + 3:
        return False
    begin = next((i for i in range(len(words)) if _begins_with(words[i:], wanted)), None)
    if begin is None:
        return False
    extras = words[:begin] + words[begin + len(wanted) :]
    return bool(extras) and _say_nothing_new(extras, others, question)


def _begins_with(words: Sequence[str], wanted: Sequence[str]) -> bool:
    return len(words) >= len(wanted) and all(same_word(a, b) for a, b in zip(words, wanted, strict=False))


def _say_nothing_new(extras: Sequence[str], others: Sequence[str], question: str) -> bool:
    """Whether words around an accepted one stand in the sentence, or say only what sort of thing it is."""
    said = _words_of(question)
    terms = [normal_form(other).split() for other in others]
    taken = {word for term in terms for word in term if len(term) == 1 or word not in HEAD_NOUNS}
    return all(
        word.isalpha()
        and word not in NEVER_EXTRA
        and not any(same_word(word, other) for other in taken)
        and (word in HEAD_NOUNS or word in stop_words.GLUE or any(same_word(word, other) for other in said))
        for word in extras
    )


@lru_cache(maxsize=200)
def _words_of(question: str) -> frozenset[str]:
    return frozenset(word for part in re.findall(r"[^\W\d_]+", question.casefold()) for word in normal_form(part).split())


def _is_near(typed: str, accepted: str, others: Sequence[str], question: str) -> bool:
    """Whether a text is a near synonym of the accepted one, and neither its opposite nor another term of the item."""
    words, wanted = normal_form(fold(typed.strip().strip(QUOTES))).split(), normal_form(fold(accepted)).split()
    if len(words) > len(wanted) and wanted:
        words = [word for word in words if not _say_nothing_new([word], (), question)] or words
    if len(words) != len(wanted) or any(same_spelling(fold(typed), other) for other in others):
        return False
    terms = {stem(word) for other in others for word in normal_form(other).split()}
    pairs = [(a, b) for a, b in zip(words, wanted, strict=True) if not same_word(a, b)]
    return bool(pairs) and all(stem(a) not in terms and _are_synonyms(a, b) for a, b in pairs)


def _are_synonyms(one: str, other: str) -> bool:
    """Whether the lexicon lists two words, or regular forms of them, as near synonyms and not as opposites."""
    a, b = stem(one), stem(other)
    groups = lexicon.groups()
    if a == b or b in lexicon.opposites().get(a, ()):
        return False
    shared = groups.get(a, frozenset()) & groups.get(b, frozenset())
    return any(all(any(same_word(word, listed) for listed in lexicon.group_words(n)) for word in (one, other)) for n in shared)
