"""Which tests can a rule make of one fact? A model for each kind, as the policy document spells it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt, model_validator
from pydantic.config import JsonDict

from policies import licences, patterns
from policies.synsets import WNID_PATTERN


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text} is no day of the calendar") from error
    return text


Wnid = Annotated[str, Field(pattern=f"^{WNID_PATTERN}$")]
Text = Annotated[str, Field(min_length=1, max_length=4096)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=64)]
Count = Annotated[StrictInt, Field(ge=0)]
LicenceId = Annotated[str, Field(pattern=f"^{licences.ID_PATTERN}$", max_length=128)]
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_day)]


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
    """The label is a WordNet id and one of a list, or in a subtree: its root and, down to a depth, all below it.

    A subtree follows hyponyms; with `instances` also what is one of them (Rex is a dog). `except` and `except_list`
    name synsets that are left out of it, themselves and not what lies below them.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [name]} for name in ("in", "in_list", "subtree")],
            "dependentRequired": {name: ["subtree"] for name in ("depth", "instances", "except", "except_list")},
        }
    )

    among: Annotated[tuple[Wnid, ...], NotEmpty, AT_LEAST_ONE] | None = Field(None, alias="in")
    in_list: Slug | None = None
    subtree: Wnid | None = None
    depth: Count | None = None
    instances: StrictBool = False
    excepted: Annotated[tuple[Wnid, ...], NotEmpty, AT_LEAST_ONE] | None = Field(None, alias="except")
    except_list: Slug | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        about_subtree = [name for name in self.said() if name in ("depth", "instances", "except", "except_list")]
        if len(self.said()) != len(about_subtree) + 1:
            raise ValueError("say exactly one of `in`, `in_list` and `subtree`")
        if about_subtree and self.subtree is None:
            raise ValueError(f"`{about_subtree[0]}` needs a `subtree`")
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


class LicenceTest(Strict):
    """What an SPDX licence expression allows to choose, or names anywhere."""

    model_config = ConfigDict(json_schema_extra=ONE_THING)

    satisfied_by: Annotated[tuple[LicenceId, ...], NotEmpty, AT_LEAST_ONE] | None = None
    names: Annotated[tuple[LicenceId, ...], NotEmpty, AT_LEAST_ONE] | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if len(self.said()) != 1:
            raise ValueError("say exactly one of `satisfied_by` and `names`")
        return self


class CodesTest(Strict):
    """At least one of an image's codes is in a list, or none of them is."""

    model_config = ConfigDict(json_schema_extra=ONE_THING)

    any_in: Annotated[tuple[Slug, ...], NotEmpty, AT_LEAST_ONE] | None = None
    none_in: Annotated[tuple[Slug, ...], NotEmpty, AT_LEAST_ONE] | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if len(self.said()) != 1:
            raise ValueError("say exactly one of `any_in` and `none_in`")
        return self


class StandingTest(Strict):
    """What cases about the image have come to is one of a list."""

    among: Annotated[tuple[Literal["none", "held", "upheld"], ...], NotEmpty, AT_LEAST_ONE] = Field(alias="in")


class ReviewedTest(Strict):
    """What people decided about the image, whatever the review was about, is one of a list; `none`: nobody has."""

    among: Annotated[tuple[Literal["none", "keep", "blur", "exclude"], ...], NotEmpty, AT_LEAST_ONE] = Field(alias="in")


class LayerTest(Strict):
    """What a named layer of labels says: how many, one of a list among them, or the image's own label among them."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["name", what]} for what in ("count", "any_in", "in_list", "agrees")]}
    )

    name: Slug
    count: Range | None = None
    any_in: Annotated[tuple[Text, ...], NotEmpty, AT_LEAST_ONE] | None = None
    in_list: Slug | None = None
    agrees: StrictBool | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if len(self.said()) != len(("name", "what it says")):
            raise ValueError("say exactly one of `count`, `any_in`, `in_list` and `agrees` beside the layer's `name`")
        return self


class DateTest(Strict):
    """A day lies before another one, or on or after it; both may be said."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    before: Day | None = None
    since: Day | None = None

    @model_validator(mode="after")
    def _is_a_time(self) -> Self:
        if self.before is None and self.since is None:
            raise ValueError("say `before`, `since` or both")
        if self.before is not None and self.since is not None and self.since >= self.before:
            raise ValueError(f"no day is before {self.before} and not before {self.since}")
        return self


Question = (
    TextTest
    | SynsetTest
    | FormatTest
    | Range
    | LicenceTest
    | CodesTest
    | StandingTest
    | ReviewedTest
    | LayerTest
    | DateTest
)
