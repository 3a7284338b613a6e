r"""Which canonical lines do the rows of a manifest have? Made by the column: by the row it takes ten times as long.

`registry.proof.manifest` says what a line is, and has the last word about every row that is not quite plain.

Law: the lines of a table are those of `Row.line` for its rows, and a table is refused exactly when one of its rows is.
"""

from binascii import hexlify
from collections import Counter
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from registry.catalogue.manifests import columns
from registry.errors import InvalidInputError
from registry.proof.manifest import PAYLOAD, Row, Verdict

# A path that is not quite plain: control characters, the backslash, parts that begin with a dot, empty parts.
_ODD_PATH = r"[\x00-\x1f\x7f\\]|(^|/)\.|//|^/|/$|^$"
_ODD_LABEL = r"[\x00-\x1f\x7f]|^$"
_PLAIN_PATH_BYTES = 4096
_SIZE_END = 10**15
_DIGEST_BYTES = 32
_ANY_REASON = ("some-reason",)

_PARENT: Final = ("path", "size_bytes", "sha256", "label")
COLUMNS: Final = (*_PARENT, "verdict", "reasons", "changed_sha256", "changed_size_bytes")
"""What a line of a release is made of."""


class ParentLines:
    """The parent's lines of some rows.

    Args:
        table: the rows, with the first four of `COLUMNS`, each in one piece.
    """

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    @cached_property
    def text(self) -> pa.Array:
        """The line of each row, with its LF."""
        return _joined(self["path"], self.size, self.digest, _joined(self["label"], "\n", separator=""), separator="\t")

    @cached_property
    def size(self) -> pa.Array:
        """The size of each image in decimal; null where nobody knows."""
        return pc.cast(self["size_bytes"], pa.string())

    @cached_property
    def digest(self) -> pa.Array:
        """The SHA-256 of each image in hex; null where nobody knows."""
        return _hex(self["sha256"])

    def file(self) -> memoryview:
        """The lines as a file has them, each with its LF."""
        return _content(self.text)

    def leaf_hashes(self) -> list[bytes]:
        """The RFC 6962 leaf hash of each line."""
        # One text, and each leaf cut out of it only when it is hashed: a list of all of them would not fit a cache.
        content, places = bytes(self.file()), _places(self.text)
        starts, ends = places[:-1] - places[0], places[1:] - places[0] - 1
        return [
            sha256(b"\x00" + content[start:end]).digest()
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        ]

    def expect_plain(self) -> None:
        """Nothing, when every row is one that a parent's manifest may hold.

        Raises:
            InvalidInputError: one is not.
        """
        odd = self._odd()
        if odd is None:
            return
        for path, size, digest, label in _rows(self.table.select(_PARENT), odd):
            # The line of the same image, excluded: it has the same four fields, and nothing else that could be wrong.
            Row(path, size, _text(digest), label, Verdict.EXCLUDE, _ANY_REASON, None, None, None).line()

    def __getitem__(self, name: str) -> pa.Array:
        found = self.table[name]
        return found.chunk(0) if found.num_chunks == 1 else found.combine_chunks()

    def _odd(self) -> pa.Array | None:
        """The rows whose parent's fields are to be looked at one by one; null for none."""
        size = self["size_bytes"]
        odd = [
            pc.xor(pc.is_null(size), pc.is_null(self["sha256"])),
            pc.or_(pc.less(size, 0), pc.greater_equal(size, _SIZE_END)),
            pc.match_substring_regex(self["path"], _ODD_PATH),
            pc.greater(pc.binary_length(self["path"]), _PLAIN_PATH_BYTES),
        ]
        if pc.any(pc.match_substring_regex(pc.unique(self["label"]), _ODD_LABEL)).as_py():
            odd.append(pc.match_substring_regex(self["label"], _ODD_LABEL))
        return _any(*odd)


