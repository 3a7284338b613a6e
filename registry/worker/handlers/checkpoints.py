"""Signs tree heads of the public log: tiles first, then the checkpoint that needs them, then the record of it.

Done again after any interruption it comes to the same end. It signs nothing that would contradict what was published:
a database that was put back from an old backup is noticed, and the log stays as it is until somebody has looked.
"""

import structlog

from registry.errors import AccessionError, WrongStateError
from registry.models.transparency import LogCheckpoint
from registry.proof import checkpoint, merkle, note, sign
from registry.proof.checkpoint import Checkpoint
from registry.proof.logfiles import LogFolder
from registry.proof.trust import Purpose
from registry.queries import transparency as queries
from registry.services import transparency
from registry.settings import trust_roots
from registry.worker import witnesses
from registry.worker.station import Station

log = structlog.get_logger()


def sign_checkpoint(station: Station, key: str) -> None:
    """A signed checkpoint over every leaf is published; what is appended meanwhile is covered too."""
    del key
    with station.act() as act:
        transparency.publish_roots(act, trust_roots(station.home.settings))
        act.promises.clear()  # this is the job that keeps them
    while _extend(station):
        log.info("log.checkpoint-published")


def fail(station: Station, key: str, error: AccessionError) -> None:
    """The leaves wait as before; it is tried again when the worker next looks for promises."""
    del station
    log.warning("log.checkpoint-not-signed", key=key, reason=error.sentence)


def _extend(station: Station) -> bool:
    """Whether there was something to sign."""
    home, settings = station.home, station.home.settings
    folder = LogFolder(settings.log_folder)
    with home.reading() as session:
        size, recorded = transparency.size(session), queries.newest_checkpoint(session)
        published = _published(folder, settings.log_origin)
        known = [_head(settings.log_origin, recorded), *([published] if published else [])]
        root = folder.grow(known, size, lambda start, end: transparency.entries(session, start, end))
    if recorded is not None and recorded.size == size:
        if folder.checkpoint() != recorded.note:
            folder.publish(recorded.note)
        return False
    head = Checkpoint(settings.log_origin, size, root)
    signers = sign.signers(settings.keys_folder, Purpose.CHECKPOINTS, settings.keys_passphrase, settings.keys_pin)
    old_size = recorded.size if recorded else 0
    signed = witnesses.collect(settings, sign.checkpoint(signers, head), folder.tree(size), old_size)
    folder.publish(signed)
    with station.act() as act:
        transparency.record_checkpoint(act, head, signed)
    return True


def _published(folder: LogFolder, origin: str) -> Checkpoint | None:
    """The tree head that everybody sees."""
    data = folder.checkpoint()
    if data is None:
        return None
    head = checkpoint.parse_text(note.parse(data).text)
    if head.origin != origin:
        raise WrongStateError(f"The log's folder holds the log {head.origin}, and this registry's is {origin}.")
    return head


def _head(origin: str, recorded: LogCheckpoint | None) -> Checkpoint:
    """The tree head that the record remembers; that of nothing before the first."""
    if recorded is None:
        return Checkpoint(origin, 0, merkle.EMPTY_ROOT)
    return Checkpoint(origin, recorded.size, bytes.fromhex(recorded.root_sha256))
