from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from blurring import engines
from blurring import recipe as recipes
from blurring.boxes import Box
from blurring.engines import Item, ItemResult, Shard, ShardResult
from blurring.known import Known
from blurring.pipeline import Action, Outcome
from registry import settings
from registry.catalogue.entries import SourceEntry
from registry.errors import UnavailableError
from registry.home import Home
from registry.models.releases import Release, ReleaseShard
from registry.proof import canonical
from registry.queries import names, releases
from registry.settings import FILE_NAME
from registry.worker.handlers import blur
from registry.worker.handlers.blur import Darkroom
from registry.worker.station import Station
from tests.factories import homes, pictures, sources

RECIPE = recipes.named("dlib-hog")


@pytest.fixture
def release_id(home: Home) -> UUID:
    """A release that is being built."""
    return homes.ask_build(home, homes.plan(home))


def test_an_item_is_a_file_of_the_source(tmp_path: Path) -> None:
    known = Known(faces=(Box(1, 2, 3, 4),))
    made = blur.item(tmp_path, SourceEntry("a/b.jpg", sha256="5" * 64), look=True, known=known)
    assert made == Item("a/b.jpg", f"{tmp_path}/a/b.jpg", "5" * 64, True, known, is_previewed=True)


def test_without_items_there_is_nothing_to_do_and_nothing_to_tell(home: Home, release_id: UUID) -> None:
    room = Darkroom(Station(home), release_id, RECIPE, 0, "images looked at")
    room.work(iter(()), 0)
    assert list(room.results()) == []
    assert homes.count(home, ReleaseShard) == 0


@pytest.mark.slow
def test_results_come_back_in_the_order_of_the_items_and_two_series_stay_apart(
    home: Home, release_id: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blur, "SHARD_IMAGES", 2)
    data = {f"{number}.jpg": pictures.gps_jpeg(64 + number) for number in range(3)} | {"9.jpg": b"no picture"}
    for path, content in data.items():
        (tmp_path / path).write_bytes(content)

    def items() -> Iterator[Item]:
        for path, content in data.items():
            yield blur.item(
                tmp_path, SourceEntry(path, sha256=canonical.digest(content).removeprefix("sha256:")), look=False
            )

    first, second = (Darkroom(Station(home), release_id, RECIPE, number, "cleaned") for number in (0, 1 << 30))
    first.work(items(), len(data))
    seen = list(first.results())
    assert [one.path for one in seen] == list(data)
    assert [one.defect for one in seen] == [None, None, None, "undecodable"]
    for one in seen[:3]:
        output = home.blobs.read(one.output_sha256 or "")
        assert (len(output), one.is_blurred, one.boxes) == (one.output_size_bytes, False, ())
        assert b"A. Photographer" not in output
    assert list(second.results()) == []


class CrampedEngine:
    """Keeps every picture as it is, and has had too little room."""

    def run(self, shards: Iterable[Shard], *_: object) -> Iterator[ShardResult]:
        """See `Engine.run`."""
        for shard in shards:
            kept = tuple(ItemResult(item.path, Outcome(Action.UNCHANGED)) for item in shard.items)
            yield ShardResult(shard.id, kept, ("cuda:0 had no room for 32 pictures at once",))


def test_what_an_engine_remarks_is_on_the_record_of_the_release(
    home: Home, release_id: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "opened", lambda *_: CrampedEngine())
    room = Darkroom(Station(home), release_id, RECIPE, 0, "images looked at")
    room.work(iter([blur.item(tmp_path, SourceEntry("a.jpg", sha256="5" * 64), look=True)]), 1)
    with home.reading() as session:
        label = names.release_label(session, session.get_one(Release, release_id))
        said = releases.read_release(session, label, is_insider=True).remarks
    assert said == ("cuda:0 had no room for 32 pictures at once",)


def test_a_build_goes_where_the_settings_say(home: Home, release_id: UUID, tmp_path: Path) -> None:
    with (home.settings.home / FILE_NAME).open("a") as file:
        file.write('engine = "ray"\nray_address = "127.0.0.1:1"\n')
    (tmp_path / "a.jpg").write_bytes(b"x")
    with Home(settings.load(home.settings.home)) as again:
        room = Darkroom(Station(again), release_id, RECIPE, 0, "images looked at")
        with pytest.raises(UnavailableError, match=r"no Ray cluster answers at 127\.0\.0\.1:1"):
            room.work(iter([blur.item(tmp_path, SourceEntry("a.jpg", sha256="5" * 64), look=True)]), 1)


def test_a_recipe_that_cannot_be_followed_here_is_unavailable(home: Home, release_id: UUID, tmp_path: Path) -> None:
    detector = RECIPE.detector.model_copy(update={"weights": "sha256:" + "0" * 64})
    other = RECIPE.model_copy(update={"detector": detector})
    (tmp_path / "a.jpg").write_bytes(b"x")
    room = Darkroom(Station(home), release_id, other, 0, "images looked at")
    with pytest.raises(UnavailableError, match="cannot be worked on: the recipe asks for weights"):
        room.work(iter([blur.item(tmp_path, SourceEntry("a.jpg", sha256="5" * 64), look=True)]), 1)


def test_an_image_in_an_archive_is_read_where_it_lies(tmp_path: Path) -> None:
    file = sources.train_archive(tmp_path / "train.tar")
    entry = sources.read(file).entries[0]
    found = blur.item(file, entry, look=True)
    assert (found.file, found.path) == (str(file), entry.path)
    assert found.place is not None
    assert found.place.read() == sources.picture(0)
