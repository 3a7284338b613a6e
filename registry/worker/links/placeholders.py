"""Which pictures stand in the place of one that is gone? A list that comes with the program, as data."""

from functools import cache
from importlib import resources
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator
from ruamel.yaml import YAML

from registry.catalogue.entries import Format
from registry.worker.links.fetch import Fetched

LIST: Final = "placeholders.yaml"


class Placeholder(BaseModel):
    """One such picture; everything that is said must be true of it, and something is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    url: str | None = Field(default=None, pattern=r"^/[^?#]+$")
    format: Format | None = None
    size_bytes: int | None = Field(default=None, gt=0)
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")

    @model_validator(mode="after")
    def _says_something(self) -> "Placeholder":
        if self.url is None and self.sha256 is None and (self.size_bytes is None or self.format is None):
            raise ValueError("a placeholder is told by its place, its bytes, or its size and format")
        return self

    def is_this(self, found: Fetched, file_format: Format | None) -> bool:
        """Whether this is what came back."""
        wanted = (
            (self.url, urlsplit(found.url).path[-len(self.url) :] if self.url else None),
            (self.format, file_format),
            (self.size_bytes, found.size_bytes),
            (self.sha256, found.sha256),
        )
        return all(value is None or value == seen for value, seen in wanted)


_LIST = TypeAdapter(tuple[Placeholder, ...])


@cache
def shipped() -> tuple[Placeholder, ...]:
    """The list that comes with the program."""
    text = resources.files(__package__ or __name__).joinpath(LIST).read_text("utf-8")
    return _LIST.validate_python(YAML(typ="safe", pure=True).load(text))


def named(found: Fetched, file_format: Format | None) -> str | None:
    """The name of the placeholder that came back; None where it is none that is known."""
    return next((known.name for known in shipped() if known.is_this(found, file_format)), None)
