"""Broken inputs of every kind end with a documented exit code, without a traceback, and print nothing that a terminal acts on.

`STRANGE_INPUTS=20000 pytest tests/test_strange_inputs.py -n 0` tries so many, in some ten minutes of one core; by default a few
of each kind are tried. Where one fails, the test names it: its kind and number make the same bytes again.
"""

from __future__ import annotations

import os

import pytest
from strange_inputs import KINDS, World, fault_of

pytestmark = pytest.mark.skipif(os.name == "nt", reason="timers of POSIX")
COUNT = max(4, -(-int(os.environ.get("STRANGE_INPUTS", 0)) // len(KINDS)))  # of each kind
KEPT = [("sheet", 23), ("answers", 12), ("question", 219), ("cassette", 156)]  # those that failed once


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return World.make(tmp_path_factory.mktemp("strange"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_input_ends_as_documented(world, kind):
    faults = {number: fault for number in range(COUNT) if (fault := fault_of(world, kind, number))}
    assert not faults, f"{kind}, {len(faults)} of {COUNT}: {dict(list(faults.items())[:3])}"


@pytest.mark.parametrize(("kind", "number"), KEPT)
def test_what_failed_once_does_not_again(world, kind, number):
    assert fault_of(world, kind, number) == ""
