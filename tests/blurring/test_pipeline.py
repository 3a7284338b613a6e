import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from blurring import detectors, files, pipeline, recipe
from blurring.boxes import Box
from blurring.errors import BombError
from blurring.pictures import Picture, oriented, upright_rgb
from blurring.pipeline import Action, Outcome
from tests.factories import pictures
from tests.factories.detectors import PointedDetector

RECIPE = recipe.named("dlib-hog")


def processed(data: bytes, *boxes: Box) -> Outcome:
    return pipeline.process(data, RECIPE, PointedDetector(boxes))


@pytest.mark.parametrize(
    "data",
    [
        pictures.jpeg(),
        pictures.png(),
        pictures.gif(),
        pictures.webp(),
        pictures.bmp(),
        pictures.cmyk_jpeg(),
        pictures.grey16_png(),
        pictures.oriented_jpeg(6),
    ],
)
def test_without_a_face_harmless_bytes_are_kept(data: bytes) -> None:
    outcome = processed(data)
    assert outcome.action is Action.UNCHANGED
    assert outcome.output is None
    assert outcome.size_bytes is None
    assert outcome.faces == 0
    assert (outcome.width, outcome.height) == (64, 48)


@pytest.mark.parametrize(
    ("data", "removed"),
    [
        (pictures.gps_jpeg(), "exif"),
        (pictures.thumbnail_jpeg(), "exif"),
        (pictures.photoshop_thumbnail_jpeg(), "photoshop"),
        (pictures.commented_png(), "tEXt"),
        (pictures.tiff(), "rewritten"),
    ],
)
def test_without_a_face_harmful_metadata_go_and_pixels_stay(data: bytes, removed: str) -> None:
    outcome = processed(data)
    assert outcome.action is Action.CLEANED
    assert outcome.removed == (removed,)
    assert outcome.output is not None
    assert np.array_equal(files.decode(outcome.output).pixels, files.decode(data).pixels)
    assert processed(outcome.output).action is Action.UNCHANGED


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"])
def test_a_face_is_made_unrecognisable_in_every_format(file_format: str) -> None:
    data = pictures.face(file_format)
    box = Box(*pictures.FACE_BOX, 0.9)
    outcome = processed(data, box)
    assert outcome.action is Action.BLURRED
    assert outcome.boxes == (box,)
    assert outcome.output is not None
    assert files.format_of(outcome.output) == file_format.lower()
    assert outcome.size_bytes == len(outcome.output)
    before, after = files.decode(data).pixels, files.decode(outcome.output).pixels
    inside = slice(100, 160), slice(200, 250)
    assert np.abs(np.diff(after[inside].astype(int), axis=0)).mean() < 4
    assert np.abs(np.diff(before[inside].astype(int), axis=0)).mean() > 5


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_face_seen_upright_is_blurred_where_it_is_stored(orientation: int) -> None:
    stored = pictures.pixels(120, 90)
    stored[30:50, 70:90] = np.random.default_rng(0).integers(0, 256, (20, 20, 3))
    exif = Image.Exif()
    exif[pictures.EXIF_ORIENTATION] = orientation
    data = pictures.encoded(stored, "PNG", exif=exif)
    upright = {
        1: Box(70, 30, 90, 50),
        2: Box(30, 30, 50, 50),
        3: Box(30, 40, 50, 60),
        4: Box(70, 40, 90, 60),
        5: Box(30, 70, 50, 90),
        6: Box(40, 70, 60, 90),
        7: Box(40, 30, 60, 50),
        8: Box(30, 30, 50, 50),
    }[orientation]

    outcome = processed(data, upright)

    assert outcome.boxes == (Box(70, 30, 90, 50),)
    assert outcome.output is not None
    after = files.decode(outcome.output)
    assert after.orientation == orientation
    assert after.pixels[35:45, 75:85].std() < stored[35:45, 75:85].std() / 2
    assert np.array_equal(after.pixels[:20, :60], stored[:20, :60])


