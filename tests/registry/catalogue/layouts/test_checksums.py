from pathlib import Path

from registry.catalogue.layout_names import LayoutName
from tests.factories import sources, trees


def test_every_file_is_compared_with_the_list_while_it_is_imported(tmp_path: Path) -> None:
    paths = trees.plain(tmp_path)
    lines = [f"{sources.checksum((tmp_path / path).read_bytes())}  {path}\n" for path in paths]
    (tmp_path / "SHA256SUMS").write_text("".join(lines))
    (tmp_path / paths[1]).write_bytes(b"\xff\xd8\xff other bytes")
    (tmp_path / paths[2]).unlink()
    found = sources.read(tmp_path)
    assert found.layout is LayoutName.CHECKSUMS
    assert list(found.labels) == [paths[0], *paths[3:]]
    assert sorted(found.refused) == [
        ("SHA256SUMS", f"line 2, {paths[1]}", "is not what the list says"),
        ("SHA256SUMS", f"line 3, {paths[2]}", "there is no such file"),
    ]
    assert "SHA256SUMS names 6 files" in found.said
    assert set(found.labels.values()) == set(trees.CLASSES)
