"""How the trust root of a home is changed: a draft, the signatures of root keys that are here, then those of others.

Shared by `accession keys` and `accession trust`. New keys wait in a folder of their own until a root lists them, so
that nothing is signed with a key that nobody trusts yet; keys that a root lists no more are set aside, never deleted.
"""

from collections.abc import Iterator
from pathlib import Path

import click

from registry import access, clock, settings
from registry.access import Actor, Permission
from registry.errors import NotFoundError, WrongStateError
from registry.home import Home
from registry.proof import roots, sign, trust
from registry.proof.keys import Key
from registry.proof.roots import Change
from registry.proof.sign import Signer
from registry.proof.trust import ROLES, ROOT, Trust
from registry.services import roots as services
from registry.services import transparency
from registry.settings import Settings

ASIDE = "retired"
PENDING = "pending"


def newest(chosen: Settings) -> Trust:
    """The newest trust root of a home."""
    return trust.load(settings.trust_roots(chosen)[-1])


def local_keys(chosen: Settings) -> Iterator[tuple[str, Signer]]:
    """Every key that is here with its role, those included that no root lists yet; others may be kept elsewhere."""
    for role in ROLES:
        for folder in (chosen.keys_folder, chosen.keys_folder / PENDING):
            try:
                found = sign.signers(folder, role, chosen.keys_passphrase, chosen.keys_pin)
            except NotFoundError:
                continue
            yield from ((role, signer) for signer in found)


def expect_no_draft(chosen: Settings) -> None:
    """Refuse to begin another change while one waits for signatures.

    Raises:
        WrongStateError: a draft is there.
    """
    if (file := _draft_file(chosen, newest(chosen).version + 1)).exists():
        raise WrongStateError(f"A draft waits for signatures: sign and publish {file}, or delete it.")


def new_key(home: Home, actor: Actor, role: str, token: Path | None = None) -> Key:
    """A fresh key for a role, which waits until a root lists it; the audit trail says that it was made.

    `token` is a file that names a key in a device, to take that one instead.
    """
    access.require(actor, Permission.KEYS_MANAGE)
    expect_no_draft(home.settings)
    with home.act(actor) as act:
        folder = home.settings.keys_folder / PENDING
        if token is not None:
            key = sign.adopt_key(folder, role, token, home.settings.keys_pin)
        else:
            key = sign.create_key(folder, role, home.settings.keys_passphrase)
        services.note_new_key(act, role, key.keyid)
    return key


def log_size(home: Home, said: int | None) -> int:
    """Up to where the public log shows what a retired key signed in good faith: as said, or all that is in it now."""
    with home.reading() as session:
        return transparency.size(session) if said is None else said


def change(home: Home, actor: Actor, asked: Change, days: int = roots.ROOT_DAYS) -> None:
    """The next trust root, published when the root keys that are here are enough; else its draft, to be passed on."""
    access.require(actor, Permission.KEYS_MANAGE)
    expect_no_draft(home.settings)
    before = newest(home.settings)
    draft = roots.successor(before, asked, clock.utc_now(), days)
    holders = {*before.holders(ROOT), *trust.draft(draft).holders(ROOT)}
    here = [signer for role, signer in local_keys(home.settings) if role == ROOT and signer.key.keyid in holders]
    data = sign.root(draft, here)
    if all(signed.have >= signed.needed for signed in roots.signatures(before, data)):
        publish(home, actor, data)
        return
    file = _draft_file(home.settings, before.version + 1)
    file.write_bytes(data)
    click.echo("\n".join([*progress(before, data), f"Draft to pass on, for `accession trust sign`: {file}"]))


def publish(home: Home, actor: Actor, data: bytes) -> None:
    """The next trust root from its signed draft; its keys sign from now on, and those that it drops no more."""
    chosen = home.settings
    before = newest(chosen)
    with home.act(actor) as act:
        file = services.publish(act, chosen, data)
    after = trust.load(data)
    for role in ROLES:
        for key_id in after.holders(role):
            _move(chosen.keys_folder / PENDING, chosen.keys_folder, role, key_id)
        for key_id in before.holders(role).keys() - after.holders(role).keys():
            _move(chosen.keys_folder, chosen.keys_folder / ASIDE, role, key_id)
    _draft_file(chosen, after.version).unlink(missing_ok=True)
    click.echo(f"Trust root to hand out: {file}")


def progress(before: Trust, draft: bytes) -> list[str]:
    """How many root keys have signed a draft, in sentences."""
    return [
        f"Signed by {signed.have} of the {signed.needed} root keys that root {signed.version} needs."
        for signed in roots.signatures(before, draft)
    ]


def _draft_file(chosen: Settings, version: int) -> Path:
    return chosen.trust_folder / f"{version}.root.draft.json"


def _move(source: Path, target: Path, role: str, key_id: str) -> None:
    for file in sorted(source.glob(f"{role}-{key_id[: sign.KEY_ID_CHARS]}.*")):
        target.mkdir(mode=settings.OWNER_ONLY_FOLDER, exist_ok=True)
        file.rename(target / file.name)
