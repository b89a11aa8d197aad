"""`config`: each setting with its value and where it comes from, one that is kept from now on, and the models of a server."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from utils import files
from utils.errors import ModelError, UsageError
from utils.llm.endpoint import address_of, endpoint_of, key_name_of
from utils.llm.servers import SERVERS
from utils.settings import BUNDLED, BY_NAME, SETTINGS, Given, Setting, Settings, folder_name, masked
from utils.settings.places import config_path, refusal, write_setting

DEFAULT = "default"
NO_SERVER = "no server is named; set OPENAI_BASE_URL for a server of your own, or give one of the names of --server"


@dataclass(frozen=True)
class SettingRow:
    """A setting as `config` shows it; its value is None where nothing is set."""

    name: str
    value: Any
    source: str

    as_dict = asdict

    @property
    def shown(self) -> str:
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        return "not set" if self.value is None else str(self.value)


def rows_of(settings: Settings, name: str | None = None) -> list[SettingRow]:
    """A row for each setting that has a place of its own, or only that of this name. Raises UsageError for an unknown one."""
    rows = []
    for setting in SETTINGS:
        if setting.name == "base_url":
            rows += [_address_row(settings), _key_row(settings)]
        elif setting.variable:
            rows.append(_row_of(setting, settings))
    for model, price in settings.prices.items():
        told = f"{price.shown(price.prompt)} in, {price.shown(price.completion)} out, per million tokens"
        rows.append(SettingRow(f"prices.{model}", told, settings.places["prices"]))
    if name is None:
        return rows
    named = [row for row in rows if row.name in (name, name.replace("-", "_"))]
    if not named:
        raise UsageError(f"config: {refusal(name)}")
    return named


def _row_of(setting: Setting, settings: Settings) -> SettingRow:
    value = getattr(settings, setting.name)
    if setting.name == "home":
        value = str(files.home_folder(settings.home))
    return SettingRow(setting.name, setting.default if value is None and setting.default else value,
                      _source(settings.places.get(setting.name)))  # fmt: skip


def _address_row(settings: Settings) -> SettingRow:
    """The address as a request would take it, from a setting of its own or from the server's name."""
    try:
        address = address_of(settings) or Given(None, "")
    except UsageError as error:
        return SettingRow("base_url", None, str(error))
    return SettingRow("base_url", masked(address.value) if address.value else None, _source(address.place))


def _key_row(settings: Settings) -> SettingRow:
    """Whether there is a key for this server, never the key itself."""
    name = key_name_of(settings)
    key = settings.variables.get(name)
    try:
        endpoint = endpoint_of(settings, needs_name=False)
    except UsageError:
        endpoint = None
    if endpoint and endpoint.of_folder:
        key = settings.env_variables.get(name)
        return SettingRow("key", "set" if key else None, _source(key.place) if key else f"{endpoint.key_name}, as the address is")
    return SettingRow("key", "set" if key else None, _source(key.place) if key else name)


def _source(place: str | None) -> str:
    if not place:
        return DEFAULT
    return place if ":" in place or place.startswith("-") else f"environment: {place}"


def listing(rows: list[SettingRow], settings: Settings, all_of_them: bool) -> str:
    """A line for each row, and below all of them where settings are kept."""
    widths = [max(len(column) for column in columns) for columns in zip(*((row.name, row.shown) for row in rows), strict=True)]
    lines = [f"{row.name:{widths[0]}}  {row.shown:{widths[1]}}  {row.source}" for row in rows]
    if all_of_them:
        lines.append(f"`config NAME VALUE` keeps a setting in {files.shown_path(config_path(settings.home))}")
    return "\n".join(lines)


def keep(settings: Settings, name: str, text: str, here: bool = False) -> tuple[SettingRow, str]:
    """Write a setting to config.toml, or take it out if the text is empty. Returns it, and what to tell. Raises UsageError.

    here: for this folder of lessons alone.
    """
    name, path = name.replace("-", "_"), config_path(settings.home)
    before = settings.places.get(name, "")
    folder = folder_name(settings.docs) if here else ""
    value = write_setting(path, name, text, folder)
    shown = files.shown_path(path)
    row = SettingRow(name, value, shown)
    told = f"{name} is {row.shown}, kept in {shown}" if value is not None else f"{name} is no longer kept in {shown}"
    if folder:
        told += (
            f", for {'' if folder == BUNDLED else 'the lessons of '}{files.shown_path(folder) if settings.docs else folder} alone"
        )
    if name == "server" and value is not None:
        told += _awaited(settings, value)
    if before and not before.startswith(f"{shown}:"):
        told += f"; what {before.removesuffix(': ' + BY_NAME[name].variable)} says goes before it"
    return row, told


def _awaited(settings: Settings, name: str) -> str:
    """The variables that a server needs and that are not set."""
    server = SERVERS[name]
    wanted = {"its address": server.address_variable, "its key": server.key_variable if server.service else ""}
    missing = [f"{what} is expected in {variable}" for what, variable in wanted.items()
               if variable and variable not in settings.variables]  # fmt: skip
    return "".join(f"; {one}" for one in missing)


def models_of(settings: Settings) -> list[str]:
    """The names of the models that the server has. Raises UsageError if none is named, ModelError if it does not say."""
    from utils.llm.connection import models_in_time
    from utils.llm.endpoint import DEFAULT_LIMITS, limits_of
    from utils.llm.faults import model_error

    if settings.offline:
        raise UsageError("config --models asks the server, which is not asked offline; go without --offline")
    endpoint = endpoint_of(settings, needs_name=False)
    if endpoint is None:
        raise UsageError(NO_SERVER)
    limits = limits_of(settings, endpoint) if settings.timeout else DEFAULT_LIMITS
    names: tuple[str, ...] = ()
    found = "found no name in its list"
    try:
        names = models_in_time(endpoint, limits)
    except ValueError as error:
        found = str(error)
    except Exception as error:
        raise model_error(error, endpoint) from None
    if not names:
        raise ModelError(f"{endpoint.host} does not say which models it has: {found}; name one with -m")
    return [" ".join(name.split()) for name in names]
