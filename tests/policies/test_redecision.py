"""A record that follows from its policy passes; a planted verdict is named."""

from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.document import Policy, parse
from policies.evaluate import evaluate
from policies.facts import PENDING, UNKNOWN, ImageFacts
from policies.redecision import BuildReasons, Difference, differences
from policies.verdicts import Verdict
from tests.factories.policies import Plain, batch, documents, facts, images, policy, rule, text

BUILD = BuildReasons(defects=frozenset({"undecodable", "several-frames"}), notes=frozenset({"metadata-removed"}))
PERSON = rule(id="person", when={"label": {"in": ["people"]}}, then="exclude", reason="person-class")
FACES = policy(rules=[PERSON, rule()])


def _recorded(found: Policy, *rows: ImageFacts, late: str | None = None) -> pa.RecordBatch:
    """The rows as a release manifest has them: without what only the registry knows, with the verdicts."""
    known = [replace(row, defect=row.defect or late) for row in rows]
    verdicts = [verdict for row in known if isinstance(verdict := evaluate(found, row), Verdict)]
    plain = batch(*rows).drop_columns(["faces_pending", "is_held", "is_taken_down", "reviewed"])
    plain = plain.append_column("verdict", pa.array([verdict.action.value for verdict in verdicts], pa.string()))
    return plain.append_column(
        "reasons", pa.array([list(verdict.reasons) for verdict in verdicts], pa.list_(pa.string()))
    )


def _planted(record: pa.RecordBatch, column: str, value: object) -> pa.RecordBatch:
    """The record with another value in its first row."""
    place = record.schema.get_field_index(column)
    values = [value, *record.column(column).to_pylist()[1:]]
    return record.set_column(place, record.schema.field(column), pa.array(values, record.schema.field(column).type))


@settings(deadline=None)
@given(documents(), st.lists(images(), max_size=8))
def test_a_record_that_follows_from_its_policy_passes(plain: Plain, rows: list[ImageFacts]) -> None:
    found = parse(text(plain))
    settled = [replace(row, faces=UNKNOWN if row.faces is PENDING else row.faces, reviewed=None) for row in rows]
    assert list(differences(found, _recorded(found, *settled), BUILD)) == []


@pytest.mark.parametrize(
    ("column", "value", "recorded"),
    [
        ("verdict", "keep", "keep,face"),
        ("verdict", "exclude", "exclude,face"),
        ("reasons", ["no-reason"], "blur,no-reason"),
        ("reasons", ["face", "takedown"], "blur,face,takedown"),
    ],
)
def test_a_planted_verdict_is_named(column: str, value: object, recorded: str) -> None:
    record = _planted(_recorded(FACES, facts(faces=1), facts(label="people"), facts()), column, value)
    [difference] = differences(FACES, record, BUILD)
    assert (difference.path, difference.recorded) == (facts().path, recorded)


def test_a_planted_fact_is_named_too() -> None:
    record = _planted(_recorded(FACES, facts(label="people"), facts()), "label", "dogs")
    assert list(differences(FACES, record, BUILD)) == [
        Difference(facts().path, "exclude,person-class", "keep,nothing-found")
    ]


def test_what_turned_out_late_and_what_was_stopped_is_taken_from_the_record() -> None:
    assert list(differences(FACES, _recorded(FACES, facts(), late="undecodable"), BUILD)) == []
    stopped = _recorded(FACES, facts(is_held=True), facts(is_taken_down=True), facts(faces=1))
    assert list(differences(FACES, stopped, BUILD)) == []


def test_what_was_done_besides_changes_no_verdict() -> None:
    record = _planted(_recorded(FACES, facts()), "reasons", ["metadata-removed", "nothing-found"])
    assert list(differences(FACES, record, BUILD)) == []


def test_an_image_that_was_stopped_cannot_have_been_kept() -> None:
    for reason in ("hold", "takedown", "undecodable"):
        record = _planted(_recorded(FACES, facts()), "reasons", [reason])
        [difference] = differences(FACES, record, BUILD)
        assert (difference.recorded, difference.decided) == (f"keep,{reason}", f"exclude,{reason}")


def test_a_record_without_the_facts_that_decide_is_no_proof() -> None:
    record = _recorded(FACES, facts(faces=1)).drop_columns(["faces"])
    assert [found.decided for found in differences(FACES, record, BUILD)] == ["undecided without faces"]


def test_an_empty_record_has_no_differences() -> None:
    assert list(differences(FACES, _recorded(FACES), BUILD)) == []
