"""Which approvals does a release need, and do these suffice? Four eyes, and a third pair that signs.

Nobody is exempt: there is no role here that bypasses. An approval is bound to the digest of what was approved, so a
plan that changed has none.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, model_validator

from policies import seats
from policies.questions import AT_LEAST_ONE, NotEmpty, Range, Slug, Strict
from policies.rules import Sentence, Source
from policies.seats import Places

APPROVERS = ("approver", "reviewer")
PEOPLE_MIN = 2
PLANNER, SIGNER = "planner", "signer"


class ReleaseFact(StrEnum):
    """What decides how many people have to approve a release; `ReleaseFacts` says what each is."""

    EXCLUSIONS_LIFTED = "exclusions_lifted"
    IMAGES_WITH_PEOPLE = "images_with_people"
    CONFLICTS_RELEASED = "conflicts_released"
    EXCEPTIONS_USED = "exceptions_used"


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What is known of a release that waits for approval.

    Attributes:
        exclusions_lifted: images that the previous release of the variant excluded and this one keeps or blurs.
        images_with_people: images whose faces were blurred.
        conflicts_released: images whose evidence of rights contradicts itself, and that are not excluded.
        exceptions_used: exceptions that decided about one of its images.
    """

    exclusions_lifted: int = 0
    images_with_people: int = 0
    conflicts_released: int = 0
    exceptions_used: int = 0


def _only_of_those_who_approve(asked: object) -> object:
    strange = [role for role in asked if role not in APPROVERS] if isinstance(asked, dict) else []
    if strange:
        words = f"`{str(strange[0])[:40]}` approves no release: {' and '.join(APPROVERS)} do, and nobody bypasses them"
        raise ValueError(words)
    return asked


def _of_two_people(asked: dict[str, int]) -> dict[str, int]:
    if sum(asked.values()) < PEOPLE_MIN:
        raise ValueError(f"two different people approve every release, and this asks for {sum(asked.values())}")
    return asked


Approvals = Annotated[
    dict[Literal["approver", "reviewer"], Annotated[StrictInt, Field(ge=1, le=9)]],
    BeforeValidator(_only_of_those_who_approve),
    AfterValidator(_of_two_people),
]


class RiskRule(Strict):
    """What a release of one risk class needs."""

    id: Slug
    sentence: Sentence
    basis: Sentence
    when: dict[ReleaseFact, Range] = Field(min_length=1)
    approvals: Approvals

    def fits(self, facts: ReleaseFacts) -> bool:
        """Whether the release is of this class: each of its numbers is within its range."""
        return all(_is_within(test, getattr(facts, fact.value)) for fact, test in self.when.items())


class Ordinary(Strict):
    """What every other release needs."""

    sentence: Sentence
    approvals: Approvals


class ApprovalProcedure(Strict):
    """The document."""

    format: Literal["accession-approval/1"]
    name: Slug
    version: Slug
    title: Sentence
    summary: Sentence
    sources: tuple[Source, ...]
    classes: Annotated[tuple[RiskRule, ...], NotEmpty, AT_LEAST_ONE]
    otherwise: Ordinary

    @model_validator(mode="after")
    def _names_each_class_once(self) -> Self:
        ids = [each.id for each in self.classes]
        if twice := next((name for name in ids if ids.count(name) > 1), None):
            raise ValueError(f"there are two classes {twice}")
        return self

    @model_validator(mode="after")
    def _asks_no_less_where_there_is_risk(self) -> Self:
        for each in self.classes:
            for role, count in self.otherwise.approvals.items():
                if each.approvals.get(role, 0) < count:
                    words = f"the class {each.id} asks for fewer of the role {role} than an ordinary release"
                    raise ValueError(f"{words}, and a class of risk asks for no less")
        return self


@dataclass(frozen=True, slots=True)
class Requirement:
    """Who has to approve.

    Attributes:
        roles: how many different people in which role, each role once; a person counts for one of them.
        classes: the ids of the risk classes that ask for it; none for an ordinary release.
        sentence: why, for people.
    """

    roles: tuple[tuple[str, int], ...]
    classes: tuple[str, ...]
    sentence: str

    @property
    def count(self) -> int:
        """How many people that are."""
        return sum(count for _, count in self.roles)


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's approval of exactly the plan with this digest (`sha256:<hex>`), and every role that they have."""

    person: str
    roles: frozenset[str]
    digest: str


@dataclass(frozen=True, slots=True)
class ApprovalProblem:
    """Why a release may not be signed: a kebab-case code and a sentence for people."""

    code: str
    sentence: str


def required_approvals(facts: ReleaseFacts, document: ApprovalProcedure) -> Requirement:
    """Everybody whom some risk class of the procedure asks for, of each role the most that any of them wants."""
    fitting = [each for each in document.classes if each.fits(facts)]
    asked: list[RiskRule | Ordinary] = [*fitting] or [document.otherwise]
    roles: dict[str, int] = {}
    for each in asked:
        for role, count in each.approvals.items():
            roles[role] = max(count, roles.get(role, 0))
    sentence = " ".join(dict.fromkeys(each.sentence for each in asked))
    return Requirement(tuple(roles.items()), tuple(each.id for each in fitting), sentence)


def _is_within(test: Range, number: int) -> bool:
    return (test.at_least or 0) <= number and (test.at_most is None or number <= test.at_most)


def why_impossible(document: ApprovalProcedure, people: Places) -> str | None:
    """Why nobody could ever approve a release of some class; None where these people could.

    Args:
        document: what is to be followed.
        people: for each person, the roles in which they approve, and `PLANNER` and `SIGNER` where they may be that.
    """
    asked = [(each.id, each.approvals) for each in document.classes] + [("ordinary", document.otherwise.approvals)]
    for name, approvals in asked:
        places = [PLANNER, SIGNER, *(role for role, count in approvals.items() for _ in range(count))]
        if seats.taken(places, people) < len(places):
            wanted = " and ".join(f"for {count} of the role {role}" for role, count in approvals.items())
            return (
                f"Nobody could ever approve a release of the class {name}: beside planner and signer it asks {wanted}."
            )
    return None


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
    seated = _seated(requirement, [approval for approval in current if approval.person != planner])
    problems = []
    if seated < requirement.count:
        sentence = f"{requirement.sentence} {seated} of {requirement.count} have"
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


def _seated(requirement: Requirement, approvals: list[Approval]) -> int:
    """How many of the required places can be taken by different people, each in a role that they have."""
    places = [role for role, count in requirement.roles for _ in range(count)]
    return seats.taken(places, {approval.person: approval.roles for approval in approvals})


def _uncounted(requirement: Requirement, planner: str, approvals: tuple[Approval, ...], digest: str) -> str:
    """Why approvals on record do not count, as the rest of a sentence; empty when all of them do."""
    wanted = [role for role, _ in requirement.roles]
    why = []
    if any(approval.digest != digest for approval in approvals):
        why.append("an approval of another plan is void")
    if any(approval.person == planner for approval in approvals):
        why.append("the planner's own does not count")
    if any(approval.roles.isdisjoint(wanted) for approval in approvals):
        why.append(f"only people with the role {' or '.join(wanted)} are counted")
    return f" ({'; '.join(why)})" if why else ""
