"""The little that we know about English: which sentences stand alone, and which words are terms, names or numbers.

These rules of thumb leave out rather than take in: a lesson has far more sentences than it needs questions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor.corpus.made_items.reading import WORD, MarkedSpan, Sentence, blanked_out
from tutor.stop_words import DETECTING_ENGLISH, FINDING_TERMS

ENGLISH_SHARE = 0.15  # of DETECTING_ENGLISH in a text; English has about 0.3, other languages in Latin letters less than 0.08

VAGUE = frozenset(  # words that may be part of a term, but are none on their own
    "thing things matter matters part parts kind kinds type types sort example examples case cases way ways number numbers "
    "time times lot lots result results reason reasons people someone point points rest fact end beginning set bit amount "
    "idea section sections chapter chapters page pages document lesson guide note notes warning tip important caution hint "
    "question questions answer answers right wrong left good bad problem problems following course work works user users "
    "day days year years month months week weeks hour hours minute minutes moment half side sides line lines".split()
)
LABELS = re.compile(  # in bold at the beginning of a paragraph, like a term
    r"(?:note|tip|warning|important|caution|hint|remark|example|examples|usage|parameters?|arguments?|returns?|raises|"
    r"type|types|default|defaults?|required|optional|since|new|added|changed|fixed|removed|deprecated|update|updated|"
    r"see|see also|todo|answer|question|solution|exercise|proof|step|pros?|cons?|author|authors|date|version|source|"
    r"result|results|summary|warm-up|intuition|description|name|value|bug|feature|fix|breaking|enhancement|input|output)s?",
    re.IGNORECASE,
)

# ------------------------------------------------------------------------------------ sentences that stand alone

LEAD = re.compile(  # what links a sentence to the one before it and can be dropped
    r"(?:however|moreover|furthermore|additionally|besides|nonetheless|nevertheless|thus|hence|therefore|consequently|"
    r"indeed|in (?:general|practice|fact|particular|short|addition)|of course|unfortunately|fortunately|clearly|basically|"
    r"generally|(?:note|notice|recall|remember) that),? (?=[\w`])",
    re.IGNORECASE,
)
DANGLING = re.compile(  # a beginning that refers to the sentence before
    r"(?:this|that|these|those|it|its|it's|they|their|them|he|she|his|her|such|here|there|then|thus|therefore|hence|so|but|"
    r"and|or|nor|yet|also|however|moreover|furthermore|additionally|besides|instead|otherwise|still|again|first|firstly|"
    r"second|secondly|third|finally|lastly|next|meanwhile|similarly|likewise|conversely|consequently|accordingly|"
    r"nevertheless|nonetheless|both|either|neither|each|one|ones|another|others|(?:some|most|all|none|many|more|few) of|"
    r"for (?:example|instance|this|that|these|more)|"
    r"(?:in|by) (?:contrast|comparison|other words|this|that|these|both|each|turn|our|what)|"
    r"as (?:a result|a consequence|such|mentioned|shown|noted|before|we|you|an example|of)|let|lets|suppose|consider|note|"
    r"notice|recall|remember|imagine|assume|say|take|see|now|(?:by|to) (?:do|doing|this|that|see|learn|understand)|"
    r"(?:after|with|without|because of|given|at|once|when|while|unlike|like) (?:this|that|these|it)|only|even|rather|perhaps|"
    r"maybe|well|of course|yes|no|sure|on the other hand|depending|more|as|not|if (?:so|not)|same|why|what|how|which|who|"
    r"please|thanks|hello|\w+ (?:is|are|can|may|will|was|were|has|have) also|"
    r"the (?:default|value|result|option|command|function|method|file|same|first|second|third|latter|former|last|other|only|"
    r"main|code|output|reason|answer|idea|goal|difference|rest|table|figure|list|name|problem|question)"
    r"(?: (?:value|behaviou?r|one|thing|difference|reason|idea|problem|question|advantage))?"
    r" (?:is|are|was|were|will|can|must|should|has|have|may|gives?|shows?))\b(?!-)",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(  # what refers to something outside the sentence
    r"\b(?:this|these|those|following|previous|previously|earlier|former|latter|aforementioned|as follows|here|"
    r"above(?! \d)|below(?! \d)|figure|fig|table|listing|chapter|section|lesson|exercises?|equation|eq|examples?|i|i'm|my|me|"
    r"let's|today|recently|now|currently|see|e\.g|i\.e|etc|last|next|we'll|we've|we're|again|mentioned|discussed|described|"
    r"suppose|say|another|the other|others|later|therefore|instead|for instance)\b|\.\.\.|…|!",
    re.IGNORECASE,
)
PRONOUN_EARLY = re.compile(
    r"\W*(?:\w+\W+){0,5}?(?:it|they|them|their|its|he|she|his|her|him|we|our|us|also)\b", re.IGNORECASE
)  # fmt: skip
SUBJECT_VERB = re.compile(r"\b(?:is|are|was|were|has|have|can|will|does|do|may|must|should|would|could)\b")
RELATIVE = re.compile(r"\b(?:that|which|who|whose|where|when|how|if)\b")
TO_THE_READER = re.compile(r"\b(?:we|our|us|you|your|should|must|want|please|recommend|recommended)\b", re.IGNORECASE)
IMPERATIVE = re.compile(
    r"(?:add|run|use|set|click|open|install|create|make|check|choose|select|enter|type|go|start|try|write|put|find|read|"
    r"copy|change|replace|remove|delete|update|save|call|pass|keep|define|specify|configure|enable|disable|do|don't|be|"
    r"feel|avoid|ensure|compute|show|prove|derive|implement|compare|explain|describe|discuss|import|download|clone|"
    r"visit|follow|provide|include|exclude|allow|allows|force|return|returns|whether)\b",
    re.IGNORECASE,
)
MIN_WORDS, MAX_WORDS = 6, 40

# ------------------------------------------------------------------------------------- terms, names, numbers

DEFINITION = re.compile(
    r"(?:An? |The )?(?P<term>[`\w][^,;:()]{1,40}?)(?: \([^()]{1,30}\))?,? "
    r"(?:is|are|was|were|means?|denotes?|refers? to|stands? for|describes?) "
    r"(?:an?|the|one of) (?!bit|little|lot|few|same|case|matter)"
)
DETERMINED = re.compile(
    r"\b(?:the|an?|each|every|its|their|of|no|all|any|one|per)\s+(?P<noun>[a-z][a-z-]{3,})(?=[.,;:)]|\s+(?P<after>[\w']+)|$)"
)
WORDS_IN_A_ROW = re.compile(r"(?<![\w`$-])[a-z][a-z-]{2,}(?: [a-z][a-z-]{2,})+(?![\w`$])")
BEFORE_A_NOUN = re.compile(
    r"(?:\b(?:an?|the|called|named|terms?|as|of|by|in|into|from|for|with|or|and|its|their|each|every|two|three)|^|[,(:]) ?$",
    re.IGNORECASE,
)
NO_NOUN = re.compile(r".*(?:ly|ing|ed|able|ible|ful|ous|ive|al|ic|est|less)$")
NAME = re.compile(r"(?<![A-Z])(?<=[a-z,;] )(?:[A-Z][\w.-]*\w)(?: (?:(?:of|the|de|von|van) )?[A-Z][\w-]*\w){0,3}(?![\w’'-])")
AFTER_A_NAME = re.compile(r"(?:^|[^\w])[A-Z][\w.-]* $")  # then it continues a name that began earlier
IN_A_NAME = re.compile(r"[A-Z][\w-]* (?:and|or|of|for|the|&) $")  # then it may be half of a longer name
PLACED = re.compile(r"\b(?:in|at|near|throughout|across|around|within) (?:the )?$")
ACTING = re.compile(r",? (?:was born|who|wrote|said|says|argued|believed|led|published|proposed|invented|died)\b")
NO_NAME = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|"
    r"Thursday|Friday|Saturday|Sunday|The|On|In|It|God|National|West|East|North|South|Parliament|Types?)(?:\b.*)?|"
    r"\w+(?:ish|ese|ian|ism)"
)
ACRONYM = re.compile(r"[A-Z0-9-]{2,}s?")
ENUMERATED = re.compile(r"\b(?:such as|including|includes?|like|for example|e\.g\.)[^.;]*$")
NUMBER = re.compile(
    r"(?<![\w.,/#:+=^−~-])(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?P<unit>\s?%| percent\b)?(?![\w/:^-]|[.,]\d|\s?[=+×*])"
)
BESIDE = re.compile(r"[(–]$"), re.compile(r"[)–]")  # before or after a number that only qualifies another one
NO_QUANTITY = re.compile(
    r"(?:^|[^\w-])(?:version|figure|step|chapter|section|part|row|line|rfc|pep|id|port|page|day|[A-Z]\w*|[a-z]_?|×)\.? $"
)
COUNTED = re.compile(r" (?!(?:and|or|to|by|in|of|at|is|are|was|were|as|for|from|on|with|than)\b)[^\W\d_]{2,}")
MONTH_BEFORE = re.compile(r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,? $")
MEMBER = r"[`\w][\w`'-]*(?: [\w`'-]+){0,2}"
ALTERNATIVES = re.compile(rf": (?:an? |the )?(?P<list>{MEMBER}(?:, {MEMBER})+,? (?:and|or) {MEMBER})\.$")


def is_english(text: str) -> bool:
    """Whether the most common English words make up enough of a text."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    return len(words) > 5 and sum(word in DETECTING_ENGLISH for word in words) >= ENGLISH_SHARE * len(words)


