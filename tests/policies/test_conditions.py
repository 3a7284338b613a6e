"""A condition says exactly one thing, and no list or range in it is empty."""

import pytest
from hypothesis import given
from pydantic import ValidationError

from policies.conditions import Condition
from tests.factories.policies import Plain, conditions


@given(conditions())
def test_every_condition_of_the_grammar_is_understood_and_asks_about_some_fact(plain: Plain) -> None:
    assert set(Condition.model_validate(plain).facts())


def test_a_condition_names_the_facts_it_asks_about() -> None:
    plain = {
        "all": [{"faces": {"at_least": 1}}, {"not": {"any": [{"label": {"in": ["a"]}}, {"width": {"at_most": 3}}]}}]
    }
    assert list(Condition.model_validate(plain).facts()) == ["faces", "label", "width"]


@pytest.mark.parametrize(
    ("plain", "says"),
    [
        ({}, "exactly one thing"),
        ({"faces": {"at_least": 1}, "width": {"at_least": 1}}, "exactly one thing"),
        ({"all": []}, "an empty list decides nothing"),
        ({"any": []}, "an empty list decides nothing"),
        ({"label": {"in": []}}, "an empty list decides nothing"),
        ({"synset": {"in": []}}, "an empty list decides nothing"),
        ({"synset": {"in": ["dog"]}}, "pattern"),
        ({"format": {"in": ["jpg"]}}, "'jpeg'"),
        ({"synset": {"subtree": "n00007846", "in_list": "mine"}}, "exactly one of"),
        ({"synset": {"in": ["n00007846"], "depth": 1}}, "`depth` needs a `subtree`"),
        ({"synset": {"depth": 1}}, "exactly one of"),
        ({"label": {}}, "exactly one of"),
        ({"label": {"in": ["a"], "glob": "b"}}, "exactly one of"),
        ({"label": {"regex": "(a"}}, "not a regular expression"),
        ({"label": {"glob": ""}}, "at least 1 character"),
        ({"faces": {}}, "at_least"),
        ({"faces": {"at_least": 3, "at_most": 2}}, "no number is at least 3 and at most 2"),
        ({"faces": {"at_least": -1}}, "greater than or equal to 0"),
        ({"faces": {"at_least": True}}, "valid integer"),
        ({"faces": {"at_least": "1"}}, "valid integer"),
        ({"all_of": [{"faces": {"at_least": 1}}]}, "Extra inputs"),
    ],
)
def test_conditions_that_cannot_be_meant_are_refused(plain: Plain, says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Condition.model_validate(plain)
    assert says in str(refused.value)


def test_the_questions_in_a_condition_are_found_with_their_places() -> None:
    plain = {"all": [{"not": {"faces": {"at_least": 1}}}, {"any": [{"label": {"in": ["a"]}}]}]}
    leaves = list(Condition.model_validate(plain).leaves(("when",)))
    assert [loc for loc, _ in leaves] == [("when", "all", 0, "not"), ("when", "all", 1, "any", 0)]
    assert [leaf.said() for _, leaf in leaves] == [["faces"], ["label"]]
