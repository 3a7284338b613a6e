"""Is a condition true of an image? One function per condition, made once and asked for every image."""

from collections.abc import Callable
from typing import Any

from policies import licences, patterns
from policies.conditions import Condition
from policies.facts import ImageFacts, Missing
from policies.questions import (
    CodesTest,
    DateTest,
    FormatTest,
    LayerTest,
    LicenceTest,
    Range,
    ReviewedTest,
    StandingTest,
    SynsetTest,
    TextTest,
)
from policies.truth import Truth, conjunction, disjunction, negation, truth_of

Predicate = Callable[[ImageFacts], Truth]
# What is asked of a fact that has one value, or none.
_OfOneValue = TextTest | SynsetTest | FormatTest | StandingTest | Range | CodesTest | DateTest


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
    fact, test = condition.question()
    match test:
        case LayerTest():
            return _layer(test)
        case LicenceTest():
            return _licence(test)
        case ReviewedTest():
            return _reviewed(test)
        case TextTest() | SynsetTest() | FormatTest() | StandingTest() | Range() | CodesTest() | DateTest():
            return _known(fact, _passes(test))


def _passes(test: _OfOneValue) -> Callable[[Any], bool]:
    match test:
        case TextTest() | SynsetTest() | FormatTest() | StandingTest():
            return _text(test)
        case Range():
            return _number(test)
        case CodesTest():
            return _codes(test)
        case DateTest():
            return _day(test)


def _known(fact: str, passes: Callable[[Any], bool]) -> Predicate:
    """The answer to a test of one fact that has a value, and what follows where it has none."""

    def ask(facts: ImageFacts) -> Truth:
        value = getattr(facts, fact)
        if value is Missing.PENDING:
            return Truth.PENDING
        if value is None or value is Missing.UNKNOWN:
            return Truth.UNKNOWN
        return truth_of(passes(value))

    return ask


def _text(test: TextTest | SynsetTest | FormatTest | StandingTest) -> Callable[[str], bool]:
    if isinstance(test, TextTest) and test.expression is not None:
        pattern = patterns.compiled(test.expression)
        return lambda value: pattern.fullmatch(value) is not None
    listed = frozenset(test.among or ())
    return listed.__contains__


def _number(test: Range) -> Callable[[int], bool]:
    low = 0 if test.at_least is None else test.at_least
    high = float("inf") if test.at_most is None else test.at_most
    return lambda value: low <= value <= high


def _codes(test: CodesTest) -> Callable[[tuple[str, ...]], bool]:
    listed = frozenset(test.any_in or test.none_in or ())
    wants_some = test.any_in is not None
    return lambda codes: listed.isdisjoint(codes) is not wants_some


def _day(test: DateTest) -> Callable[[str], bool]:
    """Days of the calendar in this form sort as text."""
    first, end = test.since or "", test.before or "9999-99-99"
    return lambda day: first <= day < end


def _licence(test: LicenceTest) -> Predicate:
    """An expression that cannot be read is as good as none: nobody knows what it allows."""
    listed = frozenset(test.satisfied_by or test.names or ())

    def ask(facts: ImageFacts) -> Truth:
        expression = None if facts.licence is None else licences.parse(facts.licence)
        if expression is None:
            return Truth.UNKNOWN
        return truth_of(expression.names(listed) if test.names else expression.is_satisfied_by(listed))

    return ask


def _reviewed(test: ReviewedTest) -> Predicate:
    """Always known: where nobody has decided, that is the answer."""
    listed = frozenset[str](test.among)
    return lambda facts: truth_of(not listed.isdisjoint({action for _, action in facts.reviewed} or {"none"}))


def _layer(test: LayerTest) -> Predicate:
    listed = frozenset(test.any_in or ())

    def ask(facts: ImageFacts) -> Truth:
        labels = dict(facts.layer).get(test.name)
        if labels is None:
            return Truth.UNKNOWN
        if test.count is not None:
            return truth_of(_number(test.count)(len(labels)))
        if test.agrees is None:
            return truth_of(not listed.isdisjoint(labels))
        return Truth.UNKNOWN if facts.label is None else truth_of((facts.label in labels) is test.agrees)

    return ask