def stands_alone(sentence: Sentence) -> bool:
    """Whether an English sentence can be understood on its own; in doubt, no."""
    text, bare = sentence.text, blanked_out(sentence, "code", "math")
    if not MIN_WORDS <= len(WORD.findall(text)) <= MAX_WORDS or not text.endswith("."):
        return False
    if re.search(r"\b[A-Z]\.$", text):  # cut at an abbreviation
        return False
    if text[0].islower() or not (text[0].isalnum() or text[0] in '`“"'):
        return False
    label = re.match(r"([^.:?!]{3,30})[.:?!] ", text)
    if label and LABELS.fullmatch(label[1]):
        return False
    if sentence.listed:  # then it may be only a noun, however long
        verb = SUBJECT_VERB.search(bare)
        if not verb or RELATIVE.search(bare, 0, verb.start()):
            return False
    return not is_dangling(bare)


def is_dangling(bare: str) -> bool:
    return bool(DANGLING.match(bare) or ELSEWHERE.search(bare) or PRONOUN_EARLY.match(bare))


def is_term(text: str) -> bool:
    """Whether a marked part of a text is a term rather than emphasis, a label or an instruction."""
    first, last = text.split()[0].lower(), text.split()[-1].lower()
    if first in FINDING_TERMS or last in FINDING_TERMS or last in VAGUE or LABELS.fullmatch(text):
        return False
    return not (text.endswith("ly") if first == last else IMPERATIVE.match(text))


