from pathlib import Path

import pytest

from registry.catalogue.labels import truth
from registry.catalogue.labels.classes import Classes, Numbering
from registry.catalogue.labels.truth import ANCHORS, Form, Truth
from registry.errors import InvalidInputError, NotFoundError

ABC = ("n00000001", "n00000002", "n00000003")
# The classes of the anchors and one more; the devkit numbers them backwards.
WNIDS = tuple(sorted([*ANCHORS.values(), "n00000001"]))
SPACE = Classes(WNIDS, dict(enumerate(reversed(WNIDS), start=1)))


def written(folder: Path, lines: list[object]) -> Path:
    (folder / "truth.txt").write_text("".join(f"{line}\n" for line in lines))
    return folder / "truth.txt"


def numbers(numbering: Numbering) -> list[int]:
    """The classes of the anchors and of five more images like the first, as numbers."""
    number_of = {wnid: number for number, wnid in SPACE.of(numbering).items()}
    return [number_of[ANCHORS[image]] for image in (*ANCHORS, 1, 1, 1, 1, 1)]


def read(file: Path, images: int | None = None) -> Truth:
    return truth.read(file, SPACE, images)


@pytest.mark.parametrize("numbering", Numbering)
def test_the_numbering_is_concluded_from_images_whose_classes_are_known(tmp_path: Path, numbering: Numbering) -> None:
    found = read(written(tmp_path, list(numbers(numbering))), images=10)
    assert (found.form, found.numbering) == (Form.NUMBERS, numbering)
    assert [found.labels[str(image)] for image in ANCHORS] == list(ANCHORS.values())
    assert found.images_per_class[ANCHORS[1]] == 6
    assert "known classes" in found.evidence


def test_images_may_be_named(tmp_path: Path) -> None:
    lines = [f"val.zip@/ILSVRC2012_val_{i:08d}.JPEG {n}" for i, n in enumerate(numbers(Numbering.SORTED_FROM_0), 1)]
    found = read(written(tmp_path, list(lines)))
    assert (found.form, found.numbering) == (Form.NAMED_NUMBERS, Numbering.SORTED_FROM_0)
    assert found.labels["val.zip@/ILSVRC2012_val_00000002.JPEG"] == ANCHORS[2]


def test_synsets_need_no_conclusion(tmp_path: Path) -> None:
    csv = ["ImageId,PredictionString", f"one,{ABC[0]} 85 1 499 272 {ABC[1]} 1 2 3 4", f"two,{ABC[1]} 1 2 3 4"]
    found = read(written(tmp_path, list(csv)))
    assert (found.form, found.numbering) == (Form.NAMED_SYNSETS, None)
    assert found.labels == {"one": ABC[0], "two": ABC[1]}


def test_numbers_that_contradict_the_known_classes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="No numbering gives the first images"):
        read(written(tmp_path, [1, 1, 1, 1, 1]))


@pytest.mark.parametrize(
    ("said", "numbering"), [([0, 0, 2, 1], Numbering.SORTED_FROM_0), ([1, 3, 3, 2], Numbering.SORTED_FROM_1)]
)
def test_without_known_images_only_the_range_tells(tmp_path: Path, said: list[object], numbering: Numbering) -> None:
    found = truth.read(written(tmp_path, said), Classes(ABC, {}))
    assert found.numbering is numbering
    assert "every number" in found.evidence


@pytest.mark.parametrize("devkit", [{}, {1: ABC[2], 2: ABC[0], 3: ABC[1]}])
def test_what_may_mean_two_things_is_refused(tmp_path: Path, devkit: dict[int, str]) -> None:
    with pytest.raises(InvalidInputError, match="ambiguous; its numbers may be"):
        truth.read(written(tmp_path, [1, 2, 2, 1]), Classes(ABC, devkit))


def test_numbers_of_no_class_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="none of the 3 classes"):
        truth.read(written(tmp_path, [0, 3, 3]), Classes(ABC, {}))


def test_a_list_of_images_is_no_ground_truth(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="lists images"):
        read(written(tmp_path, [36, 50, 56]))


def test_a_ground_truth_one_line_short_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="labels 9 images, and there are 10"):
        read(written(tmp_path, list(numbers(Numbering.DEVKIT)[:-1])), images=10)


def test_lines_that_say_nothing_or_say_it_twice_are_named(tmp_path: Path) -> None:
    lines = [f"a {ABC[0]}", "b cat", f"a {ABC[1]}"]
    found = read(written(tmp_path, list(lines)))
    assert found.labels == {"a": ABC[0]}
    assert [(refusal.line, refusal.why) for refusal in found.report.refusals] == [
        (2, "it gives neither a number nor a synset"),
        (3, "it repeats line 1"),
    ]


def test_numbers_and_synsets_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="both"):
        read(written(tmp_path, ["a 1", f"b {ABC[0]}"]))


def test_a_file_without_a_label_or_none_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="labels no image"):
        read(written(tmp_path, []))
    with pytest.raises(NotFoundError):
        read(tmp_path / "missing")


@pytest.mark.parametrize(
    "lines", [["PredictionString", "n00000001 1 2 3 4"], ["n00000001 1 thing", "n00000002 2 thing"]]
)
def test_lines_that_begin_with_a_synset_name_no_image(tmp_path: Path, lines: list[object]) -> None:
    with pytest.raises(InvalidInputError, match=r"truth\.txt labels no image"):
        read(written(tmp_path, lines))
