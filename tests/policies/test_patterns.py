"""Patterns match whole texts, in linear time, and globs mean what people expect of paths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.patterns import PATTERN_LENGTH, compiled, expression_of


@pytest.mark.parametrize(
    ("glob", "text", "matches"),
    [
        ("n0*", "n02084071", True),
        ("n0*", "n02084071/a.jpg", False),
        ("n0**", "n02084071/a.jpg", True),
        ("**/thumbs.db", "a/b/thumbs.db", True),
        ("?.jpg", "a.jpg", True),
        ("?.jpg", "/.jpg", False),
        ("a.jpg", "aXjpg", False),
        ("[ab]", "a", False),
        ("[ab]", "[ab]", True),
        ("*", "", True),
        ("**", "a\nb", True),
    ],
)
def test_globs_of_paths(glob: str, text: str, matches: bool) -> None:  # noqa: FBT001 - a column of the table
    assert (compiled(expression_of(glob)).fullmatch(text) is not None) is matches


@given(st.text(st.characters(exclude_characters="*?", exclude_categories=["Cs"]), max_size=20))
def test_a_glob_without_wildcards_matches_itself_and_nothing_longer(text: str) -> None:
    pattern = compiled(expression_of(text))
    assert pattern.fullmatch(text)
    assert not pattern.fullmatch(f"{text}x")


def test_a_regular_expression_matches_the_whole_text_only() -> None:
    assert compiled("n0[0-9]+").fullmatch("n01")
    assert not compiled("n0[0-9]+").fullmatch("xn01")


def test_a_pattern_that_would_backtrack_for_ever_answers_at_once() -> None:
    assert not compiled("(a*)*(a*)*b").fullmatch("a" * 20_000)


@pytest.mark.parametrize(
    "expression", ["(a", r"(a)\1", "(?=a)", "((a{100}){100}){100}", r"\Qa", "x" * (PATTERN_LENGTH + 1)]
)
def test_what_re2_cannot_run_in_linear_time_and_little_memory_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"pattern has at most|not a regular expression of RE2"):
        compiled(expression)


def test_a_pattern_may_have_as_many_characters_as_the_limit_says() -> None:
    assert compiled("x" * PATTERN_LENGTH).fullmatch("x" * PATTERN_LENGTH)


def test_nothing_is_written_beside_the_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="not a regular expression"):
        compiled("(a")
    assert capfd.readouterr() == ("", "")
