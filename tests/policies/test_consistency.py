"""Fields that are right each for itself can still contradict one another."""

import pytest

from policies.document import parse
from policies.errors import PolicyError
from policies.verdicts import RESERVED_REASONS
from tests.factories.policies import LISTED, TAXONOMY, Plain, attachment, document, policy, rule, text


def _problems(plain: Plain) -> list[str]:
    with pytest.raises(PolicyError) as refused:
        parse(text(plain))
    return [problem.sentence for problem in refused.value.problems]


def test_two_rules_of_one_name_are_refused() -> None:
    assert _problems(document(rules=[rule(), rule(id="other"), rule()])) == ["Rule 1 is called `faces` already."]


@pytest.mark.parametrize("name", ["otherwise", "built-in-hold"])
def test_a_rule_cannot_take_a_name_of_accession(name: str) -> None:
    assert _problems(document(rules=[rule(id=name)])) == [f"The id `{name}` is Accession's own."]


@pytest.mark.parametrize("reason", sorted(RESERVED_REASONS))
def test_no_rule_can_take_a_reason_of_accession(reason: str) -> None:
    doubt = {"then": "exclude", "reason": reason}
    rest = {"then": "keep", "reason": reason, "sentence": "The rest."}
    problems = _problems(document(rules=[rule(reason=reason, if_unknown=doubt)], otherwise=rest))
    assert problems == [f"The reason `{reason}` is Accession's own; a policy needs another."] * 3


def test_a_policy_that_excludes_everything_is_refused() -> None:
    rest = {"then": "exclude", "reason": "rest", "sentence": "Nothing stays."}
    assert _problems(document(rules=[rule(then="exclude")], otherwise=rest)) == [
        "Whatever the facts, this policy excludes every image."
    ]


@pytest.mark.parametrize(
    "changes", [{"then": "review"}, {"then": "exclude", "if_unknown": {"then": "keep", "reason": "a"}}]
)
def test_a_policy_that_may_keep_something_is_allowed(changes: Plain) -> None:
    rest = {"then": "exclude", "reason": "rest", "sentence": "Nothing else stays."}
    assert policy(rules=[rule(**changes)], otherwise=rest).name == "test-policy"


@pytest.mark.parametrize(
    ("when", "then"),
    [
        ({"takedown": {"in": ["upheld"]}}, "keep"),
        ({"takedown": {"in": ["none", "held"]}}, "review"),
        ({"not": {"takedown": {"in": ["none"]}}}, "blur"),
        ({"all": [{"faces": {"at_least": 1}}, {"any": [{"takedown": {"in": ["held"]}}]}]}, "keep"),
    ],
)
def test_a_policy_that_would_lift_a_takedown_is_refused(when: Plain, then: str) -> None:
    assert _problems(document(rules=[rule(when=when, then=then)])) == [
        "`faces` would lift an upheld takedown or a hold; no policy can do that."
    ]


@pytest.mark.parametrize(
    ("when", "then"),
    [
        ({"takedown": {"in": ["upheld"]}}, "exclude"),
        ({"takedown": {"in": ["none"]}}, "keep"),
        ({"not": {"takedown": {"in": ["held", "upheld"]}}}, "keep"),
        ({"not": {"not": {"takedown": {"in": ["none"]}}}}, "keep"),
    ],
)
def test_a_policy_may_ask_whether_a_case_has_stopped_an_image(when: Plain, then: str) -> None:
    assert policy(rules=[rule(when=when, then=then)]).name == "test-policy"


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    assert _problems(document(valid_from="2027-01-01", valid_until="2026-01-01")) == [
        "A policy that is valid from 2027-01-01 is not over on 2026-01-01."
    ]


SUBTREE = rule(when={"not": {"all": [{"synset": {"subtree": "n00007846"}}]}})


def test_a_subtree_needs_a_taxonomy() -> None:
    assert _problems(document(rules=[SUBTREE])) == [
        "A subtree needs a `taxonomy`: the file that says what lies below it."
    ]


def test_a_taxonomy_that_no_rule_asks_for_is_refused() -> None:
    assert _problems(document(taxonomy=attachment(TAXONOMY))) == ["No rule asks for a subtree of the taxonomy."]


@pytest.mark.parametrize("fact", ["label", "path", "synset"])
def test_a_list_that_is_asked_for_has_to_be_named(fact: str) -> None:
    when = {"any": [{fact: {"in_list": "dogs"}}]}
    assert _problems(document(rules=[rule(when=when)])) == ["No list in `lists` is called `dogs`."]


def test_a_list_that_no_rule_asks_for_is_refused() -> None:
    assert _problems(document(lists={"dogs": attachment(LISTED)})) == ["No rule asks for the list `dogs`."]


def test_files_that_rules_ask_for_are_in_order() -> None:
    listed = rule(id="listed", when={"label": {"in_list": "dogs"}})
    found = policy(taxonomy=attachment(TAXONOMY), lists={"dogs": attachment(LISTED)}, rules=[SUBTREE, listed])
    assert found.name == "test-policy"
