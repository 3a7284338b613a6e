import json
from pathlib import Path

import pytest

from registry.catalogue.layers import pseudonyms
from registry.catalogue.layers.content import Row
from registry.catalogue.layers.readers import VALIDATION_NAMES, votes
from registry.catalogue.taxonomy.rows import Report
from registry.errors import InvalidInputError
from tests.factories.layers import CAT, CLASSES, DOG

KEY = b"k" * 32
CANDIDATE = {
    "id": 7,
    "given_original_label": 0,
    "our_guessed_label": 1,
    "mturk": {"given": 2, "guessed": 3, "both": 0, "neither": 1},
}


def read(file: Path, text: str, report: Report | None = None) -> list[Row]:
    file.write_text(text)
    return votes.read(file, CLASSES, VALIDATION_NAMES, KEY, report or Report())


@pytest.mark.parametrize("mark", [",", "\t"])
def test_a_table_becomes_votes_of_workers_under_pseudonyms(tmp_path: Path, mark: str) -> None:
    lines = [
        ("Worker", "image", "label", "answer"),
        ("ann", "a.jpg", CAT, "yes"),
        ("bob", "a.jpg", CAT, "no"),
        ("ann", "a.jpg", CAT, "yes"),
        ("", "a.jpg", CAT, "yes"),
    ]
    found = read(tmp_path / "votes", "".join(mark.join(line) + "\n" for line in lines))
    assert found == [
        ("a.jpg", CAT, "no", pseudonyms.of(KEY, "bob"), 1),
        ("a.jpg", CAT, "yes", None, 1),
        ("a.jpg", CAT, "yes", pseudonyms.of(KEY, "ann"), 2),
    ]
    assert "ann" not in str(found)


def test_a_table_may_tell_nothing_of_workers(tmp_path: Path) -> None:
    assert read(tmp_path / "votes", f'image,label,answer\n"a,b.jpg",{CAT},{DOG}\n') == [("a,b.jpg", CAT, DOG, None, 1)]


def test_lines_that_lack_something_are_reported(tmp_path: Path) -> None:
    report = Report()
    text = f"image,label,answer\na.jpg,{CAT},yes\na.jpg,{CAT}\na.jpg,,yes\na.jpg,{CAT},yes,more\n"
    assert len(read(tmp_path / "votes", text, report)) == 1
    assert [refusal.line for refusal in report.refusals] == [3, 4, 5]


@pytest.mark.parametrize("text", ["", "image,label\n", "image,label,answer,answer\n", "a.jpg,n1,yes\n"])
def test_a_table_names_its_columns(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidInputError, match="should name the columns"):
        read(tmp_path / "votes", text)


def test_candidates_become_answers_also_those_that_nobody_gave(tmp_path: Path) -> None:
    image = "ILSVRC2012_val_00000007.JPEG"
    assert read(tmp_path / "votes", json.dumps([CANDIDATE])) == [  # noqa: TID251 - a file as others write it
        (image, CAT, "both", None, 0),
        (image, CAT, CAT, None, 2),
        (image, CAT, DOG, None, 3),
        (image, CAT, "neither", None, 1),
    ]


def test_candidates_need_to_know_their_classes(tmp_path: Path) -> None:
    (tmp_path / "votes").write_text(json.dumps([CANDIDATE]))  # noqa: TID251 - a file as others write it
    with pytest.raises(InvalidInputError, match="which list names the classes"):
        votes.read(tmp_path / "votes", None, VALIDATION_NAMES, KEY, Report())
    with pytest.raises(InvalidInputError, match="a class number"):
        read(tmp_path / "votes", json.dumps([CANDIDATE | {"our_guessed_label": 3}]))  # noqa: TID251 - likewise


def test_labels_are_no_votes(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="holds labels"):
        read(tmp_path / "votes", "[[1], [2]]")
