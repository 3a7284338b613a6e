"""Which columns of a release's manifest prove what became of faces, and how do they come back?

`boxes` holds every box with its score, zone and origin; `look` says who looked, by which recipe, where, and what else
changed; `reviews` counts the boxes that waited for a person when the release was built. Digests before and after stand
beside them, as of every image. Files of before (`release/1`) have neither: their boxes were all blurred.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from registry.catalogue.entries import Box, FaceOrigin, FaceZone, Look, Looker, ReleaseEntry

BOX: Final = pa.struct(
    [
        pa.field("left", pa.int32(), nullable=False),
        pa.field("top", pa.int32(), nullable=False),
        pa.field("right", pa.int32(), nullable=False),
        pa.field("bottom", pa.int32(), nullable=False),
        pa.field("score", pa.float64(), nullable=False),
        pa.field("zone", pa.string(), nullable=False),
        pa.field("origin", pa.string(), nullable=False),
    ]
)
_LOOKER: Final = pa.struct([pa.field("name", pa.string(), nullable=False), pa.field("weights", pa.string())])
_LOOK: Final = pa.struct(
    [
        pa.field("recipe", pa.string(), nullable=False),
        pa.field("device", pa.string(), nullable=False),
        pa.field("detector", _LOOKER),
        pa.field("second", _LOOKER),
        pa.field("change_outside", pa.int32()),
    ]
)
FIELDS: Final = (pa.field("reviews", pa.int32()), pa.field("look", _LOOK))
"""What files have since `release/2`."""

# Leaf columns whose texts repeat.
DICTIONARIES: Final = (
    *(f"boxes.list.element.{name}" for name in ("zone", "origin")),
    *(f"look.{name}" for name in ("recipe", "device", "detector.name", "detector.weights", "second.name")),
    "look.second.weights",
)

# Edges of faces lie in a narrow range; of scores, which are noise at their end, the first bytes are much the same.
ENCODINGS: Final = {
    **{f"boxes.list.element.{edge}": "DELTA_BINARY_PACKED" for edge in ("left", "top", "right", "bottom")},
    "boxes.list.element.score": "BYTE_STREAM_SPLIT",
}

_ZONES = {zone.value: zone for zone in FaceZone}
_ORIGINS = {origin.value: origin for origin in FaceOrigin}


def columns(entries: Iterable[ReleaseEntry]) -> list[list[Any]]:
    """The columns of `FIELDS` for these entries."""
    listed = list(entries)
    return [[len(entry.reviews) for entry in listed], [_look_columns(entry.look) for entry in listed]]


def boxes(found: Sequence[Mapping[str, Any]] | None) -> tuple[Box, ...]:
    """The boxes of one row."""
    return tuple([_box(box) for box in found]) if found else ()


def look(found: Mapping[str, Any] | None) -> Look | None:
    """How the image of one row was looked at."""
    if found is None:
        return None
    return Look(
        found["recipe"],
        found["device"],
        _looker(found["detector"]),
        _looker(found["second"]),
        found["change_outside"],
    )


def _box(found: Mapping[str, Any]) -> Box:
    zone, origin = found.get("zone", FaceZone.BLUR), found.get("origin", FaceOrigin.DETECTOR)
    edges = found["left"], found["top"], found["right"], found["bottom"]
    return Box(*edges, found["score"], _ZONES[zone], _ORIGINS[origin])


def _looker(found: Mapping[str, Any] | None) -> Looker | None:
    return None if found is None else Looker(found["name"], found["weights"])


def _look_columns(said: Look | None) -> dict[str, Any] | None:
    if said is None:
        return None
    lookers = {
        name: None if looker is None else looker._asdict()
        for name, looker in (("detector", said.detector), ("second", said.second))
    }
    return said._asdict() | lookers
