"""Another registry's export: every image is compared with `manifest.lines` while it is read, and gets its class.

What was excluded there is not here, and is counted in the report with its reasons. Who signed the export is not asked
here: `accession verify` is for that.
"""

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

import pyarrow as pa

from registry.catalogue.found import Found
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import lists
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source
from registry.proof import bundle, manifest
from registry.proof.manifest import PAYLOAD


class Export:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.EXPORT
    extras: ClassVar[tuple[str, ...]] = ()
    is_sorted: ClassVar[bool] = True

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        return (
            f"it holds {bundle.LINES} and {PAYLOAD}" if bundle.LINES in look.files and PAYLOAD in look.folders else None
        )

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        return source.read(self._found(source))

    def _found(self, source: Source) -> Iterator[Found]:
        said: lists.Said = {}
        labels: dict[str, str | None] = {}
        verdicts: Counter[str] = Counter()
        for number, row in enumerate(manifest.read_file(source.root / bundle.LINES), start=1):
            verdicts[row.verdict.value] += 1
            if row.output_sha256 is not None:
                path = f"{PAYLOAD}/{row.path}"
                said[path], labels[path] = (row.output_sha256, (bundle.LINES, f"line {number}")), row.label
        counts = ", ".join(f"{verdict} {count:,}" for verdict, count in sorted(verdicts.items()))
        source.report.conclude(
            f"Its release decided: {counts}. Each image that is here was compared with {bundle.LINES}."
        )
        return lists.found_in(source, said, labels.get, PAYLOAD)
