import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from registry import peers
from registry.errors import InvalidInputError, NotVerifiedError, UnavailableError
from registry.peers import RemoteLog
from tests.factories import programs
from tests.factories.logs import Log


class Odd(BaseHTTPRequestHandler):
    """Answers as people do who mean no good."""

    def do_GET(self) -> None:
        if self.path == "/elsewhere/checkpoint":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(bytes(100_000))
        else:
            self.wfile.write(b"no http at all\r\n\r\n")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(409)
        self.send_header("Content-Type", "text/x.tlog.size")
        self.end_headers()
        self.wfile.write(body[::-1])

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


class Quiet(SimpleHTTPRequestHandler):
    """Any web server over a folder."""

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler] | partial[Quiet]) -> Iterator[str]:
    """The address of a server, until the block ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_log_is_read_from_any_web_server_that_has_its_files(tmp_path: Path) -> None:
    log = Log()
    log.append([str(number).encode() for number in range(300)])
    log.write(tmp_path)
    with serving(partial(Quiet, directory=str(tmp_path))) as address:
        remote = RemoteLog(f"{address}/")
        assert remote.checkpoint() is None
        (tmp_path / "checkpoint").write_bytes(log.checkpoint())
        assert remote.checkpoint() == log.checkpoint()
        assert remote.tree(300).root() == log.tree().root()
        assert remote.read("tile/0/000.p/5") == remote.read("tile/0/000")[:160]
        with pytest.raises(NotVerifiedError, match=r"tile/0/007 is missing"):
            remote.read("tile/0/007")
        with pytest.raises(InvalidInputError, match="no such name"):
            remote.read("../x")


def test_what_is_posted_arrives_and_what_comes_back_is_told() -> None:
    with serving(Odd) as address:
        assert peers.ask(f"{address}/x", b"abc", max_bytes=3) == peers.Reply(409, "text/x.tlog.size", b"cba")


def test_nobody_sends_us_elsewhere_or_fills_our_memory() -> None:
    with serving(Odd) as address:
        with pytest.raises(UnavailableError, match="answers with status 302"):
            RemoteLog(f"{address}/elsewhere").checkpoint()
        with pytest.raises(UnavailableError, match="more than 99999 bytes"):
            peers.ask(f"{address}/endless", max_bytes=99_999)
        with pytest.raises(UnavailableError, match="does not answer"):
            peers.ask(f"{address}/garbage", max_bytes=10)


def test_an_address_where_nobody_listens_is_unavailable() -> None:
    for scheme in ("http", "https"):
        with pytest.raises(UnavailableError, match=r"127\.0\.0\.1 does not answer"):
            peers.ask(f"{scheme}://127.0.0.1:{programs.free_port()}", max_bytes=10)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "file:///etc/passwd",
        "http://",
        "http://h:99999/",
        "http://h:0/",
        "http://u@h/",
        "http://h/?q",
        "http://[/",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInputError, match="no address of the form"):
        peers.ask(url, max_bytes=10)
