from pathlib import Path
from typing import Any

import pytest

from registry.catalogue.layouts.distribution import Distribution, FileSet
from registry.errors import InvalidInputError


def said(root: Path, *parts: object) -> Distribution:
    return Distribution("croissant.json", {"distribution": list(parts)}, root)


def file_object(url: object, **more: object) -> dict[str, Any]:
    return {"@type": "cr:FileObject", "@id": "f", "contentUrl": url, **more}


@pytest.mark.parametrize(
    ("pattern", "path", "label"),
    [
        ("*/*.jpg", "cat/1.jpg", "cat"),
        ("**/*.jpg", "cat/deep/1.jpg", "cat"),
        ("images/*/*.jpg", "images/cat/1.jpg", "cat"),
        ("cat/*.jpg", "cat/1.jpg", "cat"),
        ("cat/1.jpg", "cat/1.jpg", "cat"),
        ("*.jpg", "1.jpg", None),
        ("*.png", "cat/1.jpg", "cat"),
    ],
)
def test_the_class_is_the_first_folder_that_the_pattern_leaves_open(pattern: str, path: str, label: str | None) -> None:
    assert FileSet((pattern,)).label_of(path) == label


def test_a_set_names_what_one_pattern_includes_and_none_excludes() -> None:
    pictures = FileSet(("*.jpg", "*.png"), ("bad/*",))
    assert [pictures.names(path) for path in ("a.jpg", "b/a.png", "bad/a.jpg", "a.txt")] == [True, True, False, False]


def test_keys_may_have_the_prefix_of_their_vocabulary(tmp_path: Path) -> None:
    holder = file_object("a.tar", sha256="A" * 64)
    held = {
        "@type": "https://mlcommons.org/croissant/FileSet",
        "cr:containedIn": "f",
        "cr:includes": "*",
        "excludes": [],
    }
    found = said(tmp_path, holder, held, "nonsense")
    assert found.files == {"a.tar": "a" * 64}
    assert found.sets == [FileSet(("*",), (), ("a.tar",))]


def test_a_file_in_an_archive_is_no_row_and_one_of_a_repository_lies_here(tmp_path: Path) -> None:
    archive = file_object("a.tar") | {"@id": "archive"}
    repository = file_object("https://example.org/git") | {"@id": "repo"}
    inside = [
        file_object("in.jpg", containedIn={"@id": "archive"}),
        file_object("out.jpg", containedIn=[{"@id": "repo"}]),
    ]
    found = said(tmp_path, archive, repository, *inside)
    assert found.files == {"a.tar": None, "out.jpg": None}
    assert [it.url for it in found.elsewhere] == ["https://example.org/git"]


@pytest.mark.parametrize("name", ["..", "a/b.jpg", "", 7])
def test_a_file_that_was_fetched_is_looked_for_by_plain_names_alone(tmp_path: Path, name: object) -> None:
    (tmp_path / "x/a").mkdir(parents=True)
    (tmp_path / "x/a/b.jpg").touch()
    found = said(tmp_path / "x", file_object("https://example.org/", name=name))
    assert found.files == {}
    assert [it.is_picture for it in found.elsewhere] == [False]


def test_a_url_that_is_long_or_no_text_is_kept_in_part(tmp_path: Path) -> None:
    found = said(tmp_path, file_object("data:image/png;base64," + "A" * 10_000), file_object(None))
    assert [len(it.url) for it in found.elsewhere] == [200, 1]


def test_a_document_that_describes_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="describes no file"):
        said(tmp_path, {"@type": "cr:Other"}, 7)
