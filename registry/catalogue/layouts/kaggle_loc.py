"""Kaggle's ImageNet Object Localization Challenge: `ILSVRC/Data/CLS-LOC`, `LOC_*.csv`, `ImageSets`.

Training images have the class of their folder, validation images that of `LOC_val_solution.csv`, test images none. The
lists in `ImageSets` say what should be there; what they name and is not there is in the report, with its line.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from registry.catalogue.found import Found
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import folders, validation
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source
from registry.catalogue.taxonomy.rows import Report, lines

DATA = "ILSVRC/Data/CLS-LOC"
SETS = "ILSVRC/ImageSets/CLS-LOC"
MAPPING, VALIDATION = "LOC_synset_mapping.txt", "LOC_val_solution.csv"
_LISTS = {"train": "train_cls.txt", "val": "val.txt", "test": "test.txt"}


class KaggleLoc:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.KAGGLE_LOC
    extras: ClassVar[tuple[str, ...]] = ()
    is_sorted: ClassVar[bool] = True

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        return f"it holds {DATA}" if look.is_folder and (look.root / DATA).is_dir() else None

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        if source.classes_file is None and (source.root / MAPPING).is_file():
            source.classes_file = source.root / MAPPING
        return source.read(self._found(source))

    def _found(self, source: Source) -> Iterator[Found]:
        truth = source.truth or source.root / VALIDATION
        labels = validation.by_stem(validation.labels_of(source, truth).labels) if truth.is_file() else {}
        if not labels and (source.root / DATA / "val").is_dir():
            source.report.conclude(f"There is no {truth.name}, so validation images have no class.")
        waiting = _Sets(source)
        for thing in folders.walk(source.root, _folder_of, DATA):
            split, _, name = thing.path.removeprefix(f"{DATA}/").partition("/")
            stem = name.partition(".")[0]
            waiting.note(split, stem)
            if split != "val" or not labels:
                yield thing
            elif stem in labels:
                yield thing._replace(label=labels[stem])
            else:
                source.report.came_in += 1
                source.report.refuse(thing.path, "", f"{truth.name} does not label it")
        waiting.report_missing()


def _folder_of(path: str) -> str | None:
    """The class of a training image: the folder behind `train`."""
    split, _, rest = path.removeprefix(f"{DATA}/").partition("/")
    return folders.first_folder(rest) if split == "train" else None


class _Sets:
    """What the lists say should be there, and has not been seen yet."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._waiting: dict[str, dict[str, int]] = {}
        for split, name in _LISTS.items():
            file = source.root / SETS / name
            if file.is_file():
                self._waiting[split] = self._read(file)

    def note(self, split: str, stem: str) -> None:
        self._waiting.get(split, {}).pop(stem, None)

    def report_missing(self) -> None:
        for split, missing in self._waiting.items():
            if missing:
                self._source.report.conclude(f"{_LISTS[split]} names {len(missing):,} images that are not here.")
            for stem, line in missing.items():
                self._source.report.note_fault(f"{SETS}/{_LISTS[split]}", f"line {line}", f"there is no image {stem}")

    def _read(self, file: Path) -> dict[str, int]:
        report = Report()
        found = {text.split()[0]: number for number, text in lines(file, report)}
        for refusal in report.refusals:
            self._source.report.note_fault(refusal.file, f"line {refusal.line}", refusal.why)
        return found
