import io
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry.catalogue.manifests import columns
from registry.catalogue.manifests.lines import ParentLines, ReleaseLines
from registry.errors import InvalidInputError
from registry.proof import manifest, merkle
from tests.factories import trees

DIGESTS = st.sampled_from([None, "00" * 32, "ab" * 32, "cd" * 32])
SIZES = st.sampled_from([None, 0, 7, 10**15 - 1, 10**15, -1])
PATHS = st.text(st.sampled_from("ab/.\\é\x00\n\x7f x\u00ad雪"), max_size=8) | st.just("a" * 4097)
LABELS = st.sampled_from([None, "n01", "", "a\tb", "é"])
REASONS = st.lists(st.sampled_from(["face", "a-b", "A", "x_y", "", "z"]), max_size=3)
VERDICTS = st.sampled_from(["keep", "blur", "exclude"])
Cells = tuple[str, int | None, str | None, str | None, str, list[str], str | None, int | None]
ROWS: st.SearchStrategy[Cells] = st.tuples(PATHS, SIZES, DIGESTS, LABELS, VERDICTS, REASONS, DIGESTS, SIZES)
PLAIN: st.SearchStrategy[Cells] = st.tuples(
    st.sampled_from(["a", "b/é", "b/.hidden", "n01/x.JPEG"]),
    st.just(7),
    st.just("ab" * 32),
    st.sampled_from([None, "n01"]),
    VERDICTS,
    st.sampled_from([["a-b", "face"], ["z"]]),
    st.none(),
    st.none(),
)


def table_of(rows: list[Cells]) -> pa.Table:
    filler: dict[str, Any] = {"thumbnails": [], "has_metadata": False, "boxes": []}
    names = ("path", "size_bytes", "sha256", "label", "verdict", "reasons", "changed_sha256", "changed_size_bytes")
    records = []
    for row in rows:
        found = filler | dict(zip(names, row, strict=True))
        for name in columns.DIGESTS:
            found[name] = bytes.fromhex(found[name]) if found[name] else None
        records.append(found)
    return pa.Table.from_pylist(records, schema=columns.RELEASE).combine_chunks()


def one_by_one(table: pa.Table) -> list[bytes]:
    rows = zip(*(columns.values(column.combine_chunks()) for column in table.columns), strict=True)
    lines = []
    for row, entry in zip(table.to_pylist(), columns.release_entries(rows), strict=True):
        if (row["changed_sha256"] is None) != (row["changed_size_bytes"] is None):
            raise InvalidInputError("half an output")
        if entry.verdict is manifest.Verdict.EXCLUDE and row["changed_sha256"]:
            raise InvalidInputError("an output of nothing")
        lines.append(entry.to_row().line())
    return lines


@given(st.lists(ROWS, max_size=4) | st.lists(PLAIN, max_size=4))
@example([])
@example([("a", None, None, None, "exclude", ["z"], None, None), ("b", 1, "ab" * 32, "", "exclude", ["z"], None, None)])
def test_the_lines_of_a_table_are_those_of_its_rows_and_it_is_refused_when_one_of_them_is(rows: list[Cells]) -> None:
    table = table_of(rows)
    try:
        expected = one_by_one(table)
    except InvalidInputError:
        with pytest.raises(InvalidInputError):
            ReleaseLines(table).expect_plain()
        return
    lines = ReleaseLines(table)
    lines.expect_plain()
    assert lines.file() == b"".join(line + b"\n" for line in expected)
    assert lines.leaf_hashes() == [merkle.leaf_hash(line) for line in expected]
    parents = [b"\t".join(line.split(b"\t")[:4]) for line in expected]
    assert lines.parent.leaf_hashes() == [merkle.leaf_hash(line) for line in parents]
    assert ParentLines(table).text.to_pylist() == [f"{line.decode()}\n" for line in parents]


@given(st.lists(ROWS, max_size=4))
def test_a_source_is_refused_exactly_when_one_of_its_rows_could_not_even_be_excluded(rows: list[Cells]) -> None:
    table = table_of(rows)
    try:
        for path, size, digest, label, *_ in rows:
            why = ("any",)
            manifest.Row(path, size, digest, label, manifest.Verdict.EXCLUDE, why, None, None, None).line()
    except InvalidInputError:
        with pytest.raises(InvalidInputError):
            ParentLines(table.select(columns.SOURCE.names)).expect_plain()
        return
    ParentLines(table.select(columns.SOURCE.names)).expect_plain()


def test_the_sums_are_those_that_the_verifier_writes() -> None:
    entries = [trees.kept("a"), trees.blurred("b/é"), trees.excluded("c")]
    rows = [entry.to_row() for entry in entries]
    lines = ReleaseLines(columns.release_table(entries).combine_chunks())
    assert bytes(lines.sums()).decode() == "".join(map(manifest.sum_line, rows))


def test_the_rows_of_a_slice_have_their_own_lines() -> None:
    entries = [trees.kept("a"), trees.blurred("b"), trees.excluded("c"), trees.kept("d")]
    lines = ReleaseLines(columns.release_table(entries).slice(1, 2).combine_chunks())
    assert list(manifest.read(io.BytesIO(lines.file()))) == [entry.to_row() for entry in entries[1:3]]


def test_a_long_list_of_plain_rows_is_never_read_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    table = columns.release_table([trees.kept(f"a/{number:03d}") for number in range(100)]).combine_chunks()
    read: list[str] = []
    whole = manifest.Row.line

    def noted(row: manifest.Row) -> bytes:
        read.append(row.path)
        return whole(row)

    monkeypatch.setattr(manifest.Row, "line", noted)
    ReleaseLines(table).expect_plain()
    assert read == ["a/000"]
