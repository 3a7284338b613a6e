import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from registry.catalogue.manifests import packing
from registry.errors import UnavailableError

GROUP = pa.table({"path": ["a"]})


def test_a_file_is_there_when_it_is_whole_and_not_before(tmp_path: Path) -> None:
    with packing.new_file(tmp_path / "file") as out:
        out.write(b"whole")
        assert not (tmp_path / "file").exists()
    assert (tmp_path / "file").read_bytes() == b"whole"
    with pytest.raises(TypeError), packing.new_file(tmp_path / "file") as out:
        out.writelines([b"half", None])  # what goes wrong
    assert (tmp_path / "file").read_bytes() == b"whole"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="manifest"), packing.new_file(tmp_path / "missing/file"):
        pass


def test_only_one_group_is_on_its_way_and_all_are_packed_at_the_end() -> None:
    underway, packed = threading.Semaphore(1), []

    def pack(group: pa.Table) -> None:
        assert underway.acquire(blocking=False)
        packed.append(group)
        underway.release()

    with packing.two_threads() as (beside, _), packing.in_turn(pack, beside) as submit:
        for _ in range(5):
            submit(GROUP)
    assert packed == [GROUP] * 5


def test_what_goes_wrong_with_the_last_group_is_heard() -> None:
    def fail(_: pa.Table) -> None:
        raise ValueError("this group")

    failing = pytest.raises(ValueError, match="this group")
    with packing.two_threads() as (beside, _), failing, packing.in_turn(fail, beside) as submit:
        submit(GROUP)


def test_what_is_made_of_each_comes_in_order_while_no_more_than_the_next_is_made() -> None:
    asked: list[int] = []

    def items() -> Iterator[int]:
        for number in range(5):
            asked.append(number)
            yield number

    with packing.two_threads() as (_, beside):
        for made in packing.one_ahead(lambda number: number * 10, items(), beside):
            assert asked == list(range(min(made // 10 + 2, 5)))
    assert asked == list(range(5))
    with packing.two_threads() as (_, beside):
        assert list(packing.one_ahead(str, [], beside)) == []


@pytest.mark.parametrize("place", [0, 1, 4])
def test_what_goes_wrong_with_one_is_raised_in_its_place(place: int) -> None:
    made: list[float] = []
    with packing.two_threads() as (_, beside), pytest.raises(ZeroDivisionError):
        made.extend(packing.one_ahead(lambda number: 1 / (number - place), range(5), beside))
    assert made == [1 / (number - place) for number in range(place)]


def test_threads_take_turns_as_before_when_the_work_is_done() -> None:
    before = sys.getswitchinterval()
    with packing.two_threads():
        assert sys.getswitchinterval() == pytest.approx(packing.TURN_SECONDS)
    assert sys.getswitchinterval() == before
