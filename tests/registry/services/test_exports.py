import hashlib
import os
from pathlib import Path

import pytest
from PIL import Image

from policies.takedowns import CaseState
from registry import settings
from registry.errors import AccessionError, NotFoundError, UnavailableError, WrongStateError
from registry.home import Home
from registry.proof.logfiles import LogFolder
from registry.proof.verify import verify
from registry.queries import transparency
from registry.services import exports
from registry.worker.handlers import checkpoints
from registry.worker.station import Station
from tests.factories import cases, disks, homes, manifests
from tests.factories.homes import ASTRONAUT, FIRST, GPS, NOW, PERSON, TWINS, WAVES

KEPT = (GPS, WAVES, *TWINS)


@pytest.fixture
def home(built_home: Home) -> Home:
    """A home with a published release of real, blurred pictures."""
    homes.released(built_home, FIRST)
    return built_home


def roots(home: Home) -> list[bytes]:
    """What is handed out to check with."""
    return settings.trust_roots(home.settings)


def export(home: Home, folder: Path, handle: str = "otto", *, label: str = FIRST, link: bool = False) -> int:
    """The export, as the command makes it."""
    with homes.act(home, handle) as act:
        asked = exports.ask(act, home.blobs, label, folder)
    with exports.drafted(asked, home.blobs, roots(home), link=link) as draft, homes.act(home, handle) as act:
        return exports.hand_over(act, draft)


