from dataclasses import replace
from pathlib import Path

import pytest

from registry.catalogue import manifests
from registry.catalogue.entries import Format, SourceEntry
from registry.catalogue.layers import advisories
from registry.catalogue.layers.advisories import CMYK, DUPLICATE, LABEL_ERROR, MISNAMED
from tests.factories import trees


def found(folder: Path, *entries: SourceEntry) -> list[tuple[object, ...]]:
    manifests.write_source(sorted(entries, key=lambda entry: entry.path), folder / "manifest")
    return advisories.of_manifest(folder / "manifest")


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"mode": "CMYK"}, (CMYK, "the picture is CMYK")),
        ({"format": Format.PNG}, (MISNAMED, "a png named .jpeg")),
    ],
)
def test_what_a_reader_may_trip_over_is_noted(tmp_path: Path, change: dict[str, str], wanted: tuple[str, str]) -> None:
    odd = replace(trees.entry("n1/odd.JPEG"), **change)  # type: ignore[arg-type]  # by name, as they come
    assert found(tmp_path, odd, trees.entry("n1/plain.JPEG")) == [("n1/odd.JPEG", *wanted)]


@pytest.mark.parametrize("name", ["a.jpg", "a.JPE", "a", "folder.png/a.jpeg"])
def test_a_suffix_that_fits_is_no_defect(tmp_path: Path, name: str) -> None:
    assert found(tmp_path, trees.entry(name)) == []


def test_a_thing_that_is_no_picture_is_not_misnamed(tmp_path: Path) -> None:
    assert found(tmp_path, replace(trees.entry("a.png"), format=None)) == []


def test_equal_bytes_are_noted_at_every_name_but_the_first(tmp_path: Path) -> None:
    first = trees.entry("n1/a.JPEG")
    twins = [replace(first, path=path) for path in ("n2/b.JPEG", "n3/c.JPEG")]
    assert found(tmp_path, first, *twins) == [
        ("n2/b.JPEG", DUPLICATE, "the same bytes as n1/a.JPEG"),
        ("n3/c.JPEG", DUPLICATE, "the same bytes as n1/a.JPEG"),
    ]


def test_things_without_bytes_are_no_duplicates(tmp_path: Path) -> None:
    links = [SourceEntry("a.JPEG"), SourceEntry("b.JPEG")]
    assert found(tmp_path, *links) == []


def test_a_label_that_most_did_not_confirm_is_in_doubt() -> None:
    rows = [("a", "n1", "n2", 0.4, None, None, None), ("b", "n1", "n1", 0.5, None, None, None)]
    assert advisories.of_quality(rows) == [("a", LABEL_ERROR, "40% of the votes confirmed n1; most said n2")]
