import pytest

from registry.errors import ForbiddenError, InvalidInputError, NotFoundError, WrongStateError
from registry.home import Home
from registry.models.releases import Release, ReleaseState
from registry.services import abandonments, builds, exports, releases
from tests.factories import homes, manifests
from tests.factories.homes import FIRST, NOW, PERSON


@pytest.fixture
def home(furnished_home: Home) -> Home:
    """A home with a release that was planned by mara and built without looking at pixels."""
    manifests.build(furnished_home, {PERSON: "person-class"})
    return furnished_home


def in_state(home: Home, state: ReleaseState) -> None:
    """The release is in this state now; the rows of a later one keep what they have."""
    with homes.act(home, "mara") as act:
        row = act.session.get_one(Release, homes.release(home, FIRST).id)
        row.state = state
        row.failure = "The disk is full."
        row.signed_by = row.published_by = act.actor.person()
        row.signed_at = row.published_at = act.now
        row.files = {}


def abandon(home: Home, handle: str = "mara", reason: str = "The counts are wrong.", label: str = FIRST) -> None:
    """Somebody gives the release up."""
    with homes.act(home, handle) as act:
        abandonments.abandon(act, label, reason)


@pytest.mark.parametrize("state", sorted(abandonments.ENDS))
@pytest.mark.parametrize("handle", ["mara", "ana"])
def test_what_nobody_was_told_of_is_given_up_with_a_reason(home: Home, state: ReleaseState, handle: str) -> None:
    in_state(home, state)
    abandon(home, handle, "  The counts are wrong. ")
    row = homes.release(home, FIRST)
    assert (row.state, row.abandoned_because, row.abandoned_at) == (
        ReleaseState.ABANDONED,
        "The counts are wrong.",
        NOW,
    )
    event = homes.events(home)[-1]
    assert (event.event, event.actor_name, event.facts) == ("release.abandoned", handle, {"before": state.value})


@pytest.mark.parametrize("state", sorted(set(ReleaseState) - abandonments.ENDS - {ReleaseState.ABANDONED}))
def test_what_a_job_is_at_or_everybody_has_is_not_given_up(home: Home, state: ReleaseState) -> None:
    in_state(home, state)
    with pytest.raises(WrongStateError, match=f"is {state}; only what is planned"):
        abandon(home)
    assert homes.release(home, FIRST).state is state


def test_it_is_given_up_once(home: Home) -> None:
    abandon(home)
    with pytest.raises(WrongStateError, match="is abandoned"):
        abandon(home, reason="Again.")
    assert homes.release(home, FIRST).abandoned_because == "The counts are wrong."


@pytest.mark.parametrize("reason", ["", " \n", "x" * 2001])
def test_it_needs_a_reason(home: Home, reason: str) -> None:
    with pytest.raises(InvalidInputError, match="needs a reason"):
        abandon(home, reason=reason)


@pytest.mark.parametrize("handle", ["rita", "otto", "ada"])
def test_reviewers_auditors_and_administrators_give_nothing_up(home: Home, handle: str) -> None:
    with pytest.raises(ForbiddenError, match=r"release\.abandon"):
        abandon(home, handle)


def test_a_release_that_does_not_exist_is_not_found(home: Home) -> None:
    with pytest.raises(NotFoundError):
        abandon(home, label="sample/photos/1999.1")


def test_nothing_is_done_with_it_afterwards(home: Home) -> None:
    abandon(home)
    digest = homes.release(home, FIRST).approval_digest or ""
    with pytest.raises(WrongStateError, match="is abandoned"), homes.act(home, "mara") as act:
        builds.ask(act, FIRST)
    with pytest.raises(WrongStateError, match="is abandoned"), homes.act(home, "ana") as act:
        releases.approve(act, FIRST, digest, "because")
    with pytest.raises(WrongStateError, match="is abandoned"), homes.act(home, "mo") as act:
        releases.ask_signature(act, home.blobs, FIRST)
    with pytest.raises(WrongStateError, match="is abandoned"), homes.act(home, "otto") as act:
        exports.ask(act, home.blobs, FIRST, home.settings.home / "copy")


def test_the_number_of_an_abandoned_release_is_not_used_again(home: Home) -> None:
    abandon(home)
    assert homes.plan(home) != FIRST
