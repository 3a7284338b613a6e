"""Does a public log hold together, and what is new in it? For mirrors, monitors and whoever wants to look at all of it.

Everything is read from a copy or a server that nobody trusts: an entry counts once its hash leads to a signed root.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, Protocol

from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import checkpoint, inclusion, logproof, merkle, note, tiles
from registry.proof.checkpoint import Checkpoint
from registry.proof.logproof import LogEntry, LogProof
from registry.proof.note import Note, NoteKey
from registry.proof.tiles import TiledTree
from registry.proof.trust import Purpose, Trust

OTHER = "The log does not hold together: its entries do not lead to the tree head that was signed."


class Source(Protocol):
    """Where a log's files can be read."""

    def checkpoint(self) -> bytes | None:
        """The newest tree head; None where there is none."""

    def read(self, name: str) -> bytes:
        """A tile or entry bundle."""

    def tree(self, size: int) -> TiledTree:
        """The tree of the first `size` leaves."""


class Witnesses(NamedTuple):
    """Whose cosignatures are looked for, and how many of them a tree head needs."""

    keys: tuple[NoteKey, ...] = ()
    needed: int = 0

    def check(self, signed: Note) -> str:
        """Who cosigned, in words; nothing where nobody is looked for.

        Raises:
            NotVerifiedError: too few did, or a cosignature is wrong.
        """
        here = [key for key in self.keys if signed.of(key)]
        for key in here:
            checkpoint.cosigned_at(signed, key)
        found = len({key.public for key in here})
        if found < self.needed:
            raise NotVerifiedError(f"{found} of the {self.needed} witnesses needed cosigned the tree head.")
        return f", cosigned by {', '.join(sorted({key.name for key in here}))}" if here else ""


class Head(NamedTuple):
    """A tree head that is believed: its facts, and the note that carries them."""

    facts: Checkpoint
    signed: Note


class News(NamedTuple):
    """An entry with its number."""

    number: int
    entry: LogEntry


def head(data: bytes, trust: Trust, witnesses: Witnesses) -> Head:
    """The tree head in an untrusted note.

    Raises:
        NotVerifiedError: too few of the root's keys for checkpoints, or of the witnesses, signed it.
        InvalidInputError: it is none.
    """
    signed = note.parse(data)
    facts = checkpoint.parse_text(signed.text)
    by = signed.signers(note.log_keys(facts.origin, trust.keys(Purpose.CHECKPOINTS).values()))
    needed = trust.threshold(Purpose.CHECKPOINTS)
    if len({key.public for key in by}) < needed:
        raise NotVerifiedError(f"{len(by)} of the {needed} signatures it needs are on the checkpoint.")
    witnesses.check(signed)
    return Head(facts, signed)


def check_whole(source: Source, facts: Checkpoint) -> Counter[str]:
    """How many entries of each kind the log has, once every entry and every tile was checked; in flat memory.

    Raises:
        NotVerifiedError: the entries are not those of the tree head, or a tile is not that of its entries.
    """
    kinds: Counter[str] = Counter()
    edge: dict[int | str, tuple[str, bytes]] = {}  # the last tile of each level, which the next entries go on with
    for start in range(0, facts.size, tiles.WIDTH):
        entries = _bundle(source, start, min(tiles.WIDTH, facts.size - start))
        kinds.update(_entry(number, data).kind for number, data in enumerate(entries, start))
        last = dict(edge.values())
        for name, data in tiles.grown(start, [merkle.leaf_hash(each) for each in entries], last.__getitem__).items():
            found = tiles.tile_name(name)
            edge[found.level] = name, data
            if found.width == tiles.WIDTH:
                _expect(source, name, data)
    parts = {name: data for name, data in edge.values() if tiles.tile_name(name).width < tiles.WIDTH}
    for name, data in parts.items():
        _expect(source, name, data)
    if TiledTree(facts.size, parts.__getitem__).root() != facts.root:
        raise NotVerifiedError(OTHER)
    return kinds


def _bundle(source: Source, start: int, width: int) -> list[bytes]:
    """The entries of one bundle."""
    entries = tiles.entries_in(source.read(tiles.tile_path(tiles.ENTRIES, start // tiles.WIDTH, width)))
    if len(entries) != width:
        raise NotVerifiedError(OTHER)
    return entries


def _expect(source: Source, name: str, data: bytes) -> None:
    if source.read(name) != data:
        raise NotVerifiedError(f"The log's file {name} is not that of its entries.")


def news(source: Source, before: Checkpoint, now: Checkpoint) -> list[News]:
    """What was appended since a tree head that is remembered; the log only grew, and these are its entries.

    Raises:
        NotVerifiedError: it is another log, it shrank, or what stood in it was changed.
    """
    if before.origin != now.origin:
        raise NotVerifiedError(f"The tree head that was remembered is of another log, {before.origin}.")
    if now.size < before.size:
        raise NotVerifiedError(f"The log shrank from {before.size} to {now.size} entries.")
    read = cache(source.read)  # what was checked is what is used, also by a server that answers twice
    if TiledTree(before.size, read).root() != before.root:
        raise NotVerifiedError("The log has changed: it is not the one that was remembered.")
    entries = list(TiledTree(now.size, read).entries(before.size))
    grown = tiles.grown(before.size, [merkle.leaf_hash(data) for data in entries], read)
    if TiledTree(now.size, lambda name: grown.get(name) or read(name)).root() != now.root:
        raise NotVerifiedError(OTHER)
    return [News(number, _entry(number, data)) for number, data in enumerate(entries, before.size)]


def proof(source: Source, believed: Head, number: int) -> LogProof:
    """The proof that an entry stands in the log.

    Raises:
        NotVerifiedError: there is no such entry, or the log's files do not lead to the tree head.
    """
    facts = believed.facts
    tree = source.tree(facts.size)
    path = inclusion.inclusion_path(number, facts.size, tree.subtree)
    entry = next(tree.entries(number))
    inclusion.check_inclusion(merkle.leaf_hash(entry), number, facts.size, facts.root, path)
    return LogProof(entry, number, tuple(path), believed.signed)


def numbers(entries: Sequence[News], kind: str, label: str) -> list[int]:
    """The numbers of the entries of a kind with this label."""
    return [each.number for each in entries if (each.entry.kind, each.entry.label) == (kind, label)]


def _entry(number: int, data: bytes) -> LogEntry:
    try:
        return logproof.parse_entry(data)
    except InvalidInputError as problem:
        raise NotVerifiedError(f"Entry {number} of the log is none of a registry: {problem.sentence}") from problem
