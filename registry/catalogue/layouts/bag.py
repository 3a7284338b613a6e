"""A BagIt bag (RFC 8493): the files of `data` are compared with its manifest while they are read.

The manifest is `manifest-sha256.txt`, else `manifest-sha512.txt`, and is itself compared with the tag manifest.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import lists
from registry.catalogue.layouts.imagenet21k_p import label_of
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source
from registry.catalogue.taxonomy.rows import MAX_LINE_BYTES
from registry.errors import InvalidInputError

DECLARATION, MANIFEST, INFO, FETCH, PAYLOAD = "bagit.txt", "manifest-sha256.txt", "bag-info.txt", "fetch.txt", "data"
MANIFESTS = (MANIFEST, "manifest-sha512.txt")
TAG_BYTES = 1 << 20
_OXUM = re.compile(rb"^Payload-Oxum: *([0-9]+)\.([0-9]+) *\r?$", re.MULTILINE)
# RFC 8493 §2.1.3: these are written so, and nothing else is.
_WRITTEN = re.compile(rb"%(0[AaDd]|25)")


class Bag:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.BAG
    extras: ClassVar[tuple[str, ...]] = ()
    is_sorted: ClassVar[bool] = True

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        return (
            f"it holds {DECLARATION} and {PAYLOAD}" if DECLARATION in look.files and PAYLOAD in look.folders else None
        )

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        name = next((name for name in MANIFESTS if (source.root / name).is_file()), None)
        if name is None:
            raise InvalidInputError(
                f"The bag {source.root} has neither {' nor '.join(MANIFESTS)}; weaker checksums are not believed. Have "
                f"it made again with one of them, or import {PAYLOAD} as a folder, compared with nothing."
            )
        said = lists.read(source, source.root / name, _unwritten)
        source.report.conclude(f"{name} names {len(said):,} files; each that is here was compared with it.")
        _compare_oxum(source, name, len(said))
        _compare_manifest(source, name)
        _note_fetch(source)
        return source.read(lists.found_in(source, said, label_of, PAYLOAD))


def _unwritten(name: bytes) -> bytes:
    return _WRITTEN.sub(lambda found: bytes.fromhex(found[1].decode()), name)


def _compare_oxum(source: Source, name: str, count: int) -> None:
    oxum = _OXUM.search(_start(source.root / INFO))
    if oxum is not None and int(oxum[2]) != count:
        why = f"it says that there are {int(oxum[2]):,} files, and {name} names {count:,}"
        source.report.note_fault(INFO, "", why)


def _compare_manifest(source: Source, name: str) -> None:
    """Note when the manifest is not the one that the bag was made with."""
    lines = map(lists.line_of, _start(source.root / f"tag{name}").splitlines())
    said = next((line.digest for line in lines if line is not None and line.name == name.encode()), None)
    if said is None:
        return
    with (source.root / name).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256" if name == MANIFEST else "sha512").hexdigest()
    if digest != said:
        source.report.note_fault(f"tag{name}", "", f"{name} is not the one that it names, so somebody has changed it")


def _note_fetch(source: Source) -> None:
    """Note what has to be fetched before a bag is whole; we fetch nothing."""
    file = source.root / FETCH
    if not file.is_file():
        return
    with file.open("rb") as lines:
        parts = (line.rstrip(b"\r\n").split(maxsplit=2) for line in iter(lambda: lines.readline(MAX_LINE_BYTES), b""))
        names = (_unwritten(part[2]) for part in parts if len(part) == len(("URL", "LENGTH", "NAME")))
        missing = sum(not os.path.lexists(os.fsencode(source.root) + b"/" + name) for name in names)
    if missing:
        why = f"it names {missing:,} files that are not here; fetch them first, for nothing is fetched by an import"
        source.report.note_fault(FETCH, "", why)


def _start(file: Path) -> bytes:
    """The first bytes of a file of the bag's own; none where there is no such file."""
    try:
        with file.open("rb") as tags:
            return tags.read(TAG_BYTES)
    except FileNotFoundError:
        return b""
