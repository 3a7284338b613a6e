"""A fact that cannot be known is not a fact that is absent."""

import dataclasses

import pytest

from policies.facts import PENDING, UNKNOWN, ImageFacts


def test_the_synset_is_the_label_where_the_label_is_a_wordnet_id() -> None:
    assert ImageFacts(path="n02084071/a.jpg", label="n02084071").synset == "n02084071"


@pytest.mark.parametrize("label", [None, "dogs"])
def test_the_synset_is_unknown_where_the_label_is_a_word_or_missing(label: str | None) -> None:
    assert ImageFacts(path="dogs/a.jpg", label=label).synset is UNKNOWN


def test_faces_are_pending_until_somebody_looks() -> None:
    assert ImageFacts(path="a.jpg").faces is PENDING


def test_facts_cannot_be_changed_after_the_verdict() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(ImageFacts(path="a.jpg"), "faces", 3)  # noqa: B010 - mypy would refuse the plain assignment, rightly


def test_an_image_of_which_nothing_is_said_is_sound_and_stopped_by_nobody() -> None:
    image = ImageFacts(path="a.jpg")
    assert (image.defect, image.is_held, image.is_taken_down, image.reviewed) == (None, False, False, ())


def test_what_cases_have_come_to_is_always_known() -> None:
    assert [
        ImageFacts(path="a", is_held=held, is_taken_down=upheld).takedown
        for held, upheld in ((False, False), (True, False), (False, True), (True, True))
    ] == ["none", "held", "upheld", "upheld"]
