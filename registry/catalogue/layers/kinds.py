"""Which kinds of layer are there, and which columns has each?

The first column is the image, as a path within the variant or as a bare file name; only lists of synsets have none.
Rows stand in ascending order of all their columns, and none stands twice.
"""

from enum import StrEnum

import pyarrow as pa


class Kind(StrEnum):
    """What the rows of a layer say."""

    SYNSETS = "synsets"
    LABELS = "labels"
    BOXES = "boxes"
    FACES = "faces"
    VOTES = "votes"
    QUALITY = "quality"
    DEFECTS = "defects"
    SOURCES = "sources"
    RIGHTS = "rights"


def _text(name: str, *, nullable: bool = False) -> pa.Field:
    return pa.field(name, pa.string(), nullable=nullable)


def _number(name: str) -> pa.Field:
    return pa.field(name, pa.int64(), nullable=False)


_CORNERS = ("left", "top", "right", "bottom")
# Left, top, right, bottom.
_FACE = pa.list_(pa.float64(), len(_CORNERS))

SCHEMAS: dict[Kind, pa.Schema] = {
    # A label space, or a list of synsets that somebody has judged.
    Kind.SYNSETS: pa.schema([_text("synset")]),
    # The classes of an image, sorted; none where people saw none of them.
    Kind.LABELS: pa.schema([_text("image"), pa.field("labels", pa.list_(pa.string()), nullable=False)]),
    # A box and its class, with the numbers as the file has them.
    Kind.BOXES: pa.schema([_text("image"), _text("label"), *map(_number, _CORNERS)]),
    # The faces of an image that was looked at; none where it has none.
    Kind.FACES: pa.schema([_text("image"), pa.field("boxes", pa.list_(_FACE), nullable=False)]),
    # How often a worker (a keyed hash; null where nobody said who) gave this answer about this label.
    Kind.VOTES: pa.schema(
        [_text("image"), _text("label"), _text("answer"), _text("worker", nullable=True), _number("votes")]
    ),
    # What the votes on an image's label come to, and how far people agree about images of that label.
    Kind.QUALITY: pa.schema(
        [
            _text("image"),
            _text("label"),
            _text("majority"),
            pa.field("share", pa.float64(), nullable=False),
            pa.field("dawid_skene", pa.string()),
            pa.field("probability", pa.float64()),
            pa.field("agreement", pa.float64()),
        ]
    ),
    # An advisory: a code, and a sentence where there is more to say.
    Kind.DEFECTS: pa.schema([_text("image"), _text("code"), _text("note", nullable=True)]),
    # Where an image came from, and when it was fetched from there.
    Kind.SOURCES: pa.schema([_text("image"), _text("url"), _text("retrieved_on", nullable=True)]),
    # One piece of evidence about rights: what it says, where it stands in the file, and the bytes themselves.
    Kind.RIGHTS: pa.schema(
        [
            _text("image"),
            _text("kind"),
            _text("evidence"),
            _text("value"),
            pa.field("confidence", pa.float64(), nullable=False),
            _text("dated_on", nullable=True),
            pa.field("offset", pa.int64()),
            pa.field("bytes", pa.string()),
        ]
    ),
}
