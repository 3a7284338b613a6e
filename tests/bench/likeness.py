"""How fast are perceptual hashes, beside Meta's own library, and how fast is a search among millions of them?

The peer is `pdqhash`, which comes as source only: it needs a C++ compiler and Python's headers, and CI installs wheels
alone. So it is no part of the lock and of no check; without it the ratio is left out, and that our bits are Meta's is
tested on the hashes that Meta publishes. To have it:

    pip install --no-deps --no-binary pdqhash pdqhash==0.2.8
"""

import importlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from registry.catalogue.pdq import hashing, index
from registry.catalogue.pdq.index import Index

PICTURES, ROUNDS = 60, 3
SIZES = ((375, 500), (500, 375), (333, 500), (500, 500), (1200, 1600))
ROWS = (128_000, 1_281_167)
SEARCHES = 50


def run() -> list[str]:
    """The measured lines, ready to print."""
    return [_against_meta(), *(_searching(rows) for rows in ROWS)]


def _against_meta() -> str:
    cv2.setNumThreads(1)
    rng = np.random.default_rng(0)
    drawn = [
        np.asarray(cv2.resize(rng.integers(0, 256, (9, 9, 3), np.uint8), size[::-1]), np.uint8)
        for size in SIZES
        for _ in range(PICTURES // len(SIZES))
    ]
    ours, first = _cpu_seconds(hashing.of_pixels, drawn), _cpu_seconds(_first_of_its_size, drawn)
    each = f"{ours / len(drawn) * 1e3:.2f} ms each, {first / len(drawn) * 1e3:.2f} where none of that size came before"
    said = f"PDQ of {len(drawn)} pictures: {each}"
    try:
        peer = importlib.import_module("pdqhash")
    except ImportError:
        return f"{said}; pdqhash is not installed, so there is nothing to compare with (at least 3 times its rate)"
    theirs = _cpu_seconds(lambda it: peer.compute(np.ascontiguousarray(it[:, :, ::-1])), drawn)
    times = f"{theirs / ours:.1f} and {theirs / first:.1f} times its rate"
    return f"{said}, pdqhash {theirs / len(drawn) * 1e3:.2f} ms; {times} (at least 3)"


def _first_of_its_size(picture: NDArray[np.uint8]) -> None:
    hashing._sampling.cache_clear()
    hashing.of_pixels(picture)


def _searching(rows: int) -> str:
    rng = np.random.default_rng(1)
    data = rng.integers(0, 256, (rows, 32), np.uint8)
    with tempfile.TemporaryDirectory(prefix="accession-bench-") as folder:
        start = time.process_time()
        opened = _index(data, Path(folder))
        made = time.process_time() - start
        seconds = []
        for at in rng.integers(0, rows, SEARCHES):
            start = time.perf_counter()
            opened.near(data[at].tobytes().hex())
            seconds.append(time.perf_counter() - start)
    half, worst = np.median(seconds) * 1e3, max(seconds) * 1e3
    said = f"PDQ search in {rows:,} rows: {half:.1f} ms, at most {worst:.1f} (50 in 14.2 M)"
    return f"{said}; index made in {made:.1f} s CPU"


def _index(data: NDArray[np.uint8], folder: Path) -> Index:
    index.make(np.arange(len(data), dtype=np.uint32), data, folder / "index")
    return index.mapped(folder / "index")


def _cpu_seconds(hashed: Callable[[NDArray[np.uint8]], object], pictures: list[NDArray[np.uint8]]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for picture in pictures:
            hashed(picture)
        best = min(best, time.process_time() - start)
    return best
