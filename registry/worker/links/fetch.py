"""One picture over HTTP from a stranger, by the standard library: bounded, pinned, and never trusted.

Answers: which status, and which bytes? Each redirect is looked at as if it had been the link. The socket is connected
to an address that passed the gate, TLS then proves the *name*, and the Host header says it: nothing between can put
another machine there. Asks for bytes as they are, and refuses what comes encoded: a bomb is never unpacked.
"""

import hashlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from registry.worker.links.addresses import Gate
from registry.worker.links.troubles import RefusedError, UnreachableError

AGENT: Final = "AccessionLinkCheck"
URL_CHARACTERS: Final = 4096
READ_BYTES: Final = 64 * 1024
# Bytes that a body begins with, for whoever wants to know what it is.
HEAD_BYTES: Final = 4096
MOVED: Final = frozenset({301, 302, 303, 307, 308})
# Where spaces and letters of other alphabets stand in a link, they are coded; what is coded already stays.
SAFE: Final = "%/:=&?~+!$,;'@()*[]"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of anything is accepted.

    Attributes:
        size_bytes: of a body; more, and what came is thrown away.
        seconds: for a link with all its redirects.
        connect_seconds: for one connection.
        redirects: how many are followed.
    """

    size_bytes: int = 32 * 2**20
    seconds: float = 30.0
    connect_seconds: float = 10.0
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back.

    Attributes:
        status: of the last answer.
        url: where that was.
        redirects: how many led there.
        head: the first bytes of the body.
        body: all of them, where they were asked for.
        sha256: hex, of the body.
        size_bytes: of the body.
    """

    status: int
    url: str
    redirects: int
    head: bytes
    body: bytes
    sha256: str
    size_bytes: int


