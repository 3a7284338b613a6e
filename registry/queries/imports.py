"""What came in with one import, what was refused and why, and what was concluded? For people of the registry only.

Where bytes were read from, and what was wrong there, are facts about our machines and sources.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from registry.errors import NotFoundError
from registry.models.imports import Import
from registry.queries import datasets, names
from registry.queries.datasets import ImportLine


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that was not taken, or one fault of the source: in which file, where in it, and why."""

    file: str
    where: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportDetail:
    """One import and its report.

    Attributes:
        line: what a list says of it.
        asked: the files that were given to explain the source, by what they are.
        came_in: rows that the source has; None until they are known.
        refused: rows not taken, by reason.
        refusals: the first of them.
        faults: what is wrong with the source beside its rows, or the first of it.
        fault_count: how many faults there are.
        formats, defects: rows by format and by defect.
        class_count: classes among the rows.
        empty_folders: folders that hold nothing.
        conclusions: sentences about the layout, and about what is odd.
    """

    line: ImportLine
    asked: dict[str, str]
    came_in: int | None
    refused: dict[str, int]
    refusals: tuple[Refusal, ...]
    faults: tuple[Refusal, ...]
    fault_count: int
    formats: dict[str, int]
    defects: dict[str, int]
    class_count: int
    empty_folders: tuple[str, ...]
    conclusions: tuple[str, ...]

    @property
    def refused_count(self) -> int:
        """How many rows were not taken."""
        return sum(self.refused.values())


def read_import(session: Session, variant_name: str, import_id: UUID, *, is_insider: bool) -> ImportDetail:
    """The import of a variant with this id.

    Raises:
        NotFoundError: there is none, or the reader is no insider.
    """
    variant = names.variant(session, variant_name)
    found = session.get(Import, import_id)
    if found is None or found.variant_id != variant.id or not is_insider:
        raise NotFoundError(f"{variant_name} has no such import.")
    counts = found.counts or {}
    # Imports of before kept fewer counts, and refused nothing.
    return ImportDetail(
        line=datasets.import_line(session, found),
        asked=found.asked or {},
        came_in=counts.get("came_in", found.row_count),
        refused=counts.get("refused", {}),
        refusals=_refusals(counts.get("refusals", [])),
        faults=_refusals(counts.get("faults", [])),
        fault_count=counts.get("fault_count", len(counts.get("faults", []))),
        formats=counts.get("formats", {}),
        defects=counts.get("defects", {}),
        class_count=len(counts.get("labels", {})),
        empty_folders=tuple(counts.get("empty", [])),
        conclusions=tuple(counts.get("conclusions", [])),
    )


def _refusals(found: list[dict[str, Any]]) -> tuple[Refusal, ...]:
    return tuple(Refusal(**refusal) for refusal in found)
