"""What is odd about a policy that can be run? Rules that never match or never matter, and nothing left.

Looks at representative images, so it says what was found, with a witness; where it finds nothing it proves nothing.
"""

from collections.abc import Iterator
from dataclasses import replace

from policies import strict_yaml
from policies.document import Policy
from policies.errors import Problem
from policies.evaluate import evaluate
from policies.facts import ImageFacts, Missing
from policies.problems import problem_at
from policies.representatives import images
from policies.truth import Truth
from policies.verdicts import Action, Verdict

_Pool = list[tuple[ImageFacts, Verdict]]


def findings(policy: Policy) -> tuple[Problem, ...]:
    """What the author should look at again, with the line of the rule; empty where nothing is odd."""
    pool: _Pool = [
        (image, verdict) for image in images(policy) if isinstance(verdict := evaluate(policy, image), Verdict)
    ]
    root = strict_yaml.read(policy.published)
    odd_rules = (
        problem_at(root, ("rules", place, "id"), sentence)
        for place in range(len(policy.document.rules))
        for sentence in _oddity(policy, place, pool)
    )
    if any(verdict.action is not Action.EXCLUDE for _, verdict in pool):
        return tuple(odd_rules)
    return (problem_at(root, ("rules",), "No image was found that this policy keeps or blurs."), *odd_rules)


def excludes_everything(policy: Policy) -> bool:
    """Whether nothing is left by this policy, as far as can be told: a pattern might still match something."""
    if any(_has_pattern(policy, place) for place in range(len(policy.document.rules))):
        return False
    outcomes = (evaluate(policy, image) for image in images(policy))
    return all(isinstance(outcome, Verdict) and outcome.action is Action.EXCLUDE for outcome in outcomes)


def _oddity(policy: Policy, place: int, pool: _Pool) -> Iterator[str]:
    """The sentence about one rule, if there is one."""
    rule, matches = policy.document.rules[place], policy.predicates[place]
    if _has_pattern(policy, place):
        # That no example of a pattern was found says nothing about the pattern.
        return
    matching = [(image, verdict) for image, verdict in pool if matches(image) is Truth.TRUE]
    if not matching:
        yield f"No image was found that `{rule.id}` matches."
    elif not any(verdict.rule == rule.id for _, verdict in pool) and _is_idle(policy, place, pool):
        image, verdict = matching[0]
        yield (
            f"`{rule.id}` was never found to matter. An image with {described(policy, image)} matches it "
            f"and is decided by `{verdict.rule}`: {verdict.action}."
        )


def _has_pattern(policy: Policy, place: int) -> bool:
    leaves = (leaf for _, leaf in policy.document.rules[place].when.leaves(()))
    return any(getattr(getattr(leaf, leaf.said()[0]), "expression", None) for leaf in leaves)


def _is_idle(policy: Policy, place: int, pool: _Pool) -> bool:
    """True where every image of the pool gets the same verdict without the rule."""
    rules, conditions = policy.document.rules, policy.conditions
    document = policy.document.model_copy(update={"rules": rules[:place] + rules[place + 1 :]})
    without = replace(policy, document=document, conditions=conditions[:place] + conditions[place + 1 :])
    return all(evaluate(without, image) == verdict for image, verdict in pool)


def described(policy: Policy, image: ImageFacts) -> str:
    """The facts that the policy asks about and what they are for this image, as words."""
    asked = dict.fromkeys(fact for rule in policy.document.rules for fact in rule.when.facts())
    return ", ".join(f"{fact} {word_for(getattr(image, fact))}" for fact in asked)


def word_for(value: object) -> str:
    """A fact's value as a word: an absent value is none, a missing one says why."""
    if value is None:
        return "none"
    if isinstance(value, Missing):
        return value.value
    return _listed(value) if isinstance(value, tuple) else str(value)


def _listed(value: tuple[object, ...]) -> str:
    """A list of codes, labels by layer, or decisions by reason."""
    words = (f"{each[0]}: {word_for(each[1])}" if isinstance(each, tuple) else str(each) for each in value)
    return ", ".join(words) or "none"
