"""Whole columns and single images get the same verdicts, whatever the policy and the facts."""

from dataclasses import fields

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.conditions import Condition
from policies.document import parse
from policies.evaluate import evaluate
from policies.facts import UNKNOWN, ImageFacts
from policies.vectorised import Evaluated, columns_of, evaluate_batch
from tests.factories.policies import (
    FILES,
    LISTED,
    SCHEMA,
    TAXONOMY,
    Plain,
    attachment,
    batch,
    documents,
    facts,
    images,
    policy,
    questions,
    rule,
    text,
)


def _outcomes(evaluated: Evaluated) -> list[object]:
    return [evaluated.outcomes[code] for code in evaluated.codes]


def test_random_policies_ask_for_every_fact_and_random_facts_have_every_kind() -> None:
    joining = {"all_of", "any_of", "negated"}
    assert questions().keys() == Condition.model_fields.keys() - joining
    columns = {name.partition(":")[0] for name in SCHEMA.names} - {"faces_pending"}
    assert columns == {field.name for field in fields(ImageFacts)}


@settings(max_examples=300)
@given(documents(), st.lists(images(), max_size=12))
def test_both_paths_agree_on_random_policies_and_facts(plain: Plain, rows: list[ImageFacts]) -> None:
    found = parse(text(plain), FILES)
    assert _outcomes(evaluate_batch(found, batch(*rows))) == [evaluate(found, row) for row in rows]


def test_columns_that_are_not_there_have_the_defaults_of_the_facts() -> None:
    found = policy(
        rules=[rule(), rule(id="small", when={"width": {"at_most": 99}}, reason="small", if_unknown="apply")]
    )
    columns = pa.RecordBatch.from_pydict({"path": ["a", "b"]})
    assert _outcomes(evaluate_batch(found, columns)) == [evaluate(found, ImageFacts(path="a"))] * 2


def test_faces_that_are_null_are_unknown_unless_they_are_said_to_be_pending() -> None:
    found = policy(rules=[rule(if_unknown={"then": "exclude", "reason": "faces-unknown"})])
    columns = pa.RecordBatch.from_pydict({"path": ["a", "b"], "faces": pa.array([None, 2], pa.int64())})
    assert _outcomes(evaluate_batch(found, columns)) == [
        evaluate(found, ImageFacts(path="a", faces=UNKNOWN)),
        evaluate(found, ImageFacts(path="b", faces=2)),
    ]


def test_columns_may_be_encoded_as_dictionaries() -> None:
    found = policy(rules=[rule(when={"label": {"in": ["people"]}})])
    plain = batch(facts(label="people"), facts(label=None), facts(label="people"))
    encoded = plain.set_column(1, "label", plain.column("label").dictionary_encode())
    assert _outcomes(evaluate_batch(found, encoded)) == _outcomes(evaluate_batch(found, plain))


def test_lists_and_subtrees_are_asked_by_column_too() -> None:
    when = {
        "any": [{"synset": {"subtree": "n00007846"}}, {"label": {"in_list": "mine"}}, {"path": {"in_list": "mine"}}]
    }
    found = policy(lists={"mine": attachment(LISTED)}, taxonomy=attachment(TAXONOMY), rules=[rule(when=when)])
    rows = [facts(label=label) for label in ("n00007846", "n09835506", "n02084071", "n00001740", None)]
    rows.append(facts(label="people", path="n10000002"))
    assert _outcomes(evaluate_batch(found, batch(*rows))) == [evaluate(found, row) for row in rows]


@pytest.mark.parametrize("strategy", ["first-match", "strictest"])
def test_a_policy_of_many_rules_does_not_run_out_of_keys(strategy: str) -> None:
    rules = [
        rule(id=f"w{w}", when={"width": {"at_least": w, "at_most": w}}, then=["keep", "blur", "exclude"][w % 3])
        for w in range(80)
    ]
    found = policy(strategy=strategy, rules=rules)
    rows = [facts(width=width) for width in [*range(85), None]]
    assert _outcomes(evaluate_batch(found, batch(*rows))) == [evaluate(found, row) for row in rows]


def test_an_empty_batch_has_no_outcomes() -> None:
    evaluated = evaluate_batch(policy(), batch())
    assert (evaluated.outcomes, len(evaluated.codes)) == ((), 0)


def test_what_a_case_has_come_to_can_be_asked_by_column() -> None:
    stopped = rule(id="stopped", when={"takedown": {"in": ["held"]}}, then="exclude", reason="stopped")
    free = rule(id="free", when={"takedown": {"in": ["none"]}}, then="blur", reason="free")
    found = policy(rules=[stopped, free])
    rows = [facts(), facts(is_held=True), facts(is_taken_down=True)]
    assert _outcomes(evaluate_batch(found, batch(*rows))) == [evaluate(found, row) for row in rows]


def test_rows_that_are_equal_in_the_columns_of_a_policy_get_equal_outcomes() -> None:
    when = {
        "all": [{"layer": {"name": "real", "agrees": True}}, {"takedown": {"in": ["none"]}}, {"faces": {"at_least": 1}}]
    }
    stops = {"defect", "exception", "reviewed", "is_held", "is_taken_down"}
    assert columns_of(policy(rules=[rule(when=when, then="exclude")])) == stops | {
        "layer:real",
        "label",
        "faces",
        "faces_pending",
    }
    assert columns_of(policy(rules=[rule(when={"synset": {"in": ["n02084071"]}})])) == stops | {"label"}
