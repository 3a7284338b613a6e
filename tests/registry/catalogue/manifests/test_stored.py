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


def test_only_images_that_are_handed_out_are_found_among_digests(release: Path) -> None:
    wanted = [trees.sha256(path) for path in "dcba"]
    assert stored.released_among(release, wanted) == [ENTRIES[0], ENTRIES[1], ENTRIES[3]]
    assert stored.released_among(release, [trees.sha256("b blurred")]) == []
    assert stored.released_among(release, []) == []
