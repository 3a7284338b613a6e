"""What does a layout get to read, and how do its findings become rows?"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from registry.catalogue import intake, paths
from registry.catalogue.entries import SourceEntry
from registry.catalogue.found import Found
from registry.catalogue.labels import classes
from registry.catalogue.labels.classes import Classes
from registry.catalogue.manifests import columns
from registry.catalogue.places import folder_of
from registry.catalogue.reports import ImportReport
from registry.errors import InvalidInputError

TOLD_EVERY = 500


@dataclass(frozen=True, slots=True)
class TrustedBy:
    """By which root metadata the signatures of a source are checked, and at what time its keys must be good."""

    root: bytes
    now: datetime


@dataclass(slots=True)
class Source:
    """A source that is being imported.

    Attributes:
        root: a folder or a file.
        report: what came in, what was refused, what was concluded.
        workers: how many threads read; 0 for one per processor.
        truth: the ground truth that was given; null for none.
        classes_file: the list of classes that was given; null for none.
        has_pdq: whether the perceptual hash of every picture is computed, too.
        trust: whom the signature of an export must come from; null where nobody asked.
        heard: told what every picture says of rights; null where nobody asked.
        told: told how many images were read so far, every now and then.
    """

    root: Path
    report: ImportReport = field(default_factory=ImportReport)
    workers: int = 0
    truth: Path | None = None
    classes_file: Path | None = None
    has_pdq: bool = False
    trust: TrustedBy | None = None
    heard: intake.Heard | None = None
    told: Callable[[int], None] | None = None

    @property
    def extras(self) -> tuple[str, ...]:
        """Which columns of `columns.EXTRAS` were asked for, whatever the layout."""
        return ("pdq",) if self.has_pdq else ()

    def classes(self) -> Classes | None:
        """The classes that were given.

        Raises:
            NotFoundError, InvalidInputError: there is no such list, or it is none.
        """
        return None if self.classes_file is None else classes.read(self.classes_file)

    def place_of(self, part: str) -> Path | None:
        """Where an archive or a table of the source lies; null for what is not to be read, and the report says why.

        A link is never followed, and no name leads out of the source.
        """
        try:
            place = paths.locate(folder_of(self.root), part)
        except InvalidInputError:
            why = "its name is no plain relative path, or a link on the way leads out of the source"
        else:
            if place.is_symlink():
                why = "it is a link, and links are not followed; put the file itself there"
            elif not place.is_file():
                why = "there is no such file"
            else:
                return place.absolute()
        self.report.note_fault(part, "", why)
        return None

    def read(self, found: Iterable[Found], extras: tuple[str, ...] = ()) -> Iterator[pa.Table]:
        """The rows of what was found."""
        known = self.classes()
        wnids = None if known is None else frozenset(known.wnids)
        entries = intake.scan(
            found, self.report, classes=wnids, workers=self.workers, has_pdq=self.has_pdq, heard=self.heard
        )
        return columns.source_tables(self._counted(entries), (*extras, *self.extras))

    def _counted(self, entries: Iterator[SourceEntry]) -> Iterator[SourceEntry]:
        count = 0
        for count, entry in enumerate(entries, start=1):
            if self.told and count % TOLD_EVERY == 0:
                self.told(count)
            yield entry
        if self.told:
            self.told(count)
