"""By which facts was an image decided? One line of canonical JSON for each image, from which anybody can decide again.

A line holds what the policy asks about and what stops an image, except what the image's row in the manifest says
already: its path, its label and its size. A fact that is not there was not known (docs/formats/facts.md).
"""

import json
from dataclasses import replace
from typing import Annotated, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies.document import Policy
from policies.facts import UNKNOWN, ImageFacts, Missing
from policies.questions import Day
from policies.verdicts import Action

Written = bool | int | str | list[str] | dict[str, list[str] | str] | None

LINE_LIMIT_BYTES = 1 << 16
# What the row of an image says, and what follows from other facts.
ELSEWHERE = frozenset({"path", "label", "synset", "size_bytes", "takedown"})
STOPS = frozenset({"defect", "is_held", "is_taken_down", "exception", "reviewed", "faces"})

_Number = Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)]
_Text = Annotated[str, Field(max_length=8192)]


class RecordError(ValueError):
    """A line is not one that `encode` writes; the message says why."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    defect: _Text | None = None
    is_held: Literal[True] | None = None
    is_taken_down: Literal[True] | None = None
    exception: Literal[Action.KEEP, Action.BLUR] | None = None
    reviewed: dict[_Text, Action] | None = None
    faces: _Number | Literal["unknown"] | None = None
    largest_face_px: _Number | Literal["unknown"] | None = None
    layer: dict[_Text, tuple[_Text, ...]] | None = None
    format: _Text | None = None
    width: _Number | None = None
    height: _Number | None = None
    split: _Text | None = None
    source_host: _Text | None = None
    source_url: _Text | None = None
    retrieved_on: Day | None = None
    licence: _Text | None = None
    licence_confidence: _Number | None = None
    rights_conflicts: _Number | None = None
    votes: _Number | None = None
    agreement: _Number | None = None
    advisories: tuple[_Text, ...] | None = None


def names_for(policy: Policy) -> frozenset[str]:
    """The facts that a line has to hold for this policy, where they are known."""
    asked = {fact for rule in policy.document.rules for fact in rule.when.facts()}
    return (STOPS | asked) - ELSEWHERE


def encode(facts: ImageFacts, names: frozenset[str]) -> bytes:
    """The line of one image, without LF; what is not known, and what nobody looked at, is left out."""
    written = {name: value for name in names if (value := _plain(name, getattr(facts, name))) is not None}
    return rfc8785.dumps(written)


def decode(line: bytes) -> ImageFacts:
    """The facts of an untrusted line; path, label and size are for the caller to add.

    What was not looked at stays pending, so that a line without it decides nothing that depends on it.

    Raises:
        RecordError: the line is not in its one form.
    """
    if len(line) > LINE_LIMIT_BYTES:
        raise RecordError(f"it is longer than {LINE_LIMIT_BYTES} bytes")
    try:
        found = _Line.model_validate(json.loads(line))
    except (ValidationError, ValueError, RecursionError) as error:
        raise RecordError("it holds something that is no fact of an image") from error
    plain = {name: getattr(found, name) for name in found.model_fields_set}
    facts = replace(_BLANK, **{name: _fact(name, value) for name, value in plain.items()})  # type: ignore[arg-type]  # checked
    if encode(facts, frozenset(_Line.model_fields)) != line:
        raise RecordError("it is not written in its one form")
    return facts


_BLANK = ImageFacts(path="")
_BY_NAME = frozenset({"layer", "reviewed"})
_FALSE_IS_ABSENT = frozenset({"is_held", "is_taken_down"})


def _plain(name: str, value: object) -> Written:
    match value:
        case None | Missing.PENDING:
            return None
        case False if name in _FALSE_IS_ABSENT:
            return None
        case Missing.UNKNOWN:
            return UNKNOWN.value
        case tuple() if name in _BY_NAME:
            return {each: list(said) if isinstance(said, tuple) else str(said) for each, said in value} or None
        case tuple():
            return list(value)
        case bool() | int() | str():
            return value
        case _:
            raise AssertionError(value)


def _fact(name: str, value: object) -> object:
    if name in _BY_NAME and isinstance(value, dict):
        return tuple(sorted(value.items()))
    return UNKNOWN if value == UNKNOWN.value and name in ("faces", "largest_face_px") else value
