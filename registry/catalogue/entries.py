"""What is one image of a dataset, and what became of it in a release?

`SourceEntry` is what import saw; `ReleaseEntry` is the same image with its verdict. Both are values: whoever needs the
canonical line that is hashed and signed asks for `line` or `to_row`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from registry.proof.manifest import Row, Verdict, parent_line


class Format(StrEnum):
    """The picture formats that the registry understands, told by their bytes and never by a suffix."""

    JPEG = "jpeg"
    PNG = "png"
    GIF = "gif"
    BMP = "bmp"
    TIFF = "tiff"
    WEBP = "webp"


class Defect(StrEnum):
    """Why an entry can never be part of a release; each is also the reason code of its exclusion."""

    EMPTY = "empty"
    NOT_AN_IMAGE = "not-an-image"
    TRUNCATED = "truncated"
    DECOMPRESSION_BOMB = "decompression-bomb"
    SYMLINK = "symlink"
    SPECIAL_FILE = "special-file"
    UNREADABLE = "unreadable"
    UNPORTABLE_NAME = "unportable-name"
    UNSUPPORTED_FORMAT = "unsupported-format"


class Thumbnail(StrEnum):
    """Where a small copy of the picture, or a second picture, is embedded; it shows what a blur would hide."""

    EXIF = "exif"
    JFIF = "jfif"
    MULTI_PICTURE = "multi-picture"
    PHOTOSHOP = "photoshop"
    XMP = "xmp"


class FaceZone(StrEnum):
    """What followed from a box: it was blurred, it waits for a person, or it was left because people said so."""

    BLUR = "blur"
    REVIEW = "review"
    LEAVE = "leave"


class FaceOrigin(StrEnum):
    """Who says that a face may be here: the detector, one look of it, the second look at the output, or people."""

    DETECTOR = "detector"
    ONE_LOOK = "one-look"
    SECOND_LOOK = "second-look"
    KNOWN = "known"


class Box(NamedTuple):
    """A face, or what may be one: half-open pixels of the picture as stored (EXIF orientation not applied).

    Attributes:
        score: the detector's, or that of its one look that saw something; 1 for boxes that were known.
        zone: what followed from it.
        origin: who says so.
    """

    left: int
    top: int
    right: int
    bottom: int
    score: float
    zone: FaceZone = FaceZone.BLUR
    origin: FaceOrigin = FaceOrigin.DETECTOR

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Its edges: left, top, right, bottom."""
        return self[:4]


class Looker(NamedTuple):
    """A detector by its name, and the digest `sha256:<hex>` of what it learned."""

    name: str
    weights: str


class Look(NamedTuple):
    """How an image was looked at: with its digests and boxes, the proof of its blur.

    Attributes:
        recipe: digest `sha256:<hex>` of the recipe document.
        device: where the detectors computed.
        detector: who looked at the image; null where known boxes were all there was.
        second: who looked again at the output; null for nobody.
        change_outside: the largest difference of any value outside what the blur reaches; null where nothing was
            blurred, or nothing lies outside.
    """

    recipe: str
    device: str
    detector: Looker | None
    second: Looker | None = None
    change_outside: int | None = None


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One file of a source, as its bytes say.

    Attributes:
        path: relative POSIX path, escaped as `registry.catalogue.paths` says.
        size_bytes: null, like `sha256`, where no bytes could be read: symlink, special file, unreadable.
        sha256: 64 lower-case hex digits over the whole file.
        format: null where the bytes are no picture that the registry understands.
        width: pixels as stored, before any orientation is applied.
        height: as `width`.
        mode: colour mode in Pillow's words (L, RGB, CMYK, RGBA, P, I;16 ...).
        orientation: EXIF orientation 1..8; null when absent or out of range.
        thumbnails: embedded smaller copies, sorted.
        has_metadata: carries EXIF, XMP, IPTC, GPS, a comment or unknown bytes that may tell of people or places.
        label: the class that the layout gives: a class folder, an archive's name, a ground truth; null for none.
        defect: null when the entry may take part in a release.
        part: the file of the source that holds the bytes, relative to its root; null where that is the file at `path`.
            What follows from here on is where an image lies and what is said of it, not what it is: two entries that
            differ in nothing else are equal.
        position: where in `part`: a byte offset in an archive, a row in a Parquet file.
        url: where the image was found on the web, as the source says.
        pdq: the perceptual hash as 64 hexadecimal digits, where it was asked for and there is something to see.
    """

    path: str
    size_bytes: int | None = None
    sha256: str | None = None
    format: Format | None = None
    width: int | None = None
    height: int | None = None
    mode: str | None = None
    orientation: int | None = None
    thumbnails: tuple[Thumbnail, ...] = ()
    has_metadata: bool = False
    label: str | None = None
    defect: Defect | None = None
    part: str | None = field(default=None, compare=False)
    position: int | None = field(default=None, compare=False)
    url: str | None = field(default=None, compare=False)
    pdq: str | None = field(default=None, compare=False)

    def line(self) -> bytes:
        """The canonical line of the parent's manifest, without LF."""
        return parent_line(self.path, self.size_bytes, self.sha256, self.label)


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """One parent image in a release: the facts of its source and its one verdict.

    Attributes:
        source: the parent's entry, unchanged.
        verdict: keep, blur or exclude.
        reasons: kebab-case codes, sorted, without repetition.
        faces: how many faces there are to blur; null where nobody looked.
        boxes: the faces and what may be some, by zone, each in the order of the detector.
        output_sha256: of the bytes that the release hands out; null, like the next, when excluded.
        output_size_bytes: of the same.
        look: how it was looked at; null where nobody looked.
    """

    source: SourceEntry
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    faces: int | None = None
    boxes: tuple[Box, ...] = ()
    output_sha256: str | None = None
    output_size_bytes: int | None = None
    look: Look | None = None

    @property
    def reviews(self) -> tuple[Box, ...]:
        """The boxes about which a person is asked; none where the image is in no release."""
        if self.verdict is Verdict.EXCLUDE:
            return ()
        return tuple([box for box in self.boxes if box.zone is FaceZone.REVIEW])

    @property
    def output_path(self) -> str | None:
        """The path inside the release, which is that of the source; null when excluded."""
        return None if self.output_sha256 is None else self.source.path

    def to_row(self) -> Row:
        """The canonical row of the release's manifest, all nine fields."""
        return Row(
            path=self.source.path,
            size_bytes=self.source.size_bytes,
            sha256=self.source.sha256,
            label=self.source.label,
            verdict=self.verdict,
            reasons=self.reasons,
            output_path=self.output_path,
            output_size_bytes=self.output_size_bytes,
            output_sha256=self.output_sha256,
        )
