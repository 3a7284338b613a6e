"""How is a policy document built? Its parts as Pydantic models; they check each field, and nothing across fields."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from policies.conditions import Condition
from policies.problems import MAPPING, WORD
from policies.questions import AT_LEAST_ONE, Count, Day, NotEmpty, Slug, Strict
from policies.verdicts import REASON_LENGTH, REASON_PATTERN, Action

OTHERWISE = "otherwise"

Code = Annotated[str, Field(pattern=f"^{REASON_PATTERN}$", max_length=REASON_LENGTH)]
Sentence = Annotated[str, Field(max_length=2000, pattern=r"\S")]


class Strategy(StrEnum):
    """Which rule decides where several match."""

    FIRST_MATCH = "first-match"
    STRICTEST = "strictest"


class RuleGround(StrEnum):
    """Why a rule exists, legally or ethically."""

    PRIVACY = "privacy"
    DIGNITY = "dignity"
    SAFETY = "safety"
    COPYRIGHT = "copyright"
    LICENCE = "licence"
    LAW = "law"
    QUALITY = "quality"


class Then(StrEnum):
    """What is done; `review` keeps an image out until a person has decided about it."""

    KEEP = "keep"
    BLUR = "blur"
    EXCLUDE = "exclude"
    REVIEW = "review"

    @property
    def actions(self) -> frozenset[Action]:
        """Every action that can come of it."""
        return frozenset(Action) if self is Then.REVIEW else frozenset({Action(self.value)})


class IfUnknown(StrEnum):
    """What a rule does about an image of which it cannot know whether it matches."""

    SKIP = "skip"
    APPLY = "apply"


class Outcome(Strict):
    """What is done and the code that says why."""

    then: Then
    reason: Code


def _word_or_outcome(value: object) -> str:
    return WORD if isinstance(value, str) else MAPPING


class Rule(Strict):
    """One rule: where `when` holds, `then` is done for `reason`; `if_unknown` says what happens in doubt."""

    id: Code
    sentence: Sentence
    ground: RuleGround
    basis: Sentence | None = None
    when: Condition
    then: Then
    reason: Code
    if_unknown: Annotated[
        Annotated[IfUnknown, Tag(WORD)] | Annotated[Outcome, Tag(MAPPING)],
        Discriminator(_word_or_outcome),
    ]

    @property
    def outcome(self) -> Outcome:
        """What happens where the rule matches."""
        return Outcome(then=self.then, reason=self.reason)

    @property
    def in_doubt(self) -> Outcome | None:
        """What happens where nobody can know whether the rule matches; None for: as if it did not."""
        match self.if_unknown:
            case IfUnknown.SKIP:
                return None
            case IfUnknown.APPLY:
                return self.outcome
            case Outcome() as outcome:
                return outcome


class Otherwise(Outcome):
    """What happens where no rule matches; every policy has to say it."""

    sentence: Sentence


class Source(Strict):
    """Where a policy's lists or demands come from."""

    title: Sentence
    url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2000)] | None = None


class Attachment(Source):
    """A file that the policy needs in order to run, named by what its bytes are."""

    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class Term(Strict):
    """A number, or how many lines a list has."""

    title: Sentence
    number: Count | None = None
    lines_of: Slug | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.number is None) is (self.lines_of is None):
            raise ValueError("say exactly one of `number` and `lines_of`")
        return self


class Figure(Source):
    """What somebody has published about a number, and how it comes about where that is known.

    Several figures about the same thing may differ; then the conflict is shown.
    """

    what: Sentence
    says: Count
    add: tuple[Term, ...] = ()
    subtract: tuple[Term, ...] = ()


class PolicyDocument(Strict):
    """The document as it was published.

    `open_reviews_at_most` is with how many pictures, in which nobody has decided yet what is a face, a release may be
    signed; where it is left out, with any number.
    """

    format: Literal["accession-policy/1"]
    name: Slug
    version: Slug
    title: Sentence
    summary: Sentence | None = None
    sources: tuple[Source, ...] = ()
    taxonomy: Attachment | None = None
    lists: dict[Slug, Attachment] = Field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    valid_from: Day | None = None
    valid_until: Day | None = None
    strategy: Strategy
    rules: Annotated[tuple[Rule, ...], NotEmpty, AT_LEAST_ONE]
    otherwise: Otherwise
    open_reviews_at_most: Annotated[int, Field(ge=0)] | None = None

    def attachments(self) -> Iterator[tuple[tuple[str, ...], str, Attachment]]:
        """Every file that the document names: its place in the document, what to call it, and what is said of it."""
        for name, attachment in self.lists.items():
            yield ("lists", name), f"The list `{name}`", attachment
        if self.taxonomy is not None:
            yield ("taxonomy",), "The taxonomy", self.taxonomy
