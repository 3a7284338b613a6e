"""Known faces: what a release is to take as known, from a layer that was imported and from what people have decided."""

import io
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from registry.acts import Act
from registry.blobs import BlobStore
from registry.catalogue import decided as writing
from registry.catalogue.layers.kinds import Kind
from registry.errors import InvalidInputError
from registry.models.faces import ReleaseFaces
from registry.queries import faces, layers
from registry.queries.layers import LayerLine


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a release takes as known besides decisions.

    Attributes:
        layer: a layer of faces; None for none.
        is_detected: whether a detector looks too.
    """

    layer: LayerLine | None = None
    is_detected: bool = True


NOTHING_KNOWN = Chosen()


def choose(session: Session, variant_name: str, layer: str | None, *, is_detected: bool) -> Chosen:
    """What a release of the variant is to take as known.

    Args:
        session: to read with.
        variant_name: `DATASET/VARIANT`.
        layer: `NAME` or `NAME@VERSION` of a layer of faces; None for none.
        is_detected: whether a detector looks too.

    Raises:
        NotFoundError: the variant has no such layer of faces.
        InvalidInputError: no detector is to look, and nothing is known instead, or not all of what was published.
    """
    if layer is None and not is_detected:
        raise InvalidInputError("Without detection, say which layer of faces is known instead.")
    found = layers.read_layer(session, variant_name, f"{Kind.FACES}/{layer}") if layer is not None else None
    if found is not None and found.refused_count and not is_detected:
        raise InvalidInputError(
            f"Of {found.label}, {found.refused_count:,} boxes or images were refused when it was imported, and their"
            " faces would be released. Plan with detection, or import the layer without refusals."
        )
    return Chosen(found, is_detected)


def begin(act: Act, blobs: BlobStore, release_id: UUID) -> ReleaseFaces:
    """What the build of a release takes as known: fixed when it begins, and the same when it goes on."""
    known = faces.known_of(act.session, release_id)
    if known is None:
        known = ReleaseFaces(release_id=release_id)
        act.session.add(known)
    if known.decisions_sha256 is None:
        lines = io.BytesIO()
        writing.write(faces.obeyed(act.session), lines)
        known.decisions_sha256 = blobs.put(lines.getvalue())
    return known
