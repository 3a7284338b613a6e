"""Every image gets exactly one verdict, whatever the policy and whatever is known."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.document import parse
from policies.evaluate import Pending, built_in, evaluate
from policies.facts import PENDING, UNKNOWN, ImageFacts, Missing
from policies.verdicts import Action, Verdict
from tests.factories.policies import FILES, Plain, documents, facts, images, policy, rule, text

KEPT = Verdict(Action.KEEP, ("nothing-found",), "otherwise")
PERSON = rule(id="person", when={"label": {"in": ["people"]}}, then="exclude", reason="person-class")


@pytest.mark.parametrize(
    ("changes", "reasons", "decided_by"),
    [
        ({"defect": "truncated"}, ("truncated",), "built-in-defect"),
        ({"is_taken_down": True}, ("takedown",), "built-in-takedown"),
        ({"is_held": True}, ("hold",), "built-in-hold"),
        ({"is_held": True, "is_taken_down": True}, ("takedown",), "built-in-takedown"),
        ({"is_held": True, "defect": "empty"}, ("empty", "hold"), "built-in-hold"),
        ({"is_taken_down": True, "defect": "undecodable"}, ("takedown", "undecodable"), "built-in-takedown"),
    ],
)
def test_what_no_policy_can_lift(changes: Plain, reasons: tuple[str, ...], decided_by: str) -> None:
    keep_everything = policy(rules=[rule(when={"path": {"glob": "**"}}, then="keep")])
    assert evaluate(keep_everything, facts(**changes)) == Verdict(Action.EXCLUDE, reasons, decided_by)


def test_an_image_that_nothing_stops_is_left_to_the_policy() -> None:
    assert built_in(facts()) is None


def test_what_matches_no_rule_gets_what_the_policy_says_otherwise() -> None:
    assert evaluate(policy(), facts()) == KEPT


def test_the_first_rule_that_matches_decides() -> None:
    both = facts(label="people", faces=2)
    assert evaluate(policy(rules=[rule(), PERSON]), both) == Verdict(Action.BLUR, ("face",), "faces")
    assert evaluate(policy(rules=[PERSON, rule()]), both) == Verdict(Action.EXCLUDE, ("person-class",), "person")


def test_the_strictest_rule_decides_wherever_it_stands() -> None:
    for rules in ([rule(), PERSON], [PERSON, rule()]):
        strictest = policy(strategy="strictest", rules=rules)
        assert evaluate(strictest, facts(label="people", faces=2)) == Verdict(
            Action.EXCLUDE, ("person-class",), "person"
        )


def test_rules_that_are_equally_strict_all_give_their_reasons_and_the_first_is_named() -> None:
    small = rule(id="small", when={"width": {"at_most": 600}}, reason="small")
    verdict = evaluate(policy(strategy="strictest", rules=[small, rule()]), facts(faces=1))
    assert verdict == Verdict(Action.BLUR, ("face", "small"), "small")


@pytest.mark.parametrize(
    ("if_unknown", "expected"),
    [
        ("skip", KEPT),
        ("apply", Verdict(Action.BLUR, ("face",), "faces")),
        ({"then": "exclude", "reason": "faces-unknown"}, Verdict(Action.EXCLUDE, ("faces-unknown",), "faces")),
    ],
)
def test_a_rule_that_cannot_know_does_what_it_says_it_does_in_doubt(if_unknown: object, expected: Verdict) -> None:
    assert evaluate(policy(rules=[rule(if_unknown=if_unknown)]), facts(faces=UNKNOWN)) == expected


def test_review_excludes_until_a_person_has_decided() -> None:
    reviewing = policy(rules=[rule(then="review")])
    waiting = evaluate(reviewing, facts(faces=1))
    assert waiting == Verdict(Action.EXCLUDE, ("awaiting-review", "face"), "faces")
    decided = evaluate(reviewing, facts(faces=1, reviewed=(("face", Action.KEEP),)))
    assert decided == Verdict(Action.KEEP, ("face", "reviewed"), "faces")


def test_what_was_decided_about_one_reason_is_no_answer_to_another() -> None:
    reviewing = policy(rules=[rule(then="review")])
    elsewhere = evaluate(reviewing, facts(faces=1, reviewed=(("rights-conflict", Action.KEEP),)))
    assert elsewhere == evaluate(reviewing, facts(faces=1))


def test_a_rule_may_send_to_review_what_nobody_has_reviewed_for_any_reason() -> None:
    quiet = rule(id="new", when={"reviewed": {"in": ["none"]}}, then="review", reason="never-seen")
    gone = rule(id="gone", when={"reviewed": {"in": ["exclude"]}}, then="exclude", reason="a-person-said-so")
    both = policy(rules=[gone, quiet])
    assert evaluate(both, facts()) == Verdict(Action.EXCLUDE, ("awaiting-review", "never-seen"), "new")
    assert evaluate(both, facts(reviewed=(("face", Action.KEEP),))) == KEPT
    said = facts(reviewed=(("face", Action.KEEP), ("label", Action.EXCLUDE)))
    assert evaluate(both, said) == Verdict(Action.EXCLUDE, ("a-person-said-so",), "gone")


def test_before_pixels_a_verdict_that_depends_on_faces_is_pending() -> None:
    doubtful = policy(rules=[PERSON, rule(if_unknown={"then": "exclude", "reason": "faces-unknown"})])
    assert evaluate(doubtful, facts(faces=PENDING)) == Pending(
        needs=frozenset({"faces"}), candidates=(Action.KEEP, Action.BLUR, Action.EXCLUDE), rules=("faces",)
    )
    excluded = evaluate(doubtful, facts(label="people", faces=PENDING))
    assert excluded == Verdict(Action.EXCLUDE, ("person-class",), "person")


def test_a_rule_that_waits_does_not_hold_up_a_stricter_verdict() -> None:
    strictest = policy(strategy="strictest", rules=[rule(), PERSON])
    assert evaluate(strictest, facts(label="people", faces=PENDING)) == Verdict(
        Action.EXCLUDE, ("person-class",), "person"
    )


def test_a_rule_that_waits_and_could_add_a_reason_keeps_the_verdict_pending() -> None:
    crowd = rule(id="crowd", when={"faces": {"at_least": 9}}, then="exclude", reason="crowd")
    pending = evaluate(policy(strategy="strictest", rules=[crowd, PERSON]), facts(label="people", faces=PENDING))
    assert pending == Pending(frozenset({"faces"}), (Action.EXCLUDE,), ("crowd",))


@given(documents(), images())
def test_a_verdict_is_total_deterministic_and_pending_only_for_pending_facts(plain: Plain, image: ImageFacts) -> None:
    outcome = evaluate(parse(text(plain), FILES), image)
    assert evaluate(parse(text(plain), FILES), image) == outcome
    if isinstance(outcome, Pending):
        assert outcome.needs <= {"faces", "largest_face_px"}
        assert image.faces is PENDING
        assert outcome.rules


@given(documents(), images(), st.one_of(st.just(UNKNOWN), st.integers(0, 6)))
def test_looking_never_brings_what_was_not_a_candidate(plain: Plain, image: ImageFacts, faces: int | Missing) -> None:
    found = parse(text(plain), FILES)
    before = evaluate(found, dataclasses.replace(image, faces=PENDING, largest_face_px=PENDING))
    after = evaluate(found, dataclasses.replace(image, faces=faces, largest_face_px=40))
    assert isinstance(after, Verdict)
    if isinstance(before, Pending):
        assert after.action in before.candidates
    else:
        assert after == before


@given(documents(), images())
def test_the_strictest_verdict_is_at_least_as_strict_as_the_first(plain: Plain, image: ImageFacts) -> None:
    known = dataclasses.replace(image, faces=1, largest_face_px=40)
    first = evaluate(parse(text(plain | {"strategy": "first-match"}), FILES), known)
    strictest = evaluate(parse(text(plain | {"strategy": "strictest"}), FILES), known)
    assert isinstance(first, Verdict)
    assert isinstance(strictest, Verdict)
    assert strictest.action.strictness >= first.action.strictness


@given(documents(), images())
def test_no_policy_lifts_a_takedown(plain: Plain, image: ImageFacts) -> None:
    verdict = evaluate(parse(text(plain), FILES), dataclasses.replace(image, is_taken_down=True))
    assert isinstance(verdict, Verdict)
    assert verdict.action is Action.EXCLUDE
    assert "takedown" in verdict.reasons


def test_an_exception_decides_where_nothing_stops_the_image() -> None:
    excluding = policy(rules=[PERSON, rule()])
    kept = evaluate(excluding, facts(label="people", faces=PENDING, exception=Action.KEEP))
    assert kept == Verdict(Action.KEEP, ("exception",), "built-in-exception")
    held = evaluate(excluding, facts(exception=Action.KEEP, is_held=True))
    assert held == Verdict(Action.EXCLUDE, ("hold",), "built-in-hold")
