"""Who signs, with which private key? The only file that may see one.

Keys lie as PKCS#8 files (0600) in a folder that only their owner can enter (0700), encrypted where a passphrase is
given; a file there may instead name a key in a device. Refuses a key file that others can read, and refuses to
sign a release whose account is not closed or that holds no image.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from securesystemslib.signer import Signature as TufSignature  # type: ignore[attr-defined]  # its documented home

from registry.errors import ForbiddenError, InvalidInputError, NotFoundError, WrongStateError
from registry.proof import (
    bundle,
    envelope,
    instructions,
    keys,
    manifest,
    note,
    oms,
    revocation,
    roots,
    sshsig,
    tokens,
    trust,
)
from registry.proof import checkpoint as heads
from registry.proof.bundle import SignedRelease
from registry.proof.checkpoint import Checkpoint
from registry.proof.datasheet import Datasheet
from registry.proof.envelope import Envelope, Signature
from registry.proof.keys import Key
from registry.proof.manifest import PAYLOAD
from registry.proof.revocation import Revocation
from registry.proof.statement import Statement
from registry.proof.trust import Purpose

KEY_SUFFIX = ".pem"
KEY_ID_CHARS = 16  # how much of a key's id its file is named by

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey


class Signer(Protocol):
    """Something that holds one private key and signs with it."""

    @property
    def key(self) -> Key:
        """The public half."""

    def sign(self, message: bytes) -> bytes:
        """The signature over a message."""

    def sign_digest(self, digest: bytes) -> bytes:
        """The ECDSA signature over a message with this SHA-256; Ed25519 keys refuse."""


class FileSigner:
    """A signer whose key is in this process, read from a file."""

    def __init__(self, private: PrivateKey) -> None:
        self._private = private
        self.key = keys.from_crypto(private.public_key())

    def sign(self, message: bytes) -> bytes:
        """The signature: 64 bytes for Ed25519, DER for ECDSA."""
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(message)
        return self.sign_digest(sha256(message).digest())

    def sign_digest(self, digest: bytes) -> bytes:
        """The ECDSA signature, DER, over a message with this SHA-256.

        Raises:
            InvalidInputError: the key is Ed25519, which signs whole messages only.
        """
        if isinstance(self._private, Ed25519PrivateKey):
            raise InvalidInputError("An Ed25519 key cannot sign a digest.")
        return self._private.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))


@dataclass(frozen=True)
class Inputs:
    """What is signed: a release as digests and documents; no image is needed.

    Attributes:
        datasheet: the facts, which the lines must add up to.
        lines: the file of canonical lines.
        policy, recipe: the documents whose digests the datasheet names.
        parquet: `sha256:<hex>` of the same rows in Parquet, where exports will carry them.
        facts: the same of the facts that each row was decided by, a line each.
    """

    datasheet: Datasheet
    lines: Path
    policy: bytes
    recipe: bytes
    parquet: str | None = None
    facts: str | None = None


def create_keys(folder: Path, passphrase: str | None = None) -> None:
    """Make one fresh key for the root and for each purpose.

    Raises:
        WrongStateError: the folder already holds keys.
    """
    if sorted(folder.glob("*.pem")):
        raise WrongStateError("The keys folder already holds keys.")
    for role in trust.ROLES:
        create_key(folder, role, passphrase)


def create_key(folder: Path, role: str, passphrase: str | None = None) -> Key:
    """Make one fresh key for a role, Ed25519 or, for models, P-256, in a folder for its owner alone.

    Returns:
        The public half.
    """
    private: PrivateKey = (
        ec.generate_private_key(ec.SECP256R1()) if role == Purpose.MODELS else Ed25519PrivateKey.generate()
    )
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    key = keys.from_crypto(private.public_key())
    _put(folder, role, key, KEY_SUFFIX, pem)
    return key


def signers(folder: Path, role: str, passphrase: str | None = None, pin: str | None = None) -> tuple[Signer, ...]:
    """The signers of a role, in the order of their files' names; never none.

    Args:
        folder: with the keys.
        role: what they sign.
        passphrase: of key files.
        pin: of keys in devices; neither opens what the other is for.

    Raises:
        NotFoundError: there is no key for the role.
        ForbiddenError: others can read a key file, or the passphrase or the PIN is wrong or missing.
        UnavailableError: a key is in a device that does not answer.
    """
    files = [path for path in sorted(folder.glob(f"{role}-*")) if path.suffix in (KEY_SUFFIX, tokens.SUFFIX)]
    found = tuple(signer_in(path, passphrase, pin) for path in files)
    if not found:
        raise NotFoundError(f"There is no key for {role} in the keys folder.")
    return found


def signer_in(file: Path, passphrase: str | None = None, pin: str | None = None) -> Signer:
    """The signer of one key file, wherever it lies, or of the key in a device that the file names.

    Raises:
        ForbiddenError: others can read the file, or the passphrase (of a device: the PIN) is wrong or missing.
        NotFoundError, UnavailableError: the device, or the key in it, is not there.
    """
    if file.stat().st_mode & 0o077:
        raise ForbiddenError(f"The key file {file.name} can be read by others; it is not used.")
    if file.suffix == tokens.SUFFIX:
        return _in_device(file.read_text(errors="replace"), pin)
    return FileSigner(_private(file, passphrase))


def adopt_key(folder: Path, role: str, reference: Path, pin: str | None) -> Key:
    """Let a key in a device sign for a role: a copy of the file that names it, in a folder for its owner alone.

    Returns:
        The public half.

    Raises:
        InvalidInputError: the file names no key.
        ForbiddenError, NotFoundError, UnavailableError: as `signer_in`.
    """
    uri = reference.read_text(errors="replace")
    key = _in_device(uri, pin).key
    _put(folder, role, key, tokens.SUFFIX, uri.encode())
    return key


def result(signer: Signer, statement: bytes) -> bytes:
    """The DSSE envelope of an auditor's own in-toto statement."""
    return _enveloped([signer], envelope.IN_TOTO, statement)


