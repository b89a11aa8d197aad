"""Which server, which model, which key: what options, environment, `.env` and config.toml say, and which goes first."""

from __future__ import annotations

import re

import pytest

from utils.errors import UsageError
from utils.llm.endpoint import NO_KEY, endpoint_of
from utils.llm.prices import Price
from utils.llm.servers import SERVERS
from utils.settings import BY_NAME, Given, settings_of
from utils.settings.places import read_env_file, read_kept, settings_here, write_setting

KEY = "sk-CANARY-0123456789"


def env_file(tmp_path, text):
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    return read_env_file(tmp_path / ".env")


def kept(tmp_path, text):
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    return read_kept(tmp_path / "config.toml")


# ------------------------------------------------------------------------------------------ which place goes first


def test_an_option_goes_before_the_environment_that_before_env_and_that_before_the_file():
    said = {"file": Given("file", "config.toml:1: model"), ".env": Given(".env", ".env:1: OPENAI_MODEL")}
    layers = [{"model": "option"}, {"OPENAI_MODEL": "environment"}, {"OPENAI_MODEL": said[".env"]}, {"model": said["file"]}]
    expected = {"option": "--model", "environment": "OPENAI_MODEL", ".env": said[".env"].place, "file": said["file"].place}
    for value, place in expected.items():
        settings = settings_of(*layers)
        assert (settings.model, settings.places["model"]) == (value, place)
        layers[list(expected).index(value)] = {}
    assert settings_of(*layers).model is None


def test_the_closest_place_that_names_a_server_or_an_address_decides_on_both():
    address = {"OPENAI_BASE_URL": "http://127.0.0.1:7/v1"}
    assert endpoint_of(settings_of({"server": "ollama"}, address)).base_url == SERVERS["ollama"].base_url
    file = {"server": Given("groq", "config.toml:1: server")}
    endpoint = endpoint_of(settings_of({}, {**address, "GROQ_API_KEY": KEY, "OPENAI_API_KEY": "sk-other"}, {}, file))
    assert (endpoint.base_url, endpoint.key, endpoint.key_name) == (address["OPENAI_BASE_URL"], "sk-other", "OPENAI_API_KEY")
    together = endpoint_of(settings_of({}, {**address, "TUTOR_SERVER": "vllm"}))
    assert together.base_url == address["OPENAI_BASE_URL"], "a server of one's own at another port"


@pytest.mark.parametrize("name", [name for name, server in SERVERS.items() if server.service])
def test_a_service_by_name_has_its_address_and_its_own_variable_for_the_key(name):
    server = SERVERS[name]
    environment = {server.key_variable: KEY, "OPENAI_MODEL": "m"}
    if server.address_variable:
        environment[server.address_variable] = "https://mine.openai.azure.com/"
    endpoint = endpoint_of(settings_of({"server": name}, environment))
    assert endpoint.base_url == (server.base_url or "https://mine.openai.azure.com/openai/v1") and endpoint.key == KEY
    del environment[server.key_variable]
    with pytest.raises(UsageError, match=f"found no key, expected one; set {server.key_variable}"):
        endpoint_of(settings_of({"server": name}, environment))


def test_a_service_with_many_models_wants_one_named_and_azure_its_address():
    with pytest.raises(UsageError, match="--server: found no name of a model"):
        endpoint_of(settings_of({"server": "groq"}, {"GROQ_API_KEY": KEY}))
    assert endpoint_of(settings_of({"server": "groq"}, {"GROQ_API_KEY": KEY}), needs_name=False).model == ""
    with pytest.raises(UsageError, match="set AZURE_OPENAI_ENDPOINT"):
        endpoint_of(settings_of({"server": "azure", "model": "m"}, {"AZURE_OPENAI_API_KEY": KEY}))


def test_a_server_of_ones_own_needs_no_key_and_the_key_of_another_service_alone_names_none():
    assert endpoint_of(settings_of({"server": "lmstudio"}, {})).base_url == SERVERS["lmstudio"].base_url
    assert endpoint_of(settings_of({}, {"ANTHROPIC_API_KEY": KEY})) is None


# ----------------------------------------------------------------------------------------------------- .env


def test_env_is_read_as_others_write_it_and_only_our_variables_are_taken(tmp_path):
    text = "\ufeff# mine\nexport OPENAI_MODEL = 'a b' # why\nTUTOR_EMBEDDING_MODEL=e # c\nPATH=/evil\nSECRET=\"x\n"
    found = env_file(tmp_path, text + 'GROQ_API_KEY="sk-\\"$(touch gone)${HOME}"\n')
    assert {name: given.value for name, given in found.items()} == {
        "OPENAI_MODEL": "a b", "TUTOR_EMBEDDING_MODEL": "e", "GROQ_API_KEY": 'sk-"$(touch gone)${HOME}',
    }  # fmt: skip
    assert found["OPENAI_MODEL"].place.endswith(".env:2: OPENAI_MODEL") and not (tmp_path / "gone").exists()


