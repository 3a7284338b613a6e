import pytest

from registry.catalogue.manifests import ChangeKind
from registry.errors import NotFoundError, WrongStateError
from registry.home import Home
from registry.queries import diffs
from tests.factories import homes

SECOND = f"{homes.VARIANT}/2026.2"


@pytest.fixture
def home(built_home: Home) -> Home:
    """A second release, under the policy that leaves nobody out."""
    homes.build(built_home, homes.plan(built_home, policy=homes.FACES))
    return built_home


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
