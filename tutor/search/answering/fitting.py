"""How well a passage fits a question, and its quotes: the choice of what to answer from."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property

from tutor.models import HEADING_SEPARATOR, Passage
from tutor.search.answering import refuted
from tutor.search.answering.quotes import BOLD_LEAD, SENTENCE, Quotable, plain_sentence, quotes_of
from tutor.search.query_words import QueryWords
from tutor.search.questions import DEFINITION, HOW, NUMBER, SIDES, WHEN, WHY, AskedQuestion
from tutor.search.words import content_words, language_of
from utils.embedding import SumAndLength, built_in
from utils.patterns import compiled_later

# Weights for the choice of a passage: a choice model fitted to the questions of benchmarks/ask.py, a corpus left out at a time.
SCORE = 1.8  # for the search's score
LIKE_SENTENCE = 0.4  # for the similarity in meaning to the nearest sentence
SIGNED = 0.25  # for the sentence that has most of the question and is nearest to it, of those that look like an answer
LIKE_SIGNED = 0.6  # of its nearness, beside its share
LOOKED_INTO, CLOSE = 3, 0.5  # passages whose sentences are looked at, and how near to the best they have to be
WHOLE, WORDING = 0.35, 0.25  # for the share of the question in the passage and its wordings, and in the best wording alone
LIKE_WORDING = 0.6  # for the similarity in meaning to the nearest wording
LOOKED_AT = 10  # passages
SAME_WORDING, NEARLY_SAME = 4.0, 0.65  # for every bit by which that is more than a likeness of subjects
CONTEXT = 0.3  # for the share of the context
LENGTH = 0.1  # for the logarithm of its words: more of them say more
TITLED, MUCH = 0.2, 0.25  # for a heading all of whose words were asked for, and that are so much of the question
EXACTLY = 0.7  # for a heading that has every word that was asked for
NAMED = 0.15  # for naming what was asked for in the heading or the section's key sentence
LIKE_HEADING = 0.4  # for the similarity in meaning of the headings, from the lesson's down
TELLING = 0.75  # for a heading that announces what a kind of question asks for
DEFINES = 0.65  # for seeming to define what a definition was asked for
MISCONCEPTIONS = 0.5  # off for a list of misconceptions, unless one of them is what was asked
RECAP = 0.5  # off for a list that repeats the lesson in catchwords
NO_TEACHING = 0.6  # off for what leads elsewhere

ABOUT = 0.5  # share of the question in a sentence and its section's heading, from which it speaks of what was asked
SAME_QUESTION = 0.6  # share of the question in a heading that asks it
IS_QUESTION = compiled_later(r"[?？]\W*$|^\W*(?:what|why|how|when|which|who|where|is|are|do|does|can|should|must)\b", re.I)
CHANGES = compiled_later(
    r"\W*(?:release (?:notes|history)|change ?log|changes|what(?:'s|’s| is) new|(?:version )?history|releases|news)\b", re.I
)  # of a program: of a version, and not of how it is now
REPEATS = compiled_later(
    r"(?:recap|summary|key (?:points|takeaways|ideas)|zusammenfassung|résumé|resumen|итоги?|小结|总结|まとめ)\W*$", re.I
)
LEADS_ELSEWHERE = compiled_later(
    r"(?:next(?: steps)?|further reading|see also|references?|exercises?|table of contents|credits?|licen[cs]e|bibliography"
    r"|sources|what(?:'s|’s) next)\W*$",
    re.I,
)

# What an answer to a kind of question looks like.
SIGNS = {
    NUMBER: compiled_later(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|twice|double|third|quarter|zero|none"
    r"|square|linear\w*)\b", re.I),
    WHY: compiled_later(
        r"\b(?:because|since|so that|otherwise|therefore|that is why|reasons?|cause[sd]?|without|would|so|lets?|allows?"
        r"|needs?|prevents?|avoids?|helps?|"
        r"weil|denn|damit|parce que|car|afin|porque|para que|ya que|потому|чтобы|поэтому)\b|因为|ので|ため", re.I),
    HOW: compiled_later(r"^\s*(?:[-*]|\d+\.)\s|\b(?:first|then|next|take|multiply|divide|subtract|add|compute|apply|set|run|use"
    r"|by|call|create|choose|write)\b", re.I),
    WHEN: compiled_later(r"\b(?:when|if|as soon as|once|only|where|unless|until|for|after|before|wenn|quand|si|cuando|если"
    r"|когда)\b|如果|とき", re.I),
}  # fmt: skip
SIGNS[DEFINITION] = compiled_later(
    r"\*\*|\b(?:is|are|means|called|says|counts|measures|ist|sind|est|sont|es|son|это)\b|是|とは", re.I
)


HEADINGS_TELL = {  # what a heading announces that answers a kind of question
    WHEN: compiled_later(r"\b(?:when|which|choos\w*|choices?|pick\w*|limits?|pays?|should|trade-?offs?|guidelines?|or)\b", re.I),
    WHY: compiled_later(
        r"\b(?:why|reasons?|motivation|cause\w*|problems?|benefits?|advantages?|purposes?|effects?|consequences?)\b", re.I
    ),
}
ASKS_WHEN = compiled_later(r"\b(?:when|which)\b", re.I)  # which of two things to take


@dataclass(frozen=True)
class Fit:
    """How a passage fits a question."""

    passage: Passage
    question: AskedQuestion
    asked: QueryWords
    met: frozenset[int]  # numbers of the question's words in it and its wordings
    wording: float  # the share in the wording that is nearest in meaning
    like_wording: float  # how near that is
    vector: SumAndLength  # of the question
    score: float  # of the search, relative to its best passage
    by_context: float  # the share of the words of what was said before, or beside the question, that the passage has
    wordings: Mapping[str, float] = field(compare=False)  # how near each of the questions is that it answers
    already: str = ""  # the answer before, of which nothing is said again

    @classmethod
    def of(
        cls,
        passage: Passage,
        question: AskedQuestion,
        asked: QueryWords,
        vector: SumAndLength,
        most: float,
        context: QueryWords | None,
    ) -> Fit:
        wordings = {wording: built_in().nearest(vector, [wording]) for wording in passage.also.splitlines()}
        met = asked.met(f"{passage.lesson}\n{passage.heading}\n{passage.text}\n{passage.also}")
        like, nearest = max(((like, wording) for wording, like in wordings.items()), default=(0.0, ""))
        said_before = context.share(context.met(f"{passage.heading}\n{passage.text}")) if context and context.words else 0.0
        wording, score = asked.share(asked.met(nearest)), passage.score / most
        return cls(passage, question, asked, met, wording, like, vector, score, said_before, wordings)

    @property
    def title(self) -> str:
        return self.passage.heading.rpartition(HEADING_SEPARATOR)[2]

    @property
    def whole(self) -> float:
        """The share of the question that the passage and its wordings have."""
        return self.asked.share(self.met)

    @property
    def is_opening(self) -> bool:
        """Whether it is what stands above a lesson's first section."""
        return HEADING_SEPARATOR not in self.passage.heading

    @cached_property
    def is_about_misconceptions(self) -> bool:
        return refuted.is_about_misconceptions(self.passage.heading)

    @property
    def teaches(self) -> bool:
        """Whether it is neither a list of misconceptions or catchwords, nor leads elsewhere."""
        return not (self.is_about_misconceptions or REPEATS.match(self.title) or LEADS_ELSEWHERE.match(self.title))

    @cached_property
    def quotes(self) -> list[Quotable]:
        return quotes_of(self.passage)

    def can_say(self, quote: Quotable) -> bool:
        """Whether a quote says something that was not said in the answer before."""
        return not quote.says_nothing and not (self.already and plain_sentence(quote.said) in self.already)

    @cached_property
    def key(self) -> int | None:
        """The number of the sentence that the section turns on: its first one, if that is in bold or names the section."""
        for number, quote in enumerate(self.quotes):
            if quote.form != SENTENCE or quote.worked or quote.claim:
                return None
            if not self.can_say(quote) or quote.leads_on:
                continue
            bold = len(quote.lead.split()) > 3
            return number if bold or not quote.leans_back else None
        return None

    @property
    def bold_key(self) -> int | None:
        """The key sentence, if its author has put it in bold."""
        return self.key if self.key is not None and len(self.quotes[self.key].lead.split()) > 3 else None

    @cached_property
    def names(self) -> str:
        """The texts that say what the passage is about: its heading, and the bold words that it begins with."""
        lead = None if self.is_about_misconceptions else BOLD_LEAD.match(self.passage.text.lstrip())
        return f"{self.title}\n{lead[1] if lead else ''}"

    @cached_property
    def is_titled(self) -> bool:
        """Whether every word of the heading was asked for."""
        words = {word.lower() for word in content_words(self.title)}
        met = self.asked.met(self.title)
        return (
            bool(words)
            and len(met) >= len(words)
            and (self.asked.share(met) >= (MUCH if len(words) > 1 else 2 * MUCH) or self.asked.main in met)
        )

    @property
    def is_titled_exactly(self) -> bool:
        """Whether the heading is just what was asked for."""
        return self.is_titled and self.asked.share(self.asked.met(self.title)) > 0.95

    @cached_property
    def is_asked_by_title(self) -> bool:
        """Whether the heading is a question, nearly the one that was asked."""
        if not IS_QUESTION.search(self.title):
            return False
        met = self.asked.met(self.title)
        return self.asked.share(met) >= SAME_QUESTION and len(met) >= SAME_QUESTION * len(set(content_words(self.title)))

    def is_about(self, number: int) -> bool:
        """Whether a sentence, understood by the section's heading, speaks of what was asked."""
        return self.asked.share(self.asked.met(f"{self.title}\n{self.quotes[number].said}")) >= ABOUT

    @cached_property
    def likes(self) -> list[float]:
        """How near each quote is to the question in meaning."""
        return [built_in().nearest(self.vector, [f"{quote.claim or self.title}. {quote.said}"]) for quote in self.quotes]

    @cached_property
    def weight(self) -> float:
        """For the choice of a passage, with what is in its sentences."""
        likes = [like for like, quote in zip(self.likes, self.quotes, strict=True) if quote.is_prose]
        return self.weight_outside + LIKE_SENTENCE * max([0.0, *likes]) + SIGNED * self._best_sign

    @property
    def _best_sign(self) -> float:
        """Share and nearness of the sentence that does best, of those that look like an answer to such a question."""
        sign, headed = SIGNS.get(self.question.kind), self.asked.met(self.passage.heading)
        looks_right = [not sign or bool(sign.search(quote.said)) for quote in self.quotes]
        return max(
            (
                self.asked.share(self.asked.met(quote.said) | headed) + LIKE_SIGNED * max(like, 0.0)
                for quote, like, right in zip(self.quotes, self.likes, looks_right, strict=True)
                if right
            ),
            default=0.0,
        )

    @cached_property
    def weight_outside(self) -> float:
        """The same without a look at single sentences."""
        title, heading = self.title, self.passage.heading
        weight = SCORE * self.score + CONTEXT * self.by_context + LENGTH * math.log(1 + len(self.passage.text.split()))
        weight += WHOLE * self.whole + WORDING * self.wording + LIKE_WORDING * self.like_wording
        weight += SAME_WORDING * max(self.like_wording - NEARLY_SAME, 0.0)
        weight -= RECAP * bool(REPEATS.match(title)) + NO_TEACHING * bool(LEADS_ELSEWHERE.match(title))
        weight -= NO_TEACHING * bool(CHANGES.match(heading)) + MISCONCEPTIONS * self.is_about_misconceptions
        weight += EXACTLY * self.is_titled_exactly + TITLED * self.is_titled
        weight += NAMED * self.asked.share(self.asked.met(self.names)) + LIKE_HEADING * built_in().nearest(self.vector, [heading])
        return weight + TELLING * self._title_tells + DEFINES * self._may_define

    @property
    def _title_tells(self) -> bool:
        """Whether the heading announces what such a question asks for."""
        asks_when = self.question.kind == SIDES and ASKS_WHEN.search(self.question.text)
        tells = HEADINGS_TELL.get(WHEN if asks_when else self.question.kind)
        return bool(tells and tells.search(self.title))

    @property
    def _may_define(self) -> bool:
        return (
            self.question.kind == DEFINITION and bool(self.question.subject) and may_define(self.passage, self.question.subject)
        )

    @cached_property
    def worths(self) -> dict[AskedQuestion, list[float]]:
        """How well each quote would do as the one that answers, as weighing.py has found."""
        return {}


