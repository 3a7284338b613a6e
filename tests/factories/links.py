"""Homes whose images came from a web server on this machine, and checks of their links."""

from datetime import datetime
from pathlib import Path

from registry import settings
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.links import Found, LinkState
from registry.home import Home
from registry.models.links import LinkCheck
from registry.services import links
from registry.worker.handlers import links as handler
from registry.worker.station import Station
from tests.factories import homes, layers
from tests.factories.homes import NOW, VARIANT
from tests.factories.webs import StrangeWeb


def local(web: StrangeWeb, path: str, host: str = "127.0.0.1") -> str:
    """A link that this machine's own resolver knows."""
    return f"http://{host}:{web.port}{path}"


def opened_to(home: Home, web: StrangeWeb) -> Home:
    """The home, whose settings open the one address of the server, and make nobody wait."""
    with (home.settings.home / settings.FILE_NAME).open("a") as file:
        file.write(f'links_open_addresses = ["{web.endpoint}", "[::1]:{web.port}"]\nlinks_pause_seconds = 0\n')
    return Home(settings.load(home.settings.home))


def say_sources(home: Home, links_by_image: dict[str, str], name: str = "urls") -> None:
    """A layer of sources over the home's variant."""
    rows = [(image, url, None) for image, url in links_by_image.items()]
    layers.add(home, Kind.SOURCES, name, rows)


def ask(home: Home, layer: str | None = None, now: datetime = NOW) -> LinkCheck:
    """The check that mara asked for."""
    with homes.act(home, "mara", now) as act:
        return links.ask(act, VARIANT, layer)


def check(home: Home, now: datetime = NOW) -> LinkCheck:
    """A check that is done."""
    asked = ask(home, now=now)
    handler.check(Station(home), str(asked.id))
    with home.reading() as session:
        return session.get_one(LinkCheck, asked.id)


def found(
    image: str,
    state: LinkState = LinkState.ALIVE,
    host: str = "a.example",
    label: str | None = "n01",
    sha256: str = "5",
) -> Found:
    """What was found at a link."""
    came = state in (LinkState.ALIVE, LinkState.CHANGED)
    return Found(
        image, f"http://{host}/{image}", label, host, state, None, 200, 0, None, sha256 * 64 if came else None, 7, "now"
    )


def file_of(home: Home, folder: Path, check_: LinkCheck) -> Path:
    """What a check found, as a file."""
    file = folder / "found.parquet"
    file.write_bytes(home.blobs.read(check_.found_sha256 or ""))
    return file
