"""Bytes to pixels and back, in the format that the bytes really have.

Answers: what does this file show, and how is a changed picture written so that it stays what it
was: same format, size, colours, orientation, and nothing beside the pixels? The suffix of a name
is never looked at. Refuses, with a code: half a picture, a bomb, several frames, formats that it
could not write back.

Bounds: at most `PICTURE_PX_MAX` pixels (a 20,000 by 20,000 JPEG is a legal picture and is the largest that is
accepted; it takes 4 GB while it is worked on, 8 GB with a face). Above `UNSUSPECTED_PX`, a picture that opens to
more than `PX_PER_BYTE_MAX` pixels per byte is a bomb, not a photograph: flat colour in the smallest JPEG reaches 170,
photographs of ImageNet 10.
"""

import io
import struct
import warnings
import zlib
from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from blurring.errors import (
    BombError,
    SeveralFramesError,
    UndecodableError,
    UnsupportedFormatError,
)
from blurring.metadata import jpeg, parts, png
from blurring.pictures import GREYS_16, Coding, Picture, has_channels
from blurring.recipe import Writing

PICTURE_PX_MAX: Final = 400_000_000
UNSUSPECTED_PX: Final = 32_000_000
PX_PER_BYTE_MAX: Final = 200

# Each format's own reader: Pillow's `open` would guess, try exotic formats and apply its own
# bound on pixels, which is process-wide.
READERS: Final[dict[str, Callable[[io.BytesIO], ImageFile.ImageFile]]] = {
    "jpeg": JpegImagePlugin.JpegImageFile,
    "png": PngImagePlugin.PngImageFile,
    "gif": GifImagePlugin.GifImageFile,
    "bmp": BmpImagePlugin.BmpImageFile,
    "tiff": TiffImagePlugin.TiffImageFile,
    "webp": WebPImagePlugin.WebPImageFile,
}
# What Pillow's readers raise for broken files, found by feeding them broken files.
REFUSALS: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)

EIGHT_BITS: Final = 8
_MODES: Final = {3: "RGB", 4: "RGBA"}


def format_of(data: bytes) -> str | None:
    """The format by the first bytes; None when it is none that is known here."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(png.SIGNATURE):
        return "png"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if data[:4] in (b"II*\x00", b"MM\x00*"):
        return "tiff"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return "bmp" if data[:2] == b"BM" else None


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height that the header promises, px; zeros where it cannot be read. Nothing is decoded."""
    file_format = format_of(data)
    if file_format is None:
        return 0, 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with READERS[file_format](io.BytesIO(data)) as image:
                return image.size
    except REFUSALS:
        return 0, 0


def decode(data: bytes) -> Picture:
    """What the file shows.

    Raises:
        UndecodableError: no picture, or not all of one.
        BombError: more pixels than the bounds allow.
        SeveralFramesError: an animation or several pages.
        UnsupportedFormatError: a colour mode that cannot be written back.
    """
    file_format = format_of(data)
    if file_format is None:
        raise UndecodableError("these bytes are no picture in a known format")
    try:
        with warnings.catch_warnings():
            # Pillow warns about odd metadata; whether pixels can be read is all that counts here.
            warnings.simplefilter("ignore")
            return _decoded(data, file_format)
    except REFUSALS as error:
        raise UndecodableError(f"this {file_format} file cannot be decoded: {error}") from error


def encode(picture: Picture, source: bytes, writing: Writing) -> bytes:
    """The picture as a file of its own format, with nothing beside its pixels.

    Colour profile, orientation and, for JPEG, quantisation tables, subsampling and progression
    are those of the source.

    Args:
        picture: as decoded from `source`, pixels changed.
        source: the bytes it was decoded from.
        writing: what to do where the source gives no example.

    Raises:
        UnsupportedFormatError: it cannot be written back in kind.
    """
    try:
        return _encoded(picture, source, writing)
    except REFUSALS as error:
        raise UnsupportedFormatError(f"this {picture.format} file cannot be written back in kind: {error}") from error


def _encoded(picture: Picture, source: bytes, writing: Writing) -> bytes:
    if picture.format == "png":
        written = _png(picture)
        return png.with_colours_of(source, written, picture.orientation)
    exif = b"" if picture.orientation == 1 else jpeg.exif_body(picture.orientation)
    if picture.format == "gif":
        return _gif(picture, source)
    image = _image(picture)
    match picture.format:
        case "jpeg":
            return _saved(image, "JPEG", **_jpeg_options(picture, exif, writing))
        case "webp":
            lossless = picture.is_lossless
            quality = 100 if lossless else writing.jpeg_quality
            options = {"lossless": lossless, "quality": quality, "exact": True, "exif": exif}
            return _saved(image, "WEBP", icc_profile=picture.icc or b"", **options)
        case "bmp":
            return _saved(image, "BMP")
        case _:
            return _saved(image, "TIFF", compression="tiff_adobe_deflate", icc_profile=picture.icc)


def _decoded(data: bytes, file_format: str) -> Picture:
    if file_format == "png" and png.is_deep_colour(data):
        return _decoded_16_bit_colour(data)
    with READERS[file_format](io.BytesIO(data)) as image:
        _require_within_bounds(image, len(data))
        if getattr(image, "n_frames", 1) != 1:
            raise SeveralFramesError("this file holds several frames; only one can be looked at")
        orientation = _orientation(image)
        coding = _coding(image)
        image.load()
        mode = _target_mode(image)
        stored = image if image.mode == mode else image.convert(mode)
        pixels = np.asarray(stored)
        if mode in GREYS_16:
            mode, pixels = "I;16", pixels.astype(np.uint16, copy=False)  # in the order of bytes of this machine
        return Picture(
            format=file_format,
            mode=mode,
            pixels=pixels,
            orientation=orientation,
            icc=image.info.get("icc_profile"),
            coding=coding,
            is_lossless=file_format != "jpeg" and b"VP8 " not in data[:64],
        )


