"""A reasoning model's thoughts never reach whoever reads its reply, however the server marks them and wherever it cuts them."""

from __future__ import annotations

import threading

import pytest
from endpoint import completion, event, events, serving, streamed

from utils.call_llm import CUT_OFF, call_llm, whole
from utils.errors import ModelError
from utils.llm.endpoint import Endpoint, Limits
from utils.llm.language_model import LanguageModel
from utils.llm.reasoning import TAKEN_BACK, ThoughtFilter
from utils.llm.replies import ReplyCache
from utils.llm.reply import Afresh
from utils.llm.structured import Prompt

LIMITS = Limits(connect_s=60, first_piece_s=60, stall_s=60, total_s=60, backoff_s=0.01)

THOUGHTFUL = {
    "a tag": ("<think>\nA {mean}? Let me see.\n</think>\n\nA mean.", "A mean."),
    "another tag": ("<thinking>hm</thinking>A mean.", "A mean."),
    "capitals": ("<THINK>hm</THINK>A mean.", "A mean."),
    "after blank lines": ("\n \n<think>hm</think>A mean.", "A mean."),
    "nothing thought": ("<think>\n\n</think>\n\nA mean.", "A mean."),
    "twice": ("<think>one</think>\n<think>two</think>\nA mean.", "A mean."),
    "brackets": ("[THINK]hm[/THINK]A mean.", "A mean."),
    "a lone closing tag": ("Let me consider this.\n</think>\n\nA mean.", "A mean."),
    "a lone closing tag at the end of a sentence": ("Let me consider this.</think>A mean.", "A mean."),
    "a lone closing bracket": ("Let me consider this.[/THINK]A mean.", "A mean."),
    "thoughts before a verdict": ('Is it?\n</think>\n{"met": true}', '{"met": true}'),
    "reflections": ("<reflection>hm</reflection>A mean.", "A mean."),
    "a channel of Gemma": ("<|channel>thought\nA {mean}?\n<channel|>A mean.", "A mean."),
    "a channel of Gemma, empty": ("<|channel>thought\n<channel|>\nA mean.", "A mean."),
    "thoughts in thoughts": ("<think>one <think>two</think> three</think>A mean.", "A mean."),
    "thoughts in thoughts, on lines": ("<think>\none\n<think>\ntwo\n</think>\nthree\n</think>\n\nA mean.", "A mean."),
    "its own tag in thoughts": ("<think>they write <think> there</think>A mean, in a sentence.", "A mean, in a sentence."),
    "its own tag in thoughts, before a verdict": ('<think>a <think> b</think>{"met": true}', '{"met": true}'),
    "closed twice": ("<think>hm</think></think>A mean.", "A mean."),
    "closed twice, on lines": ("<think>hm\n</think>\n\n</THINK>\nA mean.", "A mean."),
    "harmony": (
        "<|channel|>analysis<|message|>hm <b> hm<|end|><|start|>assistant<|channel|>final<|message|>A mean.<|return|>",
        "A mean.",
    ),
    "harmony with more channels": (
        "<|start|>assistant<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>commentary<|message|>I look it up"
        "<|end|><|start|>assistant<|channel|>final<|constrain|>json<|message|>{}",
        "{}",
    ),
    "harmony without its first token": (
        "analysis<|message|>hm<|end|>assistant<|channel|>final<|message|>A mean.<|return|>",
        "A mean.",
    ),
    "harmony without any token": ("analysisWe need a mean. It is final.assistantfinalA mean.", "A mean."),
    "harmony without any token, on lines": ('analysis"Mean" it is.\n\nassistant\nfinal**A mean.**', "**A mean.**"),
    "harmony without any token, with more channels": (
        "analysisWe look.assistantcommentary to=functions.lookI look.assistantfinal{}",
        "{}",
    ),
    "harmony without ends": ("<|channel|>analysis<|message|>hm<|channel|>final<|message|>A mean.", "A mean."),
}

