"""Which synsets does a list name: a label space, or the synsets that somebody has judged?"""

from pathlib import Path

from registry.catalogue.layers import content
from registry.catalogue.layers.content import Row
from registry.catalogue.taxonomy import rows
from registry.catalogue.taxonomy.rows import Report


def read(file: Path, report: Report) -> list[Row]:
    """One row for each synset.

    Raises:
        NotFoundError: there is no such file.
        InvalidInputError: it is no list of synsets.
    """
    return content.ordered((wnid,) for wnid in rows.wnids(file, report))