def test_an_env_that_is_a_folder_or_not_there_holds_nothing(tmp_path):
    assert read_env_file(tmp_path / ".env") == {}
    (tmp_path / ".env").mkdir()
    assert read_env_file(tmp_path / ".env") == {}


def test_what_is_wrong_in_env_is_named_with_its_line_and_without_its_value(tmp_path):
    with pytest.raises(UsageError, match=r"\.env:2: OPENAI_API_KEY: found a quote that does not end") as caught:
        env_file(tmp_path, f'A=1\nOPENAI_API_KEY="{KEY}\n')
    assert KEY not in str(caught.value)
    with pytest.raises(UsageError, match=r'\.env:1: TUTOR_OFFLINE: found "maybe", expected 1 or 0'):
        settings_of({}, {}, env_file(tmp_path, "TUTOR_OFFLINE=maybe"))
    with pytest.raises(UsageError, match="found more than 1,000,000 bytes"):
        env_file(tmp_path, "#" * 1_000_001)


def test_bytes_that_are_no_text_in_env_end_nothing(tmp_path):
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00\nOPENAI_MODEL=m\xff\n")
    assert read_env_file(tmp_path / ".env")["OPENAI_MODEL"].value == "m\ufffd"


def test_a_key_of_the_environment_does_not_go_to_an_address_that_env_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    around = {"OPENAI_API_KEY": KEY, "OPENAI_MODEL": "m"}
    (tmp_path / ".env").write_text("OPENAI_BASE_URL=https://elsewhere.example/v1\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"\.env:1: OPENAI_BASE_URL: found an address for which OPENAI_API_KEY"):
        endpoint_of(settings_of({}, around, read_env_file()))
    assert endpoint_of(settings_of({}, {**around, "OPENAI_BASE_URL": "https://elsewhere.example/v1"})).key == KEY
    for known in ("TUTOR_SERVER=openai", "OPENAI_BASE_URL=https://api.openai.com/v1"):
        (tmp_path / ".env").write_text(known, encoding="utf-8")
        assert endpoint_of(settings_of({}, around, read_env_file())).key == KEY
    (tmp_path / ".env").write_text("OPENAI_BASE_URL=https://elsewhere.example/v1\nOPENAI_API_KEY=sk-theirs", encoding="utf-8")
    assert endpoint_of(settings_of({}, around, read_env_file())).key == "sk-theirs"


@pytest.mark.parametrize(
    "host", ["127.0.0.1:9", "localhost:9", "[::1]:9", "10.1.2.3", "192.168.0.9:9", "box.local", "box", "a.lan"]
)
@pytest.mark.parametrize(
    "said",
    ["OPENAI_BASE_URL=http://{}/v1", "OPENAI_API_BASE=http://{}/v1", "TUTOR_SERVER=azure\nAZURE_OPENAI_ENDPOINT=http://{}",
     "TUTOR_SERVER=groq\nOPENAI_BASE_URL=http://{}/v1", "TUTOR_HOME=theirs", "TUTOR_SERVER=vllm"],
)  # fmt: skip
def test_nor_to_one_nearby(tmp_path, monkeypatch, host, said):
    monkeypatch.chdir(tmp_path)
    around = {"OPENAI_API_KEY": KEY, "GROQ_API_KEY": KEY, "AZURE_OPENAI_API_KEY": KEY, "OPENAI_MODEL": "m"}
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "config.toml").write_text(f'base_url = "http://{host}/v1"\n', encoding="utf-8")
    (tmp_path / ".env").write_text(said.format(host) + "\n", encoding="utf-8")
    try:
        assert endpoint_of(settings_here({}, around)).key == NO_KEY
    except UsageError as error:  # of a service, which can't do without
        assert "groq" in said or "azure" in said
        assert "found no key" in str(error) and "in .env, as the address is" in str(error)
    for name in ("OPENAI_API_KEY", "GROQ_API_KEY", "AZURE_OPENAI_API_KEY"):
        said += f"\n{name}=sk-theirs"
    (tmp_path / ".env").write_text(said.format(host) + "\n", encoding="utf-8")
    assert endpoint_of(settings_here({}, around)).key == "sk-theirs"


# ---------------------------------------------------------------------------------------------- config.toml


