import dataclasses
import errno
import os
from hashlib import sha256
from pathlib import Path

import pytest

from registry.blobs import BlobStore
from registry.catalogue import payload
from registry.catalogue.entries import ReleaseEntry, SourceEntry
from registry.errors import UnavailableError, WrongStateError
from registry.proof.manifest import Verdict
from tests.factories import trees

BLURRED = b"these pixels were blurred"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "source/a").mkdir(parents=True)
    (tmp_path / "source/a/kept").write_bytes(b"as it was")
    (tmp_path / "source/a/blurred").write_bytes(b"a face")
    (tmp_path / "out").mkdir()
    return tmp_path / "source"


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    store = BlobStore(tmp_path / "blobs")
    store.put(BLURRED)
    return store


def entry(path: str, data: bytes, output: bytes, verdict: Verdict) -> ReleaseEntry:
    parent = SourceEntry(path, len(data), sha256(data).hexdigest(), label="a")
    return ReleaseEntry(
        parent, verdict, ("because",), output_sha256=sha256(output).hexdigest(), output_size_bytes=len(output)
    )


KEPT = entry("a/kept", b"as it was", b"as it was", Verdict.KEEP)
CHANGED = entry("a/blurred", b"a face", BLURRED, Verdict.BLUR)


@pytest.mark.parametrize("link", [True, False])
def test_kept_images_come_from_the_source_and_changed_ones_from_the_store(
    source: Path, blobs: BlobStore, tmp_path: Path, *, link: bool
) -> None:
    out = tmp_path / "out"
    assert payload.write([CHANGED, KEPT, trees.excluded("a/x")], source, blobs, out, link=link) == 2
    assert (out / "a/kept").read_bytes() == b"as it was"
    assert (out / "a/blurred").read_bytes() == BLURRED
    assert sorted(path.name for path in out.rglob("*")) == ["a", "blurred", "kept"]
    assert (out / "a/kept").samefile(source / "a/kept") is link


@pytest.mark.parametrize("link", [True, False])
@pytest.mark.parametrize("harm", ["changed", "gone", "link"])
def test_a_source_that_is_not_what_was_imported_stops_the_export(
    source: Path, blobs: BlobStore, tmp_path: Path, harm: str, *, link: bool
) -> None:
    original = source / "a/kept"
    original.unlink()
    if harm == "changed":
        original.write_bytes(b"as it is now")
    elif harm == "link":
        original.symlink_to(source / "a/blurred")
    with pytest.raises(WrongStateError, match="a/kept is not what was imported"):
        payload.write([KEPT], source, blobs, tmp_path / "out", link=link)


def test_a_damaged_blob_stops_the_export(source: Path, blobs: BlobStore, tmp_path: Path) -> None:
    path = blobs.path_or_none(sha256(BLURRED).hexdigest())
    assert path is not None
    path.chmod(0o644)
    path.write_bytes(b"damaged")
    with pytest.raises(UnavailableError, match="damaged"):
        payload.write([CHANGED], source, blobs, tmp_path / "out", link=False)


def test_an_image_that_already_lies_there_is_not_written_over(source: Path, blobs: BlobStore, tmp_path: Path) -> None:
    (tmp_path / "out/a").mkdir()
    (tmp_path / "out/a/kept").write_bytes(b"somebody else's")
    with pytest.raises(UnavailableError, match="File exists"):
        payload.write([KEPT], source, blobs, tmp_path / "out", link=False)
    assert (tmp_path / "out/a/kept").read_bytes() == b"somebody else's"


def test_where_no_link_can_be_made_a_copy_is(
    source: Path, blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", refuse)
    assert payload.write([CHANGED, KEPT], source, blobs, tmp_path / "out", link=True) == 2
    assert not (tmp_path / "out/a/kept").samefile(source / "a/kept")


def test_other_trouble_with_a_link_is_trouble(source: Path, blobs: BlobStore, tmp_path: Path) -> None:
    (tmp_path / "out/a").mkdir()
    (tmp_path / "out/a/kept").touch()
    with pytest.raises(UnavailableError):
        payload.write([KEPT], source, blobs, tmp_path / "out", link=True)


def test_an_image_kept_without_its_metadata_comes_from_the_store(
    source: Path, blobs: BlobStore, tmp_path: Path
) -> None:
    stripped = dataclasses.replace(KEPT, output_sha256=sha256(BLURRED).hexdigest(), output_size_bytes=len(BLURRED))
    assert payload.write([stripped], source, blobs, tmp_path / "out", link=True) == 1
    assert (tmp_path / "out/a/kept").read_bytes() == BLURRED
