"""What is wrong with a document although each of its fields is right? Yields places and sentences; raises nothing."""

from collections.abc import Iterator

from policies.conditions import Condition
from policies.problems import Loc
from policies.questions import LayerTest, SynsetTest, TextTest
from policies.rules import OTHERWISE, Outcome, PolicyDocument, Rule, Then
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
    yield from _dates(document)
    yield from _liftings(document)
    if _possible_actions(document) == {Action.EXCLUDE}:
        yield ("rules",), "Whatever the facts, this policy excludes every image."


def _reserved(loc: Loc, says: Rule | Outcome) -> Iterator[tuple[Loc, str]]:
    if says.reason in RESERVED_REASONS:
        yield (*loc, "reason"), f"The reason `{says.reason}` is Accession's own; a policy needs another."


def _attachments(document: PolicyDocument) -> Iterator[tuple[Loc, str]]:
    """Lists and subtrees that a rule asks for and nobody names, and the other way round."""
    asked = [*_asked_lists(document), *_counted_lists(document)]
    for loc, name in asked:
        if name not in document.lists:
            yield loc, f"No list in `lists` is called `{name}`."
    for name in sorted(document.lists.keys() - {name for _, name in asked}):
        yield ("lists", name), f"No rule asks for the list `{name}`."
    subtrees = [loc for loc, test in _listing_tests(document) if isinstance(test, SynsetTest) and test.subtree]
    if document.taxonomy is None:
        for loc in subtrees:
            yield (*loc, "subtree"), "A subtree needs a `taxonomy`: the file that says what lies below it."
    elif not subtrees:
        yield ("taxonomy",), "No rule asks for a subtree of the taxonomy."


def _asked_lists(document: PolicyDocument) -> Iterator[tuple[Loc, str]]:
    """The lists that rules ask for."""
    for loc, test in _listing_tests(document):
        for field in ("in_list", "except_list"):
            if (wanted := getattr(test, field, None)) is not None:
                yield (*loc, field), wanted


def _counted_lists(document: PolicyDocument) -> Iterator[tuple[Loc, str]]:
    """The lists whose lines a figure counts."""
    for place, figure in enumerate(document.figures):
        for name, terms in (("add", figure.add), ("subtract", figure.subtract)):
            for number, term in enumerate(terms):
                if term.lines_of is not None:
                    yield ("figures", place, name, number, "lines_of"), term.lines_of


def _liftings(document: PolicyDocument) -> Iterator[tuple[Loc, str]]:
    """Rules that would let through what a case has stopped, just because it has."""
    for place, rule in enumerate(document.rules):
        if rule.then is not Then.EXCLUDE and (loc := _lifted(rule.when, ("rules", place, "when"), is_asked=True)):
            yield loc, f"`{rule.id}` would lift an upheld takedown or a hold; no policy can do that."


def _lifted(condition: Condition, loc: Loc, *, is_asked: bool) -> Loc | None:
    """Where a condition asks for images that a case has stopped; `is_asked` turns with each `not` on the way."""
    if condition.negated is not None:
        return _lifted(condition.negated, (*loc, "not"), is_asked=not is_asked)
    for name, parts in (("all", condition.all_of), ("any", condition.any_of)):
        found = (_lifted(part, (*loc, name, place), is_asked=is_asked) for place, part in enumerate(parts or ()))
        if (first := next(filter(None, found), None)) is not None:
            return first
    if condition.takedown is None:
        return None
    named = set(condition.takedown.among)
    wanted = named if is_asked else {"none", "held", "upheld"} - named
    return (*loc, "takedown") if wanted - {"none"} else None


def _dates(document: PolicyDocument) -> Iterator[tuple[Loc, str]]:
    first, last = document.valid_from, document.valid_until
    if first is not None and last is not None and last < first:
        yield ("valid_until",), f"A policy that is valid from {first} is not over on {last}."


def _listing_tests(document: PolicyDocument) -> Iterator[tuple[Loc, TextTest | SynsetTest | LayerTest]]:
    for place, rule in enumerate(document.rules):
        for loc, leaf in rule.when.leaves(("rules", place, "when")):
            fact, test = leaf.question()
            if isinstance(test, TextTest | SynsetTest | LayerTest):
                yield (*loc, fact), test


def _possible_actions(document: PolicyDocument) -> frozenset[Action]:
    outcomes = [outcome for rule in document.rules for outcome in (rule.outcome, rule.in_doubt) if outcome]
    return frozenset().union(*(outcome.then.actions for outcome in (*outcomes, document.otherwise)))
