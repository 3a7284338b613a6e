"""Why does this image get this verdict, which way does a synset come to a rule, and what would have to be otherwise?

Shows ids, never the words of a synset.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from policies.conditions import Condition
from policies.document import Policy
from policies.evaluate import Pending, evaluate
from policies.facts import ImageFacts, Missing
from policies.findings import word_for
from policies.predicates import predicate
from policies.questions import LayerTest, Strict, SynsetTest
from policies.representatives import OTHER_SYNSET, values
from policies.rules import Outcome, Then
from policies.synsets import is_wnid
from policies.truth import Truth
from policies.verdicts import Action, Verdict

# More changes than this at once are no longer an explanation.
CHANGES_LIMIT = 2
ALTERNATIVES_LIMIT = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of a rule: `faces at least 1`, what the fact is for this image, and the answer."""

    question: str
    value: str
    truth: Truth


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """What one rule made of the image.

    Attributes:
        rule: its id.
        sentence: its sentence for people.
        truth: whether it matches.
        answers: to each of its questions, in the order of the document.
        paths: ways down from the root of a subtree that it asks for to the image's synset.
    """

    rule: str
    sentence: str
    truth: Truth
    answers: tuple[Answer, ...]
    paths: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """What would have to be otherwise, at the least, and the verdict that would follow."""

    changes: tuple[str, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that led to an outcome.

    Attributes:
        policy_digest: of the policy that was asked.
        outcome: what it says.
        rules: every rule, in the order of the document; they were not asked where `outcome.rule` is built in.
        alternatives: the fewest changes that lead to the action that was wanted; none where it is the outcome already,
            or where no few changes do.
    """

    policy_digest: str
    outcome: Verdict | Pending
    rules: tuple[RuleTrace, ...]
    alternatives: tuple[Alternative, ...]


def explain(policy: Policy, facts: ImageFacts, wanted: Action = Action.KEEP) -> Explanation:
    """Why the image gets its outcome, and what would make it `wanted`."""
    outcome = evaluate(policy, facts)
    is_wanted = isinstance(outcome, Verdict) and outcome.action is wanted
    return Explanation(
        policy_digest=policy.digest,
        outcome=outcome,
        rules=tuple(_trace(policy, place, facts) for place in range(len(policy.document.rules))),
        alternatives=() if is_wanted else _alternatives(policy, facts, wanted),
    )


def explain_synset(policy: Policy, synset: str, wanted: Action = Action.KEEP) -> Explanation:
    """As `explain`, for an image of which nothing is known but its synset; only the rules that touch it.

    A rule touches a synset where it may match, or where one of its questions about the label is answered with yes.
    """
    found = explain(policy, ImageFacts(path=f"{synset}/", label=synset), wanted)
    return replace(found, rules=tuple(trace for trace in found.rules if _touches(trace)))


def _touches(trace: RuleTrace) -> bool:
    about_label = any(
        answer.truth is Truth.TRUE and answer.question.startswith(("synset ", "label ")) for answer in trace.answers
    )
    return about_label or trace.truth is not Truth.FALSE


def _trace(policy: Policy, place: int, facts: ImageFacts) -> RuleTrace:
    rule = policy.document.rules[place]
    written = [leaf for _, leaf in rule.when.leaves(())]
    resolved = [leaf for _, leaf in policy.conditions[place].leaves(())]
    answers = tuple(
        Answer(_question(leaf), word_for(getattr(facts, leaf.said()[0])), predicate(asked)(facts))
        for leaf, asked in zip(written, resolved, strict=True)
    )
    paths = tuple(path for leaf in written for path in _paths(policy, leaf, facts))
    return RuleTrace(rule.id, rule.sentence, policy.predicates[place](facts), answers, paths)


def _paths(policy: Policy, leaf: Condition, facts: ImageFacts) -> tuple[tuple[str, ...], ...]:
    taxonomy, synset = policy.shelf.taxonomy, facts.synset
    if taxonomy is None or isinstance(synset, Missing) or leaf.synset is None or leaf.synset.subtree is None:
        return ()
    return taxonomy.paths(leaf.synset.subtree, synset, instances=leaf.synset.instances)


def _question(leaf: Condition) -> str:
    """The question as words: `faces at least 1`, `synset in the subtree n00007846`."""
    fact, test = leaf.question()
    if isinstance(test, SynsetTest) and test.subtree is not None:
        return f"{fact} in the subtree {test.subtree}{_limits(test)}"
    if isinstance(test, LayerTest) and test.count is not None:
        return f"labels of the layer {test.name} {_said_by(test.count)}"
    if isinstance(test, LayerTest) and test.agrees is not None:
        return f"the layer {test.name} {'agrees' if test.agrees else 'does not agree'} with the label"
    return f"{f'the layer {test.name}' if isinstance(test, LayerTest) else fact} {_said_by(test)}"


_WORDS = {"at_least": "at least", "at_most": "at most", "glob": "like", "regex": "like", "in_list": "in the list"}
_WORDS |= {"satisfied_by": "satisfied by", "names": "naming", "any_in": "any in", "none_in": "none in"}


def _said_by(test: Strict) -> str:
    """What a test asks, as words; what is listed is counted."""
    parts = []
    for name in test.said():
        value = getattr(test, "among" if name == "in" else name)
        if name == "in":
            parts.append(f"one of {len(value)} named")
        elif name != "name":
            listed = f"one of {len(value)}" if isinstance(value, tuple) else value
            parts.append(f"{_WORDS.get(name, name)} {listed}")
    return " and ".join(parts)


def _limits(test: SynsetTest) -> str:
    depth = "" if test.depth is None else f" down to {test.depth} steps"
    instances = " with instances" if test.instances else ""
    but = [f"{len(test.excepted)} named"] if test.excepted else []
    but += [f"the list {test.except_list}"] if test.except_list else []
    return f"{depth}{instances}{' but not ' + ' and '.join(but) if but else ''}"


def _alternatives(policy: Policy, facts: ImageFacts, wanted: Action) -> tuple[Alternative, ...]:
    """The fewest changes that lead to the wanted action; for each choice of facts the nearest values."""
    options = _options(policy, facts, wanted)
    stops = tuple(_stops(facts))
    freed = replace(facts, defect=None, is_held=False, is_taken_down=False, exception=None)
    for count in range(CHANGES_LIMIT + 1):
        found: list[Alternative] = []
        for names in itertools.combinations(options, count):
            reached = _reached(policy, freed, {name: options[name] for name in names}, wanted)
            found.extend(Alternative((*stops, *words), verdict) for words, verdict in itertools.islice(reached, 1))
        if found:
            return tuple(found[:ALTERNATIVES_LIMIT])
    return ()


def _options(policy: Policy, facts: ImageFacts, wanted: Action) -> dict[str, list[object]]:
    """For each fact the other values that it could have, the nearest first."""
    options = {
        fact: sorted((value for value in found if value != getattr(facts, fact)), key=_distance(getattr(facts, fact)))
        for fact, found in values(policy).items()
    }
    asked = sorted({says.reason for says in _outcomes(policy) if says.then is Then.REVIEW})
    reviewed = tuple((reason, wanted) for reason in asked)
    return options | {"reviewed": [reviewed]} if asked and facts.reviewed != reviewed else options


def _outcomes(policy: Policy) -> Iterator[Outcome]:
    """Everything that the policy can do."""
    for rule in policy.document.rules:
        yield from (says for says in (rule.outcome, rule.in_doubt) if says is not None)
    yield policy.document.otherwise


def _distance(current: object) -> Callable[[object], tuple[int, int]]:
    """How far a value is from the current one: first by kind, then by number."""

    def of(value: object) -> tuple[int, int]:
        if isinstance(value, int) and isinstance(current, int):
            return 0, abs(value - current)
        if isinstance(value, str) and isinstance(current, str):
            return 0, int(is_wnid(value) is not is_wnid(current))
        # Sorting is stable, and values that are absent or unknown are listed last.
        return 1, 0

    return of


def _stops(facts: ImageFacts) -> Iterator[str]:
    """What no policy can lift and would have to be otherwise first."""
    if facts.defect is not None:
        yield f"the file were not {facts.defect}"
    if facts.is_taken_down:
        yield "no takedown of it were upheld"
    if facts.is_held:
        yield "it were not held"
    if facts.exception is not None:
        yield f"no exception said to {facts.exception} it"


def _reached(
    policy: Policy, facts: ImageFacts, options: dict[str, list[object]], wanted: Action
) -> Iterator[tuple[tuple[str, ...], Verdict]]:
    """Each choice of values that leads to the wanted action, as words, with the verdict."""
    for chosen in itertools.product(*options.values()):
        changed = dict(zip(options, chosen, strict=True))
        verdict = evaluate(policy, replace(facts, **changed))  # type: ignore[arg-type]  # values of those facts
        if isinstance(verdict, Verdict) and verdict.action is wanted:
            yield tuple(_said(fact, value) for fact, value in changed.items()), verdict


def _said(fact: str, value: object) -> str:
    if fact == "reviewed" and isinstance(value, tuple):
        return f"a person had looked at it and decided to {value[0][1]} it" if value else "nobody had reviewed it"
    return f"{fact} were {'another synset' if value == OTHER_SYNSET else word_for(value)}"
