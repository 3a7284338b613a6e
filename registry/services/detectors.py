"""Detectors that people bring: weights are kept once, under their digest, with the licence that goes with them."""

import hashlib
import re
from dataclasses import dataclass

from sqlmodel import select

from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.errors import InvalidInputError, NotVerifiedError, WrongStateError
from registry.models.detectors import LICENCE_LENGTH, SuppliedDetector
from registry.queries import names

# The characters of SPDX licence expressions (SPDX 3.0, annex B).
LICENCE = re.compile(rf"[A-Za-z0-9.+():\- ]{{1,{LICENCE_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Weights:
    """A file of weights that was looked into.

    Attributes:
        kind: which network it holds, as recipes call it.
        data: its bytes.
    """

    kind: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Hex digest of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


def add(
    act: Act, blobs: BlobStore, name: str, weights: Weights, licence: str, expected: str | None
) -> SuppliedDetector:
    """The detector with these weights is known; the same weights again are the same detector.

    Args:
        act: by whom, when.
        blobs: where the file is kept.
        name: what to call it here.
        weights: the file.
        licence: SPDX expression under which whoever adds them may use them.
        expected: hex digest that the file must have; None if nobody said.

    Raises:
        ForbiddenError: the actor may not plan releases.
        NotVerifiedError: the file has another digest.
        InvalidInputError: the licence is no expression, or the name is none.
        WrongStateError: the name belongs to other weights.
    """
    require(act.actor, Permission.RELEASE_PLAN)
    if expected is not None and expected.removeprefix("sha256:") != weights.sha256:
        raise NotVerifiedError(f"The file has the digest sha256:{weights.sha256}, not the one that was expected.")
    if not LICENCE.fullmatch(licence):
        raise InvalidInputError("The licence must be an SPDX expression, such as MIT or LicenseRef-own.")
    names.slug(name, "detector")
    known = act.session.exec(select(SuppliedDetector).where(SuppliedDetector.sha256 == weights.sha256)).first()
    if known is not None:
        return known
    if act.session.exec(select(SuppliedDetector).where(SuppliedDetector.name == name)).first() is not None:
        raise WrongStateError(f"There is a detector {name} with other weights.", name=name)
    blobs.put(weights.data)
    added = SuppliedDetector(
        id=ids.new_id(),
        name=name,
        kind=weights.kind,
        sha256=weights.sha256,
        size_bytes=len(weights.data),
        licence=licence,
        added_by=act.actor.person(),
        added_at=act.now,
    )
    act.session.add(added)
    audit.record(act, Event.DETECTOR_ADDED, "detector", name, kind=added.kind, sha256=added.sha256, licence=licence)
    return added
