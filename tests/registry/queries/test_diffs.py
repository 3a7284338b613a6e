from collections.abc import Iterator

import pytest

from registry.catalogue.manifests import ChangeKind
from registry.errors import NotFoundError, WrongStateError
from registry.home import Home
from registry.queries import diffs
from tests.conftest import ON_POSTGRES, ON_SQLITE
from tests.factories import homes
from tests.factories.homes import Stage, Stock

# One process makes the two releases of each database; what is planned beside them changes neither.
pytestmark = pytest.mark.xdist_group("diffs")
SECOND = f"{homes.VARIANT}/2026.2"


@pytest.fixture(scope="module", params=[ON_SQLITE, ON_POSTGRES])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A second release, under the policy that leaves nobody out."""
    stock = request.getfixturevalue(f"{request.param}_stock")
    assert isinstance(stock, Stock)
    with stock.opened(Stage.BUILT, tmp_path_factory.mktemp("diffs") / "home") as opened:
        homes.build(opened, homes.plan(opened, policy=homes.FACES))
        yield opened


def test_two_releases_differ_in_what_their_policies_say(home: Home) -> None:
    with home.reading() as session:
        diff = diffs.read_diff(session, home.blobs, homes.FIRST, SECOND, is_insider=True)
    assert diff.counts[ChangeKind.VERDICT_CHANGED] == 1
    assert [change.path for change in diff.changes if change.kind is ChangeKind.VERDICT_CHANGED] == [homes.PERSON]
    assert not diff.is_cut
    assert (diff.old, diff.new) == (homes.FIRST, SECOND)


def test_a_long_diff_is_cut_and_says_so(home: Home) -> None:
    with home.reading() as session:
        whole = diffs.read_diff(session, home.blobs, homes.FIRST, SECOND, is_insider=True)
        cut = diffs.read_diff(session, home.blobs, homes.FIRST, SECOND, is_insider=True, limit=0)
    assert cut.is_cut
    assert cut.changes == ()
    assert cut.counts == whole.counts


def test_a_release_is_no_different_from_itself(home: Home) -> None:
    with home.reading() as session:
        diff = diffs.read_diff(session, home.blobs, SECOND, SECOND, is_insider=True)
    assert set(diff.counts.values()) == {0}
    assert set(diff.counts) == set(ChangeKind)


def test_what_is_not_published_is_for_insiders(home: Home) -> None:
    with home.reading() as session, pytest.raises(NotFoundError):
        diffs.read_diff(session, home.blobs, homes.FIRST, SECOND, is_insider=False)


def test_what_is_not_built_cannot_be_compared(home: Home) -> None:
    label = homes.plan(home)
    with home.reading() as session, pytest.raises(WrongStateError, match="not built yet"):
        diffs.read_diff(session, home.blobs, homes.FIRST, label, is_insider=True)
