"""A policy runs with exactly the files that it names, or not at all."""

import pytest

from policies.document import Policy, parse
from policies.errors import PolicyError
from policies.evaluate import evaluate
from policies.verdicts import Verdict
from tests.factories.policies import (
    FILES,
    LISTED,
    TAXONOMY,
    Plain,
    attachment,
    digest_of,
    document,
    facts,
    policy,
    rule,
    text,
)

PEOPLE = {"synset": {"subtree": "n00007846"}}
LISTS = {"mine": attachment(LISTED)}


def _problems(plain: Plain, files: dict[str, bytes]) -> list[str]:
    with pytest.raises(PolicyError) as refused:
        parse(text(plain), files)
    return [problem.sentence for problem in refused.value.problems]


def _matches(found: Policy, label: str) -> bool:
    verdict = evaluate(found, facts(label=label, path=label))
    assert isinstance(verdict, Verdict)
    return verdict.rule != "otherwise"


@pytest.mark.parametrize(
    ("when", "labels"),
    [
        (PEOPLE, {"n00007846", "n09835506", "n10000001", "n10000002"}),
        ({"synset": {"subtree": "n00007846", "depth": 1}}, {"n00007846", "n09835506", "n10000001"}),
        ({"all": [PEOPLE, {"not": {"synset": {"in": ["n09835506"]}}}]}, {"n00007846", "n10000001", "n10000002"}),
        (
            {"any": [{"synset": {"subtree": "n02084071"}}, {"label": {"in": ["people"]}}]},
            {"n02084071", "n10000002", "people"},
        ),
        ({"synset": {"subtree": "n00007846", "except": ["n10000001"]}}, {"n00007846", "n09835506", "n10000002"}),
        ({"synset": {"subtree": "n00007846", "except_list": "mine"}}, {"n00007846", "n09835506", "n10000001"}),
    ],
)
def test_a_subtree_is_read_from_the_taxonomy(when: Plain, labels: set[str]) -> None:
    lists = LISTS if "mine" in str(when) else {}
    found = policy(taxonomy=attachment(TAXONOMY), lists=lists, rules=[rule(when=when)])
    asked = ["n00001740", "n00007846", "n02084071", "n09835506", "n10000001", "n10000002", "people"]
    assert {label for label in asked if _matches(found, label)} == labels


@pytest.mark.parametrize("fact", ["label", "synset", "path"])
def test_a_list_is_read_without_blanks_and_repetitions(fact: str) -> None:
    found = policy(lists=LISTS, rules=[rule(when={fact: {"in_list": "mine"}})])
    assert found.shelf.lists == {"mine": ("n02084071", "n10000002")}
    assert [_matches(found, label) for label in ("n02084071", "n10000002", "n00007846")] == [True, True, False]


def test_what_needs_no_file_stays_as_it_was_written() -> None:
    conditions = [{"faces": {"at_least": 1}}, {"label": {"glob": "n0*"}}, {"format": {"in": ["png"]}}]
    found = policy(rules=[rule(id=f"r{place}", when=when) for place, when in enumerate(conditions)])
    assert found.conditions == tuple(parsed.when for parsed in found.document.rules)


def test_a_file_that_is_not_at_hand_is_named() -> None:
    plain = document(
        lists=LISTS, taxonomy=attachment(TAXONOMY), rules=[rule(when={"any": [PEOPLE, {"label": {"in_list": "mine"}}]})]
    )
    assert sorted(_problems(plain, {})) == [
        f"The list `mine` ({digest_of(LISTED)}) is not at hand.",
        f"The taxonomy ({digest_of(TAXONOMY)}) is not at hand.",
    ]


def test_a_file_with_other_bytes_is_refused() -> None:
    plain = document(lists=LISTS, rules=[rule(when={"label": {"in_list": "mine"}})])
    assert _problems(plain, {digest_of(LISTED): LISTED + b"n00007846\n"}) == [
        "The list `mine` has other bytes than the policy was written for."
    ]


def test_a_list_without_a_line_is_refused() -> None:
    plain = document(lists={"mine": attachment(b" \n\n")}, rules=[rule(when={"label": {"in_list": "mine"}})])
    assert _problems(plain, {digest_of(b" \n\n"): b" \n\n"}) == ["The list `mine` is empty; it decides nothing."]


def test_a_list_of_synsets_holds_nothing_but_wordnet_ids() -> None:
    words = b"n00007846\na word\n"
    plain = document(lists={"mine": attachment(words)}, rules=[rule(when={"synset": {"in_list": "mine"}})])
    assert _problems(plain, {digest_of(words): words}) == ["`a word` in `mine` is no WordNet id."]


def test_a_subtree_that_does_not_exist_is_refused_at_its_line() -> None:
    plain = document(
        taxonomy=attachment(TAXONOMY), rules=[rule(when={"any": [{"not": {"synset": {"subtree": "n99999999"}}}]})]
    )
    assert _problems(plain, FILES) == ["The taxonomy has no synset n99999999."]


def test_a_taxonomy_that_is_none_is_refused() -> None:
    plain = document(taxonomy=attachment(b"dog\n"), rules=[rule(when=PEOPLE)])
    assert _problems(plain, {digest_of(b"dog\n"): b"dog\n"}) == [
        "The taxonomy cannot be read: line 1 of the taxonomy is not `parent child`, two WordNet ids."
    ]


def test_instances_need_a_taxonomy_that_tells_them_apart() -> None:
    when: Plain = {"synset": {"subtree": "n00007846", "instances": True}}
    plain = document(taxonomy=attachment(TAXONOMY), rules=[rule(when=when)])
    assert _problems(plain, FILES) == [
        "The taxonomy does not tell instances from hyponyms; `taxonomy import` makes one that does."
    ]
    kept = b"accession-taxonomy/1\nkind\tn00007846\tn09835506\ninstance\tn09835506\tn10000001\n"
    told = parse(text(document(taxonomy=attachment(kept), rules=[rule(when=when)])), {digest_of(kept): kept})
    assert [_matches(told, label) for label in ("n10000001", "n10000002")] == [True, False]


def test_an_exception_that_is_nowhere_and_exceptions_that_leave_nothing_are_refused() -> None:
    strange: Plain = {"synset": {"subtree": "n00007846", "except": ["n99999999"]}}
    plain = document(taxonomy=attachment(TAXONOMY), rules=[rule(when=strange)])
    assert _problems(plain, FILES) == ["The taxonomy has no synset n99999999."]
    empty: Plain = {"synset": {"subtree": "n09835506", "except": ["n09835506"]}}
    plain = document(taxonomy=attachment(TAXONOMY), rules=[rule(when=empty)])
    assert _problems(plain, FILES) == ["Nothing of the subtree n09835506 is left after its exceptions."]


def test_a_list_may_be_compared_with_what_a_layer_says() -> None:
    found = policy(lists=LISTS, rules=[rule(when={"layer": {"name": "real", "in_list": "mine"}})])
    verdicts = [evaluate(found, facts(layer=(("real", (label,)),))) for label in ("n10000002", "n00007846")]
    assert [verdict.rule for verdict in verdicts if isinstance(verdict, Verdict)] == ["faces", "otherwise"]
