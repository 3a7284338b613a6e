"""What is known of a picture from its header?"""

from dataclasses import dataclass, field

from registry.catalogue.entries import Defect, Format, Thumbnail

# As many as are opened when faces are looked for (`blurring.files`), where a bomb is also told by its pixels per byte.
MAX_PIXELS = 400_000_000


@dataclass(slots=True)
class Header:
    """The facts of one picture, filled in by the parser of its format; the words are those of `SourceEntry`."""

    format: Format | None = None
    width: int | None = None
    height: int | None = None
    mode: str | None = None
    orientation: int | None = None
    thumbnails: set[Thumbnail] = field(default_factory=set)
    has_metadata: bool = False
    defect: Defect | None = None

    def fail(self, defect: Defect) -> None:
        """Note a defect; the first one stays."""
        self.defect = self.defect or defect

    def measure(self, width: int, height: int) -> None:
        """Note the size as stored, and what is wrong with it."""
        self.width, self.height = width, height
        if width < 1 or height < 1:
            self.fail(Defect.UNSUPPORTED_FORMAT)
        elif width * height > MAX_PIXELS:
            self.fail(Defect.DECOMPRESSION_BOMB)
