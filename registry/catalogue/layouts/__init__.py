"""How are images laid out in a source, and which class does each belong to?

One file per layout, each behind the `Layout` protocol. A layout finds names and places, and says what it concluded from
what; `registry.catalogue.intake` reads the bytes, and `choosing` finds the layout of a source by looking at it.
"""

from collections.abc import Iterator
from typing import ClassVar, Protocol

import pyarrow as pa

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source


class Layout(Protocol):
    """One way to lay out a dataset.

    Attributes:
        name: what people call it, and what an import keeps.
        extras: which columns of `manifests.columns.EXTRAS` its manifests have.
        is_sorted: whether its rows come in ascending order of path.
    """

    name: ClassVar[LayoutName]
    extras: ClassVar[tuple[str, ...]]
    is_sorted: ClassVar[bool]

    def fits(self, look: Look) -> str | None:
        """What speaks for this layout, as the end of a sentence; null where it cannot be this one."""
        ...

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """The source's rows, with the columns of `columns.SOURCE` and `extras`, each image once.

        Raises:
            NotFoundError: there is no such source.
            InvalidInputError: the source is nothing that this layout can read.
        """
        ...
