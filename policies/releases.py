"""Which approvals does a release need, and do these suffice? Four eyes, and a third pair that signs.

Nobody is exempt: there is no role here that bypasses. An approval is bound to the digest of what was approved, so a
plan that changed has none.
"""

from dataclasses import dataclass

APPROVER = "approver"


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What decides how many people have to approve a release.

    Attributes:
        exclusions_lifted: images that the previous release of the variant excluded and this one keeps or blurs.
    """

    exclusions_lifted: int = 0


@dataclass(frozen=True, slots=True)
class Requirement:
    """How many different people must approve, in which role, and why so many."""

    count: int
    role: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's approval of exactly the plan with this digest (`sha256:<hex>`)."""

    person: str
    role: str
    digest: str


@dataclass(frozen=True, slots=True)
class ApprovalProblem:
    """Why a release may not be signed: a kebab-case code and a sentence for people."""

    code: str
    sentence: str


def required_approvals(facts: ReleaseFacts) -> Requirement:
    """Two people; three where an image that was excluded comes back, for that cannot be undone in copies."""
    if facts.exclusions_lifted > 0:
        return Requirement(3, APPROVER, "Three people approve a release that lifts exclusions.")
    return Requirement(2, APPROVER, "Two people approve a release.")


def check(
    requirement: Requirement,
    *,
    planner: str,
    approvals: tuple[Approval, ...],
    signer: str | None,
    digest: str,
) -> tuple[ApprovalProblem, ...]:
    """Every problem that stands between the plan and its signature; empty when there is none.

    Args:
        requirement: from `required_approvals`.
        planner: who planned the release.
        approvals: every approval on record, also void ones.
        signer: who is about to sign; None while approvals are still being gathered.
        digest: of what is to be signed now.
    """
    current = [approval for approval in approvals if approval.digest == digest]
    counted = {a.person for a in current if a.role == requirement.role} - {planner}
    problems = []
    if len(counted) < requirement.count:
        sentence = f"{requirement.sentence} {len(counted)} of {requirement.count} have"
        uncounted = _uncounted(requirement, planner, approvals, digest)
        problems.append(ApprovalProblem("approvals-missing", f"{sentence}{uncounted}."))
    if signer is not None and signer == planner:
        problems.append(ApprovalProblem("signer-planned", "Who planned a release does not sign it."))
    if signer is not None and signer in {approval.person for approval in current}:
        problems.append(ApprovalProblem("signer-approved", "Who approved a release does not sign it."))
    return tuple(problems)


def check_reviews(limit: int | None, *, is_open: int, unmet: int) -> tuple[ApprovalProblem, ...]:
    """Every problem that the review of doubtful faces leaves; empty when there is none.

    Args:
        limit: how many pictures may wait, as the policy says; None for any number.
        is_open: pictures in which nobody has decided yet what is a face.
        unmet: pictures that show a face which a person has confirmed since they were built.
    """
    problems = []
    if limit is not None and is_open > limit:
        sentence = f"{_pictures(is_open)} for somebody to decide what is a face; the policy signs with {limit} at most."
        problems.append(ApprovalProblem("reviews-open", sentence))
    if unmet:
        sentence = f"{unmet:,} pictures show a face that was confirmed after they were built; plan and build again."
        problems.append(ApprovalProblem("faces-unmet", sentence))
    return tuple(problems)


def _pictures(count: int) -> str:
    return "1 picture waits" if count == 1 else f"{count:,} pictures wait"


def _uncounted(requirement: Requirement, planner: str, approvals: tuple[Approval, ...], digest: str) -> str:
    """Why approvals on record do not count, as the rest of a sentence; empty when all of them do."""
    why = []
    if any(approval.digest != digest for approval in approvals):
        why.append("an approval of another plan is void")
    if any(approval.person == planner for approval in approvals):
        why.append("the planner's own does not count")
    if any(approval.role != requirement.role for approval in approvals):
        why.append(f"only people with the role {requirement.role} are counted")
    return f" ({'; '.join(why)})" if why else ""
