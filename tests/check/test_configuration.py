"""`config`: the settings as a person sees and keeps them, and the models of a server."""

from __future__ import annotations

import json
import re
import threading

import pytest
from endpoint import error, response, serving, streamed

from utils.llm.prices import Price

KEY = "sk-CANARY-0123456789"
MODELS = response('{"object": "list", "data": [{"id": "small", "object": "model"}, {"id": "a\\nb\\u009b", "object": "model"}]}')


def row_of(run, name):
    """The value and the source in the row of a setting."""
    (found,) = re.findall(rf"^{name} +(.+?)  +(\S.*)$", run.stdout, re.MULTILINE)
    return found


def test_each_setting_is_shown_with_its_value_and_where_it_comes_from(tutor, tmp_path):
    (tmp_path / ".env").write_text("\nTUTOR_EMBEDDING_MODEL=e\nGROQ_API_KEY=" + KEY, encoding="utf-8")
    tutor("config", "server", "groq")
    run = tutor("config", "--offline", OPENAI_MODEL="m")
    assert run.returncode == 0, run.stderr
    assert row_of(run, "model") == ("m", "environment: OPENAI_MODEL")
    assert row_of(run, "embedding_model") == ("e", ".env:2: TUTOR_EMBEDDING_MODEL")
    assert row_of(run, "server") == ("groq", "home/config.toml:1: server")
    assert row_of(run, "base_url") == ("https://api.groq.com/openai/v1", "home/config.toml:1: server")
    assert row_of(run, "key") == ("set", ".env:3: GROQ_API_KEY")
    assert row_of(run, "offline") == ("yes", "--offline")
    assert row_of(run, "docs") == ("the bundled lessons", "default")
    assert "CANARY" not in run.stdout + run.stderr


def test_with_json_the_rows_are_a_list_and_a_password_in_the_address_is_hidden(tutor):
    run = tutor("config", "--json", OPENAI_BASE_URL="http://me:hunter2@127.0.0.1:1/v1", OPENAI_API_KEY=KEY)
    rows = {row["name"]: row for row in json.loads(run.stdout)}
    assert rows["key"] == {"name": "key", "value": "set", "source": "environment: OPENAI_API_KEY"}
    assert rows["model"]["value"] is None and "127.0.0.1:1/v1" in rows["base_url"]["value"]
    assert "hunter2" not in run.stdout and "CANARY" not in run.stdout


def test_one_setting_by_its_name(tutor):
    run = tutor("config", "max-tokens-total", "--max-tokens-total", 1)
    assert run.stdout.split() == ["max_tokens_total", "1", "--max-tokens-total"]
    run = tutor("config", "modle")
    assert run.returncode == 2 and "Did you mean model?" in run.stderr


def test_what_is_kept_holds_from_then_on_until_it_is_taken_out(tutor, docs):
    assert tutor("topics", "--json").stdout != (mine := tutor("topics", "--docs", docs, "--json").stdout)
    run = tutor("config", "docs", docs)
    assert run.stdout == f"docs is {docs}, kept in home/config.toml\n"
    assert tutor("topics", "--json").stdout == mine
    assert "no longer kept" in tutor("config", "docs", "").stdout
    assert tutor("topics", "--json").stdout != mine


def test_what_goes_before_a_kept_setting_is_said(tutor):
    run = tutor("config", "model", "m", OPENAI_MODEL="other")
    assert "what OPENAI_MODEL says goes before it" in run.stdout
    assert "goes before" not in tutor("config", "model", "n").stdout


def test_a_broken_settings_file_ends_a_command_with_its_place_and_what_to_do(tutor, home):
    home.mkdir()
    (home / "config.toml").write_text("model = m\n", encoding="utf-8")
    run = tutor("topics")
    assert run.returncode == 2 and "home/config.toml:1: found no TOML" in run.stderr


