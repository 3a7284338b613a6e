"""Workers in processes of their own: they can be watched, killed, and kept from working."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SLEEPER = """
import fcntl, sys, time
files = [open(name, "a") for name in sys.argv[1:]]
for file in files:
    fcntl.flock(file, fcntl.LOCK_EX)
print("locked", flush=True)
time.sleep(600)
"""


class Process:
    """A running `accession worker`. Its log can be read as it is written."""

    def __init__(self, home: Path) -> None:
        command = [sys.executable, "-m", "cli", "--home", str(home), "worker"]
        self._process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)

    def wait_for(self, event: str, **facts: str) -> None:
        """Returns when the worker has logged the event with these facts."""
        assert self._process.stderr is not None
        seen = []
        for line in self._process.stderr:
            seen.append(line)
            said = json.loads(line) if line.startswith("{") else {}
            if said.get("event") == event and facts.items() <= said.items():
                return
        raise AssertionError(f"The worker ended without {event}: {''.join(seen)}")

    def kill(self) -> None:
        """The process is gone at once, as if the power had failed."""
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate(timeout=30)

    def stop(self) -> int:
        """The process was asked to end, and did; its exit status."""
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=30)
        return self._process.returncode


@contextmanager
def running(home: Path) -> Iterator[Process]:
    """A worker, until the block ends."""
    process = Process(home)
    try:
        yield process
    finally:
        process.kill()


@contextmanager
def locked_out(*locks: Path) -> Iterator[int]:
    """The id of a process that holds these locks and does nothing else, until the block ends."""
    command = [sys.executable, "-c", SLEEPER, *map(str, locks)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sleeper:
        assert sleeper.stdout is not None
        assert sleeper.stdout.readline() == "locked\n"
        try:
            yield sleeper.pid
        finally:
            sleeper.kill()


def kill(process_id: int) -> None:
    """That process is gone at once."""
    os.kill(process_id, signal.SIGKILL)
