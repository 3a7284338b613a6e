"""One recipe tried on judged photographs.

Answers: what are the published figures of this recipe? The photographs are worked on by the engine that release
builds use, so what is measured is what happens; the outputs are thrown away.
"""

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from blurring import evaluation, files, tones
from blurring.engines import Item, ItemResult, Shard
from blurring.engines.local import LocalEngine
from blurring.errors import PictureError, TruthError
from blurring.evaluation import Photograph, Point, Share
from blurring.pictures import upright_rgb
from blurring.recipe import CenterFace, Recipe, Zoned
from blurring.truth import Judged, Truth

SHARD_ITEMS: Final = 16
# Scores down to here are collected for the curve, whatever the recipe calls doubtful.
SCORE_MIN: Final = 0.005
# At these shares of touched faceless photographs the recall is told.
TOUCHED: Final = (0.02, 0.05, 0.10, 0.15)

Row = tuple[str, str, int, str]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a recipe comes to.

    Attributes:
        recipe: its name.
        digest: its digest.
        photographs: how many were looked at.
        at_threshold: recall and over-blur as the recipe is written.
        at_review: the same when doubtful boxes count too, as after a perfect review of them.
        asked: photographs about which a person is asked, of all.
        shown: faces of 16 px and more that are found or in one of these photographs.
        curve: every threshold.
        groups: recall as the recipe is written, by kind of group and group.
    """

    recipe: str
    digest: str
    photographs: int
    at_threshold: Point
    at_review: Point
    asked: Share
    shown: Share
    curve: tuple[Point, ...]
    groups: dict[str, dict[str, Share]]

    def rows(self) -> list[Row]:
        """The figures as lines of a table: what, share, of how many, interval."""
        at, review = self.at_threshold, self.at_review
        rows = [
            _row("faces of 16 px and more found", at.recall_quoted),
            _row("all faces found", at.recall),
            _row("faceless photographs touched", at.touched),
            _row("found or doubtful, 16 px and more", review.recall_quoted),
            _row("faceless photographs touched or doubtful", review.touched),
            _row("photographs about which a person is asked", self.asked),
            _row("found, 16 px and more, or in such a photograph", self.shown),
        ]
        for kind, group in self.groups.items():
            rows += [_row(f"found, {kind} {name}", share) for name, share in group.items()]
        for limit in TOUCHED:
            best = self.best_within(limit)
            if best is not None:
                where = f"at most {limit:.0%} touched (threshold {best.threshold:.3f})"
                rows += [
                    _row(f"found, 16 px and more, {where}", best.recall_quoted),
                    _row(f"found, all, {where}", best.recall),
                ]
        return rows

    def best_within(self, touched: float) -> Point | None:
        """The lowest threshold at which no more faceless photographs are touched; None where there is none."""
        fitting = [point for point in self.curve if point.touched.value <= touched]
        return min(fitting, key=lambda point: point.threshold, default=None)

    def as_json(self) -> dict[str, object]:
        """The figures as JSON's own types."""
        return {
            "recipe": self.recipe,
            "digest": self.digest,
            "photographs": self.photographs,
            "figures": [
                {"what": what, "share": share, "of": total, "interval": interval}
                for what, share, total, interval in self.rows()
            ],
        }


@dataclass(frozen=True, slots=True)
class Trial:
    """A recipe on a device, with so many workers."""

    recipe: Recipe
    device: str
    workers: int

    @property
    def rounds(self) -> int:
        """How often each photograph is looked at: as the recipe is written, and for the curve where that shows more."""
        return 1 if self._eager() is None else 2

    def figures(self, items: Sequence[Item], truth: Truth, progress: Callable[[int], None]) -> Figures:
        """The recipe's figures on these photographs.

        Raises:
            TruthError: no judged face is on any of them.
            DetectorError, DeviceError: the recipe cannot be followed here.
        """
        if not any(judged.is_face for item in items for judged in truth.of(item.path)):
            raise TruthError("no photograph of the folder has a judged face")
        photographs = []
        for item, result in self._results(items, self.recipe):
            judged, outcome = truth.of(item.path), result.outcome
            found, is_asked = (*outcome.boxes, *outcome.doubtful), bool(outcome.doubtful or outcome.again)
            photographs.append(Photograph(judged, found, _tones(item, judged), is_asked))
            progress(len(photographs))
        eager = self._eager()
        if eager is None:
            return self._figures(photographs, photographs)
        looked = []
        for item, result in self._results(items, eager):
            found = (*result.outcome.boxes, *result.outcome.doubtful)
            looked.append(Photograph(truth.of(item.path), found))
            progress(len(photographs) + len(looked))
        return self._figures(photographs, looked)

    def _figures(self, photographs: Sequence[Photograph], looked: Sequence[Photograph]) -> Figures:
        """The figures of photographs as the recipe treats them, and of what its detector sees in them at all."""
        threshold = self.recipe.detector.threshold
        scores = sorted({box.score for photograph in looked for box in photograph.found})
        return Figures(
            recipe=self.recipe.name,
            digest=self.recipe.digest(),
            photographs=len(photographs),
            at_threshold=evaluation.point(photographs, threshold),
            at_review=evaluation.point(photographs, -math.inf),
            asked=evaluation.asked(photographs),
            shown=evaluation.shown(photographs, threshold),
            curve=tuple(evaluation.curve(looked, scores[:: max(1, len(scores) // 200)])),
            groups={
                "size": evaluation.by_size(photographs, threshold),
                "pose": evaluation.by_pose(photographs, threshold),
                "occlusion": evaluation.by_occlusion(photographs, threshold),
                "skin": evaluation.by_tone(photographs, threshold),
            },
        )

    def _results(self, items: Sequence[Item], recipe: Recipe) -> Iterator[tuple[Item, ItemResult]]:
        starts = range(0, len(items), SHARD_ITEMS)
        shards = {str(start): Shard(str(start), tuple(items[start : start + SHARD_ITEMS])) for start in starts}
        engine = LocalEngine(_forgotten)
        for result in engine.run(shards.values(), recipe, self.device, self.workers):
            yield from zip(shards[result.id].items, result.items, strict=True)

    def _eager(self) -> Recipe | None:
        """The recipe with everything called doubtful that has a score at all; None where nothing is to be gained."""
        detector = self.recipe.detector
        if not isinstance(detector, Zoned):
            return None
        update = {"review": SCORE_MIN, "doubt": None} if isinstance(detector, CenterFace) else {"review": SCORE_MIN}
        eager = detector.model_copy(update=update)
        return self.recipe.model_copy(update={"detector": eager, "second_look": None})


def _forgotten(data: bytes) -> str:
    """A sink that keeps nothing."""
    return hashlib.sha256(data).hexdigest()


def _tones(item: Item, judged: tuple[Judged, ...]) -> tuple[str | None, ...]:
    if not any(one.is_face for one in judged):
        return (None,) * len(judged)
    try:
        picture = files.decode(Path(item.file).read_bytes())
    except (OSError, PictureError):
        return (None,) * len(judged)
    # Judged boxes are in stored pixels, so the picture is taken as it is stored.
    image = upright_rgb(replace(picture, orientation=1))
    return tuple(tones.tone(image, one.box) for one in judged)


def _row(what: str, share: Share) -> Row:
    lower, upper = share.interval
    return what, f"{share.value:.3f}", share.total, f"{lower:.3f}-{upper:.3f}"
