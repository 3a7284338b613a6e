"""What do the lines of a report come to, and what has to be remembered of each picture to go on?

Answers: how many pictures are there of each action, and what does the newest line say of this one? Keeps two hundred
bytes for each picture, since a run may have millions; the report itself has the rest.
"""

from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import Struct
from typing import Final, NamedTuple

from blurring.pipeline import Action
from blurring.report import ReportLine, Zone

# Line, faces, place of the action, of the code, whether it is doubtful, whether the source has a digest; the digest.
_PACKED: Final = Struct("<IIBI??32s")
_ACTIONS: Final = tuple(Action)


class Told(NamedTuple):
    """What a line of the report says of one picture.

    Attributes:
        line: its number, from one.
        sha256: hex, of the source; None where it could not be read.
        action: what was done.
        code: why it failed; None otherwise.
        faces: how many were blurred.
        is_doubtful: whether something in it may be a face and was left.
    """

    line: int
    sha256: str | None
    action: Action
    code: str | None
    faces: int
    is_doubtful: bool


@dataclass(slots=True)
class Account:
    """The newest line of every picture, and the sums over them.

    Attributes:
        counts: how many pictures there are of each action.
        codes: how many pictures failed with each code.
        faces: how many faces were blurred.
        doubtful: how many pictures hold what may be a face and was left.
        lines: how many lines the report has, those of before too.
    """

    counts: Counter[Action] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    faces: int = 0
    doubtful: int = 0
    lines: int = 0
    _told: dict[str, bytes] = field(default_factory=dict)
    _codes: list[str | None] = field(default_factory=lambda: [None])

    def __len__(self) -> int:
        return len(self._told)

    def of(self, path: str) -> Told | None:
        """What is told of this picture; None for nothing."""
        packed = self._told.get(path)
        return None if packed is None else self._unpacked(packed)

    def items(self) -> Iterator[tuple[str, Told]]:
        """Every picture, by its path."""
        return ((path, self._unpacked(packed)) for path, packed in self._told.items())

    def count(self, line: ReportLine) -> None:
        """The next line of the report; what an earlier one said of its picture counts no more."""
        self.forget(line.path)
        self.lines += 1
        zones = [box.zone for box in line.boxes]
        faces, is_doubtful = zones.count(Zone.BLUR), Zone.REVIEW in zones
        told = Told(self.lines, line.sha256, line.action, line.code, faces, is_doubtful)
        self._told[line.path] = self._packed(told)
        self._add(told, 1)

    def forget(self, path: str) -> None:
        """What a line said of this picture counts no more, if there was one."""
        packed = self._told.pop(path, None)
        if packed is not None:
            self._add(self._unpacked(packed), -1)

    def standing(self) -> bytearray:
        """For each line of the report, from the first, one where it counts, else zero."""
        flags = bytearray(self.lines)
        for packed in self._told.values():
            flags[_PACKED.unpack(packed)[0] - 1] = 1
        return flags

    def tidied(self) -> None:
        """The report has only the lines that count now, in their order."""
        numbers, number = array("I"), 0
        for is_standing in self.standing():
            number += is_standing
            numbers.append(number)
        for path, told in self.items():
            self._told[path] = self._packed(told._replace(line=numbers[told.line - 1]))
        self.lines = number

    def _add(self, told: Told, once: int) -> None:
        self.counts[told.action] += once
        self.faces += once * told.faces
        self.doubtful += once * told.is_doubtful
        if told.code is not None:
            self.codes[told.code] += once

    def _packed(self, told: Told) -> bytes:
        if told.code not in self._codes:
            self._codes.append(told.code)
        action, code = _ACTIONS.index(told.action), self._codes.index(told.code)
        digest = bytes.fromhex(told.sha256 or "")
        return _PACKED.pack(told.line, told.faces, action, code, told.is_doubtful, told.sha256 is not None, digest)

    def _unpacked(self, packed: bytes) -> Told:
        line, faces, action, code, is_doubtful, has_digest, digest = _PACKED.unpack(packed)
        sha256 = digest.hex() if has_digest else None
        return Told(line, sha256, _ACTIONS[action], self._codes[code], faces, is_doubtful)
