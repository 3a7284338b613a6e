"""Layers to test with: classes, annotations and lists, drawn; and layers that a home has."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from registry.catalogue.labels.classes import Classes
from registry.catalogue.layers import content, totals
from registry.catalogue.layers.kinds import Kind
from registry.home import Home
from registry.models.layers import Layer
from registry.services import layers
from registry.services.layers import Draft
from tests.factories import homes

CAT, DOG, OWL = "n00000001", "n00000002", "n00000003"
CLASSES = Classes((CAT, DOG, OWL), {1: OWL, 2: CAT, 3: DOG})


def annotation(*boxes: tuple[str, int, int, int, int], width: int = 100, height: int = 80, head: str = "") -> str:
    """An annotation in PASCAL VOC's form."""
    objects = "".join(
        f"<object>\n<name>{name}</name>\n<bndbox><xmin>{left}</xmin><ymin>{top}</ymin><xmax>{right}</xmax>"
        f"<ymax>{bottom}</ymax></bndbox>\n</object>\n"
        for name, left, top, right, bottom in boxes
    )
    size = f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>\n"
    return f"{head}<annotation>\n<filename>%s</filename>\n{size}{objects}</annotation>\n"


def draft(home: Home, kind: Kind, name: str, rows: list[tuple[Any, ...]]) -> Draft:
    """The rows as a layer whose bytes lie in the home."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "layer.parquet"
        written = content.write(kind, content.ordered(rows), file)
        numbers, sha256 = totals.count(kind, file), home.blobs.put_file(file)
    return Draft(kind, name, written.digest, sha256, written.rows, 0, numbers, "drawn")


def add(home: Home, kind: Kind, name: str, rows: list[tuple[Any, ...]], variant: str = homes.VARIANT) -> Layer:
    """The layer that mara added."""
    made = draft(home, kind, name, rows)
    with homes.act(home, "mara") as act:
        return layers.add(act, variant, made)


def published_faces(home: Home, boxes: dict[str, list[tuple[float, float, float, float]]]) -> Layer:
    """The layer `published` of faces, by image."""
    rows = [(image, tuple(tuple(map(float, corners)) for corners in places)) for image, places in boxes.items()]
    return add(home, Kind.FACES, "published", rows)
