from pathlib import Path

import pytest

from registry.catalogue.layers.readers import VALIDATION_NAMES, labels
from registry.catalogue.taxonomy.rows import Report
from registry.errors import InvalidInputError, NotFoundError
from tests.factories.layers import CAT, CLASSES, DOG, OWL


def read(file: Path, text: str, report: Report | None = None) -> list[tuple[object, ...]]:
    file.write_text(text)
    return labels.read(file, CLASSES, VALIDATION_NAMES, report or Report())


def test_sets_are_numbered_as_their_images_and_hold_indices_in_sorted_wnids(tmp_path: Path) -> None:
    assert read(tmp_path / "real.json", " [[2], [1, 0], []]") == [
        ("ILSVRC2012_val_00000001.JPEG", (OWL,)),
        ("ILSVRC2012_val_00000002.JPEG", (CAT, DOG)),
        ("ILSVRC2012_val_00000003.JPEG", ()),
    ]


def test_a_ground_truth_of_numbers_or_of_names_becomes_one_label_each(tmp_path: Path) -> None:
    numbered = read(tmp_path / "truth.txt", f"{OWL}\n{CAT}\n")
    assert numbered == [("ILSVRC2012_val_00000001.JPEG", (OWL,)), ("ILSVRC2012_val_00000002.JPEG", (CAT,))]
    assert read(tmp_path / "named.txt", f"val.zip@/b.JPEG {CAT}\na.JPEG {DOG}\n") == [
        ("a.JPEG", (DOG,)),
        ("b.JPEG", (CAT,)),
    ]


def test_lines_that_a_ground_truth_cannot_mean_are_reported(tmp_path: Path) -> None:
    report = Report()
    read(tmp_path / "truth.txt", f"a.JPEG {CAT}\na.JPEG {DOG}\nb.JPEG ?\n", report)
    assert [refusal.line for refusal in report.refusals] == [2, 3]


def test_votes_are_no_labels(tmp_path: Path) -> None:
    votes = '[{"id": 1, "given_original_label": 0, "our_guessed_label": 1, "mturk": %s}]'
    counts = '{"given": 1, "guessed": 1, "both": 0, "neither": 0}'
    with pytest.raises(InvalidInputError, match="holds votes"):
        read(tmp_path / "votes.json", votes % counts)


def test_a_class_that_the_list_has_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="has not"):
        read(tmp_path / "real.json", "[[3]]")


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    for place in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(NotFoundError):
            labels.read(place, CLASSES, VALIDATION_NAMES, Report())
