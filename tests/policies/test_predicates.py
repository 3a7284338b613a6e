"""Each question, answered for one image; what is absent or unknown is unknown, not false."""

import pytest
from hypothesis import given

from policies.conditions import Condition
from policies.facts import PENDING, UNKNOWN, ImageFacts
from policies.predicates import predicate
from policies.truth import Truth
from policies.verdicts import Action
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


KNOWN = facts(
    layer=(("real", ("n02084071", "n02085936")), ("votes", ())),
    split="val",
    source_host="farm1.photos.example",
    source_url="https://farm1.photos.example/1.jpg",
    retrieved_on="2011-11-30",
    licence="CC-BY-4.0 OR CC-BY-NC-2.0",
    licence_confidence=70,
    rights_conflicts=0,
    votes=10,
    agreement=80,
    advisories=("cmyk",),
    largest_face_px=40,
    reviewed=(("face", Action.BLUR), ("label", Action.KEEP)),
)


@pytest.mark.parametrize(
    ("plain", "truth"),
    [
        ({"layer": {"name": "real", "count": {"at_least": 2}}}, T),
        ({"layer": {"name": "votes", "count": {"at_least": 1}}}, F),
        ({"layer": {"name": "real", "any_in": ["n02085936", "n1"]}}, T),
        ({"layer": {"name": "real", "any_in": ["n1"]}}, F),
        ({"layer": {"name": "real", "agrees": True}}, T),
        ({"layer": {"name": "votes", "agrees": False}}, T),
        ({"layer": {"name": "boxes", "agrees": True}}, U),
        ({"split": {"in": ["val"]}}, T),
        ({"source_host": {"glob": "*.photos.example"}}, T),
        ({"source_url": {"regex": "http:.*"}}, F),
        ({"retrieved_on": {"before": "2011-11-30"}}, F),
        ({"retrieved_on": {"since": "2011-11-30"}}, T),
        ({"licence": {"satisfied_by": ["CC-BY-4.0"]}}, T),
        ({"licence": {"satisfied_by": ["CC0-1.0"]}}, F),
        ({"licence": {"names": ["CC-BY-NC-2.0"]}}, T),
        ({"licence_confidence": {"at_least": 90}}, F),
        ({"rights_conflicts": {"at_most": 0}}, T),
        ({"votes": {"at_least": 10}}, T),
        ({"agreement": {"at_most": 79}}, F),
        ({"advisories": {"any_in": ["cmyk"]}}, T),
        ({"advisories": {"none_in": ["cmyk"]}}, F),
        ({"largest_face_px": {"at_least": 16}}, T),
        ({"takedown": {"in": ["none"]}}, T),
        ({"reviewed": {"in": ["none"]}}, F),
        ({"reviewed": {"in": ["none", "blur"]}}, T),
        ({"reviewed": {"in": ["exclude"]}}, F),
    ],
)
def test_a_question_about_what_others_found_out(plain: Plain, truth: Truth) -> None:
    assert _ask(plain, KNOWN) is truth


@pytest.mark.parametrize(
    "plain",
    [
        {"layer": {"name": "real", "count": {"at_least": 0}}}, {"split": {"glob": "**"}},
        {"source_host": {"glob": "**"}},
        {"source_url": {"glob": "**"}}, {"retrieved_on": {"since": "0001-01-01"}}, {"licence": {"names": ["MIT"]}},
        {"licence_confidence": {"at_least": 0}}, {"rights_conflicts": {"at_least": 0}}, {"votes": {"at_least": 0}},
        {"agreement": {"at_least": 0}}, {"advisories": {"none_in": ["cmyk"]}},
        {"largest_face_px": {"at_least": 0}},
    ],
)  # fmt: skip
def test_what_nobody_found_out_is_unknown(plain: Plain) -> None:
    assert _ask(plain, facts(largest_face_px=UNKNOWN)) is U


def test_an_unknown_label_agrees_with_nothing_and_an_unreadable_licence_says_nothing() -> None:
    labelless = facts(label=None, layer=(("real", ("n1",)),), licence="all rights reserved")
    assert _ask({"layer": {"name": "real", "agrees": True}}, labelless) is U
    assert _ask({"licence": {"satisfied_by": ["MIT"]}}, labelless) is U


def test_a_question_about_what_nobody_looked_at_is_pending() -> None:
    assert _ask({"faces": {"at_least": 0}}, facts(faces=PENDING)) is P


def test_a_word_is_no_synset() -> None:
    assert _ask({"synset": {"in": ["n00007846"]}}, facts(label="people")) is U


@given(conditions(), images())
def test_a_condition_or_its_negation_is_never_both(plain: Plain, image: ImageFacts) -> None:
    swapped = {T: F, F: T, U: U, P: P}
    assert _ask({"not": plain}, image) is swapped[_ask(plain, image)]
