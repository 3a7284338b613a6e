"""How does a source become a manifest? Its layout is chosen; its rows are read, ordered, written and accounted for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.catalogue import manifests
from registry.catalogue.found import where
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import Layout, choosing, look
from registry.catalogue.layouts.source import Source
from registry.catalogue.manifests import SourceTotals, columns, sorting
from registry.errors import AccountNotClosedError, InvalidInputError

CASES_NAMED = 5


@dataclass(frozen=True, slots=True)
class Read:
    """A source that was read: its layout, and what its rows add up to. The rest is in the source's report."""

    layout: Layout
    totals: SourceTotals


def read(source: Source, layout_name: LayoutName, file: Path) -> Read:
    """Read a source into a manifest.

    Law: rows that came in = rows of the manifest + rows refused.

    Args:
        source: what is read; its report is filled in.
        layout_name: the layout that it has, or `AUTO` to look.
        file: where the manifest goes.

    Raises:
        NotFoundError: there is no such source.
        InvalidInputError: the layout is unknown or ambiguous, the source is not of it, or holds no row at all.
        UnavailableError: something cannot be read or written.
        NotVerifiedError: the source is not signed as it should be.
        AccountNotClosedError: the law is broken.
    """
    layout = _layout(source, layout_name)
    if source.trust is not None and layout.name is not LayoutName.EXPORT:
        raise InvalidInputError(f"A trust root is for the signature of an export, and {source.root} is {layout.name}.")
    tables = layout.tables(source)
    if not layout.is_sorted:
        tables = sorting.by_path(tables, lambda row: _repeated(source, row))
    extras = (*layout.extras, *source.extras)
    totals = manifests.write_source_tables((columns.completed(table, extras) for table in tables), file)
    report = source.report
    accounted = totals.rows + report.refused.total()
    if report.came_in != accounted:
        raise AccountNotClosedError(f"{report.came_in:,} rows came in, and {accounted:,} were taken or refused.")
    if not report.came_in:
        raise InvalidInputError(f"{source.root} holds no files of the layout {layout.name}{_why_not(source)}.")
    if not totals.rows:
        raise InvalidInputError(f"{source.root} holds nothing that could be taken{_why_not(source)}.")
    if layout.name.has_pixels:
        _look_at_cases(source, file)
    return Read(layout, totals)


def _layout(source: Source, name: LayoutName) -> Layout:
    if name is not LayoutName.AUTO:
        return choosing.named(name)
    layout, why = choosing.chosen(look.take(source.root))
    source.report.conclude(f"The layout is {layout.name}: {why}.")
    return layout


def _repeated(source: Source, row: dict[str, Any]) -> None:
    """Note a row whose path came before."""
    part = row.get("part")
    place = where(part, row.get("position")) or f"line {row[sorting.ARRIVAL]}"
    source.report.refuse(part or source.root.name, f"{place}, {row['path']}", "its path came before")


def _look_at_cases(source: Source, file: Path) -> None:
    """Note names that differ in nothing but case or Unicode form: not every file system can hold both."""
    count, examples = manifests.same_but_for_case(file, CASES_NAMED)
    if count:
        named = ", ".join(examples)
        source.report.conclude(
            f"{count:,} names differ from another only in case or Unicode form, such as {named}; both are taken."
        )


def _why_not(source: Source) -> str:
    """What is known of the reasons, as the end of a sentence."""
    reasons = [f"{why} ({count:,})" for why, count in source.report.refused.most_common(3)]
    reasons += [f"{fault.file}: {fault.why}" for fault in source.report.faults[:3]]
    return f": {'; '.join(reasons)}" if reasons else ""
