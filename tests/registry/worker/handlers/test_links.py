from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from registry.catalogue import links as catalogue
from registry.errors import InvalidInputError, UnavailableError
from registry.home import Home
from registry.models.links import CheckState, LinkCheck, LinkCheckShard
from registry.worker.handlers import links as handler
from registry.worker.links.rounds import Round
from registry.worker.station import Station
from tests.factories import homes, links, webs
from tests.factories.webs import StrangeWeb


@pytest.fixture
def web() -> Iterator[StrangeWeb]:
    with webs.strange_web() as running:
        yield running


@pytest.fixture
def home(furnished_home: Home, web: StrangeWeb, tmp_path: Path) -> Iterator[Home]:
    """A home that may ask the server, and whose images came from there."""
    own = homes.draw(tmp_path / "drawn")
    web.shown |= {"/waves.jpg": (own / homes.WAVES).read_bytes()}
    with links.opened_to(furnished_home, web) as opened:
        urls = {
            homes.WAVES: links.local(web, "/waves.jpg"),
            homes.GPS: links.local(web, "/cat.jpg", "localhost"),
            homes.TWINS[0]: links.local(web, "/gone.jpg"),
            homes.TWINS[1]: "http://10.0.0.1/private.jpg",
            "elsewhere.jpg": links.local(web, "/cat.jpg"),
        }
        links.say_sources(opened, urls)
        yield opened


def states(home: Home, folder: Path, check: LinkCheck) -> dict[str, tuple[str, str | None]]:
    table = pq.read_table(links.file_of(home, folder, check))
    return {row["image"]: (row["state"], row["code"]) for row in table.to_pylist()}


def test_every_link_is_looked_at_and_what_was_found_is_kept_by_its_digest(home: Home, tmp_path: Path) -> None:
    done = links.check(home)
    assert done.state is CheckState.DONE
    assert states(home, tmp_path, done) == {
        homes.WAVES: ("alive", None),
        homes.GPS: ("changed", "not-what-was-imported"),
        homes.TWINS[0]: ("gone", None),
        homes.TWINS[1]: ("refused", "private-address"),
        "elsewhere.jpg": ("alive", None),
    }
    assert done.counts == {"alive": 2, "changed": 1, "gone": 1, "refused": 1}
    assert homes.count(home, LinkCheckShard) == 1


def test_the_next_check_sees_what_has_changed_since(home: Home, web: StrangeWeb, tmp_path: Path) -> None:
    links.check(home)
    web.shown["/cat.jpg"] = webs.OTHER
    again = links.check(home)
    assert states(home, tmp_path, again)["elsewhere.jpg"] == ("changed", "not-what-was-there")
    assert states(home, tmp_path, again)[homes.WAVES] == ("alive", None)


def test_a_check_that_died_goes_on_behind_the_shards_that_are_done(
    home: Home, web: StrangeWeb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "SHARD_LINKS", 2)
    calm = states(home, tmp_path, links.check(home))
    walked, rounds = Round.walked, []

    def dies(self: Round, some: list[catalogue.Asked], at: str) -> list[catalogue.Found]:
        rounds.append([link.image for link in some])
        if len(rounds) == 2:
            raise KeyboardInterrupt
        return walked(self, some, at)

    asked = links.ask(home)
    with monkeypatch.context() as patch:
        patch.setattr(Round, "walked", dies)
        with pytest.raises(KeyboardInterrupt):
            handler.check(Station(home), str(asked.id))
    before = web.asked.total()
    done = links.check(home)
    assert done.id == asked.id
    assert states(home, tmp_path, done) == calm
    assert web.asked.total() > before
    assert homes.count(home, LinkCheckShard) == 6


def test_a_check_that_is_done_is_not_done_again(home: Home, web: StrangeWeb) -> None:
    done = links.check(home)
    before = web.asked.total()
    handler.check(Station(home), str(done.id))
    assert web.asked.total() == before


def test_a_check_without_a_single_link_says_so(furnished_home: Home) -> None:
    asked = links.ask(furnished_home)
    with pytest.raises(InvalidInputError, match="not one of them has a link"):
        handler.check(Station(furnished_home), str(asked.id))
    handler.fail(Station(furnished_home), str(asked.id), UnavailableError("No."))
    with furnished_home.reading() as session:
        assert session.get_one(LinkCheck, asked.id).state is CheckState.FAILED


def test_who_asks_is_made_of_the_settings(home: Home, web: StrangeWeb) -> None:
    made = handler.round_of(home.settings)
    assert web.endpoint in made.fetcher.gate.opened
    assert made.manners.turns.pause_seconds == 0
