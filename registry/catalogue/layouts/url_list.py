"""A list of where images were found: `WNID_NUMBER<TAB>URL` on each line, as `fall11_urls.txt`; no pixels.

Fourteen million lines are read by the block and the column, never by the line. A URL with bytes that are no UTF-8 is
kept with those bytes percent-encoded, which is what a browser would send; lines that name no image are refused. What is
no web address (`ftp:`, `javascript:`) stays a row as well, for the list says where the image was found: it is counted,
the check of links does not follow it, and no page links to it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source
from registry.errors import InvalidInputError

BLOCK_BYTES = 1 << 24
URL_BYTES = 8192
ARRIVAL = "arrival"

_IMAGE = r"^n[0-9]{8}_[0-9]{1,12}$"
# What Python writes for bytes that are no text; a backslash of the URL itself is doubled before.
_ESCAPED = re.compile(r"\\(?:x([0-9a-f]{2})|\\)")
# How nearly every web address begins; the others are looked at more closely.
_USUAL = ("http://", "https://")
_WEB = r"^\s*(?i:https?)://"
_SCHEME = r"^\s*(?P<scheme>(?i:ftp|file|data|javascript)):"
OTHER = "of another scheme or none"
_TAB, _LF = 9, 10
_SCHEMA = pa.schema([("path", pa.string()), ("label", pa.string()), ("url", pa.string()), (ARRIVAL, pa.int64())])


class UrlList:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.URL_LIST
    extras: ClassVar[tuple[str, ...]] = ("url",)
    is_sorted: ClassVar[bool] = False

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        lines = look.start.split(b"\n")[:-1] or [look.start]
        named = [line for line in lines if _is_image_line(line)]
        return (
            f"{len(named):,} of its first {len(lines):,} lines are an image's id and a URL"
            if 2 * len(named) > len(lines)
            else None
        )

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`; the rows have no column but path, class, URL, and the number of their line."""
        if source.root.is_dir():
            raise InvalidInputError(f"{source.root} is a folder, and a list of URLs is a file.")
        reading = _Reading(source)
        with source.root.open("rb") as file:
            rest = b""
            while block := file.read(BLOCK_BYTES):
                whole, lf, rest = (rest + block).rpartition(b"\n")
                if len(rest) > BLOCK_BYTES:
                    raise InvalidInputError(f"{source.root.name} has a line longer than {BLOCK_BYTES:,} bytes.")
                yield reading.table(whole + lf)
            if rest:
                yield reading.table(rest + b"\n")
        reading.conclude()


def _is_image_line(line: bytes) -> bool:
    name, tab, _ = line.partition(b"\t")
    return bool(tab) and name[:1] == b"n" and name[1:9].isdigit() and name[9:10] == b"_"