KEPT = {
    "no tag": "A mean is a sum.",
    "indented": "    x = 1\n\nis code",
    "a tag in a sentence": "Models write <think> and later </think> around their thoughts.",
    "a closing tag in a sentence": "The thoughts end with </think> and then comes the reply.",
    "a tag in a code fence": "So it looks:\n\n```\n<think>\nhm\n</think>\n```\n\nThat is all.",
    "a closing tag in a code fence": "So it ends:\n\n~~~\nhm\n</think>\n~~~\n\nThat is all.",
    "a tag in backticks": "The tag `<think>` opens, `x</think>` closes.",
    "a closing tag in quotes": 'The sign is "</think>" here.',
    "a closing tag in a verdict": '{"quote": "hm</think>", "met": true}',
    "harmony's words in a sentence": "It writes <|channel|>analysis<|message|> first and <|end|> last.",
    "a word of harmony": "analysis of variance is a test; the assistant finally says so.",
    "another word of harmony": "finally, a mean is a sum.",
    "a word of harmony alone": "analysis",
    "a beginning of a tag": "<thin",
    "a list": "[1, 2]",
    "less than": "a < b, b <",
}


def filtered(text: str, size: int) -> tuple[str, ThoughtFilter]:
    """What is left of a text that comes in pieces of that size."""
    thoughts, left = ThoughtFilter(), ""
    pieces = [piece for n in range(0, len(text), size) for piece in thoughts.feed(text[n : n + size])]
    for piece in [*pieces, *thoughts.close()]:
        left = "" if isinstance(piece, Afresh) else left + piece
    return left, thoughts


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("kind", THOUGHTFUL)
def test_thoughts_are_taken_out_wherever_the_reply_is_cut(kind, size):
    text, reply = THOUGHTFUL[kind]
    left, thoughts = filtered(text, size)
    assert left == reply and thoughts.thought and not thoughts.thinking


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("kind", KEPT)
def test_a_reply_about_such_tags_is_left_as_it_is(kind, size):
    left, thoughts = filtered(KEPT[kind], size)
    assert left == KEPT[kind] and not thoughts.thought


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_final_channel_alone_is_the_reply(size):
    for text in ("finalA mean.", "final<|message|>A mean.<|return|>", "<|channel|>final<|message|>A mean.<|end|>"):
        assert filtered(text, size)[0] == "A mean."


def test_a_tag_in_the_reply_after_the_thoughts_is_left_as_it_is():
    assert filtered("<think>hm</think>Close it so:\n</think>\nDone.", 3)[0] == "Close it so:\n</think>\nDone."


def test_words_are_handed_on_at_once_where_nobody_thinks():
    assert list(ThoughtFilter().feed("A mean is")) == ["A mean is"]


def test_thoughts_that_were_shown_are_taken_back_by_a_lone_closing_tag():
    thoughts = ThoughtFilter()
    assert list(thoughts.feed("Let me see")) == ["Let me see"]
    assert list(thoughts.feed(".</think>\n\nA mean.")) == [TAKEN_BACK, "A mean."]


def test_a_model_that_is_known_to_leave_the_opening_tag_out_is_not_shown_thinking():
    thoughts = ThoughtFilter(unopened=True)
    assert not list(thoughts.feed("Let me see")) and thoughts.thinking
    assert list(thoughts.feed(".</think>\n\nA mean.")) == ["A mean."] and thoughts.unopened


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("text", KEPT.values())
def test_such_a_model_may_also_reply_without_a_thought(text, size):
    thoughts = ThoughtFilter(unopened=True)
    pieces = [piece for n in range(0, len(text), size) for piece in thoughts.feed(text[n : n + size])]
    assert "".join([*pieces, *thoughts.close()]) == text


def test_a_long_thought_in_small_pieces_is_not_kept():
    thoughts = ThoughtFilter()
    assert not [piece for _ in range(20_000) for piece in thoughts.feed("<think>hm ")]
    assert thoughts.thinking and len(thoughts.held) < 100


# ------------------------------------------------------------------------------------------ from a server


def ask(server, **options):
    return call_llm("hello", endpoint=Endpoint(server.base_url, "fake", "sk-CANARY-1234567890"), limits=LIMITS, **options)


