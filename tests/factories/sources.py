"""Sources in every layout, drawn small: archives, shards, Parquet files, lists; and what an import makes of one."""

import io
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from registry.catalogue import manifests, reading
from registry.catalogue.entries import SourceEntry
from registry.catalogue.labels.truth import ANCHORS
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts.source import Source
from registry.catalogue.reports import ImportReport
from tests.factories import pictures

# Three synsets in the order of their wnids.
WNIDS = ("n01440764", "n02084071", "n03064758")
# The classes of the validation images whose classes are known, and of one more; the devkit numbers them backwards.
KNOWN = tuple(sorted([*ANCHORS.values(), "n00000001"]))
DEVKIT = dict(enumerate(reversed(KNOWN), start=1))
TRUTH = (*ANCHORS.values(), ANCHORS[1], ANCHORS[2], "n00000001")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import made of a source."""

    layout: LayoutName
    entries: list[SourceEntry]
    report: ImportReport

    @property
    def labels(self) -> dict[str, str | None]:
        """The class of each image, by path."""
        return {entry.path: entry.label for entry in self.entries}

    @property
    def refused(self) -> list[tuple[str, str, str]]:
        """Each refusal as file, place and reason."""
        return [tuple(refusal) for refusal in self.report.examples]  # type: ignore[misc]

    @property
    def said(self) -> str:
        """Everything that was concluded."""
        return " ".join(self.report.conclusions)


def read(
    root: Path, layout: LayoutName = LayoutName.AUTO, truth: Path | None = None, classes: Path | None = None
) -> Imported:
    """The source, imported."""
    source = Source(root, workers=2, truth=truth, classes_file=classes)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "manifest"
        found = reading.read(source, layout, file)
        return Imported(found.layout.name, list(manifests.iter_source(file)), source.report)


def picture(number: int) -> bytes:
    """A small photograph that is like no other number's."""
    return pictures.jpeg(16, 16, seed=number)


def class_images(per_class: int = 2, wnids: Sequence[str] = WNIDS) -> dict[str, dict[str, bytes]]:
    """Images by their class and name."""
    return {
        wnid: {f"{wnid}_{number}.JPEG": picture(10 * at + number) for number in range(per_class)}
        for at, wnid in enumerate(wnids)
    }


def tar(files: Mapping[str, bytes], odd: Sequence[tarfile.TarInfo] = ()) -> bytes:
    """An archive of these files, and of members that have no bytes."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in odd:
            archive.addfile(info)
    return out.getvalue()


def member(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A member without bytes."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def class_archives(folder: Path, per_class: int = 2) -> Path:
    """A folder of class tars."""
    folder.mkdir()
    for wnid, files in class_images(per_class).items():
        (folder / f"{wnid}.tar").write_bytes(tar(files))
    return folder


def train_archive(file: Path, per_class: int = 2) -> Path:
    """One tar of class tars, not in the order of their names."""
    inner = {f"{wnid}.tar": tar(files) for wnid, files in reversed(class_images(per_class).items())}
    file.write_bytes(tar(inner))
    return file


def validation(folder: Path, count: int = len(TRUTH)) -> Path:
    """A flat folder of validation images."""
    folder.mkdir(parents=True)
    for number in range(1, count + 1):
        (folder / f"ILSVRC2012_val_{number:08d}.JPEG").write_bytes(picture(number))
    return folder


def devkit(folder: Path, count: int = len(TRUTH)) -> tuple[Path, Path]:
    """A ground truth in the devkit's form about the first images, and the map of its ids."""
    ids = {wnid: number for number, wnid in DEVKIT.items()}
    truth, classes = folder / "ILSVRC2012_validation_ground_truth.txt", folder / "map_clsloc.txt"
    truth.write_text("".join(f"{ids[wnid]}\n" for wnid in TRUTH[:count]))
    classes.write_text("".join(f"{wnid} {number} thing\n" for number, wnid in DEVKIT.items()))
    return truth, classes


def parquet(file: Path, images: Sequence[tuple[bytes | None, str | None]], labels: Sequence[int] | None = None) -> Path:
    """A Parquet file with embedded pictures, two to a row group."""
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    columns = {"image": pa.array([{"bytes": data, "path": path} for data, path in images], kind)}
    if labels is not None:
        columns["label"] = pa.array(labels, pa.int64())
    names = ", ".join(f'"{wnid}"' for wnid in WNIDS)
    said = f'{{"info": {{"features": {{"label": {{"names": [{names}], "_type": "ClassLabel"}}}}}}}}'
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns).replace_schema_metadata({"huggingface": said}), file, row_group_size=2)
    return file


def folder(root: Path, files: Mapping[str, bytes]) -> Path:
    """A folder with these files, by path."""
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def checksum(data: bytes) -> str:
    """The SHA-256 of bytes, in hex."""
    return sha256(data).hexdigest()