def test_the_models_of_a_server_are_listed_one_a_line(tutor):
    with serving(MODELS) as server:
        run = tutor("config", "--models", OPENAI_BASE_URL=server.base_url)
        lists = tutor("config", "--models", "--json", OPENAI_BASE_URL=server.base_url)
    assert run.stdout.splitlines()[0] == "small" and len(run.stdout.splitlines()) == 2 and "\x9b" not in run.stdout
    assert json.loads(lists.stdout)[0] == "small"


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [(error("401 Unauthorized", f"wrong key {KEY}"), 2, "rejected the API key"), (response("{}"), 3, "does not say which models"),
     (response("[]"), 3, "does not say which models"), (response("<html>"), 3, "does not say which models")],
)  # fmt: skip
def test_a_server_that_does_not_list_them_is_said_with_its_exit_code(tutor, answer, code, words):
    with serving(answer) as server:
        run = tutor("config", "--models", OPENAI_BASE_URL=server.base_url, OPENAI_API_KEY=KEY)
    assert run.returncode == code and words in run.stderr and "CANARY" not in run.stderr


def test_with_no_server_there_is_none_to_ask(tutor):
    assert tutor("config", "--models").returncode == 2
    assert tutor("config", "--models", "--offline", OPENAI_API_KEY=KEY).returncode == 2


def test_the_end_of_a_session_and_the_usage_tell_what_it_cost_by_the_prices_in_the_file(tutor, docs, home, tmp_path):
    home.mkdir()
    (home / "config.toml").write_text("[prices]\nfake = { input = 1000, output = 2000 }\n", encoding="utf-8")
    (tmp_path / "steps.yaml").write_text("topic: bread\nsteps:\n  - next\n  - quit\n", encoding="utf-8")
    with serving(streamed("Yeast eats sugar. [1]")) as server:
        variables = {"OPENAI_BASE_URL": server.base_url, "OPENAI_MODEL": "fake"}
        session = tutor("learn", "--docs", docs, "--script", tmp_path / "steps.yaml", **variables)
        asked = tutor("ask", "--docs", docs, "--json", "what does yeast eat?", **variables)
        listed = tutor("config", **variables)
    tokens_in, tokens_out = map(int, re.search(r"fake: (\d+) tokens in, (\d+) out", session.stdout).groups())
    assert f"out, {Price(1000, 2000).shown((tokens_in + 2 * tokens_out) / 1000)}" in session.stdout
    usage = json.loads(asked.stdout)["usage"]
    assert usage == {"prompt_tokens": 7, "completion_tokens": 4, "cost": 0.015, "currency": "$"}
    assert row_of(listed, "prices.fake") == ("$1,000.00 in, $2,000.00 out, per million tokens", "home/config.toml:1: prices")


def test_a_session_is_led_by_the_server_that_env_names(tutor, docs, tmp_path):
    with serving(streamed("Yeast eats sugar. [1]")) as server:
        (tmp_path / ".env").write_text(f"OPENAI_BASE_URL={server.base_url}\nOPENAI_MODEL=fake\nOPENAI_API_KEY={KEY}\n")
        run = tutor("ask", "--docs", docs, "--json", "what does yeast eat?")
    assert json.loads(run.stdout)["model"] == "fake" and server.requests
    assert f"authorization: bearer {KEY}".lower() in server.requests[0].head.lower()


MODEL_LISTS = {
    "nested without end": (b"[" * 100_000, "nested more than 100 deep"),
    "very many": (b'{"data": [' + b",".join(b'{"id": "m%d"}' % n for n in range(20_000)) + b"]}", "more than 10,000 models"),
    "very long": (b'{"data": [' + b" " * 5_000_001 + b"]}", "more than 5,000,000 bytes"),
    "a number of many digits": (b'{"data": [' + b"9" * 6000 + b"]}", "6,000 digits"),
    "something else": (b'{"models": 3}', "no list of models"),
}


@pytest.mark.parametrize("name", MODEL_LISTS)
def test_a_list_of_models_has_the_bounds_of_a_reply(tutor, name):
    body, words = MODEL_LISTS[name]
    with serving(response(body)) as server:
        run = tutor("config", "--models", OPENAI_BASE_URL=server.base_url)
    assert run.returncode == 3 and words in run.stderr and len(run.stderr) < 300 and not run.stdout


def test_what_is_no_name_in_a_list_of_models_is_left_out(tutor):
    entries = [{"id": "m\ud83d"}, {"id": 5}, {"id": None}, "x", {"id": "a\nb"}, {"id": " "}, {"id": "m1"}]
    with serving(response(json.dumps({"data": entries}))) as server:
        run = tutor("config", "--models", OPENAI_BASE_URL=server.base_url)
    assert run.returncode == 0 and run.stdout.splitlines() == ["m\ufffd", "a b", "m1"]


