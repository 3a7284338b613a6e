"""Builds a release: pixels first, then one verdict for every parent image, then manifest, lines and roots."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from blurring import recipe as recipes
from blurring.engines import Item
from blurring.errors import BlurringError
from blurring.recipe import DetectorChoice, Recipe
from policies import records
from policies.document import Policy
from policies.evaluate import Pending, evaluate
from policies.facts import PENDING, ImageFacts
from policies.verdicts import METADATA_REMOVED, NOTHING_TO_BLUR, Action, Verdict
from registry.catalogue import manifests, previews
from registry.catalogue.entries import FaceZone, Look, Looker, ReleaseEntry, SourceEntry
from registry.catalogue.layers.known import Known
from registry.catalogue.manifests import columns
from registry.catalogue.seen import Seen
from registry.errors import AccessionError, AccountNotClosedError, UnavailableError
from registry.models.faces import ReleaseFaces
from registry.models.imports import Import
from registry.models.layers import Layer
from registry.models.policies import Policy as PublishedPolicy
from registry.models.releases import Release
from registry.proof import manifest as lines
from registry.services import builds, evidence, known_faces, planning, policies, verdicts
from registry.services.builds import Built
from registry.services.verdicts import Stops
from registry.worker import figures
from registry.worker import known as known_boxes
from registry.worker.handlers import blur
from registry.worker.handlers.blur import Darkroom
from registry.worker.known import KnownFaces
from registry.worker.station import Station
from registry.worker.tally import Tally


def build(station: Station, key: str) -> None:
    """The release with the id `key` is built."""
    release_id = UUID(key)
    with station.act() as act:
        release = builds.being_built(act, release_id)
    if release is None:
        return
    with _materials(station, release) as materials:
        built = _build(materials)
    with station.act() as act:
        builds.finish(act, release_id, built)


def fail(station: Station, key: str, error: AccessionError) -> None:
    """The build has failed and says why; the shards that are done stay done."""
    with station.act() as act:
        builds.fail(act, UUID(key), error)


class _Way(IntEnum):
    """What is to be done with an image before anything is known of its pixels."""

    UNSEEN = 0
    CLEANED = 1
    LOOKED_AT = 2


@dataclass(frozen=True, slots=True)
class _Materials:
    """What a build is made from: the parent's manifest and source, the policy, the recipe.

    Attributes:
        known: what people know about faces.
        chosen: where that comes from.
        layer: the layer of faces among it, if there is one.
        evidence: what layers say about the images.
        unstopped: nothing held or taken down, and the exceptions and decisions that the plan was shown with.
    """

    station: Station
    release_id: UUID
    parent: manifests.Parent
    source: Path
    policy: Policy
    recipe: Recipe
    recipe_sha256: str
    known: KnownFaces
    chosen: ReleaseFaces
    layer: Layer | None
    evidence: Known
    unstopped: Stops

    def entries(self) -> Iterator[SourceEntry]:
        """The parent's images, in path order."""
        return manifests.iter_source(self.parent.file)

    def first_verdict(self, entry: SourceEntry) -> Verdict | Pending:
        """What the policy says before pixels are looked at, whatever is held or taken down."""
        return verdicts.decide(self.policy, entry, self.unstopped, known=self.evidence.of(entry.path))

    def final_facts(self, entry: SourceEntry, seen: Seen, way: _Way, stopped: Stops, output: Seen) -> ImageFacts:
        """What is known of an image once it was looked at, and once what is to be handed out was made."""
        boxes = seen.faces if way is _Way.LOOKED_AT else PENDING
        return verdicts.facts_of(entry, stopped, boxes=boxes, defect=output.defect, known=self.evidence.of(entry.path))

    def unseen_facts(self, entry: SourceEntry, stopped: Stops) -> ImageFacts:
        """What is known of an image that nobody looked at."""
        return verdicts.facts_of(entry, stopped, known=self.evidence.of(entry.path))

    def final_verdict(self, entry: SourceEntry, facts: ImageFacts) -> Verdict:
        """What the policy says of these facts.

        Raises:
            AccountNotClosedError: nothing; a fact is missing that nobody can know.
        """
        decided = evaluate(self.policy, facts)
        if isinstance(decided, Pending):
            raise AccountNotClosedError(f"{entry.path} has no verdict: nobody can know {', '.join(decided.needs)}.")
        return decided

    def looking(self) -> Darkroom:
        """Where every image goes that the policy does not exclude unseen."""
        return self._darkroom(0, "images looked at")

    def cleaning(self) -> Darkroom:
        """Where an image goes that is kept although it shows faces: its pixels stay, its metadata go."""
        return self._darkroom(blur.SERIES, "images cleaned")

    def _darkroom(self, first: int, what: str) -> Darkroom:
        return Darkroom(self.station, self.release_id, self.recipe, first, what, self.chosen.earlier_id)

    def ways(self) -> bytes:
        """The way of every image, a byte for each: what the policy says of it before anybody has looked."""
        return bytes(_way(entry, self.first_verdict(entry)) for entry in self.entries())

    def items(self, ways: bytes) -> Iterator[Item | None]:
        """The images to look at; None for each that nobody looks at."""
        for entry, way in zip(self.entries(), map(_Way, ways), strict=True):
            if way is _Way.UNSEEN:
                yield None
            else:
                yield blur.item(self.source, entry, look=way is _Way.LOOKED_AT, known=self.known.of(entry))

    def seen(self, ways: bytes) -> Iterator[tuple[SourceEntry, _Way, Seen | None]]:
        """Every image with its way and with what was seen of it; None for those that nobody looked at."""
        results = self.looking().results()
        for entry, way in zip(self.entries(), map(_Way, ways), strict=True):
            seen = None if way is _Way.UNSEEN else next(results, None)
            if seen is not None and seen.path != entry.path:
                raise AccountNotClosedError(f"The results are not in step with the images at {entry.path}.")
            yield entry, way, seen

    def kept_with_faces(self, ways: bytes) -> bytes:
        """For every image a byte: 1 where it was blurred, and the policy keeps it now that its faces are counted."""
        return bytes(self._is_kept_with_faces(*one) for one in self.seen(ways))

    def to_clean(self, kept: bytes) -> Iterator[Item | None]:
        """The images that are kept although they were blurred; None for every other."""
        for entry, is_kept in zip(self.entries(), kept, strict=True):
            # Its preview is that of the blurred picture.
            yield blur.item(self.source, entry, look=False, is_previewed=False) if is_kept else None

    def figures(self, counts: Mapping[str, int]) -> dict[str, str]:
        """What is said of how faces were looked for."""
        with self.station.home.reading() as session:
            taken_over = builds.taken_over(session, self.release_id)
        device = self.station.home.settings.device
        return figures.of_build(self.recipe, device, self.chosen, self.layer, counts, taken_over)

    def look(self, seen: Seen) -> Look:
        """How an image was looked at."""
        again = self.recipe.second_look
        is_seen_again = again is not None and (seen.is_blurred or again.is_for_all) and seen.defect is None
        return Look(
            recipe=f"sha256:{self.recipe_sha256}",
            device=seen.device,
            detector=_looker(self.recipe.detector) if self.known.is_detected else None,
            second=_looker(again.detector) if again is not None and is_seen_again else None,
            change_outside=seen.change_outside,
        )

    def previews(self) -> bytes:
        """Where the small pictures are."""
        return previews.index(self.parent.file, blur.SHARD_IMAGES, self.looking().shards())

    def _is_kept_with_faces(self, entry: SourceEntry, way: _Way, seen: Seen | None) -> bool:
        """Whether the output that exists is blurred, and should not be."""
        if seen is None or not seen.is_blurred:
            return False
        facts = self.final_facts(entry, seen, way, self.unstopped, seen)
        return self.final_verdict(entry, facts).action is Action.KEEP


