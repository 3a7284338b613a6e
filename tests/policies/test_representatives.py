"""A value for each answer that the rules can give, and few more."""

from hypothesis import given, settings

from policies.document import parse
from policies.evaluate import evaluate
from policies.facts import UNKNOWN
from policies.representatives import (
    IMAGES_LIMIT,
    OTHER_LABEL,
    OTHER_LICENCE,
    OTHER_PATH,
    OTHER_SYNSET,
    OTHER_TEXT,
    images,
    values,
)
from policies.verdicts import Action, Verdict
from tests.factories.policies import FILES, TAXONOMY, WNIDS, Plain, attachment, documents, policy, rule, text


def test_a_range_has_the_numbers_on_both_sides_of_its_ends_and_the_unknown() -> None:
    rules = [rule(), rule(id="crowd", when={"faces": {"at_least": 5, "at_most": 7}})]
    assert values(policy(rules=rules)) == {"faces": (0, 1, 4, 5, 7, 8, UNKNOWN)}


def test_a_range_from_nothing_has_no_number_below_it() -> None:
    assert values(policy(rules=[rule(when={"width": {"at_least": 0, "at_most": 2}})])) == {"width": (0, 2, 3, None)}


def test_labels_and_synsets_share_one_fact() -> None:
    when = {"any": [{"label": {"in": ["people", "persons"]}}, {"synset": {"subtree": "n00007846"}}]}
    found = values(policy(taxonomy=attachment(TAXONOMY), rules=[rule(when=when)]))
    assert found == {"label": (OTHER_LABEL, OTHER_SYNSET, "people", "n00007846", None)}


def test_a_glob_has_an_example_and_a_regular_expression_may_have_none() -> None:
    rules = [rule(when={"path": {"glob": "cats/?.*"}}), rule(id="r", when={"path": {"regex": "d[o]gs"}})]
    assert values(policy(rules=rules)) == {"path": (OTHER_PATH, "cats/a.a")}


def test_formats_are_told_apart_only_where_a_rule_does() -> None:
    assert values(policy(rules=[rule(when={"format": {"in": ["gif", "png"]}})])) == {"format": ("jpeg", "png", None)}


def test_each_kind_of_question_has_values_on_both_sides() -> None:
    whens: list[Plain] = [
        {"licence": {"satisfied_by": ["MIT"]}},
        {"advisories": {"any_in": ["cmyk"]}},
        {"retrieved_on": {"since": "2011-01-01", "before": "2012-01-01"}},
        {"layer": {"name": "real", "count": {"at_least": 1}}},
        {"split": {"in": ["val"]}},
        {"takedown": {"in": ["held"]}},
        {"reviewed": {"in": ["none", "keep"]}},
    ]
    found = values(policy(rules=[rule(id=f"r{place}", when=when, then="exclude") for place, when in enumerate(whens)]))
    assert found == {
        "licence": (OTHER_LICENCE, "MIT", None),
        "advisories": ((), ("cmyk",), None),
        "retrieved_on": ("2011-01-01", "2012-01-01", None),
        "layer": ((), (("real", ()),), (("real", (OTHER_SYNSET,)),)),
        "split": (OTHER_TEXT, "val", None),
        "reviewed": ((), (("another", Action.BLUR),)),
    }


def test_every_combination_is_there_once() -> None:
    both = policy(rules=[rule(when={"all": [{"faces": {"at_least": 1}}, {"format": {"in": ["png"]}}]})])
    pool = list(images(both))
    assert len(set(pool)) == len(pool) == 9


def test_of_very_many_combinations_some_are_chosen_and_always_the_same() -> None:
    facts = ("faces", "width", "height", "size_bytes")
    rules = [rule(id=f"{fact[:4]}-{n}", when={fact: {"at_least": 10 * n}}) for fact in facts for n in range(1, 9)]
    pool = list(images(policy(rules=rules)))
    assert len(pool) == IMAGES_LIMIT
    assert pool == list(images(policy(rules=rules)))


@settings(max_examples=50)
@given(documents())
def test_every_representative_has_a_verdict(plain: Plain) -> None:
    found = parse(text(plain), FILES)
    assert all(isinstance(evaluate(found, image), Verdict) for image in images(found))


def test_texts_of_long_lists_are_told_apart_by_the_lists_they_stand_in() -> None:
    both = {"any": [{"synset": {"in": [*WNIDS, "n00000001"]}}, {"label": {"in": ["dogs", WNIDS[1]]}}]}
    found = values(policy(rules=[rule(when=both)]))
    assert found == {"label": (OTHER_LABEL, OTHER_SYNSET, WNIDS[0], WNIDS[1], "dogs", None)}
    patterned = rule(when={"any": [both, {"label": {"glob": "n0983*"}}]})
    assert set(values(policy(rules=[patterned]))["label"]) == {*found["label"], WNIDS[2], "n0983a"}
