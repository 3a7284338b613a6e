"""What happened to every parent image, as one line each, and which hash stands for all of the lines?

A line is nine TAB-separated fields in UTF-8, ended by LF: path, size_bytes, sha256, label, verdict, reasons,
output_path, output_size_bytes, output_sha256; a null is an empty field (docs/formats/manifest.md). The first four
fields are the parent's own line, so the rows of a release alone give the root of its parent: nothing can be lost
in silence. Reading is strict and streams; it refuses lines out of order, duplicates, unsafe paths and every second
way to write the same thing.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar

from registry.errors import InvalidInputError
from registry.proof import merkle, paths

MAX_LINE_BYTES = 4 * paths.MAX_PATH_BYTES  # path, label and output path, with room for the rest
MAX_DISTINCT_REASONS = 1000
Item = TypeVar("Item")
READ_BYTES = 1 << 17
_OWN_FIELDS = 5  # what a release adds to its parent's line
PAYLOAD = "data"  # where the images of an export lie; SHA256SUMS names them from there

_CONTROLS = bytes({*range(0x20), 0x7F} - {0x09, 0x0A})  # in no line; TAB and LF are for the grammar to see
_UNSAFE = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]").search
_SIZE = "(0|[1-9][0-9]{0,14})"  # up to 10**15 - 1 bytes, exact in every JSON reader
_SHA256 = "([0-9a-f]{64})"
_LINE = re.compile(
    rf"(?P<path>[^\t]+)\t(?:{_SIZE}\t{_SHA256}|\t)\t([^\t]*)\t"
    rf"(?:(keep|blur)\t([a-z0-9,-]*)\t(?P=path)\t{_SIZE}\t{_SHA256}|exclude\t([a-z0-9,-]+)\t\t\t)\Z",
    re.ASCII,
).match
_REASON = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z", re.ASCII).match


class Verdict(StrEnum):
    """What happened to a parent image."""

    KEEP = "keep"
    BLUR = "blur"
    EXCLUDE = "exclude"


_VERDICTS = {verdict.value: verdict for verdict in Verdict}


class Row(NamedTuple):
    """One parent image and its fate.

    Attributes:
        path: manifest form (see `registry.proof.paths`); unique and ascending in a manifest.
        size_bytes, sha256: of the parent's bytes, both None when they could not be read.
        label: the class folder, or None.
        verdict, reasons: reasons are sorted, unique, kebab-case; only `keep` may have none.
        output_path: None when excluded, else equal to `path`.
        output_size_bytes, output_sha256: of the released bytes.
    """

    path: str
    size_bytes: int | None
    sha256: str | None
    label: str | None
    verdict: Verdict
    reasons: tuple[str, ...]
    output_path: str | None
    output_size_bytes: int | None
    output_sha256: str | None

    def line(self) -> bytes:
        """The canonical line, without the LF that ends it in a file.

        Raises:
            InvalidInputError: the row is not one a manifest may hold.
        """
        fields = [
            *_parent_fields(self.path, self.size_bytes, self.sha256, self.label),
            self.verdict.value,
            ",".join(self.reasons),
            self.output_path or "",
            _size_text(self.output_size_bytes),
            self.output_sha256 or "",
        ]
        text = "\t".join(fields)
        if _parse(text) != self:
            raise InvalidInputError(f"The row of {self.path!a} has two ways to be written.")
        return text.encode()


def parent_line(path: str, size_bytes: int | None, sha256: str | None, label: str | None) -> bytes:
    """The canonical line of one image of a parent manifest, without LF: the first four fields of `Row.line`."""
    return "\t".join(_parent_fields(path, size_bytes, sha256, label)).encode()


def sum_line(row: Row) -> str:
    """The row's line in `SHA256SUMS`, with LF; empty for an excluded image."""
    if row.output_sha256 is None:
        return ""
    return f"{row.output_sha256}  {PAYLOAD}/{row.path}\n"


class Totals(NamedTuple):
    """What a whole manifest adds up to. Digests are `sha256:<hex>`.

    Attributes:
        rows: parent images, each exactly once.
        root, parent_root: Merkle roots over the lines, and over their first four fields.
        verdicts, reasons: how many rows carry each; every verdict is named, also with 0.
        size_bytes, output_size_bytes: of all parent images that could be read; of all released images.
        images: released images, that is kept and blurred ones.
        lines_sha256: over the lines with their LFs, the file as it is exported.
        sums_sha256: over `SHA256SUMS`; in-toto's dirHash of the payload folder.
    """

    rows: int
    root: str
    parent_root: str
    verdicts: dict[str, int]
    reasons: dict[str, int]
    size_bytes: int
    images: int
    output_size_bytes: int
    lines_sha256: str
    sums_sha256: str


