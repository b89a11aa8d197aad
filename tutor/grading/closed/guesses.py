"""What a learner puts around an answer that is picked, ordered or computed: a hedge, a question mark, a question beside it."""

from __future__ import annotations

import re

_UNSURE = (
    r"(?:i'?m |i am )?not (?:really |quite |so |too |very |100 ?% )?sure(?! +(?:that|it|if|about|what|which)\b)"
    r"|(?:i have )?no idea|maybe|perhaps|probably|possibly|presumably"
)
_BEFORE = re.compile(
    rf"\W*(?:{_UNSURE}|i (?:don'?t|do not) know"
    r"|i(?:'d| would| will|'ll)? (?:guess|think|believe|suppose|say|take|pick|choose)(?: that| for)?"
    r"|(?:could|might|may|would|should|must) it (?:perhaps |maybe )?be|it (?:could|might|may|would|should|must) be"
    r"|is (?:it|that|the answer)|it'?s|it is|that'?s|(?:the|my) (?:answer|guess)(?: is)?"
    r"|option|number|oh|ah+|aha|yes|yeah|hm+|um+|uh+|well|ok(?:ay)?|so|then|but"
    r"|ist (?:es|das)|es ist|ich (?:glaube|denke)|vielleicht|wohl|c'est|est-ce|je (?:pense|crois)|peut-être|es|creo que|quizás"
    r")(?![\w'])(?:[\s,:;…]|\.(?!\d))*",
    re.I,
)
_BEHIND = re.compile(
    rf"(?:(?:^|[\s,;.?–—-])\s*(?:(?:but|though) )?(?:{_UNSURE}|right|correct|then|now|of course|i see|or not|or"
    r"|i (?:guess|think|believe|suppose)"
    r"|(?:is|am) (?:it|that|this|i) (?:right|correct)|oder|vielleicht|n'est-ce pas))?[\s?？.,…]*$",
    re.I,
)
_QUESTION = re.compile(
    r"[\s,;.:?!()–—-]+(?:(?:but|and|so|or)\s+)?(?:(?:why|warum)\b.*"
    r"|(?:how|what|which|who|when|where|is|are|does|do|did|can|could|would|should"
    r"|wieso|wie|was|pourquoi|por qué)\b.*[?？]\s*)$",
    re.I | re.S,
)


def without_hedges(text: str) -> str:
    """An answer without the words that only say how sure the learner is, and without a question mark: "is it 3?"."""
    text = text.replace("’", "'").strip()
    while begun := _BEFORE.match(text):
        text = text[begun.end() :]
    ended = _BEHIND.search(text)
    return (text[: ended.start()] if ended else text).strip()


def beside_a_question(text: str) -> str:
    """The answer beside which something is asked, such as "1" in "1, but why?"; "" where nothing is."""
    asked = _QUESTION.search(text.replace("’", "'"))
    return without_hedges(text[: asked.start()]) if asked else ""
