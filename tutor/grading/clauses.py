"""The clauses of an answer, and which of them deny what they say."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

# A sentence that begins like this says that what follows is not so: "It is not true that …", "No, …", "Contrary to …".
_THAT = r"(?:,?\s*(?:that|to\s+(?:say|think|claim|believe|assume)(?:\s+that)?|how|as\s+if))?"
_UNTRUE = (
    r"(?:not|n['’]t|never|hardly|scarcely|no\s+longer|by\s+no\s+means)\s+(?:\w+ly\s+)?"
    r"(?:true|the\s+case|correct|right|so|a\s+fact|accurate|valid)"
    r"|(?:false(?!\s+(?:positive|negative|alarm|discover))|wrong|untrue|incorrect|mistaken(?!\s+(?:for|as|with)\b)|nonsense|rubbish"
    r"|a\s+(?:myth|mistake|lie|misconception|fallacy))"
)
DENIAL = re.compile(
    r"^\W*(?:(?:but|and|so|well|because|since|however|actually|in\s+fact|of\s+course|clearly|sorry)\W+)*(?:"
    rf"(?:it|this|that)\s*(?:is|['’]s|was|would\s+be|seems|isn['’]t\s+|wasn['’]t\s+)?\s*(?:simply|just|quite|completely)?\s*(?:{_UNTRUE}){_THAT}"
    r"(?!\s*(?:when|once|where|if|unless|because|since|as\s+soon)\b)"  # what follows says where it fails, or why
    r"|(?:it|this|that)\s*(?:(?:is|['’]s|was)\s+not|(?:is|was)n['’]t)\s+(?:that|because|since|as\s+if)\b"
    r"|(?:it|this|that)\s+(?:isn|wasn)['’]?t\s+(?:\w+ly\s+)?(?:true|the\s+case|correct|right|so|a\s+fact)"
    + _THAT
    + r"|(?:i|we|you|one|they|nobody|no\s+one|people)\s+(?:(?:do|does|would|could|should|can)\s*(?:not|n['’]t)"
    r"|never|cannot|can['’]t|deny|denies|doubt|disagree|reject|refute)"
    r"\s*(?:\w+ly\s+)?(?:think|believe|say|claim|agree|accept|state|assume|suppose)?"
    r"\s*(?:that|with\s+the\s+(?:claim|idea|statement)\s+that)"
    r"|(?:nobody|no\s+one)\s+(?:thinks|believes|says|claims)\s*(?:that)?"
    r"|(?:few|hardly\s+anyone|hardly\s+anybody|only\s+fools?|some|many|people|some\s+people)\s+(?:would\s+)?(?:wrongly|falsely)?\s*(?:agree|wrongly\s+\w+|falsely\s+\w+)\s+that\b"
    r"|nobody\s+who\b[^,.;:]*\b(?:say|think|believe|claim)s?\b(?:\s+that)?\W*"
    r"|(?:there\s+is|there['’]s)\s+no\s+(?:truth|evidence|way|reason)\s*(?:in|to|for)?\s*(?:the\s+(?:claim|idea|belief|statement|view)\s+)?(?:that)?"
    r"|it(?:\s+would|['’]d)\s+be\s+(?:a\s+(?:mistake|lie|fallacy)|wrong|false|incorrect)\s+(?:to\s+\w+\s+)?(?:that\b)?"
    r"|(?:the\s+following|what\s+follows)\s+(?:is|would\s+be)\s+(?:simply\s+|just\s+)?(?:not\s+(?:true|right|so|correct)|false|wrong|untrue|incorrect|nonsense)\W+"
    r"|(?:no|nope|nah|wrong|false|never|not\s+at\s+all|not\s+so|by\s+no\s+means|in\s+no\s+way|under\s+no\s+circumstances|on\s+the\s+contrary)\s*[,:;.!–—-]+\s*"
    r"|(?:by\s+no\s+means|in\s+no\s+way|under\s+no\s+circumstances|far\s+from(?=\s+(?:\w+ing|it)\b))\s+"
    r"|contrary\s+to\s+(?:what\s+\w+\s+(?:say|says|think|thinks|believe)|the\s+(?:claim|idea|belief|statement|view)(?:\s+that)?|popular\s+belief)?\s*"
    r"|(?:not|never)\s+(?:because|since|is\s+it|does|do|will|would|can)\b"
    r"|the\s+(?:claim|idea|belief|statement|view)\s+that\b(?=.*\b(?:is|was)\s+(?:not|false|wrong|untrue|incorrect))"
    r")",
    re.I,
)
# And one that ends like this: "…, which is false.", "… is not true.", "…? No."
DENIED_AT_END = re.compile(
    r"(?:(?<!that )(?<!when )(?<!where )\b(?:which|that|this|it)\s+(?:is|was)|(?<!that it )(?<!that this )\bis|,)\s+"
    r"(?:simply\s+|just\s+)?"
    r"(?:not\s+(?:true|the\s+case|correct|right|so)|false|wrong|untrue|incorrect|nonsense|a\s+(?:myth|mistake|misconception))\W*$"
    r"|(?<!or )\bnot[.!]*$",
    re.I,
)
DENIES_ALL = re.compile(
    rf"^\W*(?:(?:but|and|yet)\W+)?(?:(?:all|none|both|neither|everything|nothing)\b[^.]*\b(?:is|are|was)\s+(?:\w+ly\s+|just\s+)?"
    rf"(?:{_UNTRUE}|true|right|correct)"
    r"|(?:i|we)\s+(?:do\s*not|don['’]?t|cannot|can['’]t)\s+(?:think|believe|agree)\b[^.]*\b(?:any|that|this|it)\b[^.]{0,30}"
    r"|(?:that|this)\s+(?:was|is)\s+(?:all\s+)?wrong\b,?\s*(?:i|sorry)\b[^.]*"
    r"|(?:i|we)\s+take\s+(?:it|that|this|everything)(?:\s+all)?\s+back|forget\s+(?:it|that|(?:all|everything|what)\b[^.]*)"
    r"|(?:i|we)\s+disagree(?:\s+with\s+(?:all|any|that|this|it)\b[^.]*)?|they\s+(?:all\s+)?(?:err|are\s+(?:all\s+)?(?:wrong|mistaken))"
    r"|on\s+the\s+contrary)\W*$",
    re.I,
)
DENIES_WHAT_WENT_BEFORE = re.compile(
    rf"^\W*(?:(?:but|and|yet)\W+)?(?:(?:that|this|it|all\s+of\s+(?:that|this|it)|none\s+of\s+(?:that|this|it))\s*(?:is|['’]s|was)\s*"
    rf"(?:\w+ly\s+|just\s+|quite\s+)?(?:{_UNTRUE}|true|right|correct)|{_UNTRUE}|no|nope|wrong|false|not\s+so|not\s+true"
    r"|no,?\s+(?:it|that|they)\s+(?:is|are|was|were|do|does|did|will|can)(?:\s+not|n['’]?t))\W*$",
    re.I,
)
ONE_OF_SEVERAL = re.compile(r"[,;]\s+(?:and|but|so)\s+", re.I)  # before the last of the things that a sentence says
AFFIRMS_ALL = re.compile(
    r"^\W*(?:(?:but|and|yet)\W+)?(?:all|both|everything)\b[^.]*\b(?:is|are|was)\s+(?:\w+ly\s+)?(?:true|right|correct)\W*$", re.I
)
IF = re.compile(r"\W*(?:if|otherwise|else)\b", re.I)
POINTS_BACK = re.compile(r"\W*(?:(?:but|and|yet)\W+)?(?:that|this|it|all|none)\b", re.I)
TRUE = re.compile(
    r"^\W*(?:that|this|it|all\s+of\s+(?:that|this|it))\s*(?:is|['’]s|was)\s*(?:\w+ly\s+)?(?:true|right|correct)\W*$", re.I
)
SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=\S)|\n+")
JOINT = re.compile(
    r"\s*(?:,(?!\d)|[;:–—]|\s-\s|\s\(|\)(?=\W*\s|$))\s*|\s+(?=(?:because|since|so|but|and|while|whereas|which|although|though|when|if|then|otherwise|hence|thus|therefore|instead|without)\b)",
    re.I,
)


@dataclass(frozen=True)
class Clause:
    """A stretch of an answer, in the learner's words."""

    text: str
    denied: bool  # it is said not to be so


