import pyarrow as pa
import pytest

from registry.catalogue import splits

PATHS = {
    "train/n01/a.JPEG": "train",
    "ILSVRC/Data/CLS-LOC/val/a.JPEG": "val",
    "test/train/a.JPEG": "test",
    "n01/a.JPEG": None,
    "training/a.JPEG": None,
    "train": None,
}
URLS = {
    "http://me@Farm1.Photos.example:80/1.jpg?x": "farm1.photos.example",
    "https://photos.example": "photos.example",
    "photos.example/1.jpg": None,
    "": None,
}


@pytest.mark.parametrize(("path", "split"), PATHS.items())
def test_a_split_is_a_folder_of_that_name(path: str, split: str | None) -> None:
    assert splits.split_of(path) == split


@pytest.mark.parametrize(("url", "host"), URLS.items())
def test_a_host_is_what_the_url_names(url: str, host: str | None) -> None:
    assert splits.host_of(url) == host


def test_whole_columns_say_the_same() -> None:
    assert splits.splits_of(pa.array(PATHS)).to_pylist() == list(PATHS.values())
    assert splits.hosts_of(pa.array([*URLS, None])).to_pylist() == [*URLS.values(), None]
    assert splits.host_of(None) is None