class ReleaseLines(ParentLines):
    """The lines of some rows of a release.

    Args:
        table: the rows, with the columns of `COLUMNS`, each in one piece.
    """

    @cached_property
    def parent(self) -> ParentLines:
        """The same rows' lines in the parent's manifest."""
        found = ParentLines(self.table)
        found.__dict__.update(size=self.size, digest=self.digest)
        return found

    @cached_property
    def text(self) -> pa.Array:
        """See `ParentLines.text`."""
        path, size = self["path"], self._output_size
        if pc.any(self._is_excluded).as_py():
            path, size = (pc.if_else(self._is_excluded, None, column) for column in (path, size))
        own = self["path"], self.size, self.digest, self["label"]
        last = _joined(self._output_digest, "\n", separator="")
        return _joined(*own, self["verdict"], self._reasons, path, size, last, separator="\t")

    def sums(self) -> memoryview:
        """The lines of the rows in `SHA256SUMS`, each with its LF; an excluded image has none."""
        # What is null stays null, and has no text.
        fields = self._output_digest, f"  {PAYLOAD}/", self["path"], "\n"
        return _content(pc.binary_join_element_wise(*fields, "", null_handling="emit_null"))

    def fates(self) -> Counter[tuple[Verdict, tuple[str, ...]]]:
        """How many rows have each verdict with each list of reasons."""
        found: Counter[tuple[Verdict, tuple[str, ...]]] = Counter()
        for counted in pc.value_counts(self._fate).to_pylist():
            verdict, _, reasons = counted["values"].partition("\t")
            found[Verdict(verdict), tuple(reasons.split(",")) if reasons else ()] = counted["counts"]
        return found

    def output_bytes(self) -> int:
        """How many bytes the released images have."""
        sizes = pc.coalesce(self["changed_size_bytes"], self["size_bytes"])
        return int(pc.sum(pc.filter(sizes, pc.invert(self._is_excluded))).as_py() or 0)

    def expect_plain(self) -> None:
        """Nothing, when every row is one that a release's manifest may hold.

        Raises:
            InvalidInputError: one is not.
        """
        self._expect_whole_outputs()
        # Of each verdict with its reasons one row is read as text, so that no reason goes unread.
        _, first = np.unique(pc.dictionary_encode(self._fate).indices.to_numpy(), return_index=True)
        chosen = np.zeros(len(self.table), dtype=bool)
        chosen[first] = True
        for odd in (self._odd(), self._odd_fate()):
            if odd is not None:
                chosen |= odd.to_numpy(zero_copy_only=False)
        for cells in _rows(self.table.select(COLUMNS), pa.array(chosen)):
            _row(*cells).line()

    def _expect_whole_outputs(self) -> None:
        """Nothing, when every output has both its digest and its size, and an excluded image has none."""
        changed, size = self["changed_sha256"], self["changed_size_bytes"]
        halves = pc.xor(pc.is_null(changed), pc.is_null(size))
        broken = pc.or_(halves, pc.and_(self._is_excluded, pc.is_valid(changed)))
        if pc.any(broken).as_py():
            path = self["path"][pc.index(broken, value=True).as_py()].as_py()
            raise InvalidInputError(f"The entry of {path!a} contradicts itself about its output.")

    @cached_property
    def _output_size(self) -> pa.Array:
        """The size in decimal of what each row would hand out, were it released."""
        return pc.coalesce(pc.cast(self["changed_size_bytes"], pa.string()), self.size)

    @cached_property
    def _output_digest(self) -> pa.Array:
        """The SHA-256 in hex of what each row hands out; null where that is nothing."""
        return pc.if_else(self._is_excluded, None, _hex(pc.coalesce(self["changed_sha256"], self["sha256"])))

    @cached_property
    def _is_excluded(self) -> pa.Array:
        return pc.equal(self["verdict"], Verdict.EXCLUDE.value)

    @cached_property
    def _reasons(self) -> pa.Array:
        return pc.binary_join(self["reasons"], ",")

    @cached_property
    def _fate(self) -> pa.Array:
        return _joined(self["verdict"], self._reasons, separator="\t")

    def _odd_fate(self) -> pa.Array | None:
        """The rows whose own fields are to be looked at one by one; null for none."""
        digest, changed, size = self["sha256"], self["changed_sha256"], self["changed_size_bytes"]
        is_excluded, is_blurred = self._is_excluded, pc.equal(self["verdict"], Verdict.BLUR.value)
        return _any(
            pc.or_(pc.less(size, 0), pc.greater_equal(size, _SIZE_END)),
            pc.and_not(pc.is_null(digest), is_excluded),
            pc.and_(is_blurred, pc.or_(pc.is_null(changed), pc.fill_null(pc.equal(changed, digest), fill_value=False))),
        )


def _any(*conditions: pa.Array) -> pa.Array | None:
    """Where one of the conditions is true, and not unknown; null for nowhere."""
    found = None
    for condition in conditions:
        if pc.any(condition).as_py():
            true = pc.fill_null(condition, fill_value=False)
            found = true if found is None else pc.or_(found, true)
    return found


def _rows(table: pa.Table, chosen: pa.Array) -> list[tuple[Any, ...]]:
    return list(columns.rows(table.filter(chosen), table.column_names))


def _row(
    path: str,
    size: int | None,
    digest: bytes | None,
    label: str | None,
    verdict: str,
    reasons: tuple[str, ...],
    changed: bytes | None,
    changed_size: int | None,
) -> Row:
    """The row of one image; what is handed out is the source's own where nothing else is."""
    output, output_size = (digest, size) if changed is None and verdict != Verdict.EXCLUDE else (changed, changed_size)
    output_path = None if output is None else path
    own = path, size, _text(digest), label
    return Row(*own, Verdict(verdict), reasons, output_path, output_size, _text(output))


def _text(digest: bytes | None) -> str | None:
    return None if digest is None else digest.hex()


def _joined(*fields: pa.Array | str, separator: str) -> pa.Array:
    return pc.binary_join_element_wise(*fields, separator, null_handling="replace", null_replacement="")


def _content(texts: pa.Array) -> memoryview:
    """All texts behind each other, where they lie."""
    data = texts.buffers()[2]
    if not len(texts) or data is None:
        return memoryview(b"")
    places = _places(texts)
    return memoryview(data).cast("B")[places[0] : places[-1]]


def _places(texts: pa.Array) -> NDArray[np.int32]:
    """Where each text begins in the buffer, and where the last one ends."""
    return np.frombuffer(texts.buffers()[1], np.int32, count=len(texts) + 1, offset=4 * texts.offset)


def _hex(digests: pa.Array) -> pa.Array:
    """The digests as lower-case hex, the null ones null: the hex of all their bytes, cut into pieces."""
    count = len(digests)
    if digests.null_count == count:
        return pa.nulls(count, pa.string())
    # What lies where there is no digest becomes hex too, and null again.
    start = digests.offset * _DIGEST_BYTES
    text = hexlify(memoryview(digests.buffers()[1])[start : start + count * _DIGEST_BYTES])
    offsets = np.arange(count + 1, dtype=np.int32) * (2 * _DIGEST_BYTES)
    hexed = pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(text))
    return pc.if_else(digests.is_valid(), hexed, None) if digests.null_count else hexed
