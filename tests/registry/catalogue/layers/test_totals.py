from pathlib import Path
from typing import Any

import pytest

from registry.catalogue.layers import content, totals
from registry.catalogue.layers.kinds import Kind
from registry.errors import InvalidInputError

FACE = (0.0, 0.0, 9.5, 9.0)
DRAWN: dict[Kind, tuple[list[tuple[Any, ...]], dict[str, int]]] = {
    Kind.SYNSETS: ([("n1",), ("n2",)], {"synsets": 2}),
    Kind.LABELS: (
        [("a", ()), ("b", ("n1",)), ("c", ("n1", "n2"))],
        {
            "images": 3,
            "without a label": 1,
            "with one label": 1,
            "with several labels": 1,
            "classes": 2,
            "fewest images of a class": 1,
            "most images of a class": 2,
        },
    ),
    Kind.BOXES: ([("a", "n1", 0, 0, 1, 1), ("a", "n2", 0, 0, 1, 1)], {"images": 1, "boxes": 2, "classes": 2}),
    Kind.FACES: ([("a", ()), ("b", (FACE, FACE))], {"images": 2, "without a face": 1, "faces": 2}),
    Kind.VOTES: (
        [
            ("a", "n1", "n1", None, 2),
            ("a", "n1", "neither", None, 2),
            ("b", "n1", "no", "w1", 1),
            ("b", "n1", "yes", "w2", 0),
        ],
        {"candidates": 2, "votes": 5, "workers": 2, "not confirmed": 1},
    ),
    Kind.QUALITY: (
        [
            ("a", "n1", "n1", 1.0, None, None, None),
            ("b", "n1", "n2", 0.6, "n2", 0.9, 0.1),
            ("c", "n1", "yes", 1.0, None, None, 0.1),
        ],
        {"judged": 3, "majority is another answer": 1},
    ),
    Kind.DEFECTS: ([("a", "cmyk", None), ("a", "png-named-jpeg", None)], {"images": 1, "cmyk": 1, "png-named-jpeg": 1}),
    Kind.SOURCES: ([("a", "http://x.org/a", None), ("b", "https://X.org:80/b", None)], {"images": 2, "hosts": 1}),
    Kind.RIGHTS: (
        [("a", "holder", "iptc", "N", 0.5, None, 0, "x"), ("a", "licence", "exif", "CC0-1.0", 0.5, None, 0, "x")],
        {"images": 1, "pieces of evidence": 2, "holder": 1, "licence": 1},
    ),
}


@pytest.mark.parametrize("kind", Kind)
def test_a_layer_of_each_kind_adds_up(tmp_path: Path, kind: Kind) -> None:
    rows, wanted = DRAWN[kind]
    content.write(kind, rows, tmp_path / "x")
    assert totals.count(kind, tmp_path / "x") == wanted


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    content.write(Kind.SYNSETS, [("n1",)], tmp_path / "x")
    with pytest.raises(InvalidInputError):
        totals.count(Kind.LABELS, tmp_path / "x")
