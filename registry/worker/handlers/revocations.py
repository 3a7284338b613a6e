"""Signs the revocation of a takedown case, once every release obeys it."""

from uuid import UUID

import structlog

from registry.errors import AccessionError
from registry.proof import sign
from registry.proof.trust import Purpose
from registry.services import revocations
from registry.worker.station import Station

log = structlog.get_logger()


def revoke(station: Station, key: str) -> None:
    """The case with the id `key` is revoked and fulfilled, if it can be by now."""
    case_id = UUID(key)
    settings = station.home.settings
    signers = sign.signers(settings.keys_folder, Purpose.REVOCATIONS, settings.keys_passphrase, settings.keys_pin)
    # One act, so that two revocations never get one number; the signature takes a fraction of a millisecond.
    with station.act() as act:
        document = revocations.due(act, station.home.blobs, case_id)
        if document is None:
            return
        envelope_sha256 = station.home.blobs.put(sign.withdrawal(signers, document))
        revocations.record(act, case_id, document, envelope_sha256)


def fail(station: Station, key: str, error: AccessionError) -> None:
    """The case stays upheld; it is looked at again after the next publication."""
    del station
    log.warning("revocation.not-signed", case_id=key, reason=error.sentence)
