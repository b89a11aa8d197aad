"""What the tutor says in a session: explanations, the end of a lesson, hints."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.models import Item, Section
from tutor.prompts.framing import SHORT_DATA, SPOKEN, as_messages, data, long_and_short, text_of
from utils.llm.structured import Prompt

MANNERS = {
    "plain": "Explain this section to the learner in your own words, in at most 150 words.",
    "simpler": "Explain this section in simpler words than the lesson's, for someone new to it, in at most 100 words.",
    "deeper": "Explain what lies behind this section: why it is so, where it stops being true. At most 180 words.",
    "analogy": "Explain this section by one analogy from everyday life, and say where the analogy ends. At most 120 words.",
    "example": "Give one small worked example of this section, with numbers, step by step, in at most 120 words.",
}
MOST_GIVEN = 3  # earlier explanations that a prompt quotes


def explain(
    section: Section, manner: str, level: str = "", missed: Sequence[str] = (), given: Sequence[str] = (), beliefs: str = ""
) -> Prompt[str]:  # fmt: skip
    """A section in the model's words.

    level: what the learner knows, in words. missed: questions that they answered wrong. given: explanations that they have read
    and want another one beside. beliefs: what they are known to believe wrongly, in words.
    """
    return Prompt(
        "explain",
        **long_and_short(
            text_of(section),
            MANNERS[manner],
            "Do not contradict the lesson, and bring no numbers that it does not hold unless you compute them from its own. "
            "Write formulas between $ signs. Do not ask questions.",
            f"The learner: {level}." if level else "",
            "They answered these wrong before; make what they ask about clear, without giving the answers away:\n"
            + data("missed", "\n".join(missed)) if missed else "",
            "Make plain what is so instead, without saying that they believe it:\n"
            + data("learner_believes", beliefs) if beliefs else "",
            "They have read these already and ask for another one. Use other words, and another example or picture than these:\n"
            + data("given_before", "\n\n".join(given[-MOST_GIVEN:]), SHORT_DATA) if given else "",
            system=SPOKEN,
        ),
    )  # fmt: skip


def recap(title: str, known: Sequence[tuple[str, str]], missed: Sequence[str]) -> Prompt[str]:
    """Two or three sentences at the end of a lesson. known: (section title, "mastered", "shaky"...)."""
    return Prompt(
        "recap",
        as_messages(
            data("lesson", "\n".join([title, *(f"{name}: {how}" for name, how in known)])),
            data("missed", "\n".join(missed)) if missed else "",
            "The learner has come to the end of this lesson. Say in two or three sentences what they know now by these figures, "
            "and the one thing that is most worth going over. Name both by what they are.",
            system=SPOKEN,
        ),
    )


def hint(item: Item, answers: Sequence[str], authors: str, credited: Sequence[str] = ()) -> Prompt[str]:
    """A hint that builds on what the learner said. authors: the author's own next hint, "" for none. credited: points made."""
    return Prompt(
        "hint",
        as_messages(
            data("question", item.question),
            data("answers_so_far", "\n".join(answers)) if answers else "",
            data("authors_hint", authors) if authors else "",
            "They have said this already; the hint must be about what is missing:\n" + data("credited", "\n".join(credited))
            if credited
            else "",
            "Give the learner one hint in one sentence that leads on from what they said, without the answer, its words or its "
            "numbers." + (" Keep to the idea of the author's hint." if authors else ""),
            system=SPOKEN,
        ),
    )
