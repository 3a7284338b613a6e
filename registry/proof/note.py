"""Who signed this text? Signed notes (C2SP signed-note, Go's golang.org/x/mod/sumdb/note), byte for byte.

A key is known by a name and a short id; the whole public key always comes from elsewhere. Refuses control characters,
notes without signatures, and a known key's signature that is wrong, even beside a right one.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof.keys import Key

ED25519 = 0x01
COSIGNATURE = 0x04
KEY_BYTES = 32
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100

_NAME = re.compile(r"[^\s+]+\Z").match
_CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f]")
_PREFIX = "\u2014 "


class NoteKey(NamedTuple):
    """A public key that signs notes: its name, what kind of signature it makes, and its 32 bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand for the key on a signature line."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def to_text(self) -> str:
        """The key as `name+id+base64`, as Go's `note.NewVerifier` takes it."""
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


class Signature(NamedTuple):
    """A signature line: who is said to have signed, and what follows the key's id."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """The line, with its newline."""
        return f"{_PREFIX}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


class Note(NamedTuple):
    """A text that ends in a newline, and its signatures in their order."""

    text: str
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """The note as it is stored and served."""
        return (self.text + "\n" + "".join(signature.line() for signature in self.signatures)).encode()

    def of(self, key: NoteKey) -> list[bytes]:
        """What this key is said to have signed with, unchecked."""
        return [each.signature for each in self.signatures if (each.name, each.key_id) == (key.name, key.key_id)]

    def signers(self, known: Sequence[NoteKey]) -> list[NoteKey]:
        """Those of the known Ed25519 keys that signed the text; never none.

        Raises:
            NotVerifiedError: none of them did, or a signature of one is wrong.
        """
        found = []
        for key in known:
            for signature in self.of(key):
                if not verifies(key.public, signature, self.text.encode()):
                    raise NotVerifiedError(f"The signature of {key.name} is wrong.")
                found.append(key)
        if not found:
            raise NotVerifiedError("No known key signed this note.")
        return found


def log_keys(origin: str, keys: Iterable[Key]) -> list[NoteKey]:
    """The keys of a trust root as the keys of the log with this origin, whose name they sign under."""
    return [NoteKey(origin, ED25519, bytes.fromhex(key.keyval["public"])) for key in keys]


def witness_key(name: str, key: Key) -> NoteKey:
    """A key as that of the witness with this name."""
    return NoteKey(name, COSIGNATURE, bytes.fromhex(key.keyval["public"]))


def key_from_text(text: str) -> NoteKey:
    """The key in `name+id+base64`.

    Raises:
        InvalidInputError: it is no such text, or the id is not that of the key.
    """
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    material = _decoded(encoded)
    if not _NAME(name) or len(material) != 1 + KEY_BYTES or material[0] not in (ED25519, COSIGNATURE):
        raise InvalidInputError("This is no key for signed notes.")
    key = NoteKey(name, material[0], material[1:])
    if key.key_id.hex() != key_id:
        raise InvalidInputError("The id of this key is not its own.")
    return key


def parse(data: bytes) -> Note:
    """The note in untrusted bytes; nothing about its signatures is believed yet.

    Raises:
        InvalidInputError: it is no note.
    """
    if len(data) > MAX_NOTE_BYTES or _CONTROL.search(data):
        raise InvalidInputError("The note is too large or holds control characters.")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise InvalidInputError("The note is not UTF-8.") from problem
    text, blank, signed = whole.rpartition("\n\n")
    if not blank or not signed.endswith("\n"):
        raise InvalidInputError("The note has no signatures.")
    lines = signed[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise InvalidInputError(f"The note has more than {MAX_SIGNATURES} signatures.")
    return Note(text + "\n", tuple(map(_signature, lines)))


def verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this Ed25519 key made this signature over this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_PREFIX).partition(" ")
    if not line.startswith(_PREFIX) or not _NAME(name):
        raise InvalidInputError("A signature line of the note is malformed.")
    signed = _decoded(encoded)
    if len(signed) <= len(b"\x00" * 4):
        raise InvalidInputError("A signature line of the note is too short.")
    return Signature(name, signed[:4], signed[4:])


def _decoded(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise InvalidInputError("The note holds text that is not base64.") from problem
    if base64.b64encode(data).decode() != text:
        raise InvalidInputError("The note holds base64 that is not canonical.")
    return data
