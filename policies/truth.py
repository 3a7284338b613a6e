"""How do true, false, unknown and not-yet combine? Kleene's strong three-valued logic, and a fourth value on top.

`PENDING` stands for a value that will be one of the other three once somebody looks. It therefore wins over UNKNOWN
(it may still settle the matter) and loses only to what settles the matter already.
"""

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """The truth of a condition about one image."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"
    PENDING = "pending"


def truth_of(value: bool) -> Truth:  # noqa: FBT001 - the argument is the very value that is converted
    """TRUE or FALSE."""
    return Truth.TRUE if value else Truth.FALSE


def negation(truth: Truth) -> Truth:
    """TRUE and FALSE swapped; what is not known stays not known."""
    match truth:
        case Truth.TRUE:
            return Truth.FALSE
        case Truth.FALSE:
            return Truth.TRUE
        case Truth.UNKNOWN | Truth.PENDING:
            return truth


def conjunction(truths: Iterable[Truth]) -> Truth:
    """FALSE as soon as one is; else PENDING if one is, else UNKNOWN if one is, else TRUE."""
    return _combined(truths, Truth.FALSE, Truth.TRUE)


def disjunction(truths: Iterable[Truth]) -> Truth:
    """TRUE as soon as one is; else PENDING if one is, else UNKNOWN if one is, else FALSE."""
    return _combined(truths, Truth.TRUE, Truth.FALSE)


def _combined(truths: Iterable[Truth], settling: Truth, neutral: Truth) -> Truth:
    seen = set()
    for truth in truths:
        if truth is settling:
            return settling
        seen.add(truth)
    if Truth.PENDING in seen:
        return Truth.PENDING
    return Truth.UNKNOWN if Truth.UNKNOWN in seen else neutral
