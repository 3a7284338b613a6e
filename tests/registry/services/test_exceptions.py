"""One image stays or stops in spite of every policy, until a day; what rests on one that is over is not signed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from policies.takedowns import CaseState
from registry.catalogue import manifests
from registry.errors import ForbiddenError, InvalidInputError, NotFoundError, WrongStateError
from registry.home import Home
from registry.models.exceptions import Grant, ImageException
from registry.models.releases import Release, ReleaseState
from registry.queries import exceptions as queries
from registry.services import exceptions, people, planning, releases, verdicts
from registry.services.exceptions import Wish
from tests.factories import cases, homes
from tests.factories.homes import FIRST, NOW, PERSON, VARIANT, WAVES

FAR = datetime(2999, 1, 1, tzinfo=UTC)


def grant(home: Home, who: str = "ana", **changes: object) -> ImageException:
    wish: dict[str, object] = {"grants": Grant.KEEP, "variant": VARIANT, "path": PERSON, "reason": "She agreed."}
    with homes.act(home, who) as act:
        made = Wish(**({"owner": "mara", "until": FAR} | wish | changes))  # type: ignore[arg-type]  # the caller names them
        return exceptions.grant(act, home.blobs, made)


def fate(home: Home, release: Release, path: str) -> tuple[str, tuple[str, ...]]:
    with manifests.opened(home.blobs, release.manifest_sha256 or "") as file:
        [entry] = manifests.find(file, path=path)
    return entry.verdict.value, entry.reasons


def built(home: Home) -> Release:
    return homes.build(home, homes.plan(home))


def test_an_image_that_the_policy_excludes_is_kept_by_an_exception_and_a_reviewer_looks_too(
    furnished_home: Home,
) -> None:
    made = grant(furnished_home)
    event = homes.events(furnished_home)[-1]
    assert (event.event, event.subject_id, event.facts["owner"]) == ("exception.granted", str(made.id), "mara")
    assert fate(furnished_home, built(furnished_home), PERSON) == ("keep", ("exception",))
    homes.approve(furnished_home, FIRST)
    with homes.act(furnished_home, "mo") as act, pytest.raises(WrongStateError, match="rests on an exception"):
        releases.ask_signature(act, furnished_home.blobs, FIRST)
    homes.approve(furnished_home, FIRST, ("rita",))
    assert homes.sign_release(furnished_home, FIRST).state is ReleaseState.SIGNED


def test_a_release_that_rests_on_an_exception_for_which_nobody_answers_any_more_is_not_signed(
    furnished_home: Home,
) -> None:
    grant(furnished_home, owner="otto")
    held = grant(furnished_home, "rita", owner="otto", grants=Grant.HOLD, path=WAVES)
    built(furnished_home)
    homes.approve(furnished_home, FIRST, ("ana", "ben", "rita"))
    with homes.act(furnished_home, "ada") as act:
        people.deactivate(act, "otto")
    with homes.act(furnished_home, "mo") as act, pytest.raises(WrongStateError, match="whose exception is over"):
        releases.ask_signature(act, furnished_home.blobs, FIRST)
    with furnished_home.reading() as session:
        assert verdicts.stops(session, NOW).held == {held.image_sha256}
        standing = {line.path: line.standing.value for line in queries.register(session, NOW)}
    assert standing == {PERSON: "nobody answers for it", WAVES: "in force"}
    with pytest.raises(WrongStateError, match="can answer for nothing"):
        grant(furnished_home, owner="otto")


def test_a_release_that_rests_on_an_exception_that_is_over_is_not_signed(furnished_home: Home) -> None:
    made = grant(furnished_home)
    built(furnished_home)
    homes.approve(furnished_home, FIRST, ("ana", "ben", "rita"))
    with homes.act(furnished_home, "ana") as act:
        exceptions.end(act, made.id, "She changed her mind.")
    with homes.act(furnished_home, "mo") as act, pytest.raises(WrongStateError, match="whose exception is over"):
        releases.ask_signature(act, furnished_home.blobs, FIRST)


def test_an_exception_after_the_plan_is_for_the_next_one(furnished_home: Home) -> None:
    label = homes.plan(furnished_home)
    grant(furnished_home)
    assert fate(furnished_home, homes.build(furnished_home, label), PERSON)[0] == "exclude"


def test_a_hold_for_a_time_stops_an_image(furnished_home: Home) -> None:
    grant(furnished_home, "rita", grants=Grant.HOLD, path=WAVES)
    with furnished_home.reading() as session:
        shown = planning.preview(session, furnished_home.blobs, VARIANT, homes.PERSON_FILTERED, NOW)
    assert shown.reasons["exclude"]["hold"] == 1


def test_a_hold_for_a_time_ends_when_its_time_is_over(furnished_home: Home) -> None:
    made = grant(furnished_home, "rita", grants=Grant.HOLD, path=WAVES)
    with furnished_home.reading() as session:
        until = [verdicts.stops(session, time).held for time in (FAR - timedelta(seconds=1), FAR)]
    assert until == [{made.image_sha256}, frozenset()]


def test_who_may_grant_what(furnished_home: Home) -> None:
    for who, grants in (("mara", Grant.KEEP), ("rita", Grant.BLUR), ("ana", Grant.HOLD)):
        with pytest.raises(ForbiddenError):
            grant(furnished_home, who, grants=grants)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"until": NOW}, InvalidInputError),
        ({"reason": " "}, InvalidInputError),
        ({"reason": "x" * 2001}, InvalidInputError),
        ({"path": "no/such.jpg"}, NotFoundError),
        ({"owner": "nobody"}, NotFoundError),
        ({"variant": "sample/none"}, NotFoundError),
    ],
)
def test_an_exception_needs_an_image_a_reason_an_owner_and_an_end(
    furnished_home: Home, changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        grant(furnished_home, **changes)
    assert homes.count(furnished_home, ImageException) == 0


def test_no_exception_lifts_a_takedown(furnished_home: Home) -> None:
    cases.stop(furnished_home, PERSON, CaseState.UPHELD)
    with pytest.raises(WrongStateError, match="no exception lifts that"):
        grant(furnished_home)


def test_an_exception_ends_once(furnished_home: Home) -> None:
    made = grant(furnished_home)
    with homes.act(furnished_home, "ana") as act:
        exceptions.end(act, made.id, "Enough.")
    with homes.act(furnished_home, "ana") as act, pytest.raises(WrongStateError, match="over already"):
        exceptions.end(act, made.id, "Enough.")
    with homes.act(furnished_home, "ana") as act, pytest.raises(NotFoundError):
        exceptions.end(act, made.variant_id, "Enough.")