def test_a_list_of_models_that_drips_is_given_up_in_time(tutor):
    over = threading.Event()

    def drips(request):
        yield b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"
        while not over.wait(0.05):
            yield b" "

    with serving(drips) as server:
        run = tutor("config", "--models", "--timeout", "1", OPENAI_BASE_URL=server.base_url)
        over.set()
    assert run.returncode == 3 and "took longer than 1 s" in run.stderr


# -------------------------------------------------------------------------------------------- what is overlooked


def test_a_variable_that_is_misspelled_is_named_with_the_nearest_known(tutor, docs, tmp_path):
    (tmp_path / ".env").write_text("TUTOR_OFLINE='1\nTUTOR_MODEL=m\nPATH_TUTOR=x\n", encoding="utf-8")
    around = {"TUTOR_TIMOUT": "3", "TUTORIAL": "x", "TUTOR_DOCS": str(docs)}
    for command in (["config"], ["doctor"], ["config", "--json"], ["config", "model"]):
        run = tutor(*command, **around)
        said = run.stdout if command == ["doctor"] else run.stderr
        assert run.returncode == 0
        said = " ".join(said.split())
        assert "found TUTOR_TIMOUT, which is no setting. Did you mean TUTOR_TIMEOUT?" in said
        assert "found .env:1: TUTOR_OFLINE, which is no setting. Did you mean TUTOR_OFFLINE?" in said
        assert "found .env:2: TUTOR_MODEL, which is no setting" in said and "TUTORIAL" not in said
    assert "TUTOR_TIMOUT" not in tutor("topics", **around).stderr, "other commands leave it alone"


def test_a_server_that_is_kept_says_which_variables_it_waits_for(tutor):
    run = tutor("config", "server", "groq")
    assert run.returncode == 0 and "server is groq, kept in home/config.toml; its key is expected in GROQ_API_KEY" in run.stdout
    assert "expected" not in tutor("config", "server", "groq", GROQ_API_KEY=KEY).stdout
    assert "expected" not in tutor("config", "server", "ollama").stdout
    run = tutor("config", "server", "azure", AZURE_OPENAI_API_KEY=KEY)
    assert "its address is expected in AZURE_OPENAI_ENDPOINT" in run.stdout and "its key" not in run.stdout
    assert "expected" not in tutor("config", "server", "").stdout


def test_what_one_wants_to_recall_is_kept_for_all_lessons_or_for_a_folder_of_them(tutor, docs):
    assert row_of(tutor("config"), "retention") == ("0.9", "default")
    assert tutor("config", "retention", "0.85").stdout == "retention is 0.85, kept in home/config.toml\n"
    run = tutor("config", "retention", "0.95", "--here", "--docs", docs)
    assert run.returncode == 0 and run.stdout.startswith("retention is 0.95, kept in home/config.toml, for the lessons of "), run
    assert row_of(tutor("config"), "retention") == ("0.85", "home/config.toml:1: retention")
    value, source = row_of(tutor("config", "--docs", docs), "retention")
    assert value == "0.95" and source.startswith("home/config.toml:3: folders.") and source.endswith(".retention")
    assert row_of(tutor("config", "--docs", docs, TUTOR_RETENTION="0.8"), "retention")[0] == "0.8"
    tutor("config", "retention", "", "--here", "--docs", docs)
    assert row_of(tutor("config", "--docs", docs), "retention")[0] == "0.85"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("retention", "90"), "expected a number from 0.7 to 0.97"),
        (("retention", "nan"), "expected a number from 0.7 to 0.97"),
        (("longest_days", "1.5"), "expected a whole number from 7 to 36500"),
        (("longest_days", "0"), "expected a whole number from 7 to 36500"),
        (("model", "m", "--here"), "expected one of retention, longest_days"),
    ],
)
def test_a_wish_for_reviews_that_cannot_be_is_refused(tutor, home, given, said):
    run = tutor("config", *given)
    assert run.returncode == 2 and said in " ".join(run.stderr.split()) and not (home / "config.toml").exists()


def test_a_folder_in_the_file_has_settings_of_lessons_only(tutor, home):
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text('[folders."/x"]\nmodel = "m"\n', encoding="utf-8")
    run = tutor("config")
    assert (
        run.returncode == 2 and "config.toml:1" in run.stderr and "one of retention, longest_days" in " ".join(run.stderr.split())
    )
