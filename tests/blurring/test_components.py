import io

import numpy as np
import pytest
from PIL import Image

from blurring import components, files
from blurring.recipe import Writing
from tests.factories import pictures

WRITING = Writing(jpeg_quality=95)


def rewritten(data: bytes) -> np.ndarray:
    coded = components.as_coded(files.decode(data), data)
    return files.decode(files.encode(coded, data, WRITING)).pixels


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("size", [(64, 48), (65, 47), (1, 1), (17, 200)])
def test_a_jpeg_is_seen_in_its_own_components(subsampling: int, size: tuple[int, int]) -> None:
    data = pictures.jpeg(*size, subsampling=subsampling)
    coded = components.as_coded(files.decode(data), data)
    assert coded.mode == "YCbCr"
    assert coded.pixels.shape == (size[1], size[0], 3)
    luma = np.asarray(Image.open(io.BytesIO(data)).convert("L"), dtype=int)
    assert np.abs(luma - coded.pixels[:, :, 0]).max() < 6


@pytest.mark.parametrize(("subsampling", "share"), [(0, 0.06), (2, 0.06)])
@pytest.mark.parametrize("quality", [60, 85])
def test_what_is_not_changed_is_written_back_nearly_always_the_same(
    subsampling: int, share: float, quality: int
) -> None:
    data = pictures.encoded(pictures.pixels(200, 150), quality=quality, subsampling=subsampling)
    before = files.decode(data).pixels.astype(int)
    after = rewritten(data).astype(int)
    assert (before != after).mean() < share
    assert np.abs(before - after).max() <= 16


def test_the_way_through_components_loses_less_than_the_way_through_rgb() -> None:
    data = pictures.face(quality=80)
    picture = files.decode(data)
    through_rgb = files.decode(files.encode(picture, data, WRITING)).pixels
    assert (rewritten(data) != picture.pixels).mean() < (through_rgb != picture.pixels).mean() / 2


@pytest.mark.parametrize("data", [pictures.grey_jpeg(), pictures.cmyk_jpeg(), pictures.png()])
def test_what_is_coded_otherwise_stays_as_it_is(data: bytes) -> None:
    picture = files.decode(data)
    assert components.as_coded(picture, data) is picture


def test_a_jpeg_in_rgb_stays_in_rgb() -> None:
    data = pictures.jpeg(keep_rgb=True)
    picture = files.decode(data)
    assert picture.coding is not None
    assert not picture.coding.is_luma
    assert components.as_coded(picture, data) is picture
