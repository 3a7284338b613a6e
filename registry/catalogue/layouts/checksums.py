"""A folder with a list of checksums, such as `SHA256SUMS`: every file is compared with it while it is read."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import folders, lists
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source
from registry.errors import InvalidInputError

NAMES = tuple(
    f"{name}{ending}"
    for name in (
        "SHA256SUMS",
        "SHA512SUMS",
        "SHA256SUM",
        "SHA512SUM",
        "sha256sums",
        "sha512sums",
        "sha256sum",
        "sha512sum",
    )
    for ending in ("", ".txt")
)


class Checksums:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.CHECKSUMS
    extras: ClassVar[tuple[str, ...]] = ()
    is_sorted: ClassVar[bool] = True

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        name = _list_in(look.root)
        return None if name is None else f"it holds {name}"

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        name = _list_in(source.root)
        if name is None:
            raise InvalidInputError(f"{source.root} holds no list of checksums, such as SHA256SUMS.")
        said = lists.read(source, source.root / name)
        source.report.conclude(f"{name} names {len(said):,} files; each that is here was compared with it.")
        return source.read(lists.found_in(source, said, folders.first_folder, skipped=frozenset({name})))


def _list_in(root: Path) -> str | None:
    """The list in a folder, however many files lie beside it; null where there is none."""
    return next((name for name in NAMES if (root / name).is_file()), None)
