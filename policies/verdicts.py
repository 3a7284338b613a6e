"""What happened to a parent image, and why? Exactly one verdict each: keep, blur or exclude."""

import re
from dataclasses import dataclass
from enum import StrEnum

REASON_PATTERN = r"[a-z0-9]+(?:-[a-z0-9]+)*"
REASON_LENGTH = 64
_REASON = re.compile(REASON_PATTERN)

# The codes and rule ids of what no policy can lift; a policy may not use them for its own rules.
TAKEDOWN = "takedown"
HOLD = "hold"
AWAITING_REVIEW = "awaiting-review"
REVIEWED = "reviewed"
EXCEPTION = "exception"
# Reasons that a build adds to those of the policy; they say what was done to an image besides.
METADATA_REMOVED = "metadata-removed"
NOTHING_TO_BLUR = "nothing-to-blur"
RESERVED_REASONS = frozenset({TAKEDOWN, HOLD, AWAITING_REVIEW, REVIEWED, EXCEPTION, METADATA_REMOVED, NOTHING_TO_BLUR})
BUILT_IN_PREFIX = "built-in-"


class Action(StrEnum):
    """What is done with an image; `strictness` orders them."""

    KEEP = "keep"
    BLUR = "blur"
    EXCLUDE = "exclude"

    @property
    def strictness(self) -> int:
        """0 for keep, 1 for blur, 2 for exclude."""
        return list(Action).index(self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One image's verdict.

    Attributes:
        action: keep, blur or exclude.
        reasons: kebab-case codes, sorted, each once, at least one: also keeping has a reason.
        rule: the id of the rule that decided: a rule of the policy, `otherwise`, or `built-in-...`.
    """

    action: Action
    reasons: tuple[str, ...]
    rule: str

    def __post_init__(self) -> None:
        if not self.reasons or list(self.reasons) != sorted(set(self.reasons)):
            raise ValueError("a verdict's reasons are sorted, each once, and at least one")
        for reason in self.reasons:
            if len(reason) > REASON_LENGTH or not _REASON.fullmatch(reason):
                raise ValueError(f"{reason!r} is no reason code: small letters, digits and single hyphens only")
