import io
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from blurring import engines
from blurring.engines import Item, Shard, ShardResult, Sink
from blurring.engines.local import LocalEngine
from blurring.recipe import Recipe
from policies.takedowns import Outcome
from registry.acts import Promise
from registry.catalogue import manifests
from registry.catalogue.entries import FaceOrigin, FaceZone, ReleaseEntry
from registry.errors import of_code
from registry.home import Home
from registry.jobs import Job
from registry.models.imports import Import
from registry.models.releases import Release, ReleaseShard, ReleaseState
from registry.proof import manifest as lines
from registry.proof.manifest import Verdict
from registry.queries import names
from registry.services import takedowns
from registry.worker import loop
from registry.worker.handlers import blur
from registry.worker.handlers import releases as handler
from registry.worker.station import Station
from tests.factories import cases, disks, homes, pictures, places
from tests.factories import policies as documents
from tests.factories.homes import ASTRONAUT, EMPTY, FACES, FIRST, GPS, PERSON, TWINS, WAVES, Stage, Stock

OTHER = "sample/other"


def entries(home: Home, release: Release) -> dict[str, ReleaseEntry]:
    """Every image of the release by its path."""
    with manifests.opened(home.blobs, release.manifest_sha256 or "") as file:
        return {entry.source.path: entry for entry in manifests.iter_release(file)}


def fates(home: Home, release: Release) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Verdict and reasons of every image."""
    return {path: (entry.verdict.value, entry.reasons) for path, entry in entries(home, release).items()}


def imported(home: Home, files: dict[str, bytes], folder: Path) -> Path:
    """A source with these files, imported into `OTHER`."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    homes.import_folder(home, folder, OTHER)
    return folder


def asked(home: Home, variant: str = OTHER, policy: str = FACES) -> tuple[str, Promise]:
    """A release whose build was asked for, and the promise of it."""
    label = homes.plan(home, variant, policy)
    return label, Promise(Job.BUILD_RELEASE, str(homes.ask_build(home, label)))


def kept(home: Home, promise: Promise, label: str) -> Release:
    """The release once the promise was kept, well or badly."""
    loop.keep(home, promise)
    return homes.release(home, label)


def shown(data: bytes) -> bytes:
    """The pixels of a picture."""
    with Image.open(BytesIO(data)) as picture:
        return picture.tobytes()


@pytest.fixture
def built(sqlite_stock: Stock, tmp_path: Path) -> Iterator[Home]:
    """A home with a release of `homes.draw`."""
    with sqlite_stock.opened(Stage.BUILT, tmp_path / "built") as home:
        yield home


def test_every_image_gets_one_verdict_with_its_reasons(built: Home) -> None:
    release = homes.release(built, FIRST)
    assert fates(built, release) == {
        ASTRONAUT: ("blur", ("face",)),
        GPS: ("keep", ("metadata-removed", "no-face-found")),
        WAVES: ("keep", ("no-face-found",)),
        EMPTY: ("exclude", ("empty",)),
        TWINS[0]: ("keep", ("no-face-found",)),
        TWINS[1]: ("keep", ("no-face-found",)),
        PERSON: ("exclude", ("person-class",)),
    }
    assert (release.counts or {})["verdicts"] == {"keep": 4, "blur": 1, "exclude": 2}
    assert (release.counts or {})["labels"]["person"] == {"exclude": 1}


def test_outputs_are_the_bytes_of_the_source_unless_something_had_to_go(built: Home) -> None:
    found = entries(built, homes.release(built, FIRST))
    for path in (WAVES, *TWINS):
        assert (found[path].output_sha256, found[path].output_size_bytes) == (
            found[path].source.sha256,
            found[path].source.size_bytes,
        )
    assert found[TWINS[0]].output_sha256 == found[TWINS[1]].output_sha256
    for path in (ASTRONAUT, GPS):
        output = built.blobs.read(found[path].output_sha256 or "")
        assert len(output) == found[path].output_size_bytes
        assert found[path].output_sha256 != found[path].source.sha256
    for path in (EMPTY, PERSON):
        assert (found[path].output_sha256, found[path].output_path, found[path].faces) == (None, None, None)
    assert (found[ASTRONAUT].faces, found[WAVES].faces) == (len(found[ASTRONAUT].boxes), 0)
    left, top, right, bottom = pictures.FACE_BOX
    assert any(b.left < right and b.right > left and b.top < bottom and b.bottom > top for b in found[ASTRONAUT].boxes)


