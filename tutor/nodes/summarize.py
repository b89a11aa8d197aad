"""A lesson in brief, as map and reduce: each section is summarized by itself, then the summaries are put together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from pocketflow import Node

from tutor import prompts
from tutor.nodes.asking import ModelNode
from tutor.search import summaries

AT_ONCE = 4  # requests to a model at a time


class ChooseSections(Node):
    """The sections that say something of their own."""

    def prep(self, shared):
        return shared["lesson"]

    def exec(self, lesson):
        taught = [section for section in lesson.sections if section.text.strip()]
        return [section for section in taught if section.slug not in summaries.SKIPPED] or taught

    def post(self, shared, lesson, sections):
        shared["sections"] = sections


class SummarizeSections(ModelNode):
    """Each section's points, by the model several at a time, or in the lesson's own words. Only an edited one is done anew."""

    def prep(self, shared):
        return shared["model"], shared["terminal"], shared["lesson"], shared["sections"], shared["words"]

    def exec(self, prepared):
        model, _, lesson, sections, words = prepared
        if not model.available:
            return self.built_in(prepared)

        def points_of(section):  # the model's replies are kept by the whole request, so that only an edited section costs one
            said = model.fill(prompts.summarize(section, max(20, 2 * words // len(sections))))
            lines = summaries.summarize_section(lesson, section, 40)
            line = lines[0].line if lines else section.line
            return [summaries.Point(section.slug, section.title, line, text) for text in said]

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(points_of, sections)), "model"

    def built_in(self, prepared):
        _, _, lesson, sections, words = prepared
        each = max(25, 2 * words // len(sections))
        return [summaries.summarize_section(lesson, section, each) for section in sections], "offline"

    def post(self, shared, prepared, found):
        shared["points"], shared["mode"] = found


class CombineSummaries(Node):
    """All of it in the words that were asked for."""

    def prep(self, shared):
        return shared["points"], shared["words"]

    def exec(self, prepared):
        return summaries.combine(*prepared)

    def post(self, shared, prepared, points):
        shared["summary"] = points


class ShowSummary(Node):
    """The summary, each part with the place it comes from."""

    def prep(self, shared):
        return shared["terminal"], shared["lesson"], shared["summary"], shared["mode"], shared["model"]

    def exec(self, prepared):
        terminal, lesson, points, mode, model = prepared
        terminal.put_summary(lesson, points, mode, model.name if mode == "model" else None)
