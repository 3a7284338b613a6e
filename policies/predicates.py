"""Is a condition true of an image? One function per condition, made once and asked for every image."""

from collections.abc import Callable

from policies import patterns
from policies.conditions import Condition, FormatTest, Range, SynsetTest, TextTest
from policies.facts import ImageFacts, Missing
from policies.truth import Truth, conjunction, disjunction, negation, truth_of

Predicate = Callable[[ImageFacts], Truth]


def predicate(condition: Condition) -> Predicate:
    """The function that answers the condition for one image."""
    if condition.all_of is not None:
        joined = [predicate(part) for part in condition.all_of]
        return lambda facts: conjunction(ask(facts) for ask in joined)
    if condition.any_of is not None:
        either = [predicate(part) for part in condition.any_of]
        return lambda facts: disjunction(ask(facts) for ask in either)
    if condition.negated is not None:
        inner = predicate(condition.negated)
        return lambda facts: negation(inner(facts))
    return _question(condition)


def _question(condition: Condition) -> Predicate:
    [fact] = condition.said()
    passes = _test(getattr(condition, fact))

    def ask(facts: ImageFacts) -> Truth:
        value = getattr(facts, fact)
        if value is Missing.PENDING:
            return Truth.PENDING
        if value is None or value is Missing.UNKNOWN:
            return Truth.UNKNOWN
        return truth_of(passes(value))

    return ask


def _test(test: TextTest | SynsetTest | FormatTest | Range) -> Callable[[str | int], bool]:
    if isinstance(test, Range):
        low = 0 if test.at_least is None else test.at_least
        high = float("inf") if test.at_most is None else test.at_most
        return lambda value: low <= int(value) <= high
    if isinstance(test, TextTest) and test.expression is not None:
        pattern = patterns.compiled(test.expression)
        return lambda value: pattern.fullmatch(str(value)) is not None
    listed = frozenset(test.among or ())
    return listed.__contains__
