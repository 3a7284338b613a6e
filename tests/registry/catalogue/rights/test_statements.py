import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.catalogue.rights import statements
from registry.catalogue.rights.statements import Where
from tests.factories import pictures

PLAIN = pictures.jpeg()


def exif(*tags: tuple[int, bytes], order: str = "<") -> bytes:
    """An Exif block with these texts."""
    mark = b"II*\x00" if order == "<" else b"MM\x00*"
    table, texts = b"", b""
    start = 8 + 2 + 12 * len(tags) + 4
    for number, text in tags:
        table += struct.pack(f"{order}HHII", number, 2, len(text), start + len(texts))
        texts += text
    return b"Exif\x00\x00" + mark + struct.pack(f"{order}IH", 8, len(tags)) + table + bytes(4) + texts


def iptc(*datasets: tuple[int, bytes]) -> bytes:
    """A Photoshop block with these datasets of IPTC."""
    body = b"".join(b"\x1c\x02" + struct.pack(">BH", number, len(text)) + text for number, text in datasets)
    other = b"8BIM" + struct.pack(">H", 1005) + b"\x00\x00" + struct.pack(">I", 3) + b"abc\x00"
    resource = b"8BIM" + struct.pack(">H", 0x0404) + b"\x00\x00" + struct.pack(">I", len(body)) + body
    return b"Photoshop 3.0\x00" + other + resource


def xmp(text: str) -> bytes:
    """An XMP packet."""
    return b"http://ns.adobe.com/xap/1.0/\x00" + f"<x:xmpmeta>{text}</x:xmpmeta>".encode()


def said(marker: int, block: bytes) -> list[tuple[Where, str, str]]:
    data = pictures.with_segment(PLAIN, marker, block)
    found = statements.read(data)
    for it in found:
        assert data[it.offset :].split(b"\x00")[0]
    return [(it.where, it.about, it.text) for it in found]


@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_tells_of_artist_and_copyright(order: str) -> None:
    block = exif((0x013B, b"Jane Doe\x00"), (0x0131, b"a program\x00"), (0x8298, b"(c) Jane\x00"), order=order)
    assert said(0xE1, block) == [(Where.EXIF, "creator", "Jane Doe"), (Where.EXIF, "rights", "(c) Jane")]


def test_iptc_tells_of_by_line_credit_source_and_copyright() -> None:
    datasets = [(80, b"Jane"), (5, b"a title"), (110, b"Agency"), (115, b"Archive"), (116, "© Jané".encode())]
    assert [text for _, _, text in said(0xED, iptc(*datasets))] == ["Jane", "Agency", "Archive", "© Jané"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("<dc:rights><rdf:Alt><rdf:li>No &amp; never</rdf:li></rdf:Alt></dc:rights>", ("rights", "No & never")),
        ('<rdf:Description xmpRights:WebStatement="http://x.org/l"/>', ("rights", "http://x.org/l")),
        ('<cc:license rdf:resource="http://creativecommons.org/licenses/by/4.0/"/>', ("rights", "by/4.0/")),
        ("<dc:creator><rdf:Seq><rdf:li>Jane</rdf:li></rdf:Seq></dc:creator>", ("creator", "Jane")),
    ],
)
def test_xmp_tells_in_elements_attributes_and_resources(text: str, wanted: tuple[str, str]) -> None:
    [(where, about, found)] = said(0xE1, xmp(text))
    assert (where, about) == (Where.XMP, wanted[0])
    assert found.endswith(wanted[1])


def test_a_comment_is_told_as_it_stands_without_what_steers_a_terminal() -> None:
    assert said(0xFE, b"shot by\x1b[2J\nJane\x00\xe9") == [(Where.COMMENT, "comment", "shot by [2J Jane é")]


@pytest.mark.parametrize("data", [b"", PLAIN, pictures.png(), PLAIN[:20], b"\xff\xd8\xff"])
def test_a_file_that_says_nothing_says_nothing(data: bytes) -> None:
    assert statements.read(data) == []


@pytest.mark.parametrize(
    ("marker", "block"),
    [
        (0xE1, b"Exif\x00\x00nonsense"),
        (0xE1, exif((0x013B, b"Jane\x00"))[:-3]),
        (0xED, iptc((80, b"Jane"))[:40]),
        (0xED, b"Photoshop 3.0\x008BIM"),
        (0xFE, b"  \x00 "),
        (0xE1, xmp("<dc:rights>no end")),
    ],
)
def test_what_is_broken_says_nothing(marker: int, block: bytes) -> None:
    assert said(marker, block) == []


@given(st.binary(max_size=300))
def test_whatever_stands_in_a_file_is_no_trouble(tail: bytes) -> None:
    for marker, head in (
        (0xE1, b"Exif\x00\x00II*\x00"),
        (0xED, b"Photoshop 3.0\x008BIM\x04\x04"),
        (0xE1, xmp("")[:40]),
    ):
        statements.read(pictures.with_segment(PLAIN, marker, head + tail))
    statements.read(b"\xff\xd8" + tail)