Fates = Counter[tuple[Verdict, tuple[str, ...]]]
"""How many rows have each verdict with each list of reasons."""


def added_up(
    tree: merkle.Tree, parent_root: str, hashes: tuple[str, str], fates: Fates, sizes: tuple[int, int]
) -> Totals:
    """What rows add up to.

    Args:
        tree: over the lines.
        parent_root: `sha256:<hex>`, over the parent's lines.
        hashes: hex digests of the lines' file and of `SHA256SUMS`.
        fates: of all rows.
        sizes: bytes of the parent images and of the outputs.
    """
    verdicts = dict.fromkeys(_VERDICTS, 0)
    reasons: Counter[str] = Counter()
    for (verdict, why), count in fates.items():
        verdicts[verdict.value] += count
        reasons.update(dict.fromkeys(why, count))
    return Totals(
        rows=tree.size,
        root=f"sha256:{tree.root().hex()}",
        parent_root=parent_root,
        verdicts=verdicts,
        reasons=dict(sorted(reasons.items())),
        size_bytes=sizes[0],
        images=tree.size - verdicts[Verdict.EXCLUDE],
        output_size_bytes=sizes[1],
        lines_sha256=f"sha256:{hashes[0]}",
        sums_sha256=f"sha256:{hashes[1]}",
    )


class Tally:
    """Adds rows up into `Totals`, in memory that does not grow with their number.

    `watchers` are shown the same rows, some hundred at a time, so that nobody has to read a manifest twice.
    """

    def __init__(self, watchers: Sequence[Callable[[list[Row]], None]] = ()) -> None:
        self._watchers = watchers
        self._lines: list[bytes] = []
        self._rows: list[Row] = []
        self._tree, self._parent_tree = merkle.Tree(), merkle.Tree()
        self._lines_hash, self._sums_hash = sha256(), sha256()
        self._fates: Fates = Counter()
        self._size_bytes = self._output_size_bytes = 0

    def add(self, row: Row, line: bytes) -> None:
        """Count one row; `line` is its canonical line without LF."""
        self._rows.append(row)
        self._lines.append(line)
        if len(self._rows) == merkle.CHUNK:
            self._flush()

    def extend(self, rows: list[Row], lines: list[bytes]) -> None:
        """Count some rows, each with its canonical line without LF."""
        self._rows += rows
        self._lines += lines
        if len(self._rows) >= merkle.CHUNK:
            self._flush()

    def totals(self) -> Totals:
        """What all rows so far add up to."""
        self._flush()
        hashes = self._lines_hash.hexdigest(), self._sums_hash.hexdigest()
        sizes = self._size_bytes, self._output_size_bytes
        return added_up(self._tree, f"sha256:{self._parent_tree.root().hex()}", hashes, self._fates, sizes)

    def _flush(self) -> None:
        rows, lines = self._rows, self._lines
        self._tree.extend([sha256(b"\x00" + line).digest() for line in lines])
        parents = [line.rsplit(b"\t", _OWN_FIELDS)[0] for line in lines]
        self._parent_tree.extend([sha256(b"\x00" + parent).digest() for parent in parents])
        self._lines_hash.update(b"\n".join([*lines, b""]))
        self._sums_hash.update("".join([sum_line(row) for row in rows]).encode())
        self._fates.update([(row.verdict, row.reasons) for row in rows])
        self._size_bytes += sum([row.size_bytes or 0 for row in rows])
        self._output_size_bytes += sum([row.output_size_bytes or 0 for row in rows])
        for watch in self._watchers:
            watch(rows)
        rows.clear()
        lines.clear()
        if len(self._fates) > MAX_DISTINCT_REASONS:
            raise InvalidInputError(f"The manifest has more than {MAX_DISTINCT_REASONS} different fates.")


def write(rows: Iterable[Row], out: BinaryIO) -> Totals:
    """Write the canonical lines of rows that come in ascending path order; returns what they add up to.

    Raises:
        InvalidInputError: a row is not allowed, or does not come after the one before it.
    """
    tally = Tally()
    previous = ""
    for row in rows:
        if row.path <= previous:
            raise InvalidInputError(f"The row of {row.path!a} is out of order or repeated.")
        previous = row.path
        line = row.line()
        tally.add(row, line)
        out.write(line + b"\n")
    return tally.totals()


