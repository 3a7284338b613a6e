from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.catalogue import manifests
from registry.catalogue.pdq import index
from registry.catalogue.pdq.index import Index, Near
from registry.errors import InvalidInputError, UnavailableError
from tests.factories import trees

RNG = np.random.default_rng(0)
HASHES = [RNG.bytes(32).hex() for _ in range(40)]


def made(folder: Path, hashes: Sequence[str | None]) -> Index:
    """The index of a manifest with these hashes."""
    entries = [replace(trees.entry(f"n1/{number:05d}.JPEG"), pdq=digits) for number, digits in enumerate(hashes)]
    manifests.write_source(entries, folder / "manifest", ("pdq",))
    return index.opened(folder / "manifest", "0" * 64, folder / "indexes")


def flipped(digits: str, bits: list[int]) -> str:
    """The hash with these bits turned."""
    number = int(digits, 16)
    for bit in bits:
        number ^= 1 << bit
    return f"{number:064x}"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """An index of hashes that have nothing to do with one another."""
    return made(tmp_path_factory.mktemp("pdq"), [None, *HASHES])


@given(st.sampled_from(range(len(HASHES))), st.lists(st.integers(0, 255), max_size=40, unique=True))
def test_a_hash_is_found_exactly_where_at_most_31_bits_differ(shared: Index, at: int, bits: list[int]) -> None:
    found = shared.near(flipped(HASHES[at], bits))
    assert (Near(at + 1, len(bits)) in found) is (len(bits) <= 31)


def test_every_near_one_is_found_the_nearest_first(tmp_path: Path) -> None:
    first = HASHES[0]
    opened = made(tmp_path, [flipped(first, list(range(31))), None, first, HASHES[1], flipped(first, [7])])
    assert opened.near(first) == [Near(2, 0), Near(4, 1), Near(0, 31)]
    assert opened.near(first, 1) == [Near(2, 0), Near(4, 1)]
    assert list(opened.pairs(1)) == [(2, 4, 1)]


def test_an_index_is_made_once_and_kept(tmp_path: Path) -> None:
    made(tmp_path, HASHES[:3])
    again = index.opened(tmp_path / "gone", "0" * 64, tmp_path / "indexes")
    assert again.near(HASHES[2]) == [Near(2, 0)]
    assert [it.name for it in (tmp_path / "indexes").iterdir()] == [f"pdq-{'0' * 64}"]


def test_a_manifest_of_which_no_picture_has_a_hash_finds_nothing(tmp_path: Path) -> None:
    assert made(tmp_path, [None, None]).near(HASHES[0]) == []


def test_a_manifest_without_hashes_says_how_to_get_them(tmp_path: Path) -> None:
    manifests.write_source([trees.entry("n1/a.JPEG")], tmp_path / "manifest")
    with pytest.raises(InvalidInputError, match="--pdq"):
        index.opened(tmp_path / "manifest", "0" * 64, tmp_path / "indexes")


def test_a_place_that_cannot_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "indexes").touch()
    with pytest.raises(UnavailableError, match="the index"):
        made(tmp_path, HASHES[:1])


@pytest.mark.parametrize("digits", ["", "zz", "0" * 63, "0" * 66])
def test_what_is_no_hash_is_refused(shared: Index, digits: str) -> None:
    with pytest.raises(InvalidInputError, match="64 hexadecimal digits"):
        shared.near(digits)


@pytest.mark.parametrize("distance", [-1, 32])
def test_a_distance_that_would_not_be_exact_is_refused(shared: Index, distance: int) -> None:
    with pytest.raises(InvalidInputError, match="up to 31 bits"):
        shared.near(HASHES[0], distance)
