import hashlib
import io
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import select

from policies.takedowns import Ground, Outcome
from registry.access import PUBLIC, Actor
from registry.errors import ForbiddenError, NotFoundError, UnauthenticatedError, UnavailableError, WrongStateError
from registry.home import Home
from registry.models.imports import Import
from registry.models.releases import ReleasePreviews
from registry.models.takedowns import SubjectKind
from registry.queries import names
from registry.services import pictures, takedowns
from registry.services.takedowns import Request
from registry.worker.handlers import takedowns as matching
from registry.worker.station import Station
from tests.factories import homes, people
from tests.factories import pictures as drawn
from tests.factories.homes import NOW


def actor(home: Home, handle: str) -> Actor:
    return people.actor_of(home.sessions, handle)


def released(home: Home, path: str, handle: str = "mara") -> bytes:
    with home.reading() as session:
        return pictures.released(session, actor(home, handle), home.blobs, homes.FIRST, path, NOW)


def original(home: Home, path: str, place: str = homes.FIRST, handle: str = "rita") -> bytes:
    with home.reading() as session:
        return pictures.original(session, actor(home, handle), home.blobs, place, path)


def moved_source(home: Home, folder: Path) -> Path:
    """A copy of the source, which the import now names; it may be changed."""
    with home.sessions() as session:
        done = session.exec(select(Import)).one()
        shutil.copytree(done.source, folder)
        done.source = str(folder)
        session.add(done)
        session.commit()
    return folder


def ask(home: Home, path: str, ground: Ground = Ground.OTHER) -> str:
    with home.act(PUBLIC) as act:
        receipt = takedowns.submit(act, Request(SubjectKind.PATH, path, ground))
    with home.reading() as session:
        case = names.case(session, receipt.number)
    matching.match(Station(home), str(case.id))
    with homes.act(home, "rita") as act:
        takedowns.hold(act, receipt.number, "because")
    return receipt.number


def take_down(home: Home, path: str) -> None:
    number = ask(home, path)
    with homes.act(home, "rita") as act:
        takedowns.decide(act, home.blobs, number, Outcome.UPHOLD, "because")


def test_a_kept_picture_is_the_original_and_a_changed_one_is_not(built_home: Home) -> None:
    assert released(built_home, homes.WAVES) == drawn.jpeg(seed=1)
    assert released(built_home, homes.ASTRONAUT) != drawn.face()
    assert released(built_home, homes.GPS) != drawn.gps_jpeg()


@pytest.mark.parametrize("path", [homes.PERSON, homes.EMPTY])
def test_what_is_excluded_has_no_released_picture(built_home: Home, path: str) -> None:
    with pytest.raises(NotFoundError, match="excludes this image"):
        released(built_home, path)


def test_asking_for_a_released_picture_leaves_an_event(built_home: Home) -> None:
    before = len(homes.events(built_home))
    with homes.act(built_home, "mara") as act:
        pictures.show(act, built_home.blobs, homes.FIRST, homes.ASTRONAUT)
    [event] = homes.events(built_home)[before:]
    assert (event.event, event.actor_name, event.subject_id) == ("image.shown", "mara", f"sha256:{digest_of_face()}")
    assert event.facts == {"place": homes.FIRST, "path": homes.ASTRONAUT}
    with pytest.raises(NotFoundError), homes.act(built_home, "mara") as act:
        pictures.show(act, built_home.blobs, homes.FIRST, homes.PERSON)


def digest_of_face() -> str:
    return hashlib.sha256(drawn.face()).hexdigest()


@pytest.mark.parametrize("path", [homes.ASTRONAUT, homes.WAVES, homes.GPS, *homes.TWINS])
def test_whatever_a_release_hands_out_has_a_small_picture(built_home: Home, path: str) -> None:
    with built_home.reading() as session:
        data = pictures.preview(session, actor(built_home, "mara"), built_home.blobs, homes.FIRST, path, NOW)
    with Image.open(io.BytesIO(data)) as small:
        assert max(small.size) == 48


def test_a_release_that_was_built_before_there_were_small_pictures_has_none(built_home: Home) -> None:
    with built_home.sessions() as session:
        assert pictures.has_previews(session, homes.FIRST)
        session.delete(session.exec(select(ReleasePreviews)).one())
        session.commit()
        assert not pictures.has_previews(session, homes.FIRST)
        with pytest.raises(NotFoundError, match="before there were small pictures"):
            pictures.preview(session, actor(built_home, "mara"), built_home.blobs, homes.FIRST, homes.WAVES, NOW)


def test_released_pictures_are_for_people_who_may_see_them(built_home: Home) -> None:
    with pytest.raises(ForbiddenError):
        released(built_home, homes.WAVES, "ada")
    with built_home.reading() as session, pytest.raises(UnauthenticatedError):
        pictures.released(session, PUBLIC, built_home.blobs, homes.FIRST, homes.WAVES, NOW)


