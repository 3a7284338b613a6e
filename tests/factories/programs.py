"""Our own programs, running beside the test and gone when the block ends."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


@contextmanager
def running(home: Path, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """`accession --home HOME WORDS`, ended by SIGTERM if it still runs."""
    command = [sys.executable, "-m", "cli", "--home", str(home), *words]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.communicate(timeout=PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise


def done(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """What came of `accession --home HOME WORDS`."""
    command = [sys.executable, "-m", "cli", "--home", str(home), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)


def wait_until(is_so: Callable[[], bool]) -> None:
    """Returns once it is so.

    Raises:
        AssertionError: it is not so after a minute.
    """
    patience = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < patience, "waited in vain"
        time.sleep(0.05)


def other(name: str, package: str) -> str:
    """Where somebody else's program is. Without it tests are skipped; under CI that is a failure."""
    found = shutil.which(name)
    return found if found is not None else left_out(f"{name} is not here (Debian: {package})")


def left_out(why: str) -> NoReturn:
    """The test is skipped; under CI it fails, since no test may be left out there."""
    if os.environ.get("CI") == "true":  # noqa: TID251 - a test run is told by CI alone where it happens
        pytest.fail(f"{why}, and under CI no test may be left out.")
    pytest.skip(why)


def free_port() -> int:
    """A port of the loopback on which nobody listens just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