def definition_of(sentence: Sentence) -> MarkedSpan | None:
    """Where the term stands that `X is a …` defines; None for other sentences."""
    match = DEFINITION.match(sentence.text)
    if not match or len(WORD.findall(sentence.text, match.end())) < 4:
        return None
    start, end = match.span("term")
    if sentence.text[start] == "`":
        return MarkedSpan("code", start, end) if sentence.marks[0].end == end else None
    words = match["term"].lower().split()
    return None if FINDING_TERMS & set(words) or not is_term(match["term"]) else MarkedSpan("definition", start, end)


def names_of(sentence: Sentence) -> Iterator[tuple[str, int]]:
    """(name, where it begins) for what is capitalized within a sentence, except acronyms."""
    bare = blanked_out(sentence, "code", "math")
    for match in NAME.finditer(bare):
        after = WORD.match(bare, match.end() + 1)
        if after and after[0].lower() not in FINDING_TERMS and not after[0].endswith("ed"):
            continue  # the ImageNet dataset: such a name is half of one
        before = bare[max(0, match.start() - 30) : match.start()]
        if AFTER_A_NAME.search(before) or IN_A_NAME.search(before) or re.match(r" (?:and|or|&) [A-Z]", bare[match.end() :]):
            continue
        if len(match[0]) > 3 and "XX" not in match[0] and not ACRONYM.fullmatch(match[0]) and not NO_NAME.fullmatch(match[0]):
            yield match[0], match.start()


