"""Which variants stand on somebody's release, under which policies, and what came of it?

Whoever is not signed in sees the overlays of which something is published.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from registry.models.overlays import Overlay
from registry.models.people import Person
from registry.models.policies import Policy
from registry.models.releases import Release
from registry.queries import names, releases
from registry.queries.releases import ReleaseLine

DERIVED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class OverlayLine:
    """What an overlay stands on: the base's label and datasheet, and the policies that may decide."""

    variant: str
    base: str
    datasheet: str
    pins: tuple[str, ...]
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Pin:
    """A policy that is pinned; `label` is its `NAME@VERSION`, None where nobody published it here."""

    digest: str
    label: str | None


@dataclass(frozen=True, slots=True)
class OverlayDetail:
    """An overlay with the names of its policies and the newest releases that were derived, newest first."""

    line: OverlayLine
    pins: tuple[Pin, ...]
    derived: tuple[ReleaseLine, ...]


def read(session: Session, variant_name: str) -> OverlayLine | None:
    """What the variant stands on; None where it is no overlay.

    Raises:
        NotFoundError: there is no such variant.
    """
    found = session.get(Overlay, names.variant(session, variant_name).id)
    return None if found is None else _line(session, found)


def list_overlays(session: Session, *, is_insider: bool, base_variant: UUID | None = None) -> list[OverlayDetail]:
    """Every overlay that the reader may know of, the newest first; or those on releases of one variant."""
    statement = select(Overlay).order_by(col(Overlay.made_at).desc(), col(Overlay.variant_id))
    if base_variant is not None:
        statement = statement.join(Release, col(Release.id) == col(Overlay.base_id))
        statement = statement.where(Release.variant_id == base_variant)
    found = [_detail(session, overlay, is_insider=is_insider) for overlay in session.exec(statement)]
    return [detail for detail in found if is_insider or detail.derived]


def _detail(session: Session, found: Overlay, *, is_insider: bool) -> OverlayDetail:
    line = _line(session, found)
    digests = [pin.removeprefix("sha256:") for pin in line.pins]
    published = session.exec(select(Policy).where(col(Policy.sha256).in_(digests)))
    labels = {f"sha256:{policy.sha256}": f"{policy.name}@{policy.version}" for policy in published}
    derived = releases.list_releases(session, line.variant, is_insider=is_insider, limit=DERIVED_SHOWN).items
    return OverlayDetail(line, tuple(Pin(pin, labels.get(pin)) for pin in line.pins), tuple(derived))


def _line(session: Session, found: Overlay) -> OverlayLine:
    return OverlayLine(
        variant=names.variant_name(session, found.variant_id),
        base=names.release_label(session, session.get_one(Release, found.base_id)),
        datasheet=f"sha256:{found.datasheet_sha256}",
        pins=tuple(found.pins),
        made_by=session.get_one(Person, found.made_by).handle,
        made_at=found.made_at,
    )
