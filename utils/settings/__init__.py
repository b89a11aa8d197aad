"""The settings that every command shares: the table of them, and what options, environment, `.env` and config.toml say.

All that lists settings reads SETTINGS: the options and their help, `config`, the files, and a test of the manual.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from utils.errors import UsageError
from utils.llm.prices import Price
from utils.llm.servers import SERVERS, VARIABLES
from utils.text import nearest, shorten, valid

SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
FORMER = {"OPENAI_API_BASE": "OPENAI_BASE_URL"}  # a former name of a variable, and what it is called today
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
ENV_FILE = ".env"
OUR_PREFIX = "TUTOR_"
MAX_SECONDS = 86_400  # a day
BUNDLED = "the bundled lessons"
FOLDERS = "folders"  # the table in config.toml with settings of one folder of lessons each
KEYS = re.compile(r"\b(?:sk|pk|rk|key|gsk|xai)-[\w*-]{4,}|Bearer\s+\S+|://[^/\s@]+@")


@dataclass(frozen=True)
class Setting:
    """One setting: what it is called in each place where it can stand.

    variable: in the environment and in `.env`. kept: it may stand in config.toml.
    """

    name: str
    what: str
    flags: tuple[str, ...] = ()
    metavar: str = ""
    variable: str = ""
    kept: bool = False
    kind: type = str
    choices: tuple[str, ...] = ()
    form: str = ""  # of a text, as a regular expression
    example: str = ""  # what has this form
    default: str = ""  # what holds where nothing is set, for `config`
    least: float = 0  # of a number
    most: float = 0  # 0: the usual bounds of its kind
    of_lessons: bool = False  # it may differ from one folder of lessons to another

    @property
    def help(self) -> str:
        """What it is, and its variable, as `--help` shows it."""
        what = f"{self.what}: {', '.join(self.choices)}" if self.choices else self.what
        return f"{what[0].upper()}{what[1:]}." + (f" [{self.variable}]" if self.variable else "")


SETTINGS = (
    Setting("docs", "the lessons: any folder of Markdown", ("--docs",), "DIR", "TUTOR_DOCS", True, default=BUNDLED),
    Setting("home", "where records and settings are kept", ("--home",), "DIR", "TUTOR_HOME"),
    Setting("model", "the model to use", ("-m", "--model"), "NAME", "OPENAI_MODEL", True),
    Setting("server", "the server of the model, by name", ("--server",), "NAME", "TUTOR_SERVER", True, choices=tuple(SERVERS)),
    Setting("base_url", "the address of any other OpenAI-compatible server", (), "URL", "OPENAI_BASE_URL", True),
    Setting("embedding_model", "an embedding model of the same server", (), "NAME", "TUTOR_EMBEDDING_MODEL", True),
    Setting("effort", "how hard a reasoning model thinks", ("--effort",), "LEVEL", "TUTOR_EFFORT", True, choices=EFFORTS),
    Setting("language", "the language that the model speaks to you", ("--language",), "CODE", "TUTOR_LANGUAGE", True,
            form=r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", example="a code such as de, fr or pt-BR"),
    Setting("offline", "never call a model", ("--offline",), "", "TUTOR_OFFLINE", True, bool),
    Setting("require_model", "end with exit code 3 if the model can't answer", ("--require-model",), kind=bool),
    Setting("timeout", "wait S seconds for a reply of the model", ("--timeout",), "S", "TUTOR_TIMEOUT", True, float),
    Setting("max_tokens_total", "do without the model after N tokens", ("--max-tokens-total",), "N",
            "TUTOR_MAX_TOKENS_TOTAL", True, int),
    Setting("no_log", "don't log the calls to the model", ("--no-log",), "", "TUTOR_NO_LOG", True, bool),
    Setting("retention", "how likely you want to recall a question when it comes back", (), "SHARE", "TUTOR_RETENTION", True,
            float, default="0.9", least=0.7, most=0.97, of_lessons=True),
    Setting("longest_days", "let no question stay away for more than N days", (), "N", "TUTOR_LONGEST_DAYS", True, int,
            default="36500", least=7, most=36_500, of_lessons=True),
    Setting("reviews_a_day", "review at most N questions a day", (), "N", "TUTOR_REVIEWS_A_DAY", True, int,
            default="30", least=1, most=9_999, of_lessons=True),
    Setting("new_a_day", "say when you have learned N new questions on a day", (), "N", "TUTOR_NEW_A_DAY", True, int,
            least=1, most=9_999, of_lessons=True),
    Setting("seed", "draw the same questions again", ("--seed",), "N", kind=int),
    Setting("json", "JSON on stdout, everything else on stderr", ("--json",), kind=bool),
    Setting("plain", "no colour, no cursor movement", ("--plain",), "", "TUTOR_PLAIN", True, bool),
    Setting("verbose", "show which passages a model reads, and the details of a bug", ("-v", "--verbose"), kind=bool),
)  # fmt: skip
BY_NAME = {setting.name: setting for setting in SETTINGS}
WANTED = {setting.variable for setting in SETTINGS if setting.variable} | set(FORMER) | VARIABLES  # no other is read from .env


class Given(NamedTuple):
    """A value, and the place that says so: `--model`, `OPENAI_MODEL`, `.env:3: OPENAI_MODEL`, `config.toml:2: model`.

    of_folder: it came with the working folder, which may be somebody else's: from `.env`, or a config.toml that it names.
    """

    value: Any
    place: str
    of_folder: bool = False


Layer = Mapping[str, Given]  # by the name of the setting, or by that of the variable


@dataclass(frozen=True)
class Settings:
    """What holds for a command, from all places together."""

    docs: str | None = None  # None is the bundled corpus
    home: str | None = None
    model: str | None = None
    server: str | None = None  # one of SERVERS
    base_url: str | None = None
    embedding_model: str | None = None
    effort: str | None = None  # one of EFFORTS
    language: str | None = None  # that a model speaks in a session, as a code; None for the lesson's
    offline: bool = False
    require_model: bool = False  # a model that can't answer ends the command
    timeout: float | None = None  # seconds for one reply of the model
    max_tokens_total: int | None = None  # when they are used up, the built-in tutor takes over
    no_log: bool = False  # keep no list of calls to the model
    retention: float | None = None  # the chance of recall on the day on which a question comes back
    longest_days: int | None = None  # between two reviews of a question
    reviews_a_day: int | None = None
    new_a_day: int | None = None  # questions that were never answered before, after which it is said to be enough
    seed: int | None = None
    json: bool = False
    plain: bool = False
    verbose: bool = False
    prices: Mapping[str, Price] = field(default_factory=dict)  # by the name of the model
    places: Mapping[str, str] = field(default_factory=dict)  # where each value comes from that is not the default
    variables: Mapping[str, Given] = field(default_factory=dict, repr=False)  # of the servers: keys and addresses
    env_variables: Mapping[str, Given] = field(default_factory=dict, repr=False)  # those of `.env` alone
    of_folder: frozenset[str] = frozenset()  # the settings that came with the working folder
    unknown: Sequence[str] = ()  # the places of variables that are named like ours and are no setting


def settings_of(
    options: Mapping[str, Any], environment: Mapping[str, str], env_file: Layer | None = None, kept: Layer | None = None
) -> Settings:
    """The settings that hold, where an option goes before the environment, that before `.env`, and that before config.toml.

    env_file, kept: as `utils.settings.places` reads them. Raises UsageError for a value that can't be right.
    """
    around = {name: Given(value, name) for name, value in environment.items() if name in WANTED}
    beside = dict(env_file or {})
    layers: list[Layer] = [_from_options(options), _from_variables(around), _from_variables(beside), kept or {}]
    docs = next((layer["docs"].value for layer in layers if "docs" in layer), None)
    layers.insert(3, of_folder_in(kept or {}, docs))
    found: dict[str, Given] = {}
    for setting in SETTINGS:
        for layer in layers:
            if setting.name in layer:
                found[setting.name] = layer[setting.name]
                break
    # A server by name and an address say the same thing, so that the closest place which names either decides on both.
    closest = next((layer for layer in layers if "server" in layer or "base_url" in layer), {})
    for name in ("server", "base_url"):
        if name not in closest:
            found.pop(name, None)
    prices = (kept or {}).get("prices")
    if prices:
        found["prices"] = prices
    return Settings(
        **{name: given.value for name, given in found.items()},
        places={name: given.place for name, given in found.items()},
        variables=_of_servers({**beside, **around}),
        env_variables=_of_servers(beside),
        of_folder=frozenset(name for name, given in found.items() if given.of_folder),
        unknown=[
            *(given.place for name, given in beside.items() if is_unknown(name)),
            *(name for name in sorted(environment) if is_unknown(name)),
        ],
    )


def of_folder_in(kept: Layer, docs: str | None) -> Layer:
    """What config.toml says of one folder of lessons alone. docs: as --docs gives it, None for the bundled lessons."""
    folders = kept[FOLDERS].value if FOLDERS in kept else {}
    return folders.get(folder_name(docs), {})


def folder_name(docs: str | None) -> str:
    """What a folder of lessons is called in config.toml: its full path."""
    return os.path.abspath(os.path.expanduser(docs)) if docs else BUNDLED


def is_unknown(name: str) -> bool:
    """Whether a variable is named like ours and is no setting: misspelled, or of another version."""
    return name.startswith(OUR_PREFIX) and name not in WANTED


def unknown_settings(settings: Settings) -> list[tuple[str, str]]:
    """(what was found, what may be meant) for each variable that nobody reads."""
    ours = [name for name in WANTED if name.startswith(OUR_PREFIX)]
    return [(f"found {place}, which is no setting.", did_you_mean(place.split()[-1], ours).strip()) for place in settings.unknown]


def _of_servers(variables: Layer) -> Layer:
    return {name: given for name, given in variables.items() if name in VARIABLES and given.value.strip()}


def _from_options(options: Mapping[str, Any]) -> dict[str, Given]:
    given = {}
    for name, value in options.items():
        if value is not None:
            place = BY_NAME[name].flags[-1]
            given[name] = Given(value_of(BY_NAME[name], value, place) if isinstance(value, str) else value, place)
    return given


def _from_variables(variables: Layer) -> dict[str, Given]:
    """The settings in variables of the environment or of `.env`; an empty one is not set, except for the address."""
    given = {}
    for setting in SETTINGS:
        former = [name for name, today in FORMER.items() if today == setting.variable]
        raw = next((variables[name] for name in (setting.variable, *former) if name in variables), None)
        if raw is not None and (raw.value.strip() or setting.name == "base_url"):
            given[setting.name] = raw._replace(value=value_of(setting, raw.value, raw.place))
    return given


def value_of(setting: Setting, text: str, place: str) -> Any:
    """The value that a text gives a setting. Raises UsageError that begins with the place."""
    text = text.strip()
    if setting.name in ("model", "embedding_model") and valid(text) != text:
        raise UsageError(f'{place}: found "{shorten(text, 40)}", expected the name of a model, in UTF-8; correct it')
    if setting.kind is bool:
        if text.casefold() not in SWITCH:
            raise UsageError(f'{place}: found "{shorten(text, 40)}", expected 1 or 0')
        return SWITCH[text.casefold()]
    if setting.most:
        return _bounded(setting, text, place)
    if setting.kind is int:
        if not re.fullmatch(r"[0-9_]{1,15}", text) or not int(text.replace("_", "") or 0):
            raise UsageError(f'{place}: found "{shorten(text, 40)}", expected a whole number of at least 1')
        return int(text.replace("_", ""))
    if setting.kind is float:
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{0,9})?", text) or not 0 < float(text) <= MAX_SECONDS:
            raise UsageError(f'{place}: found "{shorten(text, 40)}", expected seconds up to {MAX_SECONDS:,}')
        return float(text)
    if setting.choices and text not in setting.choices:
        raise UsageError(f'{place}: found "{shorten(text, 40)}", expected one of {", ".join(setting.choices)}.'
                         f"{did_you_mean(text, setting.choices)}")  # fmt: skip
    if setting.form and not re.fullmatch(setting.form, text):
        raise UsageError(f'{place}: found "{shorten(text, 40)}", expected {setting.example}')
    return text


def _bounded(setting: Setting, text: str, place: str) -> Any:
    form = r"[0-9]{1,9}" if setting.kind is int else r"[0-9]{0,3}\.?[0-9]{1,9}"
    value = setting.kind(text) if re.fullmatch(form, text) else None
    if value is None or not setting.least <= value <= setting.most:
        what = "a whole number" if setting.kind is int else "a number"
        raise UsageError(f'{place}: found "{shorten(text, 40)}", expected {what} from {setting.least:g} to {setting.most:g}')
    return value


def refuse_other_than_url(text: str, place: str) -> None:
    """Raises UsageError that begins with the place."""
    fault = _fault_of_url(text)
    if fault is not None:
        found = f'"{masked(shorten(text, 100))}"' if text else "nothing"
        raise UsageError(f"{place}: found {found}, expected a URL such as {SERVERS['llamacpp'].base_url}{fault}; "
                         "correct or unset it")  # fmt: skip


def _fault_of_url(text: str) -> str | None:
    """What a URL lacks, in words that go behind "expected a URL"; None if it is one."""
    from urllib.parse import urlsplit

    if not re.match(r"https?://[^\s/]", text):
        return ""
    if re.search(r"[\ud800-\udfff]", text):
        return ", in UTF-8"
    if re.search(r"[\s\x00-\x1f\x7f]", text):
        return ", without blanks"
    try:
        host = urlsplit(text).hostname or ""
        if not _is_host(host, bracketed=f"[{host}]" in text.lower()):
            return ", with a host that there can be"
    except ValueError:  # half of a bracket
        return ", with a host that there can be"
    try:
        return None if urlsplit(text).port != 0 else ", with a port from 1 to 65535"
    except ValueError:
        return ", with a port from 1 to 65535"


def _is_host(host: str, bracketed: bool) -> bool:
    from ipaddress import IPv6Address

    if bracketed:
        try:
            return bool(IPv6Address(host))
        except ValueError:
            return False
    try:
        name = host.removesuffix(".").encode("idna").decode()
    except UnicodeError:  # an empty part, or one of more than 63 characters
        return False
    return bool(re.fullmatch(r"[A-Za-z0-9._-]{1,253}", name))


LEAST_KEY = 8  # characters of a key that is secret; a local server takes any, and "k" or "local" also stands in prose


def masked(text: str, key: str = "") -> str:
    """The text without this key, and without anything else that looks like a key."""
    if len(key) >= LEAST_KEY:
        text = text.replace(key, "…")
    return KEYS.sub("…", text)


def did_you_mean(word: str, candidates: Sequence[str]) -> str:
    """` Did you mean ollama?`, or "" where no candidate is close."""
    near = nearest(word, candidates)
    return f" Did you mean {near}?" if near else ""
