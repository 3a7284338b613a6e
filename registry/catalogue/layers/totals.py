"""What does a layer add up to? A few numbers for each kind, asked of its Parquet file."""

from pathlib import Path

from registry.catalogue.layers.kinds import Kind
from registry.catalogue.manifests import session

# Every question is about the view `layer`; a name that is not a number of a row is a constant of this room.
_QUESTIONS: dict[Kind, dict[str, str]] = {
    Kind.SYNSETS: {"synsets": "SELECT count(*) FROM layer"},
    Kind.LABELS: {
        "images": "SELECT count(DISTINCT image) FROM layer",
        "without a label": "SELECT count(*) FROM layer WHERE len(labels) = 0",
        "with one label": "SELECT count(*) FROM layer WHERE len(labels) = 1",
        "with several labels": "SELECT count(*) FROM layer WHERE len(labels) > 1",
        "classes": "SELECT count(DISTINCT label) FROM (SELECT unnest(labels) AS label FROM layer)",
        "fewest images of a class": "SELECT coalesce(min(n), 0) FROM "
        "(SELECT count(*) AS n FROM (SELECT unnest(labels) AS label FROM layer) GROUP BY label)",
        "most images of a class": "SELECT coalesce(max(n), 0) FROM "
        "(SELECT count(*) AS n FROM (SELECT unnest(labels) AS label FROM layer) GROUP BY label)",
    },
    Kind.BOXES: {
        "images": "SELECT count(DISTINCT image) FROM layer",
        "boxes": "SELECT count(*) FROM layer",
        "classes": "SELECT count(DISTINCT label) FROM layer",
    },
    Kind.FACES: {
        "images": "SELECT count(DISTINCT image) FROM layer",
        "without a face": "SELECT count(*) FROM layer WHERE len(boxes) = 0",
        "faces": "SELECT coalesce(sum(len(boxes)), 0)::BIGINT FROM layer",
    },
    Kind.VOTES: {
        "candidates": "SELECT count(*) FROM (SELECT DISTINCT image, label FROM layer)",
        "votes": "SELECT coalesce(sum(votes), 0)::BIGINT FROM layer",
        "workers": "SELECT count(DISTINCT worker) FROM layer",
        "not confirmed": "SELECT count(*) FROM (SELECT image, label FROM layer GROUP BY image, label HAVING "
        "2 * coalesce(sum(votes) FILTER (answer = label OR answer = 'yes'), 0) < sum(votes))",
    },
    Kind.QUALITY: {
        "judged": "SELECT count(*) FROM layer",
        "majority is another answer": "SELECT count(*) FROM layer WHERE majority NOT IN (label, 'yes')",
    },
    Kind.DEFECTS: {"images": "SELECT count(DISTINCT image) FROM layer"},
    Kind.SOURCES: {
        "images": "SELECT count(DISTINCT image) FROM layer",
        "hosts": r"SELECT count(DISTINCT lower(regexp_extract(url, '^[a-zA-Z]+://([^/?#:]+)', 1))) FROM layer",
    },
    Kind.RIGHTS: {
        "images": "SELECT count(DISTINCT image) FROM layer",
        "pieces of evidence": "SELECT count(*) FROM layer",
    },
}
# Kinds whose rows are counted by a code, too.
_BY = {Kind.DEFECTS: "code", Kind.RIGHTS: "kind"}


def count(kind: Kind, file: Path) -> dict[str, int]:
    """The numbers of a layer by their names, in the order in which they are told.

    Raises:
        InvalidInputError: the file is no layer of this kind.
    """
    with session.opened(layer=file) as layer:
        found = {name: int(layer.execute(question).fetchone()[0]) for name, question in _QUESTIONS[kind].items()}
        if (by := _BY.get(kind)) is not None:
            # `by` is one of the two names above.
            question = f"SELECT {by}, count(DISTINCT image) FROM layer GROUP BY 1 ORDER BY 1"  # noqa: S608
            found |= dict(layer.execute(question).fetchall())
    return found
