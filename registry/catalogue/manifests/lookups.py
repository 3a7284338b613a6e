"""What does a manifest say about this page, this picture, this class?"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from registry.catalogue.entries import Defect, ReleaseEntry, SourceEntry
from registry.catalogue.manifests import columns, files, session
from registry.catalogue.manifests.session import opened
from registry.errors import InvalidInputError
from registry.proof.manifest import Verdict

MAX_PAGE_ROWS = 1000

_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class LabelCount:
    """A class and its number of entries; the label is null for entries without one."""

    label: str | None
    rows: int


def page(
    file: Path,
    after_path: str | None,
    limit: int,
    *,
    verdict: Verdict | None = None,
    reason: str | None = None,
    label: str | None = None,
    is_doubtful: bool = False,
) -> list[ReleaseEntry]:
    """At most `limit` entries of a release behind `after_path` (null for the start), in path order.

    `is_doubtful` wants only those that held something doubtful about faces when the release was built.

    Raises:
        InvalidInputError: the limit is not 1..`MAX_PAGE_ROWS`, or the file is no manifest of a release.
    """
    conditions = {
        "path > ?": after_path,
        "verdict = ?": verdict,
        "list_contains(reasons, ?)": reason,
        "label = ?": label,
        "reviews > ?": 0 if is_doubtful else None,
    }
    return list(columns.release_entries(_select(file, columns.RELEASE, conditions, limit)))


def count_among(file: Path, digests: Iterable[str]) -> int:
    """How many images of a manifest of either kind have one of these SHA-256.

    Raises:
        InvalidInputError: the file is no manifest.
    """
    wanted = [bytes.fromhex(digest) for digest in digests]
    with opened(manifest=file) as manifest:
        question = "SELECT count(*) FROM manifest WHERE list_contains(?, sha256)"
        (count,) = manifest.execute(question, [wanted]).fetchone()
    return int(count)


def count_doubtful(file: Path) -> int:
    """How many images of a release held something doubtful about faces when it was built.

    Raises:
        InvalidInputError: the file is no manifest of a release.
    """
    with opened(manifest=file) as manifest:
        (count,) = manifest.execute("SELECT count(*) FROM manifest WHERE reviews > 0").fetchone()
    return int(count)


def source_page(
    file: Path,
    after_path: str | None,
    limit: int,
    *,
    label: str | None = None,
    defect: Defect | None = None,
) -> list[SourceEntry]:
    """As `page`, of a source's manifest."""
    conditions = {"path > ?": after_path, "label = ?": label, "defect = ?": defect}
    return list(columns.source_entries(_select(file, columns.SOURCE, conditions, limit)))


def find(file: Path, *, sha256: str | None = None, path: str | None = None) -> list[ReleaseEntry]:
    """The first entries of a release with this path, or whose source or output has this sha256, in path order.

    Raises:
        InvalidInputError: nothing is asked for, the digest is none, or the file is no manifest of a release.
    """
    if sha256 is None:
        return list(columns.release_entries(_find(file, columns.RELEASE, {"path = ?": path})))
    found = columns.release_entries(_rows_at(file, columns.RELEASE, _with_digest(file, sha256)))
    return [entry for entry in found if path in (None, entry.source.path)]


def find_each(file: Path, paths: Sequence[str]) -> list[ReleaseEntry]:
    """The entries of a release with these paths, at most `MAX_PAGE_ROWS`, in path order; what is not there is left out.

    Raises:
        InvalidInputError: no path or too many, or the file is no manifest of a release.
    """
    # The first and the last path tell which row groups can be left unread.
    ends = {"path >= ?": min(paths, default=None), "path <= ?": max(paths, default=None)}
    conditions = ends | {"path IN (SELECT unnest(?))": list(paths)}
    return list(columns.release_entries(_select(file, columns.RELEASE, conditions, len(paths))))


def find_source(file: Path, *, sha256: str | None = None, path: str | None = None) -> list[SourceEntry]:
    """As `find`, in a source's manifest."""
    conditions = {"path = ?": path, "sha256 = ?": _digest(sha256)}
    return list(columns.source_entries(_find(file, columns.SOURCE, conditions)))


def at_rows(file: Path, rows: Sequence[int]) -> list[SourceEntry]:
    """The entries of these rows of a source's manifest, counted from 0, in the order asked for.

    Raises:
        DamagedError: the file is damaged.
        InvalidInputError: it is no manifest, or has fewer rows.
    """
    wanted = sorted(set(rows))
    found = dict(zip(wanted, columns.source_entries(_rows_at(file, columns.SOURCE, wanted)), strict=True))
    return [found[row] for row in rows]


def labels(file: Path) -> list[LabelCount]:
    """The classes of a manifest of either kind, each with its number of entries, in order; null first.

    Raises:
        InvalidInputError: the file is no manifest.
    """
    with opened(manifest=file) as manifest:
        rows = manifest.execute(
            "SELECT label, count(*) FROM manifest GROUP BY ALL ORDER BY label NULLS FIRST"
        ).fetchall()
    return [LabelCount(label, count) for label, count in rows]


