import gc
import hashlib
import tracemalloc
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from blurring.account import Account, Told
from blurring.pipeline import Action
from blurring.report import ReportBox, ReportLine, Zone

DIGEST = "1" * 64


def line(path: str, action: Action = Action.UNCHANGED, code: str | None = None, *zones: Zone) -> ReportLine:
    boxes = tuple(ReportBox(left=0, top=0, right=9, bottom=9, score=0.5, zone=zone) for zone in zones)
    return ReportLine(path=path, sha256=DIGEST, action=action, code=code, boxes=boxes, recipe="r", device="cpu")


def account(*lines: ReportLine) -> Account:
    made = Account()
    for one in lines:
        made.count(one)
    return made


def test_a_picture_is_what_its_newest_line_says() -> None:
    made = account(
        line("a", Action.BLURRED, None, Zone.BLUR, Zone.BLUR, Zone.REVIEW),
        line("b", Action.FAILED, "symlink").model_copy(update={"sha256": None}),
        line("a", Action.BLURRED, None, Zone.BLUR),
    )
    assert dict(made.items()) == {
        "b": Told(2, None, Action.FAILED, "symlink", 0, is_doubtful=False),
        "a": Told(3, DIGEST, Action.BLURRED, None, 1, is_doubtful=False),
    }
    assert (+made.counts, made.faces, made.doubtful) == ({Action.BLURRED: 1, Action.FAILED: 1}, 1, 0)
    assert (len(made), made.lines, made.of("c"), made.codes) == (2, 3, None, {"symlink": 1})


def test_what_is_forgotten_counts_no_more_and_need_not_be_known() -> None:
    made = account(line("a", Action.BLURRED, None, Zone.BLUR, Zone.REVIEW))
    made.forget("a")
    made.forget("never told of")
    assert (+made.counts, made.faces, made.doubtful, len(made), made.lines) == ({}, 0, 0, 0, 1)


def test_lines_that_count_no_more_are_told_from_those_that_do_and_go() -> None:
    made = account(*(line(path) for path in "abacb"))
    made.forget("c")
    assert list(made.standing()) == [0, 0, 1, 0, 1]
    made.tidied()
    assert {path: told.line for path, told in made.items()} == {"a": 1, "b": 2}
    assert list(made.standing()) == [1, 1]
    made.count(line("d"))
    assert made.of("d") == Told(3, DIGEST, Action.UNCHANGED, None, 0, is_doubtful=False)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(Action), st.sampled_from(["x", "y", None]))))
def test_the_sums_are_those_of_the_newest_lines(said: list[tuple[str, Action, str | None]]) -> None:
    made, newest = account(*(line(*one) for one in said)), {path: (action, code) for path, action, code in said}
    assert {path: (told.action, told.code) for path, told in made.items()} == newest
    assert +made.codes == Counter(code for _, code in newest.values() if code is not None)
    assert made.counts.total() == len(made) == len(newest) == sum(made.standing())


def test_a_picture_takes_no_more_than_two_hundred_and_thirty_bytes() -> None:
    made, count = Account(), 20_000
    tracemalloc.start()
    for n in range(count):
        digest = hashlib.sha256(str(n).encode()).hexdigest()
        made.count(line(f"n01440764/n01440764_{n:05}.JPEG").model_copy(update={"sha256": digest}))
    gc.collect()
    size_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size_bytes / count < 230
