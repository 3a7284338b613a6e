from pathlib import Path

import pytest

from registry.catalogue.layers import content, readers
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.layers.readers import Questions
from registry.errors import InvalidInputError
from tests.factories import layers
from tests.factories.layers import CAT, CLASSES, DOG

FILES: dict[Kind, str] = {
    Kind.SYNSETS: f"{CAT}\n{DOG}\n",
    Kind.LABELS: "[[0], [0, 1], []]",
    Kind.BOXES: layers.annotation((CAT, 0, 0, 5, 5)),
    Kind.FACES: '[{"url": "train/n01/a.JPEG", "bboxes": [{"x0": 1, "y0": 1, "x1": 5, "y1": 5}]}]',
    Kind.VOTES: f"image,label,answer\na.jpg,{CAT},yes\n",
    Kind.DEFECTS: "1\n2\n",
    Kind.SOURCES: "a.jpg\thttp://example.org/a.jpg\n",
}


@pytest.mark.parametrize("kind", readers.READ_FROM_FILES)
def test_a_file_of_each_kind_is_read_into_rows_of_a_layer(tmp_path: Path, kind: Kind) -> None:
    (tmp_path / "file").write_text(FILES[kind])
    reading = readers.read(kind, tmp_path / "file", Questions(CLASSES, code="cmyk", key=b"key"))
    assert content.write(kind, reading.rows, tmp_path / "layer").rows == len(reading.rows)
    assert reading.report.refusals == []


@pytest.mark.parametrize("kind", sorted(set(Kind) - set(readers.READ_FROM_FILES)))
def test_what_is_computed_is_not_read_from_a_file(tmp_path: Path, kind: Kind) -> None:
    with pytest.raises(InvalidInputError, match="computed"):
        readers.read(kind, tmp_path / "file", Questions())


def test_labels_need_to_know_their_classes(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="which list names the classes"):
        readers.read(Kind.LABELS, tmp_path / "file", Questions())
