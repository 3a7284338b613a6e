"""How does the next trust root come about? Drafts, and whose signatures they still need.

A draft is root metadata that not enough root keys have signed yet. Whoever holds a root key signs it where that key is
(`sign.root`), one after the other; it becomes a root once enough root keys of its own and of the root before have
signed, and not earlier. Knows public keys alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from tuf.api.metadata import Metadata, Role, Root  # type: ignore[attr-defined]  # python-tuf's documented home

from registry.errors import InvalidInputError, NotFoundError
from registry.proof import trust
from registry.proof.keys import Key
from registry.proof.trust import ROLES, ROOT, Purpose, Retired, Trust

ROOT_DAYS = 1095  # how long a root is good for unless someone says otherwise


@dataclass(frozen=True)
class Change:
    """What the next root says otherwise than the one before.

    Attributes:
        added: keys that sign for a role from now on, beside those that do.
        retired: ids of keys that sign no more.
        thresholds: how many keys of a role must sign.
        log_size: how long the public log is now: what retired keys signed and the log has stays good.
    """

    added: Mapping[str, Sequence[Key]] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()
    thresholds: Mapping[str, int] = field(default_factory=dict)
    log_size: int = 0


class Signed(NamedTuple):
    """How many root keys of a root have signed a draft, and how many must."""

    version: int
    have: int
    needed: int


class _Members(NamedTuple):
    """Who signs for a role, and how many of them must."""

    keys: Sequence[Key]
    threshold: int


def first(keys: Mapping[str, Sequence[Key]], now: datetime, days: int = ROOT_DAYS) -> bytes:
    """The draft of root 1 for these keys of every role; one key of each is enough."""
    return _draft(1, now, days, {role: _Members(keys[role], 1) for role in ROLES}, ())


def successor(before: Trust, change: Change, now: datetime, days: int = ROOT_DAYS) -> bytes:
    """The draft of the root after `before`.

    Raises:
        NotFoundError: a key that is to be retired signs nothing, or no key would be left for a role.
        InvalidInputError: a key has two purposes or is of the wrong kind, or more must sign than there are.
    """
    roles = {role: _members(before, role, change) for role in ROLES}
    if strangers := [key_id for key_id in sorted(change.retired) if not before.lists(key_id)]:
        raise NotFoundError(f"The trust root lists no key {strangers[0]}.")
    gone = [
        Retired(key, purpose, change.log_size)
        for purpose in Purpose
        for key_id, key in before.keys(purpose).items()
        if key_id in change.retired
    ]
    return _draft(before.version + 1, now, days, roles, (*before.retired, *gone))


def signatures(before: Trust, draft: bytes) -> tuple[Signed, Signed]:
    """How far a draft is: signatures of root keys of the root before, and of its own."""
    metadata = trust.draft(draft).metadata
    results = [
        root.get_verification_result(ROOT, metadata.signed_bytes, metadata.signatures)
        for root in (before.metadata.signed, metadata.signed)
    ]
    old, new = [len(result.signed) for result in results]
    return (
        Signed(before.version, old, results[0].threshold),
        Signed(metadata.signed.version, new, results[1].threshold),
    )


def _members(before: Trust, role: str, change: Change) -> _Members:
    kept = [key for key_id, key in before.holders(role).items() if key_id not in change.retired]
    listed = {key.keyid: key for key in (*kept, *change.added.get(role, ()))}
    if not listed:
        raise NotFoundError(f"No key for {role} would be left.")
    return _Members(list(listed.values()), change.thresholds.get(role, before.needed(role)))


def _draft(version: int, now: datetime, days: int, roles: Mapping[str, _Members], retired: Iterable[Retired]) -> bytes:
    expires = (now + timedelta(days=days)).replace(microsecond=0)
    root = Root(version=version, expires=expires, consistent_snapshot=False)
    for role, (keys, threshold) in roles.items():
        if not 1 <= threshold <= len(keys):
            raise InvalidInputError(f"{threshold} of {len(keys)} keys cannot sign for {role}.")
        root.keys.update({key.keyid: key for key in keys})
    # TUF's own roles are for software updates; the root keys hold them, so that nobody else can.
    holders, needed = roles[ROOT]
    root.roles = {name: Role([key.keyid for key in holders], needed) for name in root.roles}
    root.unrecognized_fields[trust.PURPOSES] = {
        purpose.value: {"keyids": [key.keyid for key in roles[purpose].keys], "threshold": roles[purpose].threshold}
        for purpose in Purpose
    }
    root.keys.update({each.key.keyid: each.key for each in retired})
    root.unrecognized_fields[trust.RETIRED] = {
        each.key.keyid: {"purpose": each.purpose.value, "log_size": each.log_size} for each in retired
    }
    data = Metadata(root).to_bytes()
    trust.draft(data)
    return data
