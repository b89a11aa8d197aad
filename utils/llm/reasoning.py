"""A reasoning model's thoughts, taken out of its reply while it streams.

They count as thoughts only where the reply begins with them, so that a lesson may write about such tags. Some servers
leave out the opening tag: then all before the closing one was thought, and what was handed on is taken back.

harmony: https://cookbook.openai.com/articles/openai-harmony
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from utils.llm.reply import Afresh

TAKEN_BACK = Afresh("\n\n[the above was thinking; the reply follows]\n\n")

ENDS = {f"<{name}>": f"</{name}>" for name in ("think", "thinking", "thought", "reasoning", "reflection", "seed:think")}
ENDS |= {"[think]": "[/think]", "◁think▷": "◁/think▷", "<|channel>": "<channel|>"}
HARMONY = ("<|start|>", "<|channel|>", "assistant<|channel|>")  # how a message begins; its head ends with:
MESSAGE = "<|message|>"
MESSAGE_END = re.compile(r"<\|(?:end|return|call)\|>|(?=<\|(?:start|channel)\|>)")
FINAL = re.compile(r"<\|channel\|>\s*final\b")
# servers that leave out the special tokens run the words together: "analysisWe need a mean.assistantfinalA mean is a sum."
BARE = re.compile(r"(?:analysis|commentary)(?:<\|message\|>|(?=[^\W_]|[\"“{]))|final(?:<\|message\|>|(?=[A-Z0-9\"“{\[*#]))")
BARE_NAMES = tuple(f"{name}{MESSAGE}" for name in ("analysis", "commentary", "final"))
BARE_END = re.compile(r"assistant\s{0,2}final(?!ly)")
CLOSING = re.compile("|".join(map(re.escape, ENDS.values())), re.IGNORECASE)
FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
LONGEST = max(map(len, [*ENDS.values(), *HARMONY, *BARE_NAMES]))
BLANK = "\ufeff \t\r\n"
HEAD_LIMIT = 300  # characters of the head of a harmony message
Step = tuple[list[str], bool]  # texts to hand on, and whether another reader goes on with what is held


class ThoughtFilter:
    """The pieces of a reply without its thoughts. `thought`: there were some; `thinking`: they have not ended.

    unopened: the model is known to think without an opening tag, so that nothing is handed on before the closing one.
    Afterwards it tells whether this reply was of that kind.
    """

    def __init__(self, unopened: bool = False) -> None:
        self.unopened, self._waits = False, unopened
        self.thought = self.thinking = False
        self.held = ""  # what can't be judged before more comes
        self._read: Callable[[bool], Step] = self._begin
        self._end = MESSAGE_END  # of the thoughts, or of a harmony message
        self._opening, self._nested = "", False  # the tag that began the thoughts, and whether it stands in them again
        self._looked = 0  # how far what is held has been searched
        self._before: list[str] | None = []  # what was handed on, as long as a lone closing tag may follow

    def feed(self, piece: str) -> Iterator[str]:
        """What these characters add to the reply; an `Afresh` if what was handed on before has turned out to be thoughts."""
        self.held += piece
        yield from self._run(last=False)

    def close(self) -> Iterator[str]:
        """What was held back, when nothing more comes."""
        yield from self._run(last=True)

    def _run(self, last: bool) -> Iterator[str]:
        goes_on = True
        while goes_on:
            texts, goes_on = self._read(last)
            yield from filter(None, texts)

    def _begin(self, last: bool) -> Step:
        """The beginning of the reply, and what follows after thoughts."""
        text = self.held.lstrip(BLANK)
        start = text[:LONGEST].lower()
        opening = next((tag for tag in ENDS if start.startswith(tag)), "")
        if opening:
            self._opening, self._nested = opening, False
            self._end = re.compile(re.escape(ENDS[opening]), re.IGNORECASE)
            return self._think(text[len(opening) :])
        if start.startswith(HARMONY) and MESSAGE in text[:HEAD_LIMIT]:
            head, _, rest = text.partition(MESSAGE)
            self._end = MESSAGE_END
            return self._go_on(self._final, rest) if FINAL.search(head) else self._think(rest)
        if bare := BARE.match(text):
            self._end = MESSAGE_END if bare[0].endswith(MESSAGE) else BARE_END
            return (
                self._go_on(self._final, text[bare.end() :]) if bare[0].startswith("final") else self._think(text[bare.end() :])
            )
        closing = next((tag for tag in ENDS.values() if self.thought and start.startswith(tag)), "")
        if closing:  # once more than was opened
            return self._go_on(self._begin, text[len(closing) :])
        tags = (*ENDS, *HARMONY, *BARE_NAMES, *(ENDS.values() if self.thought else ()))
        may_open = start.startswith(HARMONY) and len(text) < HEAD_LIMIT
        if not last and (may_open or any(tag.startswith(start) for tag in tags)):
            return [], False
        if ((self._waits and not self.thought) or self._nested) and not start.startswith(("{", "[")):
            step = self._go_on(self._unopened, self.held)
            self.thinking = True
            return step
        if self.thought:
            self._before = None
        return self._go_on(self._text, text if self.thought else self.held)

    def _think(self, held: str) -> Step:
        step = self._go_on(self._thoughts, held)
        self.thought = self.thinking = True
        return step

    def _go_on(self, reader: Callable[[bool], Step], held: str) -> Step:
        self.thinking, self._read, self.held = False, reader, held
        return [], True

    def _thoughts(self, last: bool) -> Step:
        found = self._end.search(self.held)
        inside = self.held[: found.start()] if found else self.held
        self._nested = self._nested or bool(self._opening and self._opening in inside.lower())
        if found:
            return self._go_on(self._begin, self.held[found.end() :])
        self.held = "" if last else self.held[-LONGEST:]
        return [], False

    def _unopened(self, last: bool) -> Step:
        """Everything is held until a closing tag shows that it was thoughts, or the end shows that it was the reply.

        So it is after thoughts in which their own tag stood: a model may mean a tag, or think within its thoughts.
        """
        found = CLOSING.search(self.held, self._looked)
        if found and (last or found.end() < len(self.held)):
            after = self.held[found.end() :]
            if _closes_thoughts(self.held[: found.start()], found[0], after):
                self.thought, self.unopened = True, not self._nested
                self._nested = False
                return self._go_on(self._begin, after)
            return self._go_on(self._text, self.held)
        self._looked = max(0, len(self.held) - LONGEST)
        return self._go_on(self._text, self.held) if last else ([], False)

    def _final(self, last: bool) -> Step:
        """A harmony message that is meant to be read."""
        if found := self._end.search(self.held):
            text = self.held[: found.start()]
            self._go_on(self._begin, self.held[found.end() :])
        else:
            text, self.held = self._split(self.held, ("<|end|>", "<|return|>", "<|call|>", *HARMONY), last)
        return [text], bool(found)

    def _text(self, last: bool) -> Step:
        """The reply itself, in which a lone closing tag may still show that it was thoughts."""
        found = CLOSING.search(self.held) if self._before is not None else None
        if found and self._before is not None and (last or found.end() < len(self.held)):
            shown = "".join(self._before)
            after = self.held[found.end() :]
            if _closes_thoughts(shown + self.held[: found.start()], found[0], after):
                self._go_on(self._begin, after)
                self.thought = self.unopened = True
                return [TAKEN_BACK] if shown.strip() else [], True
            self._before = None  # the reply writes about such tags
        if self._before is None:
            text, self.held = self.held, ""
        elif found:
            text, self.held = self.held[: found.start()], self.held[found.start() :]
        else:
            text, self.held = self._split(self.held, tuple(ENDS.values()), last)
        if self._before is not None:
            self._before.append(text)
        return [text], False

    @staticmethod
    def _split(text: str, tags: tuple[str, ...], last: bool) -> tuple[str, str]:
        """(text without an end that may be the beginning of a tag, that end)."""
        if not last:
            for n in range(min(LONGEST, len(text)), 0, -1):
                if any(tag.startswith(text[-n:].lower()) for tag in tags):
                    return text[:-n], text[-n:]
        return text, ""


def _closes_thoughts(before: str, tag: str, after: str) -> bool:
    """Whether a closing tag ends thoughts that have no opening tag. It doesn't in JSON, code, quotes, or inside a sentence."""
    opening = next(name for name, end in ENDS.items() if end == tag.lower())
    line = before.rpartition("\n")[2]
    return not (
        before.lstrip(BLANK).startswith(("{", "["))
        or opening in before.lower()
        or len(FENCE.findall(before)) % 2
        or line.count("`") % 2
        or line[-1:] + after[:1] in ('""', "''", "“”", "‘’", "()")
        or (line.strip() and line[-1:] in " \t" and after[:1] not in "\r\n")
    )
