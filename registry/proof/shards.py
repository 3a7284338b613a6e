"""Are the images in these archives exactly the released ones? For copies that nobody wants to unpack.

An archive's members come in any order, so the rows wait in a private temporary database on disk. A member stands for
the row of its own name, or of its name below the archive's (ILSVRC-2012's `n01440764.tar`). A WebDataset's other files
of the same key (`.cls`, `.json`) are neither images nor extra.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path

from registry.proof import archives, manifest
from registry.proof.archives import Member
from registry.proof.digests import Hashed
from registry.proof.images import Comparison
from registry.proof.manifest import Row, Verdict
from registry.proof.report import Kind
from registry.proof.sampling import One, Sample
from registry.proof.tree import Kind as EntryKind

CACHE_KIB = 8 * 1024

_SCHEMA = """
CREATE TABLE row (
    path TEXT PRIMARY KEY, verdict TEXT NOT NULL, reasons TEXT NOT NULL, size INTEGER, sha256 TEXT,
    is_wanted INTEGER NOT NULL, is_seen INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID
"""


def run(comparison: Comparison, rows: Iterable[Row], found: list[Path]) -> None:
    """Compare every row with its member in one of the archives, and every member with its row."""
    with closing(sqlite3.connect("")) as database:
        waiting = _Waiting(database, comparison)
        waiting.add(rows)
        for archive in found:
            for _, group in groupby(archives.members(archive, waiting.is_wanted), key=_key):
                waiting.judge(list(group))
        waiting.note_missing()
    comparison.finish()


def _key(member: Member) -> tuple[str, str]:
    """What a WebDataset calls a sample: the name up to the first dot of its last part."""
    folder, slash, name = member.name.rpartition("/")
    return member.stem, folder + slash + name.partition(".")[0]


class _Waiting:
    """The rows that no member has stood for yet."""

    def __init__(self, database: sqlite3.Connection, comparison: Comparison) -> None:
        self._database, self._comparison = database, comparison
        database.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        database.execute("PRAGMA journal_mode = OFF")
        database.execute(_SCHEMA)

    def add(self, rows: Iterable[Row]) -> None:
        for batch in manifest.batches(self._numbered(rows)):
            self._database.executemany(
                "INSERT INTO row (path, verdict, reasons, size, sha256, is_wanted) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (
                        row.path,
                        row.verdict.value,
                        ", ".join(row.reasons),
                        row.output_size_bytes,
                        row.output_sha256,
                        wanted,
                    )
                    for row, wanted in batch
                ],
            )

    def is_wanted(self, stem: str, name: str) -> bool:
        """Whether to hash a member: that of a wanted row, and one that has no row."""
        row = self._row(stem, name)
        return not isinstance(self._comparison.scope, One) if row is None else bool(row[5])

    def judge(self, group: list[Member]) -> None:
        """Judge the members of one key: an image, and whatever lies beside it."""
        strangers = [member for member in group if not self._is_row(member)]
        if len(strangers) == len(group) and not isinstance(self._comparison.scope, One):
            for member in strangers:
                path = f"{member.stem}{archives.SUFFIX}/{member.name}"
                self._comparison.note_extra(path, member.hashed or Hashed("", 0))

    def note_missing(self) -> None:
        unseen = "SELECT path, sha256 FROM row WHERE sha256 IS NOT NULL AND NOT is_seen ORDER BY path"
        if isinstance(self._comparison.scope, One):
            unseen = unseen.replace("ORDER BY", "AND is_wanted ORDER BY")
        for path, sha256 in self._database.execute(unseen):
            self._comparison.note_missing(path, sha256)

    def _numbered(self, rows: Iterable[Row]) -> Iterator[tuple[Row, bool]]:
        scope, number = self._comparison.scope, -1
        for row in rows:
            number += row.output_sha256 is not None
            wanted = row.output_sha256 is not None and (not isinstance(scope, Sample) or number in scope.numbers)
            if isinstance(scope, One):
                wanted = row.path == scope.path
                self._comparison.seen = row if wanted else self._comparison.seen
            yield row, wanted

    def _is_row(self, member: Member) -> bool:
        """Whether the member stands for a row; if so, it is judged."""
        row = self._row(member.stem, member.name)
        if row is None:
            return False
        path, verdict, reasons, size, sha256, is_wanted, is_seen = row
        findings = self._comparison.findings
        if is_seen:
            findings.add(Kind.EXTRA, path, "stands in the archives twice")
        elif member.kind is not EntryKind.FILE:
            findings.add(Kind.LINK, path, "is a link or a special file in the archive")
        elif verdict == Verdict.EXCLUDE:
            findings.add(Kind.EXCLUDED, path, f"is here though it was excluded: {reasons}")
        elif is_wanted:
            self._comparison.judge(path, sha256, size, member.hashed or Hashed("", 0, problem="not read"))
        self._database.execute("UPDATE row SET is_seen = 1 WHERE path = ?", (path,))
        return True

    def _row(self, stem: str, name: str) -> tuple[str, str, str, int | None, str | None, int, int] | None:
        query = "SELECT path, verdict, reasons, size, sha256, is_wanted, is_seen FROM row WHERE path IN (?, ?)"
        found: tuple[str, str, str, int | None, str | None, int, int] | None
        found = self._database.execute(query, (name, f"{stem}/{name}")).fetchone()
        return found
