"""What a request cost: as the server says, else estimated from its text, so that a budget holds with any server."""

from __future__ import annotations

import pytest
from endpoint import completion, event, events, serving, streamed

from utils.call_llm import call_llm
from utils.errors import ModelError
from utils.llm.endpoint import Endpoint, Limits
from utils.llm.language_model import LanguageModel
from utils.llm.prices import Price
from utils.llm.structured import Prompt
from utils.llm.tokens import Tokens, counted

LIMITS = Limits(connect_s=60, first_piece_s=60, stall_s=60, total_s=60, backoff_s=0.01)
DONE = b"data: [DONE]\n\n"
SILENT = events(event({"content": "Yeast eats sugar."}, "stop"), DONE)  # about its tokens


def ask(server, text="What does yeast eat?", **options):
    return call_llm(text, endpoint=Endpoint(server.base_url, "fake"), limits=LIMITS, **options)


def test_what_a_server_counts_is_taken_as_it_is():
    with serving(streamed("Yeast eats sugar.")) as server:
        assert ask(server).tokens == Tokens(7, 3, estimated=False)


@pytest.mark.parametrize(
    "answer",
    [SILENT, events(event({"content": "Yeast eats sugar."}, "stop", usage=None), DONE),
     events(event({"content": "Yeast eats sugar."}, "stop"), event(usage={"prompt_tokens": 0, "completion_tokens": 0}), DONE)],
    ids=["no usage", "null", "zeros"],
)  # fmt: skip
def test_what_a_server_does_not_count_is_estimated_by_its_length_and_said_to_be(answer):
    with serving(answer) as server:
        short, long = ask(server).tokens, ask(server, "What does yeast eat? " * 100).tokens
    assert short.estimated and 3 <= short.completion <= 8 and 5 <= short.prompt <= 25
    assert 400 <= long.prompt <= 700 and long.completion == short.completion


def test_thoughts_are_part_of_an_estimate_once_however_many_fields_say_them():
    thought = "It must be sugar. " * 50
    fields = {"reasoning": thought, "reasoning_content": thought}
    with serving(events(event({"content": "", **fields}), event({"content": "sugar"}, "stop"), DONE)) as server:
        assert 200 <= ask(server).tokens.completion <= 300
    with serving(events(event({"content": f"<think>{thought}</think>sugar"}, "stop"), DONE)) as server:
        assert 200 <= ask(server).tokens.completion <= 300


def test_a_try_that_broke_off_counts_too_and_one_that_was_refused_does_not():
    with serving(events(event({"content": "Yeast " * 40})), completion("Yeast eats sugar.")) as server:
        tokens = ask(server).tokens
    assert tokens.estimated and tokens.completion > 50 and tokens.prompt > 7
    with serving("close") as server, pytest.raises(ModelError) as caught:
        ask(server)
    assert caught.value.tokens == Tokens()


def test_a_budget_holds_with_a_server_that_does_not_count():
    with serving(SILENT) as server:
        model = LanguageModel(Endpoint(server.base_url, "fake"), limits=LIMITS, max_tokens_total=30)
        for _ in range(20):
            try:
                for _ in model.say(Prompt("test", ({"role": "user", "content": "What does yeast eat?"},))):
                    pass
            except ModelError as error:
                assert "the budget of 30 tokens is used up" in str(error)
                break
    assert 1 <= len(server.requests) <= 3 and model.usage["estimated"] is True


def test_a_reply_that_is_stopped_in_the_middle_counts_as_far_as_it_came():
    with serving(streamed("Yeast eats sugar, all the sugar that it can find in the dough.")) as server:
        model = LanguageModel(Endpoint(server.base_url, "fake"), limits=LIMITS)
        pieces = model.say(Prompt("test", ({"role": "user", "content": "x" * 400},)))
        assert next(pieces) == "Yeast eats sugar, "
        pieces.close()
    assert model.usage["prompt_tokens"] > 100 and model.usage["completion_tokens"] == 5 and model.usage["estimated"]


def test_the_bill_says_what_is_estimated_and_what_it_costs():
    with serving(SILENT) as server:
        model = LanguageModel(Endpoint(server.base_url, "fake"), limits=LIMITS, prices={"fake": Price(1000, 1000)})
        assert model.bill == "" and model.usage is None
        for _ in model.say(Prompt("test", ({"role": "user", "content": "x" * 40},))):
            pass
    assert model.usage["cost"] == pytest.approx((model.usage["prompt_tokens"] + model.usage["completion_tokens"]) / 1000)
    assert model.bill.startswith("fake: ") and "$0.0" in model.bill and "estimated" in model.bill


def test_only_what_is_missing_is_estimated():
    request = {"messages": [{"role": "user", "content": "x" * 400}]}
    assert counted((9, 5), request, 40) == Tokens(9, 5, False)
    assert counted((9, 0), request, 40) == Tokens(9, 10, True)
    assert counted((0, 5), request, 40).completion == 5 and counted((0, 5), request, 40).prompt > 100
    assert counted((9, 0), request, 0) == Tokens(9, 0, False), "nothing was written"
