from pathlib import Path

import pytest

from registry.catalogue.layers.readers import VALIDATION_NAMES, defects
from registry.catalogue.taxonomy.rows import Report
from registry.errors import InvalidInputError


def test_numbers_and_names_become_advisories(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("36\nn1/a.JPEG\n36\n")
    report = Report()
    assert defects.read(tmp_path / "list", "blacklisted", VALIDATION_NAMES, report) == [
        ("ILSVRC2012_val_00000036.JPEG", "blacklisted", None),
        ("n1/a.JPEG", "blacklisted", None),
    ]
    assert [(refusal.line, refusal.why) for refusal in report.refusals] == [(3, "it repeats line 1")]


@pytest.mark.parametrize("code", [None, "", "Label Error", "label--error", "1st"])
def test_a_list_says_what_is_wrong(tmp_path: Path, code: str | None) -> None:
    (tmp_path / "list").write_text("36\n")
    with pytest.raises(InvalidInputError, match="Say what is wrong"):
        defects.read(tmp_path / "list", code, VALIDATION_NAMES, Report())


def test_an_empty_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("\n")
    with pytest.raises(InvalidInputError, match="names no image"):
        defects.read(tmp_path / "list", "cmyk", VALIDATION_NAMES, Report())
