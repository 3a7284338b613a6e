"""A policy is what its bytes say, and nothing that cannot be run as written is a policy."""

import hashlib
import pickle

import pytest
from hypothesis import given, settings

from policies.document import outline, parse
from policies.errors import PolicyError
from policies.evaluate import evaluate
from tests.factories import policies
from tests.factories.policies import FILES, LISTED, Plain, attachment, digest_of, document, facts, policy, rule, text


def _problems(plain: Plain) -> list[str]:
    with pytest.raises(PolicyError) as refused:
        parse(text(plain))
    return [problem.sentence for problem in refused.value.problems]


def test_a_policy_is_known_by_the_digest_of_its_published_bytes() -> None:
    published = text(document())
    found = parse(published)
    assert found.digest == f"sha256:{hashlib.sha256(published).hexdigest()}"
    assert found.digest != parse(published + b"# a comment\n").digest
    assert (found.name, found.published) == ("test-policy", published)


@settings(max_examples=50)
@given(policies.documents())
def test_every_document_of_the_grammar_is_a_policy(plain: Plain) -> None:
    assert len(parse(text(plain), policies.FILES).predicates) == len(parse(text(plain), policies.FILES).document.rules)


def test_the_outline_of_a_policy_can_be_read_without_its_files() -> None:
    plain = document(lists={"mine": attachment(LISTED)}, rules=[rule(when={"label": {"in_list": "mine"}})])
    assert outline(text(plain)) == parse(text(plain), FILES).document


def test_a_policy_takes_its_files_along_to_another_process() -> None:
    sent = policy(lists={"mine": attachment(LISTED)}, rules=[rule(when={"label": {"in_list": "mine"}})])
    received = pickle.loads(pickle.dumps(sent))  # noqa: S301 - our own bytes
    assert received == sent
    assert received.shelf.files == {digest_of(LISTED): LISTED}


def test_a_policy_that_was_run_travels_to_another_process() -> None:
    sent = policy(rules=[rule(when={"label": {"regex": "n0.*"}})])
    verdict = evaluate(sent, facts())
    received = pickle.loads(pickle.dumps(sent))  # noqa: S301 - our own bytes
    assert (received.digest, evaluate(received, facts())) == (sent.digest, verdict)
