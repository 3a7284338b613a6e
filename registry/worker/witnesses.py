"""Who else has seen this tree head? Asks the witnesses that the settings name for their cosignatures.

A witness that does not answer, or answers wrongly, is logged and left out; with fewer than are needed the tree head is
not published. None of them is believed before its cosignature was checked.
"""

import http.client
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from registry import peers
from registry.errors import AccessionError, InvalidInputError, NotVerifiedError, UnavailableError
from registry.proof import checkpoint, inclusion, note, witness
from registry.proof.note import Note, NoteKey, Signature
from registry.proof.tiles import TiledTree
from registry.settings import Settings

MAX_ANSWER_BYTES = 16 * 1024

log = structlog.get_logger()


def collect(settings: Settings, signed: bytes, tree: TiledTree, old_size: int) -> bytes:
    """The signed note of a tree head with the cosignatures of the witnesses.

    Args:
        settings: name the witnesses, and how many of them are needed.
        signed: the tree head with the log's own signature.
        tree: the same tree, to show that it extends what a witness has seen.
        old_size: of the tree head before, which is what witnesses have most likely seen.

    Raises:
        UnavailableError: too few of them cosigned.
    """
    known = [_witness(line) for line in settings.witnesses]
    own = note.parse(signed)

    def asked(one: tuple[NoteKey, str]) -> Sequence[Signature]:
        try:
            return _cosigned(own, *one, tree, old_size)
        except AccessionError as problem:
            log.warning("log.witness-did-not-cosign", witness=one[0].name, reason=problem.sentence)
            return ()

    with ThreadPoolExecutor(max_workers=len(known) or 1) as pool:
        given = [signature for found in pool.map(asked, known) for signature in found]
    if len(given) < settings.witnesses_needed:
        raise UnavailableError(
            f"{len(given)} of the {settings.witnesses_needed} witnesses that are needed cosigned the tree head."
        )
    return Note(own.text, (*own.signatures, *given)).to_bytes()


def _cosigned(own: Note, key: NoteKey, url: str, tree: TiledTree, old_size: int) -> Sequence[Signature]:
    """The cosignature, after the witness was told what it needs; asked twice where it had seen another size."""
    reply = _add(own, url, tree, old_size)
    if reply.status == http.client.CONFLICT and reply.media_type == witness.SIZE_TYPE:
        seen = witness.parse_size(reply.body)
        if seen > tree.size:
            raise NotVerifiedError(f"{key.name} has seen a larger tree of {seen} leaves.")
        reply = _add(own, url, tree, seen)
    if reply.status != http.client.OK:
        raise UnavailableError(f"{key.name} answers with status {reply.status}.")
    answered = note.parse(own.to_bytes() + reply.body)
    checkpoint.cosigned_at(answered, key)
    return [each for each in answered.signatures if (each.name, each.key_id) == (key.name, key.key_id)][:1]


def _add(own: Note, url: str, tree: TiledTree, old_size: int) -> peers.Reply:
    path = inclusion.consistency_path(old_size, tree.size, tree.subtree)
    body = witness.Request(old_size, tuple(path), own).to_bytes()
    return peers.ask(url.rstrip("/") + witness.ADD_CHECKPOINT, body, max_bytes=MAX_ANSWER_BYTES)


def _witness(line: str) -> tuple[NoteKey, str]:
    text, _, url = line.partition(" ")
    key = note.key_from_text(text)
    if key.kind != note.COSIGNATURE:
        raise InvalidInputError(f"The key of the witness {key.name} is none for cosignatures.")
    return key, url.strip()
