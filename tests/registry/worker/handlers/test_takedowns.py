import pytest
from sqlmodel import select

from policies.takedowns import CaseState
from registry.errors import UnavailableError
from registry.home import Home
from registry.models.takedowns import SubjectKind, TakedownImage
from registry.queries import names
from registry.worker.handlers import takedowns as handler
from registry.worker.station import Station
from tests.factories import cases
from tests.factories.homes import TWINS, WAVES


def found(home: Home, subject: str, kind: SubjectKind) -> tuple[CaseState, list[str]]:
    """What a search for the subject leads to."""
    number = cases.submit(home, subject, kind).number
    cases.search(home, number)
    with home.reading() as session:
        paths = list(session.exec(select(TakedownImage.path)))
    return cases.state(home, number), paths


@pytest.mark.parametrize("url", [f"https://a.example/set/{WAVES}", f"https://a.example/{WAVES}?size=1#x"])
def test_an_image_is_found_by_a_url_that_ends_in_its_path(home: Home, url: str) -> None:
    assert found(home, url, SubjectKind.URL) == (CaseState.MATCHED, [WAVES])


def test_an_image_is_found_by_its_path_and_by_its_bytes(home: Home) -> None:
    assert found(home, f"./{WAVES}", SubjectKind.PATH) == (CaseState.MATCHED, [WAVES])
    digest = cases.sha256_of(home, TWINS[1])
    assert found(home, digest, SubjectKind.SHA256)[0] is CaseState.MATCHED


@pytest.mark.parametrize("subject", ["n02000001/other.jpg", "waves.jpg", "x" * 4096, "a/" * 2000 + "b"])
def test_what_is_not_there_is_not_found(home: Home, subject: str) -> None:
    assert found(home, subject, SubjectKind.PATH) == (CaseState.NO_MATCH, [])


def test_a_search_that_cannot_be_made_leaves_the_case_to_the_next(home: Home) -> None:
    number = cases.submit(home, WAVES).number
    with home.reading() as session:
        key = str(names.case(session, number).id)
    handler.fail(Station(home), key, UnavailableError("The disk is gone."))
    assert cases.state(home, number) is CaseState.RECEIVED
    handler.match(Station(home), key)
    handler.match(Station(home), key)
    assert cases.state(home, number) is CaseState.MATCHED
