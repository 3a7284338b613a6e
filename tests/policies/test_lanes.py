"""A case has a lane, a lane has a clock, and the document says all of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from policies import procedures
from policies.errors import PolicyError
from policies.lanes import Clock, Procedure, RiskClass
from policies.procedures import Kind
from policies.takedowns import Ground
from tests.factories.policies import text

SHIPPED = procedures.shipped(Kind.TAKEDOWNS, Procedure)
FRIDAY = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock", "end"),
    [
        (Clock(hours=48), datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        (Clock(days=30), datetime(2026, 12, 20, 9, 30, tzinfo=UTC)),
        (Clock(business_days=1), datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        (Clock(business_days=10), datetime(2026, 12, 4, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_clock_ends_and_business_days_leave_out_the_weekend(clock: Clock, end: datetime) -> None:
    assert clock.ends(FRIDAY) == end


def test_every_ground_has_a_lane_and_its_care() -> None:
    assert {ground: (SHIPPED.lane_of(ground).clock.said(), SHIPPED.lane_of(ground).risk) for ground in Ground} == {
        Ground.PRIVACY: (["days"], RiskClass.HIGH),
        Ground.COPYRIGHT: (["business_days"], RiskClass.STANDARD),
        Ground.SAFETY: (["hours"], RiskClass.CRITICAL),
        Ground.COURT_ORDER: (["business_days"], RiskClass.HIGH),
        Ground.OTHER: (["business_days"], RiskClass.STANDARD),
    }
    assert [SHIPPED.risk_classes[risk].needs_second_person for risk in RiskClass] == [False, True, True]
    assert {ground for ground in Ground if SHIPPED.care_of(ground).needs_second_person} == {
        Ground.PRIVACY,
        Ground.SAFETY,
        Ground.COURT_ORDER,
    }


def plainly() -> dict[str, Any]:
    """What the procedure that comes with the program says, to be changed."""
    return SHIPPED.model_dump(mode="json", exclude_unset=True)


def changed(section: str, name: str, **fields: object) -> bytes:
    """That procedure with some fields of one lane or risk class changed."""
    plain = plainly()
    plain[section][name] |= fields
    return text(plain)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"grounds": {"privacy": "personal-data"}}, "say the lane of each"),
        ({"risk_classes": {}}, "say what each of"),
        ({"lanes": {}}, "there is no lane"),
        ({"format": "accession-policy/1"}, "not a possible"),
        ({"clocks": {}}, "not known here"),
    ],
)
def test_a_procedure_that_leaves_something_open_is_refused(change: dict[str, object], says: str) -> None:
    plain = plainly() | change
    with pytest.raises(PolicyError) as refused:
        procedures.parse(text(plain), Procedure)
    assert says in str(refused.value).lower()


def test_a_clock_says_one_thing() -> None:
    for plain in ({}, {"hours": 1, "days": 1}):
        with pytest.raises(ValueError, match="exactly one"):
            Clock.model_validate(plain)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (changed("risk_classes", "high", needs_second_person=False), "every decision of high risk"),
        (changed("risk_classes", "critical", needs_second_person=False), "every decision of critical risk"),
        (changed("lanes", "personal-data", risk="standard"), "Two people decide about privacy"),
        (changed("lanes", "order", risk="standard"), "Two people decide about court-order"),
        (text(plainly() | {"grounds": plainly()["grounds"] | {"safety": "notice"}}), "Two people decide about safety"),
        (changed("lanes", "urgent", clock={"hours": 49}), "safety is decided within 48 hours"),
        (changed("lanes", "urgent", clock={"days": 3}), "safety is decided within 48 hours"),
        (changed("lanes", "urgent", clock={"business_days": 1}), "safety is decided within 48 hours"),
        (changed("lanes", "notice", clock={"days": 0}), "greater than or equal to 1"),
        (changed("lanes", "notice", clock={"business_days": -3}), "greater than or equal to 1"),
        (changed("lanes", "notice", clock={"days": 99999}), "less than or equal to 3650"),
        (changed("lanes", "notice", risk="none"), "not a possible `risk`"),
    ],
)
def test_a_procedure_that_promises_less_than_the_registry_does_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(PolicyError, match=says) as refused:
        procedures.parse(data, Procedure)
    assert len(refused.value.problems) == 1


@pytest.mark.parametrize("clock", [{"hours": 24}, {"days": 2}])
def test_a_procedure_may_be_stricter(clock: dict[str, int]) -> None:
    stricter = procedures.parse(changed("lanes", "urgent", clock=clock), Procedure)
    assert stricter.lane_of(Ground.SAFETY).clock.ends(FRIDAY) <= SHIPPED.lane_of(Ground.SAFETY).clock.ends(FRIDAY)
    everybody = procedures.parse(changed("risk_classes", "standard", needs_second_person=True), Procedure)
    assert all(everybody.care_of(ground).needs_second_person for ground in Ground)
