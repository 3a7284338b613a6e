"""What is wrong with a document although each of its fields is right? Yields places and sentences; raises nothing."""

from collections.abc import Iterator

from policies.problems import Loc
from policies.questions import LayerTest, SynsetTest, TextTest
from policies.rules import OTHERWISE, Outcome, PolicyDocument, Rule
from policies.verdicts import BUILT_IN_PREFIX, RESERVED_REASONS, Action


def contradictions(document: PolicyDocument) -> Iterator[tuple[Loc, str]]:
    """What no single field shows to be wrong: where, and a sentence."""
    first_place: dict[str, int] = {}
    for place, rule in enumerate(document.rules):
        if rule.id in first_place:
            yield ("rules", place, "id"), f"Rule {first_place[rule.id] + 1} is called `{rule.id}` already."
        first_place.setdefault(rule.id, place)
        if rule.id == OTHERWISE or rule.id.startswith(BUILT_IN_PREFIX):
            yield ("rules", place, "id"), f"The id `{rule.id}` is Accession's own."
        yield from _reserved(("rules", place), rule)
        if isinstance(rule.if_unknown, Outcome):
            yield from _reserved(("rules", place, "if_unknown"), rule.if_unknown)
    yield from _reserved(("otherwise",), document.otherwise)
    yield from _attachments(document)
    if _possible_actions(document) == {Action.EXCLUDE}:
        yield ("rules",), "Whatever the facts, this policy excludes every image."


def _reserved(loc: Loc, says: Rule | Outcome) -> Iterator[tuple[Loc, str]]:
    if says.reason in RESERVED_REASONS:
        yield (*loc, "reason"), f"The reason `{says.reason}` is Accession's own; a policy needs another."


def _attachments(document: PolicyDocument) -> Iterator[tuple[Loc, str]]:
    """Lists and subtrees that a rule asks for and nobody names, and the other way round."""
    named, asked = set(document.lists), set[str]()
    needs_taxonomy = False
    for loc, test in _listing_tests(document):
        if isinstance(test, SynsetTest) and test.subtree is not None:
            needs_taxonomy = True
            if document.taxonomy is None:
                yield (*loc, "subtree"), "A subtree needs a `taxonomy`: the file that says what lies below it."
        for field in ("in_list", "except_list"):
            wanted = getattr(test, field, None)
            if wanted is not None:
                asked.add(wanted)
                if wanted not in named:
                    yield (*loc, field), f"No list in `lists` is called `{wanted}`."
    for name in sorted(named - asked):
        yield ("lists", name), f"No rule asks for the list `{name}`."
    if document.taxonomy is not None and not needs_taxonomy:
        yield ("taxonomy",), "No rule asks for a subtree of the taxonomy."


def _listing_tests(document: PolicyDocument) -> Iterator[tuple[Loc, TextTest | SynsetTest | LayerTest]]:
    for place, rule in enumerate(document.rules):
        for loc, leaf in rule.when.leaves(("rules", place, "when")):
            fact, test = leaf.question()
            if isinstance(test, TextTest | SynsetTest | LayerTest):
                yield (*loc, fact), test


def _possible_actions(document: PolicyDocument) -> frozenset[Action]:
    outcomes = [outcome for rule in document.rules for outcome in (rule.outcome, rule.in_doubt) if outcome]
    return frozenset().union(*(outcome.then.actions for outcome in (*outcomes, document.otherwise)))
