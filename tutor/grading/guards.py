"""What features can't see: texts that answer nothing, and answers made to look right without saying anything right."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher

from tutor import stop_words
from tutor.grading import lexicon
from tutor.grading.comparable import AnswerTokens, QuestionTokens, ReferenceTokens, TextTokens
from tutor.grading.likeness import likeness
from tutor.grading.words import SENTENCE_END, Token, tokens

# Sentences that speak to the grader. An honest answer that happens to look like one is kept: see `without_instructions`.
INJECTION = re.compile(
    "|".join(
        (
            r"\b(ignore|disregard|forget|override|bypass)\b.{0,40}\b(instruction|rubric|reference|prompt|rule|previous|above|everything)",
            r"\b(new|updated|previous|prior|following|system|hidden)\s+(instruction|prompt|task|message)s?\b",
            r"\b(full|maximum|max|perfect|top)\s+(credit|mark|score|point|grade)s?\b|\b\d+\s*/\s*\d+\s*(point|mark)s?",
            r"\b(mark|grade|score|rate|accept|count|consider|treat|evaluate|judge)\b.{0,40}\b(as|is)\s+(\w+\s+)?"
            r"(correct|right|pass|passing|passed|valid|true)\b",
            r"\b(output|return|assign|print|give|award)\b.{0,25}\b(score|grade|verdict|label|correct|pass)\b",
            r"\"?\b(score|correct|grade|verdict|label|result|passed)\b\"?\s*[:=]\s*\"?(1|true|correct|pass|yes|10|100|full)",
            r"\b(teacher|grader|evaluator|examiner|professor|instructor)\b.{0,60}"
            r"\b(correct|accept|said so|must|should|points?|marks?|full|pass)",
            r"\b(student|learner)('?s)? (answer|response)\b|\breference answer\b|\b(ai|language|grading) (language )?model\b",
            r"\bi deserve\b|\byou (are|must|will|should) (now )?(a |an )?(lenient|generous|helpful|grade|accept|mark|award|give)",
            r"</?\s*(answer|system|student|user|assistant|instruction)s?\s*/?>|\b(system|assistant|developer)\s*:|^\s*###",
            r"\balready (been )?(verified|graded|checked|approved|marked)\b",
        )
    ),
    re.I | re.S,
)
NO_ANSWER = re.compile(
    r"^\W*(i\s+)?(really\s+)?("
    r"(do not|don'?t|didn'?t|can'?t|cannot)\s+(know|remember|understand|recall|get it|tell)\b.{0,20}"
    r"|(have )?no (idea|clue|answer|submission|comment)\b.{0,20}|no response|empty (answer|response|submission)"
    r"|idk|dunno|not sure|unsure|yes|no|maybe|pass|skip|none|nothing"
    r"|n/?a|it depends|it is|because|true|false|ok(ay)?|whatever|hmm+|help|what|why|good question)\W*$",
    re.I,
)


def no_answer(text: str) -> bool:
    """Empty, punctuation only, `idk`, a bare yes or no."""
    return not re.search(r"\w", text) or bool(NO_ANSWER.match(text))


def without_instructions(text: str, telling: frozenset[str], language: str = "en") -> tuple[str, bool]:
    """(the answer without the sentences that speak to the grader, whether there were any).

    telling: stems of the references that the question does not give away; a sentence with two of them is about the
    subject, whatever it looks like.
    """
    if not INJECTION.search(text):
        return text, False
    kept, talked = [], False
    for part in SENTENCE_END.split(text):
        if INJECTION.search(part) and len(telling & {token.stem for token in tokens(part, language)}) < 2:
            talked = True
        else:
            kept.append(part)
    return " ".join(kept), talked


def reason_against(answer: AnswerTokens, reference: ReferenceTokens, asked: QuestionTokens) -> str:
    """Why an answer can't be right, whatever words it uses; "" where there is no such reason."""
    if not answer.content and reference.stems:
        return "This does not answer the question."
    if _other_number_first(answer, reference):
        return f"{OTHER_NUMBER}."
    if _salad(answer, reference):
        return SALAD
    if _echo(answer, reference, asked):
        return ECHOED
    if _flood(answer, reference):
        return FLOODED
    return ""


def reason_against_all(
    answer: AnswerTokens, reference: ReferenceTokens, asked: QuestionTokens, right: frozenset[str], longest: int
) -> str:
    """The same where much is known to be right: all its stems, and the content words of the longest reference."""
    if _salad(answer, reference) and not any(token.text in ";:(" for token in answer.tokens):
        return SALAD
    if _echo(answer, reference, asked):
        return ECHOED
    content = len(answer.content)
    known = sum(answer.tokens[i].stem in right for i in answer.content)
    if content > 8 * max(6, longest) or (content > 40 and content > 4 * longest and known < 0.3 * content):
        return FLOODED
    return ""


