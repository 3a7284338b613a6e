"""Which links are looked at in a check, what was found at each, and how many have rotted?

Both lists are Parquet files: the links are derived from a manifest, or from a layer of sources, whenever they are
needed; what was found is written shard by shard, joined at the end, and never changes. A check is the history's next
entry.
"""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from registry.catalogue.manifests import files as files_of
from registry.catalogue.manifests import session


class LinkState(StrEnum):
    """What there is at a link."""

    ALIVE = "alive"
    CHANGED = "changed"
    PLACEHOLDER = "placeholder"
    NO_PICTURE = "no-picture"
    GONE = "gone"
    CLOSED = "closed"
    UNREACHABLE = "unreachable"
    FAILING = "failing"
    REFUSED = "refused"
    DISALLOWED = "disallowed"


# A picture is there, the same or another one.
LIVING: Final = frozenset({LinkState.ALIVE, LinkState.CHANGED})
# Nobody knows: the server has trouble, or we did not look.
UNKNOWN: Final = frozenset({LinkState.FAILING, LinkState.REFUSED, LinkState.DISALLOWED})

SHARD_LINKS: Final = 256
GROUP_ROWS: Final = 32_768
FETCHED_ROWS: Final = 4096
# So many links that bring the very same bytes are worth a look: it may be a placeholder that nobody has listed.
REPEATED_MIN: Final = 10
_ROTTEN = ", ".join(f"'{state}'" for state in LinkState if state not in LIVING | UNKNOWN)
_UNKNOWN = ", ".join(f"'{state}'" for state in sorted(UNKNOWN))
_LIVING = ", ".join(f"'{state}'" for state in sorted(LIVING))

