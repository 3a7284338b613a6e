"""A folder with an existing `SHA256SUMS`: every file is compared with what the list says of it while it is read."""

from collections.abc import Iterator
from typing import ClassVar

import pyarrow as pa

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import folders, lists
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source

NAMES = ("SHA256SUMS", "SHA256SUMS.txt", "sha256sums.txt", "sha256sum.txt")


class Checksums:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.CHECKSUMS
    extras: ClassVar[tuple[str, ...]] = ()
    is_sorted: ClassVar[bool] = True

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        found = [name for name in NAMES if name in look.files]
        return f"it holds {found[0]}" if found else None

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        name = next(name for name in NAMES if (source.root / name).is_file())
        said = lists.read(source, source.root / name)
        source.report.conclude(f"{name} names {len(said):,} files; each that is here was compared with it.")
        found = lists.found_in(source, said, folders.first_folder, skipped=frozenset({name}))
        return source.read(found)
