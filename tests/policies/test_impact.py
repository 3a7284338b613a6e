"""The effect of a policy is counted before anybody approves it, and adds up."""

from collections import Counter
from dataclasses import replace

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.document import parse
from policies.evaluate import Pending, evaluate
from policies.facts import PENDING, ImageFacts
from policies.impact import Change, ClassImpact, measure
from policies.verdicts import Action, Verdict
from tests.factories.policies import FILES, Plain, batch, documents, facts, images, policy, rule, text

KEPT = Verdict(Action.KEEP, ("nothing-found",), "otherwise")
OUT = Verdict(Action.EXCLUDE, ("person-class",), "person")
PERSON = rule(id="person", when={"label": {"in": ["people"]}}, then="exclude", reason="person-class")
WAITS = Pending(frozenset({"faces"}), (Action.KEEP, Action.BLUR), ("faces",))


PEOPLE = [facts(path=f"people/{n}.jpg", label="people", faces=PENDING) for n in range(3)]
DOGS = [facts(path=f"dogs/{n}.jpg", label="dogs", faces=n) for n in range(2)]
LOOSE = [facts(path="loose.jpg", label=None, faces=PENDING)]


def test_images_are_counted_by_outcome_by_rule_and_by_class() -> None:
    impact = measure(policy(rules=[PERSON, rule()]), [batch(*PEOPLE, *DOGS), batch(*LOOSE)])
    blurred = Verdict(Action.BLUR, ("face",), "faces")
    assert impact.outcomes == {OUT: 3, KEPT: 1, blurred: 1, WAITS: 1}
    assert impact.total == 6
    assert impact.by_rule() == {"person": 3, "otherwise": 1, "faces": 1}
    assert impact.classes == (
        ClassImpact(None, total=1, stays=1, may_stay=1),
        ClassImpact("dogs", total=2, stays=2, may_stay=2),
        ClassImpact("people", total=3, stays=0, may_stay=0),
    )
    assert impact.changes == ()


def test_classes_that_vanish_or_fall_under_a_floor_are_named() -> None:
    crowds = rule(when={"faces": {"at_least": 1}}, then="exclude")
    impact = measure(policy(rules=[PERSON, crowds]), [batch(*PEOPLE, *DOGS, *LOOSE)])
    assert impact.vanishing() == ("people",)
    assert impact.under(2) == ("dogs", "people")
    assert impact.under(1) == (None, "people")


def test_a_class_that_waits_has_not_vanished() -> None:
    crowds = rule(when={"faces": {"at_least": 1}}, then="exclude")
    impact = measure(policy(rules=[crowds]), [batch(*LOOSE)])
    assert impact.classes == (ClassImpact(None, total=1, stays=0, may_stay=1),)


def test_what_changes_against_the_previous_policy_comes_with_a_count_and_an_example() -> None:
    impact = measure(policy(rules=[PERSON]), [batch(*DOGS), batch(*PEOPLE)], previous=policy())
    assert impact.changes == (
        Change(WAITS, OUT, 3, "people/0.jpg"),
        Change(Verdict(Action.BLUR, ("face",), "faces"), KEPT, 1, "dogs/1.jpg"),
    )


def test_no_images_have_no_effect() -> None:
    impact = measure(policy(), [batch()], previous=policy(rules=[PERSON]))
    assert (impact.total, impact.classes, impact.changes) == (0, (), ())


@settings(max_examples=50)
@given(documents(), documents(), st.lists(images(), min_size=1, max_size=8), st.integers(1, 8))
def test_the_counts_are_those_of_the_single_images(old: Plain, new: Plain, rows: list[ImageFacts], size: int) -> None:
    before, after = parse(text(old), FILES), parse(text(new), FILES)
    rows = [replace(row, path=f"{place}/{row.path}") for place, row in enumerate(rows)]
    batches = [batch(*rows[start : start + size]) for start in range(0, len(rows), size)]
    impact = measure(after, batches, previous=before)
    outcomes = [evaluate(after, row) for row in rows]
    assert impact.outcomes == Counter(outcomes)
    assert impact.total == len(rows) == sum(found.total for found in impact.classes)
    changed = [row for row, outcome in zip(rows, outcomes, strict=True) if evaluate(before, row) != outcome]
    assert sum(change.count for change in impact.changes) == len(changed)
    assert {change.example for change in impact.changes} <= {row.path for row in changed}


def test_splits_and_contested_rights_are_counted_and_what_goes_is_shown() -> None:
    rules = [rule(id="people", when={"label": {"in": ["people"]}}, then="exclude", reason="people"), rule()]
    rows = [
        facts(path="a", label="people", split="train", rights_conflicts=1),
        facts(path="b", split="train", rights_conflicts=2, faces=PENDING),
        facts(path="c", split="val", rights_conflicts=0),
        facts(path="d", split=None),
    ]
    gone: list[str] = []
    found = measure(policy(rules=rules), [batch(*rows)], gone=lambda part: gone.extend(part.column("path").to_pylist()))
    assert gone == ["a"]
    assert found.conflicts_stay == 1
    assert sorted((split, count) for (split, _), count in found.splits.items()) == [
        ("train", 1),
        ("train", 1),
        ("val", 1),
    ]


def test_columns_that_are_no_facts_are_passed_over() -> None:
    more = batch(facts(faces=1)).append_column("sha256", pa.array([b"x"], pa.binary()))
    assert measure(policy(), [more]).total == 1


def test_without_evidence_of_rights_nothing_is_contested() -> None:
    plain = batch(facts()).select(["path", "label"])
    assert measure(policy(), [plain]).conflicts_stay == 0
