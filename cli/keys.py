"""`accession keys`: which keys sign here, and how is one replaced? For whoever runs the signer.

Private keys stay in the keys folder; nothing here prints or logs one. Every change makes the next version of the trust
root, signed by the root keys, and a key that signs no more is set aside, never deleted.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import click

from cli import output
from cli.door import Door, pass_door
from registry import clock, settings
from registry.errors import InvalidInputError, NotFoundError
from registry.proof import sign, trust
from registry.proof.sign import FileSigner
from registry.proof.trust import Purpose
from registry.settings import Settings

ASIDE = "retired"
ROLES = [sign.ROOT, *(purpose.value for purpose in Purpose)]

_log_size = click.option(
    "--log-size", type=click.IntRange(min=0), default=0, show_default=True, help="How many entries the public log has."
)


@click.group()
def keys() -> None:
    """The keys that sign releases, checkpoints, revocations and the trust root."""


@keys.command("list")
@output.as_json
@pass_door
def list_keys(door: Door, *, as_json: bool) -> None:
    """Every key in the keys folder, and whether the newest trust root knows it."""
    chosen = _settings(door)
    newest = trust.load(settings.trust_roots(chosen)[-1])
    found = [
        {"role": role, "id": signer.key.keyid, "scheme": signer.key.scheme, "is_listed": newest.lists(signer.key.keyid)}
        for role, signer in _all(chosen)
    ]
    if as_json:
        output.show_json(found)
    else:
        rows = [(key["role"], key["id"], key["scheme"], key["is_listed"]) for key in found]
        output.table(["role", "id", "scheme", "in the trust root"], rows, empty="There are no keys.")


@keys.command()
@click.argument("role", type=click.Choice(ROLES))
@pass_door
def new(door: Door, role: str) -> None:
    """Make one more key for ROLE, and the trust root that knows it."""
    chosen = _settings(door)
    key = sign.create_key(chosen.keys_folder, role, chosen.keys_passphrase)
    _say(_next_root(chosen, frozenset(), 0), f"New key for {role}: {key.keyid}")


@keys.command()
@click.argument("role", type=click.Choice(ROLES))
@_log_size
@pass_door
def rotate(door: Door, role: str, log_size: int) -> None:
    """Make a key for ROLE that takes over from all its keys of before."""
    chosen = _settings(door)
    before = sign.signers(chosen.keys_folder, role, chosen.keys_passphrase)
    key = sign.create_key(chosen.keys_folder, role, chosen.keys_passphrase)
    root = _next_root(chosen, frozenset(signer.key.keyid for signer in before), log_size)
    _say(root, f"New key for {role}: {key.keyid}", f"Retired: {len(before)}")


@keys.command()
@click.argument("key_id")
@_log_size
@pass_door
def revoke(door: Door, key_id: str, log_size: int) -> None:
    """Let the key KEY_ID sign no more; what the public log has from before stays good."""
    chosen = _settings(door)
    roles = [role for role, signer in _all(chosen) if signer.key.keyid == key_id]
    if not roles:
        raise NotFoundError("There is no key with this id in the keys folder.")
    if len(sign.signers(chosen.keys_folder, roles[0], chosen.keys_passphrase)) == 1:
        raise InvalidInputError(f"This is the only key for {roles[0]}; use: accession keys rotate {roles[0]}")
    _say(_next_root(chosen, frozenset({key_id}), log_size), f"Retired: {key_id}")


def _settings(door: Door) -> Settings:
    return settings.load(settings.chosen_home(door.home_name))


def _all(chosen: Settings) -> Iterator[tuple[str, FileSigner]]:
    """Every key that is here; those of the root may be kept elsewhere."""
    for role in ROLES:
        try:
            found = sign.signers(chosen.keys_folder, role, chosen.keys_passphrase)
        except NotFoundError:
            continue
        yield from ((role, signer) for signer in found)


def _next_root(chosen: Settings, retired: frozenset[str], log_size: int) -> Path:
    """Write the next trust root, then set the retired keys' files aside; returns the root's file."""
    roots = settings.trust_roots(chosen)
    data = sign.next_root(
        chosen.keys_folder,
        roots[-1],
        clock.utc_now(),
        retired=retired,
        log_size=log_size,
        passphrase=chosen.keys_passphrase,
    )
    file = chosen.trust_folder / f"{trust.load(data).version}.root.json"
    fresh = file.with_name(f"{file.name}.new")
    with fresh.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    fresh.rename(file)
    for key_id in retired:
        _set_aside(chosen.keys_folder, key_id)
    return file


def _set_aside(folder: Path, key_id: str) -> None:
    (folder / ASIDE).mkdir(mode=settings.OWNER_ONLY_FOLDER, exist_ok=True)
    for file in sorted(folder.glob(f"*-{key_id[: sign.KEY_ID_CHARS]}.pem")):
        file.rename(folder / ASIDE / file.name)


def _say(root: Path, *lines: str) -> None:
    click.echo("\n".join([*lines, f"Trust root to hand out: {root}"]))