SALAD = "These are key words without a statement. Say it in a sentence."
ECHOED = "This repeats the question."
FLOODED = "This says far more than the question asks. Say in a sentence or two what matters."
FOLLOWED = 0.5  # share of neighbouring words in common from which an answer follows a reference


def _other_number_first(answer: AnswerTokens, reference: ReferenceTokens) -> bool:
    """Whether the question asks for a number and the answer begins with a different one, whatever it says after that."""
    if not reference.numbers or any(not reference.tokens[i].text[0].isdigit() for i in reference.content):
        return False
    said = [token.stem for token in answer.tokens if token.text[0].isdigit()]
    return bool(said) and said[0] not in reference.numbers


def _salad(answer: AnswerTokens, reference: ReferenceTokens) -> bool:
    """Whether the answer lists key words without the function words and the word order of a sentence."""
    content = len(answer.content)
    commas = sum(1 for token in answer.tokens if token.text == ",")
    if content >= 6 and commas >= 0.7 * (content - 1):
        return True
    if content < 3 or any(token.text in stop_words.GLUE for token in answer.tokens) or not reference.small:
        return False
    known = sum(1 for i in answer.content if answer.tokens[i].stem in reference.stems or answer.tokens[i].kind == "number")
    together = len(answer.bigrams & reference.pairs)
    return known >= 0.75 * content and together < 0.75 * (content - 1)


def _echo(answer: AnswerTokens, reference: ReferenceTokens, asked: QuestionTokens) -> bool:
    """Whether the answer repeats the question, in its words and order, where the reference says more."""
    if len(answer.bigrams) < 4 or len(reference.bigrams & asked.bigrams) > 0.7 * len(reference.bigrams):
        return False
    fresh = [i for i, given in zip(answer.content, answer.given, strict=True) if not given and answer.tokens[i].stem not in ECHO]
    return not fresh and len(answer.bigrams & asked.bigrams) >= 0.75 * len(answer.bigrams)


ECHO = frozenset(["answer", "question", "because"])


def _flood(answer: AnswerTokens, reference: ReferenceTokens) -> bool:
    """Whether an answer is so much longer than the reference that being right somewhere in it means nothing."""
    content = len(answer.content)
    if content > 8 * max(6, len(reference.content)):
        return True
    known = sum(1 for i in answer.content if answer.tokens[i].stem in reference.stems)
    return content > 40 and content > 4 * len(reference.content) and known < 0.3 * content


OTHER_NUMBER = "A number is not the right one"
NEAR = 0.8  # share of a reference's words that a near copy of it has


def reversal_in(
    reference: ReferenceTokens, answer: AnswerTokens, pairs: list[tuple[int, int, float]], against: list[tuple[int, int]]
) -> str | None:
    """What makes a near copy of a reference say the opposite, in words for the learner; "" where nothing does.

    None for an answer that is no near copy. pairs and against: what `comparable.align` returns.
    """
    count = len(reference.content)
    found = reference.tokens
    mine = Counter(token.stem for token in answer.tokens if token.text[0].isdigit())
    theirs = Counter(found[i].stem for i in reference.content if found[i].text[0].isdigit())
    lost = sum((theirs - mine).values()) if mine - theirs else 0
    same = sum(1 for _, _, value in pairs if value >= 0.9) + len(against)
    if same < NEAR * (count - lost) or len(answer.content) > 1.5 * count + 4:
        return None
    if lost:
        return f"{OTHER_NUMBER}: {', '.join(sorted(mine - theirs))}."
    for k, place in against:
        if found[reference.content[k]].negated == answer.tokens[place].negated:
            return f"“{answer.tokens[place].text}” says the opposite of what is right."
    if any(found[reference.content[k]].negated != answer.tokens[place].negated for k, place in against):
        return ""  # a negated opposite means the same again
    flips = sum(
        1
        for k, place, _ in pairs
        if found[reference.content[k]].negated != answer.tokens[place].negated
        and _denied_word(reference, k) in ("", *answer.places)
    )
    if flips and reference.negations % 2 != answer.negations % 2:
        return (
            "A “not” turns this round."
            if answer.negations > reference.negations
            else "A “not” is missing here, and that turns it round."
        )
    return ""


def _denied_word(reference: ReferenceTokens, k: int) -> str:
    """The word behind the "not" that reaches a content word, "" for none; an answer without it puts it in another way."""
    place = reference.content[k]
    if not reference.tokens[place].negated:
        return ""
    while place and reference.tokens[place].kind != "not":
        place -= 1
    return reference.tokens[place + 1].stem


