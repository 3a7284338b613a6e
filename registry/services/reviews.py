"""Reviews: has enough of what was doubtful about faces been decided for a release to be signed?"""

from dataclasses import dataclass

from sqlmodel import Session

from policies import releases as rules
from policies.releases import ApprovalProblem
from registry.blobs import BlobStore
from registry.errors import WrongStateError
from registry.models.policies import Policy
from registry.models.releases import Release
from registry.queries import faces
from registry.queries.faces import Standing
from registry.services import policies


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


def read(session: Session, blobs: BlobStore, release: Release) -> Reviewed:
    """How far a built release is reviewed.

    Raises:
        WrongStateError: it is not built yet.
    """
    limit = policies.load(blobs, session.get_one(Policy, release.policy_id)).document.open_reviews_at_most
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
