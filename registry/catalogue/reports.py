"""What came in with an import, what was refused, and what was concluded? Every row is one of the manifest or refused.

Law: rows that came in = rows of the manifest + rows refused.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

EXAMPLES = 200
EMPTY_FOLDERS = 1000


class Refusal(NamedTuple):
    """One row that was not taken.

    Attributes:
        file: of the source, relative to it.
        where: `line 7`, `byte 1024`, `row 3`; empty where the file as a whole is meant.
        why: as the end of a sentence.
    """

    file: str
    where: str
    why: str


@dataclass(slots=True)
class ImportReport:
    """What is known of an import beside its rows.

    Attributes:
        came_in: rows that the source has.
        refused: rows not taken, by reason.
        examples: the first of them, `EXAMPLES` at most.
        faults: what is wrong beside rows: an archive that is cut off, a line of a label file that says nothing; the
            first `EXAMPLES`.
        fault_count: how many there are.
        empty_folders: folders that hold nothing.
        conclusions: sentences about what the layout concluded, and what is odd.
    """

    came_in: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    examples: list[Refusal] = field(default_factory=list)
    faults: list[Refusal] = field(default_factory=list)
    fault_count: int = 0
    empty_folders: list[str] = field(default_factory=list)
    conclusions: list[str] = field(default_factory=list)

    def refuse(self, file: str, where: str, why: str) -> None:
        """Note a row that came in and is not taken."""
        self.refused[why] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(Refusal(file, where, why))

    def note_fault(self, file: str, where: str, why: str) -> None:
        """Note what is wrong with the source beside its rows."""
        self.fault_count += 1
        if len(self.faults) < EXAMPLES:
            self.faults.append(Refusal(file, where, why))

    def conclude(self, sentence: str) -> None:
        """Note what was concluded."""
        self.conclusions.append(sentence)

    def as_json(self) -> dict[str, Any]:
        """As `Import.counts` keeps it."""
        return {
            "came_in": self.came_in,
            "refused": dict(sorted(self.refused.items())),
            "refusals": [refusal._asdict() for refusal in self.examples],
            "faults": [fault._asdict() for fault in self.faults],
            "fault_count": self.fault_count,
            "empty": self.empty_folders[:EMPTY_FOLDERS],
            "conclusions": self.conclusions,
        }
