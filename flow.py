"""The map of the program: which node follows which. nodes.py lists the nodes by flow.

The shared store of a session, which tutor/nodes/shared.py fills before the flow runs and the nodes add to while it runs (the
types are in that file too; the other flows' stores are described where each flow is made):

| key          | what it holds                                                               | written by                 |
|--------------|-----------------------------------------------------------------------------|----------------------------|
| `corpus`     | the lessons of --docs                                                       | main                       |
| `terminal`   | shows screens, hands back the learner's steps                               | main                       |
| `model`      | the model, which raises ModelError at once where none is set                | main                       |
| `speaks`     | language that the model speaks to the learner, as a code, "" for the lesson's | main                      |
| `records`    | the learner's attempts, places and settings                                 | main                       |
| `command`    | makes a command for the reader to type, with the options of this run        | main                       |
| `open_index` | opens the search index, for the first side question                         | main                       |
| `now`        | () -> aware datetime; in tests it stands still                              | main                       |
| `zone`       | tzinfo of the learner's days                                                | main                       |
| `rng`        | what every draw comes from; --seed makes it repeatable                      | main                       |
| `draw`       | the way in which items are drawn, that of the script where there is one     | main                       |
| `session`    | id of this session                                                          | main                       |
| `limit`      | how many items to review today, None for the setting                        | main                       |
| `topic`      | the TOPIC asked for; None once it has been opened                           | main, PickTopic            |
| `goal`       | what the learner wants to understand, in their words, until it is kept      | main, AskGoal and others   |
| `by`         | the day by which to know that, until it is kept; None where there is none   | main                       |
| `left`       | the learner asked to leave                                                  | nodes that read            |
| `taught`     | a lesson has been opened in this session                                    | LoadLesson, ChooseItem     |
| `chosen`     | id of the lesson to open                                                    | PickTopic and others       |
| `meant`      | LessonsMeant: what the words of the goal are about                          | FindGoal                   |
| `lesson`     | the Lesson being taught, or that of the item on screen                      | LoadLesson, ChooseItem     |
| `items`      | {item id, or key in a review: Item}, undrawn                                | LoadLesson, ChooseDue      |
| `sections`   | [Section]: what is taught of the lesson, in order                           | ChunkSections              |
| `pages`      | {section slug: pages}, each read in one go                                  | ChunkSections              |
| `explained`  | [(manner, words)]: explanations given of the section at hand                | ChooseSection, ExplainSection |
| `place`      | Place: where the learner stands; recorded at every move                     | LoadLesson and most        |
| `round`      | Round: the practice under way                                               | RecallMissed and others    |
| `item`       | Item on screen, drawn                                                       | ChooseItem, AskToExplain   |
| `asked`      | it is on screen already                                                     | ChooseItem, AskItem and others |
| `step`       | Step: what the learner did last                                             | nodes that read            |
| `answer`     | what was typed at the question                                              | AskItem, GiveUp and others |
| `heard`      | Heard: whether that is an answer, or something said to the tutor            | AskItem, HearLine and others |
| `speech`     | Speech: what the tutor says to the last answer                              | main, GradeAnswer, Converse |
| `hinted`     | whether the last answer led to the next hint                                | main, RecordAttempt        |
| `in_doubt`   | an answer in doubt, to be read with what was typed after it                 | main, AskWhatWasMeant and others |
| `talk`       | [(who, what)] about the section at hand, while no question waits            | main, AnswerSideQuestion   |
| `confidence` | how sure the learner was of the answer, 1 to 3                              | AskConfidence              |
| `grade`      | Grade of the last answer                                                    | nodes that grade           |
| `result`     | what the last attempt led to: passed, again, missed, declined, unsure       | RecordAttempt              |
| `stored`     | number of the last attempt                                                  | RecordAttempt              |
| `appealable` | number of the last attempt, while its grade can be appealed                 | RecordAttempt, AppealGrade |
| `flips`      | [(Attempt, Grade)]: what an appeal that stands changes about other attempts | GradeOthersAgain           |
| `missed`     | [Item]: what the last round of practice missed                              | EndRound                   |
| `detour`     | Section of a prerequisite that explains what was missed                     | OfferDetour                |
| `due`        | how many items are due in total                                             | ChooseDue                  |
| `repair`     | Repair: the misconception that is repaired, and the items on it             | BeginRepair                |
"""

