from collections.abc import Callable, Iterator

import pytest
from structlog.testing import capture_logs

from blurring.engines import Fault, Item, ItemResult, ShardResult, faults
from blurring.engines.faults import ROW_MAX, blamed, tried, watched
from blurring.errors import EngineError, UndecodableError, UnforeseenError
from blurring.pipeline import Action, Outcome, failed
from tests.factories import places

FAULT = Fault("KeyError", "somewhere.py:7", "how it came there")
DONE = ItemResult("done.jpg", Outcome(Action.UNCHANGED))
BROKEN = ItemResult("broken.jpg", failed(UndecodableError("no picture")))


def after(failures: int, error: Exception) -> Callable[[], str]:
    """Something that fails so many times, and then does not."""
    left = [error] * failures

    def attempt() -> str:
        if left:
            raise left.pop()
        return "done"

    return attempt


def result(*items: ItemResult) -> ShardResult:
    return ShardResult("1", items)


def faulty(fault: Fault = FAULT) -> ItemResult:
    return blamed(Item("a.jpg", "/a.jpg", "0" * 64), fault)


def test_what_passes_costs_nothing_and_what_does_not_is_a_fault() -> None:
    assert tried(after(0, KeyError())) == "done"
    assert tried(after(1, MemoryError())) == "done"
    met = tried(after(2, MemoryError()))
    assert isinstance(met, Fault)
    assert met.kind == "MemoryError"
    assert isinstance(tried(after(1, KeyError()), tries=1), Fault)


@pytest.mark.parametrize("error", [EngineError("no room"), UndecodableError("no picture")])
def test_what_was_foreseen_is_no_fault(error: Exception) -> None:
    with pytest.raises(type(error)):
        tried(after(1, error))


def test_who_interrupts_is_obeyed() -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tried(interrupted)


def test_a_fault_has_kind_place_and_way_and_not_the_words_of_the_exception() -> None:
    met = tried(places.BuggyPlace().read)
    assert isinstance(met, Fault)
    assert met.kind == "KeyError"
    assert met.place.startswith("factories/places.py:")
    assert "in read" in met.trace
    assert places.SECRET not in f"{met.trace}{met.said}"


def test_a_fault_is_the_same_wherever_it_came_from() -> None:
    assert Fault("KeyError", "somewhere.py:7", "another way", is_general=True) == FAULT
    assert Fault("KeyError", "somewhere.py:8", "how it came there") != FAULT


def test_the_picture_is_named_and_blamed() -> None:
    told = faulty()
    assert (told.path, told.fault, told.outcome.action) == ("a.jpg", FAULT, Action.FAILED)
    assert told.outcome.code == UnforeseenError.code == "unforeseen"
    assert told.outcome.detail is not None
    assert told.outcome.detail.startswith("a.jpg meets a case that blurring was not written for (KeyError at some")


def test_results_come_as_they_are_and_each_fault_is_logged_once() -> None:
    other = Fault("ValueError", "elsewhere.py:1", "another way")
    arriving = [result(DONE), result(faulty(), DONE), result(faulty(), faulty(other)), result(BROKEN)]
    with capture_logs() as logged:
        assert list(watched(arriving)) == arriving
    assert [(line["event"], line["kind"], line["trace"]) for line in logged] == [
        ("picture.unforeseen", "KeyError", "how it came there"),
        ("picture.unforeseen", "ValueError", "another way"),
    ]


def taken(arriving: Iterator[ShardResult]) -> tuple[list[ShardResult], str]:
    """What is reported before the run ends, and what is said then."""
    reported: list[ShardResult] = []
    with capture_logs() as logged, pytest.raises(EngineError) as ended:
        reported.extend(watched(arriving))
    assert len(logged) == 1
    return reported, str(ended.value)


def test_a_run_in_which_every_picture_meets_the_same_ends_and_reports_none_of_them() -> None:
    reported, said = taken(result(faulty(), BROKEN) for _ in range(ROW_MAX + 1))
    assert reported == []
    assert said == (
        "100 pictures in a row met the same, so it is not their fault: "
        "a case that blurring was not written for (KeyError at somewhere.py:7); the log has its trace"
    )


def test_what_was_done_before_a_row_of_faults_is_reported() -> None:
    before = result(faulty(), DONE)
    row = (result(faulty()) for _ in range(ROW_MAX))
    reported, _ = taken(one for group in ([before], row) for one in group)
    assert reported == [before]


def test_many_faults_that_are_not_in_a_row_end_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "ROW_MAX", 3)
    other = Fault("ValueError", "elsewhere.py:1", "another way")
    arriving = [result(faulty(), faulty(), DONE), result(faulty(), faulty(other)), result(faulty()), result(faulty())]
    with capture_logs():
        assert list(watched(arriving)) == arriving


def test_what_a_blank_picture_meets_too_ends_the_run_at_once() -> None:
    blind = Fault("RuntimeError", "network.py:1", "a lost device", is_general=True)
    reported, said = taken(iter([result(DONE), result(faulty(blind))]))
    assert reported == [result(DONE)]
    assert said.startswith("faces cannot be looked for, not even in a blank picture: a case")
