"""`accession audit`: who did what to which thing."""

import click

from cli import output
from cli.door import Door, pass_door
from registry.access import Permission, require
from registry.queries import events
from registry.queries.events import EventFilter


@click.command()
@click.option("--event", help="Only events of this name, such as release.approved.")
@click.option("--actor", help="Only what this person did.")
@click.option("--subject", help="Only what was done to this release, case, policy or person.")
@click.option("--after", help="Go on behind this cursor.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200), help="At most so many.")
@output.as_json
@pass_door
def audit(
    door: Door,
    event: str | None,
    actor: str | None,
    subject: str | None,
    after: str | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """Read the audit events, newest first. For auditors and administrators (--as)."""
    with door.open() as home:
        require(door.actor(home), Permission.AUDIT_READ)
        with home.reading() as session:
            found = events.list_events(session, EventFilter(event, actor, subject), after=after, limit=limit)
    if as_json:
        output.show_json(found)
        return
    rows = [
        (e.happened_at, e.actor_name, e.event, e.subject_id, ", ".join(f"{k}={v}" for k, v in e.facts.items()))
        for e in found.items
    ]
    output.table(("AT", "WHO", "EVENT", "SUBJECT", "FACTS"), rows, empty="Nothing has happened yet.")
    if found.next:
        click.echo(f"More: --after {found.next}")