class _Reading:
    """One reading of a list: the lines so far, and what was odd."""

    def __init__(self, source: Source) -> None:
        self._source, self._file = source, source.root.name
        known = source.classes()
        self._wnids = None if known is None else pa.array(known.wnids, pa.string())
        self._lines = self._recoded = 0
        self._strange: Counter[str] = Counter()
        self._strange_line = 0

    def table(self, block: bytes) -> pa.Table:
        """The rows of whole lines."""
        names, urls = _fields(block)
        numbers = pa.array(np.arange(self._lines + 1, self._lines + len(names) + 1))
        self._lines += len(names)
        is_blank = pc.and_(pc.equal(pc.binary_length(names), 0), pc.equal(pc.binary_length(urls), 0))
        self._source.report.came_in += len(names) - (pc.sum(is_blank).as_py() or 0)
        is_taken = pc.invert(is_blank)
        for is_right, why in self._checks(names, urls):
            self._refuse(numbers.filter(pc.and_(is_taken, pc.invert(is_right))), why)
            is_taken = pc.and_(is_taken, is_right)
        names, urls, numbers = (column.filter(is_taken) for column in (names, urls, numbers))
        label = pc.utf8_slice_codeunits(names.cast(pa.string()), 0, 9)
        path = pc.binary_join_element_wise(label, names.cast(pa.string()), "/")
        self._count_strange(urls, numbers)
        return pa.table([path, label, self._as_text(urls), numbers], schema=_SCHEMA)

    def conclude(self) -> None:
        """Say what was odd about the whole list."""
        if self._recoded:
            self._source.report.conclude(
                f"{self._recoded:,} URLs have bytes that are no UTF-8; these are percent-encoded."
            )
        if self._strange:
            kinds = ", ".join(f"{count:,} {scheme}" for scheme, count in sorted(self._strange.items()))
            self._source.report.conclude(
                f"{self._strange.total():,} URLs are no web addresses ({kinds}), the first in line "
                f"{self._strange_line:,}. They are kept as the list has them, and never followed."
            )

    def _checks(self, names: pa.Array, urls: pa.Array) -> Iterator[tuple[pa.Array, str]]:
        """Where each condition holds, and what is said where it does not."""
        yield (
            pc.match_substring_regex(names, _IMAGE),
            "it does not begin with an image's id, such as n02084071_1234, and a TAB",
        )
        if self._wnids is not None:
            label = pc.binary_slice(names, 0, 9)
            yield pc.is_in(label, value_set=self._wnids.cast(pa.binary())), "its class is none of the list"
        yield pc.greater(pc.binary_length(pc.ascii_trim_whitespace(_lossy(urls))), 0), "it has no URL"
        yield pc.less_equal(pc.binary_length(urls), URL_BYTES), f"its URL is longer than {URL_BYTES:,} bytes"

    def _count_strange(self, urls: pa.Array, numbers: pa.Array) -> None:
        """Count what is no web address, by scheme."""
        is_usual = pc.or_(*(pc.starts_with(urls, start) for start in _USUAL))
        if pc.all(is_usual).as_py() is not False:
            return
        urls, numbers = (column.filter(pc.invert(is_usual)) for column in (urls, numbers))
        is_strange = pc.invert(pc.match_substring_regex(urls, _WEB))
        urls, numbers = urls.filter(is_strange), numbers.filter(is_strange)
        if not len(urls):
            return
        self._strange_line = self._strange_line or numbers[0].as_py()
        schemes = pc.struct_field(pc.extract_regex(urls, _SCHEME), "scheme")
        for found in pc.value_counts(pc.ascii_lower(_lossy(schemes))).to_pylist():
            self._strange[found["values"] or OTHER] += found["counts"]

    def _refuse(self, numbers: pa.Array, why: str) -> None:
        for number in numbers.to_pylist():
            self._source.report.refuse(self._file, f"line {number}", why)

    def _as_text(self, urls: pa.Array) -> pa.Array:
        try:
            return urls.cast(pa.string())
        except pa.ArrowInvalid:
            return pa.array([self._text(url) for url in urls.to_pylist()], pa.string())

    def _text(self, url: bytes) -> str:
        try:
            return url.decode()
        except UnicodeDecodeError:
            self._recoded += 1
            escaped = url.replace(b"\\", b"\\\\").decode(errors="backslashreplace")
            return _ESCAPED.sub(lambda found: f"%{found[1].upper()}" if found[1] else "\\", escaped)


def _lossy(urls: pa.Array) -> pa.Array:
    """The URLs as Arrow takes text for ASCII; never looked at beyond white space."""
    return urls.view(pa.string())


def _fields(block: bytes) -> tuple[pa.Array, pa.Array]:
    """What stands before the first TAB of each line, and behind it; without a TAB, all of it and nothing."""
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == _LF)
    starts = np.concatenate([[0], ends[:-1] + 1])[: len(ends)].astype(ends.dtype)
    tabs = np.flatnonzero(data == _TAB)
    at = np.searchsorted(tabs, starts)
    first = np.append(tabs, len(data))[at]
    cut = np.minimum(first, ends)
    is_carriage = (ends > starts) & (data[ends - 1] == ord("\r"))
    stop = np.where(is_carriage, ends - 1, ends)
    return _slices(block, starts, np.minimum(cut, stop)), _slices(block, np.minimum(cut + 1, stop), stop)


def _slices(block: bytes, starts: NDArray[np.int64], stops: NDArray[np.int64]) -> pa.Array:
    """The stretches of a block, as binary values: those between them are left out."""
    bounds = np.empty(2 * len(starts) + 1, np.int32)
    bounds[0:-1:2], bounds[1::2], bounds[-1] = starts, stops, len(block)
    everything = pa.Array.from_buffers(pa.binary(), len(bounds) - 1, [None, pa.py_buffer(bounds), pa.py_buffer(block)])
    return everything.take(pa.array(np.arange(0, len(bounds) - 1, 2)))
