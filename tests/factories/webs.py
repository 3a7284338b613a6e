"""A web server on this machine that does all the bad things, each at a path of its own."""

import gzip
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.factories import pictures

PICTURE = pictures.jpeg()
OTHER = pictures.jpeg(seed=1)
ROBOTS = "User-agent: *\nDisallow: /private/\nDisallow: /*.cgi\n\nUser-agent: AccessionLinkCheck\nDisallow: /not-you/\n"


class _Handler(BaseHTTPRequestHandler):
    """Answers by path; what is not here is not found."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        web = self.server.web  # type: ignore[attr-defined]  # set where the server is made
        with web.lock:
            web.asked[self.path] += 1
            web.agents.add(self.headers["User-Agent"])
            web.hosts.add(self.headers["Host"])
        self.close_connection = True
        path = self.path.partition("?")[0]
        if path == "/robots.txt":
            return self._give(web.robots_status, web.robots.encode(), "text/plain")
        if path in web.shown:
            return self._give(200, web.shown[path], "image/jpeg")
        if path.startswith("/status/"):
            return self._give(int(path.rpartition("/")[2]), b"no", "text/plain")
        if path.startswith("/to/"):
            return self._send(302, web.targets[path])
        if path.startswith("/hop/"):
            return self._send(301, f"/hop/{int(path.rpartition('/')[2]) + 1}")
        bad = {
            "/drip": self._drip,
            "/drip-headers": self._drip_headers,
            "/endless": self._endless,
            "/short": self._short,
            "/bomb": self._bomb,
            "/large": self._large,
            "/no-http": self._no_http,
        }
        return bad.get(path, lambda: self._give(404, b"", "text/plain"))()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that it has
        """Quiet."""

    def _give(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send(self, status: int, location: str) -> None:
        self.send_response(status)
        self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        self._slowly(PICTURE)

    def _drip_headers(self) -> None:
        self._slowly(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 4000)

    def _slowly(self, data: bytes) -> None:
        for place in range(len(data)):
            self.wfile.write(data[place : place + 1])
            self.wfile.flush()
            time.sleep(0.05)

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(PICTURE * 100)

    def _short(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(2 * len(PICTURE)))
        self.end_headers()
        self.wfile.write(PICTURE)

    def _bomb(self) -> None:
        body = gzip.compress(bytes(10_000_000))
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _large(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(10 * 2**30))
        self.end_headers()

    def _no_http(self) -> None:
        self.wfile.write(b"SSH-2.0-OpenSSH_9.2p1\r\n")


class _Server(ThreadingHTTPServer):
    """Says nothing when whoever asked has left."""

    daemon_threads = True

    def __init__(self, web: "StrangeWeb") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.web = web

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asked has left: that is what is tested."""


@dataclass
class StrangeWeb:
    """The server, and what it was asked.

    Attributes:
        shown: pictures by path.
        targets: where the paths below `/to/` send whoever asks.
        asked: how often each path was asked for.
    """

    shown: dict[str, bytes] = field(default_factory=lambda: {"/cat.jpg": PICTURE, "/private/cat.jpg": PICTURE})
    targets: dict[str, str] = field(default_factory=dict)
    robots: str = ROBOTS
    robots_status: int = 200
    asked: Counter[str] = field(default_factory=Counter)
    agents: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    port: int = 0

    @property
    def endpoint(self) -> str:
        """The address that a test opens."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str, host: str = "pictures.example") -> str:
        """A link to a path, by a name that `resolve` knows."""
        return f"http://{host}:{self.port}{path}"

    def resolve(self, host: str, port: int) -> list[str]:
        """Every name is this machine's, but for those that say which address they have."""
        del port
        known = {
            "private.example": "10.0.0.1",
            "metadata.example": "169.254.169.254",
            "six.example": "::ffff:127.0.0.1",
        }
        return [known.get(host, host if host[0].isdigit() or ":" in host else "127.0.0.1")]


@contextmanager
def strange_web() -> Iterator[StrangeWeb]:
    """The server, while the block runs."""
    web = StrangeWeb()
    server = _Server(web)
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """A port of this machine on which nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
