"""Replies as servers of today really send them: halves of characters, odd parts, broken counts, thoughts under other names."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from endpoint import completion, error, event, events, response, serving, streamed

from utils.call_llm import call_llm
from utils.errors import ModelError
from utils.llm.endpoint import Endpoint, Limits
from utils.llm.faults import _same_place
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


# ------------------------------------------------------------------------------------------------ broken counts

BROKEN_COUNTS = [
    {"prompt_tokens": "many", "completion_tokens": None}, [1], {}, None, "12", {"prompt_tokens": {"a": 1}},
    {"prompt_tokens": 10**30, "completion_tokens": -5},
]  # fmt: skip


@pytest.mark.parametrize("usage", BROKEN_COUNTS, ids=str)
def test_a_broken_count_of_tokens_is_none_so_that_they_are_estimated_and_the_budget_bites(usage):
    answer = events(event({"content": "one two three"}, "stop"), event(usage=usage), DONE)
    with serving(answer) as server:
        model = LanguageModel(Endpoint(server.base_url, "fake"), limits=LIMITS, max_tokens_total=10)
        assert "".join(model.say(PROMPT)) == "one two three"
        assert model.usage and model.usage["estimated"] and model.usage["prompt_tokens"] > 5
        with pytest.raises(ModelError, match="budget of 10 tokens is used up"):
            list(model.say(PROMPT))


@pytest.mark.parametrize("usage", BROKEN_COUNTS, ids=str)
def test_a_broken_count_does_not_undo_one_that_came_before(usage):
    right = {"prompt_tokens": 7, "completion_tokens": 3}
    reply = reply_to(events(event({"content": "one two"}, "stop", usage=right), event(usage=usage), DONE))
    assert reply.tokens == (7, 3, False)


# --------------------------------------------------------------------------------------------------- odd parts


ODD = [{"type": "reference", "reference_ids": [1]}, {"type": "image_url"}, {"type": 3}, None, 5, [], {}]


def test_parts_of_text_are_taken_and_parts_of_unknown_shape_left():
    parts = [{"type": "output_text", "text": "one "}, *ODD, "two ", {"type": "text", "text": {"value": "three"}},
             {"type": "text", "text": None}, {"text": "four"}]  # fmt: skip
    assert reply_to(said(parts)) == reply_to(completion(parts)) == "one two threefour"


def test_parts_without_any_text_are_an_empty_reply():
    with pytest.raises(ModelError, match="empty reply"):
        reply_to(said(ODD))


@pytest.mark.parametrize("make", [lambda parts: said(parts), lambda parts: completion(parts)], ids=["streamed", "whole"])
def test_a_part_that_is_a_refusal_is_told_as_one(make):
    with pytest.raises(ModelError, match=r"declined to answer: “I cannot\.”"):
        reply_to(make([{"type": "refusal", "refusal": "I cannot."}]))


def test_what_comes_after_the_end_is_no_part_of_a_reply():
    more = event({"content": " EXTRA"})
    assert reply_to(events(event({"content": "one"}), event({}, "stop"), DONE, more)) == "one"
    assert reply_to(events(event({"content": "one"}), event({}, "stop") + DONE + more + b"data: {oops\n\n")) == "one"


# ------------------------------------------------------------------------------------------- what a server asks for


def test_a_redirection_to_another_port_is_not_followed_and_nothing_is_sent_there():
    with serving(streamed("from elsewhere")) as other:
        moved = response("", "307 Moved", location=f"{other.base_url}/chat/completions")
        with serving(moved) as server, pytest.raises(ModelError, match=r"redirects to .*; set OPENAI_BASE_URL"):
            call_llm("hello", endpoint=Endpoint(server.base_url, "fake", "sk-CANARY-12345"), limits=LIMITS)
        assert other.connections == 0, "neither the key nor the lesson"


@pytest.mark.parametrize(
    ("here", "target", "same"),
    [
        ("http://a/v1", "https://a/v1", True), ("http://a:80/v1", "https://a:443/v1", True),
        ("https://a/v1", "http://a/v1", False),
        ("http://a/v1", "https://a:8443/v1", False), ("http://a:8080/v1", "https://a:8080/v1", True),
        ("http://a:8080/v1", "https://a/v1", False), ("http://a/v1", "http://b/v1", False), ("http://a/v1", "ftp://a/v1", False),
    ],
)  # fmt: skip
def test_the_same_place_is_the_same_host_and_port_or_its_secure_one(here, target, same):
    assert _same_place(urlsplit(here), urlsplit(target)) is same


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ("Fri, 31 Dec 9999 23:59:59 GMT", "for a long time (429"),
        ("999999999", "for a long time (429"),
        ("3600", "for 60 min (429"),
    ],
)
def test_a_pause_that_nobody_waits_for_is_told_in_words(after, words):
    with pytest.raises(ModelError) as caught:
        reply_to(error("429 Too Many", "slow", retry_after=after))
    assert words in str(caught.value)


def test_a_refused_request_that_may_be_tried_again_is_so_once_at_most():
    plain, again = (error("400 Bad", "temperature of the moon", **headers) for headers in ({}, {"x_should_retry": "true"}))
    requests = []
    for answer in (plain, again):
        with serving(answer) as server, pytest.raises(ModelError):
            ask(server, schema={})
        requests.append(server.connections)
    assert requests[1] <= requests[0] + 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            response("<html><title>Nothing here</title>", "404 Not Found", "text/html"),
            "found nothing at .* \\(404\\): “Nothing here”",
        ),
        (error("405 Not Allowed", "no POST"), "takes no requests to a model \\(405\\): “no POST”"),
        (error("404 Not Found", "The model `fake` does not exist"), "model fake not found"),
    ],
)
def test_a_page_that_is_missing_and_a_method_that_is_not_taken_are_not_told_as_a_missing_model(answer, words):
    with pytest.raises(ModelError, match=words) as caught:
        reply_to(answer)
    assert ("model fake" in str(caught.value)) == ("model fake" in words)
