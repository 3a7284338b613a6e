"""Which variants does the world know, and where is that written? Seed files, each claim with its source.

A seed says what was published and nothing else; what nobody has published is listed as unknown. Registering one is for
`registry.services.seeds`.
"""

from importlib.resources import files

_SUFFIX = ".yaml"


def names() -> tuple[str, ...]:
    """The names of the seeds that come with Accession, sorted."""
    found = (entry.name for entry in (files(__package__) / "data").iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


def shipped(name: str) -> bytes:
    """The bytes of a seed that comes with Accession.

    Raises:
        KeyError: none of that name is shipped.
    """
    if name not in names():
        raise KeyError(name)
    return (files(__package__) / "data" / f"{name}{_SUFFIX}").read_bytes()
