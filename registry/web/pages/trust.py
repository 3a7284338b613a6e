"""Whose signatures count? The trust roots to hand out, byte for byte; public, and best fetched once and kept."""

import re
from pathlib import Path

from flask import Blueprint, Response

from registry.errors import NotFoundError
from registry.web import door, files

PAGE = Blueprint("trust", __name__)

_NAME = re.compile(r"([1-9][0-9]{0,5})\.root\.json", re.ASCII)


@PAGE.get("/trust/<name>")
def root(name: str) -> Response:
    """One version of the trust root, such as `1.root.json`."""
    if name not in names():
        raise NotFoundError("There is no such trust root.")
    return files.download((_folder() / name).read_bytes(), name, "application/json")


def names() -> list[str]:
    """The files of all versions, the oldest first."""
    numbers = [int(found[1]) for file in _folder().glob("*") if (found := _NAME.fullmatch(file.name))]
    return [f"{number}.root.json" for number in sorted(numbers)]


def _folder() -> Path:
    return door.home().settings.trust_folder
