"""What is known of a variant's images beside what import saw? The newest layers when a release is planned.

A plan names the layers that it was shown with; the build asks exactly these, so that its verdicts are the plan's.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session

from policies.document import Policy
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.layers import known
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.layers.known import Known, Source
from registry.queries import layers

# A layer as a plan names it: `label`, `kind`, `name` and the `sha256` of its rows.
Pinned = dict[str, Any]


def newest(session: Session, variant_id: UUID, *asking: Policy) -> list[Pinned]:
    """The newest version of each layer of the variant that tells of something these policies ask about."""
    asked = {fact for policy in asking for rule in policy.document.rules for fact in rule.when.facts()}
    pinned: dict[tuple[Kind, str], Pinned] = {}
    for line in layers.list_layers(session, variant_id):
        if asked.intersection(known.FACTS.get(line.kind, ())):
            it = {"label": line.label, "kind": line.kind.value, "name": line.name, "sha256": line.sha256}
            pinned.setdefault((line.kind, line.name), it)
    return list(pinned.values())


@contextmanager
def opened(blobs: BlobStore, manifest: Path, pinned: Sequence[Pinned]) -> Iterator[Known]:
    """What these layers say about the images of a manifest, for as long as the block lasts."""
    if not pinned:
        yield Known()
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="accession-known-")))
        files = [stack.enter_context(manifests.opened(blobs, layer["sha256"])) for layer in pinned]
        sources = [Source(Kind(layer["kind"]), layer["name"], file) for layer, file in zip(pinned, files, strict=True)]
        known.write(manifest, sources, folder / "known.parquet")
        yield Known(folder / "known.parquet")
