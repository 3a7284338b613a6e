import pytest

from registry.catalogue.entries import Defect
from registry.catalogue.headers import gif, sniff
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import Window
from tests.factories import pictures

SCREEN = b"GIF89a\x05\0\x04\0\0\0\0"
IMAGE = b"\x2c\0\0\0\0\x05\0\x04\0\0\x02\x02\x44\x01\0"
END = b"\x3b"


def read(data: bytes) -> Header:
    return sniff.read(Window(data))


def test_a_gif_is_measured_by_its_screen() -> None:
    header = read(SCREEN + IMAGE + END)
    assert (header.width, header.height, header.mode, header.defect, header.has_metadata) == (5, 4, "P", None, False)


def test_local_and_global_palettes_are_passed_over() -> None:
    coloured = SCREEN[:10] + b"\x80" + SCREEN[11:] + bytes(6)
    local = IMAGE[:9] + b"\x81" + bytes(12) + IMAGE[10:]
    assert read(coloured + local + END).defect is None


@pytest.mark.parametrize("extension", [b"\x21\xf9\x04\0\0\0\0\0", b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"])
def test_control_and_loop_extensions_are_harmless(extension: bytes) -> None:
    assert not read(SCREEN + extension + IMAGE + END).has_metadata


@pytest.mark.parametrize("extension", [b"\x21\xfe\x04Jane\0", b"\x21\xff\x0bXMP DataXMP\x03<x>\0", b"\x21\x01\x01x\0"])
def test_comments_applications_and_plain_text_are_metadata(extension: bytes) -> None:
    assert read(SCREEN + extension + IMAGE + END).has_metadata


def test_an_animation_is_unsupported() -> None:
    assert read(pictures.gif_with_frames(2)).defect is Defect.UNSUPPORTED_FORMAT
    assert read(SCREEN + IMAGE + IMAGE + END).defect is Defect.UNSUPPORTED_FORMAT


@pytest.mark.parametrize("rest", [END, b"\x99", b"\x21\xf9\0" * (gif.MAX_BLOCKS + 1)])
def test_a_gif_without_a_picture_is_unsupported(rest: bytes) -> None:
    assert read(SCREEN + rest).defect is Defect.UNSUPPORTED_FORMAT


def test_bytes_behind_the_trailer_are_metadata() -> None:
    assert read(SCREEN + IMAGE + END + b"more").has_metadata


@pytest.mark.parametrize("cut", range(1, len(IMAGE + END)))
def test_a_gif_that_was_cut_off_anywhere_is_truncated(cut: int) -> None:
    assert read((SCREEN + IMAGE + END)[:-cut]).defect is Defect.TRUNCATED


def test_a_flood_of_sub_blocks_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gif, "MAX_SUB_BLOCKS", 50)
    assert read(SCREEN + IMAGE[:11] + b"\x01x" * 51 + b"\0" + END).defect is Defect.TRUNCATED
