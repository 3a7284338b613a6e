"""How large is the image that a layer speaks of? Told from a manifest, so that boxes can be held against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Self

from registry.catalogue.manifests import session

Size = tuple[int, int]


@dataclass(frozen=True)
class Sizes:
    """Width and height of the images of a manifest, as stored.

    Attributes:
        by_path: of every image that has a size.
        by_stem: the same by the name of the file without its suffix, as layers drop it.
    """

    by_path: Mapping[str, Size]
    by_stem: Mapping[str, Size]

    @classmethod
    def of_manifest(cls, file: Path) -> Self:
        """The sizes of the images of a manifest.

        Raises:
            InvalidInputError: the file is no manifest.
        """
        with session.opened(manifest=file) as manifest:
            rows = manifest.execute("SELECT path, width, height FROM manifest WHERE width IS NOT NULL").fetchall()
        by_path = {path: (width, height) for path, width, height in rows}
        return cls(by_path, {PurePosixPath(path).stem: size for path, size in by_path.items()})

    def of(self, image: str) -> Size | None:
        """The size of an image, meant by its path or, where the name has no folder, by its stem; None for unknown."""
        if "/" in image:
            return self.by_path.get(image)
        return self.by_stem.get(PurePosixPath(image).stem)
