"""The cache of replies and the log of calls, in one file that several threads use."""

from __future__ import annotations

import threading

import pytest

from utils.llm.endpoint import Endpoint
from utils.llm.replies import ReplyCache, from_document
from utils.llm.reply import Reply
from utils.llm.tokens import Tokens


def test_a_cache_closed_while_threads_still_use_it_takes_no_more(tmp_path):
    cache = ReplyCache(tmp_path)
    endpoint = Endpoint("http://127.0.0.1:9/v1", "fake")
    go_on, written = threading.Event(), []
    go_on.set()

    def log() -> None:
        while go_on.is_set():
            cache.log("2026-01-01T00:00:00Z", endpoint, "test", Reply("said"), Tokens(1, 1), 0.1, "")
            cache.put("key", Reply("said"))
            written.append(1)

    threads = [threading.Thread(target=log) for _ in range(4)]
    for thread in threads:
        thread.start()
    while not written:
        pass
    cache.close()
    after = len(written)
    while len(written) < after + 20:
        pass
    go_on.clear()
    for thread in threads:
        thread.join()
    assert cache.get("key") is None and ReplyCache(tmp_path).get("key") == "said"


@pytest.mark.parametrize(
    "changed",
    [{"model": ["fake"]}, {"model": 1}, {"text": None}, {"finish": {}}, {"tokens": ["7", 3]}, {"tokens": [1, -1]}, {"tokens": 7}],
)
def test_a_reply_of_other_types_is_none(changed):
    document = {"text": "said", "finish": "stop", "model": "fake", "tokens": [7, 3]}
    assert from_document(document) == "said"
    with pytest.raises((TypeError, ValueError)):
        from_document({**document, **changed})
