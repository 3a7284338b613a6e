import os
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from registry.catalogue import intake
from registry.catalogue.entries import Defect, Format, SourceEntry
from registry.catalogue.found import Found, Kind
from registry.catalogue.headers import sniff
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import Window
from registry.catalogue.layouts import folders
from registry.catalogue.places import ChangedError, FilePlace, HeldSpan, MemberPlace
from registry.catalogue.reports import ImportReport
from registry.proof import digests
from tests.factories import pictures, trees


def scan(root: Path, workers: int = 2) -> list[SourceEntry]:
    return list(intake.scan(folders.walk(root), ImportReport(), workers=workers))


def test_every_file_becomes_an_entry_with_what_its_bytes_say(tmp_path: Path) -> None:
    paths = trees.plain(tmp_path)
    entries = scan(tmp_path)
    assert [entry.path for entry in entries] == paths
    first, data = entries[0], (tmp_path / paths[0]).read_bytes()
    assert first == SourceEntry(
        path=paths[0],
        size_bytes=len(data),
        sha256=sha256(data).hexdigest(),
        format=Format.JPEG,
        width=64,
        height=48,
        mode="RGB",
        label="n00007846",
    )


def test_everything_that_can_go_wrong_ends_as_a_row_with_its_defect(tmp_path: Path) -> None:
    expected = trees.broken(tmp_path)
    assert {entry.path: entry.defect for entry in scan(tmp_path)} == expected


def test_the_format_is_told_by_bytes_and_never_by_a_suffix(tmp_path: Path) -> None:
    name, data = pictures.png_named_jpeg()
    (tmp_path / name).write_bytes(data)
    assert scan(tmp_path)[0].format is Format.PNG


def test_links_and_pipes_have_no_bytes_and_everything_else_has(tmp_path: Path) -> None:
    trees.broken(tmp_path)
    without = {entry.path for entry in scan(tmp_path) if entry.sha256 is None}
    assert without == {"odd/link.JPEG", "odd/out.JPEG", "odd/pipe.JPEG"}
    assert all((entry.sha256 is None) == (entry.size_bytes is None) for entry in scan(tmp_path))


def test_the_digests_are_those_of_the_room_of_proofs(tmp_path: Path) -> None:
    trees.broken(tmp_path)
    big = tmp_path / "big.JPEG"
    big.write_bytes(pictures.jpeg() + os.urandom(2 * intake.KEPT_BYTES))
    exact = tmp_path / "exact"
    exact.write_bytes(os.urandom(intake.KEPT_BYTES))
    for entry in scan(tmp_path):
        if entry.sha256 and entry.defect is not Defect.UNPORTABLE_NAME:
            assert digests.hash_file(tmp_path / entry.path).sha256 == entry.sha256


def test_a_header_behind_the_head_is_still_read(tmp_path: Path) -> None:
    data = pictures.jpeg()
    for _ in range(40):
        data = pictures.with_segment(data, 0xE2, b"ICC_PROFILE\0" + bytes(65_000))
    (tmp_path / "far.JPEG").write_bytes(data)
    (entry,) = scan(tmp_path)
    assert (entry.width, entry.height, entry.defect) == (64, 48, None)


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_the_answer_does_not_depend_on_the_number_of_readers(tmp_path: Path, workers: int) -> None:
    trees.plain(tmp_path, per_class=100)
    assert scan(tmp_path, workers) == scan(tmp_path, 2)


def test_empty_folders_are_reported_and_are_no_rows(tmp_path: Path) -> None:
    paths = trees.plain(tmp_path)
    (tmp_path / "n09").mkdir()
    report = ImportReport()
    entries = intake.scan(folders.walk(tmp_path), report)
    assert [entry.path for entry in entries] == paths
    assert (report.empty_folders, report.came_in) == (["n09"], len(paths))


