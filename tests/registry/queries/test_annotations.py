import json

import pytest

from registry.errors import WrongStateError
from registry.home import Home
from registry.queries import annotations
from tests.factories import homes, manifests, reviews
from tests.factories.homes import ASTRONAUT, FIRST


def document(home: Home, label: str = FIRST) -> object:
    with home.reading() as session:
        return json.loads(b"".join(annotations.lines(session, home.blobs, label)))


def test_blurred_faces_are_told_as_imagenet_publishes_them(furnished_home: Home) -> None:
    reviews.build(furnished_home)
    assert document(furnished_home) == [
        {"url": ASTRONAUT, "bboxes": [{"x0": 180, "y0": 60, "x1": 270, "y1": 190}]},
    ]


def test_a_release_without_faces_has_an_empty_list(furnished_home: Home) -> None:
    manifests.build(furnished_home)
    assert document(furnished_home) == []


def test_a_release_that_is_not_built_has_none(furnished_home: Home) -> None:
    with pytest.raises(WrongStateError), furnished_home.reading() as session:
        annotations.lines(session, furnished_home.blobs, homes.plan(furnished_home))
