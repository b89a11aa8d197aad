"""The screens of a session. Each is drawn in two ways: for a terminal (rich) and for a transcript (Markdown).

A screen is a value that knows how to draw itself; the terminal decides where. Nothing here prints.
"""

from tutor.screen.screens.asking import GuessWanted, Hint, Question, Said, WhatWasMeant
from tutor.screen.screens.endings import LessonEnd, WarmUpMet, mastery_in_words
from tutor.screen.screens.home import Home
from tutor.screen.screens.lesson_map import LessonMapScreen, section_rows
from tutor.screen.screens.reading import Prose, SectionHead, Summary
from tutor.screen.screens.reviews import RepairEnd, RepairHead, ReviewEnd, ReviewHead
from tutor.screen.screens.talking import Answered, TutorSays
from tutor.screen.screens.trying import PredictionMet, TrySetting, in_brief, said_in_words
from tutor.screen.screens.verdicts import ExplainedBack, Reveal, Verdict

__all__ = [
    "Answered",
    "ExplainedBack",
    "GuessWanted",
    "Hint",
    "Home",
    "LessonEnd",
    "LessonMapScreen",
    "PredictionMet",
    "Prose",
    "Question",
    "RepairEnd",
    "RepairHead",
    "Reveal",
    "ReviewEnd",
    "ReviewHead",
    "Said",
    "SectionHead",
    "Summary",
    "TrySetting",
    "TutorSays",
    "Verdict",
    "WarmUpMet",
    "WhatWasMeant",
    "in_brief",
    "mastery_in_words",
    "said_in_words",
    "section_rows",
]
