"""Each server takes a request in its own way; what one of them refuses is said more plainly, once, and then remembered."""

from __future__ import annotations

import json

import pytest
from endpoint import completion, error, event, events, response, serving, streamed

from utils.call_llm import call_llm
from utils.errors import ModelError
from utils.llm import replies
from utils.llm.endpoint import Endpoint, Limits, endpoint_of, without_command
from utils.llm.language_model import LanguageModel
from utils.llm.quirks import KNOWN, Quirks, merged
from utils.llm.replies import ReplyCache
from utils.llm.structured import Prompt
from utils.settings import settings_of

LIMITS = Limits(connect_s=60, first_piece_s=60, stall_s=60, total_s=60, backoff_s=0.01)
MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is a mean?"}]
SCHEMA = {"title": "reply", "type": "object", "properties": {"mean": {"type": "string"}}}
REPLY = '{"mean": "a sum over a count"}'


def picky(refuses, refusal):
    """A server that refuses what it does not take."""
    return lambda request: refusal if refuses(request.json) else streamed(REPLY)


def has_system(request):
    return any(message["role"] == "system" for message in request["messages"])


def has_schema(request):
    return request.get("response_format", {}).get("type") == "json_schema"


def bad(message, status="400 Bad Request"):
    return error(status, message)


SERVERS = {  # what it refuses, how it says so, how many requests it takes to find out
    "no schema": (has_schema, bad("This response_format type is unavailable now"), 2),
    "no schema, by its value": (has_schema, bad("'response_format.type' : not one of ['text', 'json_object']"), 2),
    "no schema, in its own words": (has_schema, bad("Unrecognized request argument supplied"), 2),
    "no schema, by a 500": (has_schema, bad("Failed to parse grammar", "500 Oops"), 2),
    "no schema, by a bare 500": (has_schema, response("", "500 Oops"), 2),
    "no schema, by a 422 with details": (
        has_schema,
        response(json.dumps({"detail": [{"loc": ["body"], "msg": "extra fields not permitted"}]}), "422 No"),
        2,
    ),
    "no schema, said in a stream": (
        has_schema,
        events(b'data: {"error": {"message": "json_schema is not supported", "code": 400}}\n\n'),
        2,
    ),
    "no format": (lambda request: "response_format" in request, bad("response_format not supported"), 2),
    "no format, in its own words": (lambda request: "response_format" in request, bad("What is this?"), 3),
    "no format, by a bare 500": (lambda request: "response_format" in request, response("", "500 Oops"), 3),
    "no stream_options": (lambda request: "stream_options" in request, bad("unknown field stream_options"), 2),
    "no stream_options, by its place": (
        lambda request: "stream_options" in request,
        response(
            json.dumps({"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]}),
            "422 No",
        ),
        2,
    ),
    "no format, by its parameter": (
        lambda request: "response_format" in request,
        response(json.dumps({"error": {"message": "Unrecognized request argument", "param": "response_format"}}), "400 Bad"),
        2,
    ),
    "no stream_options, in its own words": (lambda request: "stream_options" in request, bad("no"), 4),
    "no system role": (has_system, bad("System role not supported"), 2),
    "no system role, by a 500": (has_system, bad("Jinja: System role not supported", "500 Oops"), 2),
    "no developer instruction": (has_system, bad("Developer instruction is not enabled for models/gemma"), 2),
    "roles must alternate": (
        has_system,
        response('{"object":"error","message":"Conversation roles must alternate user/assistant/..."}', "400 Bad"),
        2,
    ),
    "no streaming": (lambda request: request.get("stream"), bad("Streaming is not supported for this model"), 2),
    "no streaming, by a 501": (lambda request: request.get("stream"), bad("not implemented", "501 No"), 6),
    "none of all": (
        lambda request: has_system(request) or {"stream", "stream_options", "response_format"} & set(request),
        bad("no"),
        6,
    ),
}


def ask(server, **options):
    options = {"limits": LIMITS, "quirks": Quirks(), "schema": SCHEMA, **options}
    return call_llm(MESSAGES, endpoint=Endpoint(server.base_url, "fake"), **options)


@pytest.mark.parametrize("name", SERVERS)
def test_what_a_server_refuses_is_left_out_once_and_then_never_sent_again(name):
    refuses, refusal, requests = SERVERS[name]
    quirks = Quirks()
    with serving(picky(refuses, refusal)) as server:
        assert ask(server, quirks=quirks) == REPLY
        assert len(server.requests) == requests
        assert ask(server, quirks=quirks) == REPLY
        assert len(server.requests) == requests + 1


def test_what_the_system_says_comes_first_in_what_the_user_says():
    with serving(picky(has_system, bad("System role not supported"))) as server:
        ask(server)
    assert server.requests[-1].messages == [{"role": "user", "content": "Be brief.\n\nWhat is a mean?"}]


def test_the_effort_is_sent_if_one_is_set_and_left_out_where_it_or_this_level_is_refused(tmp_path):
    refusal = bad("Unsupported value: 'reasoning_effort' does not support 'max' with this model. Supported: 'low', 'high'.")
    cache = ReplyCache(tmp_path)
    with serving(picky(lambda request: request.get("reasoning_effort") == "max", refusal)) as server:
        named = {"OPENAI_BASE_URL": server.base_url, "OPENAI_MODEL": "fake"}
        for effort in (None, "max", "max", "low"):
            endpoint = endpoint_of(settings_of({"effort": effort}, named))
            LanguageModel(endpoint, cache=cache, limits=LIMITS).fill(Prompt(f"as {effort}", (*MESSAGES, *MESSAGES)))
    cache.close()
    assert [request.json.get("reasoning_effort") for request in server.requests] == [None, "max", None, "low"]


def test_two_in_a_row_of_one_role_become_one_and_the_caller_keeps_its_messages():
    turns = [*MESSAGES, {"role": "user", "content": "Quick!"}, {"role": "assistant", "content": "A sum."}, MESSAGES[1]]
    before = json.dumps(turns)
    assert [turn["role"] for turn in merged(turns)] == ["user", "assistant", "user"]
    assert merged(turns)[0]["content"] == "Be brief.\n\nWhat is a mean?\n\nQuick!" and json.dumps(turns) == before


def test_no_request_names_a_temperature_or_a_limit_of_tokens_that_a_model_may_not_take():
    with serving(streamed(REPLY)) as server:
        ask(server)
    assert set(server.requests[0].json) == {"model", "messages", "stream", "stream_options", "response_format"}


def test_what_did_not_help_is_not_remembered():
    quirks = Quirks()
    with serving(bad("no")) as server, pytest.raises(ModelError, match="refused the request"):
        ask(server, quirks=quirks)
    assert not quirks.names and len(server.requests) == 6


def test_an_outage_that_passes_is_no_quirk_of_a_reply_in_prose():
    quirks = Quirks()
    with serving(response("", "500 Oops"), streamed("A sum.")) as server:
        assert ask(server, schema=None, quirks=quirks) == "A sum."
    assert not quirks.names


def test_what_was_found_out_is_remembered_for_a_week_by_server_and_model(tmp_path, monkeypatch):
    clock = [1_000_000.0]
    monkeypatch.setattr(replies.time, "time", lambda: clock[0])
    prompt = Prompt("test", tuple(MESSAGES), schema=SCHEMA)

    def requests_of_a_run(server, model="fake", repetition=0):
        before = len(server.requests)
        cache = ReplyCache(tmp_path)
        run = LanguageModel(Endpoint(server.base_url, model), cache=cache, limits=LIMITS)
        assert run.fill(prompt, repetition) == json.loads(REPLY)
        cache.close()
        return len(server.requests) - before

    with serving(picky(lambda request: has_schema(request) or has_system(request), bad("no"))) as server:
        assert requests_of_a_run(server) == 5
        assert requests_of_a_run(server, repetition=1) == 1, "in the next run"
        assert requests_of_a_run(server, "another") == 5
        clock[0] += 8 * 86_400
        assert requests_of_a_run(server, repetition=2) == 5, "it may have got better"
    assert server.base_url.encode() not in (tmp_path / "replies.db").read_bytes(), "an address may hold a password"


def test_only_what_is_known_is_taken_from_the_file():
    assert Quirks(["system", "DROP TABLE", "v1"]).names == {"system", "v1"} and Quirks(KNOWN).names == set(KNOWN)


# --------------------------------------------------------------------------------------------- addresses


def only_at(path, otherwise):
    return lambda request: streamed("A sum.") if request.path.partition("?")[0] == path else otherwise


PLACES = {
    "404 in JSON": error("404 Not Found", "not found"),
    "404 in text": response("404 page not found", "404 Not Found", "text/plain"),
    "404 as a page": response("<html><title>Hello</title>", "404 Not Found", "text/html"),
    "405": response("", "405 Not Allowed"),
    "200 as a page": response("<!doctype html><title>Hello</title>", content_type="text/html"),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_base_url_without_its_version_is_tried_with_it(name):
    quirks = Quirks()
    with serving(only_at("/v1/chat/completions", PLACES[name])) as server:
        endpoint = Endpoint(server.base_url.removesuffix("/v1"), "fake")
        for count in (2, 3):
            assert call_llm("hi", endpoint=endpoint, limits=LIMITS, quirks=quirks) == "A sum."
            assert len(server.requests) == count


def test_the_models_are_also_looked_for_with_the_version():
    models = response('{"object": "list", "data": [{"id": "first", "object": "model"}]}')

    def answer(request):
        if not request.path.startswith("/v1/"):
            return response("404 page not found", "404 Not Found", "text/plain")
        return models if request.path == "/v1/models" else streamed("A sum.")

    with serving(answer) as server:
        assert call_llm("hi", endpoint=Endpoint(server.base_url.removesuffix("/v1")), limits=LIMITS) == "A sum."
    assert server.requests[-1].json["model"] == "first"


def test_a_server_that_does_not_list_its_models_is_asked_without_knowing_them():
    with serving(lambda request: streamed("A sum.") if request.json else error("404 Not Found", "no")) as server:
        assert call_llm("hi", endpoint=Endpoint(server.base_url), limits=LIMITS) == "A sum."


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (response('{"object": "list", "data": []}'), "has no model; load one there, or name one with -m"),
        (error("404 Not Found", "model 'default' not found"), "check -m or OPENAI_MODEL"),
    ],
)
def test_a_server_without_a_model_that_can_be_taken_wants_one_named(answer, words):
    with serving(answer) as server, pytest.raises(ModelError, match=words) as caught:
        call_llm("hi", endpoint=Endpoint(server.base_url), limits=LIMITS)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("given", "asked", "model"),
    [
        ("/openai/deployments/mine?api-version=2024-10-21", "/openai/deployments/mine/chat/completions", "mine"),
        (
            "/openai/deployments/mine/chat/completions?api-version=2024-10-21",
            "/openai/deployments/mine/chat/completions",
            "mine",
        ),
        ("?api-version=2024-10-21", "/openai/deployments/named/chat/completions", "named"),
        ("/openai/v1?api-version=preview", "/openai/v1/chat/completions", "named"),
    ],
)
def test_an_address_of_azure_keeps_its_version_and_sends_the_key_as_azure_wants_it(given, asked, model):
    with serving(streamed("A sum.")) as server:
        environment = {"OPENAI_BASE_URL": f"http://{server.host}{given}", "OPENAI_API_KEY": "secret-key"}
        endpoint = endpoint_of(settings_of({"model": "named"} if model == "named" else {}, environment))
        assert endpoint.model == model
        assert call_llm("hi", endpoint=endpoint, limits=LIMITS) == "A sum."
    path, _, query = server.requests[0].path.partition("?")
    assert path == asked and query == "api-version=" + given.rpartition("=")[2]
    assert "secret-key" in server.requests[0].head


