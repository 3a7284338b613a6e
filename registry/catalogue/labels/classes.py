"""Which classes may a number in a label file mean? Told by the list that came with it.

`map_clsloc.txt` gives each synset the id of the ILSVRC devkit (1 to 1000, in no order of wnids);
`LOC_synset_mapping.txt` and every plain list give the synsets only, whose order is that of their wnids.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from policies.synsets import is_wnid
from registry.catalogue.taxonomy.rows import Report, lines
from registry.errors import InvalidInputError


class Numbering(StrEnum):
    """What a number stands for."""

    DEVKIT = "ilsvrc-devkit-id"
    SORTED_FROM_0 = "index-in-sorted-wnids-from-0"
    SORTED_FROM_1 = "index-in-sorted-wnids-from-1"


@dataclass(frozen=True)
class Classes:
    """The classes of a label space.

    Attributes:
        wnids: sorted.
        devkit: the synset of each devkit id; empty where the list gives no ids.
    """

    wnids: tuple[str, ...]
    devkit: Mapping[int, str]

    def of(self, numbering: Numbering) -> Mapping[int, str]:
        """The synset of each number, in this numbering."""
        match numbering:
            case Numbering.DEVKIT:
                return self.devkit
            case Numbering.SORTED_FROM_0:
                return dict(enumerate(self.wnids))
            case Numbering.SORTED_FROM_1:
                return dict(enumerate(self.wnids, start=1))


def read(file: Path) -> Classes:
    """The classes that a list names.

    Raises:
        NotFoundError: there is no such file.
        InvalidInputError: a line names no synset, repeats one, or gives an id twice.
    """
    report = Report()
    ids: dict[str, int | None] = {}
    for number, text in lines(file, report):
        wnid, *rest = text.split()
        if not is_wnid(wnid) or wnid in ids:
            raise InvalidInputError(f"Line {number} of {file.name} names no synset, or one that was named before.")
        ids[wnid] = int(rest[0]) if rest and rest[0].isdecimal() else None
    if report.refusals or not ids:
        raise InvalidInputError(f"{file.name} is no list of synsets.")
    devkit = {number: wnid for wnid, number in ids.items() if number is not None}
    if devkit and len(devkit) != len(ids):
        raise InvalidInputError(f"{file.name} gives an id to some synsets only, or one id twice.")
    return Classes(tuple(sorted(ids)), devkit)
