"""Where in the text does a problem stand, and what was probably meant?

Turns Pydantic's errors into sentences in the words of the document; decides nothing itself.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from policies.errors import Problem
from policies.strict_yaml import Node

Loc = tuple[str | int, ...]

# Where a field may be a word or a mapping, Pydantic puts the name of the branch into the place of an error.
WORD = "<word>"
MAPPING = "<mapping>"
UNION_TAGS = frozenset({WORD, MAPPING})

# Enough for a digest.
SHOWN_LENGTH = 80

# Pydantic's names of what can be wrong, and our words for it.
_SENTENCES = {
    "missing": "`{field}` is missing.",
    "tuple_type": "`{field}` has to be a list.",
    "model_type": "`{field}` has to be a mapping of `name: value` lines.",
    "string_type": "`{field}` has to be a text; put it in quotes if it is one.",
    "int_type": "`{field}` has to be a whole number.",
    "string_pattern_mismatch": "`{given}` does not have the form that `{field}` needs.",
}


def problem_at(root: Node, loc: Loc, sentence: str, suggestion: str = "") -> Problem:
    """The problem, with the line and column of the deepest part of `loc` that the text has."""
    node = _deepest(root, loc)
    return Problem(node.line, node.column, sentence, suggestion)


def problems_of(error: ValidationError, root: Node, model: type[BaseModel]) -> Iterator[Problem]:
    """Each of Pydantic's errors about `root`, as one problem.

    Args:
        error: raised by `model.model_validate(root.plain())`.
        root: what was validated.
        model: what it was validated as.
    """
    for details in error.errors(include_url=False):
        sentence, suggestion = _said(details, model)
        yield problem_at(root, details["loc"], sentence, suggestion)


def _deepest(root: Node, loc: Loc) -> Node:
    """The node that `loc` leads to; parts that the text lacks (a missing field, a union's tag) are passed over."""
    node = root
    for part in loc:
        if isinstance(node.value, dict) and part in node.value:
            node = node.value[str(part)]
        elif isinstance(node.value, list) and isinstance(part, int):
            node = node.value[part]
    return node


def _said(details: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    """The sentence and the suggestion for one error."""
    loc = [part for part in details["loc"] if part not in UNION_TAGS]
    field = _shown(loc[-1]) if loc else "the document"
    given = _shown(details["input"])
    match details["type"]:
        case "extra_forbidden":
            return f"`{field}` is not known here.", _nearest(field, _fields(_model_at(model, loc[:-1])))
        case "enum" | "literal_error":
            expected = re.findall(r"'([^']+)'", details["ctx"]["expected"])
            return f"`{given}` is not a possible `{field}`.", _nearest(given, expected)
        case "value_error":
            message = str(details["ctx"]["error"])
            return f"{message[0].upper()}{message[1:]}.", ""
        case known if known in _SENTENCES:
            return _SENTENCES[known].format(field=field, given=given), ""
        case _:
            return f"`{field}`: {details['msg']}.", ""


def _shown(value: object) -> str:
    """The value as a few words: whoever wrote the document may have put a book there."""
    text = str(value) if isinstance(value, str | int) else type(value).__name__
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}..."


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
    return f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(known)}."


def _fields(model: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


def _model_at(model: type[BaseModel], loc: Sequence[str | int]) -> type[BaseModel]:
    """The model of the part of the document that `loc` leads to."""
    for part in loc:
        for name, info in model.model_fields.items():
            if part == (info.alias or name):
                model = next(_models_in(info.annotation), model)
    return model


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """Every model that a type mentions, outermost first."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