def read(lines: BinaryIO) -> Iterator[Row]:
    """The rows of untrusted canonical lines, one at a time.

    Raises:
        InvalidInputError: a line is not canonical, unsafe, out of order or repeated; names its number.
    """
    for rows, _ in read_batches(lines):
        yield from rows


def read_file(path: Path) -> Iterator[Row]:
    """The rows of a file of untrusted canonical lines, as `read`; the file is open while they are taken."""
    with path.open("rb") as lines:
        yield from read(lines)


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Rows, or whatever comes, in lists of a thousand or so, for work that is cheaper done together."""
    source = iter(items)
    while batch := list(islice(source, merkle.CHUNK)):
        yield batch


def measure(lines: BinaryIO) -> Totals:
    """What untrusted canonical lines add up to; reads them as `read` does."""
    tally = Tally()
    for rows, texts in read_batches(lines):
        tally.extend(rows, texts)
    return tally.totals()


def read_batches(lines: BinaryIO) -> Iterator[tuple[list[Row], list[bytes]]]:
    """As `read`, some hundred rows at a time and their lines without LF, which nobody need write again to hash them.

    Nothing comes back of a batch that holds a line which is refused.
    """
    before, previous = 0, ""
    for block in _blocks(lines):
        is_clean = len(block.translate(None, _CONTROLS)) == len(block)
        parse = _parse_clean if is_clean else _parse
        texts = block.split(b"\n")
        rows: list[Row] = []
        for number, text in enumerate(texts, start=before + 1):
            try:
                row = parse(text.decode())
            except UnicodeDecodeError as problem:
                raise InvalidInputError(f"Line {number} of the manifest: it is no UTF-8 text.") from problem
            except InvalidInputError as problem:
                raise InvalidInputError(f"Line {number} of the manifest: {problem}") from problem
            if row[0] <= previous:
                raise InvalidInputError(f"Line {number} of the manifest: {row.path!a} is out of order or repeated.")
            previous = row[0]
            rows.append(row)
        before += len(rows)
        yield rows, texts


def _blocks(lines: BinaryIO) -> Iterator[bytes]:
    """Some hundred lines at a time, without the last one's LF; never more than a block and one line."""
    rest = b""
    while block := lines.read(READ_BYTES):
        whole, end, rest = (rest + block).rpartition(b"\n")
        if end:
            yield whole
        if len(rest) > MAX_LINE_BYTES:
            raise InvalidInputError(f"The manifest has a line longer than {MAX_LINE_BYTES} bytes.")
    if rest:
        raise InvalidInputError("The manifest does not end with a whole line.")


def _parse(text: str) -> Row:
    if _UNSAFE(text):
        raise InvalidInputError("it holds characters that must be escaped.")
    return _parse_clean(text)


def _parse_clean(text: str) -> Row:
    match = _LINE(text)
    if match is None:
        raise InvalidInputError("it does not have the nine fields of a row, an output exactly when not excluded.")
    path, size, digest, label, verdict, why, output_size, output_digest, why_not = match.groups()
    paths.check(path)
    size_bytes = None if size is None else int(size)
    if verdict is None:
        return Row(path, size_bytes, digest, label or None, Verdict.EXCLUDE, _reasons(why_not), None, None, None)
    row = Row(
        path,
        size_bytes,
        digest,
        label or None,
        _VERDICTS[verdict],
        _reasons(why),
        path,
        size_bytes if output_size == size else int(output_size),
        output_digest,
    )
    if digest is None or "\\" in path:
        raise InvalidInputError("an image that could not be read or named cannot be released.")
    if verdict == "blur":
        _check_blurred(row)
    return row


def _check_blurred(row: Row) -> None:
    if not row.reasons:
        raise InvalidInputError("a blurred image needs a reason.")
    if row.output_sha256 == row.sha256:
        raise InvalidInputError("a blurred image has the bytes of the image that was not blurred.")


@lru_cache(maxsize=MAX_DISTINCT_REASONS)
def _reasons(text: str) -> tuple[str, ...]:
    reasons = tuple(text.split(",")) if text else ()
    if not all(map(_REASON, reasons)) or tuple(sorted(set(reasons))) != reasons:
        raise InvalidInputError("its reasons are not sorted, unique codes.")
    return reasons


def _parent_fields(
    path: str, size_bytes: int | None, sha256: str | None, label: str | None
) -> tuple[str, str, str, str]:
    return path, _size_text(size_bytes), sha256 or "", label or ""


def _size_text(size_bytes: int | None) -> str:
    return "" if size_bytes is None else str(size_bytes)
