"""A release is built after another one: who is looked at again, and who is not?"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from blurring import engines
from blurring.engines import Engine, Shard, ShardResult
from policies.takedowns import Outcome
from registry.catalogue import manifests
from registry.errors import WrongStateError
from registry.home import Home
from registry.models.faces import FaceStep
from registry.models.releases import Release, ReleaseShard
from registry.services import abandonments, builds, takedowns
from registry.services.faces import Step
from registry.worker.handlers import blur
from tests.factories import cases, homes, pictures, reviews
from tests.factories.homes import ASTRONAUT, FACES, FIRST, GPS, TWINS, WAVES, Stage, Stock

OTHER = "sample/other"
LOOKED_AT = {ASTRONAUT, GPS, WAVES, *TWINS}


@pytest.fixture
def built(sqlite_stock: Stock, tmp_path: Path) -> Iterator[Home]:
    """A home with a release of `homes.draw`, in shards of two images."""
    with sqlite_stock.opened(Stage.BUILT, tmp_path / "built") as home:
        yield home


class Watched:
    """An engine that says what it was given."""

    def __init__(self, engine: Engine, given: set[str]) -> None:
        self.engine, self.given = engine, given

    def run(self, shards: Iterable[Shard], *how: object) -> Iterator[ShardResult]:
        """See `Engine.run`."""
        return self.engine.run(self._noted(shards), *how)  # type: ignore[arg-type]

    def _noted(self, shards: Iterable[Shard]) -> Iterator[Shard]:
        for shard in shards:
            self.given.update(item.path for item in shard.items)
            yield shard


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The paths of the images that were looked at since."""
    given: set[str] = set()
    opened = engines.opened
    monkeypatch.setattr(engines, "opened", lambda *how: Watched(opened(*how), given))
    monkeypatch.setattr(blur, "SHARD_IMAGES", 2)
    return given


def next_release(home: Home) -> Release:
    """Another release of the same variant, built."""
    return homes.build(home, homes.plan(home))


def shards(home: Home, release: Release) -> dict[int, tuple[int, str]]:
    """How many results each shard took over, and where its results are."""
    with home.reading() as session:
        rows = session.exec(select(ReleaseShard).where(ReleaseShard.release_id == release.id)).all()
        return {row.number: (row.taken_over, row.results_sha256) for row in rows}


def said_of(release: Release) -> str | None:
    """What is said of what was taken over."""
    detector: dict[str, str] = (release.counts or {})["detector"]
    return detector.get("taken over")


def test_nobody_looks_again_at_what_is_as_it_was(built: Home, looked_at: set[str]) -> None:
    again = next_release(built)
    assert looked_at == set()
    before = homes.release(built, FIRST)
    assert (again.manifest_sha256, again.root) == (before.manifest_sha256, before.root)
    assert said_of(before) is None
    assert said_of(again) == (
        f"5 of 5 results are those of {FIRST}, from the same bytes by the same recipe and the same software."
    )
    third = next_release(built)
    assert looked_at == set()
    # The results of the third are those of the second, byte for byte, and lie in the same blobs.
    assert shards(built, third) == shards(built, again)
    assert sum(taken for taken, _ in shards(built, third).values()) == 5


def test_a_takedown_costs_nobody_a_look(built: Home, looked_at: set[str]) -> None:
    before = next_release(built)
    number = cases.submit(built, WAVES).number
    cases.search(built, number)
    with homes.act(built, "rita") as act:
        takedowns.hold(act, number, "Let us see.")
    with homes.act(built, "rita") as act:
        takedowns.decide(act, built.blobs, number, Outcome.UPHOLD, "They are right.")
    after = next_release(built)
    assert looked_at == set()
    with (
        manifests.opened(built.blobs, before.manifest_sha256 or "") as old,
        manifests.opened(built.blobs, after.manifest_sha256 or "") as new,
    ):
        changes = list(manifests.diff(old, new))
    assert [change.path for change in changes] == [WAVES]
    assert shards(built, after) == shards(built, before)


def test_other_bytes_are_looked_at(built: Home, looked_at: set[str], tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "a").mkdir(parents=True)
    for number in range(3):
        (source / f"a/{number}.jpg").write_bytes(pictures.jpeg(seed=number))
    homes.import_folder(built, source, OTHER)
    homes.build(built, homes.plan(built, OTHER, FACES))
    looked_at.clear()
    (source / "a/1.jpg").write_bytes(pictures.jpeg(seed=5))
    (source / "a/0.jpg").rename(source / "a/3.jpg")
    homes.import_folder(built, source, OTHER)
    release = homes.build(built, homes.plan(built, OTHER, FACES))
    assert looked_at == {"a/1.jpg", "a/3.jpg"}
    assert (said_of(release) or "").startswith("1 of 3 results are those of sample/other/")


def test_what_people_have_said_since_is_looked_at(built: Home, looked_at: set[str]) -> None:
    reviews.decide(built, WAVES, Step(FaceStep.ADDED, (4, 4, 20, 20)))
    release = next_release(built)
    assert looked_at == {WAVES}
    with manifests.opened(built.blobs, release.manifest_sha256 or "") as file:
        (found,) = (entry for entry in manifests.iter_release(file) if entry.source.path == WAVES)
    assert (found.verdict, found.reasons) == ("blur", ("face",))


def test_another_recipe_looks_at_everything(built: Home, looked_at: set[str]) -> None:
    homes.build(built, homes.plan(built, recipe=homes.careful_recipe(built)))
    assert looked_at == LOOKED_AT


def test_a_release_that_was_given_up_is_not_asked(built: Home, looked_at: set[str]) -> None:
    with homes.act(built, "ana") as act:
        abandonments.abandon(act, FIRST, "Its blur is not good enough.")
    release = next_release(built)
    assert looked_at == LOOKED_AT
    assert said_of(release) is None


def test_whoever_wants_has_everything_looked_at_afresh(built: Home, looked_at: set[str]) -> None:
    label = homes.plan(built)
    with homes.act(built, "mara") as act:
        builds.ask(act, label, is_afresh=True)
    assert homes.events(built)[-1].facts == {"is_afresh": True}
    release = homes.build(built, label)
    assert looked_at == LOOKED_AT
    assert said_of(release) is None
    assert release.root == homes.release(built, FIRST).root


def test_a_build_that_is_underway_does_not_begin_afresh(built: Home) -> None:
    label = homes.plan(built)
    homes.ask_build(built, label)
    with (
        homes.act(built, "mara") as act,
        pytest.raises(WrongStateError, match="is being built; it cannot begin afresh"),
    ):
        builds.ask(act, label, is_afresh=True)


def test_what_is_no_longer_there_is_looked_at_again(built: Home, looked_at: set[str]) -> None:
    with built.reading() as session:
        names = session.exec(select(ReleaseShard.results_sha256)).all()
    for name in names:
        for file in (built.settings.home / "blobs").rglob(f"{name}*"):
            file.unlink()
    release = next_release(built)
    assert looked_at == LOOKED_AT
    assert release.root == homes.release(built, FIRST).root
