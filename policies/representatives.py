"""Which images tell a policy's rules apart? For each fact that it asks about, a value for each answer it can get.

Where a policy uses globs or regular expressions the values are only examples: not every text that tells rules apart is
among them. What is found with them is true; what is not found may still exist.
"""

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from policies.conditions import Condition
from policies.document import Policy
from policies.facts import UNKNOWN, ImageFacts
from policies.predicates import Predicate, predicate
from policies.questions import (
    CodesTest,
    DateTest,
    FormatTest,
    ImageFormat,
    LayerTest,
    LicenceTest,
    Question,
    Range,
    ReviewedTest,
    StandingTest,
    SynsetTest,
    TextTest,
)
from policies.synsets import is_wnid
from policies.verdicts import Action

# A class folder, a synset and a path that no list is likely to name.
OTHER_LABEL, OTHER_SYNSET, OTHER_PATH = "another class", "n99999999", "another/image.jpg"
OTHER_TEXT, OTHER_LICENCE = "another", "LicenseRef-another"
IMAGES_LIMIT = 4096
LABELS_LIMIT = 64

Values = Mapping[str, tuple[object, ...]]


def values(policy: Policy) -> Values:
    """For each fact that the policy asks about: the numbers at the ends of ranges, and one text for each answer.

    An absent or unknown value is among them. What a case has come to is not: that decides before any rule.
    """
    by_fact: dict[str, list[Condition]] = {}
    for condition in policy.conditions:
        for _, leaf in condition.leaves(()):
            fact, test = leaf.question()
            if not isinstance(test, StandingTest):
                by_fact.setdefault("label" if fact == "synset" else fact, []).append(leaf)
    return {fact: tuple(_distinct(fact, leaves)) for fact, leaves in by_fact.items()}


def images(policy: Policy) -> Iterator[ImageFacts]:
    """Images with every combination of the values, or IMAGES_LIMIT of them, always the same, where there are more."""
    chosen = values(policy)
    base = ImageFacts(path=OTHER_PATH, faces=UNKNOWN, largest_face_px=UNKNOWN)
    combinations: Iterator[tuple[object, ...]] = itertools.product(*chosen.values())
    total = 1
    for options in chosen.values():
        total *= len(options)
    if total > IMAGES_LIMIT:
        dice = random.Random(0)  # noqa: S311 - a fair choice, not a secret one
        combinations = (tuple(map(dice.choice, chosen.values())) for _ in range(IMAGES_LIMIT))
    for combination in combinations:
        yield replace(base, **dict(zip(chosen, combination, strict=True)))  # type: ignore[arg-type]  # values of facts


def _distinct(fact: str, leaves: list[Condition]) -> Iterator[object]:
    """Every number, and of the others the first for each different list of answers.

    Lists can be long, and what they answer is in which of them a text stands; a synset's list is besides unknown for
    what is no synset.
    """
    seen = set[tuple[object, ...]]()
    lists = [frozenset(among) for leaf in leaves if (among := _listed(leaf)) is not None]
    asked: list[Predicate] = [predicate(leaf) for leaf in leaves if _listed(leaf) is None]
    for value in dict.fromkeys(_values(fact, leaves)):
        answers: tuple[object, ...] = tuple(value in among for among in lists)
        answers += (isinstance(value, str) and is_wnid(value), value is None)
        if asked:
            facts = ImageFacts(**{"path": OTHER_PATH, fact: value})  # type: ignore[arg-type]  # a value of that fact
            answers += tuple(ask(facts) for ask in asked)
        if answers not in seen or isinstance(value, int):
            seen.add(answers)
            yield value


def _listed(leaf: Condition) -> tuple[str, ...] | None:
    """The texts that a question about a text lists; None for any other question."""
    test = leaf.question()[1]
    return test.among if isinstance(test, TextTest | SynsetTest) else None


def _values(fact: str, leaves: list[Condition]) -> Iterator[object]:
    tests = [leaf.question()[1] for leaf in leaves]
    if all(isinstance(test, Range) for test in tests):
        yield from sorted({number for test in tests for number in _examples(test)})  # type: ignore[type-var]  # numbers
    else:
        yield from _OTHERS.get(fact, ())
        for test in tests:
            yield from _examples(test)
    if fact in _NEVER_ABSENT:
        return
    yield UNKNOWN if fact in ("faces", "largest_face_px") else None


_NEVER_ABSENT = frozenset({"path", "layer", "reviewed"})
# Values that no test names; formats come in the order of their list, as people know it.
_OTHERS: Mapping[str, tuple[object, ...]] = {
    "format": tuple(found.value for found in ImageFormat),
    "label": (OTHER_LABEL, OTHER_SYNSET),
    "path": (OTHER_PATH,),
    "split": (OTHER_TEXT,),
    "source_host": (OTHER_TEXT,),
    "source_url": (OTHER_TEXT,),
    "licence": (OTHER_LICENCE,),
    "advisories": ((),),
    "layer": ((),),
    "reviewed": ((), *(((OTHER_TEXT, action),) for action in Action)),
}


def _examples(test: Question) -> Iterator[object]:
    """Values that the test tells apart from others."""
    match test:
        case Range():
            yield from _around(test)
        case TextTest():
            yield from test.among or (_example(test.glob or ""),)
        case SynsetTest() | FormatTest() | StandingTest():
            yield from test.among or ()
        case LicenceTest():
            yield from test.satisfied_by or test.names or ()
        case CodesTest():
            yield from ((code,) for code in test.any_in or test.none_in or ())
        case DateTest():
            yield from (day for day in (test.since, test.before) if day is not None)
            yield from (_day_before(day) for day in (test.since, test.before) if day is not None)
        case ReviewedTest():
            pass  # every answer is among the others
        case LayerTest():
            yield from (((test.name, labels),) for labels in _labels(test))


def _labels(test: LayerTest) -> Iterator[tuple[str, ...]]:
    """Labels that a layer may give."""
    yield ()
    yield from ((label,) for label in (OTHER_SYNSET, *(test.any_in or ())))
    for number in _around(test.count) if test.count is not None else ():
        yield tuple(f"label-{place}" for place in range(min(number, LABELS_LIMIT)))


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat() if day > "0001-01-01" else day


def _example(glob: str) -> str:
    return glob.replace("*", "a").replace("?", "a")


def _around(test: Range) -> Iterator[int]:
    """The numbers on both sides of both ends."""
    for outside, inside in ((-1, test.at_least), (1, test.at_most)):
        if inside is not None:
            yield inside
            yield max(inside + outside, 0)
