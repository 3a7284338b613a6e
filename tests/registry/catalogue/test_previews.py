from pathlib import Path

import pytest

from registry.blobs import BlobStore
from registry.catalogue import manifests, previews, seen
from registry.catalogue.entries import SourceEntry
from registry.catalogue.seen import Seen
from registry.errors import DamagedError

PATHS = sorted(["a", "b/c", "é", "z" * 10, "\N{GRINNING FACE}", *(f"n{number:05}" for number in range(70_000))])
UNSEEN = PATHS[7::11]


def stored(store: BlobStore, folder: Path, paths: list[str], rows: int) -> tuple[str, list[str]]:
    """The index of a release over these paths in shards of so many rows, and where the results of each shard are."""
    file = folder / "manifest"
    manifests.write_source((SourceEntry(path, 1, "0" * 64) for path in paths), file)
    without = set(UNSEEN)
    results = {}
    for number, start in enumerate(range(0, len(paths), rows)):
        shown = [path for path in paths[start : start + rows] if path not in without]
        made = [Seen(path, False, None, (), None, None, "cpu", preview=path.encode()) for path in shown]
        if made:
            results[number] = store.put(seen.packed(made))
    return store.put(previews.index(file, rows, results)), list(results.values())


@pytest.mark.parametrize(("count", "rows"), [(70_005, 128), (70_005, 999), (64, 128), (12, 1)])
def test_each_small_picture_is_found_by_its_path_and_no_other(tmp_path: Path, count: int, rows: int) -> None:
    paths, store = PATHS[:count], BlobStore(tmp_path / "blobs")
    index, _ = stored(store, tmp_path, paths, rows)
    for path in (*paths[:: max(1, count // 50)], paths[-1]):
        assert previews.find(store, index, path) == (None if path in UNSEEN else path.encode())
    for path in ("", "A", "b/cc", "n00000x", "\N{GRINNING FACE}x"):
        assert previews.find(store, index, path) is None


def test_a_release_of_which_nothing_was_seen_has_none(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    index, _ = stored(store, tmp_path, UNSEEN[:300], 128)
    assert previews.find(store, index, UNSEEN[5]) is None


def test_one_picture_costs_one_shard_and_what_is_gone_is_damage(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    index, results = stored(store, tmp_path, PATHS[:1000], 128)
    for name in results[1:]:
        for file in (tmp_path / "blobs").rglob(f"{name}*"):
            file.unlink()
    assert previews.find(store, index, PATHS[3]) == PATHS[3].encode()
    with pytest.raises(DamagedError):
        previews.find(store, index, PATHS[500])


def test_a_remote_store_is_asked_likewise(tmp_path: Path) -> None:
    store = BlobStore("memory://previews")
    index, _ = stored(store, tmp_path, PATHS[:1000], 128)
    assert previews.find(store, index, "b/c") == b"b/c"
