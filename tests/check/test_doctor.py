"""What `doctor` says of the model."""

from __future__ import annotations

import re
import threading
from contextlib import nullcontext

import pytest
from endpoint import completion, error, response, serving, streamed

from tutor.check import doctor
from tutor.check.doctor import ROOT, SHIPPED, model, shipped_files
from utils.errors import ReplyStopped
from utils.llm.quirks import KNOWN, NO_FORMAT, NO_SCHEMA, UNOPENED
from utils.sandbox import choosing
from utils.sandbox.choosing import SandboxChoice
from utils.sandbox.means import BUBBLEWRAP
from utils.settings import settings_of

NONE_WORKS = SandboxChoice(None, {"bubblewrap": "not installed"})
READY = '{"ready": true}'
MODELS = response('{"object": "list", "data": [{"id": "small", "object": "model"}]}')


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A busy machine is not told for a slow server."""
    monkeypatch.setattr(doctor, "LOOK_S", 60)


def looked_at(server, **environment):
    found = model(settings_of({}, {"OPENAI_BASE_URL": server.base_url, **environment}))
    return {check.name: check for check in found}


def test_an_endpoint_that_works_is_told_with_its_model_and_its_rungs():
    with serving(lambda request: MODELS if request.path.endswith("/models") else streamed(READY)) as server:
        checks = looked_at(server, OPENAI_MODEL="small")
    assert checks["model"].state == "ok" and "small at 127.0.0.1" in checks["model"].found
    assert re.search(r"first word after [\d.]+ s, all after [\d.]+ s; 7 tokens in, 2 out$", checks["model"].found)
    assert checks["replies"] == doctor.Check("replies", "ok", "structured by JSON schema")
    assert len([request for request in server.requests if request.json]) == 1


def test_the_rungs_that_were_refused_are_told_with_what_is_done_instead():
    def plain(request):
        refused = has_system(request) or {"stream", "response_format"} & set(request.json)
        return error("400 Bad", "I do not know what this is") if refused else completion('{"ready": true}')

    def schemaless(request):
        kind = request.json.get("response_format", {}).get("type")
        return error("400 Bad", "json_schema is not supported") if kind == "json_schema" else streamed(READY, counts=False)

    def has_system(request):
        return request.messages[0]["role"] == "system"

    with serving(MODELS, schemaless) as server:
        found = looked_at(server, OPENAI_MODEL="small")
    assert found["replies"].found == "structured by JSON object; JSON schema is refused" and found["replies"].state == "ok"
    assert found["model"].found.endswith(" out, estimated")
    with serving(MODELS, plain) as server:
        found = looked_at(server, OPENAI_MODEL="small")["replies"]
    assert found.state == "note" and "structured by the prompt alone" in found.found
    assert "the system's message goes into the user's; replies come whole" in found.found


@pytest.mark.parametrize(("reply", "words"), [("I am ready!", "not usable: "), ('{"ready": "maybe"}', "another document")])
def test_a_reply_that_is_not_what_was_asked_for_is_a_note(reply, words):
    with serving(MODELS, streamed(reply)) as server:
        found = looked_at(server, OPENAI_MODEL="small")["replies"]
    assert found.state == "note" and words in found.found and "another model may do better" in found.remedy


def test_who_waits_for_the_model_sees_a_sign_and_can_stop(monkeypatch):
    class Watcher:
        shown = []

        def waiting(self, what):
            return nullcontext()

        def pause(self, what):
            self.shown.append(what)
            if len(self.shown) == 2:
                raise ReplyStopped("stopped")

    def slow(request):
        threading.Event().wait(2)
        yield from streamed(READY)

    with serving(MODELS, slow) as server:
        settings = settings_of({"model": "small"}, {"OPENAI_BASE_URL": server.base_url})
        (only,) = model(settings, Watcher)
    assert Watcher.shown == ["waiting for the model"] * 2 and only.state == "note" and "stopped" in only.found


def test_every_way_in_which_a_server_is_asked_more_plainly_can_be_told():
    others = {NO_SCHEMA, NO_FORMAT, UNOPENED}  # told in words of their own, or no part of a request
    assert set(doctor.CONCESSIONS) | others == set(KNOWN)


def test_a_model_that_the_server_does_not_list_is_named_with_those_it_has():
    with serving(lambda request: MODELS if request.path.endswith("/models") else error("404 Not Found", "no")) as server:
        found = list(model(settings_of({}, {"OPENAI_BASE_URL": server.base_url, "OPENAI_MODEL": "large"})))
    assert "does not list large; it has small" in found[0].found
    assert found[1].state == "wrong" and "model large not found" in found[1].found


def test_a_server_that_is_not_there_is_wrong_and_the_remedy_is_told():
    found = list(model(settings_of({"model": "x"}, {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"})))
    assert found[0].state == "wrong" and "connection refused" in found[0].found and "--offline" in found[0].remedy


def test_with_nothing_set_it_says_what_to_set():
    (only,) = model(settings_of({}, {}))
    assert only.state == "note" and "OPENAI_BASE_URL" in only.remedy


def test_a_file_that_should_have_come_along_is_named_with_what_to_do(tmp_path):
    for pattern in SHIPPED:
        path = tmp_path / pattern.replace("*", "x")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("something", encoding="utf-8")
    assert [check.state for check in shipped_files(tmp_path)] == ["ok"]
    (tmp_path / "assets" / "embedding.bin").unlink()
    (tmp_path / "assets" / "grader.json").write_bytes(b"")
    (only,) = shipped_files(tmp_path)
    assert only.state == "wrong" and only.remedy.startswith("install Pocket Tutor again")
    assert only.found.endswith("assets/embedding.bin, assets/grader.json")


def test_every_asset_that_the_code_names_is_looked_for():
    named = {name for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0] in ("tutor", "utils")
             for name in re.findall(r'"assets" / "([^"]+)"', path.read_text(encoding="utf-8"))}  # fmt: skip
    assert named and {f"assets/{name}" for name in named} <= set(SHIPPED)


def test_the_sandbox_in_use_is_named(monkeypatch):
    monkeypatch.setattr(choosing, "chosen", lambda: SandboxChoice(BUBBLEWRAP, {}))
    assert doctor.sandbox() == doctor.Check("sandbox", "ok", "bubblewrap")


def test_without_a_sandbox_it_says_why_and_what_to_install(monkeypatch):
    monkeypatch.setattr(choosing, "chosen", lambda: NONE_WORKS)
    check = doctor.sandbox()
    assert check.state == "note" and "bubblewrap: not installed" in check.found
    assert "apt install bubblewrap" in check.remedy and "pocket-tutor[sandbox]" in check.remedy
