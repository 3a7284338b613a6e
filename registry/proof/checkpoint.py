"""How large is the log, with which root, and who says so? C2SP tlog-checkpoint and tlog-cosignature (Ed25519).

A checkpoint is a signed note of three lines. A cosignature is a witness's word that it saw no smaller and no other
tree of this log before. Refuses extension lines: nobody can audit them.
"""

import base64
import binascii
import re
import struct
from datetime import UTC, datetime
from typing import NamedTuple

from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import note
from registry.proof.inclusion import MAX_SIZE
from registry.proof.merkle import HASH_BYTES
from registry.proof.note import Note, NoteKey, Signature

_SIZE = re.compile(r"(?:0|[1-9][0-9]{0,18})\Z", re.ASCII).match
_COSIGNATURE = struct.Struct(">Q64s")


class Checkpoint(NamedTuple):
    """A log's tree head: the log's origin, how many leaves, and their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def parse_text(text: str) -> Checkpoint:
    """The tree head in a note's text.

    Raises:
        InvalidInputError: it is not exactly three lines in canonical form.
    """
    origin, _, rest = text.partition("\n")
    size, _, root = rest.partition("\n")
    if not origin or not _SIZE(size) or int(size) > MAX_SIZE:
        raise InvalidInputError("The checkpoint has no origin, or a size that is no number.")
    try:
        found = Checkpoint(origin, int(size), base64.b64decode(root.rstrip("\n"), validate=True))
    except (binascii.Error, ValueError) as problem:
        raise InvalidInputError("The checkpoint's root is not base64.") from problem
    if len(found.root) != HASH_BYTES or found.text() != text:
        raise InvalidInputError("The checkpoint is not in its canonical form, or has more than three lines.")
    return found


def cosigned_message(text: str, seconds: int) -> bytes:
    """What a witness signs: the checkpoint's text at a POSIX time."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosignature(key: NoteKey, seconds: int, signature: bytes) -> Signature:
    """The note signature of a witness that signed `cosigned_message` at this time."""
    return Signature(key.name, key.key_id, _COSIGNATURE.pack(seconds, signature))


def cosigned_at(signed: Note, key: NoteKey) -> datetime:
    """When this witness cosigned the checkpoint; the latest time, if more than once.

    Raises:
        NotVerifiedError: it did not, or a cosignature of its is wrong.
    """
    times = []
    for packed in signed.of(key):
        if len(packed) != _COSIGNATURE.size:
            raise NotVerifiedError(f"The cosignature of {key.name} is malformed.")
        seconds, signature = _COSIGNATURE.unpack(packed)
        if seconds > MAX_SIZE or not note.verifies(key.public, signature, cosigned_message(signed.text, seconds)):
            raise NotVerifiedError(f"The cosignature of {key.name} is wrong.")
        times.append(seconds)
    if not times:
        raise NotVerifiedError(f"The witness {key.name} did not cosign this checkpoint.")
    try:
        return datetime.fromtimestamp(max(times), UTC)
    except (OverflowError, ValueError, OSError) as problem:
        raise NotVerifiedError(f"The cosignature of {key.name} is from no time that there is.") from problem
