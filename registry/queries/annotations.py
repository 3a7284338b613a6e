"""Where are the faces of a release, in the form that ImageNet publishes?

A list of `{"url", "bboxes": [{"x0", "y0", "x1", "y1"}]}`, one for each image that is handed out and shows a face, in
the order of the paths; boxes in pixels as stored. What was blurred is a face; what waits for a person is none yet.
"""

from collections.abc import Iterator

from sqlmodel import Session

from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.entries import FaceZone, ReleaseEntry
from registry.models.releases import Release
from registry.proof import canonical
from registry.proof.manifest import Verdict
from registry.queries import pictures, releases


def lines(session: Session, blobs: BlobStore, label: str) -> Iterator[bytes]:
    """The document, some bytes at a time.

    Raises:
        NotFoundError: there is no such release.
        WrongStateError: it is not built yet.
    """
    release = releases.find(session, label, is_insider=True)
    pictures.expect_built(release)
    return _lines(blobs, release)


def _lines(blobs: BlobStore, release: Release) -> Iterator[bytes]:
    separator = b"["
    with pictures.manifest_of(blobs, release) as file:
        for entry in manifests.iter_release(file):
            annotation = _annotation(entry)
            if annotation is not None:
                yield separator + b"\n" + canonical.canonical_bytes(annotation)
                separator = b","
    yield (b"[]" if separator == b"[" else b"\n]") + b"\n"


def _annotation(entry: ReleaseEntry) -> canonical.JsonObject | None:
    """One image with its faces; None where there is nothing to say."""
    if entry.verdict is Verdict.EXCLUDE:
        return None
    faces = [box.place for box in entry.boxes if box.zone is FaceZone.BLUR]
    boxes = [{"x0": left, "y0": top, "x1": right, "y1": bottom} for left, top, right, bottom in faces]
    return {"url": entry.source.path, "bboxes": boxes} if boxes else None
