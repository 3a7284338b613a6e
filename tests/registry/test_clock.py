from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import clock

ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001 - bounds are naive


def test_now_is_aware_and_in_utc() -> None:
    assert clock.utc_now().utcoffset() == timedelta(0)


@given(INSTANTS)
def test_what_is_written_can_be_read_and_differs_by_less_than_a_second(instant: datetime) -> None:
    read = clock.parse_rfc3339(clock.rfc3339(instant))
    assert timedelta(0) <= instant - read < timedelta(seconds=1)
    assert clock.rfc3339(read) == clock.rfc3339(instant)


@given(INSTANTS, INSTANTS)
def test_texts_sort_as_instants_do(one: datetime, other: datetime) -> None:
    if one <= other:
        assert clock.rfc3339(one) <= clock.rfc3339(other)


def test_an_instant_is_written_in_utc_with_whole_seconds() -> None:
    instant = datetime(2026, 3, 29, 2, 30, 5, 999_999, timezone(timedelta(hours=2)))
    assert clock.rfc3339(instant) == "2026-03-29T00:30:05Z"


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="names no instant"):
        clock.rfc3339(datetime(2026, 1, 1))  # noqa: DTZ001 - this is the naive one


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00+00:00",
        "2026-01-01T00:00:00.5Z",
        "2026-1-1T0:0:0Z",
        "2026-01-01 00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-01T00:00:00z",
        " 2026-01-01T00:00:00Z",
        "\uff12026-01-01T00:00:00Z",
    ],
)
def test_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        clock.parse_rfc3339(text)


def test_what_is_read_is_aware_and_in_utc() -> None:
    assert clock.parse_rfc3339("2026-01-01T00:00:00Z") == datetime(2026, 1, 1, tzinfo=UTC)
