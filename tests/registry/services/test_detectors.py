import pytest

from registry.errors import ForbiddenError, InvalidInputError, NotVerifiedError, WrongStateError
from registry.home import Home
from registry.models.detectors import SuppliedDetector
from registry.services import detectors
from registry.services.detectors import Weights
from tests.factories import homes

WEIGHTS = Weights("yunet", b"weights")


def added(home: Home, name: str = "mine", weights: Weights = WEIGHTS, **changes: str) -> SuppliedDetector:
    asked = {"licence": "MIT", "handle": "mara", "expected": weights.sha256} | changes
    with homes.act(home, asked["handle"]) as act:
        return detectors.add(act, home.blobs, name, weights, asked["licence"], asked["expected"])


def test_weights_are_kept_under_their_digest_with_their_licence_and_an_event(bare_home: Home) -> None:
    made = added(bare_home, licence="Apache-2.0 WITH LLVM-exception")
    assert (made.name, made.kind, made.size_bytes) == ("mine", "yunet", 7)
    assert bare_home.blobs.read(made.sha256) == b"weights"
    [event] = homes.events(bare_home)
    assert (event.event, event.subject_id) == ("detector.added", "mine")
    assert event.facts == {"kind": "yunet", "sha256": made.sha256, "licence": "Apache-2.0 WITH LLVM-exception"}


def test_the_same_weights_are_the_same_detector_whatever_they_are_called(bare_home: Home) -> None:
    first = added(bare_home)
    assert added(bare_home, "other", expected=f"sha256:{WEIGHTS.sha256}").id == first.id
    assert homes.count(bare_home, SuppliedDetector) == 1


def test_a_name_stays_with_its_weights(bare_home: Home) -> None:
    added(bare_home)
    with pytest.raises(WrongStateError, match="with other weights"):
        added(bare_home, weights=Weights("scrfd", b"others"))


def test_weights_with_another_digest_than_expected_are_not_kept(bare_home: Home) -> None:
    with pytest.raises(NotVerifiedError, match="not the one that was expected"):
        added(bare_home, expected="0" * 64)
    assert not bare_home.blobs.has(WEIGHTS.sha256)


@pytest.mark.parametrize("licence", ["", "MIT\n", "<script>", "M" * 201])
def test_a_licence_is_an_expression(bare_home: Home, licence: str) -> None:
    with pytest.raises(InvalidInputError, match="SPDX"):
        added(bare_home, licence=licence)


def test_only_who_plans_releases_adds_detectors(bare_home: Home) -> None:
    with pytest.raises(ForbiddenError):
        added(bare_home, handle="rita")
