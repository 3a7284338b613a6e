"""Releases in which images wait for a review, built by the real handlers."""

from policies.verdicts import Action
from registry.home import Home
from registry.proof.manifest import Verdict
from registry.queries import pictures
from registry.services import image_reviews
from tests.factories import homes, policies

CLASS = "n02000002"
POLICY = "waiting"
WAITS = policies.rule(id="doubt", when={"label": {"in": [CLASS]}}, then="review", reason="class-doubtful")
REASON = "I looked at it."


def build(home: Home, *, is_published: bool = False) -> str:
    """The label of a built release in which the images of `CLASS` wait; its policy is published where it is not yet."""
    if not is_published:
        document = policies.document(name=POLICY, rules=[WAITS, policies.rule()])
        homes.publish_policy(home, policies.text(document))
    label = homes.plan(home, policy=POLICY)
    homes.build(home, label)
    return label


def answer(home: Home, label: str, path: str, decided: Action = Action.KEEP, handle: str = "rita") -> None:
    """Somebody's answer for one image."""
    with homes.act(home, handle) as act:
        image_reviews.decide(act, home.blobs, label, [path], decided, REASON)


def outcome(home: Home, label: str, path: str) -> tuple[Verdict, tuple[str, ...]]:
    """What became of an image in a release, and why."""
    with home.reading() as session:
        entry = pictures.read_picture(session, home.blobs, label, path)
    return entry.verdict, entry.reasons
