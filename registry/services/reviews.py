"""Reviews: has enough of what was doubtful about faces been decided for a release to be signed?"""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from policies import releases as rules
from policies.releases import ApprovalProblem
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.errors import WrongStateError
from registry.models.imports import Import
from registry.models.policies import Policy
from registry.models.releases import Release
from registry.queries import faces
from registry.queries.faces import Standing
from registry.services import planning, policies


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How far a release is reviewed, and what its policy asks for.

    Attributes:
        limit: with how many pictures that wait the policy signs; None for any number.
        problems: why the review stands between the release and its signature; empty where it does not.
    """

    standing: Standing
    limit: int | None
    problems: tuple[ApprovalProblem, ...]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is known of a review before a release is built.

    Attributes:
        decided: images of the import about whose faces people have decided; the build obeys.
        limit: with how many pictures that wait the policy signs; None for any number.
    """

    decided: int
    limit: int | None


def ahead(session: Session, blobs: BlobStore, import_id: UUID, policy_id: UUID) -> Ahead:
    """What is known of the review of a release of this import by this policy, before it is built."""
    manifest = planning.manifest_of(session.get_one(Import, import_id))
    with manifests.opened(blobs, manifest) as file:
        count = manifests.count_among(file, sorted(faces.obeyed(session)))
    return Ahead(count, _limit(session, blobs, policy_id))


def read(session: Session, blobs: BlobStore, release: Release) -> Reviewed:
    """How far a built release is reviewed.

    Raises:
        WrongStateError: it is not built yet.
    """
    limit = _limit(session, blobs, release.policy_id)
    standing = faces.standing(session, blobs, release)
    return Reviewed(standing, limit, rules.check_reviews(limit, is_open=standing.open, unmet=standing.unmet))


def expect_reviewed(session: Session, blobs: BlobStore, release: Release) -> None:
    """Nothing, when as much of the release is reviewed as its policy asks for, and it blurs what was confirmed.

    Raises:
        WrongStateError: it is not.
    """
    problems = read(session, blobs, release).problems
    if problems:
        raise WrongStateError(" ".join(problem.sentence for problem in problems))


def _limit(session: Session, blobs: BlobStore, policy_id: UUID) -> int | None:
    return policies.load(blobs, session.get_one(Policy, policy_id)).document.open_reviews_at_most