def test_a_version_is_looked_for_in_the_path_and_not_in_the_name_of_the_host():
    assert not Endpoint("http://v1.example.com/api").versioned and not Endpoint("http://h").versioned
    assert Endpoint("http://h/v1beta/openai").versioned and Endpoint("http://h?api-version=1").versioned


def test_an_address_that_was_copied_whole_is_cut_to_its_base():
    assert without_command(" http://h/v1/chat/completions/ ") == "http://h/v1"
    assert without_command("http://h/v1/?api-version=1") == "http://h/v1?api-version=1"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Moved", "308 Moved"])
@pytest.mark.parametrize("location", ["/new/v1/chat/completions", "http://HOST/new/v1/chat/completions"])
def test_a_redirection_on_the_same_host_is_followed_with_the_same_request(status, location):
    def answer(request):
        if request.path.startswith("/new/"):
            return streamed("A sum.")
        return response("", status, location=location.replace("HOST", server.host))

    with serving(answer) as server:
        assert ask(server) == "A sum."
    assert server.requests[1].json == server.requests[0].json


@pytest.mark.parametrize(
    "location", ["https://elsewhere.invalid/v1/chat/completions", "/login", "", "file:///etc/passwd", "http://[oops"]
)
def test_a_redirection_to_another_place_is_told_and_not_followed(location):
    with serving(response("", "308 Moved", location=location)) as server:
        with pytest.raises(ModelError, match=r"redirects to .*; set OPENAI_BASE_URL") as caught:
            ask(server)
        assert len(server.requests) == 1 and caught.value.exit_code == 2


