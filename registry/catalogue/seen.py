"""What became of each image that was looked at, as the results of a shard keep it."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import Base64Bytes, TypeAdapter

from registry.catalogue.entries import Box, FaceZone


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one image when it was looked at.

    Attributes:
        is_blurred: faces were made unrecognisable in the output.
        defect: why it could not be opened; None when it could.
        boxes: the faces and what may be some, in stored pixels.
        output_sha256: of the changed bytes; None when the bytes stay as they are.
        device: where it was looked at.
        change_outside: as in `Look`.
        preview: a small coarse picture; None when it could not be opened.
        asked: a digest of everything that this follows from, see `registry.worker.taken_over`; empty in results of
            before there was any.
    """

    path: str
    is_blurred: bool
    defect: str | None
    boxes: tuple[Box, ...]
    output_sha256: str | None
    output_size_bytes: int | None
    device: str
    change_outside: int | None = None
    preview: Base64Bytes | None = None
    asked: str = ""

    @property
    def faces(self) -> tuple[Box, ...]:
        """The boxes that are blurred."""
        return tuple([box for box in self.boxes if box.zone is FaceZone.BLUR])


_RESULTS = TypeAdapter(list[Seen])


def packed(results: Iterable[Seen]) -> bytes:
    """The results of a shard, as they are kept; equal results are equal bytes."""
    return _RESULTS.dump_json(list(results))


def unpacked(data: bytes) -> list[Seen]:
    """The results of a shard."""
    return _RESULTS.validate_json(data)
