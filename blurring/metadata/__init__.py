"""What a file says beside its pixels, and how to take it away without touching one of them.

Answers: is what this file carries harmless, and if not, what are its bytes without it? Works on
the container (segments, chunks, blocks), never decodes a pixel, and keeps only what is on a list
of known harmless parts: a part nobody has heard of goes too.

What stays: what a viewer needs to show the same colours the same way up (colour profile, gamma,
resolution, EXIF orientation). What goes: thumbnails and previews, places, people, devices, dates,
captions, comments, maker notes, editing history, and everything behind the end of the picture.
"""

from collections.abc import Callable
from typing import Final

from blurring.errors import UnsupportedFormatError
from blurring.metadata import gif, jpeg, png, webp
from blurring.metadata.parts import Cleaned

CLEANERS: Final[dict[str, Callable[[bytes], Cleaned]]] = {
    "jpeg": jpeg.cleaned,
    "png": png.cleaned,
    "gif": gif.cleaned,
    "webp": webp.cleaned,
}


def cleaned(data: bytes, file_format: str) -> Cleaned:
    """The same picture without what is not harmless, every coded pixel byte as it was.

    Args:
        data: the whole file.
        file_format: one of `CLEANERS`.

    Raises:
        UnsupportedFormatError: this format cannot be cleaned without writing the pixels again.
        UndecodableError: the container is broken.
    """
    cleaner = CLEANERS.get(file_format)
    if cleaner is None:
        raise UnsupportedFormatError(f"{file_format} files are cleaned by writing them again")
    return cleaner(data)
