"""Looks for the images that a takedown request names, in every variant."""

from uuid import UUID

import structlog

from registry.errors import AccessionError
from registry.queries import images
from registry.services import takedowns
from registry.services.takedowns import Found
from registry.worker.station import Station

log = structlog.get_logger()


def match(station: Station, key: str) -> None:
    """The case with the id `key` has been searched for; it is about what was found."""
    case_id = UUID(key)
    with station.act() as act:
        requester = takedowns.to_be_searched(act, case_id)
    if requester is None:
        return
    with station.home.reading() as session:
        found = images.named(session, station.home.blobs, requester.subject_kind, requester.subject)
    with station.act() as act:
        takedowns.finish_search(act, case_id, [Found(i.sha256, i.variant_id, i.path) for i in found])


def fail(station: Station, key: str, error: AccessionError) -> None:
    """The case waits as before; it is searched for again when the worker next looks for promises."""
    del station
    log.warning("takedown.not-searched", case_id=key, reason=error.sentence)