ASKS = re.compile(
    r"\W*(?:(?:and|but|so|then)\W+)?(?:(?:if|when|once|suppose|say)\b[^?]*,\s*)?"
    r"(?:what|who|whom|whose|how|which|when|where|why|(?:can|could|do) you)\b.*\?\W*$"
    r"|\W*(?:(?:and|but|so|or)\W+)?(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have)(?:n['’]?t)?\s+\w.*\?\W*$"
    r"|.*[,;–—-]\s*or\s+(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have)(?:n['’]?t)?\s+\w+\s*\?\W*$",
    re.I,
)


def sentences_of(answer: str, no_is_an_answer: bool = False) -> list[Clause]:
    """The sentences of an answer; those that deny what they say are marked, without the words of denial.

    no_is_an_answer: the question can be answered by no, so that a "No, …" affirms what follows.
    """
    found: list[Clause] = []
    parts = [part.strip() for part in SENTENCE.split(answer) if part and part.strip()]
    goes_on = False  # a denied sentence that a semicolon parts from what follows
    for number, part in enumerate(parts):
        if not part:
            continue
        begin = DENIAL.match(part)
        if found and number + 1 == len(parts) and DENIES_ALL.match(part) and not AFFIRMS_ALL.match(part):
            return [Clause(one.text, True) for one in found]
        if (
            DENIES_WHAT_WENT_BEFORE.match(part)
            and not TRUE.match(part)
            and found
            and (POINTS_BACK.match(part) or number + 1 == len(parts))
        ):
            found[-1] = Clause(found[-1].text, True)
        elif goes_on and not begin and not TURNS_BACK.match(part):
            found.append(Clause(part, True))
        elif begin and no_is_an_answer and PLAIN_NO.match(part):
            found.append(Clause(part, False))
        elif begin and begin.end() < len(part):
            denied, affirmed = _parted(part[begin.end() :].strip(), begin[0])
            found.append(Clause(denied, True))
            if affirmed:
                parts.insert(number + 1, affirmed)  # which may deny in its turn
        elif begin and re.search(r"\w", part) and number + 1 < len(parts):  # "No." denies the sentence after it
            parts[number + 1] = f"No, {parts[number + 1]}"
        elif part.endswith("?") and number + 1 < len(parts) and PLAIN_NO.match(parts[number + 1]):
            found.append(Clause(part, True))
            parts[number + 1] = PLAIN_NO.sub("", parts[number + 1], count=1).lstrip(" .,;:!")  # it has been taken in
        elif ASKS.match(part):
            continue  # a question says nothing
        elif DENIED_AT_END.search(part):
            found += _denied_at_end(part)
        else:
            found.append(Clause(part, False))
        goes_on = bool(found) and found[-1].denied and part.endswith(";")
    return found


