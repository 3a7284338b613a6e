"""A folder of class tars, as `winter21` is handed out: `n02119789.tar` and its likes. The class is the tar."""

from collections.abc import Iterator
from typing import ClassVar

import pyarrow as pa

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import look, members
from registry.catalogue.layouts.look import CLASS_ARCHIVE, Look
from registry.catalogue.layouts.source import Source
from registry.catalogue.manifests.columns import PLACE


class ClassArchives:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.CLASS_ARCHIVES
    extras: ClassVar[tuple[str, ...]] = PLACE
    is_sorted: ClassVar[bool] = False

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        count = sum(CLASS_ARCHIVE.fullmatch(name) is not None for name in look.files)
        return f"it holds {count:,} class archives" if count and count == len(look.archives) else None

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        seen = look.take(source.root)
        for name in {*seen.files} - {*seen.archives}:
            source.report.conclude(f"{name} is no class archive, and was passed over.")
        return source.read(members.found_in(source, seen.archives, members.below_stem), self.extras)
