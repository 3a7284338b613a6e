from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import NotVerifiedError
from registry.proof import inclusion, merkle

LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(70)]


def subtree(start: int, end: int) -> bytes:
    return merkle.root_of(LEAVES[start:end])


def path_of_rfc(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 §2.1.1, as it is written there."""
    if len(leaves) == 1:
        return []
    split = inclusion.split(len(leaves))
    if index < split:
        return [*path_of_rfc(index, leaves[:split]), merkle.root_of(leaves[split:])]
    return [*path_of_rfc(index - split, leaves[split:]), merkle.root_of(leaves[:split])]


def subproof_of_rfc(old: int, leaves: list[bytes], *, is_whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 §2.1.2, as it is written there."""
    if old == len(leaves):
        return [] if is_whole else [merkle.root_of(leaves)]
    split = inclusion.split(len(leaves))
    if old <= split:
        return [*subproof_of_rfc(old, leaves[:split], is_whole=is_whole), merkle.root_of(leaves[split:])]
    return [*subproof_of_rfc(old - split, leaves[split:], is_whole=False), merkle.root_of(leaves[:split])]


SIZES = st.integers(1, len(LEAVES))


@given(SIZES, st.data())
def test_a_path_is_that_of_rfc_6962_and_leads_to_the_root(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = inclusion.inclusion_path(index, size, subtree)
    assert path == path_of_rfc(index, LEAVES[:size])
    inclusion.check_inclusion(LEAVES[index], index, size, subtree(0, size), path)


@given(SIZES, st.data())
def test_a_growth_is_proved_by_the_path_of_rfc_6962(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    path = inclusion.consistency_path(old, new, subtree)
    assert path == subproof_of_rfc(old, LEAVES[:new], is_whole=True)
    inclusion.check_consistency(old, subtree(0, old), new, subtree(0, new), path)


@given(SIZES, st.data())
def test_no_other_leaf_index_root_or_path_is_accepted(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    root, path = subtree(0, size), inclusion.inclusion_path(index, size, subtree)
    wrong_index = data.draw(st.integers(-1, size).filter(lambda other: other != index))
    bad: list[tuple[bytes, int, bytes, list[bytes]]] = [
        (merkle.EMPTY_ROOT, index, root, path),
        (LEAVES[index], wrong_index, root, path),
        (LEAVES[index], index, merkle.EMPTY_ROOT, path),
        (LEAVES[index], index, root, [*path, root]),
        (LEAVES[index], index, root, [merkle.EMPTY_ROOT, *path[1:]]),
    ]
    if path:
        bad.append((LEAVES[index], index, root, path[:-1]))
    for leaf, number, top, hashes in bad:
        with pytest.raises(NotVerifiedError):
            inclusion.check_inclusion(leaf, number, size, top, hashes)


@given(SIZES, st.data())
def test_no_other_growth_is_accepted(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    old_root, new_root = subtree(0, old), subtree(0, new)
    path = inclusion.consistency_path(old, new, subtree)
    forged = sha256(b"forged").digest()
    bad = [
        (old, forged, new, new_root, path),
        (old, old_root, new, forged, path),
        (old, old_root, new, new_root, [*path, forged]),
        (old, old_root, old - 1, new_root, path),
    ]
    if path:
        bad += [(old, old_root, new, new_root, path[:-1]), (old, old_root, new, new_root, [forged, *path[1:]])]
    for arguments in bad:
        with pytest.raises(NotVerifiedError):
            inclusion.check_consistency(*arguments)


def test_every_tree_grows_from_the_empty_one() -> None:
    assert inclusion.consistency_path(0, 5, subtree) == []
    inclusion.check_consistency(0, merkle.EMPTY_ROOT, 5, subtree(0, 5), [])
    with pytest.raises(NotVerifiedError):
        inclusion.check_consistency(0, subtree(0, 1), 5, subtree(0, 5), [])


def test_a_path_that_is_empty_proves_no_growth() -> None:
    with pytest.raises(NotVerifiedError, match="too short"):
        inclusion.check_consistency(3, subtree(0, 3), 5, subtree(0, 5), [])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_a_leaf_that_is_not_there_has_no_path(index: int, size: int) -> None:
    with pytest.raises(NotVerifiedError):
        inclusion.inclusion_path(index, size, subtree)


@pytest.mark.parametrize(("old", "new"), [(6, 5), (-1, 5)])
def test_a_tree_does_not_shrink(old: int, new: int) -> None:
    with pytest.raises(NotVerifiedError):
        inclusion.consistency_path(old, new, subtree)
    with pytest.raises(NotVerifiedError):
        inclusion.check_consistency(old, merkle.EMPTY_ROOT, new, merkle.EMPTY_ROOT, [])
