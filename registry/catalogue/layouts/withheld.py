"""ILSVRC's test set: a flat folder or tar. Its classes were never published."""

import re
from collections.abc import Iterator
from typing import ClassVar

import pyarrow as pa

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import flat
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source
from registry.catalogue.manifests.columns import PLACE

IMAGES = 100_000

_FORM = re.compile(r"ILSVRC2012_test_([0-9]{8})\.JPEG")


class Withheld:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.WITHHELD
    extras: ClassVar[tuple[str, ...]] = PLACE
    is_sorted: ClassVar[bool] = False

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        return flat.fits(look, _FORM, "ILSVRC's test images")

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        found = [thing for thing, _ in flat.found_in(source, _FORM)]
        if len(found) != IMAGES:
            source.report.conclude(f"ILSVRC's test set has {IMAGES:,} images; here are {len(found):,}.")
        return source.read(found, self.extras)
