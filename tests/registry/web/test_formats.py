from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.web import formats


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0"), (999, "999"), (1000, "1\u202f000"), (14197122, "14\u202f197\u202f122")]
)
def test_thousands_stand_apart(count: int, text: str) -> None:
    assert formats.figure(count) == text


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (48_500, "48.5 kB"),
        (2_500_000, "2.5 MB"),
        (3 * 10**9, "3.0 GB"),
        (4 * 10**12, "4.0 TB"),
        (5 * 10**15, "5000.0 TB"),
    ],
)
def test_sizes_read_in_decimal_units(size_bytes: int, text: str) -> None:
    assert formats.size(size_bytes) == text


def test_an_instant_is_exact_for_programs_and_short_for_people() -> None:
    moment = datetime(2026, 3, 1, 9, 5, 7, tzinfo=UTC)
    assert formats.instant(moment) == '<time datetime="2026-03-01T09:05:07Z">1 Mar 2026, 09:05 UTC</time>'


def test_an_instant_can_be_read_to_the_second() -> None:
    moment = datetime(2026, 3, 1, 9, 5, 7, tzinfo=UTC)
    assert ">1 Mar 2026, 09:05:07 UTC</time>" in formats.instant_to_the_second(moment)


def test_an_instant_of_another_zone_reads_in_utc() -> None:
    moment = datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert "28 Feb 2026, 23:30 UTC" in formats.instant(moment)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1, 2, "50.0 %"), (0, 5, "0.0 %"), (5, 5, "100.0 %"), (1, 1_000_000, "< 0.1 %"), (0, 0, "-")],
)
def test_a_share_reads_as_a_percentage_and_little_never_as_nothing(part: int, whole: int, text: str) -> None:
    assert formats.share(part, whole) == text


@given(st.lists(st.integers(min_value=0, max_value=10**8), min_size=1, max_size=6))
def test_the_stretches_of_a_bar_cover_it_end_to_end(counts: list[int]) -> None:
    bar = formats.stretches([(str(index), count) for index, count in enumerate(counts)])
    assert [stretch.name for stretch in bar] == [str(index) for index in range(len(counts))]
    reached = 0.0
    for stretch in bar:
        assert stretch.left == pytest.approx(reached, abs=0.05)
        reached += stretch.width
    assert reached == pytest.approx(formats.BAR_WIDTH if any(counts) else 0, abs=0.1)
