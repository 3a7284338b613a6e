"""A BagIt bag (RFC 8493): the files of `data` are compared with `manifest-sha256.txt` while they are read."""

import re
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import unquote

import pyarrow as pa

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import lists
from registry.catalogue.layouts.imagenet21k_p import label_of
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source
from registry.errors import InvalidInputError

DECLARATION, MANIFEST, INFO, PAYLOAD = "bagit.txt", "manifest-sha256.txt", "bag-info.txt", "data"
INFO_BYTES = 1 << 20
_OXUM = re.compile(r"^Payload-Oxum: *([0-9]+)\.([0-9]+) *$", re.MULTILINE)


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
        if not (source.root / MANIFEST).is_file():
            raise InvalidInputError(f"The bag has no {MANIFEST}; no other kind of checksum is believed.")
        said = {unquote(path): where for path, where in lists.read(source, source.root / MANIFEST).items()}
        source.report.conclude(f"{MANIFEST} names {len(said):,} files; each that is here was compared with it.")
        self._compare_oxum(source, len(said))
        return source.read(lists.found_in(source, said, label_of, PAYLOAD))

    def _compare_oxum(self, source: Source, count: int) -> None:
        file = source.root / INFO
        if not file.is_file():
            return
        with file.open("rb") as info:
            oxum = _OXUM.search(info.read(INFO_BYTES).decode(errors="replace"))
        if oxum is not None and int(oxum[2]) != count:
            source.report.note_fault(
                INFO, "", f"it says that there are {int(oxum[2]):,} files, and the manifest names {count:,}"
            )