from __future__ import annotations

from typing import Any

from utils.program import deferred

with deferred("asyncio"):  # only for async nodes, and we have none; importing it takes a fifth of the time of `ask`
    from pocketflow import Flow

import nodes


def create_practice_flow() -> Flow:
    """Ask, grade, help, ask again, until the round's queue is empty. Shared by learn, quiz and review.

    Ends on EndRound, whose action says how: known, unknown, recalled, practised, missed, struggled, predicted, tried,
    map or left.
    """
    choose, estimate, ask = nodes.ChooseItem(), nodes.AskEstimate(), nodes.AskItem()
    hear, hint = nodes.HearLine(), nodes.GiveHint()
    grade, converse, give_up = nodes.GradeAnswer(), nodes.Converse(), nodes.GiveUp()
    record, feedback, reveal = nodes.RecordAttempt(), nodes.ShowFeedback(), nodes.RevealAnswer()
    sure, appeal = nodes.AskConfidence(), nodes.AppealGrade()
    others, flips = nodes.GradeOthersAgain(), nodes.ShowFlips()
    meant, added, turn = nodes.AskWhatWasMeant(), nodes.HearAddition(), nodes.TurnKnobsAgain()
    judge, wait, side_after, end = nodes.JudgeAnswer(), nodes.AwaitNext(), nodes.AnswerSideQuestion(), nodes.EndRound()

    choose - "item" >> estimate
    choose - "done" >> end
    estimate - "go_on" >> ask
    estimate - "hint" >> hint
    estimate - "said" >> converse
    estimate - "unreadable" >> estimate
    estimate - "skip" >> give_up
    estimate - "left" >> end
    ask - "answer" >> hear
    ask - "hint" >> hint
    ask - "said" >> converse
    ask - "skip" >> give_up
    ask - "appeal" >> appeal
    ask - "try" >> turn
    ask - "nothing_said" >> ask
    ask - "declined" >> choose
    ask - "left" >> end
    hear - "answer" >> sure >> grade
    hear - "said" >> converse
    hear - "declined" >> choose
    hear - "left" >> end
    turn - "question" >> ask
    turn - "left" >> end
    hint >> estimate
    grade - "graded" >> record
    grade - "open" >> converse
    converse - "graded" >> record
    converse - "said" >> estimate
    converse - "hint" >> hint
    give_up >> record
    record - "graded" >> feedback
    record - "skipped" >> reveal
    record - "judged" >> wait
    record - "predicted" >> choose
    feedback - "passed" >> wait
    feedback - "again" >> ask
    feedback - "missed" >> reveal
    feedback - "declined" >> choose
    feedback - "appealable" >> wait
    feedback - "unsure" >> judge
    feedback - "doubtful" >> meant
    meant - "settled" >> record
    meant - "typed" >> hear
    meant - "left" >> end
    judge - "judged" >> record
    judge - "left" >> end
    reveal >> wait
    wait - "next" >> choose
    wait - "side_question" >> side_after
    wait - "said" >> added
    wait - "appeal" >> appeal
    wait - "map" >> end
    wait - "left" >> end
    side_after >> wait
    added - "heard" >> wait
    added - "side_question" >> side_after
    appeal - "again" >> ask
    appeal - "missed" >> wait
    appeal - "settled" >> reveal
    appeal - "left" >> end
    appeal - "stands" >> others >> flips >> wait
    return Flow(start=choose)