# ------------------------------------------------------------------------------------- what a server said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"error": {"message": "out of cheese"}}', "out of cheese"),
        ('{"error": "out of cheese"}', "out of cheese"),
        ('{"message": "out of cheese"}', "out of cheese"),
        ('{"detail": [{"loc": ["body", "n"], "msg": "out of cheese"}]}', "body.n: out of cheese"),
        ('{"error": {"message": "out of cheese", "param": "n"}}', "n: out of cheese"),
        ('[{"error": {"message": "out of cheese"}}]', "out of cheese"),
        ("out of\n  cheese", "out of cheese"),
        ("<html><title>Out &amp; over</title><p>secret", "Out & over"),
        ('{"error": ', '{"error":'),
        ("x" * 1000, "x" * 199 + "…"),
    ],
)
def test_a_failure_quotes_what_the_server_said_in_its_first_200_characters(body, said):
    with serving(response(body, "418 Teapot")) as server, pytest.raises(ModelError) as caught:
        ask(server)
    assert f": “{said}”; look at the server's log" in str(caught.value)


def test_a_key_in_what_the_server_said_is_masked_also_where_the_words_are_cut():
    key = "hush-hush-1234567890"
    with serving(error("418 Teapot", "x" * 190 + key)) as server, pytest.raises(ModelError) as caught:
        call_llm("hi", endpoint=Endpoint(server.base_url, "fake", key), limits=LIMITS)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("message", "words", "code"),
    [
        ("API key not valid. Please pass a valid API key.", "rejected the API key", 2),
        ("Your credit balance is too low", "has no credit", 3),
        ("fake is not a valid model ID", "model fake not found", 2),
    ],
)
def test_a_400_that_is_about_key_credit_or_model_is_told_so_after_one_request(message, words, code):
    with serving(bad(message)) as server, pytest.raises(ModelError, match=words) as caught:
        ask(server)
    assert caught.value.exit_code == code and len(server.requests) == 1