def test_a_blurred_picture_holds_no_thumbnail_and_no_place() -> None:
    for data in (
        pictures.thumbnail_jpeg(image=pictures.face_pixels()),
        pictures.photoshop_thumbnail_jpeg(image=pictures.face_pixels()),
        pictures.gps_jpeg(512, 512),
    ):
        outcome = processed(data, Box(*pictures.FACE_BOX))
        assert outcome.output is not None
        written = Image.open(io.BytesIO(outcome.output))
        assert not {"exif", "photoshop", "comment", "xmp"} & set(written.info)
        assert outcome.output.count(b"\xff\xd8\xff") == 1
        assert outcome.removed


def face_in(mode: str, file_format: str = "JPEG", **options: object) -> bytes:
    return pictures.encoded(Image.fromarray(pictures.face_pixels()).convert(mode), file_format, **options)


def deep_face(channels: int) -> bytes:
    """The photograph with sixteen bits a value, the lower eight of them noise."""
    low = np.random.default_rng(0).integers(0, 256, (512, 512, 3)).astype(np.uint16)
    pixels = pictures.face_pixels().astype(np.uint16) * 256 + low
    picture = Picture("png", "RGB" if channels == 3 else "I;16", pixels if channels == 3 else pixels[:, :, 0].copy())
    return files.encode(picture, pictures.png(), RECIPE.writing)


PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
CODINGS = {
    "cmyk": face_in("CMYK", quality=90),
    "grey": face_in("L", quality=90),
    "grey and progressive": face_in("L", quality=90, progressive=True),
    "progressive": face_in("RGB", quality=90, progressive=True),
    "chroma whole": face_in("RGB", quality=90, subsampling=0),
    "chroma halved across": face_in("RGB", quality=90, subsampling=1),
    "rgb": face_in("RGB", quality=90, keep_rgb=True),
    "with a profile": face_in("RGB", quality=90, icc_profile=PROFILE),
    "sixteen bits of grey": deep_face(1),
    "sixteen bits of colour": deep_face(3),
    "png with a profile": face_in("RGB", "PNG", icc_profile=PROFILE),
    "palette": face_in("P", "PNG"),
    "grey png": face_in("L", "PNG"),
    "grey png with alpha": face_in("LA", "PNG"),
}


@pytest.mark.parametrize("coding", CODINGS)
def test_a_face_in_every_coding_is_blurred_and_the_file_stays_what_it_was(coding: str) -> None:
    data = CODINGS[coding]
    outcome = processed(data, Box(*pictures.FACE_BOX, 0.9))
    assert outcome.action is Action.BLURRED
    assert outcome.output is not None
    before, after = files.decode(data), files.decode(outcome.output)
    for kept in ("format", "mode", "orientation", "icc", "coding"):
        assert getattr(after, kept) == getattr(before, kept)
    assert (after.pixels.dtype, after.pixels.shape) == (before.pixels.dtype, before.pixels.shape)
    inside = slice(100, 160), slice(200, 250)
    seen_before, seen_after = upright_rgb(before)[inside].astype(int), upright_rgb(after)[inside].astype(int)
    assert np.abs(np.diff(seen_after, axis=0)).mean() < np.abs(np.diff(seen_before, axis=0)).mean() / 2
    assert outcome.change_outside is not None
    assert outcome.change_outside <= (0 if before.is_lossless else 16)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_jpeg_is_blurred_where_a_person_sees_the_face(orientation: int) -> None:
    exif = Image.Exif()
    exif[pictures.EXIF_ORIENTATION] = orientation
    data = pictures.encoded(pictures.face_pixels(), "JPEG", quality=90, exif=exif)
    stored = Box(*pictures.FACE_BOX)
    # Where the face is once the picture is turned: told by turning a picture of the box alone.
    marked = np.zeros((512, 512), dtype=np.uint8)
    marked[stored.top : stored.bottom, stored.left : stored.right] = 1
    rows, columns = np.nonzero(oriented(marked, orientation))
    seen = Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
    outcome = processed(data, seen)
    assert outcome.boxes == (stored,)
    assert outcome.output is not None
    assert files.decode(outcome.output).orientation == orientation
    assert outcome.change_outside is not None
    assert outcome.change_outside <= 12


