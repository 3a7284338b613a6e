"""Which images does a source or a release have, in one Parquet file each?

One row per image, sorted by path; the digest of the file is its name in the blob store. `files` writes and streams,
`lookups` and `differences` answer questions. This package gathers what other rooms call.
"""

from registry.catalogue.manifests.differences import Change, ChangeKind, diff, diff_counts
from registry.catalogue.manifests.facts import fact_batches
from registry.catalogue.manifests.files import (
    extras_of,
    have_same_sources,
    iter_lines,
    iter_release,
    iter_source,
    write_release,
    write_release_tables,
    write_source,
    write_source_tables,
)
from registry.catalogue.manifests.groups import read as read_groups
from registry.catalogue.manifests.groups import write as write_groups
from registry.catalogue.manifests.lookups import (
    LabelCount,
    at_rows,
    count_among,
    count_doubtful,
    count_handed_out,
    count_shared,
    find,
    find_each,
    find_source,
    labels,
    page,
    same_but_for_case,
    source_page,
)
from registry.catalogue.manifests.looseness import Looseness, Looser, looseness
from registry.catalogue.manifests.overlap import Overlap, Relation, overlap
from registry.catalogue.manifests.parents import Parent
from registry.catalogue.manifests.stored import lines_of, opened, released_among
from registry.catalogue.manifests.totals import SourceTotals

__all__ = [
    "Change",
    "ChangeKind",
    "LabelCount",
    "Looseness",
    "Looser",
    "Overlap",
    "Parent",
    "Relation",
    "SourceTotals",
    "at_rows",
    "count_among",
    "count_doubtful",
    "count_handed_out",
    "count_shared",
    "diff",
    "diff_counts",
    "extras_of",
    "fact_batches",
    "find",
    "find_each",
    "find_source",
    "have_same_sources",
    "iter_lines",
    "iter_release",
    "iter_source",
    "labels",
    "lines_of",
    "looseness",
    "opened",
    "overlap",
    "page",
    "read_groups",
    "released_among",
    "same_but_for_case",
    "source_page",
    "write_groups",
    "write_release",
    "write_release_tables",
    "write_source",
    "write_source_tables",
]
