"""Which bytes make a release an OpenSSF Model Signing (OMS) v1.0 payload, and did this key sign them?

An OMS bundle names every file of the payload folder with its SHA-256 in one in-toto statement inside one Sigstore
bundle. Its own digest binds no names, so ours stand beside it: dirHash in the subject's digest, and the release's
label, manifest root and datasheet in the subject's annotations. Everything streams: neither the statement nor the
bundle is ever held in memory. Refuses every bundle that is not written exactly as we write it.
"""

import base64
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import BinaryIO, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from registry.errors import NotVerifiedError
from registry.proof import canonical, keys, manifest
from registry.proof.envelope import IN_TOTO
from registry.proof.keys import Key
from registry.proof.manifest import PAYLOAD, Row

PREDICATE_TYPE = "https://model_signing/signature/v1.0"
MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
MAX_TAIL_BYTES = 2048
BASE64_BLOCK = 3 * 4 * 8192  # a multiple of both, so that blocks encode and decode on their own

_OPENING = b'{"dsseEnvelope":{"payload":"'
_CLOSING_OPENING = b'","payloadType":"'
_HINT = re.compile(rb'"hint":"([0-9a-f]{64})"')
_STATEMENT_OPENING = b'{"_type":"https://in-toto.io/Statement/v1","predicate":{"resources":['


class Facts(NamedTuple):
    """What the subject says beside the digest that OMS defines; digests are `sha256:<hex>`."""

    release: str
    manifest_root: str
    datasheet: str
    dir_hash: str


def statement(rows: Iterable[Row], facts: Facts) -> Iterator[bytes]:
    """The canonical JSON of the statement over the released images, in pieces."""
    names_free = sha256()  # OMS's own digest: over the files' digests alone
    separator = _STATEMENT_OPENING
    for batch in manifest.batches(row for row in rows if row.output_sha256):
        names_free.update(bytes.fromhex("".join([row.output_sha256 or "" for row in batch])))
        items = ",".join(
            [f'{{"algorithm":"sha256","digest":"{row.output_sha256}","name":{_quoted(row.path)}}}' for row in batch]
        )
        yield separator + items.encode()
        separator = b","
    yield _statement_closing(names_free.hexdigest(), facts)


def signed_digest(length: int, payload: Iterable[bytes]) -> bytes:
    """SHA-256 of the DSSE pre-authentication encoding of a payload of `length` bytes that comes in pieces."""
    hasher = sha256(_pae_opening(length))
    for piece in payload:
        hasher.update(piece)
    return hasher.digest()


def write(out: BinaryIO, payload: Iterable[bytes], key: Key, signature: bytes) -> None:
    """Write the bundle: the statement in base64 between two fixed ends."""
    out.write(_OPENING)
    out.writelines(base64.b64encode(block) for block in _blocks(payload))
    out.write(_closing(key, signature))


def stated_hint(bundle: BinaryIO) -> str:
    """The hint that an untrusted bundle gives for its key; empty where there is none."""
    match = _HINT.search(_tail(bundle))
    return match[1].decode() if match else ""


def check(bundle: BinaryIO, rows: Iterable[Row], facts: Facts, key: Key) -> None:
    """Refuse a bundle that is not this key's signature over exactly these rows and facts.

    Raises:
        NotVerifiedError: it is not, or it is not written as `write` writes it.
    """
    tail = _tail(bundle)
    text, separator, rest = tail.rpartition(_CLOSING_OPENING)
    closing = separator + rest
    signature = _signature(closing, key)
    encoded = bundle.seek(0, 2) - len(_OPENING) - len(closing)
    bundle.seek(0)
    if bundle.read(len(_OPENING)) != _OPENING:
        raise NotVerifiedError("The OMS bundle is not in its canonical form.")
    length = encoded // 4 * 3 - (len(text) - len(text.rstrip(b"=")))
    hasher = sha256(_pae_opening(length))
    for block in _blocks(statement(rows, facts)):
        expected = base64.b64encode(block)
        if bundle.read(len(expected)) != expected:
            raise NotVerifiedError("The OMS bundle names other images than the manifest.")
        hasher.update(block)
    if bundle.read(len(closing) + 1) != closing:
        raise NotVerifiedError("The OMS bundle names more than the manifest.")
    _check_signature(key, signature, hasher.digest())


def hint(key: Key) -> str:
    """How an OMS bundle names its key: hex SHA-256 of the SPKI PEM."""
    return sha256(keys.to_pem(key)).hexdigest()


def _pae_opening(length: int) -> bytes:
    return b"DSSEv1 %d %s %d " % (len(IN_TOTO), IN_TOTO.encode(), length)


def _tail(bundle: BinaryIO) -> bytes:
    length = bundle.seek(0, 2)
    bundle.seek(max(0, length - MAX_TAIL_BYTES))
    return bundle.read()


def _statement_closing(names_free: str, facts: Facts) -> bytes:
    rest = canonical.canonical_bytes(
        {
            "predicateType": PREDICATE_TYPE,
            "subject": [
                {
                    "annotations": {
                        "accession.datasheet": facts.datasheet,
                        "accession.manifestRoot": facts.manifest_root,
                        "accession.release": facts.release,
                    },
                    "digest": {"dirHash": facts.dir_hash.removeprefix("sha256:"), "sha256": names_free},
                    "name": PAYLOAD,
                }
            ],
        }
    )
    return b'],"serialization":{"allow_symlinks":false,"hash_type":"sha256","method":"files"}},' + rest[1:]


def _closing(key: Key, signature: bytes) -> bytes:
    signatures = [{"keyid": "", "sig": base64.b64encode(signature).decode()}]
    envelope: canonical.JsonObject = {"payloadType": IN_TOTO, "signatures": signatures}
    material: canonical.JsonObject = {"publicKey": {"hint": hint(key)}, "tlogEntries": []}
    return b'",%b,%b' % (
        canonical.canonical_bytes(envelope)[1:],
        canonical.canonical_bytes({"mediaType": MEDIA_TYPE, "verificationMaterial": material})[1:],
    )


def _signature(closing: bytes, key: Key) -> bytes:
    """The signature in a bundle's end, which must be exactly as `_closing` writes it."""
    _, _, rest = closing.partition(b'"sig":"')
    text, _, _ = rest.partition(b'"')
    try:
        signature = base64.b64decode(text, validate=True)
    except ValueError as problem:
        raise NotVerifiedError("The OMS bundle's signature is not base64.") from problem
    if _closing(key, signature) != closing:
        raise NotVerifiedError("The OMS bundle is another key's or not in its canonical form.")
    return signature


def _check_signature(key: Key, signature: bytes, digest: bytes) -> None:
    public = serialization.load_pem_public_key(keys.to_pem(key))
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise NotVerifiedError("An OMS bundle is signed with an elliptic curve key.")
    try:
        public.verify(signature, digest, ec.ECDSA(Prehashed(hashes.SHA256())))
    except InvalidSignature as problem:
        raise NotVerifiedError("The OMS bundle's signature is wrong.") from problem


def _quoted(name: str) -> str:
    """A name as a JSON string; manifest paths hold no control characters (RFC 8785 §3.2.2.2)."""
    if '"' in name or "\\" in name:
        name = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{name}"'


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks whose base64 texts join without padding between them."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        whole = len(waiting) - len(waiting) % BASE64_BLOCK
        if whole:
            yield bytes(waiting[:whole])
            del waiting[:whole]
    if waiting:
        yield bytes(waiting)
