from pathlib import Path

from registry.catalogue.layout_names import LayoutName
from registry.proof import manifest
from registry.proof.manifest import Row, Verdict
from tests.factories import sources

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
