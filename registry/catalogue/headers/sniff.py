"""Which format do the bytes have, and what does its header say?"""

from registry.catalogue.entries import Defect
from registry.catalogue.headers import bmp, gif, jpeg, png, tiff, webp
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import EndOfBytesError, Window

# Pictures that the registry knows for pictures, and cannot release: JPEG 2000, JPEG XL, Photoshop, BigTIFF, icons,
# OpenEXR, Radiance, DirectDraw, QOI, FITS.
_UNSUPPORTED = (
    b"\x00\x00\x00\x0cjP  ", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cJXL ", b"\xff\x0a", b"8BPS", b"II+\x00",
    b"MM\x00+", b"\x00\x00\x01\x00", b"v/1\x01", b"#?RADIANCE", b"DDS ", b"qoif", b"SIMPLE  =",
)  # fmt: skip
# ISO base media files that hold still pictures (HEIF, AVIF), by their major brand.
_STILL_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_NETPBM = (b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"P7")


def read(window: Window) -> Header:
    """What the file says of itself; hostile bytes give a header with a defect, never an error."""
    header = Header()
    start = window.rest(0, 16)
    try:
        _read(window, start, header)
    except EndOfBytesError:
        header.fail(Defect.TRUNCATED)
    return header


def _read(window: Window, start: bytes, header: Header) -> None:
    if start[:3] == b"\xff\xd8\xff":
        jpeg.read(window, header)
    elif start.startswith(png.SIGNATURE):
        png.read(window, header)
    elif start.startswith(gif.SIGNATURES):
        gif.read(window, header)
    elif webp.is_webp(start):
        webp.read(window, header)
    elif start.startswith(tiff.SIGNATURES):
        tiff.read(window, header)
    elif start[:2] == b"BM" and not any(start[6:10]):
        bmp.read(window, header)
    elif not start:
        header.fail(Defect.EMPTY)
    else:
        header.fail(Defect.UNSUPPORTED_FORMAT if _is_known(start) else Defect.NOT_AN_IMAGE)


def _is_known(start: bytes) -> bool:
    return (
        start.startswith(_UNSUPPORTED)
        or (start[4:8] == b"ftyp" and start[8:12] in _STILL_BRANDS)
        or (start[:2] in _NETPBM and start[2:3].isspace())
    )
