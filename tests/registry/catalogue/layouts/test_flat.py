import re
from pathlib import Path

from registry.catalogue.layouts import flat, look
from registry.catalogue.layouts.source import Source
from tests.factories import sources

FORM = re.compile(r"ILSVRC2012_val_([0-9]{8})\.JPEG")


def test_a_folder_in_which_few_names_are_of_the_form_is_not_of_it(tmp_path: Path) -> None:
    folder = sources.validation(tmp_path / "val", count=2)
    assert flat.fits(look.take(folder), FORM, "these") == "2 of the first 2 names are those of these"
    for number in range(3):
        (folder / f"{number}.JPEG").write_bytes(sources.picture(number))
    assert flat.fits(look.take(folder), FORM, "these") is None


def test_each_image_comes_with_its_number(tmp_path: Path) -> None:
    folder = sources.validation(tmp_path / "val", count=3)
    assert [number for _, number in flat.found_in(Source(folder), FORM)] == [1, 2, 3]
