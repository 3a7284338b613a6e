"""Which results of an earlier build hold for this one?

Whatever a result follows from is in one digest, `asked`. Where a later build asks the very same, the result is taken
over, and nobody looks again: a takedown of one image does not cost a look at a million others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from hashlib import sha256
from typing import Self

from blurring import report
from blurring.engines import Item, ItemResult, blame
from blurring.pipeline import Action
from blurring.recipe import Recipe
from registry.blobs import BlobStore
from registry.catalogue.entries import Box, FaceOrigin, FaceZone
from registry.catalogue.seen import Seen
from registry.proof import canonical

ASKED_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Conditions:
    """What all results of a build follow from.

    Attributes:
        device: where faces are looked for.
        digest: of the recipe, the device, and the libraries that pixels may depend on, with their versions.
    """

    device: str
    digest: str

    @classmethod
    def here(cls, recipe: Recipe, device: str) -> Self:
        """Those of a build that is worked on now."""
        return cls(device, _digest([recipe.model_dump(mode="json"), device, blame.libraries()]))

    def asked(self, item: Item) -> str:
        """Everything that the result of an item follows from, as 32 hexadecimal digits."""
        known = item.known
        boxes: list[canonical.JsonValue] = [
            [astuple(box) for box in some] for some in (known.faces, known.left, known.hidden)
        ]
        own: list[canonical.JsonValue] = [item.sha256, item.look, item.is_previewed, known.is_detected]
        return _digest([self.digest, own, boxes])[:ASKED_DIGITS]

    def seen(self, item: Item, result: ItemResult) -> Seen:
        """What became of an item."""
        outcome = result.outcome
        return Seen(
            path=result.path,
            is_blurred=outcome.action is Action.BLURRED,
            defect=outcome.code,
            boxes=tuple(map(_box, report.boxes(outcome, item.known))),
            output_sha256=result.output_sha256,
            output_size_bytes=result.output_size_bytes,
            device=self.device,
            change_outside=outcome.change_outside,
            preview=outcome.preview,
            asked=self.asked(item),
        )


class Earlier:
    """The results of an earlier build, met in step with the images of this one.

    Args:
        results: in ascending order of path.
        blobs: has the outputs that they speak of, or no longer has them.
    """

    def __init__(self, results: Iterator[Seen], blobs: BlobStore) -> None:
        self._results, self._blobs = results, blobs
        self._next = next(results, None)

    def among(self, asked: Mapping[str, str]) -> dict[str, Seen]:
        """What was seen of these images, by path, where the same was asked and the output still is in the store.

        Args:
            asked: what is asked of each path; paths ascend within it, and from call to call.
        """
        found = [seen for path, question in asked.items() if (seen := self._of(path, question)) is not None]
        outputs = {seen.output_sha256 for seen in found if seen.output_sha256 is not None}
        gone = outputs - self._blobs.present(outputs)
        return {seen.path: seen for seen in found if seen.output_sha256 not in gone}

    def _of(self, path: str, asked: str) -> Seen | None:
        """Nothing, where it could not be opened: whatever was the matter may be over."""
        while self._next is not None and self._next.path < path:
            self._next = next(self._results, None)
        found = self._next
        if found is None or (found.path, found.asked) != (path, asked) or found.defect is not None:
            return None
        return found


def _digest(value: canonical.JsonValue) -> str:
    return sha256(canonical.canonical_bytes(value)).hexdigest()


def _box(box: report.ReportBox) -> Box:
    edges = box.left, box.top, box.right, box.bottom
    return Box(*edges, box.score, FaceZone(box.zone.value), FaceOrigin(box.origin.value))
