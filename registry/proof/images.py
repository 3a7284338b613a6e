"""Are the images in this folder exactly the released ones? Merges the manifest's rows with a walk of the folder.

Both come in path order, so neither is held in memory; files are hashed many at a time on the way.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from registry.proof import digests, tree
from registry.proof.digests import Hashed, Item
from registry.proof.manifest import Row
from registry.proof.report import MAX_FINDINGS, Findings, Kind
from registry.proof.sampling import Everything, One, Sample, Scope
from registry.proof.tree import Found

MAX_EXTRA_BYTES = 1 << 30  # of a file that no row knows; larger ones are no renamed images, and are not read


class Comparison:
    """One comparison of a manifest with a folder; use once.

    Attributes:
        scope: which images are hashed. Names are compared for all of them, unless one image alone was asked for.
        findings: what differs.
        images, size_bytes: how many files were hashed and right, and their bytes.
        seen: the row of the one image that was asked for, once it came by.
    """

    def __init__(self, scope: Scope | None = None) -> None:
        self.scope: Scope = scope or Everything()
        self.seen: Row | None = None
        self._released = -1
        self._folder: Path | None = None
        self.findings = Findings()
        self.images = 0
        self.size_bytes = 0
        self._extra: list[tuple[str, str]] = []  # path, sha256
        self._missing: dict[str, list[str]] = {}  # sha256 -> paths, to recognise renamed files

    def run(self, rows: Iterable[Row], folder: Path, *, readers: int | None = None) -> None:
        """Compare every row with the file at its path below the folder, and every file with its row."""
        self._folder = folder
        if isinstance(self.scope, One):
            self._run_one(rows, folder, self.scope.path)
            return
        for (row, found), hashed in digests.hash_files(
            self._files(rows, folder), readers=readers, max_bytes=MAX_EXTRA_BYTES
        ):
            if row is not None:
                self.judge(row.path, row.output_sha256, row.output_size_bytes, hashed)
            else:
                self.note_extra(found.path, hashed)
        self.finish()

    def judge(self, path: str, sha256: str | None, size_bytes: int | None, hashed: Hashed) -> None:
        """Compare what was read with what was released at a path."""
        if hashed.problem is not None:
            self.findings.add(Kind.UNREADABLE, path, f"cannot be checked: {hashed.problem}")
        elif (hashed.sha256, hashed.size_bytes) == (sha256, size_bytes):
            self.images += 1
            self.size_bytes += hashed.size_bytes
        elif hashed.size_bytes != size_bytes:
            self.findings.add(Kind.ALTERED, path, f"was altered: {hashed.size_bytes:,} bytes instead of {size_bytes:,}")
        else:
            self.findings.add(Kind.ALTERED, path, f"was altered: its SHA-256 is {hashed.sha256}")

    def note_missing(self, path: str, sha256: str) -> None:
        """Note a released image that is not here; it may still turn up under another name."""
        if len(self._missing) < MAX_FINDINGS:
            self._missing.setdefault(sha256, []).append(path)
        else:
            self.findings.add(Kind.MISSING, path, "is missing")

    def note_extra(self, path: str, hashed: Hashed) -> None:
        """Note a file that has no row; it may turn out to be a missing one, renamed."""
        if len(self._extra) < MAX_FINDINGS:
            self._extra.append((path, hashed.sha256))
        else:
            self.findings.add(Kind.EXTRA, path, "is not in the release")

    def finish(self) -> None:
        """Tell renamed files from added and missing ones, after everything was seen."""
        for path, sha256 in self._extra:
            renamed = self._missing.get(sha256)
            if renamed:
                self.findings.add(Kind.RENAMED, path, f"was renamed from {renamed.pop(0)}")
            else:
                self.findings.add(Kind.EXTRA, path, "is not in the release")
        for sha256, paths in self._missing.items():
            for path in paths:
                self.findings.add(Kind.MISSING, path, self._what_is_missing(path, sha256))

    def _what_is_missing(self, path: str, sha256: str) -> str:
        # A file that answers to a name that its folder does not list goes by another name there.
        if self._folder is not None and tree.entry(self._folder, path) is not None:
            return "is missing; another name stands for it: this file system does not tell case or Unicode forms apart"
        return f"is missing; its SHA-256 is {sha256}"

    def _run_one(self, rows: Iterable[Row], folder: Path, path: str) -> None:
        """Read every row, because all of them make the root, and the file of one."""
        for row in rows:
            if row.path == path:
                self.seen = row
        if self.seen is None:
            return
        row, found = self.seen, tree.entry(folder, path)
        if found is not None and self._is_expected(row, found):
            self.judge(
                path, row.output_sha256, row.output_size_bytes, digests.hash_file(found.name, row.output_size_bytes)
            )
        elif found is None and row.output_sha256 is not None:
            self.note_missing(path, row.output_sha256)
        self.finish()

    def _files(self, rows: Iterable[Row], folder: Path) -> Iterator[Item[tuple[Row | None, Found]]]:
        """The files to hash, each with its row if it has one; what needs no hashing is noted on the way."""
        released, present = self._counted(rows), tree.walk(folder)
        row, found = next(released, None), next(present, None)
        while row is not None or found is not None:
            if found is None or (row is not None and row.path < found.path):
                assert row is not None  # noqa: S101 - the loop ends when both are None
                if row.output_sha256 is not None:
                    self.note_missing(row.path, row.output_sha256)
                row = next(released, None)
                continue
            matched = row if row is not None and row.path == found.path else None
            if self._is_expected(matched, found) and self._is_wanted(matched):
                yield (matched, found), found.name, matched and matched.output_size_bytes
            if matched is not None:
                row = next(released, None)
            found = next(present, None)

    def _counted(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows, counting the released ones as they come by."""
        for row in rows:
            if row.output_sha256 is not None:
                self._released += 1
            yield row

    def _is_wanted(self, row: Row | None) -> bool:
        """Whether to hash the file of the row that came by last; an extra file is always wanted."""
        return row is None or not isinstance(self.scope, Sample) or self._released in self.scope.numbers

    def _is_expected(self, row: Row | None, found: Found) -> bool:
        """Whether the entry is a file worth hashing; everything else is noted."""
        if found.kind is tree.Kind.LINK:
            self.findings.add(Kind.LINK, found.path, "is a symbolic link, which is not followed")
        elif found.kind is tree.Kind.OTHER:
            self.findings.add(Kind.UNREADABLE, found.path, "is no regular file, or a folder that cannot be read")
        elif row is not None and row.output_sha256 is None:
            self.findings.add(Kind.EXCLUDED, found.path, f"is here though it was excluded: {', '.join(row.reasons)}")
        else:
            return True
        return False
