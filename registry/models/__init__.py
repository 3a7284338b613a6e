"""The tables, one file per aggregate. Importing this package loads them all, so that `metadata` is complete."""

from registry.models import (
    audit,
    datasets,
    detectors,
    exceptions,
    faces,
    imports,
    layers,
    lineage,
    links,
    overlays,
    people,
    policies,
    releases,
    takedowns,
    taxonomies,
    transparency,
)
from registry.models.columns import metadata

__all__ = [
    "audit",
    "datasets",
    "detectors",
    "exceptions",
    "faces",
    "imports",
    "layers",
    "lineage",
    "links",
    "metadata",
    "overlays",
    "people",
    "policies",
    "releases",
    "takedowns",
    "taxonomies",
    "transparency",
]
