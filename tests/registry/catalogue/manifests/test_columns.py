import dataclasses

import pytest

from registry.catalogue.entries import Defect, Format, ReleaseEntry, SourceEntry, Thumbnail
from registry.catalogue.manifests import columns
from registry.errors import InvalidInputError
from registry.proof.manifest import Verdict
from tests.factories import trees

FULL = SourceEntry(
    path="odd/\\xff.JPEG",
    size_bytes=1 << 40,
    sha256="ab" * 32,
    format=Format.WEBP,
    width=0xFFFF_FFFF,
    height=1,
    mode="I;16",
    orientation=8,
    thumbnails=(Thumbnail.EXIF, Thumbnail.XMP),
    has_metadata=True,
    label="odd",
    defect=Defect.UNPORTABLE_NAME,
)


@pytest.mark.parametrize("entry", [FULL, SourceEntry("bare"), trees.entry("a/b")])
def test_a_source_entry_comes_back_as_it_was(entry: SourceEntry) -> None:
    table = columns.source_table([entry])
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    assert list(columns.source_entries(rows)) == [entry]


@pytest.mark.parametrize("entry", [trees.kept("a"), trees.blurred("a/b"), trees.excluded("a", "x", "y")])
def test_a_release_entry_comes_back_as_it_was(entry: ReleaseEntry) -> None:
    table = columns.release_table([entry])
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    assert list(columns.release_entries(rows)) == [entry]


def test_an_image_kept_with_other_bytes_comes_back_with_them() -> None:
    stripped = dataclasses.replace(trees.kept("a"), output_sha256="cd" * 32, output_size_bytes=1)
    (row,) = zip(*(column.to_pylist() for column in columns.release_table([stripped]).columns), strict=True)
    assert columns.release_entry(row) == stripped


def test_what_was_not_changed_is_not_written_twice() -> None:
    table = columns.release_table([trees.kept("a"), trees.blurred("b"), trees.excluded("c")])
    assert [value is None for value in table["changed_sha256"].to_pylist()] == [True, False, True]
    assert table["changed_size_bytes"].to_pylist() == [None, 12, None]


def test_a_release_has_every_column_of_its_source_in_front() -> None:
    assert columns.RELEASE.names[: len(columns.SOURCE)] == columns.SOURCE.names


def test_every_word_survives() -> None:
    entries = [SourceEntry(defect, defect=defect) for defect in Defect]
    entries += [SourceEntry(form, format=form, thumbnails=tuple(Thumbnail)) for form in Format]
    table = columns.source_table(entries)
    assert list(columns.source_entries(zip(*(c.to_pylist() for c in table.columns), strict=True))) == entries
    assert set(columns.release_table([trees.kept("a")])["verdict"].to_pylist()) <= {str(v) for v in Verdict}


@pytest.mark.parametrize(
    "entry",
    [
        dataclasses.replace(trees.excluded("a"), output_sha256="ab" * 32, output_size_bytes=1),
        dataclasses.replace(trees.kept("a"), output_sha256=None, output_size_bytes=None),
        dataclasses.replace(trees.kept("a"), output_size_bytes=99),
        dataclasses.replace(trees.blurred("a"), output_size_bytes=None),
    ],
)
def test_an_entry_that_contradicts_itself_about_its_output_is_refused(entry: ReleaseEntry) -> None:
    with pytest.raises(InvalidInputError, match="contradicts itself about its output"):
        columns.release_table([trees.kept("0"), entry])


def test_columns_that_only_some_manifests_have_come_back_and_are_null_where_they_are_not() -> None:
    entry = dataclasses.replace(trees.entry("a"), part="x.tar", position=512, url="http://example.org")
    table = columns.source_table([entry], ("position", "part"))
    assert table.column_names[-2:] == ["part", "position"]
    assert columns.extras_of(table.column_names) == ["part", "position"]
    completed = columns.completed(table.select(["path", "part"]), ("part", "url"))
    assert completed.schema.equals(columns.extended(columns.SOURCE, ("part", "url")))
    (row,) = completed.to_pylist()
    assert (row["path"], row["part"], row["url"], row["thumbnails"], row["has_metadata"]) == (
        "a",
        "x.tar",
        None,
        [],
        False,
    )
    assert columns.completed(table, ("part", "position")) is table
