"""The main job on sources that are no folders: nothing is unpacked, and the export has the bytes as imported."""

from pathlib import Path

import pytest

from registry.home import Home
from registry.models.imports import Import
from registry.services import exports
from tests.factories import homes, sources


def archive(folder: Path) -> Path:
    return sources.train_archive(folder / "train.tar", per_class=1)


def parquet(folder: Path) -> Path:
    return sources.parquet(folder / "x.parquet", [(sources.picture(number), f"{number}.jpg") for number in range(3)])


@pytest.mark.slow
@pytest.mark.parametrize("make", [archive, parquet])
def test_a_release_of_an_archive_hands_out_the_bytes_that_lie_in_it(
    furnished_home: Home, tmp_path: Path, make: object
) -> None:
    source = make(tmp_path)  # type: ignore[operator]  # one of the two above
    homes.import_folder(furnished_home, source, "sample/packed")
    label = homes.plan(furnished_home, "sample/packed")
    homes.build(furnished_home, label)
    homes.released(furnished_home, label)
    with homes.act(furnished_home, "mara") as act:
        asked = exports.ask(act, furnished_home.blobs, label, tmp_path / "copy")
    with exports.drafted(
        asked, furnished_home.blobs, [(furnished_home.settings.trust_folder / "1.root.json").read_bytes()]
    ) as draft:
        assert draft.count == 3
        out = sorted(path.read_bytes() for path in (draft.folder / "data").rglob("*") if path.is_file())
    originals = [sources.picture(number) for number in ((0, 10, 20) if source.suffix == ".tar" else range(3))]
    assert out == sorted(originals)
    with furnished_home.reading() as session:
        assert session.get_one(Import, homes.release(furnished_home, label).import_id).layout != "image-folder"
