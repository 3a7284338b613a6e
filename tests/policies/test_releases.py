"""Four eyes and a third pair that signs; nobody is exempt."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import procedures
from policies.errors import PolicyError
from policies.procedures import Kind
from policies.questions import Range
from policies.releases import (
    PLANNER,
    SIGNER,
    Approval,
    ApprovalProcedure,
    ReleaseFact,
    ReleaseFacts,
    check,
    check_reviews,
    required_approvals,
    why_impossible,
)
from tests.factories.policies import text

SHIPPED = procedures.shipped(Kind.RELEASE_APPROVAL, ApprovalProcedure)
PLAN = "sha256:aa"
TWO = required_approvals(ReleaseFacts(), SHIPPED)
APPROVER, REVIEWER = frozenset({"approver"}), frozenset({"reviewer"})
ANN, BOB = Approval("ann", APPROVER, PLAN), Approval("bob", APPROVER, PLAN)


def _codes(*approvals: Approval, signer: str | None = "sue", planner: str = "pat") -> list[str]:
    problems = check(TWO, planner=planner, approvals=approvals, signer=signer, digest=PLAN)
    assert all(problem.sentence.endswith(".") for problem in problems)
    return [problem.code for problem in problems]


def test_two_people_approve_an_ordinary_release_and_three_one_that_lifts_exclusions() -> None:
    assert (TWO.count, TWO.roles, TWO.classes) == (2, (("approver", 2),), ())
    assert required_approvals(ReleaseFacts(exclusions_lifted=1), SHIPPED).count == 3


@pytest.mark.parametrize(
    ("facts", "classes", "roles"),
    [
        (ReleaseFacts(images_with_people=3), ("people",), {"approver": 2}),
        (ReleaseFacts(conflicts_released=1), ("conflicting-rights",), {"approver": 2, "reviewer": 1}),
        (ReleaseFacts(exceptions_used=2), ("exceptions",), {"approver": 2, "reviewer": 1}),
        (
            ReleaseFacts(exclusions_lifted=1000, images_with_people=1),
            ("exclusions-lifted", "many-exclusions-lifted", "people"),
            {"approver": 3, "reviewer": 1},
        ),
    ],
)
def test_every_risk_class_that_fits_counts(
    facts: ReleaseFacts, classes: tuple[str, ...], roles: dict[str, int]
) -> None:
    needed = required_approvals(facts, SHIPPED)
    assert (needed.classes, dict(needed.roles), needed.count) == (classes, roles, sum(roles.values()))
    assert needed.sentence.count(".") == len(classes)


def test_a_person_counts_for_one_role_and_is_seated_where_they_are_needed() -> None:
    needed = required_approvals(ReleaseFacts(conflicts_released=1), SHIPPED)
    both = Approval("cleo", APPROVER | REVIEWER, PLAN)

    def missing(*given: Approval) -> list[str]:
        return [problem.code for problem in check(needed, planner="pat", approvals=given, signer=None, digest=PLAN)]

    assert missing(both, ANN, BOB) == []
    assert missing(ANN, both, BOB) == []
    assert missing(both, ANN) == ["approvals-missing"]
    assert missing(ANN, BOB, replace(ANN, person="dan")) == ["approvals-missing"]
    assert missing(both, replace(both, person="dan"), replace(both, person="eve")) == []


def test_a_range_of_a_risk_class_has_an_upper_end() -> None:
    few = SHIPPED.classes[0].model_copy(update={"when": {ReleaseFact.EXCLUSIONS_LIFTED: Range(at_most=5)}})
    assert [few.fits(ReleaseFacts(exclusions_lifted=number)) for number in (0, 5, 6)] == [True, True, False]


def test_two_approvers_and_a_third_who_signs_suffice() -> None:
    assert _codes(ANN, BOB) == []


def test_approvals_can_be_checked_before_anybody_signs() -> None:
    assert _codes(ANN, BOB, signer=None) == []


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(ANN, id="the same person twice"),
        pytest.param(replace(BOB, person="pat"), id="the planner"),
        pytest.param(replace(BOB, digest="sha256:bb"), id="an approval of another plan"),
        pytest.param(replace(BOB, roles=frozenset({"administrator"})), id="an administrator"),
    ],
)
def test_approvals_that_do_not_count(second: Approval) -> None:
    assert _codes(ANN, second) == ["approvals-missing"]


@pytest.mark.parametrize(
    ("approval", "why"),
    [
        (ANN, ""),
        (replace(BOB, digest="sha256:bb"), " (an approval of another plan is void)"),
        (replace(BOB, person="pat"), " (the planner's own does not count)"),
        (replace(BOB, roles=frozenset({"auditor"})), " (only people with the role approver are counted)"),
    ],
)
def test_the_sentence_says_why_approvals_on_record_do_not_count(approval: Approval, why: str) -> None:
    [problem] = check(TWO, planner="pat", approvals=(ANN, approval), signer=None, digest=PLAN)
    assert problem.sentence == f"Two people approve a release. 1 of 2 have{why}."


def test_the_planner_does_not_sign() -> None:
    assert _codes(ANN, BOB, signer="pat") == ["signer-planned"]


def test_an_approver_does_not_sign_even_where_two_others_approved() -> None:
    third = replace(ANN, person="cleo")
    assert _codes(ANN, BOB, third, signer="cleo") == ["signer-approved"]


def test_who_approved_an_earlier_plan_only_may_sign_this_one() -> None:
    earlier = Approval("sue", APPROVER, "sha256:old")
    assert _codes(ANN, BOB, earlier) == []


people = st.sampled_from(["ann", "bob", "cleo", "pat"])
approvals = st.builds(
    Approval, people, st.sampled_from([APPROVER, frozenset({"maintainer"})]), st.sampled_from([PLAN, "sha256:bb"])
)


@given(st.lists(approvals, max_size=5), people, people)
def test_what_passes_was_seen_by_four_different_people(given: list[Approval], planner: str, signer: str) -> None:
    if not check(TWO, planner=planner, approvals=tuple(given), signer=signer, digest=PLAN):
        approvers = {approval.person for approval in given if approval.digest == PLAN and approval.roles == APPROVER}
        assert len(approvers - {planner, signer}) >= 2
        assert planner != signer


def _review_codes(limit: int | None, *, is_open: int = 0, unmet: int = 0) -> list[str]:
    return [problem.code for problem in check_reviews(limit, is_open=is_open, unmet=unmet)]


def test_a_policy_may_say_how_many_pictures_may_wait_for_a_review() -> None:
    assert _review_codes(2, is_open=2) == []
    assert _review_codes(2, is_open=3) == ["reviews-open"]
    assert _review_codes(None, is_open=3) == []
    assert _review_codes(0, is_open=1, unmet=1) == ["reviews-open", "faces-unmet"]


def test_a_face_that_was_confirmed_and_is_not_blurred_is_a_problem_without_any_limit() -> None:
    assert _review_codes(None, unmet=1) == ["faces-unmet"]


@pytest.mark.parametrize(("count", "words"), [(1, "1 picture waits for"), (1200, "1,200 pictures wait for")])
def test_a_review_problem_says_how_many_wait(count: int, words: str) -> None:
    [problem] = check_reviews(0, is_open=count, unmet=0)
    assert problem.sentence.startswith(words)
    assert "the policy signs with 0 at most" in problem.sentence


def written(**changes: object) -> bytes:
    """The procedure that comes with the program, with some fields changed."""
    return text(SHIPPED.model_dump(mode="json", exclude_unset=True) | changes)


def with_approvals(approvals: dict[str, object]) -> list[bytes]:
    """Two procedures that ask for these approvals: of every ordinary release, and of one class."""
    common = {"sentence": "Some approve.", "approvals": approvals}
    people = common | {"id": "people", "basis": "Why not.", "when": {"images_with_people": {"at_least": 1}}}
    return [written(otherwise=common), written(classes=[people])]


@pytest.mark.parametrize(
    ("approvals", "says"),
    [
        ({"approver": 1}, "Two different people approve every release, and this asks for 1."),
        ({"reviewer": 1}, "Two different people approve every release, and this asks for 1."),
        ({}, "Two different people approve every release, and this asks for 0."),
        ({"approver": 0}, "should be greater than or equal to 1"),
        ({"approver": -2}, "should be greater than or equal to 1"),
        ({"approver": 10}, "should be less than or equal to 9"),
        ({"approver": "two"}, "has to be a whole number"),
        ({"approver": 2, "administrator": 1}, "`administrator` approves no release"),
        ({"robot": 2}, "nobody bypasses them"),
        (["approver"], "valid dictionary"),
    ],
)
def test_a_procedure_asks_for_two_people_who_may_approve_or_is_none(approvals: dict[str, object], says: str) -> None:
    for data in with_approvals(approvals):
        with pytest.raises(PolicyError, match=says) as refused:
            procedures.parse(data, ApprovalProcedure)
        assert len(refused.value.problems) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"planner_may_approve": True}, "`planner_may_approve` is not known here"),
        ({"lifts_takedowns": True}, "`lifts_takedowns` is not known here"),
        ({"bypass": ["administrator"]}, "`bypass` is not known here"),
        ({"classes": []}, "An empty list decides nothing"),
        ({"classes": [SHIPPED.model_dump(mode="json", exclude_unset=True)["classes"][0]] * 2}, "two classes"),
    ],
)
def test_a_procedure_cannot_ask_for_less_in_other_words(changes: dict[str, object], says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        procedures.parse(written(**changes), ApprovalProcedure)


def test_a_procedure_may_ask_for_more() -> None:
    stricter = {"sentence": "Three people approve a release.", "approvals": {"approver": 2, "reviewer": 1}}
    people = SHIPPED.model_dump(mode="json", exclude_unset=True)["classes"][-1]
    both = written(otherwise=stricter, classes=[people | {"approvals": {"approver": 3, "reviewer": 1}}])
    document = procedures.parse(both, ApprovalProcedure)
    assert required_approvals(ReleaseFacts(), document).count == 3
    with pytest.raises(PolicyError, match="class exclusions-lifted asks for fewer of the role reviewer than an ord"):
        procedures.parse(written(otherwise=stricter), ApprovalProcedure)


PLANS, SIGNS = frozenset({PLANNER, SIGNER}), frozenset({SIGNER})
ENOUGH = {
    "mara": PLANS, "mo": PLANS, "rita": REVIEWER, "ana": APPROVER, "ben": APPROVER, "cleo": APPROVER,
}  # fmt: skip


@pytest.mark.parametrize(
    ("gone", "says"),
    [
        ((), None),
        (("cleo",), "a release of the class exclusions-lifted: .* asks for 3 of the role approver"),
        (("rita",), "a release of the class many-exclusions-lifted: .* and for 1 of the role reviewer"),
        (("mo",), "beside planner and signer"),
    ],
)
def test_a_procedure_that_nobody_here_could_follow_is_named(gone: tuple[str, ...], says: str | None) -> None:
    people = {person: roles for person, roles in ENOUGH.items() if person not in gone}
    why = why_impossible(SHIPPED, people)
    assert (why is None) is (says is None)
    assert says is None or re.search(says, why or "")


def test_who_plans_does_not_sit_on_a_second_place() -> None:
    all_at_once = APPROVER | REVIEWER | PLANS | SIGNS
    few = {str(number): all_at_once for number in range(5)}
    assert "many-exclusions-lifted" in (why_impossible(SHIPPED, few) or "")
    assert why_impossible(SHIPPED, few | {"6": all_at_once}) is None
