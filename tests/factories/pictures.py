"""Pictures drawn in code, as bytes, with a truth that is known because we drew it.

Every function returns the bytes of a whole file. What is unusual about the file is in the
function's name; size, colours and seed can be chosen. `face()` alone is a photograph:
scikit-image's `astronaut`, in the public domain.
"""

import io
import itertools
import re
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

# The astronaut's face in `face()`: half-open pixels (left, top, right, bottom), judged by eye.
FACE_BOX = (174, 68, 270, 190)
FACE_SIZE = (512, 512)

EXIF_ORIENTATION = 0x0112
EXIF_ARTIST = 0x013B
EXIF_GPS = 0x8825
EXIF_PRIVATE = 0x8769
MAKER_NOTE = 0x927C
PHOTOSHOP_THUMBNAIL = 0x040C
# The colours of the four quarters of `quarters()`: top left, top right, bottom left, bottom right.
QUARTERS = ((200, 40, 40), (40, 200, 40), (40, 40, 200), (220, 220, 60))


def pixels(width: int = 64, height: int = 48, seed: int = 0) -> Pixels:
    """Smooth colour waves, `(height, width, 3)` RGB; different for each seed, no face."""
    wave = np.random.default_rng(seed).uniform(0.02, 0.15, size=(3, 2))
    rows, columns = np.mgrid[0:height, 0:width]
    channels = [127 + 120 * np.sin(wave[c, 0] * columns + wave[c, 1] * rows + c) for c in range(3)]
    return np.stack(channels, axis=2).astype(np.uint8)


