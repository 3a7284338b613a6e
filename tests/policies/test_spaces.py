"""Every synset of a label space is counted once, under the rule that decides it."""

from policies import spaces
from policies.evaluate import Pending
from tests.factories.policies import LISTED, TAXONOMY, attachment, policy, rule

RULES = [
    rule(id="listed", when={"synset": {"in_list": "mine"}}, then="exclude", reason="listed"),
    rule(id="person", when={"synset": {"subtree": "n00007846"}}, then="review", reason="person"),
    rule(id="faces", when={"all": [{"synset": {"in": ["n00000001"]}}, {"faces": {"at_least": 1}}]}),
]
FOUND = policy(lists={"mine": attachment(LISTED)}, taxonomy=attachment(TAXONOMY), rules=RULES)


def test_synsets_are_counted_by_rule_and_outcome() -> None:
    listed = ["n10000002", "n09835506", "n00001740", "n00000001", "n09835506"]
    space = spaces.measure(FOUND, listed)
    assert space.total == 4
    assert space.by_rule == {"listed": 1, "person": 1, "otherwise": 1, "pending": 1}
    assert space.by_outcome == {"exclude": 2, "keep": 1, "pending": 1}
    assert space.excluded == ("n09835506", "n10000002")


def test_one_synset_has_the_outcome_of_an_image_of_which_nothing_else_is_known() -> None:
    assert isinstance(spaces.of_synset(FOUND, "n00000001"), Pending)


def test_what_lies_below_a_root_as_an_instance_only_is_overlooked_by_rules_that_follow_hyponyms() -> None:
    assert spaces.roots(FOUND) == {"n00007846"}
    rex, listed, pending, elsewhere = "n09999999", "n10000002", "n00000001", "n00000009"
    below = {rex, listed, pending, "n09835506"}
    space = [rex, listed, pending, "n09835506", elsewhere, rex]
    assert spaces.overlooked(FOUND, space, below) == (rex,)
    assert spaces.overlooked(FOUND, space, ()) == ()
