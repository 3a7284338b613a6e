"""ImageNet-21K-P as handed out: `imagenet21k_train/WNID`, `imagenet21k_val/WNID`. The class is the second folder."""

from collections.abc import Iterator
from typing import ClassVar

import pyarrow as pa

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import folders
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source

SPLITS = frozenset({"imagenet21k_train", "imagenet21k_val", "imagenet21k_small_classes"})


class ImageNet21kP:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.IMAGENET_21K_P
    extras: ClassVar[tuple[str, ...]] = ()
    is_sorted: ClassVar[bool] = True

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        found = sorted(SPLITS.intersection(look.folders))
        return f"it holds the folder {found[0]}" if found else None

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        return source.read(folders.walk(source.root, label_of))


def label_of(path: str) -> str | None:
    """The second folder of a path; null where there is none."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else None  # noqa: PLR2004 - split, class, image
