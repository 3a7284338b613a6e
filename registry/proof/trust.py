"""Whose signature counts, for which purpose, at which time?

Trust is TUF root metadata (TUF specification 1.0 §4.3, read with python-tuf): keys, thresholds, an expiry, and a
successor that both the old and the new root keys must sign. TUF's own four roles belong to software updates, so
each purpose of ours is a role of its own in the signed member `x-accession-purposes`. Refuses an expired root, an
empty list of keys, and one key for two purposes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from securesystemslib.exceptions import StorageError
from tuf.api.exceptions import DownloadError, RepositoryError
from tuf.api.metadata import Metadata, Role, Root  # type: ignore[attr-defined]  # python-tuf's documented home
from tuf.api.serialization import DeserializationError

from registry import clock
from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import canonical, keys
from registry.proof.keys import Key

PURPOSES = "x-accession-purposes"
RETIRED = "x-accession-retired"
MAX_ROOT_BYTES = 512 * 1024


class Purpose(StrEnum):
    """What a key may sign besides root metadata."""

    DATASHEETS = "datasheets"
    CHECKPOINTS = "checkpoints"
    REVOCATIONS = "revocations"
    MODELS = "models"  # OpenSSF Model Signing bundles, which need P-256


ROOT: str = Root.type
ROLES = (ROOT, *(purpose.value for purpose in Purpose))
"""The root itself, and every purpose."""


class Retired(NamedTuple):
    """A key that signs no more. What stands in the log below `log_size` was signed before, and stays good."""

    key: Key
    purpose: Purpose
    log_size: int


@dataclass(frozen=True)
class Trust:
    """Root metadata whose own signatures were checked."""

    metadata: Metadata[Root]
    roles: Mapping[Purpose, Role]
    retired: tuple[Retired, ...] = ()

    @property
    def version(self) -> int:
        """The number of the root, from 1."""
        return self.metadata.signed.version

    @property
    def expires_at(self) -> datetime:
        """The first instant at which the root is no longer good."""
        return self.metadata.signed.expires

    def check_time(self, at: datetime) -> None:
        """Refuse a root that has expired at this time.

        Raises:
            NotVerifiedError: it has.
        """
        if self.metadata.signed.is_expired(at):
            raise NotVerifiedError(
                f"The trust root, version {self.version}, expired at {clock.rfc3339(self.expires_at)}."
            )

    def keys(self, purpose: Purpose) -> dict[str, Key]:
        """The keys for a purpose, by id; never empty."""
        return {key_id: self.metadata.signed.keys[key_id] for key_id in self.roles[purpose].keyids}

    def keys_of(self, purpose: Purpose, log_index: int | None) -> dict[str, Key]:
        """The keys for a purpose, and those retired ones that were still good for what stands in the log there."""
        before = {
            retired.key.keyid: retired.key
            for retired in self.retired
            if retired.purpose is purpose and log_index is not None and log_index < retired.log_size
        }
        return before | self.keys(purpose)

    def holders(self, role: str) -> dict[str, Key]:
        """The keys of a purpose or, by the name `root`, those of the root itself, by id; never empty."""
        if role != ROOT:
            return self.keys(Purpose(role))
        return {key_id: self.metadata.signed.keys[key_id] for key_id in self.metadata.signed.roles[ROOT].keyids}

    def needed(self, role: str) -> int:
        """How many of the `holders` must sign."""
        return self.metadata.signed.roles[ROOT].threshold if role == ROOT else self.threshold(Purpose(role))

    def lists(self, key_id: str) -> bool:
        """Whether a key signs for any purpose, or for the root itself."""
        return any(key_id in self.holders(role) for role in ROLES)

    def threshold(self, purpose: Purpose) -> int:
        """How many different keys must sign for this purpose."""
        return self.roles[purpose].threshold


def load(data: bytes) -> Trust:
    """The trust in untrusted root metadata, signed by enough of its own root keys.

    This alone makes nobody trustworthy: whoever calls it must have the bytes from somewhere they trust.

    Raises:
        InvalidInputError: it is not root metadata with our purposes.
        NotVerifiedError: it is not signed by its own root keys.
    """
    metadata = _metadata(data)
    _check_signed(metadata.signed, metadata)
    return _trust(metadata)


def draft(data: bytes) -> Trust:
    """What untrusted root metadata would say if enough root keys had signed it; nobody may rely on it.

    Raises:
        InvalidInputError: as `load`.
    """
    return _trust(_metadata(data))


def follow(trust: Trust, data: bytes) -> Trust:
    """The trust in the next root, which both roots' keys must have signed (TUF specification §5.3.4).

    Raises:
        InvalidInputError, NotVerifiedError: as `load`, or it is not the direct successor, or the old keys did not sign.
    """
    metadata = _metadata(data)
    if metadata.signed.version != trust.version + 1:
        raise NotVerifiedError(f"Root {metadata.signed.version} does not come directly after root {trust.version}.")
    _check_signed(trust.metadata.signed, metadata)
    _check_signed(metadata.signed, metadata)
    return _trust(metadata)


def _metadata(data: bytes) -> Metadata[Root]:
    canonical.parse_object(data, max_bytes=MAX_ROOT_BYTES)  # duplicate keys and depth, which python-tuf accepts
    try:
        metadata: Metadata[Root] = Metadata[Root].from_bytes(data)
    except (DeserializationError, StorageError) as problem:
        raise InvalidInputError("This is no TUF root metadata.") from problem
    if metadata.signed.type != Root.type:
        raise InvalidInputError(f"This is TUF metadata of type {metadata.signed.type}, not a root.")
    return metadata


def _check_signed(by: Root, metadata: Metadata[Root]) -> None:
    try:
        by.verify_delegate(Root.type, metadata.signed_bytes, metadata.signatures)
    except (RepositoryError, DownloadError, ValueError) as problem:
        raise NotVerifiedError(
            f"Root {metadata.signed.version} is not signed by enough root keys of root {by.version}."
        ) from problem


def _trust(metadata: Metadata[Root]) -> Trust:
    roles = _roles(metadata.signed)
    retired = _retired(metadata.signed)
    if any(each.key.keyid in role.keyids for each in retired for role in roles.values()):
        raise InvalidInputError("The root gives a retired key a purpose.")
    return Trust(metadata, roles, retired)


def _roles(root: Root) -> dict[Purpose, Role]:
    """The role of each purpose; every purpose needs keys of its own."""
    stated = root.unrecognized_fields.get(PURPOSES)
    if not isinstance(stated, dict) or set(stated) != set(Purpose):
        raise InvalidInputError(f"The root does not name a role for each of {', '.join(Purpose)}.")
    roles = {Purpose(name): _role(root, name, role) for name, role in stated.items()}
    ids = [key_id for role in roles.values() for key_id in role.keyids] + root.roles[Root.type].keyids
    if len(set(ids)) != len(ids):
        raise InvalidInputError("The root gives one key two purposes.")
    for purpose, role in roles.items():
        for key_id in role.keyids:
            _check_key(root.keys[key_id], purpose)
    return roles


def _role(root: Root, name: str, stated: object) -> Role:
    match stated:
        case {"keyids": [_, *_] as key_ids, "threshold": int(threshold), **rest} if not rest:
            known = all(isinstance(key_id, str) and key_id in root.keys for key_id in key_ids)
            if known and threshold is not True and 1 <= threshold <= len(key_ids) == len(set(key_ids)):
                return Role(key_ids, threshold)
    raise InvalidInputError(f"The root's role for {name} has no keys, unknown keys or a threshold it cannot meet.")


def _check_key(key: Key, purpose: Purpose) -> None:
    """Refuse a key of the wrong kind for its purpose, and one under an id that is not its own."""
    scheme = keys.P256 if purpose is Purpose.MODELS else keys.ED25519
    try:
        own_id = keys.from_pem(keys.to_pem(key)).keyid
    except (InvalidInputError, KeyError, TypeError, ValueError) as problem:
        raise InvalidInputError(f"The root has a key for {purpose} that is none.") from problem
    if key.scheme != scheme or own_id != key.keyid:
        raise InvalidInputError(f"The root has a key for {purpose} of another kind, or under another key's id.")


def _retired(root: Root) -> tuple[Retired, ...]:
    """The keys that sign no more; the member may be absent."""
    stated = root.unrecognized_fields.get(RETIRED, {})
    if not isinstance(stated, dict):
        raise InvalidInputError("The root's list of retired keys is malformed.")
    found = []
    for key_id, facts in stated.items():
        match facts:
            case {"purpose": str(purpose), "log_size": int(size), **rest} if not rest and purpose in set(Purpose):
                if key_id not in root.keys or size is True or size < 0:
                    raise InvalidInputError("The root retires a key that it does not know, or at no place in the log.")
                _check_key(root.keys[key_id], Purpose(purpose))
                found.append(Retired(root.keys[key_id], Purpose(purpose), size))
            case _:
                raise InvalidInputError("The root's list of retired keys is malformed.")
    return tuple(found)
