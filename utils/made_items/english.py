"""What little is known of English: enough to tell which of its sentences stand alone and which of its words are terms."""

from __future__ import annotations

import re

COMMON = frozenset("the of and to a in is that for with as on are be this it by or from an not can which at was".split())
ENGLISH_SHARE = 0.15  # of the words of a text; English has about 0.3, other languages in Latin letters less than 0.08

FUNCTION_WORDS = frozenset(
    "a about above across after again against all almost alone along already also although always am among an and another "
    "any anyone anything are around as at away back be because been before behind being below best better between both but "
    "by can cannot could did do does doing done down during each either else enough even ever every everyone everything "
    "except far few fewer first for former from further get gets had has have having he hence her here hers him his how "
    "however i if in indeed inside instead into is it its itself just last later latter least less let like likely made "
    "make makes many may maybe me might mine more most much must my near nearly need needs neither never next no nobody "
    "none nor not nothing now of off often on once one ones only onto or other others otherwise our out outside over own "
    "per perhaps quite rather same second several shall she should since so some someone something sometimes soon still "
    "such than that the their them then there therefore these they third this those though three through thus to together "
    "too toward towards two under unless until up upon us use used uses using usually very via was way we well were what "
    "whatever when whenever where wherever whether which while who whole whom whose why will with within without would yes "
    "yet you your don't doesn't isn't can't won't didn't simply really actually exactly currently recommended required "
    "optional optionally default deprecated new old different important possible available able true false".split()
)
# Words that a term may well hold, but that are none alone.
VAGUE = frozenset(
    "thing things part parts kind kinds type types sort example examples case cases way ways number numbers time times "
    "lot lots result results reason reasons people someone point points rest fact end beginning set bit amount idea "
    "section sections chapter chapters page pages document lesson guide note notes warning tip important caution hint "
    "question questions answer answers right wrong left good bad problem problems following course work works user users "
    "day days year years month months week weeks hour hours minute minutes moment half side sides line lines".split()
)
LABELS = re.compile(
    r"(?:note|tip|warning|important|caution|hint|remark|example|examples|usage|parameters?|arguments?|returns?|raises|"
    r"type|types|default|defaults?|required|optional|since|new|added|changed|fixed|removed|deprecated|update|updated|"
    r"see|see also|todo|answer|question|solution|exercise|proof|step|pros?|cons?|author|authors|date|version|source|"
    r"result|results|summary|warm-up|intuition|description|name|value|bug|feature|fix|breaking|enhancement|input|output)s?",
    re.IGNORECASE,
)
DANGLING = re.compile(
    r"(?:this|that|these|those|it|its|it's|they|their|them|he|she|his|her|such|here|there|then|thus|therefore|hence|so|"
    r"but|and|or|nor|yet|also|however|moreover|furthermore|additionally|besides|instead|otherwise|still|again|first|"
    r"firstly|second|secondly|third|finally|lastly|next|meanwhile|similarly|likewise|conversely|consequently|accordingly|"
    r"nevertheless|nonetheless|both|either|neither|each|one|ones|another|others|some of|most of|all of|none of|many of|"
    r"for (?:example|instance|this|that|these|more)|in (?:contrast|other words|this|that|these|both|each|turn|our|what follows)|as (?:a result|a consequence|such|mentioned|shown|noted|before|"
    r"we|you|an example|of)|let|lets|suppose|consider|note|notice|recall|remember|imagine|assume|say|take|see|now|"
    r"by (?:doing|this|that)|to (?:do so|do this|this|that|see|learn|understand)|after (?:that|this)|with (?:this|that|these)|"
    r"without (?:this|that|it)|because of (?:this|that)|unlike|only|even|rather|perhaps|maybe|well|of course|yes|no|sure|"
    r"given (?:this|that)|on the other hand|at (?:this|that)|depending|more|as|not|if so|if not|when this|once|same|"
    r"the (?:default|value|result|option|command|function|method|file|same|first|second|third|latter|former|last|other|only|"
    r"main|code|output|output above|reason|answer|idea|goal|difference|rest|table|figure|list|name|problem|question|latter)"
    r"(?: (?:value|behaviou?r|one|thing|difference|reason|idea|problem|question|advantage))? (?:is|are|was|were|will|can|must|"
    r"should|has|have|may|gives?|shows?)|\w+ (?:is|are|can|may|will|was|were|has|have) also|"
    r"why|what|how|which|please|thanks|hello|who|while (?:this|that|it))\b(?!-)",
    re.IGNORECASE,
)
LEAD = re.compile(  # what joins a sentence to the one before it and can be left off
    r"(?:however|moreover|furthermore|additionally|besides|nonetheless|nevertheless|thus|hence|therefore|consequently|indeed|"
    r"in (?:general|practice|fact|particular|short|addition)|of course|unfortunately|fortunately|clearly|basically|generally|"
    r"(?:note|notice|recall|remember) that),? (?=[\w`])",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(
    r"\b(?:this|these|those|following|previous|previously|earlier|former|latter|aforementioned|as follows|"
    r"here|above(?! \d)|below(?! \d)|figure|fig|table|listing|chapter|section|lesson|exercises?|equation|eq|example|"
    r"examples|i|i'm|my|me|let's|today|recently|now|currently|see|e\.g|i\.e|etc|last|next|we'll|we've|we're|again|"
    r"mentioned|discussed|described|suppose|say|another|the other|others)\b|\.\.\.|…|!",
    re.IGNORECASE,
)
PRONOUN_EARLY = re.compile(r"(?:\W*\w+){0,5}?\W*\b(?:it|they|them|their|its|he|she|his|her|him|we|our|us)\b", re.IGNORECASE)
LEARNER_TOLD = re.compile(r"\b(?:we|our|us|you|your|should|must|want|please|recommend|recommended)\b", re.IGNORECASE)
IMPERATIVE = re.compile(
    r"(?:add|run|use|set|click|open|install|create|make|check|choose|select|enter|type|go|start|try|write|put|find|read|"
    r"copy|change|replace|remove|delete|update|save|call|pass|keep|define|specify|configure|enable|disable|do|don't|be|"
    r"feel|avoid|ensure|compute|show|prove|derive|implement|compare|explain|describe|discuss|import|download|clone|"
    r"visit|follow|provide|include|exclude|allow|allows|force|return|returns|whether)\b",
    re.IGNORECASE,
)
COPULA = r"(?:is|are|was|were|means?|denotes?|refers? to|stands? for|describes?)"
DEFINITION = re.compile(
    rf"(?P<lead>(?:An? |The )?)(?P<term>[`\w][^,;:()]{{1,40}}?)(?P<also> \([^()]{{1,30}}\))?,? {COPULA} (?:an?|the|one of) (?!bit|little|lot|few|same|case|matter)"
)
DETERMINED = re.compile(
    r"\b(?:the|an?|each|every|its|their|of|no|all|any|one|per)\s+(?P<noun>[a-z][a-z-]{3,})(?=[.,;:)]|\s+(?P<after>[\w']+)|$)"
)
WORDS_IN_A_ROW = re.compile(r"(?<![\w`$-])[a-z][a-z-]{2,}(?: [a-z][a-z-]{2,})+(?![\w`$])")
NO_NOUN = re.compile(r".*(?:ly|ing|ed|able|ible|ful|ous|ive|al|ic|est|less)$")
NAME = re.compile(r"(?<=[a-z,;(] )(?:[A-Z][\w.-]*\w)(?: (?:(?:of|the|de|von|van) )?[A-Z][\w-]*\w){0,3}(?![\w’'-])")
ENUMERATED = re.compile(r"\b(?:such as|including|includes?|like|for example|e\.g\.)[^.;]*$")
MEMBER = r"[`\w][\w`'-]*(?: [\w`'-]+){0,2}"
RELATED = re.compile(r"\b(?:this|these|those|it|they|here|example|namely)\b", re.IGNORECASE)
ALTERNATIVES = re.compile(rf": (?:an? |the )?(?P<list>{MEMBER}(?:, {MEMBER})+,? (?:and|or) {MEMBER})\.$")
RELATIVE = re.compile(r"\b(?:that|which|who|whose|where|when|how|if)\b")
SUBJECT_VERB = re.compile(r"\b(?:is|are|was|were|has|have|can|will|does|do|may|must|should|would|could)\b")


def is_english(text: str) -> bool:
    """Do the words that any English text is made of make up enough of this one?"""
    words = re.findall(r"[^\W\d_]+", text.lower())
    return len(words) > 5 and sum(word in COMMON for word in words) >= ENGLISH_SHARE * len(words)