@pytest.mark.parametrize("refusal", [error("413 Too Large", "too large"), bad("prompt is too long: 9000 tokens > 8000"),
                                     bad("the request exceeds the available context size")])  # fmt: skip
def test_a_request_that_is_too_large_is_sent_once_more_with_less(refusal):
    with serving(refusal, streamed("fits")) as server:
        assert ask(server, schema=None, shorter=[{"role": "user", "content": "less"}]) == "fits"
    assert server.requests[1].messages[-1]["content"] == "less"


@pytest.mark.parametrize(("header", "tries"), [({"x_should_retry": "false"}, 1), ({"x_should_retry": "true"}, 3)])
def test_a_server_that_knows_whether_another_try_helps_is_believed(header, tries):
    status = "500 Oops" if tries == 1 else "418 Teapot"
    with serving(error(status, "boom", **header)) as server, pytest.raises(ModelError):
        ask(server, schema=None)
    assert len(server.requests) == tries


@pytest.mark.parametrize("status", ["408 Timeout", "409 Conflict", "500 Oops", "503 Busy"])
def test_what_may_pass_is_tried_again(status):
    with serving(error(status, "wait", retry_after_ms="1"), streamed("A sum.")) as server:
        assert ask(server, schema=None) == "A sum."


@pytest.mark.parametrize(
    "answer",
    [
        events(event({"content": [{"type": "text", "text": "A "}, {"type": "text", "text": "sum."}]}, "stop")),
        events(event({"content": ["A ", {"text": "sum."}]}, "stop")),
        events(event({"content": {"type": "text", "text": "A sum."}}, "stop")),
        completion([{"type": "text", "text": "A sum."}, {"type": "image_url", "image_url": {}}]),
        response('{"choices": [{"text": "A sum.", "finish_reason": "stop"}]}'),
        events(b'data: {"choices": [{"message": {"content": "A sum."}, "finish_reason": "stop"}]}\n\n'),
    ],
)
def test_content_in_parts_is_put_together(answer):
    with serving(answer) as server:
        assert ask(server) == "A sum."