def test_the_manifest_proves_what_became_of_every_face(home: Home) -> None:
    label = homes.plan(home, policy=FACES, recipe=homes.careful_recipe(home))
    release = homes.build(home, label)
    found = entries(home, release)
    look = found[ASTRONAUT].look
    assert look is not None
    assert (look.recipe, look.device) == (f"sha256:{release.recipe_sha256}", "cpu")
    assert look.detector == look.second
    assert look.detector is not None
    assert look.detector.name == "dlib-hog"
    assert 0 <= (look.change_outside or -1) <= 35
    count = found[ASTRONAUT].faces or 0
    blurred, again = found[ASTRONAUT].boxes[:count], found[ASTRONAUT].reviews
    assert {(box.zone, box.origin) for box in blurred} == {(FaceZone.BLUR, FaceOrigin.DETECTOR)}
    assert {(box.zone, box.origin) for box in again} == {(FaceZone.REVIEW, FaceOrigin.SECOND_LOOK)}
    assert (*blurred, *again) == found[ASTRONAUT].boxes
    assert found[WAVES].look == look._replace(change_outside=None)
    assert found[EMPTY].look is None
    assert (release.counts or {})["faces"] == {
        "images_looked_at": 6,
        "faces_blurred": count,
        "faces_known": 0,
        "images_looked_at_again": 6,
        "found_again": len(again),
        "images_found_again": 1,
        "doubtful": len(again),
        "images_doubtful": 1,
    }


def test_faces_that_a_policy_keeps_were_looked_at_and_left(home: Home) -> None:
    everything = {"then": "keep", "reason": "kept-all", "sentence": "All are kept."}
    rules = [
        documents.rule(id="crowds", when={"faces": {"at_least": 9}}, then="blur", reason="crowd", if_unknown="skip")
    ]
    homes.publish_policy(home, documents.text(documents.document(name="crowds", rules=rules, otherwise=everything)))
    label = homes.plan(home, policy="crowds", recipe=homes.careful_recipe(home))
    kept_one = entries(home, homes.build(home, label))[ASTRONAUT]
    assert (kept_one.verdict, kept_one.reviews) == (Verdict.KEEP, ())
    assert kept_one.faces
    assert {box.zone for box in kept_one.boxes} == {FaceZone.LEAVE}


def test_the_lines_are_those_of_the_manifest_and_give_both_roots(built: Home) -> None:
    release = homes.release(built, FIRST)
    with manifests.lines_of(built.blobs, release.manifest_sha256 or "", release.lines_sha256 or "") as file:
        totals = lines.measure(io.BytesIO(file.read_bytes()))
    assert (totals.root, totals.rows) == (release.root, 7)
    with built.reading() as session:
        assert totals.parent_root == session.get_one(Import, release.import_id).root


def test_a_release_is_built_once(built: Home) -> None:
    before = homes.release(built, FIRST).model_dump()
    handler.build(Station(built), str(before["id"]))
    assert homes.release(built, FIRST).model_dump() == before


@pytest.mark.slow
def test_an_image_that_the_policy_keeps_although_it_shows_faces_is_handed_out_unblurred_and_clean(
    home: Home, tmp_path: Path
) -> None:
    face = pictures.with_segment(pictures.face(), 0xFE, b"shot by a neighbour")
    source = imported(home, {"asked/a.jpg": face, "asked/b.jpg": pictures.jpeg(), "others/a.jpg": face}, tmp_path / "p")
    with_faces = {"faces": {"at_least": 1}}
    rules = [
        documents.rule(
            id="asked",
            when={"all": [{"label": {"in": ["asked"]}}, with_faces]},
            then="keep",
            reason="they-agreed",
        ),
        documents.rule(when=with_faces, then="blur", reason="face"),
    ]
    homes.publish_policy(home, documents.text(documents.document(name="agreed", rules=rules)))
    release = homes.build(home, homes.plan(home, OTHER, "agreed"))
    assert fates(home, release) == {
        "asked/a.jpg": ("keep", ("metadata-removed", "they-agreed")),
        "asked/b.jpg": ("keep", ("nothing-found",)),
        "others/a.jpg": ("blur", ("face",)),
    }
    found = entries(home, release)
    clean, blurred = (home.blobs.read(found[path].output_sha256 or "") for path in ("asked/a.jpg", "others/a.jpg"))
    original = (source / "asked/a.jpg").read_bytes()
    assert b"neighbour" in original
    assert b"neighbour" not in clean + blurred
    assert shown(clean) == shown(original)
    assert shown(blurred) != shown(original)
    assert found["asked/a.jpg"].faces == len(found["asked/a.jpg"].boxes) > 0


