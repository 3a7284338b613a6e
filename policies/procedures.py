"""How is a procedure read that people write down beside the policies? YAML in, one frozen document out.

Procedures say who has to agree and until when; they decide nothing about images. They come with the program, are named
by the digest of their bytes, and are read as strictly as policies are.
"""

import hashlib
from importlib.resources import files
from typing import TypeVar

from pydantic import ValidationError

from policies import strict_yaml
from policies.errors import PolicyError
from policies.problems import problems_of
from policies.questions import Strict

Document = TypeVar("Document", bound=Strict)

RELEASE_APPROVAL = "release-approval"
TAKEDOWNS = "takedowns-dmca-gdpr-dsa"
NAMES = (RELEASE_APPROVAL, TAKEDOWNS)


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


def shipped(name: str, model: type[Document]) -> Document:
    """The procedure of this name that comes with the program, read once."""
    if name not in _read:
        _read[name] = parse(written(name), model)
    found = _read[name]
    if not isinstance(found, model):
        raise TypeError(f"{name} is no {model.__name__}")
    return found


_read: dict[str, Strict] = {}


def written(name: str) -> bytes:
    """Its bytes."""
    return (files("policies.data") / f"{name}.yaml").read_bytes()


def digest(name: str) -> str:
    """`sha256:<hex>` of its bytes."""
    return f"sha256:{hashlib.sha256(written(name)).hexdigest()}"
