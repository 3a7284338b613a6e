from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.catalogue.entries import SourceEntry
from registry.catalogue.manifests import columns, sorting
from tests.factories import trees


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=5)), st.integers(1, 4))
def test_rows_come_in_order_of_code_points_each_path_once_the_first_of_them(names: list[str], size: int) -> None:
    entries = [SourceEntry(name, size_bytes=number) for number, name in enumerate(names)]
    tables = [columns.source_table(entries[at : at + size]) for at in range(0, len(entries), size)]
    repeated: list[dict[str, Any]] = []
    found = list(sorting.by_path(tables, repeated.append))
    rows = [(row["path"], row["size_bytes"]) for table in found for row in table.to_pylist()]
    first: dict[str, int] = {}
    for number, name in enumerate(names):
        first.setdefault(name, number)
    assert rows == sorted(first.items(), key=lambda pair: pair[0].encode())
    assert len(repeated) == len(names) - len(rows)


def test_a_path_that_repeats_across_batches_is_told_with_its_arrival(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "BATCH_ROWS", 1)
    repeated: list[dict[str, Any]] = []
    table = pa.table({"path": ["b", "a", "b", "b"], "arrival": [9, 8, 7, 6]})
    found = list(sorting.by_path([table], repeated.append))
    assert [table.column_names for table in found][:1] == [["path"]]
    assert [path for table in found for path in table["path"].to_pylist()] == ["a", "b"]
    assert [row["arrival"] for row in repeated] == [7, 9]


def test_every_column_comes_back_as_it_was() -> None:
    entries = [trees.entry("b/1"), trees.entry("a/1")]
    (table,) = sorting.by_path(iter([columns.source_table(entries, ("part",))]), print)
    assert table.schema.equals(columns.extended(columns.SOURCE, ("part",)))
    assert table.drop_columns(["part"]).to_pylist() == columns.source_table(entries[::-1]).to_pylist()


def test_no_rows_are_no_rows(tmp_path: Path) -> None:
    assert list(sorting.by_path([], print)) == []
    assert list(sorting.by_path([columns.source_table([])], print)) == []
    assert list(tmp_path.iterdir()) == []
