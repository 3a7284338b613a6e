"""Which layout has this source? Told by looking; where two could be meant, neither is chosen."""

from typing import Final

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import Layout
from registry.catalogue.layouts.bag import Bag
from registry.catalogue.layouts.checksums import Checksums
from registry.catalogue.layouts.class_archives import ClassArchives
from registry.catalogue.layouts.croissant import Croissant
from registry.catalogue.layouts.export import Export
from registry.catalogue.layouts.folder_archive import FolderArchive
from registry.catalogue.layouts.image_folder import ImageFolder
from registry.catalogue.layouts.imagenet21k_p import ImageNet21kP
from registry.catalogue.layouts.kaggle_loc import KaggleLoc
from registry.catalogue.layouts.look import PACKED, PACKED_SUFFIXES, Look, is_picture
from registry.catalogue.layouts.parquet import ParquetFiles
from registry.catalogue.layouts.train_archive import TrainArchive
from registry.catalogue.layouts.url_list import UrlList
from registry.catalogue.layouts.validation import Validation
from registry.catalogue.layouts.webdataset import WebDataset
from registry.catalogue.layouts.withheld import Withheld
from registry.errors import InvalidInputError

LAYOUTS: Final[tuple[Layout, ...]] = (
    ImageFolder(),
    TrainArchive(),
    Validation(),
    Withheld(),
    KaggleLoc(),
    ClassArchives(),
    ImageNet21kP(),
    FolderArchive(),
    WebDataset(),
    ParquetFiles(),
    Checksums(),
    Bag(),
    Croissant(),
    Export(),
    UrlList(),
)
# What each of these is besides: an export is a bag with a list of checksums, a Croissant document describes archives.
_ALSO: Final[dict[LayoutName, frozenset[LayoutName]]] = {
    Export.name: frozenset({Bag.name, Checksums.name}),
    Bag.name: frozenset({Checksums.name}),
    Validation.name: frozenset({FolderArchive.name}),
    Withheld.name: frozenset({FolderArchive.name}),
    WebDataset.name: frozenset({FolderArchive.name, ClassArchives.name}),
    Croissant.name: frozenset({WebDataset.name, ClassArchives.name, ParquetFiles.name, Checksums.name}),
}


def named(name: LayoutName) -> Layout:
    """The layout of this name, which is not `AUTO`."""
    return next(layout for layout in LAYOUTS if layout.name is name)


def chosen(look: Look) -> tuple[Layout, str]:
    """The layout of a source, and what speaks for it.

    Raises:
        InvalidInputError: none or several fit, or all that is there is compressed; the sentence says what was seen.
    """
    _expect_unpacked(look)
    fitting = {layout.name: why for layout in LAYOUTS if (why := layout.fits(look)) is not None}
    implied = {also for name in fitting for also in _ALSO.get(name, frozenset())}
    if len(fitting) > 1:
        implied.add(ImageFolder.name)
    left = {name: why for name, why in fitting.items() if name not in implied}
    if len(left) == 1:
        ((name, why),) = left.items()
        return named(name), why
    if not left:
        raise InvalidInputError(f"{look.root} has no layout that is known: {look.seen()}.")
    may_be = " and ".join(f"{name}, because {why}" for name, why in left.items())
    raise InvalidInputError(f"{look.root} may be two things: {may_be}. Say which with --layout.")


def _expect_unpacked(look: Look) -> None:
    packed = [name for name in look.files if name.lower().endswith(PACKED_SUFFIXES)]
    if packed and not look.folders and not look.members and not any(map(is_picture, look.files)):
        raise InvalidInputError(f"{look.root} cannot be imported as it is. {packed[0]}: {PACKED}.")
