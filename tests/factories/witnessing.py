"""Witnesses that really run, in threads of the test: each with a key, a memory and an address of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.witness import Witness, server
from registry.home import Home
from registry.proof import note, trust
from registry.proof.note import NoteKey
from registry.proof.trust import Purpose
from registry.settings import trust_roots


def log_keys(home: Home) -> list[NoteKey]:
    """The keys of a registry's log."""
    found = trust.load(trust_roots(home.settings)[-1]).keys(Purpose.CHECKPOINTS).values()
    return note.log_keys(home.settings.log_origin, found)


@contextmanager
def running(folder: Path, name: str, keys: list[NoteKey]) -> Iterator[tuple[Witness, str]]:
    """A witness of the log with these keys, and its address; until the block ends."""
    one = Witness(folder, name, {keys[0].name: keys})
    with server(one, "127.0.0.1", 0) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield one, f"http://127.0.0.1:{listening.server_port}"
        finally:
            listening.shutdown()
            thread.join()


def told(home: Home, witnesses: list[tuple[Witness, str]], needed: int) -> None:
    """The home's settings name these witnesses."""
    lines = [f"{one.key.to_text()} {address}" for one, address in witnesses]
    home.settings = home.settings.model_copy(update={"witnesses": lines, "witnesses_needed": needed})
