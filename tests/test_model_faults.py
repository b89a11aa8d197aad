"""What a person or a script sees of each fault of a model server: from the command line, with the documented exit code.

The rows are kinds of faults that servers of today show; the way to the model is tested in detail in tests/utils.
"""

from __future__ import annotations

import json
import socket
from dataclasses import replace

import pytest
from endpoint import completion, error, event, events, response, serving

from utils.errors import ExitCode
from utils.llm import endpoint as module

KEY = "sk-CANARY-1234567890"
ASKED = "what does yeast eat?"
ANSWER = "Yeast eats sugar and breathes out carbon dioxide. [1]"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Pauses between tries that nobody notices."""
    monkeypatch.setattr(module, "LOCAL_LIMITS", replace(module.LOCAL_LIMITS, backoff_s=0.01))


@pytest.fixture
def ask(tutor, docs):
    def run(base_url, *options, **environment):
        environment = {"OPENAI_BASE_URL": base_url, "OPENAI_MODEL": "fake", "OPENAI_API_KEY": KEY, **environment}
        done = tutor("ask", "--docs", docs, "--require-model", *options, ASKED, **environment)
        everything = done.stdout + done.stderr
        assert "Traceback" not in everything and "CANARY" not in everything
        return done

    return run


FAULTS = {  # the server's answer, words on stderr, exit code, how many requests at most
    "a key that is refused": (error("401 No", f"Incorrect API key provided: {KEY}"), "rejected the API key (401)", 2, 1),
    "no credit": (error("402 Payment Required", "no credit"), "no credit", 3, 1),
    "an unknown model": (error("404 Not Found", "The model `fake` does not exist"), "model fake not found", 2, 1),
    "too long for the model": (error("400 Bad", "maximum context length is 8192 tokens"), "too long for model fake", 3, 2),
    "rate limited": (error("429 Too Many", "slow down"), "limits the rate", 3, 3),
    "rate limited for an hour": (error("429 Too Many", "slow down", retry_after="3600"), "for 60 min", 3, 1),
    "quota used up": (error("429 Too Many", "You exceeded your current quota"), "quota", 3, 1),
    "a service error": (error("500 Oops", "boom"), "service error 500", 3, 3),
    "a page with 502": (response("<html><title>Bad</title>", "502 Bad Gateway", "text/html"), "service error 502", 3, 3),
    "overloaded": (error("529 Busy", "o"), "is overloaded (529)", 3, 3),
    "an empty body": (response(""), "empty reply", 3, 3),
    "half a document": (response('{"choices": ['), "broken reply", 3, 3),
    "null": (response("null"), "empty reply", 3, 3),
    "no words": (completion(""), "empty reply", 3, 2),
    "a refusal": (completion(None, refusal="I cannot"), "the model declined", 3, 1),
    "a filter": (completion("", finish="content_filter"), "filtered", 3, 1),
    "bad gzip": (response(b"not packed", content_encoding="gzip"), "broken reply", 3, 3),
    "closed at once": ("close", "cannot reach", 3, 3),
    "not HTTP": ([b"SSH-2.0-OpenSSH_9.9\r\n\r\n"], "does not speak HTTP", 3, 3),
    "cut off": (events(event({"content": "hel"})), "cut off", 3, 2),
    "cut off in a line": (events(event({"content": "hel"}), b'data: {"choi'), "cut off", 3, 2),
    "an event that is not JSON": (events(event({"content": "hel"}), b"data: {oops\n\n"), "broken reply", 3, 2),
    # and those of the second list
    "a request timeout": (error("408 Timeout", "upstream timed out"), "upstream timed out", 3, 3),
    "a conflict": (error("409 Conflict", "the model is being loaded"), "the model is being loaded", 3, 3),
    "not allowed": (error("405 Not Allowed", "POST is not allowed here"), "POST is not allowed here", 2, 1),
    "too large": (error("413 Too Large", "request entity too large"), "request entity too large", 3, 2),
    "a page with 404": (response("<html><title>Nothing here</title>", "404 Not Found", "text/html"), "Nothing here", 2, 1),
    "a text with 404": (response("404 page not found", "404 Not Found", "text/plain"), "404 page not found", 2, 1),
    "a page with 200": (response("<html>hi</html>", content_type="text/html"), "a web page", 3, 1),
    "a refused request": (error("400 Bad", "temperature of the moon"), "temperature of the moon", 3, 6),
    "moved elsewhere": (response("", "308 Moved", location="https://elsewhere.invalid/v1/chat/completions"), "elsewhere", 2, 1),
    "moved in a circle": (response("", "307 Moved", location="/v1/chat/completions"), "redirects", 2, 6),
    "told not to try again": (error("500 Oops", "boom", x_should_retry="false"), "boom", 3, 1),
    "told to try again": (error("418 Teapot", "boom", x_should_retry="true"), "boom", 3, 3),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_ends_in_words_and_with_its_exit_code(ask, name):
    answer, words, code, requests = FAULTS[name]
    with serving(answer) as server:
        run = ask(server.base_url)
        assert server.connections <= requests
    assert words in run.stderr and run.returncode == code, run.stderr
    assert "<html" not in run.stderr
    assert ("reach" in run.stderr) == (name == "closed at once"), "said of nothing else"


@pytest.mark.parametrize(
    "name", ["a key that is refused", "a service error", "half a document", "cut off", "moved elsewhere", "a page with 404"]
)
def test_without_require_model_the_lessons_answer(tutor, docs, name):
    with serving(FAULTS[name][0]) as server:
        run = tutor("ask", "--docs", docs, ASKED, OPENAI_BASE_URL=server.base_url, OPENAI_MODEL="fake")
    assert run.returncode == ExitCode.DONE and "sugar" in run.stdout, run.stderr


SETTINGS = {  # variables, words on stderr, exit code
    "an empty address": ({"OPENAI_BASE_URL": ""}, "OPENAI_BASE_URL: found nothing", 2),
    "an address that is none": ({"OPENAI_BASE_URL": "localhost:80"}, "expected a URL", 2),
    "a line end in the key": ({"OPENAI_API_KEY": f"{KEY}\nX"}, "OPENAI_API_KEY: found blanks", 2),
    "a port where nobody listens": ({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, "cannot reach 127.0.0.1:9", 3),
    "a name that nobody has": ({"OPENAI_BASE_URL": "http://no-such-host.invalid/v1"}, "cannot find no-such-host.invalid", 3),
    "a proxy that is not there": (
        {"OPENAI_BASE_URL": "http://example.invalid/v1", "HTTP_PROXY": "http://bob:CANARY@127.0.0.1:9"},
        "through the proxy 127.0.0.1:9",
        3,
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_wrong_setting_and_a_server_that_is_not_there_are_named(ask, name, monkeypatch):
    monkeypatch.setattr(module, "DEFAULT_LIMITS", replace(module.DEFAULT_LIMITS, backoff_s=0.01))
    monkeypatch.setattr(socket, "getaddrinfo", only_numbers(socket.getaddrinfo))
    environment, words, code = SETTINGS[name]
    run = ask("http://127.0.0.1:9/v1", **environment)
    assert words in run.stderr and run.returncode == code, run.stderr


def only_numbers(look_up):
    """A resolver that knows no names, and asks nobody."""

    def found(host, *arguments, **options):
        if not host[:1].isdigit():
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *arguments, **options)

    return found


def test_a_model_that_cannot_be_reached_is_said_to_be_unreachable_and_no_other(tutor, docs):
    for base_url, said in (("http://127.0.0.1:9/v1", True), (None, False)):
        with serving(error("500 Oops", "boom")) as server:
            run = tutor("ask", "--docs", docs, ASKED, OPENAI_BASE_URL=base_url or server.base_url, OPENAI_MODEL="fake")
        assert ("model unreachable (" in run.stderr) == said and "going on with the built-in tutor" in run.stderr


def test_a_server_of_many_quirks_grades_and_the_next_run_knows_them(tutor, docs, tmp_path):
    verdict = {"points": [{"point": 1, "met": True, "quote": "carbon dioxide"}], "contradiction": "", "remark": ""}

    def answer(request):
        asked = request.json
        if not request.path.startswith("/v1/"):
            return response("404 page not found", "404 Not Found", "text/plain")
        if asked["messages"][0]["role"] == "system":
            return error("400 Bad Request", "Conversation roles must alternate user/assistant/user/assistant/...")
        if "response_format" in asked:
            return response("", "500 Internal Server Error")
        if asked.get("stream"):
            return error("422 Unprocessable", "stream must be false")
        return completion([{"type": "text", "text": json.dumps(verdict)}], finish="end_turn")

    lines = [
        {"id": n, "question": "What does yeast give off?", "reference": "Carbon dioxide.", "answer": said}
        for n, said in enumerate(("carbon dioxide, I think", "it is carbon dioxide"))
    ]
    with serving(answer) as server:
        for line, requests in zip(lines, (6, 1), strict=True):
            (tmp_path / "answers.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
            before = len(server.requests)
            address = server.base_url.removesuffix("/v1")
            run = tutor("grade", tmp_path / "answers.jsonl", OPENAI_BASE_URL=address, OPENAI_MODEL="fake")
            assert json.loads(run.stdout)["grader"] == "fake", run.stderr
            assert len(server.requests) - before == requests
