from dataclasses import replace
from pathlib import Path

from registry.catalogue import manifests
from registry.catalogue.entries import Defect
from tests.factories import trees

HELD, TAKEN_DOWN, BROKEN = trees.entry("n01/held"), trees.entry("n01/taken"), trees.entry("n02/bad", Defect.EMPTY)


def test_every_image_comes_with_its_facts_and_what_stops_it(tmp_path: Path) -> None:
    file = tmp_path / "source"
    manifests.write_source([HELD, TAKEN_DOWN, BROKEN], file)
    held, taken_down = [HELD.sha256 or ""], [TAKEN_DOWN.sha256 or ""]
    [batch] = manifests.fact_batches(file, held=held, taken_down=taken_down)
    rows = batch.to_pylist()
    assert [row["path"] for row in rows] == ["n01/held", "n01/taken", "n02/bad"]
    assert [row["is_held"] for row in rows] == [True, False, False]
    assert [row["is_taken_down"] for row in rows] == [False, True, False]
    assert [row["defect"] for row in rows] == [None, None, "empty"]
    assert all(row["faces_pending"] for row in rows)


def test_an_image_without_a_digest_is_never_stopped(tmp_path: Path) -> None:
    file = tmp_path / "source"
    manifests.write_source([trees.entry("link", Defect.SYMLINK)], file)
    [batch] = manifests.fact_batches(file, held=["0" * 64], taken_down=[])
    assert batch.to_pylist()[0]["is_held"] is False


def test_split_and_host_come_from_path_and_url(tmp_path: Path) -> None:
    file = tmp_path / "source"
    entry = replace(trees.entry("train/n01/a.JPEG"), url="https://Photos.example/1.jpg")
    manifests.write_source([entry], file, ["url"])
    [batch] = manifests.fact_batches(file, held=[], taken_down=[])
    [row] = batch.to_pylist()
    assert (row["split"], row["source_host"], row["source_url"]) == ("train", "photos.example", entry.url)


def test_what_people_answered_stands_beside_the_images_that_it_is_about(tmp_path: Path) -> None:
    file = tmp_path / "source"
    manifests.write_source([trees.entry("link", Defect.SYMLINK), HELD, TAKEN_DOWN], file)
    reviewed = {TAKEN_DOWN.sha256 or "": (("label", "keep"), ("rights", "exclude")), "0" * 64: (("label", "keep"),)}
    [batch] = manifests.fact_batches(file, held=[], taken_down=[], reviewed=reviewed)
    answered = {row["path"]: row["reviewed"] for row in batch.to_pylist()}
    assert answered == {"n01/held": None, "n01/taken": ["label=keep", "rights=exclude"], "link": None}
    [without] = manifests.fact_batches(file, held=[], taken_down=[])
    assert "reviewed" not in without.schema.names
