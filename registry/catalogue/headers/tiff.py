"""What does a TIFF file say of itself? TIFF 6.0, with the tags that Exif added."""

from registry.catalogue.entries import Defect, Format, Thumbnail
from registry.catalogue.headers import exif
from registry.catalogue.headers.exif import Folders, Tag
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import EndOfBytesError, Window

SIGNATURES = (b"II*\x00", b"MM\x00*")
WIDTH, HEIGHT, BITS, PHOTOMETRIC, SAMPLES, EXTRA = 0x100, 0x101, 0x102, 0x106, 0x115, 0x152
SUB_FOLDERS = 0x14A
# Where the pixels lie: offsets and byte counts, as strips or as tiles.
PLACES = ((0x111, 0x117), (0x144, 0x145))
MAX_STRIPS = 1 << 20

# (photometric interpretation, bits of a sample, samples) to the mode in which Pillow opens it.
MODES = {
    (0, 1, 1): "1", (1, 1, 1): "1", (0, 8, 1): "L", (1, 8, 1): "L", (1, 16, 1): "I;16",
    (3, 8, 1): "P", (2, 8, 3): "RGB", (2, 16, 3): "RGB", (2, 8, 4): "RGBA", (5, 8, 4): "CMYK",
    (1, 8, 2): "LA", (6, 8, 3): "RGB",
}  # fmt: skip


def read(window: Window, header: Header) -> None:
    """Note the facts of a TIFF; pictures beyond the first are noted as a thumbnail.

    Raises:
        EndOfBytesError: it ends before its pixels do.
    """
    header.format = Format.TIFF
    folders = Folders(window)
    tags, second = folders.read(folders.first)
    places = {tag.number: tag for tag in tags}
    _measure(folders, places, header)
    exif.note(folders, [tag for tag in tags if tag.number != SUB_FOLDERS], header)
    if second or SUB_FOLDERS in places:
        header.thumbnails.add(Thumbnail.MULTI_PICTURE)
    _check_pixels(folders, places, window.size)


def _measure(folders: Folders, places: dict[int, Tag], header: Header) -> None:
    def first(number: int, default: int) -> int:
        values = folders.integers(places[number]) if number in places else []
        return values[0] if values else default

    header.measure(first(WIDTH, 0), first(HEIGHT, 0))
    bits, samples = first(BITS, 1), first(SAMPLES, 1)
    header.mode = MODES.get((first(PHOTOMETRIC, -1), bits, samples))
    if header.mode is None:
        header.fail(Defect.UNSUPPORTED_FORMAT)


def _check_pixels(folders: Folders, places: dict[int, Tag], size: int) -> None:
    """Every strip or tile lies inside the file."""
    for offsets, counts in PLACES:
        if offsets in places and counts in places:
            starts = folders.integers(places[offsets], MAX_STRIPS)
            lengths = folders.integers(places[counts], MAX_STRIPS)
            if any(start + length > size for start, length in zip(starts, lengths, strict=False)):
                raise EndOfBytesError
            return
    raise EndOfBytesError
