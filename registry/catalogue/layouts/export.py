"""Another registry's export: every image is compared with `manifest.lines` while it is read, and gets its class.

What was excluded there is not here, and is counted in the report with its reasons. With a trust root the export must be
signed by the keys that it lists, and `manifest.lines` must be the signed one; without, the report says so.
"""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import ClassVar

import pyarrow as pa

from registry.catalogue.found import Found
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import lists
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source
from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import bundle, manifest, trust, verify
from registry.proof.manifest import PAYLOAD, Row
from registry.proof.verify import Voucher


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
        if not (source.root / bundle.LINES).is_file():
            raise InvalidInputError(f"{source.root} holds no {bundle.LINES}, so it is no export.")
        return source.read(self._found(source))

    def _found(self, source: Source) -> Iterator[Found]:
        voucher = _vouched(source)
        said: lists.Said = {}
        labels: dict[str, str | None] = {}
        verdicts: Counter[str] = Counter()
        for number, row in enumerate(_signed_rows(source, voucher), start=1):
            verdicts[row.verdict.value] += 1
            if row.output_sha256 is not None:
                path = f"{PAYLOAD}/{row.path}"
                said[path], labels[path] = (row.output_sha256, (bundle.LINES, f"line {number}")), row.label
        counts = ", ".join(f"{verdict} {count:,}" for verdict, count in sorted(verdicts.items()))
        source.report.conclude(
            f"Its release decided: {counts}. Each image that is here was compared with {bundle.LINES}."
        )
        return lists.found_in(source, said, labels.get, PAYLOAD)


def _vouched(source: Source) -> Voucher | None:
    """Who signed the export; null where no trust root was given. Either way the report says so.

    Raises:
        InvalidInputError: there is nothing that could be checked, or nothing to check it by.
        NotVerifiedError: nobody whom the root lists.
    """
    if source.trust is None:
        source.report.conclude("Signature not checked: no trust root was given, so nobody vouches for these images.")
        return None
    try:
        trust.load(source.trust.root)
    except InvalidInputError as error:
        raise InvalidInputError(f"The trust root that was given is none: {error.sentence}") from error
    try:
        found = verify.vouch(source.root, source.trust.root, source.trust.now)
    except InvalidInputError as error:
        raise InvalidInputError(f"The signature of {source.root} cannot be checked: {error.sentence}") from error
    source.report.conclude(
        f"Signature checked: the release {found.release} is signed by {', '.join(found.signed_by)}, as version "
        f"{found.root_version} of the trust root that was given says."
    )
    return found


def _signed_rows(source: Source, voucher: Voucher | None) -> Iterator[Row]:
    """The rows of the manifest.

    Raises:
        NotVerifiedError: after the last of them, when they are not those that were signed.
    """
    digest = sha256()
    with (source.root / bundle.LINES).open("rb") as file:
        for rows, texts in manifest.read_batches(file):
            digest.update(b"\n".join([*texts, b""]))
            yield from rows
    if voucher is not None and f"sha256:{digest.hexdigest()}" != voucher.lines_digest:
        raise NotVerifiedError(f"{bundle.LINES} is not the one that was signed.")
