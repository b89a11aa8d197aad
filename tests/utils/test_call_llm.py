"""The way to the model: limits, tries and faults, served by an endpoint on loopback that breaks in every way."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from conftest import ROOT
from endpoint import STREAM_HEAD, completion, error, event, events, response, serving, streamed

from utils import call_llm as module
from utils.call_llm import CUT_OFF, call_llm, whole
from utils.errors import ExitCode, ModelError, UsageError
from utils.llm import connection
from utils.llm.endpoint import DEFAULT_LIMITS, LOCAL_LIMITS, Endpoint, Limits, endpoint_of, limits_of, outdated_name
from utils.llm.reply import Afresh, Pause
from utils.settings import Settings, masked, settings_of

LIMITS = Limits(connect_s=60, first_piece_s=60, stall_s=60, total_s=60, backoff_s=0.01)  # nothing waits that long
KEY = "sk-CANARY-1234567890"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def ask(server, limits=LIMITS, **options):
    return call_llm("hello", endpoint=Endpoint(server.base_url, "fake", KEY), limits=limits, **options)


def refused(*answers, requests=None, **options) -> ModelError:
    """The error that these answers lead to; checks how often was asked, and that the key is nowhere in it."""
    with serving(*answers) as server:
        with pytest.raises(ModelError) as caught:
            ask(server, **options)
        assert requests is None or server.connections == requests
        assert "CANARY" not in str(caught.value) and "Traceback" not in str(caught.value)
        caught.value.said = str(caught.value).replace(server.host, "HOST")
        return caught.value


def test_a_reply_is_put_together_from_its_pieces():
    with serving(streamed("a mean is a sum over a count")) as server:
        reply = ask(server)
    assert reply == "a mean is a sum over a count"
    assert reply.complete and reply.model == "fake" and reply.tokens == (7, 8, False)


def test_a_key_that_is_a_letter_or_a_word_takes_nothing_out_of_a_reply():
    for key in ("k", "local"):
        with serving(streamed("you asked about local risks")) as server:
            endpoint = Endpoint(server.base_url, "fake", key)
            assert call_llm("hello", endpoint=endpoint, limits=LIMITS) == "you asked about local risks"
        assert masked("a local risk", key) == "a local risk"


def test_streaming_hands_on_each_piece_as_it_comes():
    gate = threading.Event()

    def slow(request):
        yield from events(event({"content": "first "}))
        assert gate.wait(60)
        yield event({"content": "second"}, "stop") + b"data: [DONE]\n\n"

    with serving(slow) as server:
        pieces = ask(server, stream=True)
        assert next(filter(None, pieces)) == "first "
        gate.set()
        assert whole(pieces) == "first second"


def test_a_server_that_does_not_stream_is_read_all_the_same():
    with serving(completion("a whole reply")) as server:
        assert ask(server) == "a whole reply"


def test_comments_empty_choices_and_other_line_ends_are_no_trouble():
    crlf = b'data: {"choices": [{"delta": {"content":\r\ndata: "hi"}, "finish_reason": "stop"}]}\r\n\r\ndata: [DONE]\r\n\r\n'
    for body in (events(b": ping\n\n", event(), event({"content": "hi"}), event({}, "stop")), events(crlf)):
        with serving(body) as server:
            assert ask(server) == "hi"


@pytest.mark.parametrize("end", [b"data: [DONE]\n\n", b""], ids=["done", "a reason alone"])
def test_a_server_that_keeps_the_connection_open_after_the_end_is_not_waited_for(end, monkeypatch):
    monkeypatch.setattr(module, "LINGER_S", 0.1)
    let_go = threading.Event()

    def lingers(request):
        yield from events(event({"content": "hi"}, "stop"), end)
        let_go.wait(60)

    with serving(lingers) as server:
        assert ask(server) == "hi"
        let_go.set()


def test_words_in_a_last_line_that_broke_off_are_marked_too():
    broken = events(event({"content": "a net of"}).rstrip(b"\n"))
    with serving(broken, streamed("Yeast eats sugar.")) as server:
        pieces = [piece for piece in ask(server, stream=True) if piece]
    assert pieces[:2] == ["a net of", CUT_OFF] and "".join(pieces[2:]) == "Yeast eats sugar."


def test_a_byte_order_mark_before_the_first_event_is_no_part_of_it():
    with serving(events(b"\xef\xbb\xbf" + event({"content": "hi"}), event({}, "stop"))) as server:
        assert ask(server) == "hi"


FAULTS = {
    "a wrong key": (error("401 Unauthorized", f"Incorrect API key provided: {KEY}"), "HOST rejected the API key (401)", 2, 1),
    "no credit": (error("402 Payment Required", "no credit"), "has no credit", 3, 1),
    "an unknown model": (error("404 Not Found", "no model"), "model fake not found at HOST", 2, 1),
    "too long": (error("400 Bad Request", "maximum context length is 8192 tokens"), "too long for model fake", 3, 1),
    "rate limited": (error("429 Too Many", "slow down"), "rate limited", 3, 3),
    "rate limited for an hour": (error("429 Too Many", "slow", retry_after="3600"), "for 60 min (429: rate limited)", 3, 1),
    "quota": (error("429 Too Many", "You exceeded your current quota"), "quota at HOST is used up", 3, 1),
    "500": (error("500 Oops", "boom"), "service error 500", 3, 3),
    "a web page with 502": (response("<html>down</html>", "502 Bad Gateway", "text/html"), "service error 502", 3, 3),
    "529": (error("529 Overloaded", "o"), "HOST is overloaded (529)", 3, 3),
    "an empty body": (response(""), "gave an empty reply", 3, 3),
    "half a document": (response('{"choices": ['), "broken reply: not JSON", 3, 3),
    "null": (response("null"), "gave an empty reply", 3, 3),
    "a text where an object should be": (response('"hello"'), "broken reply: not an object", 3, 3),
    "no choice": (response('{"choices": []}'), "no choice in it", 3, 2),
    "empty content": (completion(""), "gave an empty reply", 3, 2),
    "a refusal": (completion(None, refusal="I cannot"), "the model declined", 3, 1),
    "a filter": (completion("", finish="content_filter"), "the reply was filtered", 3, 1),
    "a web page with 200": (response("<html>hi</html>", content_type="text/html"), "a web page, not a reply", 3, 1),
    "bad gzip": (response(b"not packed", content_encoding="gzip"), "gave a broken reply", 3, 3),
    "closed at once": ("close", "cannot reach HOST", 3, 3),
    "not HTTP": ([b"SSH-2.0-OpenSSH_9.9\r\n\r\n"], "HOST does not speak HTTP", 3, 3),
    "cut in the middle": (events(event({"content": "hel"})), "the reply of HOST was cut off", 3, 2),
    "cut in a line": (events(event({"content": "hel"}), b'data: {"choi'), "the reply of HOST was cut off", 3, 2),
    "an event that is not JSON": (events(event({"content": "hel"}), b"data: {oops\n\n"), "not JSON", 3, 2),
    "words that are no events": (response("Come back later"), "HOST gave a broken reply: “Come back later”", 3, 3),
    "an error of a choice": (
        response('{"choices": [{"finish_reason": "error", "error": {"code": 502, "message": "overheated"}}]}'),
        "HOST has a service error 502: “overheated”",
        3,
        3,
    ),
    "an error in the stream": (
        events(b'data: {"error": {"message": "out of memory"}}\n\n'),
        "HOST reports: “out of memory”",
        3,
        2,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_told_in_words_after_no_more_requests_than_it_is_worth(name):
    answer, words, code, requests = FAULTS[name]
    caught = refused(answer, requests=requests)
    assert words in caught.said
    assert caught.exit_code == code
    assert "<html" not in caught.said


def test_a_failing_server_that_recovers_is_asked_again():
    with serving(error("500 Oops", "boom"), error("429 Too Many", "slow", retry_after="0"), streamed("here again")) as server:
        waits = []
        assert ask(server, on_wait=lambda seconds, why: waits.append(why)) == "here again"
    assert len(waits) == 2 and "500" in waits[0]


def test_a_server_that_says_it_loads_its_model_is_asked_until_it_has():
    loading = error("503 Unavailable", "Loading model")
    with serving(*[loading] * 6, streamed("ready now")) as server:
        pieces = list(ask(server, stream=True, on_wait=lambda seconds, why: pytest.fail("this is no failure")))
    assert "".join(pieces) == "ready now"
    assert any("which is loading" in piece.what for piece in pieces if isinstance(piece, Pause))
    limits = replace(LIMITS, total_s=2.0, backoff_s=0.02)
    assert "still loads its model (503): “Loading model”" in refused(loading, limits=limits).said


def test_a_request_that_is_too_long_is_sent_once_more_with_less():
    with serving(error("400 Bad", "maximum context length is 8"), streamed("short enough")) as server:
        assert ask(server, shorter=[{"role": "user", "content": "less"}]) == "short enough"
    assert [request.messages[-1]["content"] for request in server.requests] == ["hello", "less"]


def test_a_server_that_does_not_know_stream_options_is_asked_without():
    with serving(error("400 Bad", "unknown field stream_options"), streamed("fine")) as server:
        assert ask(server) == "fine"
    assert "stream_options" not in server.requests[1].json


def test_what_came_before_a_cut_is_marked_and_a_further_try_follows():
    with serving(events(event({"content": "hel"})), streamed("hello there")) as server:
        pieces = list(filter(None, ask(server, stream=True)))
    assert pieces[:2] == ["hel", CUT_OFF] and "".join(pieces[2:]) == "hello there"


def falls_silent(request):
    yield from events(event({"content": "hel"}))
    threading.Event().wait(1)


CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"


@pytest.mark.parametrize("name", ["it falls silent", "the connection breaks"])
def test_a_stream_that_broke_off_in_the_middle_is_replaced_and_never_glued(monkeypatch, name):
    monkeypatch.setattr(Endpoint, "local", False)
    half = event({"content": "hel"})
    broken = falls_silent if name == "it falls silent" else [CHUNKED, b"%x\r\n" % len(half), half, b"\r\n40\r\nda"]
    limits = Limits(connect_s=60, first_piece_s=60, stall_s=0.3, total_s=60, backoff_s=0.01)
    with serving(broken, streamed("hello there")) as server:
        pieces = [piece for piece in ask(server, limits, stream=True) if piece]
    assert pieces[:2] == ["hel", CUT_OFF] and isinstance(pieces[1], Afresh) and "".join(pieces[2:]) == "hello there"


@pytest.mark.parametrize("finish", ["eos", "end_turn", "stop_sequence", "STOP", "tool_calls", None])
@pytest.mark.parametrize("answer", [streamed, completion])
def test_any_reason_to_end_but_a_limit_is_the_end_of_a_whole_reply(answer, finish):
    with serving(answer("a verdict", finish=finish)) as server:
        reply = ask(server, needs_finish=True)
    assert reply == "a verdict" and reply.complete


@pytest.mark.parametrize("finish", ["length", "max_tokens", "MAX_TOKENS", "model_length", "abort"])
def test_a_reply_that_was_cut_at_a_limit_serves_for_prose_but_never_for_a_verdict(finish):
    cut = streamed("half of", finish=finish)
    with serving(cut) as server:
        reply = ask(server)
    assert reply == "half of" and not reply.complete
    assert f"not complete ({finish})" in refused(cut, requests=2, needs_finish=True).said


def flood(*pieces: bytes):
    def answer(request):
        yield STREAM_HEAD
        while True:
            yield b"".join(pieces)

    return answer


@pytest.mark.parametrize(
    "flood_of, words",
    [
        (event({"content": "x" * 50_000}), "a reply of more than 2,000,000 bytes"),
        (b"data: " + b"x" * 50_000, "a reply of more than 2,000,000 bytes"),
        (b": still here\n\n" * 5_000, "more than 20,000,000 bytes"),
    ],
    ids=["pieces", "one event", "comments"],
)
def test_a_reply_that_floods_us_is_given_up_at_its_limit_and_not_asked_for_again(flood_of, words):
    assert words in refused(flood(flood_of), requests=1).said


@pytest.mark.parametrize("status", ["500 Oops", "404 Not Found"])
def test_what_a_server_says_of_a_failure_is_read_up_to_a_limit(status):
    sent = []

    def answer(request):
        yield f"HTTP/1.1 {status}\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n".encode()
        while True:
            sent.append(100_000)
            yield b"oops " * 20_000

    caught = refused(answer, limits=replace(LIMITS, tries=1))
    assert status[:3] in caught.said and "oops oops" in caught.said and len(caught.said) < 400
    assert sum(sent) < 50_000_000


def test_a_list_of_models_without_end_is_given_up_at_its_limit():
    def answer(request):
        yield (
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n["
            if not request.json
            else STREAM_HEAD
        )
        while not request.json:
            yield b" " * 1_000_000
        yield event({"content": "hi"}, "stop")

    with serving(answer) as server:
        assert call_llm("x", endpoint=Endpoint(server.base_url), limits=LIMITS) == "hi"


def test_the_deadline_holds_while_more_keeps_coming():
    limits = Limits(connect_s=60, first_piece_s=60, stall_s=60, total_s=0.2, backoff_s=0.01)
    with serving(flood(b": still here\n\n")) as server, pytest.raises(ModelError, match=r"longer than 0\.2 s"):
        for piece in ask(server, limits, stream=True):
            assert isinstance(piece, Pause), "comments are nothing to read"


@pytest.mark.parametrize("count", [-1, 10**200, True, "7", 1.5], ids=lambda count: str(count)[:9])
def test_a_count_of_tokens_that_cannot_be_is_none(count):
    usage = event(usage={"prompt_tokens": count, "completion_tokens": 3})
    with serving(events(event({"content": "hi"}, "stop"), usage, b"data: [DONE]\n\n")) as server:
        reply = ask(server)
    assert reply.tokens == (11, 3, True), "estimated from what was asked"


@pytest.mark.parametrize("sent", [b"", b": still here\n\n"], ids=["silence", "comments without end"])
def test_whatever_a_server_does_the_deadline_holds(sent):
    let_go = threading.Event()

    def endless(request):
        while sent and not let_go.wait(0.05):
            yield STREAM_HEAD + sent
        let_go.wait()

    limits = Limits(connect_s=0.1, first_piece_s=0.1, stall_s=0.1, total_s=0.3, backoff_s=0.01)
    try:
        assert "HOST" in refused(endless, limits=limits).said  # while the server goes on: without a deadline it would never end
    finally:
        let_go.set()


@contextmanager
def listening(serve):
    """A bare socket on loopback; `serve` gets each connection. Gives its URL for https."""
    server = socket.create_server(("127.0.0.1", 0))

    def accept():
        with suppress(OSError):  # closed, by us or by who asked
            while True:
                connection, _ = server.accept()
                with connection, suppress(OSError):
                    serve(connection)

    threading.Thread(target=accept, daemon=True).start()
    with server:
        yield f"https://127.0.0.1:{server.getsockname()[1]}/v1"


def test_a_server_that_speaks_no_tls_is_named_so():
    def serve(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with listening(serve) as url, pytest.raises(ModelError, match="does not speak TLS"):
        call_llm("x", endpoint=Endpoint(url, "m"), limits=LIMITS)


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
         "-keyout", tmp_path / "key", "-out", tmp_path / "cert"], capture_output=True,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("openssl can't be run here")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")

    def serve(connection):
        with context.wrap_socket(connection, server_side=True):
            pass

    with listening(serve) as url, pytest.raises(ModelError, match="not trusted") as caught:
        call_llm("x", endpoint=Endpoint(url, "m"), limits=LIMITS)
    assert caught.value.exit_code == ExitCode.USAGE


def test_a_name_that_no_server_has_and_a_closed_port_are_told_apart(monkeypatch):
    look_up = socket.getaddrinfo

    def on_loopback(host, *arguments, **options):
        if host == "no-such-host.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", on_loopback)
    for url, words in (("http://no-such-host.invalid/v1", "cannot find no-such-host.invalid"),
                       ("http://127.0.0.1:9/v1", "connection refused")):  # fmt: skip
        with pytest.raises(ModelError, match=words):
            call_llm("x", endpoint=Endpoint(url, "m"), limits=LIMITS)


def test_a_proxy_is_named_without_its_password(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://bob:hunter2@127.0.0.1:9")
    connection.client.cache_clear()
    with pytest.raises(ModelError, match=r"through the proxy 127\.0\.0\.1:9") as caught:
        call_llm("x", endpoint=Endpoint("http://example.invalid/v1", "m"), limits=LIMITS)
    connection.client.cache_clear()
    assert "hunter2" not in str(caught.value)


def test_a_bug_of_ours_is_never_dressed_as_an_outage():
    with serving(streamed("x")) as server, pytest.raises(TypeError):
        ask(server, response_format={"type": object()})


def test_tokens_spent_on_replies_that_cannot_be_used_are_counted():
    cut = streamed("one two three", finish="length")
    assert refused(cut, needs_finish=True, requests=2).tokens == (14, 6, False)
    with serving(cut, streamed("four")) as server:
        reply = ask(server, needs_finish=True)
    assert reply.tokens == (14, 4, False)


def test_where_no_model_is_named_the_first_one_of_the_server_is_taken():
    models = response('{"object": "list", "data": [{"id": "first", "object": "model"}, {"id": "second", "object": "model"}]}')
    with serving(lambda request: models if request.path.endswith("/models") else streamed("hi")) as server:
        assert call_llm("x", endpoint=Endpoint(server.base_url), limits=LIMITS) == "hi"
    assert server.requests[1].json["model"] == "first"


# ----------------------------------------------------------------------------------------------- settings


def test_without_key_and_base_url_there_is_no_endpoint_and_no_request(monkeypatch):
    assert endpoint_of(settings_of({}, {})) is None
    assert endpoint_of(settings_of({"offline": True}, {"OPENAI_API_KEY": KEY})) is None
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ModelError, match="no model is set"):
        call_llm("x")


def test_a_base_url_alone_is_enough_for_a_server_of_ones_own():
    endpoint = endpoint_of(settings_of({"model": "small"}, {"OPENAI_BASE_URL": "http://127.0.0.1:8080/v1/"}))
    assert (endpoint.base_url, endpoint.model, endpoint.host) == ("http://127.0.0.1:8080/v1", "small", "127.0.0.1:8080")
    assert endpoint.key and "key" not in repr(endpoint).replace("key_name", "")


def test_a_server_by_name_and_the_former_variable_work():
    assert endpoint_of(settings_of({"server": "ollama"}, {})).base_url.endswith(":11434/v1")
    former = settings_of({}, {"OPENAI_API_BASE": "http://127.0.0.1:1/v1"})
    assert endpoint_of(former).host == "127.0.0.1:1" and "OPENAI_BASE_URL" in outdated_name(former)
    with pytest.raises(UsageError, match="Did you mean ollama"):
        settings_of({"server": "olama"}, {})


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"OPENAI_BASE_URL": ""}, "OPENAI_BASE_URL: found nothing"),
        ({"OPENAI_BASE_URL": "localhost:80"}, 'found "localhost:80", expected a URL'),
        ({"OPENAI_API_KEY": "sk-a\nb"}, "OPENAI_API_KEY: found blanks"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(environment, words):
    with pytest.raises(UsageError, match=words) as caught:
        endpoint_of(settings_of({}, environment))
    assert "sk-a" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost:11434/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://192.168.1.5/v1", True),
        ("http://gpu.local:8000/v1", True),
        ("http://ollama:11434/v1", True),
        ("https://api.openai.com/v1", False),
        ("https://me:secret@8.8.8.8/v1", False),
        ("http://[oops/v1", False),
    ],
)
def test_a_server_of_ones_own_gets_minutes_to_load_its_model(url, local):
    assert limits_of(Settings(), Endpoint(url)) == (LOCAL_LIMITS if local else DEFAULT_LIMITS)


def test_a_timeout_is_for_the_whole_reply_and_the_option_comes_before_the_variable():
    endpoint, environment = Endpoint("http://127.0.0.1:1/v1"), {"TUTOR_TIMEOUT": " 300 "}
    limits = limits_of(settings_of({}, environment), endpoint)
    assert (limits.connect_s, limits.first_piece_s, limits.stall_s, limits.total_s) == (5, 300, 300, 300)
    limits = limits_of(settings_of({"timeout": 2.5}, environment), endpoint)
    assert limits.connect_s == limits.total_s == 2.5


@pytest.mark.parametrize("seconds", ["soon", "0", "-3", "nan", "inf", "1e9"])
def test_a_timeout_that_is_no_time_is_a_wrong_setting(seconds):
    with pytest.raises(UsageError, match=f'TUTOR_TIMEOUT: found "{seconds}", expected seconds'):
        settings_of({}, {"TUTOR_TIMEOUT": seconds})


def test_the_module_runs_by_itself():
    environment = {"PATH": "/usr/bin:/bin"}
    with serving(streamed("A mean is a sum over a count.")) as server:
        environment["OPENAI_BASE_URL"], environment["OPENAI_MODEL"] = server.base_url, "fake"
        command = [sys.executable, "-m", "utils.call_llm", "hi"]
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.stdout == "A mean is a sum over a count.\n", run.stderr
