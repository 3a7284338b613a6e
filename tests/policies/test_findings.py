"""Rules that do nothing are shown to their author, with an image that shows it."""

import pytest

from policies import shipped
from policies.document import parse
from policies.facts import PENDING, UNKNOWN
from policies.findings import described, excludes_everything, findings, word_for
from tests.factories.policies import Plain, document, facts, policy, rule, text


def _found(**changes: object) -> list[str]:
    return [problem.sentence for problem in findings(policy(**changes))]


@pytest.mark.parametrize("name", ["ilsvrc-faces-2021", "person-filtered-faces"])
def test_nothing_is_odd_about_what_is_shipped(name: str) -> None:
    assert findings(parse(shipped.read(name))) == ()


def test_a_rule_that_contradicts_itself_matches_nothing() -> None:
    never = {"all": [{"faces": {"at_least": 3}}, {"faces": {"at_most": 2}}]}
    assert _found(rules=[rule(id="never", when=never), rule()]) == ["No image was found that `never` matches."]


def test_a_rule_that_matches_nothing_is_odd_even_where_it_decides_in_doubt() -> None:
    never = {"all": [{"faces": {"at_least": 3}}, {"faces": {"at_most": 2}}]}
    assert _found(rules=[rule(when=never, if_unknown="apply")]) == ["No image was found that `faces` matches."]


def test_a_rule_that_an_earlier_one_always_overrules_is_shown_with_a_witness() -> None:
    rules = [rule(), rule(id="crowd", when={"faces": {"at_least": 9}}, then="exclude", reason="crowd")]
    assert _found(rules=rules) == [
        "`crowd` was never found to matter. An image with faces 9 matches it and is decided by `faces`: blur."
    ]
    assert _found(rules=rules[::-1]) == []


@pytest.mark.parametrize(("strategy", "is_odd"), [("first-match", False), ("strictest", True)])
def test_a_rule_that_keeps_what_a_stricter_one_takes(strategy: str, is_odd: bool) -> None:  # noqa: FBT001 - a column
    few = rule(id="few", when={"faces": {"at_least": 1, "at_most": 2}}, then="keep", reason="few")
    assert (_found(strategy=strategy, rules=[few, rule()]) != []) is is_odd


def test_a_rule_that_only_adds_its_reason_matters() -> None:
    assert _found(strategy="strictest", rules=[rule(), rule(id="again", reason="again")]) == []


@pytest.mark.parametrize("then", ["exclude", "review"])
def test_a_policy_that_leaves_nothing_is_odd(then: str) -> None:
    found = _found(rules=[rule(id="all", when={"path": {"glob": "**"}}, then=then)])
    assert found == ["No image was found that this policy keeps or blurs."]


def test_nothing_is_said_about_patterns_of_which_no_example_was_found() -> None:
    assert _found(rules=[rule(when={"label": {"regex": "d[o]gs"}})]) == []


def test_a_finding_stands_at_the_line_of_its_rule() -> None:
    first, second = text(rule()).decode(), text(rule(id="crowd", when={"faces": {"at_least": 9}})).decode()
    head = text(document(rules=None)).decode().removesuffix("}")
    published = f"{head}, 'rules': [\n{first},\n{second}]}}".encode()
    assert [problem.line for problem in findings(parse(published))] == [3]


def test_an_image_is_described_by_what_the_policy_asks_about() -> None:
    when: Plain = {"any": [{"faces": {"at_least": 1}}, {"label": {"in": ["a"]}}, {"synset": {"in": ["n00007846"]}}]}
    asks = policy(rules=[rule(when=when)])
    assert described(asks, facts(label=None)) == "faces 0, label none, synset unknown"


def test_missing_values_say_why() -> None:
    assert [word_for(value) for value in (UNKNOWN, PENDING, None, 3)] == ["unknown", "pending", "none", "3"]


def test_codes_and_layers_are_listed() -> None:
    assert word_for(("cmyk", "duplicate")) == "cmyk, duplicate"
    assert word_for((("real", ("n1", "n2")), ("votes", ()))) == "real: n1, n2, votes: none"


def test_a_policy_of_which_nothing_is_found_to_be_left_excludes_everything() -> None:
    rest = {"then": "exclude", "reason": "rest", "sentence": "Nothing else stays."}
    never = {"all": [{"faces": {"at_least": 1}}, {"faces": {"at_most": 0}}]}
    assert excludes_everything(policy(rules=[rule(when=never)], otherwise=rest))
    assert not excludes_everything(policy(rules=[rule()], otherwise=rest))
    glob = {"all": [{"path": {"glob": "x"}}, never]}
    assert not excludes_everything(policy(rules=[rule(when=glob)], otherwise=rest))
