"""How well each quote of a passage would do as the one that answers: a linear model, fitted by benchmarks/fit_answers.py.

Each quote has features, which say what it has of the question, what it looks like and where it stands; some count for one kind
of question alone. Their weights are in assets/answers.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tutor.search.answering.fitting import SIGNS as LOOKS_LIKE
from tutor.search.answering.fitting import Fit
from tutor.search.answering.quotes import CODE, OUTPUT, ROW, SENTENCE, Quotable
from tutor.search.questions import DEFINITION, HOW, NUMBER, SIDES, TO_DO, WHEN, WHY, AskedQuestion
from utils.patterns import compiled_later

TABLE = Path(__file__).resolve().parents[3] / "assets" / "answers.json"
SENTENCES, AUTHORED = "sentences", "authored"  # what is weighed
NEVER = -9.0  # for what can't be an answer
LONGEST = 80  # words of what can be quoted as the answer
LABEL = 0.3  # share of the question from which a label that a sentence begins with is about it
FEWEST, FEWEST_ALONE, LONG_LEAD = 6, 8, 4  # words
BEFORE, AFTER = 50, 40  # characters around a figure

FIGURE = compiled_later(
    r"(?<![\w-])[−-]?\d[\d.,{}]*|\b(?:two|three|four|five|six|seven|eight|nine|ten|half|quarter|third|twice|every)\b", re.I
)
OWN_FIGURE = compiled_later(r"(?<![\w.-])\d")  # who names a figure asks for what comes of it
CHOSEN = compiled_later(r"\b(?:usual\w*|default|typical\w*|recommend\w*|choices?|common\w*)\b", re.I)
WHICH_VALUE = compiled_later(
    r"\b(?:which|what)\b.*\b(?:use[sd]?|choose|chosen|recommend\w*|default|typical|usual|take[sn]?|set)\b", re.I
)
NEGATIVE = compiled_later(
    r"\b(?:not|never|no|none|nor|neither|cannot|without|nothing|fails?|failed|wrong|bad|worse|useless|break\w*|\w+n['’]t)\b", re.I
)
CONDITION = compiled_later(
    r"\b(?:when|if|as soon as|once|only|where|unless|until|whenever|wenn|quand|si|cuando|если|когда)\b|如果|とき", re.I
)
FITS = compiled_later(r"\b(?:for|suits?|better|best|prefer\w*|choose|pays?|worth|should|need(?:s|ed)?|use|take)\b", re.I)
IMPERATIVE = compiled_later(  # "To make tea, boil water", "If you want tea, …", "You can boil water", "Then boil the water"
    r"\W*(?:\*\*Example\.\*\*\s+)?(?:(?:To (?!the\b|a\b)\w+|If you (?:want|need|have)"
    r"|You (?:can|could|should|need to|have to|must|just|only|may))\b"
    rf"|(?:(?:First|Then|Next|Now|So|Instead|Otherwise|Finally|Just|Simply),?\s+)?(?i:{TO_DO})\b(?! (?:of|is|are|was)\b))"
)
WISHES = compiled_later(
    r"^\W*(?:There (?:are|is|may be|might be)|Sometimes|In (?:some|many) (?:cases|situations))\b"
    r"|\byou (?:might|may|could|will probably|probably) (?:want|need|wish|have)\b|\b(?:you|we) (?:want|wanted|don['’]t want)\b",
    re.I,
)
CONTRAST = compiled_later(
    r"\b(?:differ\w*|unlike|whereas|while|instead|rather than|in contrast|however|but|only|both|same|neither|than)\b", re.I
)

# What an answer to a kind of question looks like.
SIGNS = {
    SIDES: {"contrast": CONTRAST},
    DEFINITION: {"says what": LOOKS_LIKE[DEFINITION]},
    WHEN: {"condition": CONDITION, "fits": FITS},
    WHY: {"cause": LOOKS_LIKE[WHY]},
    HOW: {"does": LOOKS_LIKE[HOW]},
}
ALSO_BY_KIND = ("key", "place", "share", "like")  # features that count differently for a kind of question


def features_of(question: AskedQuestion, fit: Fit) -> list[dict[str, float] | None]:
    """The features of each quote of a passage; None of one that can't be an answer."""
    asked, quotes = fit.asked, fit.quotes
    headed = asked.met(fit.passage.heading)
    unheaded = 1.0 - asked.share(headed)
    met = [asked.met(quote.said) for quote in quotes]
    first = next((number for number, quote in enumerate(quotes) if fit.can_say(quote)), 0)
    about_heading = not asked.met(fit.title)  # "It is …" below a heading speaks of what the heading names
    is_negative = bool(NEGATIVE.search(question.text))
    found: list[dict[str, float] | None] = []
    for number, quote in enumerate(quotes):
        about_heading = about_heading and quote.leans_back
        is_told = quote.form != CODE or (question.kind == HOW and quote.is_short and not OUTPUT.match(quote.text))
        if not fit.can_say(quote) or quote.size > LONGEST or not is_told:
            found.append(None)
            continue
        before = met[number - 1] if number and quotes[number - 1].block == quote.block else frozenset()
        own = {
            "share": asked.share(met[number]),
            "share of heading": asked.share(headed - met[number]),
            "share before": asked.share(before - met[number] - headed),
            "share beside heading": asked.share(met[number] - headed) / unheaded if unheaded > 0.05 else 0.0,
            "main": float(asked.main in met[number]),
            "like": max(fit.likes[number], 0.0),
            "opens block": float(not number or quotes[number - 1].block != quote.block),
            "key": float(number == fit.bold_key),
            "place": number / len(quotes),
            "headed by question": float(number == first and fit.is_asked_by_title),
            "label": float(
                quote.form != ROW and 0 < len(quote.lead.split()) < LONG_LEAD and asked.share(asked.met(quote.lead)) >= LABEL
            ),
            "bold": float(quote.form == SENTENCE and len(quote.lead.split()) >= LONG_LEAD),
            "of another": float(about_heading and not headed),
            "of heading": float(about_heading and bool(headed)),
            "leads on": float(quote.leads_on),
            "tiny": float(quote.size < FEWEST and quote.is_prose and not quote.claim),
            "small": float(quote.size < FEWEST_ALONE and quote.is_prose and not quote.claim),
            "long": min(quote.size, 40) / 40,
            "symbols": float(question.simple and not quote.said.isascii()),
            "worked": float(quote.worked),
            "against": float(is_negative and bool(NEGATIVE.search(quote.said))),
            quote.form: 1.0,
        }
        own |= _of_kind(question, fit, quote)
        own |= {f"{question.kind}: {name}": own[name] for name in ALSO_BY_KIND}
        found.append({name: value for name, value in own.items() if value})
    return found


