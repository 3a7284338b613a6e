"""A document and its rules say everything that they have to say."""

import pytest

from policies.document import parse
from policies.errors import PolicyError
from policies.rules import Outcome, Then
from policies.verdicts import Action
from tests.factories.policies import LISTED, TAXONOMY, Plain, attachment, document, policy, rule, text


def _problems(plain: Plain) -> list[str]:
    with pytest.raises(PolicyError) as refused:
        parse(text(plain))
    return [problem.sentence for problem in refused.value.problems]


@pytest.mark.parametrize("field", ["format", "name", "version", "title", "strategy", "rules", "otherwise"])
def test_a_policy_says_everything_that_it_has_to_say(field: str) -> None:
    assert _problems(document(**{field: None})) == [f"`{field}` is missing."]


@pytest.mark.parametrize("field", ["id", "sentence", "ground", "when", "then", "reason", "if_unknown"])
def test_a_rule_says_everything_that_it_has_to_say(field: str) -> None:
    short = {name: value for name, value in rule().items() if name != field}
    assert _problems(document(rules=[short])) == [f"`{field}` is missing."]


def test_a_policy_without_rules_is_refused() -> None:
    assert _problems(document(rules=[])) == ["An empty list decides nothing."]


@pytest.mark.parametrize(
    ("if_unknown", "in_doubt"),
    [
        ("skip", None),
        ("apply", ("blur", "face")),
        ({"then": "review", "reason": "who-knows"}, ("review", "who-knows")),
    ],
)
def test_a_rule_says_what_happens_in_doubt(if_unknown: object, in_doubt: tuple[str, str] | None) -> None:
    [parsed] = policy(rules=[rule(if_unknown=if_unknown)]).document.rules
    expected = None if in_doubt is None else Outcome(then=Then(in_doubt[0]), reason=in_doubt[1])
    assert parsed.in_doubt == expected


def test_review_may_end_in_any_action_and_the_others_in_themselves() -> None:
    assert Then.REVIEW.actions == set(Action)
    assert Then.BLUR.actions == {Action.BLUR}


def test_a_document_lists_the_files_that_it_needs() -> None:
    parsed = policy(
        lists={"dogs": attachment(LISTED)},
        taxonomy=attachment(TAXONOMY),
        rules=[rule(when={"any": [{"synset": {"subtree": "n00007846"}}, {"label": {"in_list": "dogs"}}]})],
    ).document
    assert [loc for loc, _, _ in parsed.attachments()] == [("lists", "dogs"), ("taxonomy",)]


@pytest.mark.parametrize("digest", ["md5:00", "sha256:00", "sha256:" + "A" * 64])
def test_a_file_is_named_by_nothing_but_a_sha256(digest: str) -> None:
    lists = {"dogs": {"title": "Dogs", "digest": digest}}
    assert _problems(document(lists=lists)) == [f"`{digest}` does not have the form that `digest` needs."]
