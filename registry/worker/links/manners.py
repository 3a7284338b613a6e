"""How are hosts asked politely? Slowly, one request after the other, and only where their robots.txt lets us.

robots.txt is read as RFC 9309 says: what is not there forbids nothing, what cannot be had just now forbids everything.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from protego import Protego

from registry.worker.links import fetch
from registry.worker.links.fetch import AGENT, Fetcher, Limits
from registry.worker.links.troubles import DisallowedError, LinkError, RefusedError

ROBOTS_BYTES_MAX: Final = 512 * 1024  # RFC 9309 §2.5 wants 500 KiB at least
ROBOTS_LIMITS: Final = Limits(size_bytes=ROBOTS_BYTES_MAX, seconds=15.0)
PAUSE_SECONDS_MAX: Final = 60.0  # a host that wants longer pauses gets these
REMEMBERED_HOSTS: Final = 10_000
FORBIDDEN_FROM: Final = 500  # a status from here on says that nobody knows
ABSENT_FROM: Final = 400
SERVERS_FAULT: Final = "robots-unknown"


@dataclass(slots=True)
class Turns:
    """When each host may be asked next; several threads may wait.

    Attributes:
        pause_seconds: between two requests to one host.
        sleep: how one waits.
        clock: seconds that only grow.
    """

    pause_seconds: float
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _next: OrderedDict[str, float] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, host: str, pause_seconds: float = 0.0) -> None:
        """Return when it is this request's turn; `pause_seconds` where the host asks for more than ours."""
        with self._lock:
            now = self.clock()
            turn = max(now, self._next.pop(host, now))
            self._next[host] = turn + max(self.pause_seconds, min(pause_seconds, PAUSE_SECONDS_MAX))
            while len(self._next) > REMEMBERED_HOSTS:
                self._next.popitem(last=False)
        if turn > now:
            self.sleep(turn - now)


@dataclass(slots=True)
class Manners:
    """What `Fetcher.get` asks before each request.

    Attributes:
        fetcher: asks for robots.txt.
        turns: see there.
    """

    fetcher: Fetcher
    turns: Turns
    _rules: OrderedDict[str, Protego | None] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def permit(self, url: str) -> None:
        """Return when the URL may be asked for.

        Raises:
            DisallowedError: it may not.
        """
        place = fetch.parsed(url)
        host, origin = fetch.host_of(place), f"{place.scheme}://{place.netloc}"
        rules = self._of(origin, host)
        if rules is None:
            raise DisallowedError(SERVERS_FAULT)
        if not rules.can_fetch(url, AGENT):
            raise DisallowedError("robots")
        self.turns.wait(host, rules.crawl_delay(AGENT) or 0.0)

    def _of(self, origin: str, host: str) -> Protego | None:
        """The rules of the origin; None where nobody knows them."""
        with self._lock:
            if origin in self._rules:
                return self._rules[origin]
        rules = self._read(f"{origin}/robots.txt", host)
        with self._lock:
            self._rules[origin] = rules
            while len(self._rules) > REMEMBERED_HOSTS:
                self._rules.popitem(last=False)
        return rules

    def _read(self, url: str, host: str) -> Protego | None:
        """The rules at the URL.

        Raises:
            LinkError: the host cannot be asked at all, which is what there is to say about its links.
        """
        self.turns.wait(host)
        try:
            found = self.fetcher.get(url, keep=True)
        except RefusedError as error:
            if error.code in ("private-address", "privileged-port", "no-url"):
                raise
            return None
        except LinkError as error:
            if error.code in ("no-such-host", "no-connection"):
                raise
            return None
        if found.status >= FORBIDDEN_FROM:
            return None
        text = "" if found.status >= ABSENT_FROM else found.body.decode("utf-8", "replace")
        return Protego.parse(text)
