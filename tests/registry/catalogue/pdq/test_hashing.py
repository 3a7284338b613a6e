import cv2
import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray

from registry.catalogue.pdq import hashing
from tests.factories import pictures

# What Meta's own code (pdqhash 0.2.8) says of photographs that come with scikit-image, and of drawn pictures.
PHOTOGRAPHS = {
    "astronaut": "2d6b1af3a956c529e79ca3d2526fa834d4196c81cedd04de0a26b855fc99b724",
    "camera": "dc9c9d3b746978f888f40ce6e5c3f70f7266623e8d989cb99f21f2010841e1c7",
    "coffee": "8c629e779a663698b9a33866c026726c21a679f61eb6e1f8c79ba7e23c8299e0",
    "cat": "5feb5321f01da156898e2bf629a5d3438412cdbd23f48942464526315db33ffd",
    "rocket": "8792786c87937064bf1bc0e43f1fc0e03f1cc2e33da4c2537cec821b2ce4f376",
    "text": "f46721c01b1bd9936bb5cde6660a8a12430c6c9d25d95e47cbe2a6b89d6e6786",
}
DRAWN = {
    (64, 64, 0): "00d602f66b7f01f4027180f6b364affe8c9b55095d8cff09772d8a5b00bf572c",
    (333, 500, 1): "72657cc69324ed97227729c191c84c93e635663e9d8817688c9af8c6be03f8cf",
    (500, 375, 2): "fc3e79538e66d87584e6d8e38267dcc28c884e1dae19dd8e08e18a5a44bdd4ba",
    (1200, 1600, 3): "ae1ef25ef0b6ab5686340271873603d538c9fd8a98cb15a9ae10463eaa5dc737",
    (63, 65, 5): "78c7f4fd2538dda8bdb020e9f8c785822738cf16ea47a275aa40c8d7a8c1b26b",
    (128, 127, 6): "fcc16e56e4982a44b6213d88ac9a26c7f267a27fec9e15a9726caa56f8c5059c",
    (2000, 40, 7): "c614d030e526ffbbef760639d06200104e1df9c6fdc9fb4448cb11e46a15ff1e",
}


def drawn(height: int, width: int, seed: int) -> NDArray[np.uint8]:
    """Coloured clouds, BGR."""
    small = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), np.uint8)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def digits(bgr: NDArray[np.uint8]) -> str:
    found = hashing.of_pixels(bgr)
    assert found is not None
    return found.digits


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_photographs_have_the_bits_of_metas_library(name: str) -> None:
    photograph = getattr(skimage.data, name)()
    rgb = np.dstack([photograph] * 3) if photograph.ndim == 2 else photograph[:, :, :3]
    assert digits(np.ascontiguousarray(rgb[:, :, ::-1])) == PHOTOGRAPHS[name]


@pytest.mark.parametrize("shape", DRAWN)
def test_pictures_of_every_size_have_the_bits_of_metas_library(shape: tuple[int, int, int]) -> None:
    assert digits(drawn(*shape)) == DRAWN[shape]


def test_a_file_is_decoded_and_not_turned() -> None:
    pixels = pictures.pixels(200, 160)
    upright, turned = pictures.encoded(pixels, "PNG"), pictures.encoded(pixels, "JPEG", quality=95)
    assert hashing.of_file(upright) == digits(np.ascontiguousarray(pixels[:, :, ::-1]))
    exif = pictures.oriented_jpeg(6, 200, 160)
    plain = pictures.oriented_jpeg(1, 200, 160)
    assert hashing.of_file(exif) == hashing.of_file(plain)
    assert turned != upright


def test_a_copy_that_was_compressed_and_made_smaller_is_near() -> None:
    bgr = drawn(600, 800, 8)
    smaller = np.asarray(cv2.resize(bgr, (400, 300), interpolation=cv2.INTER_AREA), np.uint8)
    data = cv2.imencode(".jpg", smaller, [cv2.IMWRITE_JPEG_QUALITY, 60])[1].tobytes()
    other = hashing.of_file(data)
    assert other is not None
    assert (int(other, 16) ^ int(digits(bgr), 16)).bit_count() <= 31


@pytest.mark.parametrize("data", [b"", b"no picture", pictures.jpeg()[:40]])
def test_what_is_no_picture_has_no_hash(data: bytes) -> None:
    assert hashing.of_file(data) is None


def test_a_picture_with_nothing_to_see_has_no_hash() -> None:
    plain = np.full((80, 80, 3), 90, np.uint8)
    found = hashing.of_pixels(plain)
    assert found is not None
    assert found.quality == 0
    assert hashing.of_file(pictures.encoded(plain, "PNG")) is None


def test_a_picture_of_a_few_pixels_has_no_hash() -> None:
    assert hashing.of_pixels(np.zeros((4, 80, 3), np.uint8)) is None
    assert hashing.of_file(pictures.encoded(np.zeros((4, 80, 3), np.uint8), "PNG")) is None


def test_a_picture_that_is_too_large_has_no_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "MAX_PIXELS", 100)
    assert hashing.of_file(pictures.jpeg(64, 48)) is None


def test_every_turn_of_a_picture_has_a_hash_of_its_own() -> None:
    plain, mirrored = pictures.face_pixels(), pictures.face_pixels()[:, ::-1]
    turns = hashing.of_every_turn(pictures.encoded(plain, "PNG"))
    assert len(set(turns.values())) == len(turns) == 8
    assert turns["as it is"] == hashing.of_file(pictures.encoded(plain, "PNG"))
    assert turns["mirrored"] == hashing.of_file(pictures.encoded(np.ascontiguousarray(mirrored), "PNG"))


def test_what_is_no_picture_or_too_plain_has_no_hash_in_any_turn() -> None:
    assert hashing.of_every_turn(b"words") == {}
    assert hashing.of_every_turn(pictures.encoded(np.zeros((64, 64, 3), np.uint8), "PNG")) == {}
