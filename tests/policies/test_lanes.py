"""A case has a lane, a lane has a clock, and the document says all of it."""

from datetime import UTC, datetime

import pytest

from policies import lanes, procedures
from policies.errors import PolicyError
from policies.lanes import Clock, Procedure, RiskClass
from policies.takedowns import Ground
from tests.factories.policies import text

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
    assert {ground: (ground.lane.clock.said(), ground.risk) for ground in Ground} == {
        Ground.PRIVACY: (["days"], RiskClass.HIGH),
        Ground.COPYRIGHT: (["business_days"], RiskClass.STANDARD),
        Ground.SAFETY: (["hours"], RiskClass.CRITICAL),
        Ground.COURT_ORDER: (["business_days"], RiskClass.HIGH),
        Ground.OTHER: (["business_days"], RiskClass.STANDARD),
    }
    assert [risk.needs_second_person for risk in RiskClass] == [False, True, True]


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
    plain = lanes.procedure().model_dump(mode="json", exclude_unset=True) | change
    with pytest.raises(PolicyError) as refused:
        procedures.parse(text(plain), Procedure)
    assert says in str(refused.value).lower()


def test_a_clock_says_one_thing() -> None:
    for plain in ({}, {"hours": 1, "days": 1}):
        with pytest.raises(ValueError, match="exactly one"):
            Clock.model_validate(plain)