@pytest.mark.parametrize("answer", [completion, streamed])
def test_whole_and_streamed_replies_come_without_thoughts(answer):
    with serving(answer("<think>it is {this} or that</think>\n\nA mean is a sum over a count.")) as server:
        assert ask(server) == "A mean is a sum over a count."


def test_a_server_without_an_opening_tag_makes_the_reply_start_afresh():
    with serving(streamed("Let me consider this. \n</think>\n\nA mean is a sum.")) as server:
        pieces = list(filter(None, ask(server, stream=True)))
        again = list(filter(None, ask(server, stream=True)))
    assert "".join(again) == "A mean is a sum."
    assert pieces.index(TAKEN_BACK) and "".join(pieces[pieces.index(TAKEN_BACK) + 1 :]) == "A mean is a sum."


PARTS = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "A mean."}]


@pytest.mark.parametrize(
    "answer",
    [
        completion(PARTS),
        completion("A mean.", reasoning_content="hm"),
        events(event({"content": PARTS[:1]}), event({"content": PARTS[1:]}, "stop")),
        events(event({"content": PARTS[:1]}), event({"content": "A mean."}, "stop")),
        events(event({"content": "", "reasoning_content": "hm"}), event({"content": "A mean."}, "stop")),
        events(event({"content": None, "reasoning": "hm"}), event({"content": "A mean."}, "stop")),
    ],
)
def test_thoughts_beside_the_content_are_no_reply(answer):
    with serving(answer) as server:
        assert ask(server) == "A mean."


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (streamed("<think>and so on and on"), "only thoughts, which do not end"),
        (streamed("<think>and so on and on", finish="length"), "reached its limit while it was still thinking"),
        (streamed("<think>hm</think>"), "only thoughts and no reply"),
        (streamed("analysisWe need to say what a mean is"), "only thoughts, which do not end"),
        (events(event({"content": None, "reasoning_content": "hm"}, "stop")), "only thoughts and no reply"),
    ],
)
def test_thoughts_without_a_reply_are_an_error_that_says_so(answer, words):
    with serving(answer) as server, pytest.raises(ModelError) as caught:
        ask(server)
    assert words in str(caught.value) and caught.value.about_reply
    assert len(server.requests) == 2


def test_a_key_that_is_cut_by_thoughts_stays_hidden():
    with serving(events(event({"content": "sk-CANARY-12"}), event({"content": "hm</think>sk-CANARY-"}),
                        event({"content": "1234567890 is it"}, "stop"))) as server:  # fmt: skip
        pieces = ask(server, stream=True)
        shown = [next(filter(None, pieces))]
        assert "CANARY" not in "".join(shown) and whole(pieces) == "… is it"


def test_an_empty_piece_says_that_the_model_thinks():
    gate = threading.Event()

    def thinks(request):
        yield from events(event({"content": "<think>"}))
        assert gate.wait(60)
        yield event({"content": "hm</think>A mean."}, "stop")

    with serving(thinks) as server:
        pieces = ask(server, stream=True)
        assert next(piece for piece in pieces if piece.what != "waiting for the model").what == "thinking"
        gate.set()
        assert whole(pieces) == "A mean."


def test_a_reply_is_kept_without_its_thoughts(tmp_path):
    prompt = Prompt("explain", ({"role": "user", "content": "hello"},))
    cache = ReplyCache(tmp_path)
    with serving(streamed("<think>hm</think>A mean.")) as server:
        endpoint = Endpoint(server.base_url, "fake")
        replies = [whole(LanguageModel(endpoint, cache=cache, limits=LIMITS).say(prompt)) for _ in range(2)]
        assert replies == ["A mean.", "A mean."] and len(server.requests) == 1
    cache.close()


def test_a_further_try_begins_with_a_piece_that_takes_the_broken_one_back():
    with serving(events(event({"content": "a net of"})), streamed("Yeast eats sugar.")) as server:
        pieces = list(filter(None, ask(server, stream=True)))
    assert pieces[:2] == ["a net of", CUT_OFF] and isinstance(CUT_OFF, Afresh)
    assert "".join(pieces[2:]) == "Yeast eats sugar."
