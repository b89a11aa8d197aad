"""An answer out of passages, and its sentences with the numbers that they cite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tutor.models import Passage
from tutor.prompts.framing import SHORT_DATA, as_messages, data
from utils.llm.reply import Afresh
from utils.llm.structured import Prompt

NOT_THERE = "NOT IN THE LESSONS"
NUMBERED = re.compile(r"\s*\[\s*(\d+(?:\s*,\s*\d+)*)\s*\]")
OWN = re.compile(r"\W*OWN\W*[:–—-]\s*")
OWN_LABEL = "The model's own, not from the lessons:"


@dataclass(frozen=True)
class CitedSentence:
    """A sentence of a model's answer and the numbers of the passages that it cites."""

    text: str
    numbers: tuple[int, ...]
    own: bool = False  # an analogy or example of the model's, which cites nothing

    @property
    def shown(self) -> str:
        if self.own:
            return f"{OWN_LABEL} {self.text}"
        return self.text + " " + "".join(f"[{number}]" for number in self.numbers)


def answer(question: str, passages: Sequence[Passage], context: str = "", history: Sequence[tuple[str, str]] = ()) -> Prompt[str]:
    """An answer in prose out of numbered passages. history: (question, answer) of the conversation so far."""
    shown = [data(f"passage_{n}", f"{one.heading}\n{one.text}", SHORT_DATA) for n, one in enumerate(passages, 1)]
    rest = (
        data("earlier", "\n".join(f"{asked}\n{said}" for asked, said in history)) if history else "",
        data("context", context) if context else "",
        data("question", question),
        "Answer the question from the passages alone, in at most five sentences. Write each sentence on a line of its own and "
        "end it with the numbers of the passages that say it, such as [1] or [1][3]. Use names, numbers and formulas as they "
        "stand there. If an analogy or example of your own helps, put it on a line that begins with OWN: and has no number. "
        f"If the passages do not answer the question, reply with {NOT_THERE} and nothing else.",
    )
    return Prompt("ask", as_messages(*shown, *rest), shorter=as_messages(*shown[:3], *rest))


def answer_again(prompt: Prompt[str], said: Sequence[CitedSentence], faults: Sequence[str]) -> Prompt[str]:
    """The same prompt again, with what was wrong with some of the sentences."""
    kept = "\n".join(sentence.shown for sentence in said) or NOT_THERE
    faulty = "These sentences can't be kept:\n" + data("faults", "\n".join(faults)) + (
        "\nWrite only these again, so that the passages they cite say all of them, or leave them out.")  # fmt: skip
    return Prompt("ask", (*prompt.messages, {"role": "assistant", "content": kept}, {"role": "user", "content": faulty}))


def sentences_of(pieces: Iterable[str]) -> Iterator[CitedSentence | Afresh]:
    """The sentences of a streamed answer, each as soon as its line is complete; an `Afresh` takes back those before it."""
    held = ""
    for piece in pieces:
        if isinstance(piece, Afresh):
            held = ""
            yield piece
            continue
        held += piece
        *lines, held = held.split("\n")
        for line in lines:
            yield from _cited_sentences(line)
    yield from _cited_sentences(held)


def sentences_in(reply: str) -> Iterator[CitedSentence]:
    """The sentences of an answer that is complete."""
    for line in reply.split("\n"):
        yield from _cited_sentences(line)


def _cited_sentences(line: str) -> Iterator[CitedSentence]:
    start = 0
    line = line.strip().lstrip("-*• ")
    if mark := OWN.match(line):
        if text := NUMBERED.sub("", line[mark.end() :]).strip():
            yield CitedSentence(text, (), own=True)
        return
    for run in re.finditer(rf"(?:{NUMBERED.pattern})+[.!?]?", line):
        text = (line[start : run.start()] + (run[0][-1] if run[0][-1] in ".!?" else "")).strip()
        numbers = [int(number) for found in NUMBERED.findall(run[0]) for number in found.split(",")]
        if text:
            yield CitedSentence(text, tuple(dict.fromkeys(numbers)))
        start = run.end()
    if rest := line[start:].strip():
        yield CitedSentence(rest, ())
