from dataclasses import replace

import pytest

from registry.catalogue.layers.kinds import Kind
from registry.errors import InvalidInputError, NotFoundError
from registry.home import Home
from registry.models.faces import ReleaseFaces
from registry.services import builds, known_faces, planning
from registry.services import layers as services
from registry.services.known_faces import NOTHING_KNOWN, Chosen
from tests.factories import homes, layers
from tests.factories.homes import ASTRONAUT, NOW, VARIANT
from tests.factories.layers import published_faces


def choose(home: Home, layer: str | None, *, is_detected: bool = True) -> Chosen:
    with home.reading() as session:
        return known_faces.choose(session, VARIANT, layer, is_detected=is_detected)


def test_a_release_may_know_nothing_a_layer_or_nothing_but_a_layer(furnished_home: Home) -> None:
    layer = published_faces(furnished_home, {ASTRONAUT: [(1, 2, 3, 4)]})
    assert choose(furnished_home, None) == NOTHING_KNOWN
    for name in ("published", "published@1"):
        chosen = choose(furnished_home, name, is_detected=False)
        assert chosen.layer is not None
        assert (chosen.layer.id, chosen.is_detected) == (layer.id, False)


def test_what_is_not_there_is_not_chosen(furnished_home: Home) -> None:
    with pytest.raises(NotFoundError, match="has no layer faces/published"):
        choose(furnished_home, "published")
    with pytest.raises(InvalidInputError, match="say which layer of faces is known instead"):
        choose(furnished_home, None, is_detected=False)


def test_a_layer_of_which_something_was_refused_does_not_stand_in_for_a_detector(furnished_home: Home) -> None:
    draft = layers.draft(furnished_home, Kind.FACES, "published", [(ASTRONAUT, ((1.0, 2.0, 3.0, 4.0),))])
    for refused_count in (1, 0):
        with homes.act(furnished_home, "mara") as act:
            added = services.add(act, VARIANT, replace(draft, refused_count=refused_count))
        assert choose(furnished_home, f"published@{added.version}").layer is not None
    with pytest.raises(InvalidInputError, match=r"^Of faces/published@1, 1 boxes or images were refused"):
        choose(furnished_home, "published@1", is_detected=False)
    assert not choose(furnished_home, "published@2", is_detected=False).is_detected


def test_what_is_chosen_is_part_of_the_plan_and_of_what_is_approved(furnished_home: Home) -> None:
    published_faces(furnished_home, {ASTRONAUT: [(1, 2, 3, 4)]})
    with furnished_home.reading() as session:
        shown = planning.preview(session, furnished_home.blobs, VARIANT, homes.FACES, NOW)
    chosen = choose(furnished_home, "published")
    with homes.act(furnished_home, "mara") as act:
        release = planning.plan(act, shown, homes.quick_recipe(furnished_home), chosen)
        release.counts = {"verdicts": {}}
        with_layer = builds.approval_digest(act.session, release)
        row = act.session.get_one(ReleaseFaces, release.id)
        row.is_detected = False
        without = builds.approval_digest(act.session, release)
        act.session.delete(row)
        act.session.flush()
        nothing = builds.approval_digest(act.session, release)
    assert len({with_layer, without, nothing}) == 3


def test_a_build_that_chose_nothing_still_stands_on_what_people_had_decided(furnished_home: Home) -> None:
    release = homes.release(furnished_home, homes.plan(furnished_home))
    with homes.act(furnished_home, "mara") as act:
        begun = known_faces.begin(act, furnished_home.blobs, release.id)
        assert (begun.layer_id, begun.is_detected) == (None, True)
        assert furnished_home.blobs.read(begun.decisions_sha256 or "x") == b""
    with homes.act(furnished_home, "mara") as act:
        assert known_faces.begin(act, furnished_home.blobs, release.id).decisions_sha256 == begun.decisions_sha256
