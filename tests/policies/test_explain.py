"""Every rule says what it made of an image, and what would have to be otherwise is said and true."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.document import parse
from policies.evaluate import evaluate
from policies.explain import ALTERNATIVES_LIMIT, Answer, explain, explain_synset
from policies.facts import PENDING, UNKNOWN, ImageFacts
from policies.truth import Truth
from policies.verdicts import Action, Verdict
from tests.factories.policies import (
    FILES,
    LISTED,
    TAXONOMY,
    Plain,
    attachment,
    digest_of,
    document,
    documents,
    facts,
    images,
    policy,
    rule,
    text,
)

PERSON = rule(id="person", when={"synset": {"subtree": "n00007846"}}, then="exclude", reason="person-class")
PEOPLE = policy(taxonomy=attachment(TAXONOMY), rules=[PERSON, rule()])


def _changes(image: ImageFacts, **changes: object) -> list[tuple[str, ...]]:
    return [alternative.changes for alternative in explain(policy(**changes), image).alternatives]


def test_an_explanation_names_the_policy_and_its_outcome() -> None:
    explained = explain(PEOPLE, facts(faces=2))
    assert explained.policy_digest == PEOPLE.digest
    assert explained.outcome == Verdict(Action.BLUR, ("face",), "faces")


def test_every_rule_says_what_it_asked_and_what_it_was_told() -> None:
    person, faces = explain(PEOPLE, facts(faces=2)).rules
    assert (person.rule, person.truth, faces.rule, faces.truth) == ("person", Truth.FALSE, "faces", Truth.TRUE)
    assert person.answers == (Answer("synset in the subtree n00007846", "n02084071", Truth.FALSE),)
    assert faces.answers == (Answer("faces at least 1", "2", Truth.TRUE),)
    assert faces.sentence == "Faces are blurred."


def test_the_ways_to_a_subtree_are_shown_by_ids() -> None:
    person, faces = explain(PEOPLE, facts(label="n10000002")).rules
    assert person.paths == (("n00007846", "n10000001", "n10000002"),)
    assert faces.paths == ()


@pytest.mark.parametrize("label", ["people", "n00001740"])
def test_what_is_not_in_a_subtree_has_no_way_to_it(label: str) -> None:
    assert explain(PEOPLE, facts(label=label)).rules[0].paths == ()


def test_a_taxonomy_shows_no_way_for_a_rule_that_asks_for_no_subtree() -> None:
    rules = [PERSON, rule(id="named", when={"synset": {"in": ["n10000002"]}})]
    explained = explain(policy(taxonomy=attachment(TAXONOMY), rules=rules), facts(label="n10000002"))
    assert explained.rules[1].paths == ()


@pytest.mark.parametrize(
    ("when", "question"),
    [
        ({"faces": {"at_least": 1, "at_most": 3}}, "faces at least 1 and at most 3"),
        ({"width": {"at_most": 99}}, "width at most 99"),
        ({"label": {"in": ["a", "b"]}}, "label one of 2 named"),
        ({"label": {"in_list": "mine"}}, "label in the list mine"),
        ({"synset": {"in_list": "mine"}}, "synset in the list mine"),
        ({"path": {"glob": "a/*"}}, "path like a/*"),
        ({"path": {"regex": "a.*"}}, "path like a.*"),
        ({"licence": {"satisfied_by": ["MIT"]}}, "licence satisfied by one of 1"),
        ({"advisories": {"none_in": ["a", "b"]}}, "advisories none in one of 2"),
        ({"retrieved_on": {"since": "2011-01-01"}}, "retrieved_on since 2011-01-01"),
        ({"layer": {"name": "real", "count": {"at_most": 0}}}, "labels of the layer real at most 0"),
        ({"layer": {"name": "real", "agrees": True}}, "the layer real agrees with the label"),
        ({"layer": {"name": "real", "agrees": False}}, "the layer real does not agree with the label"),
        ({"layer": {"name": "real", "in_list": "mine"}}, "the layer real in the list mine"),
    ],
)
def test_questions_read_as_words(when: Plain, question: str) -> None:
    lists = {"mine": attachment(LISTED)} if "mine" in str(when) else {}
    [traced] = explain(policy(lists=lists, rules=[rule(when=when)]), facts()).rules
    assert [answer.question for answer in traced.answers] == [question]


def test_a_depth_is_part_of_the_question() -> None:
    when = {"synset": {"subtree": "n00007846", "depth": 2}}
    [traced] = explain(policy(taxonomy=attachment(TAXONOMY), rules=[rule(when=when)]), facts()).rules
    assert traced.answers[0].question == "synset in the subtree n00007846 down to 2 steps"


def test_instances_and_exceptions_are_part_of_the_question() -> None:
    kept = b"accession-taxonomy/1\nkind\tn00007846\tn09835506\ninstance\tn09835506\tn10000002\n"
    files = {digest_of(kept): kept, digest_of(LISTED): LISTED}
    test = {"subtree": "n00007846", "instances": True, "except": ["n09835506"], "except_list": "mine"}
    plain = document(taxonomy=attachment(kept), lists={"mine": attachment(LISTED)}, rules=[rule(when={"synset": test})])
    [traced] = explain(parse(text(plain), files), facts(label="n10000002")).rules
    asked = "synset in the subtree n00007846 with instances but not 1 named and the list mine"
    assert traced.answers[0].question == asked
    assert traced.paths == (("n00007846", "n09835506", "n10000002"),)


def test_what_is_as_wanted_needs_no_alternative() -> None:
    assert explain(PEOPLE, facts()).alternatives == ()


def test_the_nearest_number_is_named() -> None:
    crowd = rule(when={"faces": {"at_least": 4, "at_most": 8}}, then="exclude", if_unknown="apply")
    assert _changes(facts(faces=5), rules=[crowd]) == [("faces were 3",)]
    assert _changes(facts(faces=8), rules=[crowd]) == [("faces were 9",)]
    assert _changes(facts(faces=UNKNOWN), rules=[crowd]) == [("faces were 3",)]


def test_a_pending_fact_is_answered_by_what_it_may_turn_out_to_be() -> None:
    assert _changes(facts(faces=PENDING), rules=[rule()]) == [("faces were 0",)]


def test_a_synset_is_better_replaced_by_a_synset() -> None:
    assert [found.changes for found in explain(PEOPLE, facts(label="n09835506")).alternatives] == [
        ("label were another synset",)
    ]


def test_two_changes_are_named_where_one_does_not_do() -> None:
    rules = [
        rule(then="exclude"),
        rule(id="small", when={"width": {"at_most": 600}}, then="exclude", if_unknown="apply"),
    ]
    assert _changes(facts(faces=1), rules=rules) == [("faces were 0", "width were 601")]


def test_what_no_policy_lifts_has_to_be_otherwise_first() -> None:
    stopped = facts(faces=1, defect="truncated", is_held=True, is_taken_down=True)
    stops = ("the file were not truncated", "no takedown of it were upheld", "it were not held")
    assert _changes(stopped, rules=[rule()]) == [(*stops, "faces were 0")]
    assert _changes(facts(is_held=True), rules=[rule()]) == [("it were not held",)]


def test_a_person_could_have_reviewed_it() -> None:
    reviewing = rule(then="review", when={"path": {"glob": "**"}})
    assert _changes(facts(), rules=[reviewing]) == [("a person had looked at it and decided to keep it",)]
    blurred = explain(policy(rules=[reviewing]), facts(reviewed=(("face", Action.KEEP),)), wanted=Action.BLUR)
    assert blurred.alternatives[0].verdict.action is Action.BLUR


def test_a_decision_could_be_missing_too() -> None:
    gone = rule(when={"reviewed": {"in": ["exclude"]}}, then="exclude")
    excluded = explain(policy(rules=[gone]), facts(reviewed=(("face", Action.EXCLUDE),)))
    assert excluded.rules[0].answers[0].value == "face: exclude"
    assert excluded.alternatives[0].changes == ("nobody had reviewed it",)


def test_where_no_few_changes_help_none_is_named() -> None:
    always = rule(when={"any": [{"faces": {"at_least": 0}}, {"faces": {"at_most": 9}}]}, if_unknown="apply")
    assert _changes(facts(faces=1, reviewed=(("face", Action.KEEP),)), rules=[always]) == []


@settings(max_examples=50)
@given(documents(), images(), st.sampled_from(Action))
def test_every_alternative_leads_to_what_is_wanted(plain: Plain, image: ImageFacts, wanted: Action) -> None:
    found = parse(text(plain), FILES)
    explained = explain(found, image, wanted)
    assert explained.outcome == evaluate(found, image)
    assert len(explained.alternatives) <= ALTERNATIVES_LIMIT
    assert all(alternative.verdict.action is wanted for alternative in explained.alternatives)


def test_a_synset_is_explained_by_the_rules_that_touch_it() -> None:
    excluded = explain_synset(PEOPLE, "n10000002")
    assert excluded.outcome == Verdict(Action.EXCLUDE, ("person-class",), "person")
    assert [traced.rule for traced in excluded.rules] == ["person", "faces"]
    assert excluded.rules[0].paths == (("n00007846", "n10000001", "n10000002"),)
    assert excluded.alternatives[0].changes == ("label were another synset", "faces were 0")
    waits = explain_synset(PEOPLE, "n02084071")
    assert [traced.rule for traced in waits.rules] == ["faces"]


def test_a_rule_touches_a_synset_that_one_of_its_questions_names() -> None:
    small = {"all": [{"synset": {"in": ["n02084071"]}}, {"not": {"path": {"glob": "**"}}}]}
    found = policy(rules=[rule(id="small", when=small), rule(id="other", when={"path": {"in": ["x"]}})])
    assert [traced.rule for traced in explain_synset(found, "n02084071").rules] == ["small"]


def test_an_exception_would_have_to_be_otherwise_first() -> None:
    [alternative] = explain(PEOPLE, facts(exception=Action.BLUR)).alternatives
    assert alternative.changes == ("no exception said to blur it",)
