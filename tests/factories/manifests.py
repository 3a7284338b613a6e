"""Releases whose pictures nobody has looked at: a manifest is written by hand, and the record takes it as built."""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from policies import records
from policies.facts import ImageFacts
from policies.verdicts import HOLD, TAKEDOWN
from registry.access import WORKER
from registry.acts import begin
from registry.catalogue import manifests, previews, seen
from registry.catalogue.entries import ReleaseEntry, SourceEntry
from registry.catalogue.seen import Seen
from registry.home import Home
from registry.models.imports import Import
from registry.models.releases import Release
from registry.proof import manifest as lines
from registry.proof.manifest import Totals, Verdict
from registry.queries import names
from registry.services import builds, planning
from registry.services.builds import Built
from tests.factories import homes, pictures
from tests.factories import policies as documents
from tests.factories.homes import NOW, VARIANT

PREVIEW = pictures.webp(48, 36)
KEPT = "nothing-against-it"


def parent(home: Home, variant: str = VARIANT) -> list[SourceEntry]:
    """What the variant's newest import saw."""
    with home.reading() as session:
        found = planning.newest_import(session, names.variant(session, variant).id, variant)
    with manifests.opened(home.blobs, found.manifest_sha256 or "") as file:
        return list(manifests.iter_source(file))


def judged(entries: Iterable[SourceEntry], excluded: dict[str, str]) -> list[ReleaseEntry]:
    """Every entry kept as it is, but for those that are excluded (path to reason) or have a defect."""
    made = []
    for entry in entries:
        reason = excluded.get(entry.path) or entry.defect
        if reason:
            made.append(ReleaseEntry(entry, Verdict.EXCLUDE, (reason,)))
        else:
            made.append(
                ReleaseEntry(
                    entry,
                    Verdict.KEEP,
                    (KEPT,),
                    0,
                    output_sha256=entry.sha256,
                    output_size_bytes=entry.size_bytes,
                )
            )
    return made


def write(home: Home, entries: list[ReleaseEntry]) -> Built:
    """The manifest in the blob store, and what its lines add up to."""
    with tempfile.TemporaryDirectory() as folder:
        file, facts_file = Path(folder) / "manifest.parquet", Path(folder) / "facts.lines"
        totals = manifests.write_release(iter(entries), file)
        facts_file.write_bytes(b"".join(records.encode(facts_of(entry), records.STOPS) + b"\n" for entry in entries))
        verdicts = Counter({verdict.value: 0 for verdict in Verdict})
        verdicts.update(entry.verdict.value for entry in entries)
        counts = {"verdicts": dict(verdicts), "reasons": {}, "labels": {}, "rows": totals.rows}
        put = home.blobs.put_file
        shown = [
            Seen(e.source.path, False, None, (), None, None, "cpu", preview=PREVIEW) for e in entries if e.output_sha256
        ]
        index = previews.index(file, len(entries), {0: home.blobs.put(seen.packed(shown))})
        small = home.blobs.put(index)
        lines_sha256 = totals.lines_sha256.removeprefix("sha256:")
        return Built(put(file), lines_sha256, put(facts_file), small, totals.root, totals.parent_root, counts)


def totals(home: Home, release: Release) -> Totals:
    """What the lines of a release add up to."""
    with (
        manifests.lines_of(home.blobs, release.manifest_sha256 or "", release.lines_sha256 or "") as file,
        file.open("rb") as stream,
    ):
        return lines.measure(stream)


def facts_of(entry: ReleaseEntry) -> ImageFacts:
    """What an entry that was written by hand would have been decided by."""
    source = entry.source
    held, taken_down = HOLD in entry.reasons, TAKEDOWN in entry.reasons
    return ImageFacts(
        path=source.path, defect=source.defect, faces=entry.faces or 0, is_held=held, is_taken_down=taken_down
    )


def finish(home: Home, release_id: UUID, built: Built, now: datetime = NOW) -> None:
    """The worker's record of the build."""
    with begin(home.sessions, WORKER, now) as act:
        builds.finish(act, release_id, built)


def build(home: Home, excluded: dict[str, str] | None = None, now: datetime = NOW) -> Release:
    """A new release of `VARIANT`, built without looking at a pixel, by a policy that excludes these paths."""
    label = homes.plan(home, policy=publish_policy(home, excluded or {}), now=now)
    built = write(home, judged(parent(home), excluded or {}))
    finish(home, homes.ask_build(home, label), built, now)
    return homes.release(home, label)


def publish_policy(home: Home, excluded: dict[str, str]) -> str:
    """The name of a published policy that excludes these paths for these reasons, and keeps all others."""
    rules = [
        documents.rule(id=f"rule-{number}", when={"path": {"in": [path]}}, then="exclude", reason=reason)
        for number, (path, reason) in enumerate((excluded or {"no/such/image": "none"}).items())
    ]
    otherwise = {"then": "keep", "reason": KEPT, "sentence": "All others are kept."}
    name = f"paths-{hashlib.sha256(repr(excluded).encode()).hexdigest()[:8]}"
    homes.publish_policy(home, documents.text(documents.document(name=name, rules=rules, otherwise=otherwise)))
    return name


def label_of(home: Home, release: Release) -> str:
    """What people call the release."""
    with home.reading() as session:
        return names.release_label(session, release)


def import_of(home: Home, release: Release) -> Import:
    """What the release was made from."""
    with home.reading() as session:
        return session.get_one(Import, release.import_id)
