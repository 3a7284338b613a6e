"""What may the policy know about an image of ours? Entries and cases, put as facts; and the verdict that follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlmodel import Session, col, select

from policies.document import Policy
from policies.evaluate import Pending, evaluate
from policies.facts import PENDING, ImageFacts, Missing
from policies.takedowns import CaseState
from policies.verdicts import Action, Verdict
from registry.catalogue import splits
from registry.catalogue.entries import Box, SourceEntry
from registry.models.exceptions import Grant
from registry.models.takedowns import TakedownCase, TakedownImage
from registry.queries import exceptions, image_reviews
from registry.queries.image_reviews import Decisions

NOTHING_KNOWN: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Stops:
    """Images that may not be released, by the SHA-256 of their bytes.

    Attributes:
        held: a case about them is not decided yet.
        taken_down: a case about them was upheld.
        excepted: what was granted for an image in spite of the policy; stops nothing.
        reviewed: what people decided about an image that a rule had sent to review; stops nothing.
    """

    held: frozenset[str]
    taken_down: frozenset[str]
    excepted: Mapping[str, Action] = field(default_factory=dict)
    reviewed: Mapping[str, Decisions] = field(default_factory=dict)

    def covers(self, sha256: str | None) -> bool:
        """Whether an image with these bytes may not be released."""
        return sha256 is not None and (sha256 in self.held or sha256 in self.taken_down)


def stops(session: Session, now: datetime) -> Stops:
    """What is held and what is taken down at a time, over all variants: equal bytes are one image."""
    granted = exceptions.in_force(session, now)
    return Stops(
        held=_images_of(session, [state for state in CaseState if state.is_holding])
        | {digest for digest, grant in granted.items() if grant is Grant.HOLD},
        taken_down=taken_down(session),
        excepted={digest: Action(grant.value) for digest, grant in granted.items() if grant is not Grant.HOLD},
    )


def taken_down(session: Session) -> frozenset[str]:
    """What is taken down for good, over all variants; no time passes that changes it."""
    return _images_of(session, [state for state in CaseState if state.is_taken_down])


def known(session: Session, now: datetime) -> Stops:
    """The same, and what people decided about images that rules had sent to review."""
    return replace(stops(session, now), reviewed=image_reviews.decided(session))


def as_planned(plan: Mapping[str, Any]) -> Stops:
    """The exceptions and the decisions that a plan was shown with, and nothing held or taken down."""
    reviewed = {
        digest: tuple((reason, Action(action)) for reason, action in sorted(said.items()))
        for digest, said in plan.get("reviewed", {}).items()
    }
    return Stops(frozenset(), frozenset(), granted(plan), reviewed)


def granted(plan: Mapping[str, Any]) -> dict[str, Action]:
    """The exceptions that a plan was shown with, by the SHA-256 of the image."""
    return {digest: Action(action) for digest, action in plan.get("exceptions", {}).items()}


def _images_of(session: Session, states: list[CaseState]) -> frozenset[str]:
    statement = (
        select(TakedownImage.image_sha256)
        .join(TakedownCase, col(TakedownCase.id) == col(TakedownImage.case_id))
        .where(col(TakedownCase.state).in_(states))
    )
    return frozenset(session.exec(statement))


def decide(
    policy: Policy,
    entry: SourceEntry,
    stopped: Stops,
    *,
    boxes: Sequence[Box] | Missing = PENDING,
    defect: str | None = None,
    known: Mapping[str, Any] = NOTHING_KNOWN,
) -> Verdict | Pending:
    """The policy's verdict about one entry; the arguments are those of `facts_of`."""
    return evaluate(policy, facts_of(entry, stopped, boxes=boxes, defect=defect, known=known))


def facts_of(
    entry: SourceEntry,
    stopped: Stops,
    *,
    boxes: Sequence[Box] | Missing = PENDING,
    defect: str | None = None,
    known: Mapping[str, Any] = NOTHING_KNOWN,
) -> ImageFacts:
    """What a policy may know about one entry.

    Args:
        entry: what import saw.
        stopped: what is held or taken down.
        boxes: the faces that were found; PENDING before anybody looked.
        defect: what turned out to be wrong when the picture was opened, on top of what import saw.
        known: further facts by their names, from the variant's layers.
    """
    places = {
        "split": splits.split_of(entry.path),
        "source_url": entry.url,
        "source_host": splits.host_of(entry.url),
    }
    return ImageFacts(
        **(places | {name: value for name, value in known.items() if value is not None}),
        path=entry.path,
        label=entry.label,
        format=entry.format,
        width=entry.width,
        height=entry.height,
        size_bytes=entry.size_bytes,
        defect=entry.defect or defect,
        faces=boxes if isinstance(boxes, Missing) else len(boxes),
        largest_face_px=boxes if isinstance(boxes, Missing) else max(map(_longer_side, boxes), default=0),
        is_held=entry.sha256 in stopped.held,
        is_taken_down=entry.sha256 in stopped.taken_down,
        exception=stopped.excepted.get(entry.sha256 or ""),
        reviewed=stopped.reviewed.get(entry.sha256 or "", ()),
    )


def _longer_side(box: Box) -> int:
    return max(box.right - box.left, box.bottom - box.top)