def test_the_file_gives_its_values_as_they_are_typed(tmp_path):
    found = kept(tmp_path, '# mine\nmodel = "m"\noffline = true\nmax_tokens_total = 1_000\nno_log = "yes"\n')
    assert {name: given.value for name, given in found.items()} == {
        "model": "m", "offline": True, "max_tokens_total": 1000, "no_log": True,
    }  # fmt: skip
    assert found["model"].place.endswith("config.toml:2: model")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("model = m", r"config\.toml:1: found no TOML"),
        ("\nmodel = 3", r"config\.toml:2: model: found 3, expected text in quotes"),
        ("offline = 1.5", "offline: found 1.5, expected true or false"),
        ("max_tokens_total = 0", 'max_tokens_total: found "0", expected a whole number of at least 1'),
        ("max_tokens_total = " + "9" * 5000, "config.toml"),
        ("max_tokens_total = inf", "expected a whole number"),
        ("model = [" + "[" * 5000, "found no TOML"),
        ("model = 1\nmodel = 2", r"config\.toml:2: found no TOML"),
        ("x = {a = 1, a = 2}", "found no TOML"),
        ("modle = 'm'", r'found "modle", expected one of .* Did you mean model\?'),
        ("seed = 3", "expected a setting that can be kept; use --seed"),
        ("home = 'x'", "use --home or TUTOR_HOME"),
        (f"api_key = '{KEY}'", "found api_key, expected no key"),
        (f"OPENAI_API_KEY = '{KEY}'", "expected no key"),
        ("server = 'olama'", r'server: found "olama", expected one of .* Did you mean ollama\?'),
    ],
)
def test_what_cannot_stand_in_the_file_is_named_with_its_line_and_never_a_key(tmp_path, text, words):
    with pytest.raises(UsageError, match=words) as caught:
        kept(tmp_path, text)
    assert KEY not in str(caught.value)


def test_a_setting_is_written_and_all_else_in_the_file_stays(tmp_path):
    path = tmp_path / "new" / "config.toml"
    write_setting(path, "model", "m")
    assert path.read_text(encoding="utf-8") == 'model = "m"\n'
    path.write_text('# my settings\nmodel = "old"  # the small one\n\n[prices]\nm = 1\n', encoding="utf-8")
    write_setting(path, "model", "new")
    write_setting(path, "offline", "yes")
    text = path.read_text(encoding="utf-8")
    assert text.startswith('# my settings\nmodel = "new"  # the small one\n') and text.endswith("[prices]\nm = 1\n")
    assert text.index("offline = true") < text.index("[prices]")
    write_setting(path, "offline", "")
    assert "offline" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [("base_url", "localhost:80", "expected a URL"), ("docs", "nowhere", "expected a folder of lessons"),
     ("key", KEY, "found key, expected no key"), ("OPENAI_MODEL", "m", "Did you mean model"), ("seed", "3", "use --seed"),
     ("language", "German", "expected a code such as de, fr or pt-BR")],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_and_nothing_is_written(tmp_path, name, text, words):
    with pytest.raises(UsageError, match=words) as caught:
        write_setting(tmp_path / "config.toml", name, text)
    assert KEY not in str(caught.value) and not (tmp_path / "config.toml").exists()


@pytest.mark.parametrize("code", ["de", "pt-BR", "gsw", "zh-Hans"])
def test_a_language_is_named_by_its_code(code):
    assert settings_of({"language": code}, {}).language == code
    with pytest.raises(UsageError, match="--language: found"):
        settings_of({"language": code.upper() + "_"}, {})


# --------------------------------------------------------------------------------------------------- prices


def test_prices_stand_in_the_file_by_the_name_of_the_model(tmp_path):
    text = '[prices]\ncurrency = "€"\n"small-2.5" = { input = 0.25, output = 2 }\n[prices.large]\ninput = 10\noutput = 40\n'
    settings = settings_of({}, {}, {}, kept(tmp_path, text))
    assert settings.prices == {"small-2.5": Price(0.25, 2, "€"), "large": Price(10, 40, "€")}
    assert Price(1, 1).currency == "$" and settings_of({}, {}).prices == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prices = 3", "expected a price per million tokens"),
        ("[prices]\nm = 3", "m: found 3, expected a price per million tokens: { input = 0.25, output = 2 }"),
        ("[prices]\nm = { input = 1 }", "expected a price"),
        ("[prices]\nm = { input = 1, output = -1 }", "expected a price"),
        ("[prices]\nm = { input = nan, output = 1 }", "expected a price"),
        ("[prices]\nm = { input = 1, output = 1, cached = 1 }", "expected a price"),
        ("[prices]\nm = { input = true, output = 1 }", "expected a price"),
        ("[prices]\ncurrency = 3", "currency: found 3, expected text"),
    ],
)
def test_a_price_that_cannot_be_meant_is_named_with_its_line(tmp_path, text, words):
    with pytest.raises(UsageError, match=rf"config\.toml:1: .*{re.escape(words)}"):
        kept(tmp_path, text)


