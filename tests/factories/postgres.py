"""A throw-away PostgreSQL server, also when the tests run as root, which PostgreSQL refuses to be started by."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from uuid import UUID

import psycopg
from psycopg import sql

OWNER = "accession"
# Nothing here has to survive a power cut.
CARELESS = "-F -c full_page_writes=off -c synchronous_commit=off -c max_connections=60"
# Debian keeps the server's programs here, out of everybody's PATH.
VERSIONS = Path("/usr/lib/postgresql")
SERVANTS = ("postgres", "nobody")


class _As(TypedDict, total=False):
    """As whom a program runs; as ourselves where it is empty."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. Its socket lies in `folder`; it listens on no port."""

    folder: Path

    def url(self, database: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://{OWNER}@/{database}?host={self.folder}"

    def create(self, name: UUID, template: UUID | None = None) -> str:
        """The URL of a new database, which begins as a copy of `template`, or empty."""
        copied = sql.Identifier("template1" if template is None else template.hex)
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name.hex), copied))
        return self.url(name.hex)

    def drop(self, name: UUID) -> None:
        """The database is gone, whoever is connected to it."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name.hex)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def programs() -> Path | None:
    """The folder of the newest server's programs; None where there is no server."""
    on_path = shutil.which("pg_ctl")
    if on_path is not None:
        return Path(on_path).resolve().parent
    folders = [folder for folder in VERSIONS.glob("*/bin") if (folder / "pg_ctl").is_file()]
    return max(folders, key=lambda folder: float(re.sub("[^0-9.]", "", folder.parent.name) or 0), default=None)


@contextmanager
def running(bin_folder: Path) -> Iterator[Server]:
    """A server of our own, until the block ends."""
    # Not below pytest's folder, into which the server's user may not look; and a socket's path has to be short.
    folder = Path(tempfile.mkdtemp(prefix="accession-pg-"))
    servant = _servant()
    try:
        if servant:
            os.chown(folder, servant["user"], servant["group"])
        data = folder / "data"
        _run([bin_folder / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", *_INITDB], servant)
        options = f"-k {folder} -c listen_addresses='' {CARELESS}"
        _run([bin_folder / "pg_ctl", "-D", data, "-s", "-w", "-l", folder / "log", "-o", options, "start"], servant)
        with _stopped_with_us(bin_folder, folder, servant):
            yield Server(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _stopped_with_us(bin_folder: Path, folder: Path, servant: _As) -> Iterator[None]:
    """The server stops when the block ends, or when this process is killed: then the pipe to its warden breaks."""
    stop = 'cat; "$0" -D "$1/data" -s -m immediate stop; rm -rf "$1"'
    command = ["sh", "-c", stop, str(bin_folder / "pg_ctl"), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd="/", **servant):
        yield


_INITDB = ("--no-sync", "--no-locale", "--no-instructions")


def _servant() -> _As:
    if os.getuid() != 0:
        return {}
    for name in SERVANTS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise AssertionError(f"PostgreSQL refuses root, and there is no user {' or '.join(SERVANTS)} here.")


def _run(command: list[str | Path], servant: _As) -> None:
    # In `/`, because the servant may not be allowed to enter the folder that the tests run in.
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, timeout=120, **servant)