def _looker(choice: DetectorChoice) -> Looker:
    return Looker(choice.name, choice.weights)


def _way(entry: SourceEntry, decided: Verdict | Pending) -> _Way:
    """Faces are looked for; or only the metadata are cleaned; or nobody looks."""
    if isinstance(decided, Pending) or decided.action is Action.BLUR:
        return _Way.LOOKED_AT if entry.sha256 is not None else _Way.UNSEEN
    return _Way.UNSEEN if decided.action is Action.EXCLUDE or entry.sha256 is None else _Way.CLEANED


@contextmanager
def _materials(station: Station, release: Release) -> Iterator[_Materials]:
    home = station.home
    with home.reading() as session:
        parent = session.get_one(Import, release.import_id)
        published = session.get_one(PublishedPolicy, release.policy_id)
    try:
        recipe = recipes.load(home.blobs.read(release.recipe_sha256))
    except BlurringError as error:
        raise UnavailableError(f"The recipe {release.recipe_name} cannot be followed: {error}.") from error
    policy = policies.load(home.blobs, published)
    with station.act() as act:
        chosen = known_faces.begin(act, home.blobs, release.id)
        layer = act.session.get(Layer, chosen.layer_id) if chosen.layer_id is not None else None
    known = known_boxes.opened(home.blobs, chosen, layer)
    with (
        manifests.opened(home.blobs, planning.manifest_of(parent)) as manifest,
        evidence.opened(home.blobs, manifest, release.plan.get("layers", [])) as said,
    ):
        source, digest = Path(parent.source), release.recipe_sha256
        faces = known, chosen, layer
        planned = verdicts.as_planned(release.plan)
        before = manifests.Parent(manifest, str(parent.root))
        yield _Materials(station, release.id, before, source, policy, recipe, digest, *faces, said, planned)


