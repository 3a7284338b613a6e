"""Which pixels may somebody see? Small coarse pictures are for people of the registry; others are shown when asked for.

Asking for an original, or for a picture as a release hands it out, is an act and leaves an audit event; reading it
again for the same person needs the same permission. Of what is held only the original is shown, to people who decide
about it; what is taken down is shown to nobody. Bytes are hashed before they are handed out.
"""

import errno
import hashlib
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from registry import audit
from registry.access import Actor, Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.catalogue import manifests, places, previews
from registry.catalogue.entries import ReleaseEntry, SourceEntry
from registry.catalogue.places import ChangedError, NoFileError
from registry.errors import ForbiddenError, NotFoundError, UnavailableError, WrongStateError
from registry.models.imports import Import
from registry.models.releases import ReleasePreviews
from registry.queries import names, pictures
from registry.services import planning, verdicts

MAX_PICTURE_BYTES = 64 * 1024 * 1024
NOT_AS_IMPORTED = "The source's bytes are not those that were imported."
OUT_OF_REACH = "The source of this image is not within reach of this machine."


def show(act: Act, blobs: BlobStore, label: str, path: str) -> None:
    """The acting person has asked to see the picture as the release hands it out, and that is on record.

    Raises:
        ForbiddenError, NotFoundError: as `released`.
    """
    require(act.actor, Permission.IMAGE_SEE)
    entry = _released_entry(act.session, blobs, label, path, act.now)
    audit.record(act, Event.IMAGE_SHOWN, "image", f"sha256:{entry.source.sha256}", place=label, path=path)


def released(session: Session, actor: Actor, blobs: BlobStore, label: str, path: str, now: datetime) -> bytes:
    """The bytes that the release hands out for the image with this path; for who has just asked to be shown it.

    Raises:
        ForbiddenError: the actor may not see pictures, or the image is held or taken down by now.
        NotFoundError: the release has no such image, or excludes it.
        UnavailableError, WrongStateError: as `original`, for a kept image.
    """
    require(actor, Permission.IMAGE_SEE)
    entry = _released_entry(session, blobs, label, path, now)
    if entry.output_sha256 is not None and entry.output_sha256 != entry.source.sha256:
        return blobs.read(entry.output_sha256)
    return _read(_import_of(session, label), entry.source)


def preview(session: Session, actor: Actor, blobs: BlobStore, label: str, path: str, now: datetime) -> bytes:
    """The small coarse picture of an image, which is shown before anything else.

    Raises:
        ForbiddenError: the actor may not see pictures, or the image is held or taken down by now.
        NotFoundError: the release has no such image, excludes it, or was built before there were small pictures.
    """
    require(actor, Permission.IMAGE_SEE)
    _released_entry(session, blobs, label, path, now)
    lie = session.get(ReleasePreviews, names.release(session, label).id)
    if lie is None:
        raise NotFoundError("This release was built before there were small pictures.")
    found = previews.find(blobs, lie.index_sha256, path)
    if found is None:
        raise NotFoundError("There is no small picture of this image.")
    return found


def has_previews(session: Session, label: str) -> bool:
    """Whether there are small pictures of a release; not where it was built before there were any."""
    return session.get(ReleasePreviews, names.release(session, label).id) is not None


def is_released(session: Session, blobs: BlobStore, place: str, path: str, now: datetime) -> bool:
    """Whether `released` would hand out bytes: the place is a release that holds the image, and nothing stops it."""
    if not _is_release(place):
        return False
    entry = pictures.read_picture(session, blobs, place, path)
    return entry.output_sha256 is not None and not verdicts.stops(session, now).covers(entry.source.sha256)


def reveal(act: Act, blobs: BlobStore, place: str, path: str) -> None:
    """The acting person has asked to see the original, and that is on record.

    Args:
        act: the act of whoever asks.
        blobs: where manifests are.
        place: a release `DATASET/VARIANT/NUMBER`, or a variant `DATASET/VARIANT` for its newest import.
        path: of the image in the parent manifest.

    Raises:
        ForbiddenError: the actor may not reveal originals, or the image is taken down.
        NotFoundError: there is no such release, variant or image, or the image has no bytes.
    """
    require(act.actor, Permission.IMAGE_REVEAL)
    entry = _shown_entry(act.session, blobs, _import_of(act.session, place), path)
    audit.record(act, Event.IMAGE_REVEALED, "image", f"sha256:{entry.sha256}", place=place, path=path)


def original(session: Session, actor: Actor, blobs: BlobStore, place: str, path: str) -> bytes:
    """The original's bytes, as they were imported; for who has just revealed it.

    Raises:
        ForbiddenError, NotFoundError: as `reveal`.
        UnavailableError: the source is not within reach of this machine.
        WrongStateError: the source's bytes are not those that were imported.
    """
    require(actor, Permission.IMAGE_REVEAL)
    parent = _import_of(session, place)
    return _read(parent, _shown_entry(session, blobs, parent, path))


def _released_entry(session: Session, blobs: BlobStore, label: str, path: str, now: datetime) -> ReleaseEntry:
    """An image that the release hands out, and that nothing stops.

    Raises:
        NotFoundError, ForbiddenError: there is none.
    """
    entry = pictures.read_picture(session, blobs, label, path)
    if entry.output_sha256 is None:
        raise NotFoundError(f"{label} excludes this image: {', '.join(entry.reasons)}.")
    if verdicts.stops(session, now).covers(entry.source.sha256):
        raise ForbiddenError("This image is held or taken down by now; it is not shown.")
    return entry


def _import_of(session: Session, place: str) -> Import:
    if _is_release(place):
        return session.get_one(Import, names.release(session, place).import_id)
    return planning.newest_import(session, names.variant(session, place).id, place)


def _is_release(place: str) -> bool:
    return place.count("/") == names.RELEASE_PARTS - 1


def _shown_entry(session: Session, blobs: BlobStore, parent: Import, path: str) -> SourceEntry:
    with manifests.opened(blobs, planning.manifest_of(parent)) as file:
        found = manifests.find_source(file, path=path)
    if not found or found[0].sha256 is None:
        raise NotFoundError("There is no such image, or it has no bytes that could be shown.")
    if found[0].sha256 in verdicts.taken_down(session):
        raise ForbiddenError("This image is taken down; it is shown to nobody.")
    return found[0]


def _read(parent: Import, entry: SourceEntry) -> bytes:
    """The bytes of an entry, from the source that it was imported from."""
    try:
        with places.place_of(Path(parent.source), entry).opened() as span:
            if span.size != entry.size_bytes:
                raise WrongStateError(NOT_AS_IMPORTED)
            if span.size > MAX_PICTURE_BYTES:
                raise UnavailableError("This picture is too large to be shown here.")
            data = span.at(0, span.size)
    except (ChangedError, NoFileError) as error:
        raise WrongStateError(NOT_AS_IMPORTED) from error
    except OSError as error:
        # What is a link by now is not followed.
        kind = WrongStateError(NOT_AS_IMPORTED) if error.errno == errno.ELOOP else UnavailableError(OUT_OF_REACH)
        raise kind from error
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise WrongStateError(NOT_AS_IMPORTED)
    return data
