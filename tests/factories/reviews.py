"""Releases in which something is doubtful: a manifest is written by hand, as a build would have left it."""

from dataclasses import replace

from registry.catalogue.entries import Box, FaceOrigin, FaceZone, Look, Looker, ReleaseEntry
from registry.home import Home
from registry.proof.manifest import Verdict
from registry.services import faces
from registry.services.faces import Step
from tests.factories import homes, manifests
from tests.factories import policies as documents
from tests.factories.homes import ASTRONAUT, FIRST, GPS, NOW, PERSON, WAVES

BLURRED = Box(180, 60, 270, 190, 0.9)
AGAIN = Box(182, 62, 268, 188, 0.5, FaceZone.REVIEW, FaceOrigin.SECOND_LOOK)
DOUBTFUL = Box(5, 6, 25, 26, 0.04, FaceZone.REVIEW)
SECOND_DOUBT = Box(30, 6, 50, 26, 0.35, FaceZone.REVIEW, FaceOrigin.ONE_LOOK)
# As releases had it before what one look saw was told apart.
LEAST_DOUBT = DOUBTFUL._replace(score=0.003)
REASON = "I looked at it."


LOOKER = Looker("centerface", "sha256:" + "2" * 64)
LOOK = Look("sha256:" + "1" * 64, "cpu", LOOKER, LOOKER, 7)


def entries(home: Home) -> list[ReleaseEntry]:
    """The astronaut blurred and found again, two pictures with doubtful boxes, a doubt about what is excluded."""
    found = manifests.judged(manifests.parent(home), {PERSON: "person-class"})
    changed = {
        ASTRONAUT: {
            "verdict": Verdict.BLUR,
            "reasons": ("face",),
            "faces": 1,
            "boxes": (BLURRED, AGAIN),
            "output_sha256": home.blobs.put(b"blurred"),
            "output_size_bytes": 7,
            "look": LOOK,
        },
        GPS: {"boxes": (DOUBTFUL, SECOND_DOUBT), "look": LOOK},
        WAVES: {"boxes": (LEAST_DOUBT,), "look": LOOK},
        PERSON: {"boxes": (DOUBTFUL,), "look": LOOK},
    }
    return [replace(entry, **changed.get(entry.source.path, {})) for entry in found]  # type: ignore[arg-type]


def build(home: Home, open_at_most: int | None = 0) -> str:
    """The label of a release of `homes.VARIANT` with something to decide, by a policy that allows so much of it."""
    person = documents.rule(id="person", when={"path": {"in": [PERSON]}}, then="exclude", reason="person-class")
    document = documents.document(
        name=f"reviewed-{open_at_most}".lower(),
        rules=[person, documents.rule()],
        otherwise={"then": "keep", "reason": manifests.KEPT, "sentence": "All others are kept."},
        open_reviews_at_most=open_at_most,
    )
    homes.publish_policy(home, documents.text(document))
    label = homes.plan(home, policy=str(document["name"]))
    built = manifests.write(home, entries(home))
    built.counts["detector"] = {"name": "dlib-hog", "weights": "sha256:" + "2" * 64, "device": "cpu"}
    manifests.finish(home, homes.ask_build(home, label), built)
    return label


def decide(home: Home, path: str, *steps: Step, label: str = FIRST, who: str = "rita") -> None:
    """Somebody decides about boxes of a picture."""
    with homes.act(home, who, NOW) as act:
        faces.decide(act, home.blobs, label, path, steps, REASON)
