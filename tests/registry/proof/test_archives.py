import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.errors import InvalidInputError
from registry.proof import archives, digests
from registry.proof.archives import Member
from registry.proof.tree import Kind
from tests.factories import proofs

FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def packed(path: Path, files: dict[str, bytes], kind: int = tarfile.PAX_FORMAT) -> Path:
    with tarfile.open(path, "w", format=kind) as archive:
        for name, data in files.items():
            add(archive, name, data)
    return path


def add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


def members(path: Path) -> list[Member]:
    return list(archives.members(path, lambda _stem, _name: True))


def read(path: Path) -> dict[str, str]:
    return {member.name: member.hashed.sha256 for member in members(path) if member.hashed}


NAMES = st.lists(st.text("abé .", min_size=1, max_size=200), min_size=1, max_size=4).map("/".join)


@settings(max_examples=40)
@given(st.dictionaries(NAMES, st.binary(max_size=1500), max_size=5), st.sampled_from(["gnu", "pax"]))
def test_members_are_read_as_pythons_tarfile_reads_them(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], kind: str
) -> None:
    path = packed(tmp_path_factory.mktemp("tar") / "a.tar", files, FORMATS[kind])
    with tarfile.open(path) as archive:
        theirs = [(info.name.removeprefix("./"), info.size) for info in archive.getmembers()]
    assert [(member.name, member.hashed.size_bytes) for member in members(path) if member.hashed] == theirs


@pytest.mark.parametrize("kind", ["ustar", "gnu", "pax"])
def test_every_format_gives_names_and_digests(tmp_path: Path, kind: str) -> None:
    files = {"a.JPEG": b"a", f"{'d' * 90}/{'e' * 90}.JPEG": b"b" * 5000, "empty": b""}
    found = read(packed(tmp_path / "a.tar", files, FORMATS[kind]))
    assert found == {name: proofs.sha(data) for name, data in files.items()}


def test_gnu_tar_s_own_archives_are_read(tmp_path: Path) -> None:
    (tmp_path / "in" / "n01").mkdir(parents=True)
    (tmp_path / "in" / "n01" / ("long" * 40)).write_bytes(b"x" * 1000)
    (tmp_path / "in" / "link").symlink_to("n01")
    subprocess.run(["tar", "-cf", tmp_path / "a.tar", "-C", tmp_path / "in", "."], check=True)
    found = members(tmp_path / "a.tar")
    assert {(member.name, member.kind) for member in found} == {
        ("link", Kind.LINK),
        (f"n01/{'long' * 40}", Kind.FILE),
    }


def test_an_archive_inside_an_archive_is_entered_once(tmp_path: Path) -> None:
    deepest = packed(tmp_path / "deep.tar", {"x.JPEG": b"x"}).read_bytes()
    inner = packed(tmp_path / "n01.tar", {"a.JPEG": b"a", "deep.tar": deepest}).read_bytes()
    outer = packed(tmp_path / "train.tar", {"train/n01.tar": inner, "b.JPEG": b"b"})
    assert [(member.stem, member.name) for member in members(outer)] == [
        ("n01", "a.JPEG"),
        ("n01", "deep.tar"),
        ("train", "b.JPEG"),
    ]