def quarters(width: int = 64, height: int = 48) -> Pixels:
    """Four flat quarters in the colours of `QUARTERS`, so that a turned picture can be told."""
    image = np.zeros((height, width, 3), dtype=np.uint8)
    image[: height // 2, : width // 2] = QUARTERS[0]
    image[: height // 2, width // 2 :] = QUARTERS[1]
    image[height // 2 :, : width // 2] = QUARTERS[2]
    image[height // 2 :, width // 2 :] = QUARTERS[3]
    return image


def encoded(image: NDArray[np.uint8] | Image.Image, file_format: str = "JPEG", **options: object) -> bytes:
    """An array or a Pillow image as the bytes of a file; `options` go to Pillow's writer."""
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def jpeg(width: int = 64, height: int = 48, seed: int = 0, **options: object) -> bytes:
    """A plain baseline JPEG with nothing in it but pixels."""
    return encoded(pixels(width, height, seed), "JPEG", **{"quality": 90, **options})


def tall_jpeg(strip: Image.Image, height: int) -> bytes:
    """A grey JPEG in which a strip is repeated until it is that high; what is coded once is not coded again.

    Args:
        strip: some rows of blocks, each of 8 px.
        height: of the whole, px.
    """
    data = encoded(strip, restart_marker_rows=1)
    frame, scan = data.index(b"\xff\xc0"), data.index(b"\xff\xda")
    begin = scan + 2 + int.from_bytes(data[scan + 2 : scan + 4])
    rows = itertools.cycle(re.split(rb"\xff[\xd0-\xd7]", data[begin:-2]))
    head = data[: frame + 5] + height.to_bytes(2) + data[frame + 7 : begin]
    # Restart markers count from 0 to 7 and on from 0.
    coded = (part for number in range(-(-height // 8)) for part in (bytes((0xFF, 0xD0 + (number - 1) % 8)), next(rows)))
    return head + b"".join(itertools.islice(coded, 1, None)) + b"\xff\xd9"


def png(width: int = 64, height: int = 48, seed: int = 0) -> bytes:
    """A plain RGB PNG."""
    return encoded(pixels(width, height, seed), "PNG")


def png_named_jpeg(width: int = 64, height: int = 48) -> tuple[str, bytes]:
    """A name that says JPEG, and bytes that are a PNG."""
    return "n00000001_1.JPEG", png(width, height)


def gif(width: int = 64, height: int = 48) -> bytes:
    """A GIF of one frame."""
    return encoded(Image.fromarray(pixels(width, height)).quantize(64), "GIF")


def gif_with_frames(count: int = 3) -> bytes:
    """An animated GIF."""
    frames = [Image.fromarray(pixels(seed=seed)) for seed in range(count)]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])


def bmp(width: int = 64, height: int = 48) -> bytes:
    """A Windows bitmap."""
    return encoded(pixels(width, height), "BMP")


def tiff(width: int = 64, height: int = 48) -> bytes:
    """An uncompressed TIFF."""
    return encoded(pixels(width, height), "TIFF")


def deep_tiff(byte_order: str = "<", width: int = 64, height: int = 48) -> bytes:
    """A greyscale TIFF of sixteen bits; in the order of bytes `<` or `>`."""
    values = np.random.default_rng(5).integers(0, 65536, (height, width)).astype(f"{byte_order}u2")
    mode = "I;16" if byte_order == "<" else "I;16B"
    return encoded(Image.frombytes(mode, (width, height), values.tobytes()), "TIFF")


def webp(width: int = 64, height: int = 48) -> bytes:
    """A lossless WebP."""
    return encoded(pixels(width, height), "WEBP", lossless=True)


def grey_jpeg(width: int = 64, height: int = 48) -> bytes:
    """A JPEG with one component."""
    return encoded(Image.fromarray(pixels(width, height)).convert("L"), "JPEG")


def cmyk_jpeg(width: int = 64, height: int = 48) -> bytes:
    """A JPEG in CMYK, inverted as Adobe writes it."""
    return encoded(Image.fromarray(pixels(width, height)).convert("CMYK"), "JPEG")


def progressive_jpeg(width: int = 64, height: int = 48) -> bytes:
    """A JPEG that arrives in several scans."""
    return jpeg(width, height, progressive=True)


def grey16_png(width: int = 64, height: int = 48) -> bytes:
    """A greyscale PNG with sixteen bits a pixel, a ramp over the whole range."""
    ramp = np.linspace(0, 65535, width * height).reshape(height, width).astype(np.uint16)
    return encoded(Image.fromarray(ramp), "PNG")


def rgb16_png(width: int = 64, height: int = 48) -> bytes:
    """An RGB PNG with sixteen bits a channel, written by hand because Pillow cannot."""
    image = pixels(width, height).astype(np.uint16) * 257
    lines = b"".join(b"\x00" + row.astype(">u2").tobytes() for row in image)
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(name, body) for name, body in chunks)


def palette_png(width: int = 64, height: int = 48) -> bytes:
    """A PNG with a palette."""
    return encoded(Image.fromarray(pixels(width, height)).quantize(32), "PNG")


def rgba_png(width: int = 64, height: int = 48) -> bytes:
    """A PNG that is half transparent on its left."""
    alpha = np.full((height, width, 1), 255, dtype=np.uint8)
    alpha[:, : width // 2] = 128
    return encoded(np.concatenate([pixels(width, height), alpha], axis=2), "PNG")


def oriented_jpeg(orientation: int, width: int = 64, height: int = 48) -> bytes:
    """The four quarters stored as drawn, with an EXIF orientation (1..8) and nothing else."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    return encoded(quarters(width, height), "JPEG", quality=95, exif=exif.tobytes())


def gps_jpeg(width: int = 64, height: int = 48) -> bytes:
    """A JPEG whose EXIF says where it was taken, and by whom."""
    exif = Image.Exif()
    exif[EXIF_ARTIST] = "A. Photographer"
    exif.get_ifd(EXIF_GPS).update({1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 3.0)})
    return encoded(pixels(width, height), "JPEG", exif=exif.tobytes())


def thumbnail_jpeg(width: int = 64, height: int = 48, image: Pixels | None = None) -> bytes:
    """A JPEG with a small copy of itself in its EXIF block, as cameras write it."""
    picture = pixels(width, height) if image is None else image
    return with_segment(encoded(picture, "JPEG", quality=90), 0xE1, b"Exif\x00\x00" + _exif_with_thumbnail(picture))


def photoshop_thumbnail_jpeg(width: int = 64, height: int = 48, image: Pixels | None = None) -> bytes:
    """A JPEG with a small copy of itself in Photoshop's resource 0x040C."""
    picture = pixels(width, height) if image is None else image
    small = _thumbnail(picture)
    head = struct.pack(">IIIIIIHH", 1, 16, 12, 48, 12 * 48, len(small), 24, 1)
    body = head + small + b"\x00" * (len(head + small) % 2)
    resource = b"8BIM" + struct.pack(">H", PHOTOSHOP_THUMBNAIL) + b"\x00\x00" + struct.pack(">I", len(head + small))
    return with_segment(encoded(picture, "JPEG", quality=90), 0xED, b"Photoshop 3.0\x00" + resource + body)


def telling_jpeg(secret: bytes, image: Pixels | None = None) -> bytes:
    """A JPEG that holds a secret and a small copy of itself in every place that programs are known to use."""
    picture = pixels() if image is None else image
    small, regions = _thumbnail(picture), b"<x:xmpmeta><mwg-rs:Regions mwg-rs:Name='" + secret + b"'/></x:xmpmeta>"
    exif = Image.Exif()
    exif[EXIF_ARTIST] = secret.decode()
    exif.get_ifd(EXIF_GPS).update({1: "N", 2: (48.0, 51.0, 24.0), 29: secret.decode()})
    exif.get_ifd(EXIF_PRIVATE).update({MAKER_NOTE: secret + small, 0x9286: secret})
    data = encoded(picture, "JPEG", quality=90)
    segments = [
        (0xE0, b"JFXX\x00\x10" + small),
        (0xE1, exif.tobytes()),
        (0xE1, b"Exif\x00\x00" + _exif_with_thumbnail(picture)),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + regions),
        (0xE1, b"http://ns.adobe.com/xmp/extension/\x00" + b"0" * 32 + struct.pack(">II", len(regions), 0) + regions),
        (0xE2, b"MPF\x00II*\x00\x08\x00\x00\x00" + secret),
        (0xE2, b"FPXR\x00" + secret + small),
        (0xE4, secret + small),
        (0xED, b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", len(secret)) + secret + small),
        (0xEF, secret),
        (0xFE, secret),
    ]
    for marker, body in segments:
        data = with_segment(data, marker, body)
    return data + secret + small


def telling_png(secret: bytes) -> bytes:
    """A PNG that holds a secret in every kind of text, in EXIF, in a chunk of nobody's, and behind its end."""
    exif = Image.Exif()
    exif[EXIF_ARTIST] = secret.decode()
    chunks = {
        b"tEXt": b"Author\x00" + secret,
        b"zTXt": b"Author\x00\x00" + zlib.compress(secret),
        b"iTXt": b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + secret,
        b"eXIf": exif.tobytes()[6:],
        b"tIME": b"\x07\xea\x01\x01\x00\x00\x00",
        b"prVW": secret,
    }
    data = png()
    for name, body in chunks.items():
        data = with_chunk(data, name, body)
    return data + secret


def commented_jpeg(comment: bytes = b"shot by a neighbour") -> bytes:
    """A JPEG with a comment."""
    return with_segment(jpeg(), 0xFE, comment)


def xmp_jpeg(packet: bytes = b"<x:xmpmeta><Regions>Jane</Regions></x:xmpmeta>") -> bytes:
    """A JPEG with an XMP packet that names a person."""
    return with_segment(jpeg(), 0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + packet)


def trailing_jpeg(tail: bytes | None = None) -> bytes:
    """A JPEG with another, smaller JPEG behind its end, as phones write previews."""
    return jpeg() + (_thumbnail(pixels()) if tail is None else tail)


def commented_png(text: bytes = b"Author\x00A. Photographer") -> bytes:
    """A PNG with a text chunk."""
    return with_chunk(png(), b"tEXt", text)


def truncated_jpeg(keep: float = 0.5) -> bytes:
    """The first part of a JPEG."""
    whole = jpeg(256, 192, quality=95)
    return whole[: int(len(whole) * keep)]


def text_named_jpeg() -> tuple[str, bytes]:
    """A name that says JPEG, and bytes that are prose."""
    return "n00000001_2.JPEG", b"This is not a picture.\n" * 8


def bomb_png(width: int = 30_000, height: int = 30_000) -> bytes:
    """A small PNG of one bit a pixel that would open to width times height pixels."""
    packer = zlib.compressobj(9)
    line = b"\x00" * (1 + (width + 7) // 8)
    body = b"".join(packer.compress(line) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(name, body) for name, body in chunks)


def face_pixels() -> Pixels:
    """The astronaut's photograph, `(512, 512, 3)` RGB; her face is at `FACE_BOX`."""
    from skimage.data import astronaut  # noqa: PLC0415  # scikit-image takes half a second to import

    return np.asarray(astronaut(), dtype=np.uint8)  # type: ignore[no-untyped-call]  # scikit-image


def face(file_format: str = "JPEG", **options: object) -> bytes:
    """The astronaut's photograph as a file."""
    return encoded(face_pixels(), file_format, **options)


def with_segment(data: bytes, marker: int, body: bytes) -> bytes:
    """A JPEG with one more segment, right after its start."""
    return data[:2] + struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body + data[2:]


def with_chunk(data: bytes, name: bytes, body: bytes) -> bytes:
    """A PNG with one more chunk, right after its header."""
    end_of_header = 8 + 12 + 13
    return data[:end_of_header] + png_chunk(name, body) + data[end_of_header:]


def png_chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a PNG: length, name, body, checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _thumbnail(image: Pixels) -> bytes:
    small = Image.fromarray(image)
    small.thumbnail((160, 120))
    return encoded(small, "JPEG", quality=60)


def _exif_with_thumbnail(image: Pixels) -> bytes:
    """Two TIFF directories: one nearly empty, one that points at a JPEG (EXIF 2.32 §4.5)."""
    small = _thumbnail(image)
    first = struct.pack("<HHHIHHI", 1, EXIF_ORIENTATION, 3, 1, 1, 0, 26)
    start = 26 + 2 + 3 * 12 + 4
    entries = ((0x0103, 3, 6), (0x0201, 4, start), (0x0202, 4, len(small)))
    second = struct.pack("<H", 3) + b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return b"II*\x00" + struct.pack("<I", 8) + first + second + struct.pack("<I", 0) + small
