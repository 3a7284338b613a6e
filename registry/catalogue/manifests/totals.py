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
        beside: one thread, which makes the lines of some rows while those of the rows before become leaves of a tree;
            what it has to say against a row is heard when the next rows come, or the totals are asked for.
        parent_root: over the parent's lines, where somebody else proves that the rows are the parent's own.
    """

    def __init__(self, beside: Executor | None = None, parent_root: str | None = None) -> None:
        self._beside, self._parent_root = beside, parent_root
        self._counted: Future[ReleaseLines] | None = None
        self._tree, self._parent_tree = merkle.Tree(), merkle.Tree()
        self._lines_hash, self._sums_hash = sha256(), sha256()
        self._fates: Fates = Counter()
        self._size_bytes = self._output_size_bytes = 0

    def add(self, table: pa.Table) -> None:
        """Count the rows of a table that follow those before.

        Args:
            table: the rows, with the columns of `lines.COLUMNS`, each in one piece.

        Raises:
            InvalidInputError: a row is none that a manifest may hold.
        """
        rows = ReleaseLines(table)
        if self._beside is None:
            self._grow(self._count(rows))
            return
        before, self._counted = self._counted, self._beside.submit(self._count, rows)
        # The leaves of the rows before are hashed while the lines of these are made.
        if before is not None:
            self._grow(before.result())

    def totals(self) -> Totals:
        """What all rows so far add up to.

        Raises:
            InvalidInputError: one of the last rows is none that a manifest may hold.
        """
        if self._counted is not None:
            self._grow(self._counted.result())
            self._counted = None
        hashes = self._lines_hash.hexdigest(), self._sums_hash.hexdigest()
        sizes = self._size_bytes, self._output_size_bytes
        parent_root = self._parent_root or f"sha256:{self._parent_tree.root().hex()}"
        return added_up(self._tree, parent_root, hashes, self._fates, sizes)

    def _count(self, rows: ReleaseLines) -> ReleaseLines:
        """All but the trees: what Arrow does, and long hashes, without the interpreter's lock."""
        rows.expect_plain()
        self._lines_hash.update(rows.file())
        self._sums_hash.update(rows.sums())
        self._fates.update(rows.fates())
        self._size_bytes += pc.sum(rows.table["size_bytes"]).as_py() or 0
        self._output_size_bytes += rows.output_bytes()
        if len(self._fates) > MAX_DISTINCT_REASONS:
            raise InvalidInputError(f"The manifest has more than {MAX_DISTINCT_REASONS} different fates.")
        return rows

    def _grow(self, rows: ReleaseLines) -> None:
        self._tree.extend(rows.leaf_hashes())
        if self._parent_root is None:
            self._parent_tree.extend(rows.parent.leaf_hashes())
