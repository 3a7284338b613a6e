import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidInputError
from registry.proof import manifest, merkle
from registry.proof.manifest import Row, Verdict
from tests.factories import proofs

KEPT = proofs.kept("n01/cat.JPEG", b"a cat")
DIGEST = proofs.sha(b"a cat")


def lines_of(rows: list[Row]) -> bytes:
    out = io.BytesIO()
    manifest.write(rows, out)
    return out.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(InvalidInputError) as problem:
        list(manifest.read(io.BytesIO(data)))
    return problem.value.sentence


def test_a_line_has_nine_fields_in_the_stated_order() -> None:
    assert proofs.blurred("n03/a.JPEG", b"x", b"yy").line().decode().split("\t") == [
        "n03/a.JPEG",
        "1",
        proofs.sha(b"x"),
        "n03",
        "blur",
        "face",
        "n03/a.JPEG",
        "2",
        proofs.sha(b"yy"),
    ]
    assert proofs.excluded("n/\\x0a", None, "symlink").line() == b"n/\\x0a\t\t\tn\texclude\tsymlink\t\t\t"


def test_a_parent_line_is_the_first_four_fields() -> None:
    assert KEPT.line().startswith(manifest.parent_line("n01/cat.JPEG", 5, DIGEST, "n01") + b"\t")
    assert manifest.parent_line("a", None, None, None) == b"a\t\t\t"


PATHS = st.lists(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), min_size=1).filter(
        lambda part: part not in (".", "..")
    ),
    min_size=1,
    max_size=3,
).map("/".join)


@given(st.dictionaries(PATHS, st.binary(max_size=3) | st.none(), max_size=30))
def test_what_is_written_is_read_back(files: dict[str, bytes | None]) -> None:
    rows = [
        proofs.excluded(path, None, "unreadable") if data is None else proofs.kept(path, data)
        for path, data in sorted(files.items())
    ]
    out = io.BytesIO()
    totals = manifest.write(rows, out)
    assert list(manifest.read(io.BytesIO(out.getvalue()))) == rows
    assert manifest.measure(io.BytesIO(out.getvalue())) == totals
    assert totals.root == f"sha256:{merkle.root_of([merkle.leaf_hash(row.line()) for row in rows]).hex()}"
    parents = [merkle.leaf_hash(manifest.parent_line(*row[:4])) for row in rows]
    assert totals.parent_root == f"sha256:{merkle.root_of(parents).hex()}"


def test_totals_count_every_verdict_and_reason() -> None:
    totals = manifest.write(proofs.rows(), io.BytesIO())
    assert totals.verdicts == {"keep": 3, "blur": 1, "exclude": 2}
    assert totals.reasons == {"face": 1, "person": 1, "unportable-name": 1, "unreadable": 1}
    assert (totals.rows, totals.images) == (6, 4)
    assert totals.output_size_bytes == sum(map(len, proofs.IMAGES.values()))
    assert totals.size_bytes == 5 + 5 + 5000 + 6 + 8
    listed = "".join(map(manifest.sum_line, proofs.rows())).encode()
    assert totals.sums_sha256 == f"sha256:{proofs.sha(listed)}"
    assert totals.lines_sha256 == f"sha256:{proofs.sha(lines_of(proofs.rows()))}"


def test_an_empty_manifest_names_every_verdict_with_nought() -> None:
    totals = manifest.measure(io.BytesIO())
    assert totals.verdicts == {"keep": 0, "blur": 0, "exclude": 0}
    assert totals.root == f"sha256:{merkle.EMPTY_ROOT.hex()}"


def test_every_field_changes_the_root() -> None:
    row = proofs.blurred("n03/a.JPEG", b"x", b"yy")
    changed = [
        row._replace(path="n03/b.JPEG", output_path="n03/b.JPEG"),
        row._replace(size_bytes=2),
        row._replace(sha256=DIGEST),
        row._replace(label="n04"),
        row._replace(verdict=Verdict.KEEP),
        row._replace(reasons=("face", "people")),
        row._replace(output_size_bytes=3),
        row._replace(output_sha256=DIGEST),
    ]
    roots = {manifest.write([each], io.BytesIO()).root for each in [row, *changed]}
    assert len(roots) == 9


def test_rows_are_read_from_a_file_and_in_batches(tmp_path: Path) -> None:
    rows = [proofs.kept(f"{number:06}", b"") for number in range(2500)]
    proofs.write_lines(tmp_path / "lines", rows)
    batches = list(manifest.batches(manifest.read_file(tmp_path / "lines")))
    assert [len(batch) for batch in batches] == [1024, 1024, 452]
    assert [row for batch in batches for row in batch] == rows


