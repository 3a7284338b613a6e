import re
from pathlib import Path

import pytest

from registry.catalogue.layers import pseudonyms
from registry.errors import UnavailableError


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    key = pseudonyms.key_of(tmp_path)
    assert len(key) == pseudonyms.KEY_BYTES
    assert pseudonyms.key_of(tmp_path) == key
    assert (tmp_path / pseudonyms.FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_two_homes_have_two_keys(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert pseudonyms.key_of(tmp_path) != pseudonyms.key_of(tmp_path / "other")


def test_a_home_that_is_not_there_has_no_key(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        pseudonyms.key_of(tmp_path / "nowhere")


def test_a_worker_has_one_pseudonym_under_one_key_and_none_that_tells_the_name() -> None:
    found = pseudonyms.of(b"k" * 32, "A1B2C3")
    assert found == pseudonyms.of(b"k" * 32, "A1B2C3")
    assert re.fullmatch(r"[0-9a-f]{32}", found)
    assert len({found, pseudonyms.of(b"k" * 32, "A1B2C4"), pseudonyms.of(b"l" * 32, "A1B2C3")}) == 3