def names_in(folder: Path) -> list[str]:
    """Every file below the folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_export_carries_the_proof_that_its_release_is_in_the_public_log(home: Home, tmp_path: Path) -> None:
    checkpoints.sign_checkpoint(Station(home), "log")
    with home.reading() as session:
        proof = transparency.release_proof(session, LogFolder(home.settings.log_folder), FIRST)
    with homes.act(home, "otto") as act:
        asked = exports.ask(act, home.blobs, FIRST, tmp_path / "export")
    with (
        exports.drafted(asked, home.blobs, roots(home), log_proof=proof) as draft,
        homes.act(home, "otto") as act,
    ):
        exports.hand_over(act, draft)
    report = verify(tmp_path / "export", roots(home)[0], None, NOW)
    assert report.is_ok, report
    [step] = [step for step in report.steps if step.name == "Transparency log"]
    assert step.line.endswith(f"in the log {home.settings.log_origin}")


@pytest.mark.parametrize("link", [False, True])
def test_an_export_holds_every_released_image_and_verifies_offline(home: Home, tmp_path: Path, *, link: bool) -> None:
    assert export(home, tmp_path / "export", link=link) == 5
    assert names_in(tmp_path / "export" / "data") == sorted([ASTRONAUT, *KEPT])
    report = verify(tmp_path / "export", roots(home)[0], None, NOW)
    assert report.is_ok, report
    event = homes.events(home)[-1]
    assert (event.event, event.actor_name, event.facts) == ("release.exported", "otto", {"images": 5})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", "home"]


def test_what_was_harmless_is_handed_out_byte_for_byte_and_the_rest_is_not(
    home: Home, tmp_path: Path, source: Path
) -> None:
    export(home, tmp_path / "export")
    data = tmp_path / "export" / "data"
    assert all((data / path).read_bytes() == (source / path).read_bytes() for path in (WAVES, *TWINS))
    assert (data / ASTRONAUT).read_bytes() != (source / ASTRONAUT).read_bytes()
    assert b"A. Photographer" in (source / GPS).read_bytes()
    assert b"A. Photographer" not in (data / GPS).read_bytes()
    with Image.open(data / GPS) as ours, Image.open(source / GPS) as theirs:
        assert ours.tobytes() == theirs.tobytes()


@pytest.fixture
def source(home: Home) -> Path:
    """The folder that was imported."""
    with home.reading() as session:
        return homes.source_of(session)


def test_an_empty_folder_is_taken_and_anything_else_is_refused(home: Home, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert export(home, tmp_path / "empty") == 5
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for taken in ("file", "full", "link", "empty"):
        with pytest.raises(WrongStateError, match="is not empty"):
            export(home, tmp_path / taken)
    assert (tmp_path / "full" / "mine").read_text() == "mine"
    assert [event.event for event in homes.events(home)].count("release.exported") == 1


def test_a_folder_that_was_filled_while_the_export_was_written_stays_as_it_is(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    with homes.act(home, "otto") as act:
        asked = exports.ask(act, home.blobs, FIRST, folder)
    with exports.drafted(asked, home.blobs, roots(home)) as draft:
        folder.mkdir()
        (folder / "mine").write_text("mine")
        with pytest.raises(WrongStateError), homes.act(home, "otto") as act:
            exports.hand_over(act, draft)
    assert names_in(folder) == ["mine"]
    assert not draft.folder.exists()
    assert homes.events(home)[-1].event == "release.published"


def unseen_release(home: Home, source: Path) -> str:
    """The label of a published release of the source in which nothing was blurred or cleaned."""
    homes.import_folder(home, source)
    label = manifests.label_of(home, manifests.build(home))
    homes.released(home, label)
    return label


def change(path: Path, how: str) -> None:
    """The source file is not what was imported any more."""
    match how:
        case "changed":
            path.write_bytes(path.read_bytes()[:-1] + b"!")
        case "gone":
            path.unlink()
        case "link":
            path.rename(path.with_suffix(".moved"))
            path.symlink_to(path.with_suffix(".moved"))
        case _:
            path.unlink()
            os.mkfifo(path)


@pytest.mark.parametrize("link", [False, True])
@pytest.mark.parametrize("how", ["changed", "gone", "link", "pipe"])
def test_a_source_that_is_not_what_was_imported_stops_the_export_and_is_named(
    furnished_home: Home, tmp_path: Path, how: str, *, link: bool
) -> None:
    source = homes.draw(tmp_path / "source")
    unseen_release(furnished_home, source)
    change(source / WAVES, how)
    with pytest.raises(WrongStateError, match=WAVES):
        export(furnished_home, tmp_path / "export", link=link)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "source"]


def test_an_export_that_cannot_be_written_leaves_nothing_half(home: Home, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UnavailableError, match="cannot be written"):
        export(home, tmp_path / "file" / "below" / "export")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "home"]


def test_a_full_disk_stops_the_export_in_a_sentence_and_leaves_nothing(furnished_home: Home, tmp_path: Path) -> None:
    source = homes.draw(tmp_path / "source")
    (source / "n02000001" / "large.png").write_bytes(disks.large_picture())
    label = unseen_release(furnished_home, source)
    with disks.small(tmp_path / "disk") as disk:
        with pytest.raises(UnavailableError, match=r"cannot be written: (No space left|File too large)"):
            export(furnished_home, disk / "export", label=label)
        assert list(disk.iterdir()) == []
    assert homes.events(furnished_home)[-1].event == "release.published"
    assert export(furnished_home, tmp_path / "export", label=label) == 7


def test_a_blob_that_was_damaged_stops_the_export(home: Home, tmp_path: Path) -> None:
    for blob in (home.settings.home / "blobs").rglob("*"):
        if blob.is_file() and blob.read_bytes().startswith(b"\xff\xd8"):
            blob.chmod(0o600)
            blob.write_bytes(blob.read_bytes()[:-1] + b"!")
    with pytest.raises(AccessionError, match=r"damaged|changed"):
        export(home, tmp_path / "export")
    assert not (tmp_path / "export").exists()


@pytest.mark.parametrize("state", [CaseState.HELD, CaseState.UPHELD])
def test_what_is_held_or_taken_down_by_now_is_not_handed_out_again(
    home: Home, tmp_path: Path, state: CaseState
) -> None:
    cases.stop(home, TWINS[0], state)
    with pytest.raises(WrongStateError, match="held or taken down"):
        export(home, tmp_path / "export")
    assert not (tmp_path / "export").exists()


def test_a_stop_of_what_is_excluded_anyway_does_not_stop_an_export(home: Home, tmp_path: Path) -> None:
    cases.stop(home, PERSON, CaseState.UPHELD)
    assert export(home, tmp_path / "export") == 5


def test_only_a_signed_release_is_exported(built_home: Home, tmp_path: Path) -> None:
    with pytest.raises(WrongStateError, match="is built; only a signed release is exported"):
        export(built_home, tmp_path / "export")
    with pytest.raises(NotFoundError), homes.act(built_home, "otto") as act:
        exports.ask(act, built_home.blobs, "sample/photos/2026.9", tmp_path / "export")
    homes.approve(built_home, FIRST)
    homes.sign_release(built_home, FIRST)
    assert export(built_home, tmp_path / "export", "mara") == 5


def test_writers_are_not_kept_waiting_while_an_export_is_written(home: Home, tmp_path: Path) -> None:
    with homes.act(home, "otto") as act:
        asked = exports.ask(act, home.blobs, FIRST, tmp_path / "export")
    with exports.drafted(asked, home.blobs, roots(home)) as draft:
        cases.submit(home, "a/b")
        with homes.act(home, "otto") as act:
            exports.hand_over(act, draft)
    assert (tmp_path / "export").is_dir()


def test_an_export_into_its_own_source_is_refused(home: Home) -> None:
    with home.reading() as session:
        source = homes.source_of(session)
    with pytest.raises(WrongStateError, match="inside the source"):
        export(home, source / "inside")