def first_root(folder: Path, now: datetime, passphrase: str | None = None, days: int = roots.ROOT_DAYS) -> bytes:
    """Version 1 of the trust root for the keys in a folder, signed by its root keys: one key of each is enough."""
    found = {role: signers(folder, role, passphrase) for role in trust.ROLES}
    public = {role: [signer.key for signer in role_signers] for role, role_signers in found.items()}
    return root(roots.first(public, now, days), found[trust.ROOT])


def root(draft: bytes, root_signers: Sequence[Signer]) -> bytes:
    """The draft of a trust root with the signatures of these root keys added to those that it has.

    Raises:
        InvalidInputError: it is no draft.
    """
    metadata = trust.draft(draft).metadata
    for signer in root_signers:
        signature = signer.sign(metadata.signed_bytes).hex()
        metadata.signatures[signer.key.keyid] = TufSignature(signer.key.keyid, signature)
    return metadata.to_bytes()


def release(datasheet_signers: Sequence[Signer], model_signers: Sequence[Signer], inputs: Inputs) -> SignedRelease:
    """Sign a release, once.

    Args:
        datasheet_signers: Ed25519; the first also signs `SHA256SUMS` for ssh-keygen.
        model_signers: P-256; each makes an OMS bundle of its own.
        inputs: what is signed.

    Raises:
        AccountNotClosedError: the manifest does not add up to what the datasheet says.
        WrongStateError: the release holds no image, or nobody signs.
        InvalidInputError: a document is not the one that the datasheet names.
    """
    datasheet = inputs.datasheet
    if not datasheet_signers:
        raise WrongStateError("A release that nobody signs is no release.")
    with inputs.lines.open("rb") as lines:
        totals = manifest.measure(lines)
    datasheet.check_against(totals)
    if totals.images == 0:
        raise WrongStateError("A release without a single image is not signed.")
    public, model_public = [signer.key for signer in datasheet_signers], [signer.key for signer in model_signers]
    documents = bundle.documents(datasheet, inputs.policy, inputs.recipe, public, model_public)
    files = bundle.signed_files(documents, datasheet, {bundle.PARQUET: inputs.parquet, bundle.FACTS: inputs.facts})
    statement = Statement(datasheet, files, (PAYLOAD, files[bundle.SUMS]))
    documents[bundle.ENVELOPE] = _enveloped(datasheet_signers, envelope.IN_TOTO, statement.to_bytes())
    listed = sshsig.signed_data(totals.sums_sha256.removeprefix("sha256:"))
    documents[bundle.SUMS_SIGNATURE] = sshsig.armoured(public[0], datasheet_signers[0].sign(listed))
    documents.update(_model_signatures(model_signers, inputs))
    return SignedRelease(documents)


