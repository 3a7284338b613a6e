from collections.abc import Iterator
from pathlib import Path

import pytest

from blurring.boxes import Box
from blurring.known import Known
from registry.catalogue.decided import NOTHING, Decided
from registry.home import Home
from registry.models.faces import FaceStep, ReleaseFaces
from registry.models.layers import Layer
from registry.queries import layers as queries
from registry.services import known_faces
from registry.services.faces import Step
from registry.worker import known
from registry.worker.known import KnownFaces
from tests.factories import homes, reviews, trees
from tests.factories.homes import ASTRONAUT, GPS, Stage, Stock
from tests.factories.layers import published_faces

ENTRY = trees.entry("n01/a.JPEG")
HERE, NEAR, ELSEWHERE = (5, 5, 15, 15), (6, 5, 16, 15), (30, 5, 40, 15)


@pytest.fixture
def home(sqlite_stock: Stock, tmp_path: Path) -> Iterator[Home]:
    """A home with a release in which something is doubtful."""
    with sqlite_stock.opened(Stage.FURNISHED, tmp_path / "home") as opened:
        reviews.build(opened)
        yield opened


def of(decided: Decided = NOTHING, *published: tuple[int, int, int, int]) -> Known:
    """What is known about the entry, of which these things are said."""
    return KnownFaces({ENTRY.sha256 or "": decided}, {ENTRY.path: published}, is_detected=True).of(ENTRY)


def test_what_people_decided_and_what_was_published_are_known_together() -> None:
    said = of(Decided((HERE,), (ELSEWHERE,), (NEAR,)), (50, 5, 60, 15))
    assert said == Known((Box(*HERE), Box(50, 5, 60, 15)), (Box(*ELSEWHERE),), (Box(*NEAR),))


@pytest.mark.parametrize("decided", [Decided(faces=(HERE,)), Decided(left=(HERE,))])
def test_a_decision_about_a_published_face_comes_before_it(decided: Decided) -> None:
    assert [(box.left, box.top) for box in of(decided, NEAR).faces] == [place[:2] for place in decided.faces]


def test_published_boxes_are_cut_at_the_edge_of_the_picture() -> None:
    assert of(NOTHING, (-5, 40, 10, 60)).faces == (Box(0, 40, 10, 48),)


def test_a_published_face_that_is_not_in_the_picture_does_not_vanish() -> None:
    assert of(NOTHING, (100, 100, 110, 110)).faces == (Box(100, 100, 110, 110),)


def test_about_an_image_of_which_nothing_is_said_nothing_is_known() -> None:
    assert KnownFaces({}, {}, is_detected=False).of(ENTRY) == Known(is_detected=False)


def test_a_layer_that_names_files_only_is_about_the_file_of_that_name() -> None:
    assert KnownFaces({}, {"a": (HERE,)}, is_detected=True).of(ENTRY).faces == (Box(*HERE),)


def test_what_a_build_takes_as_known_is_fixed_when_it_begins(home: Home) -> None:
    layer = published_faces(home, {ASTRONAUT: [(1.5, 2.5, 10.1, 12.0)], "twin-a.jpg": []})
    label = homes.plan(home)
    release_id = homes.release(home, label).id
    with homes.act(home, "mara") as act:
        act.session.add(ReleaseFaces(release_id=release_id, layer_id=layer.id, is_detected=False))
    for who in ("rita", "ruth"):
        reviews.decide(home, GPS, Step(FaceStep.REJECTED, reviews.DOUBTFUL.place), who=who)
    reviews.decide(home, GPS, Step(FaceStep.REJECTED, reviews.SECOND_DOUBT.place))
    with homes.act(home, "mara") as act:
        first = known_faces.begin(act, home.blobs, release_id).decisions_sha256
    reviews.decide(home, GPS, Step(FaceStep.ACCEPTED, reviews.DOUBTFUL.place))
    with homes.act(home, "mara") as act:
        chosen = known_faces.begin(act, home.blobs, release_id)
        found = act.session.get_one(Layer, layer.id)
    assert chosen.decisions_sha256 == first
    said = known.opened(home.blobs, chosen, found)
    assert [decided.left for decided in said.decided.values()] == [(reviews.DOUBTFUL.place,)]
    assert said.published == {ASTRONAUT: ((1, 2, 11, 12),), "twin-a": ()}
    assert not said.is_detected
    with home.reading() as session:
        assert queries.read_layer(session, homes.VARIANT, "faces/published").id == layer.id
