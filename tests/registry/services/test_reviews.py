import pytest

from registry.errors import WrongStateError
from registry.home import Home
from registry.models.faces import FaceStep
from registry.models.releases import ReleaseState
from registry.services import releases
from registry.services import reviews as services
from registry.services.faces import Step
from tests.factories import homes, reviews
from tests.factories.homes import ASTRONAUT, FIRST, GPS, TWINS, WAVES
from tests.factories.reviews import AGAIN, DOUBTFUL, SECOND_DOUBT

ACCEPT, REJECT = FaceStep.ACCEPTED, FaceStep.REJECTED


def codes(home: Home) -> list[str]:
    """What stands between the release and its signature."""
    with home.reading() as session:
        return [found.code for found in services.read(session, home.blobs, homes.release(home, FIRST)).problems]


def asked(home: Home) -> None:
    """A signature is asked for."""
    with homes.act(home, "mo") as act:
        releases.ask_signature(act, home.blobs, FIRST)


def test_a_release_with_open_reviews_over_the_limit_is_not_signed(furnished_home: Home) -> None:
    reviews.build(furnished_home)
    homes.approve(furnished_home, FIRST)
    with pytest.raises(WrongStateError, match="3 pictures wait for somebody to decide what is a face") as caught:
        asked(furnished_home)
    assert "at most" in caught.value.sentence
    assert homes.release(furnished_home, FIRST).state is ReleaseState.BUILT


def test_once_enough_is_decided_it_is_signed(furnished_home: Home) -> None:
    reviews.build(furnished_home, open_at_most=1)
    homes.approve(furnished_home, FIRST)
    assert codes(furnished_home) == ["reviews-open"]
    reviews.decide(furnished_home, GPS, Step(REJECT, DOUBTFUL.place))
    assert codes(furnished_home) == ["reviews-open"]
    reviews.decide(furnished_home, GPS, Step(REJECT, SECOND_DOUBT.place))
    reviews.decide(furnished_home, ASTRONAUT, Step(REJECT, AGAIN.place))
    assert codes(furnished_home) == []
    asked(furnished_home)
    assert homes.release(furnished_home, FIRST).state is ReleaseState.SIGNING


def test_a_policy_without_a_limit_asks_for_none(furnished_home: Home) -> None:
    reviews.build(furnished_home, open_at_most=None)
    assert codes(furnished_home) == []


def test_a_release_that_shows_a_face_which_was_confirmed_since_is_not_signed_whatever_the_limit(
    furnished_home: Home,
) -> None:
    reviews.build(furnished_home, open_at_most=None)
    homes.approve(furnished_home, FIRST)
    reviews.decide(furnished_home, WAVES, Step(ACCEPT, DOUBTFUL.place))
    assert codes(furnished_home) == ["faces-unmet"]
    with pytest.raises(WrongStateError, match="plan and build again"):
        asked(furnished_home)


def test_before_a_build_it_is_known_what_people_have_decided_and_what_the_policy_asks_for(furnished_home: Home) -> None:
    reviews.build(furnished_home, open_at_most=4)
    reviews.decide(furnished_home, GPS, Step(ACCEPT, DOUBTFUL.place))
    reviews.decide(furnished_home, WAVES, Step(REJECT, DOUBTFUL.place))
    reviews.decide(furnished_home, TWINS[0], Step(FaceStep.ADDED, (1, 1, 9, 9)))
    release = homes.release(furnished_home, FIRST)
    with furnished_home.reading() as session:
        ahead = services.ahead(session, furnished_home.blobs, release.import_id, release.policy_id)
    assert (ahead.decided, ahead.limit) == (3, 4)
