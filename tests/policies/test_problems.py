# ruff: noqa: E501 - a table of sentences is read line by line
"""A problem is told in the words of the document, with its line and the word that was probably meant."""

import pytest

from policies.document import parse
from policies.errors import PolicyError
from policies.problems import SHOWN_LENGTH

DOCUMENT = """\
format: accession-policy/1
name: faces
version: "1"
title: Faces
strategy: first-match
sources:
  - title: A paper
    url: https://example.org/paper
rules:
  - id: faces
    sentence: Faces are blurred.
    ground: privacy
    when:
      all:
        - faces: {at_least: 1}
        - format: {in: [jpeg]}
    then: blur
    reason: face
    if_unknown: {then: exclude, reason: faces-unknown}
otherwise: {then: keep, reason: no-face, sentence: The rest.}
"""


def test_the_document_of_these_tests_is_in_order() -> None:
    assert parse(DOCUMENT.encode()).name == "faces"


@pytest.mark.parametrize(
    ("written", "instead", "expected"),
    [
        ("strategy", "stratgy", ["line 1: `strategy` is missing.", "line 5: `stratgy` is not known here. Did you mean `strategy`?"]),
        ("  url:", "  link:", ["line 8: `link` is not known here. Known: title, url."]),
        ("- faces:", "- faecs:", ["line 15: `faecs` is not known here. Did you mean `faces`?"]),
        ("at_least", "atleast", ["line 15: `atleast` is not known here. Did you mean `at_least`?"]),
        ("at_least: 1", "at_least: one", ["line 15: `at_least` has to be a whole number."]),
        ("at_least: 1", "at_least: -1", ["line 15: `at_least`: Input should be greater than or equal to 0."]),
        ("[jpeg]", "[jpg]", ["line 16: `jpg` is not a possible `0`. Did you mean `jpeg`?"]),
        ("[jpeg]", "jpeg", ["line 16: `in` has to be a list."]),
        ("[jpeg]", "[]", ["line 16: An empty list decides nothing."]),
        ("then: blur", "then: remove", ["line 17: `remove` is not a possible `then`. Known: keep, blur, exclude, review."]),
        ("reason: face\n", "reason: A face\n", ["line 18: `A face` does not have the form that `reason` needs."]),
        ("reason: face\n", "reason: 12\n", ["line 18: `reason` has to be a text; put it in quotes if it is one."]),
        ("{then: exclude, reason: faces-unknown}", "aply", ["line 19: `aply` is not a possible `if_unknown`. Did you mean `apply`?"]),
        ("{then: exclude, reason: faces-unknown}", "{then: exclude}", ["line 19: `reason` is missing."]),
        ("{then: exclude, reason: faces-unknown}", "[skip]", ["line 19: `if_unknown` has to be a mapping of `name: value` lines."]),
        ("{then: exclude, reason: faces-unknown}", "{then: exclude, reasn: a}",
         ["line 19: `reasn` is not known here. Did you mean `reason`?", "line 19: `reason` is missing."]),
        ("accession-policy/1", "accession-policy/2", ["line 1: `accession-policy/2` is not a possible `format`. Did you mean `accession-policy/1`?"]),
    ],
)  # fmt: skip
def test_what_is_said_about_a_slip_of_the_pen(written: str, instead: str, expected: list[str]) -> None:
    with pytest.raises(PolicyError) as refused:
        parse(DOCUMENT.replace(written, instead).encode())
    assert sorted(map(str, refused.value.problems)) == sorted(expected)


def test_a_text_that_is_no_mapping_is_said_to_be_none() -> None:
    with pytest.raises(PolicyError, match="line 1: `the document` has to be a mapping"):
        parse(b"just words")


def test_several_slips_are_told_at_once_in_the_order_of_the_lines() -> None:
    slips = (
        DOCUMENT.replace("at_least", "atleast")
        .replace("then: blur", "then: blurr")
        .replace("name: faces", "name: Fa ces")
    )
    with pytest.raises(PolicyError) as refused:
        parse(slips.encode())
    assert [problem.line for problem in refused.value.problems] == [2, 15, 17]


def test_a_book_in_the_place_of_a_word_is_not_repeated() -> None:
    with pytest.raises(PolicyError) as refused:
        parse(DOCUMENT.replace("first-match", "x" * 100_000).encode())
    assert str(refused.value) == (
        f"line 5: `{'x' * SHOWN_LENGTH}...` is not a possible `strategy`. Known: first-match, strictest."
    )


def test_a_mapping_in_the_place_of_a_word_is_called_a_mapping() -> None:
    with pytest.raises(PolicyError, match="line 5: `dict` is not a possible `strategy`"):
        parse(DOCUMENT.replace("first-match", "{a: b}").encode())


def test_a_word_of_just_the_shown_length_is_shown_whole() -> None:
    with pytest.raises(PolicyError, match=f"`{'x' * SHOWN_LENGTH}` is not a possible `strategy`"):
        parse(DOCUMENT.replace("first-match", "x" * SHOWN_LENGTH).encode())
