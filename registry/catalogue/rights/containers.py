"""Where in a picture's file do blocks stand that say something of rights? In JPEG, PNG, WebP, TIFF and GIF.

ITU-T T.81 annex B; PNG, third edition, §11.3.3; RFC 9649 §2; TIFF 6.0; GIF89a and XMP Part 3 §1.1.2. Looked at through
a window, so that an import reads no byte twice; what is cut off says nothing more.
"""

import zlib
from collections.abc import Iterator

from registry.catalogue.headers import gif, photoshop, png, tiff, webp
from registry.catalogue.headers.window import EndOfBytesError, Window
from registry.catalogue.rights import blocks
from registry.catalogue.rights.blocks import MAX_BYTES
from registry.catalogue.rights.statements import Statement, Where, said

# Segments of a JPEG, chunks of a WebP or PNG, blocks of a GIF: more of them is an attack, not a photograph.
MAX_PARTS = 100_000
_EOI, _SOS, _APP1, _APP13, _COMMENT = 0xD9, 0xDA, 0xE1, 0xED, 0xFE
_FILL = 0xFF
_EXIF, _XMP = b"Exif\x00\x00", b"http://ns.adobe.com/xap/1.0/\x00"
_TEXTS = frozenset((b"tEXt", b"zTXt", b"iTXt"))
_XMP_KEYWORD, _PROFILE = b"XML:com.adobe.xmp", b"Raw profile type "
# What the standard says that these keywords mean, in small letters.
_KEYWORDS = {b"author": "creator", b"copyright": "rights", b"disclaimer": "rights", b"comment": "comment"}
_GIF_COMMENT, _GIF_XMP = 0xFE, b"XMP DataXMP"


def read(window: Window) -> list[Statement]:
    """Every statement of a picture, in the order of its file; none of a file that is no picture of these formats."""
    return list(_until_cut_off(window))


def _until_cut_off(window: Window) -> Iterator[Statement]:
    try:
        yield from _parts(window)
    except EndOfBytesError:
        return


def _parts(window: Window) -> Iterator[Statement]:
    start = window.rest(0, 16)
    if start[:2] == b"\xff\xd8":
        return _jpeg(window)
    if start.startswith(png.SIGNATURE):
        return _png(window)
    if webp.is_webp(start):
        return _webp(window)
    if start.startswith(tiff.SIGNATURES):
        return blocks.tiff(window, 0)
    return _gif(window) if start.startswith(gif.SIGNATURES) else iter(())


def _jpeg(window: Window) -> Iterator[Statement]:
    """What stands in the segments before the picture."""
    offset = 2
    for _ in range(MAX_PARTS):
        lead, marker, high, low = window.at(offset, 4)
        if lead != _FILL or marker in (_SOS, _EOI):
            return
        if marker == _FILL:
            offset += 1
            continue
        size = max(2, high << 8 | low)
        if marker in (_APP1, _APP13, _COMMENT):
            yield from _segment(marker, window.at(offset + 4, size - 2), offset + 4)
        offset += 2 + size


def _segment(marker: int, block: bytes, start: int) -> Iterator[Statement]:
    if marker == _COMMENT:
        yield from said(Where.COMMENT, "comment", block, start)
    elif block.startswith(_EXIF):
        yield from _exif(block, start)
    elif block.startswith(_XMP):
        yield from blocks.xmp(block, start)
    elif block.startswith(photoshop.SIGNATURE):
        yield from blocks.photoshop(block.removeprefix(photoshop.SIGNATURE), start + len(photoshop.SIGNATURE))


def _exif(block: bytes, start: int) -> Iterator[Statement]:
    """An Exif block, with or without the mark that JPEG puts in front."""
    bare = block.removeprefix(_EXIF)
    return blocks.tiff(Window(bare), start + len(block) - len(bare))


def _png(window: Window) -> Iterator[Statement]:
    offset = len(png.SIGNATURE)
    for _ in range(MAX_PARTS):
        head = window.at(offset, 8)
        size, name, start = int.from_bytes(head[:4], "big"), head[4:], offset + 8
        if name == b"IEND":
            return
        if name == b"eXIf":
            yield from _exif(window.at(start, min(size, MAX_BYTES)), start)
        elif name in _TEXTS:
            yield from _png_text(name, window.at(start, min(size, MAX_BYTES)), start)
        offset += 12 + size


