"""A test says one thing, and one that could never be true, or never false, is refused."""

import pytest
from pydantic import ValidationError

from policies.conditions import Condition


@pytest.mark.parametrize(
    ("plain", "says"),
    [
        ({"licence": {}}, "exactly one of `satisfied_by` and `names`"),
        ({"licence": {"satisfied_by": ["MIT"], "names": ["MIT"]}}, "exactly one of"),
        ({"licence": {"satisfied_by": ["not one"]}}, "pattern"),
        ({"advisories": {"any_in": ["cmyk"], "none_in": ["cmyk"]}}, "exactly one of `any_in` and `none_in`"),
        ({"takedown": {"in": ["asked"]}}, "'none', 'held' or 'upheld'"),
        ({"reviewed": {"in": ["held"]}}, "'none', 'keep', 'blur' or 'exclude'"),
        ({"layer": {"name": "real"}}, "exactly one of `count`"),
        ({"layer": {"name": "real", "agrees": True, "in_list": "mine"}}, "exactly one of `count`"),
        ({"retrieved_on": {}}, "`before`, `since` or both"),
        ({"retrieved_on": {"before": "2011-02-30"}}, "no day of the calendar"),
        ({"retrieved_on": {"since": "2012-01-01", "before": "2012-01-01"}}, "no day is before"),
        ({"synset": {"in": ["n00007846"], "instances": True}}, "`instances` needs a `subtree`"),
        ({"synset": {"in_list": "mine", "except": ["n00007846"]}}, "`except` needs a `subtree`"),
        ({"synset": {"subtree": "n00007846", "except": []}}, "an empty list decides nothing"),
    ],
)
def test_tests_that_cannot_be_meant_are_refused(plain: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Condition.model_validate(plain)
    assert says in str(refused.value)


def test_a_question_is_its_fact_and_its_test() -> None:
    fact, test = Condition.model_validate({"retrieved_on": {"since": "2011-01-01"}}).question()
    assert (fact, test.said()) == ("retrieved_on", ["since"])
