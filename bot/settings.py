"""What can be set from outside: environment variables or a `.env`, all with the prefix `BYLINE_`."""

from __future__ import annotations

import difflib
import ipaddress
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from dotenv import dotenv_values
from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from byline.bot.keys import Key, parse_key
from byline.embeddings.errors import BylineError

log = logging.getLogger(__name__)

PREFIX = "BYLINE_"
DOTENV = ".env"
ANYONE = "anyone"
ANY_HOST = "*"


class SettingsFault(BylineError):
    """A setting has an unknown name or a value that cannot be used."""


class Settings(BaseSettings):
    """Every setting, with its default; `load_settings` reads them."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    data: Path = Field(
        default_factory=lambda: user_data_path("byline", appauthor=False),
        description="folder that holds the index and the answer log",
    )
    cache: Path = Field(
        default_factory=lambda: user_cache_path("byline", appauthor=False),
        description="folder for the model file made on first use; it can be deleted and is made again",
    )
    embedding_model: str = Field(
        default="bundled", min_length=1, description="`bundled`, or any sentence-transformers name or folder"
    )
    allow_downloads: bool = Field(
        default=False, description="may a model named above be fetched from its hub; without it only local ones load"
    )
    store: str = Field(
        default="embedded",
        min_length=1,
        description="where articles are kept; `embedded`, in the data folder, is all this version has",
    )
    reader: str = Field(
        default="bundled",
        min_length=1,
        description="what marks the answer in a passage: `bundled`, the trained reader, `overlap`, shared words, or "
        "the name or folder of a question-answering model or cross-encoder, calibrated first",
    )
    confidence: float | None = Field(
        default=None, ge=0.0, le=1.0, description="answers less sure than this abstain; unset: the calibrated point"
    )
    at_most_wrong: float | None = Field(
        default=None,
        gt=0.0,
        lt=1.0,
        description="answer only where at most such a share of the answers is wrong, 0.05 for one in twenty, by the "
        "upper bound on questions the reader never saw; what is less sure is shown as possible",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="address `byline serve` listens on")
    port: int = Field(default=8000, ge=0, le=65535, description="port `byline serve` listens on; 0 takes a free one")
    public_url: str = Field(
        default="", description="what links in answers start with, as people outside see this server"
    )
    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(),
        description="comma-separated keys of at least 16 characters; when set, everything but /healthz and /readyz "
        "asks for one. `ask:KEY` asks and reads, `write:KEY` also adds and removes, `admin:KEY`, as KEY alone, also "
        "sees what people asked; `byline key` makes one, and the entry with its hash",
    )
    open: bool = Field(
        default=False, description="may `byline serve` listen beyond this machine without keys, open to everybody"
    )
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="comma-separated names this server may be called by, besides localhost, any address in numbers, "
        "BYLINE_HOST and the name in BYLINE_PUBLIC_URL; `*` takes every name",
    )
    proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="comma-separated addresses or networks of proxies whose X-Forwarded-For and -Proto are believed",
    )
    rate_per_minute: int = Field(
        default=0, ge=0, description="requests a minute each client may make; 0 does not limit"
    )
    max_upload_mb: float = Field(default=64, gt=0, description="largest upload in MiB")
    max_upload_chars: int = Field(
        default=2_000_000, gt=0, description="most characters of text taken from one upload; 500 go into a passage"
    )
    keep_questions_days: int = Field(
        default=90,
        ge=0,
        description="days that questions and answers are kept in the answer log; 0 keeps none, and the buttons and "
        "votes under an answer then end with the process",
    )
    keep_conversations_days: int = Field(
        default=30, ge=0, description="days after its last question a conversation is forgotten"
    )
    telegram_token: SecretStr | None = Field(
        default=None, description="bot token from @BotFather; unset: no Telegram bot"
    )
    telegram_api: str = Field(default="https://api.telegram.org", description="Bot API server")
    telegram_allowed: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(), description="comma-separated Telegram user ids that may ask, add and take back articles"
    )
    telegram_askers: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="comma-separated Telegram ids of users and chats that may ask, or `anyone`; empty: those above, "
        "and whom the owner lets in, who is the first to open the link printed at the start",
    )
    telegram_per_minute: int = Field(
        default=20, ge=0, description="questions a minute each Telegram user may ask; 0 does not limit"
    )
    llm_url: str = Field(
        default="",
        description="OpenAI-shaped server for generated answers; without effect yet, this version only quotes",
    )
    llm_model: str = Field(default="", description="model name sent to that server; without effect yet")
    llm_key: SecretStr | None = Field(default=None, description="key for that server; without effect yet")

    @field_validator("api_keys", "telegram_allowed", "telegram_askers", "hosts", "proxies", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("api_keys")
    @classmethod
    def _strong_keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for entry in value:
            parse_key(entry.get_secret_value())
        return value

    @field_validator("telegram_askers")
    @classmethod
    def _askers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if one != ANYONE and not one.removeprefix("-").isdecimal():
                raise ValueError(f'"{one}" is neither a Telegram id nor "{ANYONE}"')
        return value

    @field_validator("proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            ipaddress.ip_network(one, strict=False)
        return value

    @field_validator("public_url", "telegram_api", "llm_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("data", "cache")
    @classmethod
    def _home_written_out(cls, value: Path) -> Path:
        return value.expanduser()

    @property
    def keys(self) -> tuple[Key, ...]:
        """`api_keys`, each with its right."""
        return tuple(parse_key(entry.get_secret_value()) for entry in self.api_keys)

    @property
    def max_upload_bytes(self) -> int:
        """`max_upload_mb` in bytes."""
        return int(self.max_upload_mb * 1024 * 1024)


def load_settings(*, data: Path | None = None, dotenv: Path | None = None) -> Settings:
    """Read the settings; the environment goes before the `.env`, an argument before both.

    Args:
        data: the data folder named on the command line.
        dotenv: the file to read; by default `.env` in the working folder, if there is one.

    Raises:
        SettingsFault: a name with the prefix is unknown, or a value cannot be used; the message is one line.
    """
    dotenv = Path(DOTENV) if dotenv is None else dotenv
    in_file = dotenv_values(dotenv, encoding="utf-8") if dotenv.is_file() else {}
    _refuse_unknown(list(os.environ), "the environment")
    _refuse_unknown(list(in_file), str(dotenv))
    _refuse_no_keys(os.environ, "the environment")
    _refuse_no_keys(in_file, str(dotenv))
    if named_there := [name for name in in_file if name.upper().startswith(PREFIX)]:
        log.warning("settings from %s: %s", dotenv.absolute(), ", ".join(named_there))
    named = {} if data is None else {"data": data}
    try:
        return Settings(_env_file=dotenv, **named)  # type: ignore[call-arg,arg-type]  # the plugin is not used
    except ValidationError as fault:
        raise SettingsFault(_in_one_line(fault)) from fault


def known_names() -> dict[str, str]:
    """Environment names in the order of the README's table, each with what it does."""
    return {PREFIX + name.upper(): field.description or "" for name, field in Settings.model_fields.items()}


def _refuse_unknown(names: list[str], where: str) -> None:
    known = known_names()
    for name in names:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            raise SettingsFault(f"{name} in {where} is no setting of Byline; {hint}")


def _refuse_no_keys(values: Mapping[str, str | None], where: str) -> None:
    """A script's empty variable must not open the door that it was meant to lock."""
    for name, value in values.items():
        if name.upper() == f"{PREFIX}API_KEYS" and not (value or "").replace(",", "").strip():
            raise SettingsFault(f"{name} in {where} is set and holds no key; give it keys or unset it")


def _in_one_line(fault: ValidationError) -> str:
    """Name the first setting at fault; a secret's value is not repeated."""
    first = fault.errors(include_url=False)[0]
    field = str(first["loc"][0])
    secret = "SecretStr" in str(Settings.model_fields[field].annotation)
    value = "(hidden)" if secret else repr(os.environ.get(PREFIX + field.upper(), first["input"]))
    reason = first["msg"].removeprefix("Value error, ")
    return f"{PREFIX}{field.upper()} is {value}: {reason[0].lower()}{reason[1:]}; correct it or unset it"
