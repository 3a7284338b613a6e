"""Any folder of files: class folders named by wnid or otherwise, nested or flat. The class is the first folder."""

from collections.abc import Iterator
from typing import ClassVar

import pyarrow as pa

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import folders
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source


class ImageFolder:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.IMAGE_FOLDER
    extras: ClassVar[tuple[str, ...]] = ()
    is_sorted: ClassVar[bool] = True

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        return "it is a folder of folders or files" if look.is_folder else None

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        return source.read(folders.walk(source.root))
