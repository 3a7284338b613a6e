from datetime import timedelta

from registry.home import Home
from registry.models.exceptions import Grant
from registry.queries import exceptions
from registry.queries.exceptions import Standing
from tests.factories import rows
from tests.factories.homes import NOW

DIGESTS = ["1" * 64, "2" * 64, "3" * 64]


def test_what_is_in_force_ends_and_a_hold_is_stronger(bare_home: Home) -> None:
    with bare_home.sessions() as session:
        place = rows.variant(session).id
        for digest, grants in ((DIGESTS[0], Grant.HOLD), (DIGESTS[0], Grant.KEEP), (DIGESTS[1], Grant.BLUR)):
            rows.exception(session, variant_id=place, image_sha256=digest, grants=grants)
        rows.exception(session, variant_id=place, image_sha256=DIGESTS[2], until=NOW + timedelta(days=1))
        ended = {"ended_at": NOW, "ended_by": rows.mara(session), "ended_because": "a mistake"}
        rows.exception(session, variant_id=place, image_sha256="4" * 64, **ended)
        assert exceptions.in_force(session, NOW) == {
            DIGESTS[0]: Grant.HOLD,
            DIGESTS[1]: Grant.BLUR,
            DIGESTS[2]: Grant.KEEP,
        }
        assert DIGESTS[2] not in exceptions.in_force(session, NOW + timedelta(days=1))
        lines = exceptions.register(session, NOW + timedelta(days=2))
    assert [line.standing for line in lines] == [Standing.IN_FORCE] * 3 + [Standing.ENDED, Standing.EXPIRED]
    assert (lines[3].owner, lines[3].variant, lines[3].ended_because) == ("mara", "sample/photos", "a mistake")
