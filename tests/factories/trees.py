"""Folders of images as people really leave them, and entries as if read from such a folder."""

import hashlib
import os
from pathlib import Path

from registry.catalogue.entries import Box, Defect, Format, ReleaseEntry, SourceEntry
from registry.proof.manifest import Verdict
from tests.factories import pictures

CLASSES = ("n02084071", "n03064758", "n00007846")


def plain(root: Path, per_class: int = 2) -> list[str]:
    """Class folders with a few sound JPEGs each; returns their paths in order."""
    paths = []
    for number, name in enumerate(CLASSES):
        (root / name).mkdir(parents=True, exist_ok=True)
        for i in range(per_class):
            path = f"{name}/{name}_{i}.JPEG"
            (root / path).write_bytes(pictures.jpeg(seed=10 * number + i))
            paths.append(path)
    return sorted(paths)


def broken(root: Path) -> dict[str, Defect | None]:
    """One file of every kind that can go wrong, in the folder `odd`; returns each path's defect, in order.

    What root's rights make impossible to draw (a file that root may not read) is not here.
    """
    folder = root / "odd"
    folder.mkdir(parents=True)
    files: dict[bytes, tuple[bytes, Defect | None]] = {
        b"animated.gif": (pictures.gif_with_frames(), Defect.UNSUPPORTED_FORMAT),
        b"back\\slash.JPEG": (pictures.jpeg(), Defect.UNPORTABLE_NAME),
        b"bomb.png": (pictures.bomb_png(), Defect.DECOMPRESSION_BOMB),
        b"cmyk.JPEG": (pictures.cmyk_jpeg(), None),
        b"empty.JPEG": (b"", Defect.EMPTY),
        b"latin-\xe9.JPEG": (pictures.jpeg(), Defect.UNPORTABLE_NAME),
        b"long" + 251 * b"x": (pictures.jpeg(), None),
        b"new\nline.JPEG": (pictures.jpeg(), Defect.UNPORTABLE_NAME),
        b"png.JPEG": (pictures.png(), None),
        b"snow man \xe2\x98\x83.JPEG": (pictures.jpeg(), None),
        b"text.jpg": (b"This is not a picture.\n", Defect.NOT_AN_IMAGE),
        b"truncated.JPEG": (pictures.truncated_jpeg(), Defect.TRUNCATED),
        b"twin-a.JPEG": (pictures.jpeg(), None),
        b"twin-b.JPEG": (pictures.jpeg(), None),
    }
    for name, (data, _) in files.items():
        Path(os.fsdecode(os.path.join(os.fsencode(folder), name))).write_bytes(data)  # noqa: PTH118 - bytes
    (folder / "link.JPEG").symlink_to("twin-a.JPEG")
    (folder / "out.JPEG").symlink_to("/etc/hostname")
    os.mkfifo(folder / "pipe.JPEG")
    expected = {name: defect for name, (_, defect) in files.items()}
    expected |= {b"link.JPEG": Defect.SYMLINK, b"out.JPEG": Defect.SYMLINK, b"pipe.JPEG": Defect.SPECIAL_FILE}
    shown = {f"odd/{_shown(name)}": defect for name, defect in expected.items()}
    return dict(sorted(shown.items()))


def entry(path: str, defect: Defect | None = None) -> SourceEntry:
    """An entry of a JPEG whose bytes are its path."""
    return SourceEntry(
        path=path,
        size_bytes=len(path),
        sha256=sha256(path),
        format=Format.JPEG,
        width=64,
        height=48,
        mode="RGB",
        label=path.partition("/")[0],
        defect=defect,
    )


def kept(path: str) -> ReleaseEntry:
    """An image that a release hands out as it was."""
    source = entry(path)
    return ReleaseEntry(
        source, Verdict.KEEP, ("no-rule",), 0, output_sha256=source.sha256, output_size_bytes=source.size_bytes
    )


def blurred(path: str) -> ReleaseEntry:
    """An image with one blurred face."""
    return ReleaseEntry(
        entry(path), Verdict.BLUR, ("face",), 1, (Box(1, 2, 30, 40, 0.875),), sha256(path + " blurred"), 12
    )


def excluded(path: str, *reasons: str) -> ReleaseEntry:
    """An image that a release does not hold."""
    return ReleaseEntry(entry(path), Verdict.EXCLUDE, reasons or ("person-synset",))


def sha256(text: str) -> str:
    """The hex digest of a text, for a digest that is like no other."""
    return hashlib.sha256(text.encode()).hexdigest()


def _shown(name: bytes) -> str:
    """The escaping of names, said once more and differently: byte by byte."""
    text = name.decode(errors="surrogateescape")
    return "".join(
        f"\\x{ord(c) & 0xFF:02x}" if ord(c) < 0x20 or c in "\\\x7f" or 0xDC80 <= ord(c) <= 0xDCFF else c for c in text
    )