def test_what_is_not_what_a_list_says_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(pictures.jpeg())
    right = found(tmp_path / "x")._replace(expected=sha256(pictures.jpeg()).hexdigest(), said_in=("list", "line 1"))
    wrong = right._replace(expected="0" * 64, said_in=("list", "line 2"))
    gone = found(tmp_path / "gone")._replace(expected="0" * 64, said_in=("list", "line 3"))
    report = ImportReport()
    assert len(list(intake.scan([right, wrong, gone], report))) == 1
    assert [(refusal.where, refusal.why) for refusal in report.examples] == [
        ("line 2", "is not what the list says"),
        ("line 3", "is no file that can be read"),
    ]
    assert report.came_in == 3


def test_names_that_lead_away_and_classes_of_no_list_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    report = ImportReport()
    nothing = found(tmp_path / "gone")
    things = [
        nothing._replace(path="a//etc/passwd", part="x.tar", position=512),
        nothing._replace(path="../x", part="x.tar", position=1024),
        nothing._replace(label="n09999999"),
        nothing._replace(label=None),
    ]
    assert [entry.label for entry in intake.scan(things, report, classes={"n00000001"})] == [None]
    assert [(refusal.file, refusal.where) for refusal in report.examples] == [
        ("x.tar", "byte 512, a//etc/passwd"),
        ("x.tar", "byte 1024, ../x"),
        ("a/x.JPEG", ""),
    ]
    assert "its class is none of the list" in report.refused


def test_who_stops_listening_leaves_no_reader_behind(tmp_path: Path) -> None:
    trees.plain(tmp_path, per_class=300)
    entries = intake.scan(folders.walk(tmp_path), ImportReport(), workers=2)
    next(entries)
    entries.close()  # type: ignore[attr-defined]  # a generator, as every caller may treat it
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("intake")]


def found(place: Path, kind: Kind = Kind.FILE) -> Found:
    return Found("a/x.JPEG", FilePlace(os.fsencode(place)), "a", kind)


def test_members_of_an_archive_are_read_together_and_one_that_is_not_there_does_not_stop_the_others(
    tmp_path: Path,
) -> None:
    data = pictures.jpeg()
    (tmp_path / "a.tar").write_bytes(b"#" * 512 + data)
    name, beyond = os.fsencode(tmp_path / "a.tar"), MemberPlace(os.fsencode(tmp_path / "a.tar"), 512, len(data) + 1)
    whole = MemberPlace(name, 512, len(data))
    found = [
        Found("a", whole, None, Kind.FILE),
        Found("b", beyond, None, Kind.FILE),
        Found("c", whole, None, Kind.SYMLINK),
        Found("d", whole, None, Kind.FILE),
    ]
    entries = list(intake.scan(found, ImportReport()))
    assert [entry.defect for entry in entries] == [None, Defect.UNREADABLE, Defect.SYMLINK, None]
    assert {entry.sha256 for entry in entries} == {sha256(data).hexdigest(), None}
    assert [entry.format for entry in intake.scan([found[0]], ImportReport())] == [Format.JPEG]