def test_a_held_picture_is_not_shown_as_released_but_can_be_revealed(built_home: Home) -> None:
    ask(built_home, homes.ASTRONAUT)
    with pytest.raises(ForbiddenError, match="held or taken down"):
        released(built_home, homes.ASTRONAUT)
    assert original(built_home, homes.ASTRONAUT) == drawn.face()


def test_a_picture_that_is_taken_down_is_shown_in_no_way(built_home: Home) -> None:
    take_down(built_home, homes.ASTRONAUT)
    with pytest.raises(ForbiddenError):
        released(built_home, homes.ASTRONAUT)
    with pytest.raises(ForbiddenError, match="shown to nobody"):
        original(built_home, homes.ASTRONAUT)
    with pytest.raises(ForbiddenError), homes.act(built_home, "rita") as act:
        pictures.reveal(act, built_home.blobs, homes.FIRST, homes.ASTRONAUT)


def test_equal_bytes_under_another_name_are_taken_down_with_it(built_home: Home) -> None:
    take_down(built_home, homes.TWINS[0])
    with pytest.raises(ForbiddenError):
        released(built_home, homes.TWINS[1])


def test_revealing_leaves_an_event_with_place_path_and_digest(built_home: Home) -> None:
    before = len(homes.events(built_home))
    with homes.act(built_home, "rita") as act:
        pictures.reveal(act, built_home.blobs, homes.VARIANT, homes.PERSON)
    [event] = homes.events(built_home)[before:]
    assert (event.event, event.actor_name) == ("image.revealed", "rita")
    assert event.subject_id == f"sha256:{hashlib.sha256(drawn.jpeg(seed=3)).hexdigest()}"
    assert event.facts == {"place": homes.VARIANT, "path": homes.PERSON}


@pytest.mark.parametrize("handle", ["mara", "otto", "ada"])
def test_originals_are_for_people_who_may_reveal_them(built_home: Home, handle: str) -> None:
    before = len(homes.events(built_home))
    with pytest.raises(ForbiddenError), homes.act(built_home, handle) as act:
        pictures.reveal(act, built_home.blobs, homes.FIRST, homes.ASTRONAUT)
    with pytest.raises(ForbiddenError):
        original(built_home, homes.ASTRONAUT, handle=handle)
    assert len(homes.events(built_home)) == before


@pytest.mark.parametrize("path", ["no/such.jpg", "../../etc/passwd", "/etc/passwd", ""])
def test_an_image_that_is_not_in_the_manifest_is_not_found(built_home: Home, path: str) -> None:
    with pytest.raises(NotFoundError):
        original(built_home, path)


def test_a_source_that_has_gone_is_out_of_reach(built_home: Home, tmp_path: Path) -> None:
    shutil.rmtree(moved_source(built_home, tmp_path / "source"))
    with pytest.raises(UnavailableError, match="not within reach"):
        original(built_home, homes.WAVES)


def test_bytes_that_are_not_those_that_were_imported_are_not_shown(built_home: Home, tmp_path: Path) -> None:
    file = moved_source(built_home, tmp_path / "source") / homes.WAVES
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(WrongStateError, match="not those that were imported"):
        original(built_home, homes.WAVES)
    file.write_bytes(bytes(data) + b"more")
    with pytest.raises(WrongStateError):
        released(built_home, homes.WAVES)


def test_a_link_in_the_place_of_a_picture_is_not_followed(built_home: Home, tmp_path: Path) -> None:
    file = moved_source(built_home, tmp_path / "source") / homes.WAVES
    file.rename(tmp_path / "elsewhere.jpg")
    file.symlink_to(tmp_path / "elsewhere.jpg")
    with pytest.raises(WrongStateError):
        original(built_home, homes.WAVES)


def test_a_pipe_in_the_place_of_a_picture_is_not_waited_for(built_home: Home, tmp_path: Path) -> None:
    file = moved_source(built_home, tmp_path / "source") / homes.WAVES
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(WrongStateError):
        original(built_home, homes.WAVES)


def test_a_picture_of_absurd_size_is_not_read(built_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PICTURE_BYTES", 10)
    with pytest.raises(UnavailableError, match="too large"):
        original(built_home, homes.WAVES)


def test_an_image_is_released_where_a_release_holds_it_and_nothing_stops_it(built_home: Home) -> None:
    def is_released(place: str, path: str) -> bool:
        with built_home.reading() as session:
            return pictures.is_released(session, built_home.blobs, place, path, NOW)

    assert is_released(homes.FIRST, homes.WAVES)
    assert not is_released(homes.FIRST, homes.PERSON)
    assert not is_released(homes.VARIANT, homes.WAVES)
    ask(built_home, homes.WAVES)
    assert not is_released(homes.FIRST, homes.WAVES)
