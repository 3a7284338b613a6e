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


class _Pieces:
    """The canonical JSON of the statement, piece by piece, as rows come by."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._names_free = sha256()  # OMS's own digest: over the files' digests alone
        self._separator = _STATEMENT_OPENING

    def of(self, rows: list[Row]) -> bytes:
        """The piece for these rows; empty when none of them was released."""
        released = [row for row in rows if row.output_sha256]
        if not released:
            return b""
        self._names_free.update(bytes.fromhex("".join([row.output_sha256 or "" for row in released])))
        items = [
            f'{{"algorithm":"sha256","digest":"{row.output_sha256}","name":{_quoted(row.path)}}}' for row in released
        ]
        piece = self._separator + ",".join(items).encode()
        self._separator = b","
        return piece

    def last(self) -> bytes:
        """The piece after all rows."""
        return _statement_closing(self._names_free.hexdigest(), self._facts)


def statement(rows: Iterable[Row], facts: Facts) -> Iterator[bytes]:
    """The canonical JSON of the statement over the released images, in pieces. There must be one at least."""
    pieces = _Pieces(facts)
    for batch in manifest.batches(rows):
        yield pieces.of(batch)
    yield pieces.last()


def signed_digest(length: int, payload: Iterable[bytes]) -> bytes:
    """SHA-256 of the DSSE pre-authentication encoding of a payload of `length` bytes that comes in pieces."""
    hasher = sha256(_pae_opening(length))
    for piece in payload:
        hasher.update(piece)
    return hasher.digest()


def write(out: BinaryIO, payload: Iterable[bytes], key: Key, signature: bytes) -> None:
    """Write the bundle: the statement in base64 between two fixed ends."""
    out.write(_OPENING)
    blocks = _Blocks()
    for piece in payload:
        out.writelines(map(base64.b64encode, blocks.whole(piece)))
    out.write(base64.b64encode(blocks.rest()))
    out.write(_closing(key, signature))


def stated_hint(bundle: BinaryIO) -> str:
    """The hint that an untrusted bundle gives for its key; empty where there is none."""
    match = _HINT.search(_tail(bundle))
    return match[1].decode() if match else ""


class Check:
    """Compares an untrusted bundle with rows as they come by, and with this key's signature at the end.

    A difference is remembered and told by `finish`, so that whoever reads the rows for other reasons is not stopped.
    """

    def __init__(self, bundle: BinaryIO, facts: Facts, key: Key) -> None:
        self._bundle, self._key = bundle, key
        self._pieces, self._blocks = _Pieces(facts), _Blocks()
        self._is_same = True
        text, separator, rest = _tail(bundle).rpartition(_CLOSING_OPENING)
        self._closing = separator + rest
        encoded = bundle.seek(0, 2) - len(_OPENING) - len(self._closing)
        length = encoded // 4 * 3 - (len(text) - len(text.rstrip(b"=")))
        self._hasher = sha256(_pae_opening(max(0, length)))
        bundle.seek(0)
        self._compare(_OPENING)

    def add(self, rows: list[Row]) -> None:
        """Compare the part of the statement that stands for these rows."""
        for block in self._blocks.whole(self._pieces.of(rows)):
            self._compare_block(block)

    def finish(self) -> None:
        """Compare the rest, and check the signature.

        Raises:
            NotVerifiedError: the bundle is not this key's signature over exactly these rows, or written differently.
        """
        for block in (*self._blocks.whole(self._pieces.last()), self._blocks.rest()):
            self._compare_block(block)
        self._compare(self._closing)
        if not self._is_same or self._bundle.read(1):
            raise NotVerifiedError("The OMS bundle names other images than the manifest, or names them differently.")
        _check_signature(self._key, _signature(self._closing, self._key), self._hasher.digest())

    def _compare_block(self, block: bytes) -> None:
        self._hasher.update(block)
        self._compare(base64.b64encode(block))

    def _compare(self, expected: bytes) -> None:
        self._is_same = self._is_same and self._bundle.read(len(expected)) == expected


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


class _Blocks:
    """Cuts pieces into blocks whose base64 texts join without padding between them."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def whole(self, piece: bytes) -> list[bytes]:
        """The blocks that are complete with this piece."""
        waiting = self._waiting
        waiting += piece
        ends = range(BASE64_BLOCK, len(waiting) + 1, BASE64_BLOCK)
        blocks = [bytes(waiting[end - BASE64_BLOCK : end]) for end in ends]
        del waiting[: len(blocks) * BASE64_BLOCK]
        return blocks

    def rest(self) -> bytes:
        """What is left after the last piece; may be empty."""
        return bytes(self._waiting)
