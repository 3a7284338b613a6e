"""One tar of an image folder: class folders or flat, as V2, A and R are handed out. The class is the first folder.

A folder that holds everything, named like the dataset, is no class: where all images lie below one folder and deeper,
the class is the folder below it.
"""

from collections.abc import Iterator
from typing import ClassVar

import pyarrow as pa

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import folders, members
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source
from registry.catalogue.manifests.columns import PLACE
from registry.proof import archives
from registry.proof.archives import Listed


class FolderArchive:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.FOLDER_ARCHIVE
    extras: ClassVar[tuple[str, ...]] = PLACE
    is_sorted: ClassVar[bool] = False

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        inner = [name for name in look.members if name.endswith(archives.SUFFIX)]
        return "it is an archive of files" if look.members and not look.is_folder and not inner else None

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        part = members.own_name(source.root)
        top = self._common_folder(source, part)
        if top is not None:
            source.report.conclude(f"All images lie below {top}/, which is no class.")

        def naming(member: Listed) -> tuple[str, str | None]:
            return member.name, folders.first_folder(member.name.removeprefix(f"{top}/"))

        return source.read(members.found_in(source, [part], naming), self.extras)

    def _common_folder(self, source: Source, part: str) -> str | None:
        """The folder below which every member lies in a folder of its own; null where there is none."""
        look = Source(source.root)
        tops, is_deep = set(), True
        for member in members.listed(look, part):
            tops.add(folders.first_folder(member.name))
            is_deep = is_deep and member.name.count("/") > 1
            if len(tops) > 1 or not is_deep:
                return None
        return tops.pop() if tops else None
