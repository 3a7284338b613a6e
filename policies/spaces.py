"""What does a policy do with the synsets of a label space, before any image is looked at?"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policies.document import Policy
from policies.evaluate import Pending, evaluate
from policies.facts import ImageFacts
from policies.rules import OTHERWISE
from policies.verdicts import Action, Verdict


@dataclass(frozen=True, slots=True)
class Space:
    """A label space under a policy.

    Attributes:
        total: how many synsets it has.
        by_rule: how many of them each rule decides; what waits for pixels is under `pending`.
        by_outcome: how many are kept, blurred, excluded, or wait.
        excluded: the synsets that go, in order.
    """

    total: int
    by_rule: Mapping[str, int]
    by_outcome: Mapping[str, int]
    excluded: tuple[str, ...]


PENDING = "pending"


def measure(policy: Policy, synsets: Iterable[str]) -> Space:
    """What the policy says of an image of which nothing is known but its synset, for each synset."""
    rules, outcomes = Counter[str](), Counter[str]()
    gone: list[str] = []
    for synset in sorted(set(synsets)):
        outcome = of_synset(policy, synset)
        rules[outcome.rule if isinstance(outcome, Verdict) else PENDING] += 1
        outcomes[outcome.action.value if isinstance(outcome, Verdict) else PENDING] += 1
        if isinstance(outcome, Verdict) and outcome.action is Action.EXCLUDE:
            gone.append(synset)
    return Space(sum(rules.values()), dict(rules), dict(outcomes), tuple(gone))


def roots(policy: Policy) -> frozenset[str]:
    """The synsets of which some rule asks for the subtree."""
    leaves = (leaf for rule in policy.document.rules for _, leaf in rule.when.leaves(()))
    return frozenset(leaf.synset.subtree for leaf in leaves if leaf.synset is not None and leaf.synset.subtree)


def overlooked(policy: Policy, synsets: Iterable[str], below: Iterable[str]) -> tuple[str, ...]:
    """The synsets that no rule decides although they lie below a root, in order.

    Args:
        policy: to be asked.
        synsets: a label space.
        below: what lies below the `roots` with instances, which a policy's own taxonomy may not tell of: a single
            person is no kind of person, and so is missed by everybody who follows hyponyms only.
    """
    found = (each for each in set(synsets).intersection(below) if _is_left(of_synset(policy, each)))
    return tuple(sorted(found))


def _is_left(outcome: Verdict | Pending) -> bool:
    return isinstance(outcome, Verdict) and outcome.rule == OTHERWISE


def of_synset(policy: Policy, synset: str) -> Verdict | Pending:
    """What the policy says of an image of which nothing is known but its synset."""
    return evaluate(policy, ImageFacts(path=f"{synset}/", label=synset))
