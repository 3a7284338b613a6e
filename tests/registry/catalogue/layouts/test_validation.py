from collections.abc import Sequence
from pathlib import Path

import pytest

from registry.catalogue.layout_names import LayoutName
from registry.errors import InvalidInputError
from tests.factories import sources


def labels(found: sources.Imported) -> list[str | None]:
    return [entry.label for entry in found.entries]


def written(file: Path, lines: Sequence[str]) -> Path:
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


def named(pattern: str) -> list[str]:
    """Each image with its class."""
    return [pattern.format(number, wnid) for number, wnid in enumerate(sources.TRUTH, start=1)]


def test_devkit_ids_are_told_from_indices_and_what_was_concluded_is_kept(tmp_path: Path) -> None:
    truth, classes = sources.devkit(tmp_path)
    found = sources.read(sources.validation(tmp_path / "val"), truth=truth, classes=classes)
    assert found.layout is LayoutName.VALIDATION
    assert labels(found) == list(sources.TRUTH)
    assert "ilsvrc-devkit-id. It alone gives the first 5 validation images" in found.said
    assert "ILSVRC's validation set has 50,000 images; here are 8." in found.said


def test_indices_in_sorted_synsets_under_the_same_name_are_told_too(tmp_path: Path) -> None:
    _, classes = sources.devkit(tmp_path)
    index = {wnid: number for number, wnid in enumerate(sources.KNOWN)}
    lines = [f"val/ILSVRC2012_val_{at:08d}.JPEG {index[wnid]}" for at, wnid in enumerate(sources.TRUTH, start=1)]
    truth = written(tmp_path / "ILSVRC2012_validation_ground_truth.txt", lines)
    found = sources.read(sources.validation(tmp_path / "val"), truth=truth, classes=classes)
    assert labels(found) == list(sources.TRUTH)
    assert "index-in-sorted-wnids-from-0" in found.said


def test_a_flat_tar_is_read_like_a_flat_folder(tmp_path: Path) -> None:
    truth, classes = sources.devkit(tmp_path)
    folder = sources.validation(tmp_path / "val")
    files = {f"./{file.name}": file.read_bytes() for file in sorted(folder.iterdir(), reverse=True)}
    (tmp_path / "ILSVRC2012_img_val.tar").write_bytes(sources.tar(files))
    packed = sources.read(tmp_path / "ILSVRC2012_img_val.tar", LayoutName.VALIDATION, truth, classes)
    assert packed.entries == sources.read(folder, LayoutName.AUTO, truth, classes).entries
    assert {entry.part for entry in packed.entries} == {"ILSVRC2012_img_val.tar"}


def test_kaggles_solution_needs_no_list_of_classes(tmp_path: Path) -> None:
    lines = ["ImageId,PredictionString", *named("ILSVRC2012_val_{:08d},{} 85 1 499 272")]
    found = sources.read(sources.validation(tmp_path / "val"), truth=written(tmp_path / "LOC_val_solution.csv", lines))
    assert labels(found) == list(sources.TRUTH)


def test_without_a_ground_truth_there_are_no_classes_and_that_is_said(tmp_path: Path) -> None:
    found = sources.read(sources.validation(tmp_path / "val"))
    assert set(labels(found)) == {None}
    assert "No ground truth was given" in found.said


def test_a_ground_truth_of_numbers_that_is_one_line_short_is_refused(tmp_path: Path) -> None:
    truth, classes = sources.devkit(tmp_path, count=7)
    with pytest.raises(InvalidInputError, match="labels 7 images, and there is one with the number 8"):
        sources.read(sources.validation(tmp_path / "val"), truth=truth, classes=classes)


def test_a_ground_truth_of_numbers_that_is_about_another_count_of_images_is_refused(tmp_path: Path) -> None:
    """Of fewer images than the set has, nobody can tell which line is missing."""
    truth, classes = sources.devkit(tmp_path)
    with pytest.raises(InvalidInputError, match="labels 8 images; the set has 50,000, and the last one here"):
        sources.read(sources.validation(tmp_path / "val", count=6), truth=truth, classes=classes)


def test_a_ground_truth_of_names_labels_those_that_it_names(tmp_path: Path) -> None:
    lines = named("ILSVRC2012_val_{:08d} {}")
    del lines[2]
    found = sources.read(sources.validation(tmp_path / "val"), truth=written(tmp_path / "val.txt", lines))
    assert len(found.entries) == 7
    assert found.refused == [("ILSVRC2012_val_00000003.JPEG", "", "val.txt does not label it")]
    assert found.report.came_in == 8


def test_a_line_that_is_no_text_is_named_and_its_image_refused(tmp_path: Path) -> None:
    truth, classes = sources.devkit(tmp_path)
    lines = truth.read_bytes().split(b"\n")
    truth.write_bytes(b"\n".join([*lines[:7], b"\xff"]))
    with pytest.raises(InvalidInputError, match="labels 7 images"):
        sources.read(sources.validation(tmp_path / "one"), truth=truth, classes=classes)
    truth.write_bytes(b"\n".join([*lines[:2], b"\xff", *lines[3:]]))
    found = sources.read(sources.validation(tmp_path / "two"), truth=truth, classes=classes)
    assert [(fault.file, fault.where, fault.why) for fault in found.report.faults] == [
        (truth.name, "line 3", "it is not UTF-8")
    ]
    assert [file for file, *_ in found.refused] == ["ILSVRC2012_val_00000003.JPEG"]


def test_numbers_without_a_list_of_classes_ask_for_one(tmp_path: Path) -> None:
    truth, _ = sources.devkit(tmp_path)
    with pytest.raises(
        InvalidInputError, match=r"nothing says which classes they mean\. Give the list of the classes with --classes"
    ):
        sources.read(sources.validation(tmp_path / "val"), truth=truth)


def test_a_stranger_in_the_folder_is_refused_and_the_rest_is_kept(tmp_path: Path) -> None:
    folder = sources.validation(tmp_path / "val")
    (folder / "val_1.JPEG").write_bytes(sources.picture(1))
    found = sources.read(folder)
    assert found.refused == [("val_1.JPEG", "", "its name is none of an image of this set")]
    assert len(found.entries) == 8
