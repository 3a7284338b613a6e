from pathlib import Path

import duckdb
import pytest

from registry.catalogue import manifests
from registry.catalogue.manifests.session import ROW, opened
from registry.errors import DamagedError, InvalidInputError
from tests.factories import trees


@pytest.mark.parametrize("name", ["plain", "[a]", "*", "?", "a'b", "a;b"])
def test_a_file_name_is_no_pattern_and_no_sql(tmp_path: Path, name: str) -> None:
    manifests.write_source([trees.entry("other")], tmp_path / "other")
    manifests.write_source([trees.entry("mine")], tmp_path / name)
    with opened(m=tmp_path / name) as connection:
        assert connection.execute("SELECT path FROM m").fetchall() == [("mine",)]


def test_a_view_of_few_columns_has_no_other_and_knows_the_numbers_of_its_rows(tmp_path: Path) -> None:
    manifests.write_source([trees.entry("a"), trees.entry("b")], tmp_path / "m")
    with opened([ROW, "path"], m=tmp_path / "m") as connection:
        assert connection.execute("SELECT * FROM m").fetchall() == [(0, "a"), (1, "b")]


def test_two_files_can_be_asked_together(tmp_path: Path) -> None:
    for name in "ab":
        manifests.write_source([trees.entry(name)], tmp_path / name)
    with opened(a=tmp_path / "a", b=tmp_path / "b") as connection:
        assert connection.execute("SELECT a.path, b.path FROM a, b").fetchall() == [("a", "b")]


def test_a_manifest_that_is_gone_or_none_any_more_is_told_as_damage(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no manifest")
    for name in ("text", "missing"):
        with pytest.raises(DamagedError, match=name), opened(m=tmp_path / name):
            pass


def test_a_column_that_is_missing_is_refused(tmp_path: Path) -> None:
    manifests.write_source([trees.entry("a")], tmp_path / "source")
    with pytest.raises(InvalidInputError, match="source"), opened(m=tmp_path / "source") as connection:
        connection.execute("SELECT verdict FROM m")


def test_nothing_is_fetched_from_elsewhere(tmp_path: Path) -> None:
    manifests.write_source([trees.entry("a")], tmp_path / "source")
    with (
        pytest.raises((duckdb.Error, InvalidInputError)),
        opened(m=tmp_path / "source") as connection,
    ):
        connection.execute("SELECT * FROM read_parquet('http://127.0.0.1:9/x')")


def test_what_a_file_says_of_itself_is_kept_for_the_questions_that_follow(tmp_path: Path) -> None:
    manifests.write_source([trees.entry("a")], tmp_path / "source")
    for _ in range(2):
        with opened(manifest=tmp_path / "source") as session:
            assert session.execute("SELECT current_setting('parquet_metadata_cache')").fetchone() == (True,)


def test_a_file_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    for path in "ab":
        manifests.write_source([trees.entry(path)], tmp_path / "source")
        with opened(manifest=tmp_path / "source") as session:
            assert session.execute("SELECT path FROM manifest").fetchall() == [(path,)]
