"""What is known of a variant's images? What import saw, what stops them, and the newest layers when it is asked.

A plan names the layers that it was shown with; the build asks exactly these, so that its verdicts are the plan's.
"""

import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
from sqlmodel import Session

from policies.document import Policy
from policies.vectorised import ALL_DIFFERENT
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.layers import known
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.layers.known import Known, Source
from registry.kept import Kept
from registry.queries import layers
from registry.services.verdicts import Stops

# A layer as a plan names it: `label`, `kind`, `name` and the `sha256` of its rows.
Pinned = dict[str, Any]

# What is kept, and in which form: another form is another name.
GROUPS_FORM = "fact-groups/1"
# Facts of which images have so many different values that hardly two are alike.
ALONE = ALL_DIFFERENT | {"sha256", "width", "height", "size_bytes"}


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
def opened(blobs: BlobStore, manifest: Path, pinned: Sequence[Pinned], only: str | None = None) -> Iterator[Known]:
    """What these layers say about the images of a manifest, or about one alone, for as long as the block lasts."""
    if not pinned:
        yield Known()
        return
    with tempfile.TemporaryDirectory(prefix="accession-known-") as folder, _sources(blobs, pinned) as sources:
        known.write(manifest, sources, Path(folder) / "known.parquet", only)
        yield Known(Path(folder) / "known.parquet")


@contextmanager
def facts(
    blobs: BlobStore, manifest: str, pinned: Sequence[Pinned], stopped: Stops, columns: Collection[str] | None = None
) -> Iterator[Iterator[pa.RecordBatch]]:
    """The facts of every image of a manifest, for as long as the block lasts; only these columns, if some are named."""
    with manifests.opened(blobs, manifest) as file, _sources(blobs, pinned) as sources:
        yield manifests.fact_batches(
            file,
            held=stopped.held,
            taken_down=stopped.taken_down,
            excepted=stopped.excepted,
            reviewed=stopped.reviewed,
            known=known.pieces(file, sources) if sources else None,
            wanted=columns,
        )


@contextmanager
def groups(
    blobs: BlobStore, kept: Kept, manifest: str, pinned: Sequence[Pinned], stopped: Stops, columns: Collection[str]
) -> Iterator[Iterator[pa.RecordBatch]]:
    """The facts of groups of images that are equal in these columns, for as long as the block lasts.

    They are asked for again and again while somebody writes a policy, and kept meanwhile. Where nearly every image is a
    group of its own, they are the images.
    """
    if not ALONE.isdisjoint(columns):
        with facts(blobs, manifest, pinned, stopped, columns) as batches:
            yield batches
        return

    def write(out: Path) -> None:
        with facts(blobs, manifest, pinned, stopped, columns) as batches:
            manifests.write_groups(batches, columns, out)

    layers_asked = [[layer["kind"], layer["name"], layer["sha256"]] for layer in pinned]
    granted = {digest: action.value for digest, action in stopped.excepted.items()}
    with kept.file(
        {
            "form": GROUPS_FORM,
            "manifest": manifest,
            "layers": layers_asked,
            "held": sorted(stopped.held),
            "taken_down": sorted(stopped.taken_down),
            "excepted": granted,
            "reviewed": {digest: [list(said) for said in decided] for digest, decided in stopped.reviewed.items()},
            "columns": sorted(columns),
        },
        write,
    ) as file:
        yield manifests.read_groups(file)


@contextmanager
def _sources(blobs: BlobStore, pinned: Sequence[Pinned]) -> Iterator[list[Source]]:
    with ExitStack() as stack:
        files = [stack.enter_context(manifests.opened(blobs, layer["sha256"])) for layer in pinned]
        yield [Source(Kind(layer["kind"]), layer["name"], file) for layer, file in zip(pinned, files, strict=True)]
