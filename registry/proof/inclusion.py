"""What proves that a leaf is in a tree, and that a tree only grew? Paths of RFC 6962 §2.1.1 and §2.1.2.

Making a path needs the hashes of ranges of leaves, from wherever they are kept; checking one (RFC 9162 §2.1.3.2 and
§2.1.4.2) needs nothing but the path. A path of the wrong length is refused, not merely unequal.
"""

from collections.abc import Callable, Sequence

from registry.errors import NotVerifiedError
from registry.proof.merkle import EMPTY_ROOT, node_hash

MAX_SIZE = 2**63 - 1

Range = Callable[[int, int], bytes]


def split(size: int) -> int:
    """The largest power of two below `size`, which is 2 at least."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_path(index: int, size: int, subtree: Range) -> list[bytes]:
    """The hashes from the leaf's sibling up to the root's child.

    Args:
        index: the leaf's number, from 0.
        size: how many leaves the tree has.
        subtree: gives the root over the leaves `[start, end)`.

    Raises:
        NotVerifiedError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise NotVerifiedError(f"A tree of {size} leaves has no leaf {index}.")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start = middle
    return path[::-1]


def consistency_path(old_size: int, new_size: int, subtree: Range) -> list[bytes]:
    """The hashes that show that the tree of `old_size` leaves is the beginning of that of `new_size`.

    Empty for an old tree that is empty or the same.

    Raises:
        NotVerifiedError: the old tree is the larger one.
    """
    if not 0 <= old_size <= new_size:
        raise NotVerifiedError(f"A tree of {old_size} leaves is no beginning of one of {new_size}.")
    path: list[bytes] = []
    start, end, is_whole = 0, new_size, True
    while 0 < old_size - start < end - start:
        middle = start + split(end - start)
        if old_size <= middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start, is_whole = middle, False
    if not is_whole:
        path.append(subtree(start, end))
    return path[::-1]


def check_inclusion(leaf: bytes, index: int, size: int, root: bytes, path: Sequence[bytes]) -> None:
    """Refuse a path that does not lead from this leaf hash to this root.

    Raises:
        NotVerifiedError: it does not.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise NotVerifiedError(f"A tree of {size} leaves has no leaf {index}.")
    number, last, reached = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise NotVerifiedError("The inclusion path is too long.")
        if number % 2 or number == last:
            reached = node_hash(sibling, reached)
            number, last = _climbed(number, last)
        else:
            reached = node_hash(reached, sibling)
        number, last = number >> 1, last >> 1
    if last != 0 or reached != root:
        raise NotVerifiedError("The inclusion path does not lead to the root.")


def check_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """Refuse a path that does not show that the old tree is the beginning of the new one.

    Raises:
        NotVerifiedError: it does not.
    """
    if not 0 <= old_size <= new_size <= MAX_SIZE:
        raise NotVerifiedError(f"A tree of {old_size} leaves is no beginning of one of {new_size}.")
    if old_size in (0, new_size):
        expected = EMPTY_ROOT if old_size == 0 else new_root
        if path or old_root != expected:
            raise NotVerifiedError("The trees do not agree.")
        return
    hashes = list(path)
    if old_size & (old_size - 1) == 0:  # a power of two is a node of the new tree: its hash is known
        hashes.insert(0, old_root)
    if not hashes:
        raise NotVerifiedError("The consistency path is too short.")
    old, new = _replayed(old_size, new_size, hashes)
    if (old, new) != (old_root, new_root):
        raise NotVerifiedError("The consistency path does not lead to both roots.")


def _replayed(old_size: int, new_size: int, hashes: list[bytes]) -> tuple[bytes, bytes]:
    """The two roots that the path leads to."""
    number, last = old_size - 1, new_size - 1
    while number % 2:
        number, last = number >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise NotVerifiedError("The consistency path is too long.")
        if number % 2 or number == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            number, last = _climbed(number, last)
        else:
            new = node_hash(new, sibling)
        number, last = number >> 1, last >> 1
    if last != 0:
        raise NotVerifiedError("The consistency path is too short.")
    return old, new


def _climbed(number: int, last: int) -> tuple[int, int]:
    """Past the levels at which the node has no sibling on its right."""
    while number % 2 == 0 and number:
        number, last = number >> 1, last >> 1
    return number, last
