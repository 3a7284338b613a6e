"""Which detectors did people bring, and under which licences?"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from registry.errors import NotFoundError
from registry.models.detectors import SuppliedDetector
from registry.models.people import Person


@dataclass(frozen=True, slots=True)
class DetectorLine:
    """A detector that somebody added."""

    name: str
    kind: str
    digest: str
    size_bytes: int
    licence: str
    added_by: str
    added_at: datetime


def list_detectors(session: Session) -> tuple[DetectorLine, ...]:
    """Every one, by name."""
    found = session.exec(
        select(SuppliedDetector, Person.handle)
        .join(Person, col(Person.id) == SuppliedDetector.added_by)
        .order_by(col(SuppliedDetector.name))
    )
    return tuple(
        DetectorLine(one.name, one.kind, f"sha256:{one.sha256}", one.size_bytes, one.licence, handle, one.added_at)
        for one, handle in found
    )


def show_detector(session: Session, name: str) -> DetectorLine:
    """The one with this name or digest.

    Raises:
        NotFoundError: there is none.
    """
    for line in list_detectors(session):
        if name in (line.name, line.digest, line.digest.removeprefix("sha256:")):
            return line
    raise NotFoundError(f"There is no detector {name}; `accession detectors list` names them.", name=name)
