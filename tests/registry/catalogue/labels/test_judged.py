import json  # what is shown to the reader is made here, so json itself writes it
from pathlib import Path

import pytest

from registry.catalogue.labels import judged
from registry.errors import InvalidInputError, NotFoundError


def written(folder: Path, value: object) -> Path:
    (folder / "judged.json").write_text(json.dumps(value))  # noqa: TID251 - a file of somebody else
    return folder / "judged.json"


def candidate(**answers: int) -> dict[str, object]:
    said = {"given": 0, "guessed": 0, "both": 0, "neither": 0, **answers}
    return {"id": 7, "given_original_label": 1, "our_guessed_label": 2, "url": "left aside", "mturk": said}


def test_sets_of_labels_come_in_the_order_of_the_images(tmp_path: Path) -> None:
    found = judged.read(written(tmp_path, [[], [970, 795], [809]]))
    assert (found.sets, found.candidates) == (((), (970, 795), (809,)), None)


@pytest.mark.parametrize(
    ("answers", "is_wrong"),
    [
        ({"given": 5}, False),
        ({"given": 3, "neither": 2}, False),
        ({"given": 2, "guessed": 1, "both": 1, "neither": 1}, True),
        ({"given": 2, "guessed": 2}, False),
        ({}, False),
    ],
)
def test_a_label_is_wrong_when_most_people_did_not_choose_it(
    tmp_path: Path, answers: dict[str, int], *, is_wrong: bool
) -> None:
    found = judged.read(written(tmp_path, [candidate(**answers)]))
    assert found.candidates is not None
    assert found.candidates[0].mturk.is_confirmed_wrong is is_wrong


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": 1}, "the start"),
        ([[1], ["cat"]], r"1\.0"),
        ([{"id": 1}], r"0\.given_original_label"),
        ([candidate(maybe=1)], r"0\.mturk\.maybe"),
        ([[1000]], "image 1"),
        ([[1], [2, 2]], "image 2"),
    ],
)
def test_what_is_neither_is_refused_with_its_place(tmp_path: Path, value: object, place: str) -> None:
    with pytest.raises(InvalidInputError, match=place):
        judged.read(written(tmp_path, value))


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "judged.json").write_bytes(data)
    with pytest.raises(InvalidInputError, match="as JSON"):
        judged.read(tmp_path / "judged.json")


def test_a_file_that_is_not_there_or_far_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFoundError):
        judged.read(tmp_path / "missing")
    monkeypatch.setattr(judged, "MAX_FILE_BYTES", 1)
    with pytest.raises(InvalidInputError, match="larger"):
        judged.read(written(tmp_path, [[1]]))
