from pathlib import Path

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import kaggle_loc
from tests.factories import sources

A, B, C = sources.WNIDS


def kaggle(root: Path) -> Path:
    data, sets = root / kaggle_loc.DATA, root / kaggle_loc.SETS
    for wnid, files in sources.class_images().items():
        (data / "train" / wnid).mkdir(parents=True)
        for name, content in files.items():
            (data / "train" / wnid / name).write_bytes(content)
    sources.validation(data / "val", count=3)
    (data / "test").mkdir()
    (data / "test/ILSVRC2012_test_00000001.JPEG").write_bytes(sources.picture(90))
    sets.mkdir(parents=True)
    (sets / "train_cls.txt").write_text(f"{A}/{A}_0 1\n{A}/{A}_7 2\n")
    (sets / "val.txt").write_bytes(b"ILSVRC2012_val_00000001 1\n\xff\nILSVRC2012_val_00000003 2\n")
    (root / kaggle_loc.MAPPING).write_text(f"{A} one\n{B} two\n")
    (root / kaggle_loc.VALIDATION).write_text(
        f"ImageId,PredictionString\nILSVRC2012_val_00000001,{A} 1 2 3 4\nILSVRC2012_val_00000002,{B} 1 2 3 4\n"
    )
    return root


def test_each_split_has_its_classes_from_where_kaggle_keeps_them(tmp_path: Path) -> None:
    found = sources.read(kaggle(tmp_path))
    assert found.layout is LayoutName.KAGGLE_LOC
    labels = {path.removeprefix(f"{kaggle_loc.DATA}/"): label for path, label in found.labels.items()}
    assert labels[f"train/{A}/{A}_0.JPEG"] == A
    assert labels["val/ILSVRC2012_val_00000002.JPEG"] == B
    assert labels["test/ILSVRC2012_test_00000001.JPEG"] is None


def test_what_has_no_class_or_one_of_no_list_is_refused(tmp_path: Path) -> None:
    found = sources.read(kaggle(tmp_path))
    assert found.report.refused == {
        "its class is none of the list": 2,
        f"{kaggle_loc.VALIDATION} does not label it": 1,
    }


def test_what_the_lists_name_and_is_not_here_is_named_with_its_line(tmp_path: Path) -> None:
    found = sources.read(kaggle(tmp_path))
    assert "train_cls.txt names 1 images that are not here." in found.said
    faults = [(fault.where, fault.why) for fault in found.report.faults]
    assert ("line 2", f"there is no image {A}/{A}_7") in faults
    assert ("line 2", "it is not UTF-8") in faults


def test_without_lists_the_folders_say_all_there_is(tmp_path: Path) -> None:
    sources.validation(tmp_path / kaggle_loc.DATA / "val", count=2)
    found = sources.read(tmp_path)
    assert set(found.labels.values()) == {None}
    assert found.report.faults == []


def test_validation_images_without_the_file_of_their_classes_are_said_to_have_none(tmp_path: Path) -> None:
    root = kaggle(tmp_path)
    (root / kaggle_loc.VALIDATION).unlink()
    assert "There is no LOC_val_solution.csv, so validation images have no class." in sources.read(root).said
