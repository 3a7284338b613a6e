"""Where does this registry live, and with which choices? Reads a home's file, and the variables that override it.

A registry home is a folder: `accession.toml` with the choices, and beside it whatever the choices keep local (database,
blobs, keys). A variable ACCESSION_<NAME> overrides the file, so that a container needs no file of its own.
"""

import os
import re
import secrets
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from registry import environment
from registry.errors import InvalidInputError, NotFoundError, WrongStateError

FILE_NAME = "accession.toml"
_ROOT_FILE = re.compile(r"([1-9][0-9]*)\.root\.json")
OWNER_ONLY_FILE = 0o600
OWNER_ONLY_FOLDER = 0o700


class Settings(BaseSettings):
    """The choices of one registry home. Every URL is complete; `home` is absolute."""

    model_config = SettingsConfigDict(env_prefix="ACCESSION_", extra="forbid", frozen=True)

    home: Path
    database_url: str
    jobs_database_url: str
    blobs_url: str
    keys_folder: Path
    trust_folder: Path
    log_folder: Path
    log_origin: str = Field(default="accession/log", pattern=r"^[^\s+]{1,200}$")
    witnesses: list[str] = Field(default=[])
    witnesses_needed: int = Field(default=0, ge=0, le=100)
    web_secret: str = Field(min_length=32, repr=False)
    trusted_hosts: list[str] = Field(default=["127.0.0.1", "localhost", "[::1]"])
    is_served_over_https: bool = False
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    keys_passphrase: str | None = Field(default=None, repr=False)
    keys_pin: str | None = Field(default=None, repr=False)
    worker_name: str = "local"
    device: str = "cpu"
    engine: Literal["local", "ray"] = "local"
    ray_address: str = "127.0.0.1:6379"
    links_contact: str | None = None
    links_pause_seconds: float = Field(default=1.0, ge=0, le=3600)
    links_open_addresses: list[str] = []
    worker_processes: int | None = Field(default=None, ge=1, le=4096)

    @property
    def processes(self) -> int:
        """How many processes work on this machine: as many as it has cores, unless a number is set."""
        return self.worker_processes or os.cpu_count() or 1

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then the file, then what follows from the home itself."""
        del dotenv_settings, file_secret_settings
        file = TomlConfigSettingsSource(settings_cls, _home_of(init_settings()) / FILE_NAME)
        return (env_settings, file, init_settings)


def _home_of(given: dict[str, Any]) -> Path:
    return Path(given["home"])


def _local_defaults(home: Path) -> dict[str, Any]:
    return {
        "home": home,
        "database_url": f"sqlite:///{home / 'registry.sqlite'}",
        "jobs_database_url": f"sqlite:///{home / 'jobs.sqlite'}",
        "blobs_url": str(home / "blobs"),
        "keys_folder": home / "keys",
        "trust_folder": home / "trust",
        "log_folder": home / "log",
    }


def chosen_home(given: str | None) -> Path:
    """The home that the command line or ACCESSION_HOME names, absolute.

    Raises:
        InvalidInputError: neither names one.
    """
    text = given or environment.variable(environment.HOME_VARIABLE)
    if not text:
        raise InvalidInputError(f"Say which registry home: --home DIR, or the variable {environment.HOME_VARIABLE}.")
    return Path(text).expanduser().absolute()


def load(home: Path) -> Settings:
    """The settings of an existing home.

    Raises:
        NotFoundError: there is no settings file in that folder.
        InvalidInputError: the file is not TOML, or says something that is no setting.
    """
    if not (home / FILE_NAME).is_file():
        raise NotFoundError(f"{home} is no registry home; `accession --home {home} init` makes one.")
    try:
        # ACCESSION_HOME says which home, where nothing else does; it does not move one that was named.
        return Settings(**_local_defaults(home)).model_copy(update={"home": home})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{home / FILE_NAME} is not TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InvalidInputError(f"{home / FILE_NAME}: `{name}`: {first['msg']}.") from error


def create(home: Path, *, database_url: str | None = None) -> Settings:
    """A new home: the folder and its settings file, readable by their owner only.

    With a PostgreSQL `database_url` the jobs live in that database too, so that several machines can work.

    Raises:
        WrongStateError: the folder is a registry home already.
    """
    if (home / FILE_NAME).exists():
        raise WrongStateError(f"{home} is a registry home already.")
    home.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    lines = [
        "# Choices of this registry home. A variable ACCESSION_<NAME> overrides a line; docs/operations/settings.md",
        "# lists them all. This file holds a secret: keep it readable by its owner only.",
        f'web_secret = "{secrets.token_urlsafe(32)}"',
        "# The name of the public log, in every signed tree head: never to be changed once there is one.",
        f'log_origin = "accession/log/{secrets.token_hex(8)}"',
    ]
    if database_url is not None:
        quoted = database_url.replace("\\", "\\\\").replace('"', '\\"')
        lines += [f'database_url = "{quoted}"', f'jobs_database_url = "{quoted}"']
    descriptor = os.open(home / FILE_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY_FILE)
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - opened by its descriptor
        file.write("\n".join(lines) + "\n")
    return load(home)


def trust_roots(settings: Settings) -> list[bytes]:
    """Every version of the trust root, oldest first.

    Raises:
        NotFoundError: the home has none.
    """
    versions = {
        int(found[1]): file
        for file in settings.trust_folder.glob("*.root.json")
        if (found := _ROOT_FILE.fullmatch(file.name))
    }
    if not versions:
        raise NotFoundError("This registry home has no trust root; its `trust` folder is empty.")
    return [versions[version].read_bytes() for version in sorted(versions)]