def test_prices_are_not_set_by_the_command(tmp_path):
    with pytest.raises(UsageError, match=r"write the table \[prices\] into the file itself"):
        write_setting(tmp_path / "config.toml", "prices", "3")


@pytest.mark.parametrize(
    ("tokens", "currency", "shown"),
    [((1_000_000, 0), "$", "$0.25"), ((4_000, 1_000), "$", "$0.0030"), ((4_000_000, 9_000_000), "€", "€19.00"),
     ((1, 0), "$", "less than $0.0001"), ((0, 0), "$", "$0.00"), ((800_000, 500_000), "CHF", "CHF 1.20")],
)  # fmt: skip
def test_an_amount_is_shown_with_as_many_digits_as_it_takes(tokens, currency, shown):
    price = Price(0.25, 2, currency)
    assert price.shown(price.of(*tokens)) == shown


# -------------------------------------------------------------------------------------- what can't be used


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ALL_PROXY", "socks5://bob:hunter2@127.0.0.1:1080", "package socksio is missing"),
        ("all_proxy", "socks9://x", "expected a proxy such as"),
        ("HTTPS_PROXY", "http://[", "expected a proxy such as"),
        ("HTTP_PROXY", "http://127.0.0.1:x", "expected a proxy such as"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_a_wrong_setting(tutor, docs, monkeypatch, name, value, words):
    asked = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_MODEL": "m", name: value}
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    runs = [tutor("ask", "--docs", docs, "what does yeast eat?", **asked), tutor("config", "--models", **asked)]
    for run in runs:
        assert run.returncode == 2 and f"{name}: found" in run.stderr and words in run.stderr and "hunter2" not in run.stderr
    assert f"{name}: found" in tutor("doctor", "--docs", docs, **asked).stdout
    around = tutor("ask", "--docs", docs, "what does yeast eat?", NO_PROXY="127.0.0.1", **asked)
    assert around.returncode == 0 and "connection refused" in around.stderr, "it is not needed"


BAD_ADDRESSES = {
    "http://[": "a host", "http://[::1/v1": "a host", "http://127.0.0.1:x/v1": "a port", "http://127.0.0.1:99999/v1": "a port",
    "http://a..b/v1": "a host", f"http://{'a' * 300}/v1": "a host", "http://x y/v1": "blanks", "http://a\udcff/v1": "UTF-8",
    "http://:80/v1": "a host", "http://[zz]/v1": "a host", "http://ex%41mple/v1": "a host", "http://ä..b/v1": "a host",
}  # fmt: skip


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_an_address_that_cannot_be_one_is_refused_where_it_is_read_and_where_it_would_be_kept(tutor, tmp_path, address):
    words = f"expected .*{BAD_ADDRESSES[address]}"
    with pytest.raises(UsageError, match=words):
        endpoint_of(settings_of({}, {"OPENAI_BASE_URL": address, "OPENAI_MODEL": "m"}))
    with pytest.raises(UsageError, match=words):
        write_setting(tmp_path / "config.toml", "base_url", address)
    run = tutor("config", "--models", OPENAI_BASE_URL=address)
    assert run.returncode == 2 and "OPENAI_BASE_URL: found" in run.stderr and not (tmp_path / "config.toml").exists()


@pytest.mark.parametrize("address", ["http://[::1]:8080/v1", "http://my_box-1:80/v1", "https://bücher.example/v1?api-version=1",
                                     "http://u:p@10.0.0.1/v1", "http://localhost./v1"])  # fmt: skip
def test_an_address_that_can_be_one_is_taken(address):
    assert endpoint_of(settings_of({}, {"OPENAI_BASE_URL": address, "OPENAI_MODEL": "m"})).base_url == address


def test_a_name_of_a_model_that_is_no_text_is_refused(tmp_path):
    for name in ("model", "embedding_model"):
        with pytest.raises(UsageError, match=r"expected .* UTF-8"):
            settings_of({}, {BY_NAME[name].variable: "m\udcff"})
        with pytest.raises(UsageError, match=r"expected .* UTF-8"):
            write_setting(tmp_path / "config.toml", name, "m\udcff")
    assert settings_of({"docs": "notes\udcff"}, {}).docs == "notes\udcff", "a folder may have any name"