def same_but_for_case(file: Path, limit: int) -> tuple[int, list[str]]:
    """How many paths there are that differ from another only in case or Unicode form, and the first of them in order.

    Raises:
        InvalidInputError: the file is no manifest.
    """
    # Their hashes first: fourteen million of those fit into memory, and nearly always nothing is left to look at.
    form = "lower(nfc_normalize(path))"
    twins = f"SELECT hash({form}) AS h FROM manifest GROUP BY h HAVING count(*) > 1"  # noqa: S608 - a constant
    question = f"SELECT path FROM manifest WHERE hash({form}) IN ({twins}) ORDER BY {form}, path"  # noqa: S608
    with opened(manifest=file) as manifest:
        paths = [path for (path,) in manifest.execute(question).fetchall()]
    forms = [unicodedata.normalize("NFC", path).lower() for path in paths]
    counts = Counter(forms)
    found = [path for path, form in zip(paths, forms, strict=True) if counts[form] > 1]
    return len(found), found[:limit]


def _with_digest(file: Path, sha256: str) -> list[int]:
    """The first rows of a release whose source or output has this sha256, in order, counted from 0.

    Only digests are read, and only those of row groups whose Bloom filters say "perhaps": to ask for one or the other
    with OR, or for more, would mean to read much that is not wanted.
    """
    narrow = f"SELECT {session.ROW} AS row FROM manifest WHERE {{}} = ?"  # noqa: S608 - a constant
    question = " UNION ".join(map(narrow.format, columns.DIGESTS))
    wanted = [_digest(sha256)] * len(columns.DIGESTS)
    with opened([session.ROW, *columns.DIGESTS], manifest=file) as manifest:
        return sorted(row for (row,) in manifest.execute(question, wanted).fetchall())[:MAX_PAGE_ROWS]


def _rows_at(file: Path, schema: pa.Schema, rows: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """These rows, which ascend, with the fields of the schema and all of `columns.EXTRAS`."""
    with files.opened(file, schema) as manifest:
        sizes = [manifest.metadata.row_group(group).num_rows for group in range(manifest.num_row_groups)]
        ends = np.cumsum([0, *sizes])
        if len(rows) and rows[-1] >= ends[-1]:
            raise InvalidInputError(f"{file.name} has fewer rows than were asked for.")
        names = [*schema.names, *columns.EXTRAS.names]
        has = [name for name in names if name in manifest.schema_arrow.names]
        for group, inside in groupby(rows, lambda row: int(np.searchsorted(ends, row, side="right")) - 1):
            whole = manifest.read_row_group(group, columns=has)
            yield from columns.rows(whole.take([row - ends[group] for row in inside]), names)


def _find(file: Path, schema: pa.Schema, conditions: dict[str, Any]) -> list[tuple[Any, ...]]:
    if all(value is None for value in conditions.values()):
        raise InvalidInputError("Say which sha256 or which path to find.")
    return _select(file, schema, conditions, MAX_PAGE_ROWS)


def _select(file: Path, schema: pa.Schema, conditions: dict[str, Any], limit: int) -> list[tuple[Any, ...]]:
    """The first rows for which every condition holds whose value is not null."""
    if not 1 <= limit <= MAX_PAGE_ROWS:
        raise InvalidInputError(f"A page has 1 to {MAX_PAGE_ROWS} rows.")
    asked = {clause: value for clause, value in conditions.items() if value is not None}
    where = f"WHERE {' AND '.join(asked)}" if asked else ""
    # The rows lie in order of their paths, and come so: to ask for that would mean to read more of them.
    # Every name below is a constant of this room; what was asked for goes in as parameters.
    names = ", ".join([*schema.names, *columns.EXTRAS.names])
    question = f"SELECT {names} FROM manifest {where} LIMIT ?"  # noqa: S608
    with opened(manifest=file) as manifest:
        rows: list[tuple[Any, ...]] = manifest.execute(question, [*asked.values(), limit]).fetchall()
    return rows


def _digest(sha256: str | None) -> bytes | None:
    if sha256 is None:
        return None
    if not _SHA256.fullmatch(sha256):
        raise InvalidInputError("A sha256 has 64 lower-case hex digits.")
    return bytes.fromhex(sha256)


def count_shared(file: Path, digests: Path) -> int:
    """How many images of a manifest have bytes whose SHA-256 stands in the column `sha256` of a Parquet file."""
    question = "SELECT count(*) FROM manifest WHERE sha256 IN (SELECT sha256 FROM digests)"
    with opened(manifest=file, digests=digests) as both:
        return int(both.execute(question).fetchone()[0])


def count_handed_out(file: Path, digests: Path) -> tuple[int, int]:
    """How many images a release hands out, and of how many the source is among these digests (see `count_shared`)."""
    question = """
        SELECT count(*), count(*) FILTER (sha256 IN (SELECT sha256 FROM digests)) FROM manifest
        WHERE verdict <> 'exclude'
    """
    with opened(manifest=file, digests=digests) as both:
        total, shared = both.execute(question).fetchone()
    return int(total), int(shared)
