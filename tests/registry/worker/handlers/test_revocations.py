from datetime import timedelta

import pytest
from sqlmodel import select

from policies.takedowns import CaseState, Outcome
from registry.errors import NotFoundError, UnavailableError
from registry.home import Home
from registry.models.takedowns import Revocation
from registry.queries import names
from registry.services import takedowns
from registry.worker.handlers import revocations as handler
from registry.worker.station import Station
from tests.factories import cases, homes, manifests
from tests.factories.homes import NOW, WAVES


@pytest.fixture
def number(home: Home) -> str:
    """The number of an upheld case about an image that was published."""
    homes.released(home, manifests.label_of(home, manifests.build(home)))
    number = cases.submit(home, WAVES).number
    cases.search(home, number)
    with homes.act(home, "rita") as act:
        takedowns.hold(act, number, "Let us see.")
        takedowns.decide(act, home.blobs, number, Outcome.UPHOLD, "They are right.")
    return number


def key(home: Home, number: str) -> str:
    """What the promise about the case says."""
    with home.reading() as session:
        return str(names.case(session, number).id)


def obey(home: Home) -> None:
    """A release without the image is published."""
    later = NOW + timedelta(days=1)
    label = manifests.label_of(home, manifests.build(home, {WAVES: "takedown-like"}, later))
    homes.approve(home, label)
    homes.sign_release(home, label)
    homes.publish(home, label, later)


def test_a_case_is_revoked_once_every_release_obeys(home: Home, number: str) -> None:
    handler.revoke(Station(home), key(home, number))
    assert cases.state(home, number) is CaseState.UPHELD
    obey(home)
    handler.revoke(Station(home), key(home, number))
    handler.revoke(Station(home), key(home, number))
    assert cases.state(home, number) is CaseState.FULFILLED
    with home.reading() as session:
        [kept] = session.exec(select(Revocation))
    assert home.blobs.read(kept.envelope_sha256)
    assert (kept.number, kept.image_count) == (1, 1)


def test_without_a_key_the_case_stays_upheld(home: Home, number: str) -> None:
    obey(home)
    for file in home.settings.keys_folder.glob("*.pem"):
        file.unlink()
    with pytest.raises(NotFoundError, match="There is no key"):
        handler.revoke(Station(home), key(home, number))
    handler.fail(Station(home), key(home, number), UnavailableError("The key is away."))
    assert cases.state(home, number) is CaseState.UPHELD
