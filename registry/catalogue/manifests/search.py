"""Which images of a source are meant by what people know of them? Any of it, and all of it at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.catalogue.entries import SourceEntry
from registry.catalogue.layers.coverage import STEM
from registry.catalogue.manifests import columns
from registry.catalogue.manifests.session import opened
from registry.errors import InvalidInputError

MAX_PAGE_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known of the images that are looked for; what is None does not matter.

    Attributes:
        labels: the class is one of these.
        path: stands somewhere in the path.
        sha256: of the bytes, 64 lower-case hex digits.
        url: stands somewhere in the URL, as the manifest or a layer of sources has it.
        licence: as a layer of rights has it.
        least_bytes: the file is at least so large.
        most_bytes: and at most so large.
        defect: found at import, or in a layer of defects.
    """

    labels: tuple[str, ...] | None = None
    path: str | None = None
    sha256: str | None = None
    url: str | None = None
    licence: str | None = None
    least_bytes: int | None = None
    most_bytes: int | None = None
    defect: str | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """The layers that are asked: their rows as Parquet files, by kind."""

    sources: Sequence[Path] = ()
    rights: Sequence[Path] = ()
    defects: Sequence[Path] = ()


def search(
    file: Path, wanted: Wanted, after_path: str | None, limit: int, beside: Beside = Beside()
) -> list[SourceEntry]:
    """At most `limit` entries of a source behind `after_path` (null for the start) for which all holds, in path order.

    Raises:
        InvalidInputError: the limit is not 1..`MAX_PAGE_ROWS`, a digest is none, or the file is no manifest.
    """
    if not 1 <= limit <= MAX_PAGE_ROWS:
        raise InvalidInputError(f"A page has 1 to {MAX_PAGE_ROWS} rows.")
    views: dict[str, Path] = {}
    with opened(manifest=file) as probe:
        has_url = "url" in probe.table("manifest").columns
    clauses = [("path > ?", after_path), *_plain(wanted)]
    if wanted.url is not None:
        in_layers = _in_layers("sources", beside.sources, "contains(url, ?)", views)
        clauses.append((_any(["contains(url, ?)"] if has_url else [], in_layers), wanted.url))
    if wanted.licence is not None:
        in_layers = _in_layers("rights", beside.rights, "kind = 'licence' AND value = ?", views)
        clauses.append((_any([], in_layers), wanted.licence))
    if wanted.defect is not None:
        in_layers = _in_layers("defects", beside.defects, "code = ?", views)
        clauses.append((_any(["defect = ?"], in_layers), wanted.defect))
    asked = [(clause, value) for clause, value in clauses if value is not None]
    where = f"WHERE {' AND '.join(f'({clause})' for clause, _ in asked)}" if asked else ""
    values = [value for clause, value in asked for _ in range(clause.count("?"))]
    # Every name is a constant of this room; what was asked for goes in as parameters.
    question = f"SELECT {', '.join(columns.SOURCE.names)} FROM manifest {where} ORDER BY path LIMIT ?"  # noqa: S608
    with opened(manifest=file, **views) as connection:
        return list(columns.source_entries(connection.execute(question, [*values, limit]).fetchall()))


def copies(file: Path, after: str | None, limit: int) -> list[tuple[str, list[str]]]:
    """At most `limit` digests behind `after` that several entries share, each with its paths, both in order.

    Raises:
        InvalidInputError: the limit is not 1..`MAX_PAGE_ROWS`, a digest is none, or the file is no manifest.
    """
    if not 1 <= limit <= MAX_PAGE_ROWS:
        raise InvalidInputError(f"A page has 1 to {MAX_PAGE_ROWS} rows.")
    behind = _digest(after) or b""
    question = """
        SELECT sha256, list(path ORDER BY path) FROM manifest WHERE sha256 > ?
        GROUP BY sha256 HAVING count(*) > 1 ORDER BY sha256 LIMIT ?
    """
    with opened(manifest=file) as manifest:
        return [(digest.hex(), paths) for digest, paths in manifest.execute(question, [behind, limit]).fetchall()]


def _plain(wanted: Wanted) -> list[tuple[str, object]]:
    return [
        ("list_contains(?, label)", None if wanted.labels is None else list(wanted.labels)),
        ("contains(path, ?)", wanted.path),
        ("sha256 = ?", _digest(wanted.sha256)),
        ("size_bytes >= ?", wanted.least_bytes),
        ("size_bytes <= ?", wanted.most_bytes),
    ]


def _in_layers(kind: str, files: Sequence[Path], condition: str, views: dict[str, Path]) -> list[str]:
    """One clause for each layer: the image is among those of whose rows the condition holds."""
    clauses = []
    for place, file in enumerate(files):
        view = f"{kind}_{place}"
        views[view] = file
        named = f"SELECT image FROM {view} WHERE {condition}"  # noqa: S608 - constants of this room
        stems = f"SELECT {STEM.format('image')} FROM {view} WHERE {condition} AND NOT contains(image, '/')"  # noqa: S608
        clauses.append(f"path IN ({named}) OR {STEM.format('path')} IN ({stems})")
    return clauses


def _any(own: list[str], in_layers: list[str]) -> str:
    """Any of the clauses; where there is nothing to ask, nothing is found (and the value is still asked for)."""
    return " OR ".join([*own, *in_layers]) or "? IS NULL"


def _digest(sha256: str | None) -> bytes | None:
    if sha256 is None:
        return None
    try:
        data = bytes.fromhex(sha256)
    except ValueError:
        data = b""
    if len(data) != 32 or sha256 != sha256.lower():  # noqa: PLR2004 - SHA-256
        raise InvalidInputError("A sha256 has 64 lower-case hex digits.")
    return data
