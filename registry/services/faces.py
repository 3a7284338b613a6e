"""Faces: what a reviewer says about boxes.

A decision is about the bytes of an image; every later build of every variant that holds them obeys it. Nothing is
taken back: a newer decision about the same place counts instead. One that takes a blur away is proposed by one person
and counts once another one has made it too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.catalogue.decided import NOTHING, Decided, Place
from registry.catalogue.entries import Box, FaceOrigin, ReleaseEntry
from registry.errors import ForbiddenError, InvalidInputError, NotFoundError
from registry.models.faces import FaceDecision, FaceStep, FaceVerdict
from registry.queries import faces, names, pictures
from registry.services import reasons, verdicts

STEPS_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done with one box.

    Attributes:
        place: an existing box to accept, reject or move; or a new one to add.
        to: where a box is moved to; None for the other steps.
    """

    kind: FaceStep
    place: Place
    to: Place | None = None


def decide(act: Act, blobs: BlobStore, label: str, path: str, steps: Sequence[Step], reason: str) -> int:
    """The reviewer's word about boxes of one picture is on record.

    Args:
        act: the act of the reviewer.
        blobs: where manifests are.
        label: of the built release that they looked at.
        path: of the picture.
        steps: what to do with which box; one for each place.
        reason: in their own words.

    Returns:
        About how many of these boxes a second person has to say the same before a build obeys.

    Raises:
        ForbiddenError: the actor may not decide, has proposed the same before, or the image is taken down.
        NotFoundError: there is no such release, or no such picture in it.
        WrongStateError: the release is not built yet.
        InvalidInputError: no reason, no step, a box that is none or not in the picture, or one that nobody has found.
    """
    require(act.actor, Permission.FACES_DECIDE)
    release = names.release(act.session, label)
    entry = pictures.read_picture(act.session, blobs, label, path)
    sha256 = entry.source.sha256
    if sha256 is None or entry.output_sha256 is None:
        raise NotFoundError(f"{label} does not hand out this picture.")
    if sha256 in verdicts.taken_down(act.session):
        raise ForbiddenError("This image is taken down; nothing about it is decided any more.")
    reasons.expect(reason, "A decision")
    known = faces.decided(act.session, [sha256]).get(sha256, NOTHING)
    rows = [row for step in _expected(steps, entry, known) for row in _rows(step, entry)]
    _expect_another(act, sha256, rows)
    for kind, verdict, place in rows:
        left, top, right, bottom = place
        act.session.add(
            FaceDecision(
                id=ids.new_id(),
                image_sha256=sha256,
                step=kind,
                verdict=verdict,
                left_px=left,
                top_px=top,
                right_px=right,
                bottom_px=bottom,
                release_id=release.id,
                path=path,
                reason=reason.strip(),
                decided_by=act.actor.person(),
                decided_at=act.now,
            )
        )
    counts = {kind.value: sum(step.kind is kind for step in steps) for kind in FaceStep}
    audit.record(act, Event.FACES_DECIDED, "image", f"sha256:{sha256}", release=label, path=path, **counts)
    act.session.flush()
    return len(faces.proposals(act.session, sha256).keys() & {place for _, _, place in rows})


def _expect_another(act: Act, sha256: str, rows: Sequence[tuple[FaceStep, FaceVerdict, Place]]) -> None:
    """Nothing, when nobody agrees with themselves.

    Raises:
        ForbiddenError: the actor has proposed one of these already.
    """
    proposed = faces.proposals(act.session, sha256)
    for _, verdict, place in rows:
        before = proposed.get(place)
        if before is not None and (before.proposed, before.by) == (verdict, act.actor.person()):
            raise ForbiddenError(f"You have proposed this about the box {_words(place)}; somebody else has to agree.")


def _expected(steps: Sequence[Step], entry: ReleaseEntry, known: Decided) -> Sequence[Step]:
    """The steps, each of which can be taken.

    Raises:
        InvalidInputError: one cannot.
    """
    if not 0 < len(steps) <= STEPS_AT_MOST:
        raise InvalidInputError("Say what is to be done with at least one box.")
    there = {box.place for box in entry.boxes} | known.places
    new = [place for step in steps for place in _new_places(step)]
    for place in new:
        _expect_inside(place, entry)
    for step in steps:
        if step.kind is not FaceStep.ADDED and step.place not in there:
            raise InvalidInputError(f"There is no box at {_words(step.place)} in this picture.")
    places = [*(step.place for step in steps if step.kind is not FaceStep.ADDED), *new]
    if len(set(places)) < len(places):
        raise InvalidInputError("Two decisions are about the same box.")
    return steps


def _new_places(step: Step) -> tuple[Place, ...]:
    match step.kind:
        case FaceStep.ADDED:
            return (step.place,)
        case FaceStep.MOVED:
            if step.to is None:
                raise InvalidInputError(f"Say where the box at {_words(step.place)} is moved to.")
            return (step.to,)
        case FaceStep.ACCEPTED | FaceStep.REJECTED:
            return ()


def _expect_inside(place: Place, entry: ReleaseEntry) -> None:
    left, top, right, bottom = place
    width, height = entry.source.width or 0, entry.source.height or 0
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise InvalidInputError(
            f"The box {_words(place)} is not one inside this picture of {width} by {height} pixels."
        )


def _rows(step: Step, entry: ReleaseEntry) -> list[tuple[FaceStep, FaceVerdict, Place]]:
    """What is written down for a step: one row, or two for a box that moves."""
    match step.kind:
        case FaceStep.ACCEPTED | FaceStep.ADDED:
            return [(step.kind, FaceVerdict.FACE, step.place)]
        case FaceStep.REJECTED:
            return [(step.kind, _rejected(step.place, entry.boxes), step.place)]
        case FaceStep.MOVED:
            old = (step.kind, _rejected(step.place, entry.boxes), step.place)
            return [old, *((step.kind, FaceVerdict.FACE, place) for place in _new_places(step))]


def _rejected(place: Place, boxes: Sequence[Box]) -> FaceVerdict:
    """What it means to reject a box: of the second look, that nobody can be recognised there as it comes out."""
    again = {box.place for box in boxes if box.origin is FaceOrigin.SECOND_LOOK}
    first = {box.place for box in boxes} - again
    return FaceVerdict.HIDDEN if place in again and place not in first else FaceVerdict.NO_FACE


def _words(place: Place) -> str:
    return ",".join(map(str, place))
