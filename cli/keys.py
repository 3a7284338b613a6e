"""`accession keys`: which keys sign here, and how is one replaced? For whoever runs the signer.

Private keys stay in the keys folder; nothing here prints or logs one. Every change asks for the next version of the
trust root, and leaves an event in the audit trail.
"""

from pathlib import Path

import click

from cli import ceremony, keyfiles, output
from cli.door import Door, pass_door
from registry import settings
from registry.errors import InvalidInputError, NotFoundError
from registry.proof import keys as public
from registry.proof import sign
from registry.proof.roots import Change
from registry.proof.trust import ROLES

_role = click.argument("role", type=click.Choice(ROLES))
_log_size = click.option(
    "--log-size",
    type=click.IntRange(min=0),
    help="What the key signed stays good below this entry of the public log; all that is in it now, if not given.",
)


@click.group()
def keys() -> None:
    """The keys that sign releases, checkpoints, revocations and the trust root.

    Whoever owns the files of the home may do this without an account; others act as an administrator (--as).
    """


@keys.command("list")
@output.as_json
@pass_door
def list_keys(door: Door, *, as_json: bool) -> None:
    """Every key in the keys folder, and whether the newest trust root knows it."""
    chosen = settings.load(settings.chosen_home(door.home_name))
    newest = ceremony.newest(chosen)
    found = [
        {"role": role, "id": signer.key.keyid, "scheme": signer.key.scheme, "is_listed": newest.lists(signer.key.keyid)}
        for role, signer in ceremony.local_keys(chosen)
    ]
    if as_json:
        output.show_json(found)
    else:
        rows = [(key["role"], key["id"], key["scheme"], key["is_listed"]) for key in found]
        output.table(["role", "id", "scheme", "in the trust root"], rows, empty="There are no keys.")


@keys.command()
@_role
@click.option(
    "--apart",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep the key in this folder instead, for somebody who guards it alone; needs no registry.",
)
@click.option(
    "--token",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Take the key in a device (PKCS#11) that this file names, instead of making one.",
)
@pass_door
def new(door: Door, role: str, apart: Path | None, token: Path | None) -> None:
    """Make one more key for ROLE, and the trust root that knows it."""
    if apart is not None:
        _make_apart(role, apart)
        return
    with door.open() as home:
        actor = door.manager(home)
        key = ceremony.new_key(home, actor, role, token)
        click.echo(f"New key for {role}: {key.keyid}")
        ceremony.change(home, actor, Change(added={role: [key]}))


@keys.command("public")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def show_public(file: Path) -> None:
    """The public half (PEM) of the key in FILE, or in the device that FILE names; needs no registry."""
    click.echo(public.to_pem(keyfiles.signer_in(file).key).decode(), nl=False)


@keys.command()
@_role
@_log_size
@pass_door
def rotate(door: Door, role: str, log_size: int | None) -> None:
    """Make a key for ROLE that takes over from all its keys of before."""
    with door.open() as home:
        actor, newest = door.manager(home), ceremony.newest(home.settings)
        if newest.needed(role) > 1:
            raise InvalidInputError(f"More than one key must sign for {role}; use: accession trust draft --help")
        key = ceremony.new_key(home, actor, role)
        before = frozenset(newest.holders(role))
        click.echo(f"New key for {role}: {key.keyid}\nTo be retired: {len(before)}")
        ceremony.change(home, actor, Change({role: [key]}, before, log_size=ceremony.log_size(home, log_size)))


@keys.command()
@click.argument("key_id")
@_log_size
@pass_door
def revoke(door: Door, key_id: str, log_size: int | None) -> None:
    """Let the key KEY_ID sign no more; what the public log has from before stays good."""
    with door.open() as home:
        newest = ceremony.newest(home.settings)
        roles = [role for role in ROLES if key_id in newest.holders(role)]
        if not roles:
            raise NotFoundError("The trust root lists no key with this id.")
        if len(newest.holders(roles[0])) == 1:
            raise InvalidInputError(f"This is the only key for {roles[0]}; use: accession keys rotate {roles[0]}")
        click.echo(f"To be retired: {key_id}")
        ceremony.change(
            home, door.manager(home), Change(retired=frozenset({key_id}), log_size=ceremony.log_size(home, log_size))
        )


def _make_apart(role: str, folder: Path) -> None:
    """A key whose guardian passes on the public half alone."""
    key = sign.create_key(folder, role, keyfiles.passphrase("Passphrase of the new key", is_new=True))
    half = folder / f"{role}-{key.keyid[: sign.KEY_ID_CHARS]}.pub"
    half.write_bytes(public.to_pem(key))
    click.echo(f"New key for {role}: {key.keyid}\nPublic half, to pass on: {half}")
