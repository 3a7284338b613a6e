from registry.access import WORKER
from registry.home import Home
from registry.worker.station import Station, silent


def test_what_happens_at_a_station_is_the_workers_act(bare_home: Home) -> None:
    with Station(bare_home).act() as act:
        assert act.actor == WORKER


def test_a_station_tells_nobody_unless_somebody_watches(bare_home: Home) -> None:
    assert Station(bare_home).progress is silent
    silent("images looked at", 1, None)