def _png_text(name: bytes, chunk: bytes, start: int) -> Iterator[Statement]:
    keyword, _, rest = chunk.partition(b"\x00")
    is_compressed = name == b"zTXt" or (name == b"iTXt" and rest[:1] == b"\x01")
    if name == b"zTXt":
        words = rest[1:]
    elif name == b"iTXt":
        # Flag and method of compression; language and translated keyword, each up to a zero byte.
        words = b"\x00".join(rest[2:].split(b"\x00")[2:])
    else:
        words = rest
    offset = start if is_compressed else start + len(chunk) - len(words)
    words = _inflated(words) if is_compressed else words
    if keyword == _XMP_KEYWORD:
        yield from blocks.xmp(words, offset)
    elif keyword.startswith(_PROFILE):
        yield from _profile(words, start)
    elif (about := _KEYWORDS.get(keyword.lower())) is not None:
        yield from said(Where.TEXT, about, words, offset)


def _inflated(data: bytes) -> bytes:
    """What zlib gives, `MAX_BYTES` at most; nothing of what is broken."""
    try:
        return zlib.decompressobj().decompress(data, MAX_BYTES)
    except zlib.error:
        return b""


def _profile(text: bytes, start: int) -> Iterator[Statement]:
    """A block of another format as ImageMagick writes it into a PNG: its name, its length, and hexadecimal digits."""
    _, _, digits = text.strip().partition(b"\n")[2].partition(b"\n")
    try:
        block = bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return
    read = blocks.photoshop if block.startswith(b"8BIM") else _exif if block.startswith(_EXIF) else blocks.xmp
    for it in read(block, 0):
        yield Statement(it.where, it.about, it.text, start)


def _webp(window: Window) -> Iterator[Statement]:
    end = 8 + int.from_bytes(window.at(4, 4), "little")
    offset = 12
    for _ in range(MAX_PARTS):
        if offset + 8 > end:
            return
        head = window.at(offset, 8)
        size, name = int.from_bytes(head[4:], "little"), head[:4]
        if name == b"EXIF":
            yield from _exif(window.at(offset + 8, min(size, MAX_BYTES)), offset + 8)
        elif name == b"XMP ":
            yield from blocks.xmp(window.at(offset + 8, min(size, MAX_BYTES)), offset + 8)
        offset += 8 + size + size % 2


def _gif(window: Window) -> Iterator[Statement]:
    offset = 13 + gif.palette_bytes(window.at(10, 1)[0])
    for _ in range(MAX_PARTS):
        kind = window.at(offset, 1)[0]
        if kind == gif.IMAGE:
            offset = gif.skip(window, offset + 11 + gif.palette_bytes(window.at(offset + 9, 1)[0]))
        elif kind == gif.EXTENSION:
            end = gif.skip(window, offset + 2)
            yield from _extension(window, offset, end)
            offset = end
        else:
            return


def _extension(window: Window, offset: int, end: int) -> Iterator[Statement]:
    """What a comment or a packet of XMP says; XMP is no chain of sub-blocks, but ends as if it were one."""
    label, begin = window.at(offset + 1, 1)[0], offset + 2
    if label == _GIF_COMMENT:
        yield from said(Where.COMMENT, "comment", _joined(window, begin), begin + 1)
    elif label == gif.APPLICATION and window.rest(begin + 1, len(_GIF_XMP)) == _GIF_XMP:
        begin += 1 + len(_GIF_XMP)
        yield from blocks.xmp(window.at(begin, min(end - begin, MAX_BYTES)), begin)


def _joined(window: Window, offset: int) -> bytes:
    """The bytes of a chain of sub-blocks, `MAX_BYTES` at most."""
    found = b""
    while (size := window.at(offset, 1)[0]) and len(found) < MAX_BYTES:
        found += window.at(offset + 1, size)
        offset += 1 + size
    return found
