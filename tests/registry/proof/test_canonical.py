import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidInputError
from registry.proof import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-canonical.MAX_EXACT_INTEGER, canonical.MAX_EXACT_INTEGER)
    | st.floats(-(2.0**52), 2.0**52)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_is_read_back(value: canonical.JsonValue) -> None:
    assert canonical.parse(canonical.canonical_bytes(value)) == value


@given(VALUES)
def test_writing_is_the_same_after_reading(value: canonical.JsonValue) -> None:
    data = canonical.canonical_bytes(value)
    assert canonical.canonical_bytes(canonical.parse(data)) == data


def test_keys_are_sorted_and_nothing_is_padded() -> None:
    assert canonical.canonical_bytes({"b": 1, "a": [1.0, "ü", None]}) == '{"a":[1,"ü",null],"b":1}'.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, "\ud800"])
def test_a_value_without_canonical_form_is_refused(value: canonical.JsonValue) -> None:
    with pytest.raises(InvalidInputError):
        canonical.canonical_bytes({"a": value})


def test_a_digest_names_its_algorithm() -> None:
    assert canonical.digest(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{"a":1,"a":1}', "twice"),
        (b'[{"x":{"a":1,"b":2,"a":3}}]', "twice"),
        (b"NaN", "not a JSON number"),
        (b"-Infinity", "not a JSON number"),
        (b"1e999", "not finite"),
        (b"0." + b"1" * 50, "too many digits"),
        (b"9007199254740992", "larger than 2"),
        (b"-9007199254740992", "larger than 2"),
        (b"1" * 5000, "larger than 2"),
        (b'"\\ud800"', "surrogate"),
        (b'{"\\udc00":1}', "surrogate"),
        (b"\xff", "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"{", "not JSON"),
        (b"", "not JSON"),
        (b"[" * 40 + b"]" * 40, "deeper"),
        (b"[" * 1_000_000, "deeper"),
    ],
)
def test_hostile_json_is_refused_with_a_sentence(data: bytes, why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        canonical.parse(data)


def test_brackets_in_strings_are_no_nesting() -> None:
    value = {"a": "[" * 100, "b": '\\"{{{' * 20}
    assert canonical.parse(json.JSONEncoder().encode(value).encode()) == value


def test_text_above_the_limit_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(InvalidInputError, match="larger than 10 bytes"):
        canonical.parse(b'"' + b"a" * 20 + b'"', max_bytes=10)


def test_an_object_is_asked_for_and_a_list_is_refused() -> None:
    assert canonical.parse_object(b'{"a":1}') == {"a": 1}
    with pytest.raises(InvalidInputError, match="not an object"):
        canonical.parse_object(b"[]")


def test_a_very_long_string_is_read_without_going_back() -> None:
    text = '"' + "a\\n" * 1_000_000 + '"'
    assert canonical.parse(text.encode()) == "a\n" * 1_000_000