_FOUND = pa.schema(
    [
        pa.field("image", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("label", pa.string()),
        pa.field("host", pa.string(), nullable=False),
        pa.field("state", pa.string(), nullable=False),
        pa.field("code", pa.string()),
        pa.field("status", pa.int16()),
        pa.field("redirects", pa.int8()),
        pa.field("final_url", pa.string()),
        pa.field("sha256", pa.string()),
        pa.field("size_bytes", pa.int64()),
        pa.field("checked_at", pa.string(), nullable=False),
    ],
    metadata={"accession.links": "found/1"},
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A link that is to be looked at.

    Attributes:
        image: path in the variant.
        url: as its source has it.
        label: of the image, where a manifest says it.
        sha256: hex, of the image's own bytes, where a manifest says it.
        sha256_before: hex, of what the check before this one found there.
    """

    image: str
    url: str
    label: str | None = None
    sha256: str | None = None
    sha256_before: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What there was at a link.

    Attributes:
        host: of the link, not of where it led; empty for a link that is none.
        code: what else there is to say, kebab-case.
        status: of the last answer; None where there was none.
        redirects: how many were followed.
        final_url: where they led; None without any.
        sha256: hex, of the bytes that came.
        checked_at: RFC 3339, UTC.
    """

    image: str
    url: str
    label: str | None
    host: str
    state: LinkState
    code: str | None
    status: int | None
    redirects: int | None
    final_url: str | None
    sha256: str | None
    size_bytes: int | None
    checked_at: str


@dataclass(frozen=True, slots=True)
class Rot:
    """How the links of a host, of a class, or of a whole check are.

    Attributes:
        name: the host or the class; None for links that have none.
        links: how many there are.
        living: a picture came, the image's own or another one.
        changed: of those, other bytes than those that are known.
        rotten: no picture, or one that stands in its place.
        unknown: nobody knows; not counted in the rate.
    """

    name: str | None
    links: int
    living: int
    changed: int
    rotten: int
    unknown: int

    @property
    def rate(self) -> float | None:
        """The part of the links that has rotted, 0..1, of those that are known; None where none is."""
        known = self.living + self.rotten
        return self.rotten / known if known else None


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same bytes at many links that are taken to be alive."""

    sha256: str
    size_bytes: int
    links: int


def asked(manifest: Path | None, sources: Path | None, previous: Path | None) -> Iterator[Asked]:
    """The links of a layer of sources, else of a manifest, by image and link.

    Args:
        manifest: says label and bytes of each image, and its link where there is no layer.
        sources: a layer of the kind `sources`.
        previous: what the check before this one found.
    """
    files = {"manifest": manifest, "sources": sources, "previous": previous}
    if sources is None and (manifest is None or "url" not in files_of.extras_of(manifest)):
        return
    if sources is None:
        links = "SELECT path AS image, url, label, sha256 FROM manifest WHERE url IS NOT NULL"
    elif manifest is None:
        links = "SELECT DISTINCT image, url, NULL AS label, NULL::BLOB AS sha256 FROM sources"
    else:
        links = (
            "SELECT DISTINCT s.image, s.url, m.label, m.sha256 FROM sources s LEFT JOIN manifest m ON m.path = s.image"
        )
    before = "NULL" if previous is None else f"CASE WHEN p.state IN ({_LIVING}) THEN p.sha256 END"
    join = "" if previous is None else "LEFT JOIN previous p ON p.image = l.image AND p.url = l.url"
    # Everything in the question is a constant of this module.
    question = (
        f"SELECT l.image, l.url, l.label, lower(hex(l.sha256)), {before} FROM ({links}) l {join} "  # noqa: S608
        "ORDER BY l.image, l.url"
    )
    with session.opened(**{name: file for name, file in files.items() if file is not None}) as connection:
        rows = connection.execute(question)
        while some := rows.fetchmany(FETCHED_ROWS):
            yield from (Asked(*row) for row in some)


def shards(links: Iterable[Asked]) -> Iterator[tuple[int, list[Asked]]]:
    """The links, some hundred together, numbered from 0."""
    remaining, number = iter(links), 0
    while some := list(islice(remaining, SHARD_LINKS)):
        yield number, some
        number += 1


def write(found: Iterable[Found], file: Path) -> None:
    """What was found, as a Parquet file."""
    columns = list(zip(*(astuple(one) for one in found), strict=True))
    arrays = [pa.array(column, field.type) for column, field in zip(columns, _FOUND, strict=True)]
    pq.write_table(pa.Table.from_arrays(arrays, schema=_FOUND), file, compression="zstd")


def joined(parts: Iterable[Path], file: Path) -> int:
    """The parts in their order as one file; how many rows there are."""
    count = 0
    with pq.ParquetWriter(file, _FOUND, compression="zstd") as writer:
        for part in parts:
            table = pq.read_table(part, schema=_FOUND)
            writer.write_table(table, GROUP_ROWS)
            count += table.num_rows
    return count


def states(file: Path) -> dict[str, int]:
    """How many links there are of each state that occurs."""
    with session.opened(found=file) as connection:
        rows = connection.execute("SELECT state, count(*) FROM found GROUP BY state ORDER BY state").fetchall()
    return dict(rows)


def rot(file: Path, by: str, limit: int) -> list[Rot]:
    """The hosts or the classes with the most rotten links, the worst first.

    Args:
        file: what a check found.
        by: `host` or `label`.
        limit: how many.
    """
    if by not in ("host", "label"):
        raise ValueError(by)
    # A column's name out of two, and constants of this module.
    question = (
        f"SELECT {by}, count(*), count_if(state IN ({_LIVING})), count_if(state = 'changed'), "  # noqa: S608
        f"count_if(state IN ({_ROTTEN})), count_if(state IN ({_UNKNOWN})) FROM found GROUP BY {by} "
        f"ORDER BY 5 DESC, 2 DESC, {by} NULLS LAST LIMIT ?"
    )
    with session.opened(found=file) as connection:
        return [Rot(*row) for row in connection.execute(question, [limit]).fetchall()]


def whole(counts: dict[str, int]) -> Rot:
    """The rot of a whole check, from its counts by state."""
    living = sum(counts.get(state, 0) for state in LIVING)
    unknown = sum(counts.get(state, 0) for state in UNKNOWN)
    total = sum(counts.values())
    return Rot(None, total, living, counts.get(LinkState.CHANGED, 0), total - living - unknown, unknown)


def repeated(file: Path, limit: int) -> list[Repeated]:
    """The bytes that came for the most links, of those that came for at least `REPEATED_MIN`."""
    question = (
        f"SELECT sha256, any_value(size_bytes), count(DISTINCT url) AS links FROM found WHERE state IN ({_LIVING}) "  # noqa: S608
        "GROUP BY sha256 HAVING links >= ? ORDER BY links DESC, sha256 LIMIT ?"
    )
    with session.opened(found=file) as connection:
        return [Repeated(*row) for row in connection.execute(question, [REPEATED_MIN, limit]).fetchall()]
