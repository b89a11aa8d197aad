"""While a model is waited for: a clock runs, Esc or Ctrl-C stops the reply and not the session, other keys are dropped."""

from __future__ import annotations

import threading

import pytest
from conftest import environment_of
from endpoint import event, events, serving, streamed
from person import ended_well

from tutor.nodes.verb import ModelVerb
from utils.errors import ReplyStopped
from utils.llm.endpoint import Endpoint, Limits
from utils.llm.language_model import LanguageModel
from utils.llm.structured import Prompt

LIMITS = Limits(connect_s=60, first_piece_s=60, stall_s=60, total_s=60, backoff_s=0.01)
PROMPT = Prompt("test", ({"role": "user", "content": "hello"},))


@pytest.fixture(autouse=True)
def rising(docs):
    """A lesson that a model explains from its first page on."""
    (docs / "rising.md").write_text("# Rising\n\nYeast makes the dough rise.\n", encoding="utf-8")


@pytest.fixture
def held():
    """A server that waits with its first word, or in the middle of its reply, until it is let go."""
    gate = threading.Event()

    def answer(request):
        yield from events(*([event({"content": "Half a sentence "})] if server.speaks_first else []))
        gate.wait(60)
        yield event({"content": "and the rest."}, "stop") + b"data: [DONE]\n\n"

    with serving(answer) as server:
        server.speaks_first, server.gate = False, gate
        yield server
        gate.set()


@pytest.mark.parametrize("key", ["\x1b", "c-c"])
def test_a_reply_that_has_not_begun_is_stopped_and_the_session_goes_on(person, held, key):
    someone = person("learn", "rising", OPENAI_BASE_URL=held.base_url, OPENAI_MODEL="fake")
    someone.read("waiting for the model… 1 s")
    someone.press("q", "enter", key)
    assert "stopped, going on with the built-in tutor" in someone.read("Yeast makes the dough")
    someone.settle()
    assert "enter go on" in someone.text(), "the keys pressed meanwhile have turned no page and not left"
    assert "^[" not in someone.text(), "nor are they on screen"
    assert len(held.requests) <= 1
    someone.press("q")
    assert someone.leave() == 0 and ended_well(someone) and someone.modes() == someone.before


def test_what_had_come_stays_and_is_marked(person, held):
    held.speaks_first = True
    someone = person("learn", "rising", OPENAI_BASE_URL=held.base_url, OPENAI_MODEL="fake")
    someone.read("Half a sentence")
    someone.press("\x1b")
    text = someone.read("Yeast makes the dough")
    assert text.index("Half a sentence") < text.index("[stopped]") < text.index("Yeast makes the dough")


def test_a_reply_that_comes_fast_and_does_not_end_is_stopped(person):
    over = threading.Event()

    def chatters(request):
        yield from events()
        while not over.wait(0.02):
            yield event({"content": "and so on "})

    with serving(chatters) as server:
        someone = person("learn", "rising", OPENAI_BASE_URL=server.base_url, OPENAI_MODEL="fake")
        someone.read("and so on and so on")
        someone.press("\x1b")
        someone.read("[stopped]")
        over.set()


def test_in_plain_text_a_line_grows_and_esc_stops_too(person, held):
    someone = person("--plain", "learn", "rising", OPENAI_BASE_URL=held.base_url, OPENAI_MODEL="fake")
    someone.read("waiting for the model…")
    someone.press("\x1b")
    someone.read("Yeast makes the dough")
    assert b"\x1b[" not in someone.raw


def test_a_command_that_waits_for_a_model_shows_so_on_stderr_and_ctrl_c_ends_it(person, held, docs):
    someone = person("ask", "what does yeast eat?", OPENAI_BASE_URL=held.base_url, OPENAI_MODEL="fake")
    someone.read("waiting for the model…")
    someone.press("c-c")
    assert someone.leave() in (130, -2) and ended_well(someone)


@pytest.mark.parametrize("command", [["ask", "what does yeast eat?"], ["summarize", "bread"], ["grade", "lines.jsonl"]])
def test_keys_pressed_meanwhile_are_not_echoed_and_an_interrupt_leaves_no_clock_behind(person, held, home, command):
    lines = '{"question": "What does yeast eat?", "reference": "It eats sugar.", "answer": "It eats flour."}\n'
    (home.parent / "lines.jsonl").write_text(lines, encoding="utf-8")
    someone = person(*command, OPENAI_BASE_URL=held.base_url, OPENAI_MODEL="fake")
    someone.read("waiting for the model…")
    someone.press("zzz", "\x1b")
    someone.read("… 2 s")
    someone.press("c-c")
    assert someone.leave() in (130, -2) and ended_well(someone) and someone.modes() == someone.before
    assert "zzz" not in someone.everything() and "waiting" not in someone.text()


def test_a_stopped_reply_is_no_failure_even_where_a_model_is_required(docs, home, capsys):
    class Explain(ModelVerb):
        def exec(self, model, terminal):
            with terminal.waiting("explaining"):
                raise ReplyStopped("stopped")

        def built_in(self, terminal):
            return "from the lesson"

    with environment_of(docs, home) as environment, serving(streamed("hi")) as server:
        model = LanguageModel(Endpoint(server.base_url, "fake"), required=True)
        assert Explain()._exec({"model": model, "terminal": environment.terminal}) == "from the lesson"
    assert "stopped, going on" in capsys.readouterr().out and model.available


# ------------------------------------------------------------------------------ a model that is being loaded


def test_a_server_of_ones_own_gets_no_second_request_while_it_loads_its_model_for_the_first(held):
    model = LanguageModel(Endpoint(held.base_url, "fake"), limits=LIMITS)
    replies: list[str] = []
    threads = [threading.Thread(target=lambda: replies.append("".join(model.say(PROMPT)))) for _ in range(4)]
    waiting = threading.Event()
    model.on_pause = lambda what: waiting.set()
    for thread in threads:
        thread.start()
    assert waiting.wait(60) and len(held.requests) <= 1
    held.gate.set()
    for thread in threads:
        thread.join(60)
    assert len(replies) == 4 and len(held.requests) == 4


def test_after_a_stop_the_built_in_tutor_goes_on_until_the_model_is_loaded(held):
    def stop(what):
        if what is not None:
            raise ReplyStopped("stopped")

    model = LanguageModel(Endpoint(held.base_url, "fake"), limits=LIMITS, on_pause=stop)
    with pytest.raises(ReplyStopped):
        list(model.say(PROMPT))
    assert not model.available
    held.gate.set()
    for _ in range(600):
        if model.available:
            break
        threading.Event().wait(0.05)
    model.on_pause = lambda what: None
    assert "".join(model.say(PROMPT)) == "and the rest."


def test_pauses_are_told_with_what_is_waited_for_and_their_end(held):
    told: list[str | None] = []
    model = LanguageModel(Endpoint(held.base_url, "fake"), limits=LIMITS)
    model.on_pause = lambda what: (told.append(what), held.gate.set() if len(told) > 2 else None)
    assert list(model.say(PROMPT)) == ["and the rest."]
    assert told[0] == "waiting for the model" and told[-1] is None
