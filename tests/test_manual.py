"""The manual: the program answers from it."""

from __future__ import annotations

import json


def test_ask_manual_answers_from_the_manual_in_place_of_the_lessons(tutor):
    run = tutor("ask", "--manual", "--json", "how do I write a cloze?")
    answer = json.loads(run.stdout)
    assert run.returncode == 0 and answer["citations"][0]["lesson"] == "banks"
