from hashlib import sha256, sha512
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("name", ["SHA256SUM", "sha256sums.txt", "SHA512SUMS"])
def test_a_list_is_known_by_its_usual_names_and_its_checksums_by_their_length(tmp_path: Path, name: str) -> None:
    paths = trees.plain(tmp_path)
    kind = sha512 if "512" in name else sha256
    lines = [f"{kind((tmp_path / path).read_bytes()).hexdigest()}  {path}\n" for path in paths]
    (tmp_path / name).write_text("".join(lines))
    (tmp_path / paths[0]).write_bytes(sources.picture(9))
    found = sources.read(tmp_path)
    assert (found.layout, len(found.entries)) == (LayoutName.CHECKSUMS, len(paths) - 1)
    assert found.refused == [(name, f"line 1, {paths[0]}", "is not what the list says")]