@pytest.mark.parametrize(
    "rows",
    [
        [proofs.kept("b", b""), proofs.kept("a", b"")],
        [proofs.kept("a", b""), proofs.kept("a", b"")],
        [KEPT._replace(path="../a", output_path="../a")],
        [KEPT._replace(output_path=None, output_size_bytes=None, output_sha256=None)],
        [KEPT._replace(output_path="elsewhere")],
        [KEPT._replace(output_size_bytes=None)],
        [KEPT._replace(verdict=Verdict.EXCLUDE, reasons=("person",))],
        [KEPT._replace(verdict=Verdict.BLUR)],
        [KEPT._replace(verdict=Verdict.BLUR, reasons=("face",))],
        [KEPT._replace(reasons=("b", "a"))],
        [KEPT._replace(reasons=("a", "a"))],
        [KEPT._replace(reasons=("Face",))],
        [KEPT._replace(reasons=("a,b",))],
        [KEPT._replace(reasons=("",))],
        [KEPT._replace(size_bytes=None, sha256=None)],
        [KEPT._replace(size_bytes=None)],
        [KEPT._replace(size_bytes=-1)],
        [KEPT._replace(size_bytes=10**15)],
        [KEPT._replace(sha256=DIGEST.upper())],
        [KEPT._replace(label="a\tb")],
        [KEPT._replace(label="")],
        [KEPT._replace(label="\ud800")],
        [KEPT._replace(path="a\\x0a", output_path="a\\x0a")],
    ],
)
def test_a_row_that_no_manifest_may_hold_is_not_written(rows: list[Row]) -> None:
    with pytest.raises(InvalidInputError):
        manifest.write(rows, io.BytesIO())


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b"\t5\t", b"\t05\t"),
        lambda line: line.replace(b"\t5\t", b"\t+5\t"),
        lambda line: line.replace(b"\t5\t", "\t\u0665\t".encode()),
        lambda line: line.replace(b"keep", b"Keep"),
        lambda line: line.replace(b"\n", b"\r\n"),
        lambda line: line.replace(b"\t", b" "),
        lambda line: line.replace(b"\n", b"\textra\n"),
        lambda line: b"\n" + line,
        lambda line: line.replace(b"n01/cat.JPEG", b"n01/\xff.JPEG"),
        lambda line: line.replace(b"n01/cat.JPEG", b"n01/../../cat.JPEG"),
        lambda line: line.replace(b"n01/cat.JPEG", b"/n01/cat.JPEG"),
        lambda line: line.replace(b"n01/cat.JPEG", b"n01/\x1bcat.JPEG"),
        lambda line: line.replace(b"n01/cat.JPEG", b"n01/\x7fcat.JPEG"),
        lambda line: line.replace(b"\tn01\t", b"\tn\x0001\t"),
    ],
)
def test_a_second_way_to_write_a_line_is_refused(change: object) -> None:
    assert callable(change)
    assert refusal(change(KEPT.line() + b"\n")).startswith("Line 1 of the manifest: ")


def test_a_row_that_is_out_of_order_is_refused_by_its_number() -> None:
    first, second = KEPT.line() + b"\n", proofs.kept("n02/a", b"").line() + b"\n"
    assert refusal(second + first).startswith("Line 2 of the manifest: 'n01/cat.JPEG' is out of order")
    assert "repeated" in refusal(first + first)


def test_a_manifest_that_ends_in_the_middle_of_a_line_is_refused() -> None:
    assert "whole line" in refusal(KEPT.line())


def test_an_endless_line_is_refused_before_it_fills_memory() -> None:
    assert "longer than" in refusal(b"a" * (manifest.READ_BYTES + 1))


def test_lines_may_cross_the_blocks_in_which_a_file_is_read() -> None:
    rows = [proofs.kept(f"{'a' * 200}{number:06}", b"") for number in range(4000)]
    data = lines_of(rows)
    assert len(data) > 2 * manifest.READ_BYTES
    assert list(manifest.read(io.BytesIO(data))) == rows


def test_a_manifest_with_a_reason_of_its_own_for_every_image_is_refused() -> None:
    rows = (proofs.excluded(f"{number:06}", b"", f"r{number}") for number in range(5000))
    with pytest.raises(InvalidInputError, match="different fates"):
        manifest.write(rows, io.BytesIO())


def test_watchers_see_every_row_once_and_in_order() -> None:
    rows = [proofs.kept(f"{number:06}", b"") for number in range(2500)]
    for step in (1, 700):
        seen: list[Row] = []
        tally = manifest.Tally([seen.extend])
        for start in range(0, len(rows), step):
            some = rows[start : start + step]
            if step == 1:
                tally.add(some[0], some[0].line())
            else:
                tally.extend(some, [row.line() for row in some])
        assert tally.totals() == manifest.write(rows, io.BytesIO())
        assert seen == rows
