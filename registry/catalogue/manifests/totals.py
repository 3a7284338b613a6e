"""What do the rows of a manifest add up to? Told by the column while they are written, in memory that stays flat."""

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc

from registry.catalogue.manifests.lines import ParentLines, ReleaseLines
from registry.catalogue.manifests.parents import InStep
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

    def count(self, table: pa.Table) -> ParentLines:
        """Count the rows of a table that follow those before, all but their hashes; returns their lines, made.

        Raises:
            InvalidInputError: a row is none that a manifest may hold.
        """
        rows = ParentLines(table)
        rows.expect_plain()
        rows.file()
        self._size_bytes += pc.sum(table["size_bytes"]).as_py() or 0
        for name, counts in self._counts.items():
            counts.update({it["values"]: it["counts"] for it in pc.value_counts(table[name].drop_null()).to_pylist()})
        return rows

    def grow(self, rows: ParentLines) -> None:
        """Hash the lines of the rows that were counted, in the same order."""
        self._tree.extend(rows.leaf_hashes())

    def totals(self) -> SourceTotals:
        """What all rows so far add up to."""
        formats, defects, labels = (dict(sorted(counts.items())) for counts in self._counts.values())
        root = f"sha256:{self._tree.root().hex()}"
        return SourceTotals(self._tree.size, self._size_bytes, root, formats, defects, labels)


class ReleaseTally:
    """Adds up the rows of a release; law: to what `registry.proof.manifest.measure` says of its lines.

    Args:
        parent: whose rows they are to be, in every column of a source; nobody hashes its lines again.
    """

    def __init__(self, parent: InStep | None = None) -> None:
        self._parent = parent
        self._tree, self._parent_tree = merkle.Tree(), merkle.Tree()
        self._lines_hash, self._sums_hash = sha256(), sha256()
        self._fates: Fates = Counter()
        self._size_bytes = self._output_size_bytes = 0

    def count(self, table: pa.Table) -> ReleaseLines:
        """Count the rows of a table that follow those before, all but their leaves; returns their lines, made.

        Args:
            table: the rows, with the columns of `lines.COLUMNS`, each in one piece; with a parent, those of a source.

        Raises:
            AccountNotClosedError: the rows are not those of the parent.
            InvalidInputError: a row is none that a manifest may hold.
        """
        rows = ReleaseLines(table)
        if self._parent is not None:
            self._parent.expect(table)
        else:
            rows.parent.file()
        rows.expect_plain()
        self._lines_hash.update(rows.file())
        self._sums_hash.update(rows.sums())
        self._fates.update(rows.fates())
        self._size_bytes += pc.sum(table["size_bytes"]).as_py() or 0
        self._output_size_bytes += rows.output_bytes()
        if len(self._fates) > MAX_DISTINCT_REASONS:
            raise InvalidInputError(f"The manifest has more than {MAX_DISTINCT_REASONS} different fates.")
        return rows

    def grow(self, rows: ReleaseLines) -> None:
        """Hash the lines of the rows that were counted, in the same order."""
        self._tree.extend(rows.leaf_hashes())
        if self._parent is None:
            self._parent_tree.extend(rows.parent.leaf_hashes())

    def totals(self) -> Totals:
        """What all rows so far add up to.

        Raises:
            AccountNotClosedError: the parent has further rows.
        """
        if self._parent is not None:
            self._parent.expect_end()
        hashes = self._lines_hash.hexdigest(), self._sums_hash.hexdigest()
        sizes = self._size_bytes, self._output_size_bytes
        parent_root = self._parent.root if self._parent else f"sha256:{self._parent_tree.root().hex()}"
        return added_up(self._tree, parent_root, hashes, self._fates, sizes)