def create_learn_flow() -> Flow:
    """An interactive session: pick a topic, then probe, explain and practise its sections one after the other."""
    pick, load, chunk, recall = nodes.PickTopic(), nodes.LoadLesson(), nodes.ChunkSections(), nodes.RecallMissed()
    section, offer, explain = nodes.ChooseSection(), nodes.OfferToSkip(), nodes.ExplainSection()
    side, begin, again = nodes.AnswerSideQuestion(), nodes.BeginPractice(), nodes.ExplainAgain()
    guess, side_offer = nodes.AskGuess(), nodes.AnswerSideQuestion()
    open_try, turn, side_try = nodes.OpenTry(), nodes.TurnKnobs(), nodes.AnswerSideQuestion()
    after_trying, leave_try = nodes.AskAfterTrying(), nodes.LeaveTry()
    offer_detour, detour = nodes.OfferDetour(), nodes.TakeDetour()
    offer_back, explain_back, side_back = nodes.OfferToExplain(), nodes.AskToExplain(), nodes.AnswerSideQuestion()
    grade_back, show_back = nodes.GradeExplanation(), nodes.ShowExplanation()
    lesson_map, recap, leave = nodes.ShowMap(), nodes.Recap(), nodes.LeaveSession()
    ask_goal, find_goal, meaning, way = nodes.AskGoal(), nodes.FindGoal(), nodes.ChooseMeaning(), nodes.ShowWay()
    lessons, offer_needs, progress = nodes.ListLessons(), nodes.OfferPrerequisites(), nodes.ShowProgress()
    wish, answer = nodes.HearWish(), nodes.AnswerQuestionAtHome()
    practice = create_practice_flow()

    review, repair = create_review_flow(), create_repair_flow()
    pick - "named" >> load
    pick - "chosen" >> offer_needs
    pick - "lessons" >> lessons
    pick - "progress" >> progress
    pick - "question" >> answer
    pick - "typed" >> wish
    pick - "home" >> pick
    pick - "review" >> review
    pick - "repair" >> repair
    pick - "goal" >> way
    pick - "new_goal" >> ask_goal
    pick - "left" >> leave
    lessons - "chosen" >> offer_needs
    lessons - "home" >> pick
    lessons - "left" >> leave
    offer_needs - "open" >> load
    offer_needs - "kept" >> way
    offer_needs - "none" >> pick
    offer_needs - "home" >> pick
    offer_needs - "left" >> leave
    progress - "home" >> pick
    progress - "left" >> leave
    wish - "goal" >> find_goal
    wish - "question" >> answer
    wish - "lesson" >> offer_needs
    wish - "home" >> pick
    wish - "left" >> leave
    answer >> pick
    review - "pick" >> pick
    review - "left" >> leave
    repair - "pick" >> pick
    repair - "left" >> leave
    ask_goal - "asked" >> find_goal
    ask_goal - "nothing" >> pick
    ask_goal - "left" >> leave
    find_goal - "kept" >> way
    find_goal - "several" >> meaning
    find_goal - "none" >> pick
    meaning - "kept" >> way
    meaning - "none" >> pick
    meaning - "left" >> leave
    way - "begin" >> load
    way - "another" >> ask_goal
    way - "home" >> pick
    way - "left" >> leave
    load >> chunk >> recall
    recall - "recall" >> practice
    recall - "nothing" >> section
    section - "probe" >> practice
    section - "practice" >> practice
    section - "explain" >> explain
    section - "try" >> open_try
    section - "begin" >> begin
    section - "explain_back" >> explain_back
    section - "recap" >> recap
    explain - "page" >> explain
    explain - "side_question" >> side
    explain - "question" >> guess
    guess - "go_on" >> begin
    guess - "left" >> leave
    explain - "try" >> open_try
    explain - "map" >> lesson_map
    explain - "left" >> leave
    open_try - "ask" >> practice
    open_try - "turn" >> turn
    open_try - "explain" >> explain
    turn - "done" >> after_trying
    turn - "page" >> explain
    turn - "side_question" >> side_try >> turn
    turn - "map" >> lesson_map
    turn - "left" >> leave
    after_trying - "ask" >> practice
    after_trying - "nothing" >> leave_try
    leave_try - "page" >> explain
    leave_try - "question" >> guess
    lesson_map - "section" >> section
    lesson_map - "left" >> leave
    side >> explain
    offer - "skip" >> begin
    offer - "read" >> explain
    offer - "side_question" >> side_offer >> offer
    offer - "map" >> lesson_map
    offer - "left" >> leave
    begin - "practice" >> practice
    begin - "nothing" >> section
    practice - "map" >> lesson_map
    practice - "known" >> offer
    practice - "unknown" >> explain
    practice - "recalled" >> section
    practice - "practised" >> offer_back
    practice - "missed" >> offer_detour
    practice - "struggled" >> again
    practice - "predicted" >> turn
    practice - "tried" >> leave_try
    practice - "left" >> leave
    offer_back - "ask" >> explain_back
    offer_back - "nothing" >> section
    explain_back - "explained" >> grade_back >> show_back
    explain_back - "skipped" >> section
    explain_back - "side_question" >> side_back
    explain_back - "left" >> leave
    side_back >> explain_back
    show_back - "next" >> section
    show_back - "left" >> leave
    again >> offer_detour
    offer_detour - "go_on" >> section
    offer_detour - "detour" >> detour
    offer_detour - "left" >> leave
    detour >> section
    recap - "map" >> lesson_map
    recap - "pick" >> pick
    recap - "left" >> leave
    return Flow(start=pick)


