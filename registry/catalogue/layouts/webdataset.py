"""WebDataset: shards whose members with one name up to the first dot are one sample. The class is what `.cls` says.

What a member is, the end of its name says: `7.seg.png` and `7.jpg` are two pictures of the sample `7`. Members that are
no picture are neither rows nor strangers; a sample without a picture is in the report.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import ClassVar

import pyarrow as pa

from registry.catalogue.found import Found
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import look, members
from registry.catalogue.layouts.look import IMAGE_SUFFIXES, Look
from registry.catalogue.layouts.source import Source
from registry.catalogue.manifests.columns import PLACE

CLASS = "cls"
CLASS_BYTES = 256
_BESIDE = frozenset({CLASS, "json", "txt", "cap", "caption"})


class WebDataset:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.WEBDATASET
    extras: ClassVar[tuple[str, ...]] = PLACE
    is_sorted: ClassVar[bool] = False

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        kinds: dict[str, set[str]] = {}
        for name in look.members:
            kinds.setdefault(_key(name), set()).add(_kind(name))
        has_samples = any(
            found & _BESIDE and any(f".{kind}" in IMAGE_SUFFIXES for kind in found) for found in kinds.values()
        )
        return "its archives hold pictures with something beside each" if has_samples else None

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        parts = look.take(source.root).archives
        return source.read((found for part in parts for found in self._found(source, part)), self.extras)

    def _found(self, source: Source, part: str) -> Iterator[Found]:
        found = members.found_in(source, [part], lambda member: (f"{member.stem}/{member.name}", None))
        for key, sample in groupby(found, lambda thing: _key(thing.path)):
            things = list(sample)
            pictures = [thing for thing in things if f".{_kind(thing.path)}" in IMAGE_SUFFIXES]
            said = [thing for thing in things if _kind(thing.path) == CLASS]
            said = [thing for thing in said if thing.path == f"{key}.{CLASS}"] or said
            if not pictures:
                source.report.note_fault(part, f"byte {things[0].position}", f"the sample {key} has no picture")
            if len(said) > 1:
                source.report.note_fault(part, f"byte {things[0].position}", f"the sample {key} has several classes")
            label = _label(source, said[0]) if len(said) == 1 and pictures else None
            yield from (picture._replace(label=label) for picture in pictures)


def _label(source: Source, said: Found) -> str | None:
    """The class that a `.cls` member says."""
    try:
        with said.place.opened() as span:
            text = span.at(0, CLASS_BYTES + 1).decode().strip()
    except (OSError, UnicodeDecodeError):
        text = ""
    if 0 < len(text) <= CLASS_BYTES and text.isprintable():
        return text
    source.report.note_fault(said.part or "", f"byte {said.position}", f"{said.path} says no class")
    return None


def _key(name: str) -> str:
    folder, slash, last = name.rpartition("/")
    return folder + slash + last.partition(".")[0]


def _kind(name: str) -> str:
    return name.rpartition("/")[2].partition(".")[2].rpartition(".")[2].lower()
