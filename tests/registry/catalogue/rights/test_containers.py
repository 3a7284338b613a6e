import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from registry.catalogue.headers.window import Window
from registry.catalogue.rights import containers
from registry.catalogue.rights.statements import Statement, Where
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


def heard(data: bytes) -> list[Statement]:
    return containers.read(Window(data))


def said(marker: int, block: bytes) -> list[tuple[Where, str, str]]:
    data = pictures.with_segment(PLAIN, marker, block)
    return spoken(data)


def spoken(data: bytes) -> list[tuple[Where, str, str]]:
    """What a file says; each where it says that it does."""
    found = heard(data)
    assert all(data[it.offset :].split(b"\x00")[0] for it in found)
    return [(it.where, it.about, it.text) for it in found]


def saved(file_format: str, **options: object) -> bytes:
    """A picture as Pillow saves it."""
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, file_format, **options)
    return stream.getvalue()


EXIF = Image.Exif()
EXIF[0x013B], EXIF[0x8298] = "Jane Doe", "(c) Jane"
IN_EXIF = [(Where.EXIF, "creator", "Jane Doe"), (Where.EXIF, "rights", "(c) Jane")]
PACKET = b"<x:xmpmeta><dc:rights>All rights reserved</dc:rights></x:xmpmeta>"
IN_XMP = [(Where.XMP, "rights", "All rights reserved")]


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
    assert heard(data) == []


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
        heard(pictures.with_segment(PLAIN, marker, head + tail))
    heard(b"\xff\xd8" + tail)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_is_found_in_every_format_that_has_it(file_format: str) -> None:
    assert spoken(saved(file_format, exif=EXIF)) == IN_EXIF


@pytest.mark.parametrize("file_format", ["JPEG", "WEBP"])
def test_xmp_is_found_where_pillow_writes_it(file_format: str) -> None:
    assert spoken(saved(file_format, xmp=PACKET)) == IN_XMP


@pytest.mark.parametrize("number", [0x83BB, 0x8649])
def test_a_tiff_holds_iptc_bare_or_among_photoshops_resources(number: int) -> None:
    resources = iptc((116, b"(c) Jane")).removeprefix(b"Photoshop 3.0\x00")
    bare = resources[resources.index(b"\x1c\x02") :]
    tags = {number: bare if number == 0x83BB else resources, 0x02BC: PACKET}
    found = spoken(saved("TIFF", tiffinfo=tags))
    assert sorted(found) == [(Where.IPTC, "rights", "(c) Jane"), *IN_XMP]


def test_the_texts_of_a_png_are_told_by_their_keywords() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Jané")
    texts.add_text("Copyright", "(c) Jane", zip=True)
    texts.add_itxt("Comment", "shot at sea", "en", "Kommentar")
    texts.add_itxt("Disclaimer", "No & never", zip=True)
    texts.add_text("Software", "a program")
    assert spoken(saved("PNG", pnginfo=texts)) == [
        (Where.TEXT, "creator", "Jané"),
        (Where.TEXT, "rights", "(c) Jane"),
        (Where.TEXT, "comment", "shot at sea"),
        (Where.TEXT, "rights", "No & never"),
    ]


@pytest.mark.parametrize("is_zipped", [True, False])
def test_xmp_in_a_png_is_a_text_of_its_own(*, is_zipped: bool) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", PACKET.decode(), zip=is_zipped)
    assert spoken(saved("PNG", pnginfo=texts)) == IN_XMP


@pytest.mark.parametrize(
    ("name", "block", "wanted"),
    [
        ("exif", exif((0x013B, b"Jane Doe\x00"), (0x8298, b"(c) Jane\x00")), IN_EXIF),
        ("xmp", PACKET, IN_XMP),
        ("iptc", iptc((80, b"Jane")).removeprefix(b"Photoshop 3.0\x00"), [(Where.IPTC, "creator", "Jane")]),
        ("icc", b"", []),
    ],
)
def test_profiles_that_imagemagick_puts_into_a_png_are_read(name: str, block: bytes, wanted: object) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text(f"Raw profile type {name}", f"\n{name}\n{len(block):8}\n{block.hex()}\n", zip=True)
    assert spoken(saved("PNG", pnginfo=texts)) == wanted


@pytest.mark.parametrize(
    "chunk",
    [
        (b"zTXt", b"Author\x00\x00nonsense"),
        (b"zTXt", b"Raw profile type iptc\x00\x00" + zlib.compress(b"\niptc\n   4\nno digits\n")),
        (b"iTXt", b"Author\x00\x00"),
        (b"tEXt", b"Author"),
        (b"eXIf", b"nonsense"),
    ],
)
def test_a_text_of_a_png_that_is_broken_says_nothing(chunk: tuple[bytes, bytes]) -> None:
    assert spoken(pictures.with_chunk(pictures.png(), *chunk)) == []


def test_a_text_that_would_fill_the_memory_is_cut() -> None:
    bomb = zlib.compress(b" " * (1 << 26) + b"Jane")
    assert spoken(pictures.with_chunk(pictures.png(), b"zTXt", b"Author\x00\x00" + bomb)) == []


def test_the_comment_and_the_xmp_of_a_gif_are_read() -> None:
    plain = pictures.gif()
    end = 13 + (3 << (plain[10] & 7) + 1 if plain[10] & 0x80 else 0)
    packet = b"\x21\xff\x0bXMP DataXMP" + PACKET + bytes([1, *range(255, -1, -1), 0])
    comment = b"\x21\xfe" + b"".join(bytes([len(part)]) + part for part in (b"shot by", b" Jane")) + b"\x00"
    loop = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    found = spoken(plain[:end] + loop + comment + packet + plain[end:])
    assert found == [(Where.COMMENT, "comment", "shot by Jane"), *IN_XMP]
    # Behind the picture, too; and nothing of what is cut off.
    assert spoken(plain[:-1] + comment + plain[-1:]) == [(Where.COMMENT, "comment", "shot by Jane")]
    assert spoken(plain[:end] + comment[:-1]) == []


def test_fill_bytes_stand_before_a_segment_and_what_came_before_a_cut_is_told() -> None:
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"Jane"
    assert [it.text for it in heard(b"\xff\xd8\xff\xff" + comment + b"\xff\xfe\x7f\xffcut")] == ["Jane"]


@pytest.mark.parametrize("make", [pictures.png, pictures.gif, pictures.tiff, pictures.webp, pictures.bmp])
@given(at=st.integers(0, 400), tail=st.binary(max_size=60))
def test_no_bytes_of_any_format_are_trouble(make: object, at: int, tail: bytes) -> None:
    data = make()  # type: ignore[operator]  # one of the five above
    heard(data[:at] + tail)
    heard(data[:at] + tail + data[at:])