def withdrawal(signers: Sequence[Signer], document: Revocation) -> bytes:
    """The DSSE envelope of a revocation, signed by the keys for revocations.

    Raises:
        WrongStateError: nobody signs.
    """
    if not signers:
        raise WrongStateError("A revocation that nobody signs is none.")
    return _enveloped(signers, revocation.PAYLOAD_TYPE, document.to_bytes())


def checkpoint(checkpoint_signers: Sequence[Signer], head: Checkpoint) -> bytes:
    """The signed note of a tree head, signed by the keys for checkpoints under the log's own name.

    Raises:
        WrongStateError: nobody signs.
    """
    if not checkpoint_signers:
        raise WrongStateError("A checkpoint that nobody signs is none.")
    message = head.text().encode()
    signatures = [
        note.Signature(key.name, key.key_id, signer.sign(message))
        for signer in checkpoint_signers
        for key in note.log_keys(head.origin, [signer.key])
    ]
    return note.Note(head.text(), tuple(signatures)).to_bytes()


def cosignature(signer: Signer, name: str, head: Checkpoint, at: datetime) -> note.Signature:
    """The word of the witness with this name that it saw no other tree of this log, at this time."""
    seconds = int(at.timestamp())
    signature = signer.sign(heads.cosigned_message(head.text(), seconds))
    return heads.cosignature(note.witness_key(name, signer.key), seconds, signature)


def _enveloped(by: Sequence[Signer], payload_type: str, payload: bytes) -> bytes:
    message = envelope.pae(payload_type, payload)
    signatures = tuple(Signature(signer.key.keyid, signer.sign(message)) for signer in by)
    return Envelope(payload_type, payload, signatures).to_bytes()


def _model_signatures(model_signers: Sequence[Signer], inputs: Inputs) -> dict[str, bytes]:
    """The OMS signatures. Two passes over the rows: DSSE signs the length before the bytes."""
    if not model_signers:
        return {}
    facts = bundle.model_facts(inputs.datasheet)
    length = sum(map(len, oms.statement(manifest.read_file(inputs.lines), facts)))
    digest = oms.signed_digest(length, oms.statement(manifest.read_file(inputs.lines), facts))
    names = instructions.model_signature_names(len(model_signers))
    return dict(
        bundle.stored_signature(name, signer.key, signer.sign_digest(digest))
        for name, signer in zip(names, model_signers, strict=True)
    )


def _put(folder: Path, role: str, key: Key, suffix: str, data: bytes) -> None:
    """The file of a key, named by its role and id, for its owner alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    file = folder / f"{role}-{key.keyid[:KEY_ID_CHARS]}{suffix}"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(descriptor)


def _in_device(uri: str, pin: str | None) -> tokens.TokenSigner:
    """The signer of the key that the URI names; a device counts wrong PINs, so none is tried that was not given."""
    place = tokens.place(uri)
    if pin is None:
        raise ForbiddenError(f"The key {place.label} is in a device: say its PIN in keys_pin, which no passphrase is.")
    return tokens.TokenSigner(place, pin)


def _private(path: Path, passphrase: str | None) -> PrivateKey:
    try:
        private = serialization.load_pem_private_key(
            path.read_bytes(), None if passphrase is None else passphrase.encode()
        )
    except (TypeError, ValueError) as problem:  # TypeError: a passphrase is missing, or not needed
        raise ForbiddenError(f"The key file {path.name} does not open with this passphrase.") from problem
    if not isinstance(private, Ed25519PrivateKey | EllipticCurvePrivateKey):
        raise InvalidInputError(f"The key file {path.name} holds a kind of key that signs nothing here.")
    return private
