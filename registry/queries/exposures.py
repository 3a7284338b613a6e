"""Which weights have seen images that go? Counted where what they were trained on is here, by lineage where it is not.

What a set of weights has seen cannot be taken out of it; this only says whom a removal concerns.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
from sqlmodel import Session

from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.layers import content
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.seeds.document import RelationKind
from registry.models.releases import Release
from registry.queries import images, layers, names, weights
from registry.queries.layers import LayerLine
from registry.queries.weights import Step, TrainingLine, Way

SCHEMA = pa.schema([pa.field("sha256", pa.binary(32))])


@dataclass(frozen=True, slots=True)
class Exposure:
    """Weights that have seen, or may have seen, what goes.

    Attributes:
        on: what they were trained on, or made from.
        by: the relations that lead there, where that is all that is known.
        total: images or synsets of that; None where nothing of it is here to be counted.
        affected: how many of these go.
    """

    weights: str
    how: str
    on: str
    by: tuple[Step, ...]
    total: int | None
    affected: int | None

    @property
    def between(self) -> tuple[Step, ...]:
        """The relations without the one that `how` and `on` say already."""
        return tuple(step for step in self.by if step.name != self.weights)


@dataclass(frozen=True, slots=True)
class Count:
    """How many images or synsets there are of something, and how many go; None where nothing is here to be counted."""

    total: int | None
    affected: int | None


UNCOUNTED = Count(None, None)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What goes.

    Attributes:
        digests: a Parquet file whose column `sha256` has the bytes' digests.
        variants: where these images stand; from there lineage leads on.
        synsets: classes of which nothing is left.
    """

    digests: Path
    variants: tuple[UUID, ...]
    synsets: AbstractSet[str] = frozenset()


def of_images(session: Session, blobs: BlobStore, digests: Iterable[str]) -> tuple[Exposure, ...]:
    """The weights that have seen, or may have seen, images with these SHA-256."""
    wanted = sorted(set(digests))
    if not wanted or not weights.trainings(session):
        return ()
    holding = images.variants_holding(session, blobs, wanted)
    with _written(wanted) as file:
        return find(session, blobs, Leaving(file, tuple(sorted(holding))))


def find(session: Session, blobs: BlobStore, leaving: Leaving) -> tuple[Exposure, ...]:
    """The weights that have seen, or may have seen, what goes; those that are counted first, then by name."""
    if not pq.read_metadata(leaving.digests).num_rows:
        return ()
    ties: dict[UUID, tuple[Step, ...]] = {}
    for variant_id in leaving.variants:
        ties = {**weights.related(session, variant_id), **ties}
    counts: dict[TrainingLine, Count] = {}
    # Several weights saw the same, and several sentences say so: each thing is counted once.
    counted: dict[tuple[UUID | None, ...], Count] = {}
    ways: list[Way] = []
    for line in weights.trainings(session):
        if line.variant_id is None:
            continue
        target = (line.variant_id, line.release_id, line.layer_id)
        if target not in counted:
            counted[target] = _count(session, blobs, leaving, line, line.variant_id)
        found = counted[target]
        if found.affected:
            counts[line] = found
            ways.append(Way(line, ()))
        elif line.variant_id in ties and _may_hold(ties[line.variant_id], found):
            ways.append(Way(line, ties[line.variant_id]))
    exposed = (_exposure(way, counts.get(way.line, UNCOUNTED)) for way in weights.heirs(session, ways))
    return tuple(sorted(exposed, key=lambda it: (it.affected is None, it.weights)))


def _may_hold(by: tuple[Step, ...], found: Count) -> bool:
    """Whether lineage alone says that it is there: nothing could be counted, or the pictures have other bytes there."""
    return found is UNCOUNTED or any(step.how == RelationKind.DERIVED_FROM for step in by)


def _exposure(way: Way, count: Count) -> Exposure:
    return Exposure(way.line.weights, way.line.how, way.line.on, way.by, count.total, count.affected)


def _count(session: Session, blobs: BlobStore, leaving: Leaving, line: TrainingLine, variant_id: UUID) -> Count:
    """How much there is of what weights were trained on, and how much of it goes."""
    if line.release_id is not None:
        release = session.get_one(Release, line.release_id)
        with manifests.opened(blobs, release.manifest_sha256 or "") as file:
            return Count(*manifests.count_handed_out(file, leaving.digests))
    newest = names.newest_import(session, variant_id) if line.layer_id is None else None
    if newest is not None:
        with manifests.opened(blobs, newest.manifest_sha256 or "") as file:
            return Count(newest.row_count, manifests.count_shared(file, leaving.digests))
    spaces = [it for it in layers.list_layers(session, variant_id) if it.kind is Kind.SYNSETS]
    chosen = [it for it in spaces if line.layer_id in (None, it.id)]
    return _named(blobs, chosen[0], leaving) if chosen else UNCOUNTED


def _named(blobs: BlobStore, space: LayerLine, leaving: Leaving) -> Count:
    """How many synsets a label space has, and how many of these go."""
    with layers.opened(blobs, space) as file:
        return Count(space.row_count, sum(synset in leaving.synsets for (synset,) in content.rows_of(file)))


@contextmanager
def _written(digests: list[str]) -> Iterator[Path]:
    with TemporaryDirectory(prefix="accession-exposures-") as folder:
        file = Path(folder) / "digests.parquet"
        column = pa.array([bytes.fromhex(digest) for digest in digests], pa.binary(32))
        pq.write_table(pa.Table.from_arrays([column], schema=SCHEMA), file)
        yield file
