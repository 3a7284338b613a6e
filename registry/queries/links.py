"""Which checks of a variant's links were there, and how many links have rotted, by host and by class?

Links and the bytes behind them are other people's; what they add up to is for everybody who may see the variant. Hosts,
of which many are a person's own, and the links themselves in the file that a check has left, are for people of the
registry.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from registry.blobs import BlobStore
from registry.catalogue import links, manifests
from registry.catalogue.links import Repeated, Rot
from registry.models.layers import Layer
from registry.models.links import CheckState, LinkCheck, LinkCheckShard
from registry.models.people import Person
from registry.queries import names

SHOWN = 20
CHECKS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check; `rot` is None until it is done, `looked_at` counts the links of the shards that are.

    `source` is `sources/NAME@VERSION`, or None where the links are the import's own.
    """

    id: UUID
    state: CheckState
    source: str | None
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    looked_at: int
    found_sha256: str | None
    counts: dict[str, Any] | None
    rot: Rot | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class LinkReport:
    """How the links of a variant are, by its newest check that is done; without one, only the checks."""

    variant: str
    checks: tuple[CheckLine, ...]
    newest: CheckLine | None
    hosts: tuple[Rot, ...]
    labels: tuple[Rot, ...]
    repeated: tuple[Repeated, ...]


def report(session: Session, blobs: BlobStore, variant_name: str, limit: int = SHOWN) -> LinkReport:
    """The checks of a variant, the newest first, and the worst hosts and classes of the newest that is done.

    Raises:
        NotFoundError: there is no such variant.
    """
    variant = names.variant(session, variant_name)
    checks = _checks(session, variant.id)
    newest = next((check for check in checks if check.found_sha256), None)
    if newest is None or newest.found_sha256 is None:
        return LinkReport(variant_name, checks, None, (), (), ())
    with manifests.opened(blobs, newest.found_sha256) as file:
        hosts, labels = (tuple(links.rot(file, by, limit)) for by in ("host", "label"))
        repeated = tuple(links.repeated(file, limit))
    return LinkReport(variant_name, checks, newest, hosts, labels, repeated)


def has_checks(session: Session, variant_id: UUID) -> bool:
    """Whether anybody has ever asked for the links of a variant."""
    return session.exec(select(LinkCheck.id).where(LinkCheck.variant_id == variant_id).limit(1)).first() is not None


def _checks(session: Session, variant_id: UUID) -> tuple[CheckLine, ...]:
    looked_at = (
        sa.select(sa.func.coalesce(sa.func.sum(col(LinkCheckShard.link_count)), 0))
        .where(col(LinkCheckShard.check_id) == col(LinkCheck.id))
        .scalar_subquery()
    )
    statement = (
        sa.select(LinkCheck, col(Person.handle), Layer, looked_at)
        .join(Person, col(Person.id) == col(LinkCheck.started_by))
        .outerjoin(Layer, col(Layer.id) == col(LinkCheck.layer_id))
        .where(col(LinkCheck.variant_id) == variant_id)
        .order_by(col(LinkCheck.started_at).desc(), col(LinkCheck.id).desc())
        .limit(CHECKS_SHOWN)
    )
    return tuple(_line(*row) for row in session.execute(statement))


def _line(check: LinkCheck, handle: str, layer: Layer | None, looked_at: int) -> CheckLine:
    return CheckLine(
        id=check.id,
        state=check.state,
        source=f"{layer.kind}/{layer.name}@{layer.version}" if layer else None,
        started_by=handle,
        started_at=check.started_at,
        finished_at=check.finished_at,
        looked_at=looked_at,
        found_sha256=check.found_sha256,
        counts=check.counts,
        rot=links.whole(check.counts) if check.counts is not None else None,
        failure=check.failure,
    )
