"""Which rows have a hash near this one? Every one of them, out of millions, without looking at each.

Of 16 words of 16 bits, at least one differs by a single bit at most where two hashes differ by 31 bits at most. So for
each word the rows stand sorted by its value, and a search looks at 17 values of each: at what the hash has, and at what
differs from it by one bit. What it finds is then compared in full, so the answer is exact.

An index is a folder of plain arrays that are mapped, not read; it can be made again from its manifest at any time.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from registry.blobs import storage_trouble
from registry.errors import InvalidInputError

WORDS, WORD_VALUES = 16, 1 << 16
MAX_DISTANCE = 31
COLUMN = "pdq"
_HASH_BYTES = 32
_ROWS, _HASHES, _ORDER, _STARTS = "rows.npy", "hashes.npy", "order.npy", "starts.npy"
_FLIPS = np.array([0, *(1 << bit for bit in range(16))], np.uint16)


@dataclass(frozen=True, slots=True)
class Near:
    """A row of a manifest, from 0, and how many bits its hash differs by."""

    row: int
    distance: int


@dataclass(frozen=True)
class Index:
    """An opened index.

    Attributes:
        rows: (N,) the manifest's row of each hash.
        hashes: (N, 4) the hashes, as words of 64 bits.
        order: (16, N) for each word of 16 bits, the hashes sorted by its value.
        starts: (16, 65537) where each value begins in `order`.
    """

    rows: NDArray[np.uint32]
    hashes: NDArray[np.uint64]
    order: NDArray[np.uint32]
    starts: NDArray[np.uint32]

    def near(self, digits: str, distance: int = MAX_DISTANCE) -> list[Near]:
        """Every row whose hash differs by this many bits at most, the nearest first.

        Raises:
            InvalidInputError: the digits are no hash, or the distance is not 0..31.
        """
        if not 0 <= distance <= MAX_DISTANCE:
            raise InvalidInputError(f"Hashes count as near up to {MAX_DISTANCE} bits.")
        wanted = parsed(digits)
        found = self._candidates(wanted.view(np.uint16))
        differing = np.bitwise_count(self.hashes[found] ^ wanted.view(np.uint64)).sum(axis=1, dtype=np.uint16)
        is_near = differing <= distance
        pairs = {(int(d), int(self.rows[at])) for at, d in zip(found[is_near], differing[is_near], strict=True)}
        return [Near(row, d) for d, row in sorted(pairs)]

    def pairs(self, distance: int = MAX_DISTANCE) -> Iterator[tuple[int, int, int]]:
        """Every two rows that are near, the lower first, with the number of bits by which they differ."""
        for at, row in enumerate(self.rows):
            for other in self.near(self.hashes[at].tobytes().hex(), distance):
                if other.row > row:
                    yield int(row), other.row, other.distance

    def _candidates(self, words: NDArray[np.uint16]) -> NDArray[np.uint32]:
        runs = []
        for word, value in enumerate(words):
            starts, order = self.starts[word], self.order[word]
            runs += [order[starts[it] : starts[it + 1]] for it in (_FLIPS ^ value).astype(np.uint32)]
        return np.concatenate(runs)


def parsed(digits: str) -> NDArray[np.uint8]:
    """The 32 bytes of a hash.

    Raises:
        InvalidInputError: they are no hash.
    """
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        data = b""
    if len(data) != _HASH_BYTES:
        raise InvalidInputError("A PDQ hash has 64 hexadecimal digits.")
    return np.frombuffer(data, np.uint8)


def opened(manifest: Path, sha256: str, folder: Path) -> Index:
    """The index of a manifest, kept below a folder under the manifest's digest; made when it is first asked for.

    Raises:
        InvalidInputError: the manifest has no hashes.
        UnavailableError: the folder cannot be written to.
    """
    place = folder / f"pdq-{sha256}"
    if not place.is_dir():
        with storage_trouble("the index"):
            make(*_hashes(manifest), place)
    return mapped(place)


def mapped(place: Path) -> Index:
    """The index that lies at this place."""
    return Index(*[np.load(place / name, mmap_mode="r") for name in (_ROWS, _HASHES, _ORDER, _STARTS)])


def make(rows: NDArray[np.uint32], data: NDArray[np.uint8], place: Path) -> None:
    """An index of these hashes lies at `place`, whole or not at all.

    Args:
        rows: (N,) the manifest's row of each hash.
        data: (N, 32) the hashes.
        place: the folder that it will be.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}.{secrets.token_hex(8)}.draft")
    draft.mkdir()
    try:
        order = np.lib.format.open_memmap(draft / _ORDER, "w+", np.uint32, (WORDS, len(rows)))
        starts = np.zeros((WORDS, WORD_VALUES + 1), np.uint32)
        words = data.view(np.uint16)
        for word in range(WORDS):
            values = np.ascontiguousarray(words[:, word])
            order[word] = np.argsort(values, kind="stable")
            starts[word, 1:] = np.cumsum(np.bincount(values, minlength=WORD_VALUES))
        order.flush()
        np.save(draft / _ROWS, rows)
        np.save(draft / _HASHES, data.view(np.uint64))
        np.save(draft / _STARTS, starts)
        if not place.is_dir():
            os.replace(draft, place)  # noqa: PTH105 - Path.replace says the same, and refuses folders less clearly
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _hashes(manifest: Path) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """The rows of a manifest that have a hash, and their hashes: (N,) and (N, 32)."""
    with pq.ParquetFile(manifest) as parquet:
        if COLUMN not in parquet.schema_arrow.names:
            raise InvalidInputError("This manifest has no PDQ hashes; import the source again with --pdq.")
        column = parquet.read(columns=[COLUMN]).column(0).combine_chunks()
    has = np.asarray(column.is_valid())
    text = column.drop_null().cast(pa.large_string())
    digits = np.frombuffer(text.buffers()[2] or b"", np.uint8)[: len(text) * 2 * _HASH_BYTES]
    # Digits as numbers: 0..9, and a..f behind them.
    numbers = np.where(digits >= ord("a"), digits - (ord("a") - 10), digits - ord("0")).astype(np.uint8)
    data = ((numbers[0::2] << 4) | numbers[1::2]).reshape(-1, _HASH_BYTES)
    return np.flatnonzero(has).astype(np.uint32), np.ascontiguousarray(data)
