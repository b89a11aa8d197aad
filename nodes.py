"""Every node by its file, in one place to look them up. Each is imported when the flow that needs it is made.

The nodes are in tutor/nodes/, a file for each flow, and a folder for those of a session. They are verbs: `exec` names what it
reads from the shared store and does the work, `post` writes the result and says what happened. They are copied at every visit,
so none keeps state on itself.
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
    from tutor.nodes.quiz import *  # noqa: F403
    from tutor.nodes.quiz_questions import *  # noqa: F403
    from tutor.nodes.session.conversing import *  # noqa: F403
    from tutor.nodes.session.estimating import *  # noqa: F403
    from tutor.nodes.session.explain_back import *  # noqa: F403
    from tutor.nodes.session.explaining import *  # noqa: F403
    from tutor.nodes.session.goals import *  # noqa: F403
    from tutor.nodes.session.helping import *  # noqa: F403
    from tutor.nodes.session.home import *  # noqa: F403
    from tutor.nodes.session.judging import *  # noqa: F403
    from tutor.nodes.session.learn import *  # noqa: F403
    from tutor.nodes.session.practice import *  # noqa: F403
    from tutor.nodes.session.review import *  # noqa: F403
    from tutor.nodes.session.trying import *  # noqa: F403
    from tutor.nodes.summarize import *  # noqa: F403

BY_FILE = {
    "session.home": (
        "PickTopic", "ListLessons", "OfferPrerequisites", "ShowProgress", "HearWish", "AnswerQuestionAtHome",
    ),
    "session.learn": (
        "LoadLesson", "ChunkSections", "RecallMissed", "ChooseSection", "ShowMap", "OfferToSkip", "BeginPractice", "Recap",
        "LeaveSession",
    ),
    "session.goals": ("AskGoal", "FindGoal", "ChooseMeaning", "ShowWay"),
    "session.explaining": ("ExplainSection", "AskGuess", "ExplainAgain", "OfferDetour", "TakeDetour"),
    "session.explain_back": ("OfferToExplain", "AskToExplain", "GradeExplanation", "ShowExplanation"),
    "session.estimating": ("AskEstimate",),
    "session.trying": ("OpenTry", "TurnKnobs", "AskAfterTrying", "LeaveTry", "TurnKnobsAgain"),
    "session.practice": ("ChooseItem", "AskItem", "AskConfidence", "AwaitNext", "EndRound"),
    "session.conversing": ("HearLine", "HearAddition", "Converse"),
    "session.helping": ("GiveHint", "AnswerSideQuestion"),
    "session.judging": (
        "GradeAnswer", "SayUnreadable", "GiveUp", "RecordAttempt", "ShowFeedback", "JudgeAnswer", "RevealAnswer",
    ),
    "session.review": ("ChooseDue", "SayNothingDue", "EndReview", "BeginRepair", "EndRepair"),
    "quiz_questions": ("ChooseItems", "WriteSheet", "CompareSheet"),
    "quiz": ("CollectAnswers", "GradeAnswers", "ClarifyAnswers", "RecordAttempts", "AskAboutAnswer", "ReportScores"),
    "ask": ("FindPassages", "AskWhichIsMeant", "AnswerQuestion", "ShowAnswer"),
    "find": ("LookThrough", "DecideStep", "SearchLessons", "ReadLesson", "ShowFound"),
    "summarize": ("ChooseSections", "SummarizeSections", "CombineSummaries", "ShowSummary"),
    "draft": ("DraftItems", "CheckDrafts", "OfferDrafts"),
    "grade": ("ReadRecords", "GradeRecords", "WriteGrades", "CountGrades"),
    "appeal": (
        "AskWhatWasMeant", "AppealGrade", "GradeOthersAgain", "ShowFlips", "LoadAttempt", "LookAgain", "KeepGrade", "ShowAppeal",
    ),
}  # fmt: skip
FILE_OF = {name: file for file, names in BY_FILE.items() for name in names}


def __getattr__(name: str) -> Any:
    """`nodes.GradeAnswer`, from tutor/nodes/session/judging.py."""
    if name not in FILE_OF:
        raise AttributeError(f"no node is called {name}")
    return getattr(import_module(f"tutor.nodes.{FILE_OF[name]}"), name)
