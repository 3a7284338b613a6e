"""What can a rule ask about an image? The vocabulary of `when`, as the policy document spells it.

A condition says exactly one thing; `all`, `any` and `not` join conditions. Nothing here looks at an image:
`policies.predicates` does.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, model_validator
from pydantic.config import JsonDict

from policies import patterns
from policies.synsets import WNID_PATTERN

Wnid = Annotated[str, Field(pattern=f"^{WNID_PATTERN}$")]
Text = Annotated[str, Field(min_length=1, max_length=4096)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=64)]
Count = Annotated[StrictInt, Field(ge=0)]


def _not_empty(items: tuple[object, ...]) -> tuple[object, ...]:
    if not items:
        raise ValueError("an empty list decides nothing")
    return items


# Pydantic's own `min_length` counts only the items that are valid, and so blames the list for its items.
NotEmpty = AfterValidator(_not_empty)
# The same for editors, which know JSON Schema only (see policies.schema).
AT_LEAST_ONE = Field(json_schema_extra={"minItems": 1})
ONE_THING: JsonDict = {"minProperties": 1, "maxProperties": 1}


class ImageFormat(StrEnum):
    """The formats that an image can turn out to have, by its bytes."""

    JPEG = "jpeg"
    PNG = "png"
    GIF = "gif"
    BMP = "bmp"
    TIFF = "tiff"
    WEBP = "webp"


class Strict(BaseModel):
    """A part of a signed document: immutable, and nothing in it is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    def said(self) -> list[str]:
        """The fields that the document spells out here, by the names that it uses."""
        return [info.alias or name for name, info in type(self).model_fields.items() if name in self.model_fields_set]


class TextTest(Strict):
    """A text is one of a list, or matches a glob or a regular expression as a whole."""

    model_config = ConfigDict(json_schema_extra=ONE_THING)

    among: Annotated[tuple[Text, ...], NotEmpty, AT_LEAST_ONE] | None = Field(None, alias="in")
    in_list: Slug | None = None
    glob: Text | None = None
    regex: Text | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if len(self.said()) != 1:
            raise ValueError("say exactly one of `in`, `in_list`, `glob` and `regex`")
        expression = self.expression
        if expression is not None:
            patterns.compiled(expression)
        return self

    @property
    def expression(self) -> str | None:
        """The regular expression of the pattern, or None where the test is a list."""
        return self.regex if self.glob is None else patterns.expression_of(self.glob)


class SynsetTest(Strict):
    """The label is a WordNet id and one of a list, or in a subtree: its root and, down to a depth, all below it."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [name]} for name in ("in", "in_list", "subtree")],
            "dependentRequired": {"depth": ["subtree"]},
        }
    )

    among: Annotated[tuple[Wnid, ...], NotEmpty, AT_LEAST_ONE] | None = Field(None, alias="in")
    in_list: Slug | None = None
    subtree: Wnid | None = None
    depth: Count | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if len(set(self.said()) - {"depth"}) != 1:
            raise ValueError("say exactly one of `in`, `in_list` and `subtree`")
        if self.depth is not None and self.subtree is None:
            raise ValueError("`depth` needs a `subtree`")
        return self


class FormatTest(Strict):
    """The true format is one of a list."""

    among: Annotated[tuple[ImageFormat, ...], NotEmpty, AT_LEAST_ONE] = Field(alias="in")


class Range(Strict):
    """A whole number lies between two bounds, both included; one of them may be left out."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    at_least: Count | None = None
    at_most: Count | None = None

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("say `at_least`, `at_most` or both")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"no number is at least {self.at_least} and at most {self.at_most}")
        return self


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