SECRET = b"Jane-of-48.8566N"
TELLING = {
    "jpeg": pictures.telling_jpeg(SECRET),
    "png": pictures.telling_png(SECRET),
    "webp": pictures.encoded(
        pictures.pixels(), "WEBP", lossless=True, xmp=SECRET, exif=b"Exif\x00\x00II*\x00" + SECRET
    ),
    "gif": pictures.encoded(Image.fromarray(pictures.pixels()).quantize(8), "GIF", comment=SECRET),
    "tiff": pictures.encoded(pictures.pixels(), "TIFF", tiffinfo={315: SECRET.decode(), 700: SECRET}),
    "bmp": pictures.bmp() + SECRET,
}
# What a picture's own colours and size need; which way up it is, the tests of orientation look at.
NEEDED = {"background", "compression", "dpi", "loop", "resolution", "version"}
NEEDED |= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("boxes", [(), (Box(20, 10, 40, 30, 0.9),)])
@pytest.mark.parametrize("file_format", TELLING)
def test_nothing_that_a_file_tells_beside_its_pixels_survives(file_format: str, boxes: tuple[Box, ...]) -> None:
    assert SECRET in TELLING[file_format]
    output = processed(TELLING[file_format], *boxes).output
    assert output is not None
    assert SECRET not in output
    assert output.count(b"\xff\xd8\xff") == output.startswith(b"\xff\xd8\xff")
    left = Image.open(io.BytesIO(output))
    assert {*left.info} <= NEEDED
    assert SECRET not in repr({**left.getexif()}).encode()
    assert processed(output).action is Action.UNCHANGED


def test_a_png_that_is_named_jpeg_stays_a_png() -> None:
    name, data = pictures.png_named_jpeg()
    output = processed(data, Box(10, 10, 30, 30)).output
    assert name.endswith(".JPEG")
    assert output is not None
    assert files.format_of(output) == "png"


@pytest.mark.parametrize("box", [Box(-40, -40, 30, 30), Box(480, 470, 600, 530), Box(-9, 100, 600, 130)])
def test_a_face_cut_by_the_edge_is_blurred_up_to_the_edge(box: Box) -> None:
    data = pictures.face("PNG")
    outcome = processed(data, box)
    assert outcome.output is not None
    before, after = files.decode(data).pixels.astype(int), files.decode(outcome.output).pixels.astype(int)
    seen = box.clipped(512, 512)
    inside = slice(seen.top, seen.bottom), slice(seen.left, seen.right)
    assert np.abs(np.diff(after[inside], axis=1)).mean() < np.abs(np.diff(before[inside], axis=1)).mean() / 2
    assert outcome.change_outside == 0


def test_thousands_of_faces_are_all_blurred() -> None:
    data = pictures.face("PNG")
    boxes = [Box(x, y, x + 6, y + 6, 0.9) for x in range(0, 512, 8) for y in range(0, 512, 8)]
    outcome = processed(data, *boxes)
    assert outcome.faces == len(boxes) == 4096
    assert outcome.output is not None
    before, after = files.decode(data).pixels.astype(int), files.decode(outcome.output).pixels.astype(int)
    assert np.abs(np.diff(after, axis=0)).mean() < np.abs(np.diff(before, axis=0)).mean()


def test_a_picture_of_one_pixel_is_looked_at_and_blurred_like_any_other() -> None:
    for file_format in ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"):
        data = pictures.encoded(Image.new("RGB", (1, 1), (9, 9, 9)), file_format)
        outcome = processed(data, Box(0, 0, 1, 1))
        assert (outcome.action, outcome.width, outcome.height) == (Action.BLURRED, 1, 1)
        assert outcome.output is not None
        assert files.decode(outcome.output).pixels.shape[:2] == (1, 1)


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF"])
def test_far_from_the_face_lossless_formats_do_not_change_at_all(file_format: str) -> None:
    assert processed(pictures.face(file_format), Box(200, 90, 240, 140)).change_outside == 0


@pytest.mark.parametrize("options", [{"subsampling": 0}, {"subsampling": 2}, {"progressive": True}])
def test_far_from_the_face_a_jpeg_changes_by_a_few_levels_at_most(options: dict[str, object]) -> None:
    outcome = processed(pictures.face("JPEG", quality=85, **options), Box(200, 90, 240, 140))
    assert outcome.change_outside is not None
    assert outcome.change_outside <= 12


