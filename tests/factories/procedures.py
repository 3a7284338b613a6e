"""Procedures of a registry's own: those that come with the program, with something changed, published and in force."""

from datetime import datetime, timedelta
from uuid import UUID

from policies import procedures as shipped
from policies.procedures import SHIPPED, Kind
from registry.home import Home
from registry.services import procedures
from tests.factories import homes
from tests.factories.homes import NOW

APPROVAL = shipped.written(SHIPPED[Kind.RELEASE_APPROVAL])
TAKEDOWNS = shipped.written(SHIPPED[Kind.TAKEDOWNS])
SHIPPED_APPROVAL, SHIPPED_TAKEDOWNS = (shipped.digest(SHIPPED[kind]) for kind in Kind)


def own(data: bytes, name: str, *changes: tuple[bytes, bytes], version: str = "1") -> bytes:
    """The procedure under a name of one's own, with some words changed."""
    kind = Kind.TAKEDOWNS if b"accession-takedowns" in data else Kind.RELEASE_APPROVAL
    data = data.replace(f"name: {SHIPPED[kind]}".encode(), f"name: {name}".encode(), 1)
    data = data.replace(b'version: "1"', f'version: "{version}"'.encode(), 1)
    for before, after in changes:
        assert before in data
        data = data.replace(before, after)
    return data


# Every release needs a reviewer beside its approvers; everything else is as it comes with the program.
THREE = own(
    APPROVAL,
    "ours",
    (b"Two people approve a release that shows people.", b"A reviewer looks, too."),
    (b"{approver: 2}", b"{approver: 2, reviewer: 1}"),
    (b"{approver: 3}", b"{approver: 3, reviewer: 1}"),
)
# Privacy is decided in ten days, and copyright by two people.
QUICK = own(TAKEDOWNS, "our-clocks", (b"clock: {days: 30}", b"clock: {days: 10}"), (b"risk: standard", b"risk: high"))


def publish(home: Home, data: bytes) -> str:
    """The label under which mara has published it."""
    with homes.act(home, "mara") as act:
        made = procedures.publish(act, home.blobs, data)
        return f"{made.name}@{made.version}"


def propose(home: Home, data: bytes, begins_at: datetime = NOW, now: datetime = NOW) -> UUID:
    """The id of mara's proposal."""
    label = publish(home, data)
    with homes.act(home, "mara", now) as act:
        return procedures.propose(act, home.blobs, label, begins_at, "We want to be more careful.").id


def put_in_force(home: Home, data: bytes, begins_at: datetime = NOW) -> None:
    """It is in force from then on, by mara and ana."""
    change = propose(home, data, begins_at)
    with homes.act(home, "ana", NOW) as act:
        procedures.confirm(act, home.blobs, change, "So do I.")


HOUR = timedelta(hours=1)
