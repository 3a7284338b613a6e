"""ILSVRC's training set as handed out: one tar of 1,000 class tars, read without unpacking. The class is the tar."""

from collections.abc import Iterator
from typing import ClassVar

import pyarrow as pa

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import members
from registry.catalogue.layouts.look import CLASS_ARCHIVE, Look
from registry.catalogue.layouts.source import Source
from registry.catalogue.manifests.columns import PLACE


class TrainArchive:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.TRAIN_ARCHIVE
    extras: ClassVar[tuple[str, ...]] = PLACE
    is_sorted: ClassVar[bool] = False

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        is_one = not look.is_folder and look.members and all(map(CLASS_ARCHIVE.fullmatch, look.members))
        return "it is an archive of class archives" if is_one else None

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        found = members.found_in(source, [members.own_name(source.root)], members.below_stem)
        return source.read(found, self.extras)
