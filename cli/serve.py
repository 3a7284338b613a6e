"""`accession serve`: the web, and beside it a worker in a process of its own."""

import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import structlog
from gunicorn.app.base import BaseApplication

from cli.door import Door, pass_door
from registry import logs, settings
from registry.errors import UnavailableError
from registry.home import Home
from registry.web.app import create_app

STOP_SECONDS = 10
POLL_SECONDS = 0.2
AGAIN_SECONDS = 10
THREADS = 8

log = structlog.get_logger()


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn over one home; each of its processes opens the home for itself."""

    def __init__(self, home: Path, options: dict[str, Any]) -> None:
        self._home, self._options = home, options
        super().__init__()

    def load_config(self) -> None:
        """Gunicorn takes its options from here, and from no file or variable."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        """The application of one process."""
        return create_app(Home(settings.load(self._home)))


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--worker/--no-worker", "with_worker", default=True, help="Also run a worker beside the web.")
@pass_door
def serve(door: Door, host: str, port: int, processes: int, *, with_worker: bool) -> None:
    """Show the registry in a browser, with a worker beside it that does what people ask for."""
    logs.configure(logging.INFO)
    with door.open() as home:
        folder = home.settings.home
    _expect_free(host, port)
    click.echo(f"The registry is at http://{host}:{port}/ (Ctrl-C stops it)", err=True)
    options = {
        "bind": f"{host}:{port}",
        "workers": processes,
        "worker_class": "gthread",
        "threads": THREADS,
        "loglevel": "warning",
        "control_socket_disable": True,
        "proc_name": "accession-web",
    }
    with _worker_beside(folder) if with_worker else _nothing():
        _Server(folder, options).run()


def _expect_free(host: str, port: int) -> None:
    """Nothing, when we can listen there; gunicorn would try five times and end with the exit code of a bug."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UnavailableError(f"Nobody can listen on {host}:{port} here: {error.strerror}.") from error


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _worker_beside(home: Path) -> Iterator[None]:
    """A worker in a process of its own: the web process can neither sign nor see a detector."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep_working, args=(home, stop), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join(2 * STOP_SECONDS)


def _keep_working(home: Path, stop: threading.Event) -> None:
    """Until `stop` is set a worker runs; one that ends by itself is reported and followed by another."""
    # -P: whatever folder this was started in, our own program is the one that runs.
    command = [sys.executable, "-P", "-m", "cli", "--home", str(home), "worker", "--if-free"]
    while not stop.is_set():
        process = subprocess.Popen(command)  # noqa: S603 - our own program, with a folder that was just opened
        while process.poll() is None and not stop.wait(POLL_SECONDS):
            pass
        if process.poll() is None:
            _end(process)
        else:
            if process.returncode:
                log.error("worker.ended", exit_code=process.returncode, again_after_seconds=AGAIN_SECONDS)
            # With exit code 0 another worker works for this home; should it end, ours takes its place.
            stop.wait(AGAIN_SECONDS)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
