from pathlib import Path

import pytest

from cli import documents
from registry.errors import InvalidInputError, NotFoundError


def test_a_file_is_read_before_what_comes_with_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert documents.read("faces", {"faces": b"shipped"}, "policy") == b"shipped"
    (tmp_path / "faces").write_bytes(b"mine")
    assert documents.read("faces", {"faces": b"shipped"}, "policy") == b"mine"


def test_what_is_neither_says_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no shipped policy of that name \(faces, people\)"):
        documents.read(str(tmp_path / "none"), {"faces": b"", "people": b""}, "policy")


def test_what_is_far_too_large_or_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(documents.BYTES_MAX + 1))
    with pytest.raises(InvalidInputError, match="larger than a procedure can be"):
        documents.read(str(tmp_path / "large"), {}, "procedure")
    with pytest.raises(InvalidInputError, match="cannot be read"):
        documents.read(str(tmp_path), {}, "procedure")