def class_of_name(sentence: Sentence, name: str, start: int) -> str:
    """ "place" or "person" if the words around a name show it, otherwise ""."""
    if PLACED.search(sentence.text, max(0, start - 20), start):
        return "place"
    acts = " " in name and (sentence.text[:start].endswith(" by ") or ACTING.match(sentence.text, start + len(name)))
    return "person" if acts else ""


def nouns_of(sentence: Sentence) -> Iterator[tuple[str, int]]:
    """(noun, where it begins) for each word that stands behind a determiner and before no other noun."""
    for match in DETERMINED.finditer(blanked_out(sentence, "code", "math")):
        noun, after = match["noun"], match["after"]
        if after and after.lower() not in FINDING_TERMS:
            continue
        if noun not in FINDING_TERMS and noun not in VAGUE and not NO_NOUN.fullmatch(noun):
            yield noun, match.start("noun")


def phrases_of(sentence: Sentence) -> Iterator[tuple[str, int]]:
    """(two words, where they begin) for each pair such as `learning rate` with no third word that belongs to it."""
    for run in WORDS_IN_A_ROW.finditer(blanked_out(sentence, "code", "math")):
        words = [(word[0], run.start() + word.start()) for word in re.finditer(r"\S+", run[0])]
        content = [word not in FINDING_TERMS and not word.endswith("ly") for word, _ in words]
        for at in range(len(words) - 1):
            (first, start), (last, _) = words[at : at + 2]
            is_pair = content[at : at + 2] == [True, True] and not any(content[max(0, at - 1) : at] + content[at + 2 : at + 3])
            if words[at + 2 : at + 3] and words[at + 2][0] in ("a", "an", "the", "its", "this", "that"):
                continue  # `the method returns a list`: the last one is a verb
            if is_pair and last not in VAGUE and not NO_NOUN.fullmatch(last) and not IMPERATIVE.match(first):
                yield f"{first} {last}", start


def numbers_of(sentence: Sentence) -> Iterator[tuple[str, int, str]]:
    """(number, where it begins, its form) for each: a unit, "year", or "integer" before what it counts, else ""."""
    for match in NUMBER.finditer(sentence.text):
        number = match["number"]
        form = ""
        if match["unit"]:
            form = match["unit"].strip()
        elif "." not in number and "," not in number and 1500 <= int(number[:5]) <= 2100:
            form = "year"
        elif "." not in number and 10 <= value_of(number) < 1e15 and COUNTED.match(sentence.text, match.end()):
            form = "integer"
        yield match[0], match.start(), form


def is_quantity(sentence: Sentence, number: str, start: int) -> bool:
    """Whether a number says how much or when, rather than numbering something or qualifying what is next to it."""
    before, after = sentence.text[max(0, start - 20) : start], sentence.text[start + len(number) :]
    if TO_THE_READER.search(sentence.text):  # figures of an example
        return False
    if MONTH_BEFORE.search(before):
        return len(number) == 4
    return bool(before) and not (NO_QUANTITY.search(before) or BESIDE[0].search(before) or BESIDE[1].match(after))


def value_of(number: str) -> float:
    return float(re.sub(r"[^\d.]", "", number))
