"""What an editor accepts is the form of a document; what it refuses, the parser refuses too."""

import jsonschema
import pytest
from hypothesis import given, settings

from policies import shipped, strict_yaml
from policies.document import outline
from policies.errors import PolicyError
from policies.schema import json_schema
from tests.factories.policies import LISTED, TAXONOMY, Plain, attachment, document, documents, rule, text

VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("name", shipped.names())
def test_what_is_shipped_has_the_form(name: str) -> None:
    VALIDATOR.validate(strict_yaml.read(shipped.read(name)).plain())


@settings(max_examples=50)
@given(documents())
def test_every_document_of_the_grammar_has_the_form(plain: Plain) -> None:
    VALIDATOR.validate(plain)


def test_a_document_with_files_has_the_form() -> None:
    when = {"all": [{"synset": {"subtree": "n00007846", "depth": 2}}, {"label": {"in_list": "mine"}}]}
    plain = document(taxonomy=attachment(TAXONOMY), lists={"mine": attachment(LISTED)}, rules=[rule(when=when)])
    VALIDATOR.validate(plain)


@pytest.mark.parametrize(
    "changes",
    [
        {"strategy": "random"},
        {"rules": []},
        {"rules": [rule(when={})]},
        {"rules": [rule(when={"all": []})]},
        {"rules": [rule(when={"faces": {}})]},
        {"rules": [rule(when={"faces": {"at_least": "1"}})]},
        {"rules": [rule(when={"faces": {"at_least": 1}, "width": {"at_least": 1}})]},
        {"rules": [rule(when={"label": {"in": ["a"], "glob": "a"}})]},
        {"rules": [rule(when={"synset": {"in": ["dog"]}})]},
        {"rules": [rule(when={"synset": {"in": ["n00007846"], "depth": 1}})]},
        {"rules": [rule(when={"synset": {"in": ["n00007846"], "in_list": "mine"}})]},
        {"rules": [rule(if_unknown="perhaps")]},
        {"rules": [rule(if_unknown={"then": "exclude"})]},
        {"rules": [rule(reason="Not A Code")]},
        {"otherwise": None},
        {"author": "me"},
    ],
)
def test_what_has_not_the_form_is_refused_by_both(changes: Plain) -> None:
    plain = document(**changes)
    assert not VALIDATOR.is_valid(plain)
    with pytest.raises(PolicyError):
        outline(text(plain))
