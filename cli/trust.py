"""`accession trust`: whose signatures count, for what, until when? Reads trust roots; changes none."""

from pathlib import Path

import click

from cli import output
from cli.door import Door, pass_door
from registry import clock, settings
from registry.proof import trust as roots
from registry.proof.trust import Purpose, Trust

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
    output.facts([("version", found.version), ("good until", found.expires_at)])
    rows = [
        (purpose.value, key_id, found.threshold(purpose))
        for purpose in Purpose
        for key_id in sorted(found.keys(purpose))
    ]
    output.table(["purpose", "key", "signatures needed"], rows, empty="There are no keys.")
    gone = [(each.purpose.value, each.key.keyid, each.log_size) for each in found.retired]
    if gone:
        output.table(["purpose", "retired key", "good below log entry"], gone, empty="")


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


def _facts(found: Trust) -> dict[str, object]:
    return {
        "version": found.version,
        "expires_at": found.expires_at,
        "purposes": {
            purpose: {"keys": sorted(found.keys(purpose)), "threshold": found.threshold(purpose)} for purpose in Purpose
        },
        "retired": [
            {"key": each.key.keyid, "purpose": each.purpose, "log_size": each.log_size} for each in found.retired
        ],
    }
