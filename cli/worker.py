"""`accession worker`: does what people have asked for, until told to stop."""

import logging
import signal
import threading
from types import FrameType

import click

from cli.door import Door, pass_door
from registry import logs
from registry.errors import UnavailableError
from registry.jobs import Zone
from registry.worker import loop
from registry.worker.loop import Worker


@click.command()
@click.option(
    "--zone",
    "zones",
    multiple=True,
    type=click.Choice([zone.value for zone in Zone]),
    help="Only the jobs of this zone; the signer needs the keys, links the network. All, if not given.",
)
@click.option("--if-free", is_flag=True, help="Leave quietly when another worker runs already.")
@pass_door
def worker(door: Door, zones: tuple[str, ...], *, if_free: bool) -> None:
    """Do the work that people have asked for, until told to stop. One worker at a time works in a zone of a home."""
    logs.configure(logging.INFO)
    chosen = frozenset(map(Zone, zones)) or loop.ALL_ZONES
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with door.open() as home, loop.lock(home, chosen) as is_ours:
        if is_ours:
            with Worker(home, zones=chosen) as running:
                running.run_until(stop)
        elif not if_free:
            raise UnavailableError("Another worker works for this home already.")
