from pathlib import Path

import pytest

from tests.factories import browsing, shown

pytestmark = pytest.mark.xdist_group("shown")

STATUS_PER_MINUTE = 10
INTAKES_PER_MINUTE = 5


@pytest.mark.parametrize(
    ("url", "allowed"),
    [("/sign-in", 10), ("/takedowns", INTAKES_PER_MINUTE), ("/takedowns/status", STATUS_PER_MINUTE)],
)
def test_a_stranger_who_knocks_too_often_has_to_wait(tmp_path: Path, url: str, allowed: int) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        visitor = browsing.Visitor(browsing.app_of(home, is_limited=True))
        statuses = [visitor.post(url).status_code for _ in range(allowed)]
        refused = visitor.post(url)
    assert 429 not in statuses
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "Wait a little" in refused.text


def test_reading_is_not_slowed_down(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        visitor = browsing.Visitor(browsing.app_of(home, is_limited=True))
        assert {visitor.get("/takedowns").status_code for _ in range(30)} == {200}


@pytest.mark.parametrize(("trusted", "is_limited"), [(1, False), (0, True)])
def test_strangers_behind_a_trusted_proxy_are_counted_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, trusted: int, is_limited: bool
) -> None:
    monkeypatch.setenv("ACCESSION_TRUSTED_PROXIES", str(trusted))
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        visitor = browsing.Visitor(browsing.app_of(home, is_limited=True))
        statuses = set()
        for number in range(12):
            visitor.client.environ_base["HTTP_X_FORWARDED_FOR"] = f"198.51.100.{number}"
            statuses.add(visitor.post("/sign-in").status_code)
    assert (429 in statuses) is is_limited
