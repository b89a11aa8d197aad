"""Replies as servers of today really send them: halves of characters, odd parts, broken counts, thoughts under other names."""

from __future__ import annotations

import json

import pytest
from endpoint import completion, error, event, events, serving, streamed

from utils.call_llm import call_llm
from utils.errors import ModelError
from utils.llm.endpoint import Endpoint, Limits
from utils.llm.language_model import LanguageModel
from utils.llm.replies import ReplyCache, from_document
from utils.llm.structured import Prompt

LIMITS = Limits(connect_s=60, first_piece_s=60, stall_s=60, total_s=60, backoff_s=0.01)  # nothing waits that long
DONE = b"data: [DONE]\n\n"
PROMPT = Prompt("test", ({"role": "user", "content": "hello"},), schema={})


def ask(server, **options):
    return call_llm("hello", endpoint=Endpoint(server.base_url, "fake"), limits=LIMITS, **options)


def reply_to(*answers):
    with serving(*answers) as server:
        return ask(server)


def said(*contents) -> list[bytes]:
    """A stream of these contents, one an event."""
    return events(*(event({"content": content}) for content in contents), event({}, "stop"), DONE)


# ------------------------------------------------------------------------------------------- halves of characters


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        (["a \ud83d b"], "a \ufffd b"),
        (["a \ude00"], "a \ufffd"),
        (["a \ud83d"], "a \ufffd"),
        (["a \ud83d", "\ude00 b"], "a 😀 b"),
        (["\ud83d", "\ud83d", "\ude00"], "\ufffd😀"),
    ],
)
def test_half_a_surrogate_pair_is_joined_or_replaced(contents, expected):
    assert reply_to(said(*contents)) == expected
    assert reply_to(completion("".join(contents))) == expected


def test_nothing_that_a_server_sends_breaks_the_log_the_cache_or_a_second_try(tmp_path):
    half, cache = "\ud83d", ReplyCache(tmp_path)
    answers = [
        events(event({"content": f"no JSON {half}"}, model=f"m{half}"), event({}, f"stop{half}"), DONE),
        streamed(json.dumps({"quote": half, half: [half]})),
        error("400 Bad", half), error("400 Bad", half), error("400 Bad", half), error("400 Bad", half),
    ]  # fmt: skip
    with serving(*answers) as server:
        model = LanguageModel(Endpoint(server.base_url, "fake"), cache=cache, limits=LIMITS)
        assert model.fill(PROMPT) == {"quote": "\ufffd", "\ufffd": ["\ufffd"]}
        with pytest.raises(ModelError, match="\ufffd"):
            model.fill(Prompt("test", ({"role": "user", "content": f"typed {half}"},), schema={}))
    cache.close()
    assert from_document({"text": half, "finish": "stop", "model": half, "tokens": [1, 1]}) == "\ufffd"
