"""Pages for a browser: one file each, with no script, that needs nothing from elsewhere."""

from __future__ import annotations

from tutor.learner.lesson_map import LessonMap
from tutor.learner.overview import Overview
from tutor.screen.html.document import PAGE_MARK
from tutor.screen.html.map_page import map_page
from tutor.screen.html.progress_page import progress_page

__all__ = ["PAGE_MARK", "page_of"]


def page_of(told: Overview | LessonMap) -> str:
    """The page of what `progress` tells."""
    return map_page(told) if isinstance(told, LessonMap) else progress_page(told)
