"""A lesson in brief, as map and reduce: each section is summarized by itself, then the summaries are put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor import prompts
from tutor.models import Lesson, Section
from tutor.nodes.verb import ModelVerb, Verb
from tutor.search import summaries
from tutor.search.summaries import KeySentence
from utils import program

if TYPE_CHECKING:
    from tutor.nodes.shared import SummaryStore
    from tutor.screen.one_shot import OneShot
    from utils.llm.language_model import LanguageModel

AT_ONCE = 4  # requests to a model at a time


class ChooseSections(Verb):
    """The sections that say something of their own."""

    keeps = "sections"

    def exec(self, lesson: Lesson) -> list[Section]:
        taught = [section for section in lesson.sections if section.text.strip()]
        return [section for section in taught if section.slug not in summaries.SKIPPED] or taught


class SummarizeSections(ModelVerb):
    """Each section's points, by the model several at a time, or in the lesson's own words.

    The model's replies are cached by the whole request, so that only an edited section costs a new one.
    """

    def exec(
        self, model: LanguageModel, lesson: Lesson, sections: list[Section], words: int, speaks: str
    ) -> tuple[list[list[KeySentence]], str]:
        """(points of each section, who found them: "model" or "offline")"""

        def points_of(section: Section) -> list[KeySentence]:
            prompt = prompts.summarize(section, max(20, 2 * words // len(sections)))
            said = model.fill(prompts.in_language(prompt, speaks))
            lines = summaries.summarize_section(lesson, section, 40)
            line = lines[0].line if lines else section.line
            return [KeySentence(section.slug, section.title, line, text) for text in said]

        with program.threads(AT_ONCE) as run_all:
            return list(run_all(points_of, sections)), "model"

    def built_in(self, lesson: Lesson, sections: list[Section], words: int) -> tuple[list[list[KeySentence]], str]:
        each = max(25, 2 * words // len(sections))
        return [summaries.summarize_section(lesson, section, each) for section in sections], "offline"

    def post(self, shared: SummaryStore, prepared: dict[str, Any], found: tuple[list[list[KeySentence]], str]) -> None:
        shared["points"], shared["mode"] = found


class CombineSummaries(Verb):
    """The whole lesson, in about as many words as were asked for."""

    keeps = "summary"

    def exec(self, points: list[list[KeySentence]], words: int) -> list[KeySentence]:
        return summaries.combine(points, words)


class ShowSummary(Verb):
    """The summary, each part with the place it comes from."""

    def exec(self, terminal: OneShot, lesson: Lesson, summary: list[KeySentence], mode: str, model: LanguageModel) -> None:
        terminal.put_summary(lesson, summary, mode, model.name if mode == "model" else None)