def create_review_flow() -> Flow:
    """What is due, mixed across lessons. Its store is that of learn; `limit` says how many items today, None for the setting.

    Ends on EndReview or SayNothingDue, whose action says how: pick (a session may go on) or left.
    """
    choose, nothing, end = nodes.ChooseDue(), nodes.SayNothingDue(), nodes.EndReview()
    practice = create_practice_flow()
    choose - "review" >> practice
    choose - "nothing" >> nothing
    practice - "recalled" >> end
    practice - "left" >> end
    return Flow(start=choose)


def create_repair_flow() -> Flow:
    """Questions on the misconception that the learner holds most firmly. Its store is that of learn.

    Ends on EndRepair, whose action says how: pick (the session goes on) or left.
    """
    begin, end = nodes.BeginRepair(), nodes.EndRepair()
    practice = create_practice_flow()
    begin - "repair" >> practice
    begin - "nothing" >> end
    practice - "recalled" >> end
    practice - "left" >> end
    return Flow(start=begin)


def create_grade_flow() -> Flow:
    """Bulk grading: read some lines, grade them, write them, until the file ends. Memory stays bounded.

    Its store: `lines` (iterator of (number, text)), `path`, `run_all` (a map over processes), `model`, `jobs` (requests to
    it at the same time), `terminal` (a Pipe), the counts `graded` and `faulty`; `batch` and its `grades`; at the end `exit_code`.
    """
    read, grade, write, count = nodes.ReadRecords(), nodes.GradeRecords(), nodes.WriteGrades(), nodes.CountGrades()
    read - "records" >> grade >> write >> read
    read - "end" >> count
    return Flow(start=read)


def create_ask_flow() -> Flow:
    """One question, answered from the lessons: by quotes, or in a model's words, where every sentence cites a passage.

    Its store: `question`, `context` (text piped in), `before` ([(question, answer)] of the conversation so far), `lessons`
    (ids to look in, None for all), `speaks` (a language, as a code), `index`, `model`, `terminal` (a OneShot); then `passages`,
    `asked` (the question's words), and at the end `answer`.
    """
    find, answer, show = nodes.FindPassages(), nodes.AnswerQuestion(), nodes.ShowAnswer()
    find >> nodes.AskWhichIsMeant() >> answer >> show
    return Flow(start=find)


def create_summarize_flow() -> Flow:
    """A lesson in brief: map over its sections, then reduce.

    Its store: `lesson`, `words`, `speaks`, `model`, `terminal` (a OneShot); then `sections`, their `points`, `mode` (who found
    them), and at the end `summary`.
    """
    choose, each = nodes.ChooseSections(), nodes.SummarizeSections()
    choose >> each >> nodes.CombineSummaries() >> nodes.ShowSummary()
    return Flow(start=choose)


def create_find_flow() -> Flow:
    """Which lesson answers a question: an agent that reads and searches until it can say, in at most six steps.

    Its store: `question`, `corpus`, `index`, `model`, `terminal` (a OneShot); then `catalogue`, `decision`, the
    `steps` taken, the `passages` known, and at the end `found`.
    """
    look, decide = nodes.LookThrough(), nodes.DecideStep()
    search, read, show = nodes.SearchLessons(), nodes.ReadLesson(), nodes.ShowFound()
    look >> decide
    decide - "search" >> search >> decide
    decide - "read" >> read >> decide
    decide - "answer" >> show
    return Flow(start=look)


def create_draft_flow() -> Flow:
    """Items for a lesson's bank, checked and shown as a diff to accept.

    Its store: `lesson`, `items` (of its bank), `count`, `old` (the bank's text or None), `path` (of the bank, as shown),
    `target` (the same path, to write to), `accept` (True, False, or None to ask), `model`, `terminal` (a OneShot); then what was
    `drafted`, which of these are `kept`, and the `document` for --json.
    """
    draft = nodes.DraftItems()
    draft >> nodes.CheckDrafts() >> nodes.OfferDrafts()
    return Flow(start=draft)


