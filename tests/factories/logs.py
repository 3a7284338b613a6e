"""A public log in memory, made by the real code: entries, tiles, signed checkpoints and proofs."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.proof import inclusion, merkle, note, sign, tiles
from registry.proof.checkpoint import Checkpoint
from registry.proof.logproof import LogProof
from registry.proof.sign import FileSigner, Signer
from registry.proof.tiles import TiledTree

ORIGIN = "registry.example/log"


class Log:
    """A log that only grows."""

    def __init__(self, signer: Signer | None = None, origin: str = ORIGIN) -> None:
        self.signer: Signer = signer or FileSigner(Ed25519PrivateKey.generate())
        self.origin = origin
        self.files: dict[str, bytes] = {}
        self.entries: list[bytes] = []

    def append(self, entries: list[bytes]) -> int:
        """Append; returns the index of the first."""
        before = len(self.entries)
        leaves = [merkle.leaf_hash(each) for each in entries]
        self.files |= tiles.grown(before, leaves, self.files.__getitem__)
        self.files |= tiles.bundled(before, entries, self.files.__getitem__)
        self.entries += entries
        return before

    def tree(self) -> TiledTree:
        """The tree as it stands."""
        return TiledTree(len(self.entries), self.files.__getitem__)

    def checkpoint(self) -> bytes:
        """The signed tree head."""
        return sign.checkpoint([self.signer], Checkpoint(self.origin, len(self.entries), self.tree().root()))

    def proof(self, index: int) -> LogProof:
        """The proof of one entry in the log as it stands."""
        path = inclusion.inclusion_path(index, len(self.entries), self.tree().subtree)
        return LogProof(self.entries[index], index, tuple(path), note.parse(self.checkpoint()))

    def write(self, folder: Path) -> None:
        """The log's files, as a mirror has them."""
        for name, data in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
