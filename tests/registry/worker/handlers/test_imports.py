import tempfile
from pathlib import Path

import pytest

from registry.access import WORKER
from registry.catalogue import manifests
from registry.catalogue.layouts import source as source_of_rows
from registry.errors import InvalidInputError, NotFoundError, UnavailableError, of_code
from registry.home import Home
from registry.models.imports import Import, ImportState
from registry.services import imports
from registry.services.imports import VariantWords
from registry.worker.handlers import imports as handler
from registry.worker.station import Station
from tests.factories import homes, trees


def start(home: Home, source: Path) -> Import:
    """An import that waits to be read."""
    with homes.act(home, "mara") as act:
        return imports.start(act, "sample/other", source, VariantWords())


def read(home: Home, started: Import) -> Import:
    """The import once its source was read."""
    handler.read(Station(home), str(started.id))
    with home.reading() as session:
        return session.get_one(Import, started.id)


def test_a_source_becomes_a_manifest_with_totals(home: Home, tmp_path: Path) -> None:
    source = homes.draw(tmp_path / "pictures")
    (source / "nothing").mkdir()
    done = read(home, start(home, source))
    assert (done.state, done.row_count) == (ImportState.DONE, 7)
    assert done.counts == {
        "formats": {"jpeg": 6},
        "defects": {"empty": 1},
        "labels": {"n02000001": 3, "n02000002": 3, "person": 1},
        "empty": ["nothing"],
        "came_in": 7,
        "refused": {},
        "refusals": [],
        "faults": [],
        "fault_count": 0,
        "conclusions": ["The layout is image-folder: it is a folder of folders or files."],
    }
    assert done.layout == "image-folder"
    assert done.total_bytes == sum((tmp_path / "pictures" / path).stat().st_size for path in homes.PATHS)
    with manifests.opened(home.blobs, done.manifest_sha256 or "") as file:
        assert [entry.path for entry in manifests.iter_source(file)] == sorted(homes.PATHS)


def test_everything_that_can_lie_in_a_folder_is_accounted_for(home: Home, tmp_path: Path) -> None:
    expected = trees.broken(tmp_path / "pictures")
    trees.plain(tmp_path / "pictures")
    done = read(home, start(home, tmp_path / "pictures"))
    with manifests.opened(home.blobs, done.manifest_sha256 or "") as file:
        seen = {entry.path: entry.defect for entry in manifests.iter_source(file)}
    assert seen == expected | {path: None for path in seen if not path.startswith("odd/")}
    assert done.row_count == len(expected) + 6


def test_the_same_source_gives_the_same_manifest(home: Home, tmp_path: Path) -> None:
    first = read(home, start(home, homes.draw(tmp_path / "one")))
    second = read(home, start(home, homes.draw(tmp_path / "two")))
    assert (first.manifest_sha256, first.root) == (second.manifest_sha256, second.root)


def test_an_import_is_read_once(home: Home, tmp_path: Path) -> None:
    started = start(home, homes.draw(tmp_path / "pictures"))
    first = read(home, started)
    (tmp_path / "pictures" / homes.WAVES).unlink()
    assert read(home, started).model_dump() == first.model_dump()


@pytest.mark.parametrize("kind", ["gone", "a file", "empty", "no pictures"])
def test_a_source_without_pictures_is_no_source(home: Home, tmp_path: Path, kind: str) -> None:
    source = tmp_path / "pictures"
    (source / "class").mkdir(parents=True)
    started = start(home, source)
    if kind == "no pictures":
        (source / "class" / "notes.txt").write_text("no picture")
    elif kind != "empty":
        (source / "class").rmdir()
        source.rmdir()
    if kind == "a file":
        source.write_text("no folder")
    with pytest.raises((InvalidInputError, NotFoundError), match=r"no layout that is known|no image in|no files|is no"):
        handler.read(Station(home), str(started.id))


def test_an_import_that_failed_says_so(home: Home, tmp_path: Path) -> None:
    started = start(home, tmp_path)
    handler.fail(Station(home), str(started.id), UnavailableError("The disk is full."))
    with home.reading() as session:
        failed = session.get_one(Import, started.id)
    assert (failed.state, failed.failure) == (ImportState.FAILED, "The disk is full.")
    assert of_code(failed.failure_code) is UnavailableError
    assert homes.events(home)[-1].actor_name == WORKER.name


def test_reading_tells_how_far_it_is_and_leaves_no_draft(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "drafts").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "drafts"))
    monkeypatch.setattr(source_of_rows, "TOLD_EVERY", 3)
    told: list[tuple[str, int, int | None]] = []
    started = start(home, homes.draw(tmp_path / "pictures"))
    handler.read(Station(home, lambda what, done, total: told.append((what, done, total))), str(started.id))
    assert told == [("images read", 3, None), ("images read", 6, None), ("images read", 7, None), ("images read", 7, 7)]
    assert list((tmp_path / "drafts").iterdir()) == []
