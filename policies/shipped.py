"""Which policies come with Accession? Examples that run as they are; nobody has to use them."""

from importlib.resources import files

_SUFFIX = ".yaml"


def names() -> tuple[str, ...]:
    """The names of the shipped policies, sorted."""
    found = (entry.name for entry in files("policies.data").iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


def read(name: str) -> bytes:
    """The bytes of a shipped policy, to be parsed and published like any other.

    Raises:
        KeyError: none of that name is shipped.
    """
    if name not in names():
        raise KeyError(name)
    return (files("policies.data") / f"{name}{_SUFFIX}").read_bytes()
