import io
from pathlib import Path

import pytest

from registry.blobs import BlobStore
from registry.catalogue import previews

PATHS = sorted(["a", "b/c", "é", "z" * 10, "\N{GRINNING FACE}", *(f"n{number:05}" for number in range(2500))])


def written(folder: Path, paths: list[str]) -> Path:
    file = folder / "previews.parquet"
    previews.write(((path, path.encode()) for path in paths), file)
    return file


def test_each_small_picture_is_found_by_its_path_and_no_other(tmp_path: Path) -> None:
    data = written(tmp_path, PATHS).read_bytes()
    for path in (*PATHS[::97], PATHS[0], PATHS[1023], PATHS[1024], PATHS[-1]):
        assert previews.find(io.BytesIO(data), path) == path.encode()
    for path in ("", "A", "b/cc", "n00000x", "\N{GRINNING FACE}x"):
        assert previews.find(io.BytesIO(data), path) is None


def test_a_release_that_hands_out_nothing_has_none(tmp_path: Path) -> None:
    assert previews.find(io.BytesIO(written(tmp_path, []).read_bytes()), "a") is None


@pytest.mark.parametrize("folder", ["a", "z"])
def test_paths_that_are_too_long_for_statistics_are_found_too(tmp_path: Path, folder: str) -> None:
    paths = sorted([*PATHS, *(f"{folder}/{'x' * 5000}/{number}" for number in range(3))])
    data = written(tmp_path, paths).read_bytes()
    for path in (*paths[::199], *(path for path in paths if len(path) > 5000)):
        assert previews.find(io.BytesIO(data), path) == path.encode()


def test_a_remote_store_is_read_in_parts(tmp_path: Path) -> None:
    store = BlobStore("memory://previews")
    sha256 = store.put_file(written(tmp_path, PATHS))
    with store.open(sha256) as stream:
        assert previews.find(stream, "b/c") == b"b/c"
