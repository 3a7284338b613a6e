"""What does a release add up to, by everything that people ask about? Counted while its entries pass."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from registry.catalogue.entries import FaceOrigin, FaceZone, ReleaseEntry
from registry.proof.manifest import Verdict
from registry.services.builds import FACE_COUNTS


class Tally:
    """Counts entries by what people ask about, while they pass."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter({verdict.value: 0 for verdict in Verdict})
        self.reasons: dict[str, Counter[str]] = {}
        self.labels: dict[str, Counter[str]] = {}
        self.faces: Counter[str] = Counter(dict.fromkeys(FACE_COUNTS, 0))

    def counted(self, entries: Iterator[ReleaseEntry]) -> Iterator[ReleaseEntry]:
        """The entries themselves."""
        for entry in entries:
            self.verdicts[entry.verdict] += 1
            self.reasons.setdefault(entry.verdict, Counter()).update(entry.reasons)
            self.labels.setdefault(entry.source.label or "", Counter())[entry.verdict] += 1
            self.faces.update(_face_counts(entry))
            yield entry

    def as_json(self) -> dict[str, Any]:
        """The counts, as `Release.counts` keeps them."""
        return {
            "verdicts": dict(self.verdicts),
            "reasons": {verdict: dict(sorted(counts.items())) for verdict, counts in self.reasons.items()},
            "labels": {label: dict(counts) for label, counts in self.labels.items()},
            "faces": dict(self.faces),
        }


def _face_counts(entry: ReleaseEntry) -> dict[str, int]:
    """What one image adds to what is said of faces, by the names of `builds.FACE_COUNTS`."""
    if entry.look is None or entry.verdict is Verdict.EXCLUDE:
        return {}
    asked = entry.reviews
    again = [box for box in asked if box.origin is FaceOrigin.SECOND_LOOK]
    return {
        "images_looked_at": 1,
        "faces_blurred": sum(box.zone is FaceZone.BLUR for box in entry.boxes),
        "faces_known": sum(box.origin is FaceOrigin.KNOWN for box in entry.boxes),
        "images_looked_at_again": entry.look.second is not None,
        "found_again": len(again),
        "images_found_again": bool(again),
        "doubtful": len(asked),
        "images_doubtful": bool(asked),
    }
