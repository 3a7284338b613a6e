"""Releases in which images wait for a review: written by hand, as a build would have left them, or built by it."""

from dataclasses import replace

from policies.verdicts import AWAITING_REVIEW, Action
from registry.home import Home
from registry.proof.manifest import Verdict
from registry.queries import pictures
from registry.services import image_reviews
from tests.factories import homes, manifests, policies
from tests.factories.homes import TWINS, WAVES

# By path; the last two have the same bytes.
WAITING = (WAVES, *TWINS)
POLICY = "waiting"
DOUBT = "class-doubtful"
REASON = "I looked at it."


def publish(home: Home) -> None:
    """A policy that sends the images of `WAITING` to review."""
    waits = policies.rule(id="doubt", when={"path": {"in": list(WAITING)}}, then="review", reason=DOUBT)
    document = policies.document(
        name=POLICY,
        rules=[waits],
        otherwise={"then": "keep", "reason": manifests.KEPT, "sentence": "All others are kept."},
    )
    homes.publish_policy(home, policies.text(document))


def build(home: Home) -> str:
    """The label of a release in which they wait, written by hand; its policy is published."""
    publish(home)
    label = homes.plan(home, policy=POLICY)
    found = manifests.judged(manifests.parent(home), dict.fromkeys(WAITING, DOUBT))
    entries = [
        replace(entry, reasons=(AWAITING_REVIEW, DOUBT)) if entry.source.path in WAITING else entry for entry in found
    ]
    built = manifests.write(home, entries)
    built.counts["reasons"] = {"exclude": {AWAITING_REVIEW: len(WAITING), DOUBT: len(WAITING)}}
    manifests.finish(home, homes.ask_build(home, label), built)
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
