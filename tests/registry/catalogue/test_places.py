import dataclasses
import os
import pickle
from pathlib import Path

import pytest

from registry.catalogue import places
from registry.catalogue.entries import SourceEntry
from registry.catalogue.places import ChangedError, FilePlace, HeldSpan, MemberPlace, NoFileError
from registry.errors import InvalidInputError
from tests.factories import sources

DATA = bytes(range(256)) * 8


def test_a_file_of_its_own_is_read_and_can_be_linked_to(tmp_path: Path) -> None:
    (tmp_path / "a\\b").write_bytes(DATA)
    place = places.place_of(tmp_path, SourceEntry("a\\x5cb"))
    assert (place.read(), place.file) == (DATA, tmp_path / "a\\b")
    with place.opened() as span:
        assert (span.size, span.at(2, 3), span.at(2047, 9)) == (2048, DATA[2:5], DATA[-1:])


def test_a_stretch_of_a_file_is_read_from_its_offset_and_never_beyond(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(DATA)
    entry = SourceEntry("x/1", size_bytes=100, part="x.tar", position=50)
    place = places.place_of(tmp_path / "x.tar", entry)
    assert (place.read(), place.file) == (DATA[50:150], None)
    buffer = memoryview(bytearray(64))
    with place.opened() as span:
        assert [bytes(span.part(offset, buffer)) for offset in (0, 64, 100)] == [DATA[50:114], DATA[114:150], b""]
        assert span.at(90, 100) == DATA[140:150]
        assert span.at(200, 1) == b""


def test_a_place_travels_to_another_process(tmp_path: Path) -> None:
    file = sources.parquet(tmp_path / "x.parquet", [(sources.picture(1), None)])
    for entry in (SourceEntry("x/0", part="x.parquet", position=0), SourceEntry("x.parquet")):
        place = pickle.loads(pickle.dumps(places.place_of(file if entry.part else tmp_path, entry)))  # noqa: S301 - our own
        assert place.read()
    with places.place_of(file, SourceEntry("x/0", part="x.parquet", position=0)).opened() as span:
        assert span.at(0, 3) == b"\xff\xd8\xff"


def test_an_archive_that_is_shorter_by_now_has_changed(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(DATA)
    with pytest.raises(ChangedError):
        MemberPlace(os.fsencode(tmp_path / "x.tar"), 2000, 100).read()


def test_links_are_not_followed_and_pipes_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("x")
    (tmp_path / "x").write_bytes(DATA)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="Too many levels"):
        FilePlace(os.fsencode(tmp_path / "link")).read()
    for name in ("pipe", "."):
        with pytest.raises(NoFileError):
            FilePlace(os.fsencode(tmp_path / name)).read()


def test_files_are_held_one_behind_the_other_until_one_has_no_room(tmp_path: Path) -> None:
    files = []
    for name, size in (("a", 1000), ("empty", 0), ("b", 2000), ("c", 1096), ("d", 1)):
        (tmp_path / name).write_bytes(os.urandom(size))
        files.append(FilePlace(os.fsencode(tmp_path / name)))
    buffer = memoryview(bytearray(4096))

    def held(first: int) -> list[bytes]:
        return [bytes(span.at(0, 9999)) for span in places.held_files(files[first:], buffer)]

    whole = [file.read() for file in files]
    # A byte is left behind each: a file that grew would not be taken for the file that it was.
    assert held(0) == whole[:3]
    assert held(3) == whole[3:]
    (tmp_path / "c").write_bytes(bytes(4096))
    assert held(3) == []


def test_files_are_held_up_to_the_first_that_cannot_be_read_or_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ace":
        (tmp_path / name).write_bytes(DATA)
    (tmp_path / "b").symlink_to("a")
    os.mkfifo(tmp_path / "d")
    buffer = memoryview(bytearray(1 << 20))
    for names, count in (("acb", 2), ("aca", 3), ("adc", 1), ("axc", 1), ("b", 0)):
        files = [FilePlace(os.fsencode(tmp_path / name)) for name in names]
        assert [span.size for span in places.held_files(files, buffer)] == [len(DATA)] * count
    read = os.preadv

    def touched(descriptor: int, buffers: list[memoryview], offset: int) -> int:
        os.utime(tmp_path / "c", ns=(0, 0))
        return read(descriptor, buffers, offset)

    monkeypatch.setattr(os, "preadv", touched)
    files = [FilePlace(os.fsencode(tmp_path / name)) for name in "eca"]
    assert len(places.held_files(files, buffer)) == 1


def test_members_that_follow_each_other_are_read_at_once_and_others_for_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = os.urandom(100_000)
    (tmp_path / "x.tar").write_bytes(data)
    name = os.fsencode(tmp_path / "x.tar")
    # Three neighbours, one that the buffer does not take with them, one far behind, one before it, an empty one.
    where = [(512, 100), (1024, 2000), (3072, 0), (3100, 3000), (60_000, 5000), (10, 20), (30, 0)]
    members = [MemberPlace(name, offset, size) for offset, size in where]
    reads: list[int] = []
    read = os.preadv

    def noted(descriptor: int, buffers: list[memoryview], offset: int) -> int:
        reads.append(offset)
        return read(descriptor, buffers, offset)

    monkeypatch.setattr(os, "preadv", noted)
    with places.opened_archive(name) as archive:
        buffer = memoryview(bytearray(4096))
        got = [(span.size, bytes(span.part(0, buffer))) for span in archive.spans(members, buffer)]
    assert got == [(size, data[offset : offset + min(size, 4096)]) for offset, size in where]
    assert reads == [512, 3100, 60_000, 10]


def test_neighbours_of_which_one_is_cut_off_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.tar").write_bytes(DATA)
    name = os.fsencode(tmp_path / "x.tar")
    buffer = memoryview(bytearray(4096))
    for size in (100, 101):
        members = [MemberPlace(name, 1000, 100), MemberPlace(name, len(DATA) - 100, size)]
        with places.opened_archive(name) as archive:
            spans = archive.spans(members, buffer)
            if size == 100:
                assert [bytes(span.part(0, buffer)) for span in spans] == [DATA[1000:1100], DATA[-100:]]
                continue
            with pytest.raises(ChangedError):
                list(spans)
    monkeypatch.setattr(os, "preadv", lambda *_: 10)
    with places.opened_archive(name) as archive, pytest.raises(ChangedError):
        list(archive.spans([MemberPlace(name, 0, 50), MemberPlace(name, 512, 50)], buffer))


def test_a_file_that_changes_while_it_is_open_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(DATA)
    with pytest.raises(ChangedError), FilePlace(os.fsencode(tmp_path / "x")).opened():
        os.utime(tmp_path / "x", ns=(0, 0))


def test_nothing_larger_than_any_picture_is_read_into_memory(tmp_path: Path) -> None:
    with (tmp_path / "x").open("wb") as file:
        file.truncate(places.MAX_BYTES + 1)
    with pytest.raises(OSError, match="File too large"):
        FilePlace(os.fsencode(tmp_path / "x")).read()


def test_bytes_that_are_gone_by_the_time_they_are_read_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").write_bytes(DATA)
    monkeypatch.setattr(os, "pread", lambda *_: b"short")
    with pytest.raises(ChangedError):
        FilePlace(os.fsencode(tmp_path / "x")).read()


@pytest.mark.parametrize("part", ["../x.tar", "/x.tar", "a\x00"])
def test_a_part_that_leads_out_of_the_source_is_refused(tmp_path: Path, part: str) -> None:
    with pytest.raises(InvalidInputError):
        places.place_of(tmp_path, SourceEntry("x/1", size_bytes=1, part=part, position=0))


def test_where_an_image_lies_is_not_what_it_is() -> None:
    entry = SourceEntry("a", 1, "0" * 64)
    assert dataclasses.replace(entry, part="x.tar", position=7, url="http://example.org") == entry


def test_bytes_in_memory_are_a_span_too() -> None:
    buffer = memoryview(bytearray(4))
    span = HeldSpan(b"abcdef")
    assert [bytes(span.part(offset, buffer)) for offset in (0, 4, 6)] == [b"abcd", b"ef", b""]
    assert span.at(1, 2) == b"bc"
