"""Given a policy and the facts of one image, which verdict? Total, deterministic, blind to every other image.

Three things come before any rule and no policy can lift them: a defect, an upheld takedown, a hold. Then comes an
exception that somebody has granted for this one image. A verdict that
depends on facts that nobody has looked at yet is `Pending`, with every action that may come of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from policies.document import Policy
from policies.facts import ImageFacts, Missing
from policies.rules import OTHERWISE, Outcome, Rule, Strategy, Then
from policies.truth import Truth
from policies.verdicts import AWAITING_REVIEW, BUILT_IN_PREFIX, EXCEPTION, HOLD, REVIEWED, TAKEDOWN, Action, Verdict


@dataclass(frozen=True, slots=True)
class Pending:
    """No verdict yet: the outcome depends on facts that nobody has looked at.

    Attributes:
        needs: names of the facts to be looked at (fields of `ImageFacts`).
        candidates: every action that may come out, from the mildest to the strictest.
        rules: ids of the rules that wait, in the order of the policy.
    """

    needs: frozenset[str]
    candidates: tuple[Action, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A rule that matches, or one that may once its pending facts are known, and what it does to this image."""

    rule: str
    action: Action
    reasons: frozenset[str]
    waits_for: frozenset[str]


_NOTHING: frozenset[str] = frozenset()


def evaluate(policy: Policy, facts: ImageFacts) -> Verdict | Pending:
    """The image's verdict, or what has to be looked at first.

    Law: for every value that the pending facts can take, the verdict's action is among the candidates. With no fact
    pending it is a verdict.
    """
    return built_in(facts) or _by_rules(policy, facts)


def built_in(facts: ImageFacts) -> Verdict | None:
    """The verdict that no policy can change; None where the policy decides.

    A defect, and a takedown or else a hold, each give their reason. A hold is superseded by a takedown. An exception
    decides where nothing of that stops the image.
    """
    stop = TAKEDOWN if facts.is_taken_down else HOLD if facts.is_held else None
    reasons = {reason for reason in (facts.defect, stop) if reason is not None}
    if not reasons:
        return None if facts.exception is None else Verdict(facts.exception, (EXCEPTION,), BUILT_IN_PREFIX + EXCEPTION)
    rule = BUILT_IN_PREFIX + (stop or "defect")
    return Verdict(Action.EXCLUDE, tuple(sorted(reasons)), rule)


def _by_rules(policy: Policy, facts: ImageFacts) -> Verdict | Pending:
    otherwise = _hit(OTHERWISE, policy.document.otherwise, facts)
    match policy.document.strategy:
        case Strategy.FIRST_MATCH:
            return _first(_hits(policy, facts), otherwise)
        case Strategy.STRICTEST:
            return _strictest([*_hits(policy, facts)], otherwise)


def _hits(policy: Policy, facts: ImageFacts) -> Iterator[_Hit]:
    """Every rule that matches or may match, in order; one that may match is there with each of its outcomes."""
    for rule, ask in zip(policy.document.rules, policy.predicates, strict=True):
        truth = ask(facts)
        if truth is Truth.FALSE:
            continue
        waits_for = _pending_facts(rule, facts) if truth is Truth.PENDING else _NOTHING
        if truth is not Truth.UNKNOWN:
            yield _hit(rule.id, rule.outcome, facts, waits_for)
        if truth is not Truth.TRUE and rule.in_doubt is not None:
            yield _hit(rule.id, rule.in_doubt, facts, waits_for)


def _hit(rule: str, outcome: Outcome, facts: ImageFacts, waits_for: frozenset[str] = _NOTHING) -> _Hit:
    if outcome.then is not Then.REVIEW:
        return _Hit(rule, Action(outcome.then.value), frozenset({outcome.reason}), waits_for)
    decided = dict(facts.reviewed).get(outcome.reason)
    if decided is None:
        return _Hit(rule, Action.EXCLUDE, frozenset({outcome.reason, AWAITING_REVIEW}), waits_for)
    return _Hit(rule, decided, frozenset({outcome.reason, REVIEWED}), waits_for)


def _pending_facts(rule: Rule, facts: ImageFacts) -> frozenset[str]:
    return frozenset(name for name in rule.when.facts() if getattr(facts, name) is Missing.PENDING)


def _first(hits: Iterator[_Hit], otherwise: _Hit) -> Verdict | Pending:
    unsure: list[_Hit] = []
    for hit in hits:
        if not hit.waits_for:
            return _settled(unsure, hit)
        unsure.append(hit)
    return _settled(unsure, otherwise)


def _strictest(hits: list[_Hit], otherwise: _Hit) -> Verdict | Pending:
    sure = [hit for hit in hits if not hit.waits_for]
    unsure = [hit for hit in hits if hit.waits_for]
    if not sure:
        return _settled(unsure, otherwise)
    # `max` takes the first of equals, so the rule that is named is the first of the strictest in the document.
    strictest = max(sure, key=lambda hit: hit.action.strictness)
    equal = [hit.reasons for hit in sure if hit.action is strictest.action]
    decided = replace(strictest, reasons=_NOTHING.union(*equal))
    return _settled([hit for hit in unsure if hit.action.strictness >= decided.action.strictness], decided)


def _settled(unsure: list[_Hit], decided: _Hit) -> Verdict | Pending:
    """The verdict, unless a rule that still waits could change it."""
    if not unsure:
        return Verdict(decided.action, tuple(sorted(decided.reasons)), decided.rule)
    return Pending(
        needs=_NOTHING.union(*(hit.waits_for for hit in unsure)),
        candidates=tuple(sorted({hit.action for hit in (*unsure, decided)}, key=lambda action: action.strictness)),
        rules=tuple(dict.fromkeys(hit.rule for hit in unsure)),
    )
