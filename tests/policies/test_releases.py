"""Four eyes and a third pair that signs; nobody is exempt."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.questions import Range
from policies.releases import (
    Approval,
    ReleaseFact,
    ReleaseFacts,
    check,
    check_reviews,
    procedure,
    required_approvals,
)

PLAN = "sha256:aa"
TWO = required_approvals(ReleaseFacts())
APPROVER, REVIEWER = frozenset({"approver"}), frozenset({"reviewer"})
ANN, BOB = Approval("ann", APPROVER, PLAN), Approval("bob", APPROVER, PLAN)


def _codes(*approvals: Approval, signer: str | None = "sue", planner: str = "pat") -> list[str]:
    problems = check(TWO, planner=planner, approvals=approvals, signer=signer, digest=PLAN)
    assert all(problem.sentence.endswith(".") for problem in problems)
    return [problem.code for problem in problems]


def test_two_people_approve_an_ordinary_release_and_three_one_that_lifts_exclusions() -> None:
    assert (TWO.count, TWO.roles, TWO.classes) == (2, (("approver", 2),), ())
    assert required_approvals(ReleaseFacts(exclusions_lifted=1)).count == 3


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
    needed = required_approvals(facts)
    assert (needed.classes, dict(needed.roles), needed.count) == (classes, roles, sum(roles.values()))
    assert needed.sentence.count(".") == len(classes)


def test_a_person_counts_for_one_role_and_is_seated_where_they_are_needed() -> None:
    needed = required_approvals(ReleaseFacts(conflicts_released=1))
    both = Approval("cleo", APPROVER | REVIEWER, PLAN)

    def missing(*given: Approval) -> list[str]:
        return [problem.code for problem in check(needed, planner="pat", approvals=given, signer=None, digest=PLAN)]

    assert missing(both, ANN, BOB) == []
    assert missing(ANN, both, BOB) == []
    assert missing(both, ANN) == ["approvals-missing"]
    assert missing(ANN, BOB, replace(ANN, person="dan")) == ["approvals-missing"]
    assert missing(both, replace(both, person="dan"), replace(both, person="eve")) == []


def test_a_range_of_a_risk_class_has_an_upper_end() -> None:
    few = procedure().classes[0].model_copy(update={"when": {ReleaseFact.EXCLUSIONS_LIFTED: Range(at_most=5)}})
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