def disorder_in(reference: ReferenceTokens, answer: AnswerTokens) -> int:
    """How far an answer that has just the words of a reference is from its order: 0 near it, 1 perhaps far, 2 nothing is left."""
    if len(reference.content) < 4 or not reference.bigrams or not answer.bigrams:
        return 0
    both = len(reference.stems & answer.stems)
    if both < NEAR * len(reference.stems) or both < NEAR * len(answer.stems):
        return 0
    side_by_side = len(reference.bigrams & answer.bigrams) / min(len(reference.bigrams), len(answer.bigrams))
    if side_by_side >= CLAUSES_MOVED:
        return 0
    row = [answer.tokens[i].stem for i in answer.content]
    near = {(one, other) for place, one in enumerate(row) for other in row[place + 1 : place + 1 + NEXT]}
    kept = [pair in near for pair in reference.pairs if set(pair) <= answer.stems]
    if side_by_side < TORN and sum(kept) < IN_ORDER * len(kept):
        return 2
    if side_by_side < TORN or _has_all_words(reference, answer):
        return 1
    return int(side_by_side < IN_ORDER and sum(kept) < KEPT * len(kept))


def _has_all_words(reference: ReferenceTokens, answer: AnswerTokens) -> bool:
    """Whether an answer is made of just the words of a reference, small ones too: nobody answers so by chance."""
    theirs, mine = (Counter(token.text for token in text.tokens if token.kind != "mark") for text in (reference, answer))
    return (theirs & mine).total() >= ALL * max(theirs.total(), mine.total())


CLAUSES_MOVED = 0.7  # share of neighbouring words that still are where only clauses have changed places
IN_ORDER = 0.5  # and in a near copy
ALL = 0.9  # share of a reference's words, as often as it has them, that is all of them
TORN = 0.3  # and the share below which little of the order is left
KEPT = 0.7  # of the pairs of words that follow one another in the reference, those that still stand near each other
NEXT = 3  # content words that stand at most so far apart are neighbours


def turn_in(reference: ReferenceTokens, answer: AnswerTokens) -> str:
    """What turns round an answer that follows a reference word for word, or "".

    It is a word that stands where the reference has its opposite, or two words that changed places.
    """
    if len(reference.stems & answer.stems) < NEAR * len(reference.stems):
        return ""
    theirs, mine = _telling_words(reference), _telling_words(answer)
    followed = SequenceMatcher(None, [stem for stem, _ in theirs], [stem for stem, _ in mine], autojunk=False)
    if followed.ratio() < (IN_STEP if Counter(stem for stem, _ in theirs) != Counter(stem for stem, _ in mine) else SAME_WORDS):
        return ""
    gone: set[str] = set()
    come: set[str] = set()
    for kind, one, end, other, last in followed.get_opcodes():
        if kind == "equal":
            continue
        for stem, token in mine[other:last]:
            if any(likeness(instead, stem) < 0 and was.negated == token.negated for instead, was in theirs[one:end]):
                return f"“{token.text}” says the opposite of what is right."
        if end - one <= FEW and last - other <= FEW:
            gone |= {stem for stem, _ in theirs[one:end]}
            come |= {stem for stem, _ in mine[other:last]}
    if gone & come and (len(gone & come) > 1 or gone & come & lexicon.opposites().keys()):
        return "Two things have changed places here, and that turns it round."
    return ""


IN_STEP = 0.7  # share of words in common, in their order, from which an answer follows a reference
SAME_WORDS = 0.5  # the same where an answer has just the words of the reference, so that long names can have changed places
FEW = 2  # words that move by themselves; where more move, a whole clause does


def _telling_words(text: TextTokens) -> list[tuple[str, Token]]:
    """The content words of a text, and small words with an opposite: many."""
    opposites = lexicon.opposites()
    found = []
    for token in text.tokens:
        stem = token.stem if token.kind in ("word", "number") else lexicon.stem(token.text)
        if token.kind in ("word", "number") or (token.kind == "stop" and stem in opposites):
            found.append((stem, token))
    return found


def is_copy(reference: ReferenceTokens, answer: AnswerTokens, pairs: list[tuple[int, int, float]]) -> bool:
    """Whether the answer repeats the reference in the same order, except for spelling slips and a few words around it."""
    count = len(reference.content)
    if not pairs or len({place for _, place, _ in pairs}) < count or any(value < 0.9 for _, _, value in pairs):
        return False
    places = [place for _, place, _ in pairs]
    inside = sum(1 for i in answer.content if places[0] <= i <= places[-1])
    return places == sorted(places) and inside <= count + 2 and len(answer.content) <= count + 8