def test_files_are_read_together_and_what_cannot_be_does_not_stop_the_others(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.JPEG").write_bytes(pictures.jpeg() + os.urandom(intake.KEPT_BYTES // 3))
    (tmp_path / "1b.JPEG").write_bytes(pictures.jpeg() + os.urandom(intake.KEPT_BYTES))
    (tmp_path / "2b.JPEG").write_bytes(b"")
    files = list(folders.walk(tmp_path))
    (tmp_path / "3.JPEG").unlink()
    (tmp_path / "4.JPEG").unlink()
    (tmp_path / "4.JPEG").symlink_to("0.JPEG")
    entries = list(intake.scan(files, ImportReport()))
    assert entries == [intake.read_entry(file) for file in files]
    defects = {entry.path: entry.defect for entry in entries if entry.defect}
    assert defects == {"2b.JPEG": Defect.EMPTY, "3.JPEG": Defect.UNREADABLE, "4.JPEG": Defect.UNREADABLE}
    assert all(entry.sha256 == sha256((tmp_path / entry.path).read_bytes()).hexdigest() for entry in entries[:3])


def test_files_are_read_before_one_of_them_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        (tmp_path / f"{number}.JPEG").write_bytes(pictures.jpeg())
    done: list[str] = []
    read, looked = os.preadv, sniff.read

    def noted(descriptor: int, buffers: list[memoryview], offset: int) -> int:
        done.append("read")
        return read(descriptor, buffers, offset)

    def noted_too(window: Window) -> Header:
        done.append("looked")
        return looked(window)

    monkeypatch.setattr(os, "preadv", noted)
    monkeypatch.setattr(sniff, "read", noted_too)
    assert [entry.defect for entry in scan(tmp_path)] == [None] * 3
    assert done == ["read"] * 3 + ["looked"] * 3


def test_a_file_that_went_away_is_unreadable(tmp_path: Path) -> None:
    entry = intake.read_entry(found(tmp_path / "gone"))
    assert entry == SourceEntry("a/x.JPEG", label="a", defect=Defect.UNREADABLE)


def test_an_unreadable_folder_is_an_entry(tmp_path: Path) -> None:
    assert intake.read_entry(found(tmp_path, Kind.UNREADABLE_FOLDER)).defect is Defect.UNREADABLE


def test_a_file_that_became_a_link_or_a_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(pictures.jpeg())
    (tmp_path / "link").symlink_to("x")
    assert intake.read_entry(found(tmp_path / "link")).defect is Defect.UNREADABLE
    assert intake.read_entry(found(tmp_path)).defect is Defect.SPECIAL_FILE
    os.mkfifo(tmp_path / "pipe")
    assert intake.read_entry(found(tmp_path / "pipe")).defect is Defect.SPECIAL_FILE


def test_a_file_that_nobody_can_read_is_unreadable() -> None:
    """Not even root can read the start of its own memory through this regular file."""
    assert intake.read_entry(found(Path("/proc/self/mem"))).defect is Defect.UNREADABLE


def test_a_file_that_changes_once_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").write_bytes(pictures.jpeg())
    changes = iter([b"changed", b""])
    _change_while_reading(monkeypatch, tmp_path / "x", lambda: next(changes, b""))
    entry = intake.read_entry(found(tmp_path / "x"))
    assert entry.sha256 == sha256((tmp_path / "x").read_bytes()).hexdigest()


@pytest.mark.parametrize("more", [b"longer", None])
def test_a_file_that_never_stops_changing_is_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: bytes | None
) -> None:
    (tmp_path / "x").write_bytes(pictures.jpeg())
    _change_while_reading(monkeypatch, tmp_path / "x", lambda: more)
    assert intake.read_entry(found(tmp_path / "x")).defect is Defect.UNREADABLE


def _change_while_reading(monkeypatch: pytest.MonkeyPatch, file: Path, more: Callable[[], bytes | None]) -> None:
    """Have somebody write to the file between opening it and reading it; null writes nothing but the time."""
    read = os.preadv

    def write_and_read(descriptor: int, buffers: list[memoryview], offset: int) -> int:
        data = more()
        if data is None:
            os.utime(file, ns=(0, file.stat().st_mtime_ns + 1))
        elif data:
            with file.open("ab") as writer:
                writer.write(data)
        return read(descriptor, buffers, offset)

    monkeypatch.setattr(os, "preadv", write_and_read)


def test_bytes_that_are_fewer_than_they_should_be_are_noticed() -> None:
    short = HeldSpan(pictures.jpeg())
    short.size += 1
    with pytest.raises(ChangedError):
        intake._hash(short)


def test_perceptual_hashes_are_computed_on_request_and_for_pictures_alone(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(pictures.face())
    (tmp_path / "b.jpg").write_bytes(b"no picture")
    (tmp_path / "c.jpg").write_bytes(pictures.truncated_jpeg())
    asked = list(intake.scan(folders.walk(tmp_path), ImportReport(), workers=1, has_pdq=True))
    assert [len(entry.pdq or "") for entry in asked] == [64, 0, 0]
    assert scan(tmp_path) == asked
    assert {entry.pdq for entry in scan(tmp_path)} == {None}