@pytest.mark.slow
def test_a_picture_that_turns_out_not_to_open_is_excluded_with_a_reason(home: Home, tmp_path: Path) -> None:
    broken = bytearray(pictures.png())
    broken[len(broken) // 2] ^= 0xFF
    imported(home, {"a/broken.png": bytes(broken), "a/fine.png": pictures.png()}, tmp_path / "p")
    release = homes.build(home, homes.plan(home, OTHER, FACES))
    assert fates(home, release) == {
        "a/broken.png": ("exclude", ("undecodable",)),
        "a/fine.png": ("keep", ("no-face-found",)),
    }


@dataclass(frozen=True)
class TornEngine:
    """Works as the local engine does, but the pictures of the folder `torn` meet what nobody foresaw.

    Attributes:
        is_cleaning: only where they are cleaned without a look for faces.
    """

    sink: Sink
    is_cleaning: bool = False

    def run(self, shards: Iterable[Shard], recipe: Recipe, device: str, workers: int | None) -> Iterator[ShardResult]:
        """See `Engine.run`."""
        return LocalEngine(self.sink).run(
            (replace(shard, items=self._torn(shard)) for shard in shards), recipe, device, workers
        )

    def _torn(self, shard: Shard) -> tuple[Item, ...]:
        return tuple(replace(item, place=places.BuggyPlace()) if self._tears(item) else item for item in shard.items)

    def _tears(self, item: Item) -> bool:
        return item.path.startswith("torn/") and not (self.is_cleaning and item.look)


@pytest.mark.slow
def test_a_picture_that_meets_what_nobody_foresaw_is_excluded_with_a_reason(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "opened", lambda _name, sink, _address: TornEngine(sink))
    imported(home, {"torn/face.jpg": pictures.face(), "whole/fine.png": pictures.png()}, tmp_path / "p")
    release = homes.build(home, homes.plan(home, OTHER, FACES))
    assert fates(home, release) == {
        "torn/face.jpg": ("exclude", ("unforeseen",)),
        "whole/fine.png": ("keep", ("no-face-found",)),
    }
    assert entries(home, release)["torn/face.jpg"].output_sha256 is None


@pytest.mark.slow
def test_a_picture_that_is_kept_with_its_faces_and_cannot_be_cleaned_is_not_handed_out_as_it_was(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "opened", lambda _name, sink, _address: TornEngine(sink, is_cleaning=True))
    rules = [documents.rule(id="asked", when={"faces": {"at_least": 1}}, then="keep", reason="they-agreed")]
    homes.publish_policy(home, documents.text(documents.document(name="agreed", rules=rules)))
    face = pictures.with_segment(pictures.face(), 0xFE, b"shot by a neighbour")
    imported(home, {"torn/face.jpg": face, "whole/face.jpg": face}, tmp_path / "p")
    release = homes.build(home, homes.plan(home, OTHER, "agreed"))
    assert fates(home, release) == {
        "torn/face.jpg": ("exclude", ("unforeseen",)),
        "whole/face.jpg": ("keep", ("metadata-removed", "they-agreed")),
    }
    found = entries(home, release)
    assert found["torn/face.jpg"].output_sha256 is None
    assert b"neighbour" not in home.blobs.read(found["whole/face.jpg"].output_sha256 or "")


@pytest.mark.slow
def test_a_source_that_changed_stops_the_build_and_is_named_and_what_was_done_stays_done(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blur, "SHARD_IMAGES", 2)
    files = {f"a/{number}.jpg": pictures.gps_jpeg(64 + number) for number in range(5)}
    source = imported(home, files, tmp_path / "p")
    label, promise = asked(home)
    (source / "a/4.jpg").write_bytes(pictures.jpeg(seed=9))
    failed = kept(home, promise, label)
    assert failed.state is ReleaseState.FAILED
    assert failed.failure == "The source is not what was imported: a/4.jpg. Import it again."
    assert of_code(failed.failure_code).exit_code == 5
    assert homes.count(home, ReleaseShard) == 2

    (source / "a/4.jpg").write_bytes(files["a/4.jpg"])
    (source / "a/0.jpg").unlink()
    homes.ask_build(home, label)
    told: list[tuple[str, int, int | None]] = []
    loop.keep(home, promise, lambda what, done, total: told.append((what, done, total)))
    again = homes.release(home, label)
    assert (again.state, told[:3]) == (ReleaseState.BUILT, [("images looked at", n, 5) for n in (2, 4, 5)])
    (source / "a/0.jpg").write_bytes(files["a/0.jpg"])
    assert again.manifest_sha256 == homes.build(home, homes.plan(home, OTHER, FACES)).manifest_sha256


@pytest.mark.slow
def test_a_full_disk_fails_the_build_in_a_sentence_and_with_room_it_ends_as_if_nothing_had_been(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "drafts").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "drafts"))
    imported(home, {"a/large.png": disks.large_picture(), "a/small.jpg": pictures.gps_jpeg()}, tmp_path / "p")
    label, promise = asked(home)
    blobs = home.settings.home / "blobs"
    with disks.small(tmp_path / "disk") as disk:
        disks.move(blobs, disk / "blobs")
        with Home(home.settings.model_copy(update={"blobs_url": str(disk / "blobs")})) as full:
            failed = kept(full, promise, label)
        assert failed.state is ReleaseState.FAILED
        assert "disk is full" in (failed.failure or "") or "File too large" in (failed.failure or "")
        assert of_code(failed.failure_code).exit_code == 8
        assert list((disk / "blobs" / "drafts").iterdir()) == list((tmp_path / "drafts").iterdir()) == []
        disks.move(disk / "blobs", blobs)
    homes.ask_build(home, label)
    again = kept(home, promise, label)
    assert (again.state, again.failure) == (ReleaseState.BUILT, None)
    assert again.manifest_sha256 == homes.build(home, homes.plan(home, OTHER, FACES)).manifest_sha256
    assert list((tmp_path / "drafts").iterdir()) == []


