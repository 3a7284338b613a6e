import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from blurring.metadata import parts


def big_endian(orientation: int) -> bytes:
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, parts.ORIENTATION, 3, 1, orientation, 0, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_block_we_write_says_which_way_is_up_and_no_more(orientation: int) -> None:
    block = parts.only_orientation(orientation)
    exif = Image.Exif()
    exif.load(block)
    assert dict(exif) == {parts.ORIENTATION: orientation}
    assert parts.orientation_of(block) == orientation
    assert parts.is_harmless(block)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_both_byte_orders_are_read(orientation: int) -> None:
    assert parts.orientation_of(big_endian(orientation)) == orientation
    assert parts.is_harmless(big_endian(orientation))


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_counts_as_none(orientation: int) -> None:
    assert parts.orientation_of(big_endian(orientation)) == 1


def test_an_upright_picture_needs_no_block() -> None:
    assert parts.replacement(parts.only_orientation(1)) is None
    assert parts.replacement(big_endian(6)) == parts.only_orientation(6)


def test_a_tag_that_is_not_on_the_list_is_harm() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    assert not parts.is_harmless(exif.tobytes().removeprefix(b"Exif\x00\x00"))


def test_a_second_directory_is_harm() -> None:
    block = parts.only_orientation(1)
    assert not parts.is_harmless(block[:-4] + struct.pack("<I", 8))


def test_a_long_block_hides_something() -> None:
    assert not parts.is_harmless(parts.only_orientation(1) + b"\x00" * 200)


@given(st.binary(max_size=64), st.sampled_from([b"", b"II*\x00", b"MM\x00*"]))
def test_any_bytes_are_read_without_complaint(tail: bytes, head: bytes) -> None:
    exif = head + tail
    assert 1 <= parts.orientation_of(exif) <= 8
    if not head and not exif.startswith((b"II*\x00", b"MM\x00*")):
        assert not parts.is_harmless(exif)


@pytest.mark.parametrize("cut", range(26))
def test_a_cut_block_is_never_harmless(cut: int) -> None:
    assert not parts.is_harmless(parts.only_orientation(6)[:cut])