def fits_of(
    passages: Sequence[Passage], asked: QueryWords, question: AskedQuestion, context: QueryWords | None, already: str = ""
) -> list[Fit]:
    """The passages by how well they fit, best first. Of those that search has found last, the ones that may define something."""
    vector = built_in().vector(_compared(question, asked))
    things = [name for name in (*question.sides, question.subject) if name]
    chosen = [
        passage
        for place, passage in enumerate(passages)
        if place < LOOKED_AT or any(may_define(passage, name) for name in things)
    ]
    most = max((passage.score for passage in passages), default=1.0) or 1.0
    fits = [replace(Fit.of(passage, question, asked, vector, most, context), already=already) for passage in chosen]
    fits.sort(key=lambda fit: -fit.weight_outside)
    close = sum(fit.weight_outside > fits[0].weight_outside - CLOSE for fit in fits[:LOOKED_INTO])
    return sorted(fits[:close], key=lambda fit: -fit.weight) + fits[close:] if close > 1 else fits


def _compared(question: AskedQuestion, asked: QueryWords) -> str:
    """What is compared in meaning: of a question in another language the words that the lessons have, since the embedding knows
    little but English."""
    known = [word for number, word in enumerate(asked.words) if number not in asked.unknown]
    return " ".join(known) if known and language_of(question.text) else question.text


def within(asked: QueryWords, text: str) -> QueryWords:
    """The words of a question of which only those of one part of it count."""
    met = asked.met(text)
    own = copy(asked)
    own.weights = [weight * (number in met) for number, weight in enumerate(asked.weights)]
    own.total = sum(own.weights) or 1.0
    own.unknown = [number for number in asked.unknown if number in met]
    own.named = asked.named if asked.named in met else None
    own.main = max(range(len(own.weights)), key=own.weights.__getitem__, default=0)
    return own


def may_define(passage: Passage, name: str) -> bool:
    """Whether a text has a name in front of a verb, or marks it as a term; a quick look before its sentences are read."""
    pattern = r"[\s-]+".join(map(re.escape, name.split()))
    marked = rf"(?:[*_`\"“]{{1,2}}{pattern}s?[*_`\"”]{{1,2}}|^\W{{0,8}}(?:(?:an?|the)\s+)?{pattern}s?\s+(?:is|are|means?)\b)"
    return bool(re.search(marked, passage.text, re.I | re.M))
