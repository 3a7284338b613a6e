"""Did this key sign this file, as `ssh-keygen -Y` sees it? SSHSIG blobs over a SHA-256 digest.

Format: OpenSSH PROTOCOL.sshsig, version 1, with the hash algorithm `sha256`, so that a file's digest is enough to
sign it. Only Ed25519 keys; knows no private key.
"""

import base64
import struct
from collections.abc import Sequence

from registry.errors import InvalidInputError
from registry.proof import keys
from registry.proof.keys import Key

NAMESPACE = "accession-release"
IDENTITY = "accession"
ALGORITHM = "ssh-ed25519"
MAX_ARMOUR_BYTES = 4096

_MAGIC = b"SSHSIG"
_BEGIN = "-----BEGIN SSH SIGNATURE-----"
_END = "-----END SSH SIGNATURE-----"
_LINE_CHARS = 70


def signed_data(sha256_hex: str) -> bytes:
    """What is signed for a file with this digest."""
    return _MAGIC + _strings(NAMESPACE.encode(), b"", b"sha256", bytes.fromhex(sha256_hex))


def armoured(key: Key, signature: bytes) -> bytes:
    """The `.sig` file for an Ed25519 signature over `signed_data`."""
    blob = (
        _MAGIC
        + struct.pack(">I", 1)
        + _strings(_public_blob(key), NAMESPACE.encode(), b"", b"sha256", _strings(ALGORITHM.encode(), signature))
    )
    text = base64.b64encode(blob).decode()
    lines = [text[start : start + _LINE_CHARS] for start in range(0, len(text), _LINE_CHARS)]
    return "\n".join([_BEGIN, *lines, _END, ""]).encode()


def allowed_signers(signers: Sequence[Key]) -> bytes:
    """The file that `ssh-keygen -Y verify -f` reads."""
    lines = [
        f'{IDENTITY} namespaces="{NAMESPACE}" {ALGORITHM} {base64.b64encode(_public_blob(key)).decode()}\n'
        for key in signers
    ]
    return "".join(lines).encode()


def check(armour: bytes, key: Key, sha256_hex: str) -> None:
    """Refuse a `.sig` file that is not exactly this key's signature over a file with this digest.

    Raises:
        InvalidInputError: it is another key's, another file's, or not in the one form that we write.
    """
    signature = _signature(armour)
    if armoured(key, signature) != armour or not keys.verifies(key, signature, signed_data(sha256_hex)):
        raise InvalidInputError("The SSH signature is not this key's signature over SHA256SUMS.")


def _signature(armour: bytes) -> bytes:
    """The last 64 bytes of the blob: an Ed25519 signature, if it is one of ours at all."""
    if len(armour) > MAX_ARMOUR_BYTES:
        raise InvalidInputError(f"The SSH signature is larger than {MAX_ARMOUR_BYTES} bytes.")
    lines = armour.decode("ascii", "replace").split("\n")
    try:
        return base64.b64decode("".join(lines[1:-2]), validate=True)[-64:]
    except ValueError as problem:
        raise InvalidInputError("The SSH signature is not in its armoured form.") from problem


def _public_blob(key: Key) -> bytes:
    return _strings(ALGORITHM.encode(), bytes.fromhex(key.keyval["public"]))


def _strings(*parts: bytes) -> bytes:
    """RFC 4251 §5 strings, one after the other."""
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)