def _of_kind(question: AskedQuestion, fit: Fit, quote: Quotable) -> dict[str, float]:
    """The features that only count for a question's kind."""
    said, kind = quote.said, question.kind
    found = {f"{kind}: {name}": float(bool(sign.search(said))) for name, sign in SIGNS.get(kind, {}).items()}
    if kind == HOW:
        found |= {"tells how": float(bool(IMPERATIVE.match(said))), "only wishes": float(bool(WISHES.search(said)))}
    if kind == WHEN and WHICH_VALUE.search(question.text):
        found["chosen"] = float(bool(CHOSEN.search(said)))
    if kind == NUMBER or OWN_FIGURE.search(question.text):
        near = [
            fit.asked.share(fit.asked.met(said[max(one.start() - BEFORE, 0) : one.end() + AFTER]))
            for one in FIGURE.finditer(said)
            if one[0] not in question.text
        ]
        found["number: figure" if kind == NUMBER else "figure"] = float(bool(near))
        found["number: beside figure" if kind == NUMBER else "beside figure"] = max(near, default=0.0)
        found["worked figure"] = float(quote.worked)
        if kind == NUMBER:
            found["chosen"] = float(bool(near) and bool(CHOSEN.search(question.text)) and bool(CHOSEN.search(said)))
    return found


def worth(question: AskedQuestion, fit: Fit) -> list[float]:
    """How well each quote of a passage would do as the one that answers."""
    if question not in fit.worths:
        fit.worths[question] = [score(features) for features in features_of(question, fit)]
    return fit.worths[question]


@cache
def weights(of: str = SENTENCES) -> dict[str, float]:
    """The weight of each feature; `behind` is that of how much better a passage fits."""
    return dict(json.loads(TABLE.read_text(encoding="utf-8"))[of])


def score(features: Mapping[str, float] | None, of: str = SENTENCES) -> float:
    """The features of a quote, or of an author's answer, weighed."""
    own = weights(of)
    return NEVER if features is None else sum(own.get(name, 0.0) * value for name, value in features.items())
