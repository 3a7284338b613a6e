"""A disk that is soon full: a small file system where we may mount one, else a bound on the size of every file."""

import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tests.factories import pictures

SMALL_BYTES = 4 << 20


@contextmanager
def small(folder: Path) -> Iterator[Path]:
    """A folder into which `SMALL_BYTES` go, and no file that is larger; everything in it is gone afterwards."""
    folder.mkdir()
    if _is_mounted(folder):
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
        return
    with bounded(SMALL_BYTES):
        yield folder
    shutil.rmtree(folder)


@contextmanager
def bounded(size_bytes: int) -> Iterator[None]:
    """No file that this process writes becomes larger."""
    # Python ignores the signal that would end the process, so a write that goes too far fails like one on a full disk.
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def large_picture() -> bytes:
    """A picture that does not go onto a small disk: noise, which no format makes smaller, and where it was taken."""
    side = int((SMALL_BYTES // 3 * 2) ** 0.5)
    noise = np.random.default_rng(1).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return pictures.with_chunk(pictures.encoded(noise, "PNG"), b"tEXt", b"Author\x00A. Photographer")


def _is_mounted(folder: Path) -> bool:
    if shutil.which("mount") is None:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_BYTES}", "tmpfs", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def move(folder: Path, target: Path) -> None:
    """The folder is at `target` now, on whichever disk that is."""
    shutil.copytree(folder, target)
    shutil.rmtree(folder)
