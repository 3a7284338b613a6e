import pytest

from blurring import files
from registry.catalogue.entries import Defect
from registry.catalogue.headers.header import MAX_PIXELS, Header


@pytest.mark.parametrize(
    ("width", "height", "defect"),
    [
        (500, 375, None),
        (20_000, 20_000, None),
        (MAX_PIXELS, 1, None),
        (MAX_PIXELS + 1, 1, Defect.DECOMPRESSION_BOMB),
        (1 << 31, 1 << 31, Defect.DECOMPRESSION_BOMB),
        (0, 5, Defect.UNSUPPORTED_FORMAT),
        (5, -1, Defect.UNSUPPORTED_FORMAT),
    ],
)
def test_a_picture_has_pixels_and_not_too_many(width: int, height: int, defect: Defect | None) -> None:
    header = Header()
    header.measure(width, height)
    assert (header.width, header.height, header.defect) == (width, height, defect)


def test_the_first_defect_stays() -> None:
    header = Header()
    header.fail(Defect.TRUNCATED)
    header.fail(Defect.EMPTY)
    assert header.defect is Defect.TRUNCATED


def test_what_comes_in_is_what_faces_are_looked_for_in() -> None:
    assert MAX_PIXELS == files.PICTURE_PX_MAX
