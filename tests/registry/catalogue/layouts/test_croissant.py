import json
from pathlib import Path
from typing import Any

import pytest

from registry.catalogue.layout_names import LayoutName
from registry.errors import InvalidInputError
from tests.factories import sources

ONE, TWO = sources.picture(1), sources.picture(2)


def file_object(name: str, data: bytes) -> dict[str, Any]:
    return {"@type": "cr:FileObject", "@id": name, "contentUrl": name, "sha256": sources.checksum(data)}


def written(folder: Path, *distribution: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    document = {
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "distribution": list(distribution),
    }
    (folder / "croissant.json").write_text(json.dumps(document))  # noqa: TID251 - somebody else's document
    return folder


def test_pictures_that_the_document_names_are_compared_with_it(tmp_path: Path) -> None:
    parts = [file_object("a/1.jpg", ONE), file_object("a/2.jpg", TWO), file_object("a/3.jpg", TWO)]
    root = written(tmp_path / "x", *parts)
    (root / "a").mkdir()
    (root / "a/1.jpg").write_bytes(ONE)
    (root / "a/2.jpg").write_bytes(ONE)
    (root / "a/stranger.jpg").write_bytes(ONE)
    found = sources.read(root)
    assert found.layout is LayoutName.CROISSANT
    assert found.labels == {"a/1.jpg": "a"}
    assert sorted(found.refused) == [
        ("a/stranger.jpg", "", "nothing in croissant.json names it"),
        ("croissant.json", "a/2.jpg", "is not what the list says"),
        ("croissant.json", "a/3.jpg", "there is no such file"),
    ]


def test_a_set_in_an_archive_and_a_set_in_the_folder_are_read(tmp_path: Path) -> None:
    archive = sources.tar({"cat/1.jpg": ONE, "cat/1.txt": b"no"})
    root = written(
        tmp_path / "x",
        file_object("images.tar", archive),
        file_object("labels.csv", b"a,b"),
        file_object("gone.csv", b""),
        file_object("../up.csv", b""),
        {"@type": "cr:FileObject", "@id": "web", "contentUrl": "https://example.org/x.zip"},
        {"@type": "cr:FileSet", "@id": "s", "containedIn": {"@id": "images.tar"}, "includes": "*.jpg"},
        {"@type": "cr:FileSet", "@id": "t", "includes": ["loose/*.jpg"]},
    )
    (root / "images.tar").write_bytes(archive)
    (root / "labels.csv").write_bytes(b"other")
    (root / "loose").mkdir()
    (root / "loose/2.jpg").write_bytes(TWO)
    found = sources.read(root)
    assert found.labels == {"images/cat/1.jpg": "cat", "loose/2.jpg": "loose"}
    assert sorted((fault.where, fault.why[:30]) for fault in found.report.faults) == [
        ("../up.csv", "The path '../up.csv' is not a "),
        ("gone.csv", "it cannot be read: no such fil"),
        ("labels.csv", "its bytes are not those that t"),
    ]
    assert "croissant.json describes 4 files and 2 sets of files." in found.said


def test_a_document_about_nothing_that_is_here_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="describes no file that is here"):
        sources.read(written(tmp_path / "x"))


def test_other_json_is_no_croissant(tmp_path: Path) -> None:
    (tmp_path / "metadata.json").write_text("{}")
    (tmp_path / "1.jpg").write_bytes(ONE)
    assert sources.read(tmp_path).layout is LayoutName.IMAGE_FOLDER
