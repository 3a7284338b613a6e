import pytest

from registry import ids
from registry.errors import InvalidInputError, NotFoundError
from registry.home import Home
from registry.models.takedowns import Revocation
from registry.queries import revocations
from tests.factories import rows
from tests.factories.homes import NOW


@pytest.fixture
def home(bare_home: Home) -> Home:
    """Three revocations whose envelopes hold their own number."""
    with bare_home.sessions() as session:
        for number in (1, 2, 3):
            session.add(
                Revocation(
                    id=ids.new_id(),
                    case_id=rows.case(session).id,
                    number=number,
                    envelope_sha256=bare_home.blobs.put(str(number).encode()),
                    image_count=number,
                    issued_at=NOW,
                )
            )
        session.commit()
    return bare_home


def test_revocations_are_listed_newest_first_page_by_page(home: Home) -> None:
    with home.reading() as session:
        page = revocations.list_revocations(session, limit=2)
        rest = revocations.list_revocations(session, after=page.next, limit=2)
    assert [line.number for line in page.items] == [3, 2]
    assert [line.number for line in rest.items] == [1]
    assert (page.next, rest.next) == ("2", None)


def test_an_envelope_is_read_byte_for_byte(home: Home) -> None:
    with home.reading() as session:
        assert revocations.read_envelope(session, home.blobs, 2) == b"2"
        with pytest.raises(NotFoundError, match="no revocation 4"):
            revocations.read_envelope(session, home.blobs, 4)


@pytest.mark.parametrize("cursor", ["", "-1", "x", "9" * 30, "٣"])
def test_a_cursor_that_is_none_is_refused(home: Home, cursor: str) -> None:
    with home.reading() as session, pytest.raises(InvalidInputError, match="page cursor"):
        revocations.list_revocations(session, after=cursor)
