"""`accession log`: is the public log whole, what is new in it, and is a release in it? For everybody, with no account.

A log is a folder, or the address of one. Nothing that it says is believed before a trusted key and the hashes agree;
only `key` needs a registry home.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import cosigners, output
from cli.door import Door, pass_door
from cli.witness import witness
from registry.errors import NotFoundError, WrongStateError
from registry.proof import checkpoint, merkle, monitor, note, trust
from registry.proof.checkpoint import Checkpoint
from registry.proof.logfiles import LogFolder
from registry.proof.trust import Purpose

if TYPE_CHECKING:
    from registry.proof.monitor import Head, News, Source, Witnesses

_source = click.argument("source", metavar="LOG")
_trust = click.option(
    "--trust",
    "trust_file",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Trust root (root.json).",
)


@click.group()
def log() -> None:
    """The public log: look through it, follow it, copy it, witness it."""


@log.command()
@_source
@_trust
@cosigners.options
@output.as_json
def verify(source: str, trust_file: Path, witnesses: Witnesses, *, as_json: bool) -> None:
    """Check every entry and every tile of LOG against its signed tree head."""
    files = opened(source)
    head = believed(files, trust_file, witnesses)
    kinds = monitor.check_whole(files, head.facts)
    if as_json:
        output.show_json({**_facts(head), "kinds": dict(kinds)})
        return
    counts = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))
    _say(f"VERIFIED: {_named(head)}: {counts}")


@log.command()
@_source
@click.argument("what", metavar="LABEL|NUMBER")
@_trust
@click.option("--kind", default="release", show_default=True, help="What the label is of.")
@click.option("--to", "file", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Where to put it.")
@cosigners.options
def prove(
    source: str,
    what: str,
    trust_file: Path,
    kind: str,
    file: Path,
    witnesses: Witnesses,
) -> None:
    """Write the proof that a release, or any entry by its NUMBER, stands in LOG (C2SP tlog-proof)."""
    files = opened(source)
    head = believed(files, trust_file, witnesses)
    if what.isascii() and what.isdigit():
        number = int(what)
    else:
        found = monitor.numbers(monitor.news(files, _nothing(head), head.facts), kind, what)
        if not found:
            raise NotFoundError(f"The log has no {kind} {what}.")
        number = found[0]
    proof = monitor.proof(files, head, number)
    file.write_bytes(proof.to_bytes())
    _say(f"Entry {number:,} of {_named(head)}: {file}")


@log.command("monitor")
@_source
@_trust
@click.option(
    "--checkpoint",
    "file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Remembers the tree head from one time to the next.",
)
@cosigners.options
@output.as_json
def monitor_command(
    source: str,
    trust_file: Path,
    file: Path,
    witnesses: Witnesses,
    *,
    as_json: bool,
) -> None:
    """Say what is new in LOG since the last time, and refuse a log that was changed meanwhile."""
    files = opened(source)
    head = believed(files, trust_file, witnesses)
    before = checkpoint.parse_text(note.parse(file.read_bytes()).text) if file.exists() else _nothing(head)
    found = monitor.news(files, before, head.facts)
    remember(file, head.signed.to_bytes())
    if as_json:
        output.show_json({**_facts(head), "since": before.size, "entries": list(map(_entry, found))})
        return
    rows = [(each.number, each.entry.at, each.entry.kind, each.entry.label, _codes(each)) for each in found]
    output.table(("ENTRY", "AT", "KIND", "LABEL", "REASONS"), rows, empty="Nothing is new.")
    _say(f"The log {head.facts.origin} grew from {before.size:,} to {head.facts.size:,} entries; nothing was changed.")


@log.command()
@_source
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@_trust
@cosigners.options
def mirror(source: str, folder: Path, trust_file: Path, witnesses: Witnesses) -> None:
    """Copy LOG into FOLDER, or bring the copy there up to date; any web server can serve it."""
    files, copy = opened(source), LogFolder(folder)
    head = believed(files, trust_file, witnesses)
    own = copy.checkpoint()
    known = checkpoint.parse_text(note.parse(own).text) if own else _nothing(head)
    if known.origin != head.facts.origin:
        raise WrongStateError(f"{folder} holds another log, {known.origin}.")
    tree = files.tree(head.facts.size)
    root = copy.grow([known, head.facts], head.facts.size, tree.some)
    copy.publish(head.signed.to_bytes())
    _say(f"{folder} holds {_named(head)}; root sha256:{root.hex()}")


@log.command()
@output.as_json
@pass_door
def key(door: Door, *, as_json: bool) -> None:
    """The public keys of this registry's log, as witnesses and Go's `note.NewVerifier` take them."""
    from registry import settings  # noqa: PLC0415 - the other commands know no home

    chosen = settings.load(settings.chosen_home(door.home_name))
    newest = trust.load(settings.trust_roots(chosen)[-1])
    found = [each.to_text() for each in note.log_keys(chosen.log_origin, newest.keys(Purpose.CHECKPOINTS).values())]
    if as_json:
        output.show_json(found)
        return
    for text in found:
        click.echo(text)


log.add_command(witness)


def opened(source: str) -> Source:
    """The log at an address, or in a folder."""
    if source.startswith(("http://", "https://")):
        from registry.peers import RemoteLog  # noqa: PLC0415 - a folder needs no network

        return RemoteLog(source)
    if not Path(source).is_dir():
        raise NotFoundError(f"There is no folder {source}.")
    return LogFolder(Path(source))


def believed(files: Source, trust_file: Path, witnesses: Witnesses) -> Head:
    """The log's newest tree head, once enough trusted keys have signed it."""
    data = files.checkpoint()
    if data is None:
        raise NotFoundError("There is no log, or none that has a signed tree head.")
    return monitor.head(data, trust.load(trust_file.read_bytes()), witnesses)


def remember(file: Path, data: bytes) -> None:
    """Put the tree head in place at once, so that a crash leaves the old one or the new one."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.write_bytes(data)
    fresh.replace(file)


def _nothing(head: Head) -> Checkpoint:
    return Checkpoint(head.facts.origin, 0, merkle.EMPTY_ROOT)


def _named(head: Head) -> str:
    return f"the log {head.facts.origin}, {head.facts.size:,} entries"


def _facts(head: Head) -> dict[str, object]:
    return {"origin": head.facts.origin, "size": head.facts.size, "root": f"sha256:{head.facts.root.hex()}"}


def _entry(news: News) -> dict[str, object]:
    return {"number": news.number, **news.entry.model_dump(mode="json")}


def _codes(news: News) -> str:
    return ", ".join(news.entry.reasons)


def _say(sentence: str) -> None:
    click.echo(output.printable(sentence))
