"""What can a rule ask about an image? The vocabulary of `when`, as the policy document spells it.

A condition says exactly one thing; `all`, `any` and `not` join conditions. Nothing here looks at an image:
`policies.predicates` does.
"""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from policies.questions import (
    AT_LEAST_ONE,
    ONE_THING,
    CodesTest,
    DateTest,
    FormatTest,
    LayerTest,
    LicenceTest,
    NotEmpty,
    Question,
    Range,
    ReviewedTest,
    StandingTest,
    Strict,
    SynsetTest,
    TextTest,
)


class Condition(Strict):
    """One question about an image; exactly one field is said."""

    model_config = ConfigDict(json_schema_extra=ONE_THING)

    all_of: Annotated[tuple["Condition", ...], NotEmpty, AT_LEAST_ONE] | None = Field(None, alias="all")
    any_of: Annotated[tuple["Condition", ...], NotEmpty, AT_LEAST_ONE] | None = Field(None, alias="any")
    negated: "Condition | None" = Field(None, alias="not")
    label: TextTest | None = None
    path: TextTest | None = None
    synset: SynsetTest | None = None
    format: FormatTest | None = None
    faces: Range | None = None
    width: Range | None = None
    height: Range | None = None
    size_bytes: Range | None = None
    largest_face_px: Range | None = None
    layer: LayerTest | None = None
    split: TextTest | None = None
    source_host: TextTest | None = None
    source_url: TextTest | None = None
    retrieved_on: DateTest | None = None
    licence: LicenceTest | None = None
    licence_confidence: Range | None = None
    rights_conflicts: Range | None = None
    votes: Range | None = None
    agreement: Range | None = None
    advisories: CodesTest | None = None
    takedown: StandingTest | None = None
    reviewed: ReviewedTest | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if len(self.said()) != 1:
            raise ValueError("a condition says exactly one thing; join several under `all` or `any`")
        return self

    def parts(self) -> tuple["Condition", ...]:
        """The conditions that this one joins; none for a question about a fact."""
        return self.all_of or self.any_of or (() if self.negated is None else (self.negated,))

    def leaves(self, loc: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], "Condition"]]:
        """The questions about facts in it, from left to right, each with its place below `loc`."""
        for name, parts in (("all", self.all_of), ("any", self.any_of)):
            for place, part in enumerate(parts or ()):
                yield from part.leaves((*loc, name, place))
        if self.negated is not None:
            yield from self.negated.leaves((*loc, "not"))
        if not self.parts():
            yield loc, self

    def facts(self) -> Iterator[str]:
        """The names of the facts that it asks about, as `ImageFacts` names them; some perhaps twice."""
        if self.parts():
            for part in self.parts():
                yield from part.facts()
        else:
            yield from self.said()

    def question(self) -> tuple[str, Question]:
        """For a question about a fact: the fact's name and the test."""
        [fact] = self.said()
        return fact, getattr(self, fact)
