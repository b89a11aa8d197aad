"""Every node by its flow, in one place to look them up. Each is imported when the flow that needs it is made.

The nodes are in tutor/nodes/, a file for each flow. They are verbs: `exec` names what it reads from the shared store and does the
work, `post` writes the result and says what happened. They are copied at every visit, so none keeps state on itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what a type checker and an editor follow; at run time __getattr__ imports the one file that is needed
    from tutor.nodes.appeal import *  # noqa: F403
    from tutor.nodes.ask import *  # noqa: F403
    from tutor.nodes.draft import *  # noqa: F403
    from tutor.nodes.find import *  # noqa: F403
    from tutor.nodes.grade import *  # noqa: F403
    from tutor.nodes.learn import *  # noqa: F403
    from tutor.nodes.practice import *  # noqa: F403
    from tutor.nodes.quiz import *  # noqa: F403
    from tutor.nodes.review import *  # noqa: F403
    from tutor.nodes.summarize import *  # noqa: F403

BY_FLOW = {
    "learn": (
        "PickTopic", "LoadLesson", "ChunkSections", "RecallMissed", "ChooseSection", "OfferToSkip", "ExplainSection",
        "BeginPractice", "ExplainAgain", "OfferDetour", "TakeDetour", "Recap", "LeaveSession",
    ),
    "practice": (
        "ChooseItem", "AskItem", "GiveHint", "AnswerSideQuestion", "AskConfidence", "GradeAnswer", "SayUnreadable", "GiveUp",
        "RecordAttempt", "ShowFeedback", "JudgeAnswer", "RevealAnswer", "AwaitNext", "EndRound",
    ),
    "review": ("ChooseDue", "SayNothingDue", "EndReview"),
    "quiz": (
        "ChooseItems", "WriteSheet", "CompareSheet", "CollectAnswers", "GradeAnswers", "ClarifyAnswers",
        "RecordAttempts", "AskAboutAnswer", "ReportScores",
    ),
    "ask": ("FindPassages", "AskWhichIsMeant", "AnswerQuestion", "ShowAnswer"),
    "find": ("LookThrough", "DecideStep", "SearchLessons", "ReadLesson", "ShowFound"),
    "summarize": ("ChooseSections", "SummarizeSections", "CombineSummaries", "ShowSummary"),
    "draft": ("DraftItems", "CheckDrafts", "OfferDrafts"),
    "grade": ("ReadRecords", "GradeRecords", "WriteGrades", "CountGrades"),
    "appeal": (
        "AskWhatWasMeant", "AppealGrade", "GradeOthersAgain", "ShowFlips", "LoadAttempt", "LookAgain", "KeepGrade", "ShowAppeal",
    ),
}  # fmt: skip
FLOW_OF = {name: flow for flow, names in BY_FLOW.items() for name in names}


def __getattr__(name: str) -> Any:
    """`nodes.GradeAnswer`, from tutor/nodes/practice.py."""
    if name not in FLOW_OF:
        raise AttributeError(f"no node is called {name}")
    return getattr(import_module(f"tutor.nodes.{FLOW_OF[name]}"), name)
