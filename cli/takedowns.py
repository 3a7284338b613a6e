"""`accession takedowns`: asked for without an account, decided by people."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click
from sqlmodel import Session

from cli import output
from cli.door import Door, pass_door
from policies.takedowns import Ground, Outcome
from registry.access import PUBLIC, Permission, require
from registry.models.takedowns import SubjectKind
from registry.queries import cases, images
from registry.queries import revocations as withdrawn
from registry.queries import transparency as log
from registry.queries.revocations import RevocationLine
from registry.services import takedowns as services
from registry.services import transparency
from registry.services.takedowns import Found, Request

number_argument = click.argument("number", metavar="CASE")
reason_option = click.option("--reason", required=True, help="In your own words.")
kind_option = click.option(
    "--by",
    "kind",
    default=SubjectKind.PATH.value,
    show_default=True,
    type=click.Choice([kind.value for kind in SubjectKind]),
    help="How the image is named.",
)
words_option = click.option(
    "--code-words", prompt=True, hide_input=True, help="The code words of the case; asked for if not given."
)


@click.group()
def takedowns() -> None:
    """Ask for images to be taken down, and decide."""


@takedowns.command()
@click.argument("subject", metavar="IMAGE")
@kind_option
@click.option(
    "--ground",
    default=Ground.PRIVACY.value,
    show_default=True,
    type=click.Choice([ground.value for ground in Ground]),
    help="Why.",
)
@click.option("--statement", default="", help="What you want to say about it.")
@click.option("--contact", default="", help="An e-mail address, if you want an answer there.")
@output.as_json
@pass_door
def submit(door: Door, subject: str, kind: str, ground: str, statement: str, contact: str, *, as_json: bool) -> None:
    """Ask for IMAGE to be taken down. Needs no account; prints the case number and the code words, once."""
    request = Request(SubjectKind(kind), subject, Ground(ground), statement, contact)
    with door.open() as home:
        with home.act(PUBLIC) as act:
            receipt = services.submit(act, request)
        door.keep(home, act.promises)
    if as_json:
        output.show_json({"number": receipt.number, "code_words": receipt.code_words})
        return
    click.echo(f"Case number: {receipt.number}")
    click.echo(f"Code words:  {receipt.code_words}")
    click.echo("Keep both: they are shown only now, and are all that you need to follow or withdraw the request.")


@takedowns.command()
@number_argument
@words_option
@output.as_json
@pass_door
def status(door: Door, number: str, code_words: str, *, as_json: bool) -> None:
    """Show how far a case is, to whoever knows its code words."""
    with door.open() as home, home.reading() as session:
        case = services.case_of(session, number, code_words)
        found, logged = cases.read_status(session, home.blobs, case), log.read_decision(session, case.id)
    if as_json:
        output.show_json({**asdict(found), "logged": logged})
        return
    output.facts([("case", found.number), ("state", found.state), ("images found", found.image_count)])
    for effect in found.effects:
        gone = "no longer holds the image" if effect.is_gone else "still holds the image; the next release will not"
        click.echo(f"{effect.variant}/{effect.release}: {gone}" if effect.release else f"{effect.variant}: unpublished")
    if logged:
        click.echo(f"The decision is entry {logged.number} of the public log: {logged.subject}, salt {logged.salt}")


@takedowns.command()
@number_argument
@words_option
@pass_door
def withdraw(door: Door, number: str, code_words: str) -> None:
    """Take a request back, until it is decided."""
    with door.open() as home, home.act(PUBLIC) as act:
        services.withdraw(act, number, code_words)
    click.echo(f"{number} is withdrawn.")


@takedowns.command("list")
@click.option("--all", "with_closed", is_flag=True, help="Also cases that are over.")
@output.as_json
@pass_door
def list_cases(door: Door, *, with_closed: bool, as_json: bool) -> None:
    """List cases, for the people who work on them (--as)."""
    with door.open() as home:
        require(door.actor(home), Permission.TAKEDOWN_READ)
        with home.reading() as session:
            found = [
                *cases.list_cases(session, home.blobs, is_open=True, limit=200).items,
                *(cases.list_cases(session, home.blobs, is_open=False, limit=200).items if with_closed else ()),
            ]
    if as_json:
        output.show_json(found)
        return
    rows = [(c.number, c.state, c.ground, c.risk, c.image_count, c.received_at, c.due_at) for c in found]
    output.table(("CASE", "STATE", "GROUND", "RISK", "IMAGES", "RECEIVED", "DUE"), rows, empty="No cases wait.")


@takedowns.command()
@number_argument
@output.as_json
@pass_door
def show(door: Door, number: str, *, as_json: bool) -> None:
    """Show a case, its images and its steps, to the people who work on it (--as)."""
    with door.open() as home:
        require(door.actor(home), Permission.TAKEDOWN_READ)
        with home.reading() as session:
            found = cases.read_case(session, home.blobs, number)
    if as_json:
        output.show_json(found)
        return
    line = found.line
    output.facts([("case", line.number), ("state", line.state), ("ground", line.ground), ("risk", line.risk)])
    output.facts([("due", line.due_at), ("procedure", f"{found.procedure}  {line.procedure}")])
    output.table(
        ("VARIANT", "PATH", "SHA256"), [(i.variant, i.path, i.sha256) for i in found.images], empty="No image."
    )
    rows = [(s.taken_at, s.person, s.kind, s.outcome, s.state_after, s.reason) for s in found.steps]
    output.table(("AT", "WHO", "STEP", "OUTCOME", "STATE", "REASON"), rows, empty="No steps.")


@takedowns.command("add-image")
@number_argument
@click.argument("subject", metavar="IMAGE")
@kind_option
@reason_option
@pass_door
def add_image(door: Door, number: str, subject: str, kind: str, reason: str) -> None:
    """Add an image that the search did not find to a case."""
    with door.open() as home:
        actor = door.actor(home)
        with home.reading() as session:
            places = images.named(session, home.blobs, SubjectKind(kind), subject)
        with home.act(actor) as act:
            services.add_images(act, number, [Found(p.sha256, p.variant_id, p.path) for p in places], reason)
    click.echo(f"{number} is about {len(places)} more.")


@takedowns.command()
@number_argument
@reason_option
@pass_door
def hold(door: Door, number: str, reason: str) -> None:
    """Keep the images of a case out of new releases until it is decided."""
    with door.open() as home, home.act(door.actor(home)) as act:
        services.hold(act, number, reason)
    click.echo(f"{number} is held.")


@takedowns.command()
@number_argument
@click.argument("outcome", type=click.Choice([outcome.value for outcome in Outcome]))
@reason_option
@pass_door
def decide(door: Door, number: str, outcome: str, reason: str) -> None:
    """Uphold or reject a request; a risky ground then waits for a second person."""
    with door.open() as home:
        with home.act(door.actor(home)) as act:
            state = services.decide(act, home.blobs, number, Outcome(outcome), reason)
        door.keep(home, act.promises)
    click.echo(f"{number} is {state}.")


@takedowns.command()
@number_argument
@reason_option
@pass_door
def confirm(door: Door, number: str, reason: str) -> None:
    """Confirm a decision as the second person."""
    with door.open() as home:
        with home.act(door.actor(home)) as act:
            state = services.confirm(act, number, reason)
        door.keep(home, act.promises)
    click.echo(f"{number} is {state}.")


@takedowns.command()
@number_argument
@reason_option
@pass_door
def refuse(door: Door, number: str, reason: str) -> None:
    """Disagree with a decision as the second person: the case is open again."""
    with door.open() as home, home.act(door.actor(home)) as act:
        services.refuse(act, number, reason)
    click.echo(f"{number} is held, and to be decided again.")


@takedowns.command()
@number_argument
@pass_door
def forget(door: Door, number: str) -> None:
    """Erase the salts of a decided case: nobody can tell any more what its leaves of the public log are about."""
    with door.open() as home, home.act(door.actor(home)) as act:
        count = transparency.forget(act, number)
    click.echo(f"{count} leaves of the public log can no longer be told to be about {number}.")


@takedowns.command()
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), help="Also write every signed envelope into this folder."
)
@output.as_json
@pass_door
def revocations(door: Door, folder: Path | None, *, as_json: bool) -> None:
    """List what was withdrawn, for everybody; `accession verify --revocations FOLDER` checks a copy against it."""
    with door.open() as home, home.reading() as session:
        found = list(_every_revocation(session))
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for line in found:
                envelope = withdrawn.read_envelope(session, home.blobs, line.number)
                (folder / f"{line.number}.dsse.json").write_bytes(envelope)
    if as_json:
        output.show_json(found)
        return
    rows = [(line.number, line.issued_at, line.image_count, f"sha256:{line.envelope_sha256}") for line in found]
    output.table(("NUMBER", "ISSUED", "DIGESTS", "ENVELOPE"), rows, empty="Nothing has been withdrawn.")


def _every_revocation(session: Session) -> Iterator[RevocationLine]:
    after: str | None = None
    while True:
        page = withdrawn.list_revocations(session, after=after, limit=200)
        yield from page.items
        if page.next is None:
            return
        after = page.next
