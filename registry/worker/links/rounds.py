"""One link asked for and judged; many of them at once, each host slowly.

Answers: what is at these links now? Never an exception for what is wrong with a link: it is what was found.
"""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from registry.catalogue.entries import Defect, Format
from registry.catalogue.headers import sniff
from registry.catalogue.headers.window import Window
from registry.catalogue.links import Asked, Found, LinkState
from registry.worker.links import fetch, placeholders
from registry.worker.links.fetch import Fetched, Fetcher
from registry.worker.links.manners import Manners
from registry.worker.links.troubles import DisallowedError, LinkError, RefusedError

HOSTS_AT_ONCE: Final = 16
FOUND: Final = range(200, 300)
GONE: Final = frozenset({404, 410})
CLOSED: Final = frozenset({401, 402, 403, 451})


@dataclass(frozen=True, slots=True)
class Round:
    """Asks for links.

    Attributes:
        fetcher: asks for one.
        manners: when, and whether.
    """

    fetcher: Fetcher
    manners: Manners

    def walked(self, links: Sequence[Asked], checked_at: str) -> list[Found]:
        """What is at each of the links, in their order; the hosts side by side, a host's links one after the other."""
        by_host: dict[str, list[int]] = defaultdict(list)
        for number, link in enumerate(links):
            by_host[host(link.url)].append(number)
        found: dict[int, Found] = {}
        with ThreadPoolExecutor(min(HOSTS_AT_ONCE, len(by_host) or 1)) as pool:
            for numbers, results in zip(
                by_host.values(),
                pool.map(lambda own: [self.looked(links[number], checked_at) for number in own], by_host.values()),
                strict=True,
            ):
                found |= dict(zip(numbers, results, strict=True))
        return [found[number] for number in range(len(links))]

    def looked(self, link: Asked, checked_at: str) -> Found:
        """What is at one link."""
        try:
            answer = self.fetcher.get(link.url, self.manners.permit)
        except LinkError as error:
            return _found(link, state_of(error), error.code, None, checked_at)
        state, code = judged(link, answer)
        return _found(link, state, code, answer, checked_at)


def state_of(error: LinkError) -> LinkState:
    """What it means that a link could not be followed to its end."""
    if isinstance(error, DisallowedError):
        return LinkState.DISALLOWED
    return LinkState.REFUSED if isinstance(error, RefusedError) else LinkState.UNREACHABLE


def judged(link: Asked, answer: Fetched) -> tuple[LinkState, str | None]:
    """What an answer means, and what else there is to say."""
    if answer.status in GONE:
        return LinkState.GONE, None
    if answer.status in CLOSED:
        return LinkState.CLOSED, None
    if answer.status not in FOUND:
        return LinkState.FAILING, None
    header = sniff.read(Window(answer.head))
    if header.format is None and header.defect is not Defect.UNSUPPORTED_FORMAT:
        return LinkState.NO_PICTURE, "empty" if not answer.size_bytes else None
    return _picture(link, answer, header.format)


def host(url: str) -> str:
    """The host that a link names; empty for a link that is none."""
    try:
        return fetch.host_of(fetch.parsed(url))
    except RefusedError:
        return ""


def _picture(link: Asked, answer: Fetched, file_format: Format | None) -> tuple[LinkState, str | None]:
    """Which picture came: a sign that one is gone, the image itself, or another one."""
    if placeholders.named(answer, file_format) is not None:
        return LinkState.PLACEHOLDER, None
    if link.sha256 is not None and answer.sha256 != link.sha256:
        return LinkState.CHANGED, "not-what-was-imported"
    if link.sha256 is None and link.sha256_before not in (None, answer.sha256):
        return LinkState.CHANGED, "not-what-was-there"
    return LinkState.ALIVE, None


def _found(link: Asked, state: LinkState, code: str | None, answer: Fetched | None, checked_at: str) -> Found:
    is_elsewhere = answer is not None and answer.redirects > 0
    return Found(
        image=link.image,
        url=link.url,
        label=link.label,
        host=host(link.url),
        state=state,
        code=code,
        status=answer.status if answer else None,
        redirects=answer.redirects if answer else None,
        final_url=answer.url if answer and is_elsewhere else None,
        sha256=answer.sha256 if answer else None,
        size_bytes=answer.size_bytes if answer else None,
        checked_at=checked_at,
    )
