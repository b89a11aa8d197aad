"""A filled sheet as a pytest, a test an item: for those who would rather have it among their own tests.

    QUIZ_DOCS=lessons QUIZ_SHEET=answers/ada.yaml pytest test_sheet.py --junitxml report.xml

The command `ptutor` must be on PATH. It grades in a process of its own, so that no module of Pocket Tutor meets one of yours.
"""

import json
import os
import subprocess
import tempfile

import pytest


def graded_items():
    """What `quiz --json` says of each item; the attempts are not kept."""
    docs = os.environ.get("QUIZ_DOCS")
    command = [
        "ptutor",
        "quiz",
        "--answers",
        os.environ["QUIZ_SHEET"],
        *(["--docs", docs] if docs else []),
        "--offline",
        "--json",
    ]
    with tempfile.TemporaryDirectory() as home:
        run = subprocess.run([*command, "--home", home], capture_output=True, encoding="utf-8")
    if not run.stdout:
        raise RuntimeError(run.stderr)
    return json.loads(run.stdout)["items"]


@pytest.mark.parametrize("item", graded_items(), ids=lambda item: f"{item['lesson']}:{item['id']}")
def test_answer(item):
    if item["error"]:
        pytest.skip(item["error"])
    assert item["correct"], f"score {item['score']:.2f}, missed: {'; '.join(item['missed']) or item['feedback']}"
