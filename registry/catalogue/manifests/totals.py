"""What do the rows of a manifest add up to? Told by the column while they are written, in memory that stays flat."""

from collections import Counter
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc

from registry.catalogue.manifests.lines import ParentLines, ReleaseLines
from registry.errors import InvalidInputError
from registry.proof import merkle
from registry.proof.manifest import MAX_DISTINCT_REASONS, Fates, Totals, added_up


@dataclass(frozen=True)
class SourceTotals:
    """What a source adds up to.

    Attributes:
        rows: entries, defects included.
        size_bytes: of all files that could be read.
        parent_root: `sha256:<hex>`, the Merkle root over the parent's canonical lines.
        formats: entries by format; those without one are not counted.
        defects: entries by defect.
        labels: entries by class; those without one are not counted.
    """

    rows: int
    size_bytes: int
    parent_root: str
    formats: dict[str, int]
    defects: dict[str, int]
    labels: dict[str, int]


class SourceTally:
    """Adds up the rows of a source."""

    def __init__(self) -> None:
        self._tree = merkle.Tree()
        self._size_bytes = 0
        self._counts = {name: Counter[str]() for name in ("format", "defect", "label")}

    def add(self, table: pa.Table) -> None:
        """Count the rows of a table that follow those before.

        Raises:
            InvalidInputError: a row is none that a manifest may hold.
        """
        rows = ParentLines(table)
        rows.expect_plain()
        self._tree.extend(rows.leaf_hashes())
        self._size_bytes += pc.sum(table["size_bytes"]).as_py() or 0
        for name, counts in self._counts.items():
            counts.update({it["values"]: it["counts"] for it in pc.value_counts(table[name].drop_null()).to_pylist()})

    def totals(self) -> SourceTotals:
        """What all rows so far add up to."""
        formats, defects, labels = (dict(sorted(counts.items())) for counts in self._counts.values())
        root = f"sha256:{self._tree.root().hex()}"
        return SourceTotals(self._tree.size, self._size_bytes, root, formats, defects, labels)


class ReleaseTally:
    """Adds up the rows of a release; law: to what `registry.proof.manifest.measure` says of its lines.

    Args:
        beside: one thread, for hashing what a file holds; that waits for no lock of the interpreter.
        parent_root: over the parent's lines, where somebody else proves that the rows are the parent's own.
    """

    def __init__(self, beside: Executor | None = None, parent_root: str | None = None) -> None:
        self._beside, self._parent_root = beside, parent_root
        self._streamed: Future[None] | None = None
        self._tree, self._parent_tree = merkle.Tree(), merkle.Tree()
        self._lines_hash, self._sums_hash = sha256(), sha256()
        self._fates: Fates = Counter()
        self._size_bytes = self._output_size_bytes = 0

    def add(self, table: pa.Table) -> None:
        """Count the rows of a table that follow those before.

        Raises:
            InvalidInputError: a row is none that a manifest may hold.
        """
        rows = ReleaseLines(table)
        rows.expect_plain()
        if self._beside is None:
            self._stream(rows)
        else:
            self._streamed = self._beside.submit(self._stream, rows)
        self._tree.extend(rows.leaf_hashes())
        if self._parent_root is None:
            self._parent_tree.extend(rows.parent.leaf_hashes())
        self._fates.update(rows.fates())
        self._size_bytes += pc.sum(table["size_bytes"]).as_py() or 0
        self._output_size_bytes += rows.output_bytes()
        if len(self._fates) > MAX_DISTINCT_REASONS:
            raise InvalidInputError(f"The manifest has more than {MAX_DISTINCT_REASONS} different fates.")

    def totals(self) -> Totals:
        """What all rows so far add up to."""
        if self._streamed is not None:
            self._streamed.result()
        hashes = self._lines_hash.hexdigest(), self._sums_hash.hexdigest()
        sizes = self._size_bytes, self._output_size_bytes
        parent_root = self._parent_root or f"sha256:{self._parent_tree.root().hex()}"
        return added_up(self._tree, parent_root, hashes, self._fates, sizes)

    def _stream(self, rows: ReleaseLines) -> None:
        self._lines_hash.update(rows.file())
        self._sums_hash.update(rows.sums())