def anywhere(url: str) -> None:
    """Every URL is fine."""
    del url


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Asks for links.

    Attributes:
        gate: who may be asked.
        limits: how much is accepted.
        contact: for the User-Agent: where the people whose servers we ask can complain.
        context: whose certificates are believed.
    """

    gate: Gate
    limits: Limits = field(default_factory=Limits)
    contact: str = ""
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def get(self, url: str, permit: Callable[[str], None] = anywhere, *, keep: bool = False) -> Fetched:
        """The answer to the link, or to where it leads.

        Args:
            url: http or https.
            permit: asked before each request, may wait, and raises where the request is not to be made.
            keep: whether the body is wanted, and not only what it is.

        Raises:
            RefusedError: it leads to where we do not go, or to more than the limits.
            UnreachableError: no answer that is HTTP.
        """
        seen: set[str] = set()
        until = time.monotonic() + self.limits.seconds
        while True:
            place = parsed(url)
            if url in seen:
                raise RefusedError("redirect-loop")
            seen.add(url)
            waiting = time.monotonic()
            permit(url)
            until += time.monotonic() - waiting  # to be polite costs the link nothing
            answer = self._asked(place, url, len(seen) - 1, until, keep=keep)
            if isinstance(answer, Fetched):
                return answer
            if len(seen) > self.limits.redirects:
                raise RefusedError("too-many-redirects")
            url = urljoin(url, answer)

    def _asked(self, place: SplitResult, url: str, redirects: int, until: float, *, keep: bool) -> Fetched | str:
        """The answer, or where it sends us."""
        with self._connected(place, until) as connection:
            try:
                connection.request("GET", target(place), headers=self._headers())
                with connection.getresponse() as response:
                    location = response.getheader("Location")
                    if response.status in MOVED and location:
                        return location
                    return self._listened(response, url, redirects, keep=keep)
            except (http.client.HTTPException, ValueError) as error:
                raise UnreachableError("no-http") from error

    def _listened(self, response: http.client.HTTPResponse, url: str, redirects: int, *, keep: bool) -> Fetched:
        """The answer with its whole body, which is thrown away unless it is wanted."""
        digest, head, body, size = hashlib.sha256(), b"", bytearray(), 0
        for piece in self._pieces(response):
            digest.update(piece)
            head, size = (head + piece)[:HEAD_BYTES], size + len(piece)
            if keep:
                body += piece
        return Fetched(response.status, url, redirects, head, bytes(body), digest.hexdigest(), size)

    def _headers(self) -> dict[str, str]:
        agent = f"{AGENT}/1 (+{self.contact})" if self.contact else f"{AGENT}/1"
        accepted = {"Accept": "image/*,*/*;q=0.5", "Accept-Encoding": "identity"}
        return {"User-Agent": agent, **accepted, "Connection": "close"}

    @contextmanager
    def _connected(self, place: SplitResult, until: float) -> Iterator[http.client.HTTPConnection]:
        """A connection to the first address that takes one; cut off when the time is over."""
        host, port = host_of(place), port_of(place)
        line = _dialled(self.gate.addresses(host, port), port, min(self.limits.connect_seconds, _left(until)))
        with line, _Cut(line, _left(until)) as cut:
            try:
                secured = self.context.wrap_socket(line, server_hostname=host) if place.scheme == "https" else line
                with secured:
                    cut.line = secured
                    connection = http.client.HTTPConnection(host, port)
                    connection.sock = secured
                    yield connection
                if cut.is_over:
                    raise RefusedError("too-slow")
            except OSError as error:
                raise _told(error, was_cut=cut.is_over) from error
            except UnreachableError:
                # What a cut line looks like to whoever was listening.
                if cut.is_over:
                    raise RefusedError("too-slow") from None
                raise

    def _pieces(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        """The body, as long as it is within the limits, whole, and not encoded."""
        if response.getheader("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
            raise RefusedError("encoded")
        promised = response.length
        if promised is not None and promised > self.limits.size_bytes:
            raise RefusedError("too-large")
        size = 0
        while piece := response.read(READ_BYTES):
            size += len(piece)
            if size > self.limits.size_bytes:
                raise RefusedError("too-large")
            yield piece
        if promised is not None and size < promised:
            raise UnreachableError("cut-short")


def parsed(url: str) -> SplitResult:
    """The parts of a link that may be followed.

    Raises:
        RefusedError: it is none.
    """
    try:
        place = urlsplit(url)
        is_whole = bool(place.hostname) and place.port != 0
    except ValueError as error:
        raise RefusedError("no-url") from error
    if place.scheme not in ("http", "https", ""):
        raise RefusedError("scheme")
    if not (place.scheme and is_whole and url.isprintable()) or len(url) > URL_CHARACTERS:
        raise RefusedError("no-url")
    if place.username is not None or place.password is not None:
        raise RefusedError("credentials")
    return place


def host_of(place: SplitResult) -> str:
    """The name of the host as DNS and certificates have it (IDNA), without a dot at its end.

    Raises:
        RefusedError: it is no name.
    """
    name = (place.hostname or "").removesuffix(".")
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise RefusedError("no-url") from error


def port_of(place: SplitResult) -> int:
    """The port that the link says, or its scheme's own."""
    return place.port or (443 if place.scheme == "https" else 80)


def target(place: SplitResult) -> str:
    """Path and query as a request line has them."""
    path = quote(place.path or "/", safe=SAFE)
    return f"{path}?{quote(place.query, safe=SAFE)}" if place.query else path


class _Cut:
    """Cuts a line when the time is over, even if it sends a byte now and then."""

    def __init__(self, line: socket.socket, seconds: float) -> None:
        self.line, self.is_over = line, False
        self._timer = threading.Timer(seconds, self._now)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _now(self) -> None:
        self.is_over = True
        try:
            self.line.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended by itself


def _dialled(addresses: list[str], port: int, seconds: float) -> socket.socket:
    """A connection to the first of the addresses that takes one."""
    problem: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((address, port), seconds)
        except OSError as error:
            problem = error
    raise _told(problem or OSError(), was_cut=False)


def _left(until: float) -> float:
    """Seconds until then.

    Raises:
        RefusedError: there are none.
    """
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise RefusedError("too-slow")
    return seconds


def _told(error: OSError, *, was_cut: bool) -> RefusedError | UnreachableError:
    """What went wrong on the line."""
    if was_cut:
        return RefusedError("too-slow")
    if isinstance(error, ssl.SSLError):
        return UnreachableError("no-trust" if isinstance(error, ssl.SSLCertVerificationError) else "no-tls")
    return UnreachableError("no-answer" if isinstance(error, TimeoutError) else "no-connection")
