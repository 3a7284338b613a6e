"""How fast is an import, beside what cannot be saved, and does its memory stay flat?

Ratios against `openssl dgst -sha256` over the same files, side by side in one run; generated files in a temporary
folder, read from the page cache by both.
"""

import os
import resource
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

from registry.catalogue import reading
from registry.catalogue.headers import sniff
from registry.catalogue.headers.window import Window
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts.source import Source
from tests.factories import pictures

# The mean size of a photograph of ILSVRC-2012.
PHOTOGRAPH_BYTES, PHOTOGRAPHS = 110_000, 1000
SMALL_FILES, MANY_SMALL_FILES = 10_000, 100_000
PER_FOLDER = 1000
# Each photograph stands so often in the archive, so that what happens once weighs little.
ARCHIVED = 10
ROUNDS = 5


def run() -> list[str]:
    """The measured lines, ready to print."""
    with tempfile.TemporaryDirectory(prefix="accession-bench-") as folder:
        root = Path(folder)
        return [*_against_openssl(root / "photographs"), *_archive(root), *_overhead_and_memory(root)]


def _against_openssl(root: Path) -> list[str]:
    start = pictures.jpeg()
    _write(root, PHOTOGRAPHS, lambda: start[:-2] + os.urandom(PHOTOGRAPH_BYTES).replace(b"\xff", b"\xfe") + start[-2:])
    files = sorted(str(path) for path in root.rglob("*.JPEG"))
    openssl = shutil.which("openssl")
    if openssl is None:
        return ["import: openssl is not installed, so there is nothing to compare with"]
    command = [openssl, "dgst", "-sha256", *files]
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(_seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)))
        ours.append(_seconds(lambda: _import(root)))
    megabytes = PHOTOGRAPH_BYTES * PHOTOGRAPHS / 1e6
    line = (
        f"import of {PHOTOGRAPHS} files of {PHOTOGRAPH_BYTES:,} bytes: {megabytes / min(ours):.0f} MB/s, "
        f"openssl dgst -sha256 {megabytes / min(theirs):.0f} MB/s, ratio {min(theirs) / min(ours):.2f} (at least 0.90)"
    )
    return [line]


def _archive(root: Path) -> list[str]:
    """A tar of class tars with the same photographs, as GNU tar writes it, against `tar -xO | openssl dgst`."""
    openssl, tar = shutil.which("openssl"), shutil.which("tar")
    if openssl is None or tar is None:
        return ["import of an archive: tar or openssl is not installed, so there is nothing to compare with"]
    archive = root / "train.tar"
    with tarfile.open(archive, "w", format=tarfile.GNU_FORMAT) as outer:
        for folder in sorted((root / "photographs").iterdir()):
            inner = root / f"{folder.name}.tar"
            with tarfile.open(inner, "w", format=tarfile.GNU_FORMAT) as members:
                for number in range(ARCHIVED):
                    for file in folder.iterdir():
                        members.add(file, f"{folder.name}_{number}_{file.name}")
            outer.add(inner, inner.name)
            inner.unlink()
    ours, theirs, used, they_used = [], [], [], []
    for _ in range(ROUNDS):
        before = _used(resource.RUSAGE_CHILDREN)
        theirs.append(_seconds(lambda: _piped([tar, "-xOf", str(archive)], [openssl, "dgst", "-sha256"])))
        they_used.append(_used(resource.RUSAGE_CHILDREN) - before)
        before = _used(resource.RUSAGE_SELF)
        ours.append(_seconds(lambda: reading.read(Source(archive), LayoutName.TRAIN_ARCHIVE, root / "archive.parquet")))
        used.append(_used(resource.RUSAGE_SELF) - before)
    megabytes, what = archive.stat().st_size / 1e6, f"import of a tar of {PHOTOGRAPHS * ARCHIVED:,} photographs"
    archive.unlink()
    return [
        f"{what}: {_beside(megabytes, ours, theirs)} (at least 0.90)",
        f"  by seconds of processor, of both programs of the pipe together: {_beside(megabytes, used, they_used)}",
    ]


def _beside(megabytes: float, ours: list[float], theirs: list[float]) -> str:
    speeds = f"{megabytes / min(ours):.0f} MB/s, tar -xO | openssl {megabytes / min(theirs):.0f} MB/s"
    return f"{speeds}, ratio {min(theirs) / min(ours):.2f}"


def _used(who: int) -> float:
    """Seconds of processor of this process, or of those that it started and that are done."""
    found = resource.getrusage(who)
    return found.ru_utime + found.ru_stime


def _piped(first: list[str], second: list[str]) -> None:
    with subprocess.Popen(first, stdout=subprocess.PIPE) as source:
        subprocess.run(second, stdin=source.stdout, stdout=subprocess.DEVNULL, check=True)


def _overhead_and_memory(root: Path) -> list[str]:
    data = pictures.jpeg(8, 8)
    lines, peaks = [], []
    for count in (SMALL_FILES, MANY_SMALL_FILES):
        folder = root / str(count)
        _write(folder, count, lambda: data)
        seconds, peak = _in_a_fresh_process(folder)
        peaks.append(peak)
        alone = _hash_and_header_seconds(data, count)
        lines.append(
            f"import of {count:,} files of {len(data)} bytes: {seconds / count * 1e6:.0f} us each, "
            f"of which hash and header {alone / count * 1e6:.0f} us, "
            f"overhead {(seconds - alone) / count * 1e6:.0f} us (under 60); peak memory {peak / 1e6:.0f} MB"
        )
    grown = (peaks[1] - peaks[0]) / 1e6
    return [*lines, f"memory from {SMALL_FILES:,} to {MANY_SMALL_FILES:,} files: {grown:+.0f} MB (within 100)"]


def _write(root: Path, count: int, content: Callable[[], bytes]) -> None:
    for number in range(count):
        folder = root / f"n{number // PER_FOLDER:08d}"
        if number % PER_FOLDER == 0:
            folder.mkdir(parents=True)
        (folder / f"{number}.JPEG").write_bytes(content())


def _import(root: Path) -> None:
    """What the worker does with a source: read it and write its manifest."""
    reading.read(Source(root), LayoutName.IMAGE_FOLDER, root.with_suffix(".parquet"))


def _hash_and_header_seconds(data: bytes, count: int) -> float:
    def both() -> None:
        for _ in range(count):
            sha256(data).hexdigest()
            sniff.read(Window(data))

    return _seconds(both)


def _in_a_fresh_process(root: Path) -> tuple[float, int]:
    """Seconds and peak bytes of an import by a process that has done nothing else."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_import_and_measure, root).result()


def _import_and_measure(root: Path) -> tuple[float, int]:
    seconds = _seconds(lambda: _import(root))
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
