import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.catalogue.headers import window as windows
from registry.catalogue.headers.window import EndOfBytesError, Window


def window(data: bytes, head: int) -> Window:
    """A window that holds the first `head` bytes and fetches the rest."""
    return Window(data[:head], len(data), lambda offset, length: data[offset : offset + length])


@given(st.binary(max_size=60), st.integers(0, 60), st.integers(0, 70), st.integers(0, 70))
def test_bytes_are_the_same_wherever_they_come_from(data: bytes, head: int, offset: int, length: int) -> None:
    seen = window(data, head)
    if offset + length <= len(data):
        assert seen.at(offset, length) == data[offset : offset + length]
    else:
        with pytest.raises(EndOfBytesError):
            seen.at(offset, length)
    if offset <= len(data):
        assert seen.rest(offset, length) == data[offset : offset + length]


@given(st.text("abc", max_size=60), st.integers(0, 60), st.text("abc", min_size=1, max_size=3), st.integers(0, 60))
def test_finding_is_the_same_wherever_the_bytes_come_from(text: str, head: int, needle: str, start: int) -> None:
    data = text.encode()
    assert window(data, head).find(needle.encode(), start) == data.find(needle.encode(), start)


@pytest.mark.parametrize("shift", range(-3, 3))
def test_a_needle_across_two_fetches_is_found(shift: int) -> None:
    at = 10 + windows.FETCH_BYTES + shift
    data = bytes(at) + b"\xff\xd9" + bytes(9)
    assert window(data, 10).find(b"\xff\xd9", 0) == at


def test_what_is_not_there_is_not_found_in_a_large_file() -> None:
    assert window(bytes(3 * windows.FETCH_BYTES), 10).find(b"x", 5) == -1


def test_a_file_that_gives_fewer_bytes_than_it_promised_has_ended() -> None:
    shrunk = Window(b"", 100, lambda _offset, _length: b"short")
    with pytest.raises(EndOfBytesError):
        shrunk.at(10, 20)


@pytest.mark.parametrize(("tail", "is_blank"), [(b"", True), (b"\0\r\n \t", True), (b"\0x", False)])
def test_blank_means_zeros_and_white_space(tail: bytes, is_blank: bool) -> None:  # noqa: FBT001 - pytest passes by name
    data = b"picture" + tail
    assert window(data, 8).is_blank_after(7) is is_blank
    assert window(b"picture" + bytes(windows.FETCH_BYTES) + tail, 8).is_blank_after(7) is is_blank


def test_behind_the_end_everything_is_blank() -> None:
    assert window(os.urandom(5), 5).is_blank_after(9)
