"""What has been withdrawn? The signed revocations, for everybody; never the case that led to one."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from registry.blobs import BlobStore
from registry.errors import InvalidInputError, NotFoundError
from registry.models.takedowns import Revocation
from registry.queries import paging
from registry.queries.paging import Page


@dataclass(frozen=True, slots=True)
class RevocationLine:
    """A revocation in the list; `envelope_sha256` is of its signed DSSE envelope."""

    number: int
    issued_at: datetime
    image_count: int
    envelope_sha256: str


def list_revocations(session: Session, *, after: str | None = None, limit: int = 50) -> Page[RevocationLine]:
    """The revocations, newest first; numbers have no gap, so a missing one shows.

    Raises:
        InvalidInputError: the cursor is no number.
    """
    statement = select(Revocation).order_by(col(Revocation.number).desc())
    if after is not None:
        if not (after.isascii() and after.isdigit() and len(after) <= paging.NUMBER_DIGITS):
            raise InvalidInputError("The page cursor is not one that this list has given.")
        statement = statement.where(col(Revocation.number) < int(after))
    found = session.exec(statement.limit(paging.bounded(limit) + 1)).all()
    return paging.cut([_line(revocation) for revocation in found], limit, lambda line: str(line.number))


def read_envelope(session: Session, blobs: BlobStore, number: int) -> bytes:
    """The signed envelope of a revocation, byte for byte.

    Raises:
        NotFoundError: there is none with this number.
        NotVerifiedError: the stored bytes are no longer those that were signed.
    """
    found = session.exec(select(Revocation).where(Revocation.number == number)).first()
    if found is None:
        raise NotFoundError(f"There is no revocation {number}.")
    return blobs.read(found.envelope_sha256)


def _line(revocation: Revocation) -> RevocationLine:
    return RevocationLine(revocation.number, revocation.issued_at, revocation.image_count, revocation.envelope_sha256)
