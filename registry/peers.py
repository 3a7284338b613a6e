"""How are other logs and witnesses asked? By http, for small answers, within a time; nobody sends us elsewhere.

Only addresses that the operator of this program names are asked. Nothing that comes back is believed here.
"""

import http.client
import ssl
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from registry.errors import InvalidInputError, NotVerifiedError, UnavailableError
from registry.proof import tiles
from registry.proof.logfiles import CHECKPOINT
from registry.proof.note import MAX_NOTE_BYTES
from registry.proof.tiles import TiledTree

TIMEOUT_SECONDS = 10.0


class Reply(NamedTuple):
    """What came back."""

    status: int
    media_type: str
    body: bytes


class RemoteLog:
    """The files of a public log below a URL, read as they are asked for."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def checkpoint(self) -> bytes | None:
        """The newest tree head; None where there is none."""
        return self._file(CHECKPOINT, MAX_NOTE_BYTES)

    def read(self, name: str) -> bytes:
        """A tile or entry bundle; the beginning of the whole one where the partial one is gone.

        Raises:
            NotVerifiedError: it is missing.
            UnavailableError: the log cannot be reached.
        """
        data = tiles.fetched(name, lambda name: self._file(name, tiles.tile_name(name).max_bytes))
        if data is None:
            raise NotVerifiedError(f"The log's file {name} is missing.")
        return data

    def tree(self, size: int) -> TiledTree:
        """The tree of the first `size` leaves, as the tiles have it."""
        return TiledTree(size, self.read)

    def _file(self, name: str, max_bytes: int) -> bytes | None:
        reply = ask(f"{self.url}/{name}", max_bytes=max_bytes)
        if reply.status == http.client.NOT_FOUND:
            return None
        if reply.status != http.client.OK:
            raise UnavailableError(f"{self.url} answers with status {reply.status}.")
        return reply.body


def ask(url: str, body: bytes | None = None, *, max_bytes: int) -> Reply:
    """The answer to a GET, or with a body to a POST.

    Raises:
        InvalidInputError: this is no URL that can be asked.
        UnavailableError: nobody answers, or with more than `max_bytes`.
    """
    parts = _parts(url)
    connection = _connection(parts)
    try:
        path = parts.path or "/"
        connection.request("GET" if body is None else "POST", path, body, {"Connection": "close"})
        response = connection.getresponse()
        data = response.read(max_bytes + 1)
    except (OSError, http.client.HTTPException) as problem:
        raise UnavailableError(f"{parts.hostname} does not answer.") from problem
    finally:
        connection.close()
    if len(data) > max_bytes:
        raise UnavailableError(f"{parts.hostname} answers with more than {max_bytes} bytes.")
    return Reply(response.status, response.headers.get_content_type(), data)


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS, context=context)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or parts.query or parts.fragment or parts.username:
        raise InvalidInputError("This is no address of the form https://host/path.")
    return parts
