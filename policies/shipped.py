"""Which policies come with Accession? Examples that nobody has to use; procedures lie beside them, and are none."""

from importlib.resources import files

from policies import procedures

_SUFFIX = ".yaml"


def names() -> tuple[str, ...]:
    """The names of the shipped policies, sorted."""
    found = (entry.name for entry in files("policies.data").iterdir())
    names_found = {name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)}
    return tuple(sorted(names_found - set(procedures.NAMES)))


def read(name: str) -> bytes:
    """The bytes of a shipped policy, to be parsed and published like any other.

    Raises:
        KeyError: none of that name is shipped.
    """
    if name not in names():
        raise KeyError(name)
    return (files("policies.data") / f"{name}{_SUFFIX}").read_bytes()
