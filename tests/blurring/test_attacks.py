import hashlib
from pathlib import Path

import numpy as np
import pytest

from blurring import attacks, recipe
from blurring.attacks import Face
from blurring.boxes import Box
from blurring.engines import Item
from blurring.errors import TruthError
from blurring.truth import Judged, Truth
from tests.factories import pictures

LEFT, TOP, RIGHT, BOTTOM = pictures.FACE_BOX
ASTRONAUT = Judged(label="F", x0=LEFT, y0=TOP, x1=RIGHT, y1=BOTTOM)


@pytest.fixture(scope="module")
def gallery() -> list[Face]:
    """The astronaut, and three faces that are hers no more: another place, upside down, other colours."""
    image = pictures.face_pixels()
    box = Box(*pictures.FACE_BOX)
    cut = Face(np.ascontiguousarray(image[20:260, 120:330]), box.moved(-120, -20))
    other = Face(np.ascontiguousarray(image[250:500, 50:300]), Box(60, 60, 160, 180))
    turned = Face(np.ascontiguousarray(cut.image[::-1]), Box(54, 70, 150, 192))
    return [cut, other, turned, Face(np.ascontiguousarray(255 - cut.image), cut.box)]


def item(folder: Path, name: str, data: bytes) -> Item:
    (folder / name).write_bytes(data)
    return Item(name, str(folder / name), hashlib.sha256(data).hexdigest())


def test_a_copy_is_recognised_and_what_is_solid_is_not(gallery: list[Face]) -> None:
    before = attacks.recognised(gallery[:2], None)
    after = attacks.recognised(gallery[:2], attacks.FLOOR)
    assert before.by_attack["as it is"] == 2
    assert after.by_attack["as it is"] < 2
    assert before.faces == after.faces == 2


def test_the_default_recipe_leaves_no_more_than_a_solid_fill_does(gallery: list[Face]) -> None:
    floor = attacks.recognised(gallery, attacks.FLOOR)
    default = attacks.recognised(gallery, recipe.named("centerface").obscuring)
    assert default.by_any <= floor.by_any + 1
    assert max(default.by_attack.values()) <= default.by_any <= default.faces


def test_faces_are_cut_out_with_what_is_around_them(tmp_path: Path) -> None:
    tiny = Judged(label="F", x0=0, y0=0, x1=10, y1=10)
    doll = ASTRONAUT.model_copy(update={"label": "A"})
    truth = Truth({"a.jpg": (ASTRONAUT, tiny, doll), "b.jpg": (ASTRONAUT,), "broken.jpg": (ASTRONAUT,), "c.jpg": ()})
    items = [item(tmp_path, name, pictures.face()) for name in ("a.jpg", "b.jpg", "c.jpg")]
    items += [item(tmp_path, "broken.jpg", b"none"), Item("broken.jpg", str(tmp_path / "gone"), "0" * 64)]
    found = attacks.faces(items, truth)
    assert len(found) == 2
    assert found[0].box.longer_side_px == BOTTOM - TOP
    assert found[0].image.shape[0] > found[0].box.height


def test_a_large_face_is_scaled_down(tmp_path: Path) -> None:
    whole = Judged(label="F", x0=0, y0=0, x1=512, y1=512)
    items = [item(tmp_path, name, pictures.face()) for name in ("a.jpg", "b.jpg")]
    found = attacks.faces(items, Truth({"a.jpg": (whole,), "b.jpg": (whole,)}))
    assert found[0].box == Box(0, 0, attacks.FACE_PX, attacks.FACE_PX)


def test_a_turned_photograph_is_left_out_and_one_face_is_too_few(tmp_path: Path) -> None:
    items = [item(tmp_path, "a.jpg", pictures.face()), item(tmp_path, "b.jpg", pictures.oriented_jpeg(6, 200, 150))]
    truth = Truth({"a.jpg": (ASTRONAUT,), "b.jpg": (Judged(label="F", x0=0, y0=0, x1=90, y1=90),)})
    with pytest.raises(TruthError, match="two judged faces"):
        attacks.faces(items, truth)
