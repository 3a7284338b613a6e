"""How fast are manifests at the size of ImageNet, and how does that grow? Rows are generated; there are no pixels.

Sizes are those of a tenth of ILSVRC-2012's training set, of all of it, and of fall11. "Beside hashing" leaves out
the SHA-256 of lines and tree, which are measured by themselves in the same run.
"""

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from registry.catalogue import manifests, reading
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts.source import Source
from registry.catalogue.manifests import columns
from registry.catalogue.manifests.lines import ReleaseLines
from registry.proof import merkle

SIZES: Final = (128_000, 1_281_167, 14_197_122)
PER_CLASS: Final = 650
CHANGED: Final = 0.01
BLURRED: Final = 0.17
ROUNDS: Final = 3
_LOOK: Final = {"recipe": "sha256:0", "device": "cpu", "detector": {"name": "centerface", "weights": "sha256:1"}}
_LOOKS: Final = pa.array([_LOOK] * PER_CLASS, columns.RELEASE.field("look").type)
_SUBTREE: Final = 2832  # as many as the person subtree has


def run() -> list[str]:
    """The measured lines, ready to print."""
    lines = []
    with tempfile.TemporaryDirectory(prefix="accession-bench-") as folder:
        for rows in SIZES:
            lines += _in_a_fresh_process(_manifests, Path(folder) / str(rows), rows)
            lines += _in_a_fresh_process(_url_list, Path(folder) / f"{rows}.txt", rows)
    return lines


def _manifests(file: Path, rows: int) -> list[str]:
    rng = np.random.default_rng(rows)
    old, new = file.with_suffix(".old"), file.with_suffix(".new")
    generated = _seconds(lambda: [len(table) for table in _releases(rng, rows)])
    written = _seconds(lambda: manifests.write_release_tables(_releases(np.random.default_rng(rows), rows), old))
    hashed = _hashing(old, rows)
    revised = _seconds(lambda: manifests.write_release_tables(_revised(old), new))
    compared = min(_seconds(lambda: manifests.diff_counts(old, new)) for _ in range(ROUNDS))
    size = new.stat().st_size
    aims = "(1,281,167 rows: at most 2)"
    first = (
        f"manifest of {rows:,} rows: written in {written - generated - hashed:.1f} s beside {hashed:.1f} s of hashing"
    )
    second = f"  a version with 1 % changed in {revised:.1f} s {aims}, diff in {compared:.2f} s (at most 1)"
    third = f"  {size / 1e6:,.0f} MB, ten versions {size / 1e8:.1f} GB (14,197,122 rows: at most 7)"
    return [f"{first} {aims}", second, third, *_lookups(new, rows)]


def _lookups(file: Path, rows: int) -> list[str]:
    (entry,) = manifests.page(file, f"n{rows // PER_CLASS // 2:08d}", 1)
    path, digest = entry.source.path, entry.source.sha256
    asked: dict[str, Callable[[], object]] = {
        "page of 100": lambda: manifests.page(file, path, 100),
        "by path": lambda: manifests.find(file, path=path),
        "by sha256": lambda: manifests.find(file, sha256=digest),
        "counts by synset and subtree": lambda: _subtree(manifests.labels(file)),
    }
    said = [f"{what} {min(_seconds(act) for _ in range(ROUNDS)) * 1e3:.0f} ms" for what, act in asked.items()]
    return [f"  {', '.join(said)} (at most 50, 50, 50, 250)"]


def _subtree(found: list[manifests.LabelCount]) -> int:
    wanted = {f"n{number:08d}" for number in range(_SUBTREE)}
    return sum(count.rows for count in found if count.label in wanted)


def _url_list(file: Path, rows: int) -> list[str]:
    rng = np.random.default_rng(rows)
    with file.open("wb") as out:
        for wnid, numbers in _classes(rng, rows):
            urls = rng.integers(0, 1 << 40, len(numbers)).tolist()
            lines = [
                f"{wnid}_{n}\thttp://farm{u % 5}.static.flickr.com/{u % 997}/{u:x}.jpg\n"
                for n, u in zip(numbers, urls, strict=True)
            ]
            out.write("".join(lines).encode())
            out.write(f"{wnid}_99999\thttp://example.org/caf\xe9.jpg\n".encode("latin-1"))
    before = time.process_time()
    seconds = _seconds(lambda: reading.read(Source(file), LayoutName.URL_LIST, file.with_suffix(".urls")))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    used = time.process_time() - before
    first = f"list of {rows:,} URLs: imported in {seconds:.1f} s ({used:.1f} s of processor), peak {peak / 1e9:.2f} GB"
    return [f"{first} (14,197,122: at most 120 s and 1.5 GB)"]


def _classes(rng: np.random.Generator, rows: int) -> Iterator[tuple[str, list[int]]]:
    """Each class with the numbers of its images."""
    for number, start in enumerate(range(0, rows, PER_CLASS)):
        yield f"n{number:08d}", rng.choice(60_000, min(PER_CLASS, rows - start), replace=False).tolist()


def _releases(rng: np.random.Generator, rows: int) -> Iterator[pa.Table]:
    """The rows of a release in which every sixth image is blurred, a class at a time."""
    for wnid, numbers in _classes(rng, rows):
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
            "boxes": pa.array([[]] * count, columns.RELEASE.field("boxes").type),
            "reviews": np.zeros(count, np.int32),
            "look": _LOOKS.slice(0, count),
            "changed_sha256": pc.if_else(mask, _noise(rng, count), None),
            "changed_size_bytes": pc.if_else(mask, size, None),
        }
        schema = columns.RELEASE
        yield pa.table(
            [found[it.name] if it.name in found else pa.nulls(count, it.type) for it in schema], schema=schema
        )


def _noise(rng: np.random.Generator, count: int) -> pa.Array:
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(32), count, [None, pa.py_buffer(rng.bytes(32 * count))])


def _revised(file: Path) -> Iterator[pa.Table]:
    """The rows of a release, of which one in a hundred is excluded now."""
    rng = np.random.default_rng(7)
    for table in _groups(file):
        gone = pa.array(rng.random(len(table)) < CHANGED)
        changed = {
            "verdict": pc.if_else(gone, "exclude", table["verdict"]),
            "reasons": pc.if_else(gone, pa.scalar(["takedown"], pa.list_(pa.string())), table["reasons"]),
            "changed_sha256": pc.if_else(gone, None, table["changed_sha256"]),
            "changed_size_bytes": pc.if_else(gone, None, table["changed_size_bytes"]),
        }
        yield pa.table([changed.get(name, table[name]) for name in table.column_names], schema=table.schema)


def _groups(file: Path) -> Iterator[pa.Table]:
    """The rows of a manifest, a row group at a time."""
    with pq.ParquetFile(file) as parquet:
        for number in range(parquet.num_row_groups):
            yield parquet.read_row_group(number)


def _hashing(file: Path, rows: int) -> float:
    """Seconds for the leaves and the two trees of a manifest alone."""
    leaves = []
    for table in _groups(file):
        leaves.append(bytes(ReleaseLines(table.combine_chunks()).file()).split(b"\n"))
        if len(leaves) == 4:
            break
    count = sum(map(len, leaves))

    def both() -> None:
        for tree in (merkle.Tree(), merkle.Tree()):
            for group in leaves:
                tree.extend([sha256(b"\x00" + leaf).digest() for leaf in group])

    return _seconds(both) / count * rows


def _in_a_fresh_process(act: Callable[[Path, int], list[str]], file: Path, rows: int) -> list[str]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(act, file, rows).result()


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
