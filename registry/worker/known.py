"""What is known about the faces of each image of a build, from decisions and from a layer, put for the pipeline.

What people decided about an image in this registry comes before what a published layer says of the same face.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from pathlib import PurePosixPath

from blurring.boxes import Box
from blurring.known import Known, is_among
from registry.blobs import BlobStore
from registry.catalogue import decided, manifests
from registry.catalogue.decided import NOTHING, Decided, Place
from registry.catalogue.entries import SourceEntry
from registry.catalogue.layers import content
from registry.models.faces import ReleaseFaces
from registry.models.layers import Layer

Corners = Sequence[float]


@dataclass(frozen=True, slots=True)
class KnownFaces:
    """What a build takes as known.

    Attributes:
        decided: by the SHA-256 of images.
        published: by the path of images, or by the stem of their file where the layer says no more.
        is_detected: whether a detector looks too.
    """

    decided: Mapping[str, Decided]
    published: Mapping[str, tuple[Place, ...]]
    is_detected: bool

    def of(self, entry: SourceEntry) -> Known:
        """What is known about one image."""
        said = self.decided.get(entry.sha256 or "", NOTHING)
        faces, left, hidden = _boxes(said.faces), _boxes(said.left), _boxes(said.hidden)
        places = self.published.get(entry.path) or self.published.get(PurePosixPath(entry.path).stem, ())
        width, height = entry.width or 0, entry.height or 0
        clipped = ((box, box.clipped(width, height)) for box in _boxes(places))
        # What has no part in the picture stays as it is, for the pipeline to ask about.
        published = tuple(part if part.area_px else box for box, part in clipped if not is_among(part, (*faces, *left)))
        return Known((*faces, *published), left, hidden, self.is_detected)


def opened(blobs: BlobStore, chosen: ReleaseFaces, layer: Layer | None) -> KnownFaces:
    """What a build takes as known, read from the blob store."""
    said = {}
    if chosen.decisions_sha256 is not None:
        with blobs.open(chosen.decisions_sha256) as lines:
            said = decided.read(lines)
    return KnownFaces(said, {} if layer is None else _published(blobs, layer), chosen.is_detected)


def _published(blobs: BlobStore, layer: Layer) -> dict[str, tuple[Place, ...]]:
    with manifests.opened(blobs, layer.sha256) as file:
        return {_key(image): tuple(map(_place, corners)) for image, corners in content.rows_of(file)}


def _key(image: str) -> str:
    """As `registry.catalogue.layers.coverage` has it: a path where it has a folder, else the stem of the file."""
    return image if "/" in image else PurePosixPath(image).stem


def _place(corners: Corners) -> Place:
    """Whole pixels, rounded outwards so that nothing of the face is lost."""
    left, top, right, bottom = corners
    return floor(left), floor(top), ceil(right), ceil(bottom)


def _boxes(places: Iterable[Place]) -> tuple[Box, ...]:
    return tuple(Box(*place) for place in places)
