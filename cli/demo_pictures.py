"""The pictures of the demonstration: photographs that come with scikit-image, drawn ones, and broken files.

Laid out as class folders named by wnid, among them a class whose subject is a person. It exercises what real datasets
hold: turned and grey pictures, a wrong suffix, a hidden thumbnail, a link out of the tree, names that no list
can carry.
"""

import importlib.util
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from registry.errors import NotFoundError

PORTRAIT = "astronaut.png"
SHUTTLE, GROOM, CAT, CUP, MISSILE, COIN = (
    "n04266014",  # space shuttle
    "n10148035",  # groom: a class whose subject is a person
    "n02123045",  # tabby cat
    "n07930864",  # cup
    "n04008634",  # projectile
    "n02999410",  # chain: drawn pictures
)
ORIENTATION, GPS = 0x0112, 0x8825
SHORT, LONG = 3, 4
FIRST_DIRECTORY_END = 26
DRAWN_COUNT = 24


def make(folder: Path) -> None:
    """Lay the pictures out below `folder`.

    Raises:
        NotFoundError: scikit-image, whose photographs are used, is not installed.
    """
    _photographs(folder, _photograph_folder())
    _drawn(folder)
    _odd(folder)
    _broken(folder)


def _photograph_folder() -> Path:
    found = importlib.util.find_spec("skimage")
    if found is None or found.origin is None:
        raise NotFoundError("The demonstration takes photographs from scikit-image; install it, or give --source DIR.")
    return Path(found.origin).parent / "data"


def _save(image: Image.Image, file: Path, **options: Any) -> None:  # noqa: ANN401 - Pillow's own options
    file.parent.mkdir(parents=True, exist_ok=True)
    image.save(file, **options)


def _photographs(folder: Path, photographs: Path) -> None:
    portrait = Image.open(photographs / PORTRAIT).convert("RGB")
    _save(portrait, folder / SHUTTLE / "portrait.JPEG", quality=92)
    _save(portrait, folder / SHUTTLE / "portrait-somewhere.JPEG", exif=_with_place())
    turned = portrait.transpose(Image.Transpose.ROTATE_90)
    _save(turned, folder / SHUTTLE / "portrait-turned.JPEG", exif=_with_thumbnail(6, turned))
    _save(portrait.convert("L"), folder / SHUTTLE / "portrait-grey.JPEG")
    _save(portrait.convert("CMYK"), folder / SHUTTLE / "portrait-cmyk.JPEG")
    _save(portrait.resize((256, 256)), folder / SHUTTLE / "png-inside.JPEG", format="PNG")
    _save(portrait.transpose(Image.Transpose.FLIP_LEFT_RIGHT), folder / GROOM / "portrait.JPEG")
    for name, label in (("chelsea.png", CAT), ("coffee.png", CUP), ("rocket.jpg", MISSILE)):
        _save(Image.open(photographs / name).convert("RGB"), folder / label / f"{Path(name).stem}.JPEG")
    _save(Image.open(photographs / "chelsea.png").convert("RGB"), folder / CAT / "again" / "chelsea.JPEG")


def _with_place() -> bytes:
    """EXIF that says where a photograph was taken."""
    exif = Image.Exif()
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    return exif.tobytes()


def _with_thumbnail(orientation: int, image: Image.Image) -> bytes:
    """EXIF 2.32 §4.5: one directory with the orientation, a second one that points at a small unblurred copy."""
    file = BytesIO()
    image.resize((128, 128)).save(file, "JPEG", quality=60)
    small = file.getvalue()
    first = struct.pack("<HHHIHHI", 1, ORIENTATION, SHORT, 1, orientation, 0, FIRST_DIRECTORY_END)
    start = FIRST_DIRECTORY_END + 2 + 3 * 12 + 4
    entries = ((0x0103, SHORT, 6), (0x0201, LONG, start), (0x0202, LONG, len(small)))
    second = struct.pack("<H", 3) + b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return b"Exif\x00\x00II*\x00" + struct.pack("<I", 8) + first + second + struct.pack("<I", 0) + small


def _drawn(folder: Path) -> None:
    rows, columns = np.mgrid[0:240, 0:320]
    for number in range(DRAWN_COUNT):
        wave = np.sin(columns / (6 + number)) + np.cos(rows / (9 + number % 7))
        grey = ((wave + 2) * 63).astype(np.uint8)
        image = Image.fromarray(np.dstack([grey, np.roll(grey, 3 * number, 1), 255 - grey]))
        _save(image, folder / COIN / f"drawn-{number:02}.JPEG", progressive=number % 2 == 1)


def _odd(folder: Path) -> None:
    deep = (np.linspace(0, 65535, 200 * 150).reshape(150, 200)).astype(np.uint16)
    _save(Image.fromarray(deep), folder / COIN / "sixteen-bit.png")
    image = Image.new("RGB", (64, 48), (90, 140, 90))
    _save(image, folder / COIN / "a name with spaces.JPEG")
    _save(image, folder / COIN / "a\nnew line.JPEG")
    _save(image, folder / COIN / "back\\slash.JPEG")
    (folder / "n99999999").mkdir(exist_ok=True)


def _broken(folder: Path) -> None:
    whole = (folder / CUP / "coffee.JPEG").read_bytes()
    broken = folder / CUP
    (broken / "empty.JPEG").touch()
    (broken / "truncated.JPEG").write_bytes(whole[: len(whole) // 2])
    (broken / "text.JPEG").write_text("This is no picture.\n")
    (broken / "bomb.JPEG").write_bytes(_bomb())
    (broken / "link-out.JPEG").symlink_to("/etc/hostname")


def _bomb() -> bytes:
    """A PNG of a few bytes that says it is 60,000 pixels wide and high."""
    small = BytesIO()
    Image.new("L", (1, 1)).save(small, "PNG")
    data = bytearray(small.getvalue())
    data[16:24] = (60_000).to_bytes(4) + (60_000).to_bytes(4)
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4)
    return bytes(data)
