"""A filled sheet as a pytest, a test an item: for those who would rather have it among their own tests.

    QUIZ_DOCS=lessons QUIZ_SHEET=answers/ada.yaml pytest test_sheet.py --junitxml report.xml

Pocket Tutor must be installed, or its folder be on PYTHONPATH.
"""

import os

import pytest

from tutor import grading
from tutor.corpus.corpus import docs_folder, open_corpus
from tutor.quiz import outcomes as quiz
from tutor.quiz import sheets
from utils import files

CORPUS = open_corpus(docs_folder(os.environ.get("QUIZ_DOCS")))
SHEET = sheets.read_sheet(files.read_text(os.environ["QUIZ_SHEET"]), os.environ["QUIZ_SHEET"])
BANKS = quiz.read_banks(CORPUS, CORPUS.ids())
REQUEST = quiz.Request((), SHEET.seed, keys=tuple(entry.key for entry in SHEET.entries))
ITEMS = {item.key: item for item in quiz.choose(BANKS, REQUEST)}
FALLEN = sheets.fallen(SHEET, quiz.versions_of(BANKS))


@pytest.mark.parametrize("entry", SHEET.entries, ids=lambda entry: entry.key)
def test_answer(entry):
    if entry.key in FALLEN:
        pytest.skip(FALLEN[entry.key])
    item = ITEMS[entry.key]
    answer = sheets.as_typed(item, entry)
    language = CORPUS.lesson(item.lesson).language
    grade = grading.grade(item, answer, strict=True, language=language) if answer else quiz.no_answer(item)
    assert grade.correct, f"score {grade.score:.2f}, missed: {'; '.join(grade.missed) or grade.feedback}"
