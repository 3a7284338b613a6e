from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.proof import merkle


def mth(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, as it is written there."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + mth(leaves[:split]) + mth(leaves[split:])).digest()


def numbered(count: int) -> list[bytes]:
    return [str(number).encode() for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 7, 8, 1023, 1024, 1025, 3000, 5121])
def test_the_streamed_root_is_that_of_rfc_6962(count: int) -> None:
    leaves = numbered(count)
    tree = merkle.Tree()
    tree.extend(map(merkle.leaf_hash, leaves))
    assert tree.root() == mth(leaves) == merkle.root_of([merkle.leaf_hash(leaf) for leaf in leaves])
    assert tree.size == count


@given(st.lists(st.integers(0, 700), max_size=12))
def test_the_root_does_not_depend_on_batching(sizes: list[int]) -> None:
    leaves = [merkle.leaf_hash(leaf) for leaf in numbered(sum(sizes))]
    tree, rest = merkle.Tree(), iter(leaves)
    for size in sizes:
        tree.extend([next(rest) for _ in range(size)])
    assert tree.root() == merkle.root_of(leaves)


def test_appending_one_by_one_is_the_same_and_a_root_may_be_asked_for_at_any_time() -> None:
    tree = merkle.Tree()
    leaves = [merkle.leaf_hash(leaf) for leaf in numbered(20)]
    for count, leaf in enumerate(leaves, start=1):
        tree.append(leaf)
        assert tree.root() == merkle.root_of(leaves[:count])


def test_the_published_vectors_of_certificate_transparency_hold() -> None:
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    root = merkle.root_of([merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in leaves])
    assert root.hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