def _build(materials: _Materials) -> Built:
    ways = materials.ways()
    materials.looking().work(materials.items(ways), len(ways) - ways.count(_Way.UNSEEN))
    kept = materials.kept_with_faces(ways)
    materials.cleaning().work(materials.to_clean(kept), kept.count(True))
    station = materials.station
    with station.act() as act:
        planned = materials.unstopped
        stopped = replace(verdicts.stops(act.session, act.now), excepted=planned.excepted, reviewed=planned.reviewed)
    with tempfile.TemporaryDirectory(prefix="accession-build-") as folder:
        file, facts_file = Path(folder) / "manifest.parquet", Path(folder) / "facts.lines"
        tally = Tally()
        extras = [name for name in manifests.extras_of(materials.parent.file) if name in columns.PLACE]
        with facts_file.open("wb") as facts:
            totals = manifests.write_release(
                tally.counted(_entries(materials, ways, kept, stopped, facts)),
                file,
                extras,
                parent=materials.parent,
            )
        return Built(
            manifest_sha256=station.home.blobs.put_file(file),
            lines_sha256=totals.lines_sha256.removeprefix("sha256:"),
            facts_sha256=station.home.blobs.put_file(facts_file, is_packed=True),
            previews_sha256=station.home.blobs.put(materials.previews(), is_packed=True),
            root=totals.root,
            parent_root=totals.parent_root,
            counts=tally.as_json()
            | {
                "detector": materials.figures(tally.faces),
                "rows": totals.rows,
                "size_bytes": totals.size_bytes,
                "output_size_bytes": totals.output_size_bytes,
                "parent_root": totals.parent_root,
            },
        )


def _entries(
    materials: _Materials, ways: bytes, kept: bytes, stopped: Stops, facts_out: BinaryIO
) -> Iterator[ReleaseEntry]:
    """One entry per parent image, in path order; the facts that each is decided by are written beside it."""
    cleaned = materials.cleaning().results()
    names = records.names_for(materials.policy)
    for (entry, way, seen), is_kept in zip(materials.seen(ways), kept, strict=True):
        if seen is None:
            facts = materials.unseen_facts(entry, stopped)
            facts_out.write(records.encode(facts, names) + b"\n")
            yield _excluded_unseen(materials, entry, facts)
            continue
        # What could not be cleaned is not handed out as it was.
        output = next(cleaned) if is_kept else seen
        facts = materials.final_facts(entry, seen, way, stopped, output)
        facts_out.write(records.encode(facts, names) + b"\n")
        verdict = materials.final_verdict(entry, facts)
        if way is _Way.CLEANED:
            yield _entry(entry, verdict, output)
            continue
        # What the policy keeps with its faces was looked at, and left as it was.
        boxes = seen.boxes if output is seen else tuple(box._replace(zone=FaceZone.LEAVE) for box in seen.boxes)
        yield replace(_entry(entry, verdict, output), faces=len(seen.faces), boxes=boxes, look=materials.look(seen))


def _excluded_unseen(materials: _Materials, entry: SourceEntry, facts: ImageFacts) -> ReleaseEntry:
    decided = evaluate(materials.policy, facts)
    if isinstance(decided, Pending) or decided.action is not Action.EXCLUDE:
        raise AccountNotClosedError(f"{entry.path} was not looked at, and is not excluded.")
    return ReleaseEntry(entry, lines.Verdict.EXCLUDE, decided.reasons)


def _entry(entry: SourceEntry, verdict: Verdict, output: Seen) -> ReleaseEntry:
    """The entry without what is known of its faces."""
    if verdict.action is Action.EXCLUDE:
        return ReleaseEntry(entry, lines.Verdict.EXCLUDE, verdict.reasons)
    is_changed = output.output_sha256 is not None
    reasons = set(verdict.reasons)
    # A blur that met no face changed nothing that anybody would see; the account calls that what it is.
    action = verdict.action if output.is_blurred else Action.KEEP
    if verdict.action is Action.BLUR and not output.is_blurred:
        reasons.add(NOTHING_TO_BLUR)
    if is_changed and not output.is_blurred:
        reasons.add(METADATA_REMOVED)
    return ReleaseEntry(
        entry,
        lines.Verdict(action.value),
        tuple(sorted(reasons)),
        output_sha256=output.output_sha256 or entry.sha256,
        output_size_bytes=output.output_size_bytes if is_changed else entry.size_bytes,
    )
