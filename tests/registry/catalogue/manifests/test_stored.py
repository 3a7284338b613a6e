from hashlib import sha256
from pathlib import Path

import pytest

from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.manifests import stored
from registry.errors import DamagedError
from tests.factories import trees

ENTRIES = [trees.kept("a"), trees.blurred("b"), trees.excluded("c"), trees.kept("d")]


@pytest.fixture
def release(tmp_path: Path) -> Path:
    manifests.write_release(ENTRIES, tmp_path / "release")
    return tmp_path / "release"


@pytest.mark.parametrize("url", ["folder", "memory://stored"])
def test_a_manifest_is_a_local_file_wherever_its_blob_lies(tmp_path: Path, release: Path, url: str) -> None:
    blobs = BlobStore(tmp_path / "blobs" if url == "folder" else url)
    with stored.opened(blobs, blobs.put_file(release)) as file:
        assert list(manifests.iter_release(file)) == ENTRIES
    assert file.exists() == (url == "folder")


def test_a_manifest_that_is_not_stored_any_more_is_told_as_damage(tmp_path: Path) -> None:
    with pytest.raises(DamagedError), stored.opened(BlobStore(tmp_path), "0" * 64):
        pass


@pytest.mark.parametrize("url", ["folder", "memory://lines"])
def test_the_lines_of_a_release_follow_from_its_manifest(tmp_path: Path, release: Path, url: str) -> None:
    blobs = BlobStore(tmp_path / "blobs" if url == "folder" else url)
    written = b"".join(entry.to_row().line() + b"\n" for entry in ENTRIES)
    name, digest = blobs.put_file(release), sha256(written).hexdigest()
    with stored.lines_of(blobs, name, digest) as file:
        assert file.read_bytes() == written
    assert not file.exists()
    assert not blobs.has(digest)


def test_lines_that_were_kept_by_a_version_of_before_are_taken_as_they_are(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path)
    with stored.lines_of(blobs, "0" * 64, blobs.put(b"kept\n")) as file:
        assert file.read_bytes() == b"kept\n"


def test_a_manifest_with_other_lines_than_were_built_is_told_as_damage(tmp_path: Path, release: Path) -> None:
    blobs = BlobStore(tmp_path / "blobs")
    with pytest.raises(DamagedError, match="other lines"), stored.lines_of(blobs, blobs.put_file(release), "0" * 64):
        pass


def test_only_images_that_are_handed_out_are_found_among_digests(release: Path) -> None:
    wanted = [trees.sha256(path) for path in "dcba"]
    assert stored.released_among(release, wanted) == [ENTRIES[0], ENTRIES[1], ENTRIES[3]]
    assert stored.released_among(release, [trees.sha256("b blurred")]) == []
    assert stored.released_among(release, []) == []
