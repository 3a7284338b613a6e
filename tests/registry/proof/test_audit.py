from pathlib import Path

import pytest

from registry.errors import InvalidInputError
from registry.proof.audit import Audit, Skipped
from tests.factories import proofs


def audit(folder: Path) -> Audit:
    return Audit(folder, folder / "data", None, proofs.NOW)


def test_a_small_file_is_read_within_its_limit(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"12345")
    assert audit(tmp_path).document("a.json", 5) == b"12345"
    with pytest.raises(InvalidInputError, match=r"a\.json is larger than 4 bytes"):
        audit(tmp_path).document("a.json", 4)


def test_links_folders_and_missing_files_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "folder").mkdir()
    assert audit(tmp_path).has("real")
    for name in ("link", "folder", "none"):
        assert not audit(tmp_path).has(name)
        with pytest.raises(InvalidInputError, match="is missing"):
            audit(tmp_path).document(name)


@pytest.mark.parametrize("name", ["signed", "datasheet", "signatures", "root", "account"])
def test_what_no_step_has_established_is_not_used(tmp_path: Path, name: str) -> None:
    with pytest.raises(Skipped):
        getattr(audit(tmp_path), name)