def _decoded_16_bit_colour(data: bytes) -> Picture:
    """A PNG of sixteen bits and several channels, which Pillow would round to eight."""
    with PngImagePlugin.PngImageFile(io.BytesIO(data)) as image:
        _require_within_bounds(image, len(data))
        orientation = _orientation(image)
        image.load()  # OpenCV accepts half a picture; Pillow does not
    read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if read is None or read.dtype != np.uint16 or read.shape[2:] not in ((3,), (4,)):
        raise UndecodableError("this sixteen-bit PNG cannot be decoded")
    mode = _MODES[read.shape[2]]
    code = cv2.COLOR_BGR2RGB if mode == "RGB" else cv2.COLOR_BGRA2RGBA
    pixels = np.asarray(cv2.cvtColor(read, code), dtype=np.uint16)
    return Picture("png", mode, pixels, orientation)


def _require_within_bounds(image: Image.Image, size_bytes: int) -> None:
    count = image.width * image.height
    if count > PICTURE_PX_MAX:
        raise BombError(f"{image.width} by {image.height} pixels are more than {PICTURE_PX_MAX}")
    if count > UNSUSPECTED_PX and count > PX_PER_BYTE_MAX * size_bytes:
        raise BombError(f"{size_bytes} bytes open into {count} pixels")


def _orientation(image: Image.Image) -> int:
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return 1  # Pillow turns TIFF upright itself, and so it is written
    exif = image.info.get("exif", b"")
    return parts.orientation_of(exif.removeprefix(b"Exif\x00\x00"))


def _coding(image: ImageFile.ImageFile) -> Coding | None:
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        return None
    tables = {key: list(table) for key, table in image.quantization.items()}
    subsampling = JpegImagePlugin.get_sampling(image)
    is_luma = image.mode == "RGB" and ("jfif" in image.info or image.info.get("adobe_transform") == 1)
    return Coding(tables, subsampling, bool(image.info.get("progressive")), is_luma)


def _target_mode(image: Image.Image) -> str:
    """The mode in which the pixels are worked on and written."""
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") or image.mode in GREYS_16:
        _require_lossless(image)
        return "RGBA" if image.mode == "RGB" and "transparency" in image.info else image.mode
    if image.mode == "1":
        return "L"
    if image.mode == "P":
        return "RGBA" if "transparency" in image.info else "RGB"
    raise UnsupportedFormatError(f"pixels of mode {image.mode} cannot be written back in kind")


def _require_lossless(image: Image.Image) -> None:
    """Refuse what would be written with less than was read."""
    if isinstance(image, BmpImagePlugin.BmpImageFile) and image.mode == "RGBA":
        raise UnsupportedFormatError("the transparency of a bitmap would be lost")
    if isinstance(image, TiffImagePlugin.TiffImageFile) and image.mode not in GREYS_16:
        bits = image.tag_v2.get(TiffImagePlugin.BITSPERSAMPLE, (1,))
        if max(bits) > EIGHT_BITS:
            raise UnsupportedFormatError(f"colours of {max(bits)} bits would be rounded to eight")


def _image(picture: Picture) -> Image.Image:
    """The pixels as Pillow has them."""
    if picture.mode in GREYS_16:  # of which an array would become 32 bits
        return Image.frombytes("I;16", (picture.width, picture.height), picture.pixels.tobytes())
    return Image.fromarray(picture.pixels, picture.mode)


def _gif(picture: Picture, source: bytes) -> bytes:
    """A GIF with the palette of its source, in which only what was changed has other entries of it than before."""
    with GifImagePlugin.GifImageFile(io.BytesIO(source)) as before:
        before.load()
        if before.mode != "P":
            return _saved(_image(picture), "GIF", optimize=False)
        nearest = _image(picture).convert("RGB").quantize(palette=before, dither=Image.Dither.NONE)
        is_changed = (np.asarray(before.convert(picture.mode)) != picture.pixels).any(axis=2)
        entries = np.where(is_changed, np.asarray(nearest), np.asarray(before))
        after = Image.fromarray(entries, "P")
        after.putpalette(before.getpalette() or ())
        kept = {name: before.info[name] for name in ("transparency",) if name in before.info}
        return _saved(after, "GIF", optimize=False, **kept)


def _jpeg_options(picture: Picture, exif: bytes, writing: Writing) -> dict[str, object]:
    """Pillow's options that code a JPEG as its source was coded."""
    options: dict[str, object] = {"icc_profile": picture.icc, "exif": exif, "optimize": True}
    coding = picture.coding
    if coding is None or not coding.tables:
        return options | {"quality": writing.jpeg_quality, "subsampling": 0}
    # Subsampling that Pillow has no number for is written as none at all: nothing is lost by it.
    subsampling = coding.subsampling if coding.subsampling in (0, 1, 2) else 0
    options |= {"qtables": coding.tables, "subsampling": subsampling, "keep_rgb": not coding.is_luma}
    return options | {"progressive": coding.is_progressive}


def _png(picture: Picture) -> bytes:
    """A PNG; by OpenCV where Pillow has no sixteen-bit colours."""
    if picture.pixels.dtype == np.uint16 and has_channels(picture.pixels):
        code = cv2.COLOR_RGB2BGR if picture.mode == "RGB" else cv2.COLOR_RGBA2BGRA
        _, written = cv2.imencode(".png", cv2.cvtColor(picture.pixels, code))
        return bytes(written)
    return _saved(Image.fromarray(picture.pixels), "PNG", icc_profile=None)


def _saved(image: Image.Image, pillow_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, pillow_format, **options)
    return buffer.getvalue()
