import io

import pytest

from registry.catalogue.entries import Defect
from registry.catalogue.manifests import columns, totals
from registry.errors import InvalidInputError
from registry.proof import manifest
from tests.factories import trees


def test_a_release_adds_up_to_what_its_lines_say_in_any_batching() -> None:
    entries = [maker(f"a/{number}") for number in range(5) for maker in (trees.kept,)]
    entries += [trees.blurred("b"), trees.excluded("c", "takedown", "trees")]
    whole, pieces = totals.ReleaseTally(), totals.ReleaseTally()
    whole.grow(whole.count(columns.release_table(entries).combine_chunks()))
    for entry in entries:
        pieces.grow(pieces.count(columns.release_table([entry]).combine_chunks()))
    lines = io.BytesIO()
    assert whole.totals() == pieces.totals() == manifest.write((entry.to_row() for entry in entries), lines)


def test_nothing_adds_up_to_the_totals_of_no_line() -> None:
    assert totals.ReleaseTally().totals() == manifest.measure(io.BytesIO())
    assert totals.SourceTally().totals().rows == 0


def test_a_source_is_counted_by_format_defect_and_class() -> None:
    tally = totals.SourceTally()
    tally.grow(
        tally.count(columns.source_table([trees.entry("a/1"), trees.entry("a/2", Defect.EMPTY)]).combine_chunks())
    )
    tally.grow(tally.count(columns.source_table([trees.entry("b/1")]).combine_chunks()))
    found = tally.totals()
    assert (found.rows, found.size_bytes, found.labels) == (3, 9, {"a": 2, "b": 1})
    assert (found.formats, found.defects) == ({"jpeg": 3}, {"empty": 1})


def test_a_row_that_no_manifest_may_hold_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="plain relative path"):
        totals.SourceTally().count(columns.source_table([trees.entry("a/../b")]).combine_chunks())


def test_too_many_different_fates_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "MAX_DISTINCT_REASONS", 2)
    entries = [trees.excluded(path, f"reason-{path}") for path in "abc"]
    with pytest.raises(InvalidInputError, match="more than 2 different fates"):
        totals.ReleaseTally().count(columns.release_table(entries).combine_chunks())