def test_where_the_face_fills_the_picture_nothing_is_far_from_it() -> None:
    assert processed(pictures.face(), Box(0, 0, 512, 512)).change_outside is None


def test_a_transparent_gif_is_blurred_and_nothing_changes_elsewhere() -> None:
    image = Image.fromarray(pictures.face_pixels()).quantize(64)
    outcome = processed(pictures.encoded(image, "GIF", transparency=3), Box(*pictures.FACE_BOX))
    assert outcome.action is Action.BLURRED
    assert outcome.change_outside == 0


@pytest.mark.slow
def test_the_largest_picture_that_is_accepted_is_blurred_and_a_larger_one_is_a_bomb() -> None:
    grain = Image.fromarray(np.random.default_rng(0).integers(100, 106, (200, 20_000), dtype=np.uint8))
    outcome = processed(pictures.tall_jpeg(grain, 20_000), Box(10_200, 10_300, 10_400, 10_600))
    assert (outcome.action, outcome.width, outcome.height) == (Action.BLURRED, 20_000, 20_000)
    assert outcome.change_outside is not None
    assert outcome.change_outside <= 16
    assert processed(pictures.tall_jpeg(grain, 20_001)).code == "decompression-bomb"


def test_the_same_bytes_give_the_same_bytes() -> None:
    data = pictures.face()
    outputs = {processed(data, Box(*pictures.FACE_BOX)).output for _ in range(3)}
    assert len(outputs) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "undecodable"),
        (pictures.text_named_jpeg()[1], "undecodable"),
        (pictures.truncated_jpeg(), "undecodable"),
        (pictures.truncated_jpeg(0.02), "undecodable"),
        (pictures.gif_with_frames(), "several-frames"),
        (pictures.bomb_png(), "decompression-bomb"),
    ],
)
def test_what_cannot_be_decided_fails_with_a_code(data: bytes, code: str) -> None:
    outcome = processed(data)
    assert outcome.action is Action.FAILED
    assert outcome.code == code
    assert outcome.detail
    assert outcome.output is None


def test_a_picture_that_nobody_looks_at_keeps_its_pixels_and_loses_its_metadata() -> None:
    data = pictures.thumbnail_jpeg(image=pictures.face_pixels())
    outcome = pipeline.process(data, RECIPE, None)
    assert outcome.action is Action.CLEANED
    assert outcome.output is not None
    assert np.array_equal(files.decode(outcome.output).pixels, files.decode(data).pixels)


def test_a_failure_carries_the_sentence_of_its_error() -> None:
    outcome = pipeline.failed(BombError("too many pixels"))
    assert (outcome.code, outcome.detail) == ("decompression-bomb", "too many pixels")


def test_a_real_face_is_found_and_blurred() -> None:
    detector = detectors.open(RECIPE)
    outcome = pipeline.process(pictures.face(), RECIPE, detector)
    assert outcome.action is Action.BLURRED
    assert outcome.boxes[0].overlap(Box(*pictures.FACE_BOX)) > 0.5
    assert outcome.output is not None
    again = pipeline.process(outcome.output, RECIPE, detector)
    assert all(box.overlap(Box(*pictures.FACE_BOX)) < 0.3 for box in again.boxes)


def test_several_files_are_looked_at_together_and_each_gets_its_own_boxes() -> None:
    detector = PointedDetector([Box(2, 4, 20, 30)])
    plain, turned = pipeline.opened(pictures.jpeg()), pipeline.opened(pictures.oriented_jpeg(6))
    assert not isinstance(plain, Outcome)
    assert not isinstance(turned, Outcome)
    assert pipeline.looked([plain, turned], detector) == [(Box(2, 4, 20, 30),), (Box(4, 28, 30, 46),)]
    assert [image.shape for image in detector.shown[0]] == [(48, 64, 3), (64, 48, 3)]


def test_the_three_steps_come_to_what_is_done_in_one() -> None:
    data, boxes = pictures.face(), [Box(*pictures.FACE_BOX)]
    file = pipeline.opened(data)
    assert not isinstance(file, Outcome)
    assert pipeline.finished(file, boxes, RECIPE) == processed(data, *boxes)
