"""Known faces: what a release is to take as known, from a layer that was imported and from what people have decided."""

import io
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from registry.acts import Act
from registry.blobs import BlobStore
from registry.catalogue import decided as writing
from registry.catalogue.layers.kinds import Kind
from registry.errors import InvalidInputError
from registry.models.faces import ReleaseFaces
from registry.models.releases import Release, ReleaseState
from registry.queries import faces, layers
from registry.queries.layers import LayerLine

BUILT = (ReleaseState.BUILT, ReleaseState.SIGNING, ReleaseState.SIGNED, ReleaseState.PUBLISHED)


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
    known = _row_of(act, release_id)
    if known.decisions_sha256 is None:
        lines = io.BytesIO()
        writing.write(faces.obeyed(act.session), lines)
        known.decisions_sha256 = blobs.put(lines.getvalue())
        known.earlier_id = None if known.is_afresh else _earlier(act.session, release_id)
    return known


def look_afresh(act: Act, release_id: UUID) -> None:
    """The build of a release takes nothing over, neither from an earlier release nor from when it was interrupted."""
    known = _row_of(act, release_id)
    known.is_afresh, known.earlier_id, known.decisions_sha256 = True, None, None


def _row_of(act: Act, release_id: UUID) -> ReleaseFaces:
    known = faces.known_of(act.session, release_id)
    if known is None:
        known = ReleaseFaces(release_id=release_id)
        act.session.add(known)
    return known


def _earlier(session: Session, release_id: UUID) -> UUID | None:
    """The newest release of the same variant that was built by the same recipe; None for none.

    One that was given up is not asked: perhaps it was because of what it saw.
    """
    release = session.get_one(Release, release_id)
    wanted = (
        col(Release.variant_id) == release.variant_id,
        col(Release.recipe_sha256) == release.recipe_sha256,
        col(Release.state).in_(BUILT),
        col(Release.id) != release_id,
    )
    newest = select(Release.id).where(*wanted).order_by(col(Release.built_at).desc(), col(Release.id).desc())
    return session.exec(newest).first()
