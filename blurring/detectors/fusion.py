"""Several looks at one picture, one opinion: detections of all views grouped, and one probability each.

Answers: which detections are the same face, where is it, and how sure are all views together? The score is a
logistic regression on the mean log-odds per scale, on the logarithm of the size, and on their products: small
faces are judged by the enlarged view, large ones by the native. Its coefficients are in the recipe; where they
come from is in docs/blurring.md.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from blurring.recipe import Fusion

Rows = NDArray[np.float64]

# A box is written as a row of left, top, right, bottom, score; a fused one has the score of its surest look besides.
SCORE: Final = 4
SUREST: Final = 5
SIZE_PX: Final = 16.0
SIZES_PX: Final = (4.0, 400.0)
ODDS_MIN: Final = 1e-3


def overlaps(box: Rows, boxes: Rows) -> Rows:
    """Intersection over union of one row with `(n, 5)` rows, `(n,)`."""
    columns = np.minimum(box[2], boxes[:, 2]) - np.maximum(box[0], boxes[:, 0])
    rows = np.minimum(box[3], boxes[:, 3]) - np.maximum(box[1], boxes[:, 1])
    shared = np.maximum(columns, 0) * np.maximum(rows, 0)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    own = (box[2] - box[0]) * (box[3] - box[1])
    return np.asarray(shared / np.maximum(own + areas - shared, 1e-9), dtype=np.float64)


def suppressed(boxes: Rows, overlap_max: float) -> Rows:
    """The rows, best first, without those that overlap a better one by `overlap_max` or more."""
    left = boxes[np.argsort(-boxes[:, SCORE], kind="stable")]
    kept = []
    while len(left):
        kept.append(left[0])
        left = left[1:][overlaps(left[0], left[1:]) < overlap_max]
    return np.array(kept) if kept else np.zeros((0, SCORE + 1))


def fused(views: Sequence[Sequence[Rows]], fusion: Fusion) -> Rows:
    """One row per face that any view saw, `(n, 6)`: its score a probability, and what the surest look gave it.

    Args:
        views: for each scale of `fusion`, the detections of each of its looks (as it is, mirrored).
        fusion: overlap, floor and coefficients.
    """
    looks = [(scale, rows) for scale, group in enumerate(views) for rows in group]
    every = np.concatenate([rows for _, rows in looks])
    source = np.concatenate([np.full(len(rows), index) for index, (_, rows) in enumerate(looks)])
    free = np.ones(len(every), dtype=bool)
    result = []
    for best in np.argsort(-every[:, SCORE], kind="stable"):
        if not free[best] or every[best, SCORE] < fusion.seed_min:
            continue
        same = free & (overlaps(every[best], every) >= fusion.overlap_min)
        same[best] = True
        free &= ~same
        scores = [_best(every[same & (source == index), SCORE], fusion.floor) for index in range(len(looks))]
        place = np.average(every[same, :SCORE], axis=0, weights=every[same, SCORE] ** 2)
        probability = _probability(place, scores, [scale for scale, _ in looks], fusion)
        result.append([*place, probability, every[best, SCORE]])
    return np.array(result) if result else np.zeros((0, SUREST + 1))


def _best(scores: Rows, floor: float) -> float:
    return max(floor, float(scores.max())) if len(scores) else floor


def _probability(place: Rows, scores: Sequence[float], scales: Sequence[int], fusion: Fusion) -> float:
    side = max(place[2] - place[0], place[3] - place[1])
    size = math.log(min(max(side, SIZES_PX[0]), SIZES_PX[1]) / SIZE_PX)
    total = fusion.bias + fusion.size * size + fusion.size_squared * size * size
    for number, scale in enumerate(fusion.scales):
        odds = [_log_odds(score) for score, of in zip(scores, scales, strict=True) if of == number]
        total += (scale.weight + scale.weight_by_size * size) * sum(odds) / len(odds)
    return 1 / (1 + math.exp(-total))


def _log_odds(score: float) -> float:
    bounded = min(max(score, ODDS_MIN), 1 - ODDS_MIN)
    return math.log(bounded / (1 - bounded))
