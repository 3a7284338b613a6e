"""`accession trust`: whose signatures count, for what, until when? And how is that changed, by several people together?

A change of the root keys is a draft that each of their guardians signs where their key is, and that is published once
enough of them have.
"""

from collections.abc import Sequence
from pathlib import Path

import click

from cli import output
from cli.door import Door, pass_door
from registry import clock, settings
from registry.errors import InvalidInputError
from registry.proof import keys
from registry.proof import trust as roots
from registry.proof.keys import Key
from registry.proof.roots import ROOT_DAYS, Change
from registry.proof.trust import ROLES, Purpose, Trust

_file = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def trust() -> None:
    """The trust root that auditors start from."""


@trust.command()
@click.argument("file", type=_file, required=False)
@output.as_json
@pass_door
def show(door: Door, file: Path | None, *, as_json: bool) -> None:
    """What a trust root says: FILE, or the newest of the registry home."""
    if file is None:
        data = settings.trust_roots(settings.load(settings.chosen_home(door.home_name)))[-1]
    else:
        data = file.read_bytes()
    found = roots.load(data)
    if as_json:
        output.show_json(_facts(found))
        return
    _show(found)


@trust.command()
@click.argument("given", type=_file)
@click.argument("newer", type=_file, nargs=-1)
@pass_door
def check(door: Door, given: Path, newer: tuple[Path, ...]) -> None:
    """Follow the roots NEWER, in their order, from the root GIVEN, and say whether the last one is good now."""
    del door
    found = roots.load(given.read_bytes())
    for file in newer:
        found = roots.follow(found, file.read_bytes())
    found.check_time(clock.utc_now())
    click.echo(f"Root version {found.version} holds; good until {clock.rfc3339(found.expires_at)}.")


@trust.command()
@click.option(
    "--add", multiple=True, metavar="ROLE=FILE", help="Let this public key (PEM) sign for ROLE too. Repeatable."
)
@click.option("--retire", multiple=True, metavar="KEY_ID", help="Let this key sign no more. Repeatable.")
@click.option("--threshold", multiple=True, metavar="ROLE=N", help="So many keys must sign for ROLE. Repeatable.")
@click.option("--days", type=click.IntRange(min=1), default=ROOT_DAYS, show_default=True, help="How long it is good.")
@click.option(
    "--log-size",
    type=click.IntRange(min=0),
    help="What retired keys signed stays good below this entry of the public log; all in it now, if not given.",
)
@pass_door
def draft(
    door: Door, add: Sequence[str], retire: Sequence[str], threshold: Sequence[str], days: int, log_size: int | None
) -> None:
    """Propose the next trust root, signed by the root keys that are here; without options, one that is good longer."""
    from cli import ceremony  # noqa: PLC0415 - roots are looked at without a registry

    added: dict[str, list[Key]] = {}
    for role, file in map(_pair, add):
        added.setdefault(role, []).append(_public_key(Path(file)))
    thresholds = {role: _count(number) for role, number in map(_pair, threshold)}
    with door.open() as home:
        asked = Change(added, frozenset(retire), thresholds, ceremony.log_size(home, log_size))
        ceremony.change(home, door.manager(home), asked, days)


@trust.command()
@click.argument("file", type=_file)
@click.option(
    "--key", required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Your own root key."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_door
def sign(door: Door, file: Path, key: Path, *, yes: bool) -> None:
    """Add a signature to the draft FILE, where the key is; needs no registry and no network."""
    from cli import keyfiles  # noqa: PLC0415 - roots are looked at without what signs
    from registry.proof import sign as signing  # noqa: PLC0415 - likewise

    del door
    data = file.read_bytes()
    _show(roots.draft(data))
    if not yes:
        click.confirm("Sign this trust root?", abort=True, err=True)
    signer = keyfiles.signer_in(key)
    file.write_bytes(signing.root(data, [signer]))
    click.echo(f"Signed with {signer.key.keyid}")


@trust.command()
@click.argument("file", type=_file)
@pass_door
def publish(door: Door, file: Path) -> None:
    """Make the draft FILE the newest trust root, once enough root keys have signed it."""
    from cli import ceremony  # noqa: PLC0415 - roots are looked at without a registry

    with door.open() as home:
        data = file.read_bytes()
        click.echo("\n".join(ceremony.progress(ceremony.newest(home.settings), data)))
        ceremony.publish(home, door.manager(home), data)


def _pair(text: str) -> tuple[str, str]:
    role, equals, value = text.partition("=")
    if role not in ROLES or not equals:
        raise InvalidInputError(f"Write ROLE=..., where ROLE is one of {', '.join(ROLES)}; not {text!a}.")
    return role, value


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise InvalidInputError(f"A threshold is a number, not {text!a}.")
    return int(text)


def _public_key(file: Path) -> Key:
    if not file.is_file():
        raise InvalidInputError(f"There is no public key {file}.")
    return keys.from_pem(file.read_bytes())


def _show(found: Trust) -> None:
    output.facts([("version", found.version), ("good until", found.expires_at)])
    rows = [(role, key_id, found.needed(role)) for role in ROLES for key_id in sorted(found.holders(role))]
    output.table(["role", "key", "signatures needed"], rows, empty="There are no keys.")
    gone = [(each.purpose.value, each.key.keyid, each.log_size) for each in found.retired]
    if gone:
        output.table(["purpose", "retired key", "good below log entry"], gone, empty="")


def _facts(found: Trust) -> dict[str, object]:
    return {
        "version": found.version,
        "expires_at": found.expires_at,
        "root": {"keys": sorted(found.holders(roots.ROOT)), "threshold": found.needed(roots.ROOT)},
        "purposes": {
            purpose: {"keys": sorted(found.keys(purpose)), "threshold": found.threshold(purpose)} for purpose in Purpose
        },
        "retired": [
            {"key": each.key.keyid, "purpose": each.purpose, "log_size": each.log_size} for each in found.retired
        ],
    }
