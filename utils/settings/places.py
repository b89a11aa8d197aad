"""The two files that settings can stand in: `.env` in the working folder, and config.toml in the platform's settings folder.

Both are data. `.env` often belongs to another program, so only the variables that we know are taken from it; nothing in it
is expanded or run. config.toml is the learner's own, and keeps its comments and its order when a setting is written to it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from utils import files
from utils.errors import InvalidFile, UsageError
from utils.llm.prices import Price
from utils.settings import (
    BY_NAME,
    ENV_FILE,
    FOLDERS,
    SETTINGS,
    WANTED,
    Given,
    Setting,
    Settings,
    did_you_mean,
    is_unknown,
    refuse_other_than_url,
    settings_of,
    value_of,
)
from utils.text import shorten

LIMIT_BYTES = 1_000_000
PRICES = "prices"  # the table in config.toml that is no setting of the list
MAX_PRICE = 1e9
ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
QUOTED = re.compile(r"""(?:"((?:[^"\\]|\\.)*)"|'([^']*)')\s*(?:#.*)?$""")
KEY_NAMES = re.compile(r"key|token|secret|password", re.IGNORECASE)
NO_KEYS = "keys are not kept in this file; put it into the environment or into .env, for example as OPENAI_API_KEY"


def settings_here(options: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a command with these options, started in this folder. Raises UsageError."""
    environment = os.environ if environment is None else environment
    env_file = read_env_file()
    home = options.get("home") or environment.get("TUTOR_HOME")
    found = home or env_file.get("TUTOR_HOME", Given("", "")).value
    kept = read_kept(config_path(found))
    if found and not home:  # then this file came with the folder too
        kept = {name: given._replace(of_folder=True) for name, given in kept.items()}
    return settings_of(options, environment, env_file, kept)


# --------------------------------------------------------------------------------------------------- .env


def read_env_file(path: files.AnyPath = ENV_FILE) -> dict[str, Given]:
    """The variables in a `.env` file that are ours, each with its place; none if there is no such file. Raises UsageError."""
    if not os.path.isfile(path):  # a folder of this name is somebody's virtual environment
        return {}
    with files.reading(path), open(path, "rb") as file:
        data = file.read(LIMIT_BYTES + 1)
    shown = files.shown_path(path)
    if len(data) > LIMIT_BYTES:
        raise UsageError(f"{shown}: found more than {LIMIT_BYTES:,} bytes, expected at most that; make it shorter")
    found = {}
    for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), 1):
        match = ASSIGNMENT.fullmatch(line)
        if match and match[1] in WANTED:
            place = f"{shown}:{number}: {match[1]}"
            found[match[1]] = Given(_env_value(match[2], place), place, of_folder=True)
        elif match and is_unknown(match[1]):
            found[match[1]] = Given("", f"{shown}:{number}: {match[1]}", of_folder=True)
    return found


def _env_value(text: str, place: str) -> str:
    """What stands behind the `=`: quoted, or else up to a comment. The message of an error does not quote it: it may be a key."""
    if not text.startswith(("'", '"')):
        return re.split(r"(?:^|\s)#", text, maxsplit=1)[0].strip()
    quoted = QUOTED.match(text)
    if not quoted:
        raise UsageError(f"{place}: found a quote that does not end on this line, expected it to; close it")
    return re.sub(r'\\(["\\])', r"\1", quoted[1]) if quoted[1] is not None else quoted[2]


# -------------------------------------------------------------------------------------------- config.toml


def config_path(home: str | None) -> Path:
    """Where config.toml is, or would be."""
    return files.config_folder(home) / "config.toml"


def read_kept(path: Path) -> dict[str, Given]:
    """The settings in config.toml, and `prices`, each with its place; none if there is no such file. Raises UsageError."""
    text = _text_of(path)
    if not text:
        return {}
    shown, found = files.shown_path(path), {}
    for name, value in _parsed(text, shown).unwrap().items():
        line = next((n for n, line in enumerate(text.splitlines(), 1) if re.match(rf"\s*\[*[\"']?{re.escape(name)}\b", line)), 1)
        if name == FOLDERS:
            found[name] = Given(_folders(value, f"{shown}:{line}"), f"{shown}:{line}: {name}")
            continue
        if name == PRICES:
            found[name] = Given(_prices(value, f"{shown}:{line}"), f"{shown}:{line}: {name}")
            continue
        setting = BY_NAME.get(name)
        if setting is None or not setting.kept:
            raise UsageError(f"{shown}:{line}: {refusal(name)}")
        place = f"{shown}:{line}: {name}"
        found[name] = Given(_typed(setting, value, place), place)
    return found


def _typed(setting: Setting, value: Any, place: str) -> Any:
    """A TOML value as the setting's own. A number or a switch may also stand in quotes."""
    if isinstance(value, str):
        return value_of(setting, value, place)
    if type(value) is setting.kind and setting.kind is bool:
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and setting.kind in (int, float):
        return value_of(setting, str(value), place)
    words = {str: 'text in quotes, "…"', bool: "true or false", int: "a whole number", float: "a number"}
    raise UsageError(f"{place}: found {shorten(str(value), 40)}, expected {words[setting.kind]}")


def _folders(table: Any, place: str) -> dict[str, dict[str, Given]]:
    """The settings of each folder of lessons in the table `folders`. Raises UsageError that begins with the place."""
    found: dict[str, dict[str, Given]] = {}
    known = [setting.name for setting in SETTINGS if setting.of_lessons]
    for folder, own in table.items() if isinstance(table, dict) else [("", table)]:
        if not isinstance(own, dict) or not own.keys() <= set(known):
            raise UsageError(f"{place}: found {shorten(str(own), 40)}, expected settings of a folder of lessons, one of "
                             f'{", ".join(known)}, below its path: [folders."/srv/notes"]')  # fmt: skip
        shown = f'{place}: folders."{shorten(folder, 60)}"'
        found[folder] = {
            name: Given(_typed(BY_NAME[name], value, f"{shown}.{name}"), f"{shown}.{name}") for name, value in own.items()
        }
    return found


def _prices(table: Any, place: str) -> dict[str, Price]:
    """The price of each model in the table `prices`. Raises UsageError that begins with the place."""
    models = dict(table) if isinstance(table, dict) else {"prices": table}
    currency = models.pop("currency", "$")
    if not isinstance(currency, str) or not 0 < len(currency.strip()) < 10:
        raise UsageError(f'{place}: currency: found {shorten(str(currency), 40)}, expected text such as "€"')
    prices = {}
    for name, price in models.items():
        parts = {name: part for name, part in price.items() if _is_price(part)} if isinstance(price, dict) else {}
        if set(parts) != {"input", "output"} or len(price) != 2:
            raise UsageError(f"{place}: {shorten(name, 40)}: found {shorten(str(price), 40)}, expected a price per million "
                             "tokens: { input = 0.25, output = 2 }")  # fmt: skip
        prices[name] = Price(parts["input"], parts["output"], currency.strip())
    return prices


def _is_price(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= MAX_PRICE


def refusal(name: str) -> str:
    """Why nothing of this name can stand in config.toml."""
    kept = [setting.name for setting in SETTINGS if setting.kept]
    if name == PRICES:
        return "found prices, expected one value; write the table [prices] into the file itself, as the manual shows it"
    if name in BY_NAME:
        known = BY_NAME[name]
        where = " or ".join(filter(None, (known.flags[-1] if known.flags else "", known.variable)))
        return f"found {name}, expected a setting that can be kept; use {where}"
    if KEY_NAMES.search(name):
        return f"found {shorten(name, 40)}, expected no key; {NO_KEYS}"
    named = {setting.variable: setting.name for setting in SETTINGS if setting.kept}
    hint = f" Did you mean {named[name]}?" if name in named else did_you_mean(name, kept)
    return f'found "{shorten(name, 40)}", expected one of {", ".join(kept)}.{hint}'


def write_setting(path: Path, name: str, text: str, folder: str = "") -> Any:
    """Write a setting to config.toml, where all else stays as it is; an empty text takes it out. Returns its value.

    folder: of the lessons for which alone it holds, as `folder_name` gives it.

    Raises UsageError for a name or a value that can't be kept, and where the file can't be written.
    """
    setting = BY_NAME.get(name)
    if setting is None or not setting.kept:
        raise UsageError(f"config: {refusal(name)}")
    if folder and not setting.of_lessons:
        known = [one.name for one in SETTINGS if one.of_lessons]
        raise UsageError(
            f"config --here: found {name}, expected one of {', '.join(known)}; keep it for all folders, without --here"
        )
    value = _value_to_keep(setting, text) if text.strip() else None
    document = _parsed(_text_of(path), files.shown_path(path))
    home = document.setdefault(FOLDERS, {}).setdefault(folder, {}) if folder else document
    if value is None:
        home.pop(name, None)
    else:
        home[name] = value
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{files.shown_path(path.parent)}: could not be made: {error.strerror}; choose another --home") from None
    files.write_atomically(path, document.as_string().rstrip("\n") + "\n")
    return value


def _value_to_keep(setting: Setting, text: str) -> Any:
    value = value_of(setting, text, setting.name)
    if setting.name == "base_url":
        refuse_other_than_url(value, setting.name)
    if setting.name == "docs":  # it has to mean the same from every folder
        value = os.path.abspath(os.path.expanduser(value))
        if not os.path.isdir(value):
            raise UsageError(f"docs: found {files.shown_path(value)}, expected a folder of lessons; check the name")
    return value


def _text_of(path: Path) -> str:
    if not path.is_file():
        return ""
    try:
        return files.read_text(path, LIMIT_BYTES)
    except InvalidFile as error:
        raise UsageError(str(error)) from None


def _parsed(text: str, shown: str) -> Any:
    import tomlkit
    from tomlkit.exceptions import ParseError, TOMLKitError

    try:
        return tomlkit.parse(text)
    except ParseError as error:
        what = re.sub(r" at line \d+ col \d+$", "", str(error))
        raise UsageError(f'{shown}:{error.line}: found no TOML ({what}), expected lines such as model = "name"') from None
    except TOMLKitError as error:
        raise UsageError(f'{shown}: found no TOML ({error}), expected lines such as model = "name"') from None
