"""How is a taxonomy kept, so that several live side by side and each stays what it was?

As one text file under a name that is given once: tab-separated lines, sorted, so that equal taxonomies have equal bytes
(`synset id words gloss`, `kind parent child`, `instance parent child`).
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from registry.blobs import storage_trouble
from registry.catalogue.taxonomy.graph import Edge, Synset, Taxonomy
from registry.errors import InvalidInputError, NotFoundError, WrongStateError

FIRST_LINE = "accession-taxonomy/1"
FOLDER, SUFFIX = "taxonomies", ".txt"
SYNSET, KIND, INSTANCE = "synset", "kind", "instance"

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")


@dataclass(frozen=True)
class Kept:
    """A taxonomy that is kept.

    Attributes:
        name: what people call it.
        digest: `sha256:<hex>` of its file.
        size_bytes: of the same.
    """

    name: str
    digest: str
    size_bytes: int


def encode(taxonomy: Taxonomy) -> bytes:
    """The one way to write this taxonomy."""
    lines = [f"{SYNSET}\t{wnid}\t{_plain(it.words)}\t{_plain(it.gloss)}" for wnid, it in taxonomy.synsets.items()]
    lines += [f"{KIND}\t{parent}\t{child}" for parent, child in taxonomy.kinds]
    lines += [f"{INSTANCE}\t{parent}\t{child}" for parent, child in taxonomy.instances]
    return "\n".join([FIRST_LINE, *sorted(lines), ""]).encode()


def decode(data: bytes) -> Taxonomy:
    """The taxonomy that `encode` wrote.

    Raises:
        InvalidInputError: the bytes are none.
    """
    first, *lines = data.decode("utf-8", "replace").split("\n")
    synsets: dict[str, Synset] = {}
    edges: dict[str, list[Edge]] = {KIND: [], INSTANCE: []}
    if first != FIRST_LINE or lines[-1:] != [""]:
        raise InvalidInputError("This file is no taxonomy that Accession wrote.")
    try:
        for line in lines[:-1]:
            what, wnid, *rest = line.split("\t")
            if what == SYNSET:
                words, gloss = rest
                synsets[wnid] = Synset(words, gloss)
            else:
                (child,) = rest
                edges[what].append((wnid, child))
    except (ValueError, KeyError) as error:
        raise InvalidInputError("This file is no taxonomy that Accession wrote.") from error
    return Taxonomy(synsets, tuple(edges[KIND]), tuple(edges[INSTANCE]))


def keep(home: Path, name: str, taxonomy: Taxonomy) -> Kept:
    """The taxonomy is kept under this name; keeping the same again changes nothing.

    Raises:
        InvalidInputError: the name has another form.
        WrongStateError: another taxonomy has this name.
        UnavailableError: the folder cannot be written to.
    """
    data = encode(taxonomy)
    file = _file(home, name)
    with storage_trouble("the folder of taxonomies"):
        if file.exists() and file.read_bytes() != data:
            raise WrongStateError(f"Another taxonomy is called {name}; a new version needs a new name.")
        file.parent.mkdir(exist_ok=True)
        draft = file.with_name(f".{secrets.token_hex(8)}.draft")
        try:
            with draft.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    return _kept(name, data)


def load(home: Path, name: str | None) -> Taxonomy:
    """The taxonomy of this name; without one, the only one there is.

    Raises:
        NotFoundError: there is none of this name, or none at all.
        InvalidInputError: no name was given and there are several.
    """
    if name is None:
        names = list(_names(home))
        if len(names) > 1:
            raise InvalidInputError(f"There are several taxonomies; say which: {', '.join(names)}.")
        if not names:
            raise NotFoundError("No taxonomy has been imported yet.")
        name = names[0]
    file = _file(home, name)
    if not file.is_file():
        raise NotFoundError(f"There is no taxonomy {name}; known are: {', '.join(_names(home)) or 'none'}.")
    with storage_trouble("the folder of taxonomies"):
        return decode(file.read_bytes())


def kept(home: Path) -> list[Kept]:
    """Every taxonomy, by name."""
    with storage_trouble("the folder of taxonomies"):
        return [_kept(name, _file(home, name).read_bytes()) for name in _names(home)]


def _kept(name: str, data: bytes) -> Kept:
    return Kept(name, f"sha256:{hashlib.sha256(data).hexdigest()}", len(data))


def _names(home: Path) -> Iterator[str]:
    files = sorted((home / FOLDER).glob(f"*{SUFFIX}"))
    return (file.name.removesuffix(SUFFIX) for file in files if not file.name.startswith("."))


def _file(home: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise InvalidInputError(f"A taxonomy's name is small letters, digits, points and hyphens, not {name!a}.")
    return home / FOLDER / f"{name}{SUFFIX}"


def _plain(text: str) -> str:
    """The text with every run of white space as one blank, so that it fits a field."""
    return " ".join(text.split())
