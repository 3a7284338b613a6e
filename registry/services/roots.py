"""What happened to the keys and the trust root of this registry? Publishes the next root; knows public keys alone.

A root is published once enough root keys have signed it, and never changes again: whoever trusts the one before is led
to it. Refuses a root that does not follow directly from the newest one.
"""

import os
from pathlib import Path

from registry import settings
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event, record
from registry.proof import trust
from registry.proof.trust import ROLES, ROOT, Trust
from registry.services import transparency
from registry.settings import Settings


def note_new_key(act: Act, role: str, key_id: str) -> None:
    """The audit trail says that this key was made.

    Raises:
        ForbiddenError: the actor may not manage keys.
    """
    require(act.actor, Permission.KEYS_MANAGE)
    record(act, Event.KEY_MADE, "key", key_id, role=role)


def publish(act: Act, chosen: Settings, data: bytes) -> Path:
    """Make this the newest trust root, of which the public log gets a leaf; returns its file.

    Raises:
        ForbiddenError: the actor may not manage keys.
        InvalidInputError: it is no trust root.
        NotVerifiedError: it does not follow from the newest one, lacks signatures, or has expired.
    """
    require(act.actor, Permission.KEYS_MANAGE)
    before = trust.load(settings.trust_roots(chosen)[-1])
    after = trust.follow(before, data)
    after.check_time(act.now)
    for role in ROLES:
        old, new = set(before.holders(role)), set(after.holders(role))
        for event, key_ids in ((Event.KEY_RETIRED, old - new), (Event.KEY_TRUSTED, new - old)):
            for key_id in sorted(key_ids):
                record(act, event, "key", key_id, role=role, root=after.version)
    record(act, Event.ROOT_PUBLISHED, "root", after.version, signed_by=_signers(before, after))
    transparency.publish_roots(act, [*settings.trust_roots(chosen), data])
    return _written(chosen.trust_folder / f"{after.version}.root.json", data)


def _signers(before: Trust, after: Trust) -> list[str]:
    return sorted(set(after.metadata.signatures) & {*before.holders(ROOT), *after.holders(ROOT)})


def _written(file: Path, data: bytes) -> Path:
    """The file in its place at once, so that a crash leaves all of it or nothing."""
    fresh = file.with_name(f"{file.name}.new")
    with fresh.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    return fresh.rename(file)