@pytest.mark.slow
def test_what_was_taken_down_is_excluded_from_the_next_release_of_every_variant_that_holds_it(
    home: Home, tmp_path: Path
) -> None:
    taken = pictures.jpeg(seed=1)
    imported(home, {"x/copy.jpg": taken, "x/other.jpg": pictures.jpeg(seed=8)}, tmp_path / "p")
    number = cases.submit(home, WAVES).number
    cases.search(home, number)
    with homes.act(home, "rita") as act:
        takedowns.hold(act, number, "Let us see.")
    with homes.act(home, "rita") as act:
        takedowns.decide(act, home.blobs, number, Outcome.UPHOLD, "They are right.")
    releases = {variant: homes.build(home, homes.plan(home, variant, FACES)) for variant in (homes.VARIANT, OTHER)}
    for variant, path in ((homes.VARIANT, WAVES), (OTHER, "x/copy.jpg")):
        found = entries(home, releases[variant])[path]
        assert (found.verdict, found.reasons) == (Verdict.EXCLUDE, ("takedown",))
        assert found.output_sha256 is None
    assert fates(home, releases[OTHER])["x/other.jpg"] == ("keep", ("no-face-found",))


def test_a_recipe_that_cannot_be_followed_is_said_to_be_one(home: Home) -> None:
    label, promise = asked(home, homes.VARIANT)
    with home.sessions() as session:
        names.release(session, label).recipe_sha256 = home.blobs.put(b"format: another/1\n")
        session.commit()
    failed = kept(home, promise, label)
    assert (failed.failure or "").startswith("The recipe quick cannot be followed")
    assert of_code(failed.failure_code).exit_code == 8
