"""Rows of the size of ImageNet, generated without a pixel: releases in which every sixth image is blurred."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from registry.catalogue.manifests import columns, looks

PER_CLASS: Final = 650
CLASSES_TOGETHER: Final = 50
CHANGED: Final = 0.01
BLURRED: Final = 0.17
# More synsets than there are classes, as in WordNet.
SYNSETS: Final = 82_115
_LOOK: Final = {"recipe": "sha256:0", "device": "cpu", "detector": {"name": "centerface", "weights": "sha256:1"}}
_LOOKS: Final = pa.array([_LOOK] * PER_CLASS, columns.RELEASE.field("look").type)


def classes(rng: np.random.Generator, rows: int) -> Iterator[tuple[str, list[int]]]:
    """Each class with the numbers of its images."""
    for number, start in enumerate(range(0, rows, PER_CLASS)):
        yield f"n{number:08d}", rng.choice(60_000, min(PER_CLASS, rows - start), replace=False).tolist()


def releases(rng: np.random.Generator, rows: int) -> Iterator[pa.Table]:
    """The rows of a release in which every sixth image is blurred, a class at a time."""
    for wnid, numbers in classes(rng, rows):
        count = len(numbers)
        names = np.sort(np.char.add(f"{wnid}/{wnid}_", np.char.add(np.array(numbers).astype(str), ".JPEG")))
        is_blurred = rng.random(count) < BLURRED
        mask = pa.array(is_blurred)
        size = pa.array(np.exp(rng.normal(11.4, 0.5, count)).astype(np.int64))
        found: dict[str, Any] = {
            "path": pa.array(names.astype(object), pa.string()),
            "size_bytes": size,
            "sha256": _noise(rng, count),
            "format": pa.repeat("jpeg", count),
            "width": np.where(rng.random(count) < 0.6, 500, rng.integers(200, 2000, count)),
            "height": np.where(rng.random(count) < 0.5, 375, rng.integers(200, 2000, count)),
            "mode": pa.repeat("RGB", count),
            "thumbnails": pa.array([[]] * count, pa.list_(pa.string())),
            "has_metadata": pa.array(rng.random(count) < 0.1),
            "label": pa.repeat(wnid, count),
            "verdict": pc.if_else(mask, "blur", "keep"),
            "reasons": pa.array([["face"] if it else ["no-face-found"] for it in is_blurred], pa.list_(pa.string())),
            "faces": pa.array(is_blurred.astype(np.int32)),
            "boxes": _boxes(rng, is_blurred),
            "reviews": np.zeros(count, np.int32),
            "look": _LOOKS.slice(0, count),
            "changed_sha256": pc.if_else(mask, _noise(rng, count), None),
            "changed_size_bytes": pc.if_else(mask, size, None),
        }
        schema = columns.RELEASE
        yield pa.table(
            [found[it.name] if it.name in found else pa.nulls(count, it.type) for it in schema], schema=schema
        )


def _boxes(rng: np.random.Generator, is_blurred: NDArray[np.bool_]) -> pa.Array:
    """One to four boxes where something was blurred: as many as ILSVRC-2012 has faces, 2.3 where there are any."""
    counts = np.where(is_blurred, rng.choice(4, len(is_blurred), p=(0.35, 0.25, 0.2, 0.2)) + 1, 0)
    many = int(counts.sum())
    left, top, width, height = (rng.integers(low, high, many, np.int32) for low, high in ((0, 400), (0, 300)) * 2)
    fields = {
        "left": left,
        "top": top,
        "right": left + width + 1,
        "bottom": top + height + 1,
        "score": rng.random(many, np.float32).astype(np.float64),
        "zone": pa.repeat("blur", many),
        "origin": pa.repeat("detector", many),
    }
    boxes = pa.StructArray.from_arrays([pa.array(it) for it in fields.values()], fields=list(looks.BOX))
    offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))
    return pa.ListArray.from_arrays(offsets, boxes, type=columns.RELEASE.field("boxes").type)


def _noise(rng: np.random.Generator, count: int) -> pa.Array:
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(32), count, [None, pa.py_buffer(rng.bytes(32 * count))])


def revised(file: Path) -> Iterator[pa.Table]:
    """The rows of a release, of which one in a hundred is excluded now."""
    rng = np.random.default_rng(7)
    for table in groups(file):
        gone = pa.array(rng.random(len(table)) < CHANGED)
        changed = {
            "verdict": pc.if_else(gone, "exclude", table["verdict"]),
            "reasons": pc.if_else(gone, pa.scalar(["takedown"], pa.list_(pa.string())), table["reasons"]),
            "changed_sha256": pc.if_else(gone, None, table["changed_sha256"]),
            "changed_size_bytes": pc.if_else(gone, None, table["changed_size_bytes"]),
        }
        yield pa.table([changed.get(name, table[name]) for name in table.column_names], schema=table.schema)


def replaced(file: Path) -> Iterator[pa.Table]:
    """The rows of a source, of which one image in a hundred has other bytes now."""
    rng = np.random.default_rng(7)
    for table in groups(file):
        is_other = pa.array(rng.random(len(table)) < CHANGED)
        digest = pc.if_else(is_other, _noise(rng, len(table)), table["sha256"])
        yield table.set_column(table.schema.get_field_index("sha256"), table.schema.field("sha256"), digest)


def groups(file: Path) -> Iterator[pa.Table]:
    """The rows of a manifest, a row group at a time."""
    with pq.ParquetFile(file) as parquet:
        for number in range(parquet.num_row_groups):
            yield parquet.read_row_group(number)


def draw(rows: int, file: Path) -> None:
    """The rows of a release in a file from which they are read with little effort."""
    with pq.ParquetWriter(file, columns.RELEASE, compression="lz4", use_dictionary=False) as out:
        tables = releases(np.random.default_rng(rows), rows)
        while together := list(islice(tables, CLASSES_TOGETHER)):
            out.write_table(pa.concat_tables(together))


def sources(drawn: Path) -> Iterator[pa.Table]:
    """The source's side of these rows."""
    for table in groups(drawn):
        yield table.select(columns.SOURCE.names).cast(columns.SOURCE)


def facts(file: Path) -> Iterator[bytes]:
    """The lines of facts of a release: what a policy that asks for faces was told."""
    for table in groups(file):
        faces = pc.cast(table["faces"].combine_chunks(), pa.string())
        said = pc.binary_join_element_wise('{"faces":', faces, "}\n", "")
        yield "".join(said.to_pylist()).encode()


def urls(rng: np.random.Generator, rows: int) -> Iterator[bytes]:
    """The lines of a list of URLs, one of each class with a byte that is no UTF-8."""
    for wnid, numbers in classes(rng, rows):
        hosts = rng.integers(0, 1 << 40, len(numbers)).tolist()
        lines = [
            f"{wnid}_{n}\thttp://farm{u % 5}.static.flickr.com/{u % 997}/{u:x}.jpg\n"
            for n, u in zip(numbers, hosts, strict=True)
        ]
        yield "".join(lines).encode()
        yield f"{wnid}_99999\thttp://example.org/caf\xe9.jpg\n".encode("latin-1")


def taxonomy() -> bytes:
    """A taxonomy as the registry keeps it: a tree of the size of WordNet in which each synset has eight below it."""
    synsets = [f"synset\tn{it:08d}\twords of it\twhat they mean, in a sentence of some length" for it in range(SYNSETS)]
    kinds = [f"kind\tn{(it - 1) // 8:08d}\tn{it:08d}" for it in range(1, SYNSETS)]
    return "\n".join(["accession-taxonomy/1", *kinds, *synsets, ""]).encode()
