import json

import pytest

from blurring import truth
from blurring.boxes import Box
from blurring.errors import TruthError

DOCUMENT = {
    "note": "judged by eye",
    "boxes": {
        "cat_1.JPEG": [
            {"label": "F", "x0": 10.4, "y0": 20.6, "x1": 30, "y1": 50, "pose": "profile", "occlusion": "partly"},
            {"label": "A", "x0": 0, "y0": 0, "x1": 5, "y1": 5},
        ],
        "dogs/dog.JPEG": [{"label": "I", "x0": 0, "y0": 0, "x1": 5, "y1": 5}],
    },
}
TRUTH = truth.load(json.dumps(DOCUMENT).encode())  # noqa: TID251 - a document as others write it


def test_a_photograph_is_known_by_its_path_or_its_bare_name() -> None:
    assert len(TRUTH.of("n01/cat_1.JPEG")) == 2
    assert len(TRUTH.of("dogs/dog.JPEG")) == 1
    assert TRUTH.of("n01/unlisted.JPEG") == ()


def test_only_the_label_of_a_face_counts() -> None:
    assert [judged.is_face for judged in TRUTH.of("cat_1.JPEG")] == [True, False]


def test_edges_are_taken_to_the_nearest_pixel_and_the_rest_as_it_is_said() -> None:
    face, doll = TRUTH.of("cat_1.JPEG")
    assert face.box == Box(10, 21, 30, 50)
    assert (face.pose, face.occlusion, doll.pose) == ("profile", "partly", None)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "the document"),
        (b"[]", "the document"),
        (b"{}", "boxes"),
        (b'{"boxes": {"a": [{"label": "F"}]}}', "x0"),
        (b'{"boxes": {"a": [{"label": "F", "x0": "left", "y0": 0, "x1": 1, "y1": 1}]}}', "x0"),
    ],
)
def test_what_is_no_truth_is_refused_with_the_place_named(document: bytes, said: str) -> None:
    with pytest.raises(TruthError, match=said):
        truth.load(document)
