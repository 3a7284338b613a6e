"""What is the one hash of a long list?

The tree of RFC 6962 §2.1; proofs about it are in `registry.proof.inclusion`.
`Tree` streams: it keeps one hash per level, whatever the number of leaves.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32
CHUNK = 1024  # leaves that are reduced together; a power of two


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A Merkle tree that only grows and forgets its leaves.

    Law: `Tree` over any leaves has the root of RFC 6962's MTH over the same leaves, in any batching.
    """

    def __init__(self) -> None:
        self.size = 0
        self._pending: list[bytes] = []
        self._stack: list[tuple[int, bytes]] = []  # (leaves below, root), left to right, sizes falling

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Append leaves, given as their leaf hashes of 32 bytes."""
        pending = self._pending
        before = len(pending)
        pending.extend(leaf_hashes)
        self.size += len(pending) - before
        while len(pending) >= CHUNK:
            self._push(CHUNK, _perfect_root(pending[:CHUNK]))
            del pending[:CHUNK]

    def append(self, leaf: bytes) -> None:
        """Append one leaf hash."""
        self.extend((leaf,))

    def root(self) -> bytes:
        """The root over all leaves so far, 32 bytes; the hash of nothing for the empty tree."""
        parts = [subtree for _, subtree in self._stack]
        if self._pending:
            parts.append(root_of(self._pending))
        if not parts:
            return EMPTY_ROOT
        whole = parts.pop()
        while parts:
            whole = node_hash(parts.pop(), whole)
        return whole

    def _push(self, leaves: int, subtree: bytes) -> None:
        while self._stack and self._stack[-1][0] == leaves:
            _, left = self._stack.pop()
            subtree = node_hash(left, subtree)
            leaves *= 2
        self._stack.append((leaves, subtree))


def _perfect_root(level: list[bytes]) -> bytes:
    """The root over a power of two of leaf hashes, level by level: the inner loop of everything here."""
    while len(level) > 1:
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root over a list of leaf hashes that fits in memory.

    Pairing neighbours and carrying an odd last node up gives RFC 6962's tree, whose left side is always the
    largest power of two.
    """
    level = list(leaf_hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        odd = [level.pop()] if len(level) % 2 else []
        level = [node_hash(*pair) for pair in zip(level[::2], level[1::2], strict=True)] + odd
    return level[0]
