"""The API key appears nowhere: not in output, logs, records, caches, cassettes or crash logs, through every fault."""

from __future__ import annotations

import pytest
from endpoint import completion, error, event, events, response, serving, streamed

KEYS_ELSEWHERE = ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "AZURE_OPENAI_AD_TOKEN")
KEY = "sk-CANARY-4f5e6d7c8b9a"
ECHO = f"Incorrect API key provided: {KEY}. You sent Authorization: Bearer {KEY}"

ANSWERS = {
    "it works": streamed("Yeast eats sugar. [1]"),
    "401 that echoes the key": error("401 Unauthorized", ECHO),
    "400 that echoes the key": error("400 Bad Request", ECHO),
    "500 that echoes the key": error("500 Oops", ECHO),
    "429": error("429 Too Many", ECHO, retry_after="0"),
    "an error in the stream that echoes the key": events(b'data: {"error": {"message": "' + ECHO.encode() + b'"}}\n\n'),
    "a reply that echoes the key": completion(f"The key is {KEY}. [1]"),
    "a reply that echoes the key in two pieces": events(event({"content": KEY[:9]}), event({"content": KEY[9:]}, "stop")),
    "a cut reply that echoes the key": events(event({"content": KEY})),
    "a web page": response(f"<html>{ECHO}</html>", content_type="text/html"),
    "closed": "close",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_no_output_and_no_file_holds_the_key(tutor, docs, home, tmp_path, name):
    script = tmp_path / "steps.yaml"
    script.write_text("topic: bread\nsteps:\n  - next\n  - ask: what does yeast eat?\n  - quit\n", encoding="utf-8")
    with serving(ANSWERS[name]) as server:
        environment = {"OPENAI_BASE_URL": server.base_url, "OPENAI_MODEL": "fake", "OPENAI_API_KEY": KEY}
        runs = [
            tutor("ask", "--docs", docs, "--json", "what does yeast eat?", **environment),
            tutor("ask", "--docs", docs, "--require-model", "-v", "what does yeast eat?", **environment),
            tutor("learn", "--docs", docs, "--script", script, "--transcript", tmp_path / "session.md", **environment),
            tutor("doctor", "--docs", docs, **environment),
            tutor("config", "--models", **environment),
            tutor("config", "--json", **environment),
        ]
    said = "".join(run.stdout + run.stderr for run in runs)
    assert "CANARY" not in said and "Traceback" not in said
    kept = [path for folder in (home, tmp_path) for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "replies.db" for path in kept)
    assert not [path for path in kept if b"CANARY" in path.read_bytes()]


def test_a_key_in_env_is_used_and_stays_there(tutor, docs, home, tmp_path):
    script = tmp_path / "steps.yaml"
    script.write_text("topic: bread\nsteps:\n  - next\n  - ask: what does yeast eat?\n  - quit\n", encoding="utf-8")
    with serving(error("500 Oops", ECHO)) as server:
        settings = f"OPENAI_BASE_URL={server.base_url}\nOPENAI_MODEL=fake\nOPENAI_API_KEY='{KEY}'\n"
        (tmp_path / ".env").write_text(settings, encoding="utf-8")
        runs = [
            tutor("learn", "--docs", docs, "--script", script, "--transcript", tmp_path / "session.md"),
            tutor("doctor", "--docs", docs),
            tutor("config"),
            tutor("config", "api_key", KEY),
            tutor("config", "OPENAI_API_KEY", KEY),
        ]
    assert f"bearer {KEY}".lower() in server.requests[0].head.lower()
    said = "".join(run.stdout + run.stderr for run in runs)
    assert "CANARY" not in said and "Traceback" not in said
    assert [run.returncode for run in runs[3:]] == [2, 2]
    kept = [path for folder in (home, tmp_path) for path in folder.rglob("*") if path.is_file() and path.name != ".env"]
    assert kept and not [path for path in kept if b"CANARY" in path.read_bytes()]


@pytest.mark.parametrize("query", ["", "?api-version=2024-10-21"])
def test_an_address_that_came_with_the_folder_gets_nothing_of_the_learners_own(tutor, docs, tmp_path, monkeypatch, query):
    around = dict.fromkeys(KEYS_ELSEWHERE, KEY)
    around["OPENAI_CUSTOM_HEADERS"] = f"X-Gateway: {KEY}\nAuthorization: Bearer {KEY}\napi-key: {KEY}"
    with serving(streamed("Yeast eats sugar. [1]")) as server:
        (tmp_path / ".env").write_text(f"OPENAI_BASE_URL={server.base_url[:-3]}{query}\nOPENAI_MODEL=m\n", encoding="utf-8")
        assert tutor("ask", "--docs", docs, "--require-model", "what does yeast eat?", **around).returncode == 0
        shown = tutor("config", **around).stdout
        tutor("doctor", "--docs", docs, **around)
        tutor("config", "--models", **around)
    assert server.requests and not [asked.head for asked in server.requests if "CANARY" in asked.head]
    assert "OPENAI_API_KEY in .env, as the address is" in shown
