"""Which bytes does a JSON value have when it is hashed or signed, and which bytes are JSON at all?

Writes RFC 8785 (JSON Canonicalization Scheme). Reads untrusted JSON strictly: it refuses duplicate keys, deep
nesting, numbers that a double cannot carry exactly, NaN, lone surrogates and anything above a stated size.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import NoReturn, TypeAlias

import rfc8785

from registry.errors import InvalidInputError

JsonValue: TypeAlias = bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"] | None
JsonObject: TypeAlias = Mapping[str, JsonValue]

MAX_JSON_BYTES = 16 * 1024 * 1024
MAX_JSON_DEPTH = 32
MAX_EXACT_INTEGER = 2**53 - 1  # RFC 8785 §3.2.2.3: what an IEEE 754 double holds exactly
MAX_NUMBER_CHARS = 32

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)  # possessive: never goes back, keeps no states
_BRACKET = re.compile(rb"[\[\]{}]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def canonical_bytes(value: JsonValue) -> bytes:
    """The RFC 8785 encoding of a JSON value, UTF-8.

    Raises:
        InvalidInputError: the value holds NaN, an infinity, or an integer beyond 2**53 - 1.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as problem:
        raise InvalidInputError(f"This value has no canonical JSON form: {problem}.") from problem


def digest(data: bytes) -> str:
    """The name of these bytes: `sha256:` and 64 lower-case hex digits."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def parse(data: bytes, *, max_bytes: int = MAX_JSON_BYTES, max_depth: int = MAX_JSON_DEPTH) -> JsonValue:
    """The value of untrusted JSON text.

    Raises:
        InvalidInputError: the text is no strict JSON within the limits.
    """
    if len(data) > max_bytes:
        raise InvalidInputError(f"The JSON text is larger than {max_bytes} bytes.")
    _check_depth(data, max_depth)
    try:
        value: JsonValue = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique_pairs,
            parse_int=_exact_int,
            parse_float=_finite_float,
            parse_constant=_no_constant,
        )
    except ValueError as problem:  # JSONDecodeError and UnicodeDecodeError are ValueErrors
        raise InvalidInputError(f"The text is not JSON: {problem}.") from problem
    _check_text(value)
    return value


def parse_object(data: bytes, *, max_bytes: int = MAX_JSON_BYTES) -> JsonObject:
    """The JSON object in the text; refuses every other kind of value.

    Raises:
        InvalidInputError: as `parse`, or the text is not an object.
    """
    value = parse(data, max_bytes=max_bytes)
    if not isinstance(value, Mapping):
        raise InvalidInputError("The JSON text is not an object.")
    return value


def _check_depth(data: bytes, max_depth: int) -> None:
    """Refuse nesting before the recursive parser meets it."""
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub(b"", data)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > max_depth:
            raise InvalidInputError(f"The JSON text nests deeper than {max_depth} levels.")


def _unique_pairs(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidInputError("A JSON object names the same key twice.")
    return found


def _exact_int(text: str) -> int:
    if len(text) > MAX_NUMBER_CHARS or abs(int(text)) > MAX_EXACT_INTEGER:
        raise InvalidInputError("A JSON number is larger than 2**53 - 1.")
    return int(text)


def _finite_float(text: str) -> float:
    if len(text) > MAX_NUMBER_CHARS or not math.isfinite(float(text)):
        raise InvalidInputError("A JSON number is not finite or has too many digits.")
    return float(text)


def _no_constant(text: str) -> NoReturn:
    raise InvalidInputError(f"{text} is not a JSON number.")


def _check_text(value: JsonValue) -> None:
    """Refuse lone surrogates, which have no UTF-8 and so no canonical form."""
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise InvalidInputError("A JSON string holds a lone surrogate.")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _check_text(key)
            _check_text(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            _check_text(inner)