def create_quiz_flow() -> Flow:
    """All questions, then all grades; a person or a filled-in sheet answers. Writes a sheet to fill in where one is asked for.

    Its store, beside `corpus`, `terminal`, `model`, `records`, `now` and `session`: `request` (what is asked), `sheet` (the one
    that answers, or None), `answers_path` (where that is), `sheet_path` (where to write one, or None), `second` and `second_path`
    (the sheet that says what the answers meant, and where it is or is to be written, or None), `command` (makes one for the
    reader to type), `repeat` (how often to grade), `flaky_passes`, `jobs` (requests to the model at a time), `min_scores`
    ({lesson: score}, "" for the whole), `clock` (() -> aware datetime of the report) and `started`; from ChooseItems on `banks`
    ({lesson id: its items as authored}), `waiting` (items not answered yet) and `outcomes` ({key: Outcome}); the current
    `answers` and `grades`, the first `grade` among them, `open_questions` ({key: how many are open about an answer}), `asked`
    (key of the item on screen), `answered` (how many); at the end `report`, `document` for --json and `exit_code`.
    """
    choose, write, compare = nodes.ChooseItems(), nodes.WriteSheet(), nodes.CompareSheet()
    collect, grade, unreadable = nodes.CollectAnswers(), nodes.GradeAnswers(), nodes.SayUnreadable()
    clarify, record, report = nodes.ClarifyAnswers(), nodes.RecordAttempts(), nodes.ReportScores()
    meant = nodes.AskAboutAnswer()

    choose - "blank_sheet" >> write
    choose - "sheet" >> compare
    choose - "questions" >> collect
    compare >> collect
    collect - "answers" >> grade
    collect - "done" >> report
    grade - "graded" >> clarify >> record
    grade - "unreadable" >> unreadable
    unreadable >> collect
    record - "recorded" >> collect
    record - "doubtful" >> meant
    meant - "settled" >> record
    meant - "done" >> report
    return Flow(start=choose)


def create_appeal_flow() -> Flow:
    """A disputed grade, looked at again.

    Its store: `number` (of the attempt), `corpus`, `records`, `now`, `speaks`, `model`, `terminal` (a OneShot), `person` (a
    Terminal to ask a person what they meant, or None), `command` (makes one for the reader to type); then `attempt`, `item`,
    `lesson`, the `second` grade, the `flips` (other attempts that it changes where it stands), and at the end `stands`.
    """
    load, look, show = nodes.LoadAttempt(), nodes.LookAgain(), nodes.ShowAppeal()
    load >> look
    look - "stands" >> nodes.GradeOthersAgain() >> show
    look - "kept" >> show
    look - "left" >> nodes.KeepGrade()
    return Flow(start=load)


FLOWS = {
    "learn": create_learn_flow, "practice": create_practice_flow, "grade": create_grade_flow, "ask": create_ask_flow,
    "summarize": create_summarize_flow, "find": create_find_flow, "draft": create_draft_flow, "quiz": create_quiz_flow,
    "review": create_review_flow, "repair": create_repair_flow, "appeal": create_appeal_flow,
}  # fmt: skip


def mermaid(flow: Flow) -> str:
    """The live graph as a Mermaid flowchart, nested flows as boxes. The same graph always gives the same text."""
    lines = ["flowchart TD"]
    # what a flow within a flow is called, by its first node
    boxes = {"ChooseItem": "Practice", "ChooseDue": "Review", "BeginRepair": "Repair"}
    seen: dict[int, str] = {}

    def name(node: Any) -> str:
        if id(node) not in seen:
            kind = boxes.get(type(node.start_node).__name__, "Flow") if isinstance(node, Flow) else type(node).__name__
            taken = sum(known.rstrip("0123456789") == kind for known in seen.values())
            seen[id(node)] = kind + (str(taken + 1) if taken else "")
        return seen[id(node)]

    def draw(node: Any, indent: str) -> None:
        """This node and all that it leads to, each once, in the order of the edges."""
        waiting = [node]
        while waiting:
            here = waiting.pop(0)
            for action, following in here.successors.items():
                new = id(following) not in seen
                label = "" if action == "default" else f"|{action}|"
                lines.append(f"{indent}{name(here)} -->{label} {name(following)}")
                if new:
                    waiting.append(following)

    name(flow.start_node)
    draw(flow.start_node, "    ")
    return "\n".join(lines)
