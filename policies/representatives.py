"""Which images tell a policy's rules apart? For each fact that it asks about, a value for each answer it can get.

Where a policy uses globs or regular expressions the values are only examples: not every text that tells rules apart is
among them. What is found with them is true; what is not found may still exist.
"""

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

from policies.conditions import Condition, ImageFormat, Range
from policies.document import Policy
from policies.facts import UNKNOWN, ImageFacts
from policies.predicates import Predicate, predicate
from policies.truth import Truth

# A class folder, a synset and a path that no list is likely to name.
OTHER_LABEL, OTHER_SYNSET, OTHER_PATH = "another class", "n99999999", "another/image.jpg"
IMAGES_LIMIT = 4096

Values = Mapping[str, tuple[object, ...]]


def values(policy: Policy) -> Values:
    """For each fact that the policy asks about: the numbers at the ends of ranges, and one text for each answer.

    An absent or unknown value is among them.
    """
    by_fact: dict[str, list[Condition]] = {}
    for condition in policy.conditions:
        for _, leaf in condition.leaves(()):
            [fact] = leaf.said()
            by_fact.setdefault("label" if fact == "synset" else fact, []).append(leaf)
    return {fact: tuple(_distinct(fact, leaves)) for fact, leaves in by_fact.items()}


def images(policy: Policy) -> Iterator[ImageFacts]:
    """Images with every combination of the values, or IMAGES_LIMIT of them, always the same, where there are more."""
    chosen = values(policy)
    base = ImageFacts(path=OTHER_PATH, faces=UNKNOWN)
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
    """Every number, and of the others the first for each different list of answers."""
    seen = set[tuple[Truth, ...]]()
    asked: list[Predicate] = [predicate(leaf) for leaf in leaves]
    for value in _values(fact, leaves):
        facts = ImageFacts(**{"path": OTHER_PATH, fact: value})  # type: ignore[arg-type]  # a value of that fact
        answers = tuple(ask(facts) for ask in asked)
        if answers not in seen or isinstance(value, int):
            seen.add(answers)
            yield value


def _values(fact: str, leaves: list[Condition]) -> Iterator[object]:
    tests = [getattr(leaf, leaf.said()[0]) for leaf in leaves]
    if fact == "format":
        yield from (found.value for found in ImageFormat)
    elif fact in ("label", "path"):
        yield from (OTHER_PATH,) if fact == "path" else (OTHER_LABEL, OTHER_SYNSET)
        for test in tests:
            yield from test.among or (_example(test.glob or ""),)
    else:
        yield from sorted({number for test in tests for number in _around(test)})
    if fact != "path":
        yield UNKNOWN if fact == "faces" else None


def _example(glob: str) -> str:
    return glob.replace("*", "a").replace("?", "a")


def _around(test: Range) -> Iterator[int]:
    """The numbers on both sides of both ends."""
    for outside, inside in ((-1, test.at_least), (1, test.at_most)):
        if inside is not None:
            yield inside
            yield max(inside + outside, 0)
