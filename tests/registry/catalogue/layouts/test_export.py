from pathlib import Path

import pytest

from registry.catalogue import reading
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts.source import Source, TrustedBy
from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import manifest
from registry.proof.manifest import Row, Verdict
from tests.factories import proofs, sources

DATA = {"a/kept.JPEG": sources.picture(1), "a/blurred.JPEG": sources.picture(2), "b/gone.JPEG": sources.picture(3)}


def export(folder: Path) -> Path:
    rows = []
    for path, data in sorted(DATA.items()):
        digest, source = sources.checksum(data), sources.checksum(data)
        verdict, reasons = Verdict.KEEP, ("no-rule",)
        if "blurred" in path:
            verdict, reasons, source = Verdict.BLUR, ("face",), "0" * 64
        rows.append(Row(path, len(data), source, path[0], verdict, reasons, path, len(data), digest))
        (folder / "data" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "data" / path).write_bytes(data)
    rows.append(Row("c/out.JPEG", 1, "1" * 64, "c", Verdict.EXCLUDE, ("takedown",), None, None, None))
    with (folder / "manifest.lines").open("wb") as out:
        manifest.write(rows, out)
    (folder / "SHA256SUMS").write_text("".join(map(manifest.sum_line, rows)))
    (folder / "bagit.txt").write_text("BagIt-Version: 1.0\n")
    return folder


def test_another_registrys_export_is_compared_with_its_manifest(tmp_path: Path) -> None:
    root = export(tmp_path)
    (root / "data/b/gone.JPEG").unlink()
    (root / "data/c").mkdir()
    (root / "data/c/out.JPEG").write_bytes(sources.picture(4))
    found = sources.read(root)
    assert found.layout is LayoutName.EXPORT
    assert found.labels == {"data/a/blurred.JPEG": "a", "data/a/kept.JPEG": "a"}
    assert found.refused == [
        ("data/c/out.JPEG", "", "no list names it"),
        ("manifest.lines", "line 3, data/b/gone.JPEG", "there is no such file"),
    ]
    assert "Its release decided: blur 1, exclude 1, keep 2." in found.said
    assert "Signature not checked: no trust root was given" in found.said


def signed(folder: Path) -> Source:
    """An export that was signed, with the trust root by which it was."""
    folder.mkdir()
    out, root = proofs.export(folder)
    return Source(out, workers=1, trust=TrustedBy(root, proofs.NOW))


def imported(source: Source, folder: Path) -> int:
    """How many images of it were taken."""
    return reading.read(source, LayoutName.EXPORT, folder / "manifest.parquet").totals.rows


def test_with_a_trust_root_the_report_says_who_signed(tmp_path: Path) -> None:
    source = signed(tmp_path / "a")
    assert imported(source, tmp_path) == len(proofs.IMAGES)
    (said,) = [it for it in source.report.conclusions if it.startswith("Signature")]
    assert f"Signature checked: the release {proofs.LABEL} is signed by " in said
    assert "as version 1 of the trust root" in said


def test_an_export_that_somebody_else_signed_is_refused(tmp_path: Path) -> None:
    source, other = signed(tmp_path / "a"), signed(tmp_path / "b")
    source.trust = other.trust
    with pytest.raises(NotVerifiedError):
        imported(source, tmp_path)


def test_an_export_whose_lines_were_exchanged_together_with_its_images_is_refused(tmp_path: Path) -> None:
    source = signed(tmp_path / "a")
    data = sources.picture(7)
    lines = source.root / "manifest.lines"
    rows = list(manifest.read_file(lines))
    at = next(number for number, row in enumerate(rows) if row.verdict is Verdict.KEEP)
    size, digest = len(data), sources.checksum(data)
    rows[at] = rows[at]._replace(size_bytes=size, sha256=digest, output_size_bytes=size, output_sha256=digest)
    with lines.open("wb") as out:
        manifest.write(rows, out)
    (source.root / "data" / rows[at].path).write_bytes(data)
    with pytest.raises(NotVerifiedError, match=r"manifest\.lines is not the one that was signed"):
        imported(source, tmp_path)
    # Who gives no root is told that nobody looked.
    unchecked = Source(source.root, workers=1)
    assert imported(unchecked, tmp_path) == len(proofs.IMAGES)


def test_a_trust_root_is_for_exports_alone(tmp_path: Path) -> None:
    (tmp_path / "n1").mkdir()
    (tmp_path / "n1/a.jpg").write_bytes(sources.picture(1))
    source = Source(tmp_path, workers=1, trust=TrustedBy(b"", proofs.NOW))
    with pytest.raises(InvalidInputError, match="A trust root is for the signature of an export"):
        reading.read(source, LayoutName.AUTO, tmp_path / "manifest.parquet")


def test_a_trust_root_or_a_signature_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    source = signed(tmp_path / "a")
    (source.root / "datasheet.dsse.json").write_text('{"payload": "')
    with pytest.raises(InvalidInputError, match=r"The signature of .* cannot be checked: The text is not JSON"):
        imported(source, tmp_path)
    (source.root / "datasheet.dsse.json").unlink()
    with pytest.raises(InvalidInputError, match=r"cannot be checked: datasheet\.dsse\.json is missing"):
        imported(source, tmp_path)
    for given in (b"", b"[" * 100_000, b"{}"):
        source.trust = TrustedBy(given, proofs.NOW)
        with pytest.raises(InvalidInputError, match="The trust root that was given is none: "):
            imported(source, tmp_path)


def test_lines_that_are_no_text_are_named_by_their_number(tmp_path: Path) -> None:
    root = export(tmp_path)
    with (root / "manifest.lines").open("ab") as lines:
        lines.write(b"\xff\n")
    with pytest.raises(InvalidInputError, match=r"Line 5 of the manifest: it is no UTF-8 text\."):
        sources.read(root)
