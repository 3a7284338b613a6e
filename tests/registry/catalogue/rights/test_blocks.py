import pytest

from registry.catalogue.headers.window import Window
from registry.catalogue.rights import blocks


def test_places_count_from_where_the_block_begins_in_its_file() -> None:
    packet = b"<dc:rights>mine</dc:rights><dc:creator>Jane</dc:creator>"
    found = {it.about: it.offset - 100 for it in blocks.xmp(packet, 100)}
    assert found == {"rights": packet.index(b"mine"), "creator": packet.index(b"Jane")}


@pytest.mark.parametrize("resources", [b"", b"8BIM", b"8BIM\x04\x04", b"8BIM\x04\x04\x00\x00\x00\x00\x00\x05\x1c\x02"])
def test_resources_that_are_cut_off_say_nothing(resources: bytes) -> None:
    assert list(blocks.photoshop(resources, 0)) == []


@pytest.mark.parametrize("data", [b"", b"II*\x00", b"nonsense", b"II*\x00\xff\xff\xff\x7f"])
def test_what_is_no_tiff_structure_says_nothing(data: bytes) -> None:
    assert list(blocks.tiff(Window(data), 0)) == []
