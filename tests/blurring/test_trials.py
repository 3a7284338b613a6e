import hashlib
from pathlib import Path

import pytest

from blurring import recipe
from blurring.engines import Item
from blurring.errors import TruthError
from blurring.evaluation import Share
from blurring.trials import Trial
from blurring.truth import Judged, Truth
from tests.factories import pictures

LEFT, TOP, RIGHT, BOTTOM = pictures.FACE_BOX
FACE = Judged(label="F", x0=LEFT, y0=TOP, x1=RIGHT, y1=BOTTOM, pose="frontal")
TRUTH = Truth({"face.jpg": (FACE,), "gone.jpg": (FACE,), "broken.jpg": (FACE,)})


def items(folder: Path) -> list[Item]:
    files = {"face.jpg": pictures.face(), "plain.jpg": pictures.jpeg(200, 150), "broken.jpg": b"none"}
    made = [Item("gone.jpg", str(folder / "gone.jpg"), "0" * 64)]
    for name, data in files.items():
        (folder / name).write_bytes(data)
        made.append(Item(name, str(folder / name), hashlib.sha256(data).hexdigest()))
    return made


@pytest.mark.parametrize("name", ["centerface", "dlib-hog"])
def test_a_recipe_is_measured_as_release_builds_use_it(tmp_path: Path, name: str) -> None:
    told: list[int] = []
    trial = Trial(recipe.named(name), "cpu", 1)
    figures = trial.figures(items(tmp_path), TRUTH, told.append)
    assert figures.photographs == 4
    assert told == list(range(1, 4 * trial.rounds + 1))
    assert trial.rounds == (2 if name == "centerface" else 1)
    # What could not be opened was not found: a face that nobody looked at is a face that was missed.
    assert figures.at_threshold.recall_quoted == Share(1, 3)
    assert figures.groups["pose"] == {"frontal": Share(1, 3)}
    assert sum(share.total for share in figures.groups["skin"].values()) == 1
    assert figures.at_threshold.touched.total == 1
    assert figures.at_review.recall.count >= figures.at_threshold.recall.count
    assert figures.asked.total == 4
    assert figures.shown == Share(1, 3)
    assert figures.digest == recipe.named(name).digest()


def test_the_figures_are_rows_and_json_alike(tmp_path: Path) -> None:
    figures = Trial(recipe.named("dlib-hog"), "cpu", 1).figures(items(tmp_path), TRUTH, lambda _: None)
    rows = figures.rows()
    assert rows[0] == ("faces of 16 px and more found", "0.333", 3, "0.061-0.792")
    assert {len(row) for row in rows} == {4}
    document = figures.as_json()
    assert isinstance(document["figures"], list)
    assert len(document["figures"]) == len(rows)


def test_a_folder_without_any_judged_face_measures_nothing(tmp_path: Path) -> None:
    with pytest.raises(TruthError, match="no photograph"):
        Trial(recipe.named("dlib-hog"), "cpu", 1).figures(items(tmp_path), Truth({}), lambda _: None)
