"""How is a procedure read that people write down beside the policies? YAML in, one frozen document out.

Procedures say who has to agree and until when; they decide nothing about images. One of each kind comes with the
program, a registry may publish its own; each is named by the digest of its bytes, and read as strictly as policies are.
"""

import hashlib
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import TypeVar, cast

from pydantic import ValidationError

from policies import strict_yaml
from policies.errors import PolicyError
from policies.problems import problems_of
from policies.questions import Strict

Document = TypeVar("Document", bound=Strict)


class Kind(StrEnum):
    """What a procedure is for; of each kind one is in force at any time."""

    RELEASE_APPROVAL = "release-approval"
    TAKEDOWNS = "takedowns"


SHIPPED = {Kind.RELEASE_APPROVAL: "release-approval", Kind.TAKEDOWNS: "takedowns-dmca-gdpr-dsa"}
"""The names of those that come with the program. Their bytes never change: what began under them says so by digest."""
NAMES = tuple(SHIPPED.values())
_KEPT_AT_MOST = 64


def parse(written: bytes, model: type[Document]) -> Document:
    """The procedure that the bytes spell.

    Raises:
        PolicyError: it cannot be followed as written; every problem with its line.
    """
    root = strict_yaml.read(written)
    try:
        return model.model_validate(root.plain())
    except ValidationError as error:
        raise PolicyError(*problems_of(error, root, model)) from error


def shipped(kind: Kind, model: type[Document]) -> Document:
    """The procedure of this kind that comes with the program."""
    return opened(written(SHIPPED[kind]), model)


def opened(data: bytes, model: type[Document]) -> Document:
    """As `parse`, of bytes that were published, which never change: read once.

    Raises:
        PolicyError: as `parse`.
    """
    return cast("Document", _opened(data, model))


@lru_cache(_KEPT_AT_MOST)
def _opened(data: bytes, model: type[Strict]) -> Strict:
    return parse(data, model)


def written(name: str) -> bytes:
    """The bytes of one that comes with the program."""
    return (files("policies.data") / f"{name}.yaml").read_bytes()


def digest(name: str) -> str:
    """`sha256:<hex>` of its bytes."""
    return f"sha256:{hashlib.sha256(written(name)).hexdigest()}"


@lru_cache(1)
def shipped_by_digest() -> dict[str, str]:
    """The names of those that come with the program, by their digests."""
    return {digest(name): name for name in NAMES}
