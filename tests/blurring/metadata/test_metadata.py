import pytest

from blurring import metadata
from blurring.errors import UnsupportedFormatError
from tests.factories import pictures


@pytest.mark.parametrize(
    ("data", "file_format"),
    [
        (pictures.jpeg(), "jpeg"),
        (pictures.png(), "png"),
        (pictures.gif(), "gif"),
        (pictures.webp(), "webp"),
    ],
)
def test_each_format_has_its_own_cleaner(data: bytes, file_format: str) -> None:
    assert metadata.cleaned(data, file_format).data is data


@pytest.mark.parametrize("file_format", ["bmp", "tiff", "unknown"])
def test_formats_without_a_container_of_parts_are_refused(file_format: str) -> None:
    with pytest.raises(UnsupportedFormatError, match="writing them again"):
        metadata.cleaned(b"", file_format)