TURNS_BACK = re.compile(r"\W*(?:but|instead|rather|really|actually|in\s+fact|in\s+truth|the\s+truth)\b", re.I)
PLAIN_NO = re.compile(r"\W*(?:no|nope|nah|not\s+at\s+all|never)\b", re.I)


def _denied_at_end(sentence: str) -> list[Clause]:
    """What a sentence that ends in a denial affirms and denies: "A, and B, which is false" denies B alone."""
    last = max((joint.end() for joint in ONE_OF_SEVERAL.finditer(sentence)), default=0)
    if IF.match(sentence[last:]):  # "if A, then B, which is nonsense" speaks for what it began with
        return [Clause(sentence, False)]
    affirmed = [Clause(sentence[:last], False)] if last else []
    return [*affirmed, Clause(sentence[last:], True)]


def _parted(rest: str, denial: str) -> tuple[str, str]:
    """(what a denial reaches, what is affirmed after it, "" for nothing): "not because A but because B", "contrary to A, B"."""
    if re.match(r"\W*contrary", denial, re.I):
        denied, _, affirmed = rest.partition(",")
        return denied, affirmed
    if re.match(r"\W*(?:not|never|it|this|that|i|we|you|one|nobody|no\s+one)\b", denial, re.I):
        denied, *rest_of_it = re.split(r"(?:[,;]\s+(?:but|instead|rather)|\s+but)\b,?\s*", rest, maxsplit=1, flags=re.I)
        return denied, "".join(rest_of_it)
    return rest, ""


def clause_spans(text: str, longest: int = 12) -> list[tuple[int, int]]:
    """Where what may make a point by itself stands in a text: each sentence, its clauses and neighbouring pairs of them.

    longest: clauses of a sentence that are looked at.
    """
    found: list[tuple[int, int]] = []
    for begin, end in stretches(SENTENCE, text, 0, len(text)):
        parts = stretches(JOINT, text, begin, end)[:longest]
        found.append((begin, end))
        if len(parts) > 1:
            found += parts
            found += [(one[0], other[1]) for one, other in itertools.pairwise(parts)]
    return list(dict.fromkeys(found))


def stretches(mark: re.Pattern[str], text: str, begin: int, end: int) -> list[tuple[int, int]]:
    """The stretches of a part of a text that a mark parts, without those that hold no word."""
    edges = [begin]
    for found in mark.finditer(text, begin, end):
        edges += [found.start(), found.end()]
    edges.append(end)
    return [(one, other) for one, other in zip(edges[::2], edges[1::2], strict=True) if re.search(r"\w", text[one:other])]
