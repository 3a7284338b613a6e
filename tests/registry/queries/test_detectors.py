import pytest

from registry.errors import NotFoundError
from registry.home import Home
from registry.queries import detectors
from registry.services import detectors as services
from registry.services.detectors import Weights
from tests.factories import homes


@pytest.fixture
def stocked(bare_home: Home) -> Home:
    with homes.act(bare_home, "mara") as act:
        for name, kind in (("zoo", "yunet"), ("ant", "scrfd")):
            services.add(act, bare_home.blobs, name, Weights(kind, name.encode()), "MIT", None)
    return bare_home


def test_detectors_are_listed_by_name(stocked: Home) -> None:
    with stocked.reading() as session:
        found = detectors.list_detectors(session)
    assert [(one.name, one.kind, one.licence, one.added_by) for one in found] == [
        ("ant", "scrfd", "MIT", "mara"),
        ("zoo", "yunet", "MIT", "mara"),
    ]


def test_a_detector_is_found_by_name_and_by_digest(stocked: Home) -> None:
    with stocked.reading() as session:
        found = detectors.show_detector(session, "zoo")
        assert detectors.show_detector(session, found.digest) == found
        assert detectors.show_detector(session, found.digest.removeprefix("sha256:")) == found
        with pytest.raises(NotFoundError, match="no detector nobody"):
            detectors.show_detector(session, "nobody")