def test_a_file_that_nobody_wants_is_not_read(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.tar", {"a": b"a", "b": b"b"})
    found = list(archives.members(path, lambda stem, name: (stem, name) == ("a", "b")))
    assert [member.hashed is None for member in found] == [True, False]


def test_links_and_devices_are_told_apart_from_files(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name, kind in (("hard", tarfile.LNKTYPE), ("soft", tarfile.SYMTYPE), ("pipe", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "somewhere"
            archive.addfile(info)
    assert [member.kind for member in members(tmp_path / "a.tar")] == [Kind.LINK, Kind.LINK, Kind.OTHER]


def test_odd_names_are_escaped_and_long_links_passed_over(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.GNU_FORMAT, encoding="utf-8") as archive:
        info = tarfile.TarInfo("link")
        info.type, info.linkname = tarfile.SYMTYPE, "t" * 300
        archive.addfile(info)
        add(archive, "new\nline\udcff", b"x")
    assert [member.name for member in members(tmp_path / "a.tar")] == ["link", "new\\x0aline\\xff"]


def test_global_pax_headers_and_binary_sizes_are_understood(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.PAX_FORMAT, pax_headers={"comment": "hello"}) as archive:
        add(archive, "a", b"x")
    assert list(read(tmp_path / "a.tar")) == ["a"]
    header = bytearray(tarfile.TarInfo("big").tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\x80" + (3).to_bytes(11)
    (tmp_path / "b.tar").write_bytes(summed(header) + b"abc".ljust(512, b"\x00") + bytes(1024))
    assert read(tmp_path / "b.tar") == {"big": proofs.sha(b"abc")}
    (tmp_path / "c.tar").write_bytes(pax(b"10 size=3\n") + sized(b"0") + b"abc".ljust(512, b"\x00"))
    assert read(tmp_path / "c.tar") == {"a": proofs.sha(b"abc")}


def summed(header: bytearray) -> bytes:
    """The header with its right checksum."""
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    return bytes(header)


def pax(records: bytes) -> bytes:
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, len(records)
    return info.tobuf(tarfile.USTAR_FORMAT) + records.ljust(512, b"\x00")


def sized(size: bytes) -> bytes:
    header = bytearray(tarfile.TarInfo("a").tobuf(tarfile.USTAR_FORMAT))
    header[124:136] = size.ljust(12, b"\x00")
    return summed(header)


LARGE = tarfile.TarInfo("large")
LARGE.type, LARGE.size = tarfile.XHDTYPE, archives.MAX_HEADER_BYTES + 1


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x01" * 512, "a number that is none"),
        (tarfile.TarInfo("a").tobuf().replace(b"a", b"b", 1), "checksum"),
        (sized(b"9"), "a number that is none"),
        (sized(b"77777777777"), "cut off"),
        (pax(b"5 a=\n") + sized(b"1"), "cut off"),
        (LARGE.tobuf(tarfile.USTAR_FORMAT), "too large"),
        (pax(b"9 path=a\n")[:515], "cut off"),
        (pax(b"9 path=a\n"), "cut off"),
        (sized(b"\xff1"), "a number that is none"),
        (pax(b"99999 path=a\n"), "malformed pax"),
        (pax(b"no record"), "malformed pax"),
        (pax(b"1 "), "malformed pax"),
        (pax(b"11 size=-1\n"), "a number that is none"),
    ],
)
def test_a_hostile_archive_is_refused_with_a_sentence(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / "a.tar").write_bytes(data)
    with pytest.raises(InvalidInputError, match=why):
        members(tmp_path / "a.tar")


def test_an_old_archive_marks_a_folder_by_its_slash(tmp_path: Path) -> None:
    header = bytearray(tarfile.TarInfo("folder/").tobuf(tarfile.USTAR_FORMAT))
    header[156] = 0
    (tmp_path / "a.tar").write_bytes(summed(header) + bytes(1024))
    assert members(tmp_path / "a.tar") == []


def test_an_archive_that_claims_ten_gigabytes_is_refused_at_once(tmp_path: Path) -> None:
    header = bytearray(tarfile.TarInfo("bomb").tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\x80" + (10_000_000_000).to_bytes(11)
    (tmp_path / "a.tar").write_bytes(summed(header) + bytes(1024))
    with pytest.raises(InvalidInputError, match="lies about a size"):
        members(tmp_path / "a.tar")


def test_an_inner_archive_cannot_reach_beyond_its_own_end(tmp_path: Path) -> None:
    inner = sized(b"00000002000") + bytes(512)
    outer = packed(tmp_path / "a.tar", {"inner.tar": inner, "b": b"b" * 3000})
    with pytest.raises(InvalidInputError, match="'inner' is cut off"):
        members(outer)


@pytest.mark.parametrize("data", [b"", bytes(1024), b"short", bytes(512) + b"after the end"])
def test_an_archive_without_members_has_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.tar").write_bytes(data)
    assert members(tmp_path / "a.tar") == []


def test_an_archive_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read"):
        members(tmp_path / "none.tar")


def test_a_file_that_shrinks_while_it_is_read_has_no_digest() -> None:
    assert archives._hashed(io.BytesIO(b"abc"), 5).problem == "changed while it was read"
    assert archives._hashed(io.BytesIO(b"abc"), 3) == digests.Hashed(proofs.sha(b"abc"), 3)


def test_images_are_archives_when_there_is_nothing_else(tmp_path: Path) -> None:
    assert archives.archives_in(tmp_path / "none") == []
    assert archives.archives_in(tmp_path) == []
    first, second = packed(tmp_path / "a.tar", {}), packed(tmp_path / "b.tar", {})
    assert archives.archives_in(first) == [first]
    assert archives.archives_in(tmp_path) == [first, second]
    (tmp_path / "c.JPEG").touch()
    assert archives.archives_in(tmp_path) == []
    assert archives.archives_in(tmp_path / "c.JPEG") == []


def test_the_first_names_are_told_without_reading_on(tmp_path: Path) -> None:
    inner = packed(tmp_path / "a.tar", {"x": b"1"})
    whole = packed(tmp_path / "whole.tar", {"./1": b"x" * 600, "2": b"", "a.tar": inner.read_bytes()})
    with whole.open("rb") as file:
        assert list(archives.names(file, 10)) == ["1", "2", "a.tar"]
        assert list(archives.names(file, 2)) == ["1", "2"]
    (tmp_path / "text").write_bytes(b"x" * 1024)
    with (tmp_path / "text").open("rb") as file, pytest.raises(InvalidInputError):
        list(archives.names(file, 1))


def test_who_wants_to_be_told_hears_of_damage_and_gets_the_rest(tmp_path: Path) -> None:
    inner = packed(tmp_path / "a.tar", {"one": b"1" * 600, "two": b"2" * 600}, tarfile.USTAR_FORMAT).read_bytes()
    outer = packed(tmp_path / "outer.tar", {"bad.tar": inner[:1700], "good.tar": inner}, tarfile.USTAR_FORMAT)
    told: list[tuple[str, int, str]] = []

    def note(stem: str, offset: int, why: str) -> None:
        told.append((stem, offset, why))

    with outer.open("rb") as file:
        found = [(member.stem, member.name) for member in archives.listing(file, "outer", note)]
    assert found == [("bad", "one"), ("good", "one"), ("good", "two")]
    ((stem, offset, why),) = told
    assert (stem, offset) == ("bad", 512 + 1536)
    assert why == "The archive ends without the mark of its end; it may be cut off."
