"""Each question, answered for one image; what is absent or unknown is unknown, not false."""

import pytest
from hypothesis import given, settings

from policies.conditions import Condition
from policies.facts import PENDING, UNKNOWN, ImageFacts
from policies.predicates import predicate
from policies.truth import Truth
from tests.factories.policies import Plain, conditions, facts, images

T, F, U, P = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN, Truth.PENDING
ABSENT = facts(label=None, format=None, width=None, height=None, size_bytes=None, faces=UNKNOWN)


def _ask(plain: Plain, image: ImageFacts) -> Truth:
    return predicate(Condition.model_validate(plain))(image)


@pytest.mark.parametrize(
    ("plain", "truth"),
    [
        ({"label": {"in": ["n02084071", "people"]}}, T),
        ({"label": {"in": ["people"]}}, F),
        ({"label": {"glob": "n02*"}}, T),
        ({"label": {"regex": "n0[0-9]"}}, F),
        ({"path": {"glob": "*/*.JPEG"}}, T),
        ({"path": {"in": ["dog.JPEG"]}}, F),
        ({"synset": {"in": ["n02084071"]}}, T),
        ({"synset": {"in": ["n00007846"]}}, F),
        ({"format": {"in": ["png", "jpeg"]}}, T),
        ({"format": {"in": ["png"]}}, F),
        ({"faces": {"at_least": 1}}, F),
        ({"faces": {"at_most": 0}}, T),
        ({"width": {"at_least": 500, "at_most": 500}}, T),
        ({"width": {"at_least": 501}}, F),
        ({"height": {"at_most": 374}}, F),
        ({"size_bytes": {"at_least": 100_000}}, T),
        ({"not": {"faces": {"at_least": 1}}}, T),
        ({"all": [{"faces": {"at_most": 0}}, {"format": {"in": ["png"]}}]}, F),
        ({"any": [{"faces": {"at_least": 9}}, {"format": {"in": ["jpeg"]}}]}, T),
    ],
)
def test_a_question_about_an_ordinary_picture(plain: Plain, truth: Truth) -> None:
    assert _ask(plain, facts()) is truth


@pytest.mark.parametrize(
    "plain",
    [
        {"label": {"in": ["a"]}}, {"label": {"glob": "**"}}, {"synset": {"in": ["n00007846"]}},
        {"format": {"in": ["jpeg"]}}, {"faces": {"at_least": 0}}, {"width": {"at_least": 0}},
        {"height": {"at_least": 0}}, {"size_bytes": {"at_least": 0}}, {"not": {"label": {"in": ["a"]}}},
    ],
)  # fmt: skip
def test_a_question_about_what_an_image_does_not_have_is_unknown(plain: Plain) -> None:
    assert _ask(plain, ABSENT) is U


def test_a_question_about_what_nobody_looked_at_is_pending() -> None:
    assert _ask({"faces": {"at_least": 0}}, facts(faces=PENDING)) is P


def test_a_word_is_no_synset() -> None:
    assert _ask({"synset": {"in": ["n00007846"]}}, facts(label="people")) is U


@settings(deadline=None)
@given(conditions(), images())
def test_a_condition_or_its_negation_is_never_both(plain: Plain, image: ImageFacts) -> None:
    swapped = {T: F, F: T, U: U, P: P}
    assert _ask({"not": plain}, image) is swapped[_ask(plain, image)]
