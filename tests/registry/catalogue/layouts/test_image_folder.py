import unicodedata
from pathlib import Path

from registry.catalogue.layout_names import LayoutName
from tests.factories import sources, trees


def test_a_folder_of_class_folders_is_an_image_folder(tmp_path: Path) -> None:
    paths = trees.plain(tmp_path)
    found = sources.read(tmp_path)
    assert found.layout is LayoutName.IMAGE_FOLDER
    assert found.labels == {path: path.partition("/")[0] for path in paths}
    assert (found.report.came_in, found.refused) == (len(paths), [])


def test_two_names_that_differ_in_case_are_both_taken_and_said(tmp_path: Path) -> None:
    trees.plain(tmp_path)
    for name in ("cat.JPEG", "Cat.JPEG"):
        (tmp_path / "n02084071" / name).write_bytes(sources.picture(1))
    found = sources.read(tmp_path)
    assert len(found.entries) == 8
    assert (
        "2 names differ from another only in case or Unicode form, such as n02084071/Cat.JPEG, n02084071/cat.JPEG"
        in found.said
    )


def test_two_names_that_differ_in_unicode_form_are_both_taken_and_said(tmp_path: Path) -> None:
    trees.plain(tmp_path)
    for form in ("NFC", "NFD"):
        (tmp_path / "n02084071" / unicodedata.normalize(form, "käfer.JPEG")).write_bytes(sources.picture(1))
    assert "2 names differ from another only in case or Unicode form" in str(sources.read(tmp_path).said)


def test_classes_that_are_not_in_the_list_are_refused_and_the_rest_is_kept(tmp_path: Path) -> None:
    trees.plain(tmp_path / "images")
    (tmp_path / "list.txt").write_text("n02084071\nn03064758\n")
    found = sources.read(tmp_path / "images", classes=tmp_path / "list.txt")
    assert set(found.labels.values()) == {"n02084071", "n03064758"}
    assert found.report.refused == {"its class is none of the list": 2}
